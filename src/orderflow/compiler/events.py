"""Declared events: who may send them, what they carry, what they set."""

from collections.abc import Mapping

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.header import Header
from orderflow.compiler.nodes import MapNode, ScalarNode, name_of
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.diagnostics import Label, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind, describe
from orderflow.model.definition import Changes, EventType, Field
from orderflow.model.frozen import FrozenDict
from orderflow.model.standing import RowsSet

#: The key beside the fields of rows that says in which of them they are set.
_WHERE = "where"


def compile_events(outline: Outline, header: Header, scopes: Scopes, report: Report) -> dict[str, EventType]:
    """The events of an entity."""
    made: dict[str, EventType] = {}
    for part in outline.part.parts("events"):
        made[part.name] = EventType(
            name=part.name,
            label=part.text("label") or part.name,
            by=known_roles(part.scalars("by"), header, report),
            data=FrozenDict(outline.event_data[part.name]),
            sets=FrozenDict(_sets(part, outline, scopes, report)),
            span=part.span,
        )
    return made


def known_roles(nodes: tuple[ScalarNode, ...], header: Header, report: Report) -> tuple[str, ...]:
    """The roles that some scalars name; unknown ones are reported."""
    lost = () if header.sure else {name_of(node) for node in nodes}
    found = (
        report.known(Message("role"), node, header.roles, Message("`roles` of the rule set"), lost)
        for node in nodes
    )
    return tuple(role for role in found if role is not None)


def _sets(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Mapping[str, Expression | RowsSet]:
    scope = scopes.event(outline.name, part.name)
    sets: dict[str, Expression | RowsSet] = {}
    for entry in part.entries("set"):
        name = report.known(
            Message("field"), entry.key, spans_of(outline.fields.values()), Message("`fields`")
        )
        if name is None:
            continue
        field = outline.fields[name]
        if name == outline.key:
            text = Message("`{name}` is the key: it stays what it is, so no event can set it", name=name)
            report.error("OF209", text, entry.key.span, NOTHING, Message("remove it"))
        elif field.changes is Changes.NEVER:
            fix = Message("remove it, or let the field change")
            report.error(
                "OF209",
                Message("`{name}` never changes, so no event can set it", name=field.name),
                entry.key.span,
                NOTHING,
                fix,
            )
        made: Expression | RowsSet | None = None
        if isinstance(entry.value, MapNode):
            made = _rows(part.of(entry), field, scope, report)
        elif isinstance(entry.value, ScalarNode):
            made = compile_expression(
                entry.value, scope, field.type if is_known(field.type) else None, report
            )
        if made is not None:
            sets[name] = made
    return sets


def _rows(part: Part, field: Field, scope: Scope, report: Report) -> RowsSet | None:
    """What an event sets in the rows of a list: each expression sees the row, the record around it and the event."""
    kind = field.rows
    if kind is None:
        if field.type.kind is not Kind.NONE:
            text = Message(
                "`{name}` is {kind}, and has no rows to set fields of",
                name=field.name,
                kind=describe(field.type),
            )
            labels = (Label(field.span, Message("this field")),)
            report.error(
                "OF107",
                text,
                part.span,
                NOTHING,
                Message("write `{name}: EXPRESSION`", name=field.name),
                labels,
            )
        return None
    before = report.errors
    row = Scope(kind.name, {name: item.type for name, item in kind.fields.items()}, outer=scope)
    where = compile_expression(part.scalar(_WHERE), row, Kind.BOOL, report)
    values: dict[str, Expression] = {}
    known = spans_of(kind.fields.values())
    for entry in part.node.entries:
        if entry.name == _WHERE:
            continue
        name = _row_field(entry.key, part, known, report)
        if name is None or not isinstance(entry.value, ScalarNode):
            continue
        if name == kind.key:
            text = Message("`{name}` is the key of the rows: it stays what it is", name=name)
            report.error("OF209", text, entry.key.span, NOTHING, Message("remove it"))
            continue
        type_ = kind.fields[name].type
        expression = compile_expression(entry.value, row, type_ if is_known(type_) else None, report)
        if expression is not None:
            values[name] = expression
    if all(entry.name == _WHERE for entry in part.node.entries) and part.intact:
        text = Message("`{name}` sets nothing in its rows", name=field.name)
        report.error("OF107", text, part.span, NOTHING, Message("add `FIELD: EXPRESSION`, or remove it"))
    if report.errors > before or not part.intact:
        return None
    return RowsSet(where, FrozenDict(values), part.span)


def _row_field(node: ScalarNode, part: Part, known: Mapping[str, Span], report: Report) -> str | None:
    """The field of a row that a key means; a key next to the fields may be a misspelled `where`."""
    names = dict(known) if part.node.get(_WHERE) is not None else {**known, _WHERE: part.span}
    found = report.known(Message("field"), node, names, Message("the `fields` of the record"))
    return None if found == _WHERE else found
