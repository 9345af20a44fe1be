"""Orders from files: a table through a channel's mapping, or a journal of events as JSON lines.

Nothing is half read: a row with a fault is rejected whole, with its line, column and what to do, and the rest goes on.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from orderflow.diagnostics.errors import RecordError
from orderflow.diagnostics.nearest import nearest
from orderflow.engine.link import RuleSet
from orderflow.model.convert import ValueFault, is_missing
from orderflow.model.definition import Channel
from orderflow.model.event import Event
from orderflow.model.moments import to_datetime
from orderflow.service.report import RejectedLine
from orderflow.service.tables import Row, Table, read_table


class Planned(NamedTuple):
    """An event that waits to be played: typed already (from a table), or as a line of JSON says it."""

    at: datetime
    line: int
    event: Event | Mapping[str, object]


@dataclass(slots=True)
class Plan:
    """What a file holds: events in the order in which they are to be played, and the rows that could not be read."""

    file: str
    events: list[Planned] = field(default_factory=list)
    rejected: list[RejectedLine] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> datetime | None:
        """The moment of the file's last event, aware UTC; None when it has none."""
        return max((planned.at for planned in self.events), default=None)


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
        return _read_events(ruleset, path)
    table = read_table(path)
    return _read_rows(ruleset, table, _channel(ruleset, table, channel))


# ---- tables ---------------------------------------------------------------------------------------------------------


