import subprocess
import sys
import textwrap
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.expr.fault import Fault, Refused
from orderflow.expr.parse import parse
from orderflow.expr.reads import walk
from orderflow.expr.tree import And, Compare, Constant, Membership, Name, Negate, Node, Not


def faults(source: str) -> list[Fault]:
    """What the parser says of a source that it refuses."""
    with pytest.raises(Refused) as refused:
        parse(source)
    return list(refused.value.faults)


def read(source: str) -> tuple[Node | None, list[Fault]]:
    """The tree, or what the parser says."""
    try:
        return parse(source), []
    except Refused as refused:
        return None, list(refused.faults)


def test_a_guard_becomes_a_tree_with_offsets():
    source = "paid_at is not None and amount_paid > 0.10"
    root = parse(source)
    assert isinstance(root, And)
    assert [source[item.start : item.end] for item in root.items] == [
        "paid_at is not None",
        "amount_paid > 0.10",
    ]
    assert isinstance(root.items[1], Compare)
    assert root.items[1].operands[1] == Constant(38, 42, Decimal("0.10"))


def test_decimals_are_read_from_their_digits():
    root = parse("x == 0.1 or x == 123456789012345678.000001")
    found = [node.value for node in walk(root) if isinstance(node, Constant)]
    assert found == [Decimal("0.1"), Decimal("123456789012345678.000001")]
    assert not any(isinstance(value, float) for value in found)


def test_offsets_are_characters_in_folded_and_chinese_text():
    source = '实收金额 > 0 and\n  备注 == "刹车片"\n  and not 已付'
    root = parse(source)
    assert isinstance(root, And)
    names = [source[node.start : node.end] for node in walk(root) if isinstance(node, Name)]
    assert sorted(names) == sorted(["实收金额", "备注", "已付"])
    assert source[root.items[1].start : root.items[1].end] == '备注 == "刹车片"'
    assert isinstance(root.items[2], Not)
    assert (root.start, root.end) == (0, len(source))


@given(
    st.lists(
        st.sampled_from(["a", "实收金额", "\n", " ", "  ", "'刹'", "10", "0.5"]), min_size=1, max_size=12
    )
)
@settings(max_examples=200)
def test_every_leaf_is_where_its_offsets_say(parts):
    source = " + ".join(f"({part}x)" if part.isspace() else part for part in parts)
    for node in walk(parse(source)):
        if isinstance(node, Name):
            assert source[node.start : node.end] == node.path[0]
        if isinstance(node, Constant):
            assert source[node.start : node.end].strip("'") == str(node.value)


def test_names_are_normalised():
    assert parse("ｐaid") == Name(0, 4, ("paid",))
    assert parse("order . ｐaid") == Name(0, 12, ("order", "paid"))


def test_a_list_only_stands_right_of_in():
    assert isinstance(parse('a in ["x", "y"]'), Membership)
    assert isinstance(parse('a in ("x", "y")'), Membership)
    assert isinstance(parse("-1"), Negate)


@pytest.mark.parametrize(
    ("source", "marked", "replacement"),
    [
        ("a = 5", "=", "=="),
        ("a && b", "&&", "and"),
        ("a || b", "||", "or"),
        ("!a", "!", "not "),
        ("a <> 1", "<>", "!="),
        ("a == null", "null", "None"),
        ("a == true", "true", "True"),
        ("a AND b", "AND", "and"),
        ("a ≥ 1", "≥", ">="),
        ("f（a)", "（", "("),
        ("f(a，b)", "，", ","),
        ("a == “x", "“", '"'),
        ("a > １", "１", "1"),
        ("a\u3000> 1", "\u3000", " "),
        ("1_000 < a", "1_000", "1000"),
        ("a > 1.", "1.", "1"),
        ("a > 010", "010", "10"),
    ],
)
def test_foreign_spellings_are_repaired(source, marked, replacement):
    first = faults(source)[0]
    assert first.code == "OF106"
    assert source[first.start : first.end] == marked
    assert first.replacement == replacement
    assert first.fix_message


