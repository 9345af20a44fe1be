"""The mornings after the peak: what the leads hand over, and what becomes of the tickets."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from examples.wenzhou import after, leads
from examples.wenzhou.book import Book
from examples.wenzhou.clock import Clock
from examples.wenzhou.generate import generate
from examples.wenzhou.leads import DUTIES
from examples.wenzhou.order import Customer, Dice, Line, Order, Parcel, Product, Take
from examples.wenzhou.shelves import Shelves
from examples.wenzhou.shop import Shop, Stories
from examples.wenzhou.world import OPENING, Spot

RULES = Path(__file__).resolve().parents[2] / "rules" / "wenzhou"


def moment_of(event):
    return datetime.fromisoformat(event["at"])


@pytest.fixture(scope="module")
def events():
    """The events of the whole day, each once."""
    return list({event["event_id"]: event for event in generate().events}.values())


@pytest.fixture(scope="module")
def handovers(events):
    return [event for event in events if "handover" in event]


@pytest.fixture(scope="module")
def tickets(handovers, events):
    """What was sent to each ticket, in the order of time."""
    sent: dict[str, list[dict[str, object]]] = {event["fields"]["ticket_id"]: [] for event in handovers}
    for event in events:
        if "send" in event and event["to"].startswith("TK"):
            sent[event["to"]].append(event)
    return sent


def test_on_each_of_three_mornings_leads_hand_over_from_several_queues(handovers):
    assert 60 <= len(handovers) <= 100
    days = defaultdict(set)
    for event in handovers:
        days[event["at"][:10]].add(event["handover"])
        assert 9 <= moment_of(event).hour < 12
    assert set(days) == {"2026-02-12", "2026-02-13", "2026-02-14"}
    assert all(len(queues) >= 3 for queues in days.values())
    assert set.union(*days.values()) == set(DUTIES)


def test_the_queues_are_those_of_the_rules_that_open_tickets():
    queues = yaml.safe_load((RULES / "queues.yaml").read_text(encoding="utf-8"))
    queues = queues.get("queues", queues)
    assert {name for name, queue in queues.items() if "ticket" in queue} >= set(DUTIES)
    assert {name: queues[name]["owner"] for name in DUTIES} == {
        name: duty.role for name, duty in DUTIES.items()
    }


def test_a_record_is_handed_over_once_by_the_lead_to_one_of_the_team(handovers):
    assert max(Counter((event["handover"], event["to"]) for event in handovers).values()) == 1
    for event in handovers:
        duty = DUTIES[event["handover"]]
        assert event["as"] == f"{duty.role}:{duty.lead}"
        assert event["owner"] in duty.team
    assert {event["owner"] for event in handovers} == {name for duty in DUTIES.values() for name in duty.team}
    assert len({event["fields"]["ticket_id"] for event in handovers}) == len(handovers)
    noted = [event for event in handovers if "note" in event["fields"]]
    assert len(handovers) * 0.6 < len(noted) < len(handovers)


def test_what_is_handed_over_stands_in_the_queue(events, handovers):
    """Told from the lines alone: paid a day ago and not accepted, complained of and not settled, failed and not tried again."""
    waiting = {(event["handover"], event["to"]): moment_of(event) for event in handovers}
    accepted: dict[str, datetime] = {}
    settled: dict[str, datetime] = {}
    paid: dict[str, datetime] = {}
    last: dict[str, list[Any]] = defaultdict(list)
    complaints: Counter[str] = Counter()
    for event in events:
        to, at = event.get("to", ""), moment_of(event)
        match event.get("send"):
            case "accept":
                accepted[to] = at
            case "settle":
                settled[to] = at
            case "scan":
                last[to].append((at, event["data"]["kind"]))
            case "complain":
                complaints[to] += 1
                settled.setdefault(f"{to}/complaints/{complaints[to]}", OPENING + timedelta(days=9))
            case "book_payment":
                paid.setdefault(to, at)
        if "paid_at" in event.get("fields", {}):
            paid.setdefault(event["update"], at)
    for (queue, record), at in waiting.items():
        root = record.partition("/")[0]
        before = [scan for scan in last[record] if scan[0] < at]
        if queue == "not_accepted":
            assert paid[root] + timedelta(hours=24) < at < accepted.get(record, OPENING + timedelta(days=9))
        elif queue == "complaint":
            assert at < settled[record]
        elif queue == "delivery_failed":
            assert before[-1][1] == "failed"
        elif queue == "scan_stalled":
            assert before[-1][0] + timedelta(hours=48) < at
            assert before[-1][1] in ("pickup", "transit")


def test_tickets_are_taken_noted_and_resolved_or_left_lying(handovers, tickets):
    opened = {event["fields"]["ticket_id"]: moment_of(event) for event in handovers}
    ways = Counter(tuple(event["send"] for event in sent) for sent in tickets.values())
    assert set(ways) <= {
        *((), ("take",), ("take", "note"), ("take", "resolve"), ("take", "note", "resolve")),
    }
    assert all(ways[way] >= 3 for way in ((), ("take", "resolve"), ("take", "note", "resolve")))
    resolved = [name for name, sent in tickets.items() if sent and sent[-1]["send"] == "resolve"]
    assert len(resolved) > len(opened) / 2
    for name, sent in tickets.items():
        assert all(moment_of(event) > opened[name] for event in sent)
    # A day without anybody: the rules let it go up, and then the lead takes it.
    late = [
        sent[0]
        for name, sent in tickets.items()
        if sent and moment_of(sent[0]) - opened[name] > timedelta(days=1)
    ]
    assert late
    assert all(event["data"]["person"] in {duty.lead for duty in DUTIES.values()} for event in late)
    never = [
        name for name, sent in tickets.items() if not sent and opened[name] < OPENING + timedelta(days=2)
    ]
    assert never


def test_who_takes_a_ticket_notes_and_resolves_it(tickets):
    for sent in tickets.values():
        assert len({event["as"] for event in sent}) <= 1
        if sent:
            assert sent[0]["as"].endswith(f":{sent[0]['data']['person']}")


# One case at a time.


@pytest.fixture
def shop():
    clock = Clock(OPENING + timedelta(days=2, hours=9))
    nothing = Stories(*[lambda *_: iter(())] * 4)
    return Shop(clock, Book(clock, Random(1), 0), Shelves({("hq", "A"): 9}), {}, nothing)


@pytest.fixture
def order():
    spot = Spot(28.0, 120.7)
    customer = Customer("C1", "13800000001", "浙江", "温州", spot, "温州市中和区示例路1号")
    lines = [Line(1, Product("A", "other", "螺丝", 900, ("hq",)), 1)]
    made = Order("WZ20260211-000001", "taobao", customer, OPENING, lines, 900, Dice(Random(3)), False, spot)
    made.paid, made.paid_at, made.stage = 900, OPENING + timedelta(hours=1), "fulfilling"
    made.parcels.append(Parcel(made, 1, "hq", [Take(1, "A", 1)]))
    return made


def queues(shop, order):
    return [case.queue for case in leads.standing(shop, [order])]


def test_a_parcel_is_late_when_the_order_was_paid_for_over_a_day(shop, order):
    shop.clock.now = OPENING + timedelta(hours=25)
    assert queues(shop, order) == []  # over, not from a day on
    shop.clock.now += timedelta(minutes=2)
    assert queues(shop, order) == ["not_accepted"]
    order.parcels[0].place = "accepted"
    assert queues(shop, order) == []


def test_a_scan_is_late_after_two_days_and_a_failed_one_at_once(shop, order):
    parcel = order.parcels[0]
    parcel.place, parcel.scan, parcel.scanned = "moving", "transit", shop.now - timedelta(hours=47)
    assert queues(shop, order) == []
    parcel.scanned -= timedelta(hours=2)
    assert queues(shop, order) == ["scan_stalled"]
    parcel.scan, parcel.scanned = "failed", shop.now - timedelta(hours=1)
    assert queues(shop, order) == ["delivery_failed"]
    parcel.place = "returning"
    assert queues(shop, order) == []


def test_a_hold_is_long_a_day_after_it_began_and_after_the_payment(shop, order):
    order.parcels[0].place = "packed"
    order.held, order.held_at = True, shop.now - timedelta(hours=23)
    assert queues(shop, order) == []
    order.held_at -= timedelta(hours=2)
    (case,) = leads.standing(shop, [order])
    assert case.queue == "held_long"
    case.mend()
    assert not case.stands()
    assert [event.get("release") for event in shop.book.events] == [order.id]


def test_a_parcel_that_was_forgotten_goes_on_when_somebody_asks_for_it(shop, order):
    parcel = order.parcels[0]
    parcel.left = True
    shop.shelves.take("hq", parcel.takes)
    (case,) = leads.standing(shop, [order])
    case.mend()
    case.mend()  # whoever asks again finds it under way
    shop.clock.run(shop.now + timedelta(days=5))
    assert not case.stands()
    assert [event["send"] for event in shop.book.events][:2] == ["accept", "start_picking"]
    assert parcel.is_at("delivered")
    assert not parcel.left


def test_a_parcel_with_which_somebody_goes_on_is_left_to_them(shop, order):
    (case,) = leads.standing(shop, [order])
    case.mend()
    shop.clock.run(shop.now + timedelta(days=5))
    assert shop.book.events == []


def test_a_complaint_is_settled_once(shop, order):
    order.parcels[0].place = "packed"
    order.unsettled[1] = shop.now - timedelta(hours=3)
    (case,) = leads.standing(shop, [order])
    case.mend()
    after.settle(shop, order, 1)
    assert [(event["send"], event["to"]) for event in shop.book.events] == [("settle", case.record)]
    assert not case.stands()
