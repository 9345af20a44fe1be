"""From the click to the parcels: an order comes in, is paid or not, is held or cleared, changes, is cancelled."""

from datetime import timedelta

from examples.wenzhou.book import Json
from examples.wenzhou.clock import Story
from examples.wenzhou.order import IN_HOUSE, Order
from examples.wenzhou.shop import Shop
from examples.wenzhou.world import DISTRICTS, TRADE, Spot, moment_text, yuan

DAY = timedelta(days=1)
#: From this amount on, in fen, an order of a retail channel is looked at before it goes on.
LARGE = 2_000_000
HOLDS = ("客户要求暂缓发货", "收货地址待核实", "疑似重复下单", "待开票信息")
CLERKS = ("customer_care:小周", "customer_care:小林", "customer_care:阿敏")


def life(shop: Shop, order: Order) -> Story:
    """An order comes in; what may befall it begins."""
    _submit(shop, order)
    if order.risky:
        shop.clock.start(_reviewed(shop, order))
    if order.early:
        yield order.dice.after(shop.now, 1, 30)
        _pay(shop, order, order.due)
        return
    if order.channel != "offline":
        shop.clock.start(_expire(shop, order), order.placed + DAY)
    if order.dice.chance(0.012):
        shop.clock.start(_hold(shop, order), order.dice.after(shop.now, 1, 900))
    if order.dice.chance(0.024):
        shop.clock.start(_change_of_mind(shop, order), order.dice.after(shop.now, 20, 3600))
    if order.dice.chance(0.02):
        shop.clock.start(_moves_house(shop, order), order.dice.after(shop.now, 3, 150))
    if order.dice.chance(0.05):
        shop.clock.start(_in_part(shop, order), order.dice.after(shop.now, 5, 300))
    if order.dice.chance(0.2):
        shop.clock.start(_in_part(shop, order, split=True), order.dice.after(shop.now, 5, 300))
    if order.dice.chance(0.008):
        shop.clock.start(_postpone(shop, order), order.dice.after(shop.now, 60, 2000))
    yield from _paying(shop, order)


def _submit(shop: Shop, order: Order) -> None:
    lines: list[Json] = []
    for line in order.lines:
        row: Json = {
            "line_no": line.number,
            "sku": line.product.sku,
            "name": line.product.name,
            "category": line.product.category,
            "quantity": line.units,
            "unit_price": yuan(line.product.price),
        }
        lines.append({**row, "presale": True} if line.presale else row)
    fields: Json = {
        "channel": order.channel,
        "customer": order.customer.id,
        "phone": order.customer.phone,
        "region": order.customer.region,
        "address": order.customer.address,
        "lines": lines,
    }
    if order.early or not order.dice.chance(0.01):  # some addresses are on no map
        fields["location"] = order.customer.spot.text()
        order.spot = order.customer.spot
    if not order.early:
        discount = 10 if order.channel == "douyin" and order.dice.chance(0.6) else 0
        discount += 8 if order.dice.chance(0.03) else 0
        if discount:
            order.due = order.due * (100 - discount) // 100
            fields["discount_percent"] = discount
        if order.dice.chance(0.0015):  # a clerk mistypes the sum
            order.due += 1000
        if order.dice.chance(0.03):
            day = order.placed + timedelta(days=order.dice.rng.randint(2, 9))
            fields["wanted_on"] = day.strftime("%Y-%m-%d")
    order.risky = order.customer.watched or (order.due >= LARGE and order.channel not in TRADE)
    fields["amount_due"] = yuan(order.due)
    fields["placed_at"] = moment_text(order.placed)
    role = "sales" if order.channel == "offline" else "channel"
    shop.book.submit("order", order.id, role, fields)


