"""Source text into a tree, by Python's own parser behind a scan and an allow-list."""

import ast
import re
from decimal import Decimal
from itertools import pairwise

from orderflow.diagnostics.message import Message
from orderflow.expr.elsewhere import meant_elsewhere
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.names import normalise
from orderflow.expr.quick import is_plain
from orderflow.expr.scan import DEPTH, NODES, scan
from orderflow.expr.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    IfElse,
    IsNone,
    Listing,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    children,
)

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
#: A whole number, alone and at the end of a text.
_DIGITS = re.compile(r"[0-9]+(?![\w.])")
_DIGITS_BEFORE = re.compile(r"(?<![\w.])[0-9]+\Z")
_REFUSED: dict[type[ast.expr], tuple[Message, Message]] = {
    ast.Lambda: (Message("`lambda` is not part of the language"), Message("name a function of the table")),
    ast.NamedExpr: (Message("`:=` sets a value; an expression only reads"), Message("write `==` to compare")),
    ast.Subscript: (
        Message("square brackets after a value are not part of the language"),
        Message("read a field by `record.field`"),
    ),
    ast.ListComp: (
        Message("`for` is not part of the language"),
        Message("use `any`, `all`, `sum` or `count`"),
    ),
    ast.GeneratorExp: (
        Message("`for` is not part of the language"),
        Message("use `any`, `all`, `sum` or `count`"),
    ),
    ast.Starred: (
        Message("`*` before a value is not part of the language"),
        Message("write the values one by one"),
    ),
    ast.List: (Message("a list can only stand right of `in`"), Message("write `x in [a, b]`")),
    ast.Tuple: (
        Message("a comma makes two expressions of one"),
        Message("remove the comma, or join the parts with `and`"),
    ),
}


def parse(source: str) -> Node:
    """The tree of an expression, names unbound and types unknown.

    Raises:
        Refused: with every fault found; offsets are in characters of `source`.
    """
    if is_plain(source):
        try:
            return _parsed(source, 0)
        except Refused:
            pass  # the scan may know better what it is
    tokens, faults = scan(source)
    if faults:
        raise Refused(*faults)
    return _parsed(source, len(tokens))


def _parsed(source: str, tokens: int) -> Node:
    """The tree of a source in which the scan found, or would find, no fault; `tokens` is how many it has if they are many."""
    # One line, as every offset then is a column; the brackets let folded text go on where Python would stop.
    line = "(" + source.translate({9: " ", 10: " ", 13: " "}) + ")"
    try:
        body = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise Refused(_syntax(error, source)) from None
    except (RecursionError, MemoryError, ValueError):
        raise Refused(
            Fault("OF106", Message("the expression is nested too deep"), 0, len(source), Message("split it"))
        ) from None
    root = _Reader(source, line).read(body, 1)
    if tokens > NODES and len(_walk(root)) > NODES:  # every part has a token of its own
        raise Refused(
            Fault(
                "OF106",
                Message("the expression has more than {NODES} parts", NODES=NODES),
                0,
                len(source),
                Message("split it"),
            )
        )
    return root


def _walk(node: Node) -> list[Node]:
    found = [node]
    for each in found:
        found.extend(children(each))
    return found


def _syntax(error: SyntaxError, source: str) -> Fault:
    """Python's complaint in our words."""
    start = min(max((error.offset or 1) - 2, 0), max(len(source) - 1, 0))
    end = start + 1
    if error.end_offset is not None and error.end_offset - 2 > start:
        end = min(error.end_offset - 2, len(source))
    reason = error.msg or ""
    if "'else'" in reason:
        return Fault(
            "OF106",
            Message("an `if` needs an `else`"),
            start,
            end,
            Message("add `else` and the value for the other case"),
        )
    word = source[start:end].strip()
    if not word or start >= len(source.rstrip()):
        return Fault(
            "OF106",
            Message("the expression is not complete"),
            start,
            end,
            Message("write what follows the last operator"),
        )
    return Fault(
        "OF106",
        Message("the expression cannot be read at `{value}`", value=word[:40]),
        start,
        end,
        Message("an operator or a value is missing here"),
    )


