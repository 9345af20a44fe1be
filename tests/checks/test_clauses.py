"""Conditions that are said to exclude each other never hold together, and the plain cases are seen."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.checks.clauses import clashing, exclusive, identical
from orderflow.compiler.load import Compiled
from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.scope import RefScope, Scope, Surroundings
from orderflow.expr.tree import Expression
from orderflow.expr.types import BOOL, DATETIME, INTEGER, TEXT_TYPE, choice, money, optional, ref

SCOPE = Scope(
    "order",
    {
        "channel": choice("douyin", "taobao", "offline"),
        "amount": money(),
        "units": INTEGER,
        "weight": INTEGER,
        "gift": BOOL,
        "note": TEXT_TYPE,
        "paid_at": optional(DATETIME),
        "placed_at": DATETIME,
        "customer": ref("customer"),
    },
    states={"a": frozenset({"a"}), "b": frozenset({"b"})},
    around=Surroundings(
        refs={"customer": RefScope({"watched": BOOL, "limit": money()})},
        holds=frozenset({"manual"}),
        policies=frozenset({"nearest", "whole"}),
        resources=frozenset({"credit"}),
    ),
)
CLAUSES = (
    "gift", "not gift", "gift == True", "paid_at is None", "paid_at is not None", "not (paid_at is None)",
    'channel == "douyin"', 'channel != "douyin"', 'channel in ["douyin", "taobao"]', 'channel not in ["douyin"]',
    'channel == "offline"', "amount > 5", "amount >= 5", "amount < 5", "amount <= 5", "amount == 5", "5 < amount",
    "amount > 7.50", "0 <= amount <= 4", "units < weight", "units >= weight", "weight < units", "units == weight",
    "units != weight", "units == 3", "units in [1, 3]", 'note == "x"', "units > -2", 'is_in("a")', 'is_in("b")',
    'not is_in("a")',
)  # fmt: skip


def expression(source: str) -> Expression:
    made = analyse(source, SCOPE)
    assert isinstance(made, Expression), (source, made)
    return made


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("gift", "not gift"),
        ("not (gift and units > 5)", "gift and units > 5"),
        ("not (gift and units > 5)", "gift and units == 7 and weight > 1"),
        ("units - weight > 0", "weight >= units"),
        ("units - weight == 0", "units != weight"),
        ("day(placed_at) < date(2026, 2, 17)", "day(placed_at) >= date(2026, 2, 17)"),
        ("day(placed_at) == date(2026, 2, 17)", "day(placed_at) > date(2026, 3, 1)"),
        ("paid_at is None", "paid_at is not None and amount > 0"),
        ('channel == "douyin"', 'channel == "taobao"'),
        ('channel == "douyin"', 'channel != "douyin"'),
        ('channel in ["douyin", "taobao"]', 'channel == "offline"'),
        ('channel in ["douyin"]', 'channel not in ["douyin", "taobao"]'),
        ("amount < 5", "amount >= 5"),
        ("amount <= 5", "5 < amount"),
        ("amount == 5", "amount > 5"),
        ("units < weight", "units >= weight"),
        ("units < weight", "weight < units"),
        ("gift and amount > 5 and units == 1", "amount < 5 or not gift"),
        ("not (gift or units > 3)", "units > 3"),
        ('is_in("a")', 'is_in("b")'),
        ('can_source("nearest")', 'not can_source("nearest") and gift'),
        ('can_take("credit")', 'not can_take("credit")'),
        ('is_held("manual")', 'not is_held("manual")'),
        ("customer.watched", "not customer.watched"),
        ("customer.limit > 5", "customer.limit <= 5"),
        ("age(placed_at) > hours(3)", "age(placed_at) < minutes(90)"),
        ('time_in("a") >= days(1)', 'time_in("a") < hours(24)'),
    ],
)
def test_plainly_exclusive(first: str, second: str) -> None:
    assert exclusive(expression(first), expression(second))
    assert exclusive(expression(second), expression(first))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("gift", "gift"),
        ("gift", "amount > 5"),
        ("amount <= 5", "amount >= 5"),
        ("amount > 5", "amount > 7"),
        ('channel == "douyin"', 'channel in ["douyin", "taobao"]'),
        ("gift or amount > 5", "not gift"),
        ("units <= weight", "weight <= units"),
        ('can_source("nearest")', 'not can_source("whole")'),
        ("customer.watched", "not gift"),
        ("age(placed_at) > hours(3)", "age(placed_at) < hours(4)"),
        ('time_in("a") > hours(1)', 'time_in("b") < hours(1)'),
        ("is_held()", 'not is_held("manual")'),
    ],
)
def test_not_plainly_exclusive(first: str, second: str) -> None:
    assert not exclusive(expression(first), expression(second))


@pytest.mark.parametrize(
    ("first", "second", "throughout"),
    [
        ("gift", "not gift", True),
        ("customer.limit > 5", "customer.limit <= 5", True),
        ("age(placed_at) > hours(3)", "age(placed_at) <= hours(3)", True),
        ('is_in("a") and gift', 'is_in("b") and not gift', True),
        ('is_in("a")', 'is_in("b")', False),
        ('can_take("credit")', 'not can_take("credit")', False),
        ('can_source("nearest")', 'not can_source("nearest")', False),
        ('time_in("a") > hours(1)', 'time_in("a") <= hours(1)', False),
        ('is_in("a") and gift or units > 3', 'not is_in("a") and not gift', False),
    ],
)
def test_what_taking_a_transition_may_turn(first: str, second: str, throughout: bool) -> None:
    assert clashing(expression(first).root, expression(second).root, at_once=False) is throughout
    assert clashing(expression(second).root, expression(first).root, at_once=False) is throughout


def test_identical_is_by_what_is_written() -> None:
    assert identical(expression("gift and amount > 5"), expression("gift   and (amount > 5)"))
    assert not identical(expression("gift and amount > 5"), expression("gift and amount > 6"))
    assert identical(None, None)
    assert not identical(None, expression("gift"))


#: Every record of a small world in which each clause is true of some and false of others.
WORLD = [
    ({"channel": channel, "amount": Decimal(amount), "units": units, "weight": weight, "gift": gift, "note": note,
      "paid_at": paid_at}, state)
    for channel in ("douyin", "taobao", "offline")
    for amount in ("0", "4", "5", "7", "8")
    for units in (-3, 1, 2, 3)
    for weight in (1, 2)
    for gift in (True, False)
    for note in ("x", "y")
    for paid_at in (None, datetime(2026, 2, 3, tzinfo=UTC))
    for state in ("a", "b")
]  # fmt: skip
EVERYWHERE = (1 << len(WORLD)) - 1


def holds(source: str) -> int:
    """The records of the world of which a condition is true, as bits."""
    run = compile_python(expression(source))
    bits = 0
    for number, (fields, state) in enumerate(WORLD):
        view = SimpleNamespace(record=SimpleNamespace(fields=fields, state=state, entered={}, reached={}))
        bits |= bool(run(fields, view)) << number
    return bits


@functools.cache
def atoms() -> tuple[tuple[str, int], ...]:
    """The clauses, each with the records of which it is true."""
    return tuple((clause, holds(clause)) for clause in CLAUSES)


@st.composite
def guards(draw: st.DrawFn, depth: int = 2) -> tuple[str, int]:
    """A condition and the records of which it is true."""
    kind = draw(st.sampled_from(["atom", "and", "or", "not"])) if depth else "atom"
    if kind == "atom":
        return draw(st.sampled_from(atoms()))
    source, bits = draw(guards(depth=depth - 1))
    if kind == "not":
        return f"not ({source})", EVERYWHERE & ~bits
    other, more = draw(guards(depth=depth - 1))
    return f"({source}) {kind} ({other})", bits & more if kind == "and" else bits | more


def test_each_clause_is_true_of_some_and_false_of_others() -> None:
    assert [clause for clause, bits in atoms() if bits in (0, EVERYWHERE)] == []


def test_single_clauses() -> None:
    found = 0
    for first, here in atoms():
        for second, there in atoms():
            if exclusive(expression(first), expression(second)):
                found += 1
                assert here & there == 0, (first, second)
    assert found > 50


@settings(max_examples=400)
@given(guards(), guards())
def test_never_exclusive_when_both_can_hold(first: tuple[str, int], second: tuple[str, int]) -> None:
    if exclusive(expression(first[0]), expression(second[0])):
        assert first[1] & second[1] == 0


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("any(lines, quantity > 5)", "all(lines, quantity <= 5)", True),
        ("any(lines, quantity > 5)", "not any(lines, quantity > 2)", True),
        ("any(lines, quantity > 5)", "not any(lines, quantity > 5 or gift)", True),
        ("not all(lines, quantity > 5)", "all(lines, quantity > 5 and gift)", True),
        ("not all(lines, quantity > 5)", "all(lines, quantity > 7)", True),
        ("not all(lines, quantity > 5)", "not any(lines, quantity <= 5)", True),
        ("all(lines, quantity > 5)", "all(lines, quantity <= 5)", False),
        ("any(lines, quantity > 5)", "all(lines, quantity <= 7)", False),
        ("any(lines, quantity > 5)", "not any(lines, quantity > 7)", False),
        ("not all(lines, quantity > 5)", "all(lines, quantity > 3)", False),
        ("any(lines, quantity > 5)", "any(lines, quantity <= 5)", False),
    ],
)
def test_conditions_on_rows(
    check_order: Callable[..., Compiled], first: str, second: str, apart: bool
) -> None:
    lifecycle = (
        "states: {a: {initial: true}, b: {final: true}, c: {final: true}}\nevents: {go: {}}\ntransitions:\n"
        f"  x: {{from: a, to: b, event: go, when: '{first}'}}\n  y: {{from: a, to: c, event: go, when: '{second}'}}\n"
    )
    codes = [item.code for item in check_order(lifecycle).diagnostics]
    assert codes == ([] if apart else ["OF205"])
