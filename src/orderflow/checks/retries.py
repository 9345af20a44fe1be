"""What is tried again without a bound: retries with no wait between them, timers that do the same again for ever (OF405)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product

from orderflow.checks.assume import is_false, round_and_round, settled
from orderflow.checks.doing import Use, done_on, path_of, place_of
from orderflow.checks.finding import warning
from orderflow.checks.graph import by_leaf, circles, leaf_after
from orderflow.checks.priority import automatic_ways
from orderflow.checks.turning import asks_of
from orderflow.compiler.documents_found import Documents
from orderflow.diagnostics import Diagnostic, Label, Message, Span
from orderflow.diagnostics.message import joined
from orderflow.expr.reads import walk
from orderflow.expr.tree import Call, Constant, Expression
from orderflow.expr.types import Kind
from orderflow.model.definition import Action, Changes, Definition, Entity, Transition, Trigger

#: More circles than these are not looked at one by one, nor more choices of transitions in one of them.
MOST_CIRCLES = 200
MOST_CHOICES = 30
_SINCE = frozenset({"time_in", "entered"})


@dataclass(frozen=True, slots=True)
class _Way:
    """A transition that needs nobody, from one leaf state to another."""

    source: str
    target: str
    transition: Transition


def check_retries(rules: Definition, documents: Documents) -> Iterator[Diagnostic]:
    """Actions that are tried again at once, again and again: the wait before a try is a part of the one that doubles."""
    told: set[Span] = set()
    for action in rules.actions.values():
        if action.first or action.attempts == 1 or action.span in told:
            continue
        told.add(action.span)
        yield _no_wait(action, documents)


def _no_wait(action: Action, documents: Documents) -> Diagnostic:
    part = documents.named("actions").get(action.name)
    retry = None if part is None else part.part("retry")
    node = None if retry is None else retry.scalar("first")
    text = Message("`{name}` is tried again with no wait in between", name=action.name)
    fix = Message("give the wait before the second try, such as `30s`; each further one doubles")
    span = action.span if node is None else node.span
    return warning("OF405", text, span, fix, Message("no wait"))


def check_repeats(entity: Entity, documents: Documents) -> Iterator[Diagnostic]:
    """Findings about circles of timers that do something outside each time round, and that nothing ends by itself.

    A circle ends by itself when a `when` on it, or one that leads out of it, asks the clock for something else than the time
    in its own states, or counts the children that it makes; or when a timer of a state around the circle leads out of it.
    """
    ways: dict[tuple[str, str], list[_Way]] = {}
    ahead: dict[str, list[str]] = {}
    for leaf, several in _alone(entity).items():
        for transition in several:
            target = leaf_after(entity, str(transition.target))
            ways.setdefault((leaf, target), []).append(_Way(leaf, target, transition))
            if target not in ahead.setdefault(leaf, []):
                ahead[leaf].append(target)
    order = {name: place for place, name in enumerate(entity.states)}
    told: set[frozenset[str]] = set()
    for circle in sorted(
        circles(ahead, MOST_CIRCLES), key=lambda some: (len(some), min(order[name] for name in some))
    ):
        start = min(range(len(circle)), key=lambda at: order[circle[at]])
        states = [*circle[start:], *circle[:start]]
        steps = [ways[edge] for edge in zip(states, [*states[1:], states[0]], strict=True)]
        for chosen in islice(product(*steps), MOST_CHOICES):
            names = frozenset(way.transition.name for way in chosen)
            if names not in told and not any(some <= names for some in told) and _endless(entity, chosen):
                done = _repeated(entity, chosen)
                if done:
                    told.add(names)
                    yield _finding(entity, chosen, done, documents)


def _alone(entity: Entity) -> Mapping[str, Sequence[Transition]]:
    """The transitions that need nobody, by leaf state; those that another one always beats are left out."""
    found: dict[str, list[Transition]] = {}
    taken = by_leaf(entity)
    for leaf, ways in automatic_ways(entity).items():
        own = [way.transition for way in ways if way.transition.target is not None]
        beaten = any(way.sure and way.transition.when is None for way in ways)
        timers = [item for item in taken[leaf] if item.trigger is Trigger.AFTER and item.target is not None]
        first = min((item.after or timedelta(0) for item in timers if item.when is None), default=None)
        if not beaten:
            own += [item for item in timers if first is None or (item.after or timedelta(0)) <= first]
        found[leaf] = own
    return found


def _endless(entity: Entity, ways: Sequence[_Way]) -> bool:
    """Whether nothing but an event from outside ends a circle, and time passes on it."""
    circle = {way.source for way in ways}
    if all(way.transition.trigger is not Trigger.AFTER for way in ways):
        return False  # without time it never comes to rest at all (OF207)
    made = {way.transition.creates for way in ways} - {None}
    for way in ways:
        guard = way.transition.when
        if guard is None:
            continue
        left = settled(guard.root, round_and_round(way.source, ()))
        if is_false(left) or _bounds(guard, circle) or any(asks_of(left, str(name)) for name in made):
            return False
        if any(
            isinstance(node, Call) and node.function == "reached" and {*node.states} & circle
            for node in walk(guard.root)
        ):
            return False
    return not _led_out(entity, ways, circle)


def _bounds(guard: Expression, circle: set[str]) -> bool:
    """Whether a condition asks the clock for something else than the time since a state of the circle was entered."""
    if not guard.reads.clock:
        return False
    return not any(
        isinstance(node, Call)
        and node.function in _SINCE
        and any(isinstance(each, Constant) and each.value in circle for each in node.arguments)
        for node in walk(guard.root)
    )


def _led_out(entity: Entity, ways: Sequence[_Way], circle: set[str]) -> bool:
    """Whether some transition that needs nobody leads out of the circle, by a clock that the circle does not set back."""
    left_behind = {state.name for way in ways for state in path_of(entity, way.source, way.transition)[0]}
    for leaf, several in by_leaf(entity).items():
        if leaf not in circle:
            continue
        for item in several:
            if item.target is None or leaf_after(entity, item.target) in circle:
                continue
            if item.trigger is Trigger.AFTER and not {*item.sources} & left_behind:
                return True
            if item.trigger is Trigger.AUTOMATIC and item.when is not None and _bounds(item.when, circle):
                return True
    return False


def _repeated(entity: Entity, ways: Sequence[_Way]) -> list[Use]:
    """The actions that are done each time round."""
    return [use for way in ways for use in done_on(entity, way.source, way.transition)]


def _finding(entity: Entity, ways: Sequence[_Way], done: Sequence[Use], documents: Documents) -> Diagnostic:
    timer = next(way.transition for way in ways if way.transition.trigger is Trigger.AFTER)
    states = [way.source for way in ways]
    shown = joined([Message("`{name}`", name=name) for name in (*states, states[0])], " → ")
    text = Message(
        "`{action}` is done again and again for as long as nobody does anything: {shown}",
        action=done[0].action,
        shown=shown,
    )
    moment = _beginning(entity)
    if moment is None:
        fix = Message(
            "say in the `when` of `{name}` when it ends, or put a state around with a timer out of it",
            name=timer.name,
        )
    else:
        fix = Message(
            "say in the `when` of `{name}` when it ends, such as `age({moment}) < days(7)`, or put a state around with a "
            "timer out of it",
            name=timer.name,
            moment=moment,
        )
    labels = [Label(place_of(entity, done[0], documents), Message("done each time round"))]
    labels += [
        Label(item.span, Message("then this one"))
        for item in dict.fromkeys(way.transition for way in ways)
        if item is not timer
    ]
    late = _never_due(entity, ways)
    if late is not None:
        labels.append(Label(late.span, Message("never due: each time round its clock begins anew")))
    return warning("OF405", text, timer.span, fix, Message("no end"), tuple(labels))


def _beginning(entity: Entity) -> str | None:
    """A field with a moment that every record has, those that never change first."""
    moments = [
        field
        for field in entity.fields.values()
        if field.type.kind is Kind.DATETIME and not field.type.optional
    ]
    return min(moments, key=lambda field: field.changes is not Changes.NEVER).name if moments else None


def _never_due(entity: Entity, ways: Sequence[_Way]) -> Transition | None:
    """A timer that was perhaps meant to end it, but of a state that the circle enters again each time."""
    taken = {way.transition.name for way in ways}
    for way in ways:
        for item in entity.transitions.values():
            if item.trigger is Trigger.AFTER and way.source in item.sources and item.name not in taken:
                return item
    return None
