"""The generator of the example shop's peak day: one seed, one day, and a day that can be."""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from examples.wenzhou.generate import Day, generate, write
from examples.wenzhou.world import (
    CHANNELS,
    OPENING,
    REGIONS,
    WAREHOUSES,
    Spot,
    distance_km,
)

ROOT = Path(__file__).resolve().parents[2]

KINDS = ("submit", "update", "send", "hold", "release", "handover", "receive")


def kind_of(event):
    return next(kind for kind in KINDS if kind in event)


def root_of(event):
    named = event["id"] if "submit" in event else event.get("to", event.get(kind_of(event)))
    return str(named).partition("/")[0]


def moment_of(event):
    return datetime.fromisoformat(event["at"])


def submitted(day, entity):
    """The submits of an entity by id; what was sent twice counts once."""
    return {event["id"]: event for event in day.events if event.get("submit") == entity}


def sent(day, name):
    return [event for event in day.events if event.get("send") == name]


@pytest.fixture(scope="module")
def day() -> Day:
    return generate(seed=7, orders=600)


@pytest.fixture(scope="module")
def whole() -> Day:
    return generate()


# One seed, one day.


def test_the_same_seed_gives_the_same_bytes(day, tmp_path):
    first = write(day, tmp_path / "first")
    again = write(generate(seed=7, orders=600), tmp_path / "again")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


def test_another_seed_gives_another_day(day):
    assert generate(seed=8, orders=600).events != day.events


def test_the_program_writes_what_the_function_makes_whatever_the_hash_seed(day, tmp_path):
    program = ROOT / "examples" / "wenzhou" / "generate.py"
    arguments = ["--out", str(tmp_path / "run"), "--seed", "7", "--orders", "600"]
    subprocess.run(
        [sys.executable, str(program), *arguments],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        env={"PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-8"},
    )
    for made, expected in zip(
        sorted((tmp_path / "run").iterdir()), write(day, tmp_path / "here"), strict=True
    ):
        assert made.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize("orders", [1, 2, 20])
def test_a_small_day_is_a_day(orders):
    placed = submitted(generate(seed=1, orders=orders), "order").values()
    assert sum(moment_of(event) >= OPENING for event in placed) == orders


# The form of the events.


def test_every_order_of_the_day_is_submitted_under_a_number_of_its_own(day):
    ids = list(submitted(day, "order"))
    assert sum(name.startswith("WZ20260211-") for name in ids) == 600
    assert all(re.fullmatch(r"WZ2026[0-9]{4}-[0-9]{6}", name) for name in ids)
    assert 20 < len(ids) - 600 < 100


def test_events_come_in_the_order_of_time_with_their_offset(day):
    moments = [moment_of(event) for event in day.events]
    assert moments == sorted(moments)
    assert all(event["at"].endswith("+08:00") for event in day.events)
    assert OPENING + timedelta(days=3) < moments[-1] < OPENING + timedelta(days=4)


def test_every_record_begins_with_its_submit(day):
    seen = set()
    for event in day.events:
        if "submit" in event:
            seen.add(event["id"])
        elif "handover" in event:
            assert root_of(event) in seen
            seen.add(event["fields"]["ticket_id"])
        elif "receive" not in event:
            assert root_of(event) in seen
        order = event.get("fields", {}).get("order")
        assert order is None or order in seen


def test_a_customer_with_a_limit_is_there_before_the_first_order(day):
    limits = {name for name, event in submitted(day, "customer").items() if "credit_limit" in event["fields"]}
    assert len(limits) >= 5
    ordered = set()
    for event in day.events:
        if event.get("submit") == "customer":
            assert event["id"] not in ordered
        elif event.get("submit") == "order":
            ordered.add(event["fields"]["customer"])
    assert limits & ordered


def test_an_event_id_is_one_event_though_some_are_sent_twice(day):
    known: dict[str, object] = {}
    for event in day.events:
        assert known.setdefault(event["event_id"], event) == event
    assert 3 <= len(day.events) - len(known) < len(day.events) * 0.01


