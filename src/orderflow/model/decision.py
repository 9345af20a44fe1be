"""What one event did to one family, and why: plain data, free of side effects."""

from collections.abc import Mapping
from typing import NamedTuple

from orderflow.model.event import Event
from orderflow.model.facts import Contribution
from orderflow.model.plan import Plan
from orderflow.model.record import Family
from orderflow.model.stock import Draw, Move


class Step(NamedTuple):
    """A transition that was taken, or a child that was created (`transition` and `before` are empty).

    `before` and `after` are leaf states; equal for an internal transition. `over` names transitions that were enabled
    too and that nothing in the rules puts before or after this one: document order was the tie-break.
    """

    record: str
    transition: str
    before: str
    after: str
    over: tuple[str, ...] = ()


class Change(NamedTuple):
    """A field that got another value."""

    record: str
    field: str
    before: object
    after: object


class Effect(NamedTuple):
    """What is to be done outside, carried by the outbox: data, never a call.

    `key` is `record:version:ordinal`, the same however often the effect is sent. `private` names the parameters whose
    text holds a private field: for who must have it, not for logs.
    """

    key: str
    record: str
    action: str
    use: str
    parameters: Mapping[str, object]
    attempts: int = 5
    first_seconds: float = 30.0
    private: tuple[str, ...] = ()


class Seen(NamedTuple):
    """A value that a clause looked at."""

    name: str
    label: str
    value: object


class Clause(NamedTuple):
    """One part of a guard: whether it held (None: not looked at), the values it saw, and what it needs."""

    source: str
    held: bool | None
    seen: tuple[Seen, ...]
    needs: str


class Refusal(NamedTuple):
    """Why something did not happen: a stable code, a message in words, and the clauses behind it.

    Codes: `event_unknown`, `no_transition`, `not_allowed`, `guard`, `not_due`, `stock`, `contract`, `exists`, `no_record`,
    `limit`, `moves`, `hold_unknown`, `not_held`, `held`, `reason`, `no_rest`.
    """

    code: str
    record: str
    message: str
    transition: str | None = None
    clauses: tuple[Clause, ...] = ()


class Judged(NamedTuple):
    """A condition of the arrival check: whether it held, and the clauses behind it."""

    name: str
    label: str
    held: bool
    clauses: tuple[Clause, ...] = ()


class Marked(NamedTuple):
    """A hold, a tag or a place in a queue that began (`on`) or ended. `what` is `hold`, `tag` or `queue`."""

    what: str
    record: str
    name: str
    on: bool
    reason: str = ""


class Decision(NamedTuple):
    """What one event did to one family; every record that it touched is in `steps` and `changes`.

    `repeated` is true when the event's id was applied before: this is what was decided then. `draws` are amounts and tokens that
    change hands, `plans` what allocation found, `arrival` the checks of a new record, `marks` holds, tags and queues that began or
    ended, `contributions` what changes in aggregates.
    """

    event: Event
    family: Family
    accepted: bool
    steps: tuple[Step, ...] = ()
    changes: tuple[Change, ...] = ()
    effects: tuple[Effect, ...] = ()
    moves: tuple[Move, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    digest: str = ""
    repeated: bool = False
    draws: tuple[Draw, ...] = ()
    plans: tuple[Plan, ...] = ()
    arrival: tuple[Judged, ...] = ()
    marks: tuple[Marked, ...] = ()
    contributions: tuple[Contribution, ...] = ()

    @property
    def state(self) -> str:
        """The root record's own state afterwards."""
        return self.family.root.state

    @property
    def took(self) -> tuple[str, ...]:
        """The names of the transitions taken, in order."""
        return tuple(step.transition for step in self.steps if step.transition)
