"""Aggregates, tiers and tags: what they compile to, and one fault at a time."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.diagnostics import Diagnostic
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Entity

WORLD = Path(__file__).parent / "world"
Change = Callable[[str, str], Compiled]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Compile the sound rule set with one piece of text in customer.yaml replaced."""

    def run(old: str, new: str) -> Compiled:
        shutil.copytree(WORLD, tmp_path / "world")
        path = tmp_path / "world" / "customer.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return compile_folder("world")

    return run


@pytest.fixture(scope="module")
def customer() -> Entity:
    compiled = compile_folder(WORLD)
    assert compiled.definition is not None
    return compiled.definition.entities["customer"]


def pointed(item: Diagnostic, compiled: Compiled) -> str:
    """The text that a finding points at."""
    lines = compiled.sources[item.span.file].splitlines()
    assert item.span.line == item.span.end_line
    return lines[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]


def test_an_aggregate_that_rolls(customer: Entity) -> None:
    spent = customer.aggregates["spend_30d"]
    assert (spent.of, spent.by, spent.op) == ("order", "customer", "sum")
    assert (spent.over, spent.days) == (timedelta(days=30), None)
    assert spent.at.source == "paid_at"
    assert spent.where is not None
    assert spent.value is not None
    assert spent.value.reads.fields == {"amount"}
    assert spent.type == Type(Kind.MONEY, places=2, name="CNY")


def test_an_aggregate_of_local_days(customer: Entity) -> None:
    today = customer.aggregates["orders_today"]
    assert (today.op, today.over, today.days) == ("count", None, 1)
    assert today.value is not None
    assert today.value.source == "True"
    assert today.type == Type(Kind.INTEGER, lo=0)


def test_an_aggregate_of_everything(customer: Entity) -> None:
    streak = customer.aggregates["exhaust_streak"]
    assert (streak.op, streak.over, streak.days) == ("streak", None, None)


@pytest.mark.parametrize(
    ("said", "type_"),
    [
        ("sum: count(lines)", Type(Kind.INTEGER, lo=0)),
        ("distinct: region", Type(Kind.INTEGER, lo=0)),
        ("min: count(lines)", Type(Kind.INTEGER, optional=True, lo=1, hi=10_000)),
        ("max: count(lines) // 2", Type(Kind.INTEGER, optional=True, lo=0, hi=5_000)),
    ],
)
def test_the_type_of_what_is_worked_out(world: Change, said: str, type_: Type) -> None:
    compiled = world("aggregates:\n", f"aggregates:\n  more: {{of: order, at: placed_at, {said}}}\n")
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    assert compiled.definition.entities["customer"].aggregates["more"].type == type_


def test_a_tier(customer: Entity) -> None:
    tier = customer.tiers["customer_tier"]
    assert [(level.name, level.label, level.at_least) for level in tier.levels] == [
        ("diamond", "Diamond", Decimal(5000)),
        ("gold", "gold", Decimal(2000)),
        ("basic", "basic", None),
    ]
    assert tier.of.reads.aggregates == {"customer.spend_30d"}


def test_a_tier_may_be_chosen_by_whole_numbers(world: Change) -> None:
    compiled = world("of: spend_30d", "of: orders_today + 1")
    assert compiled.definition is not None
    levels = compiled.definition.entities["customer"].tiers["customer_tier"].levels
    assert [level.at_least for level in levels] == [5000, 2000, None]
    assert all(type(level.at_least) is int for level in levels[:2])


def test_a_tag(customer: Entity) -> None:
    tag = customer.tags["enthusiast"]
    assert (tag.on_set, tag.on_clear) == (("tell_sales",), ())
    assert tag.when.reads.aggregates == {"customer.exhaust_streak"}


