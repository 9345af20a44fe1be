"""Orders in more than one part, and orders that are held: small stories, counted by both sides."""

from datetime import timedelta

from tests.recount.stories import START, at, dispatched, order, receive, scan, send

HOUR = timedelta(hours=1)


def hold(name="W1", **after):
    return {"hold": name, "name": "manual", "at": at(**after), "as": "risk", "reason": "looks odd"}


def test_an_order_shows_its_least_advanced_parcel_and_is_delivered_with_its_last(counted_twice):
    here, far = "W1/shipments/1", "W1/shipments/2"
    lines = [
        receive({"A": 1}),
        receive({"B": 1}, "chengdu"),
        order("W1", [("A", 1), ("B", 1)]),
        *dispatched(here, 1, hours=1),
        *dispatched(far, 1, hours=3),
        scan(here, "pickup", hours=6),
        scan(far, "pickup", hours=8),
        scan(here, "signed", hours=30),
        scan(far, "signed", hours=50),
    ]
    shown = {hours: counted_twice(lines, START + hours * HOUR)["states"] for hours in (0, 2, 4, 7, 9, 31)}
    assert shown == {
        0: {"allocated": 1},
        2: {"allocated": 1},
        4: {"shipped": 1},
        7: {"shipped": 1},
        9: {"picked_up": 1},
        31: {"picked_up": 1},
    }
    mine = counted_twice(lines, START + 51 * HOUR)
    assert mine["states"] == {"delivered": 1}
    assert mine["metrics"]["handling_time"]["mean"] == 8 * 3600
    assert mine["metrics"]["delivery_time"]["mean"] == 50 * 3600
    assert list(mine["metrics"]["handling_time"]["groups"]) == ["2026-02-11"]


def test_a_missed_pickup_scan_is_made_good_by_the_next(counted_twice):
    parcel = "W1/shipments/1"
    lines = [
        receive({"A": 1}),
        order("W1", [("A", 1)]),
        *dispatched(parcel, 1, hours=1),
        scan(parcel, "transit", hours=20),
    ]
    mine = counted_twice(lines, START + 21 * HOUR)
    assert mine["states"] == {"in_transit": 1}
    assert mine["metrics"]["handling_time"]["mean"] == 20 * 3600


def test_a_hold_ends_with_the_states_in_which_it_can_be_on(counted_twice):
    lines = [
        order("W1", [("A", 1)], amount_paid=None, paid_at=None),
        hold(hours=1),
        send("W1", "cancel", "customer_care", {"why": "customer"}, hours=30),
    ]
    # The day for which it may be unpaid does not go by while it is held.
    mine = counted_twice(lines, START + 29 * HOUR)
    assert (mine["states"], mine["holds"]["manual"]) == ({"pending_review": 1}, ["W1"])
    assert mine["queues"]["held_long"] == ["W1"]
    mine = counted_twice(lines, START + 31 * HOUR)
    assert (mine["states"], mine["holds"]["manual"]) == ({"cancelled": 1}, [])
    assert mine["queues"]["held_long"] == []


def test_stock_that_comes_back_damaged_is_there_and_nobody_can_have_it(counted_twice):
    parcel = "W1/shipments/1"
    lines = [
        receive({"A": 3}),
        order("W1", [("A", 2)]),
        *dispatched(parcel, 2, hours=1),
        scan(parcel, "pickup", hours=2),
        scan(parcel, "failed", hours=30),
        send(parcel, "send_back", "carrier", {}, hours=40),
        send(parcel, "inspect", "warehouse", {"condition": "damaged"}, hours=60),
    ]
    before = counted_twice(lines, START)
    assert before["positions"]["hq A"] == _units(on_hand=3, allocated=2)
    assert counted_twice(lines, START + 20 * HOUR)["positions"]["hq A"] == _units(on_hand=1)
    after = counted_twice(lines, START + 61 * HOUR)
    assert after["positions"]["hq A"] == _units(on_hand=3, unsellable=2)
    assert (after["states"], after["queues"]["refund_due"]) == ({"returned": 1}, ["W1"])


def _units(**given):
    names = ("on_hand", "allocated", "unsellable", "in_transit", "safety_stock", "pooled")
    return {**dict.fromkeys(names, 0), "pools": {}, **given}
