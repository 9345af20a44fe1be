"""The graph of an entity's leaf states: an edge for each way that a transition offers between two of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from orderflow.model.definition import Entity, Transition


def leaf_after(entity: Entity, target: str) -> str:
    """The leaf state in which one is after entering a state: through initial children down to a leaf."""
    name = target
    while entity.states[name].leaves != (name,):
        inside = [state for state in entity.states.values() if state.parent == name]
        name = next((state.name for state in inside if state.initial), inside[0].name)
    return name


def source_leaves(entity: Entity, transition: Transition) -> tuple[str, ...]:
    """The leaf states from which a transition can be taken, each once."""
    return tuple(dict.fromkeys(leaf for name in transition.sources for leaf in entity.states[name].leaves))


def leaves(entity: Entity) -> tuple[str, ...]:
    """The leaf states of an entity in the order of the file."""
    return tuple(name for name, state in entity.states.items() if state.leaves == (name,))


def steps(entity: Entity) -> Mapping[str, Mapping[str, Sequence[Transition]]]:
    """For each leaf state, in the order of the file, the leaf states one step away and the transitions that lead there.

    A transition without a target leads to where it starts. It is plain data: most rule sets ask nothing of a graph that
    is worth the tenth of a second that importing networkx takes.
    """
    found: dict[str, dict[str, list[Transition]]] = {name: {} for name in leaves(entity)}
    for transition in entity.transitions.values():
        for source in source_leaves(entity, transition):
            target = source if transition.target is None else leaf_after(entity, transition.target)
            found[source].setdefault(target, []).append(transition)
    return found


def within_reach(ways: Mapping[str, Iterable[str]], starts: Iterable[str]) -> frozenset[str]:
    """The nodes that can be reached from some of them, these included.

    Args:
        ways: for each node, those one step away.
        starts: where to begin.
    """
    reached = set(starts)
    open_ = list(reached)
    while open_:
        new = [name for name in ways.get(open_.pop(), ()) if name not in reached]
        reached.update(new)
        open_ += new
    return frozenset(reached)


def turned(ways: Mapping[str, Iterable[str]]) -> Mapping[str, Sequence[str]]:
    """The same ways, each walked backwards."""
    found: dict[str, list[str]] = {}
    for source, targets in ways.items():
        for target in targets:
            found.setdefault(target, []).append(source)
    return found


def circles(ways: Mapping[str, Iterable[str]], most: int, longest: int | None = None) -> list[list[str]]:
    """The elementary circles of a graph, each as its nodes on the way round.

    Args:
        ways: for each node, those one step away.
        most: how many circles to look for.
        longest: circles of more nodes are left out.
    """
    if not _goes_round(ways):
        return []
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_edges_from((source, target) for source, targets in ways.items() for target in targets)
    return list(islice(networkx.simple_cycles(graph, length_bound=longest), most))


def _goes_round(ways: Mapping[str, Iterable[str]]) -> bool:
    """Whether there is a circle: whether nodes are left when those that nothing leads to are taken away (Kahn 1962)."""
    before = turned(ways)
    left = {name: len(sources) for name, sources in before.items()}
    free = [name for name in ways if name not in left]
    while free:
        for name in ways.get(free.pop(), ()):
            left[name] -= 1
            if left[name] == 0:
                free.append(name)
    return any(left.values())


def components(ways: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The groups of nodes each of which can be reached from each other one (Tarjan 1972, "Depth-first search and linear
    graph algorithms"); a node alone is a group of one.

    Args:
        ways: for each node, those one step away; nodes that are no key are left out.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    found: list[list[str]] = []
    for root in ways:
        if root in number:
            continue
        work = [(root, iter(ways[root]))]
        number[root] = lowest[root] = len(number)
        path.append(root)
        on_path.add(root)
        while work:
            name, ahead = work[-1]
            new = next(
                (each for each in ahead if each in ways and (each not in number or each in on_path)), None
            )
            if new is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[name])
                if lowest[name] == number[name]:
                    group = [path.pop()]
                    while group[-1] != name:
                        group.append(path.pop())
                    on_path.difference_update(group)
                    found.append(group)
            elif new in number:
                lowest[name] = min(lowest[name], number[new])
            else:
                number[new] = lowest[new] = len(number)
                path.append(new)
                on_path.add(new)
                work.append((new, iter(ways[new])))
    return found


def by_leaf(entity: Entity) -> Mapping[str, tuple[Transition, ...]]:
    """The transitions that can be taken in each leaf state, in the order of the file."""
    found: dict[str, list[Transition]] = {name: [] for name in leaves(entity)}
    for transition in entity.transitions.values():
        for source in source_leaves(entity, transition):
            found[source].append(transition)
    return {name: tuple(several) for name, several in found.items()}
