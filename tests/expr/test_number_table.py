"""The number table of docs/expressions.md on any two types: kinds, places and intervals hold, at the ends of ranges above all."""

import itertools
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from tests.expr.judges import fits
from tests.expr.number import Number
from tests.expr.shop import make_shop

from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.reference import evaluate
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import LARGEST, Kind, Type, bounds

_, SIGHT = make_shop().order(lambda pool: pool[0])
#: What may be written of two numbers, and what Python does with two `Number`.
WRITTEN = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a // b": lambda a, b: a // b,
    "a % b": lambda a, b: a % b,
    "-a": lambda a, b: -a,
    "abs(a)": lambda a, b: abs(a),
    "round(a, 2)": lambda a, b: round(a, 2),
    "round(a, 0) - b": lambda a, b: round(a, 0) - b,
    "min(a, b)": lambda a, b: min(a, b),
    "max(a, b, 0)": lambda a, b: max(a, b, Number.of(0)),
    "(a if b > 0 else b)": lambda a, b: a if b > Number.of(0) else b,
    "a * b + a / 3": lambda a, b: a * b + a / Number.of(3),
}
KINDS = [(Kind.INTEGER, 0), (Kind.MONEY, 0), (Kind.MONEY, 2), (Kind.DECIMAL, 3), (Kind.DECIMAL, 6)]
ENDS = [0, 1, -1, 7, -50, 1000, LARGEST, -LARGEST]


def drawn(chance: random.Random, kind: Kind, places: int) -> Type:
    """A type with a range, often one that begins or ends beside zero."""
    ends = sorted(
        _of(chance.choice(ENDS) * 10**places + chance.choice([0, 0, 1, -1, 333]), kind, places)
        for _ in range(2)
    )
    return Type(kind, lo=ends[0], hi=ends[1], places=places)


def _of(units: int, kind: Kind, places: int) -> int | Decimal:
    most = LARGEST * 10**places
    units = max(-most, min(most, units))
    return (
        units
        if kind is Kind.INTEGER
        else Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -places))
    )


def values(chance: random.Random, type_: Type) -> list[int | Decimal]:
    """The ends of a range, what lies beside them and beside zero, and something in between."""
    lo, hi = (int(Fraction(end) * 10**type_.places) for end in bounds(type_))
    units = {lo, hi, min(lo + 1, hi), max(hi - 1, lo), chance.randint(lo, hi)} | {
        unit for unit in (-1, 0, 1) if lo <= unit <= hi
    }
    return [_of(unit, type_.kind, type_.places) for unit in sorted(units)]


@pytest.mark.parametrize("source", WRITTEN)
def test_kinds_places_and_intervals_hold_at_the_ends_of_ranges(source):
    chance, passed = random.Random(source), 0
    for one, other in itertools.product(KINDS, repeat=2):
        if one[0] is other[0] is Kind.MONEY and one != other:
            continue  # a rule set has one currency
        for _ in range(3):
            types = {"a": drawn(chance, *one), "b": drawn(chance, *other)}
            expression = analyse(source, Scope("order", types))
            if not isinstance(expression, Expression):
                continue  # the divisor could be zero, or money is multiplied by money
            passed += 1
            for a, b in itertools.product(values(chance, types["a"]), values(chance, types["b"])):
                found = compile_python(expression)({"a": a, "b": b}, SIGHT)
                assert found == evaluate(expression, {"a": a, "b": b}, SIGHT), (types, a, b)
                assert fits(expression.type, found), (types, a, b, found)
                right = WRITTEN[source](Number.of(a), Number.of(b))
                assert Fraction(str(found)) == right.value, (types, a, b)
                assert isinstance(found, int) is (expression.type.kind is Kind.INTEGER)
                assert right.places <= expression.type.places
    assert passed > 20


def test_a_range_that_ends_too_early_is_found():
    """What the tests above compare with is told apart from the next number."""
    type_ = Type(Kind.MONEY, lo=0, hi=Decimal("99.99"), places=2)
    assert fits(type_, Decimal("99.99"))
    assert not fits(type_, Decimal("100.00"))
    assert not fits(type_, Decimal("0.001"))
