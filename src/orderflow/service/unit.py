"""One unit of work: what the engine does inside one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from orderflow.diagnostics.errors import DecisionError, RecordError, RepeatError
from orderflow.engine.link import RuleSet
from orderflow.expr.types import Kind
from orderflow.model.decision import Decision, Refusal
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, Standing, root_of
from orderflow.model.stock import FREEING, Move
from orderflow.service.journal import decision_again, entry_of, fingerprint
from orderflow.service.ports import Clock, JournalEntry, Transaction
from orderflow.service.reading import read_facts

#: How many taken keys are passed over before a key that cannot become free is told.
MOST_TAKEN = 10_000
#: How many families one look at the clock wakes.
MOST_WOKEN = 500
#: How many families whose clock is due a look at the queues takes into account.
MOST_DUE = 100_000


class UnitOfWork:
    """Reads, decides and saves in one transaction.

    Args:
        ruleset: the linked rules.
        transaction: the open transaction.
        clock: tells the present moment.
        new_id: makes the ids of events that come without one.
    """

    def __init__(
        self, ruleset: RuleSet, transaction: Transaction, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self.ruleset = ruleset
        self.transaction = transaction
        self.clock = clock
        self.new_id = new_id
        #: The families that are being decided: others do not wake them meanwhile, or they would wake one another for ever.
        self._deciding: set[str] = set()
        #: Of those, the ones that somebody would have woken: they are looked at again once they are stored.
        self._missed: set[str] = set()

    def apply(self, build: "Build", event_id: str) -> Decision:
        """Apply an event, once: after the timers of its family that were due before it.

        Args:
            build: makes the event, from this unit and the entry of the same event id, if it was applied before.
            event_id: what makes the event unique; empty for one that nobody repeats.

        Raises:
            RecordError: the event does not fit, or its id was used for other content.
        """
        known = self.transaction.entry(event_id) if event_id else None
        event = build(self, known)
        print_ = fingerprint(event)
        if known is not None:
            if known.fingerprint != print_:
                raise RepeatError(event_id)
            return decision_again(known, self.transaction.family(root_of(known.event.target)))
        if not event_id:
            event = event._replace(event_id=self.new_id())
        root_id = root_of(event.target)
        self._refer(event)
        return self._decide(self._caught_up(root_id, event.at), event, print_)

    def wake_due(self, limit: datetime) -> int:
        """Fire timers that are due, as long as none that they start comes before the next; how many."""
        count = 0
        soonest: datetime | None = None
        for wake, root_id in self.transaction.due(limit, MOST_WOKEN):
            if soonest is not None and soonest < wake:
                break
            again = self._wake(self._present(root_id), wake).family.wake
            if again is not None and (soonest is None or again < soonest):
                soonest = again
            count += 1
        return count

    def receive(
        self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str
    ) -> tuple[Decision, ...]:
        """Add units on hand, once for each receipt, and wake who waits for them; those that moved.

        Raises:
            RepeatError: the receipt was stored before, with other units.
        """
        wanted = {(warehouse, sku): count for sku, count in units.items()}
        known = self.transaction.received(receipt) if receipt else None
        if known is not None:
            if known != wanted:
                raise RepeatError(receipt)
            return ()
        keys = {f"stock:{sku}" for sku in units}
        self._catch_up(keys, at)
        self.transaction.receive(warehouse, units, at, receipt)
        return self._serve(keys, at)

    def set_aside(self, moves: Sequence[Move], at: datetime) -> None:
        """Move units into pools, and wake who may draw on them."""
        keys = {f"stock:{move.sku}" for move in moves}
        self._catch_up(keys, at)
        self.transaction.move(moves, at)
        self._serve(keys, at)

    def family(self, root_id: str) -> Family | None:
        """The family, or None when there is none.

        Raises:
            RecordError: other rules decided it, and it does not fit these.
        """
        family = self.transaction.family(root_id)
        return None if family is None else self.ruleset.admit(family)

    def find(self, record_id: str) -> tuple[Family, str]:
        """The family of a record, and the record's entity.

        Raises:
            RecordError: there is no such record.
        """
        family = self.family(root_of(record_id))
        record = family.find(record_id) if family is not None else None
        if family is None or record is None:
            raise RecordError(f"there is no record `{record_id}`")
        return family, record.entity

    def facts(self, family: Family | None, event: Event, now: datetime) -> Facts:
        """What deciding the event may look at."""
        return read_facts(self.ruleset, self.transaction, family, event, now)

    def settle_tags(self, limit: int = MOST_WOKEN) -> int:
        """Look at the tags of records whose aggregates changed, each in a decision of its own; how many."""
        noted = self.transaction.touched(limit)
        for root_id in noted:
            self.transaction.settle(root_id)
            now = self.clock.now()
            family = self._caught_up(root_id, now)
            if family is not None:
                self._wake(family, now)
        return len(noted)

    def standing(self, queue: str | None, now: datetime) -> Sequence[Standing]:
        """Who stands in a queue (in any, when None) at this moment, the longest there first.

        Families whose clock is due are looked at as they would be after it; nothing is stored.
        """
        found = list(self.transaction.standing(queue))
        due = {root_id for _, root_id in self.transaction.due(now, MOST_DUE)}
        if due:
            found = [item for item in found if root_of(item.record) not in due]
            for root_id in due:
                family = self._present(root_id)
                event = Event("tick", root_id, now)
                after = self.ruleset.decide(family, event, now, self.facts(family, event, now)).family
                found += [item for item in after.standing if queue in (None, item.queue)]
        return sorted(found, key=lambda item: (item.since, item.record))

    def handed_over(self, ticket: str, queue: str, record: str, at: datetime) -> Decision | None:
        """What was decided when a record was handed over from a queue at that moment; None when it was not."""
        for family in self.transaction.families(ticket):
            fields = family.root.fields
            if (fields.get("record"), fields.get("queue")) == (record, queue):
                first = next(iter(self.transaction.journal(family.id)))
                if first.event.at == at:
                    return decision_again(first, family)
        return None

    def free_key(self, entity: str, values: Mapping[str, object]) -> str:
        """The next key that the key's `auto` makes and nobody has yet.

        Raises:
            RecordError: `auto` makes only keys that are taken.
        """
        for _ in range(MOST_TAKEN):
            key = self.ruleset.key_of(entity, values, self.transaction.next_number(entity))
            if self.transaction.family(key) is None:
                return key
        raise RecordError(
            f"`{key}` and {MOST_TAKEN - 1:,} keys before it are taken; let `auto` use `{{sequence}}`"
        )

    def _caught_up(self, root_id: str, at: datetime) -> Family | None:
        """The family, after what its clock had to do by `at`, each thing at its own moment."""
        family = self.family(root_id)
        while family is not None and family.wake is not None and family.wake <= at:
            self._wake(family, family.wake)
            family = self.family(root_id)
        return family

    def _catch_up(self, keys: Iterable[str], at: datetime, but: str = "") -> bool:
        """Let those who wait do what their clocks had to do by `at`, before what they wait for is there; whether any did.

        Args:
            keys: what they wait for.
            at: the moment.
            but: the family that is being decided.
        """
        woken = False
        self._deciding.add(but)
        try:
            for root_id in self.transaction.waiting(keys):
                if root_id not in self._deciding:
                    family = self.family(root_id)
                    woken = woken or (family is not None and family.wake is not None and family.wake <= at)
                    self._caught_up(root_id, at)
        finally:
            self._deciding.discard(but)
        return woken

    def _present(self, root_id: str) -> Family:
        return self.find(root_id)[0]

    def _wake(self, family: Family, at: datetime) -> Decision:
        event = Event("tick", family.id, at, event_id=self.new_id())
        try:
            return self._decide(family, event, "")
        except DecisionError as error:
            # One record whose rules go round must not stop every other timer: its own is put aside, and says why.
            aside = replace(family, version=family.version + 1, wake=None)
            refusal = Refusal("no_rest", family.id, str(error))
            decision = Decision(event, aside, accepted=True, refusals=(refusal,), digest=self.ruleset.digest)
            self._save(family, decision, at, "")
            return decision

    def _decide(self, family: Family | None, event: Event, print_: str) -> Decision:
        now = event.at if event.kind == "tick" else max(self.clock.now(), event.at)
        decision = self.ruleset.decide(family, event, now, self.facts(family, event, now))
        if event.kind == "tick" and family is not None and _idle(decision):
            after = decision.family
            if (after.wake, after.waiting) != (family.wake, family.waiting):
                family = replace(family, wake=after.wake, waiting=after.waiting)
                self.transaction.reschedule(family)
            return decision._replace(family=family)
        root_id = root_of(event.target)
        freed: set[str] = set()
        while not (more := self._freed(decision)) <= freed:
            freed |= more
            if not self._catch_up(more, now, root_id):
                break
            # What others did first may have taken what this one asks for: it is decided on what is there now.
            decision = self.ruleset.decide(family, event, now, self.facts(family, event, now))
        self._save(family, decision, now, print_)
        if decision.contributions:
            tagged = self.ruleset.tagged
            self.transaction.touch(row.owner for row in decision.contributions if row.aggregate in tagged)
        if freed:
            self._serve(freed, now)
        if root_id in self._missed:
            self._missed.discard(root_id)
            self._wake(self._present(root_id), now)
        return decision

    def _freed(self, decision: Decision) -> set[str]:
        """What others look at and this decision changed: units let go or taken, limits, records and their history."""
        if self.ruleset.solitary:
            return set()
        freed = {f"stock:{move.sku}" for move in decision.moves if move.kind in FREEING}
        # A hold that is on while there is too little begins when somebody else takes it.
        if self.ruleset.holds_for_stock:
            freed |= {f"taken:{move.sku}" for move in decision.moves if move.kind == "take"}
        freed |= {f"{draw.resource}:{draw.owner}" for draw in decision.draws}
        if decision.changes:
            root = decision.family.root
            freed |= {f"{name}:{root.id}" for name in self.ruleset.limits.get(root.entity, ())}
            if root.entity in self.ruleset.watched:
                freed.add(f"record:{root.id}")
        freed |= {
            f"history:{row.owner}" for row in decision.contributions if row.aggregate in self.ruleset.watched
        }
        return freed

    def _serve(self, keys: Iterable[str], at: datetime) -> tuple[Decision, ...]:
        """Wake the records that wait for one of these, the oldest submit first; those that moved."""
        moved = []
        for root_id in self.transaction.waiting(keys):
            if root_id in self._deciding:
                self._missed.add(root_id)
                continue
            family = self._caught_up(root_id, at)
            if family is not None:
                decision = self._wake(family, at)
                if decision.steps:
                    moved.append(decision)
        return tuple(moved)

    def _refer(self, event: Event) -> None:
        """Make sure that the records which an event refers to are there; make those that may be made.

        Raises:
            RecordError: one is not there.
        """
        if event.kind not in ("submit", "update", "send") or not self.ruleset.refers:
            return
        kind = event.name if event.kind == "submit" else self.find(event.target)[1]
        entity = self.ruleset.definition.entities[kind]
        carried = entity.fields
        if event.kind == "send":
            declared = entity.events.get(event.name)
            carried = declared.data if declared is not None else EMPTY
        # A ref that an event carries may be made where the entity has one of the kind that may: its `set` writes it there.
        made = {item.type.name for item in entity.fields.values() if item.creates}
        for name, item in carried.items():
            id = event.data.get(name)
            if item.type.kind is Kind.REF and isinstance(id, str):
                make = item.creates or (event.kind == "send" and item.type.name in made)
                self._find_or_make(name, item.type.name, id, event.at, make=make)

    def _find_or_make(self, field: str, entity: str, id: str, at: datetime, *, make: bool) -> None:
        found = self.transaction.family(id)
        if found is None and make:
            values = {str(self.ruleset.definition.entities[entity].key): id}
            self.ruleset.key_of(entity, values, 0)  # an id that no submit could have is refused here, too
            self._decide(None, Event("submit", id, at, entity, values, event_id=self.new_id()), "")
        elif found is None:
            raise RecordError(f"`{field}`: there is no {entity} `{id}`; submit it first")
        elif found.root.entity != entity:
            raise RecordError(f"`{field}`: `{id}` is of the kind {found.root.entity}, not {entity}")

    def _save(self, family: Family | None, decision: Decision, now: datetime, print_: str) -> None:
        expected = family.version if family is not None else 0
        self.transaction.save(decision, expected, entry_of(decision, now, print_), now)


#: Makes the event to apply, and sees the entry of the same event id, if it was applied before.
Build = Callable[[UnitOfWork, JournalEntry | None], Event]


def _idle(decision: Decision) -> bool:
    """Whether a tick did nothing that is worth keeping."""
    return not (
        decision.steps
        or decision.refusals
        or decision.marks
        or decision.effects
        or decision.moves
        or decision.draws
    )
