"""Promised days: where they count from, and where they are written."""

import re
from collections.abc import Mapping
from datetime import time

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.names import check_name
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.diagnostics import Label
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import DATETIME, Kind, Type, optional
from orderflow.model.definition import Changes
from orderflow.model.policies import Calendar, Promise

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
#: Days of delivery and of buffer stay below a hundred years.
_DAYS = Type(Kind.INTEGER, optional=True)


def compile_promises(parts: Mapping[str, Part], scopes: Scopes, report: Report) -> dict[str, Promise]:
    """The promises; one with faults is left out.

    Args:
        parts: their documents by name.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made = {}
    for name, part in parts.items():
        check_name(Message("promise"), part.key, report)
        node = part.scalar("of")
        spans = {entity: outline.part.span for entity, outline in scopes.outlines.items()}
        entity = None if node is None else report.known(Message("entity"), node, spans)
        promise = None if entity is None else _promise(part, entity, scopes, report)
        if promise is not None:
            made[name] = promise
    return made


def _promise(part: Part, entity: str, scopes: Scopes, report: Report) -> Promise | None:
    before = report.errors
    scope = scopes.of(entity)
    start = compile_expression(part.scalar("start"), scope, optional(DATETIME), report)
    days = compile_expression(part.scalar("days"), scope, _DAYS, report)
    buffer = compile_expression(part.scalar("buffer"), scope, _DAYS, report)
    cutoff = _cutoff(part, report)
    writes = _writes(part, entity, scopes, report)
    calendar = _calendar(part, scopes, report)
    if start is None or days is None or report.errors > before:
        return None
    return Promise(
        name=part.name,
        label=part.text("label") or part.name,
        of=entity,
        start=start,
        cutoff=cutoff,
        days=days,
        buffer=buffer,
        writes=writes,
        span=part.span,
        calendar=calendar,
    )


def _calendar(part: Part, scopes: Scopes, report: Report) -> Calendar | None:
    node = part.scalar("calendar")
    if node is None:
        return None
    calendars = scopes.declared.calendars
    name = report.known(
        Message("calendar"),
        node,
        {name: calendar.span for name, calendar in calendars.items()},
        Message("`calendars`"),
    )
    return None if name is None else calendars[name]


def _cutoff(part: Part, report: Report) -> time | None:
    node = part.scalar("cutoff")
    if node is None:
        return None
    match = _TIME.fullmatch(node.value.strip())
    if match is None:
        text = Message("`cutoff` must be a local time, not `{value}`", value=node.value)
        report.error("OF102", text, node.span, NOTHING, Message('write such as `"16:00"`'))
        return None
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _writes(part: Part, entity: str, scopes: Scopes, report: Report) -> str | None:
    node = part.scalar("writes")
    if node is None:
        return None
    parent = scopes.outlines[entity].parent
    if parent is None:
        text = Message("`{entity}` has no parent whose field could be written", entity=entity)
        report.error(
            "OF107", text, node.span, NOTHING, Message("name the parcel's entity in `of`, or remove `writes`")
        )
        return None
    fields = scopes.outlines[parent].fields
    name = report.known(
        Message("field"),
        node,
        spans_of(fields.values()),
        Message("the `fields` of `{parent}`", parent=parent),
    )
    field = None if name is None else fields[name]
    if field is None or not is_known(field.type):
        return name
    label = (Label(field.span, Message("this field")),)
    if field.type.kind is not Kind.DATE or not field.type.optional:
        text = Message(
            "`writes` needs a date that may be missing; `{name}` is no such field of `{parent}`",
            name=name,
            parent=parent,
        )
        report.error(
            "OF102", text, node.span, NOTHING, Message("make it `type: date` and `optional: true`"), label
        )
    elif field.changes is Changes.NEVER:
        text = Message("`{name}` never changes, so no promise can write it", name=name)
        report.error("OF209", text, node.span, NOTHING, Message("make it `changes: once`"), label)
    return name
