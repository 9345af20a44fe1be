"""What the figures of a metric may be told apart by."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Compile = Callable[..., Compiled]

ORDER = """
entity: order
key: number
records: {line: {key: no, fields: {no: integer, note: {type: text, private: true}}}}
fields:
  number: {type: text, changes: never}
  phone: {type: text, private: true}
  channel: {type: choice, options: [shop, web]}
  placed_at: datetime
  paid_at: {type: datetime, optional: true}
  amount: money
  lines: list of line
states: {new: {initial: true}}
"""
BOARD = "metrics:\n  share: {of: order, pass: amount > 0, by: BY}\n"


@pytest.mark.parametrize(
    "by", ["channel", "day(paid_at)", "amount > 10", "count(lines)", "number", 'is_in("new")']
)
def test_few_values_that_can_be_named(compile_rules: Compile, by: str) -> None:
    compiled = compile_rules(order=ORDER, board=BOARD.replace("BY", f"'{by}'"))
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    found = compiled.definition.metrics["share"].by
    assert found is not None
    assert found.source == by


@pytest.mark.parametrize(
    ("by", "code", "message", "column", "fix"),
    [
        ("chanel", "OF101", "unknown name `chanel`", 45, "replace with `channel`"),
        ("amount", "OF102", "`by` needs a date, text, choice, bool or integer, and this is a money", 44, "few values"),
        ("paid_at", "OF102", "and this is a datetime", 44, "`day(...)`"),
        ("lines", "OF102", "and this is a list of line", 44, "few values"),
        ("phone", "OF102", "the groups of `share` would show the private `phone`", 44, "may be shown"),
        ("length(phone)", "OF102", "would show the private `phone`", 44, "may be shown"),
        ('any(lines, note == "x")', "OF102", "would show the private `note`", 44, "may be shown"),
    ],
)  # fmt: skip
def test_a_fault(compile_rules: Compile, by: str, code: str, message: str, column: int, fix: str) -> None:
    compiled = compile_rules(order=ORDER, board=BOARD.replace("BY", f"'{by}'"))
    [found] = compiled.diagnostics
    assert (found.code, message in found.message) == (code, True), found.message
    assert (found.span.line, found.span.column) == (2, column)
    assert found.fix is not None
    assert fix in found.fix.message
