"""Orders and stock from files.

Nothing is half read: a row with a fault is rejected whole, with its line, column and what to do, and the rest goes on.
"""

import re
from pathlib import Path

from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import RuleSet
from orderflow.service.lines import read_lines
from orderflow.service.plan import Plan
from orderflow.service.rows import choose_channel, read_rows
from orderflow.service.tables import read_table

_UNITS = re.compile("[0-9]{1,9}")


def read_orders(ruleset: RuleSet, path: str | Path, channel: str | None = None) -> Plan:
    """Read a file of orders.

    Args:
        ruleset: the rules, with the channels' mappings.
        path: a `.csv` table, or `.jsonl` with one event a line.
        channel: the mapping to use; by default the one whose columns the table has.

    Raises:
        RecordError: the file cannot be read as a whole: no such mapping, a mapped column is missing, not UTF-8.
        FileNotFoundError: there is no such file.
    """
    path = Path(path)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_lines(ruleset, path)
    if path.suffix.lower() not in (".csv", ".txt", ""):
        raise RecordError(
            f"{path.as_posix()}: orders are a `.csv` table or `.jsonl` lines; save it as one of them"
        )
    table = read_table(path)
    return read_rows(ruleset, table, choose_channel(ruleset, table, channel))


def read_stock(path: str | Path) -> list[tuple[str, str, int]]:
    """Read opening stock: a table with the columns `warehouse`, `sku`, `on_hand`.

    Raises:
        RecordError: a column is missing, or a number is not a whole one of 0 or more; every fault is named.
        FileNotFoundError: there is no such file.
    """
    table = read_table(Path(path))
    wanted = ("warehouse", "sku", "on_hand")
    missing = [name for name in wanted if name not in table.header]
    if missing:
        raise RecordError(
            [f"{table.at_column()}: the column `{name}` is missing; add it" for name in missing]
        )
    places = [table.header.index(name) for name in wanted]
    rows, problems = [], []
    for row in table.rows:
        cells = [row.cells[place].strip() if place < len(row.cells) else "" for place in places]
        wrong = [place for cell, place in zip(cells, places, strict=True) if not cell]
        if not wrong and not _UNITS.fullmatch(cells[2]):
            wrong = places[2:]
        if wrong:
            line, column = table.locate(row, wrong[0])
            problems.append(
                f"{table.file}:{line}:{column}: needs a warehouse, a SKU and a whole number of units "
                "below 1,000,000,000; mend the row"
            )
            continue
        rows.append((cells[0], cells[1], int(cells[2])))
    if problems:
        raise RecordError(problems)
    return rows
