"""Conditions that nothing would look at again when they turn, and a path that is not there (OF106)."""

from collections.abc import Iterator

from orderflow.checks.finding import error, warning
from orderflow.diagnostics import Diagnostic
from orderflow.model.definition import Definition, Entity, Transition, Trigger


def check_clock(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about automatic transitions that wait for the clock."""
    for transition in entity.transitions.values():
        if (
            transition.trigger is Trigger.AUTOMATIC
            and transition.when is not None
            and transition.when.reads.clock
        ):
            yield _clock(transition)


def check_stock(entity: Entity, rules: Definition) -> Iterator[Diagnostic]:
    """Findings about transitions that take stock or wait for it; of whole families, so all entities must be sound."""
    for transition in entity.transitions.values():
        yield from _stock(transition, entity, rules)


def _clock(transition: Transition) -> Diagnostic:
    text = f"`{transition.name}` waits for the clock, and nothing would wake it when the time has come"
    fix = "say the time with `after:` (such as `after: 26h`), and keep the rest of the condition in `when`"
    return error("OF106", text, transition.span, fix, "an automatic transition")


def _stock(transition: Transition, entity: Entity, rules: Definition) -> Iterator[Diagnostic]:
    """A transition that takes stock should say that it may wait for it, or another must stand by for it."""
    if transition.retry_on:
        if not _takes_stock(transition, entity, rules):
            text = f"`{transition.name}` waits for stock, but takes none"
            fix = "remove `retry_on`, or enter a state that a resource names in `held_in`"
            yield warning("OF106", text, transition.span, fix)
        return
    if (
        transition.trigger is Trigger.AUTOMATIC
        and transition.target is not None
        and _takes_stock(transition, entity, rules)
    ):
        text = f"`{transition.name}` takes stock; when there is none, nothing would try again"
        yield warning("OF106", text, transition.span, "add `retry_on: stock`, so that a receipt wakes it")


def _takes_stock(transition: Transition, entity: Entity, rules: Definition) -> bool:
    if transition.creates is not None:
        child = rules.entities.get(entity.children[transition.creates].entity)
        if child is not None and _holds(child, {child.initial}):
            return True
    if transition.target is None:
        return False
    entered = set(entity.states[transition.target].leaves)
    left = {leaf for source in transition.sources for leaf in entity.states[source].leaves}
    return _holds(entity, entered) and not _holds(entity, left)


def _holds(entity: Entity, leaves: set[str]) -> bool:
    return any(leaves & set(entity.states[resource.held_in].leaves) for resource in entity.resources.values())


def check_path(entity: Entity, rules: Definition) -> Iterator[Diagnostic]:
    """A state that shows its children's progress needs to know the order of theirs."""
    for state in entity.states.values():
        if state.shows is None:
            continue
        child = rules.entities.get(entity.children[state.shows].entity)
        if child is not None and not child.path:
            text = f"`{state.name}` shows the least of `{state.shows}`, but `{child.name}` has no `path`"
            yield error("OF106", text, state.span, f"add `path: [...]` to the entity `{child.name}`")
