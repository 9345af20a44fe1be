"""A shop whose scope holds every kind of value, with records that fit it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from orderflow.expr.scope import Scope
from orderflow.expr.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    TEXT_TYPE,
    Kind,
    Type,
    choice,
    list_of,
    optional,
    record,
    ref,
)

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
SHIPMENT_PATH = ("allocated", "picking", "shipped", "delivered")
ORDER_PATH = ("pending", "paid", "delivered")


def _bounded(lo: int, hi: int) -> Type:
    return Type(Kind.INTEGER, lo=lo, hi=hi)


def _money(hi: int) -> Type:
    return Type(Kind.MONEY, lo=0, hi=hi, places=2)


def _states(**leaves: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(inside.split()) for name, inside in leaves.items()}


LINE = record(
    "line",
    {
        "sku": TEXT_TYPE,
        "quantity": _bounded(1, 1000),
        "unit_price": _money(1_000_000),
        "presale": BOOL,
        "weight": optional(DECIMAL),
        "made_on": DATE,
        "packed_at": optional(DATETIME),
    },
)
ADDRESS = record("address", {"city": TEXT_TYPE, "floor": optional(INTEGER)})
PARCEL = Scope(
    "parcel",
    {"kg": Type(Kind.DECIMAL, lo=0, hi=100, places=6), "sealed_at": optional(DATETIME)},
    states=_states(open="open", sealed="sealed"),
    path=("open", "sealed"),
    final=frozenset({"sealed"}),
)
SHIPMENT = Scope(
    "shipment",
    {"carrier": TEXT_TYPE, "scanned_at": optional(DATETIME), "boxes": _bounded(0, 20)},
    children={"parcels": PARCEL},
    states=_states(
        in_house="allocated picking",
        allocated="allocated",
        picking="picking",
        moving="shipped failed",
        shipped="shipped",
        failed="failed",
        delivered="delivered",
        cancelled="cancelled",
    ),
    path=SHIPMENT_PATH,
    final=frozenset({"cancelled", "delivered"}),
)
ACCOUNT = Scope(
    "account", {"credit_limit": _money(100_000), "since": DATETIME, "level": choice("gold", "basic")}
)


def order_scope(*, lenient: bool = False) -> Scope:
    """The order's scope."""
    return Scope(
        "order",
        {
            "qty": _bounded(1, 100),
            "stock": _bounded(-50, 50),
            "big": INTEGER,
            "rate": Type(Kind.DECIMAL, lo=-10, hi=10, places=6),
            "amount_due": _money(1_000_000),
            "amount_paid": _money(1_000_000),
            "title": TEXT_TYPE,
            "channel": choice("douyin", "taobao", "offline"),
            "gift": BOOL,
            "placed_at": DATETIME,
            "ordered_on": DATE,
            "wait": Type(Kind.DURATION, lo=-864_000, hi=864_000),
            "customer": ref("customer"),
            "tags": list_of(TEXT_TYPE),
            "scores": list_of(_bounded(-9, 9)),
            "lines": list_of(LINE, at_most=100),
            "address": ADDRESS,
            "paid_at": optional(DATETIME),
            "promised_on": optional(DATE),
            "weight": optional(Type(Kind.DECIMAL, lo=0, hi=1000, places=6)),
            "points": optional(_bounded(-100, 100)),
            "discount": optional(_money(1000)),
            "note": optional(TEXT_TYPE),
            "insured": optional(BOOL),
            "pause": optional(DURATION),
            "spare": optional(list_of(LINE, at_most=100)),
            "home": optional(ADDRESS),
            "实收金额": _money(1_000_000),
        },
        parent=ACCOUNT,
        children={"shipments": SHIPMENT},
        event={"number": TEXT_TYPE, "amount": _money(1000)},
        states=_states(
            pending="pending",
            live="paid delivered",
            paid="paid",
            delivered="delivered",
            cancelled="cancelled",
        ),
        path=ORDER_PATH,
        final=frozenset({"delivered", "cancelled"}),
        extra={"sequence": _bounded(1, 1_000_000)},
        lenient=lenient,
    )


@dataclass
class Item:
    """A record as expressions see it."""

    fields: dict[str, object]
    state: str
    entered: dict[str, datetime]
    reached: dict[str, datetime]
    parcels: tuple["Item", ...] = ()


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

    def of(self, child: Item) -> "Sight":
        """The view of a child."""
        return Sight(
            child, self.record, {"parcels": child.parcels}, self.event, self.now, self.zone, self.extra
        )


