"""Between now and the first turn after it, time alone changes no condition: walked through on generated conditions."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.expr import turns as turns_module
from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.scope import Scope
from orderflow.expr.tree import SWAPPED, Call, Constant, Expression
from orderflow.expr.turns import Turn, instant, turns
from orderflow.expr.types import INTEGER, Kind
from orderflow.expr.view import Missing

MICRO = timedelta(microseconds=1)
ONE, ONE_DAY = turns_module._one, turns_module._one_day


def two_days(near):
    """What `_one_day` would give if it counted wrong."""
    call = ONE_DAY(near)
    assert isinstance(call, Call)
    return replace(call, arguments=(Constant(0, 0, 2, INTEGER),))


def checked(source: str, scope: Scope) -> Expression:
    """The condition."""
    found = analyse(source, scope, Kind.BOOL)
    assert isinstance(found, Expression), found
    return found


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
        kind = next(self.tape, 0) % 18
        if kind == 14:
            return f"is_workday({self.pick(['today', 'day(now)', 'today - days(2)', 'days(qty) + today'])}, {self.pick(CALENDARS)})"
        if kind == 7:
            return f"(stock > 0 and age(placed_at) {self.order()} hours(12 / stock))"
        names = DATES if kind in (3, 4, 11, 12, 13) else MOMENTS
        name, test = self.pick(names), ""
        if name.endswith("?"):
            name = name[:-1]
            test = f"{name} is not None and "
        if kind in (6, 8, 9, 10, 15, 16, 17):
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
