"""Small shops told by hand, where it is easy to count otherwise than the definitions say: recount and engine agree."""

from datetime import datetime, timedelta

import pytest
from tests.recount.engine_side import counted, differences, figures, opened
from tests.recount.recount import recount
from tests.recount.stories import START, dispatched, order, receive, scan, send, submit

LATER = START + timedelta(days=6)


def both(rules, ran, now: datetime):
    """The recount, and where the engine differs from it."""
    mine = recount(ran.database, now)
    with opened(rules, ran.database, now) as engine:
        return mine, differences(counted(mine), figures(engine, ran.report)) + mine["contradictions"]


def all_begin(found, *places: str) -> bool:
    """Whether the differences are the ones that are known, and no others."""
    return all(text.startswith(places) for text in found)


@pytest.fixture
def intercepted(told):
    """An order that is cancelled after the dispatch, before the carrier comes."""
    return told(
        [
            receive({"A": 1}),
            order("W1", [("A", 1)]),
            *dispatched("W1/shipments/1", 1, hours=1),
            send("W1", "cancel", "customer_care", {"why": "customer"}, hours=2),
            send("W1/shipments/1", "inspect", "warehouse", {"condition": "good"}, hours=30),
        ],
        LATER,
    )


def test_what_is_intercepted_at_the_gate_was_cancelled_before_pickup(rules, intercepted):
    mine, found = both(rules, intercepted, LATER)
    assert found == []
    assert mine["states"] == {"returned": 1}
    excluded = mine["metrics"]["handling_time"]["excluded"]
    assert excluded == {"unpaid": 0, "cancelled_before_pickup": 1, "not_picked_up": 0, "negative": 0}


@pytest.fixture
def sent_back(told):
    """An order that arrives in time and is sent back whole."""
    parcel, back = "W1/shipments/1", "W1/returns/1"
    lines = [{"line_no": 1, "sku": "A", "quantity": 1}]
    return told(
        [
            receive({"A": 1}),
            order("W1", [("A", 1)]),
            *dispatched(parcel, 1, hours=1),
            scan(parcel, "pickup", hours=6),
            scan(parcel, "signed", hours=30),
            send(
                "W1",
                "request_return",
                "channel",
                {"lines": lines, "why": "unfit", "warehouse": "hq"},
                hours=40,
            ),
            send(back, "take_in", "warehouse", {}, hours=70),
            send(back, "inspect", "warehouse", {"condition": "good"}, hours=71),
            send(back, "refund", "finance", {"amount": "100"}, hours=72),
        ],
        LATER,
    )


def test_what_arrived_in_time_did_so_though_it_was_sent_back(rules, sent_back):
    mine, found = both(rules, sent_back, LATER)
    assert found == []
    assert mine["states"] == {"returned": 1}
    figures = mine["metrics"]["on_time"]
    assert (figures["numerator"], figures["denominator"]) == (1, 1)


@pytest.fixture
def called_back(told):
    """An order of two parcels: one is signed for, the other called back and inspected three days later."""
    here, far = "W1/shipments/1", "W1/shipments/2"
    return told(
        [
            receive({"A": 1}),
            receive({"B": 1}, "chengdu"),
            order("W1", [("A", 1), ("B", 1)]),
            *dispatched(here, 1, hours=1),
            *dispatched(far, 1, hours=1),
            scan(here, "pickup", hours=6),
            scan(far, "pickup", hours=6),
            send(far, "cancel_parcel", "customer_care", {}, hours=20),
            scan(here, "signed", hours=30),
            send(far, "inspect", "warehouse", {"condition": "good"}, hours=102),
        ],
        LATER,
    )


def test_the_inspection_of_a_parcel_that_came_back_is_no_delivery(rules, called_back):
    mine, found = both(rules, called_back, LATER)
    assert found == []
    assert mine["states"] == {"delivered": 1}
    assert mine["metrics"]["delivery_time"]["mean"] == 30 * 3600
    assert mine["metrics"]["on_time"]["numerator"] == 1


@pytest.fixture
def overdrawn(told):
    """Two orders on one limit: the first waits for stock; the second takes what is left of the limit."""
    deposit = {"channel": "offline", "amount_paid": "10"}
    return told(
        [
            receive({"B": 1}),
            submit("customer", "C1", {"credit_limit": "100"}, "sales"),
            order("W1", [("A", 1)], **deposit),
            order("W2", [("B", 1)], **deposit),
        ],
        LATER,
    )


def test_an_order_beyond_its_limit_is_held(rules, overdrawn):
    mine, found = both(rules, overdrawn, LATER)
    assert found == []
    assert mine["balances"] == {"credit C1": 9000}
    assert mine["holds"]["credit"] == ["W1"]
    assert mine["queues"]["held_long"] == ["W1"]
