"""What a scalar means, and where each of its characters stands."""

import pickle
from decimal import Decimal

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from orderflow.compiler.reader import MapNode, ScalarNode, find, locate, plain, read, resolve
from orderflow.diagnostics import Span

_CHARS = st.sampled_from("ab Z09'\"\\#:-,[]{}é支付😀　\t\n")
_TEXTS = st.text(_CHARS, max_size=40)


def _scalar(text: str, key: str = "k") -> ScalarNode:
    tree, found = read(text, "r.yaml")
    assert not found
    assert tree is not None
    node = find(tree, [key])
    assert isinstance(node, ScalarNode)
    return node


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nUll", "nUll"),
        ("true", True),
        ("FALSE", False),
        ("True", True),
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("-0", 0),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("3.10", Decimal("3.10")),
        ("-.5", Decimal("-0.5")),
        ("1.", Decimal(1)),
        ("1e3", Decimal(1000)),
        ("1.5E-2", Decimal("0.015")),
        ("01.5", "01.5"),
        ("1e99999", "1e99999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("Infinity", "Infinity"),
        ("2026-02-03", "2026-02-03"),
        ("2026.2.0", "2026.2.0"),
        ("15d", "15d"),
        ("１２", "１２"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  12", "12\n"),
        (">-\n  null", "null"),
    ],
)
def test_core_types(written: str, meant: object) -> None:
    value = resolve(_scalar(f"k: {written}\n"))
    assert value == meant
    assert type(value) is type(meant)


def test_a_decimal_keeps_its_digits() -> None:
    assert str(resolve(_scalar("k: 3.10"))) == "3.10"


@pytest.mark.parametrize(
    "written", ["9" * 500_000, "0x" + "f" * 500_000, "1." + "0" * 5000, "1e" + "9" * 5000]
)
def test_endless_digits_are_text_and_cost_nothing(written: str) -> None:
    assert resolve(_scalar(f"k: {written}")) == written


def test_plain_gives_ordinary_data() -> None:
    tree, _ = read("1: [a, 2, 3.5]\nｋ: {true: ~}\n", "r.yaml")
    assert tree is not None
    assert plain(tree) == {"1": ["a", 2, Decimal("3.5")], "k": {"true": None}}


@pytest.mark.parametrize(
    ("text", "piece", "place"),
    [
        ("k: a == 支付 and x\n", "x", (1, 16, 17)),
        ("k: 'it''s x'\n", "x", (1, 11, 12)),
        ("k: 'it''s x'\n", "'", (1, 7, 9)),
        ('k: "\\u4e00\\t x"\n', "x", (1, 14, 15)),
        ('k: "\\u4e00\\t x"\n', "一", (1, 5, 11)),
        ("k: a > 0\n   and x\n", "x", (2, 8, 9)),
        ("k: |\n    a\n      x\n", "x", (3, 7, 8)),
        ("k: >-\n  a >\n  x\n", "x", (3, 3, 4)),
        ("k: |2\n    x\n", "x", (2, 5, 6)),
        ("k: |+ # c\n\n\n  x\n\n", "x", (4, 3, 4)),
        ('k: "a \\\n    x"\n', "x", (2, 5, 6)),
        ("k: >\r\n  a\r\n\r\n  x\r\n", "x", (4, 3, 4)),
        ("k: a\r  x\r", "x", (2, 3, 4)),
        ("k: >\n  a\n   b\n  x\n", "x", (4, 3, 4)),
        ("k: >\n\n  a\n  \tb\n\n  x\n", "x", (6, 3, 4)),
    ],
)
def test_locate(text: str, piece: str, place: tuple[int, int, int]) -> None:
    node = _scalar(text)
    at = node.value.index(piece)
    line, column, end = place
    assert locate(node, at, at + 1) == Span("r.yaml", line, column, line, end)


def test_locate_a_range_over_lines_a_point_and_what_is_beyond() -> None:
    node = _scalar("k: aa\n  bb\n")
    assert locate(node, 1, 4) == Span("r.yaml", 1, 5, 2, 4)
    assert locate(node, 3, 3) == Span("r.yaml", 2, 3, 2, 3)
    assert locate(node, 5, 5) == Span("r.yaml", 2, 5, 2, 5)
    assert locate(node, 99, 120) == Span("r.yaml", 2, 5, 2, 5)
    empty = _scalar("k:\n")
    assert locate(empty, 0, 0) == Span("r.yaml", 1, 3, 1, 3)


def _character(text: str, span: Span) -> str:
    lines = text.split("\n")
    assert span.line == span.end_line
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize("style", ["", "'", '"', "|", ">"])
@given(value=_TEXTS, width=st.sampled_from([5, 20, 80]), unicode=st.booleans(), nested=st.booleans())
def test_every_character_is_where_it_is_said_to_be(
    style: str, value: str, width: int, unicode: bool, nested: bool
) -> None:
    data = {"m": [{"k": _Styled(value)}]} if nested else {"k": _Styled(value)}
    text = _dump(data, style, width, unicode)
    tree, found = read(text, "r.yaml")
    assert not found
    assert tree is not None
    node = find(tree, ["m", 0, "k"] if nested else ["k"])
    assert isinstance(node, ScalarNode)
    assume(node.value == value)  # the dumper is not always right about folded text
    for at, char in enumerate(node.value):
        if not char.isspace():
            shown = _character(text, locate(node, at, at + 1))
            assert (
                shown == char
                or (node.style == "single" and shown == "''")
                or yaml.safe_load(f'"{shown}"') == char
            )


class _Styled(str):
    """Text whose style the dumper is told."""


def _dump(data: object, style: str, width: int, unicode: bool) -> str:
    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(
        _Styled,
        lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style or None),
    )
    return str(yaml.dump(data, Dumper=Dumper, width=width, allow_unicode=unicode))


@given(st.text(st.sampled_from("ab支 \t\n\\'\"|>-+2#:"), max_size=60))
def test_whatever_reads_can_be_located(written: str) -> None:
    tree, _ = read(f"k: {written}\n", "r.yaml")
    node = tree.get("k") if isinstance(tree, MapNode) else None
    if isinstance(node, ScalarNode):
        text = f"k: {written}\n"
        for at, char in enumerate(node.value):
            if not char.isspace():
                shown = _character(text, locate(node, at, at + 1))
                assert shown in (char, "''") or shown.startswith("\\")


def test_nodes_are_picklable() -> None:
    tree, _ = read("a: {b: [1, 'x']}\n", "r.yaml")
    assert pickle.loads(pickle.dumps(tree)) == tree
