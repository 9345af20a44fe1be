"""Fields, data of events, aggregates, tiers and tags that nothing reads, writes or shows (OF104).

What has a `label` is there for people, and so is a choice whose options have labels: that is use enough. So is a contract:
somebody has said how the value may change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from orderflow.diagnostics import Message, Span
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Changes, Definition, Entity, Field
from orderflow.model.standing import RowsSet

#: Fields of rows that stand for units of stock: allocation, resources and moves read them.
_UNITS: frozenset[str | None] = frozenset({"sku", "quantity", "pool"})
#: Fields that a handover fills in the record that it opens.
_TICKET = ("record", "queue", "owner", "opened_by")


NOT_USED = Message("not used")


@dataclass(frozen=True, slots=True)
class Named:
    """A name that nothing uses; `alone` when it can be taken out by itself, and no data are lost with it."""

    text: Message
    span: Span
    fix: Message
    note: Message = NOT_USED
    alone: bool = True


def expressions_of(part: object) -> Iterator[Expression]:
    """Every expression in a rule set, those in texts too."""
    waiting = [part]
    while waiting:
        item = waiting.pop()
        if item is None or isinstance(item, (str, int, Span, Type)):
            continue
        if isinstance(item, Expression):
            yield item
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, tuple):
            waiting += item
        elif is_dataclass(item):
            waiting += (getattr(item, known.name) for known in fields(item))


def check_unused_figures(rules: Definition) -> Iterator[Named]:
    """Aggregates, tiers and tags that no expression asks for, no action follows and nobody is shown by a label."""
    reads = [expression.reads for expression in expressions_of(rules)]
    aggregates = {name for read in reads for name in read.aggregates}
    tiers = {name for read in reads for name in read.tiers}
    tags = {name for read in reads for name in read.tags}
    for entity in rules.entities.values():
        for item in entity.aggregates.values():
            if item.label == item.name and f"{entity.name}.{item.name}" not in aggregates:
                text = Message("nothing reads the aggregate `{name}`", name=item.name)
                yield Named(text, item.span, _read_or_remove(Message("aggregate")))
        for tier in entity.tiers.values():
            if tier.label == tier.name and f"{entity.name}.{tier.name}" not in tiers:
                fix = Message(
                    'ask for it by `tier("{name}")`, give it a `label`, or remove it', name=tier.name
                )
                text = Message("nothing asks for the tier `{name}`", name=tier.name)
                yield Named(text, tier.span, fix, alone=False)
        for tag in entity.tags.values():
            acts = tag.on_set or tag.on_clear or tag.name in tags
            if tag.label == tag.name and not acts:
                fix = Message(
                    'ask for it by `has_tag("{name}")`, name an action in `on_set`, give it a `label`, or remove it',
                    name=tag.name,
                )
                yield Named(Message("nothing asks for the tag `{name}`", name=tag.name), tag.span, fix)


def check_unused_fields(rules: Definition) -> Iterator[Named]:
    """Fields, of rows too, and data of events without a label that nothing reads or writes."""
    used = _used(rules)
    for entity in rules.entities.values():
        yield from _stray(entity.name, entity.fields, used, frozenset((entity.key,)), entity.span)
        seen: set[str] = set()
        groups = [entity.fields, *(event.data for event in entity.events.values())]
        for field in (field for group in groups for field in group.values()):
            if field.rows is not None and field.rows.name not in seen:
                seen.add(field.rows.name)
                if f"{field.rows.name}.*" not in used:
                    needed = _UNITS | {field.rows.key}
                    yield from _stray(field.rows.name, field.rows.fields, used, needed, field.rows.span)
        taken = {transition.event for transition in entity.transitions.values()}
        for event in entity.events.values():
            if event.name not in taken:
                continue  # the event has been told of
            for datum in event.data.values():
                if not _is_shown(datum) and f"event.{datum.name}" not in used:
                    text = Message(
                        "nothing reads `{name}` of the event `{event}`", name=datum.name, event=event.name
                    )
                    yield Named(text, datum.span, _read_or_remove(Message("datum")), alone=False)


def _stray(
    owner: str, known: Mapping[str, Field], used: frozenset[str], needed: frozenset[str | None], holder: Span
) -> Iterator[Named]:
    """The fields of an entity or a record that stand there for nobody; `needed` are those that the engine asks for."""
    for field in known.values():
        if field.span == holder or field.name in needed or _is_shown(field) or _has_contract(field):
            continue  # a field at its holder's place was not written by anybody
        if f"{owner}.{field.name}" not in used:
            text = Message("nothing reads or writes the field `{name}`", name=field.name)
            yield Named(text, field.span, _read_or_remove(Message("field")), alone=False)


def _read_or_remove(what: Message) -> Message:
    return Message(
        "use it in an expression, give it a `label` if people read it, or remove the {what}", what=what
    )


def _is_shown(field: Field) -> bool:
    """Whether somebody has said what people call it, or its options."""
    labelled = field.type.name != "warehouse" and any(name != said for name, said in field.options.items())
    return field.label != field.name or labelled


def _has_contract(field: Field) -> bool:
    """Whether something is said of how its value is made or changes."""
    said = (field.editable, field.auto, field.formula, field.pattern)
    flags = field.reason_required or field.private or field.creates
    return flags or field.changes is not Changes.FREE or any(item is not None for item in said)


def _used(rules: Definition) -> frozenset[str]:
    """Everything that rules read or write, as `order.paid_at`; `line.*` where whole rows are handed on."""
    found: set[str] = set()
    for expression in expressions_of(rules):
        found |= expression.reads.paths
        found.update(_whole(expression.type))
    for entity in rules.entities.values():
        found.update(_written(entity, rules))
        for item in entity.aggregates.values():
            found.add(f"{item.of}.{item.by}")
        found |= {f"{entity.name}.{resource.owner}" for resource in entity.resources.values()}
    for channel in rules.channels.values():
        found |= {f"{channel.of}.{name}" for name in (*channel.columns, channel.submitted, *channel.then)}
    for policy in rules.allocation.values():
        found.add(f"{policy.of}.{policy.lines}")
        rows = rules.entities[policy.of].fields[policy.lines].rows
        found |= set() if rows is None else {f"{rows.name}.{policy.line_key}"}
    for promise in rules.promises.values():
        found |= {f"{name}.{promise.writes}" for name in rules.entities}
    for queue in rules.queues.values():
        found |= {f"{queue.ticket}.{name}" for name in _TICKET}
    return frozenset(found)


def _written(entity: Entity, rules: Definition) -> Iterator[str]:
    """What the events of an entity set, and what its transitions give to the children that they make."""
    for event in entity.events.values():
        for name, value in event.sets.items():
            yield f"{entity.name}.{name}"
            rows = entity.fields[name].rows if isinstance(value, RowsSet) else None
            if rows is not None and isinstance(value, RowsSet):
                yield from (f"{rows.name}.{inner}" for inner in value.values)
    for transition in entity.transitions.values():
        child = entity.children.get(transition.creates or "")
        made = None if child is None else rules.entities.get(child.entity)
        if made is None:
            continue
        for name in transition.created:
            yield f"{made.name}.{name}"
            rows = made.fields[name].rows
            if rows is not None:
                yield f"{rows.name}.*"


def _whole(type_: Type) -> Iterator[str]:
    """The rows that an expression gives as they are."""
    row = type_.item if type_.kind is Kind.LIST else type_
    if row is not None and row.kind is Kind.RECORD:
        yield f"{row.name}.*"
