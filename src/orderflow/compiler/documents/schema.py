"""The JSON Schema of rule files, made from the models of the documents.

What it gives is kept as `compiler/rules.schema.json`, so that checking rules neither imports the models nor makes the
schema anew; a test holds the two together, and `UPDATE_GOLDEN=1 pytest tests/compiler/test_schema.py` writes the file.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from orderflow.compiler.documents.entity import EntityDocument
from orderflow.compiler.documents.explained import EXAMPLES, OPTIONS
from orderflow.compiler.documents.ruleset import RulesetDocument
from orderflow.compiler.documents.sections import SectionsDocument
from orderflow.compiler.documents.tests import TestsDocument

SCHEMA_ID = "https://orderflow.dev/schema/rules.json"
_MODELS = (RulesetDocument, EntityDocument, SectionsDocument, TestsDocument)


class _Plain(GenerateJsonSchema):
    """A key that may be left out may still not be empty: no `null` beside the real kind."""

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of_models() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of every file of a rule set; a file's kind is told by its first key."""
    _, whole = models_json_schema([(model, "validation") for model in _MODELS], schema_generator=_Plain)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "orderflow rules",
        "description": "One file of a rule set: its head, an entity, shared sections, or scenarios.",
        "type": "object",
        "anyOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in _MODELS],
        "$defs": _explained(_tidy(whole["$defs"])),
    }


def _explained(kinds: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions with what editors show: short titles, examples, a word on each option, plain words for faults."""
    made = {}
    for name, kind in kinds.items():
        keys = {key: _with_examples(f"{name}.{key}", part) for key, part in kind["properties"].items()}
        made[name] = _in_plain_words({**kind, "title": _title(name), "properties": keys})
    return made


def _title(name: str) -> str:
    """The name of a model as people would say it: `row field` for RowFieldDocument."""
    words = re.findall("[A-Z][a-z]*", name.removesuffix("Document"))
    return " ".join(words).lower()


def _with_examples(key: str, part: Mapping[str, Any]) -> dict[str, Any]:
    options = OPTIONS.get(key, {})
    found = _with_options(part, options)
    examples = EXAMPLES.get(key)
    return {**found, "examples": list(examples)} if examples else found


def _with_options(part: Any, options: Mapping[str, str]) -> Any:
    """The part with a description for each value of every list of options in it that is wholly described."""
    if isinstance(part, list):
        return [_with_options(item, options) for item in part]
    if not isinstance(part, Mapping):
        return part
    made = {key: _with_options(value, options) for key, value in part.items()}
    listed = part.get("enum")
    if isinstance(listed, list) and options.keys() >= set(listed):
        made["enumDescriptions"] = [options[value] for value in listed]
    return made


def _in_plain_words(part: Any) -> Any:
    """The part with what is said of a value that does not fit, where the words of the schema would be a pattern."""
    if isinstance(part, list):
        return [_in_plain_words(item) for item in part]
    if not isinstance(part, Mapping):
        return part
    made = {key: _in_plain_words(value) for key, value in part.items()}
    if isinstance(part.get("pattern"), str) and isinstance(part.get("x-needs"), str):
        made["patternErrorMessage"] = f"write {part['x-needs']}"
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
