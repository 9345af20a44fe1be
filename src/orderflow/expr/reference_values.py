"""What the reference evaluator does with texts, days and times of day: in other ways than the compiled functions."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from orderflow.expr import exact
from orderflow.expr.calendars import Workdays
from orderflow.expr.patterns.matcher import pattern

_DIGITS = frozenset("0123456789")
_DAY = timedelta(days=1)


def _trim(text: str) -> str:
    letters = list(text)
    while letters and letters[-1].isspace():
        letters.pop()
    while letters and letters[0].isspace():
        letters.pop(0)
    return "".join(letters)


def _replace(text: str, old: str, new: str) -> str:
    return new.join(text.split(old))


def _matches(text: str, wanted: str) -> bool:
    return pattern(wanted).automaton.fits(text)


def _to_integer(text: str, default: object) -> object:
    sign, digits = _signed(_trim(text))
    if not digits or len(digits) > 18 or not _DIGITS.issuperset(digits):
        return default
    return sign * sum(int(digit) * 10**place for place, digit in enumerate(reversed(digits)))


def _to_decimal(text: str, default: object) -> object:
    sign, digits = _signed(_trim(text))
    whole, point, places = digits.partition(".")
    if point and not 1 <= len(places) <= 6:
        return default
    if not 1 <= len(whole) <= 18 or not _DIGITS.issuperset(whole + places):
        return Decimal(default) if isinstance(default, int) else default
    return exact.divide(sign * int(whole + places), 10 ** len(places))


def _signed(text: str) -> tuple[int, str]:
    return (-1 if text[:1] == "-" else 1), text[1:] if text[:1] in ("-", "+") and text else text


def _weekday(day: date) -> int:
    return (day.toordinal() - 1) % 7 + 1  # the first of all days, 1 January of the year 1, is a Monday


def _start_of_month(day: date) -> date:
    while day.day > 1:
        day -= _DAY
    return day


def _add_months(day: date, months: int) -> date:
    counted = 12 * day.year + day.month - 1 + months
    first = date(counted // 12, counted % 12 + 1, 1)
    found = first
    while found.day < day.day and (found + _DAY).month == first.month:
        found += _DAY
    return found


def moment_at(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    """The moment at which clocks show a time: the first at which they do, or that of the offset before they were put forward."""
    naive = datetime.combine(day, time(hour, minute))
    offsets = [
        moment.astimezone(zone).utcoffset() or timedelta(0)
        for moment in ((naive - _DAY).replace(tzinfo=UTC), (naive + _DAY).replace(tzinfo=UTC))
    ]
    moments = sorted((naive - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [moment for moment in moments if moment.astimezone(zone).replace(tzinfo=None) == naive]
    return shown[0] if shown else (naive - offsets[0]).replace(tzinfo=UTC)


def worked(calendar: Workdays, day: date) -> bool:
    """Whether a day is worked: what is said of that day, or else of its day of the week."""
    if day.toordinal() in (*calendar.off, *calendar.on):
        return day.toordinal() in calendar.on
    return calendar.week[_weekday(day)] - calendar.week[_weekday(day) - 1] == 1


def workdays(calendar: Workdays, start: date, end: date) -> int:
    """The working days after `start` and up to `end`, one by one."""
    if end < start:
        return -workdays(calendar, end, start)
    days = (start + _DAY * number for number in range(1, (end - start).days + 1))
    return sum(worked(calendar, day) for day in days)


def add_workdays(calendar: Workdays, day: date, count: int) -> date:
    """So many working days on, or back, one by one."""
    while count != 0:
        day += _DAY if count > 0 else -_DAY
        if worked(calendar, day):
            count -= 1 if count > 0 else -1
    return day


TEXT_AND_DAY_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "trim": _trim,
    "replace": _replace,
    "matches": _matches,
    "to_integer": _to_integer,
    "to_decimal": _to_decimal,
    "date": date,
    "year": lambda day: int(day.isoformat()[:4]),
    "month": lambda day: int(day.isoformat()[5:7]),
    "day_of_month": lambda day: int(day.isoformat()[8:10]),
    "weekday": _weekday,
    "start_of_month": _start_of_month,
    "add_months": _add_months,
}
