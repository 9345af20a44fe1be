"""Named patterns match what they say, in linear time."""

import pytest

from orderflow.expr.patterns.matcher import pattern
from orderflow.expr.patterns.named import PATTERNS


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_the_example_matches(name: str) -> None:
    assert pattern(name).regex.fullmatch(PATTERNS[name].example)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cn_mobile", "12800000000"),
        ("cn_mobile", "138000000001"),
        ("cn_mobile", "１３８００００００００"),
        ("digits", "12a"),
        ("digits", "１２"),
        ("email", "a@b"),
        ("email", "@b.example"),
        ("email", "a b@c.example"),
    ],
)
def test_others_do_not(name: str, text: str) -> None:
    assert pattern(name).regex.fullmatch(text) is None


@pytest.mark.parametrize("name", sorted(PATTERNS))
@pytest.mark.parametrize("bad", ["a@" + "a-" * 20_000 + "!", "a@" + "a." * 20_000 + "!", "1" * 40_000 + "!"])
def test_a_long_text_that_nearly_matches_is_refused(name: str, bad: str) -> None:
    assert pattern(name).regex.fullmatch(bad) is None
