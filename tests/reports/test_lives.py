import re
from dataclasses import replace

from tests.reports.test_html import read, report

from orderflow.reports import lives, svg
from orderflow.reports.chart import chart
from orderflow.reports.layout import layout
from orderflow.service.accounts import LifeLine, Share, StepLine

LIFE = LifeLine(
    entity="order", label="订单 Order", parent=None, records=31,
    states=(Share("pending", "待审核", 4), Share("paid", "已支付", 0), Share("done", "已完成", 20), Share("cancelled", "cancelled", 7)),
    steps=(
        StepLine("pay", "pay", "pending", "paid", 1200),
        StepLine("finish", "完成", "paid", "done", 20),
        StepLine("cancel", "cancel", "pending", "cancelled", 5),
        StepLine("cancel", "cancel", "paid", "cancelled", 2),
        StepLine("note", "note", "paid", "paid", 3),
    ),
)  # fmt: skip


def test_arrows_count_from_all_leaves_of_their_sources(definition):
    drawn = chart(definition, definition.entities["order"], LIFE)
    counts = {arrow.name: (arrow.count, arrow.heading) for arrow in drawn.arrows}
    assert counts == {"pay": (1200, "pay · 1,200"), "finish": (20, "完成 · 20"), "cancel": (7, "cancel · 7")}
    assert drawn.boxes["open"].notes == ("↻ note · 3",)
    assert {name: box.standing for name, box in drawn.boxes.items()} == {
        "open": 4, "pending": 4, "paid": 0, "done": 20, "cancelled": 7,
    }  # fmt: skip


def test_without_a_life_nothing_is_counted(definition):
    drawn = chart(definition, definition.entities["order"])
    assert {arrow.count for arrow in drawn.arrows} == {None}
    assert {box.standing for box in drawn.boxes.values()} == {None}
    assert "of-now" not in svg.render(definition).partition("</style>")[2]


def test_frequent_ways_are_broad_and_untaken_ones_faint(definition):
    never = LifeLine("order", "", None, 0, (), LIFE.steps[:2])
    picture = svg.document([layout(chart(definition, definition.entities["order"], never))], styled=False)
    assert len(re.findall(r'class="of-line of-automatic of-most"', picture)) == 1
    assert re.search(r'class="of-line of-after"', picture)
    assert re.search(r'class="of-line of-event of-never"', picture)


def test_the_number_that_stands_there_does_not_cover_the_label(definition):
    one = layout(chart(definition, definition.entities["order"], LIFE))
    bare = layout(chart(definition, definition.entities["order"]))
    assert one.places["done"].width > bare.places["done"].width
    assert one.places["paid"].width == bare.places["paid"].width


def test_the_first_entity_is_open_and_the_numbers_stand_in_words_too(definition):
    page = lives.lives(replace(report(), lives=(LIFE,)), definition)
    assert "<details open><summary>订单 Order (order): 31</summary>" in page
    assert "待审核 4, 已完成 20, cancelled 7" in " ".join(read(page).text)
