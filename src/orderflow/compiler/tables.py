"""Decision tables: their outputs first, which other expressions name; then the conditions of their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from orderflow.compiler.expressions import compile_timeless
from orderflow.compiler.field_types import is_no_option
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_value_name
from orderflow.compiler.nodes import Entry, ListNode, MapNode, ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scalar import plain
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics import Label, nearest
from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.expr.scope import TableScope
from orderflow.expr.types import NUMBERS, ORDERED, PLACES, UNKNOWN, Kind, Type, optional
from orderflow.model.convert import ValueFault, convert
from orderflow.model.definition import Field
from orderflow.model.frozen import FrozenDict
from orderflow.model.policies import Course, Table, TableRow

_OWN = ("when", "otherwise")
_HITS: dict[str, Literal["unique", "first", "collect"]] = {
    "unique": "unique",
    "first": "first",
    "collect": "collect",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A table before its conditions are read.

    Args:
        part: its document.
        of: the entity.
        hit: which rows count.
        gives: the outputs; one that some row lacks may be missing.
        rows: each row's document with its values.
        total: whether a row says `otherwise`.
        sound: whether every row has the condition that was written for it.
    """

    part: Part
    of: str
    hit: Literal["unique", "first", "collect"]
    gives: Mapping[str, Type]
    rows: tuple[tuple[Part, Mapping[str, object]], ...]
    total: bool
    sound: bool

    @property
    def scope(self) -> TableScope:
        """What expressions may ask of it."""
        return TableScope(self.hit, self.gives, self.total)


def declare_tables(
    parts: Mapping[str, Part], outlines: Mapping[str, Outline], header: Header, report: Report
) -> dict[str, Rows]:
    """The tables with their values; one whose entity is not known is left out.

    Args:
        parts: their documents by name.
        outlines: the entities.
        header: the rule set's head, for its currency and time zone.
        report: where the findings go.
    """
    made: dict[str, Rows] = {}
    for name, part in parts.items():
        check_value_name(Message("table"), part.key, {}, report)
        node = part.scalar("of")
        spans = {entity: outline.part.span for entity, outline in outlines.items()}
        entity = None if node is None else report.known(Message("entity"), node, spans)
        if entity is not None:
            made[name] = _rows(part, entity, header, report)
    return made


def _rows(part: Part, entity: str, header: Header, report: Report) -> Rows:
    outputs = _outputs(part, header, report)
    hit = _HITS.get(part.text("hit") or "", "unique")
    node = part.node.get("rows")
    items = [item for item in node.items if isinstance(item, MapNode)] if isinstance(node, ListNode) else []
    rows: list[tuple[Part, Mapping[str, object]]] = []
    total = False
    whole = "rows" not in part.lost.get(part.node.span, ())  # a faulty row was taken out
    sound = whole
    for place, item in enumerate(items):
        if not item.entries:
            continue
        row = _mended(Part(item.entries[0].key, item, part.lost), outputs, report)
        before = report.errors
        _check_condition(row, hit, last=place == len(items) - 1, report=report)
        sound = sound and row.intact and report.errors == before
        total = total or row.flag("otherwise")
        rows.append((row, _values(row, outputs, part, header, report)))
    gives = {name: _narrowed(name, field.type, rows, whole=whole) for name, field in outputs.items()}
    return Rows(part, entity, hit, FrozenDict(gives), tuple(rows), total, sound)


def _outputs(part: Part, header: Header, report: Report) -> dict[str, Field]:
    made: dict[str, Field] = {}
    for entry in part.entries("gives"):
        if entry.name in _OWN:
            text = Message("`{name}` says when a row fits, so no output can have that name", name=entry.name)
            report.error("OF105", text, entry.key.span, NOTHING, Message("rename it"))
            continue
        check_value_name(Message("output"), entry.key, {}, report)
        made[entry.name] = Field(entry.name, entry.name, _type(entry, header, report), entry.key.span)
    for name in part.lost_names("gives"):
        made.setdefault(name, Field(name, name, UNKNOWN, part.span))
    return made


