"""An entity's names, before any expression is read: fields, states, events, children."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orderflow.compiler.field_types import Nameable, is_known
from orderflow.compiler.fields import declare_fields, declare_records, spans_of
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_name, check_value_name
from orderflow.compiler.nodes import name_of
from orderflow.compiler.part import Part
from orderflow.compiler.plan_field import PARCEL, PLAN, plan_field
from orderflow.compiler.report import Report
from orderflow.compiler.states import States, declare_states
from orderflow.diagnostics import Label, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import TEXT_TYPE, Kind
from orderflow.model.definition import Changes, Child, Field
from orderflow.model.frozen import EMPTY

#: The shared sections by kind and name.
Sections = Mapping[str, Mapping[str, Part]]


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

    @property
    def refs(self) -> Mapping[str, str]:
        """The entity that each ref field refers to."""
        return {name: field.type.name for name, field in self.fields.items() if field.type.kind is Kind.REF}

    @property
    def computed(self) -> frozenset[str]:
        """The fields that have a formula: a submit need not bring them."""
        parts = self.part.parts("fields")
        return frozenset(part.name for part in parts if part.node.get("formula") is not None)

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields that need a value from whoever makes a record, as far as they can be read."""
        given = {self.key, PLAN if self.planned else None, *self.computed}
        return tuple(
            field
            for field in self.fields.values()
            if field.name not in given
            and not field.type.optional
            and field.default is None
            and is_known(field.type)
        )

    @property
    def planned(self) -> bool:
        """Whether a record of it is made of a plan's parcel."""
        field = self.fields.get(PLAN)
        return field is not None and field.type.kind is Kind.RECORD

    @property
    def plan_children(self) -> frozenset[str]:
        """The kinds of children that are made of a plan's parcels."""
        return frozenset(child.name for child in self.children.values() if child.one_per == PARCEL)


def declare_entities(
    parts: tuple[Part, ...], header: Header, report: Report, sections: Sections = EMPTY
) -> dict[str, Outline]:
    """The outlines of all entities by name.

    Args:
        parts: the entities' documents, each named by the value of its `entity`.
        header: the rule set's head.
        report: where the findings go.
        sections: the shared sections: a type may name a warehouse, a plan has the key of the rows it is made of.
    """
    named: dict[str, Part] = {}
    for part in parts:
        check_value_name(Message("entity"), part.key, {}, report)
        first = named.setdefault(part.name, part)
        if first is not part:
            label = Label(first.span, Message("first here"))
            report.error(
                "OF105",
                Message("entity `{name}` is defined twice", name=part.name),
                part.span,
                Message("again here"),
                Message("rename one"),
                (label,),
            )
    spans = {name: part.span for name, part in named.items()}
    warehouses = {
        name: part.text("label") or name for name, part in sections.get("warehouses", EMPTY).items()
    }
    known = Nameable(spans, warehouses)
    above = {child.text("entity"): name for name, part in named.items() for child in part.parts("children")}
    outlines = {name: _outline(part, known, above.get(name), header, report) for name, part in named.items()}
    outlines = {
        name: _planned(outline, outlines, known, sections, report) for name, outline in outlines.items()
    }
    for outline in outlines.values():
        _check_refs(outline, outlines, report)
    return {name: _related(outline, outlines, report) for name, outline in outlines.items()}


