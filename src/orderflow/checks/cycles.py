"""Automatic transitions that may never come to rest (OF207)."""

from collections.abc import Iterator

from orderflow.checks.clauses import exclusive_throughout
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import circles, steps
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message
from orderflow.model.definition import Entity, Transition, Trigger

#: More cycles than these are not looked at one by one.
MOST_CYCLES = 200


def check_cycles(entity: Entity) -> Iterator[Diagnostic]:
    """Findings about cycles that automatic transitions alone can run through."""
    ahead: dict[str, list[str]] = {}
    ways: dict[tuple[str, str], list[Transition]] = {}
    for source, targets in steps(entity).items():
        for target, several in targets.items():
            alone = [item for item in several if item.trigger is Trigger.AUTOMATIC and item.target is not None]
            if alone:
                ahead.setdefault(source, []).append(target)
                ways[(source, target)] = alone
    for cycle in circles(ahead, MOST_CYCLES):
        found = _judge(_from_first(entity, cycle), ways)
        if found is not None:
            yield found
    for transition in entity.transitions.values():
        if transition.trigger is not Trigger.EVENT and transition.target is None and not _changes(transition):
            yield _internal(transition)


def _from_first(entity: Entity, cycle: list[str]) -> list[str]:
    """The cycle from its first state in the order of the file, so that it is named the same each time."""
    order = list(entity.states)
    start = min(range(len(cycle)), key=lambda index: order.index(cycle[index]))
    return cycle[start:] + cycle[:start]


def _judge(cycle: list[str], ways: dict[tuple[str, str], list[Transition]]) -> Diagnostic | None:
    """What to say of a cycle.

    It is certain when no way on it has a guard, and harmless when two of its guards exclude each other.
    """
    steps = [ways[edge] for edge in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
    first = steps[0][0]
    shown = " → ".join(f"`{name}`" for name in [*cycle, cycle[0]])
    labels = tuple(Label(step[0].span, Message("then this one")) for step in steps[1:])
    if all(any(item.when is None for item in step) for step in steps):
        text = Message("automatic transitions go round without end: {shown}", shown=shown)
        return error(
            "OF207",
            text,
            first.span,
            Message("give one of them a `when`, or an `event`"),
            Message("begins it"),
            labels,
        )
    guards = [[item.when for item in step] for step in steps]
    for index, some in enumerate(guards):
        for others in guards[index + 1 :]:
            if all(
                a is not None and b is not None and exclusive_throughout(a, b) for a in some for b in others
            ):
                return None
    text = Message("automatic transitions could go round without end: {shown}", shown=shown)
    fix = Message("make their conditions exclude each other, or let an event decide")
    return warning("OF207", text, first.span, fix, Message("begins it"), labels)


def _changes(transition: Transition) -> bool:
    """Whether what an internal transition does may turn its own condition, so that it comes to rest.

    It looks at the children that it makes or tells, or makes them of a plan: what they carry is not sourced again.
    """
    if transition.when is None:
        return False
    made = {transition.creates, *transition.tell}
    return bool(made & transition.when.reads.children) or transition.policy is not None


def _internal(transition: Transition) -> Diagnostic:
    what = "is automatic" if transition.trigger is Trigger.AUTOMATIC else "has a time that stays up"
    text = Message(
        "`{name}` {what} and leaves no state, so it would be taken again and again",
        name=transition.name,
        what=what,
    )
    return error(
        "OF207",
        text,
        transition.span,
        Message("add `to`, or give it an `event`"),
        Message("never comes to rest"),
    )
