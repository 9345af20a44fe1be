"""Rule files made to hurt: each is a typed error at its place, within 2 s and 256 MiB."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

import pytest

GOOD = """\
entity: order
fields:
  n: integer
states:
  a: {initial: true}
  b: {final: true}
transitions:
  go: {from: a, to: b, when: n > 1}
"""
_LETTERS = list(zip("abcdefgh", "bcdefghi", strict=True))
ALIAS_BOMB = "\n".join(
    ["a: &a [x,x,x,x,x,x,x]", *(f"{n}: &{n} [{','.join(['*' + p] * 7)}]" for p, n in _LETTERS)]
)
MERGE_BOMB = "\n".join(
    ["a: &a {k: v}", *(f"{n}: &{n} {{<<: [{','.join(['*' + p] * 7)}]}}" for p, n in _LETTERS)]
)


@dataclass(frozen=True)
class Case:
    """A file, and what is said of it first; `count` findings in all (None: any number)."""

    name: str
    content: str | bytes
    code: str
    line: int
    column: int
    says: str
    count: int | None = 1


def _with(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


CASES = [
    # what grows when it is read
    Case("alias bomb", GOOD + ALIAS_BOMB, "OF101", 9, 1, "unknown key `a`", None),
    Case("alias bomb in a key", "entity: " + ALIAS_BOMB[3:], "OF901", 1, 9, "anchors are not allowed", None),
    Case("merge bomb", "entity: " + MERGE_BOMB[3:], "OF901", 1, 9, "anchors are not allowed", None),
    Case("alias to itself", _with("n > 1", "&a [*a]"), "OF901", 8, 30, "anchors are not allowed", None),
    Case("long anchor", "a: &" + "x" * 500_000, "OF101", 1, 1, "unknown key `a`", None),
    Case("many anchors", "a: [" + "&a x, " * 5_000 + "]", "OF901", 1, 5, "anchors are not allowed", None),
    # deep
    Case("brackets", "[" * 100_000, "OF901", 1, 41, "too deep"),
    Case("brackets on lines", "a:\n" + " [\n" * 100_000, "OF901", 41, 2, "too deep"),
    Case("braces", "{a: " * 50_000, "OF901", 1, 161, "too deep"),
    Case("dashes", "- " * 50_000, "OF901", 1, 81, "too deep"),
    Case("question marks", "? " * 50_000, "OF901", 1, 81, "too deep"),
    Case("questions in brackets", "[? " * 50_000, "OF901", 1, 61, "too deep"),
    Case("indents", "".join(" " * i + "a:\n" for i in range(1_000)), "OF901", 41, 41, "too deep"),
    # large
    Case("huge file", "a: " + "x" * 5_000_000, "OF901", 1, 1, "file too large"),
    Case("hex of 2,000,000 digits", "a: 0x" + "f" * 2_000_000, "OF901", 1, 1, "file too large"),
    Case(
        "hex of 900,000 digits",
        _with("n: integer", "n: {type: integer, default: 0x" + "f" * 900_000 + "}"),
        "OF102", 3, 31, "`n` must be a whole number, not `0xfff",
    ),
    Case(
        "decimal of 900,000 digits",
        _with("n: integer", "n: {type: integer, default: " + "9" * 900_000 + "}"),
        "OF102", 3, 31, "`n` must be a whole number, not `999",
    ),
    Case(
        "octal of 900,000 digits",
        _with("n: integer", "n: {type: integer, at_most: 0o" + "7" * 900_000 + "}"),
        "OF107", 3, 31, "`at_most` must be a whole number",
    ),
    Case("exponent", _with("n: integer", "n: {type: decimal, default: 1e999999999}"), "OF102", 3, 31, "must be a number"),
    Case("not a number", _with("n: integer", "n: {type: decimal, default: .nan}"), "OF102", 3, 31, "must be a number"),
    Case("infinite", _with("n: integer", "n: {type: decimal, default: -.inf}"), "OF102", 3, 31, "must be a number"),
    Case("many nodes", "a: [" + "1," * 200_000 + "]", "OF901", 1, 199_999, "more than 100,000 values"),
    Case("many keys", "\n".join(f"k{i}:" for i in range(60_000)), "OF901", 50_000, 8, "more than 100,000 values"),
    Case("a name of 1 MB", _with("entity: order", "entity: " + "x" * 1_000_000), "OF102", 1, 9, "must be a name"),
    Case("a key of 1 MB", GOOD + "x" * 1_000_000 + ": 1", "OF901", 9, 1, "a line without a colon"),
    Case("a duration of 1 MB", _with("when: n > 1", "after: " + "9" * 900_000 + "d"), "OF102", 8, 31, "a duration such as"),
    Case("line ends", 'a: "' + "\n" * 1_000_000, "OF901", 1, 4, "never closed"),
    Case("open quote", 'a: "' + "\\\\" * 200_000, "OF901", 1, 4, "never closed"),
    Case("colons", "a" + ":" * 500_000 + "\nb: 1", "OF901", 1, 1, "not YAML"),
    Case("tight keys", "a:b\n" * 200_000 + "c: 1", "OF901", 200_000, 2, "without a space"),
    Case("tabs", "a:\n" + "\t" * 500_000 + "b: 1", "OF901", 2, 1, "a tab in the indentation"),
    Case("a flood of faults", "a: 1\n" * 50_000, "OF105", 2, 1, "`a` is defined twice", None),
    # tags, documents
    Case("a tag that runs programs", _with("n > 1", '!!python/object/apply:os.system ["x"]'), "OF901", 8, 30, "tags are not allowed", None),
    Case("an include", _with("n > 1", "!include /etc/passwd"), "OF901", 8, 30, "tags are not allowed", None),
    Case("a tag of text", _with("n > 1", "!!str n > 1"), "OF901", 8, 30, "tags are not allowed"),
    Case("binary", _with("n > 1", "!!binary R0lGODlhDAAMAIQAAP=="), "OF901", 8, 30, "tags are not allowed", None),
    Case("tags in a row", "a: " + "!!x " * 100_000, "OF901", 1, 4, "tags are not allowed", None),
    Case("a tag directive", "%TAG ! tag:evil,2000:\n---\n" + GOOD, "OF901", 1, 1, "tags are not allowed"),
    Case("several documents", GOOD + "---\n" + GOOD, "OF901", 9, 1, "several documents in one file"),
    # keys
    Case("a key twice", GOOD + "  go: {from: a, to: b, when: n > 2}\n", "OF105", 9, 3, "`go` is defined twice"),
    Case("a key twice in braces", _with("when: n > 1", "when: n > 1, when: n > 2"), "OF105", 8, 37, "`when` is defined twice"),
    Case("a list as a key", GOOD + "[a]: 1\n", "OF107", 9, 1, "a key must be a name"),
    Case("a key of nothing", GOOD + "? \n", "OF101", 9, 2, "unknown key"),
    Case("a number as a name", _with("n: integer", "1: integer"), "OF107", 3, 3, "the field name `1` is no name", None),
    Case("merge key", _with("{initial: true}", "{<<: {label: x}, initial: true}"), "OF901", 5, 7, "merge keys are not allowed"),
    # characters
    Case("next line", _with("fields", 'label: "a\u0085b"\nfields'), "OF901", 2, 10, "next line (NEL) U+0085"),
    Case("next line as an escape", _with("fields", 'label: "a\\Nb"\nfields'), "OF901", 2, 10, "next line (NEL) U+0085"),
    Case("line separator", _with("fields", "label: a\u2028b\nfields"), "OF901", 2, 9, "line separator (LS) U+2028"),
    Case("paragraph separator", _with("fields", "label: a\u2029b\nfields"), "OF901", 2, 9, "paragraph separator (PS)"),
    Case("in a name, once", _with("b: {final", "b\u200b: {final"), "OF901", 6, 4, "zero-width space U+200B"),
    Case("text that runs backwards", _with("b: {final", '"\u202eb": {final'), "OF901", 6, 4, "bidirectional mark U+202E"),
    Case("full width twice", _with("b: {final: true}", "b: {final: true}\n  ｂ: {}"), "OF105", 7, 3, "`ｂ` is the same name as `b`"),
    Case("escape", _with("n > 1", '"n > 1\\x1b"'), "OF901", 8, 36, "control character U+001B"),
    Case("nulls", b"\0" * 1_000_000, "OF901", 1, 1, "more than 20 characters"),
    Case("one null", GOOD.encode().replace(b"n > 1", b"n > \x001"), "OF901", 8, 34, "control character U+0000"),
    # encodings
    Case("UTF-16", GOOD.encode("utf-16"), "OF901", 1, 1, "the file is in UTF-16"),
    Case("UTF-16 without a mark", GOOD.encode("utf-16-le"), "OF901", 1, 1, "the file is in UTF-16"),
    Case("UTF-16 from the other end", GOOD.encode("utf-16-be"), "OF901", 1, 1, "the file is in UTF-16"),
    Case("UTF-32", GOOD.encode("utf-32"), "OF901", 1, 1, "not UTF-8"),
    Case("GBK", _with("fields", "label: 订单\nfields").encode("gbk"), "OF901", 2, 8, "not UTF-8: byte 0xb6"),
    Case("Latin", _with("fields", "label: Größe\nfields").encode("latin-1"), "OF901", 2, 10, "not UTF-8: byte 0xf6"),
    Case("overlong", b"label: \xc0\xaf\n", "OF901", 1, 8, "not UTF-8: byte 0xc0"),
    Case("lone surrogate", b"label: \xed\xa0\x80\n", "OF901", 1, 8, "not UTF-8: byte 0xed"),
    Case("two marks", b"\xef\xbb\xbf" * 2 + GOOD.encode(), "OF901", 1, 1, "byte order mark"),
    Case("packed", gzip.compress(GOOD.encode(), mtime=0), "OF901", 1, 2, "not UTF-8: byte 0x8b"),
    Case("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 99, "OF901", 1, 1, "not UTF-8: byte 0x89"),
    # words of the schema that hold braces
    Case("a record without fields", _with("states", "records: {line: {label: x}}\nstates"), "OF107", 4, 11, "`line` has no `fields`", None),
    Case("a tier without levels", _with("states", "tiers: {t: {of: n}}\nstates"), "OF107", 4, 9, "`t` has no `levels`", None),
    Case("a misspelled action", "actions:\n  x: {use: notifi}\n", "OF101", 2, 12, "unknown registered action `notifi`", None),
    # no rules at all
    Case("empty", "", "OF901", 1, 1, "the file is empty"),
    Case("an empty mapping", "{}", "OF901", 1, 1, "the file is empty"),
    Case("a comment", "# nothing\n", "OF901", 1, 1, "the file is empty"),
    Case("a marker", "---\n", "OF901", 1, 1, "the file is empty"),
    Case("null", "null", "OF107", 1, 1, "a rule file is a mapping"),
    Case("a list", "[a, b]", "OF107", 1, 1, "a rule file is a mapping"),
    Case("prose", "hello there", "OF107", 1, 1, "a rule file is a mapping"),
    Case("markup", "<a><b/></a>", "OF107", 1, 1, "a rule file is a mapping"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_is_an_error_at_its_place(case: Case, refused: Callable[..., None]) -> None:
    refused(
        {"order.yaml": case.content}, "order.yaml", case.code, case.line, case.column, case.says, case.count
    )


def test_the_bombs_are_the_sizes_that_are_known() -> None:
    assert 200 < len(ALIAS_BOMB) < 300
    assert 250 < len(MERGE_BOMB) < 350
