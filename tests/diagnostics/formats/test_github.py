"""Workflow commands of GitHub Actions, to the character."""

from pathlib import Path

from orderflow.diagnostics import Diagnostic, Fix, Message, Severity, Span
from orderflow.diagnostics.formats.github import to_github


def test_a_command_a_finding() -> None:
    span = Span("rules/order.yaml", 14, 9, 14, 15)
    found = Diagnostic(
        "OF101", Message("unknown state `shiped`"), span, fix=Fix(Message("replace with `shipped`"))
    )
    assert to_github([found]) == (
        "::error file=rules/order.yaml,line=14,col=9,endLine=14,endColumn=15,title=OF101::"
        "unknown state `shiped`%0Afix: replace with `shipped`\n"
    )


def test_a_stretch_over_lines_has_no_columns() -> None:
    found = Diagnostic("OF104", Message("x"), Span("a.yaml", 1, 2, 3, 4), Severity.WARNING)
    assert to_github([found]) == "::warning file=a.yaml,line=1,endLine=3,title=OF104::x\n"


def test_what_would_end_a_command_or_begin_another_is_escaped() -> None:
    text = Message("{t}", t="100% a,b: c\r\n::error::x\x1b")
    found = Diagnostic("OF101", text, Span("a,b:c%.yaml", 1, 1, 1, 2))
    assert to_github([found]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=1,endColumn=2,title=OF101::"
        "100%25 a,b: c␍␊::error::x␛\n"
    )


def test_paths_are_seen_from_the_repository(tmp_path: Path) -> None:
    inside = Diagnostic("OF101", Message("x"), Span(f"{tmp_path.as_posix()}/shop/a.yaml", 1, 1, 1, 1))
    outside = Diagnostic("OF101", Message("x"), Span("/elsewhere/a.yaml", 1, 1, 1, 1))
    shown = to_github([inside, outside], root=str(tmp_path))
    assert "file=shop/a.yaml," in shown
    assert "file=/elsewhere/a.yaml," in shown


def test_nothing_found() -> None:
    assert to_github([]) == ""
