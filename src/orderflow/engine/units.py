"""Which units serve which lines: a small maximum flow for one SKU."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderflow.model.plan import Demand
from orderflow.model.stock import NOTHING, Position, StockKey

#: Units that a decision took already, by warehouse, SKU and pool (empty: ordinary stock); negative: it gave them back.
Taken = Mapping[tuple[str, str, str], int]


class Want(NamedTuple):
    """What a record asks for of one SKU.

    Args:
        needed: the units of all its lines.
        lines: its lines, as their places in what is wanted.
        demands: the same lines.
        pools: every pool that some line may draw on, in the order of the rules.
        alike: whether all lines may draw on the same pools.
    """

    sku: str
    needed: int
    lines: tuple[int, ...]
    demands: tuple[Demand, ...]
    pools: tuple[str, ...]
    alike: bool


class Source(NamedTuple):
    """Units of one SKU that lie at one warehouse, in a pool or (empty) in ordinary stock."""

    warehouse: str
    pool: str
    units: int


def wants(wanted: Sequence[Demand]) -> tuple[Want, ...]:
    """What is asked for by SKU, in the order of the lines; lines that ask for nothing are left out."""
    places: dict[str, list[int]] = {}
    for place, demand in enumerate(wanted):
        if demand.quantity > 0:
            places.setdefault(demand.sku, []).append(place)
    found = []
    for sku, several in places.items():
        demands = tuple([wanted[place] for place in several])
        pools = demands[0].pools
        if len(demands) == 1:
            found.append(Want(sku, demands[0].quantity, tuple(several), demands, pools, True))
            continue
        alike = all(demand.pools == pools for demand in demands)
        if not alike:
            pools = _merged([demand.pools for demand in demands])
        needed = sum(demand.quantity for demand in demands)
        found.append(Want(sku, needed, tuple(several), demands, pools, alike))
    return tuple(found)


def sources(
    want: Want, warehouses: Sequence[str], stock: Mapping[StockKey, Position], taken: Taken
) -> list[Source]:
    """The units that a record may take: by warehouse as given, its pools in the order of the rules, then ordinary stock."""
    found = []
    for warehouse in warehouses:
        position = stock.get((warehouse, want.sku), NOTHING)
        for pool in (*want.pools, ""):
            units = position.open_to(pool) - taken.get((warehouse, want.sku, pool), 0)
            if units > 0:
                found.append(Source(warehouse, pool, units))
    return found


def reach(want: Want, warehouse: str, stock: Mapping[StockKey, Position], taken: Taken) -> int:
    """How many of the units asked for a warehouse can give alone, at most."""
    if want.pools:
        available = sources(want, (warehouse,), stock, taken)
        if want.alike:
            return min(want.needed, sum([source.units for source in available]))
        return sum(map(sum, given(want.demands, available)))
    position = stock.get((warehouse, want.sku))
    units = 0 if position is None else position.available
    if taken:
        units -= taken.get((warehouse, want.sku, ""), 0)
    return max(min(want.needed, units), 0)


def given(demands: Sequence[Demand], available: Sequence[Source]) -> list[list[int]]:
    """How many units each source gives to each line: as many as possible in all, and from earlier sources first.

    What each source gives is, taken in their order, as much as it can be: no plan takes more from the first one; of those
    that take as much from the first, none takes more from the second; and so on. A source is added when those before it
    have given all they can, and units of theirs are passed on to other lines where that makes room for its own; what they
    give never shrinks (augmenting paths: Ford and Fulkerson 1956, shortest first: Edmonds and Karp 1972). As the sets of
    sources that can be used up form a polymatroid, taking greedily in an order is exact (Edmonds 1970).

    Returns:
        Units, by the place of the source and the place of the line.
    """
    missing = [demand.quantity for demand in demands]
    table: list[list[int]] = []
    for pool, left in [(source.pool, source.units) for source in available]:
        row = [0] * len(demands)
        table.append(row)
        for place, demand in enumerate(demands):
            if left and missing[place] and (not pool or pool in demand.pools):
                units = min(left, missing[place])
                row[place] = units
                missing[place] -= units
                left -= units
        while left and any(missing):
            units = _pass_on(demands, available, table, missing, left)
            if not units:
                break
            left -= units
    return table


def _pass_on(
    demands: Sequence[Demand],
    available: Sequence[Source],
    table: list[list[int]],
    missing: list[int],
    left: int,
) -> int:
    """Bring units of the newest source to a line by passing on those of older ones; 0 where no way is left.

    A way goes from the newest source to a line that it may serve, from there to an older source that serves the line and
    may serve another one instead, and so on to a line that misses units.
    """
    newest = len(table) - 1
    came: dict[
        int, tuple[int, int]
    ] = {}  # a line: the source that would serve it, and the line that source leaves
    queue = [(newest, -1)]
    for source, leaves in queue:
        pool = available[source].pool
        for place, demand in enumerate(demands):
            if place in came or (pool and pool not in demand.pools):
                continue
            came[place] = (source, leaves)
            if missing[place]:
                return _shift(table, missing, came, place, left)
            queue += [(other, place) for other in range(newest) if table[other][place]]
    return 0


def _shift(
    table: list[list[int]], missing: list[int], came: Mapping[int, tuple[int, int]], end: int, left: int
) -> int:
    """Move as many units as the way to `end` lets through."""
    way = []
    place = end
    units = min(left, missing[end])
    while place >= 0:
        source, leaves = came[place]
        way.append((source, place, leaves))
        if leaves >= 0:
            units = min(units, table[source][leaves])
        place = leaves
    for source, place, leaves in way:
        table[source][place] += units
        if leaves >= 0:
            table[source][leaves] -= units
    missing[end] -= units
    return units


def _merged(several: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One order of all pools that keeps the order of each line's own."""
    left = [list(pools) for pools in several if pools]
    found: list[str] = []
    while left:
        heads = [pools[0] for pools in left]
        # where the lines' orders contradict each other, the first line counts
        head = next((head for head in heads if all(head not in pools[1:] for pools in left)), heads[0])
        found.append(head)
        left = [rest for pools in left if (rest := [pool for pool in pools if pool != head])]
    return tuple(found)
