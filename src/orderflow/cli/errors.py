"""Exit codes, and how failures are told: in a sentence, never as a traceback."""

import os
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

import click

from orderflow.diagnostics import (
    Diagnostic,
    OrderflowError,
    RecordError,
    RuleSetError,
    render_text,
    translator,
)
from orderflow.diagnostics.shown import safe

FINE = 0
FINDINGS = 1
USAGE = 2
NO_INPUT = 3
INTERNAL = 4


class NoInputError(OrderflowError):
    """Something that was named is not there, or cannot be read."""


class WrongUseError(OrderflowError):
    """Options that do not fit together, or name what does not exist."""


def misused(error: click.ClickException) -> int:
    """Tell on stderr what was wrong on the command line and how it is used; return the exit code."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        say(context.get_usage())
    text = error.format_message().rstrip(".")
    # the words of click, in our style: values in backticks, a small letter first
    text = re.sub(r"'([^']*)'", r"`\1`", text[:1].lower() + text[1:])
    hint = f"; see `{context.command_path} --help`" if context is not None else ""
    say(f"error: {safe(text)}{hint}")
    return error.exit_code


def report(error: Exception, *, debug: bool) -> int:
    """Tell a failure on stderr and return the exit code."""
    if debug:
        traceback.print_exception(error)
    if isinstance(error, RuleSetError):
        shown = render_text(
            error.diagnostics,
            sources_of(error.diagnostics),
            color=colourful(sys.stderr),
            say=translator(os.environ.get("ORDERFLOW_LANG")),
        )
        say(shown.rstrip("\n"))
        return FINDINGS
    if isinstance(error, WrongUseError):
        say(f"error: {safe(str(error))}")
        return USAGE
    if isinstance(error, RecordError):
        for problem in error.problems:
            say(f"error: {safe(problem)}")
        return NO_INPUT
    if isinstance(error, OrderflowError):
        say(f"error: {safe(str(error))}")
        return NO_INPUT
    if isinstance(error, OSError):
        name = f"`{error.filename}`: " if error.filename else ""
        say(f"error: {safe(name)}{safe((error.strerror or 'cannot be read').lower())}")
        return NO_INPUT
    say("error: orderflow itself failed; this is a fault of orderflow, not of your rules")
    say(f"  {safe(str(error)) or 'no details'}")
    say("  please report it with what `orderflow --debug ...` prints")
    return INTERNAL


def say(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{text}\n")


def colourful(stream: object) -> bool:
    """Whether colours may be used: a terminal, and `NO_COLOR` is not set (no-color.org)."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty is not None and isatty() and not os.environ.get("NO_COLOR"))


def sources_of(diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """Return the text of each file that findings speak of; one that cannot be read any more is left out."""
    files = {span.file for one in diagnostics for span in (one.span, *(label.span for label in one.labels))}
    sources = {}
    for file in files:
        try:
            sources[file] = Path(file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return sources
