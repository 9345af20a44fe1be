"""Intervals: how large a value can be, worked out before anything runs.

Every operation of the number table is monotone in each operand where it is not split at zero, and so is rounding:
the ends of the result follow from the ends of the operands. Arithmetic is exact (fractions).
"""

from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor

from orderflow.expr.altered import replace
from orderflow.expr.types import PLACES, Bound, Kind, Type, bounds

Interval = tuple[Fraction, Fraction]

_WIDE = Context(prec=100)
#: The same few bounds are asked for all the time, and making a fraction of a decimal takes long.
_exact = lru_cache(maxsize=1024)(Fraction)
_STEPS = tuple(Fraction(1, 10**places) for places in range(PLACES + 1))
#: The integer part of a number may not pass 38 digits.
LIMIT = 10**38 - 1
#: The longest duration that a calculation may pass through, in seconds: two million years, which sums of fields stay below.
LONGEST = 2_000_000 * 366 * 86_400
#: The calendar a calculation may pass through: the years 2 to 9998, in seconds since 1970 UTC.
FIRST, LAST = -62_104_060_800, 253_370_678_400


def interval(type_: Type) -> Interval:
    """The interval of a type."""
    lo, hi = bounds(type_)
    return _exact(lo), _exact(hi)


def bound(value: Fraction) -> Bound:
    """An end of an interval as a type keeps it; all have at most 6 places."""
    if value.denominator == 1:
        return value.numerator
    return Decimal(round(value * 10**PLACES)).scaleb(-PLACES, context=_WIDE)


def within(type_: Type, found: Interval) -> Type:
    """The type with that interval."""
    return replace(type_, lo=bound(found[0]), hi=bound(found[1]))


def step(type_: Type) -> Fraction:
    """The least distance between two values of a type: 1 for integers, 0.01 for money of two places."""
    if type_.kind in (Kind.INTEGER, Kind.DATE):
        return _STEPS[0]
    return _STEPS[type_.places if type_.kind in (Kind.MONEY, Kind.DECIMAL) else PLACES]


def fits(type_: Type) -> bool:
    """False when a value of the type could leave what calculations may pass through."""
    lo, hi = interval(type_)
    match type_.kind:
        case Kind.DURATION:
            return lo >= -LONGEST and hi <= LONGEST
        case Kind.DATETIME:
            return lo >= FIRST and hi <= LAST
        case Kind.DATE:
            return lo * 86_400 >= FIRST and hi * 86_400 <= LAST
        case _:
            return lo >= -LIMIT and hi <= LIMIT


def add(a: Interval, b: Interval) -> Interval:
    """Of `x + y`."""
    return a[0] + b[0], a[1] + b[1]


def negate(a: Interval) -> Interval:
    """Of `-x`."""
    return -a[1], -a[0]


def subtract(a: Interval, b: Interval) -> Interval:
    """Of `x - y`."""
    return add(a, negate(b))


def multiply(a: Interval, b: Interval) -> Interval:
    """Of `x * y`, rounded to 6 places."""
    ends = [x * y for x in a for y in b]
    return rounded(min(ends)), rounded(max(ends))


def divisors(b: Interval, least: Fraction) -> list[Interval]:
    """A divisor's interval without zero: at most two parts, each at least `least` away from it."""
    parts = []
    if b[0] < 0:
        parts.append((b[0], min(b[1], -least)))
    if b[1] > 0:
        parts.append((max(b[0], least), b[1]))
    return parts


def divide(a: Interval, parts: list[Interval], *, whole: bool = False) -> Interval:
    """Of `x / y` rounded to 6 places, or of `x // y`; `parts` is the divisor without zero."""
    ends = [x / y for x in a for part in parts for y in part] or [Fraction(0)]
    if whole:
        return Fraction(floor(min(ends))), Fraction(floor(max(ends)))
    return rounded(min(ends)), rounded(max(ends))


def modulo(a: Interval, parts: list[Interval]) -> Interval:
    """Of `x % y`, which has the sign of the divisor and is less than it."""
    lo = min((part[0] for part in parts if part[0] < 0), default=Fraction(0))
    hi = max((part[1] for part in parts if part[1] > 0), default=Fraction(0))
    if a[0] >= 0 and lo == 0:
        hi = min(hi, a[1])
    return lo, hi


def absolute(a: Interval) -> Interval:
    """Of `abs(x)`."""
    if a[0] <= 0 <= a[1]:
        return Fraction(0), max(-a[0], a[1])
    return min(abs(a[0]), abs(a[1])), max(abs(a[0]), abs(a[1]))


def least(several: list[Interval]) -> Interval:
    """Of `min(x, y, ...)`."""
    return min(a[0] for a in several), min(a[1] for a in several)


def greatest(several: list[Interval]) -> Interval:
    """Of `max(x, y, ...)`."""
    return max(a[0] for a in several), max(a[1] for a in several)


def hull(several: list[Interval]) -> Interval:
    """The interval that holds them all."""
    return min(a[0] for a in several), max(a[1] for a in several)


def summed(each: Interval, rows: Interval) -> Interval:
    """Of the sum of so many rows."""
    ends = [end * count for end in each for count in rows]
    return min(ends), max(ends)


def rounded(value: Fraction, places: int = PLACES) -> Fraction:
    """Rounded half to even."""
    return Fraction(round(value * 10**places), 10**places)
