"""At which moments time turns a condition, and what is refused as its moment cannot be told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.turns import Turn, instant, turns
from orderflow.expr.types import BOOL, DATETIME, INTEGER, Kind, Type
from orderflow.expr.view import Missing

MICRO = timedelta(microseconds=1)


def first(pool):
    """The first value of each pool: `paid_at` is missing, `placed_at` is NOW, the order is pending."""
    return pool[0]


def checked(source: str, scope: Scope) -> Expression:
    """The condition."""
    found = analyse(source, scope, Kind.BOOL)
    assert isinstance(found, Expression), found
    return found


def found_turns(source: str, scope: Scope) -> tuple[Turn, ...]:
    """The turns of a condition that has no fault."""
    found = turns(checked(source, scope))
    assert isinstance(found, tuple), found
    return found


def told(shop, source: str) -> list[tuple[object, ...]]:
    """The turns of a condition, with their values for the first order; `...` for one that is not looked at."""
    r, v = shop.order(first)
    found = []
    for turn in found_turns(source, shop.scope):
        try:
            value: object = compile_python(turn.value)(r, v)
        except Missing:
            value = ...
        found.append((turn.kind, value, turn.late, *([turn.state] if turn.state else [])))
    return found


PLACED = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDERED = date(2026, 3, 29)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("age(placed_at) > hours(1)", [("moment", PLACED + HOUR, True)]),
        ("age(placed_at) >= hours(1)", [("moment", PLACED + HOUR, False)]),
        ("age(placed_at) < hours(1)", [("moment", PLACED + HOUR, False)]),
        ("age(placed_at) <= hours(1)", [("moment", PLACED + HOUR, True)]),
        ("hours(1) < age(placed_at)", [("moment", PLACED + HOUR, True)]),
        ("hours(1) >= age(placed_at)", [("moment", PLACED + HOUR, True)]),
        (
            "age(placed_at) == hours(1)",
            [("moment", PLACED + HOUR, False), ("moment", PLACED + HOUR, True)],
        ),
        ("age(placed_at) - hours(2) > hours(1)", [("moment", PLACED + 3 * HOUR, True)]),
        ("now - placed_at > hours(1)", [("moment", PLACED + HOUR, True)]),
        ("placed_at - now < hours(1)", [("moment", PLACED - HOUR, True)]),
        ("now >= placed_at + hours(2)", [("moment", PLACED + 2 * HOUR, False)]),
        ("now + hours(2) >= placed_at", [("moment", PLACED - 2 * HOUR, False)]),
        (
            "placed_at < now <= placed_at + hours(1)",
            [("moment", PLACED, True), ("moment", PLACED + HOUR, True)],
        ),
        ("today > ordered_on", [("day", ORDERED + DAY, False)]),
        ("today >= ordered_on", [("day", ORDERED, False)]),
        ("today < ordered_on", [("day", ORDERED, False)]),
        ("ordered_on < day(now)", [("day", ORDERED + DAY, False)]),
        ("today != ordered_on", [("day", ORDERED, False), ("day", ORDERED + DAY, False)]),
        ("today - ordered_on > days(3)", [("day", ORDERED + 4 * DAY, False)]),
        ("ordered_on - today <= days(3)", [("day", ORDERED - 3 * DAY, False)]),
        ("today + days(2) >= ordered_on", [("day", ORDERED - 2 * DAY, False)]),
        (
            "today not in [ordered_on, day(placed_at)]",
            [("day", ORDERED, False), ("day", ORDERED + DAY, False)] * 2,
        ),
        ('time_in("paid") > hours(1)', [("stay", HOUR, True, "paid")]),
        ('hours(1) <= time_in("live") - wait', [("stay", HOUR, False, "live")]),
        ("paid_at is not None and age(paid_at) > hours(1)", [("moment", ..., True)]),
        ("paid_at is None or now > paid_at", [("moment", ..., True)]),
        ("age(placed_at) > (hours(1) if gift else hours(2))", [("moment", PLACED + HOUR, True)]),
        ("now > placed_at if gift else now < placed_at", [("moment", PLACED, True), ("moment", ..., False)]),
        (
            "now > placed_at and (gift or age(placed_at) > hours(1))",
            [("moment", PLACED, True), ("moment", ..., True)],
        ),
        ("gift and not now <= placed_at", [("moment", PLACED, True)]),
        (
            "age(placed_at) > hours(1) and age(placed_at) > hours(1)",
            [("moment", PLACED + HOUR, True), ("moment", ..., True)],
        ),
        ("gift and qty > 3", []),
        ("now >= at(ordered_on, 9)", [("moment", datetime(2026, 3, 29, 7, tzinfo=UTC), False)]),
        ("today >= add_months(ordered_on, 1)", [("day", date(2026, 4, 29), False)]),
        ("age(placed_at) > weeks(1)", [("moment", PLACED + 7 * DAY, True)]),
        # ORDERED is a Sunday in a holiday that ends on the 31st; the 4th of April is a Saturday that is worked
        ('workdays(ordered_on, today, "cn") > 3', [("day", date(2026, 4, 4), False)]),
        ('workdays(ordered_on, today, "cn") >= 3', [("day", date(2026, 4, 3), False)]),
        ('workdays(ordered_on, day(now), "cn") < 3', [("day", date(2026, 4, 3), False)]),
        ('3 < workdays(ordered_on, today, "cn")', [("day", date(2026, 4, 4), False)]),
        (
            'workdays(ordered_on, today, "cn") == 0',
            [("day", date(2026, 3, 25), False), ("day", date(2026, 4, 1), False)],
        ),
        ('workdays(today, ordered_on, "cn") > 2', [("day", date(2026, 3, 23), False)]),
        ('workdays(today, ordered_on, "cn") + 1 <= 2', [("day", date(2026, 3, 24), False)]),
        ('workdays(ordered_on, today + days(2), "cn") > 3', [("day", date(2026, 4, 2), False)]),
        ('workdays(ordered_on, today, "cn") > stock', [("day", date(2026, 4, 1), False)]),
        ('add_workdays(ordered_on, 3, "shop") < today', [("day", date(2026, 4, 2), False)]),
        ('today >= add_workdays(ordered_on, 5, "shop")', [("day", date(2026, 4, 4), False)]),
        ('is_workday(today, "cn")', [("day", date(2026, 4, 1), False)]),
        ('not is_workday(today + days(3), "cn")', [("day", date(2026, 3, 30), False)]),
        ('gift and is_workday(today, "cn")', [("day", date(2026, 4, 1), False)]),
    ],
)
def test_the_turns_of_a_condition(shop, source, expected):
    assert told(shop, source) == expected


@pytest.mark.parametrize(
    ("source", "marked"),
    [
        ("age(placed_at) / hours(1) > 3", "age(placed_at)"),
        ("age(placed_at) > age(customer.since)", "age(customer.since)"),
        ('time_in("paid") > age(placed_at)', "age(placed_at)"),
        ("coalesce(paid_at, now) > placed_at", "now"),
        ("day(now - hours(6)) > ordered_on", "now"),
        ("-age(placed_at) < hours(1)", "age(placed_at)"),
        ("any(lines, made_on < today)", "any(lines, made_on < today)"),
        (
            'gift and not some(shipments, time_in("picking") > hours(4))',
            'some(shipments, time_in("picking") > hours(4))',
        ),
        (
            "count(shipments, scanned_at is not None and now > scanned_at) > 2",
            "count(shipments, scanned_at is not None and now > scanned_at)",
        ),
        ("(qty if now > placed_at else 2) > 1", "now"),
        ("today - ordered_on > hours(36)", "hours(36)"),
        ("hour(now) >= 9", "hour(now)"),
        ("gift and weekday(today) < 6", "weekday(today)"),
        ("now > at(today, 16)", "at(today, 16)"),
        ("add_months(today, 1) > ordered_on", "add_months(today, 1)"),
        ("sum(lines, age(placed_at)) > hours(2)", "sum(lines, age(placed_at))"),
        ('add_workdays(today, 1, "cn") > ordered_on', 'add_workdays(today, 1, "cn")'),
        ('workdays(today, today, "cn") > 1', 'workdays(today, today, "cn")'),
        ('workdays(ordered_on, today, "cn") * 2 > 7', 'workdays(ordered_on, today, "cn")'),
        ('workdays(ordered_on, today, "cn") > 1.5', 'workdays(ordered_on, today, "cn")'),
        ('workdays(ordered_on, today, "cn") > big', "big"),
        ('is_workday(day(now - hours(6)), "cn")', "now"),
    ],
)
def test_other_uses_of_the_clock_are_refused(shop, source, marked):
    faults = turns(checked(source, shop.scope))
    assert isinstance(faults, list)
    (fault,) = faults
    assert (fault.code, source[fault.start : fault.end]) == ("OF106", marked)
    rows = marked.startswith(("any(", "some(", "count(", "sum("))
    assert ("earliest" in fault.fix_message) is rows
    assert ("at(day(placed_at), 9)" in fault.fix_message) is marked.startswith(("hour(", "weekday("))
    assert fault.fix_message


def test_every_fault_is_told(shop):
    faults = turns(
        checked("any(lines, made_on < today) or age(placed_at) / hours(1) > 3 or now > placed_at", shop.scope)
    )
    assert isinstance(faults, list)
    assert len(faults) == 2


def test_a_moment_that_could_leave_the_calendar_is_refused(shop):
    scope = replace(
        shop.scope, fields={**shop.scope.fields, "far": Type(Kind.DURATION, lo=-3_000_000_000, hi=0)}
    )
    faults = turns(checked("age(placed_at) > far * 50", scope))
    assert isinstance(faults, list)
    assert "leave the calendar" in faults[0].message


def test_the_beginning_of_a_day_that_has_no_midnight():
    (turn,) = found_turns("today >= day(at)", Scope("order", {"at": DATETIME}))
    # In Beirut the clock went from 00:00 to 01:00 on that day.
    beirut = ZoneInfo("Asia/Beirut")
    begins = instant(turn, date(2022, 3, 27), beirut)
    assert begins == datetime(2022, 3, 26, 22, tzinfo=UTC)
    assert begins.astimezone(beirut).date() == date(2022, 3, 27)
    assert (begins - MICRO).astimezone(beirut).date() == date(2022, 3, 26)


def test_a_row_inside_a_record(shop):
    scope = Scope("line", {"packed_at": DATETIME}, outer=shop.scope)
    (turn,) = found_turns("now > packed_at", scope)
    _, v = shop.order(first)
    assert compile_python(turn.value)({"packed_at": PLACED}, v) == PLACED


def test_a_value_tells_that_a_test_before_it_reads_the_clock():
    scope = Scope("order", {"a": DATETIME, "b": DATETIME, "n": INTEGER, "gift": BOOL})
    source = "now > a and age(b) > hours(2)"
    one, two = found_turns(source, scope)
    assert (one.value.reads.clock, two.value.reads.clock) == (False, True)
