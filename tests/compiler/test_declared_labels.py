"""Findings about a field inside an expression show where it is declared, unless that is on the very line."""

from pathlib import Path

import pytest

from orderflow.checks import check_folder

ORDER = """\
entity: order
fields:
  paid: {type: money, label: Paid, default: 0}
  paid_at: {type: datetime, label: Paid at, optional: true}
  sent_on: {type: date, label: Sent on}
states:
  new: {initial: true}
  done: {final: true}
transitions:
  finish: {from: new, to: done, when: 'GUARD'}
"""


@pytest.mark.parametrize(
    ("guard", "labels"),
    [
        ("paid_at < now", [(4, 3, "`paid_at` is optional here")]),
        ("order.paid_at < now", [(4, 3, "`paid_at` is optional here")]),
        ('paid > "0"', [(3, 3, "`paid` is declared here as money")]),
        (
            "paid > sent_on",
            [(3, 3, "`paid` is declared here as money"), (5, 3, "`sent_on` is declared here as date")],
        ),
        ("paid > paid + today", []),
        ("now > True", []),
    ],
)
def test_where_a_field_is_declared(guard: str, labels: list[tuple[int, int, str]], tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("ruleset: shop\nversion: 1.0.0\ncurrency: CNY\n", encoding="utf-8")
    (tmp_path / "order.yaml").write_text(ORDER.replace("GUARD", guard), encoding="utf-8")
    found = check_folder(tmp_path).diagnostics[0]
    assert [(label.span.line, label.span.column, label.text) for label in found.labels] == labels


def test_not_on_its_own_line(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text("ruleset: shop\nversion: 1.0.0\ncurrency: CNY\n", encoding="utf-8")
    order = (
        "{entity: order, fields: {paid_at: {type: datetime, label: Paid, optional: true}}, "
        "states: {new: {initial: true}, done: {final: true}}, "
        "transitions: {finish: {from: new, to: done, when: 'paid_at < now'}}}\n"
    )
    (tmp_path / "order.yaml").write_text(order, encoding="utf-8")
    found = check_folder(tmp_path).diagnostics[0]
    assert (found.code, found.labels) == ("OF103", ())
