"""What stands now, at its edges: days that are promised, tickets that are closed, who can move a record on."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.service.teahouse import NOW, booking, played, rows

from orderflow.service.accounts import LatePart
from orderflow.service.census import Census, movers, subject
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.lines import play_line
from orderflow.service.story import choose
from orderflow.service.summary import summarise
from orderflow.service.tally import Tally


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return played(tmp_path_factory.mktemp("teahouse"))[0]


def late(engine: Engine) -> LatePart:
    found = summarise(engine).late
    assert found is not None
    return found


def test_the_promised_day_itself_is_in_time(engine: Engine) -> None:
    line = booking("B8", "2026-03-04T09:00:00", "Zhu", rows(("OOLONG", 1)))  # promised for the 5th
    play_line(engine, line, NOW)
    engine.send("B8", "confirm", actor="desk", at=NOW)
    engine.send("B8/crates/1", "leave", actor="store", at=NOW)
    before = late(engine)
    # the last moment of the 5th in Shanghai
    engine.clock = ManualClock(datetime(2026, 3, 5, 15, 59, tzinfo=UTC))
    assert (late(engine).promised, late(engine).open) == (before.promised, before.open) == (5, 3)
    engine.clock = ManualClock(datetime(2026, 3, 5, 16, 0, tzinfo=UTC))
    assert late(engine).open == 4
    [_, moving] = late(engine).by_state
    assert (moving[0].name, moving[1]) == ("moving", (("driver", 1),))
    engine.send("B8/crates/1", "hand_over", actor="driver", at=datetime(2026, 3, 5, 15, 59, tzinfo=UTC))
    assert (late(engine).open, late(engine).late) == (3, before.late)


def test_a_closed_ticket_gives_the_record_back_to_the_queue(engine: Engine) -> None:
    engine.send("S001", "settle", actor="boss")
    report = summarise(engine)
    crates = report.queues[0]
    assert (crates.count, crates.handed_over, crates.opened, crates.tickets) == (3, 0, 1, ())
    assert report.late is not None
    assert report.late.by_state[0][1] == (("store", 3),)


def test_who_can_move_a_record_on(engine: Engine) -> None:
    entities = engine.ruleset.definition.entities
    assert movers(entities["crate"], "shelved") == ("store",)
    assert movers(entities["crate"], "moving") == ("driver",)
    # along the way the desk confirms; where nobody leads on, whoever may drop it
    assert movers(entities["booking"], "open") == ("desk",)
    assert movers(entities["booking"], "waiting") == ("boss", "desk")
    assert movers(entities["booking"], "done") == ()


def test_what_is_allocated_comes_first_in_a_report(engine: Engine) -> None:
    assert subject(engine.ruleset).name == "booking"


def test_a_limit_that_was_given_back_is_not_in_use(engine: Engine) -> None:
    engine.update("B2", {"paid": "100.00"}, actor="desk")
    [credit] = summarise(engine).amounts
    assert (credit.takes, f"{credit.given_back:f}", f"{credit.in_use:f}", credit.owners) == (
        2,
        "100.00",
        "80.00",
        1,
    )
    # B3 was held for it and has it now
    assert [(owner.owner, f"{owner.in_use:f}") for owner in credit.top] == [("Lu", "80.00")]


def test_a_record_that_nothing_happened_to_has_the_least_to_tell(engine: Engine) -> None:
    def chosen(*ids: str) -> str | None:
        census = Census(engine.ruleset, NOW)
        for id in ids:
            census.add(engine.family(id))
        tally = Tally(engine.ruleset, census, NOW)
        tally.add_all(entry for id in ids for entry in engine.history(id))
        return choose(tally)

    assert chosen() is None
    assert chosen("B7", "B2") == "B2"  # both waited; B2 has more entries
    for _ in range(9):
        engine.send("B7", "hurry", actor="desk")
    assert chosen("B7", "B1") == "B1"  # it waited and went in two crates
    assert chosen("Lu", "B7") == "B7"


def test_hours_of_a_queue_count_from_when_it_was_entered(engine: Engine) -> None:
    engine.clock = ManualClock(NOW + timedelta(days=1))
    found = summarise(engine).queues[0]
    assert found.oldest_seconds == pytest.approx(48 * 3600 + 50 * 60, abs=0.001)
