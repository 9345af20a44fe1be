"""Two programs that are after the last of something: a customer's credit, units that lie in two warehouses."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from orderflow.adapters import sqlite_stock
from orderflow.adapters.sqlite import SqliteStorage
from orderflow.diagnostics.errors import ConflictError
from orderflow.engine.link import RuleSet
from orderflow.model.codec import Codec
from orderflow.model.stock import Effects, Position, StockKey
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.ports import Transaction
from orderflow.service.stock import balances_of, oversold
from orderflow.testing.crash import run_in_children

T0 = datetime(2026, 2, 11, 1, tzinfo=UTC)
#: So many times two programs are after the same; one may have it.
ROUNDS, PROGRAMS = 12, 2
LIMIT = 100

SHOP = """
entity: order
children:
  parcels: {entity: parcel, one_per: plan.parcel}
records:
  line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 0, at_most: 100}}}
fields:
  lines: {type: list of line}
  customer: {type: ref customer}
  due: {type: money, default: 0, at_least: 0, at_most: 100000}
states: {new: {initial: true}, waiting: {}, running: {}, done: {final: true}}
events: {start: {}, finish: {}}
transitions:
  start: {from: new, to: running, event: start, when: 'can_source("near")', creates: parcels, before: wait}
  wait: {from: new, to: waiting, event: start}
  again: {from: waiting, to: running, when: 'can_source("near")', creates: parcels, retry_on: [stock, credit]}
  finish: {from: running, to: done, event: finish}
resources:
  credit: {held_in: running, amount: due, of: customer, limit: customer.limit}
"""
PARCEL = """
entity: parcel
parent: order
states: {shelf: {initial: true}, gone: {final: true}}
events: {send: {}}
transitions: {send: {from: shelf, to: gone, event: send}}
resources: {stock: {held_in: shelf, take: allocate, spend_on: gone}}
"""
CUSTOMER = """
entity: customer
fields: {limit: {type: money, default: 0, at_least: 0, at_most: 100000}}
states: {here: {initial: true}, left: {final: true}}
events: {leave: {}}
transitions: {leave: {from: here, to: left, event: leave}}
"""
HOUSES = """
warehouses: {main: {level: central}, side: {level: regional}}
allocation: {near: {of: order, rank: [parcels], split: allowed}}
"""

Open = Callable[[], SqliteStorage]


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, parcel=PARCEL, customer=CUSTOMER, houses=HOUSES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "race.db"


@pytest.fixture
def open_storage(rules: RuleSet, path: Path) -> Open:
    return partial(SqliteStorage, path, Codec(rules.definition), synchronous="NORMAL", patience=60.0)


def on_credit(engine: Engine) -> None:
    """In each round two orders of one customer, whose limit is enough for one; there are units for both."""
    for round_ in range(ROUNDS):
        engine.receive("main", {f"S{round_}": PROGRAMS})
        engine.submit({"limit": LIMIT}, entity="customer", id=f"C{round_}")
        for program in range(PROGRAMS):
            lines = [{"no": 1, "sku": f"S{round_}", "quantity": 1}]
            fields = {"customer": f"C{round_}", "due": LIMIT, "lines": lines}
            engine.submit(fields, entity="order", id=f"{round_}-{program}")


def on_stock(engine: Engine) -> None:
    """In each round two orders of three units, of which two lie in one warehouse and one in the other."""
    engine.submit({}, entity="customer", id="C")
    for round_ in range(ROUNDS):
        engine.receive("main", {f"S{round_}": 2})
        engine.receive("side", {f"S{round_}": 1})
        for program in range(PROGRAMS):
            lines = [{"no": 1, "sku": f"S{round_}", "quantity": 3}]
            engine.submit({"customer": "C", "lines": lines}, entity="order", id=f"{round_}-{program}")


def race(rules: RuleSet, open_storage: Open) -> int:
    """Two programs, once both have opened the storage, each start their order of every round; how many run."""
    ready, tell = os.pipe()
    wait, go = os.pipe()

    def work(program: int) -> int:
        os.close(go)
        storage = open_storage()
        engine = Engine(rules, storage, clock=ManualClock(T0))
        os.write(tell, b".")
        os.read(wait, 1)  # returns when the last one that could write has closed the pipe
        running = 0
        for round_ in range(ROUNDS):
            try:
                running += engine.send(f"{round_}-{program}", "start").state == "running"
            except ConflictError:
                continue
        storage.close()
        return running

    def start() -> None:
        for _ in range(PROGRAMS):
            os.read(ready, 1)
        os.close(go)

    results = run_in_children(work, PROGRAMS, start)
    for end in (ready, tell, wait):
        os.close(end)
    assert all(0 <= result <= ROUNDS for result in results), results
    return sum(results)


def prepared(rules: RuleSet, storage: SqliteStorage, prepare: Callable[[Engine], None]) -> None:
    prepare(Engine(rules, storage, clock=ManualClock(T0)))
    storage.close()


def over_the_limit(storage: SqliteStorage) -> int:
    """Customers who hold more than their limit, by the ledger; the balances must be what the ledger makes."""
    with storage.transaction(read_only=True) as transaction:
        drawn = balances_of(transaction.drawings())
        assert dict(transaction.balances(drawn)) == dict(drawn)
    return sum(amount > LIMIT * 100 for amount in drawn.values())


def sold_twice(storage: SqliteStorage) -> int:
    with storage.transaction(read_only=True) as transaction:
        return oversold(transaction.movements(), transaction.positions())


def running(storage: SqliteStorage) -> list[int]:
    """How many parcels each order that runs has."""
    with storage.transaction(read_only=True) as transaction:
        orders = list(transaction.families("order"))
    return [len(order.children["parcels"]) for order in orders if order.root.state == "running"]


# ---- programs that remember instead of looking ----------------------------------------------------------------------


class Remembering:
    """A transaction that tells of stock and balances what was so when the program began."""

    def __init__(self, inner: Transaction, positions: dict[StockKey, Position]) -> None:
        self._inner = inner
        self._positions = positions

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def stock(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        wanted = set(skus)
        return {key: position for key, position in self._positions.items() if key[1] in wanted}

    def balances(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        return {}


class RememberingStorage(SqliteStorage):
    """Broken on purpose: its programs decide on what they knew when they began."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Transaction]:  # type: ignore[override]
        with super().transaction(read_only=read_only) as transaction:
            if not hasattr(self, "known"):
                rows = transaction.positions()
                self.known = {(row.warehouse, row.sku): row.position for row in rows}
            yield cast(Transaction, Remembering(transaction, self.known))


