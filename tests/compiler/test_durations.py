"""Durations as people write them are repaired to what rule files have."""

from collections.abc import Callable

import pytest

from orderflow.compiler.durations import meant_duration
from orderflow.compiler.load import Compiled

ORDER = """\
entity: order
states: {new: {initial: true}, done: {final: true}}
transitions:
  end: {from: new, to: done, after: WRITTEN}
"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7 days", "7d"),
        ("7days", "7d"),
        ("2 Weeks", "14d"),
        ("1w", "7d"),
        ("1d12h", "36h"),
        ("1 hour and 30 minutes", "90m"),
        ("90 sec", "90s"),
        ("24小时", "24h"),
        ("7天", "7d"),
        ("1天12小时", "36h"),
    ],
)
def test_a_duration_in_other_words(written: str, meant: str, compile_rules: Callable[..., Compiled]) -> None:
    (found,) = compile_rules(order=ORDER.replace("WRITTEN", written)).diagnostics
    assert found.code == "OF102"
    assert found.message == (
        f"`after` must be a duration such as `90s`, `15m`, `26h` or `15d`, not `{written}`"
    )
    assert found.fix is not None
    assert found.fix.replacement == meant


@pytest.mark.parametrize("text", ["", "7", "days", "-7d", "1.5h", "1 month", "12h1d", "7d7d", "soon"])
def test_what_says_no_duration_is_not_guessed(text: str) -> None:
    assert meant_duration(text) is None
