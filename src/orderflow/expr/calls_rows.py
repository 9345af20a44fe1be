"""Functions that look at each row of a list, or at each child."""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message
from orderflow.expr import ranges
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.functions import FUNCTIONS, Takes
from orderflow.expr.resolve import Frame
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Call, Name, Node, Origin
from orderflow.expr.types import (
    BOOL,
    INTEGER,
    NUMBERS,
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

ROWS_FUNCTIONS = frozenset(
    {"count", "sum", "any", "all", "some", "all_live", "none_live", "latest", "earliest"}
)
#: The same question of the other kind of rows.
_OTHERS = {"any": "some", "all": "all_live", "some": "any", "all_live": "all"}


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
        type_ = BOOL if node.function == "none_live" else ranges.within(INTEGER, _length(rows))
        return replace(node, arguments=(rows,), type=type_)
    frame = _frame(checker, node, rows, scope)
    checker.names.frames.append(frame)
    try:
        each, type_ = _each(checker, node, rows, facts.without_frame(depth))
    finally:
        checker.names.frames.pop()
    return checker.bounded(replace(node, arguments=(rows, each), type=type_))


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
                raise Refused(_wrong_rows(node, checker.text(first), "children, not a list"))
            return bound, checker.names.frames[bound.depth].scope.children[bound.path[0]]
    rows = checker.value(first, facts)
    if rows.type == UNKNOWN:
        return rows, None
    if takes is Takes.CHILDREN and rows.type.kind is Kind.LIST:
        raise Refused(_wrong_rows(node, checker.text(first), "a list, not children"))
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


def _wrong_rows(node: Call, text: str, what: str) -> Fault:
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
        held = describe(item) if item is not None else "nothing"
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
        case "sum":
            each = checker.value(asked, facts)
            if each.type == UNKNOWN:
                return each, UNKNOWN
            if each.type.kind not in NUMBERS:
                message = Message(
                    "`sum` takes a number for each; `{text}` is {kind}",
                    text=checker.text(asked),
                    kind=describe(each.type),
                )
                raise Refused(
                    Fault(
                        "OF102",
                        message,
                        asked.start,
                        asked.end,
                        Message("write it like `sum(lines, quantity)`"),
                    )
                )
            return each, ranges.within(each.type, ranges.summed(ranges.interval(each.type), _length(rows)))
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
