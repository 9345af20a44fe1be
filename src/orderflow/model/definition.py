"""A rule set as data: what the compiler makes of the YAML and what the engine links.

Everything here is frozen and picklable; expressions are typed trees, never functions. Deciding never sees YAML.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from orderflow.diagnostics import Span
from orderflow.expr.template import Template
from orderflow.expr.tree import Expression
from orderflow.expr.types import Type
from orderflow.model.frozen import EMPTY
from orderflow.model.policies import Allocation, Calendar, Pool, Promise, Table, Warehouse
from orderflow.model.standing import Aggregate, Hold, Judgement, Resource, RowsSet, StockMove, Tag, Tier


class Changes(StrEnum):
    """How often a field may change after the record was submitted."""

    NEVER = "never"
    ONCE = "once"
    GROWS = "grows"
    FREE = "free"


class Trigger(StrEnum):
    """What makes a transition fire."""

    EVENT = "event"
    AFTER = "after"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Field:
    """Typed data of an entity, a record row or an event, with the contract that its changes keep.

    `default` is a value of `type` (already converted). `options` gives the labels of a choice. `auto` makes the
    value of a key when a submit brings none. `rows` is set for a list of records. `formula` gives the value when a submit brings
    none. `creates` (of a ref): a record that is not there is made.
    """

    name: str
    label: str
    type: Type
    span: Span
    default: object = None
    changes: Changes = Changes.FREE
    editable: Expression | None = None
    reason_required: bool = False
    private: bool = False
    pattern: str | None = None
    auto: Template | None = None
    options: Mapping[str, str] = EMPTY
    rows: "RecordType | None" = None
    formula: Expression | None = None
    creates: bool = False
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class RecordType:
    """A nested row such as an order `line`; `key` names the field that tells rows apart."""

    name: str
    key: str | None
    fields: Mapping[str, Field]
    span: Span


@dataclass(frozen=True, slots=True)
class State:
    """A state; `parent` is the compound state around it, `leaves` the states without children inside it.

    `shows` names the children whose least advanced one the record shows instead of this state.
    """

    name: str
    label: str
    parent: str | None
    leaves: tuple[str, ...]
    initial: bool
    final: bool
    on_entry: tuple[str, ...]
    on_exit: tuple[str, ...]
    known_as: Mapping[str, str]
    shows: str | None
    span: Span

    def called(self, department: str | None) -> str:
        """The department's own word for the state; its label where there is none."""
        return self.label if department is None else self.known_as.get(department, self.label)


