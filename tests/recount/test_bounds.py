"""Where the bounds lie: a microsecond before and after, counted by both sides, and as the words say.

超 excludes the bound, 以上 and 内 include it; a day begins at midnight in Shanghai.
"""

from datetime import datetime, timedelta

import pytest
from tests.recount.stories import START, at, dispatched, order, packed, receive, scan, send, submit

INSTANT = timedelta(microseconds=1)
RETURNED = [{"line_no": 1, "sku": "A", "quantity": 1}]

#: Each record comes into its queue after the moment that stands at QUEUES.
WAITING = [
    receive({"A": 20}),
    order("W1", [("A", 1)]),
    order("W2", [("A", 1)]),
    order("W3", [("A", 1)]),
    order("W4", [("A", 1)]),
    order("W5", [("A", 1)]),
    order("W6", [("A", 1)]),
    {"hold": "W5", "name": "manual", "at": at(), "as": "risk", "reason": "looks odd"},
    submit("receipt", "P1", {"warehouse": "hq", "ordered_at": at(), "due_on": "2026-02-12",
                             "lines": [{"sku": "A", "ordered": 3, "quantity": 3}]}, "purchasing"),
    submit("transfer", "T1", {"source": "hq", "target": "xihu", "asked_at": at(),
                              "lines": [{"sku": "A", "quantity": 2}]}, "warehouse_lead"),
    submit("transfer", "T2", {"source": "hq", "target": "xihu", "asked_at": at(),
                              "lines": [{"sku": "A", "quantity": 2}]}, "warehouse_lead"),
    *packed("W3/shipments/1", 1, hours=1),
    send("W6/shipments/1", "accept", "warehouse", {}, hours=1),
    *dispatched("W2/shipments/1", 1, hours=1),
    *dispatched("W4/shipments/1", 1, hours=1),
    send("T1", "send_off", "warehouse", {}, hours=1),
    scan("W2/shipments/1", "pickup", hours=2),
    scan("W4/shipments/1", "pickup", hours=2),
    scan("W4/shipments/1", "signed", hours=20),
    send("W4", "request_return", "channel", {"lines": RETURNED, "why": "unfit", "warehouse": "hq"}, hours=21),
]  # fmt: skip
QUEUES = {
    ("not_accepted", "W1/shipments/1"): START + timedelta(hours=24),
    ("held_long", "W5"): START + timedelta(hours=24),
    ("not_collected", "W3/shipments/1"): START + timedelta(hours=25),
    ("scan_stalled", "W2/shipments/1"): START + timedelta(hours=50),
    ("receipt_late", "P1"): datetime.fromisoformat("2026-02-12T23:59:59.999999+08:00"),
    ("transfer_late", "T1"): START + timedelta(days=5, hours=1),
    ("transfer_not_sent", "T2"): START + timedelta(days=2),
    ("not_packed", "W6/shipments/1"): START + timedelta(hours=49),
    ("return_waiting", "W4/returns/1"): START + timedelta(days=7, hours=21),
}


@pytest.mark.parametrize(("queue", "record"), QUEUES)
def test_a_record_comes_into_its_queue_after_the_bound_and_not_at_it(counted_twice, queue, record):
    bound = QUEUES[queue, record]
    assert record not in counted_twice(WAITING, bound)["queues"][queue]
    assert record in counted_twice(WAITING, bound + INSTANT)["queues"][queue]


def asked(id, hours):
    return submit("inquiry", id, {"channel": "taobao", "asked_at": at(hours=hours)}, hours=hours)


def test_two_hours_to_the_microsecond_are_in_time(counted_twice):
    lines = [
        asked("Q1", 0),
        asked("Q2", 0),
        send("Q1", "answer", "sales", {}, hours=2),
        send("Q2", "answer", "sales", {}, hours=2, microseconds=1),
        asked("Q3", 5),
    ]
    now = START + timedelta(hours=7)
    figures = counted_twice(lines, now)["metrics"]["first_response"]
    assert (figures["numerator"], figures["denominator"]) == (1, 2)  # Q3 may still be answered in time
    figures = counted_twice(lines, now + INSTANT)["metrics"]["first_response"]
    assert (figures["numerator"], figures["denominator"]) == (1, 3)


def test_a_count_that_differs_by_a_hundred_and_twenty_fifth_is_not_accurate(counted_twice):
    there = {"A": 126, "B": 1000, "V": 1, "X": 10}
    counts = {"A": 125, "B": 993, "Z": 0, "V": 0, "X": 9}  # 0.8 %; 0.7 %; nothing; one too many; discarded
    lines = [receive(there)]
    for number, (sku, units) in enumerate(counts.items(), start=1):
        fields = {"warehouse": "hq", "sku": sku, "counted": units, "counted_at": at(hours=1)}
        lines.append(submit("stock_count", f"S{number}", fields, "warehouse", hours=1))
    lines.append(send("S5", "discard", "warehouse_lead", {}, hours=2))
    mine = counted_twice(lines, START + timedelta(hours=3))
    figures = mine["metrics"]["inventory_accuracy"]
    assert (figures["numerator"], figures["denominator"]) == (2, 4)
    assert figures["excluded"] == {"discarded": 1}
    assert mine["queues"]["count_differs"] == ["S1", "S2", "S4"]


def test_the_promised_day_ends_at_midnight_in_shanghai(counted_twice):
    names = ("W1", "W2", "W3")
    lines = [receive({"A": 3}), *(order(name, [("A", 1)]) for name in names)]
    for name in names:
        lines += [
            *dispatched(f"{name}/shipments/1", 1, hours=1),
            scan(f"{name}/shipments/1", "pickup", hours=2),
        ]
    midnight = datetime.fromisoformat(
        "2026-02-14T00:00:00+08:00"
    )  # ordered on the 11th, two days to Zhejiang
    last = (midnight - START) - INSTANT
    lines += [
        scan("W1/shipments/1", "signed", microseconds=last / INSTANT),
        scan("W2/shipments/1", "signed", microseconds=last / INSTANT + 1),
    ]
    figures = counted_twice(lines, midnight - INSTANT)["metrics"]["on_time"]
    assert (figures["numerator"], figures["denominator"]) == (1, 1)
    figures = counted_twice(lines, midnight)["metrics"]["on_time"]
    assert (figures["numerator"], figures["denominator"]) == (1, 3)


def test_five_orders_are_enough_and_count_for_seven_days(counted_twice):
    unpaid = {"channel": "offline", "amount_paid": None, "paid_at": None}
    lines = [order(f"W{number}", [("A", 1)], "brake_pads", **unpaid) for number in range(5)]
    end = START + timedelta(days=7)
    assert counted_twice(lines[:4], START)["tags"]["service_network_candidate"] == []
    assert counted_twice(lines, end - INSTANT)["tags"]["service_network_candidate"] == ["浙江"]
    assert counted_twice(lines, end)["tags"]["service_network_candidate"] == []


def test_three_exhausts_in_a_row_are_enough(counted_twice):
    kinds = ("exhaust", "exhaust", "other", "exhaust", "exhaust", "exhaust", "wheel")
    lines = [
        order(f"W{number}", [("A", 1)], kind, placed_at=at(minutes=number))
        for number, kind in enumerate(kinds)
    ]
    now = START + timedelta(hours=1)
    tagged = [counted_twice(lines[:many], now)["tags"] for many in range(1, len(kinds) + 1)]
    assert [tags["exhaust_enthusiast"] for tags in tagged] == [[], [], [], [], [], ["C1"], []]
