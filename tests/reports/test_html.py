import base64
import re
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from tests.reports.full import full

from orderflow.reports import html
from orderflow.service.report import (
    EffectLine,
    FindingLine,
    MetricLine,
    QueueLine,
    RejectedLine,
    RuleSetLine,
    RunReport,
    Series,
    StateLine,
    StockLine,
)

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>\'"&{{7*7}}'
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]


def report(text="已支付 Paid", **others):
    zone = ZoneInfo("Asia/Shanghai")
    shared = RunReport(
        ruleset=RuleSetLine("shop", text, "1.0.0", "ab" * 32, "Asia/Shanghai", "CNY"),
        now=datetime(2026, 2, 18, 9, tzinfo=zone),
        orders=4271,
        states=(StateLine("paid", text, 4000), StateLine("done", "DONE", 271), StateLine("none", "none", 0)),
        queues=(
            QueueLine("late", text, "desk", 130, (text, "WZ2/shipments/1")),
            QueueLine("empty", "Empty", None, 0),
        ),
        metrics=(
            MetricLine("on_time", text, "rate", 0.93075, 13375, 14370, {"no_date": 8}),
            MetricLine(
                "wait", "Wait", "mean", 22320.0, mean=22320.0, median=1.0, p90=9e4, count=3, unit="seconds"
            ),
            MetricLine("empty", "Empty", "rate", None, 0, 0),
        ),
        findings=(FindingLine("odd", text, 3),),
        stock=(StockLine("main", text, 120, 20000, 300, 4),),
        events=30000,
        refused=12,
        refusals={"no_transition": 12},
        rejected=tuple(RejectedLine("a.csv", line, 4, text) for line in range(25)),
        notes=(text,),
        effects=(EffectLine(text, 3999, 2, 0, 1),),
        series=Series("hour", tuple((datetime(2026, 2, 11, hour), hour * 7) for hour in range(24))),
        seconds=3.2,
    )
    return replace(shared, **others)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_data(self, data):
        self.text.append(data)


def read(document):
    reader = Reader()
    reader.feed(document)
    return reader


def test_numbers_are_said_with_what_they_are_made_of():
    text = re.sub(r"\s+", " ", " ".join(read(html.render(report())).text))
    for words in (
        "93.08%",
        "13,375 of 14,370",
        "left out: 8 no date",
        "90 % up to 1 d 1 h",
        "6 h 12 min",
        "4,271",
        "WZ2/shipments/1",
    ):
        assert words in text
    assert "the first 20 of 25" in text
    assert "refused: 12 no_transition" in text


def test_hostile_texts_stay_text(make_definition):
    reader = read(html.render(report(HOSTILE), make_definition(label=HOSTILE, done=HOSTILE, finish=HOSTILE)))
    assert not {"script", "img", "iframe", "link", "base", "form"} & set(reader.tags)
    assert not [
        one for one in reader.attributes if one[1].startswith("on") or one[1] in ("src", "href", "style")
    ]
    assert any(HOSTILE in part for part in reader.text)


def test_the_policy_allows_this_style_and_nothing_else(definition):
    document = html.render(report(), definition)
    [style] = re.findall(r"<style>(.*?)</style>", document, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policies = [value for tag, name, value in read(document).attributes if (tag, name) == ("meta", "content")]
    assert (
        policies[0] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_an_empty_run_has_a_report_too(definition):
    nothing = RunReport(report().ruleset, report().now, 0, ())
    assert "0" in html.render(nothing, definition)


@pytest.fixture(scope="module")
def browser(chromium):
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("filled", [False, True])
def test_a_phone_shows_it_whole_without_errors_or_requests(browser, definition, tmp_path, dark, filled):
    file = tmp_path / "report.html"
    text = "支付超24小时未接单 " + "very long words " * 9
    file.write_text(
        html.render(full(report(text), text) if filled else report(text), definition), encoding="utf-8"
    )
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if dark else "light", offline=True
    )
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert said == []
    assert asked == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # the policy lets the style in: the page is not black on white by accident
    shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shown == ("rgb(13, 19, 25)" if dark else "rgb(246, 248, 250)")
    context.close()


def test_a_series_says_which_days_it_shows():
    assert "2026-02-11, Asia/Shanghai" in html.render(report())
    months = Series("month", ((datetime(2025, 12, 1), 3), (datetime(2026, 1, 1), 4)))
    assert "2025-12 to 2026-01, Asia/Shanghai" in html.render(report(series=months))


def test_a_share_that_rounds_to_nothing_is_told_from_none():
    states = (StateLine("a", "A", 1), StateLine("b", "B", 4270), StateLine("c", "C", 0))
    text = " ".join(read(html.render(report(states=states))).text)
    assert "<0.1%" in text
    assert "0.0%" in text


def test_a_printed_page_is_as_wide_as_the_paper(browser, definition, tmp_path):
    file = tmp_path / "report.html"
    text = "WZ20260211-000246/shipments/1"
    file.write_text(html.render(full(report(text), text), definition), encoding="utf-8")
    context = browser.new_context(viewport={"width": 794, "height": 1123}, offline=True)
    shown = context.new_page()
    shown.goto(file.as_uri())
    shown.emulate_media(media="print")
    assert shown.evaluate("document.documentElement.scrollWidth") == 794
    context.close()


def test_a_printed_page_shows_what_is_folded(browser, definition, tmp_path):
    file = tmp_path / "report.html"
    page = html.render(report(), definition).replace("<details open>", "<details>")
    file.write_text(page, encoding="utf-8")
    context = browser.new_context(offline=True)
    shown = context.new_page()
    shown.goto(file.as_uri())
    high = "document.querySelector('details .of-chart').checkVisibility({contentVisibilityAuto: true})"
    assert shown.evaluate(high) is False
    shown.emulate_media(media="print")
    shown.wait_for_function(high, timeout=10_000)  # it shows with the next frame
    context.close()


def test_queues_without_owners_have_no_column_of_them():
    alone = (QueueLine("late", "Late", None, 1, ("7",)),)
    assert "<th>owner</th>" in html.render(report())
    page = html.render(report(queues=alone))
    assert "owner" not in page
    assert '<td data-name="records" class="n">' in page


def test_a_very_long_id_is_cut_and_marks_in_it_are_shown():
    page = html.render(report(queues=(QueueLine("late", "Late", None, 2, ("q" * 3000, "\u202eevil\nid")),)))
    assert "q" * 60 not in page
    assert "\\u202eevil␊id" in page


def test_a_single_column_does_not_fill_the_figure():
    one = Series("hour", ((datetime(2026, 2, 11, 9), 3),))
    assert 'width="80.0"' in html.render(report(series=one))
