"""The chart of an entity as plain data: boxes and arrows with their texts, before anything is placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from orderflow.model.definition import Definition, Entity, State, Transition, Trigger
from orderflow.reports.lettering import shorten
from orderflow.service.accounts import LifeLine

Kind = Literal["event", "after", "automatic"]

_LONGEST = 30.0  # ems of a guard in a label; the whole of it stands in the tooltip


@dataclass(frozen=True, slots=True)
class Box:
    """A state. `notes` are the lines below its label: what it does on entry and exit, what it holds and takes inside.

    Args:
        parts: names of the boxes inside, in document order; empty for a leaf.
        start: whether it is the initial state of its level.
        badges: the holds that can be on in it, below the notes.
        standing: how many records stand in it, where that is told.
    """

    name: str
    label: str
    parent: str | None
    parts: tuple[str, ...]
    start: bool
    final: bool
    notes: tuple[str, ...]
    tip: str
    badges: tuple[str, ...] = ()
    standing: int | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition between boxes, from one or several sources to one target; `rare`: taken only `otherwise`.

    `taken` says how often it was taken from each source, where that is told.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    kind: Kind
    title: str
    detail: str
    tip: str
    rare: bool = False
    taken: Mapping[str, int] | None = None

    @property
    def count(self) -> int | None:
        """How often it was taken from its sources; None where that is not told."""
        return None if self.taken is None else sum(self.taken.get(source, 0) for source in self.sources)

    @property
    def heading(self) -> str:
        """The first line of its label: the title, and how often it was taken."""
        return self.title if self.count is None else f"{self.title} · {self.count:,}"


@dataclass(frozen=True, slots=True)
class Chart:
    """Boxes by name (a compound one before its parts), arrows, and the leaf boxes of the main way in order."""

    entity: str
    title: str
    boxes: Mapping[str, Box]
    arrows: tuple[Arrow, ...]
    path: tuple[str, ...]

    def leaves(self, name: str) -> tuple[str, ...]:
        """Return the leaf boxes inside a box; a leaf is its own."""
        parts = self.boxes[name].parts
        return tuple(leaf for part in parts for leaf in self.leaves(part)) if parts else (name,)

    def around(self, name: str) -> tuple[str, ...]:
        """Return the compound boxes around a box, innermost first."""
        found = []
        parent = self.boxes[name].parent
        while parent is not None:
            found.append(parent)
            parent = self.boxes[parent].parent
        return tuple(found)


def chart(definition: Definition, entity: Entity, life: LifeLine | None = None) -> Chart:
    """Return the chart of one entity; with its life, how many records stand where and took which transition.

    A transition that leaves no state, and one from a compound state to a state inside it, becomes a note in the
    box; one to a state around its source goes to that state's initial state.
    """
    notes: dict[str, list[str]] = {name: _deeds(entity, state) for name, state in entity.states.items()}
    arrows: list[Arrow] = []
    counts = _Counts(entity, life)
    for transition in entity.transitions.values():
        arrows += _arrows(entity, transition, notes, counts)
    boxes = {
        name: Box(
            name=name,
            label=state.label,
            parent=state.parent,
            parts=tuple(part.name for part in entity.states.values() if part.parent == name),
            start=state.initial,
            final=state.final,
            notes=tuple(notes[name]),
            tip=_state_tip(state),
            badges=tuple(f"hold: {hold.label}" for hold in entity.holds.values() if name in hold.states),
            standing=counts.standing(state),
        )
        for name, state in _outer_first(entity)
    }
    label = entity.label if entity.label != entity.name else ""
    title = " · ".join(part for part in (definition.label, " ".join((entity.name, label)).strip()) if part)
    return Chart(entity.name, title, boxes, tuple(arrows), entity.path)


def trigger_text(transition: Transition) -> str:
    """Return in words what makes a transition fire: `accept`, `after 15d`, `when paid_at is not None`."""
    parts = []
    if transition.event is not None:
        parts.append(transition.event)
    if transition.after is not None:
        parts.append(f"after {span_text(transition.after)}")
    if transition.otherwise:
        parts.append("otherwise")
    if transition.when is not None:
        source = " ".join(transition.when.source.split())
        parts.append(f"[{source}]" if parts else f"when {source}")
    return " ".join(parts) or "at once"


def span_text(span: timedelta) -> str:
    """Return a duration as the rules write it: the largest unit that is exact, such as `26h`.

    >>> span_text(timedelta(hours=48))
    '2d'
    """
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def kind_of(transition: Transition) -> Kind:
    """Return which of the three ways of firing a transition has."""
    if transition.trigger is Trigger.EVENT:
        return "event"
    return "after" if transition.trigger is Trigger.AFTER else "automatic"


def _outer_first(entity: Entity) -> list[tuple[str, State]]:
    """Return the states so that each compound one stands before what is inside it."""
    found: list[tuple[str, State]] = []

    def visit(parent: str | None) -> None:
        for name, state in entity.states.items():
            if state.parent == parent:
                found.append((name, state))
                visit(name)

    visit(None)
    return found


class _Counts:
    """How often each transition was taken from each leaf, and how many records stand in each."""

    def __init__(self, entity: Entity, life: LifeLine | None) -> None:
        self._entity = entity
        self._told = life is not None
        self._taken: dict[tuple[str, str], int] = {}
        self._now = {state.name: state.count for state in life.states} if life is not None else {}
        for step in life.steps if life is not None else ():
            key = (step.transition, step.before)
            self._taken[key] = self._taken.get(key, 0) + step.count

    def taken(self, transition: Transition, source: str) -> int | None:
        """How often it was taken from the leaves of a source; None where that is not told."""
        if not self._told:
            return None
        return sum(self._taken.get((transition.name, leaf), 0) for leaf in _leaves(self._entity, source))

    def standing(self, state: State) -> int | None:
        """How many records stand in the leaves of a state; None where that is not told."""
        return sum(self._now.get(leaf, 0) for leaf in state.leaves) if self._told else None


def _deeds(entity: Entity, state: State) -> list[str]:
    lines = []
    if state.shows is not None:
        lines.append(f"shows least of {state.shows}")
    lines += [f"holds {item.name}" for item in entity.resources.values() if item.held_in == state.name]
    lines += [f"uses up {item.name}" for item in entity.resources.values() if item.spend_on == state.name]
    lines += [f"entry: {action}" for action in state.on_entry]
    lines += [f"exit: {action}" for action in state.on_exit]
    return lines


def _arrows(
    entity: Entity, transition: Transition, notes: dict[str, list[str]], counts: _Counts
) -> list[Arrow]:
    """Return the arrows of a transition; a source that can have none gets a note instead."""
    outward: list[str] = []
    target = transition.target
    for source in transition.sources:
        if target is None:
            notes[source].append(_note(transition, None, counts.taken(transition, source)))
        elif (
            (source == target and not _is_compound(entity, source))
            or source in _ancestors(entity, target)
            or source == target
        ):
            notes[source].append(_note(transition, target, counts.taken(transition, source)))
        else:
            outward.append(source)
    if target is None or not outward:
        return []
    arrows = []
    # a state around the source cannot be pointed at from within: the arrow goes to where it starts
    within = [source for source in outward if target in _ancestors(entity, source)]
    if within:
        start = _initial_leaf(entity, target)
        for source in within:
            if source == start or start in _leaves(entity, source):
                notes[source].append(_note(transition, start, counts.taken(transition, source)))
        within = [s for s in within if s != start and start not in _leaves(entity, s)]
        if within:
            arrows.append(_arrow(transition, within, start, counts))
    outer = [source for source in outward if target not in _ancestors(entity, source)]
    if outer:
        arrows.append(_arrow(transition, outer, target, counts))
    return arrows


def _arrow(transition: Transition, sources: Sequence[str], target: str, counts: _Counts) -> Arrow:
    trigger = trigger_text(transition)
    title = transition.label
    # an event transition of the event's own name needs no second line
    detail = "" if trigger == title else trigger
    if transition.creates is not None:
        detail = f"+ {transition.creates}" + (f" · {detail}" if detail else "")
    taken = {source: counts.taken(transition, source) for source in sources}
    return Arrow(
        name=transition.name,
        sources=tuple(sources),
        target=target,
        kind=kind_of(transition),
        title=shorten(title, _LONGEST),
        detail=shorten(detail, _LONGEST),
        tip=_transition_tip(transition),
        rare=transition.otherwise,
        taken={source: number for source, number in taken.items() if number is not None} or None,
    )


def _note(transition: Transition, target: str | None, taken: int | None) -> str:
    trigger = trigger_text(transition)
    head = f"↻ {transition.label}" + (f" · {taken:,}" if taken is not None else "")
    if transition.creates is not None:
        head += f" + {transition.creates}"
    if trigger not in (transition.label, transition.name):
        head += f": {shorten(trigger, _LONGEST)}"
    return head + (f" → {target}" if target is not None and target not in transition.sources else "")


def _transition_tip(transition: Transition) -> str:
    lines = [f"{transition.name}: {trigger_text(transition)}"]
    if transition.actions:
        lines.append(f"do: {', '.join(transition.actions)}")
    if transition.creates is not None:
        lines.append(f"creates: {transition.creates}")
    lines += [f"tells {children}: {event}" for children, event in transition.tell.items()]
    if transition.retry_on:
        lines.append(f"tried again on: {', '.join(transition.retry_on)}")
    return "\n".join(lines)


def _state_tip(state: State) -> str:
    return "\n".join(
        [f"{state.name}: {state.label}", *(f"{who}: {word}" for who, word in state.known_as.items())]
    )


def _ancestors(entity: Entity, name: str) -> list[str]:
    found = []
    parent = entity.states[name].parent
    while parent is not None:
        found.append(parent)
        parent = entity.states[parent].parent
    return found


def _is_compound(entity: Entity, name: str) -> bool:
    return any(state.parent == name for state in entity.states.values())


def _leaves(entity: Entity, name: str) -> tuple[str, ...]:
    leaves = entity.states[name].leaves
    return leaves or (name,)


def _initial_leaf(entity: Entity, name: str) -> str:
    while True:
        inside = [state.name for state in entity.states.values() if state.parent == name and state.initial]
        if not inside:
            return name
        name = inside[0]