class _Reader:
    """Turns Python's nodes into ours, one arm a node, and refuses all others."""

    def __init__(self, source: str, line: str) -> None:
        self.source = source
        # Python counts bytes of UTF-8; this maps them to characters of the source (one bracket stands before it).
        self.offsets: list[int] | None = None
        if not line.isascii():
            self.offsets = []
            for place, letter in enumerate(line):
                self.offsets.extend([place - 1] * len(letter.encode("utf-8")))
            self.offsets.append(len(line) - 1)

    def offset(self, column: int) -> int:
        return column - 1 if self.offsets is None else self.offsets[column]

    def span(self, node: ast.expr) -> tuple[int, int]:
        start = max(self.offset(node.col_offset), 0)
        end = start + 1 if node.end_col_offset is None else self.offset(node.end_col_offset)
        return start, min(end, len(self.source))

    def refuse(
        self, node: ast.expr, message: Message, fix: Message, replacement: str | None = None
    ) -> Refused:
        return Refused(Fault("OF106", message, *self.span(node), fix, replacement))

    def read(self, node: ast.expr, depth: int) -> Node:
        if depth > DEPTH:
            raise self.refuse(
                node,
                Message("the expression is nested more than {DEPTH} deep", DEPTH=DEPTH),
                Message("split it into several"),
            )
        start, end = self.span(node)
        deeper = depth + 1
        match node:
            case ast.Constant():
                return self.constant(node, start, end)
            case ast.Name():
                return Name(start, end, (normalise(node.id),))
            case ast.Attribute():
                return Name(start, end, self.path(node))
            case ast.UnaryOp(op=ast.Not()):
                return Not(start, end, self.read(node.operand, deeper))
            case ast.UnaryOp(op=ast.USub()):
                return Negate(start, end, self.read(node.operand, deeper))
            case ast.UnaryOp(op=ast.UAdd()):
                raise self.refuse(node, Message("`+` before a value does nothing"), Message("remove the `+`"))
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                operator = _ARITHMETIC[type(node.op)]
                return Arithmetic(
                    start, end, operator, self.read(node.left, deeper), self.read(node.right, deeper)
                )
            case ast.BoolOp(op=ast.And()):
                return And(start, end, self.each(node.values, deeper))
            case ast.BoolOp():
                return Or(start, end, self.each(node.values, deeper))
            case ast.Compare():
                return self.compare(node, start, end, deeper)
            case ast.IfExp():
                then, test, other = self.each([node.body, node.test, node.orelse], deeper)
                return IfElse(start, end, then, test, other)
            case ast.Call():
                return self.call(node, start, end, deeper)
            case ast.Tuple():
                self.decimal_comma(node)
        message, fix = _REFUSED.get(
            type(node),
            (
                Message("this is not part of the language"),
                Message("write it with the operators of the language"),
            ),
        )
        raise self.refuse(node, message, fix)

    def decimal_comma(self, node: ast.Tuple) -> None:
        """Refuse `10,5` with the number that was meant."""
        for left, right in pairwise(node.elts):
            (_, comma), (after, _) = self.span(left), self.span(right)
            before = _DIGITS_BEFORE.search(self.source, 0, comma)
            behind = _DIGITS.match(self.source, after)
            if after != comma + 1 or before is None or behind is None:
                continue
            start, end = before.start(), behind.end()
            written = self.source[start:end]
            better = written.replace(",", ".")
            fix = Message("replace with `{better}`", better=better)
            message = Message("`{written}` is two numbers; a point begins the places", written=written)
            raise Refused(Fault("OF106", message, start, end, fix, better))

    def each(self, nodes: list[ast.expr], depth: int) -> tuple[Node, ...]:
        return tuple(self.read(node, depth) for node in nodes)

    def constant(self, node: ast.Constant, start: int, end: int) -> Constant:
        match node.value:
            case None | bool() | str():
                return Constant(start, end, node.value)
            case int():
                return Constant(start, end, node.value)
            case float():
                # The digits as they were written: `0.1` is one tenth.
                return Constant(start, end, Decimal(self.source[start:end]))
        raise self.refuse(
            node,
            Message("this literal is not part of the language"),
            Message("write a text, a number, True, False or None"),
        )

    def path(self, node: ast.expr) -> tuple[str, ...]:
        parts: list[str] = []
        whole = node
        while isinstance(node, ast.Attribute):
            parts.append(normalise(node.attr))
            node = node.value
        if not isinstance(node, ast.Name):
            raise self.refuse(
                whole, Message("a point can only follow a name"), Message("read a field by `record.field`")
            )
        return (normalise(node.id), *reversed(parts))

    def compare(self, node: ast.Compare, start: int, end: int, depth: int) -> Node:
        if len(node.ops) == 1:
            right = node.comparators[0]
            match node.ops[0]:
                case ast.Is() | ast.IsNot():
                    if not (isinstance(right, ast.Constant) and right.value is None):
                        better = "==" if isinstance(node.ops[0], ast.Is) else "!="
                        raise self.refuse(
                            node,
                            Message("`is` only asks for `None`"),
                            Message("write `{better}` to compare values", better=better),
                        )
                    return IsNone(start, end, self.read(node.left, depth), isinstance(node.ops[0], ast.IsNot))
                case ast.In() | ast.NotIn():
                    container = self.container(right, depth)
                    return Membership(
                        start, end, self.read(node.left, depth), isinstance(node.ops[0], ast.NotIn), container
                    )
        operators = tuple(_COMPARISONS.get(type(operator), "") for operator in node.ops)
        if "" in operators:
            raise self.refuse(
                node,
                Message("`in` and `is` cannot stand in a chain of comparisons"),
                Message("put brackets around each comparison, or join them with `and`"),
            )
        return Compare(start, end, operators, self.each([node.left, *node.comparators], depth))

    def container(self, node: ast.expr, depth: int) -> Node:
        if not isinstance(node, ast.List | ast.Tuple):
            return self.read(node, depth)
        start, end = self.span(node)
        if not node.elts:
            raise self.refuse(node, Message("the list is empty"), Message("write the values that are meant"))
        return Listing(start, end, self.each(node.elts, depth + 1))

    def method(self, node: ast.Call, called: ast.Attribute) -> None:
        """Refuse `name.lower()` where there is such a function, with the call of it."""
        name = normalise(called.attr)
        known = "day" if name == "date" else name if name in FUNCTIONS else meant_elsewhere(name)
        if known is None or node.keywords:
            return
        texts = [self.source[slice(*self.span(each))] for each in (called.value, *node.args)]
        better = f"{known}({', '.join(texts)})"
        raise self.refuse(
            node,
            Message("`{name}` follows a point; a function stands before its values", name=name),
            Message("replace with `{better}`", better=better),
            better,
        )

    def call(self, node: ast.Call, start: int, end: int, depth: int) -> Node:
        if isinstance(node.func, ast.Attribute):
            self.method(node, node.func)
        if not isinstance(node.func, ast.Name):
            raise self.refuse(
                node.func,
                Message("only functions of the table can be called, by their plain name"),
                Message("write `lower(name)` rather than `name.lower()`"),
            )
        if node.keywords:
            raise self.refuse(
                node.keywords[0].value,
                Message("arguments have no names here"),
                Message("write the values alone, in order"),
            )
        name_start, name_end = self.span(node.func)
        return Call(start, end, normalise(node.func.id), self.each(node.args, depth), name_start, name_end)
