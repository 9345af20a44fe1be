"""Days and moments as compiled expressions work them out."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, tzinfo


def at(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show that time on that day.

    A time that comes twice (when clocks go back) is the first of the two; one that is left out (when they go forward)
    is as much later as is left out, as RFC 5545 has it in section 3.3.5.

    >>> from zoneinfo import ZoneInfo
    >>> at(date(2026, 3, 29), 2, 30, ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:30:00+00:00'
    """
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; in a month that has no such day, its last.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def start_of_month(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)
