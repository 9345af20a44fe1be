"""The runner of scenarios: other records, holds, pools, and what it says of an expectation that is not met."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.compiler.load import compile_folder
from orderflow.engine.link import link
from orderflow.service.scenarios import ScenarioResult, run_scenarios

WORLD = Path(__file__).parents[1] / "compiler" / "world"
HEAD = """\
base:
  of: order
  now: 2026-02-03T09:00:00
  submit_as: clerk
  given:
    order_id: O1
    customer: C1
    region: XJ
    channel: shop
    placed_at: 2026-02-03T09:00:00
    lines: [{line_no: 1, sku: A, quantity: 2, category: exhaust}]
tests:
  - name: story
"""
OTHER = """\
        given:
          customer: C1
          region: XJ
          channel: shop
          placed_at: 2026-02-03T08:00:00
          lines: [{line_no: 1, sku: A, quantity: 1, category: exhaust}]
"""
PLANNED = "given: {paid_at: 2026-02-03T09:00:00}\nstock: {hq: {A: 5}}\n"
Tell = Callable[[str], ScenarioResult]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Run one scenario, given as the lines below its name."""

    def run(story: str) -> ScenarioResult:
        folder = shutil.copytree(WORLD, tmp_path / "world", dirs_exist_ok=True)
        with (folder / "order.yaml").open("a", encoding="utf-8") as order:
            order.write('\narrival:\n  in_stock: {label: There, when: can_source("nearest")}\n')
        lines = "".join(f"    {line}\n" for line in story.strip("\n").splitlines())
        (folder / "story.test.yaml").write_text(HEAD + lines, encoding="utf-8")
        compiled = compile_folder(folder)
        assert [item.message for item in compiled.diagnostics] == []
        assert compiled.definition is not None
        (result,) = run_scenarios(link(compiled.definition), compiled.scenarios)
        return result

    return run


def messages(result: ScenarioResult) -> list[str]:
    return [failure.message for failure in result.failures]


def test_others_are_submitted_first(tell: Tell) -> None:
    result = tell(
        "others:\n"
        + "  - {entity: customer, given: {customer_id: C1, credit_limit: 9}}\n"
        + "".join(f"  - entity: order\n    id: O{number}\n{_less(OTHER)}" for number in (7, 8))
        + """
steps:
  - wait: 1s
    on: C1
    expect: {state: active, fields: {credit_limit: 9}, tags: [enthusiast], did: [tell_sales]}
"""
    )
    assert messages(result) == []


def _less(text: str) -> str:
    return "".join(line[4:] + "\n" for line in text.splitlines())


def test_a_record_that_the_engine_made_may_be_named(tell: Tell) -> None:
    assert (
        messages(tell("steps:\n  - {update: {credit_limit: 7}, on: C1, expect: {fields: {credit_limit: 7}}}"))
        == []
    )


def test_what_another_record_did_is_not_told_of_this_one(tell: Tell) -> None:
    result = tell(
        f"""
stock: {{hq: {{A: 5}}}}
others:
  - entity: order
    id: O2
{_less(OTHER)}
expect: {{state: placed, took: []}}
steps:
  - {{update: {{paid_at: 2026-02-03T09:30:00}}, on: O2, expect: {{state: reserved, took: [allocate], parcels: [hq]}}}}
  - {{update: {{paid_at: 2026-02-03T09:30:00}}, expect: {{took: [allocate], parcels: [hq]}}}}
  - {{send: ship, on: O2/shipments/1, expect: {{state: done, took: [ship, finish]}}}}
  - {{send: ship, to: shipments 1, expect: {{state: done}}}}
"""
    )
    assert messages(result) == []
    assert result.took == {("order", "allocate"), ("order", "finish"), ("shipment", "ship")}


def test_a_hold(tell: Tell) -> None:
    result = tell(
        """
stock: {hq: {A: 5}}
steps:
  - {hold: manual, as: clerk, expect: {refused: reason}}
  - {hold: manual, as: lead, reason: why, expect: {refused: not_allowed}}
  - {hold: manual, as: clerk, reason: why, expect: {holds: [manual], state: placed}}
  - {update: {paid_at: 2026-02-03T09:30:00}, expect: {took: [], holds: [manual]}}
  - {release: manual, as: clerk, expect: {took: [allocate], holds: []}}
  - {release: manual, as: clerk, expect: {refused: not_held}}
"""
    )
    assert messages(result) == []


def test_pools(tell: Tell) -> None:
    paid = "given: {paid_at: 2026-02-03T09:00:00}\n"
    assert messages(tell(paid + "pools: {hq: {presale: {A: 2}}}\nexpect: {state: placed}")) == []
    presale = "given:\n  paid_at: 2026-02-03T09:00:00\n  lines: [{line_no: 1, sku: A, quantity: 2, category: brake, presale: true}]\n"
    result = tell(presale + "pools: {hq: {presale: {A: 2}}}\nexpect: {state: reserved, parcels: [hq]}")
    assert messages(result) == []


def test_what_was_found_on_arrival_and_planned(tell: Tell) -> None:
    result = tell(
        """
given: {paid_at: 2026-02-03T09:00:00}
stock: {hq: {A: 5}}
expect:
  arrival: {in_stock: true}
  plan: {warehouse: hq, carrier: ems, promised_on: 2026-02-12}
steps:
  - {send: ship, to: shipments 1, expect: {arrival: {in_stock: true}, plan: {warehouse: hq}}}
"""
    )
    assert messages(result) == []


FAILURES = [
    ("expect: {arrival: {in_stock: true}}", "expected arrival.in_stock `true`, found `false`"),
    ("expect: {plan: {warehouse: hq}}", "expected plan.warehouse `hq`, found none"),
    (PLANNED + "expect: {plan: {carrier: dhl}}", "expected plan.carrier `dhl`, found `ems`"),
    (PLANNED + "expect: {plan: {carrier: null}}", "expected plan.carrier none, found `ems`"),
    (PLANNED + "steps: [{send: ship, to: shipments 1, expect: {plan: {promised_on: 2026-02-01}}}]", "expected plan.promised_on `2026-02-01`, found"),
    (PLANNED + "expect: {plan: {promised_on: soon}}", "promised_on"),
    ("expect: {holds: [manual]}", "expected holds [manual], found []"),
    ("steps:\n  - {update: {credit_limit: 7}, on: C1, expect: {tags: [enthusiast]}}", "expected tags [enthusiast], found []"),
    ("expect: {parcels: [hq]}", "expected parcels [hq], found []"),
    ("others: [{entity: customer, given: {customer_id: C1}}, {entity: customer, given: {customer_id: C1}}]", "`C1` is refused"),
    ("stock: {hq: {A: 1}}\nexpect: {state: reserved}", "expected state `reserved`, found `placed`"),
    ("steps: [{hold: manual, as: clerk}]", "refused, which no `expect: {refused: ...}` says"),
]  # fmt: skip


@pytest.mark.parametrize(("story", "message"), FAILURES)
def test_what_is_not_met_is_said(tell: Tell, story: str, message: str) -> None:
    found = messages(tell(story))
    assert len(found) == 1
    assert message in found[0]


def test_a_step_that_cannot_be_done_ends_the_story(tell: Tell) -> None:
    result = tell(
        """
steps:
  - {send: ship, on: O1/shipments/1, expect: {state: done}}
  - {send: cancel, expect: {state: placed}}
"""
    )
    assert len(messages(result)) == 1
    assert "O1/shipments/1" in messages(result)[0]
