"""The functions of plain values as a Python programmer would write them down from the docs, to judge the back ends by.

They take texts, dates and the like as Python has them, and `Number`; an integer that they give becomes a `Number`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import asin, cos, dist, pi, radians, sin, sqrt
from zoneinfo import ZoneInfo

from tests.expr.number import Number, rounded
from tests.expr.scopes import CALENDAR_DAYS

Place = tuple[Number, Number]
#: The earth's mean radius in kilometres (IUGG), as a ball.
RADIUS_KM = 6371.0088
#: The patterns with names; others are regular expressions as Python has them, within ASCII.
NAMED = {"digits": "[0-9]+"}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def _span(seconds: int) -> Callable[[Number], timedelta]:
    return lambda count: timedelta(microseconds=int(count.value * seconds * 1_000_000))


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits."""
    return re.fullmatch(NAMED.get(pattern, pattern), text, re.ASCII) is not None


def to_integer(text: str, otherwise: object) -> object:
    """The whole number that a text says."""
    return int(text) if re.fullmatch(r"\s*[-+]?[0-9]{1,18}\s*", text) else otherwise


def to_decimal(text: str, otherwise: object) -> object:
    """The number that a text says."""
    said = re.fullmatch(r"\s*([-+]?[0-9]{1,18}(\.[0-9]{1,6})?)\s*", text)
    return Number.of(Decimal(said[1])) if said else otherwise


def add_months(day: date, months: Number) -> date:
    """The same day of another month, or the last one that this has."""
    year, month = divmod(day.year * 12 + day.month - 1 + int(months), 12)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)


def is_workday(day: date, calendar: str) -> bool:
    """Whether a day is worked."""
    weekend, off, on = CALENDAR_DAYS[calendar]
    return day in on or (day not in off and WEEK[day.weekday()] not in weekend)


def workdays(start: date, end: date, calendar: str) -> int:
    """Every seventh day is like the others of its weekday, but for those that are named."""
    if end < start:
        return -workdays(end, start, calendar)
    weekend, off, on = CALENDAR_DAYS[calendar]
    days = (end - start).days
    plain = sum(
        (days - first) // 7 + 1
        for first in range(1, min(7, days) + 1)
        if WEEK[(start + timedelta(days=first)).weekday()] not in weekend
    )
    named = {day for day in (*off, *on) if start < day <= end}
    return plain + sum(is_workday(day, calendar) - (WEEK[day.weekday()] not in weekend) for day in named)


def add_workdays(day: date, count: Number, calendar: str) -> date:
    """The nearest day up to which so many are worked."""
    step = timedelta(days=1 if int(count) > 0 else -1)
    for _ in range(abs(int(count))):
        day += step
        while not is_workday(day, calendar):
            day += step
    return day


def at(day: date, hour: Number, minute: Number, zone: ZoneInfo) -> datetime:
    """The first moment that clocks show so; where they leave it out, that by the clock as it was before."""
    wanted = datetime.combine(day, time(int(hour), int(minute)))
    now = wanted.replace(tzinfo=UTC)
    offsets = [_offset(now + timedelta(hours=hours), zone) for hours in range(-24, 25)]
    shown = sorted(now - offset for offset in offsets if _shown(now - offset, zone) == wanted)
    return shown[0] if shown else now - offsets[0]


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return _shown(moment, zone) - moment.replace(tzinfo=None)


def distance_km(one: Place, other: Place) -> Number:
    """By the chord between two points of a ball, or between one and the other's antipode when that is nearer."""
    a, b = _point(one), _point(other)
    chord = dist(a, b)
    angle = 2 * asin(chord / 2) if chord < sqrt(2) else pi - 2 * asin(dist(a, [-each for each in b]) / 2)
    return Number(rounded(Fraction(RADIUS_KM * angle), 3), 3)


def _point(place: Place) -> list[float]:
    latitude, longitude = (radians(float(each)) for each in place)
    return [cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)]


PLAIN: Mapping[str, Callable[..., object]] = {
    **{unit: _span(seconds) for unit, seconds in SECONDS.items()},
    "date": lambda year, month, day: date(int(year), int(month), int(day)),
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day_of_month": lambda day: day.day,
    "weekday": lambda day: day.isocalendar().weekday,
    "start_of_month": lambda day: date(day.year, day.month, 1),
    "add_months": add_months,
    "workdays": workdays,
    "add_workdays": add_workdays,
    "is_workday": is_workday,
    "round": lambda number, places: round(number, int(places)),
    "abs": abs,
    "length": len,
    "starts_with": lambda text, part: text[: len(part)] == part,
    "ends_with": lambda text, part: part == "" or text[-len(part) :] == part,
    "contains": lambda text, part: text.find(part) >= 0,
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "trim": lambda text: text.lstrip().rstrip(),
    "replace": lambda text, old, new: text.replace(old, new),
    "matches": matches,
    "to_integer": to_integer,
    "to_decimal": to_decimal,
    "distance_km": distance_km,
}
