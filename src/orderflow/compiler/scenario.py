"""A scenario as data: a record's story, and what must be so along it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from orderflow.diagnostics import Span
from orderflow.model.frozen import EMPTY

#: Units by warehouse and SKU.
Stock = Mapping[tuple[str, str], int]
#: Units by warehouse, pool and SKU.
Pools = Mapping[tuple[str, str, str], int]


#: What happens in a step.
StepKind = Literal["update", "send", "wait", "receive", "hold", "release"]


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be so after a step; None where nothing is said.

    Args:
        span: where it stands.
        spans: where each key of it stands.
        state: the state that the root record of the step shows.
        took, did: transitions taken and actions done in this step, in order.
        queues: the queues that the root record or its children stand in now.
        refused: whether the step was refused, or the code of the refusal.
        fields: values as written, of the record that the step acts on.
        says: a text that the refusal must contain.
        holds, tags: those of the record that the step acts on.
        parcels: the warehouses of the children that are made of a plan's parcels, in order.
        plan: values as written, of the plan of the child that the step acts on, or of each child of the root record.
        arrival: whether a check on arrival held when the root record came in, by its name.
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
    holds: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    parcels: tuple[str, ...] | None = None
    plan: Mapping[str, object] | None = None
    arrival: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing that happens.

    Args:
        kind: what happens.
        span: where it stands.
        name: the event of a `send`, the hold of a `hold` and a `release`.
        to: `shipments/1` for a child, empty for the record itself.
        on: the id of another root record; empty for the scenario's own.
        role: who does it; empty when not said.
        data: fields of an update or data of an event, values as written.
        wait: the time that passes.
        receive: the units that arrive.
        reason: why, where a field asks for it.
        expect: what must be so afterwards.
    """

    kind: StepKind
    span: Span
    name: str = ""
    to: str = ""
    on: str = ""
    role: str = ""
    data: Mapping[str, object] = EMPTY
    wait: timedelta | None = None
    receive: Stock = EMPTY
    reason: str = ""
    expect: Expect | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Another root record, submitted before the scenario's own.

    Args:
        entity: its kind.
        span: where it stands.
        given: the fields of its submit, values as written.
        id: its key, where it is said; else it makes itself.
        submit_as: the role that submits it; that of the scenario, where it is empty.
    """

    entity: str
    span: Span
    given: Mapping[str, object] = EMPTY
    id: str = ""
    submit_as: str = ""


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
        stock: the units at hand, and `pools` those that are set aside beside them.
        others: other records, submitted first.
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
    pools: Pools = EMPTY
    others: tuple[Other, ...] = ()
