"""Calls: the rule of each function of the table, its type and what it settles."""

from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.arithmetic import common
from orderflow.expr.calls_arguments import of_kind, written_out
from orderflow.expr.calls_dates import dated
from orderflow.expr.calls_lifecycle import LIFECYCLE, lifecycle
from orderflow.expr.calls_rows import ROWS_FUNCTIONS, looks_at_rows, over_rows
from orderflow.expr.calls_text import NUMBERS_IN_TEXTS, OF_TEXTS, number_in_text, of_texts
from orderflow.expr.calls_workdays import WORKDAYS, of_workdays
from orderflow.expr.calls_world import WORLD, world
from orderflow.expr.elsewhere import meant_elsewhere
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.functions import FUNCTIONS, Signature
from orderflow.expr.tree import Call, Constant, Node
from orderflow.expr.types import (
    CENTURY,
    DATE,
    DATETIME,
    DURATION,
    NUMBERS,
    ORDERED,
    UNKNOWN,
    Kind,
    Type,
    describe,
)

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

#: Seconds of what `days`, `hours` and their like count.
UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
#: Of these, those that are whole days when they are counted by whole numbers.
_DAYS = frozenset({"weeks", "days"})
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
    if node.function in ROWS_FUNCTIONS or looks_at_rows(checker, node):
        return over_rows(checker, node, facts), facts, facts
    if node.function in WORLD:
        return world(checker, node, facts), facts, facts
    if node.function in WORKDAYS:
        return of_workdays(checker, node, facts), facts, facts
    if node.function == "coalesce":
        return _coalesce(checker, node, facts), facts, facts
    if node.function in NUMBERS_IN_TEXTS:
        return number_in_text(checker, node, facts), facts, facts
    written_out(node)
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
    guess = meant_elsewhere(name) or nearest(name, FUNCTIONS)
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
        # with other arguments than it takes, the guess alone repairs nothing
        guess if guess and _takes(FUNCTIONS[guess], len(node.arguments)) else None,
        Message("not a function"),
    )


def _takes(signature: Signature, given: int) -> bool:
    return given >= signature.least and (signature.most is None or given <= signature.most)


def _arity(node: Call, signature: Signature) -> None:
    given = len(node.arguments)
    if _takes(signature, given):
        return
    if node.function == "date" and given == 1:
        message = Message("`date` makes a day of a year, a month and a day; the day of a datetime is `day`")
        fix = Message("replace with `{name}`", name="day")
        raise Refused(Fault("OF102", message, node.name_start, node.name_end, fix, "day"))
    takes = joined(signature.parameters, ", then ") if signature.parameters else Message("nothing")
    if signature.repeats:
        takes += Message(", then any number more")
    elif signature.optional:
        takes += Message(" (which may be left out)")
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
            of_kind(checker, node, first, {Kind.DATETIME})
            return ranges.within(
                DURATION, ranges.subtract(ranges.interval(DATETIME), ranges.interval(first.type))
            )
        case "day":
            of_kind(checker, node, first, {Kind.DATETIME})
            lo, hi = ranges.interval(first.type)
            return ranges.within(DATE, (Fraction(lo // 86_400 - 1), Fraction(hi // 86_400 + 1)))
        case "round":
            return _round(checker, node, first)
        case "abs":
            of_kind(checker, node, first, {*NUMBERS, Kind.DURATION})
            return ranges.within(first.type, ranges.absolute(ranges.interval(first.type)))
        case "min" | "max":
            return _extreme(checker, node)
    if node.function in UNITS:
        return _duration(checker, node, first)
    return of_texts(checker, node) if node.function in OF_TEXTS else dated(checker, node)


def _duration(checker: "Checker", node: Call, first: Node) -> Type:
    of_kind(checker, node, first, {Kind.INTEGER, Kind.DECIMAL})
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
    whole = node.function in _DAYS and first.type.kind is Kind.INTEGER
    return ranges.within(replace(DURATION, name="days" if whole else ""), found)


def _round(checker: "Checker", node: Call, first: Node) -> Type:
    of_kind(checker, node, first, set(NUMBERS))
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
    if len(node.arguments) == 1:
        message = Message("`{function}` has one value to choose from", function=node.function)
        fix = Message(
            "give it another one, or a list or children and what to look at: `{function}(lines, quantity)`",
            function=node.function,
        )
        raise Refused(Fault("OF102", message, node.start, node.end, fix))
    for argument in node.arguments:
        if argument.type.kind not in ORDERED:
            of_kind(checker, node, argument, set(ORDERED))
    type_ = common(list(node.arguments))
    if type_ is None:
        kinds = joined(dict.fromkeys(describe(argument.type) for argument in node.arguments), " and ")
        message = Message("`{function}` cannot compare {kinds}", function=node.function, kinds=kinds)
        raise Refused(Fault("OF102", message, node.start, node.end, Message("give values of one kind")))
    several = [ranges.interval(argument.type) for argument in node.arguments]
    return ranges.within(type_, ranges.least(several) if node.function == "min" else ranges.greatest(several))
