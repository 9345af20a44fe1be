"""One record's story: which one is chosen, and what is told of it."""

from pathlib import Path

import pytest
from tests.service.teahouse import played

from orderflow.service.accounts import Story
from orderflow.service.engine import Engine
from orderflow.service.report import RunReport
from orderflow.service.story import tell


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, RunReport]:
    return played(tmp_path_factory.mktemp("teahouse"))


@pytest.fixture(scope="module")
def chosen(days: tuple[Engine, RunReport]) -> Story:
    story = days[1].story
    assert story is not None
    return story


def test_the_one_that_was_held_and_split_is_chosen(chosen: Story) -> None:
    assert chosen.record == "B1"
    assert chosen.why == "was held and went in 2 parcels and has 8 entries in the journal"


def test_it_says_why_it_waited_and_what_it_went_in(chosen: Story) -> None:
    assert chosen.waited == (
        "It was held 1 h 5 min by desk:mei: 暂停 Paused (by_hand), because: 地址不清, from 2026-03-02 08:05",
        "Parcel 1 of 2 from 北库 North (north): 2 of OOLONG, 1 of PUER; 0.0 km, promised for 2026-03-03",
        "Parcel 2 of 2 from 南库 South (south): 2 of PUER; 111.2 km, promised for 2026-03-03",
    )


def test_every_entry_says_when_who_and_what_came_of_it(chosen: Story) -> None:
    assert [f"{entry.at:%d %H:%M} {entry.what}" for entry in chosen.entries] == [
        "02 08:00 submitted by desk",
        "02 08:05 held: 暂停 Paused (by_hand) by desk:mei, because: 地址不清",
        "02 08:10 sent confirm by desk",
        "02 09:10 released: 暂停 Paused (by_hand) by desk:mei, because: 已问清",
        "02 11:00 sent leave to B1/crates/1 by store",
        "02 11:10 sent leave to B1/crates/1 by store  REFUSED",
        "03 09:10 time passed by engine",
        "04 09:00 sent hand_over to B1/crates/1 by driver",
    ]
    assert [entry.accepted for entry in chosen.entries].count(False) == 1
    released = chosen.entries[3].details
    assert (
        "  not from corner: 1 of OOLONG short (needs 2, has 1) and 3 of PUER short (needs 3, has 0)"
        in released
    )
    assert "可发 Ready (ready) → 发货中 Sending (sending) by source" in released


def test_it_ends_where_it_stands_now(chosen: Story) -> None:
    assert chosen.now[0].startswith("预订 Booking B1 is in state 发货中 Sending (sending)")
    assert any("In the queue 超一天未出门" in line for line in chosen.now)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("B4", "It waited 2 h 59 min for stock, 2026-03-02 10:01 to 2026-03-02 13:00; 3 of PUER lacked"),
        ("B5", "It has waited 1 day 23 h for stock, 2026-03-02 10:06 to 2026-03-04 10:00; 2 of JASMINE lacked; it still waits"),
        ("B6", "It waited 3 h 49 min for stock, 2026-03-02 10:11 to 2026-03-02 14:00; 1 of JASMINE lacked"),
        ("B3", "It was held 2 days by the rules: 超额 Over the limit (credit), from 2026-03-02 09:41; it still is"),
    ],
)  # fmt: skip
def test_waiting_is_told_until_it_was_over(days: tuple[Engine, RunReport], record: str, said: str) -> None:
    assert tell(days[0], record).waited[0] == said


def test_a_child_is_told_with_its_family_and_another_may_be_asked_for(tmp_path: Path) -> None:
    _, report = played(tmp_path, story="B1/crates/2")
    assert report.story is not None
    assert report.story.record == "B1"
