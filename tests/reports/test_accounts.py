import re
from dataclasses import replace

from tests.reports.full import full
from tests.reports.test_html import HOSTILE, read, report

from orderflow.reports import accounts, html


def text_of(page):
    return re.sub(r"\s+", " ", " ".join(read(page).text))


def test_hostile_texts_stay_text_in_every_part():
    page = html.render(full(report(HOSTILE), HOSTILE))
    reader = read(page)
    assert not {"script", "img", "iframe", "link", "base", "form"} & set(reader.tags)
    assert not [
        one for one in reader.attributes if one[1].startswith("on") or one[1] in ("src", "href", "style")
    ]
    assert "<script" not in page


def test_the_first_thing_to_read_is_what_went_wrong():
    page = html.render(full(report(), "Chen"))
    sections = re.findall(r"<h2>(.*?)</h2>", page)
    assert sections[:2] == ["What went wrong", "Exception queues"]
    assert '<li class="bad"><strong>Chen</strong> Chen</li>' in page


def test_queues_say_who_has_them_and_empty_ones_do_not_take_a_row():
    page = html.render(full(report(), "Chen"))
    said = text_of(page)
    assert "T1 Chen, Chen" in said
    assert page.count('<td data-name="the oldest">') == 1
    assert "2 h, since 02-18 09:00" in said
    assert "Nothing stands in: Chen." in said
    assert "Nothing stands in" not in html.render(
        replace(full(report(), "Chen"), queues=full(report(), "x").queues[:1])
    )


def test_allocation_has_its_numbers():
    said = text_of(accounts.allocation(full(report(), "Nord")))
    for words in (
        "9 of 10 were given to warehouses: 11 parcels with 30 units (7 in 1, 2 in 2 parcels). Policies: Nord (9).",
        "Short of a unit at allocation: 2 of 20, 10.00%; left out: 1 that lacked units of preorders only.",
        "and 3 further articles",
        "wait now 1 1 h Nord",
        "got their stock 1 1 min after 1 min on average",
    ):
        assert words in said


def test_late_parcels_say_who_has_them():
    said = text_of(accounts.promises(full(report(), "Nord")))
    assert "5 parcels have a promised day. 2 are past it and not there yet; 1 came after it." in said
    assert "Nord moving 2 Nord 1, carrier 1" in said
    assert "The longest overdue: Nord (3 d)." in said


def test_stock_has_every_quantity_and_what_can_be_sold():
    said = text_of(accounts.stock(full(report(), "Nord")))
    # 20,000 on hand less 300, 7 and 8; 9 in transit; less 10 of safety stock and 2 that are waited for
    assert "Sellable in all: 19,682 units" in said
    assert "120 20,000 300 7 8 9 19,685 4" in said
    assert "corrected by counting 2 3 found, 1 lost" in said
    assert "opening stock, receipts taken in 1 9" in said


def test_limits_holds_checks_tags_and_refusals_are_there():
    found = full(report(), "Nord")
    assert "Nord 3 300.00 100.00 0 200.00 2 1 1" in text_of(accounts.amounts(found))
    assert "C2 50.00 –" in text_of(accounts.amounts(found))
    assert "Nord risk 3 1 1 min 2 min Nord (2) Nord" in text_of(accounts.holds(found))
    assert "Nord whole 9 2 Nord" in text_of(accounts.checks(found))
    assert "Nord fan 3 1 2 Nord" in text_of(accounts.checks(found))
    assert "Nord Nord 4 a condition did not hold guard Nord Nord" in text_of(accounts.refusals(found))


def test_days_have_the_last_one_first_and_parts_without_anything_are_left_out():
    found = full(report(), "Nord")
    days = re.findall(r"<tr><td>(2026-[0-9-]+)</td>", accounts.days(found))
    assert days == ["2026-02-18", "2026-02-17"]
    bare = report()
    for part in (accounts.days, accounts.allocation, accounts.promises, accounts.holds, accounts.amounts,
                 accounts.checks, accounts.refusals):  # fmt: skip
        assert part(bare) == ""
