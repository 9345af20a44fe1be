"""The JSON document: a contract with programs."""

import json

import pytest

from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span, to_json

ORDER = "rules/order.yaml"


def _at(line: int, column: int, length: int, file: str = ORDER) -> Span:
    return Span(file, line, column, line, column + length)


UNKNOWN_STATE = Diagnostic(
    "OF101",
    Message("unknown state `shiped`"),
    _at(14, 9, 6),
    note=Message("not a state"),
    labels=(Label(_at(9, 3, 7), Message("similar state defined here")),),
    fix=Fix(Message("replace with `shipped`"), _at(14, 9, 6), "shipped"),
)


def test_json_has_a_version_and_every_part() -> None:
    document = json.loads(to_json([UNKNOWN_STATE]))
    place = {"file": ORDER, "line": 14, "column": 9, "end_line": 14, "end_column": 15}
    assert document == {
        "version": 1,
        "format": "orderflow-check",
        "counts": {"errors": 1, "warnings": 0, "files": 1, "fixable": 1},
        "diagnostics": [
            {
                "code": "OF101",
                "severity": "error",
                "message": "unknown state `shiped`",
                **place,
                "note": "not a state",
                "labels": [
                    {
                        "text": "similar state defined here",
                        "file": ORDER,
                        "line": 9,
                        "column": 3,
                        "end_line": 9,
                        "end_column": 10,
                    }
                ],
                "fix": {"message": "replace with `shipped`", "replacement": "shipped", **place},
            }
        ],
    }


@pytest.mark.parametrize("fix", [None, Fix(Message("say so"))])
def test_json_without_a_place_to_mend(fix: Fix | None) -> None:
    found = Diagnostic("OF201", Message("x"), _at(1, 1, 1), fix=fix)
    (shown,) = json.loads(to_json([found]))["diagnostics"]
    assert shown["fix"] == (None if fix is None else {"message": "say so", "replacement": None})


def test_statistics_come_when_asked_for() -> None:
    unused = Diagnostic("OF104", Message("x"), _at(1, 1, 1), Severity.WARNING)
    document = json.loads(to_json([UNKNOWN_STATE, unused, unused], statistics=True))
    assert document["statistics"] == [
        {"code": "OF104", "title": "defined and never used", "count": 2, "fixable": 0},
        {"code": "OF101", "title": "unknown name", "count": 1, "fixable": 1},
    ]
