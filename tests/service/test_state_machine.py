"""Random days of the reference rule set, on memory and SQLite side by side: what must hold whatever happens."""

import itertools
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import cast

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.bootstrap import load
from orderflow.diagnostics.errors import RecordError, StorageError
from orderflow.engine.link import RuleSet
from orderflow.expr.types import Kind
from orderflow.model.codec import Codec
from orderflow.model.decision import Decision
from orderflow.model.definition import Field
from orderflow.model.facts import StockKey
from orderflow.model.record import Record, root_of
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.ports import JournalEntry, Storage, Transaction
from orderflow.service.stock import oversold
from orderflow.testing.snapshot import Snapshot, snapshot

T0 = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)
SKUS = ("A", "B")
#: What a parcel that goes straight to its customer is sent, by the state it is in.
ONWARD: Mapping[str, tuple[str, str, dict[str, object]]] = {
    "allocated": ("accept", "warehouse", {}),
    "accepted": ("start_picking", "warehouse", {}),
    "picking": ("finish_picking", "warehouse", {"units": None}),
    "quality_check": ("pass_check", "warehouse", {"waybill_no": "YT1"}),
    "packed": ("dispatch", "warehouse", {}),
    "shipped": ("scan", "carrier", {"kind": "pickup"}),
    "picked_up": ("scan", "carrier", {"kind": "transit"}),
    "in_transit": ("scan", "carrier", {"kind": "signed"}),
    "delivery_failed": ("send_back", "carrier", {}),
    "returning": ("inspect", "warehouse", {"condition": "good"}),
}


@cache
def wenzhou() -> RuleSet:
    return load(Path(__file__).resolve().parents[2] / "rules" / "wenzhou")


# ---- what must always hold ------------------------------------------------------------------------------------------


def broken(rules: RuleSet, seen: Snapshot) -> list[str]:
    """Every way in which what is stored contradicts itself or the rules."""
    return [*_stock(rules, seen), *_records(rules, seen), *_journal(seen)]


def _stock(rules: RuleSet, seen: Snapshot) -> Iterator[str]:
    summed: dict[StockKey, tuple[int, int]] = {}
    owed: Counter[tuple[str, str, str]] = Counter()
    for line in seen.movements:
        on_hand, allocated = summed.get((line.warehouse, line.sku), (0, 0))
        steps = {"receive": (1, 0), "take": (0, 1), "give_back": (0, -1), "spend": (-1, -1)}
        more, promised = steps[line.kind]
        after = (on_hand + more * line.quantity, allocated + promised * line.quantity)
        summed[line.warehouse, line.sku] = after
        owed[line.warehouse, line.sku, line.record] += promised * line.quantity
        if not 0 <= after[1] <= after[0]:
            yield f"the ledger has {after} of {line.sku} after {line}"
    if summed != {(row.warehouse, row.sku): (row.on_hand, row.allocated) for row in seen.positions}:
        yield f"the ledger says {summed}, the positions {seen.positions}"
    held: Counter[tuple[str, str, str]] = Counter()
    for family in seen.families:
        for record in family.records():
            for name, units in record.held.items():
                warehouse = rules.definition.entities[record.entity].resources[name].warehouse
                for sku, quantity in units:
                    held[warehouse, sku, record.id] += quantity
    if +held != +owed or min(owed.values(), default=0) < 0:
        yield f"the records hold {dict(held)}, by the ledger {dict(owed)}"
    allocated_units = {(row.warehouse, row.sku): row.allocated for row in seen.positions if row.allocated}
    by_position: Counter[StockKey] = Counter()
    for (warehouse, sku, _), quantity in held.items():
        by_position[warehouse, sku] += quantity
    if allocated_units != dict(+by_position):
        yield f"allocated are {allocated_units}, the records hold {dict(by_position)}"
    if oversold(seen.movements, seen.positions):
        yield "oversold"


def _records(rules: RuleSet, seen: Snapshot) -> Iterator[str]:
    for family in seen.families:
        accepted = [e for e in seen.journal if e.accepted and root_of(e.event.target) == family.id]
        if [entry.version for entry in accepted] != list(range(1, family.version + 1)):
            yield f"`{family.id}` has version {family.version} after {len(accepted)} accepted decisions"
        paid: Decimal = Decimal(0)
        for entry in accepted:
            for change in entry.changes:
                if (change.record, change.field) == (family.id, "amount_paid"):
                    if cast(Decimal, change.after) < cast(Decimal, change.before):
                        yield f"`{family.id}` was paid {change.before}, then {change.after}"
                    paid = cast(Decimal, change.after)
        if paid and family.root.fields["amount_paid"] != paid:
            yield f"`{family.id}` holds {family.root.fields['amount_paid']} paid, journaled are {paid}"
        for record in family.records():
            yield from _record(rules, record, accepted)


