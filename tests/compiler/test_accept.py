"""The quick yes to a file is the yes of jsonschema: on every rule file here, whole and with a part of it changed."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.compiler.accept import compiled
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode, name_of
from orderflow.compiler.reader import plain, read
from orderflow.compiler.schema import FILE_KINDS, accepted, schema_of
from orderflow.diagnostics import Span

ROOT = Path(__file__).parents[2]
HERE = Span("x.yaml", 1, 1, 1, 1)


def _tree(path: Path) -> tuple[str, MapNode]:
    tree, _ = read(path.read_bytes(), path.name)
    assert tree is not None
    return FILE_KINDS[name_of(tree.entries[0].key)], tree


FILES = [_tree(path) for path in sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("rules/**/*.yaml")])]
VALIDATORS = {kind: jsonschema.Draft202012Validator(schema_of(kind)) for kind in set(FILE_KINDS.values())}


def scalar(text: str, style: Any = "plain") -> ScalarNode:
    return ScalarNode(text, style, HERE, text)


def mapping(**entries: Node) -> MapNode:
    return MapNode(tuple(Entry(scalar(name), value) for name, value in entries.items()), HERE)


TEXTS = st.sampled_from(
    [
        "",
        "~",
        "null",
        "true",
        "yes",
        "1",
        "-1",
        "0",
        "1.5",
        "2e3",
        "a",
        "ref a",
        "list of a",
        "15d",
        "90",
        "50km",
        "p90",
    ]
)
SCALARS = st.builds(scalar, TEXTS, st.sampled_from(["plain", "double"])) | st.just(scalar("x" * 3000))
NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: ListNode(tuple(items), HERE))
        | st.dictionaries(
            st.sampled_from(["type", "when", "label", "from", "x", "1"]), inner, max_size=3
        ).map(lambda entries: mapping(**entries))
    ),
    max_leaves=4,
)


def changed(draw: st.DrawFn, node: Node) -> Node:
    """The tree with one thing in it changed, somewhere."""
    if isinstance(node, ScalarNode) or draw(st.integers(0, 4)) == 0:
        return draw(NODES)
    if isinstance(node, ListNode):
        if not node.items:
            return draw(NODES)
        at = draw(st.integers(0, len(node.items) - 1))
        return ListNode((*node.items[:at], changed(draw, node.items[at]), *node.items[at + 1 :]), HERE)
    if not node.entries:
        return draw(NODES)
    at = draw(st.integers(0, len(node.entries) - 1))
    entry, before, after = node.entries[at], node.entries[:at], node.entries[at + 1 :]
    match draw(st.sampled_from(["deeper", "deeper", "deeper", "gone", "renamed", "added"])):
        case "gone":
            return MapNode((*before, *after), HERE)
        case "renamed":
            return MapNode((*before, Entry(scalar("renamed"), entry.value), *after), HERE)
        case "added":
            return MapNode((*node.entries, Entry(scalar("added"), draw(NODES))), HERE)
    return MapNode((*before, Entry(entry.key, changed(draw, entry.value)), *after), HERE)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Node]:
    kind, tree = draw(st.sampled_from(FILES))
    return kind, changed(draw, tree)


@pytest.mark.parametrize(("kind", "tree"), FILES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_right_is_accepted(kind: str, tree: MapNode) -> None:
    assert accepted()[kind](tree)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_it_says_what_jsonschema_says(document: tuple[str, Node]) -> None:
    kind, tree = document
    assert accepted()[kind](tree) is VALIDATORS[kind].is_valid(plain(tree))


@pytest.mark.parametrize(
    ("schema", "yes", "no"),
    [
        ({}, scalar("a"), None),
        (True, scalar("a"), None),
        (False, None, scalar("a")),
        ({"type": "string"}, scalar("a"), scalar("1")),
        ({"type": "string"}, scalar("1", "double"), mapping()),
        ({"type": ["string", "number"]}, scalar("1.5"), scalar("true")),
        ({"type": "integer"}, scalar("1"), scalar("1.0")),
        ({"type": "boolean"}, scalar("true"), scalar("1")),
        ({"type": "null"}, scalar("~"), scalar("0")),
        ({"type": "number", "minimum": 0, "maximum": 2}, scalar("2"), scalar("2.1")),
        ({"type": "string", "minLength": 2, "maxLength": 3}, scalar("ab"), scalar("abcd")),
        ({"type": "string", "pattern": "b"}, scalar("abc"), scalar("ac")),
        ({"type": "string", "enum": ["a", "b"]}, scalar("b"), scalar("c")),
        ({"type": "string", "const": "a"}, scalar("a"), scalar("b")),
        ({"type": "array", "items": {"type": "string"}}, ListNode((), HERE), ListNode((scalar("1"),), HERE)),
        ({"type": "array", "minItems": 1, "maxItems": 1}, ListNode((scalar("1"),), HERE), ListNode((), HERE)),
        ({"type": "object", "required": ["a"]}, mapping(a=scalar("1")), mapping(b=scalar("1"))),
        ({"type": "object", "minProperties": 1}, mapping(a=scalar("1")), mapping()),
        ({"type": "object", "additionalProperties": False}, mapping(), mapping(a=scalar("1"))),
        (
            {"type": "object", "properties": {"a": {"type": "null"}}},
            mapping(a=scalar("")),
            mapping(a=scalar("1")),
        ),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/A"}]}, scalar(""), scalar("1")),
        ({"type": "string", "x-needs": "a text", "description": "any"}, scalar("a"), scalar("1")),
    ],
)
def test_each_keyword(schema: Any, yes: Node | None, no: Node | None) -> None:
    accepts = compiled({"A": {"type": "boolean"}, "B": schema})["B"]
    assert yes is None or accepts(yes)
    assert no is None or not accepts(no)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "patternProperties": {"a": True}},
        {"type": "string", "format": "date"},
        {"not": {"type": "string"}},
        {"minimum": 1},
        {"type": "integer", "enum": [1]},
        {"type": "object", "const": {}},
        {"type": "thing"},
    ],
)
def test_what_it_does_not_know_it_does_not_accept(schema: Any) -> None:
    accepts = compiled({"A": schema})["A"]
    assert not any(accepts(node) for node in (scalar("a"), scalar("1"), mapping(), ListNode((), HERE)))
