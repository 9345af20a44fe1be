"""What one step of a record does outside: which actions, in which order, and where each is named."""

from collections.abc import Iterator
from typing import NamedTuple

from orderflow.checks.graph import leaf_after, source_leaves
from orderflow.checks.places import part_of, value_span
from orderflow.compiler.documents_found import Documents
from orderflow.diagnostics import Span
from orderflow.model.definition import Entity, State, Transition
from orderflow.model.standing import Resource


class Use(NamedTuple):
    """A place that names an action: the section and name of the part, its key, and where the part's own name stands."""

    section: str
    part: str
    key: str
    action: str
    span: Span


def steps_of(entity: Entity) -> Iterator[list[Use]]:
    """For every way from one leaf state to another, the actions in the order in which they are done."""
    begin = [*_around(entity, entity.initial)][::-1]
    yield [*_held(entity, None, entity.initial), *(use for state in begin for use in _on(state, "on_entry"))]
    for transition in entity.transitions.values():
        if transition.target is not None:
            for leaf in source_leaves(entity, transition):
                yield done_on(entity, leaf, transition)


def done_on(entity: Entity, leaf: str, transition: Transition) -> list[Use]:
    """The actions done when a transition is taken in a leaf state, in the order in which they are done."""
    own = [Use("transitions", transition.name, "do", name, transition.span) for name in transition.actions]
    if transition.target is None:
        return own
    after = leaf_after(entity, transition.target)
    left, entered = path_of(entity, leaf, transition)
    return [
        *(use for state in left for use in _on(state, "on_exit")),
        *_held(entity, leaf, after, back=True),
        *own,
        *_held(entity, leaf, after),
        *(use for state in entered for use in _on(state, "on_entry")),
    ]


def _on(state: State, key: str) -> Iterator[Use]:
    for name in state.on_entry if key == "on_entry" else state.on_exit:
        yield Use("states", state.name, key, name, state.span)


def _held(entity: Entity, before: str | None, after: str, *, back: bool = False) -> Iterator[Use]:
    """What is done because something is taken, or given back."""
    for resource in entity.resources.values():
        inside = entity.states[resource.held_in].leaves
        spent = resource.spend_on is not None and after in entity.states[resource.spend_on].leaves
        if back and before in inside and after not in inside and not spent:
            yield from (_of(resource, "give_back", name) for name in resource.on_give_back)
        if not back and before not in inside and after in inside:
            yield from (_of(resource, "take", name) for name in resource.on_take)


def _of(resource: Resource, key: str, name: str) -> Use:
    return Use("resources", resource.name, key, name, resource.span)


def _around(entity: Entity, leaf: str) -> Iterator[State]:
    """A leaf state and the states around it, the inner ones first."""
    name: str | None = leaf
    while name is not None:
        yield entity.states[name]
        name = entity.states[name].parent


def path_of(entity: Entity, leaf: str, transition: Transition) -> tuple[list[State], list[State]]:
    """The states left, inner ones first, and entered, outer ones first (W3C SCXML 1.0, section 3.13)."""
    after = leaf_after(entity, transition.target or leaf)
    here = [*_around(entity, leaf)]
    source = next(state.name for state in here if state.name in transition.sources)
    above = [state.name for state in _around(entity, source)][1:]
    way = [*_around(entity, transition.target or leaf)]
    common = next((state.name for state in way[1:] if state.name in above), None)
    left = _until(here, common)
    entered = _until([*_around(entity, after)], common)
    return left, entered[::-1]


def _until(states: list[State], common: str | None) -> list[State]:
    names = [state.name for state in states]
    return states[: names.index(common)] if common in names else states


def place_of(entity: Entity, use: Use, documents: Documents) -> Span:
    """Where a part names an action."""
    return value_span(part_of(documents, entity.name, use.section, use.part), use.key, use.action, use.span)
