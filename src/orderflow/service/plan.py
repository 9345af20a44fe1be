"""A file's events in the order in which they are to be played."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from orderflow.model.event import Event
from orderflow.service.report import RejectedLine


class Planned(NamedTuple):
    """An event that waits to be played: typed already (from a table), or as a line of JSON says it."""

    at: datetime
    line: int
    event: Event | Mapping[str, object]


@dataclass(slots=True)
class Plan:
    """What a file holds: events in the order in which they are to be played, and the rows that could not be read."""

    file: str
    events: list[Planned] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> datetime | None:
        """The moment of the file's last event, aware UTC; None when it has none."""
        return max((planned.at for planned in self.events), default=None)
