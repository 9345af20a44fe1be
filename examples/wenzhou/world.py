"""The invented shop: what it sells, through which channels, where to, and when its people work."""

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
#: The peak day begins; the week that is told ends.
OPENING = datetime(2026, 2, 11, tzinfo=SHANGHAI)
CLOSING = OPENING + timedelta(days=7)

WAREHOUSE = "wenzhou"
PARCELS_AN_HOUR = 240
FIRST_HOUR, LAST_HOUR = 8, 22
#: When the carrier comes: hour and minute.
COLLECTIONS = ((11, 30), (17, 30), (21, 30))

#: Orders by hour of the day: a quiet night, a lunch hour, a live-stream evening.
HOURS = (9, 5, 3, 2, 2, 4, 8, 15, 26, 38, 46, 44, 40, 36, 37, 40, 42, 44, 48, 66, 92, 88, 52, 24)
#: Channels, and their shares in percent.
CHANNELS = {"douyin": 42, "taobao": 33, "alibaba_1688": 17, "offline": 8}

#: Code, name and usual price in fen of each kind of part; there is one of each for each car.
PARTS = (
    ("EX", "中尾段排气", 128_000),
    ("BP", "陶瓷刹车片", 24_000),
    ("SP", "碳纤维尾翼", 89_000),
    ("WH", "锻造轮毂", 156_000),
    ("CO", "绞牙避震", 320_000),
    ("AI", "高流量进气", 66_000),
    ("FL", "前唇小包围", 45_000),
    ("BR", "六活塞刹车套装", 480_000),
    ("LE", "流水尾灯", 52_000),
    ("ST", "碳纤方向盘", 118_000),
)
CARS = (
    *("思域", "高尔夫", "飞度", "86", "极氪001", "Model 3"),
    *("英朗", "凯美瑞", "领克03", "小米SU7", "昂克赛拉", "途观"),
)

#: Provinces: share of the orders, fewest and most hours on the road, days promised.
REGIONS = {
    "浙江": (16, 20, 44, 3),
    "江苏": (12, 24, 50, 3),
    "上海": (7, 22, 44, 3),
    "福建": (6, 26, 52, 3),
    "安徽": (4, 28, 54, 3),
    "江西": (3, 28, 56, 3),
    "广东": (15, 36, 72, 4),
    "湖北": (5, 38, 72, 4),
    "湖南": (4, 38, 76, 4),
    "河南": (5, 40, 76, 4),
    "山东": (7, 38, 74, 4),
    "北京": (4, 42, 78, 4),
    "河北": (4, 44, 80, 4),
    "陕西": (3, 52, 92, 5),
    "四川": (6, 56, 100, 5),
    "重庆": (3, 56, 98, 5),
    "辽宁": (3, 60, 104, 5),
    "云南": (2, 70, 118, 6),
    "内蒙古": (1, 90, 150, 7),
    "新疆": (1, 110, 190, 8),
}
DISTRICTS = ("东城", "西山", "南湖", "北桥", "中和")

#: Places, by popularity, of the SKUs that run short; some of these have not come in by the end.
SHORT = (7, 19, 33, 41, 58, 77, 92, 104)
NEVER = frozenset((41, 77))
#: When the others come in: the first half, then the rest.
RECEIPTS = (OPENING + timedelta(days=2, hours=10), OPENING + timedelta(days=4, hours=14))


def opened(moment: datetime) -> datetime:
    """The moment, or the next morning's opening of the warehouse."""
    if moment.hour >= LAST_HOUR:
        moment = (moment + timedelta(days=1)).replace(hour=0)
    return moment if moment.hour >= FIRST_HOUR else moment.replace(hour=FIRST_HOUR, minute=moment.minute % 30)


def daytime(moment: datetime) -> datetime:
    """The moment, or the next one at which a courier may ring."""
    if moment.hour >= 20:
        moment = (moment + timedelta(days=1)).replace(hour=0)
    return moment if moment.hour >= 9 else moment.replace(hour=9, minute=moment.minute % 40)


def next_collection(moment: datetime) -> datetime:
    """The carrier's next collection at the warehouse."""
    for hour, minute in COLLECTIONS:
        at = moment.replace(hour=hour, minute=minute, second=0)
        if at > moment:
            return at
    hour, minute = COLLECTIONS[0]
    return (moment + timedelta(days=1)).replace(hour=hour, minute=minute, second=0)


def moment_text(moment: datetime) -> str:
    """A moment as the events carry it, with its offset."""
    return moment.isoformat(timespec="seconds")


def yuan(fen: int) -> str:
    """An amount as the events carry it: `12.50`."""
    return f"{fen // 100}.{fen % 100:02}"
