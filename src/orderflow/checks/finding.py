"""Short ways to write a finding."""

from orderflow.diagnostics import Diagnostic, Fix, Label, Message, Severity, Span
from orderflow.diagnostics.message import NOTHING


def error(
    code: str,
    message: Message,
    span: Span,
    fix: Fix | Message = NOTHING,
    note: Message = NOTHING,
    labels: tuple[Label, ...] = (),
) -> Diagnostic:
    """A finding that keeps the rule set from loading."""
    return Diagnostic(code, message, span, Severity.ERROR, note, labels, _fix(fix))


def warning(
    code: str,
    message: Message,
    span: Span,
    fix: Fix | Message = NOTHING,
    note: Message = NOTHING,
    labels: tuple[Label, ...] = (),
) -> Diagnostic:
    """A finding that the rule set may live with."""
    return Diagnostic(code, message, span, Severity.WARNING, note, labels, _fix(fix))


def _fix(fix: Fix | Message) -> Fix | None:
    if isinstance(fix, Fix):
        return fix
    return Fix(fix) if fix else None
