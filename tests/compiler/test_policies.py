"""Warehouses, pools, allocation, tables, promises, queues: what they compile to, and one fault at a time."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.diagnostics import Diagnostic
from orderflow.expr.types import DECIMAL, TEXT_TYPE, Kind, Type, optional
from orderflow.model.definition import Definition

WORLD = Path(__file__).parent / "world"
Change = Callable[..., Compiled]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Compile the sound rule set with one piece of text replaced; `(file, old, new)`."""

    def run(file: str = "order", old: str = "", new: str = "") -> Compiled:
        folder = tmp_path / "world"
        shutil.copytree(WORLD, folder, dirs_exist_ok=True)
        path = folder / f"{file}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return compile_folder("world")

    return run


@pytest.fixture(scope="module")
def sound() -> Definition:
    compiled = compile_folder(WORLD)
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    return compiled.definition


def pointed(item: Diagnostic, compiled: Compiled) -> str:
    """The text that a finding points at."""
    lines = compiled.sources[item.span.file].splitlines()
    assert item.span.line == item.span.end_line
    return lines[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]


def test_warehouses(sound: Definition) -> None:
    assert list(sound.warehouses) == ["hq", "hangzhou", "xihu"]
    xihu = sound.warehouses["xihu"]
    assert (xihu.level, xihu.parent, xihu.label) == ("forward", "hangzhou", "xihu")
    assert xihu.location == (Decimal("30.26"), Decimal("120.13"))
    assert (xihu.radius_km, xihu.cost) == (Decimal(50), Decimal(3))
    assert (sound.warehouses["hq"].radius_km, sound.warehouses["hq"].cost) == (None, Decimal(0))


def test_pools_see_the_row_and_the_record_around_it(sound: Definition) -> None:
    presale, promo = sound.pools.values()
    assert (presale.of, presale.label, promo.of) == ("order", "P", "order")
    assert presale.who.reads.paths == {"line.presale"}
    assert promo.who.reads.paths == {"order.channel"}


def test_allocation(sound: Definition) -> None:
    policy = sound.allocation["nearest"]
    assert (policy.of, policy.lines, policy.line_key) == ("order", "lines", "line_no")
    assert (policy.children, policy.child) == ("shipments", "shipment")
    assert (policy.rank, policy.split) == (("parcels", "distance_km", "cost"), True)
    assert (policy.carrier, policy.promise) == ("carrier", "standard")
    assert policy.near is not None
    assert policy.near.type == Type(Kind.LOCATION, optional=True)
    assert policy.candidates is not None
    assert "warehouse" in policy.candidates.reads.extra


def test_allocation_says_little(world: Change) -> None:
    compiled = world(
        "warehouses",
        """    of: order
    near: location
    candidates: reaches(warehouse, location) and warehouse.level in ["central", "forward"]
    rank: [parcels, distance_km, cost]
    split: allowed
    carrier: carrier
    promise: standard
promises:""",
        "promises:",
    )
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    policy = compiled.definition.allocation["nearest"]
    assert (policy.of, policy.lines, policy.split) == ("order", "lines", False)
    assert (policy.near, policy.candidates, policy.carrier, policy.promise) == (None, None, None, None)
    assert policy.rank == ("parcels", "distance_km", "cost")


def test_tables_convert_their_values(sound: Definition) -> None:
    carrier = sound.tables["carrier"]
    assert (carrier.of, carrier.hit) == ("shipment", "first")
    assert [dict(row.values) for row in carrier.rows] == [
        {"carrier": "ems", "days": 7},
        {"carrier": "yto", "days": 3},
    ]
    assert [row.when is None for row in carrier.rows] == [False, True]
    discounts = sound.tables["discounts"]
    assert [dict(row.values) for row in discounts.rows] == [
        {"percent": Decimal(5), "why": "d"},
        {"percent": Decimal("2.5")},
    ]


def test_an_output_is_as_wide_as_its_rows(sound: Definition) -> None:
    assert sound.tables["carrier"].gives == {
        "carrier": TEXT_TYPE,
        "days": Type(Kind.INTEGER, lo=3, hi=7),
    }
    assert sound.tables["discounts"].gives == {
        "percent": replace(DECIMAL, lo=Decimal("2.5"), hi=Decimal(5)),
        "why": optional(TEXT_TYPE),
    }


