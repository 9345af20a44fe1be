"""Makes one peak day of a car parts shop, the weeks before it in short, and the three days after it.

    python examples/wenzhou/generate.py --out build/wenzhou --seed 20260211 --orders 4271

Everything is invented; the same seed gives the same bytes. The generator keeps its own rough account of stock and credit, so
that nobody picks a parcel that cannot exist. It does not ask the rules: what becomes of an event they decide.
"""

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

if __name__ == "__main__":  # run as a program: the repository's root is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples.wenzhou import after, buying, house, leads
from examples.wenzhou.book import Book, Json
from examples.wenzhou.clock import Clock, Story
from examples.wenzhou.market import Market, market
from examples.wenzhou.order import Customer, Order
from examples.wenzhou.parcel import journey
from examples.wenzhou.shelves import Shelves
from examples.wenzhou.shop import Account, Shop, Stories
from examples.wenzhou.world import CARS, CLOSING, EARLIEST, HOURS, OPENING, yuan

SEED, ORDERS = 20260211, 4271


class Day(NamedTuple):
    """What was made: the events in the order of time, and the units on hand at first, by warehouse and SKU."""

    events: tuple[Json, ...]
    stock: Mapping[tuple[str, str], int]


def generate(seed: int = SEED, orders: int = ORDERS) -> Day:
    """Make up a peak day of so many orders, what led to it and what followed.

    Args:
        seed: the same seed gives the same day.
        orders: how many orders are placed on the day, at least one.
    """
    rng = Random(seed)
    drawn = market(rng, orders)
    stock = house.opening(drawn)
    clock = Clock(EARLIEST - timedelta(days=1))
    shop = Shop(
        clock=clock,
        book=Book(clock, Random(rng.getrandbits(64))),
        shelves=Shelves(stock),
        accounts={
            name: Account(customer.limit)
            for name, customer in drawn.customers.items()
            if customer.limit is not None
        },
        stories=Stories(journey, buying.will_not_wait, after.delivered, buying.refund),
    )
    clock.start(_known(shop, drawn, rng))
    house.begin(shop, drawn, rng)
    desk = after.Desk()
    for order in drawn.orders:
        clock.start(_order(shop, desk, order), order.placed)
    _visitors(shop, desk, drawn, rng, orders // 40)
    leads.begin(shop, drawn.orders, Random(rng.getrandbits(64)))
    clock.run(CLOSING)
    return Day(tuple(shop.book.events), stock)


def _order(shop: Shop, desk: after.Desk, order: Order) -> Story:
    """All that an order begins."""
    shop.clock.start(desk.talk(shop, order))
    shop.clock.start(after.complains(shop, order))
    yield from buying.life(shop, order)


def _known(shop: Shop, drawn: Market, rng: Random) -> Story:
    """Customers with an account, a history or a doubt are entered by hand; some limits are raised, on the day and the mornings after."""
    before = {order.customer.id for order in drawn.orders if order.early}
    for customer in drawn.customers.values():
        if customer.limit is None and customer.id not in before and not customer.watched:
            continue
        shop.book.submit("customer", customer.id, "sales", _card(customer, rng))
        yield shop.now + timedelta(seconds=20)
    tight = [customer for customer in drawn.customers.values() if customer.limit == 500_000]
    for customer in tight:
        yield max(shop.now, OPENING + timedelta(hours=13)) + timedelta(minutes=rng.randint(5, 90))
        if any(order.customer.id == customer.id for order in shop.owing):
            fields: Json = {"credit_limit": yuan(6_000_000)}
            shop.book.update(customer.id, "finance", fields, "大促临时提额")
            shop.raise_limit(customer.id, 6_000_000)
    for day in (1, 2, 3):  # finance goes through those who still wait for credit
        yield max(shop.now, OPENING + timedelta(days=day, hours=9, minutes=30))
        for customer in list({order.customer.id: order.customer for order in shop.owing}.values()):
            limit = shop.accounts[customer.id].limit * 2
            if rng.random() < 0.6:
                fields = {"credit_limit": yuan(limit)}
                shop.book.update(customer.id, "finance", fields, "老客户提额, 已核对回款")
                shop.raise_limit(customer.id, limit)
                yield shop.now + timedelta(minutes=rng.randint(2, 20))


def _card(customer: Customer, rng: Random) -> Json:
    card: Json = {"phone": customer.phone}
    if customer.limit is None:
        card["vehicle"] = rng.choice(CARS)
        card["payment"] = rng.choice(("alipay", "wechat"))
    else:
        card["name"] = f"{customer.city}示例改装店{customer.id[-3:]}"
        card["payment"] = rng.choice(("bank", "account"))
        card["credit_limit"] = yuan(customer.limit)
    return {**card, "watched": True} if customer.watched else card


def _visitors(shop: Shop, desk: after.Desk, drawn: Market, rng: Random, many: int) -> None:
    """People who only ask, on the peak day."""
    customers = list(drawn.customers.values())
    for _ in range(many):
        hour = rng.choices(range(24), HOURS)[0]
        at = OPENING + timedelta(hours=hour, seconds=rng.randrange(3600))
        story = desk.visitor(shop, Random(rng.getrandbits(64)), rng.choice(customers))
        shop.clock.start(story, at)


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
        table.writerows((warehouse, sku, units) for (warehouse, sku), units in sorted(day.stock.items()))
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
    skus = len({sku for _, sku in day.stock})
    print(f"{given.orders:,} orders, {len(day.events):,} events in {events}; {skus} SKUs in {shelf}")


if __name__ == "__main__":
    main()
