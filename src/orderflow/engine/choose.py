"""Which warehouses send: the best set of those that together have enough."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from operator import add, ge, sub
from typing import NamedTuple

from orderflow.expr.numbers import add as exact_add
from orderflow.expr.numbers import subtract as exact_subtract
from orderflow.model.plan import Candidate

#: How many sets of warehouses are looked at before the search falls back to the greedy one.
SETS = 20_000

#: What a set of warehouses is ranked by: one number a term of the rank, summed over the set, compared in order.
Key = tuple[Decimal, ...]

#: A set in the search: its key, a number that puts equal keys in the order of the rules, the place of its last warehouse, the
#: units of each SKU that it has, and its warehouses.
_Set = tuple[Key, int, int, tuple[int, ...], tuple["Server", ...]]

_ZERO, _ONE = Decimal(0), Decimal(1)
_LEVELS = {"forward": _ZERO, "regional": _ONE, "central": Decimal(2)}
_OTHER_LEVEL = Decimal(3)


class Server(NamedTuple):
    """A warehouse that may serve: its place in the order of the rules, its key, and the units of each SKU that it can give."""

    place: int
    key: Key
    units: tuple[int, ...]


def key_of(candidate: Candidate, rank: Sequence[str]) -> Key:
    """What one warehouse adds to the rank of a set.

    Terms: `parcels` 1; `distance_km` two numbers, whether the distance is missing, then the distance; `cost`; `level` 0 for
    forward, 1 for regional, 2 for central. Fewer parcels decide among equals, then the order of the rules.
    """
    key: list[Decimal] = []
    for term in rank:
        if term == "parcels":
            key.append(_ONE)
        elif term == "distance_km":
            distance = candidate.distance_km
            key += (_ONE, _ZERO) if distance is None else (_ZERO, distance)
        elif term == "cost":
            key.append(candidate.cost)
        else:
            key.append(_LEVELS.get(candidate.level, _OTHER_LEVEL))
    if "parcels" not in rank:
        key.append(_ONE)
    return tuple(key)


def best(
    servers: Sequence[Server],
    needs: Sequence[int],
    enough: Callable[[Sequence[Server]], bool] | None = None,
    sets: int = SETS,
) -> list[Server]:
    """The best ranked set of warehouses that together give what is needed, none of which can be left out.

    Sets are looked at from the best rank on, each once, so that the first one that has enough is the best of all: a set
    that ends with the i-th warehouse is followed by the one with the next in addition, and by the one with the next
    instead; neither ranks before it (Lawler 1972, "A procedure for computing the k best solutions"). Where what a set has
    and what all later warehouses have is not enough together, nothing that follows from it is looked at. So up to 14
    warehouses are searched exactly, and more where few of them suffice.

    Args:
        servers: in the order of their rank alone (key, then place). No number in a key is below zero.
        needs: units needed of each SKU; what a server gives of it alone is never more than that.
        enough: whether a set that has enough by count has the right units (pools); None: it has.
        sets: after so many sets the search gives up and takes a greedy one.

    Returns:
        The set, best ranked first; empty where all together have too little.
    """

    def has_enough(units: Sequence[int], members: Sequence[Server]) -> bool:
        return all(map(ge, units, needs)) and (enough is None or enough(members))

    servers = [server for server in servers if any(server.units)]
    later = _sums_from(servers, len(needs))
    if not has_enough(later[0], servers):
        return []
    top = 1 << max(server.place for server in servers)
    first = servers[0]
    heap: list[_Set] = [(first.key, -(top >> first.place), 0, first.units, (first,))]
    looked = 0
    while heap and looked < sets:
        looked += 1
        key, order, last, units, members = heappop(heap)
        if has_enough(units, members):
            return list(members)
        following = last + 1
        if following == len(servers):
            continue
        new = servers[following]
        weight = top >> new.place
        if all(map(ge, map(add, units, later[following]), needs)):
            more = tuple(map(add, units, new.units))
            heappush(
                heap,
                (tuple(map(exact_add, key, new.key)), order - weight, following, more, (*members, new)),
            )
        old = members[-1]
        without = tuple(map(sub, units, old.units))
        if all(map(ge, map(add, without, later[following]), needs)):
            instead = tuple(map(exact_add, map(exact_subtract, key, old.key), new.key))
            heappush(
                heap,
                (
                    instead,
                    order + (top >> old.place) - weight,
                    following,
                    tuple(map(add, without, new.units)),
                    (*members[:-1], new),
                ),
            )
    return greedy(servers, needs, has_enough)


def greedy(
    servers: Sequence[Server],
    needs: Sequence[int],
    has_enough: Callable[[Sequence[int], Sequence[Server]], bool],
) -> list[Server]:
    """A good set where there are too many to look at them all; all together have enough.

    Two sets are made: one takes warehouses in the order of their rank, the other takes the one that gives most of what is
    still missing, until there is enough. From each, beginning with the worst ranked, what can be left out is left out. The
    better ranked of the two is taken; a warehouse that has all by itself never ranks before it, as the second begins with it.
    """
    by_rank = list(servers)
    by_units: list[Server] = []
    left = list(servers)
    missing = list(needs)
    while left:
        most = max(left, key=lambda server: sum(map(min, server.units, missing)))  # the first of equals
        left.remove(most)
        by_units.append(most)
        missing = [max(need - units, 0) for need, units in zip(missing, most.units, strict=True)]
    found = [_pruned(servers, order, len(needs), has_enough) for order in (by_rank, by_units)]
    return min(found, key=lambda members: (total_of(members), sorted(server.place for server in members)))


def _pruned(
    servers: Sequence[Server],
    order: Sequence[Server],
    skus: int,
    has_enough: Callable[[Sequence[int], Sequence[Server]], bool],
) -> list[Server]:
    """The first warehouses of an order that have enough, without those that are not needed, best ranked first."""
    taken: set[int] = set()
    for server in order:
        taken.add(server.place)
        members = [server for server in servers if server.place in taken]
        if has_enough(_sums_from(members, skus)[0], members):
            break
    for server in reversed(servers):
        fewer = [other for other in members if other is not server]
        if len(fewer) < len(members) and has_enough(_sums_from(fewer, skus)[0], fewer):
            members = fewer
    return members


def _sums_from(servers: Sequence[Server], skus: int) -> list[tuple[int, ...]]:
    """The units that the warehouses from each place on have together; at the end nothing."""
    sums = [(0,) * skus]
    for server in reversed(servers):
        sums.append(tuple(map(add, sums[-1], server.units)))
    return sums[::-1]


def total_of(members: Sequence[Server]) -> Key:
    """The key of a set."""
    key: Key = members[0].key if members else ()
    for server in members[1:]:
        key = tuple(map(exact_add, key, server.key))
    return key