def test_values_of_every_type(world: Change) -> None:
    compiled = world(
        "tables",
        "tables:\n",
        """tables:
  kinds:
    of: order
    gives: {days: integer, on: date, fee: money, free: bool, within: duration}
    rows:
      - {when: region == "XJ", days: 2, on: 2026-02-03, fee: 1.5, free: true, within: 26h}
""",
    )
    assert compiled.definition is not None
    table = compiled.definition.tables["kinds"]
    assert dict(table.rows[0].values) == {
        "days": 2,
        "on": date(2026, 2, 3),
        "fee": Decimal("1.50"),
        "free": True,
        "within": timedelta(hours=26),
    }
    assert table.gives["fee"] == Type(Kind.MONEY, lo=Decimal("1.5"), hi=Decimal("1.5"), places=2, name="CNY")


def test_promises(sound: Definition) -> None:
    promise = sound.promises["standard"]
    assert (promise.of, promise.cutoff, promise.writes) == ("shipment", time(16), "promised_on")
    assert promise.start.reads.paths == {"order.paid_at"}
    assert promise.days.reads.tables == {"carrier"}
    assert promise.buffer is not None
    assert promise.buffer.type.optional


def test_queues_have_actions_and_tickets(sound: Definition) -> None:
    assert (sound.queues["big"].actions, sound.queues["big"].ticket) == (("tell_lead",), "ticket")
    assert "order.tell_lead" in sound.actions
    assert "customer.tell_sales" in sound.actions


