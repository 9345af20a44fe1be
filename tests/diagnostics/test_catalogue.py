"""Every code has a page that helps."""

import re

import pytest

from orderflow.compiler.reader import read
from orderflow.diagnostics import codes, page
from orderflow.diagnostics.catalogue import PAGES

# what the checker can find; a new code belongs here and gets its page
CODES = [
    "OF101",
    "OF102",
    "OF103",
    "OF104",
    "OF105",
    "OF106",
    "OF107",
    "OF108",
    "OF201",
    "OF205",
    "OF207",
    "OF208",
    "OF209",
    "OF301",
    "OF302",
    "OF303",
    "OF403",
    "OF405",
    "OF406",
    "OF901",
    "OF902",
]
FOUND_BY_READING = {"OF105", "OF901"}


def test_every_code_has_a_page() -> None:
    assert list(codes()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_why_and_how(code: str) -> None:
    shown = page(code)
    assert shown.startswith(f"# {code}: ")
    assert shown.count("```yaml") == 2
    for part in ("**Why it hurts an order.** ", "Bad:", "Good:", "**How to repair it.** "):
        assert part in shown
    found = PAGES[code]
    assert all(len(text) > 30 for text in (found.meaning, found.harm, found.repair))
    assert found.bad != found.good
    assert not re.search(r"  |\n", found.meaning + found.harm + found.repair)


@pytest.mark.parametrize("code", CODES)
def test_examples_are_yaml_as_far_as_they_should_be(code: str) -> None:
    assert not read(PAGES[code].good, "good.yaml")[1]
    bad = {found.code for found in read(PAGES[code].bad, "bad.yaml")[1]}
    assert bad == ({code} if code in FOUND_BY_READING else set())


def test_a_code_may_be_written_in_any_case_but_must_exist() -> None:
    assert page(" of101 ") == page("OF101")
    with pytest.raises(KeyError):
        page("OF999")
