"""The published JSON Schema of the rule documents, as it ships with the package."""

import json
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data
from typing import Any

from orderflow.compiler.accept import Accepts, compiled

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
    "calendars": "SectionsDocument",
    "tests": "TestsDocument",
    "base": "TestsDocument",
}


@cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of every file of a rule set; a file's kind is told by its first key."""
    content = get_data("orderflow.compiler", "rules.schema.json")
    assert content is not None
    made = json.loads(content)
    assert isinstance(made, dict)
    return made


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of one kind of file, by the name of its model."""
    whole = json_schema()
    return {"$schema": whole["$schema"], "$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]}


@cache
def accepted() -> Mapping[str, Accepts]:
    """The schema's definitions by name as functions that say quickly that a tree fits."""
    return compiled(json_schema()["$defs"])
