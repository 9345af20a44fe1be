from pathlib import Path

import pytest
from tests.service.teahouse import write_days, write_rules

GOLDEN = Path(__file__).with_name("report.txt")


@pytest.fixture
def house(run, tmp_path):
    """Two days of the tea house in a database."""
    write_rules(tmp_path / "rules")
    write_days(tmp_path)
    command = ("run", "rules", "--orders", "days.jsonl", "--stock", "stock.csv", "--db", "sqlite:///o.db")
    found = run(*command)
    assert found.code == 0, found.out + found.err
    return ("rules", "--db", "sqlite:///o.db", "--now", "last")


def test_what_the_owner_reads(run, house):
    found = run("report", *house, "--story", "B1")
    assert found.code == 0
    assert found.out == GOLDEN.read_text(encoding="utf-8")


def test_a_run_says_the_same_and_tells_a_story_when_asked(run, house, tmp_path):
    again = ("run", "rules", "--orders", "days.jsonl", "--now", "2026-03-04T10:00")
    played = run(*again, "--db", "sqlite:///o.db").out
    asked = run("report", *house).out
    assert played.partition("\noversold:")[0] == asked.partition("\noversold:")[0]
    assert "the story of" not in played
    told = run(*again, "--db", "sqlite:///o.db", "--story", "B4").out
    assert "the story of 预订 Booking B4, which waited for stock" in told


def test_as_json_and_html(run, house, tmp_path):
    found = run("report", *house, "--format", "json", "--out", "build/r.html")
    assert found.json["version"] == 1
    assert found.json["queue_details"]["not_left"]["handed_over"] == 1
    assert found.json["story"]["record"] == "B1"
    assert found.err == "report: build/r.html\n"
    page = (tmp_path / "build/r.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "13800001234" not in page


def test_nothing_changes(run, house):
    before = run("history", "B1", "--rules", *house[:3]).out
    assert run("report", "rules", "--db", "sqlite:///o.db", "--now", "2026-04-01T00:00").code == 0
    assert run("history", "B1", "--rules", *house[:3]).out == before


def test_a_story_or_a_place_that_is_not_there(run, house):
    found = run("report", *house, "--story", "B99")
    assert (found.code, found.err) == (3, "error: there is no record `B99`\n")
    found = run("report", *house, "--out", "rules")
    assert (found.code, "`rules` is a folder" in found.err) == (2, True)
