from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orderflow.expr import exact, numbers

LARGE = st.decimals(min_value=-(10**38), max_value=10**38, places=6)
SMALL = st.decimals(min_value=-10, max_value=10, places=6)
NUMBERS = LARGE | SMALL | st.integers(-(10**38), 10**38) | st.integers(-20, 20)


@given(NUMBERS, NUMBERS)
def test_both_tables_agree_on_any_two_numbers(a, b):
    assert numbers.add(Decimal(a), b) == exact.add(Decimal(a), b)
    assert numbers.subtract(Decimal(a), b) == exact.subtract(Decimal(a), b)
    assert numbers.multiply_rounded(Decimal(a), b) == exact.multiply(Decimal(a), b)
    if b:
        assert numbers.divide(a, b) == exact.divide(a, b)
        assert numbers.floor_divide(a, b) == exact.floor_divide(a, b)
        assert numbers.modulo(Decimal(a), b) == exact.modulo(Decimal(a), b)


@given(NUMBERS, st.integers(0, 6))
def test_both_round_alike(a, places):
    assert numbers.rounded(Decimal(a), places) == exact.rounded(Decimal(a), places)


@given(st.lists(SMALL, max_size=9))
def test_both_sum_alike(values):
    assert numbers.total(values) == exact.total(values)


@given(
    st.decimals(min_value=-1000, max_value=1000, places=6) | st.integers(-1000, 1000),
    st.sampled_from([60, 3600, 86400]),
)
def test_both_make_the_same_duration(count, seconds):
    assert numbers.duration(count, seconds) == exact.duration(count, seconds)


@given(st.timedeltas(), st.timedeltas().filter(bool))
def test_both_divide_durations_alike(a, b):
    assert numbers.ratio(a, b) == exact.divide(a, b)


@given(NUMBERS, NUMBERS)
def test_there_is_one_zero(a, b):
    below = numbers.minus(numbers.absolute(b))  # `-abs(b)` would be rounded to the caller's context
    found = [
        numbers.multiply(0, below),
        numbers.multiply_rounded(Decimal("0.000001"), Decimal("-0.1")),
        numbers.divide(0, below or -1),
        numbers.modulo(below, b or 1),
        numbers.rounded(Decimal("-0.001"), 2),
        numbers.minus(numbers.subtract(Decimal(a), a)),
    ]
    assert [(value, value.is_signed()) for value in found] == [(Decimal(0), False)] * len(found)


def test_the_rules_by_example():
    assert numbers.divide(1, 128) == Decimal("0.007812")
    assert numbers.floor_divide(Decimal("-7.5"), 2) == -4
    assert numbers.modulo(Decimal("-7.5"), 2) == Decimal("0.5")
    assert numbers.total([]) == 0
    assert numbers.duration(Decimal("0.000001"), 60) == timedelta(microseconds=60)
