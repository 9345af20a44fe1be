"""Units of stock: a position, the moves that change it, and what each kind of move does."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from orderflow.model.frozen import EMPTY

#: A stock position's key: warehouse, SKU.
StockKey = tuple[str, str]

MoveKind = Literal[
    "receive", "take", "give_back", "spend", "quarantine", "damage", "restore", "scrap", "pool", "unpool",
    "expect", "arrive", "lose", "count", "safety",
]  # fmt: skip


class Position(NamedTuple):
    """The units of one SKU at one warehouse.

    Args:
        on_hand: what lies there.
        allocated: what is locked for orders.
        pooled: what is set aside in pools, all together.
        unsellable: what is damaged or not yet inspected.
        in_transit: what is on its way there; not part of `on_hand`.
        safety_stock: what the network keeps back from being promised.
        pools: what is set aside, by pool; only pools that hold something.
    """

    on_hand: int = 0
    allocated: int = 0
    pooled: int = 0
    unsellable: int = 0
    in_transit: int = 0
    safety_stock: int = 0
    pools: Mapping[str, int] = EMPTY

    @property
    def available(self) -> int:
        """What anyone may take: on hand, less allocated, pooled and unsellable."""
        return self.on_hand - self.allocated - self.pooled - self.unsellable

    def open_to(self, pool: str) -> int:
        """What may be taken from a pool; from ordinary stock where `pool` is empty."""
        return self.pools.get(pool, 0) if pool else self.available


NOTHING = Position()


class Move(NamedTuple):
    """Units of stock that a decision moves at a warehouse.

    `quantity` is positive; of a `count` and a `safety` it is signed, the change that they make. `pool` names the pool that
    units are set aside in, taken from or given back to; ordinary stock where it is empty. `record` is who moves them.
    """

    kind: MoveKind
    warehouse: str
    sku: str
    quantity: int
    record: str
    pool: str = ""


class Draw(NamedTuple):
    """An amount of somebody's limit (credit), or a token (a waybill), that a decision takes, gives back or spends.

    `amount` is in the currency's smallest unit for money, else a count. `limit` is what `owner` may hold in all at this
    moment; None for give_back and spend.
    """

    kind: Literal["take", "give_back", "spend"]
    resource: str
    owner: str
    amount: int
    record: str
    limit: int | None = None


class Effects(NamedTuple):
    """What one unit of a kind of move changes in a position."""

    on_hand: int = 0
    allocated: int = 0
    pooled: int = 0
    unsellable: int = 0
    in_transit: int = 0
    safety_stock: int = 0


#: What each kind of move does to a position, a unit. Taking from a pool and giving back to it changes `pooled`, too.
EFFECTS: Mapping[MoveKind, Effects] = {
    "receive": Effects(on_hand=1),
    "take": Effects(allocated=1),
    "give_back": Effects(allocated=-1),
    "spend": Effects(on_hand=-1, allocated=-1),
    "quarantine": Effects(on_hand=1, unsellable=1),
    "damage": Effects(unsellable=1),
    "restore": Effects(unsellable=-1),
    "scrap": Effects(on_hand=-1, unsellable=-1),
    "pool": Effects(pooled=1),
    "unpool": Effects(pooled=-1),
    "expect": Effects(in_transit=1),
    "arrive": Effects(on_hand=1, in_transit=-1),
    "lose": Effects(in_transit=-1),
    "count": Effects(on_hand=1),
    "safety": Effects(safety_stock=1),
}


def summed(position: Position, move: Move) -> Position:
    """The position with a move added, whether or not it can be."""
    effects = EFFECTS[move.kind]
    pools = position.pools
    aside = effects.pooled
    if move.pool and move.kind in ("take", "give_back"):
        aside = -1 if move.kind == "take" else 1
    if aside and move.pool:
        left = pools.get(move.pool, 0) + aside * move.quantity
        pools = {name: units for name, units in {**pools, move.pool: left}.items() if units}
    return Position(
        position.on_hand + effects.on_hand * move.quantity,
        position.allocated + effects.allocated * move.quantity,
        position.pooled + aside * move.quantity,
        position.unsellable + effects.unsellable * move.quantity,
        position.in_transit + effects.in_transit * move.quantity,
        position.safety_stock + effects.safety_stock * move.quantity,
        pools,
    )


def moved(position: Position, move: Move) -> Position | None:
    """The position after a move; None when it cannot be: some quantity would fall below zero."""
    after = summed(position, move)
    short = min(after[:6]) < 0 or after.available < 0 or (move.pool and after.pools.get(move.pool, 0) < 0)
    return None if short else after


#: Kinds of move after which more units may be taken than before: they wake who waits.
FREEING = frozenset({"receive", "give_back", "restore", "unpool", "pool", "arrive", "count"})
