"""Comments that begin with `orderflow:`: those that are comments, and where they stand."""

import pytest

from orderflow.compiler.comments import read_comments
from orderflow.diagnostics import Span

NAME = "# orderflow: x"


@pytest.mark.parametrize(
    "text",
    [
        "a: 'b # orderflow: x'\n",
        'a: "b\n  # orderflow: x\n  c"\n',
        "a: b# orderflow: x\n",
        "a: |\n  b\n  # orderflow: x\n",
        "a: |\n  # orderflow: x\nb: 1\n",
        "a: >-\n  b\n   # orderflow: x\n  c\n",
        "a: |2\n  # orderflow: x\n",
        "# see # orderflow: x\n",
        "a: b # see # orderflow: x\n",
        "# a: # orderflow: x\n",
        "a: 1\n",
    ],
)
def test_what_is_no_such_comment(text: str) -> None:
    assert read_comments(text, "f").found == ()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: b # orderflow: x", 1, 6),
        ("a: 'b' # orderflow: x\n", 1, 8),
        ("a: | # orderflow: x\n  text\n", 1, 6),
        ("a: |\n  text\n# orderflow: x\n", 3, 1),
        ("a: |\n  text\n\n # orderflow: x\nb: 1\n", 4, 2),
        ("a: {b: 1, # orderflow: x\n  c: 2}\n", 1, 11),
        ("a: [1, 2] # orderflow: x\n", 1, 11),
        ("a: # orderflow: x\n  b: 1\n", 1, 4),
        ("a:\n  - # orderflow: x\n    b\n", 2, 5),
        ("已付: 'ｂ' # orderflow: x\r\nb: 1\r\n", 1, 9),
        ("a: 1\r\r# orderflow: x\rb: 1", 3, 1),
        ("a: '#' # orderflow: x\n", 1, 8),
        ("a: 1\n# orderflow: x", 2, 1),
        ("# orderflow: x\na: 1", 1, 1),
    ],
)
def test_where_a_comment_stands(text: str, line: int, column: int) -> None:
    (found,) = read_comments(text, "f").found
    assert (found.text, found.span) == (NAME, Span("f", line, column, line, column + len(NAME)))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: b  # orderflow: x  \nc: 1\n", "a: b\nc: 1\n"),
        ("a: 1\n  # orderflow: x\nb: 1\n", "a: 1\nb: 1\n"),
        ("a: 1\r\n# orderflow: x\r\nb: 1\r\n", "a: 1\r\nb: 1\r\n"),
        ("a: 1\n# orderflow: x", "a: 1\n"),
    ],
)
def test_what_goes_with_a_comment(text: str, left: str) -> None:
    (found,) = read_comments(text, "f").found
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    start = starts[found.cut.line - 1] + found.cut.column - 1
    end = starts[found.cut.end_line - 1] + found.cut.end_column - 1
    assert text[:start] + text[end:] == left


def test_lines_of_a_text_belong_to_its_first() -> None:
    text = "a: 'b\n  c\n  d'\ne: |\n  f\n  g\nh: i # orderflow: x\n"
    assert read_comments(text, "f").begins == {2: 1, 3: 1, 5: 4, 6: 4}


def test_what_is_no_yaml_is_read_as_far_as_it_goes() -> None:
    assert len(read_comments("a: 1 # orderflow: x\nb: @\n", "f").found) == 1
