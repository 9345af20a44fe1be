"""What stands on the records now: the state that people see, holds, tags, and who waits in which queue.

Written by hand from what the words mean: 超 excludes the bound (more than 24 hours), 以上 includes it (five count), days are
days in Shanghai, and a window looks back from now, its far end not included.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.recount.records import Record, Shop

ZONE = ZoneInfo("Asia/Shanghai")

#: A parcel's way. What has left it (a failed delivery, on its way back) is as far as it had come.
WAY = (
    "allocated",
    "accepted",
    "picking",
    "quality_check",
    "packed",
    "shipped",
    "picked_up",
    "in_transit",
    "delivered",
)
IN_HOUSE = WAY[:5]
OPEN_TICKETS = ("open", "taken", "escalated")


def progress(parcel: Record) -> int:
    """How far a parcel has come on its way."""
    if parcel.state in WAY:
        return WAY.index(parcel.state)
    return max(place for place, state in enumerate(WAY) if state in parcel.first)


def called_off(parcel: Record) -> bool:
    """Whether the customer will not get a parcel any more, and it is where it belongs again."""
    return parcel.state in ("cancelled", "returned")


def live(order: Record) -> list[Record]:
    """The parcels of an order that were not called off."""
    return [parcel for parcel in order.children["shipments"] if not called_off(parcel)]


def shown(order: Record) -> str:
    """The state that people see of an order: while it is fulfilled, that of its least advanced parcel."""
    parcels = live(order)
    if order.state != "fulfilling" or not parcels:
        return order.state
    return min(parcels, key=progress).state


def fen(amount: Decimal) -> int:
    """An amount of money in its smallest unit.

    Raises:
        ValueError: it has more places.
    """
    cents = amount * 100
    if cents != int(cents):
        raise ValueError(f"{amount} is no amount of money")
    return int(cents)


def owed(order: Record) -> int:
    """What is still to be paid for an order, in fen."""
    return max(fen(order.get("amount_due")) - fen(order.get("amount_paid")), 0)


def credit(shop: Shop) -> Counter[str]:
    """The credit that each customer's orders hold from their parcels' making until all are signed for, in fen."""
    used: Counter[str] = Counter()
    for order in shop.of("order"):
        if order.state == "fulfilling":
            used[order.get("customer")] += owed(order)
    return Counter({customer: amount for customer, amount in used.items() if amount})


def holds(shop: Shop) -> dict[str, set[str]]:
    """The orders that are held, by what holds them."""
    used = credit(shop)
    found: dict[str, set[str]] = {"manual": set(), "risk": set(), "credit": set()}
    for order in shop.of("order"):
        customer = shop.records[order.get("customer")]
        if order.by_hand:
            found["manual"].add(order.id)
        if order.state == "paid" and order.get("risk_cleared_at") is None:
            large = fen(order.get("amount_due")) >= 20_000_00
            retail = order.get("channel") not in ("offline", "alibaba_1688")
            if customer.get("watched") or (large and retail):
                found["risk"].add(order.id)
        free = fen(customer.get("credit_limit")) - used[customer.id]
        if order.state in ("paid", "backordered") and owed(order) > free:
            found["credit"].add(order.id)
    return found


def held_since(shop: Shop) -> dict[str, datetime]:
    """Since when the earliest of an order's holds is on; of one that the journal does not tell, since the order is where it is."""
    found: dict[str, datetime] = {}
    for name, orders in holds(shop).items():
        for order in orders:
            record = shop.records[order]
            on = ("hold", order, name)
            since = shop.since[on] if on in shop.marked else record.last[record.state]
            found[order] = min(found.get(order, since), since)
    return found


def tags(shop: Shop, now: datetime) -> dict[str, set[str]]:
    """The customers whose last three orders have an exhaust; the regions with five orders for brake pads in seven days."""
    orders = sorted(shop.of("order"), key=lambda order: (order.get("placed_at"), order.id))
    streaks: Counter[str] = Counter()
    pads: Counter[str] = Counter()
    for order in orders:
        kinds = {row["category"] for row in order.get("lines")}
        streaks[order.get("customer")] = streaks[order.get("customer")] + 1 if "exhaust" in kinds else 0
        recent = now - timedelta(days=7) < order.get("placed_at") <= now
        pads[order.get("region")] += recent and "brake_pads" in kinds and order.state != "cancelled"
    return {
        "exhaust_enthusiast": {customer for customer, count in streaks.items() if count >= 3},
        "service_network_candidate": {region for region, count in pads.items() if count >= 5},
    }