def _type(entry: Entry, header: Header, report: Report) -> Type:
    if not isinstance(entry.value, ScalarNode):
        return UNKNOWN
    kind = Kind(entry.value.value)
    if kind is Kind.MONEY:
        if header.currency is None and header.sure and report.first("no currency"):
            fix = Message(
                "add `currency:` with an ISO 4217 code such as EUR to the file that begins with `ruleset`"
            )
            text = Message("`{name}` is money, and the rule set names no currency", name=entry.name)
            report.error("OF107", text, entry.value.span, NOTHING, fix)
        return Type(kind, places=header.places, name=header.currency or "")
    return Type(kind, places=PLACES if kind is Kind.DECIMAL else 0)


def _mended(row: Part, outputs: Mapping[str, Field], report: Report) -> Part:
    """The row with a misspelled `when` or `otherwise` put right: among free keys it would pass for an output."""
    if any(row.node.get(key) is not None for key in _OWN):
        return row
    for entry in row.node.entries:
        close = None if entry.name in outputs else nearest(entry.name, _OWN)
        if close is not None:
            fix = replace_scalar(entry.key, close)
            report.error(
                "OF101",
                Message("unknown key `{name}`", name=entry.name),
                entry.key.span,
                Message("not a key here"),
                fix,
            )
            key = replace(entry.key, value=close, raw=close)
            entries = tuple(Entry(key, each.value) if each is entry else each for each in row.node.entries)
            return replace(row, node=replace(row.node, entries=entries))
    return row


def _check_condition(row: Part, hit: str, *, last: bool, report: Report) -> None:
    """A row says `when` or, the last one only, `otherwise`."""
    when, otherwise = row.node.entry("when"), row.node.entry("otherwise")
    says = otherwise is not None and row.flag("otherwise")
    if when is None and not says and row.intact:
        text = Message("a row says `when` it fits, or `otherwise: true`")
        report.error("OF107", text, row.span, NOTHING, Message("add `when:` with a condition"))
    elif when is not None and otherwise is not None:
        text = Message("a row has `when` or `otherwise`, not both")
        report.error("OF107", text, otherwise.key.span, NOTHING, Message("remove one of them"))
    if otherwise is None or not says:
        return
    if hit == "collect":
        text = Message("a table that collects has no row for `otherwise`: every row that fits counts")
        report.error("OF107", text, otherwise.key.span, NOTHING, Message("write a condition under `when`"))
    elif not last:
        text = Message("only the last row may be for `otherwise`: rows below it would never be looked at")
        report.error("OF107", text, otherwise.key.span, NOTHING, Message("move the row to the end"))


def _values(
    row: Part, outputs: Mapping[str, Field], table: Part, header: Header, report: Report
) -> Mapping[str, object]:
    values: dict[str, object] = {}
    spans = {name: field.span for name, field in outputs.items()}
    for entry in row.node.entries:
        if entry.name in _OWN or not isinstance(entry.value, ScalarNode):
            continue
        where = Message("the `gives` of `{name}`", name=table.name)
        name = report.known(Message("output"), entry.key, spans, where, table.lost_names("gives"))
        if name is None or outputs[name].type == UNKNOWN:
            continue
        if is_no_option(entry.value, outputs[name].type):
            report.no_option(name, entry.value, outputs[name].type.options)
            continue
        try:
            values[name] = convert(outputs[name], plain(entry.value), header.zone)
        except ValueFault as fault:
            label = Label(outputs[name].span, Message("the output"))
            fix = Message("write a value that fits the type")
            report.error("OF102", fault.message, entry.value.span, NOTHING, fix, (label,))
    return FrozenDict(values)


