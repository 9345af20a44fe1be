"""What the models of all rule documents share: one strict base and the kinds of value that a key may take.

`x-needs` says in plain words what a value must be; the checker of structure shows it.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema

DURATION_PATTERN = "^ ?[0-9]{1,10} ?[smhd] ?$"
TYPE_NAMES = (
    "text", "integer", "decimal", "money", "bool", "date", "datetime", "duration", "choice", "location", "warehouse",
)  # fmt: skip

_NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100, "x-needs": "a name"}
_WORD: dict[str, Any] = {"type": ["string", "number"], "x-needs": "a text"}


class Document(BaseModel):
    """A part of a rule document: keys that it does not know are faults."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


Name = Annotated[str, WithJsonSchema(_NAME)]
Word = Annotated[str | int | float, WithJsonSchema(_WORD)]
Text = Annotated[
    str | int | float, WithJsonSchema({**_WORD, "x-needs": "a text, which may hold `{expression}`"})
]
Pattern = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "examples": ["cn_mobile", "email", "digits"],
            "x-needs": 'a pattern in quotes, such as `"[A-Z]{2}[0-9]+"`',
        }
    ),
]
Flag = Annotated[bool, WithJsonSchema({"type": "boolean", "x-needs": "`true` or `false`"})]
Whole = Annotated[int, WithJsonSchema({"type": "integer", "x-needs": "a whole number"})]
Units = Annotated[
    int, WithJsonSchema({"type": "integer", "minimum": 0, "x-needs": "a whole number, 0 or more"})
]
Expression = Annotated[
    str | int | float | bool,
    WithJsonSchema({"type": ["string", "number", "boolean"], "x-needs": "an expression"}),
]
Duration = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": DURATION_PATTERN,
            "x-needs": "a duration such as `90s`, `15m`, `26h` or `15d`",
        }
    ),
]
Moment = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "minLength": 8, "x-needs": "a date with a time such as `2026-02-03T09:00:00`"}
    ),
]
Names = Annotated[
    str | list[str],
    WithJsonSchema(
        {
            "anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}],
            "x-needs": "a name or a list of names",
        }
    ),
]
NameList = Annotated[
    list[str],
    WithJsonSchema({"type": "array", "items": _NAME, "x-needs": "a list of names such as `[a, b]`"}),
]
SomeNames = Annotated[
    list[str],
    WithJsonSchema(
        {"type": "array", "items": _NAME, "minItems": 1, "x-needs": "a list of names such as `[a, b]`"}
    ),
]
Words = Annotated[
    list[str],
    WithJsonSchema({"type": "array", "items": _WORD, "x-needs": "a list of texts such as `[a, b]`"}),
]
NameOrNames = Annotated[
    str | list[str],
    WithJsonSchema(
        {"anyOf": [_NAME, {"type": "array", "items": _NAME}], "x-needs": "a name or a list of names"}
    ),
]
FieldType = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "enum": list(TYPE_NAMES)},
                {"type": "string", "pattern": "^(list of|ref) .+$"},
            ],
            "x-needs": "a type such as `text`, `money`, `ref customer` or `list of line`",
        }
    ),
]
Value = Annotated[
    object, WithJsonSchema({"type": ["string", "number", "boolean"], "x-needs": "a single value"})
]
Default = Annotated[
    object,
    WithJsonSchema({"type": ["string", "number", "boolean", "array"], "x-needs": "a single value"}),
]
AnyValue = Annotated[object, WithJsonSchema({})]
