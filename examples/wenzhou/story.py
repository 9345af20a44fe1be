"""What befalls one order, from the click to the door or back: each function tells one part of its story."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from examples.wenzhou.world import (
    CLOSING,
    DISTRICTS,
    REGIONS,
    daytime,
    moment_text,
    next_collection,
    opened,
    yuan,
)

Json = dict[str, object]


class Product(NamedTuple):
    """Something the shop sells; the price in fen, the weight is how often it is bought."""

    sku: str
    name: str
    price: int
    weight: int


@dataclass(slots=True)
class Order:
    """One order's story while it is being made up.

    Args:
        due: the amount in fen.
        paid: when the first money came in; `settled`, when all of it had.
        allocated: when the warehouse had every unit, by the generator's own account.
        ends: when it is closed; nothing is told of it afterwards.
        events: what happens, each with its moment.
    """

    id: str
    channel: str
    region: str
    placed: datetime
    lines: list[tuple[Product, int]]
    due: int
    rng: Random
    paid: datetime | None = None
    settled: datetime | None = None
    allocated: datetime | None = None
    ends: datetime = CLOSING
    events: list[tuple[datetime, Json]] = field(default_factory=list)

    def send(self, at: datetime, name: str, role: str, *, parcel: bool = False, **data: object) -> None:
        """Put down an event of the order, or of its parcel."""
        to = f"{self.id}/shipments/1" if parcel else self.id
        event: Json = {"send": name, "to": to, "at": moment_text(at), "as": role}
        self.events.append((at, {**event, "data": data} if data else event))

    def update(self, at: datetime, role: str, reason: str = "", **fields: object) -> None:
        """Put down a change of the order's fields."""
        event: Json = {"update": self.id, "at": moment_text(at), "as": role, "fields": fields}
        self.events.append((at, {**event, "reason": reason} if reason else event))

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.rng.random() < share

    def after(self, moment: datetime, low: float, high: float) -> datetime:
        """A moment between `low` and `high` minutes later."""
        return moment + timedelta(seconds=self.rng.randint(int(low * 60), int(high * 60)))

    @property
    def open(self) -> bool:
        """Whether nothing has closed it so far."""
        return self.ends >= CLOSING


def submit(order: Order, customer: int) -> None:
    """The order comes in; now and then a clerk mistypes the sum."""
    rng = order.rng
    if order.chance(0.0015):
        order.due += 1000
    fields: Json = {
        "channel": order.channel,
        "customer": f"C{customer:05}",
        "phone": f"1380000{customer % 10_000:04}",  # nobody's number
        "region": order.region,
        "address": f"{order.region}{rng.choice(DISTRICTS)}区示例路{rng.randint(1, 399)}号",
        "lines": [
            {
                "line_no": number,
                "sku": product.sku,
                "name": product.name,
                "quantity": units,
                "unit_price": yuan(product.price),
            }
            for number, (product, units) in enumerate(order.lines, start=1)
        ],
        "amount_due": yuan(order.due),
        "placed_at": moment_text(order.placed),
    }
    if order.channel != "offline" or order.chance(0.7):
        days = REGIONS[order.region][3]
        fields["promised_on"] = (order.placed + timedelta(days=days)).strftime("%Y-%m-%d")
    role = "sales" if order.channel == "offline" else "channel"
    event: Json = {"submit": "order", "id": order.id, "at": moment_text(order.placed), "as": role}
    order.events.append((order.placed, {**event, "fields": fields}))


def pay(order: Order) -> None:
    """The money comes in: at once, late, too late, in parts, by bank transfer; or never."""
    drawn = order.rng.random()
    if order.channel == "offline":
        if drawn >= 0.12:
            low, high = (20, 300) if drawn < 0.4 else (400, 5200)
            order.paid = order.settled = order.after(order.placed, low, high)
            order.send(order.paid, "book_payment", "finance", amount=yuan(order.due))
    elif drawn < 0.025:  # thinks better of it
        order.ends = order.after(order.placed, 10, 900)
        order.send(order.ends, "cancel", "channel", why="customer")
    elif drawn < 0.055:  # forgets: a day later the rules cancel the order
        order.ends = order.placed + timedelta(hours=24)
        if drawn < 0.037:
            _pay_too_late(order)
    else:
        order.paid = order.settled = order.after(order.placed, *((0.2, 15) if drawn < 0.9 else (60, 1300)))
        _pay_online(order, order.paid)


