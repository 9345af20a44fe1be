"""Negative controls: a checker that is weakened in one way lets rules through that raise, and the test finds one of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.soundness.case import Tally, run_case, tape_of
from tests.soundness.test_sound_rules import LIVES

from orderflow.expr import arithmetic, calls, check, fit, ranges
from orderflow.expr.types import NUMBERS, Kind, present


def required(self, node, text=""):
    """What may be missing passes for what is there."""
    return replace(node, type=present(node.type))


def result(operator, left, right, nonzero):
    """Every divisor passes."""
    zero = right.type.kind in NUMBERS and not any(ranges.interval(right.type))
    return arithmetic.result(operator, left, right, nonzero=not zero)


def fits_but_numbers(right: Callable[..., bool]) -> Callable[..., bool]:
    return lambda type_: type_.kind in NUMBERS or right(type_)


def fits_but_times(right: Callable[..., bool]) -> Callable[..., bool]:
    return lambda type_: type_.kind not in NUMBERS or right(type_)


def misfit_but_choices(right):
    return lambda checker, node, expected, *, loose: (
        None if expected.kind is Kind.CHOICE else right(checker, node, expected, loose=loose)
    )


WEAKER = {
    "missing": (check.Checker, "required", lambda _: required),
    "zero": (check, "result", lambda _: result),
    "digits": (ranges, "fits", fits_but_numbers),
    "calendar": (ranges, "fits", fits_but_times),
    "option": (fit, "_misfit", misfit_but_choices),
}
RAISED = {
    "missing": "TypeError AttributeError KeyError UnsoundError",
    "zero": "ZeroDivisionError DivisionByZero InvalidOperation",
    "digits": "InvalidOperation",
    "calendar": "OverflowError",
    "option": "UnsoundError",
}


@pytest.mark.parametrize("dares", WEAKER)
def test_a_weaker_checker_is_found_out(dares: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, name, weaken = WEAKER[dares]
    monkeypatch.setattr(holder, name, weaken(getattr(holder, name)))
    if dares == "calendar":
        monkeypatch.setattr(calls, "CENTURY", 10**30)
    tally, seed, found = Tally(), 0, ""
    while not found and tally.lives < LIVES:
        try:
            run_case(tape_of(seed), tmp_path, tally, dares=dares)
        except Exception as error:
            found = type(error).__name__
        seed += 1
    assert found, "the test does not find what this checker lets through"
    assert found in RAISED[dares].split(), found
