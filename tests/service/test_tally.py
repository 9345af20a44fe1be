"""What counts as a refusal: an event that changed nothing, and rules that go round; not what was only remarked."""

import pytest
from tests.service.teahouse import NOW, played

from orderflow.model.decision import Refusal
from orderflow.model.event import Event
from orderflow.service.census import Census
from orderflow.service.ports import JournalEntry
from orderflow.service.tally import Tally


@pytest.mark.parametrize(
    ("code", "accepted", "counted"),
    [("guard", False, 1), ("guard", True, 0), ("no_rest", True, 1), ("limit", True, 0)],
)
def test_refusals(tmp_path_factory: pytest.TempPathFactory, code: str, accepted: bool, counted: int) -> None:
    engine = played(tmp_path_factory.mktemp("teahouse"))[0]
    census = Census(engine.ruleset, NOW)
    census.add(engine.family("B1"))
    tally = Tally(engine.ruleset, census, NOW)
    refusal = Refusal(code, "B1", "it says why")
    event = Event("send", "B1", NOW, "confirm")
    tally.add(JournalEntry(1, NOW, 1, event, accepted, (), (), (), (), (refusal,), "", ""))
    assert sum(line.count for line in tally.refusals()) == counted
    assert tally.beyond["booking"] == (code == "limit")
    if counted:
        [line] = tally.refusals()
        assert (line.entity, line.event_label, line.examples) == (
            "booking",
            "确认 Confirm",
            (("B1", "it says why"),),
        )