@pytest.mark.parametrize(
    ("source", "marked", "says"),
    [
        ("", "", "empty"),
        ("  \n ", "  \n ", "empty"),
        ("a b", "b", "an operator is missing"),
        ("f(a) b", "b", "an operator is missing"),
        ("a +", "+", "cannot be read"),
        ("(a", "(", "not closed"),
        ("a)", ")", "closes no bracket"),
        ('a == "x', '"', "not closed"),
        ("a if b", "a if b", "needs an `else`"),
        ("a ** 2", "**", "power"),
        ("a; b", ";", "second expression"),
        ("(a := 5)", ":=", "only reads"),
        ("a, b", "a, b", "two expressions"),
        ("[a]", "[a]", "right of `in`"),
        ("a in []", "[]", "empty"),
        ("a[0]", "a[0]", "square brackets"),
        ("lambda: 1", ":", "not part"),
        ("f'{a}'", "f", "before a text"),
        ("b'x'", "b", "before a text"),
        ("'a' 'b'", "'b'", "two texts"),
        ("'''a'''", "'a'", "two texts"),
        (r"'\x41'", r"\x", "not known"),
        ("'a\u202eb'", "\u202e", "U+202E"),
        ("a # b", "#", "comment"),
        ("a is 5", "a is 5", "only asks for `None`"),
        ("a < b in [1]", "a < b in [1]", "chain"),
        ("a is None is None", "a is None is None", "chain"),
        ("x.run()", "x.run", "plain name"),
        ("x.strip()", "x.strip()", "stands before its values"),
        ("f(*a)", "*a", "`*`"),
        ("f(a=1)", "=", "`=`"),
        ("any(a for a in b)", "(a for a in b)", "`for`"),
        ("+a", "+a", "does nothing"),
        ("(1).real", "(1).real", "point"),
        ("1e5", "1e5", "exponent"),
        ("0x1F", "0x1F", "no number"),
        ("1j", "1j", "no number"),
        ("0.1234567", "0.1234567", "6 decimal places"),
        ("9" * 39, "9" * 39, "38 digits"),
        ("...", "...", "literal"),
        ("a\x00b", "\x00", "U+0000"),
        ("\ud800", "\ud800", "U+D800"),
        ("await a", "await a", "not part"),
        ("if", "if", "cannot be read"),
    ],
)
def test_everything_else_is_refused_where_it_stands(source, marked, says):
    first = faults(source)[0]
    assert first.code == "OF106"
    assert says in first.message
    assert source[first.start : first.end] == marked
    assert first.fix_message
    assert "Error" not in first.message


def test_all_foreign_spellings_are_told_at_once():
    assert [fault.replacement for fault in faults("a && !b || c = null")] == [
        "and",
        "not ",
        "or",
        "==",
        "None",
    ]


def test_limits():
    assert "2,048 bytes" in faults("a" * 2049)[0].message
    assert "2,048 bytes" in faults('"' + "金" * 700 + '" == a')[0].message
    assert "30 deep" in faults("1" + "+1" * 30)[0].message
    parse("1" + "+1" * 29)
    parse("a" + " and a" * 200)
    assert "300 parts" in faults("a" + " or a" * 300)[0].message


