"""The book in which everything that happens is put down, one event after the other, as the lines of the file."""

from collections import Counter
from collections.abc import Mapping
from random import Random

from examples.wenzhou.clock import Clock
from examples.wenzhou.world import moment_text

Json = dict[str, object]


class Book:
    """Events in the order in which they are put down, which is that of the clock.

    Every event has an id of its own, made of the record and a number; some interfaces send theirs twice.

    Args:
        clock: says when it is.
        rng: chooses what is sent twice.
        twice: the share of events that are.
    """

    def __init__(self, clock: Clock, rng: Random, twice: float = 0.003) -> None:
        self.events: list[Json] = []
        self._clock, self._rng, self._twice = clock, rng, twice
        self._count = Counter[str]()

    def submit(self, entity: str, name: str, role: str, fields: Json) -> None:
        """A new record."""
        self._put(name, {"submit": entity, "id": name}, role, {"fields": fields})

    def update(self, name: str, role: str, fields: Json, reason: str = "") -> None:
        """A change of fields, with a reason where one is asked for."""
        more: Json = {"fields": fields}
        self._put(name, {"update": name}, role, {**more, "reason": reason} if reason else more)

    def send(self, to: str, event: str, role: str, **data: object) -> None:
        """An event of a record or of its child, such as `WZ20260211-000001/shipments/1`."""
        self._put(to.partition("/")[0], {"send": event, "to": to}, role, {"data": data} if data else {})

    def hold(self, name: str, role: str, reason: str) -> None:
        """A hold that somebody places by hand."""
        self._put(name, {"hold": name, "name": "manual"}, role, {"reason": reason})

    def release(self, name: str, role: str, reason: str) -> None:
        """The end of a hold that was placed by hand."""
        self._put(name, {"release": name, "name": "manual"}, role, {"reason": reason})

    def handover(self, queue: str, to: str, role: str, owner: str, fields: Json) -> None:
        """A record that stands in a queue is given to somebody, with a ticket, whose number is one of the fields."""
        head: Json = {"handover": queue, "to": to, "owner": owner}
        self._put(str(fields["ticket_id"]), head, role, {"fields": fields})

    def receive(self, warehouse: str, units: Mapping[str, int]) -> None:
        """Units that come in without a purchase order."""
        self._put(f"IN-{warehouse}", {"receive": {warehouse: dict(units)}}, "", {})

    def _put(self, root: str, head: Json, role: str, rest: Json) -> None:
        self._count[root] += 1
        event = {**head, "at": moment_text(self._clock.now)}
        if role:
            event["as"] = role
        event["event_id"] = f"{root}#{self._count[root]}"
        event.update(rest)
        self.events.append(event)
        if self._rng.random() < self._twice:
            self.events.append(event)
