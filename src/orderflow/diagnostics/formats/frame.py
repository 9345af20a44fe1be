"""Code frames: source lines, and under them what is marked in them and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderflow.diagnostics.shown import lay_out, safe
from orderflow.diagnostics.span import Span

_WIDEST = 140  # terminal columns of a source line that are shown; the rest is cut around the carets
_NEAR = 1_000  # characters before and after a mark that are looked at
_MOST_LINES = 4  # of a stretch over several lines; the middle of a longer one is left out

_COLOURS = {"error": "1;31", "warning": "1;33", "frame": "1;34", "bold": "1", "label": "1;34"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, or none."""

    on: bool

    def __call__(self, role: str, text: str) -> str:
        """Return a text in the colour of its role."""
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.on and text and role else text


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch that is underlined, the words that belong to it, and whether it is the place that is wrong."""

    span: Span
    text: str
    primary: bool
    role: str

    @property
    def sign(self) -> str:
        """The character that underlines it."""
        return "^" if self.primary else "-"


def draw(source: Sequence[str], marks: Sequence[Mark], gutter: int, paint: Paint) -> list[str]:
    """Return the frame of one file.

    Args:
        source: the lines of the file; each mark begins in one of them.
        marks: what is marked.
        gutter: the width of the line numbers.
        paint: the colours.

    Returns:
        Source lines in order, each with the marks that begin (or end) in it below.
    """
    cut = [_within(mark, source) for mark in marks]
    # one stretch over several lines gets a bar at the side; more of them would be a thicket
    wide = sorted(
        (mark for mark in cut if mark.span.end_line > mark.span.line), key=lambda one: not one.primary
    )
    long = wide[0] if wide else None
    flat = [_first_line(mark, source) for mark in cut if mark is not long]
    numbers = sorted({mark.span.line for mark in flat} | set(_lines_of(long)))
    out: list[str] = []
    for number in numbers:
        if long is not None and number == long.span.end_line and number - 1 not in numbers:
            out.append(paint("frame", "...".ljust(gutter + 2)) + " " + paint(long.role, "|"))
        here = [mark for mark in flat if mark.span.line == number]
        out += _line(source[number - 1], number, here, long, gutter, paint)
    return out


def _within(mark: Mark, source: Sequence[str]) -> Mark:
    """The mark without what lies behind the last line, or is but the end of a line."""
    span = mark.span
    line, column = span.end_line, span.end_column
    if line > len(source):
        line, column = len(source), len(source[-1]) + 1
    while line > span.line and not source[line - 1][: column - 1].strip():
        line -= 1
        column = len(source[line - 1]) + 1
    return Mark(Span(span.file, span.line, span.column, line, column), mark.text, mark.primary, mark.role)


def _first_line(mark: Mark, source: Sequence[str]) -> Mark:
    """The mark up to the end of its first line."""
    span = mark.span
    if span.end_line == span.line:
        return mark
    end = len(source[span.line - 1]) + 1
    return Mark(Span(span.file, span.line, span.column, span.line, end), mark.text, mark.primary, mark.role)


def _lines_of(mark: Mark | None) -> list[int]:
    """The lines that are shown of a stretch over several: all of a short one, the ends of a long one."""
    if mark is None:
        return []
    first, last = mark.span.line, mark.span.end_line
    return list(range(first, last + 1)) if last - first < _MOST_LINES else [first, first + 1, last]


def _line(
    text: str, number: int, marks: Sequence[Mark], long: Mark | None, gutter: int, paint: Paint
) -> list[str]:
    """Return one source line with its marks below."""
    bar = paint("frame", "|")
    starts = long is not None and number == long.span.line
    ends = long is not None and number == long.span.end_line
    shown = _Shown(text, [*marks, *([long] if long is not None and (starts or ends) else [])], number)
    side = below = after = ""
    if long is not None:
        span = long.span
        inside = span.line < number <= span.end_line
        # a stretch that begins with its line needs no row of its own for that
        whole = starts and not text[: span.column - 1].strip()
        edge = paint(long.role, "|")
        side = f"{paint(long.role, '/') if whole else edge if inside else ' '} "
        below = f"{edge if inside or whole else ' '} "
        if starts and not whole:
            at = shown.column(span.column - 1)
            after = " " + paint(long.role, "_" * (at + 1) + long.sign)
        elif ends:
            at = max(shown.column(span.end_column - 1) - 1, 0)
            row = f"{'_' * (at + 1)}{long.sign} {safe(long.text)}".rstrip()
            after = edge + paint(long.role, row)
    blank = " " * gutter
    rows = [f"{blank} {bar} {below}{row}" for row in _rows(shown, marks, paint)]
    if after:
        rows.append(f"{blank} {bar} {after}")
    return [f"{paint('frame', str(number).rjust(gutter))} {bar} {side}{shown.text}".rstrip(), *rows]


def _focus(marks: Sequence[Mark], number: int) -> int:
    """The index of the character of a line that is shown at any rate: where its first mark begins, or ends."""
    focus = next((mark for mark in marks if mark.primary), marks[0] if marks else None)
    if focus is None:
        return 0
    return (focus.span.column if focus.span.line == number else focus.span.end_column) - 1


class _Shown:
    """A source line as it is shown: whole, or cut around its first mark."""

    def __init__(self, text: str, marks: Sequence[Mark], number: int) -> None:
        # a line may be a megabyte long: only what lies around its first mark is laid out
        self._start = max(_focus(marks, number) - _NEAR, 0)
        near = text[self._start : self._start + 2 * _NEAR]
        pieces, self._columns = lay_out(near)
        self._length = len(pieces)
        self._first, self._last = self._window(marks, number)
        self._left = "…" if self._first or self._start else ""
        right = "…" if self._last < self._length or self._start + len(near) < len(text) else ""
        self.text = self._left + "".join(pieces[self._first : self._last]) + right

    def column(self, index: int) -> int:
        """Return the terminal column, from 0, of a character of the line; the nearest one that is shown."""
        at = min(max(index - self._start, self._first), self._last)
        return self._columns[at] - self._columns[self._first] + len(self._left)

    def _window(self, marks: Sequence[Mark], number: int) -> tuple[int, int]:
        columns, length = self._columns, self._length
        if columns[-1] <= _WIDEST or not marks:
            last = next((i for i in range(length + 1) if columns[i] > _WIDEST), length + 1) - 1
            return 0, last
        left = max(columns[min(_focus(marks, number) - self._start, length)] - _WIDEST // 3, 0)
        first = next(i for i in range(length + 1) if columns[i] >= left)
        last = next((i for i in range(first, length + 1) if columns[i] > left + _WIDEST), length + 1) - 1
        return first, last


def _rows(shown: _Shown, marks: Sequence[Mark], paint: Paint) -> list[str]:
    """Return the rows below a line: all underlines in the first, with the words of the last mark behind it.

    The words of the others hang below, from right to left, each on a line that leads up to its mark.
    """
    if not marks:
        return []
    # from right to left; of those that begin together the one that is wrong comes first
    ordered = sorted(marks, key=lambda mark: (-mark.span.column, not mark.primary))
    reaches = {id(mark): _reach(mark, shown) for mark in ordered}
    row = _Row()
    for mark in sorted(ordered, key=lambda mark: mark.primary):
        start, end = reaches[id(mark)]
        row.put(start, mark.sign * (end - start), mark.role)
    first, *others = ordered
    hanging = [mark for mark in others if mark.text]
    if reaches[id(first)][1] == max(end for _, end in reaches.values()):
        row.end(safe(first.text), first.role)
    elif first.text:
        hanging.insert(0, first)
    rows = [row.painted(paint)]
    for place, mark in enumerate(hanging):
        if place == 0:
            rows.append(_leads(hanging, reaches, paint))
        column = reaches[id(mark)][0]
        row = _Row()
        for other in hanging[place + 1 :]:
            if reaches[id(other)][0] < column:
                row.put(reaches[id(other)][0], "|", other.role)
        row.put(column, safe(mark.text), mark.role)
        rows.append(row.painted(paint))
    return rows


def _leads(hanging: Sequence[Mark], reaches: dict[int, tuple[int, int]], paint: Paint) -> str:
    row = _Row()
    for mark in hanging:
        row.put(reaches[id(mark)][0], "|", mark.role)
    return row.painted(paint)


def _reach(mark: Mark, shown: _Shown) -> tuple[int, int]:
    """Return the columns of a mark; an empty stretch, or one of no width, still gets one."""
    start, end = shown.column(mark.span.column - 1), shown.column(mark.span.end_column - 1)
    return start, max(end, start + 1)


class _Row:
    """A row of characters, each with the role that gives its colour; wide text comes last."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, str]] = []

    def put(self, column: int, text: str, role: str) -> None:
        """Write a text at a column, over what stands there."""
        missing = column + len(text) - len(self._cells)
        self._cells += [(" ", "")] * missing
        self._cells[column : column + len(text)] = [(char, role) for char in text]

    def end(self, text: str, role: str) -> None:
        """Write a text behind the last character."""
        if text:
            self._cells += [(char, role) for char in f" {text}"]

    def painted(self, paint: Paint) -> str:
        """Return the row, neighbours of one role in one colour."""
        out: list[str] = []
        start = 0
        cells = self._cells
        for at in range(1, len(cells) + 1):
            if at == len(cells) or cells[at][1] != cells[start][1]:
                out.append(paint(cells[start][1], "".join(char for char, _ in cells[start:at])))
                start = at
        return "".join(out)
