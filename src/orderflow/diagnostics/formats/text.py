"""Findings with code frames, as compilers show them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.frame import Mark, Paint, draw
from orderflow.diagnostics.formats.told import in_order, summary, told
from orderflow.diagnostics.formats.words import FIX, HELP, NOTE, severity_word
from orderflow.diagnostics.shown import safe
from orderflow.diagnostics.span import Span
from orderflow.diagnostics.translation import Say

_LINE_END = re.compile(r"\r\n|\r|\n")  # what the reader counts as one


def render_text(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], color: bool = False, say: Say = str
) -> str:
    """Return findings with code frames, in file order, and a line that counts them.

    Args:
        diagnostics: what was found, in any order.
        sources: the text of each file by the path its spans name; a file that is not there gets no frame.
        color: whether to use ANSI colours.
        say: tells the texts in a language.

    Returns:
        Text that ends in a newline; empty when nothing was found.
    """
    ordered = in_order(diagnostics)
    if not ordered:
        return ""
    paint = Paint(color)
    lines = {
        file: _LINE_END.split(sources[file].removeprefix("\ufeff"))
        for file in {mark.span.file for found in ordered for mark in _marks(found)}
        if file in sources
    }
    blocks = ["\n".join(_block(told(found, say), lines, paint, say)) for found in ordered]
    return "\n\n".join([*blocks, summary(ordered, say)]) + "\n"


def _marks(found: Diagnostic) -> list[Mark]:
    return [
        Mark(found.span, found.note, True, found.severity.value),
        *(Mark(label.span, label.text, False, "label") for label in found.labels),
    ]


def _block(found: Diagnostic, lines: Mapping[str, Sequence[str]], paint: Paint, say: Say) -> list[str]:
    """Return the lines of one finding."""
    marks = _marks(found)
    shown = [mark.span for mark in marks]
    gutter = max(len(str(_last_line(span, lines))) for span in shown)
    empty = " " * gutter
    head = paint(found.severity.value, f"{severity_word(found.severity, say)}[{found.code}]")
    out = [f"{head}: {paint('bold', safe(found.message))}"]
    equals = paint("frame", "=")
    # the file of the finding comes first, the others as they are met
    for file in dict.fromkeys(span.file for span in shown):
        inside = [mark for mark in marks if mark.span.file == file]
        place = found.span if file == found.span.file else min(mark.span for mark in inside)
        arrow = "-->" if file == found.span.file else ":::"
        out.append(f"{empty}{paint('frame', arrow)} {safe(str(place))}")
        known = lines.get(file, ())
        seen = [mark for mark in inside if mark.span.line <= len(known)]
        if seen:
            out += draw(known, seen, gutter, paint)
        unseen = sorted((mark for mark in inside if mark not in seen), key=lambda mark: mark.span)
        out += [f"{empty} {equals} {say(NOTE)}: {safe(mark.text)}" for mark in unseen if mark.text]
    if found.fix is not None:
        out.append(f"{empty} {equals} {say(FIX)}: {safe(found.fix.message)}")
    out.append(f"{empty} {equals} {say(HELP)}: orderflow rule {found.code}")
    return out


def _last_line(span: Span, lines: Mapping[str, Sequence[str]]) -> int:
    """The number of the last line that may be shown of a stretch."""
    return max(span.line, min(span.end_line, len(lines.get(span.file, ()))))