class Look:
    """Looks at records as of a moment.

    Args:
        now: the moment.
        held: orders that are held by anything, and since when.
    """

    def __init__(self, now: datetime, held: Mapping[str, datetime]) -> None:
        self.now = now
        self.today = now.astimezone(ZONE).date()
        self.held = held

    def over(self, since: datetime | None, **length: float) -> bool:
        """Whether a moment is longer ago than so long."""
        return since is not None and self.now - since > timedelta(**length)

    def queues(self, record: Record) -> list[str]:
        """The queues that a record stands in."""
        match record.entity:
            case "order":
                return self._order(record)
            case "shipment":
                return self._parcel(record)
            case "return":
                return self._return(record)
            case "complaint":
                return ["complaint"] * (record.state == "open")
            case "stock_count":
                return ["count_differs"] * (record.state == "counted")
            case "receipt":
                due = record.get("due_on")
                late = record.state == "announced" and due is not None and self.today > due
                return ["receipt_late"] * late
            case "transfer":
                late = record.state == "sent" and self.over(record.last["sent"], days=5)
                kept = record.state == "planned" and self.over(record.last["planned"], days=2)
                return ["transfer_late"] * late + ["transfer_not_sent"] * kept
            case "ticket":
                # Nobody took it for a day; or somebody did, and a day later it is not solved either.
                late = record.state == "escalated"
                return ["ticket_overdue"] * late
        return []

    def _order(self, order: Record) -> list[str]:
        back = order.state in ("cancelled", "returned") and order.get("amount_paid") > 0
        settled = order.get("refunded_at") is not None or any(
            item.state == "refunded" for item in order.children["returns"]
        )
        found = {
            "held_long": self.over(self.held.get(order.id), hours=24),
            "stock_short": order.state == "backordered",
            "refund_due": back and not settled,
        }
        return [name for name, there in found.items() if there]

    def _parcel(self, parcel: Record) -> list[str]:
        order = parcel.parent
        assert order is not None
        state = parcel.state
        scanned = parcel.get("last_scan_at") or parcel.first.get("picked_up")
        part = parcel.get("units_dropped") > 0 or (parcel.get("cancelled_alone") and called_off(parcel))
        found = {
            "not_accepted": state == "allocated" and self.over(order.get("paid_at"), hours=24),
            "scan_stalled": state in ("picked_up", "in_transit") and self.over(scanned, hours=48),
            "not_packed": state in ("accepted", "picking", "quality_check")
            and self.over(parcel.first["accepted"], hours=48),
            "not_collected": state in ("packed", "shipped") and self.over(parcel.first["packed"], hours=24),
            "delivery_failed": state == "delivery_failed",
            "to_inspect": state == "returning",
            "part_refund_due": part and parcel.get("refunded_at") is None and order.get("amount_paid") > 0,
        }
        return [name for name, there in found.items() if there]

    def _return(self, item: Record) -> list[str]:
        found = {
            "return_waiting": item.state == "requested" and self.over(item.last["requested"], days=7),
            "return_to_inspect": item.state == "received",
            "return_refund_due": item.state == "inspected",
        }
        return [name for name, there in found.items() if there]


#: The queues that there are, so that an empty one is told, too.
QUEUES = (
    "not_accepted",
    "scan_stalled",
    "complaint",
    "held_long",
    "stock_short",
    "count_differs",
    "receipt_late",
    "transfer_late",
    "transfer_not_sent",
    "not_packed",
    "not_collected",
    "delivery_failed",
    "to_inspect",
    "return_waiting",
    "return_to_inspect",
    "return_refund_due",
    "refund_due",
    "part_refund_due",
    "ticket_overdue",
)


def queues(shop: Shop, now: datetime) -> dict[str, set[str]]:
    """The records in each queue."""
    look = Look(now, held_since(shop))
    found: dict[str, set[str]] = {name: set() for name in QUEUES}
    for record in shop.records.values():
        for name in look.queues(record):
            found[name].add(record.id)
    return found
