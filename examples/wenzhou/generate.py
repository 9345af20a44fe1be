"""Makes one peak day of a car parts shop, and the week that follows, as events in the order of time.

    python examples/wenzhou/generate.py --out build/wenzhou --seed 20260211 --orders 4271

Everything is invented; the same seed gives the same bytes. The generator keeps its own rough
account of stock, so nobody accepts a parcel before it can exist. It does not know the rules: what
becomes of an event they decide.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

if __name__ == "__main__":  # run as a program: the repository's root is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples.wenzhou.story import Json, Order, Product, follow, pay, submit, talk
from examples.wenzhou.world import (
    CARS,
    CHANNELS,
    CLOSING,
    HOURS,
    NEVER,
    OPENING,
    PARCELS_AN_HOUR,
    PARTS,
    RECEIPTS,
    REGIONS,
    SHORT,
    WAREHOUSE,
    moment_text,
    opened,
)

SEED, ORDERS = 20260211, 4271


class Day(NamedTuple):
    """What was made: the events in the order of time, and the units on the shelf at the opening, by SKU."""

    events: tuple[Json, ...]
    stock: Mapping[str, int]


def generate(seed: int = SEED, orders: int = ORDERS) -> Day:
    """Make up a peak day of so many orders and the week that follows.

    Args:
        seed: the same seed gives the same day.
        orders: how many orders are placed on the day, at least one.
    """
    rng = Random(seed)
    products = _products(rng)
    made = _placed(rng, products, orders)
    for order in made:
        pay(order)
    shelf = _Shelf(products, made)
    shelf.allocate(made)
    for order, accepted in _accepted(made):
        follow(order, accepted)
    for order in made:
        talk(order)
    return Day(tuple(_in_time(made, shelf.receipts)), shelf.opening)


def _products(rng: Random) -> list[Product]:
    """The whole range, the most popular first."""
    found = [
        Product(f"{code}-{number:03}", f"{car} {part}", price * rng.randint(85, 125) // 10_000 * 100, 0)
        for code, part, price in PARTS
        for number, car in enumerate(CARS, start=1)
    ]
    rng.shuffle(found)
    return [product._replace(weight=10_000 // (rank + 7)) for rank, product in enumerate(found)]


def _placed(rng: Random, products: list[Product], orders: int) -> list[Order]:
    hours = rng.choices(range(24), HOURS, k=orders)
    moments = sorted(OPENING + timedelta(hours=hour, seconds=rng.randrange(3600)) for hour in hours)
    weights = [product.weight for product in products]
    shares = [share for share, *_ in REGIONS.values()]
    made = []
    for number, moment in enumerate(moments, start=1):
        own = Random(rng.getrandbits(64))
        channel = own.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        size = own.choices((1, 2, 3, 4), (62, 24, 10, 4))[0]
        chosen = {product.sku: product for product in own.choices(products, weights, k=size)}
        most = 6 if channel in ("alibaba_1688", "offline") else 2
        lines = [(product, own.randint(1, most)) for product in chosen.values()]
        region = own.choices(list(REGIONS), shares)[0]
        due = sum(product.price * units for product, units in lines)
        order = Order(f"WZ{OPENING:%Y%m%d}-{number:06}", channel, region, moment, lines, due, own)
        submit(order, customer=own.randint(1, max(1, orders * 3 // 4)))
        made.append(order)
    return made


class _Shelf:
    """The generator's own account of stock: what is short waits for a receipt, the oldest order first."""

    def __init__(self, products: list[Product], made: list[Order]) -> None:
        self.demand = Counter[str]()
        for order in made:
            self.demand.update({product.sku: units for product, units in order.lines})
        short = {products[place].sku: place for place in SHORT}
        self.opening = {product.sku: self.demand[product.sku] * 11 // 10 + 5 for product in products}
        for sku in short:
            self.opening[sku] = self.demand[sku] * 65 // 100
        coming = [sku for sku, place in short.items() if place not in NEVER]
        half = len(coming) // 2
        self.arrivals = list(zip(RECEIPTS, (coming[:half], coming[half:]), strict=True))
        self.left = dict(self.opening)
        self.waiting: list[Order] = []
        self.receipts: list[tuple[datetime, Json]] = []

    def allocate(self, made: list[Order]) -> None:
        """Give the units to the orders in the order in which they are paid."""
        paid = [(order.paid, order.id, order) for order in made if order.paid]
        for at, _, order in sorted(paid, key=lambda row: row[:2]):
            while self.arrivals and self.arrivals[0][0] <= at:
                self._receive(*self.arrivals.pop(0))
            if not self._take(order, at):
                self.waiting.append(order)
                if order.chance(0.08):  # will not wait
                    order.ends = order.after(at, 300, 2500)
                    order.send(order.ends, "cancel", "customer_care", why="out_of_stock")
        for at, skus in self.arrivals:
            self._receive(at, skus)

    def _take(self, order: Order, at: datetime) -> bool:
        if any(self.left[product.sku] < units for product, units in order.lines):
            return False
        for product, units in order.lines:
            self.left[product.sku] -= units
        order.allocated = at
        return True

    def _receive(self, at: datetime, skus: list[str]) -> None:
        units = {sku: self.demand[sku] + 1 for sku in skus}
        self.receipts.append((at, {"receive": {WAREHOUSE: units}, "at": moment_text(at)}))
        for sku, count in units.items():
            self.left[sku] += count
        self.waiting = [order for order in self.waiting if order.ends > at and not self._take(order, at)]


def _accepted(made: list[Order]) -> Iterator[tuple[Order, datetime]]:
    """When the warehouse accepts each parcel: in turn, but some are forgotten for days."""
    free = OPENING
    queue = [(order.allocated, order.id, order) for order in made if order.allocated]
    for allocated, _, order in sorted(queue, key=lambda row: row[:2]):
        if order.ends <= allocated:
            continue
        at = opened(max(free, order.after(allocated, 2, 25)))
        free = at + timedelta(seconds=3600 // PARCELS_AN_HOUR)
        yield order, opened(order.after(at, 26 * 60, 70 * 60)) if order.chance(0.025) else at


def _in_time(made: list[Order], receipts: list[tuple[datetime, Json]]) -> Iterator[Json]:
    """All events before the closing in the order of time, each order's numbered, which makes them unique."""
    rows: list[tuple[datetime, str, int, Json]] = [(at, "", 0, event) for at, event in receipts]
    for order in made:
        for number, (at, event) in enumerate(sorted(order.events, key=lambda row: row[0]), start=1):
            rows.append((at, order.id, number, {**event, "event_id": f"{order.id}#{number}"}))
    return (event for at, _, _, event in sorted(rows, key=lambda row: row[:3]) if at < CLOSING)


def write(day: Day, folder: Path) -> tuple[Path, Path]:
    """Write a day as `day.jsonl` and `stock.csv` into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    events, shelf = folder / "day.jsonl", folder / "stock.csv"
    with events.open("w", encoding="utf-8", newline="\n") as file:
        for event in day.events:
            file.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
    with shelf.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("warehouse", "sku", "on_hand"))
        table.writerows((WAREHOUSE, sku, units) for sku, units in sorted(day.stock.items()))
    return events, shelf


def main() -> None:
    """Write the day that the command line asks for."""
    parser = argparse.ArgumentParser(description="Make one peak day of a car parts shop.")
    parser.add_argument("--out", type=Path, default=Path("build/wenzhou"), help="the folder to write to")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same day")
    parser.add_argument("--orders", type=int, default=ORDERS, help="how many orders are placed on the day")
    given = parser.parse_args()
    day = generate(given.seed, given.orders)
    events, shelf = write(day, given.out)
    print(
        f"{given.orders:,} orders, {len(day.events):,} events in {events}; {len(day.stock)} SKUs in {shelf}"
    )


if __name__ == "__main__":
    main()
