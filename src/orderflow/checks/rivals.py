"""Two transitions that could fire together and whose order nobody said (OF205)."""

from collections.abc import Iterator

from orderflow.checks.clauses import exclusive, identical
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import by_leaf, circles, source_leaves
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message, joined
from orderflow.model.definition import Entity, Transition, Trigger

#: More pairs than these in one entity are not compared; people do not write so many.
MOST_PAIRS = 50_000
#: More circles of `before` than these are not told at once; longer circles of `before` are left out.
MOST_CIRCLES = 20
LONGEST_CIRCLE = 10


def check_rivals(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about pairs of transitions of one trigger that share a state."""
    seen: set[tuple[str, str]] = set()
    pairs = 0
    for leaf, several in by_leaf(entity).items():
        pairs += len(several) ** 2 // 2
        if pairs > MOST_PAIRS:
            text = Message(
                "`{name}` has too many transitions to compare them all with one another", name=entity.name
            )
            yield warning(
                "OF205", text, entity.span, Message("split the entity, or give its states fewer ways out")
            )
            return
        for index, first in enumerate(several):
            for second in several[index + 1 :]:
                pair = (first.name, second.name)
                if pair not in seen and _are_rivals(entity, leaf, first, second):
                    seen.add(pair)
                    found = _judge(leaf, first, second)
                    if found is not None:
                        yield found


def check_order(entity: Entity) -> Iterator[Diagnostic]:
    """What `before` and `otherwise` say of an order that there is not: a circle, or nothing to yield to."""
    ahead = {name: item.before for name, item in entity.transitions.items() if item.before}
    for circle in sorted(circles(ahead, MOST_CIRCLES, LONGEST_CIRCLE)):
        first = min(range(len(circle)), key=lambda at: list(entity.transitions).index(circle[at]))
        names = [*circle[first:], *circle[:first]]
        text = joined((Message("`{name}`", name=name) for name in (*names, names[0])), " before ") + Message(
            ": each goes first"
        )
        labels = tuple(
            Label(entity.transitions[name].span, Message("on the way round")) for name in names[1:]
        )
        yield error(
            "OF205",
            text,
            entity.transitions[names[0]].span,
            Message("remove one `before`"),
            Message("which goes first?"),
            labels,
        )
    for name, transition in entity.transitions.items():
        if transition.otherwise and not any(
            _yields_to(entity, transition, other) for other in entity.transitions.values()
        ):
            text = Message(
                "`{name}` says `otherwise`, but no other transition could be taken in its place", name=name
            )
            how = Message("remove `otherwise: true`")
            how = (
                Message("{how}, or say `at_once: true`", how=how)
                if transition.trigger is Trigger.AUTOMATIC
                else how
            )
            yield warning("OF205", text, transition.span, how, Message("yields to nothing"))


def _yields_to(entity: Entity, transition: Transition, other: Transition) -> bool:
    if other.otherwise or other.trigger is not transition.trigger or other.event != transition.event:
        return False
    return bool({*source_leaves(entity, transition)} & {*source_leaves(entity, other)})


def _are_rivals(entity: Entity, leaf: str, first: Transition, second: Transition) -> bool:
    """Whether nothing but their guards decides between two transitions in a state."""
    if first.trigger is not second.trigger or first.event != second.event:
        return False
    if first.otherwise is not second.otherwise:
        return False
    if second.name in first.before or first.name in second.before:
        return False
    # a transition of an inner state goes before one of a state around it
    return _depth(entity, leaf, first) == _depth(entity, leaf, second)


def _depth(entity: Entity, leaf: str, transition: Transition) -> int:
    """How far the nearest source of a transition stands above a leaf state."""
    state: str | None = leaf
    steps = 0
    while state is not None and state not in transition.sources:
        state, steps = entity.states[state].parent, steps + 1
    return steps


def _judge(leaf: str, first: Transition, second: Transition) -> Diagnostic | None:
    labels = (Label(first.span, Message("the other one")),)
    how = Message(
        "say `before: {name}` here, or `otherwise: true`, or make their conditions exclude each other",
        name=first.name,
    )
    if first.trigger is Trigger.AFTER and first.after != second.after:
        # the earlier timer fires first; the later one only while the earlier one's condition does not hold
        return None
    if first.when is not None and second.when is not None and exclusive(first.when, second.when):
        return None
    both_always = first.when is None and second.when is None
    if both_always or (identical(first.when, second.when) and first.when is not None):
        why = Message("without a condition") if both_always else Message("under the same condition")
        text = Message(
            "`{name}` and `{name2}` both leave `{leaf}` {why}; which one is taken?",
            name=first.name,
            name2=second.name,
            leaf=leaf,
            why=why,
        )
        return error("OF205", text, second.span, how, Message("could fire together with it"), labels)
    text = Message(
        "`{name}` and `{name2}` could both be taken in `{leaf}`; nothing says which goes first",
        name=first.name,
        name2=second.name,
        leaf=leaf,
    )
    return warning("OF205", text, second.span, how, Message("could fire together with it"), labels)
