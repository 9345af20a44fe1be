"""CSV tables with the places of their cells, so that a fault can be pointed at."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from orderflow.diagnostics.errors import RecordError

#: Tables larger than this are split before they are read.
MOST_BYTES = 512 * 1024 * 1024


class Row(NamedTuple):
    """A row: the line on which it begins (from 1) and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table read whole: header names are stripped of blanks; rows without anything in them are left out.

    Args:
        file: the path as it is shown.
        header: the names of the columns.
        rows: what follows the header.
        top: the line of the header, from 1.
        lines: the lines of the file, without their ends.
    """

    file: str
    header: list[str]
    rows: list[Row]
    top: int
    lines: Sequence[str]

    def locate(self, row: Row, place: int) -> tuple[int, int]:
        """Line and column (both from 1, in characters) at which a cell begins."""
        line, column, quoted, cell = row.line, 1, False, 0
        while cell < place and line <= len(self.lines):
            text = self.lines[line - 1]
            if column > len(text):
                if not quoted:
                    break
                line, column = line + 1, 1
                continue
            char = text[column - 1]
            if char == '"':
                quoted = not quoted
            elif char == "," and not quoted:
                cell += 1
            column += 1
        return line, column

    def at_column(self, place: int = 0) -> str:
        """The place of a header's cell: `orders.csv:1:12`."""
        line, column = self.locate(Row(self.top, self.header), place)
        return f"{self.file}:{line}:{column}"


def read_table(path: Path) -> Table:
    """Read a CSV file in UTF-8, with or without a byte order mark; any line ends.

    Raises:
        RecordError: it is not UTF-8, too large, without a header, or a column stands twice.
        FileNotFoundError: there is no such file.
    """
    file = path.as_posix()
    if path.stat().st_size > MOST_BYTES:
        raise RecordError(f"{file}: larger than {MOST_BYTES // 2**20} MiB; split it")
    text = _decode(file, path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line, column = _place(text[: text.index("\0")])
        raise RecordError(f"{file}:{line}:{column}: holds a zero byte; it is not a text table")
    lines = text.split("\n")
    rows = _rows(file, text, lines)
    if not rows:
        raise RecordError(f"{file}:1:1: empty; the first line must name the columns")
    table = Table(file, [name.strip() for name in rows[0].cells], rows[1:], rows[0].line, lines)
    twice = [
        (place, name)
        for place, name in enumerate(table.header)
        if name in table.header[:place] and name not in table.header[place + 1 :]
    ]
    if twice:
        raise RecordError(
            [
                f"{table.at_column(place)}: the column `{name}` stands twice; rename one"
                for place, name in twice
            ]
        )
    return table


def _decode(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A byte order mark is not part of what the error counts.
        good = error.object[: error.start].decode("utf-8")
        line, column = _place(good)
        raise RecordError(f"{file}:{line}:{column}: not UTF-8; save the table as “CSV UTF-8”") from None


def _place(before: str) -> tuple[int, int]:
    """Line and column of what follows a text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _rows(file: str, text: str, lines: Sequence[str]) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    begun = 1
    try:
        for cells in reader:
            if any(cells) and any(cell.strip() for cell in cells):
                rows.append(Row(begun, cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        line, column = _last_quote(lines, begun, reader.line_num)
        raise RecordError(
            f"{file}:{line}:{column}: not a CSV row: {error}; close this quote, or write one inside a cell twice"
        ) from None
    return rows


def _last_quote(lines: Sequence[str], begun: int, reached: int) -> tuple[int, int]:
    """The place of the last quote that opens a cell, in the row that begins on a line."""
    found, quoted = (begun, 1), False
    for number, text in enumerate(lines[begun - 1 : reached], begun):
        for column, char in enumerate(text, 1):
            if char == '"':
                quoted = not quoted
                opens = quoted and (column == 1 or text[column - 2] == ",")
                found = (number, column) if opens else found
    return found
