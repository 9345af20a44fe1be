from datetime import timedelta

import pytest

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
