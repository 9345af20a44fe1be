"""Names that are taken for one another, letters that are not what they seem to be, labels that two things share."""

from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.diagnostics import Diagnostic, Severity

HEAD = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [clerk]\n"
ORDER = """\
entity: order
fields:
  amount: {type: money, default: 0}
  FIELD
states:
  new: {label: New, initial: true}
  open: {states: {paid: {label: Paid, initial: true}, packed: {label: Packed}}}
  done: {label: Done, final: true}
  STATE
events:
  go: {by: [clerk]}
transitions:
  pay: {from: new, to: open, when: amount > 0}
  pack: {from: paid, to: packed, event: go}
  finish: {from: packed, to: done, event: go}
  TRANSITION
"""


def _check(folder: Path, **parts: str) -> list[Diagnostic]:
    text = ORDER
    for mark in ("FIELD", "STATE", "TRANSITION"):
        text = text.replace(f"  {mark}\n", f"  {parts[mark]}\n" if mark in parts else "")
    (folder / "ruleset.yaml").write_text(parts.get("HEAD", HEAD), encoding="utf-8")
    (folder / "order.yaml").write_text(text, encoding="utf-8")
    (folder / "more.yaml").write_text(parts.get("MORE", "queues: {}\n"), encoding="utf-8")
    return [item for item in check_folder(folder).diagnostics if item.code == "OF105"]


@pytest.mark.parametrize(
    ("mark", "text", "line", "column", "message", "severity"),
    [
        ("STATE", "Paid: {final: true}", 8, 3, "`Paid` and `paid` differ by large and small letters alone", "warning"),
        ("STATE", "ｄone: {final: true}", 8, 3, "`ｄone` is the same name as `done` (by Unicode's NFKC)", "error"),
        ("FIELD", "rate_1: {type: integer, label: A}\n  rate_l: {type: integer, label: B}", 5, 3, "`rate_l` and `rate_1` look alike", "warning"),
        ("FIELD", "code_O: {type: integer, label: A}\n  code_0: {type: integer, label: B}", 5, 3, "`code_0` and `code_O` look alike", "warning"),
        ("FIELD", "сор: {type: text, label: A}\n  cop: {type: text, label: B}", 5, 3, "`cop` looks just like `сор`", "error"),
        ("FIELD", "已付: {type: text, label: A}\n  己付: {type: text, label: B}", 5, 3, "`己付` looks just like `已付`", "error"),
        ("FIELD", "kind: {type: choice, label: A, options: [gold, Gold]}", 4, 50, "`Gold` and `gold` differ by large and small letters alone", "warning"),
        ("FIELD", "kind: {type: choice, label: A, options: {gold: Gold, yellow: Gold}}", 4, 64, "`yellow` and `gold` have the same label", "warning"),
        ("STATE", "paid_up: {label: Paid, final: true}", 8, 20, "`paid_up` and `paid` have the same label", "warning"),
        ("TRANSITION", "Pay: {from: new, to: done, event: go}", 14, 3, "`Pay` and `pay` differ by large and small letters alone", "warning"),
        ("MORE", "queues:\n  late: {of: order, when: amount > 5}\n  Late: {of: order, when: amount > 9}\n", 3, 3, "`Late` and `late` differ by large and small letters alone", "warning"),
        ("HEAD", HEAD.replace("[clerk]", "[clerk, Clerk]"), 4, 16, "`Clerk` and `clerk` differ by large and small letters alone", "warning"),
    ],
)  # fmt: skip
def test_two_names(
    mark: str, text: str, line: int, column: int, message: str, severity: str, tmp_path: Path
) -> None:
    (found,) = _check(tmp_path, **{mark: text})
    assert (found.span.line, found.span.column, found.message) == (line, column, message)
    assert found.severity is Severity(severity)
    assert len(found.labels) == 1
    assert found.fix is not None


@pytest.mark.parametrize(
    ("name", "column", "letter", "better"),
    [
        ("w\u0430iting", 4, "CYRILLIC SMALL LETTER A", "waiting"),
        ("wait\u03b9ng", 7, "GREEK SMALL LETTER IOTA", "waiting"),
        ("w\u0430it\u0456ng", 4, "CYRILLIC SMALL LETTER A", "waiting"),
        ("waiting\ufe0f", 10, "VARIATION SELECTOR-16", "waiting"),
    ],
)
def test_a_letter_that_is_not_what_it_seems(
    name: str, column: int, letter: str, better: str, tmp_path: Path
) -> None:
    """It is told of where it stands, alone: whoever names the state as it was meant makes no second fault."""
    transition = f"wait: {{from: new, to: {better}, event: go}}"
    (found,) = _check(tmp_path, STATE=f"{name}: {{final: true}}", TRANSITION=transition)
    assert (found.span.line, found.span.column, found.span.end_column) == (8, column, column + 1)
    assert (found.severity, found.note) == (Severity.ERROR, letter)
    assert found.fix is not None
    assert found.fix.replacement == better
    assert [item.code for item in check_folder(tmp_path).diagnostics] == ["OF105"]


def test_a_letter_beside_the_name_that_it_was_meant_to_be(tmp_path: Path) -> None:
    (found,) = _check(tmp_path, STATE="d\u043ene: {final: true}")
    assert (found.span.line, found.span.column, found.note) == (8, 4, "CYRILLIC SMALL LETTER O")
    assert [(label.span.line, label.text) for label in found.labels] == [(7, "looks the same")]
    assert found.fix is not None
    assert found.fix.replacement is None


def test_a_letter_in_an_expression(tmp_path: Path) -> None:
    (found,) = _check(tmp_path, TRANSITION="x: {from: new, to: done, event: go, when: am\u043eunt > 5}")
    assert (found.span.column, found.span.end_column, found.note) == (47, 48, "CYRILLIC SMALL LETTER O")
    assert found.fix is not None
    assert found.fix.replacement == "o"


def test_a_letter_where_a_name_is_used(tmp_path: Path) -> None:
    _check(tmp_path, TRANSITION="x: {from: new, to: d\u043ene, event: go}")
    (found,) = check_folder(tmp_path).diagnostics
    assert (found.code, found.note) == ("OF101", "`\u043e` is CYRILLIC SMALL LETTER O")
    assert found.fix is not None
    assert found.fix.replacement == "done"


@pytest.mark.parametrize(
    "field",
    [
        "实收金额_2: {type: money, label: A}",
        "сумма: {type: money, label: A}",
        "line_1: {type: money, label: A}\n  line_2: {type: money, label: B}",
        "modern: {type: text, label: A}\n  modem: {type: text, label: B}",
        "入口: {type: text, label: A}\n  人口: {type: text, label: B}",
    ],
)
def test_names_that_people_tell_apart(field: str, tmp_path: Path) -> None:
    assert _check(tmp_path, FIELD=field) == []


def test_a_name_twice_in_a_list(tmp_path: Path) -> None:
    (found,) = _check(tmp_path, TRANSITION="x: {from: new, to: done, event: go, before: [pay, pay]}")
    assert (found.message, found.severity) == ("`pay` stands twice in `before`", Severity.WARNING)
    assert found.fix is not None
    assert found.fix.span is not None
    assert (found.fix.span.column, found.fix.span.end_column, found.fix.replacement) == (51, 56, "")


def test_a_record_of_the_name_of_its_entity(tmp_path: Path) -> None:
    (found,) = _check(
        tmp_path, FIELD="lines: {type: list of order, label: A}\nrecords:\n  order: {fields: {sku: text}}"
    )
    assert (found.span.line, found.message) == (6, "`order` already means the record itself")
