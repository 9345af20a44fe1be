"""Deciding one event on one family. This is a pure function: values in, a `Decision` out, nothing else touched."""

from datetime import datetime

from orderflow.engine import contracts, holdings, holds, refuse
from orderflow.engine.clauses import judge
from orderflow.engine.draft import Draft
from orderflow.engine.history import differences
from orderflow.engine.linked import Linked
from orderflow.engine.macrostep import choose, enter, formulas, missing, settle, take
from orderflow.engine.outlook import outlook
from orderflow.engine.phrases import Words
from orderflow.model.decision import Decision, Judged, Refusal
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.record import Family, HoldOn, Record


def decide(rules: Linked, family: Family | None, event: Event, now: datetime, facts: Facts) -> Decision:
    """Work out what an event does to a family.

    Args:
        rules: a linked rule set.
        family: the family as it stands; None for a submit of a new one.
        event: what happened; its data already of the declared types.
        now: the present moment for expressions, aware UTC.
        facts: what may be known of the outside, read beforehand.

    Returns:
        The decision. `accepted` is false when nothing was done; the refusals say why, and `family` is the one given.

    Raises:
        DecisionError: the rules do not come to rest.
    """
    before = family if family is not None else Family.none(event.name, event.target)
    draft = Draft(rules, before, event, now, facts)
    try:
        refusals = _begin(draft, family)
        if refusals:
            return _refused(draft, before, refusals)
        settle(draft)
    except contracts.BrokenContractError as broken:
        return _refused(draft, before, broken.refusals)
    ahead = outlook(draft, before)
    after = draft.family(before, *ahead)
    return Decision(
        event=event,
        family=after,
        accepted=True,
        steps=tuple(draft.steps),
        changes=tuple(draft.changes),
        effects=tuple(
            effect._replace(key=f"{effect.record}:{after.version}:{number}")
            for number, effect in enumerate(draft.effects, 1)
        ),
        moves=tuple(draft.moves),
        digest=rules.digest,
        draws=tuple(draft.draws),
        plans=tuple(draft.plans.values()),
        arrival=draft.arrival,
        marks=tuple(draft.marks),
        contributions=differences(draft, family),
    )


def _refused(draft: Draft, before: Family, refusals: tuple[Refusal, ...]) -> Decision:
    """Nothing was done; what allocation said on the way is kept."""
    return Decision(
        draft.event,
        before,
        accepted=False,
        refusals=refusals,
        digest=draft.rules.digest,
        plans=tuple(draft.plans.values()),
    )


def _begin(draft: Draft, family: Family | None) -> tuple[Refusal, ...]:
    """What the event itself does, before automatic transitions; refusals when it does nothing."""
    event = draft.event
    if event.kind == "submit":
        return _submit(draft, family)
    record = draft.find(event.target) if family is not None else None
    if record is None:
        return (Refusal("no_record", event.target, f"there is no record `{event.target}`"),)
    if event.kind == "update":
        contracts.apply(draft, draft.own(record), event.data)
    elif event.kind == "send":
        return _send(draft, record)
    elif event.kind == "hold":
        return _hold(draft, record)
    elif event.kind == "release":
        return _release(draft, record)
    return ()


def _submit(draft: Draft, family: Family | None) -> tuple[Refusal, ...]:
    event = draft.event
    if family is not None:
        return (Refusal("exists", event.target, f"`{event.target}` was submitted before"),)
    machine = draft.machines[event.name]
    record = draft.root
    draft.owned.add(record.id)
    for name, field in machine.entity.fields.items():
        record.fields[name] = event.data.get(name, field.default)
    if machine.entity.key is not None:
        record.fields[machine.entity.key] = event.target
    formulas(draft, record, machine)
    lacks = holdings.lacking(draft, record, machine.initial.takes) if machine.initial.takes else []
    if lacks:
        return (refuse.short(record, None, lacks),)
    enter(draft, machine, record, machine.initial)
    if machine.arrival:
        draft.arrival = _arrival(draft, record)
    return ()


def _arrival(draft: Draft, record: Record) -> tuple[Judged, ...]:
    """What stands with a new record: each condition, whether it held, and why."""
    words = Words(draft.definition, draft.zone)
    view = draft.view(record)
    return tuple(
        Judged(
            item.name,
            item.label,
            when(record.fields, view) is True,
            judge(words, item.when, record.entity, record.fields, view),
        )
        for item, when in draft.machines[record.entity].arrival
    )


def _hold(draft: Draft, record: Record) -> tuple[Refusal, ...]:
    """Somebody places a hold."""
    event = draft.event
    machine = draft.machines[record.entity]
    refused = refuse.hold(machine.holds, record, event)
    if refused is not None:
        return (refused,)
    linked = machine.holds[event.name]
    if record.state not in linked.inside:
        return (refuse.no_hold_here(record, linked.hold),)
    if event.name in record.holds:
        return (Refusal("held", record.id, f"`{event.name}` is on already"),)
    holds.begin(draft, draft.own(record), linked, HoldOn(draft.at, event.actor, event.reason))
    return ()


def _release(draft: Draft, record: Record) -> tuple[Refusal, ...]:
    """Somebody releases a hold."""
    event = draft.event
    refused = refuse.hold(draft.machines[record.entity].holds, record, event)
    if refused is not None:
        return (refused,)
    if event.name not in record.holds:
        return (Refusal("not_held", record.id, f"`{event.name}` is not on"),)
    holds.end(draft, draft.own(record), event.name, event.reason)
    return ()


def _send(draft: Draft, record: Record) -> tuple[Refusal, ...]:
    event = draft.event
    entity = draft.machines[record.entity].entity
    declared = entity.events.get(event.name)
    if declared is None:
        return (refuse.unknown_event(record, entity, event.name),)
    if declared.by and event.role not in declared.by and event.role != "engine":
        return (refuse.not_allowed(record, declared, event.role),)
    draft.payload = {**event.data, "actor": event.actor, "at": event.at, "event_id": event.event_id}
    candidates = draft.machines[record.entity].at(record.state).events.get(event.name, ())
    chosen = choose(draft, record, candidates)
    if chosen is None:
        if not candidates:
            return (refuse.unexpected(record, entity, event.name),)
        return tuple(
            refuse.held_back(draft, record, candidate, missing(draft, record, candidate))
            for candidate in candidates
        )
    take(draft, record, *chosen)
    return ()
