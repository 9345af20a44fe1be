"""Lanes of a chart: what shares an x, how far apart neighbours must be, and how lanes settle between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_APART = 16.0  # between neighbours in a row
_ROUNDS = 8


@dataclass(slots=True)
class Item:
    """A leaf, a finished compound box or a trunk: the rows it takes and how far it reaches from its anchor."""

    rows: tuple[int, int]
    reach: dict[int, tuple[float, float]]
    box: str | None = None
    arrow: int | None = None


@dataclass(slots=True)
class Lane:
    """Items one below the other that share an x."""

    items: list[Item]
    x: float = 0.0
    spine: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A horizontal piece between a trunk and a box, in the gap at a row (half rows: above or below)."""

    trunk: int
    lane: int
    left: float
    right: float
    gap: float


def separations(lanes: Sequence[Lane], order: Sequence[int]) -> dict[tuple[int, int], float]:
    """Return how far apart two lanes must be that are neighbours in some row."""
    rows: dict[int, list[tuple[int, tuple[float, float]]]] = {}
    for number in order:
        for item in lanes[number].items:
            for row, reach in item.reach.items():
                rows.setdefault(row, []).append((number, reach))
    least: dict[tuple[int, int], float] = {}
    for present in rows.values():
        for (a, reach_a), (b, reach_b) in pairwise(present):
            apart = reach_a[1] + reach_b[0] + _APART
            if apart > least.get((a, b), 0.0):
                least[a, b] = apart
    return least


def relax(
    lanes: Sequence[Lane],
    order: Sequence[int],
    links: Sequence[Link],
    least: Mapping[tuple[int, int], float],
    spine_at: int,
) -> None:
    """Give each lane an x: as near to what it is linked with as its neighbours allow; the spine stays at 0."""
    before: dict[int, list[tuple[int, float]]] = {number: [] for number in order}
    after: dict[int, list[tuple[int, float]]] = {number: [] for number in order}
    for (a, b), apart in least.items():
        after[a].append((b, apart))
        before[b].append((a, apart))
    lanes[order[spine_at]].x = 0.0
    right, left = list(order[spine_at + 1 :]), list(reversed(order[:spine_at]))
    # first as close to the spine as may be
    for number in right:
        lanes[number].x = max((lanes[other].x + apart for other, apart in before[number]), default=0.0)
    for number in left:
        lanes[number].x = min((lanes[other].x - apart for other, apart in after[number]), default=0.0)
    pulls: dict[int, list[Link]] = {number: [] for number in order}
    for link in links:
        pulls[link.trunk].append(link)
        if link.lane != link.trunk:
            pulls[link.lane].append(link)
    for turn in range(_ROUNDS):
        for number in [*reversed(right), *reversed(left)] if turn % 2 == 0 else [*right, *left]:
            wanted = _wanted(lanes, number, pulls[number])
            if wanted is None:
                continue
            low = max((lanes[other].x + apart for other, apart in before[number]), default=-1e9)
            high = min((lanes[other].x - apart for other, apart in after[number]), default=1e9)
            lanes[number].x = max(low, min(wanted, high))


def _wanted(lanes: Sequence[Lane], number: int, pulls: Sequence[Link]) -> float | None:
    """Return where a lane would like to be: the median of what its links ask for."""
    here = lanes[number].x
    asks = []
    for link in pulls:
        if link.trunk == number:
            base = lanes[link.lane].x
            asks.append(max(base + link.left, min(here, base + link.right)))
        else:
            x = lanes[link.trunk].x
            asks.append(max(x - link.right, min(here, x - link.left)))
    if not asks:
        return None
    asks.sort()
    middle = len(asks) // 2
    return asks[middle] if len(asks) % 2 else (asks[middle - 1] + asks[middle]) / 2
