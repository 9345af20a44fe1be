"""The rule sets that come with the project: clean, their scenarios pass, they do what they say."""

import csv
import json
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from examples.wenzhou.generate import generate, write

from orderflow.bootstrap import compile, load
from orderflow.engine.link import link
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.run import Job, run
from orderflow.service.scenarios import run_scenarios, untaken

FOLDERS = ("examples/olist", "rules/wenzhou")
OVERLAY = "rules/wenzhou-review-after-payment"
NOW = datetime.fromisoformat("2026-02-11T09:00:00+08:00")

#: A parcel's states, and the event, role and data that lead to each from the one before.
WAY: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("allocated", "", "", {}),
    ("accepted", "accept", "warehouse", {}),
    ("picking", "start_picking", "warehouse", {}),
    ("quality_check", "finish_picking", "warehouse", {"units": 2}),
    ("packed", "pass_check", "warehouse", {"waybill_no": "YT1"}),
    ("shipped", "dispatch", "warehouse", {}),
    ("picked_up", "scan", "carrier", {"kind": "pickup"}),
    ("in_transit", "scan", "carrier", {"kind": "transit"}),
)


def report_of(folder, job):
    """What a run prints as JSON."""
    return json.loads(json.dumps(run(load(folder), MemoryStorage(), job).to_dict()))


@pytest.mark.parametrize("folder", [*FOLDERS, OVERLAY])
def test_it_checks_clean(root, folder):
    assert compile(root / folder).diagnostics == ()


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_scenarios_pass_and_take_every_transition(root, folder):
    compiled = compile(root / folder)
    assert compiled.definition is not None
    rules = link(compiled.definition)
    results = run_scenarios(rules, compiled.scenarios)
    assert [(result.scenario.name, result.failures) for result in results if not result.passed] == []
    assert untaken(rules, results) == []


def test_the_overlay_shows_what_it_adds(root):
    """Its scenarios pass, and take every transition that the base does not have."""
    compiled, base = compile(root / OVERLAY), compile(root / "rules/wenzhou")
    assert compiled.definition is not None
    assert base.definition is not None
    rules = link(compiled.definition)
    results = run_scenarios(rules, compiled.scenarios)
    assert [(result.scenario.name, result.failures) for result in results if not result.passed] == []
    known = base.definition.entities["order"].transitions.keys()
    added = [
        ("order", name) for name in compiled.definition.entities["order"].transitions if name not in known
    ]
    assert len(added) > 1
    assert set(added).isdisjoint(untaken(rules, results))


PURCHASE, APPROVED, CARRIER, DELIVERED, PROMISED = (
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)


def counted_by_hand(rows):
    """What a run should say of these rows, counted without any rules."""
    states, findings, on_time = Counter[str](), Counter[str](), [0, 0]
    for row in rows:
        bought, approved, carried, delivered = (
            row[name] for name in (PURCHASE, APPROVED, CARRIER, DELIVERED)
        )
        # A step waits for the one before it: what is missing first says how far the order came.
        waits = [*(not at for at in (approved, carried, delivered)), True].index(True)
        states[("created", "approved", "shipped", "delivered")[waits]] += 1
        status = row["order_status"]
        findings.update(
            {
                "carrier_before_approval": bool(carried and approved and carried < approved),
                "carrier_before_purchase": bool(carried and carried < bought),
                "delivered_before_carrier": bool(delivered and carried and delivered < carried),
                "delivered_before_approval": bool(delivered and approved and delivered < approved),
                "delivered_without_date": status == "delivered" and not delivered,
                "delivered_without_approval": status == "delivered" and not approved,
                "cancelled_after_handover": status == "canceled" and bool(carried),
            }
        )
        if status == "delivered" and delivered:
            on_time[0] += delivered[:10] <= row[PROMISED][:10]
            on_time[1] += 1
    return states, findings, on_time


