"""CSV tables with the places of their cells, so that a fault can be pointed at."""

import csv
import io
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
    """A table read whole: header names are stripped of blanks; the header is line 1."""

    file: str
    header: list[str]
    rows: list[Row]
    text: str

    def locate(self, row: Row, place: int) -> tuple[int, int]:
        """Line and column (both from 1, in characters) at which a cell begins."""
        lines = self.text.split("\n")
        line, column, quoted, cell = row.line, 1, False, 0
        while cell < place and line <= len(lines):
            text = lines[line - 1]
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


def read_table(path: Path) -> Table:
    """Read a CSV file in UTF-8, with or without a byte order mark.

    Raises:
        RecordError: it is not UTF-8, too large, without a header, or a column stands twice.
        FileNotFoundError: there is no such file.
    """
    file = path.as_posix()
    if path.stat().st_size > MOST_BYTES:
        raise RecordError(f"{file}: larger than {MOST_BYTES // 2**20} MiB; split it")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RecordError(f"{file}:{line}: not UTF-8; save the table as “CSV UTF-8”") from None
    if "\0" in text:
        raise RecordError(f"{file}: holds a zero byte; it is not a text table")
    text = text.replace("\r\n", "\n")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    begun = 1
    try:
        for cells in reader:
            if cells:
                rows.append(Row(begun, cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        raise RecordError(
            f"{file}:{begun}: not a CSV row: {error}; look for a quote that is not closed"
        ) from None
    if not rows:
        raise RecordError(f"{file}:1: empty; the first line must name the columns")
    header = [name.strip() for name in rows[0].cells]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise RecordError([f"{file}:1: the column `{name}` stands twice; rename one" for name in twice])
    return Table(file, header, rows[1:], text)
