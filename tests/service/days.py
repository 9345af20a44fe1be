"""Random days of the reference rule set: the same events on two storages side by side."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.service.soundness import broken, whole

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.bootstrap import load
from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import RuleSet
from orderflow.expr.types import Kind
from orderflow.model.codec import Codec
from orderflow.model.decision import Decision
from orderflow.model.definition import Field
from orderflow.model.record import Record
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.ports import Storage

T0 = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)
SKUS = {"A": "exhaust", "B": "brake_pads"}
WAREHOUSES = ("hq", "hangzhou")
CUSTOMERS = ("C1", "C2")
#: What a parcel that goes straight to its customer is sent, by the state it is in.
ONWARD: Mapping[str, tuple[str, str, dict[str, object]]] = {
    "allocated": ("accept", "warehouse", {}),
    "accepted": ("start_picking", "warehouse", {}),
    "picking": ("finish_picking", "warehouse", {"units": None}),
    "quality_check": ("pass_check", "warehouse", {"waybill_no": "YT1"}),
    "packed": ("dispatch", "warehouse", {}),
    "shipped": ("scan", "carrier", {"kind": "pickup"}),
    "picked_up": ("scan", "carrier", {"kind": "transit"}),
    "in_transit": ("scan", "carrier", {"kind": "signed"}),
    "delivery_failed": ("send_back", "carrier", {}),
    "returning": ("inspect", "warehouse", {"condition": "good"}),
}
#: Weighs lines by how often they are ordered: presale now and then.
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(SKUS)), st.integers(1, 3), st.sampled_from([False, False, True])),
    min_size=1,
    max_size=2,
)


@cache
def wenzhou() -> RuleSet:
    """The reference rule set."""
    return load(Path(__file__).resolve().parents[2] / "rules" / "wenzhou")


def onward(parcel: Record) -> tuple[str, str, dict[str, object]]:
    """The event that brings a parcel further, who sends it, and its data."""
    name, role, values = ONWARD[parcel.state]
    if "units" in values:
        lines = cast("tuple[dict[str, int], ...]", parcel.fields["lines"])
        values = {"units": sum(line["quantity"] for line in lines)}
    return name, role, values


class Day(RuleBasedStateMachine):
    """The same events on two engines that share nothing but the clock and the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = ManualClock(T0)
        self.rules_ = wenzhou()
        self.engines = [self._engine(self._memory()), self._engine(self._sqlite())]
        self.numbers = itertools.count(1)
        self.said: list[tuple[Callable[[Engine], Decision], Decision]] = []
        self.both(lambda engine: engine.receive("hq", {"A": 3, "B": 2}, at=T0))
        self.both(lambda engine: engine.receive("hangzhou", {"A": 3}, at=T0))
        for customer, limit in zip(CUSTOMERS, (60, 0), strict=True):
            self.both(
                lambda engine, customer=customer, limit=limit: engine.submit(  # type: ignore[misc]
                    {"credit_limit": limit}, entity="customer", id=customer
                )
            )
        self.freeze("B", "presale", 1, -1)
        # One has what was set aside, one is on credit, the last over its limit.
        for sku, paid, presale in (
            ("A", 100, False),
            ("A", 0, False),
            ("B", 100, True),
            ("B", 50, False),
            ("B", 50, False),
        ):
            self.submit_one([(sku, 1, presale)], "taobao", paid, CUSTOMERS[0])

    def _memory(self) -> Storage:
        return MemoryStorage()

    def _sqlite(self) -> Storage:
        codec = Codec(self.rules_.definition)
        return SqliteStorage(self.folder / "day.db", codec, synchronous="NORMAL")

    def _engine(self, storage: Storage) -> Engine:
        ids = itertools.count(1)
        return Engine(self.rules_, storage, clock=self.clock, new_id=lambda: f"own-{next(ids)}")

    def teardown(self) -> None:
        """Close both storages and take the files away."""
        for engine in self.engines:
            engine.storage.close()
        shutil.rmtree(self.folder)

    def both(self, call: Callable[[Engine], object]) -> object:
        """Do the same on both; they must agree, in what they refuse too."""
        results: list[object] = []
        for engine in self.engines:
            try:
                results.append(call(engine))
            except RecordError as error:
                results.append(f"refused: {error}")
        assert results[0] == results[1]
        return results[0]

    def say(self, call: Callable[[Engine, str], Decision]) -> None:
        """Do the same on both, by an event id that may be said again."""
        event_id = f"said-{next(self.numbers)}"
        result = self.both(lambda engine: call(engine, event_id))
        if isinstance(result, Decision):
            self.said.append((lambda engine: call(engine, event_id), result))

    def roots(self, entity: str) -> list[Record]:
        """The root records of a kind."""
        with self.engines[0].storage.transaction(read_only=True) as transaction:
            return [family.root for family in transaction.families(entity)]

    def order(self, pick: int) -> str:
        """The id of an order."""
        found = self.roots("order")
        return found[pick % len(found)].id

    # ---- orders ---------------------------------------------------------------------------------------------------

    @rule(
        lines=LINES,
        channel=st.sampled_from(["taobao", "offline", "douyin", "douyin"]),
        paid=st.sampled_from([0, 100, 100, 50, 50]),
        customer=st.sampled_from(CUSTOMERS),
    )
    def submit(self, lines: list[tuple[str, int, bool]], channel: str, paid: int, customer: str) -> None:
        """A new order: not paid, paid, or half on credit."""
        self.submit_one(lines, channel, paid, customer)

    @rule(
        sku=st.sampled_from(sorted(SKUS)),
        channel=st.sampled_from(["taobao", "douyin"]),
        presale=st.booleans(),
        customer=st.sampled_from(CUSTOMERS),
    )
    def ask_for_all(self, sku: str, channel: str, presale: bool, customer: str) -> None:
        """An order of all that its buyer may have, from wherever it lies."""
        with self.engines[0].storage.transaction(read_only=True) as transaction:
            positions = transaction.stock([sku]).values()
        pools = ({"presale"} if presale else set()) | ({"promo"} if channel == "douyin" else set())
        units = sum(each.available + sum(each.open_to(name) for name in pools) for each in positions)
        if units > 0:
            self.submit_one([(sku, units, presale)], channel, 100, customer)

    def submit_one(self, lines: list[tuple[str, int, bool]], channel: str, paid: int, customer: str) -> None:
        """Submit an order of 100."""
        at = self.clock.now()
        fields: dict[str, object] = {
            "channel": channel,
            "customer": customer,
            "phone": "13800000001",
            "region": "四川",
            "address": "示例路1号",
            "placed_at": at,
            "amount_due": 100,
            "lines": [
                {
                    "line_no": number,
                    "sku": sku,
                    "name": sku,
                    "category": SKUS[sku],
                    "quantity": units,
                    "unit_price": 10,
                    "presale": presale,
                }
                for number, (sku, units, presale) in enumerate(lines, 1)
            ],
            **({"amount_paid": paid, "paid_at": at} if paid else {}),
        }
        self.say(
            lambda engine, key: engine.submit(fields, entity="order", at=at, actor="channel", event_id=key)
        )

    @rule(pick=st.integers(0, 9), amount=st.sampled_from([0, 50, 100, 100, "100.01"]), late=st.booleans())
    def pay(self, pick: int, amount: object, late: bool) -> None:
        """Money comes in, or is told late."""
        target, at = self.order(pick), self.clock.now() - timedelta(hours=30 if late else 0)
        fields = {"amount_paid": amount, "paid_at": at}
        self.say(lambda engine, key: engine.update(target, fields, at=at, actor="channel", event_id=key))

    @rule(pick=st.integers(0, 9), reason=st.sampled_from(["", "moved"]), units=st.integers(0, 3))
    def edit(self, pick: int, reason: str, units: int) -> None:
        """What was ordered, or where it goes, is changed."""
        target, at = self.order(pick), self.clock.now()
        line = {"line_no": 1, "sku": "B", "name": "B", "quantity": units, "unit_price": 1}
        fields = {"lines": [line]} if units else {"address": f"示例路{pick}号"}
        self.say(
            lambda engine, key: engine.update(
                target, fields, at=at, actor="channel", event_id=key, reason=reason
            )
        )

    @rule(
        pick=st.integers(0, 9),
        child=st.sampled_from(["", "shipments", "shipments", "returns", "complaints"]),
        number=st.integers(1, 2),
        data=st.data(),
        anybody=st.booleans(),
    )
    def send_any(self, pick: int, child: str, number: int, data: st.DataObject, anybody: bool) -> None:
        """Any event that the rules declare, by somebody who may, or by anybody."""
        entity = self.rules_.definition.entities["order"]
        if child:
            entity = self.rules_.definition.entities[entity.children[child].entity]
        event = entity.events[data.draw(st.sampled_from(sorted(entity.events)))]
        values = {name: data.draw(value_of(item)) for name, item in event.data.items()}
        roles = (*self.rules_.definition.roles, "engine", "nobody") if anybody else event.by
        role = data.draw(st.sampled_from(roles))
        target, at = self.order(pick) + (f"/{child}/{number}" if child else ""), self.clock.now()
        self.say(lambda engine, key: engine.send(target, event.name, values, at=at, actor=role, event_id=key))

    @rule(
        pick=st.integers(0, 9),
        name=st.sampled_from(["cancel", "cancel", "send_back", "confirm_receipt", "clear_risk"]),
    )
    def turn(self, pick: int, name: str) -> None:
        """The customer thinks again."""
        target, at = self.order(pick), self.clock.now()
        values = {"why": "customer"} if name == "cancel" else {}
        role = "risk" if name == "clear_risk" else "channel"
        self.say(lambda engine, key: engine.send(target, name, values, at=at, actor=role, event_id=key))

    @rule(pick=st.integers(0, 9), number=st.integers(0, 1), steps=st.integers(1, 8))
    def go_on(self, pick: int, number: int, steps: int) -> None:
        """Send a parcel what brings it a few steps further."""
        target, at = self.order(pick), self.clock.now()
        for _ in range(steps):
            parcels = self.engines[0].family(target).children.get("shipments", ())
            parcel = parcels[number % len(parcels)] if parcels else None
            if parcel is None or parcel.state not in ONWARD:
                return
            name, role, values = onward(parcel)
            self.say(
                lambda engine, key, id=parcel.id, name=name, role=role, values=values: engine.send(  # type: ignore[misc]
                    id, name, values, at=at, actor=role, event_id=key
                )
            )

    # ---- holds, limits, pools, queues ------------------------------------------------------------------------------

    @rule(pick=st.integers(0, 9), on=st.booleans(), reason=st.sampled_from(["", "asked", "asked"]))
    def hold(self, pick: int, on: bool, reason: str) -> None:
        """Somebody holds an order, or releases it."""
        target, at = self.order(pick), self.clock.now()
        self.say(
            lambda engine, key: (engine.hold if on else engine.release)(
                target, "manual", reason=reason, at=at, actor="customer_care", event_id=key
            )
        )

    @rule(
        customer=st.sampled_from(CUSTOMERS),
        fields=st.sampled_from([{"credit_limit": 0}, {"credit_limit": 60}, {"credit_limit": 200}])
        | st.booleans().map(lambda on: {"watched": on}),
    )
    def judge(self, customer: str, fields: dict[str, object]) -> None:
        """A customer's limit changes, or what risk thinks of him."""
        at = self.clock.now()
        self.say(
            lambda engine, key: engine.update(
                customer, fields, at=at, actor="finance", event_id=key, reason="reviewed"
            )
        )

    @rule(
        sku=st.sampled_from(sorted(SKUS)),
        kind=st.sampled_from(["presale", "promo"]),
        units=st.integers(1, 2),
        hours=st.sampled_from([-1, -1, 2]),
    )
    def freeze(self, sku: str, kind: str, units: int, hours: int) -> None:
        """Units are set aside for a time, now or later."""
        at = self.clock.now()
        begins = at + timedelta(hours=hours)
        fields = {
            "kind": kind,
            "warehouse": "hq",
            "sku": sku,
            "quantity": units,
            "starts_at": begins,
            "ends_at": begins + timedelta(hours=20),
        }
        self.say(
            lambda engine, key: engine.submit(fields, entity="freeze", at=at, actor="sales", event_id=key)
        )

    @rule(pick=st.integers(0, 9))
    def thaw(self, pick: int) -> None:
        """A freeze is stopped before its time."""
        found = self.roots("freeze")
        if found:
            target, at = found[pick % len(found)].id, self.clock.now()
            self.say(lambda engine, key: engine.send(target, "stop", at=at, actor="sales", event_id=key))

    @rule(pick=st.integers(0, 9))
    def hand_over(self, pick: int) -> None:
        """Who stands in a queue is handed over; whoever stands there, stands there on both."""
        standing = cast("list[Any]", self.both(lambda engine: engine.queue()))
        if standing:
            item = standing[pick % len(standing)]
            self.both(lambda engine: engine.handover(item.queue, item.record, actor="customer_care:Li"))

    # ---- time, stock, and saying it again --------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 25, 49, 24 * 16]))
    def wait(self, hours: int) -> None:
        """Time passes, and nobody looks."""
        self.clock.advance(timedelta(hours=hours))

    @rule(hours=st.sampled_from([0, 0, 24 * 8]))
    def tick(self, hours: int) -> None:
        """Everything that fell due is done; nothing is due any more."""
        self.clock.advance(timedelta(hours=hours))
        self.both(lambda engine: engine.tick())
        assert self.both(lambda engine: engine.due(self.clock.now(), 1)) == []

    @rule(warehouse=st.sampled_from(WAREHOUSES), sku=st.sampled_from(sorted(SKUS)), units=st.integers(0, 3))
    def receive(self, warehouse: str, sku: str, units: int) -> None:
        """Units come in."""
        self.both(lambda engine: engine.receive(warehouse, {sku: units}))

    @rule(pick=st.integers(0, 50))
    def repeat(self, pick: int) -> None:
        """An event that was applied before changes nothing, and is answered as it was the first time.

        What it changes in aggregates is no part of the answer: it is not changed again.
        """
        call, first = self.said[pick % len(self.said)]
        before = [whole(self.rules_, engine.storage) for engine in self.engines]
        again = self.both(call)
        assert isinstance(again, Decision)
        assert again._replace(family=first.family) == first._replace(repeated=True, contributions=())
        assert [whole(self.rules_, engine.storage) for engine in self.engines] == before

    @rule(pick=st.integers(0, 50), fields=st.sampled_from([{"amount_paid": 7}, {"region": "浙江"}]))
    def misuse(self, pick: int, fields: dict[str, object]) -> None:
        """An event id that was used before is not taken for other content."""
        before = whole(self.rules_, self.engines[0].storage)
        _, first = self.said[pick % len(self.said)]
        target = self.order(pick)
        result = self.both(
            lambda engine: engine.update(target, fields, event_id=first.event.event_id, actor="misuse")
        )
        assert "was used before for other content" in str(result)
        assert whole(self.rules_, self.engines[0].storage) == before

    @invariant()
    def both_hold_the_same_and_nothing_is_broken(self) -> None:
        """Families, journal, outbox, stock, balances, queues, waiters, what counts: everything."""
        first, second = (whole(self.rules_, engine.storage) for engine in self.engines)
        assert first == second
        assert broken(self.rules_, first.seen) == []


