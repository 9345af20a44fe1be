"""The generator's own account of stock: what lies where, what is locked or set aside, and who could send what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from examples.wenzhou.order import Take
from examples.wenzhou.world import WAREHOUSES, Spot, distance_km


class Want(NamedTuple):
    """Units that a line asks for, and the pools that it may draw on."""

    line: int
    sku: str
    units: int
    pools: tuple[str, ...]


@dataclass(slots=True)
class Shelf:
    """Units of one SKU at one warehouse; `aside` is not for sale, `pools` are set aside for some."""

    on_hand: int = 0
    locked: int = 0
    aside: int = 0
    pools: dict[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """What anybody may take."""
        return self.on_hand - self.locked - self.aside - sum(self.pools.values())

    def open_to(self, pools: Iterable[str]) -> int:
        """What somebody may take who may draw on these pools, too."""
        return max(self.free, 0) + sum(self.pools.get(pool, 0) for pool in pools)


def servers(spot: Spot | None) -> list[tuple[float, str]]:
    """Who serves a place, the nearest first, with the distance in km; the cheapest first where the place is not known."""
    if spot is None:
        wide = [(place.cost, name) for name, place in WAREHOUSES.items() if place.radius is None]
        return sorted(wide, key=lambda row: row[0])  # of those that cost the same, the first of the list
    near = [(distance_km(spot, place.spot), name) for name, place in WAREHOUSES.items()]
    return sorted(row for row in near if row[0] <= (WAREHOUSES[row[1]].radius or row[0]))


class Shelves:
    """All shelves of all warehouses, by warehouse and SKU."""

    def __init__(self, opening: Mapping[tuple[str, str], int]) -> None:
        self._shelves = {key: Shelf(units) for key, units in opening.items()}

    def at(self, warehouse: str, sku: str) -> Shelf:
        """The shelf of a SKU at a warehouse; an empty one where there was none."""
        return self._shelves.setdefault((warehouse, sku), Shelf())

    def seen(self, warehouse: str, sku: str) -> Shelf:
        """What lies there, to look at only."""
        return self._shelves.get((warehouse, sku)) or Shelf()

    def kept(self, warehouse: str) -> list[tuple[str, Shelf]]:
        """SKUs and shelves of a warehouse, in the order of the SKUs."""
        return sorted((sku, shelf) for (where, sku), shelf in self._shelves.items() if where == warehouse)

    def plan(self, wants: Sequence[Want], spot: Spot | None) -> list[tuple[str, list[Take]]]:
        """Who sends what: few parcels first, then the shortest way; empty if nobody can."""
        near = servers(spot)
        # What each could give; who has nothing of it all is left out.
        able = []
        for distance, name in near:
            units = [min(want.units, self.seen(name, want.sku).open_to(want.pools)) for want in wants]
            if any(units):
                able.append((distance, name, units))
        for size in range(1, len(able) + 1):
            groups = [
                group
                for group in combinations(able, size)
                if all(
                    sum(units[place] for _, _, units in group) >= want.units
                    for place, want in enumerate(wants)
                )
            ]
            if groups:
                best = min(groups, key=lambda group: sum(distance for distance, _, _ in group))
                return self._shared([name for _, name, _ in best], wants)
        return []

    def _shared(self, group: list[str], wants: Sequence[Want]) -> list[tuple[str, list[Take]]]:
        """The nearest gives all it can, from pools before ordinary stock, then the next."""
        left = {want.line: want.units for want in wants}
        found = []
        for name in group:
            takes = []
            for want in wants:
                shelf = self.seen(name, want.sku)
                sources = [*((pool, shelf.pools.get(pool, 0)) for pool in want.pools), ("", shelf.free)]
                for pool, units in sources:
                    given = min(left[want.line], units)
                    if given > 0:
                        takes.append(Take(want.line, want.sku, given, pool))
                        left[want.line] -= given
            if takes:
                found.append((name, takes))
        return found

    def take(self, warehouse: str, takes: Iterable[Take]) -> None:
        """Lock units for a parcel."""
        for _, sku, units, pool in takes:
            shelf = self.at(warehouse, sku)
            shelf.locked += units
            if pool:
                shelf.pools[pool] -= units

    def give_back(self, warehouse: str, takes: Iterable[Take]) -> None:
        """Unlock what a parcel does not need."""
        for _, sku, units, pool in takes:
            shelf = self.at(warehouse, sku)
            shelf.locked -= units
            if pool:
                shelf.pools[pool] += units

    def spend(self, warehouse: str, takes: Iterable[Take]) -> None:
        """What was locked leaves the house."""
        for _, sku, units, _ in takes:
            shelf = self.at(warehouse, sku)
            shelf.locked -= units
            shelf.on_hand -= units

    def bring(self, warehouse: str, units: Mapping[str, int], *, good: bool = True) -> None:
        """Units come in, for sale or, damaged, not."""
        for sku, count in units.items():
            shelf = self.at(warehouse, sku)
            shelf.on_hand += count
            if not good:
                shelf.aside += count
