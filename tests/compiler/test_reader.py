"""Bytes to a located tree, with any input."""

import pytest
import yaml

from orderflow.compiler.reader import (
    MAX_BYTES,
    ListNode,
    MapNode,
    ScalarNode,
    find,
    key_node,
    read,
)
from orderflow.diagnostics import Diagnostic, Span


def _found(source: str | bytes) -> list[tuple[str, int, int, str]]:
    return [(d.code, d.span.line, d.span.column, d.message) for d in read(source, "r.yaml")[1]]


def _one(source: str | bytes) -> Diagnostic:
    found = read(source, "r.yaml")[1]
    assert len(found) == 1, found
    return found[0]


def _tree(source: str) -> MapNode:
    tree, found = read(source, "r.yaml")
    assert not found
    assert tree is not None
    return tree


@pytest.fixture(params=["libyaml", "python"])
def _either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.delattr(yaml, "CLoader", raising=False)


def _span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("r.yaml", line, column, end_line, end_column)


@pytest.mark.usefixtures("_either_parser")
def test_every_node_knows_its_place() -> None:
    tree = _tree(
        "entity: 订单 # 注\nstates:\n  已支付: {label: 'é', x}\n  l:\n    - 1\n    - |\n      t\n\n# end\n"
    )
    assert tree.span == _span(1, 1, 7, 8)
    entity = tree.entries[0]
    assert entity.key.span == _span(1, 1, 1, 7)
    assert entity.value.span == _span(1, 9, 1, 11)
    assert isinstance(entity.value, ScalarNode)
    assert entity.value.comment
    paid = find(tree, ["states", "已支付"])
    assert isinstance(paid, MapNode)
    assert paid.flow
    assert paid.span == _span(3, 8, 3, 23)
    assert [entry.name for entry in paid.entries] == ["label", "x"]
    label = paid.get("label")
    assert isinstance(label, ScalarNode)
    assert (label.style, label.raw, label.comment) == ("single", "'é'", False)
    items = find(tree, ["states", "l"])
    assert isinstance(items, ListNode)
    assert items.span == _span(5, 5, 7, 8)
    assert find(tree, ["states", "l", 1]).span == _span(6, 7, 7, 8)
    assert key_node(tree, ["states", "l"]).span == _span(4, 3, 4, 4)
    assert key_node(tree, ["states", "l", 0]).span == _span(5, 7, 5, 8)
    assert key_node(tree, []) is tree


def test_a_path_that_leads_nowhere() -> None:
    tree = _tree("a: [1]\n")
    paths: list[list[str | int]] = [["b"], ["a", 1], ["a", "x"], ["a", 0, 0]]
    for path in paths:
        with pytest.raises(KeyError):
            find(tree, path)


def test_a_name_is_found_in_any_width() -> None:
    assert find(_tree("ｐaid: 1\n"), ["paid"]).span.line == 1


def test_a_byte_order_mark_shifts_nothing() -> None:
    tree, found = read(b"\xef\xbb\xbfa: 1\n", "r.yaml")
    assert not found
    assert tree is not None
    assert tree.span == _span(1, 1, 1, 5)


def test_comments_after_expressions_are_seen() -> None:
    tree = _tree("a: x > 0 # or y\nb: x#y\nc: {d: x # z\n  }\ne: '#'\n")
    comments = [
        node.comment
        for node in (find(tree, p) for p in (["a"], ["b"], ["c", "d"], ["e"]))
        if isinstance(node, ScalarNode)
    ]
    assert comments == [True, False, True, False]


@pytest.mark.usefixtures("_either_parser")
def test_what_can_be_read_past_is_all_reported_and_left_out() -> None:
    tree, found = read(
        "a: &x 1\nb: *x\nc: !!str y\nd:\n  <<: *x\n  e: 1\n  e: 2\n  ｅ: 3\n? [k]\n: v\nf: '\u202e'\n",
        "r.yaml",
    )
    assert [(d.code, d.span.line, d.span.column) for d in found] == [
        ("OF901", 1, 4),
        ("OF901", 2, 4),
        ("OF901", 3, 4),
        ("OF901", 5, 3),
        ("OF105", 7, 3),
        ("OF105", 8, 3),
        ("OF107", 9, 3),
        ("OF901", 11, 5),
    ]
    assert all(d.fix is not None for d in found)
    assert found[4].labels[0].span == _span(6, 3, 6, 4)
    assert "`ｅ` is the same name as `e`" in found[5].message
    assert tree is not None
    assert [entry.name for entry in tree.entries] == ["a", "b", "c", "d", "f"]
    inner = tree.get("d")
    assert isinstance(inner, MapNode)
    assert [entry.name for entry in inner.entries] == ["e"]
    assert find(tree, ["a"]).span == _span(1, 7, 1, 8)


