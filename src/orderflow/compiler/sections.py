"""Queues, findings, metrics and channels."""

from collections.abc import Iterable, Mapping
from typing import Literal

from orderflow.compiler.events import known_roles
from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.compiler.transitions import known_actions
from orderflow.diagnostics import Label, Severity
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import NUMBERS, Kind, describe, present
from orderflow.model.definition import Channel, Finding, Metric, Queue
from orderflow.model.frozen import FrozenDict

Parts = Mapping[str, Part]

#: The text fields of a ticket: the record it is about, the queue, the role that owns it, who opened it.
TICKET = ("record", "queue", "owner", "opened_by")
#: What the figures of a metric may be told apart by.
GROUPING = frozenset({Kind.DATE, Kind.TEXT, Kind.CHOICE, Kind.REF, Kind.BOOL, Kind.INTEGER, Kind.NONE})


def compile_queues(parts: Parts, header: Header, scopes: Scopes, report: Report) -> dict[str, Queue]:
    """The exception queues; one with faults is left out."""
    made = {}
    judged: set[str] = set()
    for name, part in parts.items():
        entity = _entity(part, Message("queue"), scopes, report)
        owner = known_roles(part.scalars("owner"), header, report)
        actions = known_actions(part, "do", scopes.declared.actions, report)
        ticket = _ticket(part, scopes, judged, report)
        if entity is None:
            continue
        scope = scopes.of(entity)
        when = compile_expression(part.scalar("when"), scope, Kind.BOOL, report, wakes=Severity.ERROR)
        if when is not None:
            made[name] = Queue(
                name=name,
                of=entity,
                label=part.text("label") or name,
                when=when,
                owner=owner[0] if owner else None,
                span=part.span,
                actions=actions,
                ticket=ticket,
            )
    return made


def _ticket(part: Part, scopes: Scopes, judged: set[str], report: Report) -> str | None:
    """The entity of the record that a handover opens: it must be one that the engine can fill.

    Several queues may name it, and what it lacks is said once: `judged` holds those of which it was.
    """
    node = part.scalar("ticket")
    if node is None:
        return None
    spans = {name: outline.part.span for name, outline in scopes.outlines.items()}
    name = report.known(Message("entity"), node, spans)
    if name is None:
        return None
    outline = scopes.outlines[name]
    if name in judged:
        return name
    judged.add(name)
    label = (Label(outline.part.span, Message("this entity")),)
    if outline.parent is not None:
        text = Message("`{name}` records are children; a ticket is a record without a parent", name=name)
        report.error("OF107", text, node.span, NOTHING, Message("name another entity"), label)
        return None
    missing = [field for field in TICKET if field not in outline.fields]
    if missing and outline.part.intact:
        listed = ", ".join(f"`{field}`" for field in missing)
        text = Message(
            "a ticket needs the text fields {listed}; `{name}` lacks {listed2}",
            listed=_listed(TICKET),
            name=name,
            listed2=listed,
        )
        report.error(
            "OF107",
            text,
            node.span,
            NOTHING,
            Message("add {listed} with the type `text`", listed=listed),
            label,
        )
    for field in outline.fields.values():
        if field.name in TICKET and field.type.kind not in (Kind.TEXT, Kind.NONE):
            text = Message(
                "`{name}` of a ticket must be a text; that of `{name2}` is not", name=field.name, name2=name
            )
            labels = (Label(field.span, Message("this field")),)
            report.error("OF107", text, node.span, NOTHING, Message("make it `text`"), labels)
        elif field.name not in TICKET and is_required(outline, field.name):
            text = Message(
                "nothing gives `{name}` a value when a handover opens a `{name2}`",
                name=field.name,
                name2=name,
            )
            labels = (Label(field.span, Message("this field")),)
            report.error(
                "OF107", text, node.span, NOTHING, Message("add `default:` or `optional: true` to it"), labels
            )
    return name


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def compile_findings(parts: Parts, scopes: Scopes, report: Report) -> dict[str, Finding]:
    """The findings; one with faults is left out."""
    made = {}
    for name, part in parts.items():
        entity = _entity(part, Message("finding"), scopes, report)
        if entity is None:
            continue
        when = compile_expression(part.scalar("when"), scopes.of(entity), Kind.BOOL, report)
        if when is not None:
            made[name] = Finding(name, entity, part.text("label") or name, when, part.span)
    return made


