"""Whether a record is held and since when, and how long it has been in a state without the time that it was held."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.reference import evaluate
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression


def first(pool):
    """The first value of each pool."""
    return pool[0]


def checked(source: str, scope: Scope) -> Expression:
    """The expression."""
    found = analyse(source, scope)
    assert isinstance(found, Expression), found
    return found


def test_held_time_does_not_count(shop):
    r, v = shop.order(first)
    record_ = v.record
    record_.state, record_.entered = "paid", {"paid": v.now - timedelta(hours=10)}
    record_.paused = {"paid": timedelta(hours=2)}
    v = replace(v, parent=None)
    stayed = checked('time_in("paid")', shop.scope)

    def both() -> object:
        fast = compile_python(stayed)(r, v)
        assert fast == evaluate(stayed, r, v)
        return fast

    assert both() == timedelta(hours=8)
    hold = type("H", (), {"since": v.now - timedelta(hours=3)})()
    record_.holds = {"manual": hold}
    assert both() == timedelta(hours=5)
    v = replace(
        v,
        parent=type(record_)(
            {}, "", {}, {}, holds={"x": type("H", (), {"since": v.now - timedelta(hours=4)})()}
        ),
    )
    assert both() == timedelta(hours=4)
    record_.state = "pending"
    assert both() == timedelta(0)


@pytest.mark.parametrize(
    ("own", "parent", "source", "value"),
    [
        ((), (), "is_held()", False),
        (("manual",), (), "is_held()", True),
        ((), ("manual",), "is_held()", True),
        (("manual",), (), 'is_held("credit")', False),
        (("manual",), ("credit",), 'is_held("credit")', True),
        (("credit",), (), 'is_held("manual", "credit")', True),
    ],
)
def test_a_record_is_held_by_its_own_holds_and_its_parents(shop, own, parent, source, value):
    r, v = shop.order(first)
    hold = type("H", (), {"since": v.now})()
    v.record.holds, v.parent.holds = dict.fromkeys(own, hold), dict.fromkeys(parent, hold)
    expression = checked(source, shop.scope)
    assert compile_python(expression)(r, v) is value
    assert evaluate(expression, r, v) is value


@pytest.mark.parametrize(
    ("source", "hours"),
    [
        ("held_since()", 9),
        ('held_since("manual")', 5),
        ('held_since("credit")', 9),
        ('held_since("manual", "credit")', 9),
        ("earliest(shipments, held_since())", 1),
        ('earliest(shipments, held_since("manual"))', None),
    ],
)
def test_since_when_a_record_is_held(shop, source, hours):
    r, v = shop.order(first)
    ago = {number: type("H", (), {"since": v.now - timedelta(hours=number)})() for number in (1, 3, 5, 9)}
    v.record.holds = {"manual": ago[3]}
    v.parent.holds = {"manual": ago[5], "credit": ago[9]}
    for child in v.children["shipments"]:
        child.holds = {"stuck": ago[1]}
    expression = checked(f"{source} is not None and age({source}) == hours({hours or 0})", shop.scope)
    assert compile_python(expression)(r, v) is evaluate(expression, r, v) is (hours is not None)
    v.record.holds = v.parent.holds = {}
    expression = checked("held_since() is None", shop.scope)
    assert compile_python(expression)(r, v) is evaluate(expression, r, v) is True


def test_a_child_is_held_by_its_own_holds(shop):
    r, v = shop.order(first)
    hold = type("H", (), {"since": v.now})()
    v.record.holds, v.children["shipments"][0].holds = {"manual": hold}, {}
    expression = checked("some(shipments, is_held())", shop.scope)
    assert compile_python(expression)(r, v) is evaluate(expression, r, v) is False
    v.children["shipments"][0].holds = {"stuck": hold}
    assert compile_python(expression)(r, v) is evaluate(expression, r, v) is True


def test_a_child_seen_from_a_row_has_the_record_above_it(shop):
    r, v = shop.order(lambda pool: pool[-1])
    child = v.children["shipments"][0]
    child.state, child.holds, child.paused = "picking", {}, {}
    child.entered = {"picking": v.now - timedelta(hours=9)}
    child.tags = {}
    v = replace(v, children={"shipments": (child,)})
    source = 'any(lines, some(shipments, time_in("picking") == hours(4)))'
    for text in (source, f"some(shipments, {source})"):
        expression = checked(text, shop.scope)
        for held, value in ((5, True), (6, False)):
            v.record.holds = {"manual": type("H", (), {"since": v.now - timedelta(hours=held)})()}
            assert compile_python(expression)(r, v) is evaluate(expression, r, v) is value
