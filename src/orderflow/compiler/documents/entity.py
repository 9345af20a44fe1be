"""The models of a rule set's head and of an entity's file."""

from typing import Literal

from pydantic import Field, JsonValue

from orderflow.compiler.documents.base import (
    Document,
    Duration,
    Expression,
    FieldType,
    Flag,
    Name,
    NameList,
    Names,
    SomeNames,
    Text,
    Value,
    Whole,
    Word,
    Words,
)

#: Marks a map whose values may be left empty (`paid:`), meaning no keys at all.
EMPTY_ALLOWED: dict[str, JsonValue] = {"x-empty": True}


class RulesetDocument(Document):
    """The head of a rule set: its name, its version and what all its files share."""

    ruleset: Name = Field(description="The name of the rule set.")
    version: Word = Field(description="The version, a text.")
    label: Word | None = Field(None, description="What people call it; the name, if left out.")
    timezone: Name | None = Field(
        None,
        description="An IANA zone such as Asia/Shanghai, for local days and times. UTC, if left out.",
    )
    currency: Name | None = Field(
        None, description="An ISO 4217 code such as EUR; needed once a field is money."
    )
    roles: NameList | None = Field(None, description="Who may send events; `engine` is always one of them.")


class RowFieldDocument(Document):
    """A field of a row or of an event's data."""

    type: FieldType = Field(
        description="text, integer, decimal, money, bool, date, datetime, duration or choice."
    )
    label: Word | None = Field(None, description="What people call it.")
    options: dict[str, Word] | Words | None = Field(
        None, description="Of a choice: a list of options, or a map of option to label."
    )
    default: Value | None = Field(None, description="Used when no value is given.")
    optional: Flag | None = Field(
        None, description="May be missing; expressions must test it before they use it."
    )
    at_least: Whole | None = Field(None, description="The least number, or the least number of rows.")
    at_most: Whole | None = Field(None, description="The greatest number, or the greatest number of rows.")
    pattern: Literal["cn_mobile", "email", "digits"] | None = Field(
        None, description="A named pattern that a text must match."
    )
    private: Flag | None = Field(None, description="Masked wherever it is shown.")


class FieldDocument(RowFieldDocument):
    """A field of an entity, with the contract that its changes keep."""

    type: FieldType = Field(
        description="text, integer, decimal, money, bool, date, datetime, duration, choice or list of RECORD."
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
        None, description="What each child stands for: the parent's name, for one child a parent."
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
    set: dict[str, Expression] | None = Field(
        None,
        description="Fields that it sets when a transition takes it: after the guard, before the actions.",
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
    creates: Name | None = Field(None, description="The children that it makes.")
    tell: dict[str, Name] | None = Field(
        None, description="CHILDREN: EVENT, sent to each child inside the same decision."
    )
    retry_on: Literal["stock"] | list[Literal["stock"]] | None = Field(
        None, description="What it may wait for: a receipt of stock wakes it."
    )


class ResourceDocument(Document):
    """Units of stock that are held by being in a state."""

    held_in: Name = Field(description="Entering this state takes the units, leaving it gives them back.")
    of: Expression = Field(description="The rows, each with a `sku` and a `quantity`, such as order.lines.")
    at: Name = Field(description="The warehouse.")
    spend_on: Name | None = Field(None, description="Entering this state consumes the units.")


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
    resources: dict[str, ResourceDocument] | None = Field(None, description="Units held by being in a state.")
