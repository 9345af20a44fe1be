"""The published JSON Schema is valid, describes every key, and accepts the rule sets of this repository."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from orderflow.compiler.reader import plain, read
from orderflow.compiler.schema import json_schema

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("rules/**/*.yaml")])


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_every_key_is_described() -> None:
    def keys() -> Iterator[tuple[str, Any]]:
        for kind, definition in json_schema()["$defs"].items():
            assert definition.get("description"), kind
            for name, part in definition["properties"].items():
                yield f"{kind}.{name}", part

    assert [name for name, part in keys() if not part.get("description")] == []


def test_there_are_rule_sets_to_check() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_rule_sets_here_fit(path: Path) -> None:
    tree, found = read(path.read_bytes(), path.name)
    assert tree is not None
    assert found == []
    jsonschema.validate(plain(tree), json_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "data", [{}, {"entity": "a"}, {"ruleset": "a", "version": "1", "colour": "red"}, {"tests": []}]
)
def test_others_do_not(data: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(), jsonschema.Draft202012Validator)
