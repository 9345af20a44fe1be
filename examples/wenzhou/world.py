"""The invented shop: what it sells, through which channels, where to and where from, and when its people work."""

from datetime import datetime, timedelta, timezone
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

SHANGHAI = timezone(timedelta(hours=8))
#: The peak day begins; what is told ends.
OPENING = datetime(2026, 2, 11, tzinfo=SHANGHAI)
CLOSING = OPENING + timedelta(days=4)
#: The first of the orders of the weeks before, and the last.
EARLIEST, LATEST = OPENING - timedelta(days=28), OPENING - timedelta(days=3)

FIRST_HOUR, LAST_HOUR = 8, 22
#: When the carrier comes: hour and minute.
COLLECTIONS = ((11, 30), (17, 30), (21, 30))


class Spot(NamedTuple):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float

    def text(self) -> list[str]:
        """As the events carry it: latitude and longitude with four places."""
        return [f"{self.latitude:.4f}", f"{self.longitude:.4f}"]


class Warehouse(NamedTuple):
    """Where it stands, how far it serves (km; None: everywhere), what a parcel costs, and how many it packs in an hour."""

    spot: Spot
    radius: float | None
    cost: int
    pace: int


WAREHOUSES = {
    "hq": Warehouse(Spot(27.99, 120.70), None, 8, 110),
    "hangzhou": Warehouse(Spot(30.27, 120.15), None, 6, 130),
    "guangzhou": Warehouse(Spot(23.13, 113.26), None, 6, 90),
    "chengdu": Warehouse(Spot(30.57, 104.07), None, 7, 60),
    "xihu": Warehouse(Spot(30.26, 120.13), 50, 3, 20),
    "tianhe": Warehouse(Spot(23.12, 113.36), 50, 3, 20),
    "wuhou": Warehouse(Spot(30.64, 104.04), 50, 3, 15),
}
#: Which regional warehouse stands behind each forward one.
BEHIND = {"xihu": "hangzhou", "tianhe": "guangzhou", "wuhou": "chengdu"}

#: Orders by hour of the day: a quiet night, a lunch hour, a live-stream evening.
HOURS = (9, 5, 3, 2, 2, 4, 8, 15, 26, 38, 46, 44, 40, 36, 37, 40, 42, 44, 48, 66, 92, 88, 52, 24)
#: Channels, and their shares in percent.
CHANNELS = {
    "douyin": 38,
    "taobao": 29,
    "alibaba_1688": 12,
    "offline": 7,
    "pinduoduo": 6,
    "mini_program": 5,
    "pos": 3,
}
#: Where garages and dealers buy.
TRADE = ("alibaba_1688", "offline")

EVERYWHERE = ("hq", "hangzhou", "guangzhou", "chengdu")
#: Code, category, name, usual price in fen, and who keeps it; there is one of each for each car.
PARTS = (
    ("EX", "exhaust", "中尾段排气", 128_000, EVERYWHERE),
    ("BP", "brake_pads", "陶瓷刹车片", 24_000, EVERYWHERE),
    ("SP", "spoiler", "碳纤维尾翼", 89_000, ("hq", "hangzhou")),
    ("WH", "wheel", "锻造轮毂", 156_000, ("hangzhou", "guangzhou")),
    ("CO", "coilover", "绞牙避震", 320_000, ("hq", "chengdu")),
    ("AI", "intake", "高流量进气", 66_000, ("hq", "hangzhou", "chengdu")),
    ("FL", "body_kit", "前唇小包围", 45_000, ("hq", "guangzhou")),
    ("BR", "brake_kit", "六活塞刹车套装", 480_000, ("hq", "hangzhou", "guangzhou")),
    ("LE", "light", "流水尾灯", 52_000, ("hq", "guangzhou")),
    ("ST", "steering", "碳纤方向盘", 118_000, ("hangzhou", "chengdu")),
    ("OT", "other", "强化螺丝套件", 9_000, EVERYWHERE),
)
#: What is small enough for the shelves of a forward warehouse.
SMALL = frozenset(("BP", "AI", "LE", "ST", "OT", "BR", "EX"))
CARS = (
    *("思域", "高尔夫", "飞度", "86", "极氪001", "Model 3"),
    *("英朗", "凯美瑞", "领克03", "小米SU7", "昂克赛拉", "途观"),
)
#: The new model, sold before enough of it is there: its units are kept for those who ordered it in advance.
PRESALE = ("CO-010", "CO-005", "WH-010")

#: Places by popularity of the SKUs that run short everywhere; of some of these nothing comes in by the end.
SHORT = (7, 19, 33, 41, 58, 77, 92, 104)
NEVER = frozenset((41, 77))
#: How many of the most popular SKUs the promotion sets aside, and how many a forward warehouse keeps.
PROMOTED, FORWARD = 6, 80

#: Provinces: share of the orders, and cities with their latitude and longitude, rounded.
REGIONS: dict[str, tuple[int, tuple[tuple[str, float, float], ...]]] = {
    "浙江": (16, (("杭州", 30.27, 120.15), ("温州", 28.00, 120.70), ("宁波", 29.87, 121.55))),
    "江苏": (12, (("南京", 32.06, 118.79), ("苏州", 31.30, 120.58))),
    "上海": (7, (("上海", 31.23, 121.47),)),
    "福建": (6, (("福州", 26.07, 119.30),)),
    "安徽": (4, (("合肥", 31.82, 117.23),)),
    "江西": (3, (("南昌", 28.68, 115.86),)),
    "广东": (15, (("广州", 23.13, 113.26), ("深圳", 22.54, 114.06))),
    "湖北": (5, (("武汉", 30.59, 114.31),)),
    "湖南": (4, (("长沙", 28.23, 112.94),)),
    "河南": (5, (("郑州", 34.75, 113.63),)),
    "山东": (7, (("济南", 36.65, 117.12),)),
    "北京": (4, (("北京", 39.90, 116.41),)),
    "河北": (4, (("石家庄", 38.04, 114.51),)),
    "陕西": (3, (("西安", 34.34, 108.94),)),
    "四川": (6, (("成都", 30.57, 104.07),)),
    "重庆": (3, (("重庆", 29.56, 106.55),)),
    "辽宁": (3, (("沈阳", 41.81, 123.43),)),
    "云南": (2, (("昆明", 25.04, 102.71),)),
    "内蒙古": (1, (("呼和浩特", 40.84, 111.75),)),
    "新疆": (1, (("乌鲁木齐", 43.83, 87.62),)),
    # Nobody orders from here but five times, and four times, for brake pads.
    "宁夏": (0, (("银川", 38.49, 106.23),)),
    "青海": (0, (("西宁", 36.62, 101.78),)),
}
#: Invented districts, and how far north and east of the middle of any city they lie, in degrees.
DISTRICTS = {
    "东城": (0.01, 0.09),
    "西山": (0.03, -0.11),
    "南湖": (-0.08, 0.02),
    "北桥": (0.10, -0.01),
    "中和": (-0.01, 0.01),
}


def distance_km(one: Spot, other: Spot) -> float:
    """The great-circle distance, by the haversine formula on a sphere of 6,371 km radius."""
    lower, upper = radians(one.latitude), radians(other.latitude)
    across = sin((upper - lower) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(across + cos(lower) * cos(upper) * along))


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
