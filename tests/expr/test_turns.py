"""Between now and the first turn after it, time alone changes no condition."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.expr import turns as turns_module
from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.scope import Scope
from orderflow.expr.tree import SWAPPED, Call, Constant, Expression
from orderflow.expr.turns import Turn, instant, turns
from orderflow.expr.types import BOOL, DATETIME, INTEGER, Kind, Type
from orderflow.expr.view import Missing

MICRO = timedelta(microseconds=1)
ONE, ONE_DAY = turns_module._one, turns_module._one_day


def two_days(near):
    """What `_one_day` would give if it counted wrong."""
    call = ONE_DAY(near)
    assert isinstance(call, Call)
    return replace(call, arguments=(Constant(0, 0, 2, INTEGER),))


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


# ---- the property -------------------------------------------------------------------------------------------------

DURATIONS = [
    "hours(0)",
    "minutes(30)",
    "hours(1)",
    "hours(1.5)",
    "days(1)",
    "days(3)",
    "hours(-2)",
    "wait",
    "days(qty)",
    "hours(2) - wait",
]
MOMENTS = [
    "placed_at",
    "customer.since",
    "event.at",
    "placed_at + hours(3)",
    "latest(shipments, scanned_at)?",
    "paid_at?",
    'reached_at("paid")?',
    'entered("pending")?',
    "held_since()?",
    'held_since("manual")?',
]
DATES = ["ordered_on", "day(placed_at)", "ordered_on + days(2)", "promised_on?", "plan.promised_on?"]
COUNTS = ["3", "0", "-2", "stock", "(1 if gift else 5)"]
CALENDARS = ['"cn"', '"shop"']
PLAIN = [
    "gift",
    "qty > 3",
    'is_in("pending")',
    "is_held()",
    "stock > 0",
    "True",
    'some(shipments, is_in("picking"))',
]
STATES = ["pending", "paid", "live", "cancelled"]


class Clock:
    """Writes conditions on the clock from a tape of bytes."""

    def __init__(self, tape: bytes) -> None:
        self.tape = iter(tape)

    def pick(self, options: list[str]) -> str:
        return options[next(self.tape, 0) % len(options)]

    def order(self) -> str:
        return self.pick(["<", "<=", ">", ">=", "==", "!="])

    def write(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        match next(self.tape, 0) % 7:
            case 0:
                return f"({self.write(depth - 1)} and {self.write(depth - 1)})"
            case 1:
                return f"({self.write(depth - 1)} or {self.write(depth - 1)})"
            case 2:
                return f"not {self.write(depth - 1)}"
            case 3:
                return f"({self.write(depth - 1)} if {self.write(depth - 1)} else {self.write(depth - 1)})"
            case 4:
                return f"({self.write(depth - 1)} and {self.pick(PLAIN)})"
            case _:
                return self.atom()

    def atom(self) -> str:
        """A comparison, behind a test when it needs one."""
        kind = next(self.tape, 0) % 15
        if kind == 14:
            return f"is_workday({self.pick(['today', 'day(now)', 'today - days(2)', 'days(qty) + today'])}, {self.pick(CALENDARS)})"
        if kind == 7:
            return f"(stock > 0 and age(placed_at) {self.order()} hours(12 / stock))"
        names = DATES if kind in (3, 4, 11, 12, 13) else MOMENTS
        name, test = self.pick(names), ""
        if name.endswith("?"):
            name = name[:-1]
            test = f"{name} is not None and "
        if kind in (6, 8, 9, 10):
            return f'time_in("{self.pick(STATES)}") {self.order()} {self.pick(DURATIONS)}'
        return f"({test}{self.compared(kind, name)})"

    def compared(self, kind: int, name: str) -> str:
        calendar = self.pick(CALENDARS)
        sides = {
            0: (f"age({name})", self.pick(DURATIONS)),
            1: ("now", name),
            2: self.pair(f"now - {self.pick(DURATIONS)}", name, f"{name} - now", self.pick(DURATIONS)),
            3: self.pair("today", name, "day(now)", name),
            4: self.pair(f"today - {name}", "days(2)", f"{name} - today", "days(stock)"),
            5: (f"{name}", f"now < placed_at + {self.pick(DURATIONS)}"),
            11: (
                f"workdays({name}, {self.pick(['today', 'today - days(3)'])}, {calendar})",
                self.pick(COUNTS),
            ),
            12: (f"workdays(day(now), {name}, {calendar}) - 2", self.pick(COUNTS)),
            13: ("today", f"add_workdays({name}, {self.pick(COUNTS)}, {calendar})"),
        }[kind]
        left, right = sides
        if kind == 5:
            return f"{left} {self.pick(['<', '<=', '!='])} {right}"
        if next(self.tape, 0) % 2:
            left, right = right, left
        return f"{left} {self.order()} {right}"

    def pair(self, *sides: str) -> tuple[str, str]:
        return sides[:2] if next(self.tape, 0) % 2 else sides[2:]  # type: ignore[return-value]


def instants(expression: Expression, scope: Scope, r, v) -> Iterator[tuple[datetime, Turn]]:
    """The moments at which an order's condition may turn, as they are seen at `v.now`."""
    found = turns(expression)
    assert isinstance(found, tuple), (expression.source, found)
    for turn in found:
        try:
            value = compile_python(turn.value)(r, v)
        except Missing:
            continue
        if turn.kind != "stay":
            yield instant(turn, value, v.zone), turn
            continue
        state, record = str(turn.state), v.record
        held = [hold for one in (record, v.parent) for hold in one.holds.values()]
        if record.state in scope.states[state] and not held:
            assert isinstance(value, timedelta)
            paused = record.paused.get(state, timedelta(0))
            yield record.entered[state] + paused + value + turn.late * MICRO, turn