def value_of(field: Field) -> st.SearchStrategy[object]:
    """A value that fits a datum of an event."""
    match field.type.kind:
        case Kind.CHOICE:
            return st.sampled_from(sorted(field.options))
        case Kind.INTEGER:
            return st.integers(0, 6)
        case Kind.MONEY:
            return st.sampled_from([0, 1, 100])
        case Kind.DATE:
            return st.sampled_from(["2026-02-12", "2026-03-01"])
        case Kind.LIST if field.rows is not None:
            rows = {name: value_of(item) for name, item in field.rows.fields.items()}
            return st.lists(st.fixed_dictionaries(rows), min_size=1, max_size=2)
    return st.sampled_from(["A", "B", "x", "YT2"])


def reached(day: Day) -> Iterator[str]:
    """What a day came by, of what one storage might do otherwise than another."""
    seen = whole(day.rules_, day.engines[0].storage)
    for entry in seen.seen.journal:
        yield from (f"{mark.what} {mark.name} on" if mark.on else f"{mark.what} off" for mark in entry.marks)
        yield from (f"{plan.made * len(plan.parcels)} parcels" for plan in entry.plans)
        yield from (f"{move.kind}{' of a pool' if move.pool else ''}" for move in entry.moves)
        yield from (f"{draw.kind} {draw.resource}" for draw in entry.draws)
        yield from (f"refused: {refusal.code}" for refusal in entry.refusals)
        yield from ([f"open {entry.event.name}"] if entry.event.kind == "submit" else [])
