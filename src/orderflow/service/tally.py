"""What the journal says: one pass over the entries gathers everything that a report tells of what happened."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from orderflow.engine.link import RuleSet
from orderflow.model.definition import Entity
from orderflow.model.record import root_of
from orderflow.service.accounts import (
    ArrivalLine,
    DayLine,
    HoldLine,
    LifeLine,
    RefusalLine,
    Share,
    StepLine,
    TagLine,
)
from orderflow.service.census import Census, ordered
from orderflow.service.ports import JournalEntry
from orderflow.service.tally_plans import PlanTally

_EXAMPLES = 5
_REASONS = 5


@dataclass(slots=True)
class _Hold:
    """One kind of hold while entries are added."""

    placed: int = 0
    seconds: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Refused:
    """Refusals of one kind while entries are added."""

    count: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)


class Tally:
    """Gathers what happened, entry by entry.

    Args:
        ruleset: whose labels and policies are meant.
        census: the records as they stand, all families looked at before.
        now: until when what is still on is counted, aware UTC.
    """

    def __init__(self, ruleset: RuleSet, census: Census, now: datetime) -> None:
        self.ruleset = ruleset
        self.census = census
        self.now = now
        self.plans = PlanTally(ruleset, census, now)
        #: How many entries each family has; who was held.
        self.entries: Counter[str] = Counter()
        self.held: set[str] = set()
        #: What was last seen as the limit of an owner, by resource; in its smallest unit.
        self.limits: dict[tuple[str, str], int] = {}
        #: Refusals of records of an entity for want of an amount.
        self.beyond: Counter[str] = Counter()
        self._steps: Counter[tuple[str, str, str, str]] = Counter()
        self._refused: dict[tuple[str, str, str], _Refused] = {}
        self._holds: dict[tuple[str, str], _Hold] = {}
        self._on: dict[tuple[str, str], datetime] = {}
        self._tags: Counter[tuple[str, str, bool]] = Counter()
        self._asked: Counter[tuple[str, str]] = Counter()
        self._failed: dict[tuple[str, str], list[str]] = {}
        self._days: dict[str, Counter[date]] = {
            name: Counter() for name in ("submitted", "short", "held", "queued", "refused")
        }

    def add_all(self, entries: Iterable[JournalEntry]) -> None:
        """Add every entry, in order."""
        for entry in entries:
            self.add(entry)

    def add(self, entry: JournalEntry) -> None:
        """Add an entry of the journal."""
        event, kind = entry.event, self.census.kind
        root = root_of(event.target)
        self.entries[root] += 1
        for step in entry.steps:
            self._steps[kind(step.record), step.transition, step.before, step.after] += 1
        for draw in entry.draws:
            if draw.limit is not None:
                self.limits[draw.resource, draw.owner] = draw.limit
        if entry.refusals:
            self._refuse(entry)
        if entry.marks:
            self._mark(entry)
        if entry.plans and self.plans.add(entry):
            self._count("short", event.at)
        if event.kind == "submit" and entry.accepted:
            if kind(root) == self.census.subject.name:
                self._count("submitted", event.at)
            for judged in entry.arrival:
                key = (kind(root), judged.name)
                self._asked[key] += 1
                if not judged.held:
                    self._failed.setdefault(key, []).append(root)

    def _count(self, what: str, at: datetime) -> None:
        self._days[what][at.astimezone(self.ruleset.zone).date()] += 1

    def _refuse(self, entry: JournalEntry) -> None:
        event, refusal = entry.event, entry.refusals[0]
        entity = self.census.kind(event.target)
        if refusal.code == "limit":
            self.beyond[entity] += 1
        if entry.accepted and refusal.code != "no_rest":
            return
        self._count("refused", event.at)
        key = (refusal.code, entity, event.name if event.kind in ("send", "hold", "release") else event.kind)
        mine = self._refused.setdefault(key, _Refused())
        mine.count += 1
        if len(mine.examples) < _EXAMPLES:
            mine.examples.append((event.target, refusal.message))

    def _mark(self, entry: JournalEntry) -> None:
        at = entry.event.at
        for mark in entry.marks:
            entity = self.census.kind(mark.record)
            if mark.what == "queue":
                if mark.on:
                    self._count("queued", at)
            elif mark.what == "tag":
                self._tags[entity, mark.name, mark.on] += 1
            elif mark.on:
                self.held.add(root_of(mark.record))
                self._count("held", at)
                hold = self._holds.setdefault((entity, mark.name), _Hold())
                hold.placed += 1
                if mark.reason:
                    hold.reasons[mark.reason] += 1
                hold.by[entry.event.role if entry.event.kind == "hold" else "the rules"] += 1
                self._on[mark.record, mark.name] = at
            else:
                since = self._on.pop((mark.record, mark.name), None)
                if since is not None:
                    hold = self._holds.setdefault((entity, mark.name), _Hold())
                    hold.seconds.append((at - since).total_seconds())

    # ---- what came of it ----------------------------------------------------------------------------------------

    def placed(self, entity: str, hold: str) -> int:
        """How often a hold was placed."""
        found = self._holds.get((entity, hold))
        return found.placed if found is not None else 0

    def lives(self) -> tuple[LifeLine, ...]:
        """The life of each entity: the one that the report speaks of first, each root before its children."""
        definition = self.ruleset.definition
        first = self.census.subject
        roots = [first, *(item for item in definition.roots if item is not first)]
        several = [
            entity
            for root in roots
            for entity in (
                root,
                *(
                    definition.entities[name]
                    for name in dict.fromkeys(c.entity for c in root.children.values())
                ),
            )
        ]
        return tuple(self._life(entity) for entity in dict.fromkeys(item.name for item in several))

    def _life(self, name: str) -> LifeLine:
        entity = self.ruleset.definition.entities[name]
        states = self.census.states[name]
        order = {transition: place for place, transition in enumerate(["", *entity.transitions])}
        steps = [
            StepLine(transition, _transition_label(entity, transition), before, after, count)
            for (of, transition, before, after), count in self._steps.items()
            if of == name
        ]
        return LifeLine(
            entity=name,
            label=entity.label,
            parent=entity.parent,
            records=sum(states.values()),
            states=tuple(
                Share(state.name, state.label, states[state.name])
                for state in entity.states.values()
                if state.leaves == (state.name,)
            ),
            steps=tuple(
                sorted(steps, key=lambda step: (order.get(step.transition, 0), step.before, step.after))
            ),
        )

    def refusals(self) -> tuple[RefusalLine, ...]:
        """The events that changed nothing, by code, entity and event; the most frequent first."""
        definition = self.ruleset.definition
        lines = []
        for (code, name, event), mine in self._refused.items():
            entity = definition.entities.get(name)
            declared = entity.events.get(event) if entity is not None else None
            lines.append(
                RefusalLine(
                    code=code,
                    entity=name,
                    label=entity.label if entity is not None else name,
                    event=event,
                    event_label=declared.label if declared is not None else event,
                    count=mine.count,
                    examples=tuple(mine.examples),
                )
            )
        return tuple(sorted(lines, key=lambda line: (-line.count, line.code, line.entity, line.event)))

    def holds(self) -> tuple[HoldLine, ...]:
        """Every declared hold that was ever placed."""
        lines = []
        for entity in self.ruleset.definition.entities.values():
            for name, declared in entity.holds.items():
                mine = self._holds.get((entity.name, name))
                if mine is None:
                    continue
                on = self.census.held.get((entity.name, name), [])
                going = [
                    (self.now - since).total_seconds()
                    for (record, hold), since in self._on.items()
                    if hold == name and self.census.kind(record) == entity.name
                ]
                seconds = [*mine.seconds, *going]
                lines.append(
                    HoldLine(
                        entity=entity.name,
                        name=name,
                        label=declared.label,
                        placed=mine.placed,
                        on=len(on),
                        mean_seconds=sum(seconds) / len(seconds) if seconds else None,
                        longest_seconds=max(seconds, default=None),
                        reasons=tuple(ordered(mine.reasons)[:_REASONS]),
                        by=tuple(ordered(mine.by)),
                        examples=tuple(on[:_EXAMPLES]),
                    )
                )
        return tuple(lines)

    def tags(self) -> tuple[TagLine, ...]:
        """Every declared tag."""
        return tuple(
            TagLine(
                entity=entity.name,
                name=name,
                label=tag.label,
                set=self._tags[entity.name, name, True],
                cleared=self._tags[entity.name, name, False],
                on=len(on := self.census.tagged.get((entity.name, name), [])),
                examples=tuple(on[:_EXAMPLES]),
            )
            for entity in self.ruleset.definition.entities.values()
            for name, tag in entity.tags.items()
        )

    def arrival(self) -> tuple[ArrivalLine, ...]:
        """Every declared check on arrival."""
        return tuple(
            ArrivalLine(
                entity=entity.name,
                name=name,
                label=judgement.label,
                asked=self._asked[entity.name, name],
                failed=len(failed := self._failed.get((entity.name, name), [])),
                examples=tuple(failed[:_EXAMPLES]),
            )
            for entity in self.ruleset.definition.entities.values()
            for name, judgement in entity.arrival.items()
        )

    def days(self) -> tuple[DayLine, ...]:
        """The local days on which anything of this happened, in order."""
        every = sorted(set().union(*self._days.values()))
        return tuple(
            DayLine(day, **{what: counts[day] for what, counts in self._days.items()}) for day in every
        )


def _transition_label(entity: Entity, name: str) -> str:
    transition = entity.transitions.get(name)
    return transition.label if transition is not None else name
