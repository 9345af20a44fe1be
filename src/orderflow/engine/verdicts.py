"""What allocation says of every warehouse, in words with their figures."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from orderflow.engine.choose import Key, Server
from orderflow.engine.units import Want
from orderflow.expr.numbers import rounded
from orderflow.model.plan import Candidate, Parcel, Short, Verdict

_NOT_SPLIT = "; the warehouses together have enough, but the policy does not split"


def verdict_words(verdict: Verdict) -> str:
    """The verdict on one line: `xihu: 52.1 km, radius 50 km`."""
    return f"{verdict.warehouse}: {verdict.note}"


def verdicts(
    candidates: Sequence[Candidate],
    servers: Collection[Server],
    asked: Sequence[Want],
    parcels: Sequence[Parcel],
    total: Key,
    rank: Sequence[str],
    unsplit: bool,
) -> tuple[Verdict, ...]:
    """A verdict on every candidate, in the order of the rules.

    Args:
        servers: what each candidate that may serve can give, in any order.
        parcels: the plan; `total`: its key.
        unsplit: whether there is no plan only because the policy does not split.
    """
    sends = {parcel.warehouse: parcel for parcel in parcels}
    needs = tuple([want.needed for want in asked])
    serving: Mapping[int, Server] = {server.place: server for server in servers}
    behind = _Behind(parcels, total, rank) if parcels else None
    found = []
    for place, candidate in enumerate(candidates):
        name, distance = candidate.warehouse, candidate.distance_km
        server = serving.get(place)
        if server is None:
            found.append(Verdict(name, "out_of_reach", distance, (), candidate.reason))
        elif name in sends:
            note = "sends all" if len(parcels) == 1 else _sends(sends[name])
            found.append(Verdict(name, "chosen", distance, (), note))
        elif server.units == needs:
            note = behind.words(candidate, server.key) if behind is not None else "nothing is asked for"
            found.append(Verdict(name, "farther", distance, (), note))
        else:
            lacks = tuple(
                [
                    Short(want.sku, want.needed, units)
                    for want, units in zip(asked, server.units, strict=True)
                    if units < want.needed
                ]
            )
            found.append(
                Verdict(name, "short", distance, lacks, _lacks(lacks) + (_NOT_SPLIT if unsplit else ""))
            )
    return tuple(found)


def _sends(parcel: Parcel) -> str:
    units: dict[str, int] = {}
    for line in parcel.lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    return "sends " + _listed(f"{count} of {sku}" for sku, count in units.items())


def _lacks(lacks: Iterable[Short]) -> str:
    return _listed(
        f"{item.needed - item.available} of {item.sku} short (needs {item.needed}, has {item.available})"
        for item in lacks
    )


class _Behind:
    """Why a plan ranks before a warehouse that has all by itself."""

    __slots__ = ("more", "names", "several", "terms", "total")

    def __init__(self, parcels: Sequence[Parcel], total: Key, rank: Sequence[str]) -> None:
        self.names = _listed([parcel.warehouse for parcel in parcels])
        self.several = len(parcels) > 1
        self.more = " together" if self.several else ""
        self.total = total
        self.terms = [term for term in rank for _ in range(2 if term == "distance_km" else 1)]

    def words(self, candidate: Candidate, key: Key) -> str:
        """The first term in which they differ, with its figures."""
        term = ""
        for name, own, plan in zip(self.terms, key, self.total, strict=False):
            if own != plan:
                term = name
                break
        if term == "distance_km":
            if candidate.distance_km is None:
                return f"has all, no known distance, {self.names} {self._verb('has', 'have')} one"
            kilometres = rounded(candidate.distance_km, 1)
            return f"has all, {kilometres} km, {self.names} {self._verb('is', 'are')} nearer{self.more}"
        if term == "cost":
            verb = self._verb("costs", "cost")
            return f"has all, costs {candidate.cost:f}, {self.names} {verb} less{self.more}"
        if term == "level":
            verb = self._verb("comes", "come")
            return f"has all, level {candidate.level}, {self.names} {verb} before it by level"
        return f"has all, ranks like {self.names}, which {self._verb('stands', 'stand')} first in the rules"

    def _verb(self, one: str, more: str) -> str:
        return more if self.several else one


def _listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *front, last = parts
    return f"{', '.join(front)} and {last}" if front else last
