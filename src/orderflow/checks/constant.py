"""Guards that ask nothing: `when: true`, `when: false` (OF106)."""

from collections.abc import Iterator

from orderflow.checks.finding import warning
from orderflow.diagnostics import Diagnostic
from orderflow.diagnostics.message import Message
from orderflow.expr.tree import Constant
from orderflow.model.definition import Entity, Trigger


def check_constant(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about guards that are always true or never."""
    for transition in entity.transitions.values():
        guard = transition.when
        if guard is None or not isinstance(guard.root, Constant):
            continue
        if guard.root.value is False:
            text = Message("`{name}` is never taken: its `when` is always false", name=transition.name)
            yield warning(
                "OF106", text, transition.span, Message("write a condition, or remove the transition")
            )
        else:
            text = Message("the `when` of `{name}` is always true, so it asks nothing", name=transition.name)
            instead = (
                Message("write `at_once: true` instead")
                if transition.trigger is Trigger.AUTOMATIC
                else Message("remove it")
            )
            yield warning("OF106", text, transition.span, instead)
    for hold in entity.holds.values():
        if hold.when is not None and isinstance(hold.when.root, Constant):
            never = hold.when.root.value is False
            text = Message(
                "hold `{name}` is {what} on: its `when` asks nothing",
                name=hold.name,
                what=Message("never") if never else Message("always"),
            )
            fix = (
                Message("write a condition, or remove the hold")
                if never
                else Message("write a condition, or say who places it: `by`")
            )
            yield warning("OF106", text, hold.span, fix)
