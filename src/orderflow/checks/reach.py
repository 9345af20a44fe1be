"""States that no record can reach, and states that no record can leave (OF201, OF208)."""

from collections.abc import Iterator

from orderflow.checks.finding import error, warning
from orderflow.checks.graph import steps, turned, within_reach
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message
from orderflow.model.definition import Entity


def check_reach(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about the ways through an entity's states."""
    ways = steps(entity)
    reached = within_reach(ways, [entity.initial])
    finals = [name for name, state in entity.states.items() if state.final]
    ends = within_reach(turned(ways), finals)
    for name, targets in ways.items():
        state = entity.states[name]
        ways_out = [target for target in targets if target != name]
        if name not in reached:
            text = Message("no {name} can reach the state `{name2}`", name=entity.name, name2=name)
            label = (Label(entity.states[entity.initial].span, Message("records begin here")),)
            fix = Message("add a transition with `to: {name}`, or remove the state", name=name)
            yield error("OF201", text, state.span, fix, Message("out of reach"), label)
        elif state.final and ways_out:
            taken = next(item for item in entity.transitions.values() if _leaves(item.sources, entity, name))
            text = Message(
                "`{name}` is final, but transition `{name2}` leaves it", name=name, name2=taken.name
            )
            fix = Message("remove `final: true`, or take `{name}` out of the transition's `from`", name=name)
            find = error if name in taken.sources else warning
            yield find(
                "OF208", text, state.span, fix, Message("final"), (Label(taken.span, Message("leaves it")),)
            )
        elif not state.final and not ways_out:
            text = Message("no transition leaves `{name}`, and it is not final", name=name)
            yield error(
                "OF208",
                text,
                state.span,
                Message("add `final: true`, or a transition from it"),
                Message("a dead end"),
            )
        elif not state.final and finals and name not in ends:
            text = Message("from `{name}` no final state can be reached", name=name)
            listed = ", ".join(f"`{final}`" for final in finals)
            yield error(
                "OF208",
                text,
                state.span,
                Message("add a way to {listed}", listed=listed),
                Message("never ends"),
            )
    if not finals:
        text = Message("`{name}` has no final state, so no record of it is ever done", name=entity.name)
        yield warning(
            "OF208", text, entity.span, Message("add `final: true` to the states where nothing more happens")
        )


def _leaves(sources: tuple[str, ...], entity: Entity, name: str) -> bool:
    return any(name in entity.states[source].leaves for source in sources)
