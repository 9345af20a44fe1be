"""Findings counted by code."""

from orderflow.diagnostics import Diagnostic, Fix, Message, Span
from orderflow.diagnostics.formats.statistics import render_statistics


def found(code: str, *, sure: bool = False) -> Diagnostic:
    span = Span("a.yaml", 1, 1, 1, 2)
    return Diagnostic(
        code, Message("x"), span, fix=Fix(Message("y"), span, "z") if sure else Fix(Message("y"))
    )


def test_the_most_frequent_come_first() -> None:
    several = [found("OF205"), *[found("OF104")] * 11, *[found("OF101", sure=True)] * 2, found("OF103")]
    assert render_statistics(several) == (
        "11  OF104  defined and never used\n"
        " 2  OF101  unknown name (2 can be repaired)\n"
        " 1  OF103  an expression that could fail\n"
        " 1  OF205  two transitions that could fire together\n"
    )
    assert render_statistics([]) == ""