def _outline(part: Part, known: Nameable, holder: str | None, header: Header, report: Report) -> Outline:
    entities = known.entities or {}
    parent = _parent(part, entities, holder, report)
    children = _children(part, entities, report)
    taken = dict.fromkeys(children, Message("the children of that name"))
    taken[part.name] = Message("the record itself")
    if parent is not None:
        taken[parent] = Message("the parent record")
    known = replace(known, records=declare_records(part, header, report, known.warehouses))
    fields = declare_fields(part, "fields", Message("field"), header, report, known=known, taken=taken)
    states = declare_states(part, {name: child.span for name, child in children.items()}, report)
    events: dict[str, Mapping[str, Field]] = {}
    for event in part.parts("events"):
        check_name(Message("event"), event.key, report)
        taken_by_event = dict.fromkeys(("actor", "at", "event_id"), Message("what every event carries"))
        events[event.name] = declare_fields(
            event, "data", Message("field"), header, report, known=known, taken=taken_by_event
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
            text = Message("`{name}` cannot be its own parent", name=part.name)
            report.error(
                "OF107", text, node.span, NOTHING, Message("name the entity above it, or remove `parent`")
            )
        return holder if holder != part.name else None
    return report.known(
        Message("entity"), node, {name: span for name, span in entities.items() if name != part.name}
    )


def _children(part: Part, entities: Mapping[str, Span], report: Report) -> dict[str, Child]:
    children: dict[str, Child] = {}
    for child in part.parts("children"):
        check_value_name(
            Message("kind of children"), child.key, {part.name: Message("the record itself")}, report
        )
        entity, one_per = child.scalar("entity"), child.scalar("one_per")
        if entity is None:
            continue
        meant = report.known(Message("entity"), entity, entities)
        if meant is None:
            continue
        stands_for = None
        if one_per is not None:
            stands_for = (
                report.known(Message("entity"), one_per, {part.name: part.span, PARCEL: part.span})
                or part.name
            )
        children[child.name] = Child(child.name, meant, stands_for, child.span)
    planned = [child for child in children.values() if child.one_per == PARCEL]
    for other in planned[1:]:
        text = Message(
            "`{name}` and `{name2}` are both made of the parcels of a plan",
            name=other.name,
            name2=planned[0].name,
        )
        labels = (Label(planned[0].span, Message("the first ones")),)
        report.error(
            "OF107", text, other.span, NOTHING, Message("keep one `one_per: {PARCEL}`", PARCEL=PARCEL), labels
        )
        children[other.name] = replace(other, one_per=None)
    return children


def _planned(
    outline: Outline,
    outlines: Mapping[str, Outline],
    known: Nameable,
    sections: Sections,
    report: Report,
) -> Outline:
    """The outline with the built-in field `plan`, if it is a parcel of one."""
    parent = outlines.get(outline.parent or "")
    if parent is None or all(parent.children[name].entity != outline.name for name in parent.plan_children):
        return outline
    if PLAN in outline.fields:
        text = Message("`{PLAN}` already means the parcel's plan", PLAN=PLAN)
        report.error(
            "OF105", text, outline.fields[PLAN].span, Message("a field of that name"), Message("rename it")
        )
    field = plan_field(outline.part.span, parent.name, parent.fields, known.warehouses, sections)
    return replace(outline, fields={**outline.fields, PLAN: field})


def _check_refs(outline: Outline, outlines: Mapping[str, Outline], report: Report) -> None:
    """A ref names a root; one that may be made needs nothing but its key."""
    for name, target in outline.refs.items():
        field, other = outline.fields[name], outlines[target]
        part = next((part for part in outline.part.parts("fields") if part.name == name), None)
        node = None if part is None else part.scalar("type")
        span = field.span if node is None else node.span
        if other.parent is not None:
            text = Message(
                "`{name}` refers to `{target}`, whose records have a parent; a ref names a record without one",
                name=name,
                target=target,
            )
            report.error("OF107", text, span, NOTHING, Message("refer to `{parent}`", parent=other.parent))
        lacking = other.required
        if not field.creates or other.parent is not None or not lacking:
            continue
        entry = None if part is None else part.node.entry("missing")
        names = ", ".join(f"`{item.name}`" for item in lacking)
        text = Message(
            "a `{target}` that `{name}` makes would lack {names}: nothing gives it a value",
            target=target,
            name=name,
            names=names,
        )
        labels = (Label(lacking[0].span, Message("needs a value")),)
        fix = Message("add `default:` or `optional: true` to it, or remove `missing: create`")
        report.error("OF103", text, entry.key.span if entry else span, NOTHING, fix, labels)


def _with_key(outline: Outline, report: Report) -> Outline:
    """The outline with its key field: of a root, `NAME_id` is added where no key is named."""
    part = outline.part
    node = part.scalar("key")
    if node is not None:
        name = report.known(Message("field"), node, spans_of(outline.fields.values()), Message("`fields`"))
        if name is None:
            return outline
        field = outline.fields[name]
        if field.type.kind not in (Kind.TEXT, Kind.NONE) or field.type.optional:
            report.error(
                "OF102",
                Message("the key `{name}` must be a text that is always there", name=name),
                field.span,
                NOTHING,
                Message("make it `text`"),
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
            label = Label(other.part.span, Message("this entity"))
            fix = Message("add `parent: {name}` to it", name=outline.name)
            message = Message(
                "`{name}` are of `{name2}`, which does not say `parent: {name3}`",
                name=child.name,
                name2=other.name,
                name3=outline.name,
            )
            report.error("OF107", message, child.span, NOTHING, fix, (label,))
    if outline.children and outline.parent is not None and outline.part.scalar("parent") is not None:
        first = next(iter(outline.children.values()))
        text = Message(
            "`{name}` is itself a child of `{parent}`; children have no children",
            name=outline.name,
            parent=outline.parent,
        )
        fix = Message("move `{name}` up to the entity at the top, or remove `parent`", name=first.name)
        report.error("OF107", text, first.span, NOTHING, fix)
    elif outline.parent is not None:
        above = outlines[outline.parent]
        if (
            all(child.entity != outline.name for child in above.children.values())
            and above.part.intact
            and not (above.part.lost_names("children"))
        ):
            node = outline.part.scalar("parent")
            fix = Message(
                "add `children: {{{name}s: {{entity: {name}}}}}` to `{name2}`",
                name=outline.name,
                name2=above.name,
            )
            message = Message(
                "`{name}` has no children of the entity `{name2}`", name=above.name, name2=outline.name
            )
            report.error("OF107", message, node.span if node else outline.part.span, NOTHING, fix)
    return outline
