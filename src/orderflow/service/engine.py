"""The engine: one event, one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from orderflow.diagnostics.errors import RecordError
from orderflow.model.decision import Decision
from orderflow.model.event import Event
from orderflow.model.frozen import EMPTY
from orderflow.model.record import root_of
from orderflow.model.stock import Move
from orderflow.service.journal import decision_again
from orderflow.service.ports import JournalEntry
from orderflow.service.session import Session
from orderflow.service.unit import Build, UnitOfWork

#: A receipt of this many units of one SKU is a slip of the keyboard.
MOST_UNITS = 1_000_000_000


class Engine(Session):
    """Runs records through a rule set: reads, decides, and stores each event in one transaction.

    Safe to use from several threads if its storage is; inside `batch()` it belongs to one.

    It is made of a linked rule set and a storage (see `Session`).
    """

    # ---- events -------------------------------------------------------------------------------------------------

    def submit(
        self,
        fields: Mapping[str, object],
        *,
        entity: str | None = None,
        id: str | None = None,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
    ) -> Decision:
        """Bring in a new record.

        Args:
            fields: raw or typed values by field.
            entity: its kind; may be left out where the rule set has one.
            id: its key; may stand in `fields`, or be made by the key's `auto`.
            at: when it happened; now by default. A moment without an offset is in the rule set's zone.
            actor: the role, or `role:person`.
            event_id: what makes the event unique; the same id again returns the first decision.

        Raises:
            RecordError: the values do not fit, or the event id was used for other content.
            StorageError: nothing was stored.
        """
        kind = self.ruleset.entity(entity)
        if kind.parent is not None:
            raise RecordError(f"a `{kind.name}` is made by its `{kind.parent}`; submit that instead")
        given = dict(fields)
        if id is not None and kind.key is not None:
            given[kind.key] = id
        values = self.ruleset.coerce(kind.name, given, complete=True)

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            if values.get(str(kind.key)):
                key = self.ruleset.key_of(kind.name, values, 0)
            elif known is not None:
                key = known.event.target  # the one that was made the first time
            else:
                key = unit.free_key(kind.name, values)
            return Event("submit", key, self._moment(at, known), kind.name, values, actor, event_id)

        return self._run(build, event_id)

    def send(
        self,
        id: str,
        event: str,
        data: Mapping[str, object] = EMPTY,
        *,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
    ) -> Decision:
        """Send a declared event to a record or, by `ROOT/CHILDREN/N`, to a child.

        One that no transition takes is a journaled refusal: look at `Decision.accepted` and `.refusals`.

        Raises:
            RecordError: there is no such record, or the event's data do not fit.
            StorageError: nothing was stored.
        """

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            _, entity = unit.find(id)
            values = self.ruleset.coerce_event(entity, event, data)
            return Event("send", id, self._moment(at, known), event, values, actor, event_id)

        return self._run(build, event_id)

    def update(
        self,
        id: str,
        fields: Mapping[str, object],
        *,
        at: datetime | str | None = None,
        actor: str = "engine",
        event_id: str = "",
        reason: str = "",
    ) -> Decision:
        """Change fields of a record; automatic transitions follow. A broken contract refuses the whole update.

        Raises:
            RecordError: there is no such record, or a value does not fit its field.
            StorageError: nothing was stored.
        """

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            _, entity = unit.find(id)
            values = self.ruleset.coerce(entity, fields, complete=False)
            return Event("update", id, self._moment(at, known), "", values, actor, event_id, reason)

        return self._run(build, event_id)

    def hold(
        self, id: str, name: str, *, reason: str = "", at: datetime | str | None = None, actor: str = "engine",
        event_id: str = "",
    ) -> Decision:  # fmt: skip
        """Place a hold on a record: its automatic transitions and timers wait until it is released.

        Raises:
            RecordError: there is no such record.
            StorageError: nothing was stored.
        """
        return self._hold("hold", id, name, reason, at, actor, event_id)

    def release(
        self, id: str, name: str, *, reason: str = "", at: datetime | str | None = None, actor: str = "engine",
        event_id: str = "",
    ) -> Decision:  # fmt: skip
        """Release a hold; what waited for it goes on.

        Raises:
            RecordError: there is no such record.
            StorageError: nothing was stored.
        """
        return self._hold("release", id, name, reason, at, actor, event_id)

    def handover(
        self,
        queue: str,
        id: str,
        *,
        owner: str = "",
        fields: Mapping[str, object] = EMPTY,
        at: datetime | str | None = None,
        actor: str = "engine",
    ) -> Decision:
        """Hand a record that stands in a queue over: a ticket is opened, once for each time that it stands there.

        Said again of the same moment, after it has left the queue, it opens nothing and returns the first decision.

        Args:
            queue: the queue's name; `id` the record that stands in it.
            owner: who is to see to it; the queue's owner by default.
            fields: further fields of the ticket, such as a note.

        Raises:
            RecordError: the queue opens no tickets, or the record does not stand in it.
            StorageError: nothing was stored.
        """
        found = self.ruleset.queue(queue)
        if found.ticket is None:
            raise RecordError(f"queue `{queue}` opens no tickets; give it a `ticket`")
        moment = self._moment(at)
        with self._reading() as unit:
            unit.find(id)
            standing = unit.standing(queue, max(moment, self.clock.now()))
            since = next((item.since for item in standing if item.record == id), None)
            if since is None:
                said = unit.handed_over(found.ticket, queue, id, moment)
                if said is not None:
                    return said
                raise RecordError(f"`{id}` does not stand in `{queue}`")
        given = {
            **fields, "record": id, "queue": queue, "owner": owner or found.owner or "", "opened_by": actor,
        }  # fmt: skip
        event_id = f"handover:{queue}:{id}:{since.isoformat()}"
        with self._reading() as unit:
            known = unit.transaction.entry(event_id)
            if known is not None:
                return decision_again(known, unit.family(root_of(known.event.target)))
        kind = self.ruleset.entity(found.ticket)
        key = kind.fields.get(str(kind.key))
        made = None
        if key is not None and key.auto is None and not given.get(key.name):
            made = f"{queue}.{id.replace('/', '.')}.{since:%Y%m%dT%H%M%S}"
        return self.submit(given, entity=kind.name, id=made, at=moment, actor=actor, event_id=event_id)

    def set_aside(
        self, warehouse: str, pool: str, units: Mapping[str, int], *, at: datetime | str | None = None
    ) -> None:
        """Set units on hand aside in a pool, by SKU; who may draw on it the rules say.

        Raises:
            RecordError: the warehouse or the pool is not declared.
            ConflictError: there are too few units.
        """
        self.ruleset.check_warehouses((warehouse,))
        if pool not in self.ruleset.definition.pools:
            raise RecordError(f"unknown pool `{pool}`")
        moves = [Move("pool", warehouse, sku, count, "", pool) for sku, count in units.items()]
        moment = self._moment(at)
        self._in_unit(lambda unit: unit.set_aside(moves, moment))

    def apply(self, event: Event) -> Decision:
        """Apply an event whose data are already typed (see `RuleSet.coerce`).

        Raises:
            RecordError: its event id was used for other content.
            StorageError: nothing was stored.
        """
        return self._run(lambda *_: event, event.event_id)

    def tick(self, until: datetime | str | None = None) -> int:
        """Fire every timer that is due, each at its own moment, earliest first.

        Returns:
            How many families were woken.
        """
        limit = self._moment(until)
        woken = 0
        self._settle()
        while True:
            count = self._in_unit(lambda unit: unit.wake_due(limit))
            if not count:
                return woken
            woken += count
            self._settle()

    def receive(
        self,
        warehouse: str,
        units: Mapping[str, int],
        *,
        at: datetime | str | None = None,
        event_id: str = "",
    ) -> tuple[Decision, ...]:
        """Add units on hand and wake the records that wait for them, the oldest submit first, in one transaction.

        Args:
            units: how many, by SKU.
            event_id: what makes the receipt unique; the same id again adds nothing.

        Returns:
            The decisions of those that moved.

        Raises:
            RecordError: the warehouse is not declared, a number of units is not a positive whole number, or the event
                id was used for other units.
        """
        self.ruleset.check_warehouses((warehouse,))
        wrong = [sku for sku, count in units.items() if type(count) is not int or not 0 < count < MOST_UNITS]
        if wrong:
            raise RecordError(
                [f"units of `{sku}` must be a whole number above 0 and below {MOST_UNITS:,}" for sku in wrong]
            )
        moment = self._moment(at)
        return self._in_unit(lambda unit: unit.receive(warehouse, units, moment, event_id))

    def _run(self, build: Build, event_id: str) -> Decision:
        decision = self._in_unit(lambda unit: unit.apply(build, event_id))
        if decision.contributions:
            self._settle()
        return decision

    def _settle(self) -> None:
        """Look at tags whose aggregates changed: after the commit that changed them, in a transaction of their own.

        Inside a batch, which stands for many transactions, it is a decision of its own.
        """
        if self.ruleset.tagged:
            while self._in_unit(lambda unit: unit.settle_tags()):
                pass

    def _hold(
        self,
        kind: Literal["hold", "release"],
        id: str,
        name: str,
        reason: str,
        at: datetime | str | None,
        actor: str,
        event_id: str,
    ) -> Decision:
        if not isinstance(name, str):
            raise RecordError("the name of a hold must be a text")

        def build(unit: UnitOfWork, known: JournalEntry | None) -> Event:
            unit.find(id)
            return Event(kind, id, self._moment(at, known), name, EMPTY, actor, event_id, reason)

        return self._run(build, event_id)