def test_no_phone_number_is_anybodys(day):
    text = "\n".join(json.dumps(event, ensure_ascii=False) for event in day.events)
    phones = re.findall(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", text)
    assert len(phones) >= 600
    assert all(phone.startswith("1380000") for phone in phones)
    addresses = {event["fields"]["address"] for event in submitted(day, "order").values()}
    assert all("示例路" in address for address in addresses)


def test_an_address_lies_near_its_city(day):
    for event in submitted(day, "order").values():
        fields = event["fields"]
        if "location" in fields:
            spot = Spot(*map(float, fields["location"]))
            cities = REGIONS[fields["region"]][1]
            assert min(distance_km(spot, Spot(*city[1:])) for city in cities) < 20
            assert all(re.fullmatch(r"[0-9]+\.[0-9]{4}", text) for text in fields["location"])


def test_parcels_are_numbered_and_hold_what_was_ordered(day):
    ordered = {
        name: sum(line["quantity"] for line in event["fields"]["lines"])
        for name, event in submitted(day, "order").items()
    }
    picked: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for event in sent(day, "finish_picking"):
        order, _, number = event["to"].split("/")
        picked[order][int(number)] = event["data"]["units"]
    dropped = Counter(root_of(event) for event in sent(day, "drop_units"))
    whole = 0
    for order, parcels in picked.items():
        assert all(units > 0 for units in parcels.values())
        assert sum(parcels.values()) <= ordered[order]
        whole += sum(parcels.values()) == ordered[order] and not dropped[order]
    assert whole > len(picked) * 0.95


# What a peak day has to have.


def test_the_whole_day_has_about_fifty_thousand_events(whole):
    assert sum(name.startswith("WZ20260211-") for name in submitted(whole, "order")) == 4271
    assert 45_000 < len(whole.events) < 55_000


def test_every_kind_of_event_is_there(whole):
    submits = Counter(event["submit"] for event in whole.events if "submit" in event)
    least = {"customer": 200, "inquiry": 300, "stock_count": 150, "transfer": 10, "receipt": 3, "freeze": 8}
    assert {entity for entity, many in least.items() if submits[entity] < many} == set()
    assert set(submits) == {"order", *least}
    sends = Counter(event["send"] for event in whole.events if "send" in event)
    least = {
        **{
            "accept": 4000,
            "start_picking": 4000,
            "finish_picking": 4000,
            "pass_check": 4000,
            "dispatch": 4000,
        },
        **{"scan": 12_000, "fail_check": 20, "book_payment": 150, "confirm_receipt": 300, "cancel": 80},
        **{"clear_risk": 8, "cancel_parcel": 15, "drop_units": 10, "postpone": 10, "send_back": 50},
        **{"request_return": 80, "take_in": 30, "inspect": 50, "refund": 30, "reject": 4, "complain": 30},
        **{"settle": 15, "answer": 300, "ask_again": 15, "close": 80, "approve": 1, "stop": 2},
        **{"send_off": 10, "arrive": 12, "lose": 2},
    }
    assert {name for name, many in least.items() if sends[name] < many} == set()
    kinds = Counter(kind_of(event) for event in whole.events)
    assert kinds["hold"] > kinds["release"] > 5
    assert kinds["receive"] >= 2
    scans = Counter(event["data"]["kind"] for event in sent(whole, "scan"))
    assert set(scans) == {"pickup", "transit", "failed", "signed"}
    assert scans["failed"] > 50
    roles = {str(event["as"]).partition(":")[0] for event in whole.events if "as" in event}
    expected = {"channel", "customer_care", "sales", "risk", "warehouse", "warehouse_lead", "carrier"}
    assert roles == {*expected, "finance", "purchasing"}


def test_changes_that_ask_for_a_reason_have_one(whole):
    changes = [event for event in whole.events if "update" in event]
    moved = [event for event in changes if "address" in event["fields"]]
    raised = [event for event in changes if "credit_limit" in event["fields"]]
    assert len(moved) > 30
    assert len(raised) > 9
    assert all(event["reason"] for event in [*moved, *raised])
    assert all(event["reason"] for event in whole.events if kind_of(event) in ("hold", "release"))


def test_all_channels_regions_and_categories_are_there(whole):
    fields = [event["fields"] for event in submitted(whole, "order").values()]
    assert {row["channel"] for row in fields} == set(CHANNELS)
    assert {row["region"] for row in fields} == set(REGIONS)
    categories = {line["category"] for row in fields for line in row["lines"]}
    kinds = "exhaust brake_pads spoiler wheel coilover intake body_kit brake_kit light steering other"
    assert categories == set(kinds.split())
    assert any(line.get("presale") for row in fields for line in row["lines"])


def test_orders_are_paid_at_once_late_in_parts_or_never(whole):
    paid = defaultdict(list)
    for event in whole.events:
        amount = event.get("fields", {}).get("amount_paid") if "update" in event else None
        if amount or event.get("send") == "book_payment":
            paid[root_of(event)].append(moment_of(event))
    placed = {name: moment_of(event) for name, event in submitted(whole, "order").items()}
    waits = Counter(
        "never"
        if name not in paid
        else "at once"
        if paid[name][0] - at <= timedelta(minutes=15)
        else "late"
        if paid[name][0] - at <= timedelta(days=1)
        else "too late"
        for name, at in placed.items()
    )
    assert waits["at once"] > 3500
    assert waits["late"] > 200
    assert waits["too late"] > 20
    assert 80 < waits["never"] < 300
    assert sum(len(set(moments)) > 1 for moments in paid.values()) > 50


def test_some_orders_are_split_and_every_warehouse_sends(whole):
    parcels = defaultdict(set)
    for event in sent(whole, "dispatch"):
        order, _, number = event["to"].split("/")
        parcels[order].add(number)
    assert sum(len(numbers) > 1 for numbers in parcels.values()) > 100
    assert {warehouse for warehouse, _ in whole.stock} == set(WAREHOUSES)


def test_popular_parts_run_short_and_some_come_in_later(whole):
    demand = Counter[str]()
    for event in submitted(whole, "order").values():
        demand.update({line["sku"]: line["quantity"] for line in event["fields"]["lines"]})
    stock = Counter[str]()
    for (_, sku), units in whole.stock.items():
        stock[sku] += units
    short = {sku for sku, units in demand.items() if units > stock[sku]}
    arrived = {
        line["sku"]
        for event in sent(whole, "arrive")
        if root_of(event).startswith("PO")
        for line in event["data"]["lines"]
    }
    assert len(short) >= 8
    assert len(short & arrived) >= 4
    assert short - arrived


def test_three_orders_in_a_row_have_an_exhaust(whole):
    orders = defaultdict(list)
    for event in submitted(whole, "order").values():
        fields = event["fields"]
        orders[fields["customer"]].append(any(line["category"] == "exhaust" for line in fields["lines"]))
    assert sum(rows[-3:] == [True] * 3 for rows in orders.values()) >= 5


def test_five_orders_for_brake_pads_come_from_one_small_region_and_four_from_another(whole):
    pads = Counter(
        event["fields"]["region"]
        for event in submitted(whole, "order").values()
        if any(line["category"] == "brake_pads" for line in event["fields"]["lines"])
        and moment_of(event) > OPENING - timedelta(days=6)
    )
    assert (pads["宁夏"], pads["青海"]) == (5, 4)


def test_nine_inquiries_in_ten_are_answered_within_two_hours(whole):
    asked = {name: moment_of(event) for name, event in submitted(whole, "inquiry").items()}
    first: dict[str, datetime] = {}
    for event in sent(whole, "answer"):
        first.setdefault(root_of(event), moment_of(event))
    due = [name for name, at in asked.items() if at < OPENING + timedelta(days=3, hours=20)]
    in_time = sum(name in first and first[name] - asked[name] <= timedelta(hours=2) for name in due)
    assert 0.86 < in_time / len(due) < 0.95


def test_some_events_come_too_early_or_too_late(whole):
    """These are refused: a scan before the dispatch, a scan after the last one, a cancel after the delivery."""
    dispatched, signed, early, late = set(), set(), 0, 0
    delivered = Counter[str]()
    cancelled = 0
    for event in whole.events:
        match event.get("send"):
            case "dispatch":
                dispatched.add(event["to"])
            case "scan":
                early += event["to"] not in dispatched
                late += event["to"] in signed
                if event["data"]["kind"] == "signed":
                    signed.add(event["to"])
                    delivered[root_of(event)] += 1
            case "cancel":
                cancelled += delivered[root_of(event)] > 0
    assert early > 3
    assert late > 5
    assert cancelled > 3


def test_what_differs_in_a_count_is_little(whole):
    counts = submitted(whole, "stock_count")
    differing = {root_of(event) for event in [*sent(whole, "approve"), *sent(whole, "discard")]} & set(counts)
    assert 1 <= len(differing) < len(counts) * 0.1


def test_freezes_begin_in_the_morning_and_end_by_the_clock_or_by_hand(whole):
    freezes = submitted(whole, "freeze")
    assert {event["fields"]["kind"] for event in freezes.values()} == {"promo", "presale"}
    stopped = {root_of(event) for event in sent(whole, "stop")}
    assert stopped < set(freezes)
