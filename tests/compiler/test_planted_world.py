"""Single faults in the reference rules, one for each thing the language has beyond an order's own life: each is found where
it stands, alone, with a repair that helps.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from tests.checks.planting import Folder, place, read_folder

RULES = Path(__file__).parents[2] / "rules" / "wenzhou"


class Plant(NamedTuple):
    """A fault: in a file, one text for another; the finding's code, the text it stands at, a part of its repair.

    `at` is the nearest such text before the end of the new one, or, where there is none, behind it.
    """

    file: str
    old: str
    new: str
    code: str
    at: str
    repair: str


RECEIVE = "      - receive:\n          of: lines\n          at: plan.warehouse"
SOURCE = 'when: can_source("nearest_in_stock")'
MADE = f"{SOURCE}\n    creates:\n      shipments:\n"
WISH = 'day(placed_at) + days(look_up("reach")) <= wanted_on'
ROW = "plan.distance_km is not None and plan.distance_km <= 50"
PLANTS = [
    # holds
    Plant("order.yaml", 'can_take("credit")\n', 'can_take("credti")\n', "OF101", '"credti"', "`credit`"),
    Plant("order.yaml", '"credit")\n    retry_on: credit', '"credit")', "OF106", "credit:", "retry_on: credit"),
    Plant("order.yaml", "    in: paid\n", "    in: payd\n", "OF101", "payd", "`paid`"),
    Plant("order.yaml", "    in: paid\n", "    in: cancelled\n", "OF107", "cancelled", "before"),
    Plant(
        "order.yaml", "    reason: required\n  # A large", "    when: amount_due > 5\n  # A large",
        "OF107", "by:", "remove `by`",
    ),
    Plant(
        "order.yaml", 'when: not can_take("credit")\n    retry_on: credit', 'when: not is_held("credit")',
        "OF107", "credit:", "condition",
    ),
    # resources
    Plant(
        "order.yaml", "amount: max(amount_due - amount_paid, 0)", "amount: amount_due - amount_paid",
        "OF102", "amount_due -", "max(",
    ),
    Plant("order.yaml", "of: customer\n    limit", "of: channel\n    limit", "OF102", "channel", "ref customer"),
    Plant("order.yaml", "    limit: customer.credit_limit\n", "", "OF107", "credit:", "`limit:`"),
    Plant("order.yaml", "limit: customer.credit_limit", "limit: count(lines)", "OF102", "count(lines)", "money"),
    Plant("transfer.yaml", "    spend_on: sent\n", "    spend_on: asked\n", "OF107", "stock:", "follows"),
    Plant("transfer.yaml", "    spend_on: sent\n", "    spend_on: planned\n", "OF107", "planned", "outside"),
    Plant(
        "transfer.yaml", "    of: lines\n    at: source\n", "    take: allocate\n    of: lines\n",
        "OF107", "allocate", "`at:`",
    ),
    Plant("shipment.yaml", "take: print_waybill", "take: print_waybil", "OF101", "print_waybil", "print_waybill"),
    # moves, and units
    Plant("shipment.yaml", RECEIVE, RECEIVE.replace("receive", "receve"), "OF101", "receve", "`receive`"),
    Plant("shipment.yaml", RECEIVE, RECEIVE.replace("plan.warehouse", "order.region"), "OF102", "order.region", "choice"),
    Plant("shipment.yaml", RECEIVE, f"{RECEIVE}\n          pool: promo", "OF107", "pool:", "remove `pool`"),
    Plant("freeze.yaml", "          pool: promo\n", "", "OF107", "pool:", "`pool:`"),
    Plant(
        "freeze.yaml", 'pooled(warehouse, sku, "promo")', 'pooled(sku, warehouse, "promo")',
        "OF102", 'warehouse, "promo"', "first",
    ),
    # children, and rows that an event sets
    Plant("order.yaml", "        lines: plan.lines\n", "        lins: plan.lines\n", "OF101", "lins", "`lines`"),
    Plant("order.yaml", "        warehouse: event.warehouse\n", "", "OF103", "returns:", "optional"),
    Plant("order.yaml", MADE, MADE.replace(SOURCE, "when: amount_due > 0"), "OF107", "shipments:", "can_source"),
    Plant("order.yaml", MADE, MADE.replace(SOURCE, f'{SOURCE} or can_source("whole")'), "OF107", "shipments:", "one policy"),
    Plant("order.yaml", SOURCE, SOURCE.replace("can", "not can"), "OF107", "not can_source", "`and`"),
    Plant("order.yaml", "    retry_on: [stock, credit]\n", "", "OF106", "source:", "[stock, credit]"),
    Plant("order.yaml", "[stock, credit]", "[stock, credit, stock]", "OF105", "stock", "remove"),
    Plant("receipt.yaml", "        where: any(event", "        wher: any(event", "OF101", "wher", "`where`"),
    Plant("order.yaml", "        return_asked: >-\n", "        line_no: 7\n        return_asked: >-\n", "OF209", "line_no: 7", "remove"),
    Plant(
        "order.yaml", "      shipments: cancel\n",
        "      shipments: cancel\n  hurry:\n    from: fulfilling\n    after: 1h\n    tell: {shipments: cancel}\n",
        "OF207", "hurry:", "`to`",
    ),
    # formulas and refs
    Plant("stock_count.yaml", "formula: on_hand(warehouse, sku)", "formula: system + 1", "OF107", "system + 1", "other"),
    Plant("order.yaml", 'formula: tier("customer_tier")', 'formula: tier("customer_teir")', "OF101", '"customer_teir"', "customer_tier"),
    Plant("order.yaml", "customer.watched", "customer.wached", "OF101", "wached", "`watched`"),
    # aggregates, tiers, tags
    Plant("customer.yaml", "    sum: amount_paid\n", "", "OF107", "spend_30d:", "`sum`"),
    Plant("customer.yaml", "    over: 30d\n", "    over: 30d\n    days: 30\n", "OF107", "days: 30", "one"),
    Plant("customer.yaml", 'not is_in("cancelled", "r', 'age(placed_at) < days(3) and not is_in("r', "OF106", "age(", "`over:`"),
    Plant("customer.yaml", "at_least: 2000", "at_least: 6000", "OF303", "6000", "smaller"),
    Plant("customer.yaml", "at_least: 500}", "at_least: 500, at_last: 3}", "OF101", "at_last", "at_least"),
    Plant("customer.yaml", "when: exhaust_streak >= 3", 'when: has_tag("exhaust_enthusiast")', "OF107", "exhaust_enthusiast:", "condition"),
    Plant("customer.yaml", "[tell_sales_lead]", "[tell_sales_lead, tell_sales_lead]", "OF105", "tell_sales_lead", "remove"),
    # tables
    Plant("tables.yaml", "        days: 6\n", "        days: 6.5\n", "OF102", "6.5", "type"),
    Plant("tables.yaml", ROW, "order.placed_at < now", "OF106", "order.placed_at", "`when`"),
    Plant("tables.yaml", ROW, "plan.distance_km <= 50", "OF103", "plan.distance_km", "is not None"),
    Plant("tables.yaml", ROW, 'order.region in ["新疆", "西藏"]', "OF302", 'order.region in ["新疆", "西藏"]', "correct"),
    Plant("tables.yaml", ROW, "count(lines) > 3", "OF103", "when:", "optional"),
    Plant("tables.yaml", ROW, 'look_up("carrier", "days") > 1', "OF107", "carrier:\n    of:", "write"),
    # pools, allocation, promises
    Plant("pools.yaml", "who: line.presale", "who: line.quantity", "OF102", "line.quantity", "> 0"),
    Plant("pools.yaml", "who: line.presale", "who: false", "OF106", "presale:", "remove the pool"),
    Plant("allocation.yaml", "    near: location\n", "", "OF107", "distance_km", "`near:`"),
    Plant("allocation.yaml", "carrier: carrier", "carrier: reach", "OF102", "reach", "of: shipment"),
    Plant("allocation.yaml", "rank: [parcels, ", "rank: [parcels, parcels, ", "OF105", "parcels", "remove"),
    Plant("promises.yaml", "writes: promised_on", "writes: placed_at", "OF102", "placed_at", "optional"),
    Plant("promises.yaml", 'days: look_up("carrier", "days")', "days: -5", "OF102", "standard:", "0 or more"),
    # arrival, queues, warehouses, the head
    Plant("order.yaml", f"wanted_on is None or {WISH}", WISH, "OF103", "wanted_on", "is not None"),
    Plant("queues.yaml", "ticket: ticket", "ticket: customer", "OF107", "customer", "`opened_by`"),
    Plant("queues.yaml", "age(order.paid_at) > hours(24)", "age(order.paid_at) * 2 > hours(24)", "OF106", "age(", "compare"),
    Plant("warehouses.yaml", "[27.99, 120.70]", "[120.70, 27.99]", "OF102", "[120.70", "latitude"),
    Plant("warehouses.yaml", "level: central\n", "level: central\n    parent: xihu\n", "OF107", "xihu", "supplies"),
    Plant("warehouses.yaml", "radius: 50km", "radius: 0km", "OF102", "0km", "remove"),
    Plant("ruleset.yaml", "currency: CNY\n", "currency: CNY\nextends: .\n", "OF107", ".", "own"),
    Plant("ruleset.yaml", "currency: CNY\n", "currency: CNY\ndrop: {queues: [x]}\n", "OF107", "drop:", "extends"),
    Plant("ruleset.yaml", "currency: CNY\n", "currency: CNY\nextends: ~\n", "OF107", "~", "remove"),
    # scenarios
    Plant("holds.test.yaml", "hold: manual\n", "hold: manul\n", "OF101", "manul", "`manual`"),
    Plant("split.test.yaml", "parcels: [xihu, hangzhou", "parcels: [xihu, hangzou", "OF101", "hangzou", "`hangzhou`"),
]  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return dict(read_folder(RULES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("planted"))


def test_the_rules_are_sound(texts: dict[str, str], folder: Folder) -> None:
    assert folder.check(texts).diagnostics == ()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.file}: {plant.new.strip()[:40]}")
def test_one_fault_is_one_finding(plant: Plant, texts: dict[str, str], folder: Folder) -> None:
    text = texts[plant.file]
    start = text.index(plant.old)
    text = text[:start] + plant.new + text[start + len(plant.old) :]
    stands = text.rfind(plant.at, 0, start + len(plant.new))
    if stands < 0:
        stands = text.index(plant.at, start)
    found = folder.check({**texts, plant.file: text}).diagnostics
    assert [(Path(item.span.file).name, item.span.line, item.span.column, item.code) for item in found] == [
        (plant.file, *place(text, stands), plant.code)
    ], [item.message for item in found]
    assert found[0].fix is not None
    assert plant.repair in found[0].fix.message
