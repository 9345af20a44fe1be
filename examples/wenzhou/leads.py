"""Mornings after the peak: the leads go through the queues and give what stands there longest to somebody by name."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from examples.wenzhou.after import settle
from examples.wenzhou.book import Json
from examples.wenzhou.buying import release
from examples.wenzhou.clock import Story
from examples.wenzhou.order import Dice, Order, Parcel
from examples.wenzhou.parcel import found_again
from examples.wenzhou.shop import Shop
from examples.wenzhou.world import OPENING, opened

DAY = timedelta(days=1)
MORNINGS = (1, 2, 3)
#: How much longer than the queue asks for something stands there before it is handed over.
MARGIN = timedelta(minutes=1)


class Case(NamedTuple):
    """A record in a queue.

    Args:
        queue, record: their names.
        since: since when it stands there.
        stands: whether it still does.
        mend: sees to it that it leaves the queue, then or a little later.
    """

    queue: str
    record: str
    since: datetime
    stands: Callable[[], bool]
    mend: Callable[[], None]


class Duty(NamedTuple):
    """Who looks after a queue: the lead, to whom it is given, in which role, what is said then and at the end."""

    most: int
    role: str
    lead: str
    team: tuple[str, ...]
    asks: tuple[str, ...]
    says: tuple[str, ...]


#: Queue by queue: how many in one morning, and who; all names are invented.
DUTIES = {
    "not_accepted": Duty(
        10,
        "warehouse_lead",
        "老郑",
        ("小叶", "阿海", "大伟"),
        ("拣货卡可能丢失, 请重打", "请今天上午接单", "客户已催单, 优先处理"),
        ("拣货卡已重打, 仓库已接单", "已接单, 今天发出"),
    ),
    "scan_stalled": Duty(
        14,
        "customer_care",
        "阿敏",
        ("小周", "小林", "阿珍"),
        ("请联系快递查件", "中转站滞留, 请催件", "客户来电询问物流"),
        ("快递已找到, 继续派送", "网点已核实, 物流已更新"),
    ),
    "delivery_failed": Duty(
        10,
        "customer_care",
        "阿敏",
        ("小周", "小林", "阿珍"),
        ("请与客户约派送时间", "电话无人接听, 请再联系", "请核实门牌号"),
        ("已与客户约好, 重新派送", "地址已核实"),
    ),
    "complaint": Duty(
        10,
        "customer_care",
        "阿敏",
        ("小周", "小林", "阿珍"),
        ("请今天回电", "客户情绪激动, 优先回复", "请核对照片后答复"),
        ("已致歉并补偿优惠券", "已与客户协商一致"),
    ),
    "held_long": Duty(
        6,
        "risk",
        "老蔡",
        ("阿蓉", "小金"),
        ("冻结超过一天, 请核实", "请确认能否放行"),
        ("已核实, 解除冻结", "客户已确认, 放行"),
    ),
}
PROGRESS = ("已联系, 等待回复", "正在核实", "已转交同事跟进", "下午再跟进一次")


def begin(shop: Shop, orders: Sequence[Order], rng: Random) -> None:
    """Begin the three mornings."""
    known: set[tuple[str, str]] = set()
    for day in MORNINGS:
        story = _morning(shop, orders, rng, known)
        shop.clock.start(story, OPENING + timedelta(days=day, hours=9, minutes=5))


def _morning(shop: Shop, orders: Sequence[Order], rng: Random, known: set[tuple[str, str]]) -> Story:
    """Each lead hands over what stands longest; what was handed over before is somebody's already."""
    opened_today = 0
    found = [case for case in standing(shop, orders) if case[:2] not in known]
    for queue, duty in DUTIES.items():
        longest = sorted((case for case in found if case.queue == queue), key=lambda case: case[:3][::-1])
        for case in longest[: duty.most]:
            yield shop.now + timedelta(seconds=rng.randint(30, 110))
            if not case.stands():
                continue
            known.add(case[:2])
            opened_today += 1
            name = f"TK{shop.now:%Y%m%d}-{opened_today:03}"
            dice = Dice(Random(rng.getrandbits(64)))
            owner = dice.rng.choice(duty.team)
            fields: Json = {"ticket_id": name}
            if dice.chance(0.8):
                fields["note"] = dice.rng.choice(duty.asks)
            shop.book.handover(queue, case.record, f"{duty.role}:{duty.lead}", owner, fields)
            shop.clock.start(_ticket(shop, dice, duty, case, name, owner))


def _ticket(shop: Shop, dice: Dice, duty: Duty, case: Case, name: str, owner: str) -> Story:
    """Taken, noted and resolved; or left lying for a day, after which it goes up to the lead."""
    begun = shop.now
    person = owner
    if dice.chance(0.3):
        if dice.chance(0.45):
            return  # nobody ever looks at it
        person = duty.lead
        yield opened(dice.after(begun + DAY, 20, 300))
    else:
        if dice.chance(0.2):
            person = dice.rng.choice(duty.team)
        yield opened(dice.after(begun, 5, 240))
    actor = f"{duty.role}:{person}"
    shop.book.send(name, "take", actor, person=person)
    if dice.chance(0.5):
        yield opened(dice.after(shop.now, 10, 200))
        shop.book.send(name, "note", actor, note=dice.rng.choice(PROGRESS))
    if dice.chance(0.15):
        return  # taken, and forgotten again
    yield opened(dice.after(shop.now, 20, 400))
    if case.stands():
        case.mend()
    while case.stands():
        yield opened(dice.after(shop.now, 20, 60))
    shop.book.send(name, "resolve", actor, note=dice.rng.choice(duty.says))


def standing(shop: Shop, orders: Iterable[Order]) -> list[Case]:
    """What stands in a queue now, as far as the generator knows."""
    found = []
    for order in orders:
        found += [_complaint(shop, order, number) for number in order.unsettled]
        found += [_held(shop, order)] if order.held and order.paid_at else []
        for parcel in order.parcels:
            if parcel.is_at("allocated") and order.paid_at:
                found.append(_parcel(shop, parcel, "not_accepted", order.paid_at + DAY))
            elif parcel.is_at("moving") and parcel.scanned and parcel.scan == "failed":
                found.append(_parcel(shop, parcel, "delivery_failed", parcel.scanned))
            elif parcel.is_at("moving") and parcel.scanned:
                found.append(_parcel(shop, parcel, "scan_stalled", parcel.scanned + 2 * DAY))
    return [case for case in found if case.since + MARGIN < shop.now and case.stands()]


def _parcel(shop: Shop, parcel: Parcel, queue: str, since: datetime) -> Case:
    before = (parcel.place, parcel.scanned)

    def mend() -> None:
        if parcel.left:
            parcel.left = False
            shop.clock.start(found_again(shop, parcel))

    return Case(queue, parcel.id, since, lambda: (parcel.place, parcel.scanned) == before, mend)


def _complaint(shop: Shop, order: Order, number: int) -> Case:
    return Case(
        "complaint",
        f"{order.id}/complaints/{number}",
        order.unsettled[number],
        lambda: number in order.unsettled,
        lambda: settle(shop, order, number),
    )


def _held(shop: Shop, order: Order) -> Case:
    """Held for a day, and paid for a day ago."""
    begun = order.held_at or shop.now
    since = max(begun, order.paid_at or begun) + DAY
    return Case(
        "held_long",
        order.id,
        since,
        lambda: order.held and order.held_at == begun and order.is_in("paid", "waiting", "fulfilling"),
        lambda: release(shop, order, f"{DUTIES['held_long'].role}:{DUTIES['held_long'].lead}"),
    )