def compile_metrics(parts: Parts, scopes: Scopes, report: Report) -> dict[str, Metric]:
    """The metrics; one with faults is left out."""
    made = {}
    for name, part in parts.items():
        entity = _entity(part, Message("metric"), scopes, report)
        metric = None if entity is None else _metric(part, entity, scopes, report)
        if metric is not None:
            made[name] = metric
    return made


def _metric(part: Part, entity: str, scopes: Scopes, report: Report) -> Metric | None:
    kind = _metric_kind(part, report)
    scope = scopes.of(entity, lenient=True)
    where = compile_expression(part.scalar("where"), scope, Kind.BOOL, report)
    due = compile_expression(part.scalar("due"), scope, Kind.BOOL, report)
    by = _grouping(part, scopes, scope, report)
    leave_out: dict[str, Expression] = {}
    for entry in part.entries("leave_out"):
        check_name(Message("reason"), entry.key, report)
        if isinstance(entry.value, ScalarNode):
            reason = compile_expression(entry.value, scope, Kind.BOOL, report)
            if reason is not None:
                leave_out[entry.name] = reason
    if kind is None:
        return None
    node = part.scalar("pass" if kind == "rate" else "mean")
    measure = compile_expression(node, scope, Kind.BOOL if kind == "rate" else None, report)
    if measure is None or node is None:
        return None
    if kind == "mean" and measure.type.kind not in (*NUMBERS, Kind.DURATION, Kind.NONE):
        report.error(
            "OF102",
            Message("`mean` needs a number or a length of time"),
            node.span,
            NOTHING,
            Message("subtract one time from another"),
        )
    also = tuple(dict.fromkeys(item.value for item in part.scalars("also")))
    return Metric(
        part.name,
        entity,
        part.text("label") or part.name,
        kind,
        where,
        due,
        measure,
        also,
        FrozenDict(leave_out),
        part.span,
        by,
    )


def _grouping(part: Part, scopes: Scopes, scope: Scope, report: Report) -> Expression | None:
    """What tells the groups of a metric apart: values that reports can name, and may show."""
    node = part.scalar("by")
    by = compile_expression(node, scope, None, report)
    if by is None or node is None:
        return None
    if by.type.kind not in GROUPING:
        text = Message(
            "`by` needs a date, text, choice, bool or integer, and this is a {kind}",
            kind=describe(present(by.type)),
        )
        fix = Message("take the day of it: `day(...)`") if by.type.kind is Kind.DATETIME else NOTHING
        report.error(
            "OF102", text, node.span, NOTHING, fix or Message("group by something that has few values")
        )
        return None
    hidden = sorted(path for path in by.reads.paths if scopes.is_private(path))
    if hidden:
        text = Message(
            "the groups of `{name}` would show the private `{value}`",
            name=part.name,
            value=hidden[0].partition(".")[2],
        )
        report.error("OF102", text, node.span, NOTHING, Message("group by something that may be shown"))
        return None
    return by


def _metric_kind(part: Part, report: Report) -> Literal["rate", "mean"] | None:
    """Whether it is a share or a distribution; keys that belong to the other one are reported."""
    share, mean = part.node.get("pass") is not None, part.node.get("mean") is not None
    if share and mean:
        entry = part.node.entry("mean")
        span = entry.key.span if entry else part.span
        report.error(
            "OF107",
            Message("metric `{name}` has both `pass` and `mean`", name=part.name),
            span,
            NOTHING,
            Message("keep one of them"),
        )
        return None
    if not share and not mean:
        if part.intact:
            fix = Message("add `pass:` for a share, or `mean:` for an average")
            report.error(
                "OF107",
                Message("metric `{name}` says neither `pass` nor `mean`", name=part.name),
                part.span,
                NOTHING,
                fix,
            )
        return None
    key, other = ("also", Message("share")) if share else ("due", Message("distribution"))
    entry = part.node.entry(key)
    if entry is not None:
        report.error(
            "OF107",
            Message("`{key}` says nothing about a {other}", key=key, other=other),
            entry.key.span,
            NOTHING,
            Message("remove it"),
        )
    return "rate" if share else "mean"


