"""Who buys what and when: the range, the customers, and all orders of the weeks before and of the peak day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from examples.wenzhou.order import Customer, Dice, Line, Order, Product
from examples.wenzhou.world import (
    CARS,
    CHANNELS,
    DISTRICTS,
    EARLIEST,
    HOURS,
    LATEST,
    OPENING,
    PARTS,
    PRESALE,
    REGIONS,
    TRADE,
    Spot,
)


class Market(NamedTuple):
    """What was drawn: the range (the most popular first), the customers by id, the orders in the order of time."""

    products: list[Product]
    customers: dict[str, Customer]
    orders: list[Order]


class _Draw(NamedTuple):
    """An order before it has a number."""

    placed: datetime
    customer: Customer
    channel: str
    lines: list[Line]
    early: bool


def market(rng: Random, orders: int) -> Market:
    """Draw everybody and everything for a peak day of so many orders."""
    products = _products(rng)
    crowd = _Crowd(rng, orders)
    draws = _Draws(rng, products, crowd)
    planned = draws.planted(orders)
    for _ in range(max(2, orders // 14)):
        planned.append(draws.early())
    while sum(not draw.early for draw in planned) < orders:
        planned.append(draws.peak())
    return Market(products, crowd.known, _numbered(rng, planned))


def _products(rng: Random) -> list[Product]:
    found = [
        Product(
            f"{code}-{number:03}",
            category,
            f"{car} {part}",
            price * rng.randint(85, 125) // 10_000 * 100,
            kept,
        )
        for code, category, part, price, kept in PARTS
        for number, car in enumerate(CARS, start=1)
    ]
    rng.shuffle(found)
    return [product._replace(weight=10_000 // (rank + 9)) for rank, product in enumerate(found)]


class _Crowd:
    """The customers: most buy for their own car, some are garages with an account."""

    def __init__(self, rng: Random, orders: int) -> None:
        self._rng = rng
        self._homes = [region for region, (share, _) in REGIONS.items() for _ in range(share)]
        self._made = count(1)
        self.known: dict[str, Customer] = {}
        self.retail = [self.add() for _ in range(max(6, orders * 3 // 4))]
        for place in range(3, len(self.retail), 250):
            self.retail[place] = self._keep(self.retail[place]._replace(watched=True))
        limits = (500_000, 1_500_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000)
        self.trade = [self.add(limit=limits[place % 6]) for place in range(max(3, orders // 60))]

    def add(self, region: str = "", limit: int | None = None) -> Customer:
        """One more customer, who lives somewhere."""
        number = next(self._made)
        region = region or self._rng.choice(self._homes)
        city, latitude, longitude = self._rng.choice(REGIONS[region][1])
        district = self._rng.choice(sorted(DISTRICTS))
        north, east = DISTRICTS[district]
        jitter = [self._rng.randint(-200, 200) / 10_000 for _ in range(2)]
        spot = Spot(round(latitude + north + jitter[0], 4), round(longitude + east + jitter[1], 4))
        address = f"{city}市{district}区示例路{self._rng.randint(1, 399)}号"
        phone = f"1380000{number % 10_000:04}"  # nobody's number
        return self._keep(Customer(f"C{number:05}", phone, region, city, spot, address, limit))

    def _keep(self, customer: Customer) -> Customer:
        self.known[customer.id] = customer
        return customer


class _Draws:
    """Draws orders one by one."""

    def __init__(self, rng: Random, products: Sequence[Product], crowd: _Crowd) -> None:
        self._rng, self._crowd = rng, crowd
        self._products = products
        self._weights = [product.weight for product in products]
        self._of = {
            category: [product for product in products if product.category == category]
            for category in ("exhaust", "brake_pads")
        }

    def peak(self) -> _Draw:
        """Any order of the peak day."""
        channel = self._rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        many = self._crowd.trade if channel in TRADE and self._rng.random() < 0.75 else self._crowd.retail
        return _Draw(self._on_the_day(), self._rng.choice(many), channel, self._lines(channel), False)

    def early(self) -> _Draw:
        """Any order of the weeks before, most of them of customers who come again."""
        channel = self._rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        regulars = self._crowd.retail[: max(2, len(self._crowd.retail) // 14)]
        many = self._crowd.trade if channel in TRADE else regulars
        placed = EARLIEST + self._rng.random() * (LATEST - EARLIEST)
        return _Draw(
            placed.replace(microsecond=0), self._rng.choice(many), channel, self._lines(channel), True
        )

    def planted(self, orders: int) -> list[_Draw]:
        """What the rules are to notice: exhausts three times in a row, brake pads five times from one region."""
        found = []
        peak = max(orders // 3, 1)  # so many of them at most on the day itself
        for _ in range(min(max(2, orders // 400), peak)):
            fan = self._crowd.add()
            days = (OPENING - timedelta(days=20), OPENING - timedelta(days=9))
            found += [self._one(day + self._within_a_day(), fan, "exhaust", True) for day in days]
            found.append(self._one(self._on_the_day(), fan, "exhaust", False))
        for region, early, late in (("宁夏", 2, 3), ("青海", 2, 2)):
            few = min(late, max(peak // 3, 0))
            moments = [OPENING - timedelta(days=5 - place) + self._within_a_day() for place in range(early)]
            found += [self._one(at, self._crowd.add(region), "brake_pads", True) for at in moments]
            found += [
                self._one(self._on_the_day(), self._crowd.add(region), "brake_pads", False)
                for _ in range(few)
            ]
        return found

    def _one(self, placed: datetime, customer: Customer, category: str, early: bool) -> _Draw:
        line = Line(1, self._rng.choice(self._of[category][:6]), 1)
        return _Draw(placed, customer, "taobao", [line], early)

    def _lines(self, channel: str) -> list[Line]:
        size = self._rng.choices((1, 2, 3, 4), (62, 24, 10, 4))[0]
        chosen = {
            product.sku: product for product in self._rng.choices(self._products, self._weights, k=size)
        }
        most = 8 if channel in TRADE else 2
        return [
            Line(
                number,
                product,
                self._rng.randint(1, most),
                product.sku in PRESALE and self._rng.random() < 0.6,
            )
            for number, product in enumerate(chosen.values(), start=1)
        ]

    def _on_the_day(self) -> datetime:
        hour = self._rng.choices(range(24), HOURS)[0]
        return OPENING + timedelta(hours=hour, seconds=self._rng.randrange(3600))

    def _within_a_day(self) -> timedelta:
        return timedelta(seconds=self._rng.randrange(9 * 3600, 22 * 3600))


def _numbered(rng: Random, draws: list[_Draw]) -> list[Order]:
    """The orders in the order of time, numbered day by day."""
    made: list[Order] = []
    numbers: dict[str, int] = {}
    for draw in sorted(draws, key=lambda draw: (draw.placed, draw.customer.id)):
        day = f"{draw.placed:%Y%m%d}"
        numbers[day] = numbers.get(day, 0) + 1
        due = sum(line.product.price * line.units for line in draw.lines)
        made.append(
            Order(
                id=f"WZ{day}-{numbers[day]:06}",
                channel=draw.channel,
                customer=draw.customer,
                placed=draw.placed,
                lines=draw.lines,
                due=due,
                dice=Dice(Random(rng.getrandbits(64))),
                early=draw.early,
            )
        )
    return made
