"""What happens to a family: one event, one macrostep."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from orderflow.model.frozen import EMPTY

Kind = Literal["submit", "send", "update", "tick", "hold", "release"]


class Event(NamedTuple):
    """One thing that happened.

    Args:
        kind: `submit` a record, `send` a named event, `update` fields, `tick` the clock, `hold` and `release` a record.
        target: the id of the record it happens to.
        at: when it happened, aware UTC.
        name: the entity of a submit, the event of a send, the hold of a hold or release.
        data: fields of a submit or update, data of a send; already of the declared types.
        actor: who: a role, or `role:person`.
        event_id: what makes it unique; applied once.
        reason: why, where a field's contract asks for it.
    """

    kind: Kind
    target: str
    at: datetime
    name: str = ""
    data: Mapping[str, object] = EMPTY
    actor: str = "engine"
    event_id: str = ""
    reason: str = ""

    @property
    def role(self) -> str:
        """The role of the actor: what stands before the colon."""
        return self.actor.partition(":")[0]
