"""What aggregates, tags and waiting families keep on SQLite; written behind where a batch changes it often."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from orderflow.adapters.sqlite_statements import Statements
from orderflow.model.facts import Contribution
from orderflow.model.plain import dumps_tagged, loads_tagged, moment_text, tupled
from orderflow.model.record import Standing

_EVER = ""  # before every moment
_BETWEEN = "aggregate = ? AND owner = ? AND at > ? AND at <= ?"
_OWN = "(record = ? OR (record > ? AND record < ?))"
_PUT = (
    "INSERT INTO contributions (aggregate, owner, record, at, value) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (record, aggregate, owner) DO UPDATE SET at = excluded.at, value = excluded.value"
)


class History:
    """Contributions to aggregates, and notes of records to look at.

    Args:
        statements: runs SQL.
    """

    def __init__(self, statements: Statements) -> None:
        self._sql = statements
        self._changed: dict[tuple[str, str, str], Contribution] = {}
        self._noted: dict[str, None] = {}

    def put(self, contributions: Iterable[Contribution]) -> None:
        """Let each take the place of what its record counted for before; without a moment it is taken out."""
        for one in contributions:
            self._changed[one.record, one.aggregate, one.owner] = one

    def window(
        self, aggregate: str, owner: str, since: datetime | None, until: datetime
    ) -> Sequence[Contribution]:
        """What counts: since < at <= until, oldest first, then by record id."""
        self._write_contributions()
        rows = self._sql.run(
            "SELECT record, at, value FROM contributions WHERE aggregate = ? AND owner = ? AND at > ? AND at <= ?"
            " ORDER BY at, record",
            (aggregate, owner, _EVER if since is None else moment_text(since), moment_text(until)),
        )
        return [
            Contribution(aggregate, owner, record, datetime.fromisoformat(at), tupled(loads_tagged(value)))
            for record, at, value in rows
        ]

    def count(
        self,
        aggregate: str,
        owner: str,
        since: datetime | None,
        until: datetime,
        without: str,
    ) -> tuple[int, datetime | None]:
        """How many count, since < at <= until, and the moment of the first; `without` is a family that is left out."""
        self._write_contributions()
        between = (aggregate, owner, _EVER if since is None else moment_text(since), moment_text(until))
        own = (without, f"{without}/", f"{without}0")  # `0` follows `/`
        # Whoever is left out is counted apart: then the others are counted without a look at their records.
        ((several, mine),) = self._sql.run(
            f"SELECT (SELECT count(*) FROM contributions WHERE {_BETWEEN}),"
            f" (SELECT count(*) FROM contributions INDEXED BY contributions_record WHERE {_BETWEEN} AND {_OWN})",
            (*between, *between, *own),
        )
        if several <= mine:
            return 0, None
        ((first,),) = self._sql.run(
            f"SELECT at FROM contributions WHERE {_BETWEEN} AND NOT {_OWN} ORDER BY at LIMIT 1",
            (*between, *own),
        )
        return several - mine, datetime.fromisoformat(first)

    def touch(self, root_ids: Iterable[str]) -> None:
        """Note root records; who is noted keeps the place."""
        self._noted.update(dict.fromkeys(root_ids))

    def touched(self, limit: int) -> Sequence[str]:
        """The notes that came first."""
        self._write_notes()
        return [
            row[0] for row in self._sql.run("SELECT root_id FROM notes ORDER BY number LIMIT ?", (limit,))
        ]

    def settle(self, root_id: str) -> None:
        """Take a note away."""
        self._write_notes()
        self._sql.run("DELETE FROM notes WHERE root_id = ?", (root_id,))

    def flush(self) -> None:
        """Write what waits in memory."""
        self._write_contributions()
        self._write_notes()

    def _write_contributions(self) -> None:
        if not self._changed:
            return
        gone, put = [], []
        for key, one in self._changed.items():
            if one.at is None:
                gone.append(key)
            else:
                value = dumps_tagged(one.value)
                put.append((one.aggregate, one.owner, one.record, moment_text(one.at), value))
        self._changed = {}
        if gone:
            self._sql.many("DELETE FROM contributions WHERE record = ? AND aggregate = ? AND owner = ?", gone)
        if put:
            self._sql.many(_PUT, put)

    def _write_notes(self) -> None:
        if self._noted:
            self._sql.many(
                "INSERT OR IGNORE INTO notes (root_id) VALUES (?)", [(root_id,) for root_id in self._noted]
            )
            self._noted = {}


class Lists:
    """Who waits for what, and who stands in which queue: rows change as soon as a family's do.

    Args:
        statements: runs SQL.
    """

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def wait(self, root_id: str, place: int, before: Iterable[str], after: Iterable[str]) -> None:
        """Let a family wait for other keys than before."""
        old, new = set(before), set(after)
        if old - new:
            self._sql.many(
                "DELETE FROM waits WHERE key = ? AND place = ?", [(key, place) for key in old - new]
            )
        if new - old:
            rows = [(key, place, root_id) for key in new - old]
            self._sql.many("INSERT INTO waits (key, place, root_id) VALUES (?, ?, ?)", rows)

    def stand(self, root_id: str, before: Iterable[Standing], after: Iterable[Standing]) -> None:
        """Let a family's records stand in other queues than before."""
        old, new = set(before), set(after)
        if old - new:
            self._sql.many(
                "DELETE FROM standing WHERE queue = ? AND since = ? AND record = ?",
                [(one.queue, moment_text(one.since), one.record) for one in old - new],
            )
        if new - old:
            self._sql.many(
                "INSERT INTO standing (queue, since, record, root_id) VALUES (?, ?, ?, ?)",
                [(one.queue, moment_text(one.since), one.record, root_id) for one in new - old],
            )

    def waiting(self, keys: Iterable[str]) -> Sequence[str]:
        """Root ids of families that wait for one of these, oldest submit first, each once."""
        rows = self._sql.among("SELECT place, root_id FROM waits WHERE key IN (?)", keys)
        return [root_id for _, root_id in sorted(set(rows))]

    def standing(self, queue: str | None) -> Sequence[Standing]:
        """Who stands in a queue, or in any."""
        limit = "" if queue is None else "WHERE queue = ?"
        rows = self._sql.run(
            f"SELECT queue, record, since FROM standing {limit} ORDER BY since, record, queue",
            () if queue is None else (queue,),
        )
        return [Standing(name, record, datetime.fromisoformat(since)) for name, record, since in rows]
