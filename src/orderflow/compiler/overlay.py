"""One rule set over another: items by name, each replaced whole, and those that are dropped.

Every node keeps its span, so that a finding points into the file that the faulty line stands in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import NOTHING, Message

#: What a head takes from the base's where it does not say it.
INHERITED = ("timezone", "currency", "roles")

#: By the span of a mapping, the names of entries that were taken out of it.
Losses = dict[Span, frozenset[str]]


def merge_header(base: MapNode, own: MapNode) -> MapNode:
    """The head of a rule set with what it inherits."""
    said = {entry.name for entry in own.entries}
    more = tuple(entry for entry in base.entries if entry.name in INHERITED and entry.name not in said)
    return replace(own, entries=(*own.entries, *more))


def merge_entity(base: MapNode, own: MapNode, lost: Losses) -> MapNode:
    """An entity with the items of its own file in the place of the base's.

    Args:
        base: the entity as the base has it.
        own: what the rule set over it says of the same entity.
        lost: what was taken out of each mapping; those of `own` come to be those of the whole.
    """
    entries = {entry.name: entry for entry in base.entries}
    for entry in own.entries:
        below = entries.get(entry.name)
        if below is not None and entry.name == "entity":
            continue
        if below is not None and isinstance(below.value, MapNode) and isinstance(entry.value, MapNode):
            value = _merge_items(below.value, entry.value, nested=entry.name == "states")
            _lose_too(below.value.span, entry.value.span, lost)
            entries[entry.name] = Entry(below.key, value)
        else:
            entries[entry.name] = entry
    _lose_too(base.span, own.span, lost)
    return replace(base, entries=tuple(entries.values()))


def _lose_too(below: Span, own: Span, lost: Losses) -> None:
    if own in lost:
        lost[below] = lost.get(below, frozenset()) | lost[own]


def _merge_items(base: MapNode, own: MapNode, *, nested: bool) -> MapNode:
    """The items of both, in the base's order; a state stays inside the compound state that holds it."""
    for entry in own.entries:
        put = _put(base, entry, nested=nested)
        base = replace(base, entries=(*base.entries, entry)) if put is None else put
    return base


def _put(holder: MapNode, new: Entry, *, nested: bool) -> MapNode | None:
    """The map with one item in the place of the item of that name; None where there is none."""
    if holder.entry(new.name) is not None:
        entries = tuple(new if entry.name == new.name else entry for entry in holder.entries)
        return replace(holder, entries=entries)
    if not nested:
        return None
    for entry in holder.entries:
        inside = entry.value.get("states") if isinstance(entry.value, MapNode) else None
        put = _put(inside, new, nested=True) if isinstance(inside, MapNode) else None
        if put is not None and isinstance(entry.value, MapNode):
            changed = _with(entry.value, "states", put)
            return _with(holder, entry.name, changed)
    return None


def _with(holder: MapNode, name: str, value: Node) -> MapNode:
    """The map with another value under a key."""
    entries = tuple(Entry(entry.key, value) if entry.name == name else entry for entry in holder.entries)
    return replace(holder, entries=entries)


def _without(holder: MapNode, name: str) -> MapNode:
    return replace(holder, entries=tuple(entry for entry in holder.entries if entry.name != name))


# ---- drop ---------------------------------------------------------------------------------------------------------


def drop_items(
    header: Part,
    entities: Mapping[str, MapNode],
    sections: Mapping[str, Mapping[str, Part]],
    report: Report,
) -> tuple[dict[str, MapNode], dict[str, dict[str, Part]]]:
    """The base without what the rule set over it drops.

    Args:
        header: the head that says `drop`.
        entities: the base's entities by name.
        sections: the base's sections.
        report: where the findings go.
    """
    left = dict(entities)
    kept = {name: dict(items) for name, items in sections.items()}
    for entry in header.entries("drop"):
        if isinstance(entry.value, MapNode):
            spans = {name: _entity_span(tree) for name, tree in entities.items()}
            entity = report.known(Message("entity"), entry.key, spans)
            if entity is not None:
                left[entity] = _drop_from(left[entity], entity, entry.value, report)
        elif entry.name == "entities":
            spans = {name: _entity_span(tree) for name, tree in entities.items()}
            for name in _known(Message("entity"), entry.value, spans, report):
                left.pop(name, None)
        elif entry.name in kept or entry.name not in entities:
            section = report.known(Message("section"), entry.key, [*kept, "entities"])
            if section is not None and section in kept:
                spans = {name: part.span for name, part in sections[section].items()}
                for name in _known(
                    Message("item of `{section}`", section=section), entry.value, spans, report
                ):
                    kept[section].pop(name, None)
        else:
            text = Message("`drop` does not say what of `{name}` is left out", name=entry.name)
            fix = Message("write such as `{name}: {{transitions: [a]}}`", name=entry.name)
            report.error("OF107", text, entry.key.span, NOTHING, fix)
    return left, kept


def _entity_span(tree: MapNode) -> Span:
    node = tree.get("entity")
    return node.span if node is not None else tree.span


def _drop_from(tree: MapNode, entity: str, kinds: MapNode, report: Report) -> MapNode:
    for entry in kinds.entries:
        groups = {item.name: item.key.span for item in tree.entries if isinstance(item.value, MapNode)}
        kind = report.known(
            Message("part"), entry.key, groups, Message("the base's `{entity}`", entity=entity)
        )
        holder = None if kind is None else tree.get(kind)
        if kind is None or not isinstance(holder, MapNode):
            continue
        nested = kind == "states"
        spans = dict(_items(holder, nested=nested))
        for name in _known(Message("item of `{kind}`", kind=kind), entry.value, spans, report):
            holder = _taken_out(holder, name, nested=nested)
        tree = _with(tree, kind, holder) if holder.entries else _without(tree, kind)
    return tree


def _items(holder: MapNode, *, nested: bool) -> Iterable[tuple[str, Span]]:
    for entry in holder.entries:
        yield entry.name, entry.key.span
        inside = entry.value.get("states") if nested and isinstance(entry.value, MapNode) else None
        if isinstance(inside, MapNode):
            yield from _items(inside, nested=True)


def _taken_out(holder: MapNode, name: str, *, nested: bool) -> MapNode:
    """The map without an item, wherever among nested states it stands."""
    entries = []
    for entry in holder.entries:
        if entry.name == name:
            continue
        inside = entry.value.get("states") if nested and isinstance(entry.value, MapNode) else None
        if isinstance(inside, MapNode) and isinstance(entry.value, MapNode):
            left = _taken_out(inside, name, nested=True)
            entry = Entry(entry.key, _with(entry.value, "states", left))
        entries.append(entry)
    return replace(holder, entries=tuple(entries))


def _known(what: Message, node: Node, known: Mapping[str, Span], report: Report) -> list[str]:
    items = node.items if isinstance(node, ListNode) else ()
    for item in items:
        if isinstance(item, ScalarNode):
            report.known(what, item, known)
    return [name_of(item) for item in items if isinstance(item, ScalarNode) and name_of(item) in known]
