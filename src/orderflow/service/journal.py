"""From a decision to its journal entry and back."""

from datetime import datetime
from hashlib import sha256

from orderflow.model.decision import Decision
from orderflow.model.event import Event
from orderflow.model.record import Family
from orderflow.service.ports import JournalEntry


def fingerprint(event: Event) -> str:
    """SHA-256 of an event's content, in hexadecimal; equal for the same event sent twice."""
    content = (
        event.kind,
        event.target,
        event.at,
        event.name,
        sorted(event.data.items()),
        event.actor,
        event.reason,
    )
    return sha256(repr(content).encode()).hexdigest()


def entry_of(decision: Decision, recorded_at: datetime, print_: str) -> JournalEntry:
    """The entry that the journal keeps of a decision; the storage gives it its number.

    Args:
        recorded_at: when it was decided, aware UTC.
        print_: the fingerprint of its event; empty for one that the engine made itself.
    """
    return JournalEntry(
        number=0,
        recorded_at=recorded_at,
        version=decision.family.version,
        event=decision.event,
        accepted=decision.accepted,
        steps=decision.steps,
        changes=decision.changes,
        moves=decision.moves,
        effects=decision.effects,
        refusals=decision.refusals,
        fingerprint=print_,
        digest=decision.digest,
        draws=decision.draws,
        plans=decision.plans,
        arrival=decision.arrival,
        marks=decision.marks,
    )


def decision_again(entry: JournalEntry, family: Family | None) -> Decision:
    """The decision that an entry tells of, with the family as it stands now."""
    event = entry.event
    return Decision(
        event=event,
        family=family if family is not None else Family.none(event.name, event.target),
        accepted=entry.accepted,
        steps=entry.steps,
        changes=entry.changes,
        effects=entry.effects,
        moves=entry.moves,
        refusals=entry.refusals,
        digest=entry.digest,
        repeated=True,
        draws=entry.draws,
        plans=entry.plans,
        arrival=entry.arrival,
        marks=entry.marks,
    )