def _channel(ruleset: RuleSet, table: Table, name: str | None) -> Channel:
    channels = ruleset.definition.channels
    if name is not None:
        found = channels.get(name)
        if found is None:
            meant = nearest(name, channels)
            raise RecordError(f"unknown channel `{name}`" + (f"; did you mean `{meant}`" if meant else ""))
        _all_there(table, found)
        return found
    if not channels:
        raise RecordError("the rule set has no `channels`; say there which column goes to which field")
    fitting = [item for item in channels.values() if set(item.columns.values()) <= set(table.header)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(f"`{item.name}`" for item in fitting)
        raise RecordError(f"`{table.file}` fits several channels ({names}); name one with `--channel`")
    closest = max(channels.values(), key=lambda item: len(set(item.columns.values()) & set(table.header)))
    _all_there(table, closest)
    raise AssertionError("unreachable")


def _all_there(table: Table, channel: Channel) -> None:
    missing = [column for column in channel.columns.values() if column not in table.header]
    if not missing:
        return
    problems = []
    for column in missing:
        meant = nearest(column, table.header)
        at = table.at_column(table.header.index(meant) if meant else 0)
        problems.append(
            f"{at}: channel `{channel.name}` needs a column `{column}`"
            + (f"; the file has `{meant}`" if meant else "; the file has none like it")
        )
    raise RecordError(problems)


def _read_rows(ruleset: RuleSet, table: Table, channel: Channel) -> Plan:
    plan = Plan(table.file)
    places = {name: table.header.index(column) for name, column in channel.columns.items()}
    known = {*channel.columns.values(), *channel.ignore}
    unknown = [column for column in table.header if column not in known]
    if unknown:
        columns = ", ".join(f"`{column}`" for column in unknown)
        plan.notes.append(
            f"{table.file}:{table.top}: columns not mapped by channel `{channel.name}`: {columns}"
        )
    converters = ruleset.machines[channel.of].converters
    first = [name for name in channel.columns if name not in channel.then]
    key = ruleset.definition.entities[channel.of].key
    lines: dict[str, int] = {}  # of each order, by its id
    keyed: list[tuple[datetime, int, int, Planned]] = []
    for row in table.rows:
        cells = row.cells
        if len(cells) != len(table.header):
            plan.rejected.append(
                _reject(
                    table, row, 0, f"has {len(cells)} cells, the header has {len(table.header)}; mend the row"
                )
            )
            continue
        values: dict[str, object] = {}
        faulty = False
        for name, place in places.items():
            cell = cells[place]
            if is_missing(cell):
                continue
            try:
                values[name] = converters[name](cell)
            except ValueFault as fault:
                plan.rejected.append(_reject(table, row, place, str(fault)))
                faulty = True
        if faulty:
            continue
        try:
            submit = ruleset.coerce(
                channel.of, {name: values[name] for name in first if name in values}, complete=True
            )
            moment = values.get(channel.submitted)
            if not isinstance(moment, datetime):
                raise RecordError(f"`{channel.submitted}` is missing; it says when the order was placed")
            record_id = ruleset.key_of(channel.of, submit, row.line)
        except RecordError as error:
            plan.rejected += [
                _reject(table, row, _place(problem, places), problem) for problem in error.problems
            ]
            continue
        if record_id in lines:
            # Its moments would be played on the other row's order: two rows never make one.
            problem = (
                f"`{key}` `{record_id}` stands in line {lines[record_id]} already; each order has one row"
            )
            plan.rejected.append(_reject(table, row, _place(problem, places), problem))
            continue
        lines[record_id] = row.line
        stem = f"{channel.name}:{record_id}" if key in submit else ""
        if not stem:  # its key is made when it is played; until then the row's events are told by its line
            record_id = f"line {row.line}"
        events = [
            Event("submit", record_id, moment, channel.of, submit, "channel", stem and f"{stem}:submit")
        ]
        later = [
            (at, number, name)
            for number, name in enumerate(channel.then)
            if isinstance(at := values.get(name), datetime)
        ]
        for at, _, name in sorted(later):
            events.append(
                Event("update", record_id, at, "", {name: at}, "channel", stem and f"{stem}:{name}")
            )
        order = moment
        for number, event in enumerate(events):
            order = max(order, event.at)
            keyed.append((order, row.line, number, Planned(event.at, row.line, event)))
    keyed.sort(key=lambda item: item[:3])
    plan.events = [item[3] for item in keyed]
    return plan


def _place(problem: str, places: Mapping[str, int]) -> int:
    return next((place for name, place in places.items() if f"`{name}`" in problem), 0)


def _reject(table: Table, row: Row, place: int, message: str) -> RejectedLine:
    line, column = table.locate(row, place)
    return RejectedLine(table.file, line, column, message)


# ---- events as JSON lines -------------------------------------------------------------------------------------------

_UNITS = re.compile("[0-9]{1,9}")
_HALF = re.compile("[\ud800-\udfff]")
#: Events nest less than this: an order, its lines, their fields.
_MOST_DEPTH = 32
_KINDS = ("submit", "send", "update", "receive")
_KEYS = {
    "submit": {"submit", "id", "at", "as", "event_id", "fields"},
    "send": {"send", "to", "at", "as", "event_id", "data"},
    "update": {"update", "at", "as", "event_id", "fields", "reason"},
    "receive": {"receive", "at"},
}


def _read_events(ruleset: RuleSet, path: Path) -> Plan:
    plan = Plan(str(path))
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                _read_line(ruleset, plan, number, raw)
    plan.events.sort(key=lambda planned: planned.at)
    return plan


def _read_line(ruleset: RuleSet, plan: Plan, number: int, raw: bytes) -> None:
    try:
        line = json.loads(
            raw.rstrip().decode("utf-8-sig")
        )  # a fault at the end stands on this line, not the next
        if raw.count(b"[") + raw.count(b"{") > _MOST_DEPTH and _too_deep(line):
            raise RecursionError
    except UnicodeDecodeError:
        plan.rejected.append(RejectedLine(plan.file, number, 1, "is not UTF-8; save the file as UTF-8"))
        return
    except (ValueError, RecursionError) as error:
        column = error.colno if isinstance(error, json.JSONDecodeError) else 1
        words = "too deeply nested" if isinstance(error, RecursionError) else "a number is too long"
        if isinstance(error, json.JSONDecodeError):
            words = error.msg[:1].lower() + error.msg[1:]
        plan.rejected.append(RejectedLine(plan.file, number, column, f"is not JSON: {words}; mend the line"))
        return
    problem = _wrong_shape(line)
    if b"\\u" in raw and _HALF.search(json.dumps(line, ensure_ascii=False)):
        problem = "holds half a character (`\\ud800` to `\\udfff` alone); mend it where it comes from"
    if problem is None:
        try:
            at = to_datetime(line["at"], ruleset.zone)
        except (KeyError, ValueFault) as fault:
            words = "is missing" if isinstance(fault, KeyError) else str(fault)
            problem = f"`at` {words}; say when it happened, such as 2026-02-11T09:00:00+08:00"
        else:
            plan.events.append(Planned(at, number, line))
            return
    plan.rejected.append(RejectedLine(plan.file, number, 1, problem))


def _wrong_shape(line: object) -> str | None:
    if not isinstance(line, dict):
        return "must be a JSON object with one event"
    kinds = [kind for kind in _KINDS if kind in line]
    if len(kinds) != 1:
        return "must hold one of `submit`, `send`, `update`, `receive`"
    unknown = _first(set(line) - _KEYS[kinds[0]])
    if unknown is not None:
        meant = nearest(unknown, _KEYS[kinds[0]])
        return f"unknown key `{unknown}`" + (f"; did you mean `{meant}`" if meant else "")
    for name in ("fields", "data", "receive"):
        if not isinstance(line.get(name, {}), dict):
            return f"`{name}` must be an object"
    for name in ("submit", "send", "update", "to", "as", "event_id", "reason"):
        if not isinstance(line.get(name, ""), str):
            return f"`{name}` must be a text; put it in quotes, or leave it out"
    if not isinstance(line.get("id", ""), str | int) or isinstance(line.get("id"), bool):
        return "`id` must be a text; put it in quotes, or leave it out"
    return "`to` is missing; name the record" if kinds[0] == "send" and "to" not in line else None


def _too_deep(line: object) -> bool:
    level = [line]
    for _ in range(_MOST_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _first(names: Iterable[str]) -> str | None:
    return min(names, default=None)


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
