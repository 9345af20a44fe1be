"""What an expression may ask of the world around its record: refs, aggregates, tiers, tables, stock, places."""

import pickle
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault
from orderflow.expr.python import compile_python
from orderflow.expr.reference import evaluate
from orderflow.expr.scope import RefScope, Scope, Surroundings
from orderflow.expr.tree import Call, Expression, Through
from orderflow.expr.types import (
    BOOL,
    DATE,
    DATETIME,
    TEXT_TYPE,
    Kind,
    bounds,
    choice,
    describe,
    list_of,
    optional,
    record,
    ref,
)
from orderflow.expr.view import Missing


def first(pool):
    """The first value of each pool."""
    return pool[0]


def only(found: Expression | list[Fault]) -> Fault:
    """The one fault."""
    assert isinstance(found, list)
    assert len(found) == 1, found
    return found[0]


def checked(source: str, scope: Scope) -> Expression:
    """The expression."""
    found = analyse(source, scope)
    assert isinstance(found, Expression), found
    return found


def with_around(scope: Scope, **changed: Any) -> Scope:
    """The scope with other surroundings."""
    return replace(scope, around=replace(scope.around, **changed))


@pytest.mark.parametrize(
    ("source", "type_"),
    [
        ("customer.credit_limit", "money"),
        ("customer.note", "text or missing"),
        ("customer.spend_30d", "money"),
        ("customer.last_price", "money or missing"),
        ("customer.address.city", "text"),
        ("customer.region", "ref region"),
        ("order.customer.orders", "integer"),
        ("account.region.buffer", "integer"),
        ("account.region.brake_pads", "integer"),
        ("streak", "integer"),
        ("order.best", "money or missing"),
        ('tier("customer_tier")', "choice"),
        ('look_up("carrier", "days")', "integer or missing"),
        ('look_up("fee")', "decimal"),
        ('collect("discounts")', "list of discounts"),
        ('sum(collect("discounts"), coalesce(amount, 0))', "money"),
        ('sum(collect("discounts"), percent)', "decimal"),
        ('can_source("nearest")', "bool"),
        ('on_hand("hq", title)', "integer"),
        ('pooled(plan.warehouse, title, "presale")', "integer"),
        ('time_in("paid")', "duration"),
        ("distance_km(shop, warehouse.location) if warehouse.location is not None else 0", "decimal"),
        ("reaches(warehouse, place)", "bool"),
        ("plan.lines", "list of plan_line"),
        ("shop", "location"),
    ],
)
def test_what_each_gives(shop, source, type_):
    assert describe(checked(source, shop.scope).type) == type_


