from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.engine.promise import promised_day
from orderflow.expr.calendars import workdays_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
FOUR = time(16)


def moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "zone", "cutoff", "days", "buffer", "expected"),
    [
        ("2026-03-02T15:59:59", SHANGHAI, FOUR, 3, 0, "2026-03-05"),
        ("2026-03-02T16:00:00", SHANGHAI, FOUR, 3, 0, "2026-03-05"),  # not later than the cutoff
        ("2026-03-02T16:00:00.000001", SHANGHAI, FOUR, 3, 0, "2026-03-06"),
        ("2026-03-02T23:59:59", SHANGHAI, None, 3, 0, "2026-03-05"),
        ("2026-03-02T23:59:59", SHANGHAI, FOUR, 7, 2, "2026-03-12"),
        ("2026-12-30T17:00:00", SHANGHAI, FOUR, 1, 0, "2027-01-01"),
        ("2026-12-31T10:00:00", SHANGHAI, FOUR, 0, 0, "2026-12-31"),
        ("2028-02-28T17:00:00", SHANGHAI, FOUR, 0, 0, "2028-02-29"),
        ("2026-03-28T23:30:00", BERLIN, FOUR, 1, 0, "2026-03-30"),  # the day between has 23 hours
        ("2026-10-24T23:30:00", BERLIN, None, 1, 0, "2026-10-25"),  # 25 hours
        ("2026-10-25T02:30:00", BERLIN, time(2, 30), 1, 0, "2026-10-26"),  # 02:30 comes twice
        ("2026-03-08T01:59:59", NEW_YORK, time(2, 30), 1, 0, "2026-03-09"),
        (
            "2026-03-08T03:00:00",
            NEW_YORK,
            time(2, 30),
            1,
            0,
            "2026-03-10",
        ),  # the cutoff is left out, and past
    ],
)
def test_the_promised_day(
    start: str, zone: ZoneInfo, cutoff: time | None, days: int, buffer: int, expected: str
) -> None:
    found = promised_day(moment(start, zone), cutoff, days, buffer, zone)
    assert found == date.fromisoformat(expected)


def test_the_day_is_that_of_the_zone() -> None:
    start = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 00:30 of the new year in Shanghai
    assert promised_day(start, FOUR, 1, 0, SHANGHAI) == date(2027, 1, 2)
    assert promised_day(start, FOUR, 1, 0, ZoneInfo("UTC")) == date(2027, 1, 2)
    assert promised_day(start, time(17), 1, 0, ZoneInfo("UTC")) == date(2027, 1, 1)


def test_a_day_stays_in_the_calendar() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert promised_day(start, None, 10**18, 10**18, SHANGHAI) == date(2199, 12, 31)
    assert promised_day(start, None, -(10**18), 0, SHANGHAI) == date(1970, 1, 1)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([SHANGHAI, BERLIN, NEW_YORK]),
    st.none() | st.times(),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_days_are_counted_one_by_one(
    start: datetime, zone: ZoneInfo, cutoff: time | None, days: int, buffer: int
) -> None:
    local = start.astimezone(zone)
    day = local.date()
    for _ in range(days + buffer + (1 if cutoff is not None and local.time() > cutoff else 0)):
        day += timedelta(days=1)
    assert promised_day(start, cutoff, days, buffer, zone) == day


NATIONAL = workdays_of(
    "cn",
    ["saturday", "sunday"],
    [date(2026, 10, day) for day in range(1, 8)],
    [date(2026, 9, 20), date(2026, 10, 10)],
)


@pytest.mark.parametrize(
    ("start", "days", "buffer", "expected"),
    [
        ("2026-09-29T15:00:00", 1, 0, "2026-09-30"),
        ("2026-09-29T15:00:00", 2, 0, "2026-10-08"),  # over the holidays
        ("2026-09-29T15:00:00", 1, 1, "2026-10-08"),  # the buffer counts working days, too
        ("2026-09-29T17:00:00", 1, 0, "2026-10-08"),  # later than the cutoff: begins on the 30th
        ("2026-09-30T17:00:00", 0, 0, "2026-10-08"),
        ("2026-10-03T15:00:00", 1, 0, "2026-10-09"),  # on a day off: begins on the 8th
        ("2026-10-03T17:00:00", 1, 0, "2026-10-09"),  # no later than any other time of a day off
        ("2026-10-09T15:00:00", 1, 0, "2026-10-10"),  # a Saturday that is worked
        ("2026-10-11T15:00:00", 0, 0, "2026-10-12"),
        ("2026-10-12T15:00:00", 3, -1, "2026-10-14"),
        ("2026-10-12T15:00:00", 0, -1, "2026-10-10"),
    ],
)
def test_working_days_are_counted_by_a_calendar(start: str, days: int, buffer: int, expected: str) -> None:
    found = promised_day(moment(start, SHANGHAI), FOUR, days, buffer, SHANGHAI, NATIONAL)
    assert found == date.fromisoformat(expected)


def test_a_working_day_stays_in_the_calendar() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert promised_day(start, None, 10**18, 10**18, SHANGHAI, NATIONAL) == date(2199, 12, 31)
    assert promised_day(start, None, -(10**18), 0, SHANGHAI, NATIONAL) == date(1970, 1, 1)
