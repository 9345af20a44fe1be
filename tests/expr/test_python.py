import decimal
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.python import compile_all, compile_python
from orderflow.expr.reference import evaluate
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind, money
from orderflow.expr.view import Missing


def first(pool):
    """The first value of each pool."""
    return pool[0]


def compiled(shop, source, expected=None, lenient=False):
    """The function of a source."""
    found = analyse(source, shop.lenient if lenient else shop.scope, expected)
    assert isinstance(found, Expression), found
    return compile_python(found)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 128", Decimal("0.007812")),
        ("3 / 128", Decimal("0.023438")),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("-7.5 // 2", -4),
        ("-7.5 % 2", Decimal("0.5")),
        ("7.5 % -2", Decimal("-0.5")),
        ("0.000001 * 0.5", Decimal("0.000000")),
        ("0.000003 * 0.5", Decimal("0.000002")),
        ("round(2.5, 0)", Decimal(2)),
        ("round(0.125, 2)", Decimal("0.12")),
        ("123456789012345678 * 123456789012345678", 123456789012345678**2),
        ("99999999999999999.99 * 99999999999999999.99", Decimal("9999999999999999998000000000000000.0001")),
        ("1 == 1.0", True),
        ("0.1 + 0.2 == 0.3", True),
        ("any(lines, presale)", False),
        ("all(lines, presale)", True),
        ("sum(lines, unit_price)", Decimal(0)),
        ("sum(lines, quantity)", 0),
        ("0 if gift else 0.5", Decimal(0)),
        ("max(1, 0.5)", Decimal(1)),
        ("today", None),
    ],
)
def test_the_rules_of_numbers_in_both_back_ends(shop, source, value):
    r, v = shop.order(first)
    found = analyse(source, shop.scope)
    assert isinstance(found, Expression), found
    fast, slow = compile_python(found)(r, v), evaluate(found, r, v)
    assert fast == slow
    assert type(fast) is type(slow)
    if value is not None:
        assert fast == value
        assert type(fast) is type(value)


def test_the_day_is_that_of_the_rule_sets_zone(shop):
    r, v = shop.order(first)
    v.zone = ZoneInfo("America/Sao_Paulo")
    assert str(compiled(shop, "today")(r, v)) == "2026-03-28"
    v.zone = ZoneInfo("Asia/Shanghai")
    assert str(compiled(shop, "day(placed_at)")(r, v)) == "2026-03-29"


def test_the_callers_decimal_context_changes_nothing(shop):
    r, v = shop.order(first)
    functions = [
        compiled(shop, source)
        for source in ("amount_due / 3", "-rate * 1.23456", "amount_due + rate", "abs(rate) % 0.3")
    ]
    before = [function(r, v) for function in functions]
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])):
        assert [function(r, v) for function in functions] == before


def test_integers_become_decimals_where_money_is_kept(shop):
    r, v = shop.order(first)
    value = compiled(shop, "qty", money())(r, v)
    assert (type(value), value) == (Decimal, Decimal(1))


def test_functions_see_no_builtins(shop):
    function = compiled(shop, "sum(lines, quantity) > 0 and gift", Kind.BOOL)
    assert function.__globals__["__builtins__"] == {}
    assert not [name for name in function.__globals__ if not name.startswith("_")]


def test_many_are_compiled_in_one_go(shop):
    r, v = shop.order(first)
    found = [
        analyse(source, shop.scope) for source in ("qty", "gift", "amount_due > 3.5", "amount_paid > 3.5")
    ]
    functions = compile_all([each for each in found if isinstance(each, Expression)])
    assert [function(r, v) for function in functions] == [1, True, True, False]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("paid_at - placed_at", "paid_at"),
        ("latest(shipments, scanned_at) - placed_at", "latest(shipments, scanned_at)"),
        ("home.floor + 1", "home"),
        ("paid_at < now and points > 1", "paid_at"),
        ('contains(note, look_up("carrier", "carrier"))', "note"),
    ],
)
def test_a_missing_value_in_a_lenient_scope_is_named(shop, source, name):
    r, v = shop.order(first)
    with pytest.raises(Missing) as missing:
        compiled(shop, source, lenient=True)(r, v)
    assert missing.value.name == name


def test_a_comparison_with_children_of_children(shop):
    source = "some(shipments, some(parcels, kg > rate and boxes < 3) or none_live(parcels))"
    r, v = shop.order(lambda pool: pool[-1])
    found = analyse(source, shop.scope)
    assert isinstance(found, Expression)
    assert compile_python(found)(r, v) is evaluate(found, r, v)