def _entity(part: Part, what: Message, scopes: Scopes, report: Report) -> str | None:
    """The entity that `of` names."""
    check_name(what, part.key, report)
    node = part.scalar("of")
    if node is None:
        return None
    return report.known(
        Message("entity"), node, {name: outline.part.span for name, outline in scopes.outlines.items()}
    )


def compile_channels(parts: Parts, scopes: Scopes, report: Report) -> dict[str, Channel]:
    """The channels; one with faults is left out."""
    made = {}
    for name, part in parts.items():
        entity = _entity(part, Message("channel"), scopes, report)
        channel = None if entity is None else _channel(part, entity, scopes, report)
        if channel is not None:
            made[name] = channel
    return made


def _channel(part: Part, entity: str, scopes: Scopes, report: Report) -> Channel | None:
    outline = scopes.outlines[entity]
    fields = outline.fields
    spans = spans_of(fields.values())
    before = report.errors
    if outline.parent is not None:
        node = part.scalar("of")
        text = Message(
            "`{entity}` records are children; a channel brings records that have no parent", entity=entity
        )
        report.error(
            "OF107",
            text,
            node.span if node else part.span,
            NOTHING,
            Message("name `{parent}`", parent=outline.parent),
        )
        return None
    columns: dict[str, str] = {}
    for entry in part.entries("columns"):
        name = (
            report.known(
                Message("field"), entry.key, spans, Message("the `fields` of `{entity}`", entity=entity)
            )
            or entry.name
        )
        if name in fields and fields[name].type.kind is Kind.LIST:
            report.error(
                "OF102",
                Message("`{name}` is a list; a column holds one value", name=name),
                entry.key.span,
                NOTHING,
                Message("remove it"),
            )
        if isinstance(entry.value, ScalarNode):
            columns[name] = entry.value.value
    for node in (*part.scalars("submitted"), *part.scalars("then")):
        name = (
            report.known(Message("field"), node, spans, Message("the `fields` of `{entity}`", entity=entity))
            or ""
        )
        field = fields.get(name)
        if field is None:
            continue
        if field.type.kind is not Kind.DATETIME and is_known(field.type):
            text = Message(
                "`{name}` is a {kind}; only a datetime says when", name=field.name, kind=field.type.kind
            )
            report.error("OF102", text, node.span, NOTHING, Message("name a datetime field"))
        elif field.name not in columns and part.intact and field.name not in part.lost_names("columns"):
            report.error(
                "OF101",
                Message("`{name}` has no column", name=field.name),
                node.span,
                NOTHING,
                Message("add it to the `columns` of `{name}`", name=part.name),
            )
    submitted = part.scalar("submitted")
    if submitted is None or report.errors > before:
        return None
    return Channel(
        name=part.name,
        of=entity,
        label=part.text("label") or part.name,
        columns=FrozenDict(columns),
        submitted=name_of(submitted),
        then=tuple(name_of(node) for node in part.scalars("then")),
        ignore=tuple(node.value for node in part.scalars("ignore")),
        span=part.span,
    )


def is_required(outline: Outline, name: str) -> bool:
    """Whether a submit of an entity must bring a field: nothing else gives it a value."""
    field = outline.fields[name]
    given = name == outline.key or field.type.optional or field.default is not None
    if given or not is_known(field.type):
        return False
    fields = outline.part.part("fields")
    written = None if fields is None else fields.part(name)
    return written is None or written.scalar("formula") is None
