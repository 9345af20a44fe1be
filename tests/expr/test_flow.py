"""What passes the check cannot fail: tests for missing values and zeros, in any order and nesting."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind

#: Tests, and uses that fail unless the right test stands before them.
ATOMS = [
    "paid_at is not None",
    "paid_at < now",
    "paid_at is None",
    "points is None",
    "points > 0",
    "100 / points > 1",
    "points != 0",
    "points is not None",
    "stock != 0",
    "1 / stock > 0",
    "stock > 0",
    "stock == 0",
    "stock <= -2 and 5 % (stock + 1) > 2",
    "0 < stock",
    "3 // (stock - 7) > 0",
    "stock < 7",
    "stock in [1, 2]",
    "stock not in [0, 9]",
    "1 / count(lines) > 0",
    "count(lines) > 0",
    "1 / (qty - stock) > 0",
    "qty > 60 and stock < 50",
    'is_in("paid")',
    'is_in("live")',
    "is_open()",
    'reached("delivered")',
    'reached_at("pending") < now',
    'reached_at("paid") < now',
    'entered("paid") < now',
    'reached_at("paid") is not None',
    "is_held()",
    'is_held("manual")',
    "held_since() < now",
    'held_since("manual") < now',
    'entered("live") < now',
    "home is not None",
    'home.city == "x"',
    "home.floor is not None",
    "home.floor > 2",
    "latest(shipments, scanned_at) is not None",
    "latest(shipments, scanned_at) < now",
    "some(shipments, scanned_at is not None and scanned_at < now)",
    'some(shipments, is_in("moving") and reached_at("picking") < now)',
    'some(shipments, is_in("failed") and reached_at("moving") < now)',
    "any(lines, weight is not None and weight > 0 and 1 / weight > 0)",
    "any(coalesce(spare, lines), presale)",
    "any(spare, presale)",
    "spare is not None",
    "True",
    "False",
    "gift",
    "insured",
    "insured is not None",
]
SHAPES = [
    "({} and {})",
    "({} or {})",
    "not {}",
    "({} if {} else {})",
    "({} and {} and {})",
    "({} or {} or {})",
]


def write(choose: Callable[[int], int], depth: int) -> str:
    """A bool made of atoms."""
    if depth == 0 or choose(4) == 0:
        return ATOMS[choose(len(ATOMS))]
    shape = SHAPES[choose(len(SHAPES))]
    return shape.format(*(write(choose, depth - 1) for _ in range(shape.count("{}"))))


def test_what_passes_the_check_never_fails(shop):
    passed = refused = 0

    @settings(max_examples=1500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=260, max_size=260))
    def run(tape: bytes) -> None:
        nonlocal passed, refused
        left = iter(tape[:60])
        source = write(lambda n: next(left, 0) % n, 3)
        found = analyse(source, shop.scope, Kind.BOOL)
        if not isinstance(found, Expression):
            refused += 1
            assert {fault.code for fault in found} == {"OF103"}, source
            return
        passed += 1
        choices = iter(tape[60:])
        r, v = shop.order(lambda pool: pool[next(choices, 0) % len(pool)])
        assert compile_python(found)(r, v) in (True, False), source

    run()
    assert passed > 150
    assert refused > 150


@pytest.mark.parametrize(
    "source",
    [
        "paid_at is not None and paid_at < now",
        "paid_at is None or paid_at < now",
        "not (paid_at is None) and paid_at < now",
        "not (paid_at is None or points is None) and paid_at < now and points > 0",
        "paid_at < now if paid_at is not None else gift",
        "gift if paid_at is None else paid_at < now",
        "(paid_at is not None if gift else False) and paid_at < now",
        "(paid_at is not None and gift or paid_at is not None) and paid_at < now",
        "(paid_at if paid_at is not None else placed_at) < now",
        "coalesce(paid_at, placed_at) < now",
        "home is not None and home.floor is not None and home.floor > 2",
        'is_held("manual") and held_since("manual") < now',
        "some(shipments, is_held() and held_since() < now)",
        'is_in("paid") and reached_at("paid") < now and reached_at("pending") < now and entered("paid") < now',
        'is_in("live") and entered("live") < now and reached_at("pending") < now',
        'not is_in("pending", "cancelled") and reached_at("paid") < now',
        'reached("delivered") and reached_at("paid") < now',
        'reached_at("delivered") is not None and reached_at("paid") < now',
        "latest(shipments, scanned_at) is not None and latest(shipments, scanned_at) < now",
        "stock != 0 and 1 / stock > 0",
        "stock == 0 or 1 / stock > 0",
        "stock > 0 and 1 / stock > 0",
        "0 < stock < 7 and 1 / (stock - 7) < 0",
        "stock in [1, 2, 3] and 1 / stock > 0",
        "(1 / stock if stock != 0 else 1) > 0",
        "count(lines) > 0 and amount_due / count(lines) > 1",
        "1 / max(stock, 1) > 0",
        "days(min(max(big, 0), 10)) > hours(1)",
        "big < 100 and big > 0 and days(big) > hours(1)",
    ],
)
def test_facts_reach_where_they_hold(shop, source):
    assert isinstance(analyse(source, shop.scope, Kind.BOOL), Expression)


@pytest.mark.parametrize(
    ("source", "marked"),
    [
        ("paid_at < now", "paid_at"),
        ("paid_at is not None or paid_at < now", "paid_at"),
        ("paid_at is None and paid_at < now", "paid_at"),
        ("(paid_at is not None or gift) and paid_at < now", "paid_at"),
        ("(paid_at is not None if gift else True) and paid_at < now", "paid_at"),
        ("paid_at < now and paid_at is not None", "paid_at"),
        ("home is not None and home.floor > 2", "home.floor"),
        ("note == title", "note"),
        ('is_held() and held_since("manual") < now', 'held_since("manual")'),
        ('is_held("manual") and held_since("credit") < now', 'held_since("credit")'),
        ("not is_held() and held_since() < now", "held_since()"),
        ("some(shipments, is_held()) and held_since() < now", "held_since()"),
        ('note in ["a"]', "note"),
        ("insured", "insured"),
        ("any(lines, weight is not None) and any(lines, weight > 1)", "weight"),
        ('is_in("cancelled") and reached_at("paid") < now', 'reached_at("paid")'),
        ('is_in("live") and entered("paid") < now', 'entered("paid")'),
        ('reached("paid") and reached_at("delivered") < now', 'reached_at("delivered")'),
        ('is_in("paid") and some(shipments, reached_at("picking") < now)', 'reached_at("picking")'),
        ("latest(shipments, scanned_at) < now", "latest(shipments, scanned_at)"),
        ("1 / stock > 0", "stock"),
        ("stock >= 0 and 1 / stock > 0", "stock"),
        ("stock != 1 and 1 / stock > 0", "stock"),
        ("1 / (qty - 7) > 0", "qty - 7"),
        ("amount_due % amount_paid > 0", "amount_paid"),
        ("wait / (wait - wait) > 1", "wait - wait"),
        ("days(big) > wait", "big"),
        ("big * big * big > 0", "big * big * big"),
        ("wait * 1000000000 > wait", "wait * 1000000000"),
    ],
)
def test_what_could_fail_is_marked(shop, source, marked):
    faults = analyse(source, shop.scope, Kind.BOOL)
    assert isinstance(faults, list)
    assert [(fault.code, source[fault.start : fault.end]) for fault in faults] == [("OF103", marked)]
    assert faults[0].fix_message
