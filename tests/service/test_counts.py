"""A count that the storage makes is the one that reading every row gives, on both storages."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderflow.bootstrap import storage
from orderflow.engine.aggregates import aggregated
from orderflow.engine.link import RuleSet
from orderflow.model.facts import Aggregated, Contribution
from orderflow.model.moments import LAST_YEAR
from orderflow.model.record import root_of
from orderflow.service.ports import Storage, Transaction
from orderflow.service.reading import read_aggregate

NOW = datetime(2026, 2, 11, 4, tzinfo=UTC)
SHOP = """
entity: order
key: number
fields:
  number: {type: text, changes: never}
  region: {type: ref region, missing: create}
  placed_at: datetime
states: {new: {initial: true, final: true}}
"""
REGION = """
entity: region
key: name
fields: {name: {type: text, changes: never}}
states: {open: {initial: true, final: true}}
aggregates:
  ever: {of: order, at: placed_at, count: true}
  week: {of: order, at: placed_at, count: region != "x", over: 7d}
  two_days: {of: order, at: placed_at, count: true, days: 2}
"""
NAMES = ("ever", "week", "two_days")
#: Families whose names begin alike, and their children.
RECORDS = [
    "o1",
    "o1/parcels/1",
    "o1/parcels/12",
    "o1!",
    "o10",
    "o1-0",
    "o2",
    "o2/parcels/1",
    "O1",
    "o",
    "港1",
    "o1港",
]


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, region=REGION)


@pytest.fixture(params=["memory:", "sqlite:///"])
def store(request: pytest.FixtureRequest, rules: RuleSet, tmp_path: Path) -> Iterator[Storage]:
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path / 'orders.db'}"
    opened = storage(rules, url)
    yield opened
    opened.close()


class ThrownAwayError(Exception):
    """The transaction is not kept."""


@contextmanager
def thrown_away(store: Storage) -> Iterator[Transaction]:
    with suppress(ThrownAwayError), store.transaction() as transaction:
        yield transaction
        raise ThrownAwayError


def put(transaction: Transaction, rows: list[Contribution]) -> None:
    """What saving a decision does with what it counts for."""
    inside = transaction._tables.history if hasattr(transaction, "_tables") else transaction._history  # type: ignore[attr-defined]
    inside.put(rows)


def by_reading(rules: RuleSet, transaction: Transaction, name: str, without: str) -> Aggregated:
    rows = transaction.window(f"region.{name}", "R", None, datetime(LAST_YEAR, 1, 1, tzinfo=UTC))
    others = [row for row in rows if root_of(row.record) != without]
    aggregate = rules.definition.entities["region"].aggregates[name]
    return aggregated(aggregate, others, NOW, rules.zone)


def same(rules: RuleSet, transaction: Transaction) -> int:
    """The counts, compared; how many were not nought."""
    several = 0
    for name in NAMES:
        for without in ("", *{root_of(record) for record in RECORDS}):
            found = read_aggregate(rules, transaction, (f"region.{name}", "R"), without, NOW)
            assert found == by_reading(rules, transaction, name, without), (name, without)
            several += bool(found.value)
    return several


def rows(pick: random.Random) -> list[Contribution]:
    edges = [timedelta(0), timedelta(days=7), timedelta(hours=28), timedelta(hours=28, microseconds=1)]
    made = []
    for _ in range(pick.randint(1, 9)):
        ago = pick.choice([*edges, timedelta(hours=pick.randint(-50, 300))])
        at = None if pick.random() < 0.2 else NOW - ago
        name, owner = pick.choice(NAMES), pick.choice(["R", "R", "S"])
        made.append(Contribution(f"region.{name}", owner, pick.choice(RECORDS), at, True))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_a_count_is_what_reading_every_row_gives(rules: RuleSet, store: Storage, seed: int) -> None:
    pick = random.Random(seed)
    several = 0
    for _ in range(12):
        with store.transaction() as transaction:
            put(transaction, rows(pick))
            several += same(rules, transaction)
        with thrown_away(store) as transaction:
            put(transaction, rows(pick))
            same(rules, transaction)
        with store.transaction(read_only=True) as transaction:
            several += same(rules, transaction)
    assert several > 200


def test_of_nothing_there_are_none(rules: RuleSet, store: Storage) -> None:
    with store.transaction(read_only=True) as transaction:
        assert transaction.count("region.ever", "R", None, NOW, "") == (0, None)
        assert read_aggregate(rules, transaction, ("region.ever", "R"), "o1", NOW) == Aggregated(0, None)
