"""Code Quality reports of GitLab."""

import json

from orderflow.diagnostics import Diagnostic, Message, Severity, Span
from orderflow.diagnostics.formats.gitlab import to_gitlab

FILE = "rules/order.yaml"


def found(line: int, severity: Severity = Severity.ERROR, text: str = "unknown state `a`") -> Diagnostic:
    return Diagnostic("OF101", Message("{t}", t=text), Span(FILE, line, 3, line + 1, 4), severity)


def prints(source: str, *lines: int) -> list[str]:
    document = json.loads(to_gitlab([found(line) for line in lines], {FILE: source}))
    return [entry["fingerprint"] for entry in document]


def test_an_entry_a_finding() -> None:
    document = json.loads(to_gitlab([found(2), found(4, Severity.WARNING)], {FILE: "a\nb\nc\nd\n"}))
    assert [{**entry, "fingerprint": ""} for entry in document] == [
        {
            "description": "unknown state `a`",
            "check_name": "OF101",
            "fingerprint": "",
            "severity": severity,
            "location": {"path": FILE, "lines": {"begin": line, "end": line + 1}},
        }
        for line, severity in ((2, "critical"), (4, "minor"))
    ]
    assert json.loads(to_gitlab([], {})) == []


def test_fingerprints_stay_when_lines_move_and_are_told_apart() -> None:
    before = prints("to: a\nx\nto: a\n  to: b\n", 1, 3, 4)
    assert len(set(before)) == 3
    assert prints("# new\n\n  to: a\nx\ny\nto: a\nto: b\n", 3, 6, 7) == before
    assert prints("to: c\n", 1)[0] not in before
    assert prints("", 9) == prints("a\n", 9), "a file that has changed meanwhile"


def test_fingerprints_are_the_same_in_every_language() -> None:
    one = json.loads(to_gitlab([found(1)], {}, str.upper))[0]
    assert one["description"] == "UNKNOWN STATE `A`"
    assert one["fingerprint"] == json.loads(to_gitlab([found(1)], {}))[0]["fingerprint"]