FAULTS = [
    # old, new, code, message, what it points at
    ("of: order, at: paid_at", "of: ordr, at: paid_at", "OF101", "unknown entity `ordr`", "ordr"),
    ("at: paid_at", "at: paidat", "OF101", "`paidat`", "paidat"),
    ("at: paid_at", "at: region", "OF102", "where datetime or missing is needed", "region"),
    ("at: paid_at", "at: now", "OF106", "an aggregate reads no clock", "now"),
    ("count: true", "count: age(placed_at) > hours(1)", "OF106", "reads no clock", "age(placed_at) > hours(1)"),
    ('where: \'not is_in("cancelled")\'', "where: channel", "OF102", "where bool is needed", "channel"),
    ('is_in("cancelled")', 'is_in("canceled")', "OF101", "unknown state `canceled`", '"canceled"'),
    ('"coalesce(amount, 0)"', "amount", "OF103", "`sum` needs a value that is always there", "amount"),
    ('"coalesce(amount, 0)"', "region", "OF102", "`sum` needs a number", "region"),
    ('"coalesce(amount, 0)"', "customer.credit_limit", "OF10", "`customer", ""),
    ("count: true", "distinct: lines", "OF102", "`distinct` needs a single value", "lines"),
    ("count: true, ", "", "OF107", "`orders_today` does not say what it works out", "orders_today"),
    ("count: true", "count: true, sum: count(lines)", "OF107", "has both `sum` and `count`", "count"),
    ("over: 30d", "over: 0s", "OF102", "`over` must be longer than nothing", "0s"),
    ("over: 30d", "over: 30d, days: 3", "OF107", "has both `over`", "days"),
    ("days: 1", "days: 0", "OF102", "`days` must be a whole", "0"),
    ("days: 1", "days: 4000", "OF102", "`days` must be a whole number from 1 to", "4000"),
    ("at: placed_at, count", "by: customr, at: placed_at, count", "OF101", "unknown field `customr`", "customr"),
    ("at: placed_at, count", "by: region, at: placed_at, count", "OF102", "`region` does not refer", "region"),
    ("of: order, at: placed_at, count", "of: ticket, at: None, count", "OF107", "no field of `ticket` refers", "ticket"),
    ("orders_today:", "credit_limit:", "OF105", "`credit_limit` already means a field", "credit_limit"),
    ("orders_today:", "now:", "OF105", "`now` already means", "now"),
    ("of: spend_30d", "of: spend_30", "OF101", "`spend_30`", "spend_30"),
    ("of: spend_30d", "of: customer_id", "OF102", "a tier is chosen by a number", "customer_id"),
    ("of: spend_30d", 'of: "0 if now > now else 1"', "OF106", "a tier reads no clock", '"0 if now > now else 1"'),
    ("at_least: 2000", "at_lest: 2000", "OF101", "unknown key `at_lest`", "at_lest"),
    ("of: spend_30d", "of: orders_today", "", "", ""),
    ("when: exhaust_streak >= 3", "when: exhaust_streak", "OF102", "where bool is needed", "exhaust_streak"),
    ("when: exhaust_streak >= 3", "when: exhaust_strak >= 3", "OF101", "`exhaust_strak`", "exhaust_strak"),
    ("on_set: [tell_sales]", "on_set: [tell_sale]", "OF101", "unknown action `tell_sale`", "tell_sale"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "message", "place"), FAULTS)
def test_a_fault(world: Change, old: str, new: str, code: str, message: str, place: str) -> None:
    compiled = world(old, new)
    if not code:
        assert compiled.diagnostics == ()
        return
    assert compiled.definition is None
    assert [(item.code[: len(code)], message in item.message) for item in compiled.diagnostics] == [
        (code, True)
    ], [item.message for item in compiled.diagnostics]
    (found,) = compiled.diagnostics
    assert found.fix is not None
    assert found.fix.message
    if place:
        assert pointed(found, compiled) == place


def test_a_tier_of_whole_numbers_has_whole_levels(world: Change) -> None:
    compiled = world("of: spend_30d\n    levels:\n      diamond: {label: Diamond, at_least: 5000}", "of: orders_today\n    levels:\n      diamond: {label: Diamond, at_least: 5000.5}")  # fmt: skip
    (found,) = compiled.diagnostics
    assert (found.code, pointed(found, compiled)) == ("OF102", "5000.5")


def test_only_root_records_have_a_history(tmp_path: Path) -> None:
    folder = shutil.copytree(WORLD, tmp_path / "world")
    with (folder / "shipment.yaml").open("a", encoding="utf-8") as file:
        file.write("tags:\n  heavy: {when: true}\n")
    (found,) = compile_folder(folder).diagnostics
    assert found.code == "OF107"
    assert "`tags` stand on records without a parent" in found.message


def test_several_refs_ask_for_by(tmp_path: Path) -> None:
    folder = shutil.copytree(WORLD, tmp_path / "world")
    path = folder / "order.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "fields:\n  order_id", "fields:\n  giver: {type: ref customer, optional: true}\n  order_id"
        )
    )
    found = compile_folder(folder).diagnostics
    assert {item.message for item in found if item.code == "OF107"} >= {
        "several fields of `order` refer to `customer`"
    }
