"""What a story is told of: products, customers, orders and their parcels, as the generator knows them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal, NamedTuple

from examples.wenzhou.world import Spot

#: How far an order has come; `review` is before it is paid, `waiting` is for stock.
Stage = Literal["review", "paid", "waiting", "fulfilling", "delivered", "closed"]
#: How far a parcel has come; `gone` is cancelled in the house.
Place = Literal[
    "allocated", "accepted", "picking", "checking", "packed", "moving", "delivered",
    "returning", "returned", "gone",
]  # fmt: skip
IN_HOUSE = frozenset(("allocated", "accepted", "picking", "checking", "packed"))
OVER = frozenset(("returned", "gone"))


class Product(NamedTuple):
    """Something the shop sells; the price in fen, the weight is how often it is bought."""

    sku: str
    category: str
    name: str
    price: int
    kept: tuple[str, ...]
    weight: int = 0


class Customer(NamedTuple):
    """Who buys, and where it is sent; `limit` in fen, None for all who have no account."""

    id: str
    phone: str
    region: str
    city: str
    spot: Spot
    address: str
    limit: int | None = None
    watched: bool = False


class Line(NamedTuple):
    """One line of an order."""

    number: int
    product: Product
    units: int
    presale: bool = False


class Take(NamedTuple):
    """Units of a line that a warehouse sends, from a pool or (empty) from ordinary stock."""

    line: int
    sku: str
    units: int
    pool: str = ""


class Dice:
    """Chance, of one record's own: what befalls one order does not change what befalls the next."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return self.rng.random() < share

    def after(self, moment: datetime, low: float, high: float) -> datetime:
        """A moment between `low` and `high` minutes later."""
        return moment + timedelta(seconds=self.rng.randint(int(low * 60), int(high * 60)))


@dataclass(slots=True, eq=False)
class Parcel:
    """What one warehouse sends.

    Args:
        scanned, scan: when the carrier scanned it last, and what for.
        left: nobody goes on with it, unless somebody asks for it.
    """

    order: "Order"
    number: int
    warehouse: str
    takes: list[Take]
    place: Place = "allocated"
    scanned: datetime | None = None
    scan: str = ""
    left: bool = False

    @property
    def id(self) -> str:
        """As events name it."""
        return f"{self.order.id}/shipments/{self.number}"

    def is_at(self, *places: Place) -> bool:
        """Whether it has come to one of these places."""
        return self.place in places

    @property
    def units(self) -> int:
        """How many units it holds."""
        return sum(take.units for take in self.takes)


@dataclass(slots=True, eq=False)
class Order:
    """One order, while its story is being told.

    Args:
        early: one of the weeks before, of which nothing is known but that it went well.
        due, paid: amounts in fen.
        spot: where it goes, if that is on the map.
        paid_at: when the first of the money came in.
        risky: somebody looks at it once it is paid.
        held, held_at, held_for: whether somebody holds it, since when, and for how long it was held before.
        credit: what it takes of its customer's limit, in fen.
        changed: some of it was cancelled, so that it is not sent back.
        complaints, unsettled: how many there were, and when those came in, by number, that are not settled.
    """

    id: str
    channel: str
    customer: Customer
    placed: datetime
    lines: list[Line]
    due: int
    dice: Dice
    early: bool
    spot: Spot | None = None
    paid: int = 0
    paid_at: datetime | None = None
    stage: Stage = "review"
    risky: bool = False
    held: bool = False
    held_at: datetime | None = None
    held_for: timedelta = timedelta()
    credit: int = 0
    changed: bool = False
    returns: int = 0
    complaints: int = 0
    unsettled: dict[int, datetime] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def owed(self) -> int:
        """What is still to be paid, in fen."""
        return max(self.due - self.paid, 0)

    def is_in(self, *stages: Stage) -> bool:
        """Whether it has come to one of these stages."""
        return self.stage in stages

    @property
    def open(self) -> bool:
        """Whether something may still happen to it."""
        return self.stage != "closed"
