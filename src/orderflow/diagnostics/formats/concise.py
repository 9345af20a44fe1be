"""One line a finding."""

from collections.abc import Iterable

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.told import in_order, told
from orderflow.diagnostics.formats.words import severity_word
from orderflow.diagnostics.shown import safe
from orderflow.diagnostics.translation import Say


def render_concise(diagnostics: Iterable[Diagnostic], say: Say = str) -> str:
    """Return one line a finding, `file:line:column: error[OF101] message`, in file order."""
    return "\n".join(_line(told(found, say), say) for found in in_order(diagnostics))


def _line(found: Diagnostic, say: Say) -> str:
    word = severity_word(found.severity, say)
    return f"{safe(str(found.span))}: {word}[{found.code}] {safe(found.message)}"
