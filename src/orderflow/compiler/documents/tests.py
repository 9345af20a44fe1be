"""The models of a file of scenarios."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from orderflow.compiler.documents.base import (
    AnyValue,
    Document,
    Duration,
    Flag,
    Moment,
    Name,
    NameOrNames,
    Units,
    Word,
)

Refused = Annotated[
    bool | str,
    WithJsonSchema({"type": ["boolean", "string"], "x-needs": "`true`, `false` or a refusal's code"}),
]


class ExpectDocument(Document):
    """What must be so after a step."""

    state: Name | None = Field(None, description="The state that the record shows.")
    took: NameOrNames | None = Field(None, description="The transitions taken in this step, in order.")
    did: NameOrNames | None = Field(None, description="The actions done in this step, in order.")
    queues: NameOrNames | None = Field(
        None, description="The queues that the record or its children stand in now."
    )
    refused: Refused | None = Field(None, description="Whether the step was refused, or with which code.")
    fields: dict[str, AnyValue] | None = Field(None, description="Values of fields.")
    says: Word | None = Field(None, description="A text that the refusal must contain.")
    holds: NameOrNames | None = Field(None, description="The holds that are on the record.")
    tags: NameOrNames | None = Field(None, description="The tags of the record.")
    parcels: NameOrNames | None = Field(
        None, description="The warehouses of the parcels that a plan made, in order."
    )
    plan: dict[str, AnyValue] | None = Field(
        None, description="What the plan of the child says; of a record with children, that of each of them."
    )
    arrival: dict[str, Flag] | None = Field(
        None, description="CHECK: whether it held when the record came in; others are not looked at."
    )


class StepDocument(Document):
    """One thing that happens, and what must be so after it."""

    update: dict[str, AnyValue] | None = Field(None, description="Fields that change.")
    send: Name | None = Field(None, description="An event.")
    wait: Duration | None = Field(None, description="Time that passes; timers fire on the way.")
    receive: dict[str, dict[str, Units]] | None = Field(
        None, description="WAREHOUSE: {SKU: units} that arrive."
    )
    hold: Name | None = Field(None, description="A hold that is placed.")
    release: Name | None = Field(None, description="A hold that is released.")
    on: Word | None = Field(
        None, description="The id of another root record; the scenario's own, if left out."
    )
    to: Name | None = Field(
        None, description="A child, such as `shipments 1`; the record itself, if left out."
    )
    as_: Name | None = Field(None, alias="as", description="The role that does it.")
    data: dict[str, AnyValue] | None = Field(None, description="The data of the event.")
    reason: Word | None = Field(None, description="Why, where a field asks for it.")
    expect: ExpectDocument | None = Field(None, description="What must be so afterwards.")


class OtherDocument(Document):
    """Another root record, submitted before the scenario's own."""

    entity: Name = Field(description="Its kind.")
    given: dict[str, AnyValue] | None = Field(None, description="The fields of its submit.")
    id: Word | None = Field(None, description="Its key; it may stand in `given`, too.")
    submit_as: Name | None = Field(
        None, description="The role that submits it; that of the scenario, if left out."
    )


class BaseDocument(Document):
    """What the scenarios of a file share."""

    of: Name | None = Field(None, description="The entity; the only one without a parent, if left out.")
    now: Moment | None = Field(None, description="Where the clock begins.")
    given: dict[str, AnyValue] | None = Field(None, description="The fields of the submit.")
    stock: dict[str, dict[str, Units]] | None = Field(None, description="WAREHOUSE: {SKU: units} at hand.")
    pools: dict[str, dict[str, dict[str, Units]]] | None = Field(
        None, description="WAREHOUSE: {POOL: {SKU: units}} at hand and set aside."
    )
    others: list[OtherDocument] | None = Field(
        None, description="Other records, submitted before it, in order."
    )
    submit_as: Name | None = Field(None, description="The role that submits.")


class ScenarioDocument(BaseDocument):
    """A record's story, and what must be so along it."""

    name: Word = Field(description="What the scenario shows.")
    expect: ExpectDocument | None = Field(None, description="What must be so after the submit.")
    steps: list[StepDocument] | None = Field(None, description="What happens, in order.")


class TestsDocument(Document):
    """A file of scenarios, named *.test.yaml."""

    __test__ = False

    base: BaseDocument | None = Field(None, description="What the scenarios of the file share.")
    tests: list[ScenarioDocument] = Field(description="The scenarios.", min_length=1)
