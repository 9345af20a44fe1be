"""Exact arithmetic as the reference evaluator does it: fractions, plainly, to be held against `numbers`.

A result of integers is an integer; every other number is worked out as a fraction and rounded once, half to even, at
6 places.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

Number = int | Decimal
_MICROSECOND = timedelta(microseconds=1)


def decimal(value: Fraction, places: int = 6) -> Decimal:
    """The fraction as a decimal of so many places, half to even."""
    scaled = round(value * 10**places)
    digits = tuple(int(digit) for digit in str(abs(scaled)))
    return Decimal((0 if scaled >= 0 else 1, digits, -places))


def arithmetic(operation: Callable[[Fraction, Fraction], Fraction | int], a: object, b: object) -> Number:
    """An operation on two numbers: an integer when both are, unless it gives a true fraction's kind."""
    exact = operation(_fraction(a), _fraction(b))
    if isinstance(exact, int):
        return exact
    if isinstance(a, int) and isinstance(b, int) and exact.denominator == 1:
        return exact.numerator
    return decimal(exact)


def add(a: object, b: object) -> object:
    """`a + b`."""
    match a, b:
        case (timedelta(), timedelta()):
            return a + b
        case (date(), timedelta()):
            return a + b
        case (timedelta(), date()):
            return b + a
    return arithmetic(lambda x, y: x + y, a, b)


def subtract(a: object, b: object) -> object:
    """`a - b`."""
    match a, b:
        case (datetime(), datetime()):
            return a - b
        case (datetime(), timedelta()) | (date(), timedelta()):
            return a - b
        case (date(), date()):
            return timedelta(days=a.toordinal() - b.toordinal())
        case (timedelta(), timedelta()):
            return a - b
    return arithmetic(lambda x, y: x - y, a, b)


def multiply(a: object, b: object) -> object:
    """`a * b`."""
    match a, b:
        case (timedelta(), int()):
            return timedelta(microseconds=(a // _MICROSECOND) * b)
        case (int(), timedelta()):
            return timedelta(microseconds=(b // _MICROSECOND) * a)
    return arithmetic(lambda x, y: x * y, a, b)


def divide(a: object, b: object) -> Decimal:
    """`a / b`: a decimal, also of two integers."""
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return decimal(Fraction(a // _MICROSECOND, b // _MICROSECOND))
    return decimal(_fraction(a) / _fraction(b))


def floor_divide(a: object, b: object) -> int:
    """`a // b`: the greatest integer that is at most the quotient."""
    return floor(_fraction(a) / _fraction(b))


def modulo(a: object, b: object) -> Number:
    """`a % b`: what `//` leaves."""
    return arithmetic(lambda x, y: x - floor(x / y) * y, a, b)


def negate(a: object) -> object:
    """`-a`."""
    return -a if isinstance(a, timedelta) else subtract(0, a)


def absolute(a: object) -> object:
    """`abs(a)`."""
    if isinstance(a, timedelta):
        return a if a >= timedelta(0) else timedelta(0) - a
    return negate(a) if _fraction(a) < 0 else a


def rounded(a: object, places: int) -> Number:
    """`round(a, places)`."""
    return a if isinstance(a, int) else decimal(_fraction(a), places)


def total(values: Iterable[object]) -> Number:
    """The sum of numbers."""
    exact, whole = Fraction(0), True
    for value in values:
        exact += _fraction(value)
        whole = whole and isinstance(value, int)
    return exact.numerator if whole else decimal(exact)


def total_time(values: Iterable[object]) -> timedelta:
    """The sum of durations."""
    found = timedelta(0)
    for value in values:
        if not isinstance(value, timedelta):
            raise TypeError(f"a duration was expected, not {value!r}")
        found += value
    return found


def duration(count: object, seconds: int) -> timedelta:
    """So many units of so many seconds."""
    return timedelta(microseconds=int(_fraction(count) * seconds * 1_000_000))


def _fraction(value: object) -> Fraction:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    raise TypeError(f"a number was expected, not {value!r}")
