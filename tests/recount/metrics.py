"""The health metrics, each counted by hand from its definition; what is left out is counted by its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import quantiles
from typing import Any, NamedTuple

from tests.recount.records import Record, Shop
from tests.recount.standing import WAY, ZONE, live

#: What a metric comes to: `kind`, figures, what was left out, and perhaps the same by day.
Figures = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)
#: The group of records of which no day can be told.
NO_DAY = "none"


class Row(NamedTuple):
    """A record that a metric looked at: why it was left out, or its value; and the day that it belongs to."""

    value: bool | timedelta = False
    reason: str = ""
    day: date | None = None


def local_day(moment: datetime | None) -> date | None:
    """The day of a moment in Shanghai."""
    return None if moment is None else moment.astimezone(ZONE).date()


def _rate(rows: Iterable[Row]) -> Figures:
    values = [row.value for row in rows]
    passed = sum(value is True for value in values)
    return {
        "kind": "rate",
        "value": passed / len(values) if values else None,
        "numerator": passed,
        "denominator": len(values),
    }


def _mean(rows: Iterable[Row]) -> Figures:
    """Mean, median and the length that 90 % are within (linear between neighbours), in seconds."""
    lengths = [row.value for row in rows if isinstance(row.value, timedelta)]
    values = [Fraction(length // MICROSECOND, 1_000_000) for length in lengths]
    mean = median = p90 = None
    if values:
        mean = float(sum(values) / len(values))
        tenths = quantiles(values * 2 if len(values) == 1 else values, n=10, method="inclusive")
        median, p90 = float(tenths[4]), float(tenths[8])
    return {
        "kind": "mean",
        "value": mean,
        "mean": mean,
        "median": median,
        "p90": p90,
        "numerator": float(sum(values)),
        "denominator": len(values),
    }


def _figures(
    kind: Callable[[Iterable[Row]], Figures], rows: Sequence[Row], reasons: Sequence[str]
) -> Figures:
    left = Counter(row.reason for row in rows)
    counted = kind(row for row in rows if not row.reason)
    return {**counted, "excluded": {reason: left[reason] for reason in reasons}}


def _by_day(kind: Callable[[Iterable[Row]], Figures], rows: Sequence[Row], reasons: Sequence[str]) -> Figures:
    """The figures, and those of each day."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(NO_DAY if row.day is None else row.day.isoformat(), []).append(row)
    days = {day: _figures(kind, several, reasons) for day, several in sorted(groups.items())}
    return {**_figures(kind, rows, reasons), "groups": days}


def with_carrier(parcel: Record) -> datetime | None:
    """When the carrier had a parcel for certain: its pickup scan, or the next one where that was missed."""
    moments = [parcel.first[state] for state in WAY[WAY.index("picked_up") :] if state in parcel.first]
    return min(moments, default=None)


def before_pickup(parcel: Record) -> bool:
    """Whether a parcel was called off before the carrier had it: in the house, or intercepted at the gate."""
    return parcel.state in ("cancelled", "returning", "returned") and with_carrier(parcel) is None


def delivered(order: Record) -> datetime | None:
    """When the last parcel was signed for, of those that were not called off; None as long as one is not."""
    kept = live(order)
    moments = [parcel.first["delivered"] for parcel in kept if "delivered" in parcel.first]
    return max(moments) if moments and len(moments) == len(kept) else None


def handling_time(shop: Shop, now: datetime) -> Figures:
    """From paid to the carrier, the last parcel of a split; what was called off before is left out; negative is a fault.

    By the day of that pickup.
    """
    rows = []
    for order in shop.of("order"):
        paid = order.get("paid_at")
        parcels = order.children["shipments"]
        going = [parcel for parcel in parcels if not before_pickup(parcel)]
        moments = [moment for moment in map(with_carrier, going) if moment is not None]
        last = max(moments, default=None)
        reason = ""
        if paid is None:
            reason = "unpaid"
        elif last is None and (order.state == "cancelled" or (parcels and not going)):
            reason = "cancelled_before_pickup"
        elif last is None or len(moments) < len(going):
            reason = "not_picked_up"
        elif last < paid:
            reason = "negative"
        rows.append(Row(last - paid if last and paid else False, reason, local_day(last)))
    return _by_day(_mean, rows, ("unpaid", "cancelled_before_pickup", "not_picked_up", "negative"))


def first_response(shop: Shop, now: datetime) -> Figures:
    """Inquiries answered within two hours, of all that are due; one that is open for less is not due yet. By the day asked."""
    limit = timedelta(hours=2)
    rows = []
    for inquiry in shop.of("inquiry"):
        asked, answered = inquiry.get("asked_at"), inquiry.get("answered_at")
        day = local_day(asked)
        if answered is not None and answered < asked:
            rows.append(Row(reason="negative", day=day))
        elif answered is not None:
            rows.append(Row(answered - asked <= limit, day=day))
        elif now - asked > limit:
            rows.append(Row(False, day=day))
    return _by_day(_rate, rows, ("negative",))


def inventory_accuracy(shop: Shop, now: datetime) -> Figures:
    """Counts that differ from the system by less than 0.8 % of what was counted; none counted passes for none only."""
    rows = []
    for count in shop.of("stock_count"):
        system, counted = count.get("system"), count.get("counted")
        good = abs(system - counted) * 1000 < 8 * counted if counted else system == 0
        rows.append(Row(good, "discarded" if count.state == "discarded" else ""))
    return _figures(_rate, rows, ("discarded",))


def _on_time(shop: Shop, now: datetime, good: Callable[[date, date], bool]) -> list[Row]:
    """Paid orders that arrived, or should have: by the day promised at first, or that the customer moved it to."""
    today = now.astimezone(ZONE).date()
    rows = []
    for order in shop.of("order"):
        arrived = local_day(delivered(order))
        ended = order.state in ("cancelled", "returned")
        if order.get("paid_at") is None or (ended and arrived is None):
            continue
        promised = order.get("postponed_to") or order.get("promised_on")
        if promised is None:
            rows.append(Row(reason="no_promise"))
        elif arrived is not None:
            rows.append(Row(good(arrived, promised), day=promised))
        elif today > promised:
            rows.append(Row(False, day=promised))
    return rows


def on_time(shop: Shop, now: datetime) -> Figures:
    """Delivered on the promised day or before. By the promised day."""
    return _by_day(_rate, _on_time(shop, now, lambda day, promised: day <= promised), ("no_promise",))


def on_time_exact(shop: Shop, now: datetime) -> Figures:
    """Delivered on the very day."""
    return _figures(_rate, _on_time(shop, now, lambda day, promised: day == promised), ("no_promise",))


def delivery_time(shop: Shop, now: datetime) -> Figures:
    """From paid to the last parcel signed for."""
    rows = []
    for order in shop.of("order"):
        paid, arrived = order.get("paid_at"), delivered(order)
        reason = "unpaid" if paid is None else "not_delivered" if arrived is None else ""
        rows.append(Row(arrived - paid if arrived and paid else False, reason))
    return _figures(_mean, rows, ("unpaid", "not_delivered"))


def return_time(shop: Shop, now: datetime) -> Figures:
    """From a return asked for to the money back."""
    rows = []
    for item in shop.of("return"):
        back = item.get("refunded_at")
        reason = "rejected" if item.state == "rejected" else "open" if item.state != "refunded" else ""
        rows.append(Row(back - item.first["requested"] if back else False, reason))
    return _figures(_mean, rows, ("rejected", "open"))


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
