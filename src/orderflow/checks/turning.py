"""Whether what a transition does may turn the condition that it was taken on, so that it comes to rest."""

from collections.abc import Iterator, Mapping

from orderflow.checks.assume import in_state, is_false, settled
from orderflow.checks.graph import leaf_after, source_leaves, steps, within_reach
from orderflow.checks.priority import automatic_ways
from orderflow.expr.reads import STOCK, walk
from orderflow.expr.tree import And, Call, Compare, Constant, Name, Node, Or, Origin
from orderflow.model.definition import Entity, Transition, Trigger

#: Functions that ask in which state children are.
_LIFECYCLE = frozenset(
    {"is_in", "is_open", "reached", "reached_at", "entered", "time_in", "all_live", "none_live", "least"}
)
#: Functions that ask for stock or for what is left of a limit.
_SUPPLY = STOCK | {"can_source", "can_take"}

#: Entities by name.
Sound = Mapping[str, Entity]


def may_turn(condition: Node, transition: Transition, entity: Entity, sound: Sound) -> bool:
    """Whether a transition may turn a condition that held when it was taken.

    Args:
        condition: what it asks, over its entity.
        transition: what it makes, tells and moves.
        entity: its entity.
        sound: the entities whose lifecycle is known.
    """
    if transition.policy is not None:
        return True  # what the parcels carry is not sourced again
    if transition.moves and any(
        isinstance(node, Call) and node.function in _SUPPLY for node in walk(condition)
    ):
        return True
    if transition.creates is not None and not _grows(condition, transition.creates):
        return True
    for children, event in transition.tell.items():
        child = sound.get(entity.children[children].entity)
        if child is None or _told(condition, children, event, child):
            return True
    return False


def asks_of(node: Node, children: str) -> bool:
    """Whether a condition looks at one kind of children."""
    return any(
        isinstance(each, Name) and each.origin is Origin.CHILDREN and each.path == (children,)
        for each in walk(node)
    )


def _grows(node: Node, children: str) -> bool:
    """Whether a condition that holds goes on holding when there is one child more."""
    if not asks_of(node, children):
        return True
    match node:
        case And(items=items) | Or(items=items):
            return all(_grows(item, children) for item in items)
        case Call(function="some" | "any"):
            return True
        case Compare(operators=(">" | ">=",), operands=(Call(function="count"), Constant())):
            return True
        case Compare(operators=("<" | "<=",), operands=(Constant(), Call(function="count"))):
            return True
    return False


def _told(condition: Node, children: str, event: str, child: Entity) -> bool:
    """Whether telling children an event may turn a condition that looks at them."""
    if not asks_of(condition, children):
        return False
    taken = [item for item in child.transitions.values() if item.event == event]
    asked = [node for node in walk(condition) if _deep(node)]
    lifecycle = any(isinstance(node, Call) and node.function in _LIFECYCLE for node in asked)
    if lifecycle and any(item.target is not None for item in taken):
        wanted = _wanted(condition, children, child)
        if wanted is not None and not any(wanted & {*source_leaves(child, item)} for item in taken):
            return False  # where they are told, none of them takes it
        if unmoved(condition, children, event, child) is not None:
            return False
        return not returning(condition, children, event, child)
    fields = {node.path[0] for node in asked if isinstance(node, Name)}
    return bool(taken) and event in child.events and bool(fields & {*child.events[event].sets})


def _deep(node: Node) -> bool:
    """Whether a node asks for something of children: they stand one frame down, some functions take them whole."""
    if isinstance(node, Call):
        return node.depth > 0 or node.function in ("all_live", "none_live", "least", "count")
    return isinstance(node, Name) and node.depth > 0


def returning(condition: Node, children: str, event: str, child: Entity) -> list[Transition]:
    """The ways by which a told child comes back, with nobody's help, to where it is told the same again; empty if none.

    Only conditions of the form `some(children, is_in(...))` are looked into.
    """
    wanted = _wanted(condition, children, child)
    if wanted is None:
        return []
    ahead: dict[str, list[tuple[str, Transition]]] = {name: [] for name in child.states}
    for leaf, ways in automatic_ways(child).items():
        ahead[leaf] += [(way.target, way.transition) for way in ways if way.target != leaf]
    for transition in child.transitions.values():
        if transition.event == event and transition.target is not None:
            for leaf in source_leaves(child, transition):
                ahead[leaf].append((leaf_after(child, transition.target), transition))
    for start in sorted(wanted, key=list(child.states).index):
        for target, told in ahead[start]:
            if told.event == event:
                way = _way(ahead, target, start)
                if way is not None:
                    return [told, *way]
    return []


def unmoved(condition: Node, children: str, event: str, child: Entity) -> str | None:
    """A state that a condition asks for beside those where the event is taken, and in which a child stays; or None.

    Only conditions of the form `some(children, is_in(...))` are looked into.
    """
    wanted = _wanted(condition, children, child) or frozenset()
    told = [item for item in child.transitions.values() if item.event == event]
    taking = {leaf for item in told for leaf in source_leaves(child, item)}
    if not wanted & taking:
        return None
    leaving = {
        name for name, ways in automatic_ways(child).items() if any(way.target != name for way in ways)
    }
    staying = (wanted & within_reach(steps(child), [child.initial])) - taking - leaving
    return next((name for name in child.states if name in staying), None)


def _wanted(condition: Node, children: str, child: Entity) -> frozenset[str] | None:
    """The states of children on which a condition is true, if that is all that it asks of them."""
    for part in condition.items if isinstance(condition, And) else (condition,):
        match part:
            case Call(
                function="some", arguments=(Name(path=(name,)), Call(function="is_in", states=states))
            ) if name == children:
                return frozenset(states)
            case Call(
                function="some", arguments=(Name(path=(name,)), Call(function="is_open", states=states))
            ) if name == children:
                return frozenset(leaf for leaf, state in child.states.items() if state.leaves == (leaf,)) - {
                    *states
                }
    return None


def _way(ahead: Mapping[str, list[tuple[str, Transition]]], start: str, goal: str) -> list[Transition] | None:
    """The transitions of a shortest way between two states; empty where they are one."""
    found: dict[str, list[Transition]] = {start: []}
    open_ = [start]
    for leaf in open_:
        if leaf == goal:
            return found[leaf]
        for target, transition in ahead[leaf]:
            if target not in found:
                found[target] = [*found[leaf], transition]
                open_.append(target)
    return None


def stays_up(transition: Transition, entity: Entity, sound: Sound) -> bool:
    """Whether an internal transition that nobody sends is enabled again as soon as it was taken."""
    if transition.trigger is Trigger.EVENT or transition.target is not None:
        return False
    return any(not may_turn(condition, transition, entity, sound) for condition in _left(transition, entity))


def _left(transition: Transition, entity: Entity) -> Iterator[Node]:
    """What the guard comes to in each of the states in which it can hold."""
    for leaf in source_leaves(entity, transition):
        if transition.when is None:
            yield Constant(0, 0, True)
            continue
        left = settled(transition.when.root, in_state(leaf, held=False))
        if not is_false(left):
            yield left
