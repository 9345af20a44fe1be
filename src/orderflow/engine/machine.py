"""One entity, linked: compiled guards, and the configurations that occur, each worked out when it is first met.

The memo of configurations is a lazy automaton, as regular-expression engines build theirs: for a leaf state it holds
the candidate transitions of each event with their exit and entry sets, so that a decision costs one look-up whatever
the size of the chart. Exit and entry sets follow W3C SCXML, section 3.13 (selecting and executing transitions).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from operator import attrgetter

from orderflow.engine.actions import ActionPlan
from orderflow.engine.parts import (
    Compiled,
    LinkedHold,
    LinkedMove,
    LinkedQueue,
    LinkedResource,
    LinkedTag,
    LinkedTurn,
    Sets,
    link_hold,
    link_judgement,
    link_move,
    link_queue,
    link_resource,
    link_sets,
    link_turns,
    linked,
)
from orderflow.expr.python import compile_python
from orderflow.expr.types import Kind
from orderflow.model.convert import Converter, converter
from orderflow.model.definition import Definition, Entity, State, Transition, Trigger
from orderflow.model.standing import Judgement


@dataclass(slots=True)
class Candidate:
    """A transition as seen from one leaf state.

    Args:
        source: the state it stands on: the leaf itself or a compound state around it.
        exits: states left, innermost first; entries: states entered, outermost first.
        leaf: the leaf state afterwards; the same as before for an internal transition.
        takes, returns, spends: resources that change hands.
        moves: the moves of stock that it makes.
        plain: nothing but the guard decides whether it is enabled: it waits for no time, takes and moves nothing.
        rivals: transitions of the same trigger that nothing orders before or after this one.
    """

    transition: Transition
    source: str
    depth: int
    guard: Compiled | None
    exits: tuple[State, ...]
    entries: tuple[State, ...]
    leaf: str
    takes: tuple[LinkedResource, ...] = ()
    returns: tuple[LinkedResource, ...] = ()
    spends: tuple[LinkedResource, ...] = ()
    moves: tuple[LinkedMove, ...] = ()
    plain: bool = True
    rivals: tuple["Candidate", ...] = ()


@dataclass(slots=True)
class Configuration:
    """What can happen in one leaf state.

    Args:
        states: the leaf and the compound states around it.
        timers: (source state, length) of transitions that wait for time.
        waits: whether a transition or hold waits for the outside (`retry_on`).
        holds: those that can be on; `conditional` those of them with a condition.
        queues: those that the record may stand in.
        turns: the moments at which time turns a guard, of those that wait for no timer.
    """

    states: tuple[str, ...]
    automatic: tuple[Candidate, ...]
    events: Mapping[str, tuple[Candidate, ...]]
    timers: tuple[tuple[str, timedelta], ...]
    waits: bool
    holds: tuple[LinkedHold, ...] = ()
    conditional: tuple[LinkedHold, ...] = ()
    queues: tuple[LinkedQueue, ...] = ()
    turns: tuple[LinkedTurn, ...] = ()


@dataclass(slots=True)
class Machine:
    """A linked entity. Safe to share between threads: the memo only ever gains equal values."""

    entity: Entity
    zone: tzinfo
    actions: Mapping[str, ActionPlan]
    converters: dict[str, Converter]
    guards: dict[str, Compiled]
    sets: dict[str, Sets]
    editable: dict[str, Compiled]
    formulas: tuple[tuple[str, Compiled], ...]
    created: dict[str, tuple[tuple[str, Compiled], ...]]
    moves: dict[str, tuple[LinkedMove, ...]]
    resources: dict[str, LinkedResource]
    holds: dict[str, LinkedHold]
    queues: tuple[LinkedQueue, ...]
    tags: tuple[LinkedTag, ...]
    arrival: tuple[tuple[Judgement, Compiled], ...]
    initial: Candidate
    configurations: dict[str, Configuration] = field(default_factory=dict)

    def at(self, leaf: str) -> Configuration:
        """The configuration of a leaf state, from the memo or worked out now."""
        known = self.configurations.get(leaf)
        if known is None:
            known = self.configurations[leaf] = _configuration(self, leaf)
        return known


def build(
    definition: Definition,
    entity: Entity,
    zone: tzinfo,
    actions: Mapping[str, ActionPlan],
    tags: Iterable[LinkedTag] = (),
) -> Machine:
    """Link one entity: compile its expressions and work out how a record of it begins."""
    resources = {
        name: link_resource(entity, item, definition.places) for name, item in entity.resources.items()
    }
    return Machine(
        entity=entity,
        zone=zone,
        actions=actions,
        converters={
            name: converter(item, zone)
            for name, item in entity.fields.items()
            if item.type.kind is not Kind.RECORD  # a plan is made, never given
        },
        guards={
            name: compile_python(item.when)
            for name, item in entity.transitions.items()
            if item.when is not None
        },
        sets={name: link_sets(event) for name, event in entity.events.items()},
        editable={
            name: compile_python(item.editable)
            for name, item in entity.fields.items()
            if item.editable is not None
        },
        formulas=tuple(
            (name, made) for name, item in entity.fields.items() if (made := linked(item.formula)) is not None
        ),
        created={
            name: tuple((field, compile_python(value)) for field, value in item.created.items())
            for name, item in entity.transitions.items()
            if item.created
        },
        moves={
            name: tuple(link_move(move) for move in item.moves)
            for name, item in entity.transitions.items()
            if item.moves
        },
        resources=resources,
        holds={name: link_hold(entity, item) for name, item in entity.holds.items()},
        queues=tuple(
            link_queue(entity, item) for item in definition.queues.values() if item.of == entity.name
        ),
        tags=tuple(tags),
        arrival=tuple(link_judgement(item) for item in entity.arrival.values()),
        initial=_beginning(entity, resources),
    )


def ancestors(entity: Entity, name: str) -> Iterator[State]:
    """The state and the compound states around it, innermost first."""
    state: str | None = name
    while state is not None:
        found = entity.states[state]
        yield found
        state = found.parent


def initial_leaf(entity: Entity, name: str) -> tuple[State, ...]:
    """The states entered below `name` by default, outermost first; empty for a leaf."""
    entered: list[State] = []
    while True:
        child = next((item for item in entity.states.values() if item.parent == name and item.initial), None)
        if child is None:
            return tuple(entered)
        entered.append(child)
        name = child.name


def _beginning(entity: Entity, resources: Mapping[str, LinkedResource]) -> Candidate:
    first = entity.states[entity.initial]
    outer = tuple(ancestors(entity, first.name))[::-1]
    entries = outer + initial_leaf(entity, first.name)
    leaf = entries[-1].name
    start = Transition("", "", (), leaf, Trigger.AUTOMATIC, first.span)
    takes = tuple(item for item in resources.values() if leaf in item.inside)
    return Candidate(start, "", 0, None, (), entries, leaf, takes)


def _configuration(machine: Machine, leaf: str) -> Configuration:
    entity = machine.entity
    around = tuple(state.name for state in ancestors(entity, leaf))
    automatic: list[Candidate] = []
    events: dict[str, list[Candidate]] = {}
    for transition in entity.transitions.values():
        depth = min((around.index(source) for source in transition.sources if source in around), default=None)
        if depth is None:
            continue
        candidate = _candidate(machine, transition, around[depth], depth, leaf)
        if transition.trigger is Trigger.EVENT and transition.event is not None:
            events.setdefault(transition.event, []).append(candidate)
        else:
            automatic.append(candidate)
    timers = tuple(
        (item.source, item.transition.after) for item in automatic if item.transition.after is not None
    )
    ordered = _ordered(automatic)
    holds = tuple(item for item in machine.holds.values() if leaf in item.inside)
    return Configuration(
        states=around,
        automatic=ordered,
        events={name: _ordered(items) for name, items in events.items()},
        timers=timers,
        waits=any(item.transition.retry_on for item in ordered) or any(item.hold.retry_on for item in holds),
        holds=holds,
        conditional=tuple(item for item in holds if item.when is not None),
        queues=tuple(item for item in machine.queues if leaf in item.inside),
        turns=tuple(turn for item in ordered for turn in link_turns(item.transition.when)),
    )


def _candidate(machine: Machine, transition: Transition, source: str, depth: int, leaf: str) -> Candidate:
    entity = machine.entity
    guard = machine.guards.get(transition.name)
    moves = machine.moves.get(transition.name, ())
    plain = transition.after is None and transition.creates is None and not moves
    if transition.target is None:
        return Candidate(transition, source, depth, guard, (), (), leaf, moves=moves, plain=plain)
    exits, entries = _path(entity, leaf, source, transition.target)
    after = entries[-1].name
    takes, returns, spends = _resources(machine, leaf, after)
    return Candidate(
        transition,
        source,
        depth,
        guard,
        exits,
        entries,
        after,
        takes,
        returns,
        spends,
        moves,
        plain and not takes,
    )


def _path(entity: Entity, leaf: str, source: str, target: str) -> tuple[tuple[State, ...], tuple[State, ...]]:
    """Exit and entry sets: up to the nearest state that properly holds both source and target, and down again."""
    above_source = [state.name for state in ancestors(entity, source)][1:]
    way = list(ancestors(entity, target))
    common = next((state.name for state in way[1:] if state.name in above_source), None)
    exits: list[State] = []
    for state in ancestors(entity, leaf):
        if state.name == common:
            break
        exits.append(state)
    entries: list[State] = []
    for state in way:
        if state.name == common:
            break
        entries.append(state)
    return tuple(exits), tuple(entries[::-1]) + initial_leaf(entity, target)


def _resources(
    machine: Machine, before: str, after: str
) -> tuple[tuple[LinkedResource, ...], tuple[LinkedResource, ...], tuple[LinkedResource, ...]]:
    takes: list[LinkedResource] = []
    returns: list[LinkedResource] = []
    spends: list[LinkedResource] = []
    for item in machine.resources.values():
        if before not in item.inside and after in item.inside:
            takes.append(item)
        elif before in item.inside and after not in item.inside:
            (spends if after in item.spent else returns).append(item)
    return tuple(takes), tuple(returns), tuple(spends)


def _ordered(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """SCXML's priority: inner states first, then document order; `before` and `otherwise` as they say."""
    items = sorted(candidates, key=attrgetter("transition.otherwise", "depth"))
    for _ in range(len(items) ** 2):
        late = next((at for at, item in enumerate(items) if _first_after(item, items) < at), None)
        if late is None:
            break
        items.insert(_first_after(items[late], items), items.pop(late))
    for index, item in enumerate(items):
        item.rivals = tuple(other for other in items[index + 1 :] if _rivals(item, other))
    return tuple(items)


def _first_after(item: Candidate, items: list[Candidate]) -> int:
    """The place of the first candidate that `item` says it comes before; past the end when it says nothing."""
    names = item.transition.before
    return next((at for at, other in enumerate(items) if other.transition.name in names), len(items))


def _rivals(first: Candidate, second: Candidate) -> bool:
    return (
        first.depth == second.depth
        and first.transition.trigger is second.transition.trigger
        and not second.transition.otherwise
        and second.transition.name not in first.transition.before
    )
