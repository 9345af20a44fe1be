"""The reference storage, in memory: real transactions by undoing, and a notifier that remembers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from threading import Lock, get_ident
from types import TracebackType

from orderflow.diagnostics.errors import NotifierError
from orderflow.model.decision import Decision, Effect
from orderflow.model.facts import Contribution
from orderflow.model.record import Family, Standing
from orderflow.model.stock import Move, Position, StockKey
from orderflow.service.clocks import ManualClock, SystemClock
from orderflow.service.ledger import already_open, applied_before, changed_meanwhile, root_of_decision
from orderflow.service.memory_history import MemoryHistory, MemoryNotes
from orderflow.service.memory_outbox import MemoryOutbox
from orderflow.service.memory_stock import MemoryStock
from orderflow.service.ports import Drawing, JournalEntry, Movement, Outgoing, StockRow

__all__ = ["ManualClock", "MemoryNotifier", "MemoryStorage", "SystemClock"]


class MemoryStorage:
    """Keeps everything in this process; gone when it ends. Threads may share it: transactions queue up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner: int | None = None
        self._tables = _Tables()

    def transaction(self, *, read_only: bool = False) -> "_Transaction":
        """Begin; commit on leaving, roll back on an exception. Reading alone takes its turn, too."""
        return _Transaction(self)

    def close(self) -> None:
        """Nothing is held open."""


class _Tables:
    """What is stored. `wakes` is a heap whose stale entries are dropped when they are met."""

    __slots__ = (
        "families", "history", "journal", "journals", "notes", "numbers", "outbox", "places", "sequences", "stock",
        "waiting", "wakes",
    )  # fmt: skip

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}
        self.places: dict[str, int] = {}  # the order of submit
        self.wakes: list[tuple[datetime, int, str]] = []
        self.waiting: dict[str, set[str]] = {}
        self.journal: list[JournalEntry] = []
        self.numbers: dict[str, int] = {}  # of the journal entry, by event id
        self.journals: dict[str, list[int]] = {}  # by root id
        self.outbox = MemoryOutbox()
        self.stock = MemoryStock()
        self.history = MemoryHistory()
        self.notes = MemoryNotes()
        self.sequences: dict[str, int] = {}


