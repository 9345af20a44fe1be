"""Numbers of the expression language as a Python programmer would write them down from the docs, to judge the back ends by."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering
from math import floor

PLACES = 6


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """An integer (`whole`), or a decimal or amount of money of at most so many places. Arithmetic is Python's own, of fractions.

    The rules, as docs/expressions.md has them: products and quotients are rounded half to even at 6 places, `//` and `%`
    floor, everything else is exact. A zero goes with durations, too: it is what a sum over no rows gives, whatever it is a
    sum of.
    """

    value: Fraction
    places: int = 0
    whole: bool = False

    @classmethod
    def of(cls, value: int | Decimal) -> "Number":
        """A value of a record."""
        if isinstance(value, int):
            return cls(Fraction(value), 0, whole=True)
        return cls(Fraction(value), max(0, -int(value.as_tuple().exponent)))

    @classmethod
    def written(cls, text: str) -> "Number":
        """A literal, read from its source text."""
        return cls(Fraction(text), len(text.partition(".")[2]), whole="." not in text)

    def __add__(self, other: object) -> "Number":
        if not isinstance(other, Number):
            return other if not self.value else NotImplemented  # type: ignore[return-value]
        return Number(self.value + other.value, max(self.places, other.places), self.whole and other.whole)

    __radd__ = __add__

    def __sub__(self, other: "Number | timedelta") -> "Number":
        return self + -other

    def __rsub__(self, other: object) -> object:
        return other if not self.value else NotImplemented

    def __mul__(self, other: object) -> object:
        if isinstance(other, timedelta) and self.whole:
            return other * self.value.numerator
        if not isinstance(other, Number):
            return NotImplemented
        places = min(self.places + other.places, PLACES)
        return Number(rounded(self.value * other.value), places, self.whole and other.whole)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> "Number":
        if isinstance(other, timedelta) and not self.value:
            return Number(Fraction(0), PLACES)
        if not isinstance(other, Number):
            return NotImplemented
        return Number(rounded(self.value / other.value), PLACES)

    def __floordiv__(self, other: "Number") -> "Number":
        return Number(Fraction(floor(self.value / other.value)), 0, whole=True)

    def __mod__(self, other: "Number") -> "Number":
        rest = self.value - other.value * floor(self.value / other.value)
        return Number(rest, max(self.places, other.places), self.whole and other.whole)

    def __neg__(self) -> "Number":
        return Number(-self.value, self.places, self.whole)

    def __abs__(self) -> "Number":
        return Number(abs(self.value), self.places, self.whole)

    def __round__(self, places: int = 0) -> "Number":
        return self if self.whole else Number(rounded(self.value, places), min(self.places, places))

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        raise TypeError("a number is no condition")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, timedelta) and not self.value:
            return not other
        return isinstance(other, Number) and self.value == other.value

    def __lt__(self, other: object) -> bool:
        if isinstance(other, timedelta) and not self.value:
            return timedelta(0) < other
        return self.value < other.value if isinstance(other, Number) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def decimal(self) -> Decimal:
        """The same as a decimal, which has as many places as it needs."""
        scaled = self.value * 10**PLACES
        assert scaled.denominator == 1, f"{self.value} has more than {PLACES} places"
        digits = tuple(map(int, str(abs(scaled.numerator))))
        return Decimal((int(scaled < 0), digits, -PLACES))


def rounded(value: Fraction, places: int = PLACES) -> Fraction:
    """Half to even, as Python's own `round` of fractions does it."""
    return Fraction(round(value, places))


def ratio(a: timedelta, b: timedelta) -> Number:
    """A duration over a duration (Python's own is a float)."""
    micro = timedelta(microseconds=1)
    return Number(rounded(Fraction(a // micro, b // micro)), PLACES)
