"""Working days: which days of a calendar are worked, how many lie between two, and which day is so many on.

The working days up to a day are counted by arithmetic: whole weeks, a part of a week, and the days that the calendar names,
found by bisection. So a count takes as long as a search among the named days, however far apart two days are.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: The days of the week as rules name them, Monday first.
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKEND = ("saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Workdays:
    """Which days are worked; made by `workdays_of`.

    Args:
        name: the calendar's; empty for the one that counts where a rule set has none.
        week: how many days of a week are worked before its first, second, ... day, and in all (eight numbers).
        off: days of the week's working days that are not worked, ascending.
        on: days of its weekend that are worked, ascending.
    """

    name: str
    week: tuple[int, ...]
    off: tuple[int, ...] = ()
    on: tuple[int, ...] = ()

    def works(self, weekday: int) -> bool:
        """Whether a day of the week (0 for Monday) is worked where nothing else is said of it."""
        return self.week[weekday + 1] > self.week[weekday]


def workdays_of(name: str, weekend: Iterable[str], off: Iterable[date], on: Iterable[date]) -> Workdays:
    """The working days of a calendar.

    Args:
        weekend: days of the week by name; at least one day is left.
        off: days that are not worked; those of the weekend change nothing.
        on: days of the weekend that are worked; others change nothing.

    >>> workdays_of("shop", ["sunday"], [date(2026, 10, 1)], []).off
    (739890,)
    """
    free = set(weekend)
    week = [0]
    for day in WEEK:
        week.append(week[-1] + (day not in free))
    if not week[-1]:
        raise ValueError("a week without a working day")
    made = Workdays(name, tuple(week))
    return Workdays(
        name,
        made.week,
        tuple(sorted({day.toordinal() for day in off if made.works(day.weekday())})),
        tuple(sorted({day.toordinal() for day in on if not made.works(day.weekday())})),
    )


#: Monday to Friday: the calendar of a rule set that has none.
MONDAY_TO_FRIDAY = workdays_of("", WEEKEND, (), ())


def count(calendar: Workdays, ordinal: int) -> int:
    """How many days are worked from the first of January of the year 1 to a day, inclusive; less than 0 before it."""
    weeks, rest = divmod(ordinal, 7)
    plain = weeks * calendar.week[7] + calendar.week[rest]
    return plain - bisect_right(calendar.off, ordinal) + bisect_right(calendar.on, ordinal)


def works_on(calendar: Workdays, ordinal: int) -> bool:
    """Whether a day is worked."""
    return count(calendar, ordinal) > count(calendar, ordinal - 1)


def reach(calendar: Workdays, days: int) -> int:
    """No day so many working days on (or back) is farther away than so many days of the calendar."""
    return 7 * (-(-(abs(days) + len(calendar.off)) // calendar.week[7]) + 1)


def moved(calendar: Workdays, ordinal: int, days: int) -> int:
    """The day so many working days after a day; before it, if less than 0; itself, if 0."""
    if days == 0:
        return ordinal
    far = reach(calendar, days)
    if days > 0:
        wanted, low, high = count(calendar, ordinal) + days, ordinal + 1, ordinal + far
    else:
        wanted, low, high = count(calendar, ordinal - 1) + days + 1, ordinal - far, ordinal - 1
    while low < high:
        middle = (low + high) // 2
        if count(calendar, middle) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def workdays(calendar: Workdays, start: date, end: date) -> int:
    """How many days after `start` and up to `end` are worked; less than 0 where `end` comes first.

    >>> workdays(MONDAY_TO_FRIDAY, date(2026, 10, 2), date(2026, 10, 6)), workdays(MONDAY_TO_FRIDAY, date(2026, 10, 6), date(2026, 10, 2))
    (2, -2)
    """
    return count(calendar, end.toordinal()) - count(calendar, start.toordinal())


def add_workdays(calendar: Workdays, day: date, days: int) -> date:
    """The day so many working days after a day, or before it; the day itself for 0.

    >>> add_workdays(MONDAY_TO_FRIDAY, date(2026, 10, 2), 1), add_workdays(MONDAY_TO_FRIDAY, date(2026, 10, 4), -1)
    (datetime.date(2026, 10, 5), datetime.date(2026, 10, 2))
    """
    return date.fromordinal(moved(calendar, day.toordinal(), days))


def is_workday(calendar: Workdays, day: date) -> bool:
    """Whether a day is worked."""
    return works_on(calendar, day.toordinal())
