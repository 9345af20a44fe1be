"""The parts that the example shop's days are made with: the clock, the map, the shelves, the hours of work."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from examples.wenzhou.clock import Clock
from examples.wenzhou.order import Take
from examples.wenzhou.shelves import Shelves, Want, servers
from examples.wenzhou.world import (
    OPENING,
    REGIONS,
    WAREHOUSES,
    Spot,
    daytime,
    distance_km,
    next_collection,
    opened,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.engine.allocate import allocate
from orderflow.model.plan import Candidate, Demand
from orderflow.model.stock import Position

HANGZHOU, WENZHOU, URUMQI = Spot(30.25, 120.1), Spot(28.0, 120.7), Spot(43.83, 87.62)


def test_a_clock_tells_stories_in_the_order_of_time():
    told = []

    def story(name, *minutes):
        for minute in minutes:
            told.append((name, clock.now))
            yield clock.now + timedelta(minutes=minute)
        told.append((name, clock.now))

    clock = Clock(OPENING)
    clock.start(story("slow", 10, 5))
    clock.start(story("quick", 3, -5, 12))
    clock.run(OPENING + timedelta(minutes=15))
    assert [(name, (at - OPENING).seconds // 60) for name, at in told] == [
        *(("slow", 0), ("quick", 0), ("quick", 3), ("quick", 3), ("slow", 10))
    ]


def test_distances_are_those_of_the_map():
    assert distance_km(HANGZHOU, HANGZHOU) == 0
    assert 250 < distance_km(HANGZHOU, WENZHOU) < 265
    assert 3000 < distance_km(HANGZHOU, URUMQI) < 3400


def test_a_forward_warehouse_serves_its_radius_only():
    assert [name for _, name in servers(HANGZHOU)][:2] == ["xihu", "hangzhou"]
    assert "xihu" not in [name for _, name in servers(WENZHOU)]
    assert {name for _, name in servers(None)} == {"hq", "hangzhou", "guangzhou", "chengdu"}


def test_the_nearest_that_has_all_sends_one_parcel():
    shelves = Shelves({("xihu", "A"): 1, ("hangzhou", "A"): 2, ("hq", "A"): 9})
    assert shelves.plan([Want(1, "A", 1, ())], HANGZHOU) == [("xihu", [Take(1, "A", 1)])]
    assert shelves.plan([Want(1, "A", 2, ())], HANGZHOU) == [("hangzhou", [Take(1, "A", 2)])]
    assert shelves.plan([Want(1, "A", 13, ())], HANGZHOU) == []


def test_who_cannot_send_all_sends_a_part_the_nearest_first():
    shelves = Shelves({("hangzhou", "A"): 2, ("hq", "A"): 3, ("chengdu", "B"): 1})
    wants = [Want(1, "A", 4, ()), Want(2, "B", 1, ())]
    assert shelves.plan(wants, HANGZHOU) == [
        ("hangzhou", [Take(1, "A", 2)]),
        ("hq", [Take(1, "A", 2)]),
        ("chengdu", [Take(2, "B", 1)]),
    ]


def test_what_is_set_aside_is_for_those_who_may():
    shelves = Shelves({("hq", "A"): 3})
    shelves.at("hq", "A").pools["promo"] = 2
    assert shelves.plan([Want(1, "A", 2, ())], WENZHOU) == []
    plan = shelves.plan([Want(1, "A", 3, ("promo",))], WENZHOU)
    assert plan == [("hq", [Take(1, "A", 2, "promo"), Take(1, "A", 1)])]
    shelves.take(*plan[0])
    assert (shelves.at("hq", "A").free, shelves.at("hq", "A").locked) == (0, 3)
    shelves.give_back(*plan[0])
    assert (shelves.at("hq", "A").free, shelves.at("hq", "A").pools["promo"]) == (1, 2)


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [
        (opened, "2026-02-11T23:10", "2026-02-12T08:10"),
        (opened, "2026-02-11T12:00", "2026-02-11T12:00"),
        (daytime, "2026-02-11T20:45", "2026-02-12T09:05"),
        (next_collection, "2026-02-11T11:30", "2026-02-11T17:30"),
        (next_collection, "2026-02-11T21:31", "2026-02-12T11:30"),
    ],
)
def test_people_work_by_day(move, before, after):
    assert move(datetime.fromisoformat(before)) == datetime.fromisoformat(after)


def positions(shelves, skus):
    """The shelves as the engine sees them."""
    found = {}
    for warehouse in WAREHOUSES:
        for sku in skus:
            shelf = shelves.at(warehouse, sku)
            aside = sum(shelf.pools.values())
            found[warehouse, sku] = Position(on_hand=shelf.on_hand, pooled=aside, pools=dict(shelf.pools))
    return found


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_the_shop_expects_what_the_engine_allocates(seed):
    """Its rough account of who sends what is not rough at all, as long as the stock is the same."""
    rng = Random(seed)
    skus = "ABCD"
    shelves = Shelves({(site, sku): rng.choice((0, 0, 1, 2, 5)) for site in WAREHOUSES for sku in skus})
    for site in WAREHOUSES:
        for sku in skus:
            shelf = shelves.at(site, sku)
            shelf.pools[rng.choice(("promo", "presale"))] = min(rng.choice((0, 0, 1, 2)), shelf.free)
    _, latitude, longitude = rng.choice(REGIONS[rng.choice(sorted(REGIONS))][1])
    spot = Spot(latitude + rng.uniform(-0.1, 0.1), longitude) if rng.random() < 0.9 else None
    pools = ((), ("presale",), ("promo",), ("presale", "promo"))
    wants = [
        Want(number, sku, rng.randint(1, 4), rng.choice(pools))
        for number, sku in enumerate(rng.sample(skus, rng.randint(1, 4)), start=1)
    ]
    near = {name: Decimal(f"{distance:.6f}") for distance, name in servers(spot)}
    candidates = tuple(
        Candidate(
            name, "", near.get(name) if spot else None, Decimal(site.cost), "" if name in near else "far"
        )
        for name, site in WAREHOUSES.items()
    )
    plan = allocate(
        policy="nearest",
        record="R",
        wanted=tuple(Demand(want.line, want.sku, want.units, want.pools) for want in wants),
        candidates=candidates,
        stock=positions(shelves, skus),
        taken={},
        rank=("parcels", "distance_km", "cost"),
        split=True,
    )
    expected = [(site, sorted(map(tuple, takes))) for site, takes in shelves.plan(wants, spot)]
    assert [(parcel.warehouse, sorted(map(tuple, parcel.lines))) for parcel in plan.parcels] == expected
