"""Scenarios with other records, holds and pools: what they compile to, and one fault at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.compiler.scenario import Scenario
from orderflow.diagnostics import Diagnostic

WORLD = Path(__file__).parent / "world"
Change = Callable[..., Compiled]

ARRIVAL = '\narrival:\n  in_stock: {label: There, when: can_source("nearest")}\n'
STORY = """\
base:
  of: order
  now: 2026-02-03T09:00:00
  submit_as: clerk
  given:
    customer: C1
    region: XJ
    channel: shop
    placed_at: 2026-02-03T09:00:00
    lines:
      - {line_no: 1, sku: A, quantity: 2, category: brake}
  stock:
    hq: {A: 3}
  pools:
    hq: {presale: {A: 2}}
tests:
  - name: others come first
    given: {order_id: O1}
    others:
      - entity: customer
        given: {customer_id: C1, credit_limit: 5}
      - entity: order
        id: O2
        submit_as: lead
        given:
          customer: C2
          region: XJ
          channel: douyin
          placed_at: 2026-02-03T08:00:00
          paid_at: 2026-02-03T08:00:00
          lines:
            - {line_no: 1, sku: A, quantity: 1, category: brake}
    expect: {holds: [], tags: [], parcels: []}
    steps:
      - hold: manual
        as: clerk
        reason: calls back
        expect: {holds: [manual]}
      - {release: manual, as: clerk}
      - send: take_out
        data: {rows: [{line_no: 1, sku: A, quantity: 1, category: brake}]}
      - send: ship
        on: O2/shipments/1
        expect: {state: gone, parcels: [hq]}
      - {send: ship, on: O2, to: shipments 1, expect: {refused: true}}
      - update: {credit_limit: 7}
        on: C1
        expect: {state: active, fields: {credit_limit: 7}, tags: []}
      - update: {credit_limit: 8}
        on: C2
"""


def write(folder: Path, old: str, new: str) -> None:
    assert old in STORY
    (folder / "story.test.yaml").write_text(STORY.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Compile the sound rule set with the story, one piece of it replaced."""

    def run(old: str = "", new: str = "") -> Compiled:
        shutil.copytree(WORLD, tmp_path / "world")
        with (tmp_path / "world" / "order.yaml").open("a", encoding="utf-8") as order:
            order.write(ARRIVAL)
        write(tmp_path / "world", old, new)
        monkeypatch.chdir(tmp_path)
        return compile_folder("world")

    return run


@pytest.fixture
def scenario(story: Change) -> Scenario:
    compiled = story()
    assert [item.message for item in compiled.diagnostics] == []
    (made,) = compiled.scenarios
    return made


def pointed(item: Diagnostic, compiled: Compiled) -> str:
    """The text that a finding points at."""
    lines = compiled.sources[item.span.file].splitlines()
    assert item.span.line == item.span.end_line
    return lines[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]


def test_stock_and_pools(scenario: Scenario) -> None:
    assert scenario.stock == {("hq", "A"): 3}
    assert scenario.pools == {("hq", "presale", "A"): 2}


def test_others(scenario: Scenario) -> None:
    customer, order = scenario.others
    assert (customer.entity, customer.id, customer.submit_as) == ("customer", "", "")
    assert customer.given == {"customer_id": "C1", "credit_limit": 5}
    assert (order.entity, order.id, order.submit_as) == ("order", "O2", "lead")


def test_steps(scenario: Scenario) -> None:
    steps = [(step.kind, step.name, step.on, step.to, step.role, step.reason) for step in scenario.steps]
    assert steps == [
        ("hold", "manual", "", "", "clerk", "calls back"),
        ("release", "manual", "", "", "clerk", ""),
        ("send", "take_out", "", "", "", ""),
        ("send", "ship", "O2", "shipments/1", "", ""),
        ("send", "ship", "O2", "shipments/1", "", ""),
        ("update", "", "C1", "", "", ""),
        ("update", "", "C2", "", "", ""),
    ]
    assert scenario.steps[2].data["rows"] == [{"line_no": 1, "sku": "A", "quantity": 1, "category": "brake"}]


def test_expectations(scenario: Scenario) -> None:
    assert scenario.expect is not None
    assert (scenario.expect.holds, scenario.expect.tags, scenario.expect.parcels) == ((), (), ())
    held = scenario.steps[0].expect
    assert held is not None
    assert (held.holds, held.tags, held.parcels) == (("manual",), None, None)


def test_a_base_of_another_entity_gives_nothing(story: Change) -> None:
    more = "  - {name: a customer, of: customer, given: {customer_id: C9}}\n"
    compiled = story("tests:\n", f"tests:\n{more}")
    assert compiled.diagnostics == ()
    assert compiled.scenarios[0].given == {"customer_id": "C9"}
    assert compiled.scenarios[0].stock == {("hq", "A"): 3}


