"""What customers say and do beside the way of the goods: questions, complaints, receipts confirmed, goods sent back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from examples.wenzhou.book import Json
from examples.wenzhou.clock import Story
from examples.wenzhou.order import Customer, Dice, Order
from examples.wenzhou.shelves import servers
from examples.wenzhou.shop import Shop
from examples.wenzhou.world import CHANNELS, CLOSING, OPENING, moment_text, yuan

WINDOW = timedelta(days=15)
ABOUT = ("stock", "delivery", "fit", "price", "after_sale", "other")


class Desk:
    """Customer care's desk: numbers the questions.

    Args:
        early: the share of the orders of the weeks before about which somebody asks.
    """

    def __init__(self, early: float = 0.03) -> None:
        self._early = early
        self._numbers: Iterator[int] = count(1)

    def talk(self, shop: Shop, order: Order) -> Story:
        """A question about an order, and its answer."""
        dice = order.dice
        if not dice.chance(self._early if order.early else 0.09):
            return
        yield dice.after(shop.now, 1, 3000)
        yield from self.asked(shop, dice, order.channel, order.customer, order)

    def visitor(self, shop: Shop, rng: Random, customer: Customer) -> Story:
        """A question of somebody who has not bought yet."""
        dice = Dice(rng)
        yield from self.asked(shop, dice, rng.choice(list(CHANNELS)), customer, None)

    def asked(self, shop: Shop, dice: Dice, channel: str, customer: Customer, order: Order | None) -> Story:
        """Asked, answered (nine in ten within two hours), perhaps asked again, perhaps closed."""
        name = f"IQ{shop.now:%Y%m%d}-{next(self._numbers):05}"
        fields: Json = {"channel": channel, "asked_at": moment_text(shop.now)}
        fields["about"] = dice.rng.choice(ABOUT[1:] if order else ABOUT[:4])
        if order:
            fields["order"] = order.id
        fields["customer"] = customer.id
        shop.book.submit("inquiry", name, "channel", fields)
        drawn = dice.rng.random()
        if drawn > 0.98:
            return  # nobody answers
        yield dice.after(
            shop.now, *((0.5, 70) if drawn < 0.75 else (20, 119) if drawn < 0.91 else (125, 900))
        )
        shop.book.send(name, "answer", "customer_care" if dice.chance(0.8) else "sales")
        if dice.chance(0.1):
            yield dice.after(shop.now, 2, 60)
            shop.book.send(name, "ask_again", "channel")
            yield dice.after(shop.now, 2, 90)
            shop.book.send(name, "answer", "customer_care")
        if dice.chance(0.5):
            yield dice.after(shop.now, 10, 600)
            shop.book.send(name, "close", "customer_care")


def complains(shop: Shop, order: Order) -> Story:
    """A complaint, more often where it takes long, and its settlement."""
    dice = order.dice
    if order.early:
        return
    yield dice.after(shop.now, 60, 4500)
    late = order.is_in("waiting", "fulfilling") and shop.now > order.placed + timedelta(hours=48)
    if order.is_in("review", "closed") or not dice.chance(0.09 if late else 0.012):
        return
    kinds = ("late",) if not order.is_in("delivered") else ("late", "damaged", "wrong_item", "service")
    order.complaints += 1
    number = order.complaints
    order.unsettled[number] = shop.now
    shop.book.send(order.id, "complain", "channel", about=dice.rng.choice(kinds))
    if dice.chance(0.7):
        yield dice.after(shop.now, 20, 1500)
        settle(shop, order, number)


def settle(shop: Shop, order: Order, number: int) -> None:
    """Customer care settles a complaint, unless somebody has done so before."""
    if order.unsettled.pop(number, None):
        shop.book.send(f"{order.id}/complaints/{number}", "settle", "customer_care")


def delivered(shop: Shop, order: Order) -> Story:
    """At the customer's: something is sent back, or the receipt is confirmed, or nobody says anything."""
    dice = order.dice
    since = shop.now
    drawn = dice.rng.random()
    if drawn < (0.10 if order.early else 0.045) and not order.changed:
        # Of the weeks before, half comes back while the peak day is being told.
        peak = order.early and dice.chance(0.5)
        low = max((OPENING - since).total_seconds() / 60, 300) if peak else 120
        yield dice.after(since, low, low + (2800 if order.early else 1800))
        if shop.now < since + WINDOW and order.is_in("delivered"):
            yield from _sent_back(shop, order)
        return
    if drawn < 0.4 or (order.early and drawn < 0.85):
        yield dice.after(since, 200, 5000)
        if order.is_in("delivered"):
            shop.book.send(order.id, "confirm_receipt", "channel")
            shop.close(order)
            return
    yield since + WINDOW
    if order.is_in("delivered") and since + WINDOW < CLOSING:
        shop.close(order)


def _sent_back(shop: Shop, order: Order) -> Story:
    """Some units or all come back, are inspected, and are paid for; or are refused."""
    dice, book = order.dice, shop.book
    whole = dice.chance(0.35)
    lines: list[Json] = []
    units: dict[str, int] = {}
    worth = 0
    for line in order.lines if whole else [dice.rng.choice(order.lines)]:
        some = line.units if whole else dice.rng.randint(1, line.units)
        lines.append({"line_no": line.number, "sku": line.product.sku, "quantity": some})
        units[line.product.sku] = some
        worth += some * line.product.price
    listed = sum(line.product.price * line.units for line in order.lines)
    worth = min(worth * order.due // listed, order.paid)
    large = [
        name for _, name in servers(order.customer.spot) if name in ("hq", "hangzhou", "guangzhou", "chengdu")
    ]
    order.returns += 1
    name = f"{order.id}/returns/{order.returns}"
    book.send(
        order.id,
        "request_return",
        dice.rng.choice(("channel", "customer_care")),
        lines=lines,
        why=dice.rng.choice(("unfit", "unfit", "damaged", "wrong_item", "unwanted")),
        warehouse=large[0],
    )
    if dice.chance(0.06):
        yield dice.after(shop.now, 60, 600)
        book.send(name, "reject", "customer_care", why="已安装使用, 不支持退货")
        return
    if dice.chance(0.1):
        return  # asked for and never sent
    yield dice.after(shop.now, 200, 1200)
    if not dice.chance(0.1):  # some bring it to the door without a word
        book.send(name, "send_back", "channel", waybill_no=f"SF3{order.id[-6:]}{order.returns}")
    yield _morning(dice.after(shop.now, 600, 2200))
    book.send(name, "take_in", "warehouse")
    if dice.chance(0.08):
        return  # not looked at yet
    yield _morning(dice.after(shop.now, 20, 500))
    good = dice.chance(0.8)
    more = {} if good else {"note": "安装痕迹, 包装破损"}
    book.send(name, "inspect", "warehouse", condition="good" if good else "damaged", **more)
    shop.shelves.bring(large[0], units, good=good)
    if good:
        shop.freed(units)
    yield dice.after(shop.now, 30, 1200)
    if not good and dice.chance(0.4):
        book.send(name, "reject", "warehouse_lead", why="客户安装损坏")
    elif dice.chance(0.85):
        book.send(name, "refund", "finance", amount=yuan(worth))
        if whole:
            shop.close(order)


def _morning(moment: datetime) -> datetime:
    """The moment, or one of the next morning when nobody is at the door."""
    if 8 <= moment.hour < 20:
        return moment
    return (moment + timedelta(days=moment.hour >= 20)).replace(hour=9, minute=moment.minute)
