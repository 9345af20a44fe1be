"""Two transitions that could fire together and whose order nobody said (OF205)."""

from collections.abc import Iterator
from itertools import islice

from orderflow.checks.clauses import exclusive, identical
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import by_leaf, source_leaves
from orderflow.diagnostics import Diagnostic, Label
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
            text = f"`{entity.name}` has too many transitions to compare them all with one another"
            yield warning("OF205", text, entity.span, "split the entity, or give its states fewer ways out")
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
    import networkx

    ahead: networkx.DiGraph[str] = networkx.DiGraph()
    ahead.add_edges_from((name, other) for name, item in entity.transitions.items() for other in item.before)
    for circle in sorted(islice(networkx.simple_cycles(ahead, length_bound=LONGEST_CIRCLE), MOST_CIRCLES)):
        first = min(range(len(circle)), key=lambda at: list(entity.transitions).index(circle[at]))
        names = [*circle[first:], *circle[:first]]
        text = " before ".join(f"`{name}`" for name in (*names, names[0])) + ": each goes first"
        labels = tuple(Label(entity.transitions[name].span, "on the way round") for name in names[1:])
        yield error(
            "OF205",
            text,
            entity.transitions[names[0]].span,
            "remove one `before`",
            "which goes first?",
            labels,
        )
    for name, transition in entity.transitions.items():
        if transition.otherwise and not any(
            _yields_to(entity, transition, other) for other in entity.transitions.values()
        ):
            text = f"`{name}` says `otherwise`, but no other transition could be taken in its place"
            how = "remove `otherwise: true`"
            how = f"{how}, or say `at_once: true`" if transition.trigger is Trigger.AUTOMATIC else how
            yield warning("OF205", text, transition.span, how, "yields to nothing")


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
    labels = (Label(first.span, "the other one"),)
    how = (
        f"say `before: {first.name}` here, or `otherwise: true`, or make their conditions exclude each other"
    )
    if first.trigger is Trigger.AFTER and first.after != second.after:
        # the earlier timer fires first; the later one only while the earlier one's condition does not hold
        return None
    if first.when is not None and second.when is not None and exclusive(first.when, second.when):
        return None
    both_always = first.when is None and second.when is None
    if both_always or (identical(first.when, second.when) and first.when is not None):
        why = "without a condition" if both_always else "under the same condition"
        text = f"`{first.name}` and `{second.name}` both leave `{leaf}` {why}; which one is taken?"
        return error("OF205", text, second.span, how, "could fire together with it", labels)
    text = (
        f"`{first.name}` and `{second.name}` could both be taken in `{leaf}`; nothing says which goes first"
    )
    return warning("OF205", text, second.span, how, "could fire together with it", labels)
