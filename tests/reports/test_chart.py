from datetime import timedelta
from typing import Any

import pytest
from tests.service.teahouse import write_rules

from orderflow.bootstrap import load
from orderflow.reports import chart_json, svg
from orderflow.reports.chart import chart, span_text


def test_boxes_keep_their_nesting_marks_and_deeds(definition):
    drawn = chart(definition, definition.entities["order"])
    assert list(drawn.boxes) == ["open", "pending", "paid", "done", "cancelled"]
    assert drawn.boxes["open"].parts == ("pending", "paid")
    assert drawn.boxes["pending"].start
    assert drawn.boxes["done"].final
    assert drawn.boxes["paid"].notes == ("entry: tell",)
    assert drawn.leaves("open") == ("pending", "paid")
    assert drawn.around("paid") == ("open",)


def test_arrows_say_what_makes_them_fire(definition):
    arrows = {arrow.name: arrow for arrow in chart(definition, definition.entities["order"]).arrows}
    assert (arrows["pay"].kind, arrows["pay"].detail) == ("automatic", "when paid_at is not None")
    assert (arrows["finish"].kind, arrows["finish"].title, arrows["finish"].detail) == (
        "after",
        "完成",
        "after 36h",
    )
    assert (arrows["cancel"].sources, arrows["cancel"].detail) == (("open",), "")


def test_a_transition_that_leaves_no_state_is_a_note_in_its_box(definition):
    drawn = chart(definition, definition.entities["order"])
    assert "note" not in {arrow.name for arrow in drawn.arrows}
    assert drawn.boxes["open"].notes == ("↻ note",)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=15), "15d"),
        (timedelta(hours=26), "26h"),
        (timedelta(seconds=90), "90s"),
        (timedelta(0), "0s"),
    ],
)
def test_spans_are_written_as_in_the_rules(span, text):
    assert span_text(span) == text


@pytest.fixture
def house(tmp_path):
    return load(write_rules(tmp_path / "house")).definition


def test_holds_are_badges_and_resources_notes(house):
    booking = chart(house, house.entities["booking"])
    assert booking.boxes["ready"].badges == ("hold: 暂停 Paused", "hold: 超额 Over the limit")
    assert booking.boxes["waiting"].badges == ()
    assert booking.boxes["sending"].notes == ("shows least of crates", "holds credit")
    crate = chart(house, house.entities["crate"])
    assert (crate.boxes["shelved"].notes, crate.boxes["moving"].notes) == (
        ("holds stock",),
        ("uses up stock",),
    )
    picture = svg.render(house, "booking")
    assert picture.count('class="of-badge"') == 4
    assert ">can be held</text>" in picture
    assert ">can be held</text>" not in svg.render(house, "crate")


def test_what_a_transition_makes_stands_at_its_arrow(house):
    arrows = {arrow.name: arrow for arrow in chart(house, house.entities["booking"]).arrows}
    assert arrows["source"].detail == '+ crates · when can_source("near")'
    entities: Any = chart_json.to_dict(house, "booking")["entities"]
    found = entities["booking"]
    assert found["children"] == {"crates": {"entity": "crate", "one_per": "plan.parcel"}}
    assert [hold["name"] for hold in found["holds"]] == ["by_hand", "credit"]
    assert found["holds"][1] == {
        "name": "credit", "label": "超额 Over the limit", "in": ["ready"], "by": [], "reason_required": False,
        "when": 'not can_take("credit")', "retry_on": ["credit"],
    }  # fmt: skip
    assert found["resources"] == [
        {"name": "credit", "kind": "amount", "held_in": "sending", "spend_on": None}
    ]
    assert [one["policy"] for one in found["transitions"] if one["name"] == "source"] == ["near"]
