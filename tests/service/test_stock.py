"""What the stock says, and that nothing is sold twice, whoever comes at the same time."""

import itertools
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.engine.link import RuleSet
from orderflow.model.codec import Codec
from orderflow.model.stock import NOTHING, Draw, Move, Position
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.ledger import movement
from orderflow.service.memory import MemoryStorage
from orderflow.service.memory_stock import MemoryStock
from orderflow.service.ports import Drawing, Movement, StockRow, Storage
from orderflow.service.stock import balances_of, oversold, recount, stock_lines
from orderflow.testing.snapshot import snapshot

T0 = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)
UNITS, ORDERS, THREADS = 30, 60, 4

SHOP = """
entity: order
key: number
records: {line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}}
fields:
  number: {type: text, changes: never}
  lines: {type: list of line, at_least: 1}
states: {new: {initial: true}, sourced: {}, short: {}, gone: {final: true}}
events: {ship: {by: [desk]}, drop: {by: [desk]}}
resources: {stock: {held_in: sourced, of: lines, at: main, spend_on: gone}}
transitions:
  source: {from: [new, short], to: sourced, at_once: true, retry_on: stock}
  wait: {from: new, to: short, otherwise: true}
  ship: {from: sourced, to: gone, event: ship}
  drop: {from: sourced, to: short, event: drop}
"""
HOUSES = (
    "warehouses: {main: {label: Main, level: central}, side: {level: regional}, empty: {level: forward}}\n"
)


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, more=HOUSES)


# ---- counting -------------------------------------------------------------------------------------------------------


def ledger(*lines: str) -> list[Movement]:
    """`receive 5`, `take 2 o1`, `give_back 2 o1/parcels/1 B`, `pool 2 - A presale` (the SKU is A where none is named)."""
    made = []
    for line in lines:
        kind, quantity, *rest = line.split()
        record, sku, pool = (*rest, "", "", "")[:3]
        made.append(Movement(kind, "main", sku or "A", int(quantity), record, T0, pool))  # type: ignore[arg-type]
    return made


def row(warehouse: str, sku: str, *units: int) -> StockRow:
    """On hand, allocated, pooled, unsellable, in transit, safety stock."""
    return StockRow(warehouse, sku, Position._make((*units, *NOTHING[len(units) :])))


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([], 0),
        (["receive 5", "take 5 o1"], 0),
        (["receive 5", "take 3 o1", "take 3 o2"], 1),
        (["take 1 o1"], 1),
        (["take 1 o1", "receive 5"], 1),
        (["receive 1", "take 1 o1", "take 1 o2", "take 1 o3"], 2),
        (["receive 1", "take 1 o1", "give_back 1 o1", "take 1 o2"], 0),
        (["receive 1", "take 1 o1", "give_back 1 o1", "take 1 o1", "take 1 o2"], 1),
        (["receive 1", "take 1 o1", "spend 1 o1", "take 1 o2"], 1),
        (["receive 1", "take 1 o1", "spend 1 o1", "receive 1", "take 1 o2"], 0),
        (["receive 1", "take 2 o1/parcels/1", "take 1 o1/parcels/2"], 1),
        (["receive 1", "take 2 o1", "give_back 2 o1", "take 1 o2"], 1),
        (["receive 5 - A", "take 1 o1 B"], 1),
        (["receive 5 - A", "take 6 o1 A", "take 1 o2 B", "take 1 o1 B"], 2),
        (["receive 5", "pool 3 - A p", "take 2 o1", "take 3 o2 A p"], 0),
        (["receive 5", "pool 3 - A p", "take 3 o1", "take 3 o2 A p"], 1),
        (["receive 5", "pool 3 - A p", "take 3 o1 A p", "take 1 o2 A p"], 1),
        (["receive 5", "pool 3 - A p", "take 1 o1 A q"], 1),
        (["receive 5", "pool 3 - A p", "unpool 3 - A p", "take 5 o1"], 0),
        (["receive 5", "pool 3 - A p", "take 3 o1 A p", "give_back 3 o1 A p", "take 3 o2 A p"], 0),
        (["receive 5", "pool 3 - A p", "take 3 o1 A p", "give_back 3 o1 A p", "take 3 o2"], 1),
        (["receive 5", "damage 3 -", "take 3 o1"], 1),
        (["receive 5", "damage 3 -", "restore 1 -", "take 3 o1"], 0),
        (["receive 5", "damage 3 -", "scrap 3 -", "take 2 o1", "take 1 o2"], 1),
        (["quarantine 5 -", "take 1 o1"], 1),
        (["expect 5 -", "take 1 o1", "take 1 o2"], 2),
        (["expect 5 -", "arrive 2 -", "take 2 o1", "lose 3 -"], 0),
        (["receive 5", "count -2 -", "take 3 o1", "count 1 -", "take 1 o2"], 0),
        (["receive 5", "count -2 -", "take 4 o1"], 1),
        (["receive 5", "safety 5 -", "take 5 o1"], 0),
        (["receive 5", "take 5 o1", "count -1 -"], 0),
    ],
)
def test_orders_that_took_what_was_not_there_are_counted_once_each(lines: list[str], wanted: int) -> None:
    assert oversold(ledger(*lines), []) == wanted


def test_the_ledger_makes_the_positions() -> None:
    """Impossible lines are summed as they stand: it is what was moved that counts."""
    lines = ledger(
        "receive 5", "take 2 o1", "pool 2 - A p", "take 1 o2 A p", "spend 2 o1", "expect 3 - B", "count 0 - C"
    )
    assert recount(lines) == {
        ("main", "A"): Position(3, 1, 1, pools={"p": 1}),
        ("main", "B"): Position(in_transit=3),
        ("main", "C"): Position(),
    }
    assert recount(ledger("take 2 o1", "take 1 o1 A p")) == {
        ("main", "A"): Position(0, 3, -1, pools={"p": -1})
    }
    assert recount([]) == {}


