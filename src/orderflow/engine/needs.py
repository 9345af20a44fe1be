"""Which facts an event may need: worked out from the rules, so that the service reads exactly those first.

A macrostep is one transition of any kind and automatic ones after it. For each leaf state the linker gathers what
the transitions that one macrostep may come to look at; the state tells what to read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from orderflow.engine.machine import Configuration, Machine
from orderflow.engine.parts import Compiled
from orderflow.engine.reading import Atom, Reader
from orderflow.engine.views import FamilyView
from orderflow.expr.asked import Positions, positions
from orderflow.expr.python import compile_python
from orderflow.expr.types import Kind
from orderflow.expr.view import Missing
from orderflow.model.definition import Entity, Transition, Trigger
from orderflow.model.event import Event
from orderflow.model.facts import AggregateKey, Needs
from orderflow.model.record import Family, Record

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft
    from orderflow.engine.linked import Linked

#: A moment for views that no clock is read through.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Atoms = frozenset[Atom]
_NONE: Atoms = frozenset()


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the events of one entity may look at.

    Args:
        at: by leaf state; `birth`: when a record is made; `always`: on every event.
        updates: by field, what changing it asks for; held: what changing any asks for while something is held.
        tells: whether an event that sets fields may be told to its children.
        watched: by leaf state, the entities whose records (`ref`) or history (`aggregate`) its automatic guards, holds and
            queues look at: a change there wakes the record.
        skus: functions that give the SKUs of moves; asked: functions that give the positions that expressions ask for.
    """

    at: Mapping[str, Atoms]
    birth: Atoms
    always: Atoms
    updates: Mapping[str, Atoms]
    held: Atoms
    tells: bool
    watched: Mapping[str, Atoms]
    skus: tuple[Compiled, ...]
    asked: tuple[Positions, ...]


def prospect(reader: Reader, entity: Entity) -> Prospect:
    """Work out what one entity's events may look at."""
    at = _at(reader, entity)
    told = {
        (reader.definition.entities[entity.children[children].entity], event)
        for item in entity.transitions.values()
        for children, event in item.tell.items()
    }
    return Prospect(
        at=at,
        birth=_birth(reader, entity, at),
        always=reader.always(entity),
        updates=reader.updates(entity),
        held=reader.held(entity),
        tells=any(child.events[event].sets for child, event in told if event in child.events),
        watched=_watched(reader, entity),
        skus=tuple(compile_python(item) for item in reader.moved(entity)),
        asked=tuple(positions(item) for item in reader.asking(entity)),
    )


def _at(reader: Reader, entity: Entity) -> Mapping[str, Atoms]:
    """By leaf state: what the transitions, and the holds, that one macrostep may come to from there look at."""
    looks: dict[Atom, set[str]] = {}
    for item in entity.transitions.values():
        for atom in reader.transition(entity, item) | _made(reader, entity, item):
            looks.setdefault(atom, set()).update(_from(entity, item))
    for hold in entity.holds.values():
        leaves = {leaf for name in hold.states for leaf in entity.states[name].leaves}
        for atom in reader.expression(hold.when):
            looks.setdefault(atom, set()).update(leaves)
    at: dict[str, Atoms] = {}
    for atom, leaves in looks.items():
        for leaf in _leaves_before(entity, leaves):
            at[leaf] = at.get(leaf, _NONE) | {atom}
    return at


def _birth(reader: Reader, entity: Entity, at: Mapping[str, Atoms]) -> Atoms:
    """What making a record looks at, and what follows in its first state."""
    initial = entity.states[entity.initial].leaves
    return reader.birth(entity).union(*(at.get(leaf, _NONE) for leaf in initial))


def _made(reader: Reader, entity: Entity, item: Transition) -> Atoms:
    """What a child that the transition makes looks at, before it comes to rest in a queue or not."""
    if item.creates is None:
        return _NONE
    child = reader.definition.entities[entity.children[item.creates].entity]
    return _birth(reader, child, _at(reader, child)) | reader.always(child)


def _watched(reader: Reader, entity: Entity) -> Mapping[str, Atoms]:
    found: dict[str, set[Atom]] = {}
    seen: list[tuple[Iterable[str], Atoms]] = [
        (item.sources, reader.expression(item.when))
        for item in entity.transitions.values()
        if item.trigger is not Trigger.EVENT
    ]
    seen += [(hold.states, reader.expression(hold.when)) for hold in entity.holds.values()]
    seen += [
        (tuple(entity.states), reader.expression(queue.when))
        for queue in reader.definition.queues.values()
        if queue.of == entity.name
    ]
    for states, atoms in seen:
        outside = {atom for atom in atoms if atom.kind in ("ref", "aggregate")}
        for leaf in {leaf for name in states for leaf in entity.states[name].leaves} if outside else ():
            found.setdefault(leaf, set()).update(outside)
    return {leaf: frozenset(atoms) for leaf, atoms in found.items()}


