"""Transactions around units of work, and what is known of the records."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Self, TypeVar

from orderflow.diagnostics.errors import ConflictError, RecordError
from orderflow.engine.explain import explain
from orderflow.engine.explanation import Explanation
from orderflow.engine.link import RuleSet
from orderflow.model.event import Event
from orderflow.model.fault import ValueFault
from orderflow.model.moments import to_datetime
from orderflow.model.record import Family, Standing, root_of
from orderflow.service.clocks import SystemClock
from orderflow.service.ports import Clock, JournalEntry, Storage, Transaction
from orderflow.service.unit import UnitOfWork

T = TypeVar("T")

#: How often a step is tried again on fresh facts after another writer was first.
MOST_TRIES = 20


class Session:
    """Opens transactions on a storage and does units of work in them; `Engine` adds what can happen.

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
            facts = unit.facts(family, probe, probe.at)
        return explain(self.ruleset, family, probe.at, facts, department)

    def queue(self, name: str | None = None) -> Sequence[Standing]:
        """Who stands in a queue (in any, when None), the longest there first.

        Raises:
            RecordError: there is no such queue.
        """
        if name is not None:
            self.ruleset.queue(name)
        with self._reading() as unit:
            return unit.standing(name, self.clock.now())

    def close(self) -> None:
        """Close the storage."""
        self.storage.close()

    def __enter__(self) -> Self:
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

    def _moment(self, at: datetime | str | None, known: JournalEntry | None = None) -> datetime:
        if at is None:  # said again without a moment, an event happened when it first did
            return self.clock.now() if known is None else known.event.at
        try:
            return to_datetime(at, self.ruleset.zone)
        except ValueFault as fault:
            raise RecordError(f"`at` {fault}") from None
