"""A clock that tells many stories at once, in the order of time: a story is a generator of moments to go on at."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappop, heappush

#: A story: it yields the moment at which it goes on; a moment that is past means at once.
Story = Iterator[datetime]


class Clock:
    """Goes from one moment at which a story goes on to the next; of one moment, the first that was asked for is first.

    Args:
        now: where it begins.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._due: list[tuple[datetime, int, Story]] = []
        self._asked = 0

    def start(self, story: Story, at: datetime | None = None) -> None:
        """Begin a story, at once (after what is being told now) or at a moment."""
        self._asked += 1
        heappush(self._due, (max(at or self.now, self.now), self._asked, story))

    def run(self, until: datetime) -> None:
        """Tell all stories up to a moment, which is not part of it."""
        while self._due and self._due[0][0] < until:
            self.now, _, story = heappop(self._due)
            again = next(story, None)
            if again is not None:
                self.start(story, again)
