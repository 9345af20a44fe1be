"""Guards that ask nothing: `when: true`, `when: false` (OF106)."""

from collections.abc import Iterator, Mapping

from orderflow.checks.finding import warning
from orderflow.checks.places import part_of
from orderflow.compiler.documents_found import Documents
from orderflow.compiler.insertion import remove_entry
from orderflow.compiler.part import Part
from orderflow.diagnostics import Diagnostic, Fix
from orderflow.diagnostics.message import Message
from orderflow.expr.tree import Constant
from orderflow.model.definition import Entity, Transition, Trigger


def check_constant(entity: Entity, documents: Documents, sources: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Findings about guards that are always true or never.

    Args:
        entity: the entity.
        documents: what the files say.
        sources: the text of each file.
    """
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
            part = part_of(documents, entity.name, "transitions", transition.name)
            yield warning("OF106", text, transition.span, _instead(part, transition, sources))
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


def _instead(part: Part | None, transition: Transition, sources: Mapping[str, str]) -> Fix:
    """The repair of a guard that is always true: without it, or where nothing else starts it, `at_once: true`."""
    starts = transition.trigger is Trigger.AUTOMATIC and not transition.otherwise
    words = Message("write `at_once: true` instead") if starts else Message("remove it")
    entry = None if part is None else part.node.entry("when")
    if part is None or entry is None:
        return Fix(words)
    if not starts:
        return remove_entry(part.node, entry, words, sources)
    if entry.value.span.line != entry.key.span.line:
        return Fix(words)
    return Fix(words, entry.key.span.to(entry.value.span), "at_once: true")
