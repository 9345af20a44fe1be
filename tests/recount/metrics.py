"""The health metrics, each counted by hand from its definition; what is left out is counted by its reason."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import quantiles
from typing import Any

from tests.recount.records import Record, Shop
from tests.recount.standing import WAY, ZONE

#: A metric: `kind`, what it comes to, and what was left out.
Figures = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)


def _rate(passed: int, of: int, left: Counter[str], *reasons: str) -> Figures:
    return {
        "kind": "rate",
        "value": passed / of if of else None,
        "numerator": passed,
        "denominator": of,
        "excluded": {reason: left[reason] for reason in reasons},
    }


def _mean(lengths: list[timedelta], left: Counter[str], *reasons: str) -> Figures:
    """Mean, median and the length that 90 % are within (linear between neighbours), in seconds."""
    values = sorted(Fraction(length // MICROSECOND, 1_000_000) for length in lengths)
    total, count = sum(values), len(values)
    at = [None] * 10
    if count > 1:
        at = [float(one) for one in (0, *quantiles(values, n=10, method="inclusive"))]
    elif values:
        at = [float(values[0])] * 10
    mean = float(total / count) if count else None
    return {
        "kind": "mean",
        "value": mean,
        "mean": mean,
        "median": at[5],
        "p90": at[9],
        "numerator": float(total),
        "denominator": count,
        "excluded": {reason: left[reason] for reason in reasons},
    }


def _first_of(parcel: Record, states: Iterable[str]) -> datetime | None:
    moments = [parcel.first[state] for state in states if state in parcel.first]
    return min(moments, default=None)


def with_carrier(parcel: Record) -> datetime | None:
    """When the carrier had a parcel for certain: its pickup scan, or the next one where that was missed."""
    return _first_of(parcel, WAY[WAY.index("picked_up") :])


def before_pickup(parcel: Record) -> bool:
    """Whether a parcel was called off before the carrier had it: in the house, or intercepted at the gate."""
    return parcel.state in ("cancelled", "returning", "returned") and with_carrier(parcel) is None


def delivered(order: Record) -> datetime | None:
    """When the last parcel was signed for, of those that were not called off; None as long as one is not."""
    kept = [item for item in order.children["shipments"] if item.state not in ("cancelled", "returned")]
    moments = [parcel.first.get("delivered") for parcel in kept]
    there = [moment for moment in moments if moment is not None]
    return max(there) if there and len(there) == len(moments) else None


def handling_time(shop: Shop, now: datetime) -> Figures:
    """From paid to the carrier, the last parcel of a split; what was called off before is left out; negative is a fault."""
    lengths: list[timedelta] = []
    left: Counter[str] = Counter()
    for order in shop.of("order"):
        paid = order.get("paid_at")
        parcels = order.children["shipments"]
        going = [parcel for parcel in parcels if not before_pickup(parcel)]
        moments = [with_carrier(parcel) for parcel in going]
        there = [moment for moment in moments if moment is not None]
        if paid is None:
            left["unpaid"] += 1
        elif order.state == "cancelled" or (parcels and not going):
            left["cancelled_before_pickup"] += 1
        elif not there or len(there) < len(moments):
            left["not_picked_up"] += 1
        elif max(there) < paid:
            left["negative"] += 1
        else:
            lengths.append(max(there) - paid)
    return _mean(lengths, left, "unpaid", "cancelled_before_pickup", "not_picked_up", "negative")


def first_response(shop: Shop, now: datetime) -> Figures:
    """Inquiries answered within two hours, of all that are due; one that is open for less is not due yet."""
    limit = timedelta(hours=2)
    passed = of = 0
    left: Counter[str] = Counter()
    for inquiry in shop.of("inquiry"):
        asked, answered = inquiry.get("asked_at"), inquiry.get("answered_at")
        if answered is not None and answered < asked:
            left["negative"] += 1
        elif answered is not None:
            of += 1
            passed += answered - asked <= limit
        elif now - asked > limit:
            of += 1
    return _rate(passed, of, left, "negative")


def inventory_accuracy(shop: Shop, now: datetime) -> Figures:
    """Counts that differ from the system by less than 0.8 % of what was counted; none counted passes for none only."""
    passed = of = 0
    left: Counter[str] = Counter()
    for count in shop.of("stock_count"):
        if count.state == "discarded":
            left["discarded"] += 1
            continue
        of += 1
        system, counted = count.get("system"), count.get("counted")
        passed += abs(system - counted) * 1000 < 8 * counted if counted else system == 0
    return _rate(passed, of, left, "discarded")


def _on_time(shop: Shop, now: datetime, good: Callable[[date, date], bool]) -> Figures:
    """Paid orders that arrived, or should have: by the day promised at first, or that the customer moved it to."""
    today = now.astimezone(ZONE).date()
    passed = of = 0
    left: Counter[str] = Counter()
    for order in shop.of("order"):
        arrived = delivered(order)
        ended = order.state in ("cancelled", "returned")
        if order.get("paid_at") is None or (ended and arrived is None):
            continue
        promised = order.get("postponed_to") or order.get("promised_on")
        if promised is None:
            left["no_promise"] += 1
        elif arrived is not None:
            of += 1
            passed += good(arrived.astimezone(ZONE).date(), promised)
        elif today > promised:
            of += 1
    return _rate(passed, of, left, "no_promise")


def on_time(shop: Shop, now: datetime) -> Figures:
    """Delivered on the promised day or before."""
    return _on_time(shop, now, lambda day, promised: day <= promised)


def on_time_exact(shop: Shop, now: datetime) -> Figures:
    """Delivered on the very day."""
    return _on_time(shop, now, lambda day, promised: day == promised)


def delivery_time(shop: Shop, now: datetime) -> Figures:
    """From paid to the last parcel signed for."""
    lengths: list[timedelta] = []
    left: Counter[str] = Counter()
    for order in shop.of("order"):
        paid, arrived = order.get("paid_at"), delivered(order)
        if paid is None:
            left["unpaid"] += 1
        elif arrived is None:
            left["not_delivered"] += 1
        else:
            lengths.append(arrived - paid)
    return _mean(lengths, left, "unpaid", "not_delivered")


def return_time(shop: Shop, now: datetime) -> Figures:
    """From a return asked for to the money back."""
    lengths: list[timedelta] = []
    left: Counter[str] = Counter()
    for item in shop.of("return"):
        if item.state == "rejected":
            left["rejected"] += 1
        elif item.state != "refunded":
            left["open"] += 1
        else:
            lengths.append(item.get("refunded_at") - item.first["requested"])
    return _mean(lengths, left, "rejected", "open")


ALL: tuple[Callable[[Shop, datetime], Figures], ...] = (
    handling_time,
    first_response,
    inventory_accuracy,
    on_time,
    on_time_exact,
    delivery_time,
    return_time,
)


def metrics(shop: Shop, now: datetime) -> dict[str, Figures]:
    """Every metric by its name."""
    return {metric.__name__: metric(shop, now) for metric in ALL}
