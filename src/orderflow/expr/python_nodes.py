"""From the typed tree to Python's own tree, one arm a node."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from orderflow.expr import numbers
from orderflow.expr.calls import UNITS
from orderflow.expr.python_calls import CALLS
from orderflow.expr.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expression,
    IfElse,
    IsNone,
    Listing,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    Origin,
    Part,
    Required,
    Through,
)
from orderflow.expr.types import NUMBERS, PLACES, Kind, Type

_LOAD = ast.Load()
_OPERATORS: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "//": ast.FloorDiv(), "%": ast.Mod(),
}  # fmt: skip
_COMPARISONS: dict[str, ast.cmpop] = {
    "==": ast.Eq(), "!=": ast.NotEq(), "<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(),
}  # fmt: skip
_DECIMAL_HELPERS = {"+": "_add", "-": "_subtract", "/": "_divide", "//": "_floor_divide", "%": "_modulo"}
_DECIMALS = frozenset({Kind.DECIMAL, Kind.MONEY})


class Builder:
    """Makes Python functions of expressions; equal constants are kept once, in `constants`."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}
        self._names: dict[tuple[str, object], str] = {}
        self._temporaries = 0
        self._record = 0
        self._children: dict[int, int] = {}

    @contextmanager
    def frame(self, depth: int, rows: Node) -> Iterator[None]:
        """While what is asked of each of `rows` is built, in a frame of that depth."""
        if isinstance(rows, Name) and rows.origin is Origin.CHILDREN:
            self._children[depth] = rows.depth
        yield
        self._children.pop(depth, None)

    def function(self, expression: Expression) -> ast.Lambda:
        """`lambda r, v: ...`."""
        self.begin(expression)
        return self.whole(self.typed(expression.root, expression.type))

    def begin(self, expression: Expression) -> None:
        """Before parts of an expression are built."""
        self._record = expression.depth
        self._temporaries = 0

    def whole(self, body: ast.expr) -> ast.Lambda:
        """`lambda r, v: body`."""
        arguments = ast.arguments(
            posonlyargs=[], args=[ast.arg("r"), ast.arg("v")], kwonlyargs=[], kw_defaults=[], defaults=[]
        )
        return ast.Lambda(arguments, body)

    def constant(self, value: object) -> ast.expr:
        """A constant: written out where Python can, else kept in `constants`."""
        if value is None or isinstance(value, bool | int | str):
            return ast.Constant(value)
        identity = (type(value).__name__, str(value) if isinstance(value, Decimal) else value)
        name = self._names.get(identity)
        if name is None:
            name = self._names[identity] = f"_k{len(self._names)}"
            self.constants[name] = value
        return self.load(name)

    def load(self, name: str) -> ast.expr:
        """A name."""
        return ast.Name(name, _LOAD)

    def attribute(self, value: ast.expr, *names: str) -> ast.expr:
        """`value.name.name`."""
        for name in names:
            value = ast.Attribute(value, name, _LOAD)
        return value

    def item(self, value: ast.expr, key: str) -> ast.expr:
        """`value["key"]`."""
        return ast.Subscript(value, ast.Constant(key), _LOAD)

    def helper(self, name: str, *arguments: ast.expr) -> ast.Call:
        """A call of a helper."""
        return ast.Call(self.load(name), list(arguments), [])

    def ask(self, method: str, *arguments: ast.expr) -> ast.Call:
        """A question to the view of the record in scope."""
        return ast.Call(self.attribute(self.load("v"), method), list(arguments), [])

    def temporary(self) -> str:
        """A name for a value that is used twice."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def fields(self, depth: int) -> ast.expr:
        """The fields of the record or row of a frame."""
        if depth == self._record:
            return self.load("r")
        if depth < self._record:
            return self.attribute(self.load("v"), "record", "fields")
        if depth in self._children:
            return self.attribute(self.load(f"c{depth}"), "fields")
        return self.load(f"r{depth}")

    def is_base(self, depth: int) -> bool:
        """Whether a frame is that of the record in scope (or of the record around its row), not of a row or child."""
        return depth <= self._record

    def above(self, depth: int) -> ast.expr:
        """The record above the record of a frame: its parent, or None."""
        if self.is_base(depth):
            return self.attribute(self.load("v"), "parent")
        return self.record(self._children[depth])

    def record(self, depth: int) -> ast.expr:
        """The record of a frame, with its state."""
        if depth <= self._record:
            return self.attribute(self.load("v"), "record")
        return self.load(f"c{depth}")

    def child_records(self, name: Name) -> ast.expr:
        """The children that a name stands for."""
        view = self.load("v")
        if name.depth > self._record:
            view = ast.Call(self.attribute(self.load("v"), "of"), [self.load(f"c{name.depth}")], [])
        return self.item(self.attribute(view, "children"), name.path[0])

    def typed(self, node: Node, wanted: Type) -> ast.expr:
        """The value of a node where a value of that type is kept: integers become decimals."""
        if wanted.kind in _DECIMALS and node.type.kind is Kind.INTEGER:
            if isinstance(node, Constant) and isinstance(node.value, int):
                return self.constant(Decimal(node.value))
            return self.helper("_decimal", self.build(node))
        if isinstance(node, IfElse) and wanted.kind in _DECIMALS:
            # Each branch by itself, as one may be an integer and the other not.
            return ast.IfExp(
                self.build(node.test), self.typed(node.then, wanted), self.typed(node.other, wanted)
            )
        return self.build(node)

    def build(self, node: Node) -> ast.expr:
        """The Python expression of a node."""
        match node:
            case Constant(value=value):
                return self.constant(value)
            case Name():
                return self._name(node)
            case Part(base=base, name=name):
                return self.item(self.build(base), name)
            case Through(base=base, entity=entity, name=name):
                method, key = ("aggregate", f"{entity}.{name}") if node.aggregate else ("ref", entity)
                found = self.ask(method, ast.Constant(key), self.build(base))
                return found if node.aggregate else self.item(found, name)
            case Required(operand=operand, name=name):
                return self.helper("_need", self.build(operand), ast.Constant(name))
            case Not(operand=operand):
                return ast.UnaryOp(ast.Not(), self.build(operand))
            case And(items=items):
                return ast.BoolOp(ast.And(), [self.build(item) for item in items])
            case Or(items=items):
                return ast.BoolOp(ast.Or(), [self.build(item) for item in items])
            case IsNone(operand=operand, negated=negated):
                operator: ast.cmpop = ast.IsNot() if negated else ast.Is()
                return ast.Compare(self.build(operand), [operator], [ast.Constant(None)])
            case IfElse():
                wanted = node.type
                return ast.IfExp(
                    self.build(node.test), self.typed(node.then, wanted), self.typed(node.other, wanted)
                )
            case Compare():
                return self._compare(node)
            case Membership():
                operator = ast.NotIn() if node.negated else ast.In()
                return ast.Compare(self.build(node.item), [operator], [self.build(node.container)])
            case Listing(items=items):
                return self._listing(items)
            case Negate():
                return self._negate(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                if (
                    all(isinstance(argument, Constant) for argument in node.arguments)
                    and node.function in UNITS
                ):
                    return self.constant(self._fixed_duration(node))
                return CALLS[node.function](self, node)

    def _name(self, node: Name) -> ast.expr:
        name = node.path[0]
        view = self.load("v")
        match node.origin:
            case Origin.FIELD:
                return self.item(self.fields(node.depth), name)
            case Origin.PARENT:
                return self.item(self.attribute(view, "parent", "fields"), name)
            case Origin.EVENT:
                return self.item(self.attribute(view, "event"), name)
            case Origin.EXTRA:
                return self.item(self.attribute(view, "extra"), name)
            case Origin.AGGREGATE:
                return self.ask("aggregate", ast.Constant(f"{node.owner}.{name}"), ast.Constant(None))
            case Origin.CLOCK if name == "now":
                return self.attribute(view, "now")
            case Origin.CLOCK:
                return self.day(self.attribute(view, "now"))
        raise AssertionError(node.origin)

    def day(self, moment: ast.expr) -> ast.expr:
        """The calendar day of a moment in the rule set's zone."""
        return ast.Call(self.attribute(self.local(moment), "date"), [], [])

    def local(self, moment: ast.expr) -> ast.expr:
        """A moment as the clocks of the rule set's zone show it."""
        return ast.Call(self.attribute(moment, "astimezone"), [self.attribute(self.load("v"), "zone")], [])

    def _compare(self, node: Compare) -> ast.expr:
        decimal = any(operand.type.kind in _DECIMALS for operand in node.operands)
        operands = [
            self.constant(Decimal(operand.value))
            if decimal and isinstance(operand, Constant) and isinstance(operand.value, int)
            else self.build(operand)
            for operand in node.operands
        ]
        return ast.Compare(operands[0], [_COMPARISONS[operator] for operator in node.operators], operands[1:])

    def _listing(self, items: tuple[Node, ...]) -> ast.expr:
        values = [item.value for item in items if isinstance(item, Constant)]
        if len(values) < len(items):
            return ast.Tuple([self.build(item) for item in items], _LOAD)
        if len(values) > 4 or any(isinstance(value, Decimal) for value in values):
            return self.constant(frozenset(values))
        return ast.Tuple([ast.Constant(value) for value in values if not isinstance(value, Decimal)], _LOAD)

    def _negate(self, node: Negate) -> ast.expr:
        operand = self.build(node.operand)
        if isinstance(node.operand, Constant) and isinstance(node.operand.value, Decimal):
            return self.constant(numbers.minus(node.operand.value))
        return (
            self.helper("_minus", operand)
            if node.type.kind in _DECIMALS
            else ast.UnaryOp(ast.USub(), operand)
        )

    def _arithmetic(self, node: Arithmetic) -> ast.expr:
        left, right = self.build(node.left), self.build(node.right)
        a, b = node.left.type, node.right.type
        if a.kind not in NUMBERS or b.kind not in NUMBERS:
            if node.operator == "/":
                return self.helper("_ratio", left, right)
            return ast.BinOp(left, _OPERATORS[node.operator], right)
        if a.kind is b.kind is Kind.INTEGER and node.operator != "/":
            return ast.BinOp(left, _OPERATORS[node.operator], right)
        if node.operator == "*":
            return self.helper(
                "_multiply" if a.places + b.places <= PLACES else "_multiply_rounded", left, right
            )
        return self.helper(_DECIMAL_HELPERS[node.operator], left, right)

    def _fixed_duration(self, node: Call) -> timedelta:
        value = node.arguments[0]
        assert isinstance(value, Constant)
        assert isinstance(value.value, int | Decimal)
        return numbers.duration(value.value, UNITS[node.function])
