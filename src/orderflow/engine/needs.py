"""Which facts an event may need: worked out from the rules, so that the service reads exactly those first."""

from datetime import UTC, datetime

from orderflow.engine.linked import Linked
from orderflow.engine.views import FamilyView
from orderflow.model.definition import Definition, Entity, Transition, Trigger
from orderflow.model.event import Event
from orderflow.model.facts import StockKey
from orderflow.model.record import Family, Record

#: A moment for views that no clock is read through.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stock_states(definition: Definition) -> frozenset[tuple[str, str]]:
    """(entity, leaf state) from which one macrostep may take stock; ("", entity) stands for its submit.

    A macrostep is one transition of any kind and automatic ones after it: the set grows backwards from the
    transitions that take.
    """
    found: set[tuple[str, str]] = set()
    for entity in definition.entities.values():
        soon = {leaf for item in entity.transitions.values() for leaf in _taking(definition, entity, item)}
        while True:
            more = {
                leaf
                for item in entity.transitions.values()
                if item.target is not None and _into(entity, item.target) & soon
                for leaf in _from(entity, item)
                if item.trigger is not Trigger.EVENT
            } - soon
            if not more:
                break
            soon |= more
        first = {
            leaf
            for item in entity.transitions.values()
            if item.target is not None and _into(entity, item.target) & soon
            for leaf in _from(entity, item)
        }
        found |= {(entity.name, leaf) for leaf in soon | first}
        initial = _into(entity, entity.initial)
        if initial & soon or any(
            initial & set(entity.states[item.held_in].leaves) for item in entity.resources.values()
        ):
            found.add(("", entity.name))
    return frozenset(found)


def _taking(definition: Definition, entity: Entity, item: Transition) -> set[str]:
    """The leaf states from which the transition itself takes stock."""
    if item.creates is not None and definition.entities[entity.children[item.creates].entity].resources:
        return _from(entity, item)
    if item.target is None:
        return set()
    into = _into(entity, item.target)
    held = (set(entity.states[resource.held_in].leaves) for resource in entity.resources.values())
    return {leaf for inside in held if into & inside for leaf in _from(entity, item) - inside}


def _from(entity: Entity, item: Transition) -> set[str]:
    return {leaf for source in item.sources for leaf in entity.states[source].leaves}


def _into(entity: Entity, target: str) -> set[str]:
    """Leaf states that entering `target` may end in."""
    return set(entity.states[target].leaves)


def stock_keys(rules: Linked, family: Family | None, event: Event) -> tuple[StockKey, ...]:
    """The positions that deciding `event` may look at."""
    if family is None:
        if ("", event.name) not in rules.stock_states:
            return ()
        entity = rules.definition.entities[event.name]
        root = Record(
            event.name, event.target, "", {name: item.default for name, item in entity.fields.items()}
        )
    else:
        if not any((record.entity, record.state) in rules.stock_states for record in family.records()):
            return ()
        root = family.root
    if event.kind in ("submit", "update"):
        root = Record(root.entity, root.id, root.state, {**root.fields, **event.data})
    known = Family(
        root,
        family.children
        if family is not None
        else dict.fromkeys(rules.definition.entities[root.entity].children, ()),
    )
    keys: set[StockKey] = set()
    for name, machine in rules.machines.items():
        for resource in machine.entity.resources.values():
            if name == root.entity:
                view = FamilyView(known, root, EPOCH, rules.zone)
            elif machine.entity.parent == root.entity:
                view = FamilyView(known, Record(name, "", "", {}), EPOCH, rules.zone)
            else:
                continue
            rows = machine.lines[resource.name](view.record.fields, view)
            keys.update((resource.warehouse, row["sku"]) for row in rows)  # type: ignore[attr-defined]
    return tuple(sorted(keys))
