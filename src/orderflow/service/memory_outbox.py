"""The outbox of the memory storage: for each record a queue, and a heap of the queues' heads."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush

from orderflow.diagnostics.errors import StorageError
from orderflow.model.decision import Effect
from orderflow.service.ports import Outgoing


class MemoryOutbox:
    """Effects in the order in which they were decided; only the first pending one of a record may be sent."""

    def __init__(self) -> None:
        self._rows: list[Outgoing] = []
        self._place: dict[str, int] = {}
        self._queues: dict[str, deque[int]] = {}
        # (due, place) of each queue's head. An entry that no longer says the truth is dropped when it is met.
        self._heads: list[tuple[datetime, int]] = []
        # What a rollback needs: how many rows there were, and the rows that were marked since.
        self._length = 0
        self._marked: dict[int, Outgoing] = {}

    def __iter__(self) -> Iterator[Outgoing]:
        return iter(self._rows.copy())

    def check(self, effects: Iterable[Effect]) -> None:
        """Refuse an effect whose key is there already.

        Raises:
            StorageError: it is.
        """
        for effect in effects:
            if effect.key in self._place:
                raise StorageError(f"effect `{effect.key}` is in the outbox already; a key is used once")

    def add(self, effects: Iterable[Effect], due: datetime) -> None:
        """Put effects at the end."""
        for effect in effects:
            place = len(self._rows)
            self._rows.append(Outgoing(effect, "pending", 0, due, ""))
            self._place[effect.key] = place
            self._enqueue(effect.record, place)

    def mark(self, outgoing: Outgoing) -> None:
        """Store what became of an effect.

        Raises:
            StorageError: there is no such effect.
        """
        place = self._place.get(outgoing.effect.key)
        if place is None:
            raise StorageError(f"effect `{outgoing.effect.key}` is not in the outbox")
        before = self._rows[place]
        self._marked.setdefault(place, before)
        self._rows[place] = before._replace(
            status=outgoing.status, tries=outgoing.tries, due=outgoing.due, error=outgoing.error
        )
        was, is_now = before.status == "pending", outgoing.status == "pending"
        if was != is_now:
            self._requeue(before.effect.record, place, is_now)
        elif is_now and self._queues[before.effect.record][0] == place:
            heappush(self._heads, (outgoing.due, place))

    def outgoing(self, until: datetime, limit: int) -> Sequence[Outgoing]:
        """Pending effects due at or before `until`, earliest first, the first pending one of each record."""
        found: list[tuple[datetime, int]] = []
        heads = self._heads
        while heads and len(found) < limit and heads[0][0] <= until:
            head = heappop(heads)
            if (not found or found[-1] != head) and self._is_head(*head):
                found.append(head)
        for head in found:
            heappush(heads, head)
        return [self._rows[place] for _, place in found]

    def commit(self) -> None:
        """Forget how to go back."""
        self._length = len(self._rows)
        if self._marked:
            self._marked = {}

    def rollback(self) -> None:
        """Go back to the last commit."""
        if len(self._rows) == self._length and not self._marked:
            return
        for place, before in self._marked.items():
            self._rows[place] = before
        for row in self._rows[self._length :]:
            del self._place[row.effect.key]
        del self._rows[self._length :]
        self._marked = {}
        self._queues, self._heads = {}, []
        for place, row in enumerate(self._rows):
            if row.status == "pending":
                self._enqueue(row.effect.record, place)

    def _enqueue(self, record: str, place: int) -> None:
        queue = self._queues.get(record)
        if queue:
            queue.append(place)
        else:
            self._queues[record] = deque((place,))
            heappush(self._heads, (self._rows[place].due, place))

    def _requeue(self, record: str, place: int, pending: bool) -> None:
        """Put an effect into its record's queue, or take it out, and show the queue's head."""
        queue = self._queues.get(record, deque())
        if pending:
            queue = deque(sorted((*queue, place)))
        else:
            queue.remove(place)
        if queue:
            self._queues[record] = queue
            heappush(self._heads, (self._rows[queue[0]].due, queue[0]))
        else:
            del self._queues[record]

    def _is_head(self, due: datetime, place: int) -> bool:
        row = self._rows[place]
        return row.status == "pending" and row.due == due and self._queues[row.effect.record][0] == place
