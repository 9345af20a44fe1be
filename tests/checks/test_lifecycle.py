"""Findings about the shape of a lifecycle: each where it should be, none where it should not."""

from collections.abc import Callable

import pytest

from orderflow.checks.graph import leaf_after, leaves, source_leaves, steps
from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

STATES = "states:\n  a: {initial: true}\n  b:\n  c: {final: true}\nevents: {e: {}, f: {}}\ntransitions:\n"
BASE = "  ab: {from: a, to: b, event: e}\n  bc: {from: b, to: c, event: e}\n"


def said(compiled: Compiled) -> list[tuple[str, str, str]]:
    return [
        (item.code, item.severity.value, item.message)
        for item in compiled.diagnostics
        if item.code != "OF104"
    ]


def test_a_sound_lifecycle(check_order: Check) -> None:
    compiled = check_order(STATES + BASE)
    assert said(compiled) == []
    assert compiled.definition is not None


@pytest.mark.parametrize(
    ("transitions", "expected"),
    [
        ("  ac: {from: a, to: c, event: e}\n  bc: {from: b, to: c, event: e}\n", ("OF201", "error", "no `order` can reach the state `b`")),
        ("  ab: {from: a, to: b, event: e}\n  ac: {from: a, to: c, event: f}\n", ("OF208", "error", "no transition leaves `b`")),
        ("  ab: {from: a, to: b, event: e}\n  bb: {from: b, event: e}\n  ac: {from: a, to: c, event: f}\n", ("OF208", "error", "no transition leaves `b`")),
        (BASE + "  back: {from: c, to: a, event: f}\n", ("OF208", "error", "`c` is final, but transition `back` leaves it")),
        (BASE + "  twice: {from: a, to: c, event: e}\n", ("OF205", "error", "`ab` and `twice` both leave `a` without a condition")),
        (BASE + "  one: {from: a, to: c, event: f, when: gift}\n  two: {from: a, to: b, event: f, when: gift}\n", ("OF205", "error", "under the same condition")),
        (BASE + "  maybe: {from: a, to: c, event: e, when: gift}\n", ("OF205", "warning", "`ab` and `maybe` could both be taken in `a`")),
        (BASE + "  x: {from: a, to: b, at_once: true}\n  y: {from: b, to: a, at_once: true}\n", ("OF207", "error", "`a` → `b` → `a`")),
        (BASE + "  x: {from: a, to: b, when: gift}\n  y: {from: b, to: a, when: units > 1}\n", ("OF207", "warning", "`a` → `b` → `a`")),
        (BASE + "  x: {from: a, to: a, when: gift}\n", ("OF207", "warning", "`a` → `a`")),
        (BASE + "  x: {from: a, when: gift}\n", ("OF207", "error", "would be taken again and again")),
        (BASE + "  x: {from: a, to: b, when: day(now) == today}\n", ("OF106", "error", "nothing tells when `today` turns this condition")),
        (BASE + "  x: {from: a, to: b, when: gift, retry_on: stock}\n", ("OF106", "warning", "`x` waits for stock, but takes none")),
    ],
)  # fmt: skip
def test_a_finding(check_order: Check, transitions: str, expected: tuple[str, str, str]) -> None:
    found = said(check_order(STATES + transitions))
    assert len(found) == 1, found
    assert found[0][:2] == expected[:2]
    assert expected[2] in found[0][2]


@pytest.mark.parametrize(
    "transitions",
    [
        "  x: {from: a, to: c, event: e, before: ab}\n",
        "  x: {from: a, to: c, event: e, otherwise: true}\n",
        "  x: {from: a, to: c, event: f}\n",
        "  x: {from: a, to: c, after: 1h}\n  y: {from: a, to: c, after: 2h}\n",
        "  x: {from: a, to: c, event: f, when: gift}\n  y: {from: a, to: b, event: f, when: not gift}\n",
        "  x: {from: a, to: c, event: f, when: units > 5}\n  y: {from: a, to: b, event: f, when: units <= 5 and gift}\n",
        "  x: {from: a, to: b, when: gift}\n  y: {from: b, to: a, when: not gift}\n",
        "  x: {from: a, to: b, after: 1h}\n  y: {from: b, to: a, at_once: true}\n",
        "  x: {from: a, to: b, when: paid_at is not None and now > paid_at}\n",
    ],
)
def test_no_finding(check_order: Check, transitions: str) -> None:
    assert said(check_order(STATES + BASE + transitions)) == []


