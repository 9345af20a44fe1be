import pickle
from dataclasses import replace

import pytest

from orderflow.diagnostics.message import Message
from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import (
    BOOL,
    DATE,
    DECIMAL,
    INTEGER,
    TEXT_TYPE,
    Kind,
    Type,
    choice,
    describe,
    list_of,
    money,
    optional,
    ref,
)


def only(found: Expression | list[Fault]) -> Fault:
    """The one fault."""
    assert isinstance(found, list)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("source", "marked", "replacement"),
    [
        ("amount_payd > 0", "amount_payd", "amount_paid"),
        ('channel == "duoyin"', '"duoyin"', '"douyin"'),
        ('"duoyin" == channel', '"duoyin"', '"douyin"'),
        ('channel in ["taobao", "duoyin"]', '"duoyin"', '"douyin"'),
        ('is_in("piad")', '"piad"', '"paid"'),
        ('some(shipments, is_in("shiped"))', '"shiped"', '"shipped"'),
        ("order.amount_payd > 0", "amount_payd", "amount_paid"),
        ("event.amont > 0", "amont", "amount"),
        ("address.cty == title", "cty", "city"),
        ("any(lines, quantit > 1)", "quantit", "quantity"),
        ('coalesc(note, "") == title', "coalesc", "coalesce"),
        ("len(title) > 1", "len", "length"),
        ("credit_limit > 1", "credit_limit", "account.credit_limit"),
        ("now() > placed_at", "now()", "now"),
        ("实收 > 0", "实收", "实收金额"),
    ],
)
def test_an_unknown_name_brings_the_nearest_one(shop, source, marked, replacement):
    fault = only(analyse(source, shop.scope))
    assert (fault.code, source[fault.start : fault.end], fault.replacement) == ("OF101", marked, replacement)
    repaired = source[: fault.start] + replacement + source[fault.end :]
    assert isinstance(analyse(repaired, shop.scope), Expression)


def test_messages_use_the_words_of_the_rules(shop):
    assert only(analyse('channel == "duoyin"', shop.scope)) == Fault(
        "OF101",
        Message("`duoyin` is not one of the options of `channel`"),
        11,
        19,
        Message("replace with `douyin`"),
        '"douyin"',
        Message("not an option"),
    )
    assert only(analyse('is_in("zzz")', shop.scope)).message == "unknown state `zzz`"
    assert only(analyse("paid_at < now", shop.scope)).message == "`paid_at` may be missing; test it first"
    assert only(analyse("paid_at < now", shop.scope)).fix_message == "write `paid_at is not None and ...`"
    whole = only(analyse("paid_at", shop.scope, Kind.DATETIME))
    assert whole.fix_message == "say what stands there instead: `coalesce(paid_at, ...)`"


@pytest.mark.parametrize(
    ("source", "marked", "fix"),
    [
        ("title > 1", "title > 1", "compare values of one kind"),
        ("gift == 1", "gift == 1", "compare values of one kind"),
        ('title < "b"', 'title < "b"', "use `==`, `!=` or `in`"),
        ("ordered_on < placed_at", "placed_at", "write `day(placed_at)`"),
        ("paid_at == None", "paid_at == None", "replace with `paid_at is None`"),
        ("None and gift", "None", "compare with `is None` or `is not None`"),
        ("amount_paid and gift", "amount_paid", "write a comparison, such as `amount_paid > 0`"),
        ("not qty", "qty", "write a comparison, such as `qty > 0`"),
        ('title + "x" == title', 'title + "x"', "join texts in a text with `{...}` in it"),
        ("placed_at + 2 < now", "placed_at + 2", "write the number as a duration, such as `hours(2)`"),
        (
            "today + hours(2) > today",
            "today + hours(2)",
            "move a date by whole days: `days(n)` with an integer",
        ),
        ("amount_due * amount_paid > 1", "amount_due * amount_paid", "multiply money by a number"),
        ("any(shipments, gift)", "any", "replace `any` with `some`"),
        ("all(shipments, gift)", "all", "replace `all` with `all_live`"),
        ("some(lines, presale)", "some", "replace `some` with `any`"),
        ("any(tags, gift)", "tags", "ask with `in`"),
        ("shipments == title", "shipments", "look at them by a function, such as `count(shipments)`"),
        ("is_in(paid)", "paid", 'replace with `"paid"`'),
        ("age(ordered_on) > wait", "ordered_on", "write `today - ordered_on`"),
        ("day(ordered_on) == today", "day(ordered_on)", "write `ordered_on` alone"),
        ("round(rate, qty) > 1", "qty", "write it like `round(amount, 2)`"),
        ("age() > wait", "age()", "write it like `age(paid_at) > hours(24)`"),
        ("sum(lines, sku) > 1", "sku", "write it like `sum(lines, quantity)`"),
        ("(1 if gift else title) == 1", "1 if gift else title", "give values of one kind"),
        ("-title == title", "-title", "use a number or a duration"),
        ("lines == lines", "lines == lines", "compare values of one kind"),
        ("tags == title", "tags == title", "compare values of one kind"),
        ("title in address", "address", "write a list, such as `in [a, b]`"),
        ("qty in tags", "qty in tags", "compare values of one kind"),
    ],
)
def test_kinds_that_do_not_go_together(shop, source, marked, fix):
    fault = only(analyse(source, shop.scope))
    assert (fault.code, source[fault.start : fault.end], fault.fix_message) == ("OF102", marked, fix)


