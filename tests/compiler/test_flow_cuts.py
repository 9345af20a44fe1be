"""Expressions and texts that YAML cut or cannot read in braces; comments behind them; what is whole stays whole."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

ORDER = """\
entity: order
fields:
  amount: {type: money, default: 0}
  channel: {type: choice, options: [douyin, shop], default: shop}
  note: {type: text, default: x}
states:
  new: {initial: true}
  done: {final: true}
transitions:
  pay: WRITTEN
"""
FROM = "from: new, to: done"


@pytest.mark.parametrize(
    ("written", "column", "end", "message", "replacement"),
    [
        ("{when: max(amount, 2) > 3, FROM}", 15, 25, "the expression of `when` is cut off at a comma", "'max(amount, 2) > 3'"),
        ("{FROM, when: amount > max(1, 2, 3)}", 36, 50, "the expression of `when` is cut off at a comma", "'amount > max(1, 2, 3)'"),
        ("{when: coalesce(note, '') == 'a', FROM}", 15, 40, "the expression of `when` needs quotes inside braces", "'coalesce(note, '''') == ''a'''"),
        ('{when: channel in ["shop", "douyin"], FROM}', 15, 44, "the expression of `when` needs quotes inside braces", "'channel in [\"shop\", \"douyin\"]'"),
        ('{when: contains(note, "x"), FROM}', 15, 34, "the expression of `when` needs quotes inside braces", "'contains(note, \"x\")'"),
        ('{when: note == "a, b", FROM}', 15, 25, "the expression of `when` is cut off at a comma", "'note == \"a, b\"'"),
        ("{FROM, label: hello, world, when: amount > 2}", 37, 42, "the text of `label` is cut off at a comma", "'hello, world'"),
        ("{FROM, label: Hello (all), big world, when: amount > 2}", 37, 48, "the text of `label` is cut off at a comma", "'Hello (all), big world'"),
        ("{when: amount > 2, and amount < 9, FROM}", 15, 25, "the expression of `when` is cut off at a comma", None),
        ("{FROM, when: max(amount, 2}", 36, 46, "the expression of `when` is cut off at a comma", None),
        ("{FROM, when: amount > 2 # and more\n    }", 36, 46, "a comment follows an expression without quotes, and may have cut it off", "'amount > 2'"),
        ("\n    from: new\n    to: done\n    when: amount > 2 # and more", 11, 21, "a comment follows an expression without quotes, and may have cut it off", "'amount > 2'"),
    ],
)  # fmt: skip
def test_what_is_cut(
    written: str,
    column: int,
    end: int,
    message: str,
    replacement: str | None,
    compile_rules: Callable[..., Compiled],
) -> None:
    (found,) = compile_rules(order=ORDER.replace("WRITTEN", written.replace("FROM", FROM))).diagnostics
    assert (found.code, found.message) == ("OF106", message)
    assert (found.span.column, found.span.end_column) == (column, end)
    assert found.fix is not None
    assert found.fix.replacement == replacement


@pytest.mark.parametrize(
    "written",
    [
        "{FROM, when: 'channel in [\"shop\"] and max(amount, 2) > 3'}",
        "{FROM, when: (amount > 2)}",
        "{FROM, when: round(amount) > 2, label: Sad :( and lost}",
        '\n    from: new\n    to: done\n    when: max(amount, 2) > 3 and channel in ["shop"]',
        "\n    from: new\n    to: done  # a remark\n    when: amount > 2",
    ],
)
def test_what_is_whole(written: str, compile_rules: Callable[..., Compiled]) -> None:
    text = ORDER.replace("WRITTEN", written.replace("FROM", FROM).replace("round(amount)", "abs(amount)"))
    assert compile_rules(order=text).diagnostics == ()


def test_a_flag_without_a_value_is_no_piece_of_a_text(compile_rules: Callable[..., Compiled]) -> None:
    written = f"{{{FROM}, label: Paid, at_once}}"
    (found,) = compile_rules(order=ORDER.replace("WRITTEN", written)).diagnostics
    assert (found.code, found.message) == ("OF107", "`at_once` has no value")


@pytest.mark.parametrize(
    ("when", "column", "message", "repaired"),
    [
        ("amount is not None and amount > 2", 11, "`amount` is never missing here: the test says nothing", "amount > 2"),
        ("amount > 2 and amount is not None", 26, "`amount` is never missing here: the test says nothing", "amount > 2"),
        ("amount is None or amount > 2", 11, "`amount` is never missing here: the test says nothing", None),
        ("coalesce(amount, 2) > 2", 20, "`amount` is never missing here: `coalesce` gives nothing else", None),
    ],
)  # fmt: skip
def test_a_test_that_says_nothing(
    when: str, column: int, message: str, repaired: str | None, compile_rules: Callable[..., Compiled]
) -> None:
    text = ORDER.replace("WRITTEN", f"\n    from: new\n    to: done\n    when: {when}")
    (found,) = compile_rules(order=text).diagnostics
    assert (found.code, found.severity, found.span.column, found.message) == (
        "OF106",
        "warning",
        column,
        message,
    )
    assert found.fix is not None
    assert (found.fix.replacement is None) == (repaired is None)
    if repaired is not None:
        assert found.fix.span is not None
        start, end = found.fix.span.column - 11, found.fix.span.end_column - 11
        assert when[:start] + (found.fix.replacement or "") + when[end:] == repaired


def test_what_may_be_missing_is_tested_with_reason(compile_rules: Callable[..., Compiled]) -> None:
    text = ORDER.replace("amount: {type: money, default: 0}", "amount: {type: money, optional: true}")
    written = "\n    from: new\n    to: done\n    when: amount is not None and coalesce(amount, 2) > 2"
    (found,) = compile_rules(order=text.replace("WRITTEN", written)).diagnostics
    assert (found.span.column, found.note) == (43, "always there")  # it has been tested before
    written = "\n    from: new\n    to: done\n    when: amount is not None and amount > 2"
    assert compile_rules(order=text.replace("WRITTEN", written)).diagnostics == ()