def _record(rules: RuleSet, record: Record, accepted: list[JournalEntry]) -> Iterator[str]:
    entity = rules.definition.entities[record.entity]
    state = entity.states.get(record.state)
    if state is None or state.leaves != (record.state,):
        yield f"`{record.id}` is in `{record.state}`, which is no state to be in"
        return
    should = {
        name
        for name, item in entity.resources.items()
        if record.state in _leaves(rules, record, item.held_in)
    }
    if set(record.held) != should:
        yield f"`{record.id}` in `{record.state}` holds {record.held}"
    steps = [step for entry in accepted for step in entry.steps if step.record == record.id]
    for first, second in itertools.pairwise(steps):
        if first.after != second.before:
            yield f"`{record.id}` went to `{first.after}`, then on from `{second.before}`"
    if steps and steps[-1].after != record.state:
        yield f"`{record.id}` is in `{record.state}`, journaled is `{steps[-1].after}`"


def _leaves(rules: RuleSet, record: Record, state: str) -> tuple[str, ...]:
    return rules.definition.entities[record.entity].states[state].leaves


def _journal(seen: Snapshot) -> Iterator[str]:
    if [entry.number for entry in seen.journal] != list(range(1, len(seen.journal) + 1)):
        yield "the journal's numbers have gaps"
    ids = Counter(entry.event.event_id for entry in seen.journal)
    yield from (f"event `{name}` is journaled {count} times" for name, count in ids.items() if count > 1)
    for entry in seen.journal:
        if not entry.accepted and (entry.steps or entry.changes or entry.moves or entry.effects):
            yield f"entry {entry.number} was refused and did something"
    keys = [row.effect.key for row in seen.outbox]
    if keys != [effect.key for entry in seen.journal for effect in entry.effects] or len(set(keys)) != len(
        keys
    ):
        yield "the outbox does not hold each journaled effect once"


# ---- random days ----------------------------------------------------------------------------------------------------