@pytest.mark.parametrize(
    ("source", "code", "marked", "replacement"),
    [
        ("customer.credit_limt > 0", "OF101", "credit_limt", "credit_limit"),
        ("customer.spend_30 > 0", "OF101", "spend_30", "spend_30d"),
        ("account.region.bufer > 0", "OF101", "bufer", "buffer"),
        ("steak > 3", "OF101", "steak", "streak"),
        ("order.steak > 3", "OF101", "steak", "streak"),
        ('customer.customer_tier == "gold"', "OF101", "customer.customer_tier", 'tier("customer_tier")'),
        ('tier("custmer_tier") == "gold"', "OF101", '"custmer_tier"', '"customer_tier"'),
        ('tier("customer_tier") == "golt"', "OF101", '"golt"', '"gold"'),
        ('tier(order_rank) == "x"', "OF102", "order_rank", '"order_rank"'),
        ('has_tag("vipp")', "OF101", '"vipp"', '"vip"'),
        ('look_up("carier", "days") is None', "OF101", '"carier"', '"carrier"'),
        ('look_up("carrier", "day") is None', "OF101", '"day"', '"days"'),
        ('count(look_up("discounts")) > 0', "OF102", "look_up", "collect"),
        ('collect("fee") is None', "OF102", "collect", "look_up"),
        ('can_source("nearst")', "OF101", '"nearst"', '"nearest"'),
        ('can_take("credits")', "OF101", '"credits"', '"credit"'),
        ('on_hand("xihou", title) > 0', "OF101", '"xihou"', '"xihu"'),
        ('pooled("hq", title, "presal") > 0', "OF101", '"presal"', '"presale"'),
        ('is_held("manuel")', "OF101", '"manuel"', '"manual"'),
        ('held_since("manuel") is None', "OF101", '"manuel"', '"manual"'),
        ('some(shipments, is_held("stuk"))', "OF101", '"stuk"', '"stuck"'),
        ('some(shipments, has_tag("fragle"))', "OF101", '"fragle"', '"fragile"'),
        ('time_in("payd") > hours(1)', "OF101", '"payd"', '"paid"'),
        ('endswith(title, "x")', "OF101", "endswith", "ends_with"),
    ],
)
def test_a_wrong_name_brings_the_nearest_one(shop, source, code, marked, replacement):
    fault = only(analyse(source, shop.scope))
    assert (fault.code, source[fault.start : fault.end], fault.replacement) == (code, marked, replacement)
    repaired = source[: fault.start] + replacement + source[fault.end :]
    checked(repaired, shop.scope)


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("referrer.name == title", "OF103", "`referrer` may be missing; test it first"),
        ('tier("partner_tier") == "p1"', "OF103", "`referrer` may be missing; test it first"),
        ("customer.note == title", "OF103", "`customer.note` may be missing; test it first"),
        (
            'look_up("carrier", "days") > 1',
            "OF103",
            '`look_up("carrier", "days")` may be missing; test it first',
        ),
        (
            'collect("carrier") is None',
            "OF102",
            "the table `carrier` gives one row; `collect` asks for every row that fits",
        ),
        ('look_up("carrier") is None', "OF102", "the table `carrier` gives several values"),
        (
            "customer.region.buffer > 1",
            "OF101",
            "`customer.region` is itself read through a ref; one is as far as an expression sees",
        ),
        ("title.length > 1", "OF101", "`length` follows a value that has no fields"),
        ('tier("customer_tier", title) == "gold"', "OF102", "`tier` takes a ref; `title` is text"),
        ('tier("partner_tier", customer) == "p1"', "OF101", "unknown tier `partner_tier`"),
        (
            'some(shipments, look_up("fee") > 1)',
            "OF102",
            "`look_up` is about the `order`, not about its children",
        ),
        (
            'some(shipments, can_source("nearest"))',
            "OF102",
            "`can_source` is about the `order`, not about its children",
        ),
        ("distance_km(shop, place) > 1", "OF103", "`place` may be missing; test it first"),
        ("distance_km(shop, title) > 1", "OF102", "`distance_km` takes location; `title` is text"),
        (
            "reaches(plan, shop)",
            "OF102",
            "`reaches` takes a record with `location` and `radius_km`; `plan` is record plan",
        ),
        ("reaches(warehouse, None)", "OF102", "`reaches` takes a location; `None` is missing (`None`)"),
        ('on_hand("hq", qty) > 1', "OF102", "`on_hand` takes choice or ref or text; `qty` is integer"),
        ("shop > shop", "OF102", "location has no order for `>`"),
        ("is_held(gift)", "OF102", "`is_held` takes the name of a hold, in quotes"),
        ("held_since(gift) is None", "OF102", "`held_since` takes the name of a hold, in quotes"),
        ("age(held_since()) > hours(1)", "OF103", "`held_since()` may be missing; test it first"),
    ],
)
def test_what_is_refused(shop, source, code, message):
    fault = only(analyse(source, shop.scope))
    assert (fault.code, fault.message) == (code, message)
    assert fault.fix_message


@pytest.mark.parametrize(
    "source", ['can_source("nearest")', 'can_take("credit")', 'on_hand("hq", title) > 0']
)
def test_what_may_not_be_asked_here_says_where_it_may(shop, source):
    scope = with_around(shop.scope, policies=None, resources=None, stock=False)
    fault = only(analyse(source, scope))
    assert fault.code == "OF107"
    assert fault.message == f"`{source.partition('(')[0]}` cannot be asked here"
    assert "guard" in fault.fix_message


