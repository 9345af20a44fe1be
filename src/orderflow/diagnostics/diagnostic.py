"""A finding: what is wrong in a rule set, where, and how to repair it."""

from dataclasses import dataclass
from enum import StrEnum

from orderflow.diagnostics.message import NOTHING, Message
from orderflow.diagnostics.span import Span


class Severity(StrEnum):
    """How bad a finding is: an error keeps the rule set from loading, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains a finding, such as the first of two equal keys."""

    span: Span
    text: Message

    def to_dict(self) -> dict[str, object]:
        """Return the label as plain data for JSON."""
        return {"text": self.text, **self.span.to_dict()}


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair in words and, where it is certain, as a replacement of one stretch of the file.

    Args:
        message: what to do, such as "replace with `shipped`".
        span: the stretch to replace; None when only words can say it.
        replacement: the text to put there.
    """

    message: Message
    span: Span | None = None
    replacement: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the repair as plain data for JSON; the place is absent where there is none."""
        place = self.span.to_dict() if self.span is not None else {}
        return {"message": self.message, "replacement": self.replacement, **place}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of the checker.

    Args:
        code: the stable code, such as "OF101"; each has a page in the catalogue.
        message: what is wrong, lowercase, the user's words in backticks.
        span: the place that is wrong.
        severity: error or warning.
        note: the few words shown right after the carets.
        labels: other places that explain it.
        fix: how to repair it.
    """

    code: str
    message: Message
    span: Span
    severity: Severity = Severity.ERROR
    note: Message = NOTHING
    labels: tuple[Label, ...] = ()
    fix: Fix | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """The order in which findings are shown: file, line, column, code."""
        return (self.span.file, self.span.line, self.span.column, self.code)

    def to_dict(self) -> dict[str, object]:
        """Return the finding as plain data for JSON."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            **self.span.to_dict(),
            "note": self.note,
            "labels": [label.to_dict() for label in self.labels],
            "fix": self.fix.to_dict() if self.fix is not None else None,
        }
