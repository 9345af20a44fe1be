"""A table's rows through a channel's mapping: each a submit, and an update for each later moment."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from orderflow.diagnostics.errors import RecordError
from orderflow.diagnostics.nearest import nearest
from orderflow.engine.link import RuleSet
from orderflow.model.convert import ValueFault, is_missing
from orderflow.model.definition import Channel
from orderflow.model.event import Event
from orderflow.service.plan import Plan, Planned
from orderflow.service.report import RejectedLine
from orderflow.service.tables import Row, Table


def choose_channel(ruleset: RuleSet, table: Table, name: str | None) -> Channel:
    """The mapping of a table: the one named, or the only one whose columns the table has.

    Raises:
        RecordError: there is none, or several fit.
    """
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


def read_rows(ruleset: RuleSet, table: Table, channel: Channel) -> Plan:
    """Turn a table into events: in time order, rows that happen together in their order, a row's own in column order.

    An event from before its row's submit is played right after it, at its own time.
    """
    reader = _Reader(ruleset, table, channel)
    keyed: list[tuple[datetime, int, int, Planned]] = []
    for row in table.rows:
        try:
            events = list(reader.events(row))
        except RecordError as error:
            reader.reject(row, error)
            continue
        order = events[0].at
        for number, event in enumerate(events):
            order = max(order, event.at)
            keyed.append((order, row.line, number, Planned(event.at, row.line, event)))
    keyed.sort(key=lambda item: item[:3])
    reader.plan.events = [item[3] for item in keyed]
    return reader.plan


class _Reader:
    def __init__(self, ruleset: RuleSet, table: Table, channel: Channel) -> None:
        self.ruleset = ruleset
        self.table = table
        self.channel = channel
        self.key = ruleset.definition.entities[channel.of].key
        self.places = {name: table.header.index(column) for name, column in channel.columns.items()}
        self.converters = ruleset.machines[channel.of].converters
        self.first = [name for name in channel.columns if name not in channel.then]
        self.lines: dict[str, int] = {}  # of each order, by its id
        self.plan = Plan(table.file, notes=list(self._unmapped()))

    def _unmapped(self) -> Iterator[str]:
        known = {*self.channel.columns.values(), *self.channel.ignore}
        unknown = ", ".join(f"`{column}`" for column in self.table.header if column not in known)
        if unknown:
            at = f"{self.table.file}:{self.table.top}"
            yield f"{at}: columns not mapped by channel `{self.channel.name}`: {unknown}"

    def events(self, row: Row) -> Iterator[Event]:
        """The events of one row.

        Raises:
            RecordError: with every fault of the row.
        """
        channel = self.channel
        values = self._values(row)
        given = {name: values[name] for name in self.first if name in values}
        submit = self.ruleset.coerce(channel.of, given, complete=True)
        moment = values.get(channel.submitted)
        if not isinstance(moment, datetime):
            raise RecordError(f"`{channel.submitted}` is missing; it says when the order was placed")
        record_id = self._id(row, submit)
        stem = f"{channel.name}:{record_id}" if self.key in submit else ""
        yield Event("submit", record_id, moment, channel.of, submit, "channel", stem and f"{stem}:submit")
        later = sorted(
            (at, number, name)
            for number, name in enumerate(channel.then)
            if isinstance(at := values.get(name), datetime)
        )
        for at, _, name in later:
            yield Event("update", record_id, at, "", {name: at}, "channel", stem and f"{stem}:{name}")

    def _values(self, row: Row) -> dict[str, object]:
        if len(row.cells) != len(self.table.header):
            found, wanted = len(row.cells), len(self.table.header)
            raise RecordError(f"has {found} cells, the header has {wanted}; mend the row")
        values: dict[str, object] = {}
        problems = []
        for name, place in self.places.items():
            cell = row.cells[place]
            if not is_missing(cell):
                try:
                    values[name] = self.converters[name](cell)
                except ValueFault as fault:
                    problems.append(str(fault))
        if problems:
            raise RecordError(problems)
        return values

    def _id(self, row: Row, submit: Mapping[str, object]) -> str:
        """The row's order; one that brings no key gets it when it is played, and is told by its line until then."""
        record_id = self.ruleset.key_of(self.channel.of, submit, row.line)
        if self.key not in submit:
            return f"line {row.line}"
        if record_id in self.lines:
            # Its moments would be played on the other row's order: two rows never make one.
            line = self.lines[record_id]
            raise RecordError(
                f"`{self.key}` `{record_id}` stands in line {line} already; each order has one row"
            )
        self.lines[record_id] = row.line
        return record_id

    def reject(self, row: Row, error: RecordError) -> None:
        """Keep what is wrong with a row, each fault with the place of its cell."""
        for problem in error.problems:
            place = next((place for name, place in self.places.items() if f"`{name}`" in problem), 0)
            line, column = self.table.locate(row, place)
            self.plan.rejected.append(RejectedLine(self.table.file, line, column, problem))
