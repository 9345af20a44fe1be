from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderflow.expr.distance import LONGEST, distance_km
from orderflow.expr.reference_calls import angle_km


def place(latitude: str, longitude: str) -> tuple[Decimal, Decimal]:
    """A place by its degrees."""
    return Decimal(latitude), Decimal(longitude)


PLACES = st.tuples(
    st.decimals(-90, 90, places=6, allow_nan=False), st.decimals(-180, 180, places=6, allow_nan=False)
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # A quarter and half of a great circle of radius 6371.0088 km, and one degree of it.
        (place("0", "0"), place("90", "0"), "10007.557"),
        (place("0", "0"), place("0", "180"), "20015.114"),
        (place("0", "0"), place("0", "1"), "111.195"),
        (place("60", "10"), place("60", "10"), "0.000"),
        # The example of Rosetta Code's task, Nashville to Los Angeles, is 2886.444 km on a ball of 6371 km.
        (place("36.12", "-86.67"), place("33.94", "-118.40"), "2886.448"),
        (place("27.99", "120.70"), place("30.27", "120.15"), "259.091"),
        (place("0", "179.9"), place("0", "-179.9"), "22.239"),
    ],
)
def test_known_distances(a, b, expected):
    assert distance_km(a, b) == Decimal(expected)
    assert distance_km(a, b).as_tuple().exponent == -3


@given(PLACES, PLACES)
@example(place("10", "20"), place("-10", "-160"))
@example(place("0", "-180"), place("0", "180"))
@example(place("90", "0"), place("-90", "123.456"))
@example(place("90", "17"), place("90", "-130"))
@example(place("-90", "17"), place("-90", "17"))
@example(place("45.123456", "179.999999"), place("-45.123456", "-0.000001"))
@example(place("27.99", "120.7"), place("27.99", "120.7"))
@example(place("10", "20"), place("-10.000001", "-160"))
@example(place("10", "20"), place("10.000001", "20"))
def test_two_ways_agree(a, b):
    found = distance_km(a, b)
    assert found == distance_km(b, a)
    assert 0 <= found <= LONGEST
    assert abs(found - angle_km(a, b)) <= Decimal("0.001")


def test_the_callers_decimal_context_changes_nothing():
    a, b = place("27.991234", "120.701234"), place("30.271234", "120.151234")
    before = distance_km(a, b)
    with localcontext() as context:
        context.prec = 2
        assert distance_km(a, b) == before
