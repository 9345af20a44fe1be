"""Local days: each begins where the last one ends, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.engine.days import beginning, day_of

ZONES = [
    "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia",
    "America/St_Johns", "Australia/Lord_Howe", "Africa/Monrovia",
]  # fmt: skip
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Asia/Shanghai", "2026-03-01", "2026-02-28T16:00:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00"),  # the clock goes on at 02:00
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00"),  # begins at 01:00
        (
            "America/Sao_Paulo",
            "2019-02-17",
            "2019-02-17T03:00:00",
        ),  # 23:00 to 24:00 came twice the day before
        ("America/Havana", "2018-11-04", "2018-11-04T04:00:00"),  # 00:00 to 01:00 comes twice
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00"),  # left out: empty
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00"),
        (
            "America/Toronto",
            "1919-03-31",
            "1919-03-31T04:30:00",
        ),  # 23:30 the day before to 00:30 was left out
    ],
)
def test_when_a_day_begins(zone: str, day: str, moment: str) -> None:
    assert beginning(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(moment).replace(
        tzinfo=UTC
    )


def test_a_day_that_has_begun_stays_begun() -> None:
    # at 00:01 of 2010-11-07 the clocks of St. John's went back to 23:01 of the day before
    zone = ZoneInfo("America/St_Johns")
    start = beginning(date(2010, 11, 7), zone)
    assert start == datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert (start + timedelta(minutes=30)).astimezone(zone).date() == date(2010, 11, 6)
    assert day_of(start + timedelta(minutes=30), zone) == date(2010, 11, 7)
    assert day_of(start - MICROSECOND, zone) == date(2010, 11, 6)


@given(st.sampled_from(ZONES).map(ZoneInfo), st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_days_follow_each_other(zone: ZoneInfo, day: date) -> None:
    start, end = beginning(day, zone), beginning(day + timedelta(days=1), zone)
    assert start <= end
    assert start.astimezone(zone).date() >= day
    assert (start - MICROSECOND).astimezone(zone).date() < day
    if start < end:
        assert day_of(start, zone) == day_of(end - MICROSECOND, zone) == day


@given(
    st.sampled_from(ZONES).map(ZoneInfo),
    st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),
)
def test_a_moment_lies_in_its_day(zone: ZoneInfo, moment: datetime) -> None:
    day = day_of(moment, zone)
    assert beginning(day, zone) <= moment < beginning(day + timedelta(days=1), zone)
