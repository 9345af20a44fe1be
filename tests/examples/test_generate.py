"""The generator of the example shop's peak day: one seed, one day, and a day that can be."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from examples.wenzhou.generate import Day, generate, write

ROOT = Path(__file__).resolve().parents[2]

KINDS = ("submit", "update", "send", "receive")


def kind_of(event):
    return next(kind for kind in KINDS if kind in event)


def root_of(event):
    return str(event.get("id") or event.get("update") or event.get("to")).partition("/")[0]


@pytest.fixture(scope="module")
def day() -> Day:
    return generate(seed=7, orders=600)


def test_the_same_seed_gives_the_same_bytes(day, tmp_path):
    first = write(day, tmp_path / "first")
    again = write(generate(seed=7, orders=600), tmp_path / "again")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


def test_another_seed_gives_another_day(day):
    assert generate(seed=8, orders=600).events != day.events


def test_the_program_writes_what_the_function_makes(day, tmp_path):
    program = ROOT / "examples" / "wenzhou" / "generate.py"
    arguments = ["--out", str(tmp_path / "run"), "--seed", "7", "--orders", "600"]
    subprocess.run([sys.executable, str(program), *arguments], check=True, cwd=tmp_path, capture_output=True)
    for made, expected in zip(
        sorted((tmp_path / "run").iterdir()), write(day, tmp_path / "here"), strict=True
    ):
        assert made.read_bytes() == expected.read_bytes()


def test_every_order_is_submitted_once_and_under_its_own_id(day):
    ids = [event["id"] for event in day.events if kind_of(event) == "submit"]
    assert len(ids) == len(set(ids)) == 600
    assert all(re.fullmatch(r"WZ20260211-[0-9]{6}", name) for name in ids)


def test_events_come_in_the_order_of_time_with_their_offset(day):
    moments = [datetime.fromisoformat(event["at"]) for event in day.events]
    assert moments == sorted(moments)
    assert all(event["at"].endswith("+08:00") for event in day.events)
    assert (moments[-1] - moments[0]).days in (6, 7)


def test_an_order_begins_with_its_submit(day):
    seen = set()
    for event in day.events:
        if kind_of(event) == "submit":
            seen.add(event["id"])
        elif kind_of(event) != "receive":
            assert root_of(event) in seen


def test_event_ids_are_unique(day):
    ids = [event["event_id"] for event in day.events if "event_id" in event]
    assert len(ids) == len(set(ids)) == sum(kind_of(event) != "receive" for event in day.events)


def test_no_phone_number_is_anybodys(day):
    text = "\n".join(json.dumps(event, ensure_ascii=False) for event in day.events)
    phones = re.findall(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", text)
    assert len(phones) == 600
    assert all(phone.startswith("1380000") for phone in phones)


def test_all_channels_and_all_kinds_of_trouble_are_there(day):
    submits = [event["fields"] for event in day.events if kind_of(event) == "submit"]
    channels = {fields["channel"] for fields in submits}
    assert channels == {"douyin", "taobao", "alibaba_1688", "offline"}
    sent = Counter(event["send"] for event in day.events if kind_of(event) == "send")
    for name in (
        "book_payment",
        "cancel",
        "fail_check",
        "inquire",
        "answer",
        "complain",
        "settle",
        "inspect",
        "send_back",
    ):
        assert sent[name], name
    kinds = {event["data"]["kind"] for event in day.events if event.get("send") == "scan"}
    assert kinds == {"pickup", "transit", "failed", "signed"}
    assert sent["dispatch"] > 450


def test_what_runs_short_comes_in_later(day):
    demand = Counter[str]()
    for event in day.events:
        if kind_of(event) == "submit":
            demand.update({line["sku"]: line["quantity"] for line in event["fields"]["lines"]})
    short = {sku for sku, units in demand.items() if units > day.stock[sku]}
    received = {
        sku for event in day.events if kind_of(event) == "receive" for sku in event["receive"]["wenzhou"]
    }
    assert len(short) >= 6
    assert received <= short
    assert len(received) >= 4


def test_a_day_of_one_order_is_a_day():
    assert sum(kind_of(event) == "submit" for event in generate(seed=1, orders=1).events) == 1