def test_an_inner_state_goes_before_the_one_around_it(check_order: Check) -> None:
    lifecycle = """\
states:
  work:
    initial: true
    states: {a: {initial: true}, b: {}}
  c: {final: true}
events: {e: {}}
transitions:
  ab: {from: a, to: b, event: e}
  out: {from: work, to: c, event: e}
"""
    assert said(check_order(lifecycle)) == []


def test_a_way_out_that_never_ends(check_order: Check) -> None:
    lifecycle = STATES.replace("  b:\n", "  b:\n  d:\n") + BASE
    lifecycle += "  bd: {from: b, to: d, event: f}\n  dd: {from: d, to: e, event: f}\n  ed: {from: e, to: d, event: f}\n"
    lifecycle = lifecycle.replace("  d:\n", "  d:\n  e:\n")
    assert [item[2] for item in said(check_order(lifecycle))] == [
        "from `d` and `e` no final state can be reached",
    ]


def test_no_final_state(check_order: Check) -> None:
    found = said(
        check_order(
            (STATES + BASE).replace("  c: {final: true}", "  c:") + "  ca: {from: c, to: a, event: e}\n"
        )
    )
    assert found == [("OF208", "warning", "`order` has no final state, so no record of it is ever done")]


def test_what_takes_stock_should_wait_for_it(check_order: Check) -> None:
    lifecycle = STATES + "  ab: {from: a, to: b, when: gift}\n  bc: {from: b, to: c, event: e}\n"
    lifecycle += "  late: {from: b, to: a, after: 3d}\n"
    lifecycle += "resources:\n  stock: {held_in: b, of: lines, at: main, spend_on: c}\n"
    stock = "warehouses: {main: {}}\n"
    assert [item[:2] for item in said(check_order(lifecycle, stock=stock))] == [("OF106", "warning")]
    assert said(check_order(lifecycle.replace("gift}", "gift, retry_on: stock}"), stock=stock)) == []


def test_what_is_not_used(check_order: Check) -> None:
    actions = "actions:\n  tell: {use: notify, to: x, message: y}\n"
    compiled = check_order(STATES + BASE, actions=actions)
    assert [(item.code, item.severity.value, item.message) for item in compiled.diagnostics] == [
        ("OF104", "warning", "nothing uses the action `tell`"),
        ("OF104", "warning", "no transition takes the event `f`"),
    ]
    assert compiled.definition is not None


def test_a_fault_in_a_guard_does_not_hide_the_shape(check_order: Check) -> None:
    lifecycle = STATES.replace("  b:\n", "  b:\n  lost:\n") + BASE.replace(
        "event: e}", "event: e, when: gfit}", 1
    )
    assert [item[0] for item in said(check_order(lifecycle))] == ["OF201", "OF101"]


def test_a_lost_transition_brings_no_findings_of_its_own(check_order: Check) -> None:
    lifecycle = STATES + BASE.replace("from: b", "form: b")
    assert [item[0] for item in said(check_order(lifecycle))] == ["OF101"]


def test_the_graph(check_order: Check) -> None:
    lifecycle = """\
states:
  work:
    initial: true
    states: {a: {initial: true}, b: {}}
  c: {final: true}
events: {e: {}}
transitions:
  ab: {from: a, to: b, event: e}
  out: {from: work, to: c, after: 1h}
  again: {from: b, to: work, after: 2h}
  note: {from: b, event: e}
"""
    compiled = check_order(lifecycle)
    assert compiled.definition is not None
    order = compiled.definition.entities["order"]
    assert leaves(order) == ("a", "b", "c")
    assert leaf_after(order, "work") == "a"
    assert source_leaves(order, order.transitions["out"]) == ("a", "b")
    edges = sorted(
        (source, target, item.name)
        for source, targets in steps(order).items()
        for target, several in targets.items()
        for item in several
    )
    assert edges == [
        ("a", "b", "ab"),
        ("a", "c", "out"),
        ("b", "a", "again"),
        ("b", "b", "note"),
        ("b", "c", "out"),
    ]
