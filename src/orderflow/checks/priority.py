"""Which of the automatic transitions of a state goes first, and what the others therefore ask besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orderflow.checks.assume import negated
from orderflow.checks.graph import by_leaf, leaf_after
from orderflow.expr.tree import Node
from orderflow.model.definition import Entity, Transition, Trigger

#: Of more transitions than these that go before one, the later ones are not asked: people do not write so many.
MOST_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Way:
    """An automatic transition as seen from one leaf state.

    Args:
        source, target: the leaf before and after; the same where no state is left.
        asks: what must hold for it to be taken: its guard, none of those before it, no hold by a condition.
        sure: whether it is taken for certain then: it takes and moves nothing that may be lacking.
    """

    source: str
    target: str
    transition: Transition
    asks: tuple[Node, ...]
    sure: bool


def automatic_ways(entity: Entity) -> Mapping[str, tuple[Way, ...]]:
    """The automatic transitions of each leaf state, in the order in which the engine looks at them.

    One that can never have its turn, because another before it asks nothing, is left out.
    """
    return {leaf: tuple(_ways(entity, leaf, several)) for leaf, several in by_leaf(entity).items()}


def _ways(entity: Entity, leaf: str, several: tuple[Transition, ...]) -> Iterator[Way]:
    asked = tuple(
        negated(hold.when.root)
        for hold in entity.holds.values()
        if hold.when is not None and any(leaf in entity.states[name].leaves for name in hold.states)
    )
    alone = [item for item in several if item.trigger is Trigger.AUTOMATIC]
    for transition in _ordered(entity, leaf, alone):
        own = () if transition.when is None else (transition.when.root,)
        target = leaf if transition.target is None else leaf_after(entity, transition.target)
        sure = not takes(entity, leaf, target) and not transition.moves and transition.creates is None
        yield Way(leaf, target, transition, (*own, *asked), sure)
        if sure and transition.target is not None:
            if transition.when is None:
                return
            if len(asked) < MOST_BEFORE:
                asked = (*asked, negated(transition.when.root))


def _ordered(entity: Entity, leaf: str, several: list[Transition]) -> list[Transition]:
    """Inner states first, then the order of the file, `before` and `otherwise` as they say."""
    items = sorted(several, key=lambda item: (item.otherwise, depth(entity, leaf, item)))
    for _ in range(len(items) ** 2):
        late = next((at for at, item in enumerate(items) if _goal(item, items) < at), None)
        if late is None:
            break
        items.insert(_goal(items[late], items), items.pop(late))
    return items


def _goal(item: Transition, items: list[Transition]) -> int:
    return next((at for at, other in enumerate(items) if other.name in item.before), len(items))


def depth(entity: Entity, leaf: str, transition: Transition) -> int:
    """How far the nearest source of a transition stands above a leaf state."""
    state: str | None = leaf
    steps = 0
    while state is not None and state not in transition.sources:
        state, steps = entity.states[state].parent, steps + 1
    return steps


def takes(entity: Entity, before: str, after: str) -> bool:
    """Whether going from one leaf state to another takes something that may be lacking."""
    return any(
        resource.kind != "token"
        and after in entity.states[resource.held_in].leaves
        and before not in entity.states[resource.held_in].leaves
        for resource in entity.resources.values()
    )
