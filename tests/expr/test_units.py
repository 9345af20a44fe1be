"""Numbers as people write them elsewhere are one fault each, and say what is written here."""

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.scope import Scope
from orderflow.expr.types import DATETIME, DURATION, INTEGER, Kind

SCOPE = Scope("order", {"placed_at": DATETIME, "units": INTEGER, "wait": DURATION})


@pytest.mark.parametrize(
    ("source", "wrong", "better"),
    [
        ("age(placed_at) > 24h", "24h", "hours(24)"),
        ("age(placed_at) > 90s and units > 1", "90s", "seconds(90)"),
        ("wait > 30min", "30min", "minutes(30)"),
        ("wait > 7days", "7days", "days(7)"),
        ("wait > 2w", "2w", "weeks(2)"),
        ("units * 30% > 1", "30%", "0.3"),
        ("units > 12.5%", "12.5%", "0.125"),
        ("(units > 5%) and units > 1", "5%", "0.05"),
        ("units >= 1,000", "1,000", "1000"),
        ("units >= 1,000,000 and units < 2", "1,000,000", "1000000"),
        ("units >= 1,234.5", "1,234.5", "1234.5"),
    ],
)
def test_a_number_is_written_as_the_language_has_it(source: str, wrong: str, better: str) -> None:
    made = analyse(source, SCOPE, Kind.BOOL)
    assert isinstance(made, list)
    assert [(item.code, source[item.start : item.end], item.replacement) for item in made] == [
        ("OF106", wrong, better)
    ]
    assert made[0].message == f"`{wrong}` is written `{better}` in an expression"


@pytest.mark.parametrize(
    "source",
    ["units % 3 == 0", "units %3 > 1", "max(1,500) > units", "units in [1,200]", "5 % units % 7 == 0"],
)
def test_remainders_and_commas_between_values_are_left_alone(source: str) -> None:
    made = analyse(source, SCOPE, Kind.BOOL)
    assert not isinstance(made, list) or all("is written" not in item.message for item in made)


@pytest.mark.parametrize(
    ("wrong", "better"),
    [
        ("＞=", ">="),
        ("＞＝", ">="),
        (">＝", ">="),
        ("＜＝", "<="),
        ("！＝", "!="),
        ("＝＝", "=="),
        ("＝=", "=="),
    ],
)
def test_a_full_width_operator_of_two_signs_is_one_fault(wrong: str, better: str) -> None:
    source = f"units {wrong} 3"
    made = analyse(source, SCOPE, Kind.BOOL)
    assert isinstance(made, list)
    assert [(item.code, source[item.start : item.end], item.replacement) for item in made] == [
        ("OF106", wrong, better)
    ]
