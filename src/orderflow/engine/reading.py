"""What expressions and transitions look at outside their family, gathered through tables, tiers and policies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from orderflow.expr.tree import Expression
from orderflow.model.definition import Definition, Entity, Transition
from orderflow.model.standing import Resource, RowsSet


class Atom(NamedTuple):
    """One kind of fact: `stock`; `amount` `ENTITY.RESOURCE`; `ref` an entity; `aggregate` `ENTITY.NAME`."""

    kind: str
    name: str


Atoms = frozenset[Atom]
_STOCK = Atom("stock", "")


class Reader:
    """Gathers atoms over one definition."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self._known: dict[int, Atoms] = {}
        self._refs = {
            f"{entity.name}.{name}": item.type.name
            for entity in definition.entities.values()
            for name, item in entity.fields.items()
        }

    def expression(self, expression: Expression | None) -> Atoms:
        """What an expression looks at."""
        if expression is None:
            return frozenset()
        known = self._known.get(id(expression))
        if known is None:
            self._known[id(expression)] = frozenset()  # a table that looks itself up ends here
            known = self._known[id(expression)] = frozenset(self._expression(expression))
        return known

    def _expression(self, expression: Expression) -> Iterator[Atom]:
        reads = expression.reads
        for path in reads.refs:
            yield Atom("ref", self._refs[path])
        for name in reads.aggregates:
            yield Atom("aggregate", name)
        for name in reads.tiers:
            entity, _, tier = name.partition(".")
            yield Atom("ref", entity)
            yield from self.expression(self.definition.entities[entity].tiers[tier].of)
        for name in reads.tables:
            for row in self.definition.tables[name].rows:
                yield from self.expression(row.when)
        for name in reads.policies:
            yield from self.policy(name)
        if reads.positions:
            yield _STOCK
        for name in reads.resources:
            for kind in self.definition.entities.values():
                if name in kind.resources:
                    yield from self.resource(kind, kind.resources[name])

    def policy(self, name: str) -> Iterator[Atom]:
        """What finding a plan looks at."""
        policy = self.definition.allocation[name]
        yield _STOCK
        yield from self.expression(policy.near)
        yield from self.expression(policy.candidates)
        yield from self.expression(policy.pack_by)
        for pool in self.definition.pools.values():
            yield from self.expression(pool.who)
        if policy.carrier is not None:
            for row in self.definition.tables[policy.carrier].rows:
                yield from self.expression(row.when)
        if policy.promise is not None:
            promise = self.definition.promises[policy.promise]
            for part in (promise.start, promise.days, promise.buffer):
                yield from self.expression(part)

    def resource(self, entity: Entity, item: Resource) -> Iterator[Atom]:
        """What taking a resource looks at."""
        yield _STOCK if item.kind == "stock" else Atom("amount", f"{entity.name}.{item.name}")
        for part in (item.lines, item.warehouse, item.amount, item.limit):
            yield from self.expression(part)
        yield from self._actions(entity, (*item.on_take, *item.on_give_back))

    def transition(self, entity: Entity, item: Transition) -> Atoms:
        """What choosing and taking a transition looks at."""
        return frozenset(self._transition(entity, item))

    def _transition(self, entity: Entity, item: Transition) -> Iterator[Atom]:
        yield from self.expression(item.when)
        for value in item.created.values():
            yield from self.expression(value)
        if item.event is not None:
            for sets in entity.events[item.event].sets.values():
                parts = (sets.where, *sets.values.values()) if isinstance(sets, RowsSet) else (sets,)
                for part in parts:
                    yield from self.expression(part)
        for move in item.moves:
            yield _STOCK
            for part in (move.warehouse, move.lines, move.sku, move.quantity):
                yield from self.expression(part)
        yield from self._actions(entity, item.actions)
        if item.policy is not None:
            yield from self.policy(item.policy)
        if item.target is not None:
            into, out = set(entity.states[item.target].leaves), set(_sources(entity, item))
            for resource in entity.resources.values():
                inside = set(entity.states[resource.held_in].leaves)
                if into & inside and not out <= inside:
                    yield from self.resource(entity, resource)
                if out & inside:
                    yield from self._actions(entity, resource.on_give_back)
            # The states around the target, and the target itself, may be entered, and the source's left.
            for state in entity.states.values():
                if into & set(state.leaves):
                    yield from self._actions(entity, state.on_entry)
        for state in entity.states.values():
            if set(_sources(entity, item)) & set(state.leaves):
                yield from self._actions(entity, state.on_exit)

    def birth(self, entity: Entity) -> Atoms:
        """What making a record looks at, without the transitions that follow."""
        return frozenset(self._birth(entity))

    def _birth(self, entity: Entity) -> Iterator[Atom]:
        for item in entity.fields.values():
            yield from self.expression(item.formula)
        for judgement in entity.arrival.values():
            yield from self.expression(judgement.when)
        leaves = set(entity.states[entity.initial].leaves)
        for resource in entity.resources.values():
            if leaves & set(entity.states[resource.held_in].leaves):
                yield from self.resource(entity, resource)
        for state in entity.states.values():
            if leaves & set(state.leaves):
                yield from self._actions(entity, state.on_entry)

    def always(self, entity: Entity) -> Atoms:
        """What every event on the entity's records looks at: their queues and tags."""
        return frozenset(self._always(entity))

    def _always(self, entity: Entity) -> Iterator[Atom]:
        for queue in self.definition.queues.values():
            if queue.of == entity.name:
                yield from self.expression(queue.when)
                yield from self._actions(entity, queue.actions)
        for tag in entity.tags.values():
            yield from self.expression(tag.when)
            yield from self._actions(entity, (*tag.on_set, *tag.on_clear))

    def updates(self, entity: Entity) -> Mapping[str, Atoms]:
        """By field: what changing it looks at, because its contract asks."""
        found = {name: self.expression(item.editable) for name, item in entity.fields.items()}
        return {name: atoms for name, atoms in found.items() if atoms}

    def held(self, entity: Entity) -> Atoms:
        """What is looked at when fields change while a record holds something that follows them.

        All that it holds is worked out again then, as a table, a tier or a parent may stand between it and a field.
        """
        following = (
            item for item in entity.resources.values() if item.lines is not None or item.amount is not None
        )
        return frozenset(atom for item in following for atom in self.resource(entity, item))

    def moved(self, entity: Entity) -> Iterator[Expression]:
        """What gives the SKUs of the entity's moves: a text, or rows."""
        for item in entity.transitions.values():
            for move in item.moves:
                yield from (part for part in (move.sku, move.lines) if part is not None)

    def asking(self, entity: Entity) -> Iterator[Expression]:
        """The entity's expressions that ask for stock."""
        return (expression for expression in self._all(entity) if expression.reads.positions)

    def _all(self, entity: Entity) -> Iterator[Expression]:
        for field in entity.fields.values():
            if field.formula is not None:
                yield field.formula
        for judgement in entity.arrival.values():
            yield judgement.when
        for event in entity.events.values():
            for sets in event.sets.values():
                if isinstance(sets, RowsSet):
                    yield from (*((sets.where,) if sets.where is not None else ()), *sets.values.values())
                else:
                    yield sets
        for item in entity.transitions.values():
            if item.when is not None:
                yield item.when
            yield from item.created.values()
            for move in item.moves:
                yield from (
                    part for part in (move.warehouse, move.lines, move.sku, move.quantity) if part is not None
                )

    def _actions(self, entity: Entity, names: Iterable[str]) -> Iterator[Atom]:
        for action in self.definition.actions.values():
            if action.of == entity.name and action.name in names:
                for value in action.parameters.values():
                    for expression in getattr(value, "expressions", ()):
                        yield from self.expression(expression)


def _sources(entity: Entity, item: Transition) -> list[str]:
    return [leaf for source in item.sources for leaf in entity.states[source].leaves]
