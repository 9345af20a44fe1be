"""One transaction on SQLite.

The write lock is held from its beginning, so what it has read stays true. That lets it write behind:
families, journal entries, effects and ledger lines wait in memory until the end, or until a question is
asked that only the tables answer; a batch then writes each family once. Stock alone is changed at once, by
conditional updates.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderflow.adapters.sqlite_faults import failure
from orderflow.adapters.sqlite_wakes import Wakes
from orderflow.diagnostics.errors import StorageError
from orderflow.model.codec import Codec
from orderflow.model.decision import Decision, Move
from orderflow.model.facts import StockKey
from orderflow.model.plain import moment_text
from orderflow.model.record import Family
from orderflow.service.entries import dumps_effect, dumps_entry, loads_effect, loads_entry
from orderflow.service.ledger import (
    applied_before,
    changed_meanwhile,
    in_order,
    more_than_held,
    received,
    root_of_decision,
    too_few,
)
from orderflow.service.ports import JournalEntry, Movement, Outgoing, StockRow

Row = tuple[Any, ...]

#: Rows are fetched in pages, so that a caller may write while it reads on.
_PAGE = 500
_FAULTS = (sqlite3.Error, OverflowError, UnicodeEncodeError)

_STOCK_CHANGES = {
    "take": "UPDATE stock SET allocated = allocated + :n"
    " WHERE warehouse = :w AND sku = :s AND on_hand - allocated >= :n",
    "give_back": "UPDATE stock SET allocated = allocated - :n"
    " WHERE warehouse = :w AND sku = :s AND allocated >= :n",
    "spend": "UPDATE stock SET allocated = allocated - :n, on_hand = on_hand - :n"
    " WHERE warehouse = :w AND sku = :s AND allocated >= :n",
}
_OUTGOING = "SELECT number, document, status, tries, due, error FROM outbox"


class SqliteTransaction:
    """What one transaction may read and write; made by `SqliteStorage.transaction`.

    Args:
        connection: the connection, after its `BEGIN IMMEDIATE`.
        codec: writes and reads families.
        path: the file's name, for messages.
    """

    def __init__(self, connection: sqlite3.Connection, codec: Codec, path: str) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._codec = codec
        self._path = path
        self._known: dict[
            str, tuple[Family | None, int]
        ] = {}  # family and place, as this transaction sees them
        self._changed: dict[str, Family] = {}
        self._added: set[str] = set()
        self._events: dict[str, JournalEntry | None] = {}
        self._entries: list[tuple[str, JournalEntry]] = []
        self._effects: list[Row] = []
        self._movements: list[Movement] = []
        self._sequences: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._wakes = Wakes(self._execute)

    def family(self, root_id: str) -> Family | None:
        """The family as last saved, or None."""
        return self._find(root_id)[0]

    def entry(self, event_id: str) -> JournalEntry | None:
        """The journal entry of an event id that was applied before, or None."""
        if event_id not in self._events:
            row = self._one("SELECT document, number FROM journal WHERE event_id = ?", (event_id,))
            self._events[event_id] = None if row is None else loads_entry(*row)
        return self._events[event_id]

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        """Store the decision: family (if accepted), journal entry, effects (due at `due`), stock moves."""
        root_id = root_of_decision(decision)
        event_id = entry.event.event_id
        stored, place = self._find(root_id)
        version = 0 if stored is None else stored.version
        # Every check comes before the first change: a decision that fails leaves nothing, whatever follows.
        if version != expected:
            raise changed_meanwhile(root_id, expected, version)
        if event_id and self.entry(event_id) is not None:
            raise applied_before(event_id)
        if decision.moves:
            self._move(in_order(decision.moves), entry.event.at)
        if decision.effects:
            moment = moment_text(due)
            for effect in decision.effects:
                self._effects.append((effect.key, effect.record, moment, dumps_effect(effect)))
        if decision.accepted:
            family = decision.family
            if stored is None:
                place = self._next("families", "place")
                self._added.add(root_id)
            self._known[root_id] = (family, place)
            self._changed[root_id] = family
            self._wakes.change(root_id, place, family.wake)
        entry = JournalEntry(self._next("journal", "number"), *entry[1:])
        self._entries.append((root_id, entry))
        if event_id:
            self._events[event_id] = entry

    def stock(self, keys: Iterable[StockKey]) -> Mapping[StockKey, int]:
        """Units available (on hand less allocated) for each key that has a position."""
        available = {}
        for key in keys:
            row = self._one("SELECT on_hand - allocated FROM stock WHERE warehouse = ? AND sku = ?", key)
            if row is not None:
                available[key] = row[0]
        return available

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str = "") -> None:
        """Add units on hand, with a line each in the ledger."""
        wanted = received(warehouse, units.items())
        self._many(
            "INSERT INTO stock (warehouse, sku, on_hand, allocated) VALUES (:w, :s, :n, 0)"
            " ON CONFLICT (warehouse, sku) DO UPDATE SET on_hand = on_hand + :n",
            [{"w": warehouse, "s": sku, "n": quantity} for sku, quantity in wanted],
        )
        self._movements += [Movement("receive", warehouse, sku, count, receipt, at) for sku, count in wanted]

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None when there was none of that id."""
        self.flush()
        rows = self._execute(
            "SELECT warehouse, sku, quantity FROM movements WHERE record = ? AND kind = 'receive' AND record <> ''",
            (receipt,),
        )
        return {(warehouse, sku): quantity for warehouse, sku, quantity in rows} or None

    def next_number(self, name: str) -> int:
        """The next number of a named sequence, from 1."""
        last = self._sequences.get(name)
        if last is None:
            row = self._one("SELECT last FROM sequences WHERE name = ?", (name,))
            last = 0 if row is None else row[0]
        self._sequences[name] = last + 1
        return last + 1

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families whose `wake` is at or before `until`: (wake, root id), earliest first, then by submit."""
        return self._wakes.due(until, limit)

    def waiting(self, condition: str) -> Sequence[str]:
        """Root ids of families that wait for an outside condition, oldest submit first."""
        self.flush()
        rows = self._execute("SELECT root_id, waiting FROM families WHERE waiting IS NOT NULL ORDER BY place")
        return [root_id for root_id, conditions in rows if condition in json.loads(conditions)]

    def families(self, entity: str | None = None) -> Iterator[Family]:
        """All families, in the order of submit."""
        limit = "" if entity is None else "entity = :only AND "
        for row in self._pages("SELECT place, document FROM families", "place", limit, entity):
            yield self._codec.loads_family(row[1])

    def journal(self, root_id: str | None = None) -> Iterator[JournalEntry]:
        """Entries in order: of one family, or all."""
        limit = "" if root_id is None else "root_id = :only AND "
        for number, document in self._pages("SELECT number, document FROM journal", "number", limit, root_id):
            yield loads_entry(document, number)

    def positions(self) -> Sequence[StockRow]:
        """Every stock position, by warehouse and SKU."""
        rows = self._execute("SELECT warehouse, sku, on_hand, allocated FROM stock ORDER BY warehouse, sku")
        return [StockRow(*row) for row in rows]

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""
        columns = "number, kind, warehouse, sku, quantity, record, at"
        for row in self._pages(f"SELECT {columns} FROM movements", "number"):
            _, kind, warehouse, sku, quantity, record, at = row
            yield Movement(kind, warehouse, sku, quantity, record, datetime.fromisoformat(at))

    def outgoing(self, until: datetime, limit: int) -> Sequence[Outgoing]:
        """Pending effects due at or before `until`, earliest first, the first pending one of each record."""
        self.flush()
        rows = self._execute(
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
        marked = self._execute(
            "UPDATE outbox SET status = ?, tries = ?, due = ?, error = ? WHERE key = ?",
            (status, outgoing.tries, due, outgoing.error, key),
        )
        if not marked.rowcount:
            raise StorageError(f"effect `{key}` is not in the outbox")

    def outbox(self) -> Iterator[Outgoing]:
        """The whole outbox, oldest first."""
        return map(_outgoing, self._pages(_OUTGOING, "number"))

    def flush(self) -> None:
        """Write what waits in memory to the tables; it is not committed by that."""
        if self._changed:
            self._wakes.reset()
            self._write_families()
        if self._entries:
            self._many(
                "INSERT INTO journal (number, root_id, event_id, document) VALUES (?, ?, ?, ?)",
                [
                    (entry.number, root_id, entry.event.event_id or None, dumps_entry(entry))
                    for root_id, entry in self._entries
                ],
            )
            self._entries = []
        if self._effects:
            self._many(
                "INSERT INTO outbox (key, record, status, tries, due, error, document)"
                " VALUES (?, ?, 'pending', 0, ?, '', ?)",
                self._effects,
            )
            self._effects = []
        if self._movements:
            self._many(
                "INSERT INTO movements (kind, warehouse, sku, quantity, record, at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(*line[:5], moment_text(line.at)) for line in self._movements],
            )
            self._movements = []
        if self._sequences:
            self._many("INSERT OR REPLACE INTO sequences (name, last) VALUES (?, ?)", self._sequences.items())
            self._sequences = {}

    def end(self) -> None:
        """Let go of the connection: nothing can be read or written any more."""
        self._wakes.reset()
        self._connection = None

    def _write_families(self) -> None:
        new: list[Row] = []
        known: list[Row] = []
        for root_id, family in self._changed.items():
            wake = None if family.wake is None else moment_text(family.wake)
            waiting = json.dumps(family.waiting, ensure_ascii=False) if family.waiting else None
            document = self._codec.dumps_family(family)
            row = (family.root.state, family.version, wake, waiting, document, self._known[root_id][1])
            if root_id in self._added:
                new.append((*row, root_id, family.root.entity))
            else:
                known.append(row)
        if new:
            self._many(
                "INSERT INTO families (state, version, wake, waiting, document, place, root_id, entity)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                new,
            )
        if known:
            self._many(
                "UPDATE families SET state = ?, version = ?, wake = ?, waiting = ?, document = ?"
                " WHERE place = ?",
                known,
            )
        self._changed = {}
        self._added = set()

    def _find(self, root_id: str) -> tuple[Family | None, int]:
        found = self._known.get(root_id)
        if found is None:
            row = self._one("SELECT document, place FROM families WHERE root_id = ?", (root_id,))
            found = (None, 0) if row is None else (self._codec.loads_family(row[0]), row[1])
            self._known[root_id] = found
        return found

    def _next(self, table: str, column: str) -> int:
        """The number of the next row: nobody else can add one as long as this transaction lasts."""
        last = self._last.get(table)
        if last is None:
            row = self._one(f"SELECT max({column}) FROM {table}")
            last = (row and row[0]) or 0
        self._last[table] = last + 1
        return last + 1

    def _move(self, moves: list[Move], at: datetime) -> None:
        several = len(moves) > 1  # all of them or none, even when the caller goes on after a conflict
        if several:
            self._execute("SAVEPOINT moves")
        try:
            for move in moves:
                values = {"w": move.warehouse, "s": move.sku, "n": move.quantity}
                if not self._execute(_STOCK_CHANGES[move.kind], values).rowcount:
                    raise too_few(move) if move.kind == "take" else more_than_held(move)
        except StorageError:
            if several:
                self._execute("ROLLBACK TO moves")
            raise
        finally:
            if several:
                self._execute("RELEASE moves")
        self._movements += [Movement(*move, at) for move in moves]

    def _pages(self, select: str, number: str, limit: str = "", only: str | None = None) -> Iterator[Row]:
        self.flush()
        last = 0
        while True:
            rows = self._execute(
                f"{select} WHERE {limit}{number} > :last ORDER BY {number} LIMIT {_PAGE}",
                {"last": last, "only": only},
            ).fetchall()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]
            self.flush()

    def _one(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        row: Row | None = self._execute(sql, values).fetchone()
        return row

    def _execute(self, sql: str, values: "Sequence[object] | Mapping[str, object]" = ()) -> sqlite3.Cursor:
        if self._connection is None:
            raise StorageError("the transaction has ended; begin another")
        try:
            return self._connection.execute(sql, values)
        except _FAULTS as error:
            raise failure(error, self._path) from error

    def _many(self, sql: str, rows: Iterable[Sequence[object] | Mapping[str, object]]) -> None:
        if self._connection is None:
            raise StorageError("the transaction has ended; begin another")
        try:
            self._connection.executemany(sql, rows)
        except _FAULTS as error:
            raise failure(error, self._path) from error


def _outgoing(row: Row) -> Outgoing:
    _, document, status, tries, due, error = row
    return Outgoing(loads_effect(document), status, tries, datetime.fromisoformat(due), error)
