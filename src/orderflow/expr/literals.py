"""Texts in quotes where a date, a moment, a duration or a number is meant."""

import re
from datetime import date

from orderflow.expr.types import DAYS, NUMBERS, Kind

_EPOCH = date(1970, 1, 1)
_DAY = r"(?P<year>[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})"
_MOMENT = re.compile(_DAY + r"(?:[T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::00)?)?")
_DURATION = re.compile(r"([0-9]{1,9}) ?([smhdw])")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def days_since_1970(day: date) -> int:
    """A date as types count it."""
    return (day - _EPOCH).days


def day_of(days: int) -> date:
    """The date that a type's bound stands for."""
    return date.fromordinal(_EPOCH.toordinal() + days)


def valid_date(year: int, month: int, day: int) -> date | None:
    """The day of the calendar, from 1970 to 2199, or None."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if DAYS[0] < days_since_1970(found) < DAYS[1] else None


def meant(text: str, kind: Kind, *, exactly: bool = True) -> str | None:
    """What to write for a text in quotes where a value of that kind is needed; None where it cannot be told.

    Args:
        exactly: False where it matters which moment of a day is meant and the text does not say.

    >>> meant("2026-01-01", Kind.DATE), meant("2026-01-01 9:30", Kind.DATETIME), meant("26h", Kind.DURATION)
    ('date(2026, 1, 1)', 'at(date(2026, 1, 1), 9, 30)', 'hours(26)')
    """
    if kind in NUMBERS:
        whole = kind is Kind.INTEGER and "." in text
        return text if _NUMBER.fullmatch(text) and not whole else None
    if kind is Kind.DURATION:
        length = _DURATION.fullmatch(text)
        return f"{_UNITS[length[2]]}({int(length[1])})" if length else None
    found = _MOMENT.fullmatch(text)
    if found is None or kind not in (Kind.DATE, Kind.DATETIME):
        return None
    parts = [int(found[name]) for name in ("year", "month", "day")]
    if valid_date(*parts) is None:
        return None
    day = "date({}, {}, {})".format(*parts)
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if kind is Kind.DATE:
        return day if not (hour or minute) else None
    if hour > 23 or minute > 59 or (found["hour"] is None and not exactly):
        return None
    return f"at({day}, {hour}, {minute})" if minute else f"at({day}, {hour})"
