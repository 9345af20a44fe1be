"""The models of what stands on a record beside its fields and states: resources, holds, arrival, aggregates, tags."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from orderflow.compiler.documents.base import (
    Document,
    Duration,
    Expression,
    Name,
    Names,
    Word,
)

Days = Annotated[
    int,
    WithJsonSchema(
        {"type": "integer", "minimum": 1, "maximum": 3660, "x-needs": "a whole number from 1 to 3660"}
    ),
]
Threshold = Annotated[float, WithJsonSchema({"type": "number", "x-needs": "a number"})]


class ResourceDocument(Document):
    """What is held by being in a state: units of stock, an amount of somebody's limit, or a token."""

    held_in: Name = Field(description="Entering this state takes it, leaving gives it back.")
    spend_on: Name | None = Field(None, description="Entering this state consumes it.")
    of: Expression | None = Field(
        None,
        description="Of stock: the rows, each with a `sku` and a `quantity`, such as order.lines. "
        "Of an amount: the ref field that says whose limit it is.",
    )
    at: Expression | None = Field(
        None, description="Of stock: the warehouse, or an expression that gives one."
    )
    amount: Expression | None = Field(None, description="Of an amount: how much is held.")
    limit: Expression | None = Field(None, description="Of an amount: how much may be held in all.")
    take: Names | None = Field(
        None,
        description="`allocate`: stock of a parcel's plan, at its warehouse. Of a token: actions done when it is taken.",
    )
    give_back: Names | None = Field(None, description="Of a token: actions done when it is given back.")


class HoldDocument(Document):
    """A hold: while it is on, nothing happens to the record by itself."""

    label: Word | None = Field(None, description="What people call it.")
    in_: Names = Field(alias="in", description="The states that it can be on in; leaving them ends it.")
    by: Names | None = Field(None, description="The roles that may place and release it.")
    reason: Literal["required"] | None = Field(None, description="Placing and releasing it must say why.")
    when: Expression | None = Field(None, description="It is on while this holds; nobody places it.")
    retry_on: Names | None = Field(
        None, description="What its condition waits for: `stock`, or an amount resource such as `credit`."
    )


class JudgementDocument(Document):
    """A condition that is looked at when a record is submitted, and kept with it."""

    label: Word | None = Field(None, description="What people call it.")
    when: Expression = Field(description="What should hold.")


class AggregateDocument(Document):
    """A figure over the records that refer to this one; one of sum, count, streak, distinct, min, max."""

    label: Word | None = Field(None, description="What people call it.")
    of: Name = Field(description="The entity whose records are looked at.")
    by: Name | None = Field(
        None, description="Its ref field that names this record; may be left out where it has one."
    )
    at: Expression = Field(description="When a record counts; a record where it is missing does not.")
    where: Expression | None = Field(None, description="Which records count; all, if left out.")
    over: Duration | None = Field(
        None, description="Those of the last 30d: a window that moves on with time."
    )
    days: Days | None = Field(None, description="Those of the last so many local days, today included.")
    sum: Expression | None = Field(None, description="The numbers added up.")
    count: Expression | None = Field(
        None, description="How many there are for which this holds; `true`: all."
    )
    streak: Expression | None = Field(
        None, description="For how many in a row this holds, from the latest back."
    )
    distinct: Expression | None = Field(None, description="How many different values there are.")
    min: Expression | None = Field(None, description="The least number; missing where there is none.")
    max: Expression | None = Field(None, description="The greatest number; missing where there is none.")


class LevelDocument(Document):
    """A level of a tier."""

    label: Word | None = Field(None, description="What people call it.")
    at_least: Threshold | None = Field(
        None, description="From which number on; the last level takes what is left."
    )


class TierDocument(Document):
    """A level chosen from thresholds of a number."""

    label: Word | None = Field(None, description="What people call it.")
    of: Expression = Field(description="The number, such as an aggregate.")
    levels: dict[str, LevelDocument] = Field(
        description="NAME: {at_least: ...}, the highest first.",
        min_length=1,
        json_schema_extra={"x-empty": True},
    )


class TagDocument(Document):
    """A mark that a record bears while a condition holds."""

    label: Word | None = Field(None, description="What people call it.")
    when: Expression = Field(description="The record bears it while this holds.")
    on_set: Names | None = Field(None, description="Actions done when it gets the mark.")
    on_clear: Names | None = Field(None, description="Actions done when it loses the mark.")


class MoveDocument(Document):
    """The units that a transition moves: the rows of a list, or so many of one SKU."""

    of: Expression | None = Field(None, description="The rows, each with a `sku` and a `quantity`.")
    sku: Expression | None = Field(None, description="The SKU, where it is one; with `quantity`.")
    quantity: Expression | None = Field(
        None, description="How many units; of a count, how many there are; of safety, how many to keep back."
    )
    at: Expression = Field(description="The warehouse, or an expression that gives one.")
    pool: Name | None = Field(None, description="Of pool and unpool: the pool.")


class MovesDocument(Document):
    """One move of stock: KIND: {of, at} or KIND: {sku, quantity, at}."""

    receive: MoveDocument | None = Field(None, description="New units come in.")
    quarantine: MoveDocument | None = Field(None, description="Units come in that cannot be sold yet.")
    damage: MoveDocument | None = Field(None, description="Units that are there can no longer be sold.")
    restore: MoveDocument | None = Field(None, description="Units can be sold again.")
    scrap: MoveDocument | None = Field(None, description="Units that cannot be sold go away.")
    pool: MoveDocument | None = Field(None, description="Units are set aside in a pool.")
    unpool: MoveDocument | None = Field(None, description="Units of a pool are free again.")
    expect: MoveDocument | None = Field(None, description="Units are on their way there.")
    arrive: MoveDocument | None = Field(None, description="Units that were on their way have come in.")
    lose: MoveDocument | None = Field(None, description="Units that were on their way will not come.")
    count: MoveDocument | None = Field(None, description="So many were counted: the stock becomes that.")
    safety: MoveDocument | None = Field(
        None, description="So many are kept back: the safety stock becomes that."
    )


class RowsDocument(Document):
    """What an event sets in the rows of a list: FIELD: expression, in each row for which `where` holds."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        populate_by_name=True,
        json_schema_extra={
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "x-needs": "an expression",
                "x-keys": ["where"],
            }
        },
    )

    where: Expression | None = Field(None, description="In which rows; in all, if left out.")
