"""The two clocks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from orderflow.service.clocks import ManualClock, SystemClock

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)


def test_the_system_clock_is_utc():
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert first <= second


def test_a_manual_clock_moves_only_by_hand():
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(hours=26))
    assert clock.now() == NOON + timedelta(hours=26)
    clock.set(NOON.astimezone(timezone(timedelta(hours=8))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 2, 3))
