"""Annotations of a pull request: workflow commands of GitHub Actions.

The form and its escapes are those of https://docs.github.com/actions/reference/workflow-commands-for-github-actions
and of `@actions/core`.
"""

from collections.abc import Iterable

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.told import in_order, relative, told
from orderflow.diagnostics.formats.words import FIX
from orderflow.diagnostics.shown import safe
from orderflow.diagnostics.translation import Say


def to_github(diagnostics: Iterable[Diagnostic], say: Say = str, root: str | None = None) -> str:
    """Return a command a finding, each on a line of its own; empty when there are none."""
    return "".join(f"{_command(told(found, say), say, root)}\n" for found in in_order(diagnostics))


def _command(found: Diagnostic, say: Say, root: str | None) -> str:
    span = found.span
    properties: dict[str, object] = {"file": relative(span.file, root), "line": span.line}
    if span.end_line == span.line:  # columns are for stretches of one line only
        properties |= {"col": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    else:
        properties["endLine"] = span.end_line
    properties["title"] = found.code
    listed = ",".join(f"{name}={_property(safe(str(value)))}" for name, value in properties.items())
    text = safe(found.message)
    if found.fix is not None:
        text += f"\n{say(FIX)}: {safe(found.fix.message)}"
    return f"::{found.severity.value} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
