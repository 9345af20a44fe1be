"""Holds: a region beside the states. While one is on, automatic transitions and timers wait, and clocks stop."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orderflow.engine.machine import Configuration
from orderflow.engine.parts import LinkedHold
from orderflow.model.record import HoldOn, Record

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft

_NOTHING = timedelta(0)


def is_held(draft: "Draft", record: Record) -> bool:
    """Whether a hold is on that makes the record wait: its own, or its parent's."""
    return bool(record.holds or draft.root.holds)


def refresh(draft: "Draft", record: Record, configuration: Configuration) -> Record:
    """Let the holds that have a condition follow it; the record, which is owned when something changed."""
    for linked in configuration.conditional:
        name = linked.hold.name
        on = name in record.holds
        assert linked.when is not None
        if (linked.when(record.fields, draft.view(record)) is True) is on:
            continue
        record = draft.own(record)
        if on:
            end(draft, record, name)
        else:
            begin(draft, record, linked, HoldOn(draft.at))
    return record


def begin(draft: "Draft", record: Record, linked: LinkedHold, on: HoldOn) -> None:
    """Put a hold on an owned record."""
    record.holds[linked.hold.name] = on
    draft.mark("hold", record, linked.hold.name, on=True, reason=on.reason)


def end(draft: "Draft", record: Record, name: str, reason: str = "") -> None:
    """Take a hold off an owned record: the time it lasted is taken out of the record's clocks, and its children's."""
    others = {each: on for each, on in record.holds.items() if each != name}
    if record is draft.root:
        _pause(record, record.holds, others, draft.at)
        for several in draft.children.values():
            for child in tuple(several):
                _pause(draft.own(child), {**record.holds, **_own(child)}, {**others, **_own(child)}, draft.at)
    else:
        above = draft.root.holds
        mine = {each: on for each, on in _own(record).items() if each != f"/{name}"}
        _pause(record, {**above, **_own(record)}, {**above, **mine}, draft.at)
    record.holds = others
    draft.mark("hold", record, name, on=False, reason=reason)


def _own(child: Record) -> dict[str, HoldOn]:
    """A child's own holds under names that no hold of its parent has."""
    return {f"/{name}": on for name, on in child.holds.items()}


def _pause(record: Record, before: Mapping[str, HoldOn], after: Mapping[str, HoldOn], at: datetime) -> None:
    """Add to the clocks what the holds covered that are no longer on, and the others do not cover."""
    start = min(on.since for on in before.values())
    stop = min((on.since for on in after.values()), default=at)
    if stop <= start:
        return
    for state, entered in record.entered.items():
        length = stop - max(start, entered)
        if length > _NOTHING:
            record.paused[state] = record.paused.get(state, _NOTHING) + length


def leave(draft: "Draft", record: Record, configuration: Configuration) -> None:
    """End the holds that cannot be on in the state that an owned record is in now."""
    inside = {linked.hold.name for linked in configuration.holds}
    for name in tuple(record.holds):
        if name not in inside:
            end(draft, record, name)


def due(record: Record, state: str, after: timedelta) -> datetime:
    """When a timer of that state is due: held time does not count."""
    return record.entered[state] + after + record.paused.get(state, _NOTHING)
