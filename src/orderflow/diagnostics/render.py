"""Findings as people and programs read them: code frames, one line each, JSON."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from orderflow.diagnostics.diagnostic import Diagnostic, Severity
from orderflow.diagnostics.shown import lay_out, safe
from orderflow.diagnostics.span import Span

_WIDEST = 140  # terminal columns of a source line that are shown; the rest is cut around the carets
_LINE_END = re.compile(r"\r\n|\r|\n")  # what the reader counts as one
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")

_COLOURS = {"error": "1;31", "warning": "1;33", "frame": "1;34", "bold": "1", "label": "1;34"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """One underlined stretch of a frame."""

    span: Span
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class _Paint:
    """Colours, or none."""

    on: bool

    def __call__(self, role: str, text: str) -> str:
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.on and text else text


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], color: bool = False) -> str:
    """Return findings with code frames, in file order, and a line that counts them.

    Args:
        diagnostics: what was found, in any order.
        sources: the text of each file by the path its spans name; a file that is not there gets no frame.
        color: whether to use ANSI colours.

    Returns:
        Text that ends in a newline; empty when nothing was found.
    """
    ordered = sorted(diagnostics, key=lambda found: found.sort_key)
    if not ordered:
        return ""
    paint = _Paint(color)
    lines = {
        file: _LINE_END.split(sources[file].removeprefix("\ufeff"))
        for file in {mark.span.file for found in ordered for mark in _marks(found)}
        if file in sources
    }
    blocks = ["\n".join(_block(found, lines, paint)) for found in ordered]
    return "\n\n".join([*blocks, summary(ordered)]) + "\n"


def render_concise(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one line a finding, `file:line:column: error[OF101] message`, in file order."""
    ordered = sorted(diagnostics, key=lambda found: found.sort_key)
    return "\n".join(
        f"{safe(str(found.span))}: {found.severity}[{found.code}] {safe(found.message)}" for found in ordered
    )


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return findings as `{"version": 1, "diagnostics": [...]}`, in file order, with a newline at the end."""
    ordered = sorted(diagnostics, key=lambda found: found.sort_key)
    document = {"version": 1, "diagnostics": [found.to_dict() for found in ordered]}
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the count of findings, such as `2 errors, 1 warning in 3 files`."""
    if not diagnostics:
        return "no findings"
    errors = sum(found.severity is Severity.ERROR for found in diagnostics)
    counts = [(errors, "error"), (len(diagnostics) - errors, "warning")]
    found_parts = ", ".join(_plural(count, word) for count, word in counts if count)
    return f"{found_parts} in {_plural(len({found.span.file for found in diagnostics}), 'file')}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _marks(found: Diagnostic) -> list[_Mark]:
    return [
        _Mark(found.span, found.note, True),
        *(_Mark(label.span, label.text, False) for label in found.labels),
    ]


def _block(found: Diagnostic, lines: Mapping[str, Sequence[str]], paint: _Paint) -> list[str]:
    """Return the lines of one finding."""
    marks = _marks(found)
    gutter = max(len(str(mark.span.line)) for mark in marks)
    empty = " " * gutter
    head = paint(found.severity.value, f"{found.severity}[{found.code}]")
    out = [f"{head}: {paint('bold', safe(found.message))}"]
    # the file of the finding comes first, the others as they are met
    files = list(dict.fromkeys(mark.span.file for mark in marks))
    for file in files:
        inside = sorted((mark for mark in marks if mark.span.file == file), key=lambda mark: mark.span)
        place = found.span if file == found.span.file else inside[0].span
        arrow = "-->" if file == found.span.file else ":::"
        out.append(f"{empty}{paint('frame', arrow)} {safe(str(place))}")
        known = lines.get(file)
        for number, group in groupby(inside, key=lambda mark: mark.span.line):
            if known is not None and number <= len(known):
                out += _frame(known[number - 1], number, list(group), gutter, found.severity, paint)
            else:
                out += [f"{empty} {paint('frame', '=')} note: {safe(m.text)}" for m in group if m.text]
    if found.fix is not None:
        out.append(f"{empty} {paint('frame', '=')} fix: {safe(found.fix.message)}")
    out.append(f"{empty} {paint('frame', '=')} help: orderflow rule {found.code}")
    return out


def _frame(
    line: str, number: int, marks: Sequence[_Mark], gutter: int, severity: Severity, paint: _Paint
) -> list[str]:
    """Return one source line and, below it, a row of carets for each of its marks."""
    pieces, columns = lay_out(line)
    first, last = _window(columns, marks)
    cut_left, cut_right = "…" if first else "", "…" if last < len(pieces) else ""
    shown = cut_left + "".join(pieces[first:last]) + cut_right
    bar = paint("frame", "|")
    out = [f"{paint('frame', str(number).rjust(gutter))} {bar} {shown}".rstrip()]
    for mark in marks:
        start, end = _reach(mark.span, len(pieces))
        start, end = min(max(start, first), last), min(max(end, first), last)
        # an empty stretch still gets one caret; a mark of zero-width characters too
        count = max(columns[end] - columns[start], 1)
        space = " " * (columns[start] - columns[first] + len(cut_left))
        carets = ("^" if mark.primary else "-") * count
        text = f"{carets} {safe(mark.text)}".rstrip()
        role = severity.value if mark.primary else "label"
        out.append(f"{' ' * gutter} {bar} {space}{paint(role, text)}")
    return out


def _reach(span: Span, length: int) -> tuple[int, int]:
    """Return the stretch of a span within its first line, as indices into the line."""
    start = min(span.column - 1, length)
    end = span.end_column - 1 if span.end_line == span.line else length
    return start, max(start, min(end, length))


def _window(columns: Sequence[int], marks: Sequence[_Mark]) -> tuple[int, int]:
    """Return which characters of a line are shown: all, or those around the first mark."""
    length = len(columns) - 1
    if columns[-1] <= _WIDEST:
        return 0, length
    focus = next((mark for mark in marks if mark.primary), marks[0])
    start, _ = _reach(focus.span, length)
    left = max(columns[start] - _WIDEST // 3, 0)
    first = next(i for i in range(length + 1) if columns[i] >= left)
    last = next((i for i in range(first, length + 1) if columns[i] > left + _WIDEST), length + 1) - 1
    return first, last
