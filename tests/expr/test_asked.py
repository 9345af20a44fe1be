from dataclasses import replace

from orderflow.expr.asked import positions
from orderflow.expr.check import analyse
from orderflow.expr.tree import Expression


def last(pool):
    """The last value of each pool."""
    return pool[-1]


def asked(shop, source):
    """The function that gives the positions."""
    found = analyse(source, shop.scope)
    assert isinstance(found, Expression), found
    return positions(found)


def test_every_row_is_gone_through(shop):
    r, v = shop.order(last)
    ask = asked(
        shop,
        'any(lines, on_hand("hq", sku) > 0) or '
        'any(lines, any(coalesce(spare, lines), pooled(plan.warehouse, sku, "promo") > quantity))',
    )
    expected = {("hq", line["sku"]) for line in r["lines"]}
    expected |= {(r["plan"]["warehouse"], line["sku"]) for line in r["spare"]}
    assert ask(r, v) == expected
    assert ask({**r, "lines": ()}, v) == frozenset()


def test_tests_before_a_question_are_passed_over(shop):
    r, v = shop.order(last)
    ask = asked(shop, 'gift and on_hand("hq", title) > 0 and available("xihu", customer) > 0')
    assert ask({**r, "gift": False}, v) == {("hq", r["title"]), ("xihu", r["customer"])}


def test_what_cannot_be_told_is_left_out(shop):
    r, v = shop.order(last)
    ask = asked(shop, 'on_hand("hq", title) > 0 or (note is not None and available("xihu", lower(note)) > 0)')
    assert ask({**r, "note": None}, v) == {("hq", r["title"])}
    assert ask({**r, "note": "EX-1"}, v) == {("hq", r["title"]), ("xihu", "ex-1")}
    bare = asked(shop, 'note is not None and on_hand("hq", note) > 0')
    assert bare({**r, "note": None}, v) == frozenset()


def test_children_are_gone_through(shop):
    r, v = shop.order(last)
    ask = asked(shop, 'some(shipments, on_hand("hq", carrier) > boxes)')
    assert ask(r, v) == {("hq", shipment.fields["carrier"]) for shipment in v.children["shipments"]} != set()
    assert ask(r, replace(v, children={})) == frozenset()


def test_the_greatest_of_rows_and_of_values(shop):
    r, v = shop.order(last)
    ask = asked(shop, 'coalesce(max(lines, on_hand("hq", sku)), 0) > min(available("xihu", title), 3)')
    assert ask(r, v) == {*(("hq", line["sku"]) for line in r["lines"]), ("xihu", r["title"])}


def test_what_chooses_the_rows_is_asked_for_too(shop):
    r, v = shop.order(last)
    ask = asked(shop, 'any((lines if on_hand("hq", title) > 0 else order.lines), presale)')
    assert ask(r, v) == {("hq", r["title"])}


def test_none_is_asked_for_without_a_question(shop):
    assert asked(shop, "gift")(*shop.order(last)) == frozenset()
