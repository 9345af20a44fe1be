"""The engine: one event, one transaction."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256

from orderflow.diagnostics.errors import ConflictError, RecordError
from orderflow.engine.explain import Explanation, explain
from orderflow.engine.link import RuleSet
from orderflow.model.decision import Decision
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Facts
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, root_of
from orderflow.service.clocks import SystemClock
from orderflow.service.ports import Clock, JournalEntry, Storage, Transaction

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

        def event(transaction: Transaction) -> Event:
            key = values.get(str(kind.key))
            if not isinstance(key, str) or not key:
                key = self.ruleset.key_of(kind.name, values, transaction.next_number(kind.name))
            else:
                key = self.ruleset.key_of(kind.name, values, 0)
            return Event("submit", key, self._moment(at), kind.name, values, actor, event_id)

        return self._run(event)

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
        moment = self._moment(at)

        def build(transaction: Transaction) -> Event:
            entity = self._entity_at(transaction, id)
            values = self.ruleset.coerce_event(entity, event, data)
            return Event("send", id, moment, event, values, actor, event_id)

        return self._run(build)

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
        moment = self._moment(at)

        def build(transaction: Transaction) -> Event:
            entity = self._entity_at(transaction, id)
            values = self.ruleset.coerce(entity, fields, complete=False)
            return Event("update", id, moment, "", values, actor, event_id, reason)

        return self._run(build)

    def apply(self, event: Event) -> Decision:
        """Apply an event whose data are already typed (see `RuleSet.coerce`).

        Raises:
            RecordError: its event id was used for other content.
            StorageError: nothing was stored.
        """
        return self._run(lambda _: event)

    def tick(self, until: datetime | str | None = None) -> int:
        """Fire every timer that is due, each at its own moment, earliest first.

        Returns:
            How many families were woken.
        """
        limit = self._moment(until)
        woken = 0
        while True:
            with self._transaction() as transaction:
                due = transaction.due(limit, 500)
                for wake, root_id in due:
                    self._wake(transaction, root_id, wake)
            woken += len(due)
            if not due:
                return woken

    def receive(
        self, warehouse: str, units: Mapping[str, int], *, at: datetime | str | None = None
    ) -> tuple[Decision, ...]:
        """Add units on hand and wake the records that wait for stock, the oldest submit first.

        Returns:
            The decisions of those that moved.

        Raises:
            RecordError: the warehouse is not declared, or a number of units is not a positive whole number.
        """
        self.ruleset.check_warehouses((warehouse,))
        wrong = [sku for sku, count in units.items() if type(count) is not int or not 0 < count < MOST_UNITS]
        if wrong:
            raise RecordError(
                [f"units of `{sku}` must be a whole number above 0 and below {MOST_UNITS:,}" for sku in wrong]
            )
        moment = self._moment(at)
        with self._transaction() as transaction:
            transaction.receive(warehouse, units, moment)
        moved = []
        with self._transaction() as transaction:
            waiting = transaction.waiting("stock")
        for root_id in waiting:
            with self._transaction() as transaction:
                decision = self._wake(transaction, root_id, moment)
            if decision is not None and decision.steps:
                moved.append(decision)
        return tuple(moved)

    # ---- what is known ------------------------------------------------------------------------------------------

    def family(self, id: str) -> Family:
        """The record's family as it stands.

        Raises:
            RecordError: there is no such record.
        """
        with self._transaction() as transaction:
            return self._family(transaction, id)

    def history(self, id: str) -> tuple[JournalEntry, ...]:
        """What happened to a record's family, oldest first, refusals included.

        Raises:
            RecordError: there is no such record.
        """
        with self._transaction() as transaction:
            entries = tuple(transaction.journal(root_of(id)))
            if not entries:
                self._family(transaction, id)
            return entries

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose timers are due by `until`: (when, id), earliest first."""
        with self._transaction() as transaction:
            return transaction.due(until, limit)

    def explain(self, id: str) -> Explanation:
        """Where a record stands and what each way on waits for.

        Raises:
            RecordError: there is no such record.
        """
        with self._transaction() as transaction:
            family = self._family(transaction, id)
            probe = Event("tick", family.id, self.clock.now())
            facts = self._facts(transaction, family, probe)
        return explain(self.ruleset, family, probe.at, facts)

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
    def _transaction(self) -> Iterator[Transaction]:
        if self._open is not None:
            yield self._open
            return
        with self.storage.transaction() as transaction:
            yield transaction

    def _run(self, build: Callable[[Transaction], Event]) -> Decision:
        if self._open is not None:
            return self._apply(self._open, build)
        for attempt in range(MOST_TRIES):
            try:
                with self.storage.transaction() as transaction:
                    return self._apply(transaction, build)
            except ConflictError:
                if attempt == MOST_TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _apply(self, transaction: Transaction, build: Callable[[Transaction], Event]) -> Decision:
        event = build(transaction)
        root_id = root_of(event.target)
        print_ = fingerprint(event)
        if event.event_id:
            known = transaction.entry(event.event_id)
            if known is not None:
                return self._again(transaction, known, event, print_)
        else:
            event = event._replace(event_id=self._new_id())
        family = transaction.family(root_id)
        while family is not None and family.wake is not None and family.wake <= event.at:
            self._wake(transaction, root_id, family.wake)
            family = transaction.family(root_id)
        return self._decide(transaction, family, event, print_)

    def _again(self, transaction: Transaction, known: JournalEntry, event: Event, print_: str) -> Decision:
        if known.fingerprint != print_:
            raise RecordError(
                f"event id `{event.event_id}` was used before for other content; give each event its own id"
            )
        family = transaction.family(root_of(known.event.target))
        return Decision(
            event=known.event,
            family=family if family is not None else Family.none(known.event.name, known.event.target),
            accepted=known.accepted,
            steps=known.steps,
            changes=known.changes,
            effects=known.effects,
            moves=known.moves,
            refusals=known.refusals,
            digest=known.digest,
        )

    def _wake(self, transaction: Transaction, root_id: str, at: datetime) -> Decision | None:
        family = transaction.family(root_id)
        if family is None:
            return None
        event = Event("tick", root_id, at, event_id=self._new_id())
        return self._decide(transaction, family, event, "")

    def _decide(self, transaction: Transaction, family: Family | None, event: Event, print_: str) -> Decision:
        now = max(self.clock.now(), event.at)
        if event.kind == "tick":
            now = event.at
        decision = self.ruleset.decide(family, event, now, self._facts(transaction, family, event))
        entry = JournalEntry(
            number=0,
            recorded_at=now,
            version=decision.family.version,
            event=event,
            accepted=decision.accepted,
            steps=decision.steps,
            changes=decision.changes,
            moves=decision.moves,
            effects=decision.effects,
            refusals=decision.refusals,
            fingerprint=print_,
            digest=decision.digest,
        )
        transaction.save(decision, family.version if family is not None else 0, entry, now)
        return decision

    def _facts(self, transaction: Transaction, family: Family | None, event: Event) -> Facts:
        keys = self.ruleset.stock_keys(family, event)
        return Facts(stock=transaction.stock(keys)) if keys else NO_FACTS

    def _family(self, transaction: Transaction, id: str) -> Family:
        family = transaction.family(root_of(id))
        if family is None or family.find(id) is None:
            raise RecordError(f"there is no record `{id}`")
        return family

    def _entity_at(self, transaction: Transaction, id: str) -> str:
        found = self._family(transaction, id).find(id)
        assert found is not None  # _family looked
        return found.entity

    def _moment(self, at: datetime | str | None) -> datetime:
        if at is None:
            return self.clock.now()
        if isinstance(at, str):
            at = datetime.fromisoformat(at)
        if at.tzinfo is None:
            at = at.replace(tzinfo=self.ruleset.zone)
        return at.astimezone(UTC)


def fingerprint(event: Event) -> str:
    """SHA-256 of an event's content, in hexadecimal; equal for the same event sent twice."""
    content = (
        event.kind,
        event.target,
        event.at,
        event.name,
        sorted(event.data.items()),
        event.actor,
        event.reason,
    )
    return sha256(repr(content).encode()).hexdigest()
