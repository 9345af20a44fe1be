"""States that no record can reach, and states that no record can leave (OF201, OF208)."""

from collections.abc import Iterator, Mapping, Sequence

from orderflow.checks.finding import error, warning
from orderflow.checks.graph import by_leaf, components, steps, within_reach
from orderflow.checks.places import part_of, value_span
from orderflow.compiler.documents_found import Documents
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message, joined
from orderflow.model.definition import Entity, State, Transition

#: The states one step away from each state, itself left out.
Ways = Mapping[str, Sequence[str]]


def check_reach(entity: Entity, documents: Documents) -> Iterator[Diagnostic]:
    """Findings about the ways through an entity's states.

    What only follows from another finding is not told: states behind one that is out of reach, states that lead into a dead
    end, and final states that are out of reach only because every way to them is missing where a dead end is.
    """
    ways: Ways = {
        name: [target for target in targets if target != name] for name, targets in steps(entity).items()
    }
    reached = within_reach(ways, [entity.initial])
    finals = [name for name, state in entity.states.items() if state.final]
    stuck = list(_stuck(entity, ways, reached, finals))
    heads = list(_heads(ways, reached))
    missed = [entity.states[name] for name in heads if entity.states[name].final]
    for names in stuck:
        told = _behind(entity, names, missed, all_=not reached & {*finals})
        missed = [state for state in missed if state not in told]
        labels = tuple(Label(state.span, Message("this final state is out of reach")) for state in told)
        yield _ends_nowhere(entity, names, finals, labels)
    for name in heads:
        state = entity.states[name]
        if not state.final or state in missed:
            yield _out_of_reach(entity, state)
    taken = by_leaf(entity)
    for name in finals:
        leaving = [item for item in taken[name] if item.target is not None]
        if leaving:
            needed = within_reach({**ways, name: []}, [entity.initial]) != reached
            yield _left(entity, entity.states[name], leaving, documents, needed=needed)
    if not finals and not stuck:
        text = Message("`{name}` has no final state, so no record of it is ever done", name=entity.name)
        fix = Message("add `final: true` to the states where nothing more happens")
        yield warning("OF208", text, entity.span, fix)


def _heads(ways: Ways, reached: frozenset[str]) -> Iterator[str]:
    """Of the states out of reach, those that no other one leads to; of several that lead to one another the first."""
    missed = {
        name: [target for target in targets if target not in reached]
        for name, targets in ways.items()
        if name not in reached
    }
    groups = components(missed)
    group_of = {name: number for number, group in enumerate(groups) for name in group}
    behind = {
        group_of[target]
        for name, targets in missed.items()
        for target in targets
        if group_of[target] != group_of[name]
    }
    order = {name: place for place, name in enumerate(ways)}
    yield from sorted(
        (min(group, key=order.__getitem__) for number, group in enumerate(groups) if number not in behind),
        key=order.__getitem__,
    )


def _stuck(
    entity: Entity, ways: Ways, reached: frozenset[str], finals: Sequence[str]
) -> Iterator[Sequence[str]]:
    """The states within reach that no way leads out of: one alone, or several that lead to one another only."""
    order = {name: place for place, name in enumerate(ways)}
    for group in components({name: ways[name] for name in ways if name in reached}):
        inside = {*group}
        if any(entity.states[name].final or not {*ways[name]} <= inside for name in group):
            continue
        if finals or len(group) == 1:
            yield sorted(group, key=order.__getitem__)


def _behind(entity: Entity, names: Sequence[str], missed: Sequence[State], *, all_: bool) -> Sequence[State]:
    """The final states that are out of reach because nothing leads on from a dead end: one way would mend both.

    A dead end explains one of them, first one inside the same state; all, where no other way leads to a final state either.
    """
    around = entity.states[names[-1]].parent
    return missed if all_ else sorted(missed, key=lambda state: state.parent != around)[:1]


def _ends_nowhere(
    entity: Entity, names: Sequence[str], finals: Sequence[str], labels: tuple[Label, ...]
) -> Diagnostic:
    state = entity.states[names[0]]
    if len(names) == 1:
        text = Message("no transition leaves `{name}`, and it is not final", name=state.name)
        fix = Message("add `final: true`, or a transition from it")
        return error("OF208", text, state.span, fix, Message("a dead end"), labels)
    called = joined([Message("`{name}`", name=name) for name in names], " and ")
    text = Message("from {called} no final state can be reached", called=called)
    listed = joined([Message("`{name}`", name=name) for name in finals], " or ")
    fix = Message("add a way to {listed}", listed=listed)
    others = tuple(Label(entity.states[name].span, Message("nor from here")) for name in names[1:])
    return error("OF208", text, state.span, fix, Message("never ends"), (*others, *labels))


def _out_of_reach(entity: Entity, state: State) -> Diagnostic:
    label = (Label(entity.states[entity.initial].span, Message("records begin here")),)
    fix = Message("add a transition with `to: {name}`, or remove the state", name=state.name)
    note = Message("out of reach")
    if state.final:
        text = Message(
            "no `{entity}` can reach the final state `{name}`", entity=entity.name, name=state.name
        )
        return error("OF208", text, state.span, fix, note, label)
    text = Message("no `{entity}` can reach the state `{name}`", entity=entity.name, name=state.name)
    return error("OF201", text, state.span, fix, note, label)


def _left(
    entity: Entity, state: State, leaving: Sequence[Transition], documents: Documents, *, needed: bool
) -> Diagnostic:
    """Transitions that leave a final state: an error where one names it, else a warning.

    One that names it and leads where records come anyway is wrong itself. Where several do, or the only way to other states
    leads through this one (`needed`), it is rather the state that should not be final.
    """
    named = [item for item in leaving if state.name in item.sources]
    taken = (named or leaving)[0]
    text = Message(
        "`{state}` is final, but transition `{transition}` leaves it",
        state=state.name,
        transition=taken.name,
    )
    fix = Message("remove `final: true`, or take `{state}` out of the transition's `from`", state=state.name)
    places = [
        value_span(part_of(documents, entity.name, "transitions", item.name), "from", state.name, item.span)
        for item in leaving
    ]
    leaves, final = Message("leaves it"), Message("final")
    if len(leaving) == len(named) == 1 and not needed:
        return error("OF208", text, places[0], fix, leaves, (Label(state.span, final),))
    find = error if named else warning
    return find("OF208", text, state.span, fix, final, tuple(Label(place, leaves) for place in places))