@pytest.mark.parametrize(
    "source",
    [
        'referrer is not None and referrer.name == title and tier("partner_tier") == "p1"',
        "customer.note is not None and length(customer.note) > 3",
        'look_up("carrier", "days") is not None and look_up("carrier", "days") > 1',
        "coalesce(customer.last_price, 0) > 3",
        "customer.last_price is None or customer.last_price > 3",
        'any(lines, look_up("fee") > unit_price)',
        'any(lines, on_hand("hq", sku) >= quantity)',
        "some(shipments, customer.credit_limit > 3)",
    ],
)
def test_what_passes(shop, source):
    checked(source, shop.scope)


def test_the_name_of_a_tier_and_of_an_output_are_filled_in(shop):
    tier = checked('tier("customer_tier")', shop.scope).root
    assert isinstance(tier, Call)
    assert next(getattr(each, "value", each) for each in tier.arguments) == "customer.customer_tier"
    assert tier.type == choice("gold", "basic")
    fee = checked('look_up("fee")', shop.scope).root
    assert isinstance(fee, Call)
    assert [getattr(each, "value", None) for each in fee.arguments] == ["fee", "percent"]


def test_two_refs_that_lead_to_one_tier_must_be_told_apart(shop):
    scope = replace(shop.scope, fields={**shop.scope.fields, "payer": ref("customer")})
    fault = only(analyse('tier("customer_tier") == "gold"', scope))
    assert fault.message == "`customer` and `payer` each lead to a tier `customer_tier`"
    assert fault.fix_message == 'say which: `tier("customer_tier", customer)`'
    checked('tier("customer_tier", payer) == "gold"', scope)


def test_a_parents_ref_leads_to_a_tier(shop):
    expression = checked('tier("region_rank") == "a"', shop.scope)
    assert expression.reads.refs == {"account.region"}


def test_a_ref_that_nothing_is_known_of(shop):
    fault = only(analyse("customer.credit_limit > 3", with_around(shop.scope, refs={})))
    assert (fault.code, fault.message) == ("OF101", "nothing can be read through `customer` here")


@pytest.mark.parametrize(
    ("tested", "used"),
    [
        ("customer.note", "customer.last_price"),
        ("customer.last_price", "payer.last_price"),
        ("customer.home", "customer.last_home"),
    ],
)
def test_a_test_of_one_is_no_test_of_the_other(tested, used):
    missing = optional(TEXT_TYPE)
    customer = RefScope({"note": missing, "home": missing}, {"last_price": missing, "last_home": missing})
    fields = {"customer": ref("customer"), "payer": ref("customer")}
    scope = Scope("order", fields, around=Surroundings(refs={"customer": customer}))
    checked(f'{tested} is not None and {tested} == "a"', scope)
    fault = only(analyse(f'{tested} is not None and {used} == "a"', scope))
    assert (fault.code, fault.message) == ("OF103", f"`{used}` may be missing; test it first")


def test_the_own_entity_keeps_its_name():
    own = RefScope({}, {"spend": DATE}, {"tier_of": ("a",)})
    scope = Scope("customer", {"customer": ref("customer"), "limit": BOOL}, around=Surroundings(own=own))
    assert checked("customer.limit", scope).reads.fields == {"limit"}
    assert checked("customer.spend", scope).reads.aggregates == {"customer.spend"}
    assert checked('tier("tier_of")', scope).reads.tiers == {"customer.tier_of"}


def test_events_and_rows_lead_on_too(shop):
    line = record("line", {"maker": ref("partner")})
    scope = replace(
        shop.scope, event={"to": ref("customer")}, fields={**shop.scope.fields, "parts": list_of(line)}
    )
    assert checked("event.to.credit_limit > 3", scope).reads.refs == {"event.to"}
    assert checked("any(parts, maker.name == title)", scope).reads.refs == {"line.maker"}