@dataclass(frozen=True, slots=True)
class EventType:
    """A declared event: who may send it, the typed data that it carries and the fields that it sets."""

    name: str
    label: str
    by: tuple[str, ...]
    data: Mapping[str, Field]
    sets: Mapping[str, Expression | RowsSet]
    span: Span


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from some states to another; without `target` it is internal: no state is left or entered.

    `creates` names the children that it makes, `created` gives their fields; `policy` is the allocation policy whose plan
    they are made of.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    trigger: Trigger
    span: Span
    event: str | None = None
    after: timedelta | None = None
    when: Expression | None = None
    otherwise: bool = False
    before: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    creates: str | None = None
    created: Mapping[str, Expression] = EMPTY
    policy: str | None = None
    moves: tuple[StockMove, ...] = ()
    tell: Mapping[str, str] = EMPTY
    retry_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """A kind of child records; `one_per` says what each one stands for: the parent's name, `plan.parcel`, or None."""

    name: str
    entity: str
    one_per: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of record with a lifecycle. `path` ranks leaf states for `reached()` and `shows: least(...)`."""

    name: str
    label: str
    key: str | None
    parent: str | None
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    initial: str
    events: Mapping[str, EventType]
    transitions: Mapping[str, Transition]
    children: Mapping[str, Child]
    path: tuple[str, ...]
    resources: Mapping[str, Resource]
    span: Span
    holds: Mapping[str, Hold] = EMPTY
    aggregates: Mapping[str, Aggregate] = EMPTY
    tiers: Mapping[str, Tier] = EMPTY
    tags: Mapping[str, Tag] = EMPTY
    arrival: Mapping[str, Judgement] = EMPTY


@dataclass(frozen=True, slots=True)
class Action:
    """What a `do` names: a registered action (`use`) with its parameters, texts already split into templates."""

    name: str
    use: str
    parameters: Mapping[str, "Template | str | int | bool"]
    attempts: int
    first: timedelta
    span: Span
    of: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """An exception queue: the records for which `when` holds now, and the role that owns them.

    `actions` are done when a record comes into it; `ticket` is the entity of the record that a handover opens.
    """

    name: str
    of: str
    label: str
    when: Expression
    owner: str | None
    span: Span
    actions: tuple[str, ...] = ()
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction in the data, judged on every record at the end of a run and counted."""

    name: str
    of: str
    label: str
    when: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Metric:
    """A share (`due`, `passes`) or a distribution of elapsed times or numbers (`measure`) over records.

    `where` limits the records spoken of; `leave_out` names reasons to leave one out, counted by name. `by` gives the group
    that a record's figures go to.
    """

    name: str
    of: str
    label: str
    kind: Literal["rate", "mean"]
    where: Expression | None
    due: Expression | None
    measure: Expression
    also: tuple[str, ...]
    leave_out: Mapping[str, Expression]
    span: Span
    by: Expression | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """How a table's columns become submits and updates of one entity.

    `columns` maps a field to its column; `submitted` is the field that says when; `then` lists the fields that
    follow as one-field updates, each at its own time.
    """

    name: str
    of: str
    label: str
    columns: Mapping[str, str]
    submitted: str
    then: tuple[str, ...]
    ignore: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole rule set, checked and typed. `digest` is the SHA-256 of its content (scenarios left out)."""

    name: str
    label: str
    version: str
    timezone: str
    currency: str | None
    places: int
    roles: tuple[str, ...]
    entities: Mapping[str, Entity]
    actions: Mapping[str, Action]
    warehouses: Mapping[str, Warehouse]
    queues: Mapping[str, Queue]
    findings: Mapping[str, Finding]
    metrics: Mapping[str, Metric]
    channels: Mapping[str, Channel]
    digest: str
    pools: Mapping[str, Pool] = EMPTY
    allocation: Mapping[str, Allocation] = EMPTY
    tables: Mapping[str, Table] = EMPTY
    promises: Mapping[str, Promise] = EMPTY
    calendars: Mapping[str, Calendar] = EMPTY

    def calendar_of(self, policy: str) -> Calendar | None:
        """The calendar by which a policy's promise counts; None where it counts every day, or promises nothing."""
        allocation = self.allocation.get(policy)
        promise = None if allocation is None else self.promises.get(allocation.promise or "")
        return None if promise is None else promise.calendar

    @property
    def private(self) -> frozenset[str]:
        """The private fields, those of rows and of children too, as `order.phone`."""
        groups = [(entity.name, entity.fields) for entity in self.entities.values()]
        groups += [
            (field.rows.name, field.rows.fields)
            for entity in self.entities.values()
            for field in entity.fields.values()
            if field.rows is not None
        ]
        return frozenset(
            f"{owner}.{field.name}" for owner, fields in groups for field in fields.values() if field.private
        )

    @property
    def departments(self) -> tuple[str, ...]:
        """Everyone who has a word of their own for some state, sorted."""
        states = (state for entity in self.entities.values() for state in entity.states.values())
        return tuple(sorted({name for state in states for name in state.known_as}))

    @property
    def roots(self) -> tuple[Entity, ...]:
        """The entities that have no parent: each of their records heads a family."""
        return tuple(entity for entity in self.entities.values() if entity.parent is None)
