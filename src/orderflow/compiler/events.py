"""Declared events: who may send them, what they carry, what they set."""

from collections.abc import Mapping

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.header import Header
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.expr.tree import Expression
from orderflow.expr.types import UNKNOWN
from orderflow.model.definition import Changes, EventType
from orderflow.model.frozen import FrozenDict


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
    found = (report.known("role", node, header.roles, "`roles` of the rule set", lost) for node in nodes)
    return tuple(role for role in found if role is not None)


def _sets(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Mapping[str, Expression]:
    scope = scopes.event(outline.name, part.name)
    sets: dict[str, Expression] = {}
    for entry in part.entries("set"):
        name = report.known("field", entry.key, spans_of(outline.fields.values()), "`fields`")
        if name is None:
            continue
        field = outline.fields[name]
        if name == outline.key:
            text = f"`{name}` is the key: it stays what it is, so no event can set it"
            report.error("OF209", text, entry.key.span, "", "remove it")
        elif field.changes is Changes.NEVER:
            fix = "remove it, or let the field change"
            report.error(
                "OF209", f"`{field.name}` never changes, so no event can set it", entry.key.span, "", fix
            )
        if isinstance(entry.value, ScalarNode):
            expected = None if field.type == UNKNOWN else field.type
            expression = compile_expression(entry.value, scope, expected, report)
            if expression is not None:
                sets[name] = expression
    return sets
