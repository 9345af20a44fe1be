"""The published JSON Schema is valid, describes every key, and accepts the rule sets of this repository."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from orderflow.compiler.documents.explained import EXAMPLES, OPTIONS
from orderflow.compiler.documents.schema import schema_of_models
from orderflow.compiler.reader import plain, read
from orderflow.compiler.schema import FILE_KINDS, json_schema, schema_of

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "orderflow" / "compiler" / "rules.schema.json"
FILES = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("rules/**/*.yaml")])


def test_what_ships_is_what_the_models_say() -> None:
    made = json.dumps(schema_of_models(), ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        SHIPPED.write_text(made, encoding="utf-8")
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert shipped == made, "write it anew: UPDATE_GOLDEN=1 pytest tests/compiler/test_schema.py"


def test_every_kind_of_file_has_its_part() -> None:
    for kind in FILE_KINDS.values():
        part = schema_of(kind)
        assert part["$ref"].removeprefix("#/$defs/") in part["$defs"]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_every_key_is_described() -> None:
    def keys() -> Iterator[tuple[str, Any]]:
        for kind, definition in json_schema()["$defs"].items():
            assert definition.get("description"), kind
            for name, part in definition["properties"].items():
                yield f"{kind}.{name}", part

    assert [name for name, part in keys() if not part.get("description")] == []


def _key(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a key by document and key, as it stands and as a validator takes it."""
    kind, _, key = name.partition(".")
    whole = json_schema()
    part = whole["$defs"][kind]["properties"][key]
    return part, {**part, "$defs": whole["$defs"]}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_a_key_fit_it(name: str) -> None:
    part, schema = _key(name)
    assert part["examples"] == list(EXAMPLES[name])
    for example in EXAMPLES[name]:
        jsonschema.validate(example, schema, jsonschema.Draft202012Validator)


def _lists_of_options(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("enum"), list):
            yield part
        for value in part.values():
            yield from _lists_of_options(value)
    elif isinstance(part, list):
        for item in part:
            yield from _lists_of_options(item)


def test_every_option_is_explained() -> None:
    listed = list(_lists_of_options(json_schema()["$defs"]))
    assert len(listed) > 8
    assert [
        part["enum"] for part in listed if len(part.get("enumDescriptions", ())) != len(part["enum"])
    ] == []


@pytest.mark.parametrize("name", OPTIONS)
def test_an_explained_option_is_one(name: str) -> None:
    options = {value for part in _lists_of_options(_key(name)[0]) for value in part["enum"]}
    assert options <= set(OPTIONS[name])


def test_a_value_that_does_not_look_right_is_told_in_words() -> None:
    after = json_schema()["$defs"]["TransitionDocument"]["properties"]["after"]
    assert after["patternErrorMessage"] == "write a duration such as `90s`, `15m`, `26h` or `15d`"


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
