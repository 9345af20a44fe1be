"""Expressions made to hurt: each is one typed error at its place, within 2 s and 256 MiB."""

from collections.abc import Callable

import pytest

ORDER = """\
entity: order
fields:
  n: integer
  amount: money
  title: text
  lines: list of line
records:
  line: {{key: no, fields: {{no: integer, sku: text}}}}
states:
  a: {{initial: true}}
  b: {{final: true}}
transitions:
  go:
    from: a
    to: b
    when: '{}'
"""
LINE, COLUMN = 16, 12  # where the expression begins

#: A source, the code, its column in the source from 1, and a piece of what is said of it.
CASES = [
    # power, and texts and numbers that grow
    ("9**9**9", "OF106", 2, "`**` (power) is not part of the language"),
    ("3999999**3999999", "OF106", 8, "`**` (power)"),
    ("n * 10 ** 9 > 1", "OF106", 8, "`**` (power)"),
    ("1 << 999999999", "OF106", 3, "`<<` is not part of the language"),
    ('"%999999999d" % 1', "OF102", 1, "`%` does not go with text and integer"),
    ("title.ljust(999999999) == title", "OF106", 1, "only functions of the table can be called"),
    ('"{0.__class__}".format(title) == title', "OF106", 1, "only functions of the table can be called"),
    ('"a" * 10**9 == title', "OF106", 9, "`**` (power)"),
    ('"a" * 1000000000 == title', "OF102", 1, "`*` does not go with text and integer"),
    ("length(title * 1000) > 1", "OF102", 8, "`*` does not go with text and integer"),
    ("[n] * 1000000000 == n", "OF106", 1, "a list can only stand right of `in`"),
    # what changes something
    ("lines.append(2)", "OF106", 1, "only functions of the table can be called"),
    ("order.lines.append(2)", "OF106", 1, "only functions of the table can be called"),
    ("order.update({})", "OF106", 14, "braces are not part of an expression"),
    ("n = 5", "OF106", 3, "`=` sets a value"),
    ("(n := 5) > 1", "OF106", 4, "`:=` sets a value"),
    ("n += 5", "OF106", 3, "cannot be read at `+=`"),
    ("1; 2", "OF106", 2, "`;` would start a second expression"),
    ("del n", "OF106", 1, "cannot be read"),
    ("import os", "OF106", 1, "cannot be read"),
    # ways out of the language
    ("().__class__", "OF106", 1, "a point can only follow a name"),
    ("().__class__.__bases__[0].__subclasses__()", "OF106", 1, "only functions of the table can be called"),
    ("title.__class__ == title", "OF101", 1, "`__class__` follows a value that has no fields"),
    ('title.__getattribute__("x") == n', "OF106", 1, "only functions of the table can be called"),
    ('__import__("os").system("x")', "OF106", 1, "only functions of the table can be called"),
    ("(n for n in lines).gi_frame.f_back", "OF106", 1, "a point can only follow a name"),
    ("(n for n in lines) == n", "OF106", 1, "`for` is not part of the language"),
    ("[n for n in lines][0] > 1", "OF106", 1, "square brackets after a value"),
    ("lambda: 1", "OF106", 7, "`:` is not part of an expression"),
    ("(lambda x: x)(1) > 0", "OF106", 10, "`:` is not part of an expression"),
    ('f"{n}" == title', "OF106", 1, "`f` before a text is not part of the language"),
    ('f"{().__class__}" == title', "OF106", 1, "`f` before a text"),
    ('b"a" == title', "OF106", 1, "`b` before a text"),
    ("await n", "OF106", 1, "this is not part of the language"),
    ("yield n", "OF106", 1, "this is not part of the language"),
    ("lines[0].no > 1", "OF106", 1, "a point can only follow a name"),
    ("n if n > 1", "OF106", 1, "an `if` needs an `else`"),
    ("... == n", "OF106", 1, "this literal is not part of the language"),
    # long and deep
    ("-" * 5_000 + "1 > 0", "OF106", 1, "longer than 2,048 bytes"),
    ("-" * 1_000 + "n > 0", "OF106", 1, "more than 300 parts"),
    ("-" * 100 + "n > 0", "OF106", 31, "more than 30 signs or `not` in a row"),
    ("1" + "+1" * 5_000 + " > n", "OF106", 1, "longer than 2,048 bytes"),
    ("1" + "+1" * 140 + " > n", "OF106", 1, "nested more than 30 deep"),
    ("not " * 100_000 + "n > 1", "OF106", 1, "longer than 2,048 bytes"),
    ("not " * 100 + "n > 1", "OF106", 121, "more than 30 signs or `not` in a row"),
    ("(" * 100_000 + "n" + ")" * 100_000 + " > 1", "OF106", 1, "longer than 2,048 bytes"),
    ("(" * 100 + "n > 1" + ")" * 100, "OF106", 31, "brackets are nested more than 30 deep"),
    ("(" * 1_000, "OF106", 1, "more than 300 parts"),
    ("n > " + " > ".join(["1"] * 400), "OF106", 1, "more than 300 parts"),
    ("title in [" + '"a", ' * 400 + '"b"]', "OF106", 1, "more than 300 parts"),
    ("n." * 900 + "n > 1", "OF106", 1, "more than 300 parts"),
    ("n if n > 1 else " * 60 + "n", "OF106", 454, "nested more than 30 deep"),
    ('"' * 2_001, "OF106", 3, "two texts follow each other"),
    ("any(lines, " * 40 + "True" + ")" * 40, "OF106", 334, "brackets are nested more than 30 deep"),
    # numbers
    ('Decimal("1e999999") > n', "OF101", 1, "unknown function `Decimal`"),
    ('float("inf") > n', "OF101", 1, "unknown function `float`"),
    ("NaN > n", "OF101", 1, "unknown name `NaN`"),
    ("nan > n", "OF101", 1, "unknown name `nan`"),
    ("inf > n", "OF101", 1, "unknown name `inf`"),
    ("n < 1e400", "OF106", 5, "`1e400` has an exponent"),
    ("n < 0x" + "f" * 1_900, "OF106", 5, "is no number"),
    ("n < " + "9" * 1_900, "OF106", 5, "has more than 38 digits"),
    ("n < 1j", "OF106", 5, "`1j` is no number"),
    ("n < 1_000_000", "OF106", 5, "is written without `_`"),
    ("n // 0 > 1", "OF103", 6, "`0` is zero"),
    ("amount / 0 > 1", "OF103", 10, "`0` is zero"),
    ("amount / (n - n) > 1", "OF103", 11, "could be zero"),
    ("round(n, 999999999) > 1", "OF102", 10, "the places of `round`"),
    ("days(9999999999999) > hours(1)", "OF103", 6, "could pass 100 years"),
    ("hours(1) * 99999999999999999999 > hours(1)", "OF103", 1, "could leave the calendar"),
    ("n * n * n * n > 1", "OF103", 1, "could grow past 38 digits"),
    # characters
    ('title == "\x00"', "OF901", 11, "control character U+0000"),
    ('title == "\u202ereht"', "OF901", 11, "bidirectional mark U+202E"),
    ('title == "a\u2028b"', "OF901", 12, "line separator (LS) U+2028"),
    ("n\u200b > 1", "OF901", 2, "zero-width space U+200B"),
    ("n\u00a0> 1", "OF106", 2, "the space U+00A0"),
    ('title == "\\N{BULLET}"', "OF106", 11, "`\\N` in a text is not known"),
    ("n > \u0661", "OF106", 5, "is no name"),
    ("n # > 1", "OF106", 3, "a comment cannot stand inside an expression"),
]  # fmt: skip


def _short(case: tuple[str, str, int, str]) -> str:
    return ascii(case[0][:30])


@pytest.mark.parametrize("case", CASES, ids=_short)
def test_a_hostile_expression_is_one_error_at_its_place(
    case: tuple[str, str, int, str], refused: Callable[..., None]
) -> None:
    source, code, column, says = case
    text = ORDER.format(source.replace("'", "''"))
    count = (
        None if source.startswith(('"' * 9, "9**", "order.update", "n +=")) else 1
    )  # they have several faults
    refused({"order.yaml": text}, "order.yaml", code, LINE, COLUMN - 1 + column, says, count)
