"""Numbers in texts, as compiled expressions read them."""

import re
from decimal import Decimal

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,6})?")
_ZERO = Decimal(0)


def to_integer(text: str, default: int | None) -> int | None:
    """The whole number that a text says, blanks around it aside; the default where it says none of 18 digits."""
    text = text.strip()
    return int(text) if _INTEGER.fullmatch(text) else default


def to_decimal(text: str, default: Decimal | None) -> Decimal | None:
    """The number that a text says, likewise: of at most 18 digits before the point and 6 behind it."""
    text = text.strip()
    return (
        (Decimal(text) or _ZERO) if _DECIMAL.fullmatch(text) else default
    )  # there is one zero, without a sign