HOSTILE = r"""
import resource, time
resource.setrlimit(resource.RLIMIT_AS, (256 * 2**20, 256 * 2**20))
resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
from orderflow.expr.check import analyse
from orderflow.expr.scope import Scope
from orderflow.expr.types import DECIMAL, INTEGER, TEXT_TYPE, Kind, list_of

scope = Scope("o", {"a": INTEGER, "d": DECIMAL, "t": TEXT_TYPE, "l": list_of(INTEGER)})
sources = [
    "9**9**9", "3999999**3999999", '"%999999999d" % 1', '"a".ljust(9999999999)', '"{0.__class__}".format(1)', '"a" * 10**9',
    '"a" * 1000000000', "o.l.append(2)", "o.update({})", "a = 5", "1; 2", "().__class__", "().__class__.__bases__[0]",
    "(x for x in l).gi_frame", "[x for x in l]", "lambda: 1", "(lambda: (lambda: 1)())()", "(a := 5)", "f'{a}'", "f'{a!r:>99999999}'",
    "-" * 5000 + "1", "1" + "+1" * 5000, "not " * 100000 + "True", "(" * 100000 + ")" * 100000, "[" * 100000, "{" * 2000,
    "-" * 1000 + "1", "1" + "+1" * 900, "not " * 500 + "True", "(" * 1000 + "1" + ")" * 1000, "(" * 1000, "[" * 1000, "f(" * 680,
    "a if a else " * 170 + "a", "a<" * 1000 + "a", "a." * 1000 + "a", "a[" * 600 + "0" + "]" * 600, "a and (" * 290 + "a" + ")" * 290,
    'Decimal("1e999999")', 'float("nan")', "NaN", "nan", "inf", "1e400", "1e999999999", "9" * 2000, "9" * 1000000, "0." + "1" * 2000,
    "__import__('os')", "open('/etc/passwd')", "exec('1')", "eval('1')", "globals()", "a.__class__", "o.__dict__", "a.real", "t.upper()",
    "print(1)", "t[0]", "t % 1", "'a' 'b'", "b'a'", "...", "1j", "yield", "await a", "*a", "{**a}", "a if a", "a.b.c.d.e", "'\\N{DIGIT ONE}'",
    "\\u0000", "\x00", "\ud800", "\u202e", "'" * 2001, '"' * 2001, "#" * 2000, "\\" * 2000, "a\\\n+ 1", "1__0", "0o7", "a<<b", "a@b",
    "d * d * d * d", "a * a * a", "sum(l, a)", "days(a)", "a / 0", "a / a", "1 if a else 2",
]
for source in sources:
    started = time.perf_counter()
    found = analyse(source, scope, Kind.BOOL)
    assert isinstance(found, list) and found, source[:60]
    for fault in found:
        assert fault.code in ("OF101", "OF102", "OF103", "OF106"), (source[:60], fault)
        assert 0 <= fault.start <= fault.end <= len(source), (source[:60], fault)
        assert fault.message and len(fault.message) < 1500, source[:60]
    assert time.perf_counter() - started < 0.5, source[:60]
print(len(sources), "refused")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are not known here")
def test_hostile_expressions_are_refused_in_little_time_and_space():
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(HOSTILE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-2000:]
    assert child.stdout.endswith("refused\n")


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_no_text_breaks_the_parser(source):
    for fault in read(source)[1]:
        assert 0 <= fault.start <= fault.end <= len(source)


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "1",
                "(",
                ")",
                "[",
                "]",
                "and",
                "not",
                "if",
                "else",
                "in",
                "is",
                "None",
                "==",
                "-",
                ".",
                ",",
                "for",
                "lambda",
                "'x'",
                "*",
            ]
        ),
        max_size=14,
    )
)
@settings(max_examples=500)
def test_no_row_of_tokens_breaks_the_parser(tokens):
    source = " ".join(tokens)
    root, found = read(source)
    for fault in found:
        assert 0 <= fault.start <= fault.end <= len(source)
    for node in walk(root) if root is not None else []:
        assert 0 <= node.start < node.end <= len(source)


@pytest.mark.parametrize(
    ("source", "better"),
    [
        ("x.strip()", "trim(x)"),
        ('x.y.replace("a", "b")', 'replace(x.y, "a", "b")'),
        ("paid_at.date()", "day(paid_at)"),
        ("x.startswith('实')", "starts_with(x, '实')"),
    ],
)
def test_a_method_is_written_as_a_function(source, better):
    (fault,) = faults(source)
    assert (fault.code, fault.replacement) == ("OF106", better)
    assert (fault.start, fault.end) == (0, len(source))
