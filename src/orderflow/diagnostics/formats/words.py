"""The headings of the formats that people read."""

from orderflow.diagnostics.diagnostic import Severity
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.translation import Say

_SEVERITIES = {Severity.ERROR: Message("error"), Severity.WARNING: Message("warning")}

NOTE, FIX, HELP = Message("note"), Message("fix"), Message("help")


def severity_word(severity: Severity, say: Say) -> str:
    """Return the word for a severity in a language."""
    return say(_SEVERITIES[severity])
