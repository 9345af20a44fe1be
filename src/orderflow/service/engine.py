"""The engine: one event, one transaction."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from orderflow.diagnostics.errors import ConflictError, RecordError
from orderflow.engine.explain import Explanation, explain
from orderflow.engine.link import RuleSet
from orderflow.model.decision import Decision
from orderflow.model.event import Event
from orderflow.model.fault import ValueFault
from orderflow.model.frozen import EMPTY
from orderflow.model.moments import to_datetime
from orderflow.model.record import Family, root_of
from orderflow.service.clocks import SystemClock
from orderflow.service.ports import Clock, JournalEntry, Storage, Transaction
from orderflow.service.unit import Build, UnitOfWork

T = TypeVar("T")

#: How often a step is tried again on fresh facts after another writer was first.
MOST_TRIES = 20

#: A receipt of this many units of one SKU is a slip of the keyboard.
MOST_UNITS = 1_000_000_000


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
        self._open: UnitOfWork | None = None

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

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            if values.get(str(kind.key)):
                key = self.ruleset.key_of(kind.name, values, 0)
            elif known is not None:
                key = known.event.target  # the one that was made the first time
            else:
                key = unit.free_key(kind.name, values)
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

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            _, entity = unit.find(id)
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

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            _, entity = unit.find(id)
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
            count = self._in_unit(lambda unit: unit.wake_due(limit))
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
        moment = self._moment(at)
        return self._in_unit(lambda unit: unit.receive(warehouse, units, moment, event_id))

    # ---- what is known ------------------------------------------------------------------------------------------

    def family(self, id: str) -> Family:
        """The record's family as it stands.

        Raises:
            RecordError: there is no such record.
        """
        with self._reading() as unit:
            return unit.find(id)[0]

    def history(self, id: str) -> tuple[JournalEntry, ...]:
        """What happened to a record's family, oldest first, refusals included.

        Raises:
            RecordError: there is no such record.
        """
        with self._reading() as unit:
            entries = tuple(unit.transaction.journal(root_of(id)))
            if not entries:
                unit.find(id)
            return entries

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose timers are due by `until`: (when, id), earliest first."""
        with self._reading() as unit:
            return unit.transaction.due(until, limit)

    def explain(self, id: str, *, department: str | None = None) -> Explanation:
        """Where a record stands and what each way on waits for.

        Args:
            department: who is told: their own words for states (`known_as`) are used.

        Raises:
            RecordError: there is no such record, or no state knows that department.
        """
        self.ruleset.check_department(department)
        with self._reading() as unit:
            family, _ = unit.find(id)
            probe = Event("tick", family.id, self.clock.now())
            facts = unit.facts(family, probe)
        return explain(self.ruleset, family, probe.at, facts, department)

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
            self._open = self._unit(transaction)
            try:
                yield
            finally:
                self._open = None

    # ---- inside -------------------------------------------------------------------------------------------------

    def _unit(self, transaction: Transaction) -> UnitOfWork:
        return UnitOfWork(self.ruleset, transaction, self.clock, self._new_id)

    @contextmanager
    def _reading(self) -> Iterator[UnitOfWork]:
        if self._open is not None:
            yield self._open
            return
        with self.storage.transaction(read_only=True) as transaction:
            yield self._unit(transaction)

    def _in_unit(self, work: Callable[[UnitOfWork], T]) -> T:
        """Do some work in one transaction; again from the start, on fresh facts, when another writer was first."""
        if self._open is not None:
            return work(self._open)
        for _ in range(MOST_TRIES - 1):
            try:
                with self.storage.transaction() as transaction:
                    return work(self._unit(transaction))
            except ConflictError:
                continue
        with self.storage.transaction() as transaction:
            return work(self._unit(transaction))

    def _run(self, build: Build, event_id: str) -> Decision:
        return self._in_unit(lambda unit: unit.apply(build, event_id))

    def _moment(self, at: datetime | str | None, known: JournalEntry | None = None) -> datetime:
        if at is None:  # said again without a moment, an event happened when it first did
            return self.clock.now() if known is None else known.event.at
        try:
            return to_datetime(at, self.ruleset.zone)
        except ValueFault as fault:
            raise RecordError(f"`at` {fault}") from None
