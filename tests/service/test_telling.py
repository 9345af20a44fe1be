"""Journal entries in words: every kind of thing that can happen, rows one by one, private values masked."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.service.teahouse import booking, played, rows

from orderflow.engine.link import RuleSet
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.lines import play_line
from orderflow.service.memory import MemoryStorage
from orderflow.service.telling import teller


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return played(tmp_path_factory.mktemp("teahouse"))[0]


def told(engine: Engine, id: str) -> list[str]:
    entries = engine.history(id)
    telling = teller(engine.ruleset, entries)
    return [line for entry in entries for line in telling.lines(entry)]


def test_a_refused_allocation_says_why_of_every_store(engine: Engine) -> None:
    lines = told(engine, "B4")
    assert lines[:7] == [
        "2026-03-02 10:00:00  submitted by desk",
        "    checked on arrival: 一处有货 One store has all (whole): no, it needs: 就近 Near (near) finds stock",
        "    checked on arrival: 小单 Small (small): yes",
        "    looked for stock: 就近 Near (near) finds no way",
        "      not from north: 5 of PUER short (needs 5, has 0)",
        "      not from south: 3 of PUER short (needs 5, has 2)",
        "      not from corner: 5 of PUER short (needs 5, has 0)",
    ]
    assert "    comes into the queue 等货 Waits for tea (waits)" in lines
    assert "    takes 5 × PUER at north" in lines


def test_limits_holds_tickets_and_tags_are_told(engine: Engine) -> None:
    lines = told(engine, "B2")
    assert "    takes 100.00 of the credit of Lu (at most 150.00 in all)" in lines
    assert "2026-03-04 10:00:00  held: 暂停 Paused (by_hand) by desk, because: 催款" in lines
    assert "    is tagged 常客 Regular (regular)" in told(engine, "Lu")
    assert told(engine, "S001")[0] == "2026-03-04 10:00:00  submitted by desk:mei"


def test_stock_that_comes_or_is_kept_apart_is_told(engine: Engine) -> None:
    assert told(engine, "D1")[-1] == "    takes in 9 × PUER at north"
    assert told(engine, "D2")[-1] == "    takes in, kept apart, 2 × PUER at north"


def test_rows_that_changed_are_told_one_by_one_and_places_as_numbers(engine: Engine) -> None:
    more = [{"row_no": 1, "sku": "JASMINE", "quantity": 5}, {"row_no": 2, "sku": "PUER", "quantity": 1}]
    engine.update("B5", {"lines": more, "spot": ["30.5", "121.5"], "mobile": "13911112222"}, actor="desk")
    lines = told(engine, "B5")
    assert "    明细 Rows (lines): row_no 2, sku “PUER”, quantity 1 added" in lines
    assert "    明细 Rows (lines): row 1: quantity 2 → 5" in lines
    assert "    spot: 31.0, 121.0 → 30.5, 121.5" in lines
    assert "    手机 Mobile (mobile): 138****1234 → 139****2222" in lines


def test_as_data_it_has_plans_draws_marks_and_checks_and_nothing_private(engine: Engine) -> None:
    entries = engine.history("B2")
    telling = teller(engine.ruleset, entries)
    documents = [telling.document(entry) for entry in entries]
    first = documents[0]
    assert first["data"]["mobile"] == "138****1234"  # type: ignore[index]
    assert first["arrival"] == [
        {"name": "whole", "label": "一处有货 One store has all", "held": True, "needs": []},
        {"name": "small", "label": "小单 Small", "held": True, "needs": []},
    ]
    sourced = documents[1]
    assert sourced["draws"] == [
        {"kind": "take", "resource": "credit", "owner": "Lu", "amount": 10000, "record": "B2", "limit": 15000}
    ]
    plan = sourced["plans"][0]  # type: ignore[index]
    assert (plan["made"], plan["parcels"][0]["warehouse"]) == (True, "north")
    assert [mark["name"] for mark in documents[-1]["marks"]] == ["by_hand"]  # type: ignore[attr-defined]
    assert "13800001234" not in str(documents)


PRIVATE = """
entity: order
key: number
records: {line: {key: no, fields: {no: integer, name: {type: text, private: true}}}}
fields:
  number: {type: text, changes: never}
  lines: {type: list of line}
states: {new: {initial: true}, over: {final: true}}
events: {end: {by: [desk], data: {phone: {type: text, private: true}}}}
transitions: {end: {from: new, to: over, event: end}}
"""


def test_private_fields_of_rows_and_events_are_masked(link_rules: Callable[..., RuleSet]) -> None:
    start = datetime(2026, 2, 3, tzinfo=UTC)
    engine = Engine(link_rules(order=PRIVATE), MemoryStorage(), clock=ManualClock(start))
    engine.submit({"lines": [{"no": 1, "name": "Lin Yu Secret"}]}, id="1", actor="desk")
    engine.update(
        "1", {"lines": [{"no": 1, "name": "Another Name"}, {"no": 2, "name": "Third Person"}]}, actor="desk"
    )
    engine.send("1", "end", {"phone": "13800001234"}, actor="desk")
    entries = engine.history("1")
    telling = teller(engine.ruleset, entries)
    everything = str([telling.document(entry) for entry in entries]) + str(told(engine, "1"))
    for secret in ("Lin Yu Secret", "Another Name", "Third Person", "13800001234"):
        assert secret not in everything
    assert "    with phone: 138****1234" in told(engine, "1")


def test_what_the_rules_no_longer_know_is_told_all_the_same(
    engine: Engine, link_rules: Callable[..., RuleSet]
) -> None:
    entries = engine.history("B1")
    telling = teller(link_rules(order=PRIVATE), entries)
    lines = [line for entry in entries for line in telling.lines(entry)]
    assert "    source" in lines
    assert "13800001234" not in str([telling.document(entry) for entry in entries])


def test_events_of_a_file_may_hold_release_and_hand_over(engine: Engine) -> None:
    line = booking("B8", "2026-03-04T10:00:00", "Zhu", rows(("OOLONG", 1)))
    assert play_line(engine, line, engine.clock.now())[0].accepted
    hold = {"hold": "B8", "name": "by_hand", "as": "desk", "reason": "看一下"}
    assert play_line(engine, hold, engine.clock.now())[0].accepted
    again = play_line(engine, hold, engine.clock.now())[0]
    assert (again.accepted, again.refusals[0].code) == (False, "held")
    release = {"release": "B8", "name": "by_hand", "as": "desk", "reason": "好了"}
    assert play_line(engine, release, engine.clock.now())[0].accepted
    assert "  is no longer held 暂停 Paused (by_hand): 好了" in [line[2:] for line in told(engine, "B8")]
    handover = {"handover": "not_left", "to": "B4/crates/1", "as": "desk"}
    assert play_line(engine, handover, engine.clock.now())[0].family.root.fields["owner"] == "store"
