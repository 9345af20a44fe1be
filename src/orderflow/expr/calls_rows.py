"""Functions that look at each row of a list, or at each child."""

from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.functions import FUNCTIONS, Takes
from orderflow.expr.resolve import Frame
from orderflow.expr.scope import Scope
from orderflow.expr.tree import OF_VALUES_OR_ROWS, ROWS_FUNCTIONS, Call, IfElse, Name, Node, Origin
from orderflow.expr.types import (
    BOOL,
    INTEGER,
    NUMBERS,
    ORDERED,
    ROWS,
    UNKNOWN,
    Kind,
    Type,
    describe,
    optional,
    present,
)

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

__all__ = ["ROWS_FUNCTIONS", "looks_at_rows", "over_rows"]

#: What can be added up, and what can be least or greatest.
_ADDED = NUMBERS | {Kind.DURATION}
#: The same question of the other kind of rows.
_OTHERS = {"any": "some", "all": "all_live", "some": "any", "all_live": "all"}


def looks_at_rows(checker: "Checker", node: Call) -> bool:
    """Whether a call of `min` or `max` is about a list or children."""
    return node.function in OF_VALUES_OR_ROWS and _gives_list(checker, node.arguments[0])


def _gives_list(checker: "Checker", node: Node) -> bool:
    """Whether the value of a node that is not checked yet is a list, or children."""
    match node:
        case Name():
            try:
                bound, type_ = checker.names.bind(node)
            except Refused:
                return False
            return type_.kind is Kind.LIST or (isinstance(bound, Name) and bound.origin is Origin.CHILDREN)
        case Call(function="coalesce", arguments=(first, *_)):
            return _gives_list(checker, first)
        case IfElse(then=then):
            return _gives_list(checker, then)
    return isinstance(node, Call) and node.function == "collect"


def over_rows(checker: "Checker", node: Call, facts: Facts) -> Node:
    """The typed call.

    Raises:
        Refused: the first argument is no list and no children, or the wrong one of the two.
    """
    rows, scope = _rows(checker, node, facts)
    depth = len(checker.names.frames)
    node = replace(node, depth=depth, states=tuple(sorted(scope.dead)) if scope is not None else ())
    if rows.type == UNKNOWN and scope is None:
        return replace(node, arguments=(rows, *node.arguments[1:]))
    if len(node.arguments) == 1:
        return checker.bounded(replace(node, arguments=(rows,), type=_alone(checker, node, rows)))
    if len(node.arguments) > 2:
        message = Message("`{function}` of rows takes one thing to look at", function=node.function)
        fix = Message("write it like `{function}(lines, quantity)`", function=node.function)
        raise Refused(Fault("OF102", message, node.arguments[2].start, node.arguments[-1].end, fix))
    frame = _frame(checker, node, rows, scope)
    checker.names.frames.append(frame)
    try:
        each, type_ = _each(checker, node, rows, facts.without_frame(depth))
    finally:
        checker.names.frames.pop()
    return checker.bounded(replace(node, arguments=(rows, each), type=type_))


def _alone(checker: "Checker", node: Call, rows: Node) -> Type:
    """The type of a call with nothing to look at: how many there are, or what the values of a plain list come to."""
    match node.function:
        case "none_live":
            return BOOL
        case "count":
            return ranges.within(INTEGER, _length(rows))
    item = rows.type.item
    kinds = _ADDED if node.function == "sum" else ORDERED
    if item is None or item.kind not in kinds:
        message = Message(
            "`{function}` does not say what to look at in `{text}`",
            function=node.function,
            text=checker.text(rows),
        )
        fix = Message(
            "name it behind the list: `{function}({text}, quantity)`",
            function=node.function,
            text=checker.text(rows),
        )
        raise Refused(Fault("OF102", message, node.start, node.end, fix))
    return _gathered(node, rows, item)


def _gathered(node: Call, rows: Node, each: Type) -> Type:
    """The type of a sum, or of the least or greatest, of values of that type."""
    if node.function == "sum":
        return ranges.within(each, ranges.summed(ranges.interval(each), _length(rows)))
    return each if _length(rows)[0] >= 1 else optional(each)