FAULTS = [
    # old, new, code, message, what it points at
    ("hq: {presale: {A: 2}}", "hq: {presal: {A: 2}}", "OF101", "unknown pool `presal`", "presal"),
    ("hq: {presale: {A: 2}}", "qh: {presale: {A: 2}}", "OF101", "unknown warehouse `qh`", "qh"),
    ("hq: {presale: {A: 2}}", "hq: {presale: {A: -2}}", "OF102", "0 or more", "-2"),
    ("entity: customer", "entity: custmer", "OF101", "unknown entity `custmer`", "custmer"),
    ("entity: customer\n", "entity: shipment\n", "OF101", "unknown entity `shipment`", "shipment"),
    ("credit_limit: 5", "credit_limt: 5", "OF101", "unknown field `credit_limt`", "credit_limt"),
    ("credit_limit: 5", "credit_limit: much", "OF102", "`credit_limit`", "much"),
    ("          region: XJ\n", "", "OF107", "a submit of `order` needs `region`", "entity"),
    ("submit_as: lead", "submit_as: laed", "OF101", "unknown role `laed`", "laed"),
    ("      - entity: customer\n        given:", "      - given:", "OF107", "`entity` is missing here", "given"),
    ("- hold: manual", "- hold: manul", "OF101", "unknown hold `manul`", "manul"),
    ("release: manual", "release: manul", "OF101", "unknown hold `manul`", "manul"),
    ("holds: [manual]", "holds: [manul]", "OF101", "unknown hold `manul`", "manul"),
    ("credit_limit: 7}, tags: []", "credit_limit: 7}, tags: [entusiast]", "OF101", "unknown tag `entusiast`", "entusiast"),
    ("parcels: [hq]", "parcels: [qh]", "OF101", "unknown warehouse `qh`", "qh"),
    ("parcels: [hq]", "plan: {carier: x}", "OF101", "unknown part of a plan `carier`", "carier"),
    ("parcels: [hq]", "plan: {warehouse: qh}", "OF101", "unknown warehouse `qh`", "qh"),
    ("credit_limit: 7}, tags: []", "credit_limit: 7}, plan: {warehouse: hq}", "OF107", "no plan makes the `customer` records", "plan"),
    ("parcels: [hq]", "arrival: {in_stok: true}", "OF101", "unknown check on arrival `in_stok`", "in_stok"),
    ("parcels: [hq]", "arrival: {in_stock: much}", "OF107", "`true` or `false`", "much"),
    ("on: O2/shipments/1", "on: O3/shipments/1", "OF101", "unknown record `O3`", "O3"),
    ("on: O2/shipments/1", "on: O2/shipment/1", "OF101", "unknown kind of children `shipment`", "shipment"),
    ("on: O2/shipments/1", "on: O2/shipments/one", "OF102", "`on` must name a record", "O2/shipments/one"),
    ("on: O2, to: shipments 1", "on: O2/shipments/1, to: shipments 1", "OF107", "`on` names a child already", "shipments 1"),
    ("send: ship\n        on: O2/shipments/1", "send: shp\n        on: O2/shipments/1", "OF101", "unknown event `shp`", "shp"),
    ("update: {credit_limit: 8}", "update: {region: 8}", "OF101", "unknown field `region`", "region"),
    ("state: active", "state: placed", "OF101", "unknown state `placed`", "placed"),
    ("data: {rows: [{line_no: 1, sku: A, quantity: 1,", "data: {rows: [{line_no: 1, sku: A, quantiy: 1,", "OF101", "unknown field `quantiy`", "quantiy"),
    ("data: {rows: [{line_no: 1, sku: A, quantity: 1,", "data: {rows: [{line_no: 1, sku: A, quantity: 0,", "OF102", "quantity", "0"),
    ("- {release: manual, as: clerk}", "- {release: manual, hold: manual}", "OF107", "a step is one of", "release"),
    ("given: {order_id: O1}", "given: {order_id: O1, customer: [C1]}", "OF102", "customer", "[C1]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "message", "place"), FAULTS)
def test_a_fault(story: Change, old: str, new: str, code: str, message: str, place: str) -> None:
    compiled = story(old, new)
    assert compiled.definition is None
    assert [(item.code, message in item.message) for item in compiled.diagnostics] == [(code, True)], [
        item.message for item in compiled.diagnostics
    ]
    (found,) = compiled.diagnostics
    assert found.fix is not None
    assert found.fix.message
    if place:
        assert pointed(found, compiled) == place


def test_a_hold_that_nobody_knows_may_be_expected(story: Change) -> None:
    compiled = story("- hold: manual\n        as: clerk\n        reason: calls back\n        expect: {holds: [manual]}", "- hold: credit\n        expect: {refused: hold_unknown}")  # fmt: skip
    assert compiled.diagnostics == ()
