"""Aggregates by example and against a count by hand; `until` is true: until then nothing changes by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.diagnostics import Span
from orderflow.engine.aggregates import aggregated, window
from orderflow.expr.check import analyse
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import INTEGER, Type, money
from orderflow.model.facts import Contribution
from orderflow.model.standing import Aggregate

Op = Literal["sum", "count", "streak", "distinct", "min", "max"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
HERE = Span("customer.yaml", 1, 1, 1, 1)


def expression() -> Expression:
    found = analyse("True", Scope("order", {}))
    assert isinstance(found, Expression), found
    return found


YES = expression()


def make(
    op: Op,
    *,
    over: timedelta | None = None,
    days: int | None = None,
    type: Type = INTEGER,
    of: Expression | None = None,
) -> Aggregate:
    return Aggregate("a", "a", "order", "customer", YES, op, of, None, over, days, type, HERE)


def rows(*several: tuple[datetime | None, object]) -> list[Contribution]:
    return [
        Contribution("customer.a", "c1", f"o{number}", at, value)
        for number, (at, value) in enumerate(several, start=1)
    ]


NOON = datetime(2026, 3, 10, 12, tzinfo=SHANGHAI).astimezone(UTC)


def test_a_rolling_window_leaves_out_its_beginning_and_keeps_its_end() -> None:
    spend = make("sum", over=30 * DAY, type=money())
    since = NOON - 30 * DAY
    assert window(spend, NOON, SHANGHAI) == since
    amounts = rows(
        (since, Decimal(1)),
        (since + MICROSECOND, Decimal("2.50")),
        (NOON, Decimal(4)),
        (NOON + HOUR, Decimal(8)),
    )
    assert aggregated(spend, amounts, NOON, SHANGHAI) == (Decimal("6.50"), NOON + MICROSECOND)
    assert aggregated(spend, amounts, NOON + MICROSECOND, SHANGHAI) == (Decimal(4), NOON + HOUR)
    assert aggregated(spend, amounts[:3], NOON + MICROSECOND, SHANGHAI) == (Decimal(4), NOON + 30 * DAY)


def test_local_days_begin_at_midnight_and_today_is_one_of_them() -> None:
    count = make("count", days=2)
    midnight = datetime(2026, 3, 9, tzinfo=SHANGHAI).astimezone(UTC)  # of yesterday
    assert window(count, NOON, SHANGHAI) == midnight - MICROSECOND
    several = rows((midnight - MICROSECOND, True), (midnight, True), (NOON, True))
    assert aggregated(count, several, NOON, SHANGHAI) == (2, midnight + 2 * DAY)
    assert aggregated(count, several, midnight + 2 * DAY, SHANGHAI) == (1, midnight + 3 * DAY)
    assert aggregated(count, several, midnight + 3 * DAY, SHANGHAI) == (0, None)
    assert window(make("count", days=1), midnight, SHANGHAI) == midnight - MICROSECOND
    assert window(make("count", days=1), midnight - MICROSECOND, SHANGHAI) == midnight - DAY - MICROSECOND


def test_local_days_of_23_and_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    count = make("count", days=1)
    for day, hours in [(datetime(2026, 3, 29), 23), (datetime(2026, 10, 25), 25)]:
        begins = day.replace(tzinfo=berlin).astimezone(UTC)
        one = rows((begins, True))
        assert aggregated(count, one, begins, berlin) == (1, begins + hours * HOUR)
        assert aggregated(count, one, begins + hours * HOUR - MICROSECOND, berlin).value == 1
        assert aggregated(count, one, begins + hours * HOUR, berlin) == (0, None)


def test_without_a_window_all_up_to_now_counts_for_good() -> None:
    count = make("count")
    assert window(count, NOON, SHANGHAI) is None
    several = rows((NOON - 9000 * DAY, True), (NOON, True), (NOON + DAY, True), (None, True))
    assert aggregated(count, several, NOON, SHANGHAI) == (2, NOON + DAY)
    assert aggregated(count, several, NOON + DAY, SHANGHAI) == (3, None)


def test_a_count_counts_what_holds() -> None:
    several = rows((NOON, True), (NOON, False), (NOON, None))
    assert aggregated(make("count", over=DAY, of=YES), several, NOON, SHANGHAI) == (1, NOON + DAY)
    assert aggregated(make("count", over=DAY), several, NOON, SHANGHAI) == (3, NOON + DAY)


def test_a_streak_goes_from_the_latest_back() -> None:
    streak = make("streak", of=YES)
    several = rows(
        (NOON - 4 * HOUR, True), (NOON - 3 * HOUR, False), (NOON - 2 * HOUR, True), (NOON - HOUR, True)
    )
    assert aggregated(streak, several, NOON, SHANGHAI) == (2, None)
    assert aggregated(streak, several[::-1], NOON, SHANGHAI).value == 2
    assert aggregated(streak, several[:2], NOON, SHANGHAI).value == 0
    assert aggregated(streak, [], NOON, SHANGHAI).value == 0
    rolling = make("streak", over=DAY, of=YES)
    assert aggregated(rolling, several[2:], NOON + 22 * HOUR, SHANGHAI) == (1, NOON + 23 * HOUR)


def test_rows_of_one_moment_are_ordered_by_record() -> None:
    streak = make("streak")
    both = rows((NOON, False), (NOON, True))
    assert aggregated(streak, both, NOON, SHANGHAI).value == 1
    assert aggregated(streak, rows((NOON, True), (NOON, False)), NOON, SHANGHAI).value == 0
    assert aggregated(streak, both[::-1], NOON, SHANGHAI).value == 1


def test_distinct_least_and_greatest() -> None:
    several = rows((NOON, 3), (NOON, 1), (NOON, 3), (NOON, None))
    assert aggregated(make("distinct"), several, NOON, SHANGHAI).value == 2
    assert aggregated(make("min"), several, NOON, SHANGHAI).value == 1
    assert aggregated(make("max"), several, NOON, SHANGHAI).value == 3
    for op in ("min", "max"):
        assert aggregated(make(op), several[3:], NOON, SHANGHAI) == (None, None)


def test_sums_are_exact_and_of_their_type() -> None:
    many = rows(*[(NOON, Decimal("0.01"))] * 1000, (NOON, Decimal(10) ** 18))
    assert aggregated(make("sum", type=money()), many, NOON, SHANGHAI).value == Decimal(10) ** 18 + 10
    assert isinstance(aggregated(make("sum", type=money()), [], NOON, SHANGHAI).value, Decimal)
    assert aggregated(make("sum"), rows((NOON, 2), (NOON, 3), (NOON, None)), NOON, SHANGHAI).value == 5
    assert type(aggregated(make("sum"), [], NOON, SHANGHAI).value) is int


@pytest.mark.parametrize(("op", "value"), [("count", False), ("sum", 0), ("sum", None), ("max", None)])
def test_what_makes_no_difference_wakes_nobody(op: Op, value: object) -> None:
    several = rows((NOON - HOUR, value), (NOON + HOUR, value))
    assert aggregated(make(op, over=DAY, of=YES), several, NOON, SHANGHAI).until is None


def test_windows_past_the_ends_of_the_calendar() -> None:
    early, late = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
    for aggregate in (make("count", over=36_525 * DAY), make("count", days=36_525)):
        assert aggregated(aggregate, rows((early, True)), early, SHANGHAI).value == 1
        assert aggregated(aggregate, rows((late, True)), late, SHANGHAI) == (1, None)
    ages = make("count", days=10**9)
    assert window(ages, NOON, SHANGHAI) is None
    assert aggregated(ages, rows((early, True)), NOON, SHANGHAI) == (1, None)


# against a count by hand

BASES = [
    (SHANGHAI, datetime(2026, 3, 10, 16, tzinfo=UTC)),
    (ZoneInfo("Europe/Berlin"), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (ZoneInfo("Europe/Berlin"), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (ZoneInfo("America/Sao_Paulo"), datetime(2018, 11, 4, 3, tzinfo=UTC)),
    (ZoneInfo("America/Sao_Paulo"), datetime(2018, 2, 18, 2, tzinfo=UTC)),
    (ZoneInfo("Pacific/Apia"), datetime(2011, 12, 30, 10, tzinfo=UTC)),
]
offsets = st.builds(
    lambda hours, fine: hours * HOUR + fine * MICROSECOND, st.integers(-100, 100), st.integers(-1, 1)
)
windows = st.sampled_from(
    [
        *({"over": hours * HOUR} for hours in (1, 24, 48)),
        *({"days": days} for days in (1, 2, 3)),
        {},
    ]
)
OPS: list[Op] = ["sum", "count", "streak", "distinct", "min", "max"]


def by_hand(aggregate: Aggregate, several: Sequence[Contribution], now: datetime, zone: ZoneInfo) -> object:
    """Read off the language: which rows count, by the calendar, and what they come to."""

    def counts(at: datetime | None) -> bool:
        if at is None or at > now:
            return False
        if aggregate.over is not None:
            return at > now - aggregate.over
        if aggregate.days is not None:
            day = at.astimezone(zone).date()
            return (now.astimezone(zone).date() - day).days < aggregate.days
        return True

    inside = sorted((row for row in several if counts(row.at)), key=lambda row: (row.at, row.record))
    values = [row.value for row in inside]
    known = [value for value in values if isinstance(value, int)]
    match aggregate.op:
        case "sum":
            return sum(known)
        case "count":
            return values.count(True)
        case "streak":
            length = 0
            while values and values.pop() is True:
                length += 1
            return length
        case "distinct":
            return len(set(known))
        case "min":
            return sorted(known)[0] if known else None
        case "max":
            return sorted(known)[-1] if known else None


@settings(max_examples=500)
@given(st.data(), st.sampled_from(OPS), windows, st.sampled_from(BASES))
def test_the_value_is_what_a_count_by_hand_gives_and_holds_until_it_is_said_to(
    data: st.DataObject, op: Op, within: dict[str, object], base: tuple[ZoneInfo, datetime]
) -> None:
    zone, middle = base
    values = st.booleans() if op in ("count", "streak") else st.none() | st.integers(0, 3)
    moments = offsets.map(lambda offset: middle + offset)
    pairs = data.draw(st.lists(st.tuples(st.none() | moments, values), max_size=6))
    several = data.draw(st.permutations(rows(*pairs)))
    aggregate = make(op, of=YES, **within)  # type: ignore[arg-type]
    now = data.draw(moments)

    found = aggregated(aggregate, several, now, zone)
    assert found.value == by_hand(aggregate, several, now, zone)
    since = window(aggregate, now, zone)
    read = [row for row in several if row.at is not None and (since is None or row.at > since)]
    assert aggregated(aggregate, read, now, zone) == found  # nothing before the window is needed

    assert found.until is None or found.until > now
    end = found.until if found.until is not None else now + 400 * DAY
    edges = [now + step * HOUR for step in range(200)] + [end]
    edges += [row.at + shift for row in several if row.at is not None for shift in shifts(aggregate)]
    for edge in edges:
        for moment in (edge - MICROSECOND, edge):
            if now <= moment < end:
                assert by_hand(aggregate, several, moment, zone) == found.value, moment


def shifts(aggregate: Aggregate) -> list[timedelta]:
    return [timedelta(0)] if aggregate.over is None else [timedelta(0), aggregate.over]


@given(st.data(), st.sampled_from(["sum", "count"]), windows, st.sampled_from(BASES))
def test_one_row_changes_the_value_at_the_very_moment(
    data: st.DataObject, op: Op, within: dict[str, object], base: tuple[ZoneInfo, datetime]
) -> None:
    zone, middle = base
    one = rows((middle + data.draw(offsets), True if op == "count" else 1))
    now = middle + data.draw(offsets)
    aggregate = make(op, of=YES, **within)  # type: ignore[arg-type]
    found = aggregated(aggregate, one, now, zone)
    if found.until is None:
        assert by_hand(aggregate, one, now + 400 * DAY, zone) == found.value
    else:
        assert by_hand(aggregate, one, found.until - MICROSECOND, zone) == found.value
        assert by_hand(aggregate, one, found.until, zone) != found.value
