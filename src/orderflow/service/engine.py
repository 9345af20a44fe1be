"""The engine: one event, one transaction."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from orderflow.diagnostics.errors import ConflictError, DecisionError, RecordError, RepeatError
from orderflow.engine.explain import Explanation, explain
from orderflow.engine.link import RuleSet
from orderflow.model.decision import Decision, Refusal
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Facts, StockKey
from orderflow.model.fault import ValueFault
from orderflow.model.frozen import EMPTY
from orderflow.model.moments import to_datetime
from orderflow.model.record import Family, root_of
from orderflow.service.clocks import SystemClock
from orderflow.service.journal import decision_again, entry_of, fingerprint
from orderflow.service.ports import Clock, JournalEntry, Storage, Transaction

T = TypeVar("T")

#: How often a step is tried again on fresh facts after another writer was first.
MOST_TRIES = 20

#: How many taken keys are passed over before a key that cannot become free is told.
MOST_TAKEN = 10_000

#: A receipt of this many units of one SKU is a slip of the keyboard.
MOST_UNITS = 1_000_000_000

#: Makes the event to apply: from what the transaction knows, and its own entry if its id was applied before.
Build = Callable[[Transaction, JournalEntry | None], Event]


class Engine:
    """Runs records through a rule set: reads, decides, and stores each event in one transaction.

    Safe to use from several threads if its storage is; inside `batch()` it belongs to one.

    Args:
        ruleset: the linked rules.
        storage: where families, journal, outbox and stock live.
        clock: tells the present moment; the system's by default.
        new_id: makes the ids of events that come without one.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        storage: Storage,
        *,
        clock: Clock | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self.ruleset = ruleset
        self.storage = storage
        self.clock: Clock = clock if clock is not None else SystemClock()
        self._new_id = new_id if new_id is not None else lambda: uuid.uuid4().hex
        self._open: Transaction | None = None

    # ---- events -------------------------------------------------------------------------------------------------

    def submit(
        self,
        fields: Mapping[str, object],
        *,
        entity: str | None = None,
        id: str | None = None,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
    ) -> Decision:
        """Bring in a new record.

        Args:
            fields: raw or typed values by field.
            entity: its kind; may be left out where the rule set has one.
            id: its key; may stand in `fields`, or be made by the key's `auto`.
            at: when it happened; now by default. A moment without an offset is in the rule set's zone.
            actor: the role, or `role:person`.
            event_id: what makes the event unique; the same id again returns the first decision.

        Raises:
            RecordError: the values do not fit, or the event id was used for other content.
            StorageError: nothing was stored.
        """
        kind = self.ruleset.entity(entity)
        if kind.parent is not None:
            raise RecordError(f"a `{kind.name}` is made by its `{kind.parent}`; submit that instead")
        given = dict(fields)
        if id is not None and kind.key is not None:
            given[kind.key] = id
        values = self.ruleset.coerce(kind.name, given, complete=True)

        def build(transaction: Transaction, known: JournalEntry | None) -> Event:
            if values.get(str(kind.key)):
                key = self.ruleset.key_of(kind.name, values, 0)
            elif known is not None:
                key = known.event.target  # the one that was made the first time
            else:
                key = self._free_key(transaction, kind.name, values)
            return Event("submit", key, self._moment(at, known), kind.name, values, actor, event_id)

        return self._run(build, event_id)

    def send(
        self,
        id: str,
        event: str,
        data: Mapping[str, object] = EMPTY,
        *,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
    ) -> Decision:
        """Send a declared event to a record or, by `ROOT/CHILDREN/N`, to a child.

        One that no transition takes is a journaled refusal: look at `Decision.accepted` and `.refusals`.

        Raises:
            RecordError: there is no such record, or the event's data do not fit.
            StorageError: nothing was stored.
        """

        def build(transaction: Transaction, known: JournalEntry | None) -> Event:
            entity = self._entity_at(transaction, id)
            values = self.ruleset.coerce_event(entity, event, data)
            return Event("send", id, self._moment(at, known), event, values, actor, event_id)

        return self._run(build, event_id)

    def update(
        self,
        id: str,
        fields: Mapping[str, object],
        *,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
        reason: str = "",
    ) -> Decision:
        """Change fields of a record; automatic transitions follow. A broken contract refuses the whole update.

        Raises:
            RecordError: there is no such record, or a value does not fit its field.
            StorageError: nothing was stored.
        """

        def build(transaction: Transaction, known: JournalEntry | None) -> Event:
            entity = self._entity_at(transaction, id)
            values = self.ruleset.coerce(entity, fields, complete=False)
            return Event("update", id, self._moment(at, known), "", values, actor, event_id, reason)

        return self._run(build, event_id)

    def apply(self, event: Event) -> Decision:
        """Apply an event whose data are already typed (see `RuleSet.coerce`).

        Raises:
            RecordError: its event id was used for other content.
            StorageError: nothing was stored.
        """
        return self._run(lambda *_: event, event.event_id)

    def tick(self, until: datetime | str | None = None) -> int:
        """Fire every timer that is due, each at its own moment, earliest first.

        Returns:
            How many families were woken.
        """
        limit = self._moment(until)
        woken = 0
        while True:
            count = self._in_transaction(lambda transaction: self._wake_due(transaction, limit))
            if not count:
                return woken
            woken += count

    def receive(
        self,
        warehouse: str,
        units: Mapping[str, int],
        *,
        at: datetime | str | None = None,
        event_id: str = "",
    ) -> tuple[Decision, ...]:
        """Add units on hand and wake the records that wait for them, the oldest submit first, in one transaction.

        Args:
            units: how many, by SKU.
            event_id: what makes the receipt unique; the same id again adds nothing.

        Returns:
            The decisions of those that moved.

        Raises:
            RecordError: the warehouse is not declared, a number of units is not a positive whole number, or the event
                id was used for other units.
        """
        self.ruleset.check_warehouses((warehouse,))
        wrong = [sku for sku, count in units.items() if type(count) is not int or not 0 < count < MOST_UNITS]
        if wrong:
            raise RecordError(
                [f"units of `{sku}` must be a whole number above 0 and below {MOST_UNITS:,}" for sku in wrong]
            )
        wanted = {(warehouse, sku): count for sku, count in units.items()}
        moment = self._moment(at)

        def work(transaction: Transaction) -> tuple[Decision, ...]:
            known = transaction.received(event_id) if event_id else None
            if known is not None:
                if known != wanted:
                    raise RepeatError(event_id)
                return ()
            transaction.receive(warehouse, units, moment, event_id)
            return self._serve(transaction, wanted.keys(), moment)

        return self._in_transaction(work)

    # ---- what is known ------------------------------------------------------------------------------------------

    def family(self, id: str) -> Family:
        """The record's family as it stands.

        Raises:
            RecordError: there is no such record.
        """
        with self._reading() as transaction:
            return self._family(transaction, id)

    def history(self, id: str) -> tuple[JournalEntry, ...]:
        """What happened to a record's family, oldest first, refusals included.

        Raises:
            RecordError: there is no such record.
        """
        with self._reading() as transaction:
            entries = tuple(transaction.journal(root_of(id)))
            if not entries:
                self._family(transaction, id)
            return entries

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose timers are due by `until`: (when, id), earliest first."""
        with self._reading() as transaction:
            return transaction.due(until, limit)

    def explain(self, id: str) -> Explanation:
        """Where a record stands and what each way on waits for.

        Raises:
            RecordError: there is no such record.
        """
        with self._reading() as transaction:
            family = self._family(transaction, id)
            probe = Event("tick", family.id, self.clock.now())
            facts = self._facts(transaction, family, probe)
        return explain(self.ruleset, family, probe.at, facts)

    def close(self) -> None:
        """Close the storage."""
        self.storage.close()

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Keep the events inside in one transaction: all are stored, or none.

        Raises:
            ConflictError: another writer was first; the caller repeats the batch.
        """
        if self._open is not None:
            yield
            return
        with self.storage.transaction() as transaction:
            self._open = transaction
            try:
                yield
            finally:
                self._open = None

    # ---- inside -------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        if self._open is not None:
            yield self._open
            return
        with self.storage.transaction(read_only=True) as transaction:
            yield transaction

    def _in_transaction(self, work: Callable[[Transaction], T]) -> T:
        """Do some work in one transaction; again from the start, on fresh facts, when another writer was first."""
        if self._open is not None:
            return work(self._open)
        for _ in range(MOST_TRIES - 1):
            try:
                with self.storage.transaction() as transaction:
                    return work(transaction)
            except ConflictError:
                continue
        with self.storage.transaction() as transaction:
            return work(transaction)

    def _run(self, build: Build, event_id: str) -> Decision:
        return self._in_transaction(lambda transaction: self._apply(transaction, build, event_id))

    def _apply(self, transaction: Transaction, build: Build, event_id: str) -> Decision:
        known = transaction.entry(event_id) if event_id else None
        event = build(transaction, known)
        root_id = root_of(event.target)
        print_ = fingerprint(event)
        if known is not None:
            return self._again(transaction, known, event, print_)
        if not event_id:
            event = event._replace(event_id=self._new_id())
        family = self._load(transaction, root_id)
        while family is not None and family.wake is not None and family.wake <= event.at:
            self._wake(transaction, root_id, family.wake)
            family = self._load(transaction, root_id)
        return self._decide(transaction, family, event, print_)

    def _free_key(self, transaction: Transaction, entity: str, values: Mapping[str, object]) -> str:
        """The next key that the key's `auto` makes and nobody has yet."""
        for _ in range(MOST_TAKEN):
            key = self.ruleset.key_of(entity, values, transaction.next_number(entity))
            if transaction.family(key) is None:
                return key
        raise RecordError(
            f"`{key}` and {MOST_TAKEN - 1:,} keys before it are taken; let `auto` use `{{sequence}}`"
        )

    def _again(self, transaction: Transaction, known: JournalEntry, event: Event, print_: str) -> Decision:
        if known.fingerprint != print_:
            raise RepeatError(event.event_id)
        return decision_again(known, transaction.family(root_of(known.event.target)))

    def _wake_due(self, transaction: Transaction, limit: datetime) -> int:
        """Fire timers that are due, as long as none that they start comes before the next; how many."""
        count = 0
        soonest: datetime | None = None
        for wake, root_id in transaction.due(limit, 500):
            if soonest is not None and soonest < wake:
                break
            decision = self._wake(transaction, root_id, wake)
            again = decision.family.wake if decision is not None else None
            if again is not None and (soonest is None or again < soonest):
                soonest = again
            count += 1
        return count

    def _wake(self, transaction: Transaction, root_id: str, at: datetime) -> Decision | None:
        family = self._load(transaction, root_id)
        if family is None:
            return None
        event = Event("tick", root_id, at, event_id=self._new_id())
        try:
            return self._decide(transaction, family, event, "")
        except DecisionError as error:
            # One record whose rules go round must not stop every other timer: its own is put aside, and says why.
            aside = replace(family, version=family.version + 1, wake=None)
            refusal = Refusal("no_rest", root_id, str(error))
            decision = Decision(event, aside, accepted=True, refusals=(refusal,), digest=self.ruleset.digest)
            self._save(transaction, family, decision, at, "")
            return decision

    def _decide(self, transaction: Transaction, family: Family | None, event: Event, print_: str) -> Decision:
        now = event.at if event.kind == "tick" else max(self.clock.now(), event.at)
        decision = self.ruleset.decide(family, event, now, self._facts(transaction, family, event))
        if event.kind == "tick" and family is not None and _idle(family, decision):
            return decision._replace(family=family)
        self._save(transaction, family, decision, now, print_)
        freed = {(move.warehouse, move.sku) for move in decision.moves if move.kind == "give_back"}
        if freed:
            self._serve(transaction, freed, now)
        return decision

    def _serve(
        self, transaction: Transaction, keys: Collection[StockKey], at: datetime
    ) -> tuple[Decision, ...]:
        """Wake the records that wait for units of these positions, the oldest submit first; those that moved."""
        moved = []
        for root_id in transaction.waiting("stock"):
            family = self._load(transaction, root_id)
            probe = Event("tick", root_id, at)
            if family is not None and not set(keys).isdisjoint(self.ruleset.stock_keys(family, probe)):
                decision = self._wake(transaction, root_id, at)
                if decision is not None and decision.steps:
                    moved.append(decision)
        return tuple(moved)

    def _save(
        self, transaction: Transaction, family: Family | None, decision: Decision, now: datetime, print_: str
    ) -> None:
        expected = family.version if family is not None else 0
        transaction.save(decision, expected, entry_of(decision, now, print_), now)

    def _facts(self, transaction: Transaction, family: Family | None, event: Event) -> Facts:
        keys = self.ruleset.stock_keys(family, event)
        return Facts(stock=transaction.stock(keys)) if keys else NO_FACTS

    def _load(self, transaction: Transaction, root_id: str) -> Family | None:
        family = transaction.family(root_id)
        return None if family is None else self.ruleset.admit(family)

    def _family(self, transaction: Transaction, id: str) -> Family:
        family = self._load(transaction, root_of(id))
        if family is None or family.find(id) is None:
            raise RecordError(f"there is no record `{id}`")
        return family

    def _entity_at(self, transaction: Transaction, id: str) -> str:
        found = self._family(transaction, id).find(id)
        assert found is not None  # _family looked
        return found.entity

    def _moment(self, at: datetime | str | None, known: JournalEntry | None = None) -> datetime:
        if at is None:  # said again without a moment, an event happened when it first did
            return self.clock.now() if known is None else known.event.at
        try:
            return to_datetime(at, self.ruleset.zone)
        except ValueFault as fault:
            raise RecordError(f"`at` {fault}") from None


def _idle(before: Family, decision: Decision) -> bool:
    """Whether a tick did nothing that is worth keeping."""
    after = decision.family
    return (
        not decision.steps
        and not decision.refusals
        and (after.wake, after.waiting) == (before.wake, before.waiting)
    )
