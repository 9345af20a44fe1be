"""The scope of a shop's order that holds every kind of value, and what is around it."""

from datetime import date

from orderflow.expr.calendars import workdays_of
from orderflow.expr.scope import RefScope, Scope, Surroundings, TableScope
from orderflow.expr.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    LOCATION,
    TEXT_TYPE,
    Kind,
    Type,
    choice,
    list_of,
    optional,
    record,
    ref,
)

SHIPMENT_PATH = ("allocated", "picking", "shipped", "delivered")
ORDER_PATH = ("pending", "paid", "delivered")


def bounded(lo: int, hi: int) -> Type:
    return Type(Kind.INTEGER, lo=lo, hi=hi)


def amount(hi: int) -> Type:
    return Type(Kind.MONEY, lo=0, hi=hi, places=2)


def states_of(**leaves: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(inside.split()) for name, inside in leaves.items()}


LINE = record(
    "line",
    {
        "sku": TEXT_TYPE,
        "quantity": bounded(1, 1000),
        "unit_price": amount(1_000_000),
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
    states=states_of(open="open", sealed="sealed"),
    path=("open", "sealed"),
    final=frozenset({"sealed"}),
)
SHIPMENT = Scope(
    "shipment",
    {"carrier": TEXT_TYPE, "scanned_at": optional(DATETIME), "boxes": bounded(0, 20)},
    children={"parcels": PARCEL},
    states=states_of(
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
    around=Surroundings(tags=frozenset({"fragile"}), holds=frozenset({"manual", "stuck"})),
)
ACCOUNT = Scope(
    "account",
    {
        "credit_limit": amount(100_000),
        "since": DATETIME,
        "level": choice("gold", "basic"),
        "region": ref("region"),
    },
)
CUSTOMER = RefScope(
    {
        "credit_limit": amount(100_000),
        "since": DATETIME,
        "note": optional(TEXT_TYPE),
        "address": ADDRESS,
        "region": ref("region"),
        "place": optional(LOCATION),
    },
    {"spend_30d": amount(10_000), "orders": bounded(0, 1000), "last_price": optional(amount(1000))},
    {"customer_tier": ("gold", "basic")},
)
REGION = RefScope({"buffer": bounded(0, 9)}, {"brake_pads": bounded(0, 1000)}, {"region_rank": ("a", "b")})
PARTNER = RefScope({"name": TEXT_TYPE}, {}, {"partner_tier": ("p1", "p2")})
PLAN = record(
    "plan",
    {
        "warehouse": TEXT_TYPE,
        "lines": list_of(
            record("plan_line", {"sku": TEXT_TYPE, "quantity": bounded(1, 1000), "pool": TEXT_TYPE})
        ),
        "carrier": optional(TEXT_TYPE),
        "promised_on": optional(DATE),
        "distance_km": optional(Type(Kind.DECIMAL, lo=0, hi=20_100, places=3)),
    },
)
WAREHOUSE = record(
    "warehouse", {"name": TEXT_TYPE, "location": optional(LOCATION), "radius_km": optional(DECIMAL)}
)
#: Of each calendar its weekend, the days that are off, and the weekend days that are worked. Each has what the other
#: has not: weeks of six days, a long holiday, weekend days that are worked.
CALENDAR_DAYS: dict[str, tuple[list[str], list[date], list[date]]] = {
    "cn": (
        ["saturday", "sunday"],
        [date(2026, 3, day) for day in range(26, 32)],
        [date(2026, 3, 21), date(2026, 4, 4), date(2024, 2, 25)],
    ),
    "shop": (["sunday"], [date(2026, 4, 3), date(2024, 2, 29)], []),
}
CALENDARS = {name: workdays_of(name, *days) for name, days in CALENDAR_DAYS.items()}
_PERCENT = Type(Kind.DECIMAL, lo=0, hi=100, places=6)
AROUND = Surroundings(
    refs={"customer": CUSTOMER, "region": REGION, "partner": PARTNER},
    own=RefScope({}, {"streak": bounded(0, 100), "best": optional(amount(1000))}, {"order_rank": ("x", "y")}),
    tags=frozenset({"vip", "late"}),
    tables={
        "carrier": TableScope("first", {"carrier": TEXT_TYPE, "days": bounded(1, 9)}, total=False),
        "fee": TableScope("unique", {"percent": _PERCENT}, total=True),
        "discounts": TableScope(
            "collect", {"percent": _PERCENT, "amount": optional(amount(100))}, total=False
        ),
    },
    holds=frozenset({"manual", "credit"}),
    policies=frozenset({"nearest"}),
    resources=frozenset({"credit"}),
    calendars=CALENDARS,
    warehouses=("hq", "xihu"),
    pools=("presale", "promo"),
    stock=True,
)


def order_scope(*, lenient: bool = False) -> Scope:
    """The order's scope."""
    return Scope(
        "order",
        {
            "qty": bounded(1, 100),
            "stock": bounded(-50, 50),
            "big": INTEGER,
            "rate": Type(Kind.DECIMAL, lo=-10, hi=10, places=6),
            "amount_due": amount(1_000_000),
            "amount_paid": amount(1_000_000),
            "title": TEXT_TYPE,
            "channel": choice("douyin", "taobao", "offline"),
            "gift": BOOL,
            "placed_at": DATETIME,
            "ordered_on": DATE,
            "wait": Type(Kind.DURATION, lo=-864_000, hi=864_000),
            "customer": ref("customer"),
            "referrer": optional(ref("partner")),
            "plan": PLAN,
            "shop": LOCATION,
            "place": optional(LOCATION),
            "tags": list_of(TEXT_TYPE),
            "scores": list_of(bounded(-9, 9)),
            "lines": list_of(LINE, at_most=100),
            "address": ADDRESS,
            "paid_at": optional(DATETIME),
            "promised_on": optional(DATE),
            "weight": optional(Type(Kind.DECIMAL, lo=0, hi=1000, places=6)),
            "points": optional(bounded(-100, 100)),
            "discount": optional(amount(1000)),
            "note": optional(TEXT_TYPE),
            "insured": optional(BOOL),
            "pause": optional(DURATION),
            "spare": optional(list_of(LINE, at_most=100)),
            "home": optional(ADDRESS),
            "实收金额": amount(1_000_000),
        },
        parent=ACCOUNT,
        children={"shipments": SHIPMENT},
        event={"number": TEXT_TYPE, "amount": amount(1000)},
        states=states_of(
            pending="pending",
            live="paid delivered",
            paid="paid",
            delivered="delivered",
            cancelled="cancelled",
        ),
        path=ORDER_PATH,
        final=frozenset({"delivered", "cancelled"}),
        extra={"sequence": bounded(1, 1_000_000), "warehouse": WAREHOUSE},
        lenient=lenient,
        around=AROUND,
    )