def _leaves_before(entity: Entity, looking: Iterable[str]) -> set[str]:
    """The leaf states from which one macrostep may come to one of those where something looks; the set grows backwards."""
    soon = set(looking)
    while True:
        more = {
            leaf
            for item in entity.transitions.values()
            if item.target is not None
            and item.trigger is not Trigger.EVENT
            and not soon.isdisjoint(entity.states[item.target].leaves)
            for leaf in _from(entity, item)
        } - soon
        if not more:
            break
        soon |= more
    first = {
        leaf
        for item in entity.transitions.values()
        if item.target is not None and not soon.isdisjoint(entity.states[item.target].leaves)
        for leaf in _from(entity, item)
    }
    return soon | first


def _from(entity: Entity, item: Transition) -> set[str]:
    return {leaf for source in item.sources for leaf in entity.states[source].leaves}


def needs(rules: "Linked", family: Family | None, event: Event) -> Needs:
    """What must be read before `event` is decided on a family."""
    entity = family.root.entity if family is not None else event.name
    if entity not in rules.prospects:
        return Needs()
    records = list(family.records()) if family is not None else []
    atoms: set[Atom] = set()
    for record in records:
        mine = rules.prospects[record.entity]
        atoms |= mine.at.get(record.state, _NONE) | mine.always
        if record.id == event.target:
            atoms |= _changed(rules, mine, record, event)
        if record.held and _may_set(rules, records[0], event):
            atoms |= mine.held
    if family is None:
        atoms |= rules.prospects[entity].birth | rules.prospects[entity].always
    if not atoms:
        return Needs()
    return _resolved(rules, family, event, entity, frozenset(atoms))


def _changed(rules: "Linked", mine: Prospect, record: Record, event: Event) -> Atoms:
    """What the fields that an event changes ask for."""
    if not mine.updates:
        return _NONE
    names: Iterable[str] = ()
    if event.kind == "update":
        names = event.data
    elif event.kind == "send":
        names = (name for name, _ in rules.machines[record.entity].sets.get(event.name, ()))
    return frozenset[Atom]().union(*(mine.updates.get(name, _NONE) for name in names), _NONE)


def _may_set(rules: "Linked", root: Record, event: Event) -> bool:
    """Whether fields may change, so that what records hold is worked out again."""
    if event.kind == "update" or rules.prospects[root.entity].tells:
        return True
    return event.kind == "send" and any(machine.sets.get(event.name) for machine in rules.machines.values())


def _resolved(rules: "Linked", family: Family | None, event: Event, entity: str, atoms: Atoms) -> Needs:
    """The keys of what the atoms speak of, over the family as it stands and as the event would have it."""
    machine = rules.machines[entity]
    if family is None:
        fields = {name: item.default for name, item in machine.entity.fields.items()}
        family = Family(
            Record(entity, event.target, "", {**fields, **event.data}),
            dict.fromkeys(machine.entity.children, ()),
        )
        records = [family.root]
    else:
        records = list(family.records())
        if event.kind == "update":
            records += [
                Record(record.entity, record.id, record.state, {**record.fields, **event.data})
                for record in records
                if record.id == event.target
            ]
    refs = _refs(rules, records, event)
    kinds = {kind for kind, _ in atoms}
    aggregates: set[AggregateKey] = set()
    for kind, name in atoms:
        if kind == "aggregate":
            owner = name.partition(".")[0]
            aggregates |= {(name, id) for other, id in refs if other == owner}
            if owner == entity:
                aggregates.add((name, family.root.id))
    wanted = {name for kind, name in atoms if kind == "ref"}
    return Needs(
        skus=tuple(sorted(_skus(rules, family, records, event))) if "stock" in kinds else (),
        balances=tuple(
            sorted(set(_balances(rules, records, {name for kind, name in atoms if kind == "amount"}, refs)))
        ),
        aggregates=tuple(sorted(aggregates)),
        refs=tuple(sorted(ref for ref in refs if ref[0] in wanted)),
    )


def _refs(rules: "Linked", records: Iterable[Record], event: Event) -> set[tuple[str, str]]:
    """The records referred to: (entity, id)."""
    found = set()
    for record in records:
        for name, other in rules.refs.get(record.entity, ()):
            value = record.fields.get(name)
            if isinstance(value, str) and value:
                found.add((other, value))
        if event.kind == "send" and record.id == event.target:
            declared = rules.definition.entities[record.entity].events.get(event.name)
            for name, item in declared.data.items() if declared is not None else ():
                value = event.data.get(name)
                if item.type.kind is Kind.REF and isinstance(value, str):
                    found.add((item.type.name, value))
    return found


