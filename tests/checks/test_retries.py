"""What is tried again without a bound (OF405)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

LIFECYCLE = """\
states:
  open:
    initial: true
    states:
      waiting: {initial: true}
      asked: {ON_ASKED}
  done: {final: true}
  lost: {final: true}
events: {answer: {}, ask: {}}
transitions:
  answer: {from: open, to: done, event: answer}
  ask: {from: waiting, to: asked, event: ask}
  lose: {from: asked, to: lost, event: ask}
"""
ACTIONS = 'actions:\n  remind: {use: notify, to: x, message: "{units}"}\n'


def said(compiled: Compiled) -> list[str]:
    assert {item.code for item in compiled.diagnostics} <= {"OF104", "OF205", "OF405"}, compiled.diagnostics
    return [item.message for item in compiled.diagnostics if item.code == "OF405"]


@pytest.mark.parametrize(
    ("ways", "way"),
    [
        ("  again: {from: waiting, to: waiting, after: 1d, do: remind}\n", "`waiting` → `waiting`"),
        ("  again: {from: open, to: waiting, after: 1d, do: remind}\n", "`waiting` → `waiting`"),
        ("  again: {from: waiting, to: waiting, after: 1d, when: gift, do: remind}\n", "`waiting` → `waiting`"),
        ("  a: {from: waiting, to: asked, after: 1d}\n  b: {from: asked, to: waiting, at_once: true, do: remind}\n", "`waiting` → `asked` → `waiting`"),
        ("  a: {from: waiting, to: asked, when: gift, do: remind}\n  b: {from: asked, to: waiting, after: 2h}\n", "`waiting` → `asked` → `waiting`"),
        # a timer of a state that is entered again each time, or that is left, is never due
        ("  again: {from: waiting, to: waiting, after: 1d, do: remind}\n  end: {from: waiting, to: lost, after: 7d}\n", "`waiting` → `waiting`"),
        ("  again: {from: open, to: waiting, after: 1d, do: remind}\n  end: {from: open, to: lost, after: 7d}\n", "`waiting` → `waiting`"),
        # so is a condition on the time in it
        ("  again: {from: waiting, to: waiting, after: 1d, when: 'time_in(\"waiting\") < days(7)', do: remind}\n", "`waiting` → `waiting`"),
    ],
)  # fmt: skip
def test_a_circle_of_timers(check_order: Check, ways: str, way: str) -> None:
    found = said(check_order(LIFECYCLE.replace("ON_ASKED", "") + ways, actions=ACTIONS))
    assert found == [f"`remind` is done again and again for as long as nobody does anything: {way}"]


@pytest.mark.parametrize(
    "ways",
    [
        # a timer of the state around
        "  again: {from: waiting, to: waiting, after: 1d, do: remind}\n  end: {from: open, to: lost, after: 7d}\n",
        # a condition on the clock, on the way or out of it
        "  again: {from: waiting, to: waiting, after: 1d, when: 'paid_at is not None and age(paid_at) < days(7)', do: remind}\n",
        "  again: {from: waiting, to: waiting, after: 1d, do: remind}\n"
        "  end: {from: waiting, to: lost, when: 'paid_at is not None and age(paid_at) > days(7)'}\n",
        "  again: {from: waiting, to: waiting, after: 1d, do: remind}\n  end: {from: waiting, to: lost, when: 'time_in(\"open\") > days(7)'}\n",
        # once only
        "  a: {from: waiting, to: asked, after: 1d, when: 'not reached(\"asked\")', do: remind}\n  b: {from: asked, to: waiting, after: 1d}\n",
        # another timer is always earlier
        "  again: {from: waiting, to: waiting, after: 2d, do: remind}\n  end: {from: waiting, to: lost, after: 1d}\n",
        # nothing is done, or somebody has to do something
        "  again: {from: waiting, to: waiting, after: 1d}\n",
        "  a: {from: waiting, to: asked, after: 1d, do: remind}\n  b: {from: asked, to: waiting, event: ask, before: lose}\n",
    ],
)  # fmt: skip
def test_a_circle_that_ends(check_order: Check, ways: str) -> None:
    actions = ACTIONS if "remind" in ways else "queues:\n  q: {of: order, when: gift}\n"
    assert said(check_order(LIFECYCLE.replace("ON_ASKED", "") + ways, actions=actions)) == []


def test_what_is_done_on_entry_counts_and_what_was_meant_to_end_it_is_shown(check_order: Check) -> None:
    ways = "  back: {from: asked, to: waiting, after: 2h}\n  on: {from: waiting, to: asked, after: 1h}\n"
    ways += "  end: {from: asked, to: lost, after: 9h}\n"
    compiled = check_order(LIFECYCLE.replace("ON_ASKED", "on_entry: remind") + ways, actions=ACTIONS)
    [found] = [item for item in compiled.diagnostics if item.code == "OF405"]
    lines = compiled.sources["order.yaml"].splitlines()
    assert lines[found.span.line - 1].strip().startswith("on:")
    assert [(label.text, lines[label.span.line - 1].split(":")[0].strip()) for label in found.labels] == [
        ("done each time round", "asked"),
        ("then this one", "back"),
        ("never due: each time round its clock begins anew", "end"),
    ]
    assert found.fix is not None
    assert found.fix.message == (
        "say in the `when` of `on` when it ends, or put a state around with a timer out of it"
    )


def test_the_repair_names_a_moment_that_the_record_has(check_order: Check) -> None:
    fields = (
        "  due_at: {type: datetime, label: Due}\n  下单时间: {type: datetime, label: 下单, changes: never}\n"
    )
    lifecycle = LIFECYCLE.replace("ON_ASKED", "")
    again = "  again: {from: waiting, to: waiting, after: 1d, do: remind}\n"
    compiled = check_order(lifecycle + again, actions=ACTIONS)
    order = compiled.sources["order.yaml"].replace("records:", fields + "records:", 1)
    Path("order.yaml").write_text(order, encoding="utf-8")
    [found] = [item for item in check_folder(".").diagnostics if item.code == "OF405"]
    assert found.fix is not None
    assert "such as `age(下单时间) < days(7)`" in found.fix.message


@pytest.mark.parametrize(
    ("retry", "found"),
    [
        ("{first: 0s}", 1),
        ("{attempts: 100, first: 0m}", 1),
        ("{attempts: 1, first: 0s}", 0),
        ("{attempts: 100, first: 1s}", 0),
        ("{attempts: 3}", 0),
    ],
)
def test_no_wait_between(check_order: Check, retry: str, found: int) -> None:
    actions = ACTIONS.replace("}\n", f", retry: {retry}}}\n")
    compiled = check_order(LIFECYCLE.replace("ON_ASKED", "on_entry: remind"), actions=actions)
    assert said(compiled) == ["`remind` is tried again with no wait in between"] * found
    for item in compiled.diagnostics:
        if item.code == "OF405":
            line = compiled.sources["actions.yaml"].splitlines()[item.span.line - 1]
            assert line[item.span.column - 1 : item.span.end_column - 1] in ("0s", "0m")
