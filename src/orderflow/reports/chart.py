"""The chart of an entity as plain data: boxes and arrows with their texts, before anything is placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from orderflow.model.definition import Definition, Entity, State, Transition, Trigger
from orderflow.reports.lettering import shorten

Kind = Literal["event", "after", "automatic"]

_LONGEST = 30.0  # ems of a guard in a label; the whole of it stands in the tooltip


@dataclass(frozen=True, slots=True)
class Box:
    """A state. `notes` are the lines below its label: what it does on entry and exit, what it takes inside.

    Args:
        parts: names of the boxes inside, in document order; empty for a leaf.
        start: whether it is the initial state of its level.
    """

    name: str
    label: str
    parent: str | None
    parts: tuple[str, ...]
    start: bool
    final: bool
    notes: tuple[str, ...]
    tip: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition between boxes, from one or several sources to one target; `rare`: taken only `otherwise`."""

    name: str
    sources: tuple[str, ...]
    target: str
    kind: Kind
    title: str
    detail: str
    tip: str
    rare: bool = False


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


def chart(definition: Definition, entity: Entity) -> Chart:
    """Return the chart of one entity.

    A transition that leaves no state, and one from a compound state to a state inside it, becomes a note in the
    box; one to a state around its source goes to that state's initial state.
    """
    notes: dict[str, list[str]] = {name: _deeds(state) for name, state in entity.states.items()}
    arrows: list[Arrow] = []
    for transition in entity.transitions.values():
        arrows += _arrows(entity, transition, notes)
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


def _deeds(state: State) -> list[str]:
    lines = []
    if state.shows is not None:
        lines.append(f"shows least of {state.shows}")
    lines += [f"entry: {action}" for action in state.on_entry]
    lines += [f"exit: {action}" for action in state.on_exit]
    return lines


def _arrows(entity: Entity, transition: Transition, notes: dict[str, list[str]]) -> list[Arrow]:
    """Return the arrows of a transition; a source that can have none gets a note instead."""
    outward: list[str] = []
    target = transition.target
    for source in transition.sources:
        if target is None:
            notes[source].append(_note(transition, None))
        elif (
            (source == target and not _is_compound(entity, source))
            or source in _ancestors(entity, target)
            or source == target
        ):
            notes[source].append(_note(transition, target))
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
                notes[source].append(_note(transition, start))
        within = [s for s in within if s != start and start not in _leaves(entity, s)]
        if within:
            arrows.append(_arrow(transition, within, start))
    outer = [source for source in outward if target not in _ancestors(entity, source)]
    if outer:
        arrows.append(_arrow(transition, outer, target))
    return arrows


def _arrow(transition: Transition, sources: Sequence[str], target: str) -> Arrow:
    trigger = trigger_text(transition)
    title = transition.label
    # an event transition of the event's own name needs no second line
    detail = "" if trigger == title else shorten(trigger, _LONGEST)
    return Arrow(
        name=transition.name,
        sources=tuple(sources),
        target=target,
        kind=kind_of(transition),
        title=shorten(title, _LONGEST),
        detail=detail,
        tip=_transition_tip(transition),
        rare=transition.otherwise,
    )


def _note(transition: Transition, target: str | None) -> str:
    trigger = trigger_text(transition)
    head = f"↻ {transition.label}"
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