def _pay_too_late(order: Order) -> None:
    at = order.after(order.ends, 30, 900)
    order.update(at, "channel", paid_at=moment_text(at), amount_paid=yuan(order.due))
    if order.chance(0.6):
        _refund(order, order.after(at, 600, 3000))


def _pay_online(order: Order, at: datetime) -> None:
    if order.channel == "alibaba_1688" and order.chance(0.06):
        # A deposit now, the rest before the parcel may leave.
        order.update(at, "channel", paid_at=moment_text(at), amount_paid=yuan(order.due * 30 // 100))
        order.settled = order.after(at, 1500, 11_000)
        order.update(order.settled, "channel", amount_paid=yuan(order.due))
        return
    # Rarely the channel's clock is wrong, or the postage is paid twice.
    said = order.placed - timedelta(minutes=3) if order.chance(0.001) else at
    paid = order.due + (5000 if order.chance(0.0015) else 0)
    order.update(at, "channel", paid_at=moment_text(said), amount_paid=yuan(paid))


def _refund(order: Order, at: datetime) -> None:
    order.update(at, "finance", refunded_at=moment_text(at))


def follow(order: Order, accepted: datetime) -> None:
    """The parcel goes through the house, and on to the carrier unless something comes in between."""
    house, dispatched = _house(order, accepted)
    if order.chance(0.006):  # the pick card got lost: the parcel stands where it stands
        house = house[: order.rng.randrange(len(house))]
    if order.open and order.chance(0.02):  # the customer changes their mind in time
        minutes = (dispatched - accepted).total_seconds() / 60
        order.ends = min(order.after(accepted, -30, minutes), dispatched - timedelta(minutes=1))
        order.ends = max(order.ends, (order.allocated or accepted) + timedelta(minutes=1))
        why = "fraud" if order.chance(0.1) else "customer"
        order.send(order.ends, "cancel", "customer_care", why=why)
    elif order.chance(0.015):  # ... or moves house
        at = order.after(order.allocated or accepted, 1, 20)
        address = f"{order.region}南湖区示例路{order.rng.randint(400, 499)}号"
        order.update(at, "customer_care", "客户更改地址", address=address)
    for moment, name, data in house:
        if moment < order.ends:
            order.send(moment, name, "warehouse", parcel=True, **data)
    if order.open and house and house[-1][0] == dispatched:
        _carry(order, dispatched)


def _house(order: Order, accepted: datetime) -> tuple[list[tuple[datetime, str, Json]], datetime]:
    """The steps in the house, and the moment of the dispatch."""
    picked: Json = {"units": sum(units for _, units in order.lines)}
    steps: list[tuple[datetime, str, Json]] = [(accepted, "accept", {})]

    def step(low: float, high: float, name: str, data: Json) -> datetime:
        at = opened(order.after(steps[-1][0], low, high))
        steps.append((at, name, data))
        return at

    step(5, 45, "start_picking", {})
    step(3, 25, "finish_picking", picked)
    if order.chance(0.015):
        step(3, 20, "fail_check", {"fault": order.rng.choice(("漆面划伤", "配件缺失", "型号不符"))})
        step(10, 60, "finish_picking", picked)
    packed = step(3, 20, "pass_check", {"waybill_no": f"YT7{order.id[2:10]}{order.id[-6:]}"})
    ready = packed
    if order.channel != "offline" and order.settled and order.settled > packed:
        ready = order.settled
        if order.chance(0.1):  # somebody tries before all the money is in, and is refused
            step(5, 30, "dispatch", {})
    dispatched = opened(order.after(max(ready, steps[-1][0]), 5, 60))
    steps.append((dispatched, "dispatch", {}))
    return steps, dispatched


def _carry(order: Order, dispatched: datetime) -> None:
    """The parcel is with the carrier."""
    scans = _scans(order, dispatched)
    if scans and order.chance(0.007):  # called back on the way
        at = dispatched + (scans[-1][0] - dispatched) / 2
        order.send(at, "cancel", "customer_care", why="customer")
        scans = [scan for scan in scans if scan[0] < at]
        _inspect(order, order.after(at, 1500, 6000))
    for moment, kind in scans:
        order.send(moment, "scan", "carrier", parcel=True, kind=kind)
    if not scans or not order.open:
        return
    last, kind = scans[-1]
    if kind == "failed" and order.chance(0.6):  # nobody home, nobody answers
        at = order.after(last, 900, 2900)
        order.send(at, "send_back", "carrier", parcel=True)
        _inspect(order, order.after(at, 1500, 5500))
    elif kind == "signed" and order.chance(0.012):  # does not fit
        at = order.after(last, 600, 5000)
        order.send(at, "send_back", "customer_care")
        _inspect(order, order.after(at, 1500, 5500))
    elif kind == "signed" and order.chance(0.4):
        order.ends = order.after(last, 200, 5000)
        order.send(order.ends, "confirm_receipt", "channel")


def _scans(order: Order, dispatched: datetime) -> list[tuple[datetime, str]]:
    rng = order.rng
    if order.chance(0.003):  # left behind at the gate
        return []
    moment = order.after(next_collection(dispatched), 0, 20)
    scans = [] if order.chance(0.01) else [(moment, "pickup")]
    _, low, high, _ = REGIONS[order.region]
    road = rng.randint(low * 60, high * 60)
    stops = max(1, road // (16 * 60))
    stall = rng.randrange(stops) if order.chance(0.03) else -1
    for stop in range(stops):
        moment = order.after(moment, road / stops * 0.8, road / stops * 1.1)
        if stop == stall:
            if order.chance(0.25):  # nobody has seen it since
                return scans
            moment = order.after(moment, 49 * 60, 80 * 60)
        scans.append((moment, "transit"))
    moment = daytime(order.after(moment, 60, 400))
    if order.chance(0.03):
        scans.append((moment, "failed"))
        if order.chance(0.45):
            return scans
        scans.append((order.after(moment, 700, 1000), "transit"))
        moment = daytime(order.after(moment, 1300, 2600))
    scans.append((moment, "signed"))
    return scans


def _inspect(order: Order, at: datetime) -> None:
    """What came back is looked at; that closes the order, and finance pays back."""
    order.ends = at
    condition = "good" if order.chance(0.8) else "damaged"
    order.send(at, "inspect", "warehouse", parcel=True, condition=condition)
    if order.chance(0.5):
        _refund(order, order.after(at, 60, 1500))


def talk(order: Order) -> None:
    """Questions, answers and complaints, while the order is open."""
    if order.chance(0.09):
        asked = order.after(order.placed, 1, 4000)
        drawn = order.rng.random()
        low, high = (0.5, 70 if drawn < 0.8 else 119) if drawn < 0.93 else (125, 900)
        answered = order.after(asked, low, high)
        if asked < order.ends:
            order.send(asked, "inquire", "channel")
            if drawn < 0.98 and answered < order.ends:
                order.send(answered, "answer", "customer_care")
    late = any(moment > order.placed + timedelta(days=4) for moment, _ in order.events)
    if order.chance(0.05 if late else 0.008):
        at = order.after(order.placed, 2000, 9500)
        settled = order.after(at, 20, 2000)
        if at < order.ends:
            about = order.rng.choice(("late", "late", "damaged", "wrong_item", "service"))
            order.send(at, "complain", "channel", about=about)
            if order.chance(0.75) and settled < order.ends:
                order.send(settled, "settle", "customer_care")