class _Transaction:
    """One transaction: changes the tables at once and remembers how they were."""

    __slots__ = ("_families", "_journal", "_roots", "_sequences", "_storage", "_tables")

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self._tables = storage._tables

    def __enter__(self) -> "_Transaction":
        storage, me = self._storage, get_ident()
        if storage._owner == me:
            raise already_open()
        storage._lock.acquire()
        storage._owner = me
        # What was there before: rows changed since, and the length of the journal.
        self._families: dict[str, Family | None] = {}
        self._sequences: dict[str, int] = {}
        self._roots: list[str] = []  # of the journal entries since
        self._journal = len(self._tables.journal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            tables = self._tables
            if kind is None:
                tables.outbox.commit()
                tables.stock.commit()
                tables.history.commit()
                tables.notes.commit()
            else:
                self._roll_back()
        finally:
            self._storage._owner = None
            self._storage._lock.release()

    def family(self, root_id: str) -> Family | None:
        """The family as last saved, or None."""
        return self._tables.families.get(root_id)

    def entry(self, event_id: str) -> JournalEntry | None:
        """The journal entry of an event id that was applied before, or None."""
        number = self._tables.numbers.get(event_id)
        return None if number is None else self._tables.journal[number - 1]

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        """Store the decision: family (if accepted), journal entry, effects (due at `due`), moves, draws, contributions."""
        tables = self._tables
        root_id = root_of_decision(decision)
        stored = tables.families.get(root_id)
        version = 0 if stored is None else stored.version
        event_id = entry.event.event_id
        # Every check comes before the first change: a decision that fails leaves nothing, whatever follows.
        if version != expected:
            raise changed_meanwhile(root_id, expected, version)
        if event_id and event_id in tables.numbers:
            raise applied_before(event_id)
        if decision.effects:
            tables.outbox.check(decision.effects)
        if decision.moves or decision.draws:
            tables.stock.change(decision.moves, decision.draws, entry.event.at)
        if decision.effects:
            tables.outbox.add(decision.effects, due)
        if decision.contributions:
            tables.history.put(decision.contributions)
        if decision.accepted:
            self._families.setdefault(root_id, stored)
            self._put(root_id, stored, decision.family)
        number = len(tables.journal) + 1
        tables.journal.append(JournalEntry(number, *entry[1:]))
        if event_id:
            tables.numbers[event_id] = number
        tables.journals.setdefault(root_id, []).append(number)
        self._roots.append(root_id)

    def reschedule(self, family: Family) -> None:
        """Store a family's new time of waking, what it waits for, and nothing else."""
        stored = self._tables.families.get(family.id)
        if stored is None or stored.version != family.version:
            raise changed_meanwhile(family.id, family.version, 0 if stored is None else stored.version)
        self._families.setdefault(family.id, stored)
        self._put(family.id, stored, replace(stored, wake=family.wake, waiting=family.waiting))

    def stock(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        """The positions of these SKUs, in every warehouse that has one."""
        return self._tables.stock.of(skus)

    def move(self, moves: Iterable[Move], at: datetime) -> None:
        """Move stock outside any decision (opening stock, pools), with a line each in the ledger."""
        self._tables.stock.change(moves, (), at)

    def balances(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """What is held in all, by resource and owner, for each key that ever held anything."""
        return self._tables.stock.balances(keys)

    def window(
        self, aggregate: str, owner: str, since: datetime | None, until: datetime
    ) -> Sequence[Contribution]:
        """What counts in an aggregate of an owner: since < at <= until, oldest first (then by record id)."""
        return self._tables.history.window(aggregate, owner, since, until)

    def count(
        self,
        aggregate: str,
        owner: str,
        since: datetime | None,
        until: datetime,
        without: str,
    ) -> tuple[int, datetime | None]:
        """How many records count, since < at <= until, and the moment of the first; `without` is a family left out."""
        return self._tables.history.count(aggregate, owner, since, until, without)

    def touch(self, root_ids: Iterable[str]) -> None:
        """Note root records whose tags must be looked at in a transaction of their own."""
        self._tables.notes.touch(root_ids)

    def touched(self, limit: int) -> Sequence[str]:
        """Root ids noted and not settled yet, in the order in which they were noted first."""
        return self._tables.notes.first(limit)

    def settle(self, root_id: str) -> None:
        """Its tags were looked at: the note is taken away."""
        self._tables.notes.settle(root_id)

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str = "") -> None:
        """Add units on hand, with a line each in the ledger."""
        self._tables.stock.receive(warehouse, units, at, receipt)

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None when there was none of that id."""
        return self._tables.stock.received(receipt)

    def next_number(self, name: str) -> int:
        """The next number of a named sequence, from 1."""
        before = self._tables.sequences.get(name, 0)
        self._sequences.setdefault(name, before)
        self._tables.sequences[name] = before + 1
        return before + 1

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose `wake` is at or before `until`: (wake, root id), earliest first, then by submit."""
        wakes, families = self._tables.wakes, self._tables.families
        found: list[tuple[datetime, int, str]] = []
        while wakes and len(found) < limit and wakes[0][0] <= until:
            entry = heappop(wakes)
            family = families.get(entry[2])
            if family is not None and family.wake == entry[0] and (not found or found[-1] != entry):
                found.append(entry)
        for entry in found:
            heappush(wakes, entry)
        return [(wake, root_id) for wake, _, root_id in found]

    def waiting(self, keys: Iterable[str]) -> Sequence[str]:
        """Root ids of families that wait for one of these, oldest submit first, each once."""
        found = {root_id for key in keys for root_id in self._tables.waiting.get(key, ())}
        return sorted(found, key=self._tables.places.__getitem__)

    def standing(self, queue: str | None = None) -> Sequence[Standing]:
        """Who stands in a queue (all queues when None), the longest there first, then by record id."""
        every = (place for family in self._tables.families.values() for place in family.standing)
        chosen = [place for place in every if queue is None or place.queue == queue]
        return sorted(chosen, key=lambda place: (place.since, place.record, place.queue))

    def families(self, entity: str | None = None) -> Iterator[Family]:
        """All families, in the order of submit."""
        every = list(self._tables.families.values())
        return iter(every if entity is None else [family for family in every if family.root.entity == entity])

    def journal(self, root_id: str | None = None) -> Iterator[JournalEntry]:
        """Entries in order: of one family, or all."""
        journal = self._tables.journal
        if root_id is None:
            return iter(journal.copy())
        return iter([journal[number - 1] for number in self._tables.journals.get(root_id, ())])

    def positions(self) -> Sequence[StockRow]:
        """Every stock position, by warehouse and SKU."""
        return self._tables.stock.rows()

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""
        return iter(self._tables.stock.movements.copy())

    def drawings(self) -> Iterator[Drawing]:
        """The ledger of amounts and tokens in order."""
        return iter(self._tables.stock.drawings.copy())

    def outgoing(self, until: datetime, limit: int) -> Sequence[Outgoing]:
        """Pending effects due at or before `until`, earliest first, the first pending one of each record."""
        return self._tables.outbox.outgoing(until, limit)

    def mark(self, outgoing: Outgoing) -> None:
        """Store what became of an effect: its status, tries, next due time and last error."""
        self._tables.outbox.mark(outgoing)

    def outbox(self) -> Iterator[Outgoing]:
        """The whole outbox, oldest first."""
        return iter(self._tables.outbox)

    def _put(self, root_id: str, before: Family | None, after: Family) -> None:
        tables = self._tables
        tables.families[root_id] = after
        if before is None:
            tables.places[root_id] = len(tables.places)
        if after.wake is not None and (before is None or before.wake != after.wake):
            heappush(tables.wakes, (after.wake, tables.places[root_id], root_id))
        self._wait(root_id, () if before is None else before.waiting, after.waiting)

    def _wait(self, root_id: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        if before == after:
            return
        for condition in before:
            self._tables.waiting[condition].discard(root_id)
        for condition in after:
            self._tables.waiting.setdefault(condition, set()).add(root_id)

    def _roll_back(self) -> None:
        tables = self._tables
        tables.outbox.rollback()
        tables.stock.rollback()
        tables.history.rollback()
        tables.notes.rollback()
        for entry, root_id in zip(tables.journal[self._journal :], self._roots, strict=True):
            tables.numbers.pop(entry.event.event_id, None)
            tables.journals[root_id].pop()
        del tables.journal[self._journal :]
        tables.sequences.update(self._sequences)
        for root_id, before in reversed(self._families.items()):
            self._wait(
                root_id, tables.families[root_id].waiting, before.waiting if before is not None else ()
            )
            if before is None:
                del tables.families[root_id], tables.places[root_id]
            else:
                tables.families[root_id] = before
                if before.wake is not None:  # its entry may have been dropped as stale
                    heappush(tables.wakes, (before.wake, tables.places[root_id], root_id))


class MemoryNotifier:
    """Keeps what was delivered, in `delivered`; can be told to fail first.

    Args:
        failures: how many deliveries fail before one gets through.
    """

    def __init__(self, failures: int = 0) -> None:
        self.delivered: list[Effect] = []
        self.failures = failures

    def fail(self, times: int) -> None:
        """Let the next deliveries fail."""
        self.failures = times

    def deliver(self, effect: Effect) -> None:
        """Keep the effect.

        Raises:
            NotifierError: it was told to fail.
        """
        if self.failures > 0:
            self.failures -= 1
            raise NotifierError(f"`{effect.action}` was told to fail; {self.failures} more failures to come")
        self.delivered.append(effect)