FAULTS = [
    # file, old, new, code, message, what it points at
    ("warehouses", "parent: hq", "parent: qh", "OF101", "unknown warehouse `qh`", "qh"),
    ("warehouses", "parent: hangzhou", "parent: xihu", "OF107", "`xihu` would be above itself", "xihu"),
    ("warehouses", "level: central,", "parent: xihu,", "OF107", "would be above itself: `hq` > `xihu`", "xihu"),
    ("warehouses", "[27.99, 120.70]", "[120.70, 27.99]", "OF102", "no place lies at", "[120.70, 27.99]"),
    ("warehouses", "[27.99, 120.70]", "[27.99]", "OF102", "needs a latitude and a longitude", "[27.99]"),
    ("warehouses", "[27.99, 120.70]", "[1, 2, 3]", "OF102", "not 3 numbers", "[1, 2, 3]"),
    ("warehouses", "120.70]", "east]", "OF107", "must be a number", "east"),
    ("warehouses", "radius: 50km", "radius: 50", "OF107", "a distance such as `50km`", "50"),
    ("warehouses", "radius: 50km", "radius: 50mi", "OF102", "a distance such as `50km`", "50mi"),
    ("warehouses", "location: [30.26, 120.13], ", "", "OF107", "serves a radius around nowhere", "radius"),
    ("warehouses", "cost: 3", "cost: -3", "OF102", "a number, 0 or more", "-3"),
    ("warehouses", "who: line.presale", "who: line.presal", "OF101", "has no field `presal`", "presal"),
    ("warehouses", "who: line.presale", "who: line.quantity", "OF102", "where bool is needed", "line.quantity"),
    ("warehouses", "label: P, of: order,", "of: customer,", "OF107", "`customer` has no list `lines`", "customer"),
    ("warehouses", "label: P, of: order,", "of: ordr,", "OF101", "unknown entity `ordr`", "ordr"),
    ("warehouses", "near: location", "near: region", "OF102", "`region` is text, where location", "region"),
    ("warehouses", 'warehouse.level in ["central"', 'warehouse.level in ["centrl"', "OF101", "`centrl`", '"centrl"'),
    ("warehouses", "warehouse.level", "warehouse.levl", "OF101", "`levl`", "levl"),
    ("warehouses", "rank: [parcels,", "rank: [parcel,", "OF101", "`parcel` is not one of", "parcel"),
    ("warehouses", "rank: [parcels,", "rank: [cost,", "OF105", "`cost` stands twice in `rank`", "cost"),
    ("warehouses", "split: allowed", "split: alowed", "OF101", "`alowed` is not one of", "alowed"),
    ("warehouses", "of: order\n", "of: ordr\n", "OF101", "unknown entity `ordr`", "ordr"),
    ("warehouses", "of: order\n", "of: shipment\n", "OF107", "`shipment` records are children", "shipment"),
    ("warehouses", "of: order\n", "lines: linse\n", "OF107", "has a list `linse`", "nearest"),
    ("warehouses", "of: order\n", "of: order\n    lines: linse\n", "OF101", "unknown field `linse`", "linse"),
    ("warehouses", "of: order\n", "of: order\n    lines: region\n", "OF102", "the rows of `region` need", "region"),
    ("warehouses", "of: order\n", "of: customer\n", "OF107", "`customer` has no field `lines`", "customer"),
    ("warehouses", "carrier: carrier", "carrier: carier", "OF101", "unknown table `carier`", "carier"),
    ("warehouses", "carrier: carrier", "carrier: region_buffer", "OF102", "gives no text `carrier`", "region_buffer"),
    ("warehouses", "carrier: carrier", "carrier: discounts", "OF102", "is of `order`", "discounts"),
    ("warehouses", "promise: standard", "promise: standart", "OF101", "unknown promise `standart`", "standart"),
    ("warehouses", '"16:00"', '"25:00"', "OF102", "`cutoff` must be a local time", '"25:00"'),
    ("warehouses", "start: order.paid_at", "start: order.region", "OF102", "where datetime", "order.region"),
    ("warehouses", 'days: look_up("carrier", "days")', 'days: look_up("carrier", "carrier")', "OF102", "integer", ""),
    ("warehouses", "writes: promised_on", "writes: promised_no", "OF101", "unknown field `promised_no`", "promised_no"),
    ("warehouses", "writes: promised_on", "writes: placed_at", "OF102", "a date that may be missing", "placed_at"),
    ("order", "promised_on: {type: date,", "promised_on: {type: date, changes: never,", "OF209", "no promise can", ""),
    ("order", "    key: line_no\n", "", "OF107", "the rows of `lines` have no key", "order"),
    ("tables", "of: order\n", "of: ordr\n", "OF101", "unknown entity `ordr`", "ordr"),
    ("tables", "hit: first", "hit: frist", "OF101", "`frist` is not one of", "frist"),
    ("tables", "days: integer}\n    rows:\n      - {when: order.region", "days: integr}\n    rows:\n      - {when: order.region", "OF101", "`integr` is not one of", "integr"),
    ("tables", "carrier: ems, days: 7", "carier: ems, days: 7", "OF101", "unknown output `carier`", "carier"),
    ("tables", "carrier: ems, days: 7", "carrier: ems, days: seven", "OF102", "`days`", "seven"),
    ("tables", "when: 'order.region in", "wehn: 'order.region in", "OF101", "unknown key `wehn`", "wehn"),
    ("tables", "{otherwise: true, carrier: yto, days: 3}", "{carrier: yto, days: 3}", "OF107", "a row says `when`", "carrier"),
    ("tables", "otherwise: true, carrier", "when: true, otherwise: true, carrier", "OF107", "not both", "otherwise"),
    ("tables", "{when: count(lines) > 3,", "{otherwise: true,", "OF107", "a table that collects", "otherwise"),
    ("tables", "when: 'order.region in [\"XJ\", \"XZ\"]', carrier", "otherwise: true, carrier", "OF107", "only the last row", "otherwise"),
    ("tables", "gives: {percent: decimal, why: text}", "gives: {}", "OF107", "`gives` is empty", "gives"),
    ("tables", "order.region == ", "order.regoin == ", "OF101", "`regoin`", "regoin"),
    ("queues", "do: [tell_lead]", "do: [tell_laed]", "OF101", "unknown action `tell_laed`", "tell_laed"),
    ("queues", "ticket: ticket", "ticket: tiket", "OF101", "unknown entity `tiket`", "tiket"),
    ("queues", "ticket: ticket", "ticket: shipment", "OF107", "`shipment` records are children", "shipment"),
    ("queues", "ticket: ticket", "ticket: customer", "OF107", "`customer` lacks `record`, `queue`", "customer"),
    ("ticket", "  opened_by: text\n", "", "OF107", "`ticket` lacks `opened_by`", "ticket"),
    ("ticket", "opened_by: text", "opened_by: date", "OF107", "`opened_by` of a ticket must be a text", "ticket"),
    ("ticket", "optional: true", "private: true", "OF107", "nothing gives `note` a value", "ticket"),
    ("queues", 'tier("customer_tier")', 'tier("customer_teir")', "OF101", "`customer_teir`", '"customer_teir"'),
    ("queues", 'has_tag("enthusiast")', 'has_tag("entusiast")', "OF101", "`entusiast`", '"entusiast"'),
    ("queues", 'collect("discounts")', 'collect("discount")', "OF101", "`discount`", '"discount"'),
    ("queues", "customer.spend_30d > 10", 'can_source("nearest")', "OF107", "cannot be asked here", ""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "message", "place"), FAULTS)
