"""Working days: arithmetic against counting day by day, and how little of a calendar is looked at."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.expr import calendars, reference_values
from orderflow.expr.calendars import (
    MONDAY_TO_FRIDAY,
    WEEK,
    Workdays,
    add_workdays,
    is_workday,
    reach,
    workdays,
    workdays_of,
)

NATIONAL = workdays_of(
    "cn",
    ["saturday", "sunday"],
    [date(2026, 10, day) for day in range(1, 8)],
    [date(2026, 9, 20), date(2026, 10, 10)],
)
FRIDAY, SUNDAY = date(2026, 10, 9), date(2026, 10, 11)
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@st.composite
def some_calendars(draw: st.DrawFn) -> Workdays:
    """Any week, with any days that are worked or not in three months."""
    weekend = draw(st.sets(st.sampled_from(WEEK), max_size=6))
    return workdays_of("any", weekend, draw(st.sets(DAYS)), draw(st.sets(DAYS)))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 9, 30), date(2026, 9, 30), 0),
        (date(2026, 9, 30), date(2026, 10, 7), 0),
        (date(2026, 9, 30), date(2026, 10, 8), 1),
        (date(2026, 9, 30), date(2026, 10, 10), 3),
        (date(2026, 9, 30), date(2026, 10, 12), 4),
        (date(2026, 10, 12), date(2026, 9, 30), -4),
        (date(2026, 9, 18), date(2026, 9, 20), 1),
        (FRIDAY, SUNDAY, 1),
    ],
)
def test_working_days_between(start: date, end: date, expected: int) -> None:
    assert workdays(NATIONAL, start, end) == expected


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (SUNDAY, 0, SUNDAY),
        (SUNDAY, 1, date(2026, 10, 12)),
        (SUNDAY, -1, date(2026, 10, 10)),
        (SUNDAY, -4, date(2026, 9, 30)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
    ],
)
def test_so_many_working_days_on(day: date, days: int, expected: date) -> None:
    assert add_workdays(NATIONAL, day, days) == expected


def test_a_week_without_a_calendar() -> None:
    assert [is_workday(MONDAY_TO_FRIDAY, date(2026, 10, day)) for day in range(5, 12)] == [True] * 5 + [
        False
    ] * 2


def test_no_week_without_a_working_day() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        workdays_of("none", WEEK, [], [])


@given(some_calendars(), DAYS, DAYS, st.integers(-40, 40))
def test_arithmetic_is_counting(calendar: Workdays, start: date, end: date, days: int) -> None:
    assert is_workday(calendar, start) is reference_values.worked(calendar, start)
    assert workdays(calendar, start, end) == reference_values.workdays(calendar, start, end)
    found = add_workdays(calendar, start, days)
    assert found == reference_values.add_workdays(calendar, start, days)
    assert abs(found - start) <= timedelta(days=reach(calendar, days))


@given(some_calendars(), DAYS, DAYS, DAYS, st.integers(0, 40))
def test_how_they_hang_together(calendar: Workdays, a: date, b: date, c: date, days: int) -> None:
    assert workdays(calendar, a, b) + workdays(calendar, b, c) == workdays(calendar, a, c)
    assert workdays(calendar, a, add_workdays(calendar, a, days)) == days


def test_few_days_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    every_year = [date(year, month, 1) for year in range(1970, 2200) for month in range(1, 13)]
    calendar = workdays_of("long", ["sunday"], every_year, [])
    asked: list[int] = []
    count = calendars.count

    def counted(calendar: Workdays, ordinal: int) -> int:
        asked.append(ordinal)
        return count(calendar, ordinal)

    monkeypatch.setattr(calendars, "count", counted)
    days = workdays(calendar, date(1970, 1, 1), date(2199, 12, 31))
    assert days == reference_values.workdays(calendar, date(1970, 1, 1), date(2199, 12, 31))
    assert len(asked) == 2
    assert add_workdays(calendar, date(1970, 1, 1), days) == date(2199, 12, 31)
    assert len(asked) < 25