def walked(expression: Expression, scope: Scope, r, v, rounds: int = 6) -> Iterator[Turn]:
    """Go from turn to turn; those at which the value changed."""
    function = compile_python(expression)
    for _ in range(rounds):
        now, value = v.now, function(r, v)
        later = [each for each in instants(expression, scope, r, v) if each[0] > now]
        turn = min((moment for moment, _ in later), default=now + timedelta(days=500))
        gap = turn - now
        for moment in (now + MICRO, now + gap / 7, now + gap / 2, turn - MICRO):
            if now < moment < turn:
                between = function(r, replace(v, now=moment))
                assert between == value, (
                    f"{expression.source}: {value} at {now}, {between} at {moment}; turn {turn}"
                )
        if not later:
            break
        v = replace(v, now=turn)
        if function(r, v) != value:
            yield from (each for moment, each in later if moment == turn)


def case(shop, seed: int, depth: int, minutes: int) -> list[Turn]:
    """A condition and an order from a seed: the turns at which it changed."""
    chance = random.Random(seed)
    expression = checked(Clock(chance.randbytes(100)).write(depth), shop.scope)
    r, v = shop.order(chance.choice)
    return list(walked(expression, shop.scope, r, replace(v, now=v.now + timedelta(minutes=minutes))))


def test_nothing_turns_between_now_and_the_first_turn(shop):
    conditions, changes = 0, Counter[tuple[str, bool]]()

    @settings(max_examples=1500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.integers(0, 2**32),
        st.integers(0, 3),
        st.sampled_from([0, 1, 90, 1500, 3000]),
    )
    def compare(seed: int, depth: int, minutes: int) -> None:
        nonlocal conditions
        conditions += 1
        changes.update((turn.kind, turn.late) for turn in case(shop, seed, depth, minutes))

    compare()
    assert changes.total() > conditions / 6, "the conditions hardly ever turn"
    seen = {key for key, count in changes.items() if count > 5}
    assert seen == {("moment", False), ("moment", True), ("day", False), ("stay", False), ("stay", True)}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SWAPPED", {operator: operator for operator in SWAPPED}),
        ("SWAPPED", {**SWAPPED, "==": "<"}),
        ("_no", lambda node: node),
        ("_one_day", two_days),
        ("_one", lambda near: replace(ONE(near), value=2)),
        ("_clocked", lambda node: False),
    ],
)
def test_a_planted_fault_is_found(shop, monkeypatch, name, wrong):
    monkeypatch.setattr(turns_module, name, wrong)

    def fails(seed: int) -> bool:
        try:
            case(shop, seed, seed % 4, 90)
        except Exception:
            return True
        return False

    assert any(map(fails, range(400)))


def test_a_value_tells_that_a_test_before_it_reads_the_clock():
    scope = Scope("order", {"a": DATETIME, "b": DATETIME, "n": INTEGER, "gift": BOOL})
    source = "now > a and age(b) > hours(2)"
    one, two = found_turns(source, scope)
    assert (one.value.reads.clock, two.value.reads.clock) == (False, True)