@pytest.fixture
def open_remembering(rules: RuleSet, path: Path) -> Open:
    def opened() -> SqliteStorage:
        codec = Codec(rules.definition)
        storage = RememberingStorage(path, codec, synchronous="NORMAL", patience=60.0)
        with storage.transaction(read_only=True):
            return storage  # it has looked once

    return opened


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Callable[[SqliteStorage], None]:
    """Updates that take what they are told to take, and tables that let them."""
    monkeypatch.setitem(
        sqlite_stock.DRAW_CHANGES,
        "take",
        "INSERT INTO balances (resource, owner, used) VALUES (:r, :o, :n)"
        " ON CONFLICT (resource, owner) DO UPDATE SET used = used + :n",
    )
    unconditional = "UPDATE stock SET allocated = allocated + :n WHERE warehouse = :w AND sku = :s"
    monkeypatch.setitem(sqlite_stock.STOCK_CHANGES, ("take", False), unconditional)

    def unchecked(storage: SqliteStorage) -> None:
        assert storage._connection is not None
        storage._connection.execute("DROP TABLE stock")
        columns = ", ".join(f"{name} DEFAULT 0" for name in Effects._fields)
        storage._connection.execute(
            f"CREATE TABLE stock (warehouse, sku, {columns}, PRIMARY KEY (sku, warehouse))"
        )

    return unchecked


# ---- races ----------------------------------------------------------------------------------------------------------


def test_the_last_credit_is_given_once(rules: RuleSet, open_storage: Open) -> None:
    prepared(rules, open_storage(), on_credit)
    assert race(rules, open_storage) == ROUNDS
    storage = open_storage()
    assert over_the_limit(storage) == sold_twice(storage) == 0
    assert len(running(storage)) == ROUNDS
    # what one lets go of, the other gets, and nobody else
    engine = Engine(rules, storage, clock=ManualClock(T0))
    for round_ in range(ROUNDS):
        first = next(
            f"{round_}-{n}" for n in range(PROGRAMS) if engine.family(f"{round_}-{n}").root.state == "running"
        )
        engine.send(first, "finish")
    assert len(running(storage)) == ROUNDS
    assert over_the_limit(storage) == 0
    storage.close()


def test_the_last_units_of_two_warehouses_are_sold_once(rules: RuleSet, open_storage: Open) -> None:
    prepared(rules, open_storage(), on_stock)
    assert race(rules, open_storage) == ROUNDS
    storage = open_storage()
    assert sold_twice(storage) == 0
    assert running(storage) == [2] * ROUNDS
    storage.close()


@pytest.mark.parametrize("prepare", [on_credit, on_stock])
def test_programs_that_decide_on_what_was_are_stopped_by_the_storage(
    rules: RuleSet, open_storage: Open, open_remembering: Open, prepare: Callable[[Engine], None]
) -> None:
    prepared(rules, open_storage(), prepare)
    assert race(rules, open_remembering) == ROUNDS
    storage = open_storage()
    assert over_the_limit(storage) == sold_twice(storage) == 0
    assert len(running(storage)) == ROUNDS
    storage.close()


def test_control_credit_without_a_condition_is_given_twice(
    rules: RuleSet, open_storage: Open, open_remembering: Open, careless: Callable[[SqliteStorage], None]
) -> None:
    prepared(rules, open_storage(), on_credit)
    assert race(rules, open_remembering) == PROGRAMS * ROUNDS
    storage = open_storage()
    assert over_the_limit(storage) == ROUNDS
    storage.close()


def test_control_units_without_a_condition_are_sold_twice(
    rules: RuleSet, open_storage: Open, open_remembering: Open, careless: Callable[[SqliteStorage], None]
) -> None:
    storage = open_storage()
    careless(storage)
    prepared(rules, storage, on_stock)
    assert race(rules, open_remembering) == PROGRAMS * ROUNDS
    storage = open_storage()
    assert sold_twice(storage) == ROUNDS
    storage.close()
