"""The model of a rule set's head."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from orderflow.compiler.documents.base import Document, Name, NameList, Word

_NAMES = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "x-needs": "a name"},
    "minItems": 1,
    "x-needs": "a list of names such as `[a, b]`",
}
Drops = Annotated[
    object,
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    _NAMES,
                    {
                        "type": "object",
                        "additionalProperties": _NAMES,
                        "minProperties": 1,
                        "x-needs": "a list of names, or by kind of item a list of names",
                    },
                ],
                "x-needs": "a list of names, or by kind of item a list of names",
            },
            "minProperties": 1,
            "x-needs": "a group of keys such as `queues: [a]` or `order: {transitions: [b]}`",
        }
    ),
]


class RulesetDocument(Document):
    """The head of a rule set: its name, its version and what all its files share."""

    ruleset: Name = Field(description="The name of the rule set.")
    version: Word = Field(description="The version, a text.")
    label: Word | None = Field(None, description="What people call it; the name, if left out.")
    extends: Word | None = Field(
        None,
        description="Another rule set's folder, such as `../base`: its items hold where these say nothing.",
    )
    drop: Drops | None = Field(
        None, description="Items of the base that are left out: `queues: [a]`, `order: {transitions: [b]}`."
    )
    timezone: Name | None = Field(
        None,
        description="An IANA zone such as Asia/Shanghai, for local days and times. UTC, if left out.",
    )
    currency: Name | None = Field(
        None, description="An ISO 4217 code such as EUR; needed once a field is money."
    )
    roles: NameList | None = Field(None, description="Who may send events; `engine` is always one of them.")
