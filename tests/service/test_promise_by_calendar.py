"""A promise that counts working days says so wherever its day is told."""

import pytest
from tests.service.teahouse import NOW, write_days, write_rules

from orderflow.bootstrap import load
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.run import Job, run
from orderflow.service.telling import teller

CALENDAR = "calendars:\n  tea_days: {label: 开门日 Open days, off: [2026-03-03]}\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The teahouse, closed on a Tuesday."""
    folder = tmp_path_factory.mktemp("teahouse")
    rules = write_rules(folder / "rules")
    house = rules / "house.yaml"
    text = house.read_text(encoding="utf-8")
    assert "days: 1, " in text
    house.write_text(text.replace("days: 1, ", "days: 1, calendar: tea_days, ") + CALENDAR, encoding="utf-8")
    ruleset, storage = load(rules), MemoryStorage()
    events, stock = write_days(folder)
    run(ruleset, storage, Job(events, stock=stock))
    return Engine(ruleset, storage, clock=ManualClock(NOW))


def test_the_explanation_names_the_calendar(engine: Engine) -> None:
    text = "\n".join(engine.explain("B1").lines())
    assert (
        "Sent from north: 2 of OOLONG, 1 of PUER; 0.0 km, promised for 2026-03-04 by 开门日 Open days (tea_days)"
        in text
    )


def test_the_history_names_the_calendar(engine: Engine) -> None:
    entries = engine.history("B1")
    telling = teller(engine.ruleset, entries)
    told = [line for entry in entries for line in telling.lines(entry)]
    assert any(line.endswith("promised for 2026-03-04 by 开门日 Open days (tea_days)") for line in told)
