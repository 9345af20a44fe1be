"""What goes to stdout: JSON that is never wrapped, tables and lines for people."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import click

from orderflow.cli.errors import colourful
from orderflow.diagnostics.shown import safe, width

#: What JSON leaves raw and terminals obey: C1 controls, zero-width and bidirectional marks, line separators.
_STEERING = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def write_json(document: Mapping[str, object]) -> None:
    """Print one JSON document; characters that could steer a terminal are escaped, as JSON allows."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=plain)
    click.echo(text if text.isascii() and "\x7f" not in text else _STEERING.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


def plain(value: object) -> object:
    """Return a value as JSON knows it: exact numbers and moments as text, durations as seconds."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def line(text: str = "") -> None:
    """Print one line of text, with nothing in it that could steer the terminal."""
    click.echo(safe(text))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()) -> None:
    """Print a table: framed on a terminal, plain columns in a pipe.

    Args:
        head: the names of the columns; a column with nothing in it is left out.
        numeric: the numbers of the columns that stand to the right.
    """
    found = [[safe(cell) for cell in row] for row in rows]
    kept = [column for column in range(len(head)) if not found or any(row[column] for row in found)]
    right = {place for place, column in enumerate(kept) if column in set(numeric)}
    head, found = [head[column] for column in kept], [[row[column] for column in kept] for row in found]
    if colourful(sys.stdout):
        _framed(head, found, right)
        return
    cells = [list(head), *found]
    wide = [max(width(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        parts = []
        for column, cell in enumerate(row):
            space = " " * (wide[column] - width(cell))
            parts.append(space + cell if column in right else cell + space)
        click.echo("  ".join(parts).rstrip())


def _framed(head: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, name in enumerate(head):
        # names and numbers are copied: they stay on one line unless they take most of it
        longest = max((width(row[column]) for row in rows), default=0)
        whole = column in right or (column == 0 and longest <= 0.7 * console.width)
        drawn.add_column(name, justify="right" if column in right else "left", overflow="fold", no_wrap=whole)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))  # as text: brackets are the user's, no markup
    console.print(drawn)
