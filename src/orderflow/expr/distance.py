"""Distances between places on the map."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import asin, cos, radians, sin, sqrt

#: The mean radius of the earth, in kilometres (IUGG; Moritz, Geodetic Reference System 1980).
RADIUS_KM = 6371.0088
#: No two places are farther apart than this, in kilometres.
LONGEST = 20_100

_METRE = Decimal("0.001")
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def distance_km(a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal]) -> Decimal:
    """The great-circle distance by the haversine formula (Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984).

    Args:
        a: degrees of latitude and longitude (WGS 84).
        b: likewise.

    Returns:
        Kilometres, rounded half to even to 3 places. The earth is taken for a ball, which errs by at most 0.6 %.

    >>> distance_km((Decimal("27.99"), Decimal("120.70")), (Decimal("30.27"), Decimal("120.15")))
    Decimal('259.091')
    """
    phi, psi, turn = radians(a[0]), radians(b[0]), (radians(b[1]) - radians(a[1])) / 2
    across = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin(turn) ** 2
    # Of antipodes it can come out above 1 by a rounding.
    return _CONTEXT.quantize(Decimal(2 * RADIUS_KM * asin(min(1.0, sqrt(across)))), _METRE)
