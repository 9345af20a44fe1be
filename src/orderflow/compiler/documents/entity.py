"""The models of an entity's file."""

from typing import Literal

from pydantic import Field, JsonValue

from orderflow.compiler.documents.base import (
    Default,
    Document,
    Duration,
    Expression,
    FieldType,
    Flag,
    Name,
    Names,
    Pattern,
    SomeNames,
    Text,
    Whole,
    Word,
    Words,
)
from orderflow.compiler.documents.standing import (
    AggregateDocument,
    HoldDocument,
    JudgementDocument,
    MovesDocument,
    ResourceDocument,
    RowsDocument,
    TagDocument,
    TierDocument,
)

#: Marks a map whose values may be left empty (`paid:`), meaning no keys at all.
EMPTY_ALLOWED: dict[str, JsonValue] = {"x-empty": True}


class RowFieldDocument(Document):
    """A field of a row or of an event's data."""

    type: FieldType = Field(
        description="text, integer, decimal, money, bool, date, datetime, duration, choice, location, warehouse, "
        "ref ENTITY; in an event's data list of RECORD, too."
    )
    label: Word | None = Field(None, description="What people call it.")
    options: dict[str, Word] | Words | None = Field(
        None, description="Of a choice: a list of options, or a map of option to label."
    )
    default: Default | None = Field(None, description="Used when no value is given.")
    optional: Flag | None = Field(
        None, description="May be missing; expressions must test it before they use it."
    )
    at_least: Whole | None = Field(None, description="The least number, or the least number of rows.")
    at_most: Whole | None = Field(None, description="The greatest number, or the greatest number of rows.")
    pattern: Pattern | None = Field(
        None,
        description="What a whole text must look like: cn_mobile, email, digits, or a regular expression in which each "
        'character leaves one way to go on, such as "[A-Z]{2}[0-9]{8}".',
    )
    private: Flag | None = Field(None, description="Masked wherever it is shown.")


class FieldDocument(RowFieldDocument):
    """A field of an entity, with the contract that its changes keep."""

    type: FieldType = Field(
        description="text, integer, decimal, money, bool, date, datetime, duration, choice, location, warehouse, "
        "ref ENTITY or list of RECORD."
    )
    changes: Literal["never", "once", "grows", "free"] | None = Field(
        None,
        description="Changes after the submit: never, once (from missing), grows (never less) or free.",
    )
    editable: Expression | None = Field(None, description="What must hold for a change after the submit.")
    reason: Literal["required"] | None = Field(None, description="A change must say why.")
    auto: Text | None = Field(
        None, description='Of a key: the text that makes one, such as "WZ{placed_at:%Y%m%d}-{sequence:06}".'
    )
    formula: Expression | None = Field(
        None, description="Gives the value when a submit brings none; with `at: submit`."
    )
    at: Literal["submit"] | None = Field(
        None, description="When the formula is worked out: once, before the record enters its first state."
    )
    missing: Literal["create"] | None = Field(
        None, description="Of a ref: a record that is not there is made, with its defaults."
    )


class RecordDocument(Document):
    """A kind of row, such as an order line."""

    key: Name | None = Field(None, description="The field that tells rows apart.")
    label: Word | None = Field(None, description="What people call it.")
    fields: dict[str, FieldType | RowFieldDocument] = Field(
        description="The fields of a row: NAME: TYPE or NAME: {type: ...}."
    )


class ChildDocument(Document):
    """A kind of child records."""

    entity: Name = Field(description="The entity of the children; it names this one as its parent.")
    one_per: Name | None = Field(
        None,
        description="What each child stands for: the parent's name, for one child a parent; plan.parcel, for one "
        "a parcel of the plan that allocation found.",
    )
    label: Word | None = Field(None, description="What people call them.")


class StateDocument(Document):
    """A state; with `states` inside, a compound one."""

    label: Word | None = Field(None, description="What people call it.")
    initial: Flag | None = Field(None, description="Records begin here; exactly one at each level.")
    final: Flag | None = Field(None, description="Nothing happens after it.")
    on_entry: Names | None = Field(None, description="Actions done on entering it.")
    on_exit: Names | None = Field(None, description="Actions done on leaving it.")
    known_as: dict[str, Word] | None = Field(None, description="What a department calls it: {sales: 已收款}.")
    shows: Name | None = Field(
        None, description="`least(CHILDREN)`: the record shows its least advanced live child instead."
    )
    states: dict[str, "StateDocument"] | None = Field(
        None, description="The states inside a compound state.", json_schema_extra=EMPTY_ALLOWED
    )


