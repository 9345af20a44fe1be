"""States that no record can reach, and states that no record can leave (OF201, OF208)."""

from collections.abc import Iterator

from orderflow.checks.finding import error, warning
from orderflow.checks.graph import transition_graph
from orderflow.diagnostics import Diagnostic, Label
from orderflow.model.definition import Entity


def check_reach(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about the ways through an entity's states."""
    import networkx

    graph = transition_graph(entity)
    reached = {entity.initial, *networkx.descendants(graph, entity.initial)}
    finals = [name for name, state in entity.states.items() if state.final]
    ends = set(finals).union(*(networkx.ancestors(graph, name) for name in finals))
    for name in graph.nodes:
        state = entity.states[name]
        ways_out = [target for _, target in graph.out_edges(name) if target != name]
        if name not in reached:
            text = f"no {entity.name} can reach the state `{name}`"
            label = (Label(entity.states[entity.initial].span, "records begin here"),)
            fix = f"add a transition with `to: {name}`, or remove the state"
            yield error("OF201", text, state.span, fix, "out of reach", label)
        elif state.final and ways_out:
            taken = next(item for item in entity.transitions.values() if _leaves(item.sources, entity, name))
            text = f"`{name}` is final, but transition `{taken.name}` leaves it"
            fix = f"remove `final: true`, or take `{name}` out of the transition's `from`"
            find = error if name in taken.sources else warning
            yield find("OF208", text, state.span, fix, "final", (Label(taken.span, "leaves it"),))
        elif not state.final and not ways_out:
            text = f"no transition leaves `{name}`, and it is not final"
            yield error("OF208", text, state.span, "add `final: true`, or a transition from it", "a dead end")
        elif not state.final and finals and name not in ends:
            text = f"from `{name}` no final state can be reached"
            listed = ", ".join(f"`{final}`" for final in finals)
            yield error("OF208", text, state.span, f"add a way to {listed}", "never ends")
    if not finals:
        text = f"`{entity.name}` has no final state, so no record of it is ever done"
        yield warning(
            "OF208", text, entity.span, "add `final: true` to the states where nothing more happens"
        )


def _leaves(sources: tuple[str, ...], entity: Entity, name: str) -> bool:
    return any(name in entity.states[source].leaves for source in sources)
