"""The published JSON Schema of the rule documents, made from their models."""

from collections.abc import Mapping
from functools import cache
from typing import Any

SCHEMA_ID = "https://orderflow.dev/schema/rules.json"

#: The kinds of file: the key that tells one, and its model.
FILE_KINDS = {
    "ruleset": "RulesetDocument",
    "entity": "EntityDocument",
    "actions": "SectionsDocument",
    "warehouses": "SectionsDocument",
    "queues": "SectionsDocument",
    "findings": "SectionsDocument",
    "metrics": "SectionsDocument",
    "channels": "SectionsDocument",
    "pools": "SectionsDocument",
    "allocation": "SectionsDocument",
    "tables": "SectionsDocument",
    "promises": "SectionsDocument",
    "tests": "TestsDocument",
    "base": "TestsDocument",
}


@cache
def _definitions() -> dict[str, Any]:
    from pydantic.json_schema import GenerateJsonSchema, models_json_schema

    from orderflow.compiler.documents.entity import EntityDocument
    from orderflow.compiler.documents.ruleset import RulesetDocument
    from orderflow.compiler.documents.sections import SectionsDocument
    from orderflow.compiler.documents.tests import TestsDocument

    class Plain(GenerateJsonSchema):
        """A key that may be left out may still not be empty: no `null` beside the real kind."""

        def nullable_schema(self, schema: Any) -> dict[str, Any]:
            return self.generate_inner(schema["schema"])

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    models = (RulesetDocument, EntityDocument, SectionsDocument, TestsDocument)
    _, whole = models_json_schema([(model, "validation") for model in models], schema_generator=Plain)
    made = _tidy(whole["$defs"])
    assert isinstance(made, dict)
    return made


def _tidy(part: Any) -> Any:
    """Drop defaults of null, and let the maps that are marked so have empty values."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    made = {key: _tidy(value) for key, value in part.items() if not (key == "default" and value is None)}
    if made.pop("x-empty", False) is True:
        made["additionalProperties"] = {"anyOf": [made["additionalProperties"], {"type": "null"}]}
    return made


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of every file of a rule set; a file's kind is told by its first key."""
    kinds = dict.fromkeys(FILE_KINDS.values())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "orderflow rules",
        "description": "One file of a rule set: its head, an entity, shared sections, or scenarios.",
        "type": "object",
        "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "$defs": _definitions(),
    }


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of one kind of file, by the name of its model."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{kind}",
        "$defs": _definitions(),
    }
