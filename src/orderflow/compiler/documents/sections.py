"""The models of the shared sections: actions, queues, findings, metrics, channels, and the policies of stock."""

from typing import Annotated

from pydantic import ConfigDict, Field, WithJsonSchema

from orderflow.compiler.documents.base import (
    Document,
    Duration,
    Expression,
    Name,
    NameList,
    Names,
    Word,
    Words,
)
from orderflow.compiler.documents.policies import (
    AllocationDocument,
    CalendarDocument,
    PoolDocument,
    PromiseDocument,
    TableDocument,
    WarehouseDocument,
)

Also = Annotated[
    list[str],
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "string",
                "pattern": "^(median|p[1-9][0-9]?)$",
                "x-needs": "`median` or a percentile such as `p90`",
                "x-options": ["median", "p50", "p75", "p90", "p95", "p99"],
            },
            "x-needs": "a list such as `[median, p90]`",
        }
    ),
]


class RetryDocument(Document):
    """How often a failed action is tried again."""

    attempts: Annotated[
        int,
        WithJsonSchema(
            {"type": "integer", "minimum": 1, "maximum": 100, "x-needs": "a whole number from 1 to 100"}
        ),
    ] = Field(5, description="How many tries in all.")
    first: Duration = Field("30s", description="The wait before the second try; each further one doubles.")


class ActionDocument(Document):
    """What a `do`, `on_entry` or `on_exit` names: a registered action with its parameters."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        json_schema_extra={
            "additionalProperties": {
                "type": ["string", "number", "boolean"],
                "x-needs": "a text, which may hold `{expression}`",
                "x-keys": ["use", "label", "retry"],
            }
        },
    )

    use: Name = Field(description="The registered action: notify, print, post.")
    label: Word | None = Field(None, description="What people call it.")
    retry: RetryDocument | None = Field(None, description="How often it is tried again when it fails.")


class QueueDocument(Document):
    """An exception queue: the records for which `when` holds now."""

    of: Name = Field(description="The entity.")
    label: Word | None = Field(None, description="What people call it.")
    when: Expression = Field(description="What must hold now.")
    owner: Name | None = Field(None, description="The role that looks after it.")
    do: Names | None = Field(None, description="Actions done when a record comes into it.")
    ticket: Name | None = Field(
        None,
        description="The entity of the record that a handover opens: a root with texts record, queue, owner, opened_by.",
    )


class FindingDocument(Document):
    """A contradiction in the data, counted at the end of a run."""

    of: Name = Field(description="The entity.")
    label: Word | None = Field(None, description="What people call it.")
    when: Expression = Field(description="What is contradictory.")


class MetricDocument(Document):
    """A share (`pass`) or a distribution (`mean`)."""

    of: Name = Field(description="The entity.")
    label: Word | None = Field(None, description="What people call it.")
    where: Expression | None = Field(None, description="The records spoken of; all, if left out.")
    due: Expression | None = Field(None, description="Of a share: who is counted; all, if left out.")
    pass_: Expression | None = Field(None, alias="pass", description="Of a share: who passes.")
    mean: Expression | None = Field(None, description="Of a distribution: the number or time to average.")
    also: Also | None = Field(None, description="Of a distribution: median, percentiles such as p90.")
    by: Expression | None = Field(
        None, description="What its figures are told apart by: a date, text, choice, bool or integer."
    )
    leave_out: dict[str, Expression] | None = Field(
        None, description="NAME: who is left out and counted under that name."
    )


class ChannelDocument(Document):
    """How a table's columns become events."""

    of: Name = Field(description="The entity that its rows are.")
    label: Word | None = Field(None, description="What people call it.")
    columns: dict[str, Word] = Field(description="FIELD: column.", min_length=1)
    submitted: Name = Field(description="The field that says when the record was submitted.")
    then: NameList | None = Field(
        None, description="Fields that follow as one-field updates, each at its own time."
    )
    ignore: Words | None = Field(None, description="Columns that are known and not used.")


class SectionsDocument(Document):
    """A file of the sections that several files may share."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"minProperties": 1})

    actions: dict[str, ActionDocument] | None = Field(
        None, description="What `do`, `on_entry` and `on_exit` name."
    )
    warehouses: dict[str, WarehouseDocument] | None = Field(
        None, description="The places that keep stock.", json_schema_extra={"x-empty": True}
    )
    queues: dict[str, QueueDocument] | None = Field(None, description="Exception queues.")
    findings: dict[str, FindingDocument] | None = Field(None, description="Contradictions in the data.")
    metrics: dict[str, MetricDocument] | None = Field(None, description="Shares and distributions.")
    channels: dict[str, ChannelDocument] | None = Field(None, description="How tables become events.")
    pools: dict[str, PoolDocument] | None = Field(None, description="Units of stock set aside.")
    allocation: dict[str, AllocationDocument] | None = Field(
        None, description="How warehouses are found.", json_schema_extra={"x-empty": True}
    )
    tables: dict[str, TableDocument] | None = Field(None, description="Decision tables.")
    promises: dict[str, PromiseDocument] | None = Field(None, description="Promised days.")
    calendars: dict[str, CalendarDocument] | None = Field(
        None, description="Which days are worked.", json_schema_extra={"x-empty": True}
    )