def test_a_fault(world: Change, file: str, old: str, new: str, code: str, message: str, place: str) -> None:
    compiled = world(file, old, new)
    assert compiled.definition is None
    assert [(item.code, message in item.message) for item in compiled.diagnostics] == [(code, True)], [
        item.message for item in compiled.diagnostics
    ]
    (found,) = compiled.diagnostics
    assert found.fix is not None
    assert found.fix.message
    if place:
        assert pointed(found, compiled) == place


def test_tables_that_ask_in_a_circle(world: Change) -> None:
    compiled = world(
        "tables",
        """      - {when: order.region == "XJ", days: 2}""",
        """      - {when: 'look_up("carrier", "days") == 7', days: 2}""",
    )
    assert compiled.diagnostics == ()
    compiled = world(
        "tables",
        """when: 'order.region in ["XJ", "XZ"]'""",
        """when: 'coalesce(look_up("region_buffer"), 0) == 2'""",
    )
    assert compiled.diagnostics == ()


def test_a_circle_of_tables_is_one_finding(world: Change, tmp_path: Path) -> None:
    world()
    path = tmp_path / "world" / "tables.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        """'order.region in ["XJ", "XZ"]'""", """'coalesce(look_up("region_buffer"), 0) == 2'"""
    )
    text = text.replace("""order.region == "XJ",""", """'look_up("carrier", "days") == 7',""")
    path.write_text(text, encoding="utf-8")
    compiled = compile_folder("world")
    (found,) = compiled.diagnostics
    assert found.code == "OF107"
    assert "circle" in found.message
    assert found.message.count("`carrier`") + found.message.count("`region_buffer`") == 3


def test_every_circle_of_tables_is_found(world: Change) -> None:
    circles = "".join(
        f"""  {name}:
    of: order
    gives: {{n: integer}}
    rows:
      - {{when: 'coalesce(look_up("{other}"), 0) == 1', n: 1}}
"""
        for name, other in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("e", "e"))
    )
    compiled = world("tables", "tables:\n", f"tables:\n{circles}")
    assert sorted(item.message.partition(":")[0] for item in compiled.diagnostics) == [
        "tables ask in a circle",
        "tables ask in a circle",
        "the table would ask itself",
    ]


def test_several_faults_come_at_once(world: Change, tmp_path: Path) -> None:
    world("warehouses", "parent: hq", "parent: qh")
    for file, old, new in (
        ("tables", "hit: first", "hit: frist"),
        ("queues", "ticket: ticket", "ticket: tiket"),
        ("warehouses", "promise: standard", "promise: standart"),
    ):
        path = tmp_path / "world" / f"{file}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = {(item.code, item.span.file, item.span.line) for item in compile_folder("world").diagnostics}
    assert found == {
        ("OF101", "world/warehouses.yaml", 3),
        ("OF101", "world/warehouses.yaml", 16),
        ("OF101", "world/tables.yaml", 4),
        ("OF101", "world/queues.yaml", 2),
    }
