"""What a run says is what its journal and its ledgers say, counted a second time by other code."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, timedelta

import pytest
from tests.recount.conftest import play
from tests.recount.engine_side import counted, differences, figures, opened, record_differences
from tests.recount.records import entries, read, receipts
from tests.recount.recount import recount

from orderflow.service.clocks import ManualClock


def at_once(rules, database, now):
    """The differences between a recount of a database and what the engine reads there."""
    mine = recount(database, now)
    with opened(rules, database, now) as engine:
        return differences(counted(mine), figures(engine)) + mine["contradictions"]


def test_a_run_says_what_the_recount_finds(day, rules):
    mine = recount(day.database, day.now)
    with opened(rules, day.database, day.now) as engine:
        found = differences(counted(mine), figures(engine, day.report))
    assert found == []
    assert mine["contradictions"] == []
    assert mine["oversold"] == []
    assert mine["orders"] > 300
    assert sum(len(ids) > 0 for ids in mine["queues"].values()) >= 8


def test_every_figure_is_the_same_at_once(day, rules):
    assert at_once(rules, day.database, day.now) == []


def test_every_record_is_where_its_journal_says(day, rules):
    with closing(sqlite3.connect(day.database)) as connection:
        until = day.now.astimezone(UTC).isoformat()
        shop = read(entries(connection, day.now), receipts(connection, until))
    with opened(rules, day.database, day.now) as engine:
        assert record_differences(shop, engine) == []
    assert len(shop.records) > 1000


def test_the_program_prints_what_the_function_counts(day, root):
    program = [sys.executable, str(root / "tests/recount/recount.py")]
    local = day.now.replace(tzinfo=None).isoformat()
    done = subprocess.run([*program, str(day.database), local], capture_output=True, check=True, cwd="/")
    assert json.loads(done.stdout) == json.loads(json.dumps(recount(day.database, day.now)))


def test_the_program_says_what_it_needs(root):
    program = [sys.executable, str(root / "tests/recount/recount.py")]
    done = subprocess.run(program, capture_output=True, check=False, text=True)
    assert done.returncode == 2
    assert "give the database and a moment" in done.stderr


def test_nothing_of_the_engine_is_used(root):
    program = "import sys, tests.recount.recount; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=root
    )
    assert "tests.recount.recount" in done.stdout.split()
    assert "orderflow" not in done.stdout
    assert "yaml" not in done.stdout.split()


@pytest.mark.parametrize("hours", [14.5, 40.0])
def test_the_journal_tells_what_was_true_at_any_moment(day, rules, tmp_path, hours):
    """A recount of the whole journal as of a moment is what a run says that was stopped then."""
    now = (day.now - timedelta(hours=72) + timedelta(hours=hours)).replace(microsecond=1)
    before = [
        line
        for line in day.events.read_text(encoding="utf-8").splitlines(keepends=True)
        if json.loads(line)["at"] <= now.isoformat()
    ]
    stopped = tmp_path / "until.jsonl"
    stopped.write_text("".join(before), encoding="utf-8")
    half = play(rules, tmp_path / "until.db", stopped, day.stock, now)
    with opened(rules, half.database, now) as engine:
        assert differences(counted(recount(day.database, now)), figures(engine, half.report)) == []


def test_three_days_later_it_still_agrees(day, rules, tmp_path):
    """Time passes, cases are handed over, and nobody works on them."""
    database = day.copy(tmp_path / "later.db")
    with opened(rules, database, day.now) as engine:
        for number, item in enumerate(engine.queue()):
            if engine.ruleset.queue(item.queue).ticket is not None and number % 2:
                ticket = engine.handover(item.queue, item.record, at=day.now, actor="customer_care").family.id
                if number % 4 == 1:
                    later = day.now + timedelta(hours=20)
                    engine.send(ticket, "resolve", {"note": "ok"}, actor="customer_care", at=later)
        now = day.now + timedelta(days=3)
        clock = engine.clock
        assert isinstance(clock, ManualClock)
        clock.set(now)
        engine.tick(now)
    mine = recount(database, now)
    assert at_once(rules, database, now) == []
    assert mine["queues"]["ticket_overdue"]
    assert len(mine["queues"]["scan_stalled"]) > len(recount(day.database, day.now)["queues"]["scan_stalled"])


# What is spoilt in a copy, and where the comparison must see it: both sides are taken from the same spoilt file.

LAST = "UPDATE journal SET document = {} WHERE number = (SELECT max(number) FROM journal WHERE {})"
SPOILT = {
    "a step of the journal": (
        LAST.format(
            """replace(document, '"sign","in_transit","delivered"', '"sign","in_transit","returning"')""",
            """document LIKE '%"sign","in_transit","delivered"%'""",
        ),
        ("queues.to_inspect", "queue to_inspect"),
    ),
    "an event of the journal that was taken": (
        LAST.format(
            "json_set(document, '$[4]', json('false'))", "json_extract(document, '$[3][3]') = 'settle'"
        ),
        ("queues.complaint", "counts.complaint"),
    ),
    "a moment in the journal": (
        LAST.format(
            """json_set(document, '$[6][0][3]."$moment"', '2026-01-01T00:00:00+00:00')""",
            "json_extract(document, '$[6][0][1]') = 'paid_at' AND json_extract(document, '$[5][1][1]') = 'source'",
        ),
        ("metrics.handling_time.mean",),
    ),
    "a row of the journal that is gone": (
        """DELETE FROM journal WHERE number = (SELECT max(number) FROM journal WHERE document LIKE '%"dispatch","packed","shipped"%')""",
        ("moved spend", "drawn spend"),
    ),
    "units in the stock ledger": (
        "UPDATE movements SET quantity = quantity + 1 WHERE number = (SELECT max(number) FROM movements WHERE kind = 'spend')",
        ("positions", "moved spend", "allocated"),
    ),
    "a line of the stock ledger that is gone": (
        "DELETE FROM movements WHERE number = (SELECT max(number) FROM movements WHERE kind = 'receive')",
        ("positions",),
    ),
    "a line of the ledger of amounts": (
        "DELETE FROM drawings WHERE number = (SELECT max(number) FROM drawings WHERE resource = 'waybill')",
        ("drawn",),
    ),
    "a stored position": (
        "UPDATE stock SET on_hand = on_hand + 1 WHERE (sku, warehouse) = (SELECT sku, warehouse FROM stock LIMIT 1)",
        ("positions",),
    ),
    "a stored balance": (
        "UPDATE balances SET used = used + 1 WHERE owner = (SELECT max(owner) FROM balances)",
        ("balances",),
    ),
    "a place in a queue": (
        "DELETE FROM standing WHERE (queue, record) = (SELECT queue, record FROM standing ORDER BY record LIMIT 1)",
        ("queues.", "counts."),
    ),
    "a stored record": (
        """UPDATE families SET document = replace(document, '"completed"', '"cancelled"')
           WHERE place = (SELECT max(place) FROM families WHERE entity = 'order' AND state = 'completed')""",
        ("states.completed", "states.cancelled"),
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_found(day, rules, tmp_path, what):
    sql, places = SPOILT[what]
    database = day.copy(tmp_path / "spoilt.db")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute(sql).rowcount == 1
        connection.commit()
    found = at_once(rules, database, day.now)
    assert [place for place in places if not any(text.startswith(place) for text in found)] == []


def test_a_unit_that_is_sold_twice_is_found(day, rules, tmp_path):
    database = day.copy(tmp_path / "twice.db")
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT number, record FROM movements WHERE kind = 'take' LIMIT 1 OFFSET 40"
        )
        number, record = found.fetchone()
        connection.execute("UPDATE movements SET quantity = quantity + 1000 WHERE number = ?", (number,))
        connection.commit()
    mine = recount(database, day.now)
    assert record.partition("/")[0] in mine["oversold"]
    with opened(rules, database, day.now) as engine:
        assert figures(engine)["oversold"] == len(mine["oversold"])
