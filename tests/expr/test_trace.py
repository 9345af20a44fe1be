from datetime import timedelta
from decimal import Decimal

from orderflow.expr.check import analyse
from orderflow.expr.trace import trace
from orderflow.expr.tree import Expression


def first(pool):
    """The first value of each pool: `paid_at` is missing, `amount_paid` is 0, the order is pending, one shipment."""
    return pool[0]


def traced(shop, source):
    """The clauses of an expression for that order."""
    found = analyse(source, shop.scope)
    assert isinstance(found, Expression), found
    return trace(found, *shop.order(first))


def test_each_failed_clause_is_told_with_the_values_seen(shop):
    clause = traced(shop, "gift and paid_at is not None and amount_paid > 0 and (paid_at < now or qty == 1)")
    assert clause.value is False
    assert [(part.source, part.value, part.reached) for part in clause.parts] == [
        ("gift", True, True),
        ("paid_at is not None", False, True),
        ("amount_paid > 0", False, False),
        ("paid_at < now or qty == 1", True, False),
    ]
    assert [(leaf.source, leaf.names) for leaf in clause.failures()] == [
        ("paid_at is not None", (("paid_at", None),)),
        ("amount_paid > 0", (("amount_paid", Decimal("0.00")),)),
    ]


def test_what_cannot_be_told_behind_a_failed_test_stays_open(shop):
    clause = traced(shop, "paid_at is not None and paid_at < now")
    assert [(part.value, part.reached) for part in clause.parts] == [(False, True), (None, False)]
    assert [leaf.source for leaf in clause.failures()] == ["paid_at is not None"]


def test_a_failed_not_names_what_holds(shop):
    clause = traced(shop, 'not (is_in("pending") or gift)')
    assert [(leaf.source, leaf.names) for leaf in clause.failures()] == [
        ('is_in("pending")', (("state", "pending"),)),
        ("gift", (("gift", True),)),
    ]


def test_a_failed_or_names_every_way(shop):
    clause = traced(shop, "stock > 3 or points is not None")
    assert [leaf.source for leaf in clause.failures()] == ["stock > 3", "points is not None"]


def test_an_if_follows_the_branch_taken(shop):
    clause = traced(shop, "stock > 3 if gift else qty > 3")
    assert [leaf.source for leaf in clause.failures()] == ["stock > 3"]


def test_children_show_their_states(shop):
    clause = traced(shop, 'all_live(shipments, reached("delivered"))')
    assert clause.names == (("shipments", ("allocated",)),)


def test_elapsed_time_is_shown(shop):
    clause = traced(shop, "age(placed_at) > hours(2)")
    assert [name for name, _ in clause.names] == ["placed_at", "age(placed_at)"]


def test_offsets_point_into_the_source(shop):
    source = "实收金额 > 5 and not gift"
    clause = traced(shop, source)
    assert [source[part.start : part.end] for part in clause.parts] == ["实收金额 > 5", "not gift"]
    assert list(traced(shop, "gift").failures()) == []


def test_what_refs_and_the_world_say_is_shown(shop):
    source = (
        'customer.credit_limit > 3 and tier("customer_tier") == "basic" and look_up("carrier", "days") is not None '
        'and plan.warehouse == "xihu" and on_hand("hq", title) > 0 and streak > 2 and can_take("credit")'
    )
    names = [dict(leaf.names) for leaf in traced(shop, source).failures()]
    assert names == [
        {"customer": "c1", "customer.credit_limit": Decimal("0.00")},
        {'tier("customer_tier")': "gold"},
        {'look_up("carrier", "days")': None},
        {"plan.warehouse": "hq"},
        {"title": "", 'on_hand("hq", title)': 0},
        {"streak": 0},
        {'can_take("credit")': False},
    ]


def test_the_holds_that_are_on_are_named(shop):
    r, v = shop.order(first)
    hold = type("Hold", (), {"since": v.now})()
    v.parent.holds = {"manual": hold}
    found = analyse('not is_held() and time_in("pending") > hours(2)', shop.scope)
    assert isinstance(found, Expression), found

    def names():
        return [leaf.names for leaf in trace(found, r, v).failures()]

    assert names()[0] == (("is_held()", "manual of its parent"),)
    v.record.holds = {"credit": hold}
    assert names()[0] == (("is_held()", "credit, manual of its parent"),)
    v.record.holds, v.parent.holds = {}, {}
    assert names() == [(('time_in("pending")', timedelta(0)),)]