def _paying(shop: Shop, order: Order) -> Story:
    """The money comes in: at once, late, too late, in parts, by bank transfer; or never."""
    dice = order.dice
    drawn = dice.rng.random()
    account = shop.accounts.get(order.customer.id)
    if order.channel == "offline":
        if drawn < 0.1:
            return  # not in these days
        yield dice.after(shop.now, *((20, 300) if drawn < 0.6 else (400, 4000)))
        deposit = account is not None and dice.chance(0.5)
        _pay(shop, order, order.due * 30 // 100 if deposit else order.due)
        if deposit:
            yield dice.after(shop.now, 1000, 6000)
            _pay(shop, order, order.owed)
    elif drawn < 0.02:  # thinks better of it
        yield dice.after(shop.now, 10, 900)
        if order.is_in("review"):
            shop.cancel(order, "channel", "customer")
    elif drawn < 0.05:  # forgets: a day later the rules cancel the order
        if drawn < 0.032:
            yield dice.after(order.placed + DAY, 30, 900)
            _pay(shop, order, order.due, late=True)
            if not order.open and dice.chance(0.6):
                yield dice.after(shop.now, 600, 2000)
                shop.book.update(order.id, "finance", {"refunded_at": moment_text(shop.now)})
    else:
        yield dice.after(shop.now, *((0.2, 15) if drawn < 0.9 else (60, 1300)))
        deposit = order.channel == "alibaba_1688" and dice.chance(0.3 if account else 0.05)
        _pay(shop, order, order.due * 30 // 100 if deposit else order.due)
        if deposit and dice.chance(0.8):  # the rest before the parcels may leave
            yield dice.after(shop.now, 200, 3000)
            _pay(shop, order, order.owed)


def _pay(shop: Shop, order: Order, amount: int, *, late: bool = False) -> None:
    """An amount in fen comes in: booked by finance, or told by the channel; for a closed order only by mistake."""
    if not (order.open or late):
        return
    if order.channel == "offline":
        shop.book.send(order.id, "book_payment", "finance", amount=yuan(amount))
    else:
        first: Json = {}
        if not order.paid:
            # Rarely the channel's clock is wrong, or the postage is paid twice.
            wrong = not order.early and order.dice.chance(0.001)
            amount += 5000 if not order.early and order.dice.chance(0.001) else 0
            first["paid_at"] = moment_text(order.placed - timedelta(minutes=3) if wrong else shop.now)
        shop.book.update(order.id, "channel", {**first, "amount_paid": yuan(order.paid + amount)})
    if order.open:
        order.paid_at = order.paid_at or shop.now
        shop.pay(order, amount)


def refund(shop: Shop, order: Order) -> Story:
    """What was paid for a closed order goes back, mostly within a day."""
    if order.dice.chance(0.75):
        yield order.dice.after(shop.now, 60, 1500)
        shop.book.update(order.id, "finance", {"refunded_at": moment_text(shop.now)})


def _expire(shop: Shop, order: Order) -> Story:
    """The rules cancel what is not paid for a day; while it is held the clock stands still."""
    waited = timedelta()
    while order.held or order.held_for > waited:
        more = timedelta(hours=1) if order.held else order.held_for - waited
        waited += timedelta() if order.held else more
        yield shop.now + more
    if order.is_in("review") and not order.paid:
        shop.close(order)


def _hold(shop: Shop, order: Order) -> Story:
    """Somebody holds an order, for a reason, and most often releases it later."""
    in_house = any(parcel.place in IN_HOUSE for parcel in order.parcels)
    if not order.is_in("review", "paid", "waiting") and not (order.is_in("fulfilling") and in_house):
        return
    dice = order.dice
    clerk = dice.rng.choice(CLERKS)
    shop.book.hold(order.id, clerk, dice.rng.choice(HOLDS))
    order.held, order.held_at = True, shop.now
    if dice.chance(0.15):
        return  # forgotten
    yield dice.after(shop.now, 40, 1400)
    release(shop, order, clerk)


def release(shop: Shop, order: Order, clerk: str) -> None:
    """The end of a hold, unless there is none any more; the order goes on."""
    if not (order.held and order.held_at):
        return
    order.held_for += shop.now - order.held_at
    order.held, order.held_at = False, None
    if not order.is_in("delivered", "closed"):
        shop.book.release(order.id, clerk, "已与客户确认")
        shop.go_on(order)


def _reviewed(shop: Shop, order: Order) -> Story:
    """Risk looks at a large order, or one of somebody who is watched: cleared, found a fraud, or left lying."""
    dice = order.dice
    while order.is_in("review"):
        yield shop.now + timedelta(minutes=20)
    if not order.is_in("paid"):
        return
    yield dice.after(shop.now, 5, 150)
    drawn = 0.5 if order.early else dice.rng.random()
    if not order.is_in("paid") or drawn > 0.93:
        return
    if drawn < 0.08:
        shop.cancel(order, "risk", "fraud")
        return
    order.risky = False
    shop.book.send(order.id, "clear_risk", "risk")
    shop.go_on(order)


def _change_of_mind(shop: Shop, order: Order) -> Story:
    """The customer cancels, wherever the order may be by then; after the delivery it is too late."""
    yield shop.now
    if order.is_in("closed") or (order.is_in("delivered") and not order.dice.chance(0.5)):
        return
    shop.cancel(order, order.dice.rng.choice(CLERKS), "customer")


def will_not_wait(shop: Shop, order: Order) -> Story:
    """Some do not wait for what is short."""
    if order.dice.chance(0.12):
        yield order.dice.after(shop.now, 300, 2500)
        if order.is_in("waiting"):
            shop.cancel(order, order.dice.rng.choice(CLERKS), "out_of_stock")


def _moves_house(shop: Shop, order: Order) -> Story:
    """The customer wants it elsewhere in town; once it is being picked it is too late."""
    yield shop.now
    dice = order.dice
    picked = any(not parcel.is_at("allocated", "accepted", "gone") for parcel in order.parcels)
    if order.is_in("delivered", "closed") or (picked and not dice.chance(0.2)):
        return
    north, east = DISTRICTS["南湖"]
    spot = Spot(round(order.customer.spot.latitude + north / 2, 4), order.customer.spot.longitude + east)
    spot = Spot(spot.latitude, round(spot.longitude, 4))
    address = f"{order.customer.city}市南湖区示例路{dice.rng.randint(400, 499)}号"
    reason = dice.rng.choice(("客户更改地址", "客户搬家", "门牌号写错"))
    fields: Json = {"address": address, "location": spot.text()}
    shop.book.update(order.id, dice.rng.choice(CLERKS), fields, reason)
    if not picked:
        order.spot = spot


def _in_part(shop: Shop, order: Order, *, split: bool = False) -> Story:
    """One of several parcels is cancelled, or some units of a parcel that nobody has picked yet; `split`: the first only."""
    yield shop.now
    dice = order.dice
    if not order.is_in("fulfilling") or order.owed or (split and len(order.parcels) == 1):
        return
    parcel = order.parcels[-1]
    lines = {line.number: line for line in order.lines}
    if len(order.parcels) > 1 and (parcel.place in IN_HOUSE or parcel.is_at("moving")):
        if not any(other.place in IN_HOUSE for other in order.parcels[:-1]):
            return
        shop.book.send(parcel.id, "cancel_parcel", dice.rng.choice(CLERKS))
        order.changed = True
        amount = sum(lines[take.line].product.price * take.units for take in parcel.takes)
        shop.call_off(parcel)
        shop.settle(order)
        if not parcel.is_at("gone"):
            return
    elif parcel.is_at("allocated", "accepted") and parcel.takes[0].units > 1:
        take = parcel.takes[0]
        units = dice.rng.randint(1, take.units - 1)
        row: Json = {"line_no": take.line, "units": units}
        if take.pool:
            row["pool"] = take.pool
        shop.book.send(parcel.id, "drop_units", dice.rng.choice(CLERKS), **row)
        order.changed = True
        amount = lines[take.line].product.price * units
        parcel.takes[0] = take._replace(units=take.units - units)
        shop.shelves.give_back(parcel.warehouse, [take._replace(units=units)])
        shop.freed([take.sku])
    else:
        return
    if dice.chance(0.8):
        yield dice.after(shop.now, 60, 900)
        shop.book.send(parcel.id, "refund", "finance", amount=yuan(amount * order.due // _listed(order)))


def _listed(order: Order) -> int:
    """What the lines come to without a discount, in fen."""
    return sum(line.product.price * line.units for line in order.lines)


def _postpone(shop: Shop, order: Order) -> Story:
    """The customer will be away and wants it a week later."""
    yield shop.now
    if order.is_in("fulfilling"):
        day = order.placed + timedelta(days=order.dice.rng.randint(10, 14))
        shop.book.send(order.id, "postpone", "customer_care", to_day=day.strftime("%Y-%m-%d"))
