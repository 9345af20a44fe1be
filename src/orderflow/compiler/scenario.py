"""A scenario as data: a record's story, and what must be so along it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from orderflow.diagnostics import Span
from orderflow.model.frozen import EMPTY

#: Units by warehouse and SKU.
Stock = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be so after a step; None where nothing is said.

    Args:
        span: where it stands.
        spans: where each key of it stands.
        state: the state that the root record shows.
        took, did: transitions taken and actions done in this step, in order.
        queues: the queues that the record or its children stand in now.
        refused: whether the step was refused, or the code of the refusal.
        fields: values as written, of the record that the step acts on.
        says: a text that the refusal must contain.
    """

    span: Span
    spans: Mapping[str, Span] = EMPTY
    state: str | None = None
    took: tuple[str, ...] | None = None
    did: tuple[str, ...] | None = None
    queues: tuple[str, ...] | None = None
    refused: bool | str | None = None
    fields: Mapping[str, object] | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing that happens.

    Args:
        kind: what happens.
        span: where it stands.
        name: the event of a `send`.
        to: `shipments/1` for a child, empty for the record itself.
        role: who does it; empty when not said.
        data: fields of an update or data of an event, values as written.
        wait: the time that passes.
        receive: the units that arrive.
        reason: why, where a field asks for it.
        expect: what must be so afterwards.
    """

    kind: Literal["update", "send", "wait", "receive"]
    span: Span
    name: str = ""
    to: str = ""
    role: str = ""
    data: Mapping[str, object] = EMPTY
    wait: timedelta | None = None
    receive: Stock = EMPTY
    reason: str = ""
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A test that stands beside the rules.

    Args:
        name: what it shows.
        entity: the entity of the record.
        file: the file it stands in.
        span: where its name stands.
        now: where the clock begins, aware UTC.
        given: the fields of the submit, values as written.
        stock: the units at hand.
        submit_as: the role that submits; empty when not said.
        expect: what must be so after the submit.
        steps: what happens then.
    """

    name: str
    entity: str
    file: str
    span: Span
    now: datetime
    given: Mapping[str, object] = EMPTY
    stock: Stock = EMPTY
    submit_as: str = ""
    expect: Expect | None = None
    steps: tuple[ScenarioStep, ...] = ()
