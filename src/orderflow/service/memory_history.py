"""What the memory storage keeps for aggregates and tags: contributions in order of time, and records to look at."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from operator import itemgetter

from orderflow.model.facts import Contribution
from orderflow.model.record import root_of

_Slot = tuple[str, str, str]  # aggregate, owner, record
_Row = tuple[datetime, str]  # when, record


class MemoryHistory:
    """For each aggregate and owner, what records count for, by time; a rollback puts back what was there before."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[_Row]] = {}
        self._values: dict[_Slot, Contribution] = {}
        self._before: dict[_Slot, Contribution | None] = {}
        #: by aggregate, owner and root record, the family's rows
        self._families: dict[_Slot, dict[str, Contribution]] = {}

    def put(self, contributions: Iterable[Contribution]) -> None:
        """Let each take the place of what its record counted for before; without a moment it is taken out."""
        for one in contributions:
            slot = (one.aggregate, one.owner, one.record)
            self._before.setdefault(slot, self._values.get(slot))
            self._set(slot, one if one.at is not None else None)

    def window(
        self, aggregate: str, owner: str, since: datetime | None, until: datetime
    ) -> Sequence[Contribution]:
        """What counts: since < at <= until, oldest first, then by record id."""
        rows = self._rows.get((aggregate, owner), [])
        moment = itemgetter(0)
        first = 0 if since is None else bisect_right(rows, since, key=moment)
        last = bisect_right(rows, until, key=moment)
        values = self._values
        return [values[aggregate, owner, record] for _, record in rows[first:last]]

    def count(
        self,
        aggregate: str,
        owner: str,
        since: datetime | None,
        until: datetime,
        without: str,
    ) -> tuple[int, datetime | None]:
        """How many count, since < at <= until, and the moment of the first; `without` is a family that is left out."""
        rows = self._rows.get((aggregate, owner), [])
        moment = itemgetter(0)
        first = 0 if since is None else bisect_right(rows, since, key=moment)
        last = bisect_right(rows, until, key=moment)
        left_out = {
            record
            for record, one in self._families.get((aggregate, owner, without), {}).items()
            if one.at is not None and (since is None or one.at > since) and one.at <= until
        }
        several = last - first - len(left_out)
        begins = next((at for at, record in islice(rows, first, last) if record not in left_out), None)
        return several, begins

    def commit(self) -> None:
        """Forget how to go back."""
        if self._before:
            self._before = {}

    def rollback(self) -> None:
        """Go back to the last commit."""
        for slot, before in self._before.items():
            self._set(slot, before)
        self._before = {}

    def _set(self, slot: _Slot, after: Contribution | None) -> None:
        aggregate, owner, record = slot
        before = self._values.pop(slot, None)
        rows = self._rows.setdefault((aggregate, owner), [])
        family = self._families.setdefault((aggregate, owner, root_of(record)), {})
        if before is not None and before.at is not None:
            del rows[bisect_left(rows, (before.at, record))]
            del family[record]
        if after is not None and after.at is not None:
            insort(rows, (after.at, record))
            self._values[slot] = family[record] = after


class MemoryNotes:
    """Root records to look at, in the order in which they were noted first."""

    def __init__(self) -> None:
        self._notes: dict[str, int] = {}  # its turn
        self._turns = 0
        self._before: dict[str, int | None] = {}

    def touch(self, root_ids: Iterable[str]) -> None:
        """Note them; who is noted keeps the place."""
        for root_id in root_ids:
            if root_id not in self._notes:
                self._before.setdefault(root_id, None)
                self._turns += 1
                self._notes[root_id] = self._turns

    def settle(self, root_id: str) -> None:
        """Take a note away."""
        turn = self._notes.pop(root_id, None)
        if turn is not None:
            self._before.setdefault(root_id, turn)

    def first(self, limit: int) -> Sequence[str]:
        """The notes that came first."""
        return list(islice(self._notes, limit))

    def commit(self) -> None:
        """Forget how to go back."""
        if self._before:
            self._before = {}

    def rollback(self) -> None:
        """Go back to the last commit."""
        if self._before:
            notes = {**self._notes, **self._before}
            order = sorted((turn, root_id) for root_id, turn in notes.items() if turn is not None)
            self._notes = {root_id: turn for turn, root_id in order}
            self._before = {}
