"""Refusals: why an event did nothing, as data. Made only when something is refused, never on the way."""

from collections.abc import Sequence

from orderflow.diagnostics.nearest import nearest
from orderflow.engine.clauses import judge, remark
from orderflow.engine.draft import Draft
from orderflow.engine.machine import Candidate
from orderflow.engine.phrases import Words
from orderflow.model.decision import Refusal
from orderflow.model.definition import Entity, EventType
from orderflow.model.record import Record

#: What is missing of a position: warehouse, SKU, units needed, units available.
Shortage = tuple[str, str, int, int]


def unknown_event(record: Record, entity: Entity, name: str) -> Refusal:
    """The entity declares no such event."""
    meant = nearest(name, entity.events)
    hint = f"; did you mean `{meant}`" if meant else ""
    return Refusal("event_unknown", record.id, f"`{entity.name}` has no event `{name}`{hint}")


def not_allowed(record: Record, event: EventType, role: str) -> Refusal:
    """The sender's role may not send it."""
    allowed = ", ".join(f"`{name}`" for name in event.by)
    return Refusal("not_allowed", record.id, f"`{role}` may not send `{event.name}`; it comes from {allowed}")


def unexpected(record: Record, entity: Entity, name: str) -> Refusal:
    """No transition takes the event in this state."""
    where = sorted(
        {
            leaf
            for item in entity.transitions.values()
            if item.event == name
            for s in item.sources
            for leaf in entity.states[s].leaves
        },
        key=list(entity.states).index,
    )
    states = ", ".join(f"`{state}`" for state in where)
    hint = f"; it is taken in {states}" if where else "; no transition takes it"
    return Refusal("no_transition", record.id, f"`{name}` is not taken in `{record.state}`{hint}")


def shortage_words(lacking: Sequence[Shortage]) -> tuple[str, ...]:
    """`wenzhou: 3 of EX-100 short (needs 5, has 2)`, one for each position."""
    return tuple(
        f"{warehouse}: {needed - available} of {sku} short (needs {needed}, has {available})"
        for warehouse, sku, needed, available in lacking
    )


def short(record: Record, transition: str | None, lacking: Sequence[Shortage]) -> Refusal:
    """Units are missing."""
    return Refusal("stock", record.id, "not enough stock: " + "; ".join(shortage_words(lacking)), transition)


def held_back(draft: Draft, record: Record, candidate: Candidate, lacking: Sequence[Shortage]) -> Refusal:
    """A transition for the event exists, but it is not enabled."""
    transition = candidate.transition
    if transition.when is not None:
        words = Words(draft.definition, draft.zone)
        clauses = judge(words, transition.when, record.entity, record.fields, draft.view(record))
        failed = [clause for clause in clauses if clause.held is False]
        if failed:
            needs = "; ".join(remark(words, clause) for clause in failed)
            return Refusal(
                "guard",
                record.id,
                f"`{transition.name}` is taken only when {needs}",
                transition.name,
                clauses,
            )
    if lacking:
        return short(record, transition.name, lacking)
    return Refusal("not_due", record.id, f"`{transition.name}` is not due yet", transition.name)