class EventDocument(Document):
    """Something that people or systems may send."""

    label: Word | None = Field(None, description="What people call it.")
    by: Names | None = Field(None, description="The roles that may send it; anyone, if left out.")
    data: dict[str, FieldType | RowFieldDocument] | None = Field(
        None, description="The typed data that it carries."
    )
    set: dict[str, Expression | RowsDocument] | None = Field(
        None,
        description="Fields that it sets when a transition takes it: after the guard, before the actions. "
        "LIST: {where: ..., FIELD: ...} sets fields of rows.",
    )


class TransitionDocument(Document):
    """A way from some states to another; one of event, after, when, at_once, otherwise must be there."""

    from_: Names = Field(
        alias="from", description="The source states; a compound one stands for all inside it."
    )
    to: Name | None = Field(None, description="The target state; left out, no state is left or entered.")
    label: Word | None = Field(None, description="What people call it.")
    when: Expression | None = Field(
        None, description="The guard. Alone, the transition is automatic: taken as soon as it holds."
    )
    event: Name | None = Field(None, description="Taken when that event is sent.")
    after: Duration | None = Field(
        None, description="Taken once that long in the source state: 90s, 15m, 26h, 15d."
    )
    at_once: Flag | None = Field(None, description="Automatic, without a guard.")
    otherwise: Flag | None = Field(
        None, description="Taken when no other transition of the same trigger and state is enabled."
    )
    before: Names | None = Field(
        None, description="Of transitions that could fire together, this one goes before those."
    )
    do: Names | None = Field(None, description="Actions.")
    creates: Name | dict[str, dict[str, Expression]] | None = Field(
        None, description="The children that it makes; CHILDREN: {FIELD: expression} gives their fields."
    )
    moves: list[MovesDocument] | None = Field(
        None,
        description="Moves of stock: receive, quarantine, damage, restore, scrap, pool, unpool, expect, "
        "arrive, lose, count, safety.",
        min_length=1,
    )
    tell: dict[str, Name] | None = Field(
        None, description="CHILDREN: EVENT, sent to each child inside the same decision."
    )
    retry_on: Names | None = Field(
        None,
        description="What it may wait for: `stock` (a receipt wakes it), or an amount resource such as `credit`.",
    )


class EntityDocument(Document):
    """A kind of record with a lifecycle."""

    entity: Name = Field(description="The name; expressions may use it to qualify the record's own fields.")
    label: Word | None = Field(None, description="What people call it.")
    key: Name | None = Field(
        None, description="The field that identifies a root record; NAME_id is added, if left out."
    )
    parent: Name | None = Field(None, description="The entity above it.")
    children: dict[str, ChildDocument] | None = Field(None, description="The child records that it may have.")
    fields: dict[str, FieldType | FieldDocument] | None = Field(
        None, description="NAME: TYPE or NAME: {type: ...}."
    )
    records: dict[str, RecordDocument] | None = Field(None, description="Kinds of rows for `list of NAME`.")
    states: dict[str, StateDocument] = Field(
        description="The states.", min_length=1, json_schema_extra=EMPTY_ALLOWED
    )
    path: SomeNames | None = Field(None, description="Leaf states in the order of progress.")
    events: dict[str, EventDocument] | None = Field(
        None, description="What may be sent to a record.", json_schema_extra=EMPTY_ALLOWED
    )
    transitions: dict[str, TransitionDocument] | None = Field(
        None, description="The ways between the states."
    )
    resources: dict[str, ResourceDocument] | None = Field(
        None, description="What is held by being in a state: stock, amounts of a limit, tokens."
    )
    holds: dict[str, HoldDocument] | None = Field(
        None, description="While one is on, nothing happens by itself."
    )
    arrival: dict[str, JudgementDocument] | None = Field(
        None, description="Conditions looked at when a record is submitted, and kept with it."
    )
    aggregates: dict[str, AggregateDocument] | None = Field(
        None, description="Figures over the records that refer to this one."
    )
    tiers: dict[str, TierDocument] | None = Field(
        None, description="Levels chosen from thresholds of a number."
    )
    tags: dict[str, TagDocument] | None = Field(
        None, description="Marks that a record bears while a condition holds."
    )
