"""A metric told apart by groups, as people read it."""

import re

import pytest

from orderflow.cli import summary
from orderflow.reports.metric_groups import SHOWN, grouped
from orderflow.service.report import MetricLine


def rate(name: str, passed: int, of: int, **left_out: int) -> MetricLine:
    return MetricLine(name, name, "rate", passed / of if of else None, passed, of, left_out)


def metric(*groups: MetricLine) -> MetricLine:
    keys = [None if line.name == "no_group" else line.name for line in groups]
    whole = rate("on_time", 1, 2)
    return MetricLine(
        "on_time",
        "On <time>",
        "rate",
        whole.value,
        1,
        2,
        {},
        by="day(x)",
        groups=dict(zip(keys, groups, strict=True)),
    )


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_each_group_says_what_it_is_made_of() -> None:
    page = grouped(metric(rate("2026-02-10", 1, 2), rate("<b>", 3, 3, no_promise=4), rate("no_group", 0, 0)))
    assert "<b>" not in page.replace("<b></b>", "")
    words = text(page)
    assert "On &lt;time&gt;: 2 groups" in words
    assert "2026-02-10 50.00% 1 of 2" in words
    assert "&lt;b&gt; 100.00% 3 of 3 4 no promise" in words
    assert "no_group – 0 of 0" in words


def test_without_groups_there_is_nothing() -> None:
    assert grouped(rate("on_time", 1, 2)) == grouped(metric()) == ""


def test_of_many_groups_the_last_are_shown_and_the_unknown_one() -> None:
    days = [rate(f"day {number:03}", 1, 2) for number in range(SHOWN + 4)]
    words = text(grouped(metric(*days, rate("no_group", 1, 1))))
    assert "day 003" not in words
    assert "day 004" in words
    assert "no_group" in words
    assert "4 groups before these are not shown." in words


def test_a_distribution_without_values_has_empty_bars() -> None:
    nothing = MetricLine("a", "a", "mean", None, 0, 0, {"open": 1}, count=0, unit="seconds")
    below = MetricLine("b", "b", "mean", -3600.0, -3600.0, 1, {}, mean=-3600.0, count=1, unit="seconds")
    line = MetricLine("t", "T", "mean", 1.0, by="x", groups={"a": nothing, "b": below})
    page = grouped(line)
    assert page.count('class="bar" width="0.00"') == 2


@pytest.mark.parametrize("size", [7, 8])
def test_the_text_names_seven_groups_at_most(size: int) -> None:
    found = metric(*(rate(f"d{number}", number, 9) for number in range(size)))
    assert summary.grouped(found) == (
        "on_time by day(x): d0 0.00% (9), d1 11.11% (9), d2 22.22% (9), d3 33.33% (9), d4 44.44% (9), "
        "d5 55.56% (9), d6 66.67% (9)"
        if size == 7
        else ""
    )
