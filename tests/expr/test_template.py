import pickle

import pytest

from orderflow.expr.template import Template, compile_template, parse_template


def first(pool):
    """The first value of each pool."""
    return pool[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WZ{placed_at:%Y%m%d}-{sequence:06}", "WZ20260329-000001"),
        ("订单 {order.title}{customer}, 共 {count(order.lines)} 行", "订单 c1, 共 0 行"),
        ("{{x}} {amount_due} {amount_due:.0} {rate} {big}", "{x} 100.00 100 0.5 0"),
        ("{placed_at} {today} {today:%d.%m.%y}", "2026-03-29 01:30 2026-03-29 29.03.26"),
        ("{wait} {hours(26)} {minutes(-90)} {days(2)}", "0 s 1 d 2 h -1 h 30 min 2 d"),
        ('{"a:b}" if gift else "c"}', "a:b}"),
        ('{coalesce(note, "-")} {channel}', "- douyin"),
        ("{amount_due / 3}", "33.333333"),
        ('{customer.credit_limit} {tier("customer_tier")} {streak} {shop}', "0.00 gold 0 27.99, 120.70"),
        ("plain", "plain"),
    ],
)
def test_texts_are_filled(shop, text, shown):
    r, v = shop.order(first)
    template = parse_template(text, shop.scope)
    assert isinstance(template, Template), template
    assert compile_template(template)(r, v) == shown
    assert compile_template(pickle.loads(pickle.dumps(template)))(r, v) == shown


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("a {tilte} b", "OF101", "tilte"),
        ("订单 {paid_at} b", "OF103", "paid_at"),
        ("{gift}", "OF102", "gift"),
        ("{lines}", "OF102", "lines"),
        ("{qty:x}", "OF102", "qty:x"),
        ("{placed_at:%Q}", "OF102", "placed_at:%Q"),
        ("{today:%H}", "OF102", "today:%H"),
        ("{title:>10}", "OF102", "title:>10"),
        ("a } b", "OF106", "}"),
        ("a { b", "OF106", "{"),
        ("{}", "OF106", ""),
        ("订单 {a &&} b", "OF106", "&&"),
    ],
)
def test_faults_are_where_they_stand_in_the_text(shop, text, code, marked):
    found = parse_template(text, shop.scope)
    assert isinstance(found, list)
    assert [(fault.code, text[fault.start : fault.end]) for fault in found] == [(code, marked)]
    assert found[0].fix_message


def test_all_faults_of_a_text_are_told(shop):
    found = parse_template("{tilte} {paid_at} {qty:x}", shop.scope)
    assert isinstance(found, list)
    assert [fault.code for fault in found] == ["OF101", "OF103", "OF102"]


def test_expressions_of_a_template(shop):
    template = parse_template("{title} and {qty:06}", shop.scope)
    assert isinstance(template, Template)
    assert [expression.source for expression in template.expressions] == ["title", "qty"]
