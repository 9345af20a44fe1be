"""The reference storage, in memory: real transactions by undoing, and a notifier that remembers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from threading import Lock, get_ident
from types import TracebackType

from orderflow.diagnostics.errors import NotifierError
from orderflow.model.decision import Decision, Effect, Move
from orderflow.model.facts import StockKey
from orderflow.model.record import Family
from orderflow.service.clocks import ManualClock, SystemClock
from orderflow.service.ledger import (
    already_open,
    applied_before,
    changed_meanwhile,
    in_order,
    more_than_held,
    received,
    root_of_decision,
    too_few,
)
from orderflow.service.memory_outbox import MemoryOutbox
from orderflow.service.ports import JournalEntry, Movement, Outgoing, StockRow

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
        "families", "journal", "journals", "movements", "numbers", "outbox", "places", "receipts", "sequences", "stock",
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
        self.stock: dict[StockKey, tuple[int, int]] = {}
        self.movements: list[Movement] = []
        self.sequences: dict[str, int] = {}
        self.receipts: dict[str, dict[StockKey, int]] = {}


class _Transaction:
    """One transaction: changes the tables at once and remembers how they were."""

    __slots__ = (
        "_families",
        "_journal",
        "_movements",
        "_receipts",
        "_roots",
        "_sequences",
        "_stock",
        "_storage",
        "_tables",
    )

    def __init__(self, storage: MemoryStorage) -> None:
        self._storage = storage
        self._tables = storage._tables

    def __enter__(self) -> "_Transaction":
        storage, me = self._storage, get_ident()
        if storage._owner == me:
            raise already_open()
        storage._lock.acquire()
        storage._owner = me
        # What was there before: rows changed since, and the lengths of what only grows.
        self._families: dict[str, Family | None] = {}
        self._stock: dict[StockKey, tuple[int, int] | None] = {}
        self._sequences: dict[str, int] = {}
        self._roots: list[str] = []  # of the journal entries since
        self._receipts: list[str] = []
        self._journal = len(self._tables.journal)
        self._movements = len(self._tables.movements)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._tables.outbox.commit()
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
        """Store the decision: family (if accepted), journal entry, effects (due at `due`), stock moves."""
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
        if decision.moves:
            self._move(in_order(decision.moves), entry.event.at)
        if decision.effects:
            tables.outbox.add(decision.effects, due)
        if decision.accepted:
            self._families.setdefault(root_id, stored)
            self._put(root_id, stored, decision.family)
        number = len(tables.journal) + 1
        tables.journal.append(JournalEntry(number, *entry[1:]))
        if event_id:
            tables.numbers[event_id] = number
        tables.journals.setdefault(root_id, []).append(number)
        self._roots.append(root_id)

    def stock(self, keys: Iterable[StockKey]) -> Mapping[StockKey, int]:
        """Units available (on hand less allocated) for each key that has a position."""
        stock = self._tables.stock
        return {key: stock[key][0] - stock[key][1] for key in keys if key in stock}

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str = "") -> None:
        """Add units on hand, with a line each in the ledger."""
        if receipt:
            self._receipts.append(receipt)
            self._tables.receipts[receipt] = {(warehouse, sku): quantity for sku, quantity in units.items()}
        for sku, quantity in received(warehouse, units.items()):
            before = self._tables.stock.get((warehouse, sku))
            on_hand, allocated = before or (0, 0)
            self._stock.setdefault((warehouse, sku), before)
            self._tables.stock[warehouse, sku] = (on_hand + quantity, allocated)
            self._tables.movements.append(Movement("receive", warehouse, sku, quantity, receipt, at))

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None when there was none of that id."""
        return self._tables.receipts.get(receipt)

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

    def waiting(self, condition: str) -> Sequence[str]:
        """Root ids of families that wait for an outside condition, oldest submit first."""
        return sorted(self._tables.waiting.get(condition, ()), key=self._tables.places.__getitem__)

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
        return [StockRow(*key, *units) for key, units in sorted(self._tables.stock.items())]

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""
        return iter(self._tables.movements.copy())

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

    def _move(self, moves: list[Move], at: datetime) -> None:
        stock = self._tables.stock
        after: dict[StockKey, tuple[int, int]] = {}
        for move in moves:
            key, quantity = (move.warehouse, move.sku), move.quantity
            on_hand, allocated = after.get(key) or stock.get(key, (0, 0))
            if move.kind == "take":
                if on_hand - allocated < quantity:
                    raise too_few(move)
                after[key] = (on_hand, allocated + quantity)
            elif allocated < quantity:
                raise more_than_held(move)
            else:
                after[key] = (on_hand - quantity if move.kind == "spend" else on_hand, allocated - quantity)
        for key, units in after.items():
            self._stock.setdefault(key, stock.get(key))
            stock[key] = units
        self._tables.movements += [Movement(*move, at) for move in moves]

    def _roll_back(self) -> None:
        tables = self._tables
        tables.outbox.rollback()
        for entry, root_id in zip(tables.journal[self._journal :], self._roots, strict=True):
            tables.numbers.pop(entry.event.event_id, None)
            tables.journals[root_id].pop()
        del tables.journal[self._journal :]
        del tables.movements[self._movements :]
        for receipt in self._receipts:
            del tables.receipts[receipt]
        tables.sequences.update(self._sequences)
        for key, units in self._stock.items():
            if units is None:
                del tables.stock[key]
            else:
                tables.stock[key] = units
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