def _narrowed(name: str, type_: Type, rows: list[tuple[Part, Mapping[str, object]]], *, whole: bool) -> Type:
    """The type of an output as its rows have it: bounds of numbers, and whether it may be missing."""
    found = [values[name] for _, values in rows if name in values]
    if type_ == UNKNOWN:
        return UNKNOWN
    if whole and found and type_.kind in NUMBERS:
        numbers = [value for value in found if isinstance(value, (int, Decimal))]
        type_ = replace(type_, lo=min(numbers), hi=max(numbers))
    elif whole and found and type_.kind is Kind.DURATION:
        seconds = [int(value.total_seconds()) for value in found if isinstance(value, timedelta)]
        type_ = replace(type_, lo=min(seconds), hi=max(seconds))
    elif whole and found and type_.kind is Kind.DATE:
        days = [(value - date(1970, 1, 1)).days for value in found if isinstance(value, date)]
        type_ = replace(type_, lo=min(days), hi=max(days))
    return type_ if len(found) == len(rows) else optional(type_)


def compile_tables(declared: Mapping[str, Rows], scopes: Scopes, report: Report) -> dict[str, Table]:
    """The decision tables; one with faults is left out.

    Args:
        declared: the tables with their values.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made: dict[str, Table] = {}
    for name, table in declared.items():
        before = report.errors
        scope = scopes.of(table.of)
        rows = []
        for row, values in table.rows:
            when = compile_timeless(row.scalar("when"), scope, Kind.BOOL, report)
            spans = {entry.name: entry.value.span for entry in row.node.entries}
            rows.append(TableRow(when, values, row.span, FrozenDict(spans)))
        courses = _courses(table, report)
        if report.errors == before and table.sound:
            made[name] = Table(
                name=name,
                label=table.part.text("label") or name,
                of=table.of,
                hit=table.hit,
                gives=table.gives,
                rows=tuple(rows),
                span=table.part.span,
                courses=courses,
            )
    _check_circles(made, report)
    return made


def _courses(table: Rows, report: Report) -> tuple[Course, ...]:
    """What the table says of its outputs under `rising` and `falling`."""
    made: dict[str, Course] = {}
    for key in ("rising", "falling"):
        for node in table.part.scalars(key):
            lost = table.part.lost_names("gives")
            name = report.known(Message("output"), node, table.gives, Message("`gives`"), lost)
            if name is None or table.gives[name] == UNKNOWN:
                continue
            if table.gives[name].kind not in ORDERED:
                text = Message("`{name}` has no order that it could keep", name=name)
                fix = Message("name an output that is a number, a date or a duration")
                report.error("OF102", text, node.span, NOTHING, fix)
            elif table.hit == "collect":
                text = Message("a table that collects gives many values of `{name}`, not one", name=name)
                fix = Message("remove `{key}`, or make it `hit: first`", key=key)
                report.error("OF107", text, node.span, NOTHING, fix)
            elif name in made:
                label = (Label(made[name].span, Message("named here, too")),)
                text = Message("`{name}` is named twice under `rising` and `falling`", name=name)
                report.error("OF105", text, node.span, NOTHING, Message("remove it in one place"), label)
            else:
                made[name] = Course(name, key == "falling", node.span)
    return tuple(made.values())


def _check_circles(tables: Mapping[str, Table], report: Report) -> None:
    """No table asks itself, straight or by way of others."""
    asks = {
        name: {asked for row in table.rows if row.when is not None for asked in row.when.reads.tables}
        for name, table in tables.items()
    }
    while True:
        try:
            TopologicalSorter(asks).prepare()
        except CycleError as error:
            circle: list[str] = list(reversed(error.args[1]))  # it comes as asked before asking
            words = joined([Message("`{name}`", name=item) for item in circle], " asks ")
            text = (
                Message("the table would ask itself: {words}", words=words)
                if len(circle) == 2
                else Message("tables ask in a circle: {words}", words=words)
            )
            fix = Message("write the condition out in one of them")
            report.error("OF107", text, tables[circle[0]].span, NOTHING, fix)
            asks[circle[0]].discard(circle[1])
        else:
            return
