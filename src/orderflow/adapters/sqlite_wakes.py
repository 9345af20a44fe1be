"""Whose timer is due, in a transaction that has not written all of its changes to the tables yet."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from heapq import heappop, heappush

from orderflow.model.plain import moment_text

_STORED = "SELECT wake, place, root_id FROM families WHERE wake IS NOT NULL ORDER BY wake, place"

Wake = tuple[str, int, str]


class Wakes:
    """Merges the stored times of waking with the changed ones.

    An import asks after every event, so asking must not cost more with every change: the stored times are
    read on from where the last question ended, and those of changed families are passed over for good.

    Args:
        execute: runs a statement.
    """

    def __init__(self, execute: Callable[[str], sqlite3.Cursor]) -> None:
        self._execute = execute
        self._changed: dict[str, str | None] = {}
        self._heap: list[Wake] = []
        self._cursor: sqlite3.Cursor | None = None
        self._ahead: deque[Wake] = deque()

    def change(self, root_id: str, place: int, wake: datetime | None) -> None:
        """Note a family's new time of waking."""
        text = None if wake is None else moment_text(wake)
        self._changed[root_id] = text
        if text is not None:
            heappush(self._heap, (text, place, root_id))

    def reset(self) -> None:
        """Begin anew, after the changes were written to the tables."""
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None
        self._ahead.clear()
        self._changed.clear()
        self._heap.clear()

    def due(self, until: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Families to wake at or before `until`, earliest first."""
        latest = moment_text(until)
        found = sorted(self._due_stored(latest, limit) + self._due_changed(latest, limit))[:limit]
        return [(datetime.fromisoformat(wake), root_id) for wake, _, root_id in found]

    def _due_stored(self, latest: str, limit: int) -> list[Wake]:
        ahead = self._ahead
        if any(wake[2] in self._changed for wake in ahead):
            ahead = self._ahead = deque(wake for wake in ahead if wake[2] not in self._changed)
        if self._cursor is None:
            self._cursor = self._execute(_STORED)
        while len(ahead) < limit and (not ahead or ahead[-1][0] <= latest):
            row = self._cursor.fetchone()
            if row is None:
                break
            if row[2] not in self._changed:
                ahead.append(row)
        return [wake for wake in list(ahead)[:limit] if wake[0] <= latest]

    def _due_changed(self, latest: str, limit: int) -> list[Wake]:
        heap = self._heap
        found: list[Wake] = []
        while heap and len(found) < limit and heap[0][0] <= latest:
            wake = heappop(heap)
            if self._changed[wake[2]] == wake[0] and (not found or found[-1] != wake):
                found.append(wake)
        for wake in found:
            heappush(heap, wake)
        return found
