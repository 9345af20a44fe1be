"""What all formats share: the order of findings, their language, their paths, their counts."""

import json
import os.path
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from orderflow.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.translation import Say

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings there are: of each severity, the files they stand in, and those a program can repair."""

    errors: int
    warnings: int
    files: int
    fixable: int


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return findings as they are shown: by file, line, column, code."""
    return sorted(diagnostics, key=lambda found: found.sort_key)


def count(diagnostics: Sequence[Diagnostic]) -> Counts:
    """Return how many findings there are."""
    errors = sum(found.severity is Severity.ERROR for found in diagnostics)
    return Counts(
        errors,
        len(diagnostics) - errors,
        len({found.span.file for found in diagnostics}),
        sum(fixable(found) for found in diagnostics),
    )


def fixable(found: Diagnostic) -> bool:
    """Whether a program can make the repair: it is certain, to the character."""
    return found.fix is not None and found.fix.span is not None and found.fix.replacement is not None


def summary(diagnostics: Sequence[Diagnostic], say: Say = str) -> str:
    """Return the count of findings, such as `2 errors, 1 warning in 3 files`."""
    if not diagnostics:
        return say(Message("no findings"))
    counts = count(diagnostics)
    parts = []
    if counts.errors:
        parts.append(
            Message("1 error") if counts.errors == 1 else Message("{count} errors", count=counts.errors)
        )
    if counts.warnings:
        parts.append(
            Message("1 warning")
            if counts.warnings == 1
            else Message("{count} warnings", count=counts.warnings)
        )
    files = Message("1 file") if counts.files == 1 else Message("{count} files", count=counts.files)
    return say(Message("{findings} in {files}", findings=joined(parts), files=files))


def told(found: Diagnostic, say: Say) -> Diagnostic:
    """Return a finding with its texts in a language."""
    if say is str:
        return found
    fix = found.fix
    return replace(
        found,
        message=_as_is(say(found.message)),
        note=_as_is(say(found.note)),
        labels=tuple(Label(label.span, _as_is(say(label.text))) for label in found.labels),
        fix=Fix(_as_is(say(fix.message)), fix.span, fix.replacement) if fix is not None else None,
    )


def _as_is(text: str) -> Message:
    return Message("{text}", text=text)


def relative(file: str, root: str | None) -> str:
    """Return a path as seen from a folder, with forward slashes; one that lies outside of it stays as it is.

    Args:
        file: the path, as spans name it.
        root: the folder, absolute; None leaves all paths as they are.
    """
    if root is None:
        return file
    seen = os.path.relpath(os.path.abspath(file), root)
    outside = seen == os.path.pardir or seen.startswith(os.path.pardir + os.path.sep)
    return file if outside else PurePath(seen).as_posix()


def to_text(document: object) -> str:
    """Return a document as JSON, indented, a newline at its end, with nothing raw that could steer a terminal."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"
