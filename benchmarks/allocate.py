"""Allocating alone: from demand, warehouses and positions to a plan with a verdict on every warehouse.

    python benchmarks/allocate.py

The floor does the usual order by hand: nearest first, the first warehouse that has every line sends it, the same result
classes and a sentence for every warehouse; no pools, no split, no rank but the distance.
"""

import os
import platform
import statistics
from collections.abc import Callable, Mapping
from decimal import Decimal
from time import perf_counter

from orderflow.engine.allocate import allocate
from orderflow.model.plan import Candidate, Demand, Parcel, Plan, PlannedLine, Short, Verdict
from orderflow.model.stock import Position, StockKey

RANK = ("parcels", "distance_km", "cost")
Contender = tuple[str, int, Callable[[int], int]]
Candidates = tuple[Candidate, ...]
Demands = tuple[Demand, ...]
Stock = Mapping[StockKey, Position]

NETWORK: Candidates = (
    Candidate("hq", "central", Decimal("412.337")),
    Candidate("hangzhou", "regional", Decimal("183.902"), Decimal(1)),
    Candidate("guangzhou", "regional", Decimal("902.117"), Decimal(1)),
    Candidate("chengdu", "regional", Decimal("1530.08"), Decimal(1)),
    Candidate("xihu", "forward", Decimal("12.41"), Decimal(3)),
    Candidate("tianhe", "forward", Decimal("911.2"), Decimal(3), "911.2 km, radius 50 km"),
)
TWELVE: Candidates = tuple(
    Candidate(f"w{number}", "regional", Decimal(100 + 37 * number % 90)) for number in range(12)
)
LINES: Demands = tuple(Demand(number, f"SKU-{number}", 2) for number in range(1, 4))
POOLED: Demands = (*LINES, Demand(4, "SKU-1", 2, ("presale",)), Demand(5, "SKU-1", 1, ("presale", "promo")))


def shelves(units: Mapping[str, int], lines: Demands = LINES) -> dict[StockKey, Position]:
    """The same units of every SKU at each warehouse named."""
    return {(name, line.sku): Position(count) for name, count in units.items() for line in lines}


def contender(name: str, count: int, wanted: Demands, candidates: Candidates, stock: Stock) -> Contender:
    """An allocation over and over; the work gives the parcels of one plan."""

    def work(times: int) -> int:
        plan = None
        for _ in range(times):
            plan = allocate("nearest", "1", wanted, candidates, stock, {}, RANK, True)
        return 0 if plan is None else len(plan.parcels)

    return name, count, work


def contenders() -> list[Contender]:
    """The usual order, and what is rarer."""
    full = {candidate.warehouse: 50 for candidate in NETWORK}
    thin = {**dict.fromkeys(full, 1), "hq": 3}
    pools = shelves(full) | {
        (name, "SKU-1"): Position(7, pooled=3, pools={"presale": 2, "promo": 1}) for name in full
    }
    usual = shelves(full)
    scarce = shelves(dict.fromkeys((candidate.warehouse for candidate in TWELVE), 1))
    three = tuple(line._replace(quantity=3) for line in LINES)
    return [
        contender("usual: 3 lines, 6 warehouses", 5_000, LINES, NETWORK, usual),
        contender("one line", 5_000, LINES[:1], NETWORK, usual),
        contender("pools: 5 lines", 3_000, POOLED, NETWORK, pools),
        contender(
            "split: two parcels",
            3_000,
            tuple(line._replace(quantity=4) for line in LINES),
            NETWORK,
            shelves(thin),
        ),
        contender("short: nothing found", 3_000, LINES, NETWORK, shelves(dict.fromkeys(full, 0))),
        contender(
            "12 warehouses, one suffices", 3_000, LINES, TWELVE, shelves({f"w{n}": 9 for n in range(12)})
        ),
        contender("12 warehouses, three parcels", 300, three, TWELVE, scarce),
    ]


def floor() -> Contender:
    """The usual order by hand."""
    stock = shelves({candidate.warehouse: 50 for candidate in NETWORK})

    def distance(candidate: Candidate) -> Decimal:
        return candidate.distance_km or Decimal(0)

    def by_hand() -> Plan:
        found: Candidate | None = None
        lacks: dict[str, tuple[Short, ...]] = {}
        for candidate in sorted(NETWORK, key=distance):
            if candidate.reason:
                continue
            short = []
            for line in LINES:
                position = stock.get((candidate.warehouse, line.sku))
                units = position.available if position is not None else 0
                if units < line.quantity:
                    short.append(Short(line.sku, line.quantity, units))
            lacks[candidate.warehouse] = tuple(short)
            if found is None and not short:
                found = candidate
        verdicts = []
        for candidate in NETWORK:
            name, far = candidate.warehouse, candidate.distance_km
            if candidate.reason:
                verdicts.append(Verdict(name, "out_of_reach", far, (), candidate.reason))
            elif candidate is found:
                verdicts.append(Verdict(name, "chosen", far, (), "sends all"))
            elif lacks[name] or found is None:
                verdicts.append(Verdict(name, "short", far, lacks[name], f"{len(lacks[name])} lines short"))
            else:
                note = f"has all, {far:.1f} km, {found.warehouse} is nearer"
                verdicts.append(Verdict(name, "farther", far, (), note))
        parcels: tuple[Parcel, ...] = ()
        if found is not None:
            lines = tuple(PlannedLine(line.line, line.sku, line.quantity) for line in LINES)
            parcels = (Parcel(found.warehouse, lines, found.distance_km, found.cost),)
        return Plan("nearest", "1", LINES, parcels, tuple(verdicts))

    def work(times: int) -> int:
        plan = None
        for _ in range(times):
            plan = by_hand()
        return 0 if plan is None else len(plan.parcels)

    return "floor: the usual by hand", 5_000, work


def rate(contender: Contender) -> float:
    """Allocations a second: the median of five rounds."""
    _, count, work = contender
    work(count // 10)
    seconds = []
    for _ in range(5):
        began = perf_counter()
        work(count)
        seconds.append(perf_counter() - began)
    return count / statistics.median(seconds)


def main() -> None:
    """Measure all contenders in one run and print ratios first."""
    usual, *rest = contenders()
    several = [usual, floor(), *rest]
    rates = [rate(contender) for contender in several]
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    print(f"{'':32} {'of the usual':>12} {'plans/s':>12} {'µs':>8}")
    for (name, _, _), found in zip(several, rates, strict=True):
        print(f"{name:32} {found / rates[0]:12.3f} {found:12,.0f} {1e6 / found:8.1f}")


if __name__ == "__main__":
    main()
