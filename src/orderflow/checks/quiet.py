"""What would be accepted and do nothing, or the wrong thing, without a word (OF102, OF105, OF106, OF107)."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from orderflow.checks.finding import error, warning
from orderflow.checks.graph import leaf_after
from orderflow.diagnostics import Diagnostic
from orderflow.diagnostics.message import Message, joined
from orderflow.expr.reads import walk
from orderflow.expr.tree import Call, Constant, Expression
from orderflow.expr.types import bounds
from orderflow.model.definition import Definition, Entity
from orderflow.model.policies import Promise

_HELD = frozenset({"is_held", "held_since"})


def check_spending(entity: Entity) -> Iterator[Diagnostic]:
    """Resources that are never spent: nothing goes from where they are held straight to where they are spent.

    Whoever leaves `held_in` for another state gives back what is held, so units that have left the house would still
    be on the shelf.
    """
    for resource in entity.resources.values():
        if resource.spend_on is None:
            continue
        inside = set(entity.states[resource.held_in].leaves)
        spent = set(entity.states[resource.spend_on].leaves)
        if not any(
            transition.target is not None
            and leaf_after(entity, transition.target) in spent
            and any(inside & set(entity.states[source].leaves) for source in transition.sources)
            for transition in entity.transitions.values()
        ):
            text = Message(
                "`{name}` is never spent: no transition goes from `{held_in}` to `{spend_on}`",
                name=resource.name,
                held_in=resource.held_in,
                spend_on=resource.spend_on,
            )
            fix = Message("name the state that follows, or remove `spend_on`")
            yield error("OF107", text, resource.span, fix, Message("it would be given back"))


def check_tags(entity: Entity) -> Iterator[Diagnostic]:
    """Tags that ask for themselves, straight or by way of others: they would be set and cleared in turns."""
    asks = {name: set(tag.when.reads.tags) for name, tag in entity.tags.items()}
    for circle in circles(asks):
        words = joined([Message("`{name}`", name=name) for name in circle], " asks ")
        text = Message("the tag would ask for itself: {words}", words=words)
        fix = Message("write the condition out in one of them")
        yield error("OF107", text, entity.tags[circle[0]].span, fix)


def check_holds(entity: Entity) -> Iterator[Diagnostic]:
    """Holds whose condition asks for themselves, straight or by way of others: each would end what begins it."""
    names = {name for name, hold in entity.holds.items() if hold.when is not None}
    asks = {name: _holds_asked(entity.holds[name].when, entity) & names for name in sorted(names)}
    for circle in circles(asks):
        words = joined([Message("`{name}`", name=name) for name in circle], " asks ")
        text = Message("the hold would ask for itself: {words}", words=words)
        fix = Message("write the condition out in one of them")
        yield error("OF107", text, entity.holds[circle[0]].span, fix)


def _holds_asked(when: Expression | None, entity: Entity) -> set[str]:
    """The holds of its own record that a condition asks for; `is_held()` asks for all."""
    found: set[str] = set()
    for node in () if when is None else walk(when.root):
        if isinstance(node, Call) and node.function in _HELD and when and node.depth <= when.depth:
            named = {str(each.value) for each in node.arguments if isinstance(each, Constant)}
            found |= named or set(entity.holds)
    return found


def circles(asks: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Every way of asking that comes back to where it began, one link of each taken away in turn."""
    left = {name: set(asked) for name, asked in asks.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as fault:
            circle: list[str] = list(reversed(fault.args[1]))  # it comes as asked before asking
            yield circle
            left[circle[0]].discard(circle[1])
        else:
            return


def check_sections(rules: Definition) -> Iterator[Diagnostic]:
    """Findings about pools, policies and promises."""
    for pool in rules.pools.values():
        if _never(pool.who):
            text = Message("nobody may draw on the pool `{name}`: its `who` is always false", name=pool.name)
            yield warning("OF106", text, pool.span, Message("write a condition, or remove the pool"))
    for policy in rules.allocation.values():
        if policy.candidates is not None and _never(policy.candidates):
            text = Message("`{name}` finds no warehouse: its `candidates` is always false", name=policy.name)
            yield warning(
                "OF106", text, policy.span, Message("write a condition, or remove `candidates` to take all")
            )
    for promise in rules.promises.values():
        yield from _promise(promise)


def _never(condition: Expression) -> bool:
    return isinstance(condition.root, Constant) and condition.root.value is False


def _promise(promise: Promise) -> Iterator[Diagnostic]:
    """Days that are always less than nothing promise a day that is over; a buffer may well take a day away."""
    if bounds(promise.days.root.type)[1] < 0:
        text = Message(
            "`{name}` promises a day before it begins: its `days` is less than nothing", name=promise.name
        )
        yield error("OF102", text, promise.span, Message("write 0 or more days"))
