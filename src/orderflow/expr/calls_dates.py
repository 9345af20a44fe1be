"""Functions of days and of times of day."""

from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message
from orderflow.expr import ranges
from orderflow.expr.calls_arguments import of_kind
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.literals import day_of, days_since_1970, valid_date
from orderflow.expr.tree import Call, Constant, Node
from orderflow.expr.types import DATE, DATETIME, INTEGER, Kind, Type

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

DATES = frozenset(
    {
        "date",
        "weekday",
        "year",
        "month",
        "day_of_month",
        "hour",
        "minute",
        "at",
        "start_of_month",
        "add_months",
    }
)
_DAY = 86_400
#: Parts of a day or of a time of day that come round again, from and to.
PARTS = {"weekday": (1, 7), "month": (1, 12), "day_of_month": (1, 31), "hour": (0, 23), "minute": (0, 59)}
#: Lengths of a month, in days.
_SHORT, _LONG = 28, 31


def dated(checker: "Checker", node: Call) -> Type:
    """The type of a call whose arguments are all values that are there.

    Raises:
        Refused: an argument is not what the function takes.
    """
    first = node.arguments[0]
    if node.function == "date":
        return _date(node)
    if node.function in ("hour", "minute"):
        of_kind(checker, node, first, {Kind.DATETIME})
    else:
        of_kind(checker, node, first, {Kind.DATE})
    lo, hi = ranges.interval(first.type)
    match node.function:
        case "year":
            return _whole(day_of(int(lo)).year, day_of(int(hi)).year)
        case "at":
            for argument, name in zip(node.arguments[1:], ("hour", "minute"), strict=False):
                _time_part(checker, node, argument, *PARTS[name])
            # a day of another zone begins at most a day sooner or later
            return ranges.within(DATETIME, ((lo - 1) * _DAY, (hi + 2) * _DAY))
        case "start_of_month":
            return ranges.within(DATE, (lo - _LONG + 1, hi))
        case "add_months":
            months = node.arguments[1]
            of_kind(checker, node, months, {Kind.INTEGER})
            least, most = ranges.interval(months.type)
            return ranges.within(
                DATE, (lo + min(least * _SHORT, least * _LONG), hi + max(most * _SHORT, most * _LONG))
            )
    return _whole(*PARTS[node.function])


def _whole(least: int, most: int) -> Type:
    return ranges.within(INTEGER, (Fraction(least), Fraction(most)))


def _date(node: Call) -> Type:
    year, month, day = (int(str(each.value)) for each in node.arguments if isinstance(each, Constant))
    found = valid_date(year, month, day)
    if found is not None:
        days = Fraction(days_since_1970(found))
        return ranges.within(DATE, (days, days))
    if valid_date(day, month, year) is not None:
        fix = Message("write the year first: `date({year}, {month}, {day})`", year=day, month=month, day=year)
    elif valid_date(year, day, month) is not None:
        fix = Message(
            "write the month before the day: `date({year}, {month}, {day})`", year=year, month=day, day=month
        )
    elif 1970 <= year <= 2199 and 1 <= month <= 12:
        last = next(last for last in (31, 30, 29, 28) if valid_date(year, month, last) is not None)
        fix = Message("write a day from 1 to {last}", last=last)
    else:
        fix = Message("write a year from 1970 to 2199, a month from 1 to 12 and a day of that month")
    message = Message("there is no day {year}-{month:02}-{day:02}", year=year, month=month, day=day)
    if not 1970 <= year <= 2199 and valid_date(2000, month, day) is not None:
        message = Message("dates lie in the years 1970 to 2199")
    raise Refused(Fault("OF102", message, node.start, node.end, fix))


def _time_part(checker: "Checker", node: Call, argument: Node, least: int, most: int) -> None:
    """Refuse what may be no hour, or no minute."""
    of_kind(checker, node, argument, {Kind.INTEGER})
    lo, hi = ranges.interval(argument.type)
    if least <= lo and hi <= most:
        return
    text = checker.text(argument)
    fix = Message("bound it: `max({least}, min({text}, {most}))`", least=least, text=text, most=most)
    if isinstance(argument, Constant):
        fix = Message("write it like `{example}`", example=FUNCTIONS[node.function].example)
    what = Message("hour") if most == 23 else Message("minute")
    message = Message(
        "`{text}` may be no {what}; it must lie from {least} to {most}",
        text=text,
        what=what,
        least=least,
        most=most,
    )
    raise Refused(Fault("OF103", message, argument.start, argument.end, fix))
