"""Calls: the rule of each function of the table, its type and what it settles."""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr import ranges
from orderflow.expr.arithmetic import common
from orderflow.expr.calls_lifecycle import LIFECYCLE, lifecycle
from orderflow.expr.calls_rows import ROWS_FUNCTIONS, over_rows
from orderflow.expr.calls_world import WORLD, world
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.functions import FUNCTIONS, Signature
from orderflow.expr.tree import Call, Constant, Node
from orderflow.expr.types import (
    BOOL,
    CENTURY,
    DATE,
    DATETIME,
    DURATION,
    INTEGER,
    NUMBERS,
    ORDERED,
    TEXT,
    TEXT_TYPE,
    TEXTS,
    UNKNOWN,
    Kind,
    Type,
    describe,
)

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

#: Seconds of what `days`, `hours` and `minutes` count.
UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60}
#: What other languages call it.
_ELSEWHERE = {
    "len": "length", "size": "count", "startswith": "starts_with", "ifnull": "coalesce", "nvl": "coalesce",
    "default": "coalesce", "exists": "any", "every": "all", "date": "day", "lowercase": "lower", "total": "sum",
    "endswith": "ends_with", "includes": "contains", "uppercase": "upper", "lookup": "look_up", "distance": "distance_km",
}  # fmt: skip
Result = tuple[Node, Facts, Facts]


def call(checker: "Checker", node: Call, facts: Facts) -> Result:
    """The typed call, and the facts after it was true or was false.

    Raises:
        Refused: it is no such function, or its arguments are not what it takes.
    """
    signature = FUNCTIONS.get(node.function)
    if signature is None:
        raise Refused(_unknown(checker, node))
    _arity(node, signature)
    if node.function in LIFECYCLE:
        return lifecycle(checker, node, facts)
    if node.function in ROWS_FUNCTIONS:
        return over_rows(checker, node, facts), facts, facts
    if node.function in WORLD:
        return world(checker, node, facts), facts, facts
    if node.function == "coalesce":
        return _coalesce(checker, node, facts), facts, facts
    arguments = tuple(checker.value(argument, facts) for argument in node.arguments)
    node = replace(node, arguments=arguments)
    if any(argument.type == UNKNOWN for argument in arguments):
        return node, facts, facts
    return checker.bounded(replace(node, type=_plain(checker, node))), facts, facts


def _unknown(checker: "Checker", node: Call) -> Fault:
    start, end, name = node.name_start, node.name_end, node.function
    if name in checker.names.known():
        fix = Message("write `{name}` without brackets", name=name)
        return Fault(
            "OF101",
            Message("`{name}` is a name, not a function", name=name),
            node.start,
            node.end,
            fix,
            name if not node.arguments else None,
        )
    guess = _ELSEWHERE.get(name.lower()) or nearest(name, FUNCTIONS)
    fix = (
        Message("replace with `{guess}`", guess=guess)
        if guess
        else Message("use a function of the table: ") + joined((f"`{known}`" for known in FUNCTIONS), ", ")
    )
    return Fault(
        "OF101",
        Message("unknown function `{name}`", name=name),
        start,
        end,
        fix,
        guess,
        Message("not a function"),
    )


def _arity(node: Call, signature: Signature) -> None:
    given = len(node.arguments)
    if given >= signature.least and (signature.most is None or given <= signature.most):
        return
    takes = ", then ".join(signature.parameters) or "nothing"
    if signature.repeats:
        takes += ", then any number more"
    elif signature.optional:
        takes += " (which may be left out)"
    values = Message("{given} value{s}", given=given, s="" if given == 1 else "s")
    message = Message(
        "`{function}` takes {takes}, and was given {values}",
        function=node.function,
        takes=takes,
        values=values,
    )
    raise Refused(
        Fault(
            "OF102",
            message,
            node.start,
            node.end,
            Message("write it like `{example}`", example=signature.example),
        )
    )


def _coalesce(checker: "Checker", node: Call, facts: Facts) -> Node:
    arguments = [checker.visit(argument, facts).node for argument in node.arguments]
    type_ = checker.one_type(arguments, node)
    if type_ != UNKNOWN:
        type_ = replace(type_, optional=all(argument.type.optional for argument in arguments))
    return replace(node, arguments=tuple(arguments), type=type_)


