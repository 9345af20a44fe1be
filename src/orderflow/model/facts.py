"""What a decision may know besides the family itself: read once, before it."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from orderflow.model.frozen import EMPTY
from orderflow.model.stock import Position, StockKey


class Aggregated(NamedTuple):
    """The value of an aggregate, and the next moment at which time alone would change it (aware UTC; None: never)."""

    value: object
    until: datetime | None = None


class Contribution(NamedTuple):
    """What one record counts for in an aggregate: when (aware UTC), and its value; `at` None takes it out."""

    aggregate: str
    owner: str
    record: str
    at: datetime | None
    value: object


#: An aggregate's key: the owner's entity and the aggregate's name as `customer.spend_30d`, the owner's id.
AggregateKey = tuple[str, str]


class Facts(NamedTuple):
    """A read-only snapshot.

    Args:
        stock: positions by warehouse and SKU; one that is not named has nothing.
        sequence: the next number for an automatic key.
        balances: what is held in all, by resource and owner, in the resource's smallest unit.
        aggregates: by `ENTITY.NAME` and owner.
        refs: the fields of the records referred to, by entity and id.
    """

    stock: Mapping[StockKey, Position] = EMPTY
    sequence: int = 0
    balances: Mapping[tuple[str, str], int] = EMPTY
    aggregates: Mapping[AggregateKey, Aggregated] = EMPTY
    refs: Mapping[tuple[str, str], Mapping[str, object]] = EMPTY


NO_FACTS = Facts()


class Needs(NamedTuple):
    """What must be read before an event is decided: SKUs (in every warehouse), balances, aggregates, references."""

    skus: tuple[str, ...] = ()
    balances: tuple[tuple[str, str], ...] = ()
    aggregates: tuple[AggregateKey, ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
