"""What the warehouses do besides packing: stock at the opening, purchases, transfers, counts, and freezes."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from examples.wenzhou.book import Json
from examples.wenzhou.clock import Story
from examples.wenzhou.market import Market
from examples.wenzhou.order import Product
from examples.wenzhou.shelves import servers
from examples.wenzhou.shop import Shop
from examples.wenzhou.world import (
    BEHIND,
    CLOSING,
    FORWARD,
    NEVER,
    OPENING,
    PRESALE,
    PROMOTED,
    SHORT,
    SMALL,
    moment_text,
)

#: Who counts on which mornings, and how many shelves.
MORNINGS = (-14, -7, 0, 1, 2, 3)
COUNTED = {"hq": 10, "hangzhou": 8, "guangzhou": 8, "chengdu": 6, "xihu": 4, "tianhe": 4, "wuhou": 3}


def opening(market: Market) -> dict[tuple[str, str], int]:
    """What lies where when the first event happens: enough of most, but not everywhere, and too little of some."""
    near, whole = Counter[tuple[str, str]](), Counter[str]()
    for order in market.orders:
        sites = [name for _, name in servers(order.customer.spot)]
        for line in order.lines:
            sku = line.product.sku
            site = next(site for site in sites if site in line.product.kept or _forward(market, site, sku))
            near[site, sku] += line.units
            whole[sku] += line.units
    shelves: dict[tuple[str, str], int] = {}
    for rank, product in enumerate(market.products):
        share = 0.55 if rank in SHORT else 1.10
        total = int(whole[product.sku] * share) + (0 if rank in SHORT else 12)
        if product.sku in PRESALE:
            total = whole[product.sku] * 8 // 10 + 6
        # The forward and regional warehouses have less than they will sell; the rest lies at the first that keeps it.
        for site in (*BEHIND, *product.kept[1:]):
            if site in BEHIND and not _forward(market, site, product.sku):
                continue
            wanted = near[site, product.sku] * (70 if site in BEHIND else 88) // 100
            given = min(int(wanted * min(share, 1)) + 2, total)
            shelves[site, product.sku] = given
            total -= given
        shelves[product.kept[0], product.sku] = total
    return shelves


def _forward(market: Market, site: str, sku: str) -> bool:
    """Whether a forward warehouse keeps a SKU: the popular ones that are not too large."""
    return site in BEHIND and any(
        product.sku == sku and sku[:2] in SMALL for product in market.products[:FORWARD]
    )


def begin(shop: Shop, market: Market, rng: Random) -> None:
    """Begin everything that the warehouses, purchasing and sales do by themselves."""
    numbers = Counter[str]()

    def number(kind: str) -> str:
        numbers[kind] += 1
        return f"{kind}{shop.now:%Y%m%d}-{numbers[kind]:04}"

    def start(at: datetime, story: Story) -> None:
        shop.clock.start(story, at)

    products = market.products
    for morning in MORNINGS:
        for site, many in COUNTED.items():
            at = OPENING + timedelta(days=morning, hours=7, seconds=rng.randrange(600))
            start(at, _counted(shop, rng, number, site, many))
    coming = [products[place] for place in SHORT if place not in NEVER and place < len(products)]
    demand = Counter[str]()
    for order in market.orders:
        demand.update({line.product.sku: line.units for line in order.lines})
    for place, site in enumerate(("hq", "hangzhou", "guangzhou")):
        some = [product for product in coming[place::3] if site in product.kept]
        other = [product for product in coming[place::3] if site not in product.kept]
        at = OPENING + timedelta(days=-1, hours=15, minutes=7 * place)
        start(at, _purchase(shop, rng, number, site, some, demand))
        if other:
            start(at + timedelta(minutes=3), _purchase(shop, rng, number, other[0].kept[0], other, demand))
    never = [products[place] for place in sorted(NEVER)]
    start(OPENING + timedelta(hours=16), _purchase(shop, rng, number, "hq", never, demand, comes=False))
    for day in range(4):
        for hour in (11, 15, 20):
            for site, behind in BEHIND.items():
                at = OPENING + timedelta(days=day, hours=hour, minutes=rng.randrange(40))
                start(at, _transfer(shop, rng, number, behind, site, 18))
        for site in ("hangzhou", "guangzhou", "chengdu"):
            at = OPENING + timedelta(days=day, hours=18, minutes=rng.randrange(40))
            start(at, _transfer(shop, rng, number, "hq", site, 60))
    for place, product in enumerate(products[:PROMOTED]):
        site = product.kept[place % len(product.kept)]
        start(
            OPENING + timedelta(hours=7, minutes=30 + place),
            _freeze(shop, number, "promo", site, product, place),
        )
    for place, sku in enumerate(PRESALE):
        product = next(product for product in products if product.sku == sku)
        at = OPENING + timedelta(hours=-6, minutes=place)
        start(at, _freeze(shop, number, "presale", product.kept[0], product, place))
    start(OPENING + timedelta(hours=9, minutes=40), _found(shop, rng, products))


def _counted(shop: Shop, rng: Random, number: Callable[[str], str], site: str, many: int) -> Story:
    """Some shelves are counted before the house opens; a difference is approved, seldom counted again."""
    kept = shop.shelves.kept(site)
    for sku, shelf in rng.sample(kept, min(many, len(kept))):
        drawn = rng.random()
        # Most differences are of a unit in a full shelf, which is as good as none.
        wrong = 0
        if drawn < 0.02 or (drawn < 0.12 and shelf.on_hand > 130):
            wrong = rng.choice((-1, 1))
        counted = max(shelf.on_hand + wrong, shelf.on_hand - max(shelf.free, 0), 0)
        fields: Json = {
            "warehouse": site,
            "sku": sku,
            "counted": counted,
            "counted_at": moment_text(shop.now),
        }
        name = number("SC")
        shop.book.submit("stock_count", name, "warehouse", fields)
        if counted != shelf.on_hand and rng.random() < 0.9:  # some wait for the warehouse lead
            yield shop.now + timedelta(seconds=rng.randint(60, 200))
            approved = rng.random() < 0.85
            shop.book.send(name, "approve" if approved else "discard", "warehouse_lead")
            if approved:
                more, shelf.on_hand = counted > shelf.on_hand, counted
                if more:
                    shop.freed([sku])
        yield shop.now + timedelta(seconds=rng.randint(20, 90))


def _purchase(
    shop: Shop,
    rng: Random,
    number: Callable[[str], str],
    site: str,
    products: list[Product],
    demand: Counter[str],
    comes: bool = True,
) -> Story:
    """What is short is ordered, and comes in two parts; the last of it may not come at all."""
    if not products:
        return
    name = number("PO")
    units = {product.sku: demand[product.sku] // 2 + 6 for product in products}
    lines = [{"sku": sku, "ordered": many, "quantity": many} for sku, many in units.items()]
    shop.book.submit(
        "receipt",
        name,
        "purchasing",
        {
            "warehouse": site,
            "supplier": rng.choice(("瑞安配件一厂", "台州模具厂", "宁波精铸")),
            "ordered_at": moment_text(shop.now),
            "due_on": (OPENING + timedelta(days=2)).strftime("%Y-%m-%d"),
            "lines": lines,
        },
    )
    if not comes:
        return
    first = {sku: many * 6 // 10 for sku, many in units.items()}
    yield OPENING + timedelta(days=1, hours=9, minutes=rng.randrange(90))
    _arrive(shop, name, site, first)
    yield OPENING + timedelta(days=2, hours=13, minutes=rng.randrange(90))
    short = rng.random() < 0.4
    rest = {sku: many - first[sku] - (2 if short else 0) for sku, many in units.items()}
    _arrive(shop, name, site, rest)
    if short:
        yield shop.now + timedelta(hours=3, minutes=rng.randrange(60))
        shop.book.send(name, "close_short", "purchasing")


def _arrive(shop: Shop, name: str, site: str, units: dict[str, int]) -> None:
    rows = [{"sku": sku, "quantity": many} for sku, many in units.items()]
    shop.book.send(name, "arrive", "warehouse", lines=rows)
    shop.shelves.bring(site, units)
    shop.freed(units)


def _transfer(
    shop: Shop, rng: Random, number: Callable[[str], str], source: str, target: str, low: int
) -> Story:
    """A lower level is filled up from a higher one; seldom a transfer is given up, or lost."""
    units: dict[str, int] = {}
    for sku, shelf in shop.shelves.kept(target):
        spare = shop.shelves.seen(source, sku).free
        if shelf.free < 3 and spare >= low and sku not in PRESALE:
            units[sku] = min(spare // 3, 12 if target in BEHIND else 60)
    units = dict(sorted(units.items(), key=lambda row: (-row[1], row[0]))[:8])
    if not units:
        return
    name = number("TR")
    lines = [{"sku": sku, "quantity": many} for sku, many in sorted(units.items())]
    fields: Json = {"source": source, "target": target, "asked_at": moment_text(shop.now), "lines": lines}
    shop.book.submit("transfer", name, "warehouse_lead", fields)
    for sku, many in units.items():
        shop.shelves.at(source, sku).locked += many
    yield shop.now + timedelta(minutes=rng.randint(20, 70))
    drawn = rng.random()
    if drawn < 0.08:
        shop.book.send(name, "cancel", "warehouse_lead")
        for sku, many in units.items():
            shop.shelves.at(source, sku).locked -= many
        shop.freed(units)
        return
    shop.book.send(name, "send_off", "warehouse")
    for sku, many in units.items():
        shelf = shop.shelves.at(source, sku)
        shelf.locked -= many
        shelf.on_hand -= many
    hours = (2, 5) if target in BEHIND else (14, 26)
    yield shop.now + timedelta(minutes=rng.randint(hours[0] * 60, hours[1] * 60))
    if drawn < 0.2:
        shop.book.send(name, "lose", "warehouse_lead")
        return
    shop.book.send(name, "arrive", "warehouse")
    shop.shelves.bring(target, units)
    shop.freed(units)


def _freeze(
    shop: Shop, number: Callable[[str], str], kind: str, site: str, product: Product, place: int
) -> Story:
    """Units are set aside for a promotion or a presale; what is left of them is free at the end."""
    shelf = shop.shelves.at(site, product.sku)
    quantity = max(shelf.free, 0) * (3 if kind == "promo" else 6) // 10
    if quantity < 1:
        return
    starts = OPENING + timedelta(hours=8) if kind == "promo" else shop.now
    ends = OPENING + timedelta(days=1 if kind == "promo" else 2)
    by_hand = place % 3 == 1
    name = number("FZ")
    fields: Json = {"kind": kind, "warehouse": site, "sku": product.sku, "quantity": quantity}
    fields["starts_at"] = moment_text(starts)
    fields["ends_at"] = moment_text(CLOSING + timedelta(days=5) if by_hand else ends)
    shop.book.submit("freeze", name, "sales", fields)
    yield starts
    while shelf.free < quantity:  # it waits until the units are there
        yield shop.now + timedelta(minutes=5)
    shelf.pools[kind] = shelf.pools.get(kind, 0) + quantity
    yield ends - timedelta(minutes=90 if by_hand else 0)
    if by_hand:
        shop.book.send(name, "stop", "sales")
    shelf.pools[kind] -= min(quantity, shelf.pools[kind])
    shop.freed([product.sku])


def _found(shop: Shop, rng: Random, products: list[Product]) -> Story:
    """Boxes without a purchase order, found behind a shelf or sent back by a fair, are put on sale."""
    for site in ("hq", "guangzhou", "chengdu"):
        chosen = [product.sku for product in rng.sample(products, 3) if site in product.kept]
        units = {sku: rng.randint(2, 8) for sku in chosen}
        if units:
            shop.book.receive(site, units)
            shop.shelves.bring(site, units)
            shop.freed(units)
        yield shop.now + timedelta(hours=21, minutes=rng.randrange(60))