def _plain(checker: "Checker", node: Call) -> Type:
    """The type of a call whose arguments are all values that are there."""
    first = node.arguments[0]
    match node.function:
        case "age":
            _kind(checker, node, first, {Kind.DATETIME})
            return ranges.within(
                DURATION, ranges.subtract(ranges.interval(DATETIME), ranges.interval(first.type))
            )
        case "day":
            _kind(checker, node, first, {Kind.DATETIME})
            lo, hi = ranges.interval(first.type)
            return ranges.within(DATE, (Fraction(lo // 86_400 - 1), Fraction(hi // 86_400 + 1)))
        case "days" | "hours" | "minutes":
            return _duration(checker, node, first)
        case "round":
            return _round(checker, node, first)
        case "abs":
            _kind(checker, node, first, {*NUMBERS, Kind.DURATION})
            return ranges.within(first.type, ranges.absolute(ranges.interval(first.type)))
        case "min" | "max":
            return _extreme(checker, node)
        case "length":
            _kind(checker, node, first, set(TEXTS))
            return ranges.within(INTEGER, (Fraction(0), Fraction(TEXT)))
        case "lower" | "upper":
            _kind(checker, node, first, set(TEXTS))
            return TEXT_TYPE
        case _:
            for argument in node.arguments:
                _kind(checker, node, argument, set(TEXTS))
            return BOOL


def _kind(checker: "Checker", node: Call, argument: Node, kinds: set[Kind]) -> None:
    """Refuse an argument of another kind."""
    if argument.type.kind in kinds:
        return
    text = checker.text(argument)
    if node.function == "day" and argument.type.kind is Kind.DATE:
        fix = Message("write `{text}` alone", text=text)
        raise Refused(
            Fault("OF102", Message("`{text}` is a date already", text=text), node.start, node.end, fix, text)
        )
    takes = " or ".join(sorted(kinds))
    message = Message(
        "`{function}` takes {takes}; `{text}` is {kind}",
        function=node.function,
        takes=takes,
        text=text,
        kind=describe(argument.type),
    )
    fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
    if node.function == "age" and argument.type.kind is Kind.DATE:
        fix = Message("write `today - {text}`", text=text)
    raise Refused(Fault("OF102", message, argument.start, argument.end, fix))


def _duration(checker: "Checker", node: Call, first: Node) -> Type:
    _kind(checker, node, first, {Kind.INTEGER, Kind.DECIMAL})
    found = ranges.multiply(ranges.interval(first.type), (Fraction(UNITS[node.function]),) * 2)
    if found[0] < -CENTURY or found[1] > CENTURY:
        text, most = checker.text(first), CENTURY // UNITS[node.function]
        raise Refused(
            Fault(
                "OF103",
                Message("`{text}` could pass 100 years", text=checker.text(node)),
                first.start,
                first.end,
                Message(
                    "bound it: `max(0, min({text}, {most}))` at most, or give the field an `at_least` and an `at_most`",
                    text=text,
                    most=most,
                ),
            )
        )
    whole = node.function == "days" and first.type.kind is Kind.INTEGER
    return ranges.within(replace(DURATION, name="days" if whole else ""), found)


def _round(checker: "Checker", node: Call, first: Node) -> Type:
    _kind(checker, node, first, set(NUMBERS))
    places = node.arguments[1]
    value = places.value if isinstance(places, Constant) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 6:
        message = Message("the places of `round` are a number from 0 to 6, written out")
        raise Refused(
            Fault("OF102", message, places.start, places.end, Message("write it like `round(amount, 2)`"))
        )
    type_ = first.type
    if type_.kind is Kind.INTEGER:
        return type_
    lo, hi = ranges.interval(type_)
    if type_.kind is Kind.DECIMAL:
        type_ = replace(type_, places=min(type_.places, value))
    return ranges.within(type_, (ranges.rounded(lo, value), ranges.rounded(hi, value)))


def _extreme(checker: "Checker", node: Call) -> Type:
    for argument in node.arguments:
        if argument.type.kind not in ORDERED:
            _kind(checker, node, argument, set(ORDERED))
    type_ = common(list(node.arguments))
    if type_ is None:
        kinds = " and ".join(dict.fromkeys(describe(argument.type) for argument in node.arguments))
        message = Message("`{function}` cannot compare {kinds}", function=node.function, kinds=kinds)
        raise Refused(Fault("OF102", message, node.start, node.end, Message("give values of one kind")))
    several = [ranges.interval(argument.type) for argument in node.arguments]
    return ranges.within(type_, ranges.least(several) if node.function == "min" else ranges.greatest(several))
