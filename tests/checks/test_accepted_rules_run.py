"""Rules that `check` accepts run: the reference rules changed at random, and random shops on what is still accepted.

Nothing may raise but what a decision raises of rules that go round, and nothing may be oversold or lost.
"""

import random
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.checks.planting import Folder, read_folder
from tests.shop.driver import Shop
from tests.shop.invariants import broken

from orderflow.bootstrap import load
from orderflow.diagnostics.errors import DecisionError
from orderflow.service.memory import MemoryStorage

RULES = Path(__file__).parents[2] / "rules" / "wenzhou"
SEEDS, STEPS = 6, 60
#: What must hold under any rules: the ledger adds up. (How an order follows its parcels is the rules' own affair.)
ALWAYS = ("oversold", "the ledger says", "the balances are not", "records hold", " holds ", " lacks ")


class Change(NamedTuple):
    """One text of a file for another."""

    file: str
    old: str
    new: str


CHANGES = [
    # allocation, tables, promises
    Change("allocation.yaml", "split: allowed", "split: never"),
    Change("allocation.yaml", "rank: [parcels, distance_km, cost]", "rank: [level, cost]"),
    Change("allocation.yaml", "rank: [parcels, distance_km, cost]", "rank: [cost, parcels]"),
    Change("promises.yaml", 'days: look_up("carrier", "days")', "days: 999999999"),
    Change("promises.yaml", "start: now", "start: order.paid_at"),
    Change("promises.yaml", "    writes: promised_on\n", ""),
    Change("tables.yaml", "        days: 3\n", ""),
    Change("tables.yaml", "    hit: first\n", "    hit: unique\n"),
    Change("tables.yaml", "plan.distance_km is not None and plan.distance_km <= 50", "count(plan.lines) > 1"),
    Change("pools.yaml", "who: line.presale", "who: not line.presale"),
    Change("pools.yaml", 'who: channel == "douyin"', 'who: channel == "douyin" or quantity > 2'),
    Change("warehouses.yaml", "    radius: 50km\n", ""),
    # holds, limits
    Change("order.yaml", "    in: paid\n", "    in: active\n"),
    Change("order.yaml", "in: [paid, backordered]", "in: active"),
    Change("order.yaml", "in: [pending_review, paid, backordered, fulfilling]", "in: backordered"),
    Change("order.yaml", "limit: customer.credit_limit", "limit: customer.spend_30d - 1000"),
    Change("order.yaml", "amount: max(amount_due - amount_paid, 0)", "amount: amount_due"),
    Change("order.yaml", "    held_in: fulfilling\n", "    held_in: active\n"),
    Change("order.yaml", "retry_on: [stock, credit]", "retry_on: stock"),
    # transitions
    Change("order.yaml", 'can_source("nearest_in_stock")\n', 'can_source("nearest_in_stock") and amount_paid > 300\n'),
    Change("order.yaml", "    from: paid\n    to: backordered\n    otherwise: true\n", "    from: paid\n    to: cancelled\n    otherwise: true\n"),
    Change("order.yaml", "    after: 24h\n", "    after: 1m\n"),
    Change("order.yaml", "shows: least(shipments)", "shows: least(returns)"),
    Change("shipment.yaml", "    spend_on: moving\n  waybill", "  waybill"),
    Change("shipment.yaml", "    of: lines\n    spend_on", "    spend_on"),
    Change("transfer.yaml", "    spend_on: sent\n", "    spend_on: cancelled\n"),
    # moves
    Change("shipment.yaml", "      - quarantine:", "      - damage:"),
    Change("freeze.yaml", "          quantity: quantity\n", "          quantity: quantity - 2\n"),
    Change("freeze.yaml", 'min(quantity, pooled(warehouse, sku, "promo"))', 'pooled(warehouse, sku, "promo") - 5'),
    Change("stock_count.yaml", "max(on_hand(warehouse, sku) + counted - system, 0)", "counted - system"),
    # aggregates, tags, queues
    Change("customer.yaml", "    sum: amount_paid\n", "    max: amount_paid\n"),
    Change("customer.yaml", "    count: is_open()\n", "    distinct: region\n"),
    Change("customer.yaml", "    over: 30d\n", "    over: 1s\n"),
    Change("customer.yaml", "    over: 30d\n", "    days: 1\n"),
    Change("customer.yaml", "when: exhaust_streak >= 3", "when: open_orders > 1"),
    Change("queues.yaml", "    owner: customer_care\n", ""),
]  # fmt: skip


def changed(texts: dict[str, str], seed: int) -> dict[str, str]:
    """The rules with some changes, the same for the same seed."""
    made = dict(texts)
    for change in random.Random(seed).sample(CHANGES, 4):
        made[change.file] = made[change.file].replace(change.old, change.new, 1)
    return made


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The rules without their scenarios, which the changed rules would not pass."""
    return {name: text for name, text in read_folder(RULES).items() if not name.endswith(".test.yaml")}


def test_every_change_finds_its_place(texts: dict[str, str]) -> None:
    assert [change for change in CHANGES if change.old not in texts[change.file]] == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_accepted_runs(seed: int, texts: dict[str, str], tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    while folder.check(changed(texts, seed)).has_errors:
        seed += 1_000
    shop = Shop(load(tmp_path), MemoryStorage(), seed)
    try:
        for step in range(STEPS):
            shop.step()
            if step % 10 == 9:
                found = [text for text in broken(shop.engine) if any(words in text for words in ALWAYS)]
                assert found == [], shop.done[-3:]
    except DecisionError:
        assert "OF207" in {found.code for found in folder.check(changed(texts, seed)).diagnostics}
