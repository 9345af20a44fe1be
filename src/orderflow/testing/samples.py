"""A tiny rule set built by hand, and decisions on it: what the contracts of storages are tested with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from orderflow.diagnostics import Span
from orderflow.expr.types import Kind, Type
from orderflow.model.decision import Change, Clause, Decision, Effect, Move, Refusal, Seen, Step
from orderflow.model.definition import Child, Definition, Entity, Field, RecordType, State
from orderflow.model.event import Event
from orderflow.model.facts import StockKey
from orderflow.model.frozen import EMPTY, FrozenDict
from orderflow.model.record import Family, Record, child_id
from orderflow.service.ports import JournalEntry

#: When everything in the samples begins.
START: Final = datetime(2026, 2, 3, 9, tzinfo=UTC)
DIGEST: Final = "sample"

_HERE = Span("sample.yaml", 1, 1, 1, 1)
_KINDS = {
    "note": Kind.TEXT,
    "channel": Kind.CHOICE,
    "gift": Kind.BOOL,
    "points": Kind.INTEGER,
    "weight": Kind.DECIMAL,
    "amount": Kind.MONEY,
    "promised_on": Kind.DATE,
    "paid_at": Kind.DATETIME,
    "patience": Kind.DURATION,
}


def definition() -> Definition:
    """A rule set with an order that has a field of every type, and its shipments."""
    plain = {name: _field(name, Type(kind, optional=True)) for name, kind in _KINDS.items()}
    line = RecordType("line", "sku", FrozenDict({"sku": _field("sku", Type(Kind.TEXT)), **plain}), _HERE)
    order: dict[str, Field] = {"order_id": _field("order_id", Type(Kind.TEXT)), **plain}
    order["lines"] = Field(
        "lines", "lines", Type(Kind.LIST, item=Type(Kind.RECORD, name="line")), _HERE, rows=line
    )
    shipments = FrozenDict({"shipments": Child("shipments", "shipment", "order", _HERE)})
    return Definition(
        name="sample",
        label="sample",
        version="1",
        timezone="UTC",
        currency="EUR",
        places=2,
        roles=(),
        entities=FrozenDict(
            {
                "order": _entity("order", "order_id", None, order, shipments),
                "shipment": _entity("shipment", None, "order", plain, EMPTY),
            }
        ),
        actions=EMPTY,
        warehouses=EMPTY,
        queues=EMPTY,
        findings=EMPTY,
        metrics=EMPTY,
        channels=EMPTY,
        digest=DIGEST,
    )


def family(root_id: str = "1", version: int = 1, **fields: object) -> Family:
    """An order with one shipment and a value of every type; `fields` replace some of the order's."""
    values: dict[str, object] = {
        "note": "轻拿轻放 'please' \U0001f4e6",
        "channel": "douyin",
        "gift": False,
        "points": 7,
        "weight": Decimal("1.250000"),
        "amount": Decimal("199.00"),
        "promised_on": date(2026, 2, 9),
        "paid_at": START + timedelta(microseconds=1),
        "patience": timedelta(hours=26),
    }
    lines = ({"sku": "A", **values}, {"sku": "B", **dict.fromkeys(values)})
    order = {"order_id": root_id, **values, "lines": lines, **fields}
    times = {"paid": START, "open": START}
    root = Record("order", root_id, "paid", order, times, dict(times), {"stock": (("A", 2),)})
    shipment = Record(
        "shipment", child_id(root_id, "shipments", 1), "allocated", dict(values), {"allocated": START}
    )
    return Family(root, {"shipments": (shipment,)}, version)


def decide(
    before: Family | None,
    root_id: str,
    event_id: str,
    *,
    at: datetime = START,
    effects: int = 0,
    moves: tuple[Move, ...] = (),
    wake: datetime | None = None,
    waiting: tuple[str, ...] = (),
    attempts: int = 5,
    **fields: object,
) -> Decision:
    """An accepted decision on a family: its next version, with so many effects of its root record."""
    version = 1 if before is None else before.version + 1
    after = family(root_id, version, **fields)
    after.wake, after.waiting = wake, waiting
    return Decision(
        event=Event("update", root_id, at, "", FrozenDict(fields), "warehouse:li", event_id, "why"),
        family=after,
        accepted=True,
        steps=(Step(root_id, "pay", "pending", "paid"),),
        changes=(
            Change(root_id, "weight", None, Decimal("1.250000")),
            Change(root_id, "paid_at", None, START),
        ),
        effects=tuple([effect(root_id, version, number, attempts) for number in range(1, effects + 1)]),
        moves=moves,
        digest=DIGEST,
    )


def refuse(before: Family | None, root_id: str, event_id: str, *, at: datetime = START) -> Decision:
    """A refused decision: only its journal entry is stored."""
    seen = Seen("paid_at", "支付时间", START), Seen("amount", "实收金额", Decimal("0.00"))
    clause = Clause("amount > 0", False, seen, "an amount above 0")
    refusal = Refusal("guard", root_id, "`pay` waits for the amount", "pay", (clause,))
    event = Event("send", root_id, at, "pay", EMPTY, "channel", event_id)
    return Decision(event, before or family(root_id, 0), False, refusals=(refusal,), digest=DIGEST)


def effect(record: str, version: int, number: int, attempts: int = 5) -> Effect:
    """A message about a record."""
    words = FrozenDict({"to": "warehouse", "message": f"订单 {record}: {number}"})
    return Effect(f"{record}:{version}:{number}", record, "tell_warehouse", "notify", words, attempts, 30.0)


def entry(decision: Decision, recorded_at: datetime = START) -> JournalEntry:
    """The journal entry of a decision, before it is stored."""
    return JournalEntry(
        0,
        recorded_at,
        decision.family.version,
        decision.event,
        decision.accepted,
        decision.steps,
        decision.changes,
        decision.moves,
        decision.effects,
        decision.refusals,
        "fingerprint",
        decision.digest,
    )


def take(record: str, quantity: int = 1, key: StockKey = ("hq", "A")) -> Move:
    """A move that takes units."""
    return Move("take", *key, quantity, record)


def _field(name: str, type_: Type) -> Field:
    return Field(name, name, type_, _HERE)


def _entity(
    name: str, key: str | None, parent: str | None, fields: Mapping[str, Field], children: Mapping[str, Child]
) -> Entity:
    states = ("pending", "paid") if parent is None else ("allocated",)
    return Entity(
        name=name,
        label=name,
        key=key,
        parent=parent,
        fields=FrozenDict(fields),
        states=FrozenDict(
            {
                state: State(state, state, None, (), state == states[0], False, (), (), EMPTY, None, _HERE)
                for state in states
            }
        ),
        initial=states[0],
        events=EMPTY,
        transitions=EMPTY,
        children=children,
        path=(),
        resources=EMPTY,
        span=_HERE,
    )
