"""Allocation: which warehouses send which units of what a record asks for, and why not the others.

A pure function of demand and positions, in three steps: what each warehouse that may serve could give of each SKU (`units`),
the best ranked set of warehouses that together have enough (`choose`), and which units of theirs go to which line (`units`).
`verdicts` says of every warehouse what became of it.
"""

from collections.abc import Callable, Mapping, Sequence

from orderflow.engine.choose import Server, best, key_of, total_of
from orderflow.engine.units import Taken, Want, given, reach, sources, wants
from orderflow.engine.verdicts import verdicts
from orderflow.model.plan import Candidate, Demand, Parcel, Plan, PlannedLine
from orderflow.model.stock import Position, StockKey


def allocate(
    policy: str,
    record: str,
    wanted: tuple[Demand, ...],
    candidates: tuple[Candidate, ...],
    stock: Mapping[StockKey, Position],
    taken: Taken,
    rank: tuple[str, ...],
    split: bool,
) -> Plan:
    """Find a plan: all that is asked for, or nothing.

    A line draws on the pools it may draw on and on ordinary stock; units are shared out so that no line goes without because
    another one, which could have drawn on something else, took them. Of the warehouses chosen, the best ranked gives all it
    can, from pools before ordinary stock, then the next one.

    Args:
        policy: its name; `record`: the id of the record that asks; both are noted in the plan.
        wanted: lines with different keys; several may ask for the same SKU. One that asks for 0 gets nothing.
        candidates: every warehouse, in the order of the rules; one with a `reason` may not serve. No cost or distance is
            below zero.
        stock: positions; one that is not named has nothing.
        taken: units that this decision took since `stock` was read, by warehouse, SKU and pool.
        rank: what makes a plan the better one, compared in this order: `parcels` (how many), `distance_km` (sum over
            parcels; one without a distance comes after all that have one), `cost` (sum), `level` (forward, regional,
            central; sum). Among equals the one of fewer parcels, then the order of the rules.
        split: whether several warehouses may send.

    Returns:
        The plan, best ranked parcel first; without parcels where nothing was found or nothing is asked for.
    """
    asked = wants(wanted)
    needs = tuple([want.needed for want in asked])
    servers = [
        Server(
            place,
            key_of(candidate, rank),
            tuple([reach(want, candidate.warehouse, stock, taken) for want in asked]),
        )
        for place, candidate in enumerate(candidates)
        if not candidate.reason
    ]
    servers.sort(key=_by_rank)
    # where lines of one SKU differ in their pools, counting units is not enough: a set must also have the right ones
    mixed = [want for want in asked if not want.alike]

    def right_ones(members: Sequence[Server]) -> bool:
        names = [candidates[server.place].warehouse for server in members]
        return all(
            sum(map(sum, given(want.demands, sources(want, names, stock, taken)))) == want.needed
            for want in mixed
        )

    enough = right_ones if mixed else None
    chosen = _chosen(servers, needs, enough, rank, split)
    parcels = _parcels([candidates[server.place] for server in chosen], asked, stock, taken)
    unsplit = not split and not chosen and bool(asked) and bool(best(servers, needs, enough))
    total = total_of(chosen)
    return Plan(
        policy, record, wanted, parcels, verdicts(candidates, servers, asked, parcels, total, rank, unsplit)
    )


def _by_rank(server: Server) -> tuple[object, int]:
    return server.key, server.place


def _chosen(
    servers: Sequence[Server],
    needs: Sequence[int],
    enough: Callable[[Sequence[Server]], bool] | None,
    rank: Sequence[str],
    split: bool,
) -> list[Server]:
    """The warehouses that send, best ranked first."""
    if not needs:
        return []
    alone = next((server for server in servers if server.units == needs), None)
    if not split:
        return [] if alone is None else [alone]
    # nothing ranks before the best warehouse alone; and where parcels count first, nothing before one that has all
    if alone is not None and (alone is servers[0] or rank[:1] == ("parcels",)):
        return [alone]
    return best(servers, needs, enough)


def _parcels(
    chosen: Sequence[Candidate], asked: Sequence[Want], stock: Mapping[StockKey, Position], taken: Taken
) -> tuple[Parcel, ...]:
    """What each chosen warehouse sends; its lines in the order in which they were asked for."""
    names = [candidate.warehouse for candidate in chosen]
    lines: dict[str, list[tuple[int, PlannedLine]]] = {name: [] for name in names}
    for want in asked if chosen else ():
        if len(names) == 1 and not want.pools:  # the usual order, which needs no sharing out
            lines[names[0]] += [
                (place, PlannedLine(demand.line, demand.sku, demand.quantity))
                for place, demand in zip(want.lines, want.demands, strict=True)
            ]
            continue
        available = sources(want, names, stock, taken)
        for source, row in zip(available, given(want.demands, available), strict=True):
            for place, demand, units in zip(want.lines, want.demands, row, strict=True):
                if units:
                    line = PlannedLine(demand.line, demand.sku, units, source.pool)
                    lines[source.warehouse].append((place, line))
    return tuple(
        [
            Parcel(
                candidate.warehouse,
                tuple([line for _, line in sorted(lines[candidate.warehouse], key=_by_place)]),
                candidate.distance_km,
                candidate.cost,
            )
            for candidate in chosen
        ]
    )


def _by_place(item: tuple[int, PlannedLine]) -> int:
    return item[0]
