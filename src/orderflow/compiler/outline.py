"""An entity's names, before any expression is read: fields, states, events, children."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orderflow.compiler.fields import declare_fields, declare_records, spans_of
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_name, check_value_name
from orderflow.compiler.nodes import name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.states import States, declare_states
from orderflow.diagnostics import Label, Span
from orderflow.expr.types import TEXT_TYPE, Kind
from orderflow.model.definition import Changes, Child, Field


@dataclass(frozen=True, slots=True)
class Outline:
    """What other parts of the rule set may name of an entity."""

    part: Part
    name: str
    label: str
    key: str | None
    parent: str | None
    fields: Mapping[str, Field]
    children: Mapping[str, Child]
    states: States
    event_data: Mapping[str, Mapping[str, Field]]
    event_spans: Mapping[str, Span]
    lost_events: frozenset[str]


def declare_entities(parts: tuple[Part, ...], header: Header, report: Report) -> dict[str, Outline]:
    """The outlines of all entities by name.

    Args:
        parts: the entities' documents, each named by the value of its `entity`.
        header: the rule set's head.
        report: where the findings go.
    """
    named: dict[str, Part] = {}
    for part in parts:
        check_value_name("entity", part.key, {}, report)
        first = named.setdefault(part.name, part)
        if first is not part:
            label = Label(first.span, "first here")
            report.error(
                "OF105",
                f"entity `{part.name}` is defined twice",
                part.span,
                "again here",
                "rename one",
                (label,),
            )
    spans = {name: part.span for name, part in named.items()}
    above = {child.text("entity"): name for name, part in named.items() for child in part.parts("children")}
    outlines = {name: _outline(part, spans, above.get(name), header, report) for name, part in named.items()}
    return {name: _related(outline, outlines, report) for name, outline in outlines.items()}


def _outline(
    part: Part, entities: Mapping[str, Span], holder: str | None, header: Header, report: Report
) -> Outline:
    parent = _parent(part, entities, holder, report)
    children = _children(part, entities, report)
    taken = dict.fromkeys(children, "the children of that name")
    taken[part.name] = "the record itself"
    if parent is not None:
        taken[parent] = "the parent record"
    records = declare_records(part, header, report)
    fields = declare_fields(part, "fields", "field", header, report, records=records, taken=taken)
    states = declare_states(part, {name: child.span for name, child in children.items()}, report)
    events: dict[str, Mapping[str, Field]] = {}
    for event in part.parts("events"):
        check_name("event", event.key, report)
        taken_by_event = dict.fromkeys(("actor", "at", "event_id"), "what every event carries")
        events[event.name] = declare_fields(event, "data", "field", header, report, taken=taken_by_event)
        for field in events[event.name].values():
            if field.type.kind is Kind.LIST:
                report.error(
                    "OF102",
                    f"an event carries no lists; `{field.name}` is one",
                    field.span,
                    "",
                    "make it plain",
                )
    made = Outline(
        part=part,
        name=part.name,
        label=part.text("label") or part.name,
        key=None,
        parent=parent,
        fields=fields,
        children=children,
        states=states,
        event_data=events,
        event_spans={event.name: event.span for event in part.parts("events")},
        lost_events=part.lost_names("events"),
    )
    return _with_key(made, report)


def _parent(part: Part, entities: Mapping[str, Span], holder: str | None, report: Report) -> str | None:
    """The entity above; where it is not said or wrong, the `holder` that names this one among its children."""
    node = part.scalar("parent")
    if node is None or name_of(node) == part.name:
        if node is not None:
            text = f"`{part.name}` cannot be its own parent"
            report.error("OF107", text, node.span, "", "name the entity above it, or remove `parent`")
        return holder if holder != part.name else None
    return report.known("entity", node, {name: span for name, span in entities.items() if name != part.name})


def _children(part: Part, entities: Mapping[str, Span], report: Report) -> dict[str, Child]:
    children: dict[str, Child] = {}
    for child in part.parts("children"):
        check_value_name("kind of children", child.key, {part.name: "the record itself"}, report)
        entity, one_per = child.scalar("entity"), child.scalar("one_per")
        if entity is None:
            continue
        meant = report.known("entity", entity, entities)
        if meant is None:
            continue
        if one_per is not None and name_of(one_per) != part.name:
            report.unknown("entity", one_per, {part.name: part.span})
        children[child.name] = Child(child.name, meant, None if one_per is None else part.name, child.span)
    return children


def _with_key(outline: Outline, report: Report) -> Outline:
    """The outline with its key field: of a root, `NAME_id` is added where no key is named."""
    part = outline.part
    node = part.scalar("key")
    if node is not None:
        name = report.known("field", node, spans_of(outline.fields.values()), "`fields`")
        if name is None:
            return outline
        field = outline.fields[name]
        if field.type.kind not in (Kind.TEXT, Kind.NONE) or field.type.optional:
            report.error(
                "OF102",
                f"the key `{name}` must be a text that is always there",
                field.span,
                "",
                "make it `text`",
            )
        return replace(outline, key=name)
    if outline.parent is not None:
        return outline
    name = f"{outline.name}_id"
    if name in outline.fields:
        return replace(outline, key=name)
    added = Field(name, name, TEXT_TYPE, part.span, changes=Changes.NEVER)
    return replace(outline, key=name, fields={name: added, **outline.fields})


def _related(outline: Outline, outlines: Mapping[str, Outline], report: Report) -> Outline:
    """Check that parents and children name each other."""
    for child in outline.children.values():
        other = outlines[child.entity]
        said = other.part.text("parent")
        if (said is None and other.part.intact) or (other.parent != outline.name and said != other.name):
            label = Label(other.part.span, "this entity")
            fix = f"add `parent: {outline.name}` to it"
            message = f"`{child.name}` are of `{other.name}`, which does not say `parent: {outline.name}`"
            report.error("OF107", message, child.span, "", fix, (label,))
    if outline.children and outline.parent is not None and outline.part.scalar("parent") is not None:
        first = next(iter(outline.children.values()))
        text = f"`{outline.name}` is itself a child of `{outline.parent}`; children have no children"
        fix = f"move `{first.name}` up to the entity at the top, or remove `parent`"
        report.error("OF107", text, first.span, "", fix)
    elif outline.parent is not None:
        above = outlines[outline.parent]
        if (
            all(child.entity != outline.name for child in above.children.values())
            and above.part.intact
            and not (above.part.lost_names("children"))
        ):
            node = outline.part.scalar("parent")
            fix = f"add `children: {{{outline.name}s: {{entity: {outline.name}}}}}` to `{above.name}`"
            message = f"`{above.name}` has no children of the entity `{outline.name}`"
            report.error("OF107", message, node.span if node else outline.part.span, "", fix)
    return outline