Pick = Callable[[list[object]], object]

_POOLS: dict[str, list[object]] = {
    "qty": [1, 2, 3, 7, 100],
    "stock": [0, -3, 3, -50, 7],
    "big": [0, 1, -1, 10**17, -(10**17) + 1],
    "rate": [
        Decimal("0.5"),
        Decimal("-0.5"),
        Decimal("0.000001"),
        Decimal("2.5"),
        Decimal("-0.000003"),
        Decimal(0),
    ],
    "amount_due": [Decimal("100.00"), Decimal("0.01"), Decimal("2.67"), Decimal("99999.99"), Decimal("3.00")],
    "amount_paid": [Decimal("0.00"), Decimal("100.00"), Decimal("2.67"), Decimal("0.05"), Decimal("3.00")],
    "title": ["", "EX-1", "ex-1", "刹车片"],
    "channel": ["douyin", "taobao", "offline"],
    "gift": [True, False],
    "placed_at": [
        NOW,
        NOW - timedelta(hours=2),
        datetime(2026, 3, 28, 23, 59, tzinfo=UTC),
        datetime(2024, 2, 29, 12, tzinfo=UTC),
    ],
    "ordered_on": [date(2026, 3, 29), date(2026, 3, 28), date(2024, 2, 29)],
    "wait": [timedelta(0), timedelta(hours=1), timedelta(days=-2), timedelta(microseconds=1)],
    "customer": ["c1", "c2"],
    "tags": [(), ("EX-1",), ("a", "刹车片")],
    "scores": [(), (1, 2), (-3, 3)],
    "paid_at": [None, NOW, NOW - timedelta(days=1), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)],
    "promised_on": [None, date(2026, 3, 29), date(2026, 4, 1)],
    "weight": [None, Decimal("0.333333"), Decimal(3), Decimal("12.5")],
    "points": [None, 0, 3, -7],
    "discount": [None, Decimal("0.05"), Decimal("3.00")],
    "note": [None, "", "EX-1"],
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


def make_order(pick: Pick) -> tuple[dict[str, object], Sight]:
    """An order that fits its scope, with its view; `pick` chooses each value from a pool."""
    fields = _fill(_POOLS, pick)
    fields |= {"lines": _lines(pick), "spare": pick([None, _lines(pick)])}
    fields |= {"address": _address(pick), "home": pick([None, _address(pick)])}
    shipments = []
    for _ in range(int(str(pick([1, 0, 2, 3])))):
        parcels = tuple(
            Item(
                {"kg": pick([Decimal(0), Decimal("12.5")]), "sealed_at": pick([None, NOW])},
                *_lifecycle(pick, PARCEL, ["open", "sealed"]),
            )
            for _ in range(int(str(pick([0, 1, 2]))))
        )
        own: dict[str, object] = {
            "carrier": pick(["yto", "EMS"]),
            "scanned_at": pick([None, NOW, NOW - timedelta(days=3)]),
            "boxes": pick([0, 1, 20]),
        }
        states: list[object] = ["allocated", "picking", "shipped", "failed", "delivered", "cancelled"]
        shipments.append(Item(own, *_lifecycle(pick, SHIPMENT, states), parcels))
    order = Item(fields, *_lifecycle(pick, order_scope(), ["pending", "paid", "delivered", "cancelled"]))
    account = Item(
        {
            "credit_limit": pick([Decimal("0.00"), Decimal("500.00")]),
            "since": pick(_MOMENTS),
            "level": pick(["gold", "basic"]),
        },
        "",
        {},
        {},
    )
    event = {
        "number": pick(["1", "EX-1"]),
        "amount": pick([Decimal("3.00"), Decimal("0.01")]),
        "actor": "ann",
        "at": NOW,
        "event_id": "e1",
    }
    return fields, Sight(
        order, account, {"shipments": tuple(shipments)}, event, extra={"sequence": pick([1, 42])}
    )


@dataclass(frozen=True)
class Shop:
    """What the tests of expressions share."""

    scope: Scope
    lenient: Scope
    order: Callable[[Pick], tuple[dict[str, object], Sight]]


@pytest.fixture(scope="session")
def shop() -> Shop:
    """The shop."""
    return Shop(order_scope(), order_scope(lenient=True), make_order)