def test_keys_that_other_readers_take_for_values_are_names() -> None:
    assert [entry.name for entry in _tree("{1: , true: , yes: }").entries] == ["1", "true", "yes"]
    assert _found("{1: a, '1': b}") == [("OF105", 1, 8, "`1` is defined twice")]


@pytest.mark.parametrize(
    ("text", "line", "column", "says", "repair"),
    [
        ("a:\n\tb: 1\n", 2, 1, "a tab", "spaces"),
        ("a:\n  b: 1\n\tc: 1\n", 3, 1, "a tab", "spaces"),
        ("t:\n  from:paid\n  to: x\n", 2, 7, "without a space", "space after the colon of `from`"),
        ("from: x\nto:paid\nby: y\n", 2, 3, "without a space", "`to`"),
        ("from：paid\r\nto: x\r\n", 1, 5, "full-width colon", "`: `"),
        ("from: x\nto paid\nby: y\n", 2, 1, "without a colon", "`key: value`"),
        ("when: a is b: c\n", 1, 13, "colon with a space", "quotes"),
        ("when: {a: b # c}\nd: 1\n", 2, 1, "`{` is not closed", "` #` begins a comment"),
        ("a: [1, 2\nb: 3\n", 2, 2, "`[` is not closed", "`]`"),
        ("a: 'x\nb: 1\n", 1, 4, "never closed", "`'`"),
        ('when: "x" in y\n', 1, 11, "after a closing quote", "`'`"),
        ("a: @x\n", 1, 4, "`@`", "quotes"),
        ('a: "\\d"\n', 1, 5, "no escape", "single quotes"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "line up", "align"),
        ("a: 1\n  b: 2\n", 2, 3, "has a value already", "align"),
        ("a:\n  - b\n  c: 1\n", 3, 3, "no item", "`- `"),
    ],
)
def test_what_is_not_yaml_says_how_to_mend_it(
    text: str, line: int, column: int, says: str, repair: str
) -> None:
    found = _one(text)
    assert (found.code, found.span.line, found.span.column) == ("OF901", line, column)
    assert found.message.startswith("not YAML: ")
    assert says in found.message
    assert found.fix is not None
    assert repair in found.fix.message


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "empty"),
        ("# only\n", 1, 1, "empty"),
        ("---\n...\n", 1, 1, "empty"),
        ("a: 1\n---\nb: 2\n", 2, 1, "several documents"),
        ("a: x\u2028y\n", 1, 5, "LS"),
        ("a: x # \x85\n", 1, 8, "NEL"),
        ("a: 1\nb: \x1b[31m\n", 2, 4, "control character U+001B"),
        ("a: \ufeff\n", 1, 4, "byte order mark"),
        ('a: "x\\x1by"\n', 1, 6, "U+001B"),
        ('a: "\\N"\n', 1, 5, "NEL"),
        ("a: \ud800\n", 1, 4, "U+D800"),
        (b"a: 1\nb: \xb6\xa9\n", 2, 4, "not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
        ("a: !!python/object/apply:os.system [x]\n", 1, 4, "tags"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "tags"),
    ],
)
def test_what_no_rule_file_may_hold(text: str | bytes, line: int, column: int, says: str) -> None:
    found = _one(text)
    assert (found.code, found.span.line, found.span.column) == ("OF901", line, column)
    assert says in found.message


@pytest.mark.parametrize(("text", "column"), [("x\n", 1), ("- 1\n", 1), ("  3\n", 3)])
def test_the_top_is_a_mapping(text: str, column: int) -> None:
    tree, found = read(text, "r.yaml")
    assert tree is None
    assert [(d.code, d.span.column) for d in found] == [("OF107", column)]


def test_size_and_depth_have_bounds() -> None:
    fits = "a: " + "x" * (MAX_BYTES - 4) + "\n"
    assert not _found(fits)
    assert "too large" in _one(fits + " ").message
    assert "too large" in _one("a: " + "支" * (MAX_BYTES // 3)).message
    assert not _found("a: " + "[" * 39 + "]" * 39)
    deep = _one("a: " + "[" * 40 + "]" * 40)
    assert "too deep" in deep.message
    assert deep.span == _span(1, 43, 1, 44)


def test_a_flood_of_faults_is_cut() -> None:
    found = _found("\n".join("a: 1" for _ in range(50_000)))
    assert len(found) == 101
    assert "more than 100" in found[-1][3]
    assert len(_found("\x00" * 100_000)) == 1


def test_what_follows_a_bad_character_is_not_blamed_on_yaml() -> None:
    assert len(_found("a: 1\n\x1b[x]: y: z\n")) == 1
    assert len(_found("a: \x1b\nb: [\n")) == 2


def test_an_unquoted_brace_as_key() -> None:
    found = _found("message: {{order.id}}\n")
    assert [f[:3] for f in found] == [("OF107", 1, 11)]
