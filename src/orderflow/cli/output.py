"""What goes to stdout: JSON that is never wrapped, tables and lines for people."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import click

from orderflow.cli.errors import colourful
from orderflow.diagnostics.shown import safe, width


def write_json(document: Mapping[str, object]) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=plain))


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
    """Print a table: framed on a terminal, plain columns in a pipe; columns named in `numeric` stand to the right."""
    found = [[safe(cell) for cell in row] for row in rows]
    right = set(numeric)
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

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, name in enumerate(head):
        drawn.add_column(name, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))  # as text: brackets are the user's, no markup
    Console().print(drawn)
