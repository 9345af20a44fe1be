"""An entity of the rule set: fields' contracts, events, transitions, resources and what else stands on its states."""

from orderflow.compiler.arrival import compile_arrival
from orderflow.compiler.contracts import compile_contracts
from orderflow.compiler.events import compile_events
from orderflow.compiler.header import Header
from orderflow.compiler.holds import compile_holds
from orderflow.compiler.outline import Outline
from orderflow.compiler.report import Report
from orderflow.compiler.resources import compile_resources
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.transitions import compile_transitions, known_actions
from orderflow.model.definition import Entity
from orderflow.model.frozen import FrozenDict


def compile_entity(outline: Outline, header: Header, scopes: Scopes, report: Report) -> Entity:
    """An entity with everything that its own file says, but its aggregates, tiers and tags.

    Args:
        outline: its names.
        header: the rule set's head.
        scopes: what expressions may name; `scopes.declared` holds the names of the shared sections.
        report: where the findings go.
    """
    declared = scopes.declared
    _check_state_actions(outline, scopes, report)
    fields = compile_contracts(outline, scopes, report)
    events = compile_events(outline, header, scopes, report)
    return Entity(
        name=outline.name,
        label=outline.label,
        key=outline.key,
        parent=outline.parent,
        fields=FrozenDict(fields),
        states=FrozenDict(outline.states.table),
        initial=outline.states.initial,
        events=FrozenDict(events),
        transitions=FrozenDict(compile_transitions(outline, declared.actions, scopes, report)),
        children=FrozenDict(outline.children),
        path=outline.states.path,
        resources=FrozenDict(compile_resources(outline, scopes, report)),
        span=outline.part.span,
        holds=FrozenDict(compile_holds(outline, header, scopes, report)),
        arrival=FrozenDict(compile_arrival(outline, scopes, report)),
    )


def _check_state_actions(outline: Outline, scopes: Scopes, report: Report) -> None:
    waiting = list(outline.part.parts("states"))
    while waiting:
        part = waiting.pop(0)
        for key in ("on_entry", "on_exit"):
            known_actions(part, key, scopes.declared.actions, report)
        waiting += part.parts("states")
