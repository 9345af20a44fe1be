"""Repairs inside a scalar are written as its quotes ask for."""

import pytest

from orderflow.compiler.nodes import Entry, MapNode, ScalarNode
from orderflow.compiler.reader import read
from orderflow.compiler.written import fix_within
from orderflow.diagnostics import Message

WORDS = Message("replace it")


def scalar(written: str) -> ScalarNode:
    """The value of a key."""
    tree, found = read(f"when: {written}\n".encode(), "order.yaml")
    assert found == []
    assert isinstance(tree, MapNode)
    (entry,) = tree.entries
    assert isinstance(entry, Entry)
    assert isinstance(entry.value, ScalarNode)
    return entry.value


def repaired(written: str, old: str, new: str) -> str | None:
    """The line after the repair that puts a text in place of another; None where words alone say it."""
    node = scalar(written)
    start = node.value.index(old)
    fix = fix_within(node, start, start + len(old), new, WORDS)
    assert fix.message == WORDS
    if fix.span is None:
        return None
    assert fix.span.line == fix.span.end_line == 1
    line = f"when: {written}"
    return line[: fix.span.column - 1] + str(fix.replacement) + line[fix.span.end_column - 1 :]


@pytest.mark.parametrize(
    ("written", "old", "new", "line"),
    [
        ("a > b", "b", "c", "when: a > c"),
        ('a == "b"', '"b"', '"c"', 'when: a == "c"'),
        ('a > "2026-01-01"', '"2026-01-01"', "date(2026, 1, 1)", "when: 'a > date(2026, 1, 1)'"),
        ("a == b + 'x'", "b", "[c]", "when: 'a == [c] + ''x'''"),
        ("a > b", "a", '"x"', "when: '\"x\" > b'"),
        ("'a > b'", "b", "date(2026, 1, 1)", "when: 'a > date(2026, 1, 1)'"),
        ("'a > b'", "b", "'c'", "when: 'a > ''c'''"),
        ('"a > b"', "b", '"\\d"', 'when: "a > \\"\\\\d\\""'),
        ("a > b", "b", "c\nd", None),
    ],
)
def test_a_repair_can_be_read(written, old, new, line):
    found = repaired(written, old, new)
    assert found == line
    if line is not None:
        assert scalar(line.removeprefix("when: ")).value == scalar(written).value.replace(old, new, 1)


def test_over_several_lines_words_must_do():
    node = scalar("a\n  > b")
    assert fix_within(node, 4, 5, "[c]", WORDS).span is None
    assert fix_within(node, 4, 5, "c", WORDS).replacement == "c"


def test_words_alone():
    assert fix_within(scalar("a > b"), 4, 5, None, WORDS).span is None
