"""What lies ahead of a decided family: when the clock next has something to do, what it waits for, where it stands."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from orderflow.engine import holds
from orderflow.engine.days import beginning
from orderflow.engine.machine import Configuration
from orderflow.engine.needs import waiting_keys
from orderflow.engine.parts import LinkedTurn
from orderflow.expr.view import Missing
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, Record, Standing

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft, DraftView

_TICK = timedelta(microseconds=1)


class Outlook(NamedTuple):
    """The next moment to look again (aware UTC), what the family waits for, the queues that it stands in."""

    wake: datetime | None
    waiting: tuple[str, ...]
    standing: tuple[Standing, ...]


def outlook(draft: "Draft", before: Family) -> Outlook:
    """Look ahead, once the family has come to rest; entering a queue does its actions."""
    wakes: list[datetime] = []
    waiting: set[str] = set()
    standing: list[Standing] = []
    known = {(item.queue, item.record): item.since for item in before.standing} if before.standing else EMPTY
    for record in draft.records():
        configuration = draft.machines[record.entity].at(record.state)
        view = None
        held = bool(record.holds or draft.root.holds)
        if configuration.timers and not held:
            for state, after in configuration.timers:
                due = holds.due(record, state, after)
                if due > draft.at:
                    wakes.append(due)
        if configuration.turns and not held:
            view = draft.view(record)
            wakes += _turning(view, configuration.turns, held=held)
        for linked in configuration.conditional:
            if linked.turns:
                wakes += _turning(draft.view(record), linked.turns, held=held)
        if configuration.queues:
            view = view if view is not None else draft.view(record)
            standing += _stand(draft, view, record, configuration, known)
            for queue in configuration.queues:
                if queue.turns:
                    wakes += _turning(view, queue.turns, held=held)
        if configuration.waits or record.state in draft.rules.prospects[record.entity].watched:
            waiting |= waiting_keys(draft, record, configuration)
    if before.standing:
        _left(draft, before.standing, standing)
    wakes += _tags(draft)
    return Outlook(min(wakes, default=None), tuple(sorted(waiting)), tuple(standing))


def _turning(view: "DraftView", turns: Iterable[LinkedTurn], *, held: bool) -> list[datetime]:
    """The moments after now at which a comparison turns."""
    found = []
    for linked in turns:
        try:
            value = linked.value(view.record.fields, view)
        except Missing:
            continue
        moment: datetime
        match linked.turn.kind:
            case "moment":
                moment = cast(datetime, value)
            case "day":
                moment = beginning(cast(date, value), view.zone)
            case _:
                state = str(linked.turn.state)
                if held or state not in view.draft.machines[view.record.entity].at(view.record.state).states:
                    continue
                moment = holds.due(view.record, state, cast(timedelta, value))
        if linked.turn.late:
            moment += _TICK
        if moment > view.now:
            found.append(moment)
    return found


def _stand(
    draft: "Draft",
    view: "DraftView",
    record: Record,
    configuration: Configuration,
    known: Mapping[tuple[str, str], datetime],
) -> list[Standing]:
    found = []
    for linked in configuration.queues:
        if linked.when(record.fields, view) is not True:
            continue
        name = linked.queue.name
        since = known.get((name, record.id))
        if since is None:
            since = draft.now
            draft.mark("queue", record, name, on=True)
            machine = draft.machines[record.entity]
            for action in linked.queue.actions:
                draft.act(record, machine.actions[action])
        found.append(Standing(name, record.id, since))
    return found


def _left(draft: "Draft", before: Iterable[Standing], after: Iterable[Standing]) -> None:
    here = {(item.queue, item.record) for item in after}
    for item in before:
        if (item.queue, item.record) not in here:
            record = draft.find(item.record)
            if record is not None:
                draft.mark("queue", record, item.queue, on=False)


def _tags(draft: "Draft") -> list[datetime]:
    """Set and clear the tags of the root, and say when time alone may turn one of them."""
    record = draft.root
    machine = draft.machines[record.entity]
    wakes: list[datetime] = []
    for linked in machine.tags:
        name = linked.tag.name
        on = name in record.tags
        want = linked.when(record.fields, draft.view(record)) is True
        if want is not on:
            record = draft.own(record)
            if want:
                record.tags[name] = draft.now
            else:
                del record.tags[name]
            draft.mark("tag", record, name, on=want)
            for action in linked.tag.on_set if want else linked.tag.on_clear:
                draft.act(record, machine.actions[action])
        for key in linked.aggregates:
            until = draft.facts.aggregates[key, record.id].until
            if until is not None and until > draft.now:
                wakes.append(until)
        if linked.turns:
            wakes += _turning(draft.view(record), linked.turns, held=False)
    return wakes
