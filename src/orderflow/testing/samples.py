"""A tiny rule set built by hand, and decisions on it: what the contracts of storages are tested with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from orderflow.diagnostics import Span
from orderflow.expr.types import Kind, Type, list_of, optional, record
from orderflow.model.decision import (
    Change,
    Clause,
    Decision,
    Effect,
    Judged,
    Marked,
    Refusal,
    Seen,
    Step,
)
from orderflow.model.definition import Child, Definition, Entity, Field, RecordType, State
from orderflow.model.event import Event
from orderflow.model.facts import Contribution
from orderflow.model.frozen import EMPTY, FrozenDict
from orderflow.model.plan import Demand, Parcel, Plan, PlannedLine, Short, Verdict
from orderflow.model.record import Family, Held, HoldOn, Record, Standing, child_id
from orderflow.model.stock import Draw, Move, StockKey
from orderflow.service.journal import entry_of
from orderflow.service.ports import JournalEntry

#: When everything in the samples begins.
START: Final = datetime(2026, 2, 3, 9, tzinfo=UTC)
DIGEST: Final = "sample"
#: The aggregate, and its owners, that records of the samples count in.
SPEND: Final = "customer.spend"
OWNERS: Final = ("C1", "C2")

_HERE = Span("sample.yaml", 1, 1, 1, 1)
_KINDS = {
    "note": Kind.TEXT,
    "channel": Kind.CHOICE,
    "customer": Kind.REF,
    "gift": Kind.BOOL,
    "points": Kind.INTEGER,
    "weight": Kind.DECIMAL,
    "amount": Kind.MONEY,
    "promised_on": Kind.DATE,
    "paid_at": Kind.DATETIME,
    "patience": Kind.DURATION,
    "place": Kind.LOCATION,
}
_PLAN = record(
    "plan",
    {
        "warehouse": Type(Kind.TEXT),
        "lines": list_of(
            record(
                "plan_line",
                {
                    "sku": Type(Kind.TEXT),
                    "weight": Type(Kind.DECIMAL),
                    "quantity": Type(Kind.INTEGER),
                    "pool": Type(Kind.TEXT),
                },
            )
        ),
        "carrier": Type(Kind.TEXT, optional=True),
        "promised_on": Type(Kind.DATE, optional=True),
        "distance_km": Type(Kind.DECIMAL, optional=True),
    },
)


def definition() -> Definition:
    """A rule set with an order that has a field of every type, and its shipments."""
    plain = {name: _field(name, Type(kind, optional=True)) for name, kind in _KINDS.items()}
    line = RecordType("line", "sku", FrozenDict({"sku": _field("sku", Type(Kind.TEXT)), **plain}), _HERE)
    order: dict[str, Field] = {"order_id": _field("order_id", Type(Kind.TEXT)), **plain}
    order["lines"] = Field(
        "lines", "lines", Type(Kind.LIST, item=Type(Kind.RECORD, name="line")), _HERE, rows=line
    )
    shipment = {**plain, "plan": _field("plan", optional(_PLAN))}
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
                "shipment": _entity("shipment", None, "order", shipment, EMPTY),
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
        "customer": "C1",
        "gift": False,
        "points": 7,
        "weight": Decimal("1.250000"),
        "amount": Decimal("199.00"),
        "promised_on": date(2026, 2, 9),
        "paid_at": START + timedelta(microseconds=1),
        "patience": timedelta(hours=26),
        "place": (Decimal("30.27"), Decimal("120.150000")),
    }
    lines = ({"sku": "A", **values}, {"sku": "B", **dict.fromkeys(values)})
    order = {"order_id": root_id, **values, "lines": lines, **fields}
    times = {"paid": START, "open": START}
    root = Record("order", root_id, "paid", order, times, dict(times), {"stock": (Held("hq", "A", 2),)})
    parcel = {**values, "plan": None}
    shipment = Record(
        "shipment", child_id(root_id, "shipments", 1), "allocated", parcel, {"allocated": START}
    )
    return Family(root, {"shipments": (shipment,)}, version)


def with_everything(family: Family) -> Family:
    """The family with holds, tags, places in queues, a plan and holdings of every kind."""
    (shipment,) = family.children["shipments"]
    lines = (
        {"sku": "A", "weight": Decimal("1.250000"), "quantity": 2, "pool": "presale"},
        {"sku": "B", "weight": Decimal(0), "quantity": 1, "pool": ""},
    )
    plan: dict[str, object] = {"warehouse": "hq", "lines": lines, "carrier": None}
    plan |= {"promised_on": date(2026, 2, 9), "distance_km": Decimal("52.140")}
    root = replace(
        family.root,
        held={"credit": (Held("", "C1", 19900),), "waybill": (Held("", family.id, 1),)},
        holds={"manual": HoldOn(START, "customer_care:li", "电话"), "credit": HoldOn(START)},
        paused={"paid": timedelta(hours=1, microseconds=1), "open": timedelta()},
        tags={"enthusiast": START},
    )
    held = {"stock": (Held("hq", "A", 2, "presale"), Held("hq", "B", 1)), "empty": ()}
    shipment = replace(shipment, fields={**shipment.fields, "plan": plan}, held=held)
    standing = (Standing("late", shipment.id, START), Standing("held", family.id, START))
    return replace(family, root=root, children={"shipments": (shipment,)}, standing=standing)


def decide(
    before: Family | None,
    root_id: str,
    event_id: str,
    *,
    at: datetime = START,
    effects: int = 0,
    moves: tuple[Move, ...] = (),
    draws: tuple[Draw, ...] = (),
    contributions: tuple[Contribution, ...] = (),
    wake: datetime | None = None,
    waiting: tuple[str, ...] = (),
    standing: tuple[Standing, ...] = (),
    attempts: int = 5,
    **fields: object,
) -> Decision:
    """An accepted decision on a family: its next version, with so many effects of its root record."""
    version = 1 if before is None else before.version + 1
    after = family(root_id, version, **fields)
    after.wake, after.waiting, after.standing = wake, waiting, standing
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
        draws=draws,
        contributions=contributions,
        digest=DIGEST,
    )


def in_full(decision: Decision) -> Decision:
    """The decision with a plan, an arrival check and marks, and its family with everything that one may have."""
    root_id = decision.family.id
    seen = (
        Seen("distance_km", "距离", Decimal("52.140")),
        Seen("place", "地点", family().root.fields["place"]),
    )
    clause = Clause("distance_km <= 50", False, seen, "a nearer warehouse")
    found = Plan(
        "nearest_in_stock",
        root_id,
        (Demand(1, "A", 2, ("presale", "promo")), Demand("two", "B", 1)),
        (
            Parcel(
                "hq",
                (PlannedLine(1, "A", 2, "presale"), PlannedLine("two", "B", 1)),
                Decimal("52.140"),
                Decimal(3),
                "yto",
                date(2026, 2, 9),
            ),
            Parcel("xihu", ()),
        ),
        (
            Verdict("hq", "chosen", Decimal("52.140"), (), "sends all"),
            Verdict("xihu", "short", None, (Short("A", 2, 1), Short("B", 1, 0)), "仓库缺货"),
        ),
        made=True,
    )
    return decision._replace(
        family=with_everything(decision.family),
        plans=(found, Plan("nearest_in_stock", root_id, (), (), ())),
        arrival=(Judged("in_stock", "有货", True), Judged("near", "near", False, (clause,))),
        marks=(
            Marked("hold", root_id, "manual", True, "电话"),
            Marked("tag", root_id, "enthusiast", False),
        ),
    )


def buy(before: Family | None, root_id: str, event_id: str) -> Decision:
    """A decision that takes a unit at `hq` and one of credit, sends an effect, and counts its version as spent."""
    version = 1 if before is None else before.version + 1
    return decide(
        before,
        root_id,
        event_id,
        effects=1,
        moves=(take(root_id),),
        draws=(draw(root_id),),
        contributions=(spent(root_id, version),),
        wake=START if version % 2 else None,
        waiting=("credit:C1", "stock:A") if version % 2 else ("stock:A",),
        standing=(Standing("late", root_id, START + timedelta(hours=version // 2)),),
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
    return entry_of(decision, recorded_at, "fingerprint")


def take(record: str, quantity: int = 1, key: StockKey = ("hq", "A"), pool: str = "") -> Move:
    """A move that takes units."""
    return Move("take", *key, quantity, record, pool)


def draw(
    record: str,
    amount: int = 1,
    kind: Literal["take", "give_back", "spend"] = "take",
    limit: int | None = None,
    owner: str = "C1",
) -> Draw:
    """A draw on somebody's credit."""
    return Draw(kind, "credit", owner, amount, record, limit)


def spent(record: str, value: object, at: datetime | None = START, owner: str = "C1") -> Contribution:
    """What a record counts for in what an owner spent."""
    return Contribution(SPEND, owner, record, at, value)


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
