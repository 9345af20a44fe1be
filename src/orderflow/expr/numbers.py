"""Exact arithmetic as compiled expressions do it: fast, by one context of its own.

The rules: integers stay exact; decimals and money are `Decimal`; `*` and `/` round half to even at 6 places; `//`
and `%` floor, as Python's integers do. The context is wide enough that nothing is rounded but by rule: operands have
at most 38 digits and 6 places, so that a product has 88 digits, and a quotient differs from a tie by its 95th digit
if at all. There is one zero, without a sign: what could give another goes through `plus`. Nothing here reads the caller's
decimal context.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

_CONTEXT = Context(prec=160, rounding=ROUND_HALF_EVEN)
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(7))
_SIXTH = _UNITS[6]
_MICROSECOND = timedelta(microseconds=1)
_ZERO = Decimal(0)

#: Sums and differences need no rounding: both sides have at most 6 places.
add = _CONTEXT.add
subtract = _CONTEXT.subtract
minus = _CONTEXT.minus
absolute = _CONTEXT.abs

_plus = _CONTEXT.plus
_multiply = _CONTEXT.multiply
_quantize = _CONTEXT.quantize
_divide = _CONTEXT.divide
_divide_integer = _CONTEXT.divide_int
_remainder = _CONTEXT.remainder


def multiply(a: Decimal | int, b: Decimal | int) -> Decimal:
    """`a * b` whose places together are at most 6."""
    return _plus(_multiply(a, b))


def multiply_rounded(a: Decimal | int, b: Decimal | int) -> Decimal:
    """`a * b`, rounded to 6 places."""
    return _plus(_quantize(_multiply(a, b), _SIXTH))


def divide(a: Decimal | int, b: Decimal | int) -> Decimal:
    """`a / b`, rounded to 6 places."""
    return _plus(_quantize(_divide(a, b), _SIXTH))


def floor_divide(a: Decimal | int, b: Decimal | int) -> int:
    """`a // b`: the greatest integer that is at most the quotient. `Decimal` itself would cut towards zero."""
    quotient = int(_divide_integer(a, b))
    rest = _remainder(a, b)
    return quotient - 1 if rest and (rest < 0) is not (b < 0) else quotient


def modulo(a: Decimal | int, b: Decimal | int) -> Decimal:
    """`a % b`: what `//` leaves; it has the sign of the divisor."""
    rest = _remainder(a, b)
    return add(rest, b) if rest and (rest < 0) is not (b < 0) else _plus(rest)


def rounded(value: Decimal, places: int) -> Decimal:
    """`round(value, places)`, half to even."""
    return _plus(_quantize(value, _UNITS[places]))


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum of decimals; 0 over none."""
    return reduce(add, values, _ZERO)


def ratio(a: timedelta, b: timedelta) -> Decimal:
    """A duration over a duration, rounded to 6 places."""
    return divide(a // _MICROSECOND, b // _MICROSECOND)


def duration(count: Decimal | int, seconds: int) -> timedelta:
    """So many units of so many seconds; exact, as 6 places of a second are microseconds."""
    if isinstance(count, int):
        return timedelta(seconds=count * seconds)
    return timedelta(microseconds=int(_multiply(count, seconds * 1_000_000)))
