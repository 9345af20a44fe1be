"""What is declared and never used (OF104): actions, events, kinds of rows, roles, children."""

from collections.abc import Iterable, Iterator, Mapping

from orderflow.checks.finding import warning
from orderflow.diagnostics import Diagnostic, Span
from orderflow.model.definition import Definition, Entity


def check_unused(rules: Definition, declared_actions: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Warnings about names that nothing refers to.

    Args:
        rules: the rule set.
        declared_actions: where each action is declared, used or not.
    """
    used = {action.name for action in rules.actions.values()}
    for name, span in declared_actions.items():
        if name not in used:
            fix = "name it in a `do`, `on_entry` or `on_exit`, or remove it"
            yield warning("OF104", f"nothing uses the action `{name}`", span, fix, "not used")
    for entity in rules.entities.values():
        yield from _events(entity, rules.entities.values())
        made = {item.creates for item in entity.transitions.values()}
        for child in entity.children.values():
            if child.name not in made:
                fix = f"add a transition that `creates: {child.name}`, or remove them"
                yield warning("OF104", f"no transition creates `{child.name}`", child.span, fix, "never made")


def _events(entity: Entity, entities: Iterable[Entity]) -> Iterator[Diagnostic]:
    taken = {item.event for item in entity.transitions.values()}
    for event in entity.events.values():
        if event.name not in taken:
            fix = f"add a transition with `event: {event.name}`, or remove the event"
            text = f"no transition takes the event `{event.name}`"
            yield warning("OF104", text, event.span, fix, "not used")