def _balances(
    rules: "Linked", records: Iterable[Record], names: set[str], refs: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The balances of what the records may hold: of whom they refer to, and of whom they may come to refer to."""
    for record in records:
        machine = rules.machines[record.entity]
        for name, linked in machine.resources.items():
            if f"{record.entity}.{name}" in names:
                owner = linked.resource.owner
                if owner is None:
                    yield name, record.id
                else:
                    entity = machine.entity.fields[owner].type.name
                    yield from ((name, id) for other, id in refs if other == entity)


def _skus(rules: "Linked", family: Family, records: Iterable[Record], event: Event) -> set[str]:
    """The SKUs of everything that may be taken, moved or asked for."""
    found: set[str] = set()
    payload = {**event.data, "actor": event.actor, "at": event.at, "event_id": event.event_id}
    for record in records:
        machine = rules.machines[record.entity]
        found |= _rows_skus(rules, record)
        view = FamilyView(rules, family, record, event.at, event=payload)
        for run in rules.prospects[record.entity].skus:
            found |= _texts(run, record, view)
        for asked in rules.prospects[record.entity].asked:
            found |= {sku for _, sku in asked(record.fields, view)}
        for linked in machine.resources.values():
            if linked.resource.kind == "stock" and linked.lines is not None:
                found |= _texts(linked.lines, record, view)
            found |= {held.item for held in record.held.get(linked.resource.name, ())}
        if record.entity == family.root.entity:
            found |= _coming_skus(rules, family, record, view)
    return found


def _rows_skus(rules: "Linked", record: Record) -> set[str]:
    """The SKUs of the rows that allocation policies look at, and of a plan."""
    found = set()
    for policy in rules.policies.values():
        if policy.policy.of == record.entity:
            rows = cast("Iterable[Mapping[str, object]]", record.fields.get(policy.policy.lines) or ())
            found |= {str(row["sku"]) for row in rows}
    plan = record.fields.get("plan")
    if isinstance(plan, Mapping):
        found |= {str(row["sku"]) for row in plan["lines"]}
    return found


def _coming_skus(rules: "Linked", family: Family, record: Record, view: FamilyView) -> set[str]:
    """What children that are not made yet would take in their first state."""
    machine = rules.machines[record.entity]
    found: set[str] = set()
    for item in machine.entity.transitions.values():
        if item.creates is None or item.policy is not None:
            continue
        child = rules.machines[machine.entity.children[item.creates].entity]
        taken = [linked.lines for linked in child.initial.takes if linked.lines is not None]
        if taken:
            blank = Record(
                child.entity.name, "", "", {name: each.default for name, each in child.entity.fields.items()}
            )
            around = FamilyView(rules, family, blank, EPOCH)
            for name, value in machine.created.get(item.name, ()):
                blank.fields[name] = _known(value, record, view)
            for name, value in child.formulas:
                if blank.fields.get(name) is None:
                    blank.fields[name] = _known(value, blank, around)
            for lines in taken:
                found |= _texts(lines, blank, around)
    return found


def _known(run: Compiled, record: Record, view: FamilyView) -> object:
    """What a function gives; None where it looks at what is not there."""
    try:
        return run(record.fields, view)
    except (Missing, TypeError, AttributeError, ArithmeticError, LookupError):
        return None


def _texts(run: Compiled, record: Record, view: FamilyView) -> set[str]:
    """The SKUs that a function gives, as a text or as rows; none where it looks at what is not there."""
    value = _known(run, record, view)
    if isinstance(value, str):
        return {value}
    if isinstance(value, tuple | list):
        return {str(row["sku"]) for row in value}
    return set()


def waiting_keys(draft: "Draft", record: Record, configuration: Configuration) -> set[str]:
    """What would let a record move on that waits for the outside.

    `stock:SKU`, `RESOURCE:OWNER`; and `record:ID`, `history:ID` of those it refers to and looks at.
    """
    found: set[str] = set()
    machine = draft.machines[record.entity]
    for kind, name in draft.rules.prospects[record.entity].watched.get(record.state, _NONE):
        entity = name.partition(".")[0]
        for holder in (record, draft.root):
            for field_name, other in draft.rules.refs.get(holder.entity, ()):
                if other == entity and holder.fields.get(field_name) is not None:
                    word = "record" if kind == "ref" else "history"
                    found.add(f"{word}:{holder.fields[field_name]}")
    for candidate in configuration.automatic:
        for name in candidate.transition.retry_on:
            found |= _keys(draft, record, machine, name)
    for linked in configuration.holds:
        for name in linked.hold.retry_on:
            keys = _keys(draft, record, machine, name)
            found |= keys | {f"taken:{key.removeprefix('stock:')}" for key in keys if name == "stock"}
    return found


def _keys(draft: "Draft", record: Record, machine: Machine, name: str) -> set[str]:
    if name == "stock":
        family = Family(draft.root, {key: tuple(several) for key, several in draft.children.items()})
        return {f"stock:{sku}" for sku in _skus(draft.rules, family, (record,), draft.event)}
    linked = machine.resources[name]
    owner = record.id if linked.resource.owner is None else record.fields.get(linked.resource.owner)
    return set() if owner is None else {f"{name}:{owner}"}