def test_all_faults_are_told_at_once_in_order(shop):
    source = 'amount_payd > 0 and paid_at < now and channel == "duoyin" and title > 1 and is_in("nowhere")'
    found = analyse(source, shop.scope)
    assert isinstance(found, list)
    assert [fault.code for fault in found] == ["OF101", "OF103", "OF101", "OF102", "OF101"]


def test_one_mistake_is_told_once(shop):
    assert only(analyse("amount_payd + 1 > amount_due * 2 - qty", shop.scope)).code == "OF101"


@pytest.mark.parametrize(
    ("source", "kind", "places"),
    [
        ("qty + stock", "integer", 0),
        ("qty / stock if stock != 0 else 0", "decimal", 6),
        ("amount_due - amount_paid", "money", 2),
        ("amount_due + 1", "money", 2),
        ("amount_due + 0.05", "money", 2),
        ("amount_due - -0.05", "money", 2),
        ("amount_due + 0.001", "decimal", 3),
        ("amount_due + qty", "decimal", 2),
        ("amount_due + rate", "decimal", 6),
        ("amount_due * qty", "money", 2),
        ("qty * amount_due", "money", 2),
        ("amount_due * 0.3", "decimal", 3),
        ("amount_due / 3", "decimal", 6),
        ("amount_due / 0.5", "decimal", 6),
        ("amount_due / (amount_paid + 1)", "decimal", 6),
        ("amount_due // 3", "integer", 0),
        ("amount_due % 3", "money", 2),
        ("rate % 3", "decimal", 6),
        ("round(amount_due * 0.3, 2)", "decimal", 2),
        ("round(amount_due, 1)", "money", 2),
        ("min(amount_due, 100)", "money", 2),
        ("coalesce(discount, 0)", "money", 2),
        ("coalesce(points, 0.5)", "decimal", 1),
        ("amount_due if gift else 0", "money", 2),
        ("sum(lines, unit_price)", "money", 2),
        ("sum(lines, quantity * unit_price)", "money", 2),
        ("count(lines)", "integer", 0),
        ("placed_at - now", "duration", 0),
        ("today - ordered_on", "duration", 0),
        ("today + (today - ordered_on)", "date", 0),
        ("placed_at + wait * 2", "datetime", 0),
        ("wait / hours(1)", "decimal", 6),
        ("latest(lines, made_on)", "date or missing", 0),
        ("latest(shipments, scanned_at)", "datetime or missing", 0),
        ('reached_at("paid")', "datetime or missing", 0),
        ("lines", "list of line", 0),
        ('"a" if gift else title', "text", 0),
        ("customer", "ref customer", 0),
    ],
)
def test_the_table_of_types(shop, source, kind, places):
    found = analyse(source, shop.scope)
    assert isinstance(found, Expression), found
    assert (describe(found.type), found.type.places) == (kind, places)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("qty", money()),
        ("qty", DECIMAL),
        ("round(amount_due * 0.3, 2)", money()),
        ("amount_due", DECIMAL),
        ('"gold" if gift else "basic"', choice("gold", "basic", "silver")),
        ("channel", choice("douyin", "taobao", "offline", "pos")),
        ("channel", TEXT_TYPE),
        ("customer", ref("customer")),
        ("paid_at", optional(Type(Kind.DATETIME))),
        ("None", optional(Type(Kind.DATETIME))),
        ("lines", Kind.LIST),
        ("tags", list_of(TEXT_TYPE)),
        ("gift", Kind.BOOL),
        ("channel", Kind.TEXT),
    ],
)
def test_what_fits_a_field(shop, source, expected):
    assert isinstance(analyse(source, shop.scope, expected), Expression)


