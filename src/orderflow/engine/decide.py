"""Deciding one event on one family. This is a pure function: values in, a `Decision` out, nothing else touched."""

from datetime import datetime

from orderflow.engine import contracts, refuse
from orderflow.engine.draft import Draft
from orderflow.engine.linked import Linked
from orderflow.engine.macrostep import choose, enter, missing_units, settle, take
from orderflow.model.decision import Decision, Refusal
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.record import Family, Record


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
    draft = Draft(rules.definition, rules.machines, before, event, now, facts, rules.zone)
    try:
        refusals = _begin(draft, family)
        if refusals:
            return Decision(event, before, accepted=False, refusals=refusals, digest=rules.digest)
        settle(draft)
    except contracts.BrokenContractError as broken:
        return Decision(event, before, accepted=False, refusals=broken.refusals, digest=rules.digest)
    after = draft.family(before, *_outlook(draft))
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
    lacking = draft.shortages(record, machine.initial.takes) if machine.initial.takes else []
    if lacking:
        return (refuse.short(record, None, lacking),)
    enter(draft, machine, record, machine.initial)
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
            refuse.held_back(draft, record, candidate, missing_units(draft, record, candidate))
            for candidate in candidates
        )
    take(draft, record, *chosen)
    return ()


def _outlook(draft: Draft) -> tuple[datetime | None, tuple[str, ...]]:
    """When the clock next has something to do for the family, and what outside conditions it waits for."""
    wake: datetime | None = None
    waiting: tuple[str, ...] = ()
    for record in draft.records():
        configuration = draft.machines[record.entity].at(record.state)
        for state, after in configuration.timers:
            due = record.entered[state] + after
            if due > draft.at and (wake is None or due < wake):
                wake = due
        if configuration.waits:
            for candidate in configuration.automatic:
                waiting += tuple(name for name in candidate.transition.retry_on if name not in waiting)
    return wake, waiting