@pytest.mark.parametrize("seed", [1, 2])
def test_any_part_of_the_real_orders_is_counted_right(root, shared_data, tmp_path, seed):
    with (shared_data / "olist" / "orders.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = random.Random(seed).sample(rows, 800)
    odd = [row for row in rows if row[CARRIER] and row[CARRIER] < row[PURCHASE]]
    chosen += [row for row in odd if row not in chosen]
    part = tmp_path / "part.csv"
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(chosen)

    report = report_of(root / "examples/olist", Job(part))

    states, findings, on_time = counted_by_hand(chosen)
    assert report["orders"] == len(chosen)
    assert Counter(report["states"]) == states
    assert Counter(report["findings"]) == findings
    rate = report["metrics"]["on_time_rate"]
    assert [rate["numerator"], rate["denominator"]] == on_time
    assert report["refused"] == 0
    assert report["rejected"] == []


def test_a_day_runs_without_overselling_and_with_few_refusals(root, tmp_path):
    day = generate(seed=3, orders=300)
    submitted = {str(event["id"]) for event in day.events if event.get("submit") == "order"}
    events, stock = write(day, tmp_path)
    report = report_of(root / "rules/wenzhou", Job(events, stock=stock))
    assert report["orders"] == sum(report["states"].values()) == len(submitted)
    assert sum(name.startswith("WZ20260211-") for name in submitted) == 300
    assert len(submitted) > 320  # the weeks before
    assert report["now"].startswith("2026-02-14T")  # three days after
    assert report["events"] == len(day.events)
    assert report["repeated"] > 0
    assert report["oversold"] == 0
    assert report["rejected"] == []
    assert 0 < report["refused"] < report["events"] * 0.01
    assert report["states"]["completed"] > 40
    assert report["states"]["cancelled"] > 5
    assert report["states"]["delivered"] > 150
    assert sum(count > 0 for count in report["queues"].values()) >= 8
    counted = {name for name, metric in report["metrics"].items() if metric["denominator"]}
    assert counted >= {"handling_time", "first_response", "inventory_accuracy", "on_time", "delivery_time"}
    assert report["stock"].keys() == {"hq", "hangzhou", "guangzhou", "chengdu", "xihu", "tianhe", "wuhou"}


def test_reviewed_after_the_payment_an_order_waits_for_review(root, tmp_path):
    """The same orders under the overlay: who has paid is reviewed next, and nothing is given to a warehouse before."""
    day = generate(seed=3, orders=60)
    told = tuple(event for event in day.events if "submit" in event or "update" in event)
    events, stock = write(day._replace(events=told), tmp_path)
    report = report_of(root / OVERLAY, Job(events, stock=stock))
    assert report["rejected"] == []
    assert report["oversold"] == 0
    waiting = {name: count for name, count in report["states"].items() if count}
    assert waiting.keys() <= {"pending_payment", "paid", "pending_review", "cancelled"}
    assert waiting["pending_review"] > 50


@pytest.fixture
def paid(root):
    """An engine with an order of two units, paid and allocated: the only units there are."""
    engine = Engine(load(root / "rules/wenzhou"), MemoryStorage())
    engine.receive("hq", {"BP-003": 2}, at=NOW)
    fields = {
        "channel": "douyin",
        "customer": "C1",
        "phone": "13800000001",
        "region": "浙江",
        "address": "温州市鹿城区示例路1号",
        "placed_at": NOW,
        "amount_due": "480",
        "amount_paid": "480",
        "paid_at": NOW,
        "lines": [{"line_no": 1, "sku": "BP-003", "name": "陶瓷刹车片", "quantity": 2, "unit_price": "240"}],
    }
    engine.submit(fields, entity="order", id="W1", at=NOW, actor="channel")
    return engine


def shelf(engine):
    with engine.storage.transaction() as transaction:
        (row,) = transaction.positions()
    return row.position.on_hand, row.position.allocated


@pytest.mark.parametrize("phase", range(len(WAY)), ids=[state for state, *_ in WAY])
def test_cancelling_gives_units_back_until_the_parcel_has_left(paid, phase):
    at = NOW
    for _, name, role, data in WAY[1 : phase + 1]:
        at += timedelta(hours=1)
        assert paid.send("W1/shipments/1", name, data, actor=role, at=at).accepted
    family = paid.family("W1")
    assert family.children["shipments"][0].state == WAY[phase][0]
    in_house = phase < 5
    assert shelf(paid) == ((2, 2) if in_house else (0, 0))

    assert paid.send("W1", "cancel", {"why": "customer"}, actor="customer_care", at=at).accepted

    assert shelf(paid) == ((2, 0) if in_house else (0, 0))
    assert paid.family("W1").children["shipments"][0].state == ("cancelled" if in_house else "returning")