@pytest.mark.parametrize(
    ("source", "expected", "code", "replacement"),
    [
        ("amount_due * 0.3", money(), "OF102", "round(amount_due * 0.3, 2)"),
        ("rate", INTEGER, "OF102", None),
        ("placed_at", DATE, "OF102", "day(placed_at)"),
        ("paid_at", Type(Kind.DATETIME), "OF103", None),
        ('"glod" if gift else "basic"', choice("gold", "basic"), "OF101", '"gold"'),
        ("channel", choice("douyin", "taobao"), "OF102", None),
        ("title", choice("gold"), "OF102", None),
        ("amount_due", Kind.BOOL, "OF102", None),
        ("customer", ref("carrier"), "OF102", None),
        ("event.number", ref("customer"), "OF102", None),
        ("None", BOOL, "OF102", None),
    ],
)
def test_what_does_not_fit_a_field(shop, source, expected, code, replacement):
    fault = only(analyse(source, shop.scope, expected))
    assert (fault.code, fault.replacement) == (code, replacement)


def test_names_of_rows_hide_outer_ones_which_stay_in_reach(shop):
    found = analyse(
        "any(lines, coalesce(weight, 0) > rate and order.weight is not None and line.sku == title)",
        shop.scope,
    )
    assert isinstance(found, Expression)
    assert found.reads.paths >= {
        "line.weight",
        "order.weight",
        "line.sku",
        "order.title",
        "order.rate",
        "order.lines",
    }


def test_reads_say_what_must_be_known(shop):
    found = analyse(
        'event.amount > 0 and account.credit_limit > amount_due and age(placed_at) > wait and some(shipments, boxes > sequence and is_in("picking")) and is_open()',
        shop.scope,
    )
    assert isinstance(found, Expression)
    reads = found.reads
    assert reads.fields == {"amount_due", "placed_at", "wait"}
    assert (reads.parent, reads.event, reads.children, reads.extra) == (
        frozenset({"credit_limit"}),
        frozenset({"amount"}),
        frozenset({"shipments"}),
        frozenset({"sequence"}),
    )
    assert reads.clock
    assert reads.state
    assert "shipment.boxes" in reads.paths
    other = analyse('some(shipments, is_in("picking"))', shop.scope)
    assert isinstance(other, Expression)
    assert not other.reads.state
    assert not other.reads.clock


def test_a_row_may_have_expressions_of_its_own(shop):
    lines = shop.scope.fields["lines"].item
    assert lines is not None
    row = Scope("line", dict(lines.fields), outer=shop.scope)
    found = analyse('quantity > 1 and order.qty > quantity and not is_in("cancelled")', row)
    assert isinstance(found, Expression)
    assert found.depth == 1
    assert found.reads.fields == {"quantity"}


def test_in_a_lenient_scope_a_missing_value_is_no_fault(shop):
    assert isinstance(analyse("paid_at - placed_at", shop.lenient), Expression)
    assert only(analyse("1 / stock", shop.lenient)).code == "OF103"


def test_there_may_be_no_event(shop):
    fault = only(analyse("event.amount > 1", replace(shop.scope, event=None)))
    assert fault.message == "there is no event here"


def test_an_expression_is_data(shop):
    found = analyse(
        'some(shipments, reached("shipped")) and sum(lines, unit_price) > 0.5 and paid_at is not None',
        shop.scope,
    )
    assert isinstance(found, Expression)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(pickle.loads(pickle.dumps(found)))