def _length(rows: Node) -> ranges.Interval:
    return ranges.interval(rows.type) if rows.type.kind is Kind.LIST else (Fraction(0), Fraction(ROWS))


def _rows(checker: "Checker", node: Call, facts: Facts) -> tuple[Node, Scope | None]:
    """The rows, and the scope of a child when they are children."""
    first = node.arguments[0]
    takes = FUNCTIONS[node.function].parameters[0]
    if isinstance(first, Name):
        bound, _ = checker.names.bind(first)
        if isinstance(bound, Name) and bound.origin is Origin.CHILDREN:
            if takes is Takes.LIST:
                raise Refused(_wrong_rows(node, checker.text(first), Message("children, not a list")))
            return bound, checker.names.frames[bound.depth].scope.children[bound.path[0]]
    rows = checker.value(first, facts)
    if rows.type == UNKNOWN:
        return rows, None
    if takes is Takes.CHILDREN and rows.type.kind is Kind.LIST:
        raise Refused(_wrong_rows(node, checker.text(first), Message("a list, not children")))
    if rows.type.kind is not Kind.LIST:
        message = Message(
            "`{function}` takes {takes}; `{text}` is {kind}",
            function=node.function,
            takes=takes,
            text=checker.text(first),
            kind=describe(rows.type),
        )
        fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
        raise Refused(Fault("OF102", message, first.start, first.end, fix))
    return rows, None


def _wrong_rows(node: Call, text: str, what: Message) -> Fault:
    other = _OTHERS.get(node.function)
    fix = (
        Message("replace `{function}` with `{other}`", function=node.function, other=other)
        if other
        else Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
    )
    return Fault(
        "OF102",
        Message(
            "`{text}` is {what}; `{function}` does not look at it",
            text=text,
            what=what,
            function=node.function,
        ),
        node.name_start,
        node.name_end,
        fix,
        other,
    )


def _frame(checker: "Checker", node: Call, rows: Node, scope: Scope | None) -> Frame:
    if scope is not None:
        return Frame(scope)
    item = rows.type.item
    if item is None or item.kind is not Kind.RECORD:
        held = describe(item) if item is not None else Message("nothing")
        message = Message("`{text}` holds {held}, not records", text=checker.text(rows), held=held)
        raise Refused(Fault("OF102", message, rows.start, rows.end, Message("ask with `in`")))
    return Frame(Scope(item.name, dict(item.fields)), row=True)


def _each(checker: "Checker", node: Call, rows: Node, facts: Facts) -> tuple[Node, Type]:
    """What is asked of each row, and the type of the whole."""
    asked = node.arguments[1]
    match node.function:
        case "count":
            lo, hi = _length(rows)
            return checker.condition(asked, facts).node, ranges.within(INTEGER, (min(lo, Fraction(0)), hi))
        case "sum" | "min" | "max":
            each = checker.value(asked, facts)
            if each.type == UNKNOWN:
                return each, UNKNOWN
            if each.type.kind not in (_ADDED if node.function == "sum" else ORDERED):
                message = Message(
                    "`{function}` takes {takes} for each; `{text}` is {kind}",
                    function=node.function,
                    takes=Message("a number or duration")
                    if node.function == "sum"
                    else Message("a number, date or duration"),
                    text=checker.text(asked),
                    kind=describe(each.type),
                )
                fix = Message("write it like `{function}(lines, quantity)`", function=node.function)
                raise Refused(Fault("OF102", message, asked.start, asked.end, fix))
            return each, _gathered(node, rows, each.type)
        case "latest" | "earliest":
            moment = checker.visit(asked, facts).node
            if moment.type == UNKNOWN:
                return moment, UNKNOWN
            if moment.type.kind not in (Kind.DATETIME, Kind.DATE):
                message = Message(
                    "`{function}` takes a datetime or a date; `{text}` is {kind}",
                    function=node.function,
                    text=checker.text(asked),
                    kind=describe(moment.type),
                )
                fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
                raise Refused(Fault("OF102", message, asked.start, asked.end, fix))
            return moment, optional(present(moment.type))
        case _:
            return checker.condition(asked, facts).node, BOOL
