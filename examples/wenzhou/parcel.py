"""A parcel's story: through the house, with the carrier, to the door or back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from examples.wenzhou.clock import Story
from examples.wenzhou.order import Parcel
from examples.wenzhou.shop import Shop
from examples.wenzhou.world import WAREHOUSES, daytime, distance_km, next_collection, opened

FAULTS = ("漆面划伤", "配件缺失", "型号不符")


def journey(shop: Shop, parcel: Parcel) -> Story:
    """All that happens to a parcel; wherever it is called off or called back, that ends its way there."""
    odd = 0.0 if parcel.order.early else 1.0
    yield from _go(shop, parcel, _in_house(shop, parcel, odd), _with_carrier(shop, parcel, odd))


def found_again(shop: Shop, parcel: Parcel) -> Story:
    """Somebody has asked for a parcel with which nobody went on: it goes its way from where it is."""
    if parcel.is_at("moving"):
        yield from _go(shop, parcel, (), _found_on_the_way(shop, parcel))
    elif parcel.is_at("allocated"):
        yield from _go(shop, parcel, _in_house(shop, parcel, 0), _with_carrier(shop, parcel, 0))


def _go(shop: Shop, parcel: Parcel, house: Iterable[datetime], road: Iterable[datetime]) -> Story:
    for at in house:
        yield at
        if parcel.is_at("gone"):
            return
    if not parcel.is_at("moving"):
        parcel.left = True  # it stands where it stands
        return
    for at in road:
        yield at
        if parcel.is_at("returning"):
            break
    if parcel.is_at("returning"):
        yield from _back(shop, parcel)
    parcel.left = parcel.is_at("moving")


def _in_house(shop: Shop, parcel: Parcel, odd: float) -> Story:
    """Accepted, picked, checked, packed, dispatched."""
    order, dice, book = parcel.order, parcel.order.dice, shop.book
    # The pick card gets lost, so that nobody goes on: before the step of this number.
    stops = dice.rng.randrange(5) if dice.chance(0.009 * odd) else 9
    at = shop.turn(parcel)
    if stops == 0:
        return
    yield opened(dice.after(at, 26 * 60, 60 * 60)) if dice.chance(0.03 * odd) else at
    book.send(parcel.id, "accept", "warehouse")
    parcel.place = "accepted"
    if stops == 1:
        return
    yield opened(dice.after(shop.now, 5, 45))
    book.send(parcel.id, "start_picking", "warehouse")
    parcel.place = "picking"
    if stops == 2:
        return
    yield opened(dice.after(shop.now, 3, 25))
    book.send(parcel.id, "finish_picking", "warehouse", units=parcel.units)
    parcel.place = "checking"
    if dice.chance(0.015):
        yield opened(dice.after(shop.now, 3, 20))
        book.send(parcel.id, "fail_check", "warehouse", fault=dice.rng.choice(FAULTS))
        parcel.place = "picking"
        yield opened(dice.after(shop.now, 10, 60))
        book.send(parcel.id, "finish_picking", "warehouse", units=parcel.units)
        parcel.place = "checking"
    if stops == 3:
        return
    yield opened(dice.after(shop.now, 3, 20))
    waybill = f"YT7{order.id[6:10]}{order.id[-6:]}{parcel.number}"
    book.send(parcel.id, "pass_check", "warehouse", waybill_no=waybill)
    parcel.place = "packed"
    if stops == 4:
        return
    yield from _at_the_gate(shop, parcel)


def _at_the_gate(shop: Shop, parcel: Parcel) -> Story:
    """It waits until all the money is in and nobody holds it; sometimes somebody tries before."""
    order, dice, book = parcel.order, parcel.order.dice, shop.book
    yield opened(dice.after(shop.now, 5, 60))
    tries = dice.chance(0.15)
    while order.held or (order.owed and order.channel != "offline"):
        if tries:
            book.send(parcel.id, "dispatch", "warehouse")
            tries = False
        yield opened(dice.after(shop.now, 60, 180))
    if dice.chance(0.003):  # the carrier's scanner was quicker
        book.send(parcel.id, "scan", "carrier", kind="pickup")
    book.send(parcel.id, "dispatch", "warehouse")
    shop.shelves.spend(parcel.warehouse, parcel.takes)
    parcel.place = "moving"


def _with_carrier(shop: Shop, parcel: Parcel, odd: float) -> Story:
    """Scan by scan to the door; some get stuck."""
    dice = parcel.order.dice
    if dice.chance(0.003 * odd):  # left behind at the gate
        return
    yield dice.after(next_collection(shop.now), 0, 20)
    if parcel.is_at("moving") and not dice.chance(0.01):
        _scan(shop, parcel, "pickup")
    distance = distance_km(parcel.order.customer.spot, WAREHOUSES[parcel.warehouse].spot)
    road = int((9 + distance / 45) * dice.rng.randint(55, 115))  # minutes
    stops = max(1, road // (15 * 60))
    stall = dice.rng.randrange(stops) if dice.chance(0.045 * odd) else -1
    for stop in range(stops):
        yield dice.after(shop.now, road / stops * 0.85, road / stops * 1.1)
        if stop == stall:
            if dice.chance(0.4):  # nobody has seen it since
                return
            yield dice.after(shop.now, 30 * 60, 80 * 60)
        if not _scan(shop, parcel, "transit"):
            return
    yield from _to_the_door(shop, parcel, odd)


def _found_on_the_way(shop: Shop, parcel: Parcel) -> Story:
    """The carrier has looked for it, or asked the customer when to come."""
    if _scan(shop, parcel, "transit"):
        yield from _to_the_door(shop, parcel, 0)


def _to_the_door(shop: Shop, parcel: Parcel, odd: float) -> Story:
    """Delivered; at some doors nobody opens."""
    dice = parcel.order.dice
    yield daytime(dice.after(shop.now, 60, 400))
    if dice.chance(0.03 * odd):
        if not _scan(shop, parcel, "failed"):
            return
        drawn = dice.rng.random()
        if drawn < 0.2:
            return  # nothing is done about it
        yield dice.after(shop.now, 700, 1500)
        if drawn < 0.5:  # nobody home, nobody answers
            if parcel.is_at("moving"):
                shop.book.send(parcel.id, "send_back", "carrier")
                parcel.place = "returning"
                yield shop.now
            return
        if not _scan(shop, parcel, "transit"):
            return
        yield daytime(dice.after(shop.now, 300, 900))
    if _scan(shop, parcel, "signed"):
        parcel.place = "delivered"
        shop.settle(parcel.order)
        if dice.chance(0.006):  # one that was read out late
            yield dice.after(shop.now, 2, 90)
            shop.book.send(parcel.id, "scan", "carrier", kind="transit")


def _scan(shop: Shop, parcel: Parcel, kind: str) -> bool:
    """The carrier scans it: True when it goes on from there, False when it was called back before."""
    if not parcel.is_at("moving"):
        return False
    shop.book.send(parcel.id, "scan", "carrier", kind=kind)
    parcel.scanned, parcel.scan = shop.now, kind
    return True


def _back(shop: Shop, parcel: Parcel) -> Story:
    """It comes back and is looked at; what is good is on sale again."""
    dice = parcel.order.dice
    called: datetime = shop.now
    if dice.chance(0.1):  # the driver did not know
        shop.book.send(parcel.id, "scan", "carrier", kind="transit")
    yield opened(dice.after(called, 900, 3200) + timedelta(minutes=5))
    good = dice.chance(0.8)
    shop.book.send(parcel.id, "inspect", "warehouse", condition="good" if good else "damaged")
    parcel.place = "returned"
    units: dict[str, int] = {}
    for take in parcel.takes:
        units[take.sku] = units.get(take.sku, 0) + take.units
    shop.shelves.bring(parcel.warehouse, units, good=good)
    if good:
        shop.freed(units)
    shop.settle(parcel.order)
