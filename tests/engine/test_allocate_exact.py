"""Allocation against brute force: every set of warehouses, every way of sharing units out."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.engine import choose
from orderflow.engine.allocate import allocate
from orderflow.engine.choose import Server, best
from orderflow.engine.units import Source
from orderflow.engine.units import given as given_units
from orderflow.model.plan import Candidate, Demand, Plan
from orderflow.model.stock import Position, StockKey

POOLS = ("presale", "promo")
LEVELS = ("forward", "regional", "central")
Taken = Mapping[tuple[str, str, str], int]
Used = tuple[int, ...]

some_pools = st.sets(st.sampled_from(POOLS)).map(lambda names: tuple(pool for pool in POOLS if pool in names))
demands = st.lists(
    st.builds(Demand, st.none(), st.sampled_from("AB"), st.integers(0, 3), some_pools), max_size=3
).map(lambda several: tuple(item._replace(line=number) for number, item in enumerate(several)))
distances = st.none() | st.sampled_from([Decimal(0), Decimal("1.5"), Decimal(2), Decimal("3.5")])
costs = st.sampled_from([Decimal(0), Decimal(1), Decimal("2.50")])
reasons = st.sampled_from(["", "", "", "too far"])
networks = st.lists(
    st.builds(Candidate, st.none(), st.sampled_from(LEVELS), distances, costs, reasons), max_size=4
).map(lambda several: tuple(item._replace(warehouse=f"w{number}") for number, item in enumerate(several)))
ranks = st.permutations(["parcels", "distance_km", "cost", "level"]).flatmap(
    lambda terms: st.integers(0, 4).map(lambda count: tuple(terms[:count]))
)


@st.composite
def positions(draw: st.DrawFn) -> tuple[dict[StockKey, Position], Taken]:
    stock: dict[StockKey, Position] = {}
    for name in ("w0", "w1", "w2", "w3"):
        for sku in "AB":
            units = draw(st.integers(0, 3))
            pools = {pool: n for pool in POOLS if (n := draw(st.integers(0, 2)))}
            aside = sum(pools.values())
            damaged = draw(st.integers(0, 1))
            stock[name, sku] = Position(units + aside + damaged, 0, aside, damaged, pools=pools)
    keys = st.tuples(st.sampled_from(["w0", "w1"]), st.sampled_from("AB"), st.sampled_from(["", *POOLS]))
    return stock, draw(st.dictionaries(keys, st.integers(-1, 2), max_size=2))


def open_units(stock: Mapping[StockKey, Position], taken: Taken, name: str, sku: str, pool: str) -> int:
    position = stock.get((name, sku), Position())
    units = position.pools.get(pool, 0)
    if not pool:
        units = position.on_hand - position.allocated - position.pooled - position.unsellable
    return max(0, units - taken.get((name, sku, pool), 0))


def ways(wanted: Sequence[Demand], sources: Sequence[Source]) -> set[Used]:
    """What each source gives, for every way of serving every single unit."""
    found = {(0,) * len(sources)}
    for demand in wanted:
        for _ in range(demand.quantity):
            found = {
                (*used[:place], used[place] + 1, *used[place + 1 :])
                for used in found
                for place, source in enumerate(sources)
                if used[place] < source.units and (source.pool == "" or source.pool in demand.pools)
            }
    return found


def in_order(
    names: Sequence[str], stock: Mapping[StockKey, Position], taken: Taken, sku: str
) -> list[Source]:
    return [
        Source(name, pool, open_units(stock, taken, name, sku, pool))
        for name in names
        for pool in (*POOLS, "")
    ]


def rank_of(members: Sequence[Candidate], rank: Sequence[str]) -> tuple[object, ...]:
    known = [Fraction(item.distance_km) for item in members if item.distance_km is not None]
    terms: dict[str, object] = {
        "parcels": len(members),
        "distance_km": (len(members) - len(known), sum(known)),
        "cost": sum(Fraction(item.cost) for item in members),
        "level": sum(LEVELS.index(item.level) for item in members),
    }
    return tuple(terms[term] for term in rank)


def sets_that_have_all(
    wanted: Sequence[Demand],
    network: Sequence[Candidate],
    stock: Mapping[StockKey, Position],
    taken: Taken,
    most: int,
) -> Iterator[tuple[int, ...]]:
    may = [place for place, item in enumerate(network) if not item.reason]
    for size in range(1, most + 1):
        for places in combinations(may, size):
            names = [network[place].warehouse for place in places]
            if all(
                ways([item for item in wanted if item.sku == sku], in_order(names, stock, taken, sku))
                for sku in "AB"
            ):
                yield places


@settings(max_examples=400)
@given(demands, networks, positions(), ranks, st.booleans())
def test_the_plan_is_the_best_of_all(
    wanted: tuple[Demand, ...],
    network: tuple[Candidate, ...],
    facts: tuple[dict[StockKey, Position], Taken],
    rank: tuple[str, ...],
    split: bool,
) -> None:
    stock, taken = facts
    plan = allocate("p", "r", wanted, network, stock, taken, rank, split)
    check_verdicts(plan, network, split)
    if not any(demand.quantity for demand in wanted):
        assert plan.parcels == ()
        return
    found = list(sets_that_have_all(wanted, network, stock, taken, len(network) if split else 1))
    if not found:
        assert plan.parcels == ()
        together = sets_that_have_all(wanted, network, stock, taken, len(network))
        said = any("does not split" in verdict.note for verdict in plan.verdicts)
        assert said == (not split and next(together, None) is not None)
        return

    def order(places: tuple[int, ...]) -> tuple[object, ...]:
        return rank_of([network[place] for place in places], rank), len(places), places

    expected = min(found, key=order)
    names = [parcel.warehouse for parcel in plan.parcels]
    assert sorted(names) == [network[place].warehouse for place in expected]
    assert names == [
        network[place].warehouse for place in sorted(expected, key=lambda place: order((place,)))
    ]
    check_units(plan, stock, taken)


def check_units(plan: Plan, stock: Mapping[StockKey, Position], taken: Taken) -> None:
    """Every line gets what it asks for from where it may; the best ranked source gives the most it can, then the next."""
    names = [parcel.warehouse for parcel in plan.parcels]
    lines = [(parcel.warehouse, line) for parcel in plan.parcels for line in parcel.lines]
    assert all(parcel.lines for parcel in plan.parcels)
    for demand in plan.wanted:
        own = [line for _, line in lines if line.line == demand.line]
        assert sum(line.quantity for line in own) == demand.quantity
        assert all(line.sku == demand.sku and line.quantity > 0 for line in own)
        assert {line.pool for line in own} <= {"", *demand.pools}
    for sku in "AB":
        wanted = [demand for demand in plan.wanted if demand.sku == sku]
        sources = in_order(names, stock, taken, sku)
        used = tuple(
            sum(
                line.quantity
                for name, line in lines
                if (name, line.sku, line.pool) == (source.warehouse, sku, source.pool)
            )
            for source in sources
        )
        assert used == max(ways(wanted, sources))


def check_verdicts(plan: Plan, network: Sequence[Candidate], split: bool) -> None:
    assert [verdict.warehouse for verdict in plan.verdicts] == [item.warehouse for item in network]
    sends = {parcel.warehouse for parcel in plan.parcels}
    assert split or len(sends) <= 1
    for verdict, candidate in zip(plan.verdicts, network, strict=True):
        assert verdict.distance_km == candidate.distance_km
        assert (verdict.code == "chosen") == (candidate.warehouse in sends)
        assert (verdict.code == "out_of_reach") == bool(candidate.reason)
        assert (verdict.code == "short") == bool(verdict.short)
        assert all(0 <= item.available < item.needed for item in verdict.short)
        assert verdict.note


@given(demands, positions())
def test_what_is_short_is_what_no_way_of_sharing_out_can_give(
    wanted: tuple[Demand, ...], facts: tuple[dict[StockKey, Position], Taken]
) -> None:
    stock, taken = facts
    plan = allocate("p", "r", wanted, (Candidate("w0", "central"),), stock, taken, (), True)
    short = {item.sku: item for item in plan.verdicts[0].short}
    for sku in "AB":
        own = [demand for demand in wanted if demand.sku == sku]
        sources = in_order(["w0"], stock, taken, sku)
        needed = sum(demand.quantity for demand in own)
        can = max(units for units in range(needed + 1) if any_way(own, sources, units))
        assert (sku in short) == (can < needed)
        if sku in short:
            assert short[sku][1:] == (needed, can)


def any_way(wanted: Sequence[Demand], sources: Sequence[Source], units: int) -> bool:
    """Whether so many of the units asked for, of whichever lines, can be served."""

    def choices(left: Sequence[Demand], units: int) -> Iterator[list[Demand]]:
        if not left:
            if units == 0:
                yield []
            return
        for quantity in range(min(units, left[0].quantity) + 1):
            for rest in choices(left[1:], units - quantity):
                yield [left[0]._replace(quantity=quantity), *rest]

    return any(ways(choice, sources) for choice in choices(wanted, units))


@given(
    st.lists(
        st.builds(Demand, st.none(), st.just("A"), st.integers(1, 4), some_pools), min_size=1, max_size=4
    ),
    st.lists(st.builds(Source, st.just("w"), st.sampled_from(["", *POOLS]), st.integers(0, 4)), max_size=4),
)
def test_units_given_are_the_most_and_from_the_first_sources(
    wanted: list[Demand], sources: list[Source]
) -> None:
    table = given_units(wanted, sources)
    for row, source in zip(table, sources, strict=True):
        assert 0 <= sum(row) <= source.units
        assert all(units >= 0 for units in row)
        assert all(
            not units or source.pool in ("", *demand.pools) for units, demand in zip(row, wanted, strict=True)
        )
    columns = [sum(row[place] for row in table) for place in range(len(wanted))]
    assert all(got <= demand.quantity for got, demand in zip(columns, wanted, strict=True))
    used = [sum(row) for row in table]
    for place in range(len(sources)):
        # with what came before as it is, one more unit from here cannot be had
        fixed = [
            source._replace(units=units) for source, units in zip(sources, used[: place + 1], strict=False)
        ]
        assert any_way(wanted, fixed, sum(used[: place + 1]))
        if used[place] < sources[place].units:
            more = [*fixed[:-1], fixed[-1]._replace(units=used[place] + 1)]
            assert not any_way(wanted, more, sum(used[: place + 1]) + 1)


servers = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=7
).map(
    lambda several: sorted(
        (Server(place, (Decimal(cost), Decimal(1)), (a, b)) for place, (cost, a, b) in enumerate(several)),
        key=lambda server: (server.key, server.place),
    )
)


def clipped(several: Sequence[Server], a: int, b: int) -> list[Server]:
    return [item._replace(units=(min(a, item.units[0]), min(b, item.units[1]))) for item in several]


def has(members: Sequence[Server], a: int, b: int) -> bool:
    return sum(item.units[0] for item in members) >= a and sum(item.units[1] for item in members) >= b


@settings(max_examples=500)
@given(servers, st.integers(1, 8), st.integers(1, 8))
def test_the_set_is_the_best_of_all_sets(several: list[Server], a: int, b: int) -> None:
    several = clipped(several, a, b)
    sets = [
        members
        for size in range(1, len(several) + 1)
        for members in combinations(several, size)
        if has(members, a, b)
    ]
    expected = min(
        sets,
        key=lambda members: (
            sum(item.key[0] for item in members),
            len(members),
            sorted(item.place for item in members),
        ),
        default=(),
    )
    assert best(several, (a, b)) == list(expected)


@settings(max_examples=200)
@given(servers, st.integers(1, 5), st.integers(1, 5), st.integers(0, 4))
def test_a_search_that_gives_up_still_finds_a_set_without_anyone_to_spare(
    several: list[Server], a: int, b: int, sets: int
) -> None:
    several = clipped(several, a, b)
    found = best(several, (a, b), sets=sets)
    assert bool(found) == has(several, a, b)
    if found:
        assert has(found, a, b)
        assert found == [server for server in several if server in found]
        assert not any(has([other for other in found if other is not server], a, b) for server in found)
        alone = [server for server in several if has([server], a, b)]
        assert not alone or choose.total_of(found) <= alone[0].key


def test_of_equal_sets_the_first_in_the_rules_whatever_their_rank_alone() -> None:
    several = [
        Server(place, (Decimal(cost), Decimal(1)), units)
        for place, cost, units in [
            (1, 0, (3, 0)),
            (0, 1, (1, 0)),
            (2, 1, (1, 2)),
            (3, 1, (2, 1)),
            (4, 2, (0, 3)),
        ]
    ]
    assert best(several, (3, 3)) == [several[0], several[4]]


def test_what_a_greedy_search_took_too_much_is_left_out() -> None:
    several = [Server(place, (Decimal(1),), units) for place, units in enumerate([(2, 2), (3, 0), (0, 3)])]
    assert best(several, (3, 3), sets=0) == several[1:]


def test_a_greedy_search_takes_what_gives_most_of_what_is_missing() -> None:
    units = [(3, 1), (2, 1), (1, 1), (0, 2)]
    several = [Server(place, (Decimal(1),), item) for place, item in enumerate(units)]
    assert best(several, (3, 3), sets=0) == [several[0], several[3]]


def test_many_warehouses_are_searched_for_a_bounded_time() -> None:
    network = tuple(Candidate(f"w{number}", "regional", Decimal(number)) for number in range(60))
    stock = {(f"w{number}", "A"): Position(1 + number % 3) for number in range(60)}
    plan = allocate("p", "r", (Demand(1, "A", 30),), network, stock, {}, ("parcels", "distance_km"), True)
    assert len(plan.parcels) == 10
    assert sum(line.quantity for parcel in plan.parcels for line in parcel.lines) == 30
