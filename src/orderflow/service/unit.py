"""One unit of work: what the engine does inside one transaction."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from orderflow.diagnostics.errors import DecisionError, RecordError, RepeatError
from orderflow.engine.link import RuleSet
from orderflow.model.decision import Decision, Refusal
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Facts, StockKey
from orderflow.model.record import Family, root_of
from orderflow.service.journal import decision_again, entry_of, fingerprint
from orderflow.service.ports import Clock, JournalEntry, Transaction

#: How many taken keys are passed over before a key that cannot become free is told.
MOST_TAKEN = 10_000
#: How many families one look at the clock wakes.
MOST_WOKEN = 500


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
        family = self.family(root_id)
        while family is not None and family.wake is not None and family.wake <= event.at:
            self._wake(family, family.wake)
            family = self.family(root_id)
        return self._decide(family, event, print_)

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
        self.transaction.receive(warehouse, units, at, receipt)
        return self._serve(wanted.keys(), at)

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

    def facts(self, family: Family | None, event: Event) -> Facts:
        """What deciding the event may look at: exactly the stock positions that it needs."""
        keys = self.ruleset.stock_keys(family, event)
        return Facts(stock=self.transaction.stock(keys)) if keys else NO_FACTS

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
        decision = self.ruleset.decide(family, event, now, self.facts(family, event))
        if event.kind == "tick" and family is not None and _idle(family, decision):
            return decision._replace(family=family)
        self._save(family, decision, now, print_)
        freed = {(move.warehouse, move.sku) for move in decision.moves if move.kind == "give_back"}
        if freed:
            self._serve(freed, now)
        return decision

    def _serve(self, keys: Collection[StockKey], at: datetime) -> tuple[Decision, ...]:
        """Wake the records that wait for units of these positions, the oldest submit first; those that moved."""
        moved = []
        for root_id in self.transaction.waiting("stock"):
            family = self._present(root_id)
            if not set(keys).isdisjoint(self.ruleset.stock_keys(family, Event("tick", root_id, at))):
                decision = self._wake(family, at)
                if decision.steps:
                    moved.append(decision)
        return tuple(moved)

    def _save(self, family: Family | None, decision: Decision, now: datetime, print_: str) -> None:
        expected = family.version if family is not None else 0
        self.transaction.save(decision, expected, entry_of(decision, now, print_), now)


#: Makes the event to apply, and sees the entry of the same event id, if it was applied before.
Build = Callable[[UnitOfWork, JournalEntry | None], Event]


def _idle(before: Family, decision: Decision) -> bool:
    """Whether a tick did nothing that is worth keeping."""
    after = decision.family
    return (
        not decision.steps
        and not decision.refusals
        and (after.wake, after.waiting) == (before.wake, before.waiting)
    )
