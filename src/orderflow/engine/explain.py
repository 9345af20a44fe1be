"""Why a record stands where it stands, and what each way on waits for, in words for a person who writes no code."""

from dataclasses import replace
from datetime import datetime

from orderflow.engine import holds
from orderflow.engine.clauses import judge, remark
from orderflow.engine.draft import Draft
from orderflow.engine.explanation import Explanation, Wait
from orderflow.engine.link import RuleSet
from orderflow.engine.machine import Candidate
from orderflow.engine.macrostep import missing
from orderflow.engine.phrases import Words, span
from orderflow.engine.refuse import lack_words
from orderflow.engine.situation import situation
from orderflow.engine.verdicts import verdict_words
from orderflow.model.decision import Clause
from orderflow.model.definition import Entity, State
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.record import Family, Record

#: What must come about where something is missing, by the code of what is.
_UNTIL = {"stock": "stock arrives", "limit": "the limit allows it", "moves": "the stock allows it"}


def explain(
    ruleset: RuleSet, family: Family, now: datetime, facts: Facts, department: str | None = None
) -> Explanation:
    """Explain a family: where it stands and what each way on waits for.

    Args:
        now: the moment to judge at, aware UTC.
        facts: what was read beforehand, as `RuleSet.needs` asks for.
        department: who is told: their own words for states (`known_as`) are used.
    """
    probe = Event("tick", family.id, now)
    draft = Draft(ruleset, family, probe, now, facts)
    words = Words(ruleset.definition, ruleset.zone, department=department)
    children = tuple(
        _record(ruleset, draft, words, child, ()) for several in family.children.values() for child in several
    )
    return _record(ruleset, draft, words, family.root, children)


def _record(
    ruleset: RuleSet, draft: Draft, words: Words, record: Record, children: tuple[Explanation, ...]
) -> Explanation:
    entity = ruleset.definition.entities[record.entity]
    words = words.about(entity.name)
    state = entity.states[record.state]
    since = record.entered[record.state]
    configuration = ruleset.machines[record.entity].at(record.state)
    candidates = [
        *configuration.automatic,
        *(item for several in configuration.events.values() for item in several),
    ]
    waits = tuple(_wait(draft, words, record, item) for item in candidates if not _silent(item, state.final))
    shown = ruleset.shown(_family(draft)).name if record is draft.root else state.name
    headline = f"{entity.label} {record.id} is in state {words.state(state.name)} since {words.value(since)}"
    if not state.final and draft.now > since:
        headline += f" ({span(draft.now - since)})"
    if shown != state.name:
        headline += f", shown as {_shown_words(words, entity, state, shown)}"
    if state.final:
        headline += "; it is finished"
    elif not waits:
        headline += "; nothing leads on from here"
    return Explanation(
        id=record.id,
        entity=entity.name,
        label=entity.label,
        state=state.name,
        state_label=state.called(words.department),
        shown=shown,
        since=since,
        final=state.final,
        fields=tuple(
            (name, item.label, words.value(record.fields.get(name), item))
            for name, item in entity.fields.items()
        ),
        waits=waits,
        children=children,
        headline=headline,
        situation=situation(draft, words, record),
    )


def _shown_words(words: Words, entity: Entity, state: State, shown: str) -> str:
    """The state that people see, with its label from the children that it belongs to."""
    return words.about(entity.children[str(state.shows)].entity).state(shown)


def _family(draft: Draft) -> Family:
    return Family(draft.root, {name: tuple(several) for name, several in draft.children.items()})


def _silent(candidate: Candidate, final: bool) -> bool:
    """What need not be told: internal bookkeeping of finished records, and ways that yield to the others."""
    return final or candidate.transition.otherwise


def _foreseen(candidate: Candidate) -> Candidate:
    """The candidate without the moves and the child that what an event carries decides on: nobody has sent it yet."""
    moves = tuple(
        linked
        for linked in candidate.moves
        if not any(
            part is not None and part.reads.event
            for part in (linked.move.warehouse, linked.move.lines, linked.move.sku, linked.move.quantity)
        )
    )
    transition = candidate.transition
    if any(value.reads.event for value in transition.created.values()):
        transition = replace(transition, creates=None)
    if len(moves) == len(candidate.moves) and transition is candidate.transition:
        return candidate
    return replace(candidate, moves=moves, transition=transition)


def _wait(draft: Draft, words: Words, record: Record, candidate: Candidate) -> Wait:
    transition = candidate.transition
    entity = words.definition.entities[record.entity]
    clauses: tuple[Clause, ...] = ()
    if transition.when is not None:
        clauses = judge(words, transition.when, record.entity, record.fields, draft.view(record))
    lacking = missing(draft, record, _foreseen(candidate)) if not candidate.plain else []
    due = holds.due(record, candidate.source, transition.after) if transition.after is not None else None
    declared = entity.events.get(transition.event) if transition.event is not None else None
    shortages = lack_words(lacking)
    parts: list[str] = []
    if declared is not None:
        sender = " or ".join(declared.by) if declared.by else "anyone"
        name = declared.name if declared.label == declared.name else f"{declared.label} ({declared.name})"
        parts.append(f"{sender} sends {name}")
    if due is not None and due > draft.now:
        parts.append(f"{words.value(due)} comes (in {span(due - draft.now)})")
    parts += [remark(words, clause) for clause in clauses if clause.held is not True]
    if shortages:
        what = _UNTIL[lacking[0].code]
        parts.append(f"{what}: " + "; ".join(shortages))
    plan = draft.plans.get((record.id, transition.policy)) if transition.policy is not None else None
    if plan is not None and not plan.parcels:
        parts += [verdict_words(verdict) for verdict in plan.verdicts]
    if not parts:
        since = f" (due since {words.value(due)})" if due is not None else ""
        parts.append(f"the next event or tick comes{since}")
    goal = f" → {words.state(candidate.leaf)}" if transition.target is not None else ""
    return Wait(
        transition=transition.name,
        label=transition.label,
        target=candidate.leaf if transition.target is not None else None,
        target_label=words.state(candidate.leaf),
        trigger=transition.trigger.value,
        event=transition.event,
        event_label=declared.label if declared is not None else "",
        by=declared.by if declared is not None else (),
        due=due,
        clauses=clauses,
        shortages=shortages,
        needs=tuple(parts),
        sentence=f"{transition.label}{goal}: when " + ", and ".join(parts),
    )
