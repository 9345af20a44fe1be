"""Records that fit the shop's scope, with what expressions see around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from tests.expr.scopes import PARCEL, SHIPMENT, order_scope

from orderflow.expr.scope import Scope

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


class Hold(NamedTuple):
    """A hold that is on."""

    since: datetime


class Units(NamedTuple):
    """A stock position."""

    on_hand: int = 0
    available: int = 0
    pools: Mapping[str, int] = {}


@dataclass
class World:
    """What a view answers."""

    refs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    aggregates: Mapping[tuple[str, str | None], object] = field(default_factory=dict)
    tiers: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, object] | None] = field(default_factory=dict)
    collected: Sequence[Mapping[str, object]] = ()
    sources: bool = False
    takes: bool = False
    stock: Mapping[tuple[str, str], Units] = field(default_factory=dict)


@dataclass
class Item:
    """A record as expressions see it."""

    fields: dict[str, object]
    state: str
    entered: dict[str, datetime]
    reached: dict[str, datetime]
    parcels: tuple["Item", ...] = ()
    holds: dict[str, Hold] = field(default_factory=dict)
    paused: dict[str, timedelta] = field(default_factory=dict)
    tags: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Sight:
    """A view as expressions see it."""

    record: Item
    parent: Item | None = None
    children: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    event: Mapping[str, object] | None = None
    now: datetime = NOW
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))
    extra: Mapping[str, object] = field(default_factory=dict)
    world: World = field(default_factory=World)

    def ref(self, entity: str, id: str) -> Mapping[str, object]:
        """The fields of the record that a ref names."""
        return self.world.refs[f"{entity} {id}"]

    def aggregate(self, key: str, owner: str | None) -> object:
        """An aggregate."""
        return self.world.aggregates[key, owner]

    def tier(self, key: str, owner: str | None) -> str:
        """A level."""
        return self.world.tiers[key, owner]

    def look_up(self, table: str, output: str) -> object:
        """An output of a table."""
        row = self.world.tables[table]
        return None if row is None else row[output]

    def collect(self, table: str) -> Sequence[Mapping[str, object]]:
        """The rows of a table that fit."""
        return self.world.collected if table == "discounts" else ()

    def can_source(self, policy: str) -> bool:
        """Whether there is a plan."""
        return policy == "nearest" and self.world.sources

    def can_take(self, resource: str) -> bool:
        """Whether the resource could be taken."""
        return resource == "credit" and self.world.takes

    def position(self, warehouse: str, sku: str) -> Units:
        """A stock position."""
        return self.world.stock.get((warehouse, sku), Units())

    def of(self, child: Item) -> "Sight":
        """The view of a child."""
        return Sight(
            child,
            self.record,
            {"parcels": child.parcels},
            self.event,
            self.now,
            self.zone,
            self.extra,
            self.world,
        )


T = TypeVar("T")


class Pick(Protocol):
    """Chooses from a pool."""

    def __call__(self, pool: Sequence[T], /) -> T:
        """One of them."""


_POOLS: dict[str, list[object]] = {
    "qty": [1, 2, 3, 7, 100],
    "stock": [0, -3, 3, -50, 7],
    "big": [0, 1, -1, 10**17, -(10**17) + 1],
    "rate": [
        Decimal("0.5"),
        Decimal("-0.5"),
        Decimal("0.000001"),
        Decimal("0.000005"),
        Decimal("2.5"),
        Decimal("-0.000003"),
        Decimal(0),
    ],
    "amount_due": [Decimal("100.00"), Decimal("0.01"), Decimal("2.67"), Decimal("99999.99"), Decimal("3.00")],
    "amount_paid": [Decimal("0.00"), Decimal("100.00"), Decimal("2.67"), Decimal("0.05"), Decimal("3.00")],
    "title": ["", "EX-1", "ex-1", "刹车片", " -12\u3000", "2.50"],
    "channel": ["douyin", "taobao", "offline"],
    "gift": [True, False],
    "placed_at": [
        NOW,
        NOW - timedelta(hours=2),
        datetime(2026, 3, 28, 23, 59, tzinfo=UTC),
        datetime(2024, 2, 29, 12, tzinfo=UTC),
    ],
    "ordered_on": [
        date(2026, 3, 29),
        date(2026, 3, 28),
        date(2024, 2, 29),
        date(2025, 10, 26),
        date(2026, 1, 31),
        date(2026, 4, 4),
    ],
    "wait": [timedelta(0), timedelta(hours=1), timedelta(days=-2), timedelta(microseconds=1)],
    "customer": ["c1", "c2"],
    "referrer": [None, "p1"],
    "shop": [(Decimal("27.99"), Decimal("120.70")), (Decimal(-90), Decimal(0))],
    "place": [None, (Decimal("28.01"), Decimal("120.71")), (Decimal("-27.99"), Decimal("-59.3"))],
    "tags": [(), ("EX-1",), ("a", "刹车片")],
    "scores": [(), (1, 2), (-3, 3)],
    "paid_at": [None, NOW, NOW - timedelta(days=1), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)],
    "promised_on": [None, date(2026, 3, 29), date(2026, 4, 1)],
    "weight": [None, Decimal("0.333333"), Decimal(3), Decimal("12.5")],
    "points": [None, 0, 3, -7],
    "discount": [None, Decimal("0.05"), Decimal("3.00")],
    "note": [None, "", "EX-1", "İß", "007"],
    "insured": [None, True, False],
    "pause": [None, timedelta(0), timedelta(hours=1)],
    "实收金额": [Decimal("0.00"), Decimal("3.00")],
}
_LINE_POOLS: dict[str, list[object]] = {
    "sku": ["EX-1", "b", "刹车片"],
    "quantity": [1, 2, 7, 1000],
    "unit_price": [Decimal("0.00"), Decimal("2.67"), Decimal("3.00")],
    "presale": [True, False],
    "weight": [None, Decimal("0.5"), Decimal("0.000001")],
    "made_on": [date(2026, 3, 29), date(2024, 2, 29)],
    "packed_at": [None, NOW, NOW - timedelta(hours=3)],
}
_MOMENTS: list[object] = [NOW - timedelta(hours=hours) for hours in (0, 1, 30, 30, 72)]


def _fill(pools: Mapping[str, list[object]], pick: Pick) -> dict[str, object]:
    return {name: pick(pool) for name, pool in pools.items()}


def _lines(pick: Pick) -> tuple[dict[str, object], ...]:
    return tuple(_fill(_LINE_POOLS, pick) for _ in range(int(str(pick([0, 1, 2, 3])))))


def _address(pick: Pick) -> dict[str, object]:
    return {"city": pick(["Berlin", "温州"]), "floor": pick([None, 0, 3])}


def _lifecycle(
    pick: Pick, scope: Scope, states: list[object]
) -> tuple[str, dict[str, datetime], dict[str, datetime]]:
    """A state, and moments that fit it: it and what is around it were entered, and some states before."""
    state = str(pick(states))
    passed = set(scope.path[: scope.path.index(state)]) if state in scope.path else set()
    before = {name for name in sorted(passed) if pick([True, True, False])} | {state}
    around = {name for name, leaves in scope.states.items() if leaves & before}
    reached = {name: pick(_MOMENTS) for name in sorted(around | before)}
    entered = {name: max(moment, pick(_MOMENTS)) for name, moment in reached.items()}  # type: ignore[call-overload]
    return state, entered, reached  # type: ignore[return-value]


def _standing(
    pick: Pick, holds: list[str], tags: list[str], entered: Mapping[str, datetime]
) -> dict[str, Any]:
    """Holds that are on, held time, and tags."""
    on = {
        name: Hold(pick([NOW - timedelta(minutes=m) for m in (20, 90, 4000)]))
        for name in holds
        if pick([0, 0, 1])
    }
    paused = {name: timedelta(minutes=10) for name in entered if pick([0, 1])}
    return {"holds": on, "paused": paused, "tags": {name: NOW for name in tags if pick([0, 1])}}


def make_world(pick: Pick) -> World:
    """What is around an order."""
    customers = {
        f"customer {key}": {
            "credit_limit": pick([Decimal("0.00"), Decimal("100.00")]),
            "since": pick(_MOMENTS),
            "note": pick([None, "EX-1"]),
            "address": _address(pick),
            "region": "r1",
            "place": pick([None, (Decimal("30.26"), Decimal("120.13"))]),
        }
        for key in ("c1", "c2")
    }
    aggregates: dict[tuple[str, str | None], object] = {
        ("order.streak", None): pick([0, 3, 100]),
        ("order.best", None): pick([None, Decimal("3.00")]),
        ("region.brake_pads", "r1"): pick([0, 5]),
    }
    tiers: dict[tuple[str, str | None], str] = {
        ("order.order_rank", None): str(pick(["x", "y"])),
        ("region.region_rank", "r1"): str(pick(["a", "b"])),
        ("partner.partner_tier", "p1"): str(pick(["p1", "p2"])),
    }
    for key in ("c1", "c2"):
        aggregates["customer.spend_30d", key] = pick([Decimal("0.00"), Decimal("2.67")])
        aggregates["customer.orders", key] = pick([0, 7])
        aggregates["customer.last_price", key] = pick([None, Decimal("3.00")])
        tiers["customer.customer_tier", key] = str(pick(["gold", "basic"]))
    percent = [Decimal("0.5"), Decimal("2.5"), Decimal(7)]
    rows = tuple(
        {"percent": pick(percent), "amount": pick([None, Decimal("2.67")])}
        for _ in range(int(str(pick([0, 1, 2]))))
    )
    return World(
        {**customers, "region r1": {"buffer": pick([0, 2])}, "partner p1": {"name": pick(["", "EX-1"])}},
        aggregates,
        tiers,
        {
            "carrier": pick([None, {"carrier": "yto", "days": 3}, {"carrier": "EX-1", "days": 7}]),
            "fee": {"percent": pick(percent)},
        },
        rows,
        bool(pick([0, 1])),
        bool(pick([0, 1])),
        {
            (warehouse, sku): pick([Units(), Units(7, 3, {"presale": 2}), Units(1, 0, {"promo": 1})])
            for warehouse in ("hq", "xihu")
            for sku in ("EX-1", "b", "c1")
        },
    )


def make_order(pick: Pick) -> tuple[dict[str, object], Sight]:
    """An order that fits its scope, with its view; `pick` chooses each value from a pool."""
    fields = _fill(_POOLS, pick)
    fields |= {"lines": _lines(pick), "spare": pick([None, _lines(pick)])}
    fields |= {"address": _address(pick), "home": pick([None, _address(pick)])}
    plan_line = {"sku": "EX-1", "quantity": pick([1, 7]), "pool": pick(["", "presale"])}
    fields["plan"] = {
        "warehouse": pick(["hq", "xihu"]),
        "lines": pick([(), (plan_line,)]),
        "carrier": pick([None, "yto"]),
        "promised_on": pick([None, date(2026, 3, 29)]),
        "distance_km": pick([None, Decimal("52.100")]),
    }
    shipments = []
    given_up = pick([False, False, True])
    for _ in range(int(str(pick([1, 0, 2, 3, 1])))):
        parcels = tuple(
            Item(
                {"kg": pick([Decimal(0), Decimal("12.5")]), "sealed_at": pick([None, NOW])},
                *_lifecycle(pick, PARCEL, ["open", "sealed"]),
            )
            for _ in range(int(str(pick([0, 1, 2, 1]))))
        )
        own: dict[str, object] = {
            "carrier": pick(["yto", "EMS"]),
            "scanned_at": pick([None, NOW, NOW - timedelta(days=3)]),
            "boxes": pick([0, 1, 20]),
        }
        states: list[object] = ["allocated", "picking", "shipped", "failed", "delivered", "cancelled"]
        state, entered, reached = _lifecycle(pick, SHIPMENT, ["cancelled"] if given_up else states)
        stands = _standing(pick, ["manual", "stuck"], ["fragile"], entered)
        shipments.append(Item(own, state, entered, reached, parcels, **stands))
    state, entered, reached = _lifecycle(pick, order_scope(), ["pending", "paid", "delivered", "cancelled"])
    stands = _standing(pick, ["manual", "credit"], ["vip", "late"], entered)
    order = Item(fields, state, entered, reached, **stands)
    account = Item(
        {
            "credit_limit": pick([Decimal("0.00"), Decimal("500.00")]),
            "since": pick(_MOMENTS),
            "level": pick(["gold", "basic"]),
            "region": "r1",
        },
        "",
        {},
        {},
        holds={name: Hold(NOW - timedelta(hours=1)) for name in ("manual",) if pick([0, 0, 1])},
    )
    event = {
        "number": pick(["1", "EX-1"]),
        "amount": pick([Decimal("3.00"), Decimal("0.01")]),
        "actor": "ann",
        "at": NOW,
        "event_id": "e1",
    }
    site = {
        "name": "hq",
        "location": pick(
            [None, (Decimal("30.26"), Decimal("120.13")), (Decimal("28.00"), Decimal("120.70"))]
        ),
        "radius_km": pick([None, Decimal(50), Decimal("0.5")]),
    }
    return fields, Sight(
        order,
        account,
        {"shipments": tuple(shipments)},
        event,
        extra={"sequence": pick([1, 42]), "warehouse": site},
        world=make_world(pick),
    )