def test_what_is_read(shop):
    source = (
        'customer.credit_limit > 3 and customer.spend_30d > streak and tier("customer_tier") == "gold" and has_tag("vip") '
        'and look_up("fee") > 1 and can_source("nearest") and can_take("credit") and on_hand("hq", title) > 1'
    )
    reads = checked(source, shop.scope).reads
    assert reads.refs == {"order.customer"}
    assert reads.aggregates == {"customer.spend_30d", "order.streak"}
    assert reads.tiers == {"customer.customer_tier"}
    assert reads.tags == {"vip"}
    assert reads.tables == {"fee"}
    assert reads.policies == {"nearest"}
    assert reads.resources == {"credit"}
    assert {"customer.credit_limit", "order.customer", "order.title"} <= reads.paths
    assert reads.fields == {"customer", "title"}
    assert (reads.clock, reads.state) == (False, True)
    assert checked('time_in("paid") > wait', shop.scope).reads.clock
    assert not checked("customer.credit_limit > 3", shop.scope).reads.state


def test_an_expression_that_asks_for_stock_can_be_pickled(shop):
    whole = checked('on_hand("hq", title) > 0', shop.scope)
    assert pickle.loads(pickle.dumps(whole)) == whole


def test_a_missing_ref_in_a_lenient_scope_is_named(shop):
    for source in ("referrer.name", 'tier("partner_tier")'):
        expression = checked(source, shop.lenient)
        r, v = shop.order(first)
        for run in (compile_python(expression), lambda r, v, e=expression: evaluate(e, r, v)):
            with pytest.raises(Missing) as missing:
                run(r, v)
            assert missing.value.name == "referrer"


@pytest.mark.parametrize(
    ("location", "radius", "place", "value"),
    [
        (None, None, None, True),
        (("30.26", "120.13"), None, None, True),
        (None, "50", ("30.26", "120.13"), False),
        (("30.26", "120.13"), "50", None, False),
        (("30.26", "120.13"), "50", ("30.27", "120.15"), True),
        (("30.26", "120.13"), "50", ("30.26", "120.13"), True),
        (("30.26", "120.13"), "50", ("27.99", "120.70"), False),
    ],
)
def test_a_warehouse_reaches_what_lies_within_its_radius(shop, location, radius, place, value):
    r, v = shop.order(first)

    def at(texts):
        return tuple(map(Decimal, texts)) if texts else None

    site = {"name": "xihu", "location": at(location), "radius_km": Decimal(radius) if radius else None}
    v = replace(v, extra={"warehouse": site})
    expression = checked("reaches(warehouse, place)", shop.scope)
    r = {**r, "place": at(place)}
    assert compile_python(expression)(r, v) is value
    assert evaluate(expression, r, v) is value


def test_units_are_never_negative(shop):
    assert bounds(checked('available("hq", title)', shop.scope).type)[0] == 0
    checked('qty / (on_hand("hq", title) + 1) > 1', shop.scope)


def test_a_row_inside_a_record_asks_about_that_record(shop):
    scope = Scope("line", {"sku": TEXT_TYPE, "presale": BOOL}, outer=shop.scope)
    expression = checked('presale and tier("customer_tier") == "gold" and customer.credit_limit > 0', scope)
    assert expression.reads.refs == {"order.customer"}
    _, v = shop.order(first)
    row = {"sku": "b", "presale": True}
    assert compile_python(expression)(row, v) is evaluate(expression, row, v)


def test_through_shows_its_source(shop):
    expression = checked("customer . credit_limit", shop.scope)
    assert isinstance(expression.root, Through)
    assert expression.text(expression.root) == "customer . credit_limit"
    assert expression.type.kind is Kind.MONEY


def test_a_record_may_come_through_a_ref_and_be_missing():
    entity = RefScope({"home": optional(record("home", {"since": DATETIME}))})
    scope = Scope("order", {"customer": ref("customer")}, around=Surroundings(refs={"customer": entity}))
    fault = only(analyse("customer.home.since < now", scope))
    assert fault.message == "`customer.home` may be missing; test it first"
    checked("customer.home is not None and customer.home.since < now", scope)