class Day(RuleBasedStateMachine):
    """The same events on two engines that share nothing but the clock and the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = ManualClock(T0)
        self.rules_ = wenzhou()
        self.engines = [self._engine(self._memory()), self._engine(self._sqlite())]
        self.numbers = itertools.count(1)
        self.said: list[tuple[Callable[[Engine], Decision], Decision]] = []
        self.both(lambda engine: engine.receive("wenzhou", {"A": 4, "B": 2}, at=T0))
        for number, sku in enumerate("AABB"):
            self.submit_one([(sku, 1)], "taobao", paid=number != 1)

    def _memory(self) -> Storage:
        return MemoryStorage()

    def _sqlite(self) -> Storage:
        codec = Codec(self.rules_.definition)
        return SqliteStorage(self.folder / "day.db", codec, synchronous="NORMAL")

    def _engine(self, storage: Storage) -> Engine:
        ids = itertools.count(1)
        return Engine(self.rules_, storage, clock=self.clock, new_id=lambda: f"own-{next(ids)}")

    def teardown(self) -> None:
        for engine in self.engines:
            engine.storage.close()
        shutil.rmtree(self.folder)

    def both(self, call: Callable[[Engine], object]) -> object:
        """Do the same on both; they must agree, in what they refuse too."""
        results: list[object] = []
        for engine in self.engines:
            try:
                results.append(call(engine))
            except RecordError as error:
                results.append(f"refused: {error}")
        assert results[0] == results[1]
        return results[0]

    def say(self, call: Callable[[Engine, str], Decision]) -> None:
        event_id = f"said-{next(self.numbers)}"
        result = self.both(lambda engine: call(engine, event_id))
        if isinstance(result, Decision):
            self.said.append((lambda engine: call(engine, event_id), result))

    def order(self, pick: int) -> str:
        with self.engines[0].storage.transaction() as transaction:
            ids = [family.id for family in transaction.families()]
        return ids[pick % len(ids)]

    @rule(
        lines=st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 3)), min_size=1, max_size=2),
        channel=st.sampled_from(["taobao", "offline"]),
        paid=st.booleans(),
    )
    def submit(self, lines: list[tuple[str, int]], channel: str, paid: bool) -> None:
        self.submit_one(lines, channel, paid)

    def submit_one(self, lines: list[tuple[str, int]], channel: str, paid: bool) -> None:
        at = self.clock.now()
        fields: dict[str, object] = {
            "channel": channel,
            "customer": "C1",
            "phone": "13800000001",
            "region": "四川",
            "address": "示例路1号",
            "placed_at": at,
            "amount_due": 100,
            "lines": [
                {"line_no": number, "sku": sku, "name": sku, "quantity": units, "unit_price": 10}
                for number, (sku, units) in enumerate(lines, 1)
            ],
            **({"amount_paid": 100, "paid_at": at} if paid else {}),
        }
        self.say(lambda engine, key: engine.submit(fields, at=at, actor="channel", event_id=key))

    @rule(pick=st.integers(0, 9), amount=st.sampled_from([0, 50, 100, "100.01"]), late=st.booleans())
    def pay(self, pick: int, amount: object, late: bool) -> None:
        target, at = self.order(pick), self.clock.now() - timedelta(hours=30 if late else 0)
        fields = {"amount_paid": amount, "paid_at": at}
        self.say(lambda engine, key: engine.update(target, fields, at=at, actor="channel", event_id=key))

    @rule(pick=st.integers(0, 9), reason=st.sampled_from(["", "moved"]), units=st.integers(0, 3))
    def edit(self, pick: int, reason: str, units: int) -> None:
        target, at = self.order(pick), self.clock.now()
        line = {"line_no": 1, "sku": "B", "name": "B", "quantity": units, "unit_price": 1}
        fields = {"lines": [line]} if units else {"address": f"示例路{pick}号"}
        self.say(
            lambda engine, key: engine.update(
                target, fields, at=at, actor="channel", event_id=key, reason=reason
            )
        )

    @rule(pick=st.integers(0, 9), parcel=st.booleans(), data=st.data(), anybody=st.booleans())
    def send_any(self, pick: int, parcel: bool, data: st.DataObject, anybody: bool) -> None:
        entity = self.rules_.definition.entities["shipment" if parcel else "order"]
        event = entity.events[data.draw(st.sampled_from(sorted(entity.events)))]
        values = {name: data.draw(value_of(item)) for name, item in event.data.items()}
        roles = (*self.rules_.definition.roles, "engine", "nobody") if anybody else event.by
        role = data.draw(st.sampled_from(roles))
        target, at = self.order(pick) + ("/shipments/1" if parcel else ""), self.clock.now()
        self.say(lambda engine, key: engine.send(target, event.name, values, at=at, actor=role, event_id=key))

    @rule(pick=st.integers(0, 9), name=st.sampled_from(["cancel", "cancel", "send_back", "confirm_receipt"]))
    def turn(self, pick: int, name: str) -> None:
        """The customer thinks again."""
        target, at = self.order(pick), self.clock.now()
        values = {"why": "customer"} if name == "cancel" else {}
        self.say(lambda engine, key: engine.send(target, name, values, at=at, actor="channel", event_id=key))

    @rule(pick=st.integers(0, 9), steps=st.integers(1, 8))
    def go_on(self, pick: int, steps: int) -> None:
        """Send the parcel what brings it a few steps further."""
        target, at = self.order(pick), self.clock.now()
        for _ in range(steps):
            family = self.engines[0].family(target)
            parcels = family.children.get("shipments", ())
            if not parcels or parcels[0].state not in ONWARD:
                return
            name, role, values = ONWARD[parcels[0].state]
            if "units" in values:
                lines = cast("tuple[dict[str, int], ...]", family.root.fields["lines"])
                values = {"units": sum(line["quantity"] for line in lines)}
            self.say(
                lambda engine, key, name=name, role=role, values=values: engine.send(  # type: ignore[misc]
                    f"{target}/shipments/1", name, values, at=at, actor=role, event_id=key
                )
            )

    @rule(hours=st.sampled_from([1, 25, 49, 24 * 16]))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule()
    def tick(self) -> None:
        self.both(lambda engine: engine.tick())
        assert self.both(lambda engine: engine.due(self.clock.now(), 1)) == []

    @rule(sku=st.sampled_from(SKUS), units=st.integers(0, 3))
    def receive(self, sku: str, units: int) -> None:
        self.both(lambda engine: engine.receive("wenzhou", {sku: units}))

    @rule(pick=st.integers(0, 50))
    def repeat(self, pick: int) -> None:
        """An event that was applied before changes nothing, and is answered as it was the first time."""
        call, first = self.said[pick % len(self.said)]
        before = [snapshot(engine.storage) for engine in self.engines]
        again = self.both(call)
        assert isinstance(again, Decision)
        assert again._replace(family=first.family) == first._replace(repeated=True)
        assert [snapshot(engine.storage) for engine in self.engines] == before

    @rule(pick=st.integers(0, 50), fields=st.sampled_from([{"amount_paid": 7}, {"region": "浙江"}]))
    def misuse(self, pick: int, fields: dict[str, object]) -> None:
        """An event id that was used before is not taken for other content."""
        before = snapshot(self.engines[0].storage)
        _, first = self.said[pick % len(self.said)]
        key, target = first.event.event_id, root_of(first.event.target)
        if not self.engines[0].history(target)[0].accepted:
            return
        result = self.both(lambda engine: engine.update(target, fields, event_id=key, actor="misuse"))
        assert "was used before for other content" in str(result)
        assert snapshot(self.engines[0].storage) == before

    @invariant()
    def both_hold_the_same_and_nothing_is_broken(self) -> None:
        first, second = (snapshot(engine.storage) for engine in self.engines)
        assert first == second
        assert broken(self.rules_, first) == []


def value_of(field: Field) -> st.SearchStrategy[object]:
    """A value that fits a datum of an event."""
    match field.type.kind:
        case Kind.CHOICE:
            return st.sampled_from(sorted(field.options))
        case Kind.INTEGER:
            return st.integers(0, 6)
        case Kind.MONEY:
            return st.sampled_from([0, 1, 100])
    return st.sampled_from(["x", "YT2"])


TestDay = Day.TestCase
TestDay.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


# ---- the invariants can tell ----------------------------------------------------------------------------------------


class Careless:
    """A transaction that stores something else than it was told."""

    def __init__(
        self, inner: Transaction, spoil: Callable[[Decision, JournalEntry], tuple[Decision, JournalEntry]]
    ):
        self._inner = inner
        self._spoil = spoil

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        decision, entry = self._spoil(decision, entry)
        self._inner.save(decision, expected, entry, due)


class CarelessStorage:
    """The memory storage, spoiled."""

    def __init__(self, spoil: Callable[[Decision, JournalEntry], tuple[Decision, JournalEntry]]) -> None:
        self._inner = MemoryStorage()
        self._spoil = spoil

    def transaction(self, *, read_only: bool = False) -> AbstractContextManager[Transaction]:
        @contextmanager
        def begin() -> Iterator[Transaction]:
            with self._inner.transaction() as transaction:
                yield cast(Transaction, Careless(transaction, self._spoil))

        return begin()

    def close(self) -> None:
        self._inner.close()


def without(kind: str) -> Callable[[Decision, JournalEntry], tuple[Decision, JournalEntry]]:
    def spoil(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
        return decision._replace(moves=tuple(move for move in decision.moves if move.kind != kind)), entry

    return spoil


def twice(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    again = tuple(move for move in decision.moves if move.kind == "give_back")
    return decision._replace(moves=decision.moves + again), entry


def no_steps(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry._replace(steps=entry.steps[1:])


def no_effects(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision._replace(effects=()), entry


def all_accepted(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry._replace(accepted=True)


def honest(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry


def short_day(storage: Storage) -> list[str]:
    """A fixed day: three orders of which one waits, one is cancelled, one is sent; what is broken after it."""
    rules, clock = wenzhou(), ManualClock(T0)
    engine = Engine(rules, storage, clock=clock)
    draw = random.Random(1)
    engine.receive("wenzhou", {"A": 5})
    for number in ("1", "2", "3"):
        line = {"line_no": 1, "sku": "A", "name": "A", "quantity": 2, "unit_price": 1}
        engine.submit(
            {
                "channel": "taobao",
                "customer": "C",
                "phone": "13800000001",
                "region": "x",
                "address": "y",
                "placed_at": T0,
                "amount_due": 2,
                "amount_paid": 2,
                "paid_at": T0,
                "lines": [line],
            },
            id=number,
            actor="channel",
        )
    for name, role, values in (ONWARD[state] for state in list(ONWARD)[:5]):
        given = {"units": 2} if "units" in values else values
        engine.send("1/shipments/1", name, given, actor=role)
    engine.send("1/shipments/1", "accept", actor="warehouse")
    engine.send("2", "cancel", {"why": draw.choice(["customer", "fraud"])}, actor="channel")
    engine.receive("wenzhou", {"A": 1})
    return broken(rules, snapshot(storage))


def test_an_honest_storage_is_found_sound() -> None:
    assert short_day(CarelessStorage(honest)) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without("take"), "hold"),
        (without("give_back"), "hold"),
        (without("spend"), "hold"),
        (twice, "hold"),
        (no_steps, "journaled is `backordered`"),
        (no_effects, "the outbox does not hold each journaled effect once"),
        (all_accepted, "accepted decisions"),
    ],
)
def test_a_careless_storage_is_found_out(
    spoil: Callable[[Decision, JournalEntry], tuple[Decision, JournalEntry]], says: str
) -> None:
    try:
        problems = short_day(CarelessStorage(spoil))
    except StorageError as error:  # the memory storage itself notices some
        problems = [str(error)]
    assert any(says in problem for problem in problems), problems


def test_random_days_find_a_careless_storage_out() -> None:
    class Bad(Day):
        def _memory(self) -> Storage:
            return CarelessStorage(twice)

    few = settings(
        max_examples=100,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
    )
    with pytest.raises((AssertionError, StorageError)):
        run_state_machine_as_test(Bad, settings=few)
