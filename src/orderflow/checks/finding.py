"""Short ways to write a finding."""

from orderflow.diagnostics import Diagnostic, Fix, Label, Severity, Span


def error(
    code: str, message: str, span: Span, fix: str = "", note: str = "", labels: tuple[Label, ...] = ()
) -> Diagnostic:
    """A finding that keeps the rule set from loading."""
    return Diagnostic(code, message, span, Severity.ERROR, note, labels, Fix(fix) if fix else None)


def warning(
    code: str, message: str, span: Span, fix: str = "", note: str = "", labels: tuple[Label, ...] = ()
) -> Diagnostic:
    """A finding that the rule set may live with."""
    return Diagnostic(code, message, span, Severity.WARNING, note, labels, Fix(fix) if fix else None)
