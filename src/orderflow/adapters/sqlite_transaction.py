"""One transaction on SQLite.

The write lock is held from its beginning, so what it has read stays true. That lets it write behind:
families, journal entries, effects, contributions and ledger lines wait in memory until the end, or until a
question is asked that only the tables answer; a batch then writes each family once. Stock and balances are
changed at once, by conditional updates, and so is who waits for them.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from orderflow.adapters.sqlite_history import History, Lists
from orderflow.adapters.sqlite_statements import Row, Statements
from orderflow.adapters.sqlite_stock import Stock
from orderflow.adapters.sqlite_wakes import Wakes
from orderflow.diagnostics.errors import StorageError
from orderflow.model.codec import Codec
from orderflow.model.decision import Decision
from orderflow.model.facts import Contribution
from orderflow.model.plain import moment_text
from orderflow.model.record import Family, Standing
from orderflow.model.stock import Move, Position, StockKey
from orderflow.service.entries import dumps_effect, dumps_entry, loads_effect, loads_entry
from orderflow.service.ledger import applied_before, changed_meanwhile, root_of_decision
from orderflow.service.ports import Drawing, JournalEntry, Movement, Outgoing, StockRow

_OUTGOING: Final = "SELECT number, document, status, tries, due, error FROM outbox"


class SqliteTransaction:
    """What one transaction may read and write; made by `SqliteStorage.transaction`.

    Args:
        connection: the connection, after its `BEGIN IMMEDIATE`.
        codec: writes and reads families.
        path: the file's name, for messages.
    """

    def __init__(self, connection: sqlite3.Connection, codec: Codec, path: str) -> None:
        self._sql = sql = Statements(connection, path)
        self._codec = codec
        # Family and place, as this transaction sees them.
        self._known: dict[str, tuple[Family | None, int]] = {}
        self._changed: dict[str, Family] = {}
        self._added: set[str] = set()
        # Entries by event id: those that were looked up, and those of this transaction, each with its turn in it.
        self._events: dict[str, JournalEntry | None] = {}
        self._mine: dict[str, tuple[int, JournalEntry]] = {}
        self._entries: list[tuple[str, JournalEntry]] = []
        self._written = 0
        self._before: int | None = None  # the last entry's number before this transaction
        self._effects: list[Row] = []
        self._sequences: dict[str, int] = {}
        self._places: int | None = None
        self._wakes = Wakes(sql.run)
        self._stock = Stock(sql)
        self._history = History(sql)
        self._lists = Lists(sql)

    def family(self, root_id: str) -> Family | None:
        """The family as last saved, or None."""
        return self._find(root_id)[0]

    def entry(self, event_id: str) -> JournalEntry | None:
        """The journal entry of an event id that was applied before, or None."""
        mine = self._mine.get(event_id)
        if mine is not None:
            return mine[1]._replace(number=self._numbered() + mine[0])
        if event_id not in self._events:
            row = self._sql.one("SELECT document, number FROM journal WHERE event_id = ?", (event_id,))
            self._events[event_id] = None if row is None else loads_entry(*row)
        return self._events[event_id]

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        """Store the decision: family (if accepted), journal entry, effects (due at `due`), moves, draws, contributions."""
        root_id = root_of_decision(decision)
        event_id = entry.event.event_id
        stored, place = self._find(root_id)
        version = 0 if stored is None else stored.version
        # Every check comes before the first change: a decision that fails leaves nothing, whatever follows.
        if version != expected:
            raise changed_meanwhile(root_id, expected, version)
        if event_id and self.entry(event_id) is not None:
            raise applied_before(event_id)
        if decision.moves or decision.draws:
            self._stock.change(decision.moves, decision.draws, entry.event.at)
        if decision.effects:
            moment = moment_text(due)
            for effect in decision.effects:
                self._effects.append((effect.key, effect.record, moment, dumps_effect(effect)))
        if decision.contributions:
            self._history.put(decision.contributions)
        if decision.accepted:
            if stored is None:
                place = self._next_place()
                self._added.add(root_id)
            self._put(root_id, place, stored, decision.family)
        self._entries.append((root_id, entry))
        if event_id:
            self._mine[event_id] = (self._written + len(self._entries), entry)

    def reschedule(self, family: Family) -> None:
        """Store a family's new time of waking, what it waits for, and nothing else."""
        stored, place = self._find(family.id)
        if stored is None or stored.version != family.version:
            raise changed_meanwhile(family.id, family.version, 0 if stored is None else stored.version)
        self._put(family.id, place, stored, replace(stored, wake=family.wake, waiting=family.waiting))

    def stock(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        """The positions of these SKUs, in every warehouse that has one."""
        return self._stock.of(skus)

    def move(self, moves: Iterable[Move], at: datetime) -> None:
        """Move stock outside any decision (opening stock, pools), with a line each in the ledger."""
        self._stock.change(moves, (), at)

    def balances(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """What is held in all, by resource and owner, for each key that ever held anything."""
        return self._stock.balances(keys)

    def window(
        self, aggregate: str, owner: str, since: datetime | None, until: datetime
    ) -> Sequence[Contribution]:
        """What counts in an aggregate of an owner: since < at <= until, oldest first (then by record id)."""
        return self._history.window(aggregate, owner, since, until)

    def count(
        self,
        aggregate: str,
        owner: str,
        since: datetime | None,
        until: datetime,
        without: str,
    ) -> tuple[int, datetime | None]:
        """How many records count, since < at <= until, and the moment of the first; `without` is a family left out."""
        return self._history.count(aggregate, owner, since, until, without)

    def touch(self, root_ids: Iterable[str]) -> None:
        """Note root records whose tags must be looked at in a transaction of their own."""
        self._history.touch(root_ids)

    def touched(self, limit: int) -> Sequence[str]:
        """Root ids noted and not settled yet, in the order in which they were noted first."""
        return self._history.touched(limit)

    def settle(self, root_id: str) -> None:
        """Its tags were looked at: the note is taken away."""
        self._history.settle(root_id)

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str = "") -> None:
        """Add units on hand, with a line each in the ledger."""
        self._stock.receive(warehouse, units, at, receipt)

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None when there was none of that id."""
        return self._stock.received(receipt)

    def next_number(self, name: str) -> int:
        """The next number of a named sequence, from 1."""
        last = self._sequences.get(name)
        if last is None:
            row = self._sql.one("SELECT last FROM sequences WHERE name = ?", (name,))
            last = 0 if row is None else row[0]
        self._sequences[name] = last + 1
        return last + 1

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose `wake` is at or before `until`: (wake, root id), earliest first, then by submit."""
        return self._wakes.due(until, limit)

    def waiting(self, keys: Iterable[str]) -> Sequence[str]:
        """Root ids of families that wait for one of these, oldest submit first, each once."""
        return self._lists.waiting(keys)

    def standing(self, queue: str | None = None) -> Sequence[Standing]:
        """Who stands in a queue (all queues when None), the longest there first, then by record id."""
        return self._lists.standing(queue)

    def families(self, entity: str | None = None) -> Iterator[Family]:
        """All families, in the order of submit."""
        limit = "" if entity is None else "entity = :only AND "
        for row in self._sql.pages(
            "SELECT place, document FROM families", "place", limit, entity, self.flush
        ):
            yield self._codec.loads_family(row[1])

    def journal(self, root_id: str | None = None) -> Iterator[JournalEntry]:
        """Entries in order: of one family, or all."""
        limit = "" if root_id is None else "root_id = :only AND "
        for number, document in self._sql.pages(
            "SELECT number, document FROM journal", "number", limit, root_id, self.flush
        ):
            yield loads_entry(document, number)

    def positions(self) -> Sequence[StockRow]:
        """Every stock position, by warehouse and SKU."""
        return self._stock.rows()

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""
        return self._stock.movements()

    def drawings(self) -> Iterator[Drawing]:
        """The ledger of amounts and tokens in order."""
        return self._stock.drawings()

    def outgoing(self, until: datetime, limit: int) -> Sequence[Outgoing]:
        """Pending effects due at or before `until`, earliest first, the first pending one of each record."""
        self.flush()
        rows = self._sql.run(
            f"{_OUTGOING} AS mine WHERE status = 'pending' AND due <= ? AND NOT EXISTS (SELECT 1 FROM outbox"
            " WHERE record = mine.record AND status = 'pending' AND number < mine.number)"
            " ORDER BY due, number LIMIT ?",
            (moment_text(until), limit),
        )
        return [_outgoing(row) for row in rows]

    def mark(self, outgoing: Outgoing) -> None:
        """Store what became of an effect: its status, tries, next due time and last error."""
        self.flush()
        key, status, due = outgoing.effect.key, outgoing.status, moment_text(outgoing.due)
        marked = self._sql.run(
            "UPDATE outbox SET status = ?, tries = ?, due = ?, error = ? WHERE key = ?",
            (status, outgoing.tries, due, outgoing.error, key),
        )
        if not marked.rowcount:
            raise StorageError(f"effect `{key}` is not in the outbox")

    def outbox(self) -> Iterator[Outgoing]:
        """The whole outbox, oldest first."""
        return map(_outgoing, self._sql.pages(_OUTGOING, "number", before=self.flush))

    def flush(self) -> None:
        """Write what waits in memory to the tables; it is not committed by that."""
        if self._changed:
            self._wakes.reset()
            self._write_families()
        if self._entries:
            self._sql.many(
                "INSERT INTO journal (root_id, event_id, document) VALUES (?, ?, ?)",
                [
                    (root_id, entry.event.event_id or None, dumps_entry(entry))
                    for root_id, entry in self._entries
                ],
            )
            self._written += len(self._entries)
            self._entries = []
        if self._effects:
            self._sql.many(
                "INSERT INTO outbox (key, record, status, tries, due, error, document)"
                " VALUES (?, ?, 'pending', 0, ?, '', ?)",
                self._effects,
            )
            self._effects = []
        self._stock.flush()
        self._history.flush()
        if self._sequences:
            self._sql.many(
                "INSERT OR REPLACE INTO sequences (name, last) VALUES (?, ?)", self._sequences.items()
            )
            self._sequences = {}

    def end(self) -> None:
        """Let go of the connection: nothing can be read or written any more."""
        self._wakes.reset()
        self._sql.end()

    def _put(self, root_id: str, place: int, before: Family | None, after: Family) -> None:
        self._known[root_id] = (after, place)
        self._changed[root_id] = after
        self._wakes.change(root_id, place, after.wake)
        waiting, standing = ((), ()) if before is None else (before.waiting, before.standing)
        if waiting != after.waiting:
            self._lists.wait(root_id, place, waiting, after.waiting)
        if standing != after.standing:
            self._lists.stand(root_id, standing, after.standing)

    def _write_families(self) -> None:
        new: list[Row] = []
        known: list[Row] = []
        for root_id, family in self._changed.items():
            wake = None if family.wake is None else moment_text(family.wake)
            document = self._codec.dumps_family(family)
            row = (family.root.state, family.version, wake, document, self._known[root_id][1])
            if root_id in self._added:
                new.append((*row, root_id, family.root.entity))
            else:
                known.append(row)
        if new:
            self._sql.many(
                "INSERT INTO families (state, version, wake, document, place, root_id, entity)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                new,
            )
        if known:
            self._sql.many(
                "UPDATE families SET state = ?, version = ?, wake = ?, document = ? WHERE place = ?",
                known,
            )
        self._changed = {}
        self._added = set()

    def _find(self, root_id: str) -> tuple[Family | None, int]:
        found = self._known.get(root_id)
        if found is None:
            row = self._sql.one("SELECT document, place FROM families WHERE root_id = ?", (root_id,))
            found = (None, 0) if row is None else (self._codec.loads_family(row[0]), row[1])
            self._known[root_id] = found
        return found

    def _next_place(self) -> int:
        """The place of the next family: nobody else can add one as long as this transaction lasts."""
        if self._places is None:
            row = self._sql.one("SELECT max(place) FROM families")
            self._places = (row and row[0]) or 0
        self._places += 1
        return self._places

    def _numbered(self) -> int:
        """The last journal entry's number before this transaction; those that follow count on from it."""
        if self._before is None:
            row = self._sql.one("SELECT max(number) FROM journal")
            self._before = ((row and row[0]) or 0) - self._written
        return self._before


def _outgoing(row: Row) -> Outgoing:
    _, document, status, tries, due, error = row
    return Outgoing(loads_effect(document), status, tries, datetime.fromisoformat(due), error)
