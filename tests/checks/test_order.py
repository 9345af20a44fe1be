"""What `before`, `otherwise` and a constant guard say of an order that there is not."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

STATES = "states: {new: {initial: true}, done: {final: true}}\nevents: {go: }\ntransitions:\n"


@pytest.mark.parametrize(
    ("transitions", "code", "severity", "words"),
    [
        (
            "  a: {from: new, to: done, event: go, when: gift, before: b}\n"
            "  b: {from: new, to: done, event: go, when: amount > 0, before: a}\n",
            "OF205",
            "error",
            "`a` before `b` before `a`: each goes first",
        ),
        (
            "  b: {from: new, to: done, event: go, when: gift, before: c}\n"
            "  a: {from: new, to: done, event: go, when: amount > 0, before: b}\n"
            "  c: {from: new, to: done, event: go, when: units > 0, before: a}\n",
            "OF205",
            "error",
            "`b` before `c` before `a` before `b`: each goes first",
        ),
        (
            "  a: {from: new, to: done, event: go, otherwise: true}\n",
            "OF205",
            "warning",
            "says `otherwise`, but",
        ),
        ("  a: {from: new, to: done, event: go, when: true}\n", "OF106", "warning", "always true"),
        ("  a: {from: new, to: done, event: go, when: false}\n", "OF106", "warning", "never taken"),
    ],
)
def test_an_order_that_there_is_not(
    check_order: Callable[..., Compiled], transitions: str, code: str, severity: str, words: str
) -> None:
    found = check_order(STATES + transitions).diagnostics
    assert [(item.code, str(item.severity), words in item.message) for item in found] == [
        (code, severity, True)
    ]


def test_otherwise_yields_to_another_of_its_trigger(check_order: Callable[..., Compiled]) -> None:
    found = check_order(
        STATES + "  a: {from: new, to: done, event: go, when: gift}\n"
        "  b: {from: new, to: done, event: go, otherwise: true}\n"
    ).diagnostics
    assert found == ()
