"""The models of the sections about stock: warehouses, pools, allocation, decision tables, promises, calendars."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from orderflow.compiler.documents.base import Document, Expression, Flag, Name, Names, Word
from orderflow.expr.calendars import WEEK

RANKS = ("parcels", "distance_km", "cost", "level")
OUTPUT_TYPES = ("text", "integer", "decimal", "money", "bool", "date", "duration")

_NUMBER: dict[str, Any] = {"type": "number", "x-needs": "a number"}
Place = Annotated[
    list[float],
    WithJsonSchema(
        {
            "type": "array",
            "items": _NUMBER,
            "minItems": 1,
            "x-needs": "a latitude and a longitude such as `[27.99, 120.70]`",
        }
    ),
]
Kilometres = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^ ?[0-9]{1,5}(\.[0-9]{1,3})? ?km ?$",
            "x-needs": "a distance such as `50km`",
        }
    ),
]
Cost = Annotated[float, WithJsonSchema({"type": "number", "minimum": 0, "x-needs": "a number, 0 or more"})]
Rank = Annotated[
    list[str],
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "enum": list(RANKS)},
            "minItems": 1,
            "x-needs": "a list such as `[parcels, distance_km, cost]`",
        }
    ),
]
Weekend = Annotated[
    list[str],
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "enum": list(WEEK)},
            "x-needs": "a list such as `[saturday, sunday]`",
        }
    ),
]
Days = Annotated[
    list[str],
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "x-needs": "a date such as `2026-10-01`"},
            "x-needs": "a list of dates such as `[2026-10-01, 2026-10-02 to 2026-10-07]`",
        }
    ),
]
OutputType = Annotated[
    str, WithJsonSchema({"type": "string", "enum": list(OUTPUT_TYPES), "x-needs": "a type such as `text`"})
]


class WarehouseDocument(Document):
    """A place that keeps stock."""

    label: Word | None = Field(None, description="What people call it.")
    level: Literal["central", "regional", "forward"] = Field(
        "central", description="central, regional or forward."
    )
    parent: Name | None = Field(None, description="The warehouse above it.")
    location: Place | None = Field(None, description="Latitude and longitude in degrees: [27.99, 120.70].")
    radius: Kilometres | None = Field(
        None, description="How far it serves, such as 50km; any distance, if left out."
    )
    cost: Cost | None = Field(
        None, description="What a parcel from it costs, for the rank `cost`; 0, if left out."
    )


class PoolDocument(Document):
    """Units of stock set aside for some rows."""

    of: Name | None = Field(
        None, description="The entity whose rows may draw on it; where one entity has allocation, that one."
    )
    label: Word | None = Field(None, description="What people call it.")
    who: Expression = Field(
        description="Of each row, with its record around it: whether it may draw on the pool."
    )


class AllocationDocument(Document):
    """A policy that finds the warehouses that serve a record."""

    of: Name | None = Field(None, description="The root entity; where one has such lines, that one.")
    label: Word | None = Field(None, description="What people call it.")
    lines: Name | None = Field(
        None, description="Its list of rows with a `sku` and a `quantity`; `lines`, if left out."
    )
    near: Expression | None = Field(None, description="The location that distances are measured from.")
    candidates: Expression | None = Field(
        None,
        description="Which warehouses may serve, such as `reaches(warehouse, location)`; all, if left out.",
    )
    rank: Rank | None = Field(
        None,
        description="What counts first: parcels, distance_km, cost, level. [parcels, distance_km, cost], if left out.",
    )
    split: Literal["never", "allowed"] = Field(
        "never", description="Whether several warehouses may share a record."
    )
    pack_by: Expression | None = Field(
        None,
        description="Of a row, such as `line.bulky`: rows of one warehouse with other values go into another parcel.",
    )
    carrier: Name | None = Field(None, description="The table of the parcel's entity that gives `carrier`.")
    promise: Name | None = Field(None, description="The promise of each parcel.")


class TableRowDocument(Document):
    """A row of a decision table: `when` or `otherwise: true`, and a value for each output."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        json_schema_extra={
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "x-needs": "a value",
                "x-keys": ["when", "otherwise"],
            }
        },
    )

    when: Expression | None = Field(None, description="When the row fits.")
    otherwise: Flag | None = Field(None, description="The last row: fits where no other does.")


class TableDocument(Document):
    """A decision table over the records of an entity."""

    of: Name = Field(description="The entity.")
    label: Word | None = Field(None, description="What people call it.")
    hit: Literal["unique", "first", "collect"] = Field(
        "unique",
        description="unique: at most one row fits; first: the first that does; collect: all that do.",
    )
    gives: dict[str, OutputType] = Field(description="OUTPUT: type.", min_length=1)
    rising: Names | None = Field(
        None, description="Outputs that never become less while what the rows compare becomes more."
    )
    falling: Names | None = Field(
        None, description="Outputs that never become more while what the rows compare becomes more."
    )
    rows: list[TableRowDocument] = Field(description="The rows.", min_length=1)


class PromiseDocument(Document):
    """The day that a parcel is promised for."""

    of: Name = Field(description="The parcel's entity.")
    label: Word | None = Field(None, description="What people call it.")
    start: Expression = Field(description="The moment that it counts from.")
    cutoff: Word | None = Field(
        None, description='The local time after which a day more is counted: "16:00".'
    )
    days: Expression = Field(description="How many days it takes.")
    buffer: Expression | None = Field(None, description="Further days; none where it is missing.")
    writes: Name | None = Field(
        None, description="A date field of the root that gets the latest of its parcels, if it is missing."
    )
    calendar: Name | None = Field(
        None,
        description="A calendar: `days` and `buffer` are working days of it, and what begins on a day off begins on the next.",
    )


class CalendarDocument(Document):
    """Which days are worked: the week without its weekend, without `off`, with `on`."""

    label: Word | None = Field(None, description="What people call it.")
    weekend: Weekend | None = Field(
        None, description="The days of the week that are not worked: [saturday, sunday], if left out."
    )
    off: Days | None = Field(
        None, description="Holidays: dates, and days in a row such as 2026-10-01 to 2026-10-07."
    )
    on: Days | None = Field(None, description="Days of the weekend that are worked.")