def test_the_ledger_makes_the_balances() -> None:
    lines = [
        Drawing("take", "credit", "C1", 70, "o1", T0),
        Drawing("take", "credit", "C1", 20, "o2", T0),
        Drawing("take", "waybill", "C1", 1, "o2", T0),
        Drawing("give_back", "credit", "C1", 30, "o1", T0),
        Drawing("spend", "waybill", "C1", 1, "o2", T0),
    ]
    assert balances_of(lines) == {("credit", "C1"): 60, ("waybill", "C1"): 0}


def test_warehouses_are_counted_apart() -> None:
    lines = [
        Movement("receive", "main", "A", 1, "", T0),
        Movement("take", "side", "A", 1, "o1", T0),
        Movement("take", "main", "A", 1, "o2", T0),
    ]
    assert oversold(lines, []) == 1


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([row("main", "A", 5, 5)], 0),
        ([row("main", "A", 0, 0)], 0),
        ([row("main", "A", 5, 2, 2, 1, 3, 9)], 0),
        ([row("main", "A", 5, 6)], 1),
        ([row("main", "A", 5, 2, 2, 2)], 1),
        ([row("main", "A", -1, -1)], 1),
        ([row("main", "A", 5, 0, 0, 0, -1)], 1),
        ([row("main", "A", 5, 6), row("main", "B", 1, 2), row("side", "A", 1, 1)], 2),
    ],
)
def test_a_position_below_nothing_counts_where_the_ledger_names_no_order(
    rows: list[StockRow], wanted: int
) -> None:
    assert oversold([], rows) == wanted


def test_a_position_and_the_order_behind_it_count_once() -> None:
    assert oversold(ledger("receive 5", "take 6 o1"), [row("main", "A", 5, 6)]) == 1


def test_positions_are_summed_by_warehouse(rules: RuleSet) -> None:
    rows = [row("side", "A", 4, 2, 2), row("main", "A", 3, 1), row("main", "B", 0)]
    lines = stock_lines(rules, rows)
    assert [(line.warehouse, line.label, line.positions) for line in lines] == [
        ("main", "Main", 2),
        ("side", "side", 1),
    ]
    assert [(line.on_hand, line.allocated, line.sold_out) for line in lines] == [(3, 1, 1), (4, 2, 1)]


# ---- selling --------------------------------------------------------------------------------------------------------


class UnconditionalStock(MemoryStock):
    """Takes what it is told to take, on what it knew when the day began."""

    def of(self, skus: Iterable[str]) -> dict[tuple[str, str], Position]:
        return {("main", sku): Position(UNITS) for sku in skus}

    def change(self, moves: Iterable[Move], draws: Iterable[Draw], at: datetime) -> None:
        self.movements += [movement(move, at) for move in moves]


def unconditional() -> MemoryStorage:
    storage = MemoryStorage()
    storage._tables.stock = UnconditionalStock()
    return storage


def sell(rules: RuleSet, storage: Storage) -> tuple[int, int]:
    """Four threads submit sixty orders of one unit each, of thirty: how many got theirs, and how many too many did."""
    clock = ManualClock(T0)
    Engine(rules, storage, clock=clock).receive("main", {"A": UNITS})
    numbers = itertools.count(1)
    shared = Engine(rules, storage, clock=clock, new_id=lambda: f"e{next(numbers)}")
    together = Barrier(THREADS, timeout=10)

    def shop(thread: int) -> list[str]:
        together.wait()
        return [
            shared.submit({"lines": [{"sku": "A", "quantity": 1}]}, id=f"{thread}-{number}").state
            for number in range(ORDERS // THREADS)
        ]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns often
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            states = [state for several in pool.map(shop, range(THREADS)) for state in several]
    finally:
        sys.setswitchinterval(interval)
    assert len(states) == ORDERS
    seen = snapshot(storage)
    assert sorted(states) == sorted(family.root.state for family in seen.families)
    assert [entry.number for entry in seen.journal] == list(range(1, ORDERS + 1))
    return states.count("sourced"), oversold(seen.movements, seen.positions)


def test_threads_never_sell_a_unit_twice_in_memory(rules: RuleSet) -> None:
    assert sell(rules, MemoryStorage()) == (UNITS, 0)


def test_threads_never_sell_a_unit_twice_in_sqlite(rules: RuleSet, tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "shop.db", Codec(rules.definition), synchronous="NORMAL")
    assert sell(rules, storage) == (UNITS, 0)
    storage.close()


def test_a_take_without_a_condition_is_counted(rules: RuleSet) -> None:
    assert sell(rules, unconditional()) == (ORDERS, ORDERS - UNITS)


def test_what_comes_in_later_is_sold_once_too(rules: RuleSet) -> None:
    """A receipt wakes as many of those who wait as it has units for."""
    storage = MemoryStorage()
    assert sell(rules, storage) == (UNITS, 0)
    engine = Engine(rules, storage, clock=ManualClock(T0))
    sourced = [family.id for family in snapshot(storage).families if family.root.state == "sourced"]
    for number in sourced[:5]:
        engine.send(number, "ship", actor="desk")
    moved = engine.receive("main", {"A": 7})
    assert len(moved) == 7
    seen = snapshot(storage)
    assert seen.positions == [row("main", "A", UNITS - 5 + 7, UNITS - 5 + 7)]
    assert oversold(seen.movements, seen.positions) == 0
