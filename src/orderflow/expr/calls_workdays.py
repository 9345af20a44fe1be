"""Functions of working days: the calendar that each asks, and how far apart two days may lie by it."""

from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message, joined
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.calendars import MONDAY_TO_FRIDAY, Workdays, reach
from orderflow.expr.calls_arguments import of_kind
from orderflow.expr.calls_names import named
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.tree import Call, Node
from orderflow.expr.types import BOOL, DATE, INTEGER, UNKNOWN, Kind, Type

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

#: How many values each takes before the name of the calendar.
WORKDAYS = {"workdays": 2, "add_workdays": 2, "is_workday": 1}


def of_workdays(checker: "Checker", node: Call, facts: Facts) -> Node:
    """The typed call: its arguments are the values alone, and it holds the calendar that it asks.

    Raises:
        Refused: an argument is not what the function takes, or nothing says which calendar is meant.
    """
    place = WORKDAYS[node.function]
    calendar = _calendar(checker, node, place)
    arguments = tuple(checker.value(argument, facts) for argument in node.arguments[:place])
    node = replace(node, arguments=arguments, calendar=calendar)
    if any(argument.type == UNKNOWN for argument in arguments):
        return node
    return checker.bounded(replace(node, type=_type(checker, node, calendar)))


def _calendar(checker: "Checker", node: Call, place: int) -> Workdays:
    known = checker.names.around.calendars
    if len(node.arguments) > place:
        return known[str(named(node, place, known, Message("calendar")).value)]
    if len(known) < 2:
        return next(iter(known.values()), MONDAY_TO_FRIDAY)
    names = list(known)
    message = Message("`{function}` does not say which calendar counts", function=node.function)
    written = ", ".join(checker.text(argument) for argument in node.arguments)
    example = f'{node.function}({written}, "{names[0]}")'
    fix = Message(
        "say which, such as `{example}`: {names}",
        example=example,
        names=joined((f"`{name}`" for name in names[:12]), ", "),
    )
    raise Refused(Fault("OF107", message, node.name_start, node.name_end, fix))


def _type(checker: "Checker", node: Call, calendar: Workdays) -> Type:
    first, *others = node.arguments
    of_kind(checker, node, first, {Kind.DATE})
    if node.function == "is_workday":
        return BOOL
    (other,) = others
    if node.function == "workdays":
        of_kind(checker, node, other, {Kind.DATE})
        lo, hi = ranges.interval(first.type)
        least, most = ranges.interval(other.type)
        return ranges.within(INTEGER, (min(least - hi, Fraction(0)), max(most - lo, Fraction(0))))
    of_kind(checker, node, other, {Kind.INTEGER})
    type_ = moved_type(calendar, first.type, other.type)
    if not ranges.fits(type_):
        text = checker.text(other)
        message = Message("`{text}` could leave the calendar", text=checker.text(node))
        fix = Message(
            "bound it: `max(0, min({text}, 365))`, or give the field an `at_least` and an `at_most`",
            text=text,
        )
        raise Refused(Fault("OF103", message, other.start, other.end, fix))
    return type_


def moved_type(calendar: Workdays, day: Type, days: Type) -> Type:
    """The type of a date moved by so many working days."""
    (lo, hi), (least, most) = ranges.interval(day), ranges.interval(days)
    back = Fraction(reach(calendar, int(least))) if least < 0 else Fraction(0)
    on = Fraction(reach(calendar, int(most))) if most > 0 else Fraction(0)
    return ranges.within(DATE, (lo - back, hi + on))
