"""The graph of an entity's leaf states: an edge for each way that a transition offers between two of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orderflow.model.definition import Entity, Transition

if TYPE_CHECKING:
    import networkx


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


def transition_graph(entity: Entity) -> "networkx.MultiDiGraph[str]":
    """The leaf states as nodes; for each source of each transition an edge, its key the transition's name.

    A transition without a target is an edge to where it starts. Nodes carry `state`, edges `transition`.
    """
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for name in leaves(entity):
        graph.add_node(name, state=entity.states[name])
    for transition in entity.transitions.values():
        for source in source_leaves(entity, transition):
            target = source if transition.target is None else leaf_after(entity, transition.target)
            graph.add_edge(source, target, key=transition.name, transition=transition)
    return graph


def by_leaf(entity: Entity) -> Mapping[str, tuple[Transition, ...]]:
    """The transitions that can be taken in each leaf state, in the order of the file."""
    found: dict[str, list[Transition]] = {name: [] for name in leaves(entity)}
    for transition in entity.transitions.values():
        for source in source_leaves(entity, transition):
            found[source].append(transition)
    return {name: tuple(several) for name, several in found.items()}
