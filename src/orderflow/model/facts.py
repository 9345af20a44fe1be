"""What a decision may know besides the family itself: read once, before it."""

from collections.abc import Mapping
from typing import NamedTuple

from orderflow.model.frozen import EMPTY

#: A stock position's key: warehouse, SKU.
StockKey = tuple[str, str]


class Facts(NamedTuple):
    """A read-only snapshot.

    Args:
        stock: units available (on hand less allocated) by warehouse and SKU; a position not named has none.
        sequence: the next number for an automatic key.
    """

    stock: Mapping[StockKey, int] = EMPTY
    sequence: int = 0


NO_FACTS = Facts()
