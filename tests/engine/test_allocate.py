"""Allocation by example; against brute force in test_allocate_exact.py."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import pytest

from orderflow.engine.allocate import allocate
from orderflow.engine.units import wants
from orderflow.engine.verdicts import verdict_words
from orderflow.model.plan import Candidate, Demand, Plan, Short
from orderflow.model.stock import Position

RANK = ("parcels", "distance_km", "cost")


def place(
    name: str, distance: str | None = None, cost: int = 0, level: str = "regional", reason: str = ""
) -> Candidate:
    return Candidate(name, level, None if distance is None else Decimal(distance), Decimal(cost), reason)


HANGZHOU = place("hangzhou", "20.5")
XIHU = place("xihu", "5", level="forward")
GUANGZHOU = place("guangzhou", "902.117")


def plan(
    wanted: list[Demand],
    candidates: list[Candidate],
    stock: Mapping[tuple[str, str], object],
    *,
    rank: tuple[str, ...] = RANK,
    split: bool = True,
    taken: Mapping[tuple[str, str, str], int] | None = None,
) -> Plan:
    positions = {
        key: it if isinstance(it, Position) else Position(cast(int, it)) for key, it in stock.items()
    }
    return allocate("nearest", "o1", tuple(wanted), tuple(candidates), positions, taken or {}, rank, split)


def sent(found: Plan) -> dict[str, list[tuple[object, ...]]]:
    return {parcel.warehouse: [tuple(line) for line in parcel.lines] for parcel in found.parcels}


def words(found: Plan) -> list[str]:
    return [verdict_words(verdict) for verdict in found.verdicts]


def pooled(ordinary: int, **pools: int) -> Position:
    aside = sum(pools.values())
    return Position(on_hand=ordinary + aside, pooled=aside, pools=pools)


def test_the_nearest_that_has_all_sends_all() -> None:
    stock = {("hangzhou", "A"): 5, ("guangzhou", "A"): 5, ("xihu", "A"): 4}
    found = plan([Demand(1, "A", 5)], [GUANGZHOU, HANGZHOU, XIHU], stock)
    assert sent(found) == {"hangzhou": [(1, "A", 5, "")]}
    assert (found.policy, found.record, found.wanted) == ("nearest", "o1", (Demand(1, "A", 5),))
    assert found.parcels[0].distance_km == Decimal("20.5")
    assert [verdict.code for verdict in found.verdicts] == ["farther", "chosen", "short"]
    assert found.verdicts[2].short == (Short("A", 5, 4),)
    assert words(found) == [
        "guangzhou: has all, 902.1 km, hangzhou is nearer",
        "hangzhou: sends all",
        "xihu: 1 of A short (needs 5, has 4)",
    ]


def test_one_that_may_not_serve_is_passed_over_and_says_why() -> None:
    xihu = XIHU._replace(reason="52.1 km, radius 50 km")
    found = plan([Demand(1, "A", 1)], [xihu, HANGZHOU], {("xihu", "A"): 9, ("hangzhou", "A"): 9})
    assert list(sent(found)) == ["hangzhou"]
    assert words(found)[0] == "xihu: 52.1 km, radius 50 km"
    assert found.verdicts[0].code == "out_of_reach"


def test_the_same_sku_on_two_lines_counts_together() -> None:
    wanted = [Demand(1, "A", 3), Demand(2, "A", 3)]
    assert plan(wanted, [HANGZHOU], {("hangzhou", "A"): 5}).parcels == ()
    found = plan(wanted, [HANGZHOU], {("hangzhou", "A"): 6})
    assert sent(found) == {"hangzhou": [(1, "A", 3, ""), (2, "A", 3, "")]}


def test_a_split_asks_for_what_is_left() -> None:
    places = [place("a", "1"), place("b", "2"), place("c", "3")]
    found = plan([Demand(1, "A", 10)], places, {("a", "A"): 5, ("b", "A"): 1, ("c", "A"): 5})
    assert sent(found) == {"a": [(1, "A", 5, "")], "c": [(1, "A", 5, "")]}
    assert words(found) == ["a: sends 5 of A", "b: 9 of A short (needs 10, has 1)", "c: sends 5 of A"]


def test_never_more_than_asked_for() -> None:
    found = plan([Demand(1, "A", 13)], [place("a", "1"), place("b", "2")], {("a", "A"): 10, ("b", "A"): 15})
    assert sent(found) == {"b": [(1, "A", 13, "")]}
    found = plan([Demand(1, "A", 23)], [place("a", "1"), place("b", "2")], {("a", "A"): 10, ("b", "A"): 15})
    assert sent(found) == {"a": [(1, "A", 10, "")], "b": [(1, "A", 13, "")]}


def test_all_or_nothing() -> None:
    stock = {("hangzhou", "A"): 2, ("guangzhou", "A"): 2, ("hangzhou", "B"): 1}
    found = plan([Demand(1, "A", 5), Demand(2, "B", 1)], [HANGZHOU, GUANGZHOU], stock)
    assert found.parcels == ()
    assert words(found) == [
        "hangzhou: 3 of A short (needs 5, has 2)",
        "guangzhou: 3 of A short (needs 5, has 2) and 1 of B short (needs 1, has 0)",
    ]


def test_no_split_takes_one_warehouse_or_none_and_says_when_a_split_would_do() -> None:
    stock = {("hangzhou", "A"): 3, ("guangzhou", "A"): 2}
    found = plan([Demand(1, "A", 5)], [HANGZHOU, GUANGZHOU], stock, split=False)
    assert found.parcels == ()
    more = "; the warehouses together have enough, but the policy does not split"
    assert words(found)[0] == f"hangzhou: 2 of A short (needs 5, has 3){more}"
    found = plan([Demand(1, "A", 6)], [HANGZHOU, GUANGZHOU], stock, split=False)
    assert words(found)[0] == "hangzhou: 3 of A short (needs 6, has 3)"
    found = plan([Demand(1, "A", 2)], [GUANGZHOU, HANGZHOU], stock, split=False)
    assert list(sent(found)) == ["hangzhou"]


def test_fewer_parcels_or_less_distance_come_first_as_ranked() -> None:
    stock = {("xihu", "A"): 1, ("hangzhou", "A"): 1, ("guangzhou", "A"): 2}
    places = [GUANGZHOU, HANGZHOU, XIHU]
    assert list(sent(plan([Demand(1, "A", 2)], places, stock))) == ["guangzhou"]
    found = plan([Demand(1, "A", 2)], places, stock, rank=("distance_km",))
    assert list(sent(found)) == ["xihu", "hangzhou"]
    assert words(found) == [
        "guangzhou: has all, 902.1 km, xihu and hangzhou are nearer together",
        "hangzhou: sends 1 of A",
        "xihu: sends 1 of A",
    ]


def test_a_missing_distance_ranks_after_every_known_one() -> None:
    stock = {("nowhere", "A"): 1, ("guangzhou", "A"): 1}
    found = plan([Demand(1, "A", 1)], [place("nowhere"), GUANGZHOU], stock)
    assert list(sent(found)) == ["guangzhou"]
    assert words(found)[0] == "nowhere: has all, no known distance, guangzhou has one"


@pytest.mark.parametrize(
    ("rank", "first", "note"),
    [
        (("cost",), "b", "a: has all, costs 5, b costs less"),
        (("level", "cost"), "c", "a: has all, level regional, c comes before it by level"),
        (("parcels",), "a", "b: has all, ranks like a, which stands first in the rules"),
        ((), "a", "c: has all, ranks like a, which stands first in the rules"),
    ],
)
def test_the_reason_is_the_first_term_that_differs(rank: tuple[str, ...], first: str, note: str) -> None:
    places = [place("a", cost=5), place("b", cost=3), place("c", cost=9, level="forward")]
    found = plan([Demand(1, "A", 1)], places, {(name, "A"): 1 for name in "abc"}, rank=rank)
    assert list(sent(found)) == [first]
    assert note in words(found)


def test_costs_of_a_split_are_added_up() -> None:
    places = [place("a", cost=5), place("b", cost=3), place("c", cost=1)]
    found = plan([Demand(1, "A", 2)], places, {("a", "A"): 2, ("b", "A"): 1, ("c", "A"): 1}, rank=("cost",))
    assert list(sent(found)) == ["c", "b"]
    assert words(found)[0] == "a: has all, costs 5, c and b cost less together"


def test_pools_come_before_ordinary_stock_and_in_the_order_of_the_rules() -> None:
    stock = {("hangzhou", "A"): pooled(2, promo=2, presale=1)}
    found = plan([Demand(1, "A", 4, ("presale", "promo"))], [HANGZHOU], stock)
    assert sent(found) == {"hangzhou": [(1, "A", 1, "presale"), (1, "A", 2, "promo"), (1, "A", 1, "")]}


def test_ordinary_lines_never_draw_on_pools() -> None:
    stock = {("hangzhou", "A"): pooled(2, presale=5)}
    assert plan([Demand(1, "A", 3)], [HANGZHOU], stock).parcels == ()
    assert words(plan([Demand(1, "A", 3)], [HANGZHOU], stock)) == ["hangzhou: 1 of A short (needs 3, has 2)"]


@pytest.mark.parametrize("turned", [False, True])
def test_who_may_draw_on_less_does_not_go_without(turned: bool) -> None:
    stock = {("hangzhou", "A"): pooled(2, presale=2, promo=2)}
    wanted = [Demand(1, "A", 2, ("presale", "promo")), Demand(2, "A", 2, ("presale",)), Demand(3, "A", 2)]
    found = plan(wanted[::-1] if turned else wanted, [HANGZHOU], stock)
    assert sorted(sent(found)["hangzhou"], key=str) == [
        (1, "A", 2, "promo"),
        (2, "A", 2, "presale"),
        (3, "A", 2, ""),
    ]


def test_an_earlier_source_passes_its_line_on_when_a_later_one_needs_it() -> None:
    stock = {("hangzhou", "A"): 5, ("guangzhou", "A"): pooled(0, presale=5)}
    wanted = [Demand(1, "A", 5, ("presale",)), Demand(2, "A", 5)]
    found = plan(wanted, [HANGZHOU, GUANGZHOU], stock)
    assert sent(found) == {"hangzhou": [(2, "A", 5, "")], "guangzhou": [(1, "A", 5, "presale")]}


def test_units_that_fit_by_number_but_not_by_pool_are_not_enough() -> None:
    stock = {("hangzhou", "A"): pooled(2, presale=8), ("guangzhou", "A"): pooled(1, presale=9)}
    wanted = [Demand(1, "A", 2, ("presale",)), Demand(2, "A", 4)]
    found = plan(wanted, [HANGZHOU, GUANGZHOU], stock)
    assert found.parcels == ()
    assert words(found) == [
        "hangzhou: 2 of A short (needs 6, has 4)",
        "guangzhou: 3 of A short (needs 6, has 3)",
    ]


def test_what_the_decision_took_already_is_gone_and_what_it_gave_back_is_there() -> None:
    stock = {("hangzhou", "A"): pooled(3, presale=2), ("guangzhou", "A"): 5}
    wanted = [Demand(1, "A", 5, ("presale",))]
    places = [HANGZHOU, GUANGZHOU]
    assert list(sent(plan(wanted, places, stock))) == ["hangzhou"]
    assert list(sent(plan(wanted, places, stock, taken={("hangzhou", "A", ""): 1}))) == ["guangzhou"]
    assert list(sent(plan(wanted, places, stock, taken={("hangzhou", "A", "presale"): 1}))) == ["guangzhou"]
    back = {("hangzhou", "A", "presale"): 1, ("hangzhou", "A", ""): -1}
    assert list(sent(plan(wanted, places, stock, taken=back))) == ["hangzhou"]
    wanted = [Demand(1, "B", 1)]
    assert list(sent(plan(wanted, places, stock, taken={("guangzhou", "B", ""): -1}))) == ["guangzhou"]


def test_nothing_asked_for_and_nobody_to_ask() -> None:
    found = plan([], [HANGZHOU], {("hangzhou", "A"): 1})
    assert (found.parcels, words(found)) == ((), ["hangzhou: nothing is asked for"])
    assert plan([Demand(1, "A", 0)], [HANGZHOU], {}).parcels == ()
    found = plan([Demand(1, "A", 0), Demand(2, "A", 1)], [HANGZHOU], {("hangzhou", "A"): 1})
    assert sent(found) == {"hangzhou": [(2, "A", 1, "")]}
    assert plan([Demand(1, "A", 1)], [], {}).parcels == ()
    far = [HANGZHOU._replace(reason="too far")]
    for split in (True, False):
        assert plan([Demand(1, "A", 1)], far, {("hangzhou", "A"): 1}, split=split).parcels == ()


def test_lines_keep_their_order_in_a_parcel() -> None:
    wanted = [Demand("x", "B", 1), Demand("y", "A", 1), Demand("z", "B", 1)]
    found = plan(wanted, [HANGZHOU], {("hangzhou", "A"): 1, ("hangzhou", "B"): 2})
    assert [line.line for line in found.parcels[0].lines] == ["x", "y", "z"]


@pytest.mark.parametrize("rank", [("parcels",), ("distance_km",)])
def test_of_equal_sets_the_first_in_the_rules(rank: tuple[str, ...]) -> None:
    places = [place("a", "1"), place("b", "2"), place("c", "3"), place("d", "4")]
    stock = {("a", "A"): 3, ("b", "A"): 1, ("b", "B"): 2, ("c", "A"): 2, ("c", "B"): 1, ("d", "B"): 3}
    found = plan([Demand(1, "A", 3), Demand(2, "B", 3)], places, stock, rank=rank)
    assert list(sent(found)) == ["a", "d"]


def test_pools_of_several_lines_are_used_in_the_order_of_the_rules() -> None:
    stock = {("hangzhou", "A"): pooled(9, presale=1, promo=1)}
    wanted = [Demand(1, "A", 2, ("promo",)), Demand(2, "A", 1, ("presale", "promo"))]
    found = plan(wanted, [HANGZHOU], stock)
    assert sent(found) == {"hangzhou": [(1, "A", 1, "promo"), (1, "A", 1, ""), (2, "A", 1, "presale")]}


def test_an_order_of_pools_keeps_the_order_of_every_line() -> None:
    several = [Demand(1, "A", 1, ("b",)), Demand(2, "A", 1, ("a", "b")), Demand(3, "A", 1, ("b", "c"))]
    assert wants(several)[0].pools == ("a", "b", "c")
    against = [Demand(1, "A", 1, ("b", "a")), Demand(2, "A", 1, ("a", "b"))]
    assert wants(against)[0].pools == ("b", "a")
