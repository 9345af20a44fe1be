"""Why a record stands where it stands, and what each way on waits for, in words for a person who writes no code."""

from dataclasses import dataclass
from datetime import datetime

from orderflow.engine.clauses import judge, remark
from orderflow.engine.draft import Draft
from orderflow.engine.link import RuleSet
from orderflow.engine.machine import Candidate
from orderflow.engine.macrostep import missing_units
from orderflow.engine.phrases import Words, span
from orderflow.engine.refuse import shortage_words
from orderflow.model.decision import Clause
from orderflow.model.definition import Entity, State
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.record import Family, Record


@dataclass(frozen=True, slots=True)
class Wait:
    """One way on, and what it waits for.

    Args:
        trigger: `event` (somebody sends `event`), `after` (the clock, at `due`) or `automatic` (as soon as it can).
        clauses: the guard's parts, judged now; those of an event that look at its data are not.
        shortages: units that are missing.
        needs: what must come about, a phrase each, with the values seen now.
        sentence: the whole in words.
    """

    transition: str
    label: str
    target: str | None
    target_label: str
    trigger: str
    event: str | None
    event_label: str
    by: tuple[str, ...]
    due: datetime | None
    clauses: tuple[Clause, ...]
    shortages: tuple[str, ...]
    needs: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a record stands.

    `since` is aware UTC; `fields` gives each field's name, label and value in words, private ones masked; `children`
    explains its children in turn.
    """

    id: str
    entity: str
    label: str
    state: str
    state_label: str
    shown: str
    since: datetime
    final: bool
    fields: tuple[tuple[str, str, str], ...]
    waits: tuple[Wait, ...]
    children: "tuple[Explanation, ...]"
    headline: str

    def lines(self, indent: str = "") -> list[str]:
        """The explanation as lines of text: first what it does by itself, then what people can do."""
        found = [indent + self.headline]
        alone = [wait for wait in self.waits if wait.event is None]
        moved = [wait for wait in self.waits if wait.event is not None and wait.target is not None]
        noted = [wait for wait in self.waits if wait.event is not None and wait.target is None]
        if alone:
            found.append(f"{indent}  It moves on by itself:")
            found += _several(alone, indent)
        if moved:
            found.append(f"{indent}  Somebody can move it on:")
            found += _several(moved, indent)
        if noted:
            found.append(
                f"{indent}  Also taken here, without moving it: " + ", ".join(_event(wait) for wait in noted)
            )
        for child in self.children:
            found += ["", *child.lines(indent + "  ")]
        return found

    def to_dict(self) -> dict[str, object]:
        """The explanation as plain data for JSON."""
        return {
            "id": self.id,
            "entity": self.entity,
            "state": self.state,
            "state_label": self.state_label,
            "shown": self.shown,
            "since": self.since.isoformat(),
            "final": self.final,
            "headline": self.headline,
            "fields": {name: {"label": label, "shown": shown} for name, label, shown in self.fields},
            "waits": [
                {
                    "transition": wait.transition,
                    "label": wait.label,
                    "to": wait.target,
                    "trigger": wait.trigger,
                    "event": wait.event,
                    "by": list(wait.by),
                    "due": wait.due.isoformat() if wait.due is not None else None,
                    "needs": list(wait.needs),
                    "clauses": [
                        {
                            "source": clause.source,
                            "held": clause.held,
                            "seen": {seen.name: seen.value for seen in clause.seen},
                            "needs": clause.needs,
                        }
                        for clause in wait.clauses
                    ],
                    "shortages": list(wait.shortages),
                    "sentence": wait.sentence,
                }
                for wait in self.waits
            ],
            "children": [child.to_dict() for child in self.children],
        }


def _several(waits: list[Wait], indent: str) -> list[str]:
    found = []
    for wait in waits:
        goal = f"to {wait.target_label}" if wait.target is not None else wait.label
        name = "" if wait.transition == wait.label or wait.target is None else f" [{wait.label}]"
        if len(wait.needs) == 1:
            found.append(f"{indent}    • {goal}{name}: when {wait.needs[0]}")
        else:
            found.append(f"{indent}    • {goal}{name}: when")
            found += [f"{indent}        - {need}" for need in wait.needs]
    return found


def _event(wait: Wait) -> str:
    return str(wait.event) if wait.event_label == wait.event else f"{wait.event_label} ({wait.event})"


def explain(
    ruleset: RuleSet, family: Family, now: datetime, facts: Facts, department: str | None = None
) -> Explanation:
    """Explain a family: where it stands and what each way on waits for.

    Args:
        now: the moment to judge at, aware UTC.
        facts: stock positions, as `RuleSet.stock_keys` asks for.
        department: who is told: their own words for states (`known_as`) are used.
    """
    probe = Event("tick", family.id, now)
    draft = Draft(ruleset.definition, ruleset.machines, family, probe, now, facts, ruleset.zone)
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
    )


def _shown_words(words: Words, entity: Entity, state: State, shown: str) -> str:
    """The state that people see, with its label from the children that it belongs to."""
    return words.about(entity.children[str(state.shows)].entity).state(shown)


def _family(draft: Draft) -> Family:
    return Family(draft.root, {name: tuple(several) for name, several in draft.children.items()})


def _silent(candidate: Candidate, final: bool) -> bool:
    """What need not be told: internal bookkeeping of finished records, and ways that yield to the others."""
    return final or candidate.transition.otherwise


def _wait(draft: Draft, words: Words, record: Record, candidate: Candidate) -> Wait:
    transition = candidate.transition
    entity = words.definition.entities[record.entity]
    clauses: tuple[Clause, ...] = ()
    if transition.when is not None:
        clauses = judge(words, transition.when, record.entity, record.fields, draft.view(record))
    lacking = missing_units(draft, record, candidate) if candidate.takes or transition.creates else []
    due = record.entered[candidate.source] + transition.after if transition.after is not None else None
    declared = entity.events.get(transition.event) if transition.event is not None else None
    shortages = shortage_words(lacking)
    parts: list[str] = []
    if declared is not None:
        sender = " or ".join(declared.by) if declared.by else "anyone"
        name = declared.name if declared.label == declared.name else f"{declared.label} ({declared.name})"
        parts.append(f"{sender} sends {name}")
    if due is not None and due > draft.now:
        parts.append(f"{words.value(due)} comes (in {span(due - draft.now)})")
    parts += [remark(words, clause) for clause in clauses if clause.held is not True]
    if shortages:
        parts.append("stock arrives: " + "; ".join(shortages))
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
