"""What the records say as they stand: one pass over the families gathers what a report needs of each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from orderflow.engine.link import RuleSet
from orderflow.model.definition import Entity, Field, Trigger
from orderflow.model.record import Family, Record
from orderflow.service.accounts import LatePart, Share, TicketLine

_EXAMPLES = 5

T = TypeVar("T")


class Census:
    """Gathers what stands now, family by family.

    Args:
        ruleset: whose entities, tickets and warehouses are meant.
        now: the moment that lateness is judged at, aware UTC.
    """

    def __init__(self, ruleset: RuleSet, now: datetime) -> None:
        self.ruleset = ruleset
        self.now = now
        self.today = now.astimezone(ruleset.zone).date()
        self.subject = subject(ruleset)
        #: The entity of each root record, and of children by the root's entity and their name.
        self.kinds: dict[str, str] = {}
        self.nested = {
            (root.name, name): child.entity
            for root in ruleset.definition.entities.values()
            for name, child in root.children.items()
        }
        #: How many records stand in each leaf state, by entity.
        self.states: dict[str, Counter[str]] = {name: Counter() for name in ruleset.definition.entities}
        #: Records with a hold or a tag on, by entity and name.
        self.held: dict[tuple[str, str], list[str]] = {}
        self.tagged: dict[tuple[str, str], list[str]] = {}
        self.finished: set[str] = set()
        self.submitted: list[datetime] = []
        self.tickets: dict[tuple[str, str], list[TicketLine]] = {}
        self.places: dict[str, str] = {}
        self._late = _Late(ruleset, self.today)
        self._opened = {queue.ticket for queue in ruleset.definition.queues.values()} - {None}
        queued = {queue.of for queue in ruleset.definition.queues.values()}
        self._placed = {name: _place_field(ruleset, name) for name in queued}

    def passing(self, families: Iterable[Family]) -> Iterator[Family]:
        """The families as they come, each looked at on its way."""
        for family in families:
            self.add(family)
            yield family

    def add(self, family: Family) -> None:
        """Look at a family."""
        root = family.root
        self.kinds[root.id] = root.entity
        if root.entity == self.subject.name:
            self.submitted.append(min(root.reached.values()))
        if root.entity in self._opened:
            self._ticket(root)
        for record in family.records():
            self.states[record.entity][record.state] += 1
            for name in record.holds:
                self.held.setdefault((record.entity, name), []).append(record.id)
            for name in record.tags:
                self.tagged.setdefault((record.entity, name), []).append(record.id)
            if self.ruleset.definition.entities[record.entity].states[record.state].final:
                self.finished.add(record.id)
            if record.fields.get("plan") is not None:
                self._late.add(record, [item.queue for item in family.standing if item.record == record.id])
        for item in family.standing:
            found = family.find(item.record)
            place = _place(found, self._placed.get(found.entity)) if found is not None else None
            if place is not None:
                self.places[item.record] = place

    def kind(self, record: str) -> str:
        """The entity of a record by its id; empty when it is not known."""
        root, _, rest = record.partition("/")
        entity = self.kinds.get(root, "")
        return self.nested.get((entity, rest.partition("/")[0]), "") if rest else entity

    def late(self) -> LatePart | None:
        """Parcels past the day promised for them; None where none was promised."""
        return self._late.result(self.tickets)

    def _ticket(self, record: Record) -> None:
        line = ticket_line(self.ruleset, record)
        self.tickets.setdefault((line.queue, line.record), []).append(line)


def subject(ruleset: RuleSet) -> Entity:
    """The entity that a report speaks of first, such as the order.

    It is what allocation gives to warehouses, else what channels bring in, else the root with most children, else the first.
    """
    definition = ruleset.definition
    named = [item.of for item in definition.allocation.values()]
    named += [item.of for item in definition.channels.values()]
    roots = {item.name: item for item in definition.roots}
    for name in named:
        if name in roots:
            return roots[name]
    return max(roots.values(), key=lambda item: len(item.children))


def ticket_line(ruleset: RuleSet, record: Record) -> TicketLine:
    """A ticket in words: who has it, how far it is, and what else is written on it; private fields left out."""
    entity = ruleset.definition.entities[record.entity]
    state = entity.states[record.state]
    own = {"record", "queue", "owner", "opened_by", entity.key}
    details = tuple(
        (item.label, _said(record.fields[name], item))
        for name, item in entity.fields.items()
        if name not in own and not item.private and record.fields.get(name) not in (None, "", item.default)
    )
    return TicketLine(
        ticket=record.id,
        record=str(record.fields.get("record") or ""),
        queue=str(record.fields.get("queue") or ""),
        owner=str(record.fields.get("owner") or ""),
        opened_by=str(record.fields.get("opened_by") or ""),
        state=state.name,
        state_label=state.label,
        since=record.entered[state.name].astimezone(ruleset.zone),
        open=not state.final,
        details=details,
    )


def _said(value: object, field: Field) -> str:
    return field.options.get(str(value), str(value))


def _place_field(ruleset: RuleSet, entity: str) -> str | None:
    """The field of an entity that names a warehouse: `plan`, or one whose options are warehouses."""
    houses = ruleset.definition.warehouses.keys()
    fields = ruleset.definition.entities[entity].fields
    if "plan" in fields:
        return "plan"
    found = (name for name, item in fields.items() if item.options and item.options.keys() <= houses)
    return next(found, None)


def _place(record: Record, field: str | None) -> str | None:
    value = record.fields.get(field) if field is not None else None
    if isinstance(value, Mapping):
        value = value.get("warehouse")
    return str(value) if value else None


def movers(entity: Entity, state: str) -> tuple[str, ...]:
    """Who can move a record on from a state along the main way: the roles that may send the events that do.

    Where no event leads further along `path`, those of any event that leads to another state.
    """
    rank = {name: place for place, name in enumerate(entity.path)}
    here = rank.get(state, -1)
    onward: list[str] = []
    other: list[str] = []
    for transition in entity.transitions.values():
        leaves = {leaf for source in transition.sources for leaf in entity.states[source].leaves}
        if transition.trigger is not Trigger.EVENT or transition.target is None or state not in leaves:
            continue
        event = entity.events.get(str(transition.event))
        goals = [rank.get(leaf, -1) for leaf in entity.states[transition.target].leaves]
        roles = [role for role in event.by if role != "engine"] if event is not None else []
        (onward if max(goals) > here >= 0 else other).extend(roles)
    return tuple(dict.fromkeys(onward or other))


class _Late:
    """Parcels with a promised day, while they are added."""

    def __init__(self, ruleset: RuleSet, today: date) -> None:
        self.ruleset = ruleset
        self.today = today
        self.promised = 0
        self.done_late = 0
        self.open: list[tuple[int, str]] = []
        self.queues: dict[str, Sequence[str]] = {}
        self.states: dict[tuple[str, str], list[str]] = {}
        self.warehouses: Counter[str] = Counter()
        self.carriers: Counter[str] = Counter()

    def add(self, record: Record, queues: Sequence[str]) -> None:
        """Count a parcel, with the queues that it stands in; one that was called off is left out."""
        plan = record.fields["plan"]
        promised = plan.get("promised_on") if isinstance(plan, Mapping) else None
        if not isinstance(plan, Mapping) or not isinstance(promised, date):
            return
        entity = self.ruleset.definition.entities[record.entity]
        there = record.reached.get(entity.path[-1]) if entity.path else None
        if there is None and entity.states[record.state].final:
            return
        self.promised += 1
        if there is not None:
            self.done_late += there.astimezone(self.ruleset.zone).date() > promised
        elif self.today > promised:
            self.open.append(((self.today - promised).days, record.id))
            self.queues[record.id] = queues
            self.states.setdefault((record.entity, record.state), []).append(record.id)
            self.warehouses[str(plan["warehouse"])] += 1
            if plan.get("carrier") is not None:
                self.carriers[str(plan["carrier"])] += 1

    def result(self, tickets: Mapping[tuple[str, str], Sequence[TicketLine]]) -> LatePart | None:
        """What was counted; None when nothing was promised."""
        if not self.promised:
            return None
        definition = self.ruleset.definition
        states = []
        for (name, state), records in sorted(self.states.items(), key=lambda item: (-len(item[1]), item[0])):
            entity = definition.entities[name]
            onward = " or ".join(movers(entity, state))
            having = Counter(self._who(record, tickets) or onward or "nobody" for record in records)
            label = entity.states[state].label
            states.append((Share(state, label, len(records)), tuple(ordered(having))))
        houses = definition.warehouses
        return LatePart(
            promised=self.promised,
            open=len(self.open),
            late=self.done_late,
            by_state=tuple(states),
            by_warehouse=tuple(
                Share(name, houses[name].label if name in houses else name, count)
                for name, count in ordered(self.warehouses)
            ),
            by_carrier=tuple(Share(name, name, count) for name, count in ordered(self.carriers)),
            examples=tuple(
                (record, days)
                for days, record in sorted(self.open, key=lambda item: (-item[0], item[1]))[:_EXAMPLES]
            ),
        )

    def _who(self, record: str, tickets: Mapping[tuple[str, str], Sequence[TicketLine]]) -> str:
        """Who has a parcel: whoever a ticket was given to, else the owner of a queue that it stands in."""
        queues = self.queues[record]
        given = [item.owner for queue in queues for item in tickets.get((queue, record), ()) if item.open]
        known = self.ruleset.definition.queues
        owners = [known[queue].owner for queue in queues if queue in known]
        return next((name for name in (*given, *owners) if name), "")


def ordered(counts: Counter[T]) -> list[tuple[T, int]]:
    """The most frequent first; equals by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
