"""Refusals: why an event did nothing, as data. Made only when something is refused, never on the way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from orderflow.diagnostics.nearest import nearest
from orderflow.engine.clauses import judge, remark
from orderflow.engine.draft import Draft
from orderflow.engine.holdings import Lack
from orderflow.engine.machine import Candidate
from orderflow.engine.parts import LinkedHold
from orderflow.engine.phrases import Words
from orderflow.model.decision import Refusal
from orderflow.model.definition import Entity, EventType
from orderflow.model.event import Event
from orderflow.model.record import Record
from orderflow.model.standing import Hold


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


def hold(known: Mapping[str, LinkedHold], record: Record, event: Event) -> Refusal | None:
    """What keeps somebody from placing or releasing a hold by hand, wherever the record stands."""
    linked = known.get(event.name)
    if linked is None:
        meant = nearest(event.name, known)
        hint = f"; did you mean `{meant}`" if meant else ""
        return Refusal("hold_unknown", record.id, f"`{record.entity}` has no hold `{event.name}`{hint}")
    item = linked.hold
    if item.when is not None:
        words = f"`{item.name}` follows its condition `{item.when.source}`; nobody places or releases it"
        return Refusal("hold_unknown", record.id, words)
    if item.by and event.role not in item.by and event.role != "engine":
        allowed = ", ".join(f"`{name}`" for name in item.by)
        words = f"`{event.role}` may not {event.kind} `{item.name}`; it comes from {allowed}"
        return Refusal("not_allowed", record.id, words)
    if item.reason_required and event.kind == "hold" and not event.reason.strip():
        return Refusal("reason", record.id, f"`{item.name}` must say why; give a reason")
    return None


def no_hold_here(record: Record, item: Hold) -> Refusal:
    """The hold cannot be on in this state."""
    states = ", ".join(f"`{state}`" for state in item.states)
    return Refusal(
        "no_transition", record.id, f"`{item.name}` cannot be on in `{record.state}`; it can in {states}"
    )


def lack_words(lacks: Sequence[Lack]) -> tuple[str, ...]:
    """`wenzhou: 3 of EX-100 short (needs 5, has 2)`, one for each thing that is missing."""
    return tuple(_lack(lack) for lack in lacks)


def _lack(lack: Lack) -> str:
    if lack.code == "limit":
        needed, free = _amount(lack.needed, lack.scale), _amount(lack.available, lack.scale)
        return f"{lack.resource} of {lack.item}: needs {needed}, has {free} left"
    pool = f" in pool {lack.pool}" if lack.pool else ""
    if lack.code == "moves":
        return f"{lack.place}: cannot {lack.resource} {lack.needed} of {lack.item}{pool} (there are {lack.available})"
    short = lack.needed - lack.available
    return f"{lack.place}: {short} of {lack.item}{pool} short (needs {lack.needed}, has {lack.available})"


def _amount(units: int, scale: int) -> str:
    return str(units) if scale == 1 else f"{Decimal(units) / scale:.{len(str(scale)) - 1}f}"


_WHAT = {"stock": "not enough stock", "limit": "the limit is reached", "moves": "the stock does not allow it"}


def short(record: Record, transition: str | None, lacks: Sequence[Lack]) -> Refusal:
    """Units, a limit or what is to be moved are missing."""
    code = lacks[0].code
    return Refusal(code, record.id, f"{_WHAT[code]}: " + "; ".join(lack_words(lacks)), transition)


def held_back(draft: Draft, record: Record, candidate: Candidate, lacking: Sequence[Lack]) -> Refusal:
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
