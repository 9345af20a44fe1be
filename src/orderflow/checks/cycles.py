"""Automatic transitions that may never come to rest (OF207)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from orderflow.checks.assume import is_false, is_true, round_and_round, settled
from orderflow.checks.clauses import clashing
from orderflow.checks.finding import error, warning
from orderflow.checks.graph import circles
from orderflow.checks.priority import Way, automatic_ways
from orderflow.checks.turning import Sound, asks_of, may_turn, returning, stays_up, unmoved
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message, joined
from orderflow.expr.tree import Node
from orderflow.model.definition import Entity, State, Transition, Trigger

#: More cycles than these are not looked at one by one, nor more choices of transitions in one of them.
MOST_CYCLES = 200
MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class _Round:
    """A cycle that can be run through: its ways, and whether nothing on it asks for anything."""

    ways: tuple[Way, ...]
    certain: bool

    @property
    def names(self) -> frozenset[str]:
        return frozenset(way.transition.name for way in self.ways)


def check_cycles(entity: Entity, sound: Sound) -> Iterator[Diagnostic]:
    """Findings about cycles that automatic transitions alone can run through.

    Args:
        entity: whose transitions are looked at.
        sound: the entities whose lifecycle is known, for its children.
    """
    alone: dict[tuple[str, str], list[Way]] = {}
    ahead: dict[str, list[str]] = {}
    for leaf, ways in automatic_ways(entity).items():
        for way in ways:
            if way.transition.target is None or len(alone.get((leaf, way.target), ())) >= MOST_CHOICES:
                continue
            if _left([way]) is not None:
                alone.setdefault((leaf, way.target), []).append(way)
                if way.target not in ahead.setdefault(leaf, []):
                    ahead[leaf].append(way.target)
    found = []
    for circle in circles(ahead, MOST_CYCLES):
        cycle = _from_first(entity, circle)
        steps = [alone[edge] for edge in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
        one = _judge(steps, entity, sound)
        if one is not None:
            found.append(one)
    yield from _told_once(found, entity)
    for transition in entity.transitions.values():
        if stays_up(transition, entity, sound):
            yield _internal(transition, entity, sound)


def _from_first(entity: Entity, cycle: list[str]) -> list[str]:
    """The cycle from its first state in the order of the file, so that it is named the same each time."""
    order = list(entity.states)
    start = min(range(len(cycle)), key=lambda index: order.index(cycle[index]))
    return cycle[start:] + cycle[:start]


def _judge(steps: Sequence[list[Way]], entity: Entity, sound: Sound) -> _Round | None:
    """The first choice of transitions with which the cycle can be run through, a certain one if there is one."""
    possible = None
    for ways in islice(product(*steps), MOST_CHOICES):
        left = _left(ways)
        if left is None or _comes_to_rest(ways, left, entity, sound):
            continue
        asked = any(way.transition.when is not None and not _idle(way, ways) for way in ways)
        if not asked and all(way.sure or way.transition.creates is not None for way in ways):
            return _Round(ways, certain=True)
        possible = possible or _Round(ways, certain=False)
    return possible


def _left(ways: Sequence[Way]) -> list[list[Node]] | None:
    """What each way still asks, when the record goes round and round; None when that cannot all hold.

    Of a part of a way round it says less than of the whole, and nothing that is wrong.
    """
    circle = {way.source for way in ways}
    left = []
    for way in ways:
        known = round_and_round(way.source, circle)
        asks = [settled(node, known) for node in way.asks]
        if any(is_false(node) for node in asks):
            return None
        left.append([node for node in asks if not is_true(node)])
    for asks in left:
        if any(clashing(one, other, at_once=True) for one, other in combinations(asks, 2)):
            return None
    for some, others in combinations([asks for asks in left if asks], 2):
        if any(clashing(one, other, at_once=False) for one in some for other in others):
            return None
    return left


def _idle(way: Way, ways: Sequence[Way]) -> bool:
    """Whether a guard asks for nothing that is not given on the way round."""
    guard = way.transition.when
    known = round_and_round(way.source, {each.source for each in ways})
    return guard is not None and is_true(settled(guard.root, known))


def _comes_to_rest(ways: Sequence[Way], left: Sequence[list[Node]], entity: Entity, sound: Sound) -> bool:
    """Whether children that are made or told on the way turn what a way on it asks of them."""
    for way in ways:
        made = {way.transition.creates, *way.transition.tell} - {None}
        for asks in left:
            for node in asks:
                looks = any(asks_of(node, str(children)) for children in made)
                if looks and may_turn(node, way.transition, entity, sound):
                    return True
    return False


def _told_once(found: Sequence[_Round], entity: Entity) -> Iterator[Diagnostic]:
    """One finding for each mistake: a cycle is left out when each of its transitions was told of with another."""
    order = list(entity.transitions)
    said: set[str] = set()
    ranked = sorted(
        found,
        key=lambda one: (
            not one.certain,
            len(one.ways),
            [order.index(way.transition.name) for way in one.ways],
        ),
    )
    for one in ranked:
        if not one.names <= said:
            said |= one.names
            yield _cycle(one)


def _cycle(one: _Round) -> Diagnostic:
    states = [way.source for way in one.ways]
    shown = joined([Message("`{name}`", name=name) for name in (*states, states[0])], " → ")
    first, *others = dict.fromkeys(way.transition for way in one.ways)
    labels = tuple(Label(item.span, Message("then this one")) for item in others)
    if one.certain:
        text = Message("automatic transitions go round without end: {shown}", shown=shown)
        fix = Message("give one of them a `when`, or an `event`")
        return error("OF207", text, first.span, fix, Message("begins it"), labels)
    text = Message("automatic transitions could go round without end: {shown}", shown=shown)
    fix = Message("make their conditions exclude each other, or let an event decide")
    return warning("OF207", text, first.span, fix, Message("begins it"), labels)


def _internal(transition: Transition, entity: Entity, sound: Sound) -> Diagnostic:
    """An internal transition that is enabled again at once; by way of its children, if it is they who come back."""
    for children, event in transition.tell.items():
        child = sound.get(entity.children[children].entity)
        if transition.when is None or child is None:
            break
        back = returning(transition.when.root, children, event, child)
        if back:
            return _back_and_forth(transition, children, back)
        state = unmoved(transition.when.root, children, event, child)
        if state is not None:
            return _not_taken(transition, children, event, child.states[state])
    automatic = transition.trigger is Trigger.AUTOMATIC
    what = Message("is automatic") if automatic else Message("has a time that stays up")
    text = Message(
        "`{name}` {what} and leaves no state, so it would be taken again and again",
        name=transition.name,
        what=what,
    )
    note, fix = Message("never comes to rest"), Message("add `to`, or give it an `event`")
    if not automatic and transition.actions:
        fix = Message("add `to`; what is to be done once after a time is the `do` of a queue")
    if transition.when is not None and (transition.creates is not None or transition.tell):
        more = Message("nothing that it makes or tells turns its `when`")
        return error("OF207", text + Message("; ") + more, transition.span, fix, note)
    return error("OF207", text, transition.span, fix, note)


def _not_taken(transition: Transition, children: str, event: str, state: State) -> Diagnostic:
    text = Message(
        "`{name}` could be taken again and again: in `{state}` its `{children}` are what it asks for, and do not take `{event}`",
        name=transition.name,
        state=state.name,
        children=children,
        event=event,
    )
    fix = Message("ask for states in which `{event}` is taken", event=event)
    labels = (Label(state.span, Message("nothing takes it here")),)
    return warning("OF207", text, transition.span, fix, Message("never comes to rest"), labels)


def _back_and_forth(transition: Transition, children: str, back: Sequence[Transition]) -> Diagnostic:
    certain = all(item.when is None for item in back)
    named = joined([Message("`{name}`", name=item.name) for item in (transition, *back, transition)], " → ")
    values = {"name": transition.name, "children": children, "named": named}
    text = (
        Message("`{name}` and its `{children}` set each other off without end: {named}", **values)
        if certain
        else Message("`{name}` and its `{children}` could set each other off without end: {named}", **values)
    )
    fix = Message("let an event lead back, or ask for something that does not come back")
    labels = tuple(Label(item.span, Message("then this one")) for item in back)
    find = error if certain else warning
    return find("OF207", text, transition.span, fix, Message("begins it"), labels)
