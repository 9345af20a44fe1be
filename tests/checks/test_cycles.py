"""Automatic transitions that never come to rest (OF207): found where they are, and nowhere else."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

HEAD = """\
states:
  a: {initial: true}
  b:
  work:
    states: {c: {initial: true}, d: {}}
  end: {final: true}
events: {e: {}}
warehouses
transitions:
  out: {from: [a, b, work], to: end, event: e}
  to_work: {from: a, to: work, event: e, before: out}
  to_d: {from: c, to: d, event: e}
  to_b: {from: d, to: b, event: e}
""".replace("warehouses\n", "")


def circles(compiled: Compiled) -> list[tuple[str, str]]:
    assert {item.code for item in compiled.diagnostics} <= {"OF104", "OF105", "OF201", "OF205", "OF207"}, (
        compiled.diagnostics
    )
    return [(item.severity.value, item.message) for item in compiled.diagnostics if item.code == "OF207"]


@pytest.mark.parametrize(
    ("ways", "severity", "way"),
    [
        # through compound states
        ("  x: {from: work, to: work, at_once: true}\n", "error", "`c` → `c`"),
        ("  x: {from: work, to: b, at_once: true}\n  y: {from: b, to: work, at_once: true}\n", "error", "`b` → `c` → `b`"),
        ("  x: {from: work, to: d, when: gift}\n", "warning", "`d` → `d`"),
        # one that yields
        ("  x: {from: a, to: b, at_once: true}\n  y: {from: b, to: a, otherwise: true}\n", "error", "`a` → `b` → `a`"),
        ("  x: {from: a, to: b, when: gift}\n  y: {from: b, to: a, otherwise: true}\n", "warning", "`a` → `b` → `a`"),
        # conditions that do not exclude each other
        ("  x: {from: a, to: b, when: units > 3}\n  y: {from: b, to: a, when: units < 9}\n", "warning", "`a` → `b` → `a`"),
        ("  x: {from: a, to: b, when: 'is_in(\"a\")'}\n  y: {from: b, to: a, when: not is_held()}\n", "error", "`a` → `b` → `a`"),
        ("  x: {from: a, to: b, when: 'reached(\"b\") or gift'}\n  y: {from: b, to: a, at_once: true}\n", "error", "`a` → `b` → `a`"),
    ],
)  # fmt: skip
def test_a_circle(check_order: Check, ways: str, severity: str, way: str) -> None:
    found = circles(check_order(HEAD + ways))
    assert len(found) == 1, found
    assert found[0][0] == severity
    assert found[0][1].endswith(f"go round without end: {way}")


@pytest.mark.parametrize(
    "ways",
    [
        # guards that exclude each other, while no field changes
        "  x: {from: a, to: b, when: units > 3}\n  y: {from: b, to: a, when: units <= 3}\n",
        "  x: {from: a, to: b, when: not (gift and units > 3)}\n  y: {from: b, to: a, when: gift and units > 3}\n",
        # of three, two exclude each other
        "  x: {from: a, to: b, when: gift}\n  y: {from: b, to: c, at_once: true}\n  z: {from: work, to: a, when: not gift}\n",
        # once only
        "  x: {from: a, to: b, when: 'not reached(\"b\")'}\n  y: {from: b, to: a, at_once: true}\n",
        # time has to pass
        "  x: {from: a, to: b, when: 'time_in(\"a\") > hours(1)'}\n  y: {from: b, to: a, at_once: true}\n",
        "  x: {from: a, to: b, when: 'entered(\"a\") is not None and hours(1) <= age(entered(\"a\"))'}\n  y: {from: b, to: a, at_once: true}\n",
        "  x: {from: a, to: b, after: 1h}\n  y: {from: b, to: a, at_once: true}\n",
        # another one is always taken first
        "  x: {from: a, to: b, at_once: true}\n  y: {from: b, to: a, otherwise: true}\n  z: {from: b, to: end, at_once: true}\n",
        "  x: {from: a, to: b, at_once: true}\n  y: {from: b, to: a, when: gift, before: z}\n  z: {from: b, to: end, when: not gift}\n"
        "  w: {from: a, to: end, when: gift, before: x}\n",
        "  x: {from: c, to: d, at_once: true}\n  y: {from: d, to: c, otherwise: true}\n"
        "  z: {from: d, to: b, when: gift}\n  w: {from: d, to: b, when: not gift}\n",
        # it is never in that state
        "  x: {from: [a, b], to: b, when: 'is_in(\"a\")'}\n  y: {from: a, when: 'is_in(\"b\")'}\n",
    ],
)  # fmt: skip
def test_no_circle(check_order: Check, ways: str) -> None:
    assert circles(check_order(HEAD + ways)) == []


def test_a_condition_hold_that_is_on_there_ends_it(check_order: Check) -> None:
    ways = "  x: {from: a, to: b, when: gift}\n  y: {from: b, to: a, when: units > 3}\n"
    assert len(circles(check_order(HEAD + ways))) == 1
    holds = "holds:\n  wait: {in: b, when: units > 3}\n"
    assert circles(check_order(HEAD + ways + holds)) == []


def test_one_mistake_is_one_finding(check_order: Check) -> None:
    ways = "  x: {from: [a, b], to: work, at_once: true}\n  y: {from: work, to: a, at_once: true}\n"
    ways += "  z: {from: d, to: b, when: gift}\n"
    assert circles(check_order(HEAD + ways)) == [
        ("error", "automatic transitions go round without end: `a` → `c` → `a`"),
    ]


def test_a_circle_of_transitions_that_were_all_told_is_not_told(check_order: Check) -> None:
    ways = "  x: {from: [b, c], to: a, when: gift}\n  y: {from: a, to: b, when: units > 3}\n"
    ways += "  z: {from: [a, b], to: c, when: weight > 2}\n"
    assert [item[1].rpartition(": ")[2] for item in circles(check_order(HEAD + ways))] == [
        "`a` → `b` → `a`",
        "`a` → `c` → `a`",
    ]


def test_the_place_is_where_it_begins_and_the_labels_are_the_others(check_order: Check) -> None:
    ways = "  y: {from: b, to: a, at_once: true}\n  x: {from: a, to: b, at_once: true}\n"
    compiled = check_order(HEAD + ways)
    [found] = [item for item in compiled.diagnostics if item.code == "OF207"]
    lines = compiled.sources["order.yaml"].splitlines()
    assert lines[found.span.line - 1][found.span.column - 1 : found.span.end_column - 1] == "x"
    assert [lines[label.span.line - 1].split(":")[0].strip() for label in found.labels] == ["y"]


FAMILY = """\
children:
  parcels: {entity: parcel}
states:
  a: {initial: true}
  end: {final: true}
events: {make: {}, stop: {}}
transitions:
  make: {from: a, event: make, creates: parcels}
  stop: {from: a, to: end, event: stop}
"""
PARCEL = """\
entity: parcel
parent: order
fields:
  marked: {type: bool, default: false}
  weight: {type: integer, default: 1}
states:
  new: {initial: true}
  seen:
  gone: {final: true}
events: {poke: {}, mark: {set: {marked: true}}, leave: {}}
transitions:
  leave: {from: [new, seen], to: gone, event: leave}
  mark: {from: [new, seen], event: mark}
"""


@pytest.mark.parametrize(
    ("way", "parcel", "severity", "says"),
    [
        ("when: 'some(parcels, is_in(\"new\"))', tell: {parcels: poke}", "  poke: {from: new, to: seen, event: poke}\n", None, ""),
        (
            "when: 'some(parcels, is_in(\"new\"))', tell: {parcels: poke}",
            "  poke: {from: new, to: seen, event: poke}\n  back: {from: seen, to: new, at_once: true}\n",
            "error", "`x` and its `parcels` set each other off without end: `x` → `poke` → `back` → `x`",
        ),
        (
            "when: 'some(parcels, is_in(\"new\"))', tell: {parcels: poke}",
            "  poke: {from: new, to: seen, event: poke}\n  back: {from: seen, to: new, when: weight > 3}\n",
            "warning", "could set each other off",
        ),
        # a child that was told stays where it is asked for
        (
            "when: 'some(parcels, is_in(\"new\", \"seen\"))', tell: {parcels: poke}",
            "  poke: {from: new, to: seen, event: poke}\n",
            "warning", "`x` could be taken again and again: in `seen` its `parcels` are what it asks for, and do not take `poke`",
        ),
        (
            "when: 'some(parcels, is_in(\"new\", \"seen\"))', tell: {parcels: poke}",
            "  poke: {from: new, to: seen, event: poke}\n  on: {from: seen, to: gone, when: weight > 3}\n", None, "",
        ),
        # where they are told nothing happens
        ("when: 'some(parcels, is_in(\"new\"))', tell: {parcels: poke}", "  poke: {from: seen, to: gone, event: poke}\n", "error", "tells turns"),
        ("when: 'some(parcels, weight > 3)', tell: {parcels: poke}", "  poke: {from: new, to: seen, event: poke}\n", "error", "tells turns"),
        ("when: 'some(parcels, not marked)', tell: {parcels: mark}", "  poke: {from: new, to: seen, event: poke}\n", None, ""),
        ("when: 'some(parcels, weight > 3)', tell: {parcels: mark}", "  poke: {from: new, to: seen, event: poke}\n", "error", "tells turns"),
        ("at_once: true, tell: {parcels: mark}", "  poke: {from: new, to: seen, event: poke}\n", "error", "again and again"),
        ("after: 1h, tell: {parcels: mark}", "  poke: {from: new, to: seen, event: poke}\n", "error", "a time that stays up"),
        ("after: 1h, when: 'some(parcels, not marked)', tell: {parcels: mark}", "  poke: {from: new, to: seen, event: poke}\n", None, ""),
        # one child more
        ("when: count(parcels) < 3, creates: parcels", "  poke: {from: new, to: seen, event: poke}\n", None, ""),
        ("when: none_live(parcels), creates: parcels", "  poke: {from: new, to: seen, event: poke}\n", None, ""),
        ("when: count(parcels) >= 3, creates: parcels", "  poke: {from: new, to: seen, event: poke}\n", "error", "makes or tells turns"),
        ("when: 'some(parcels, marked) and gift', creates: parcels", "  poke: {from: new, to: seen, event: poke}\n", "error", "makes or tells turns"),
    ],
)  # fmt: skip
def test_parent_and_children(
    check_order: Check, way: str, parcel: str, severity: str | None, says: str
) -> None:
    compiled = check_order(f"{FAMILY}  x: {{from: a, {way}}}\n", parcel=PARCEL + parcel)
    found = circles(compiled)
    assert [item[0] for item in found] == ([] if severity is None else [severity])
    assert all(says in item[1] for item in found)


def test_a_circle_that_makes_children_until_there_are_enough(check_order: Check) -> None:
    lifecycle = FAMILY.replace("  end:", "  b:\n  end:").replace("from: a, to: end", "from: [a, b], to: end")
    poke = PARCEL + "  poke: {from: new, to: seen, event: poke}\n"
    for most, severities in (("<", []), (">=", ["warning"])):
        ways = f"  x: {{from: a, to: b, when: count(parcels) {most} 3, creates: parcels}}\n"
        ways += "  y: {from: b, to: a, at_once: true}\n"
        assert [item[0] for item in circles(check_order(lifecycle + ways, parcel=poke))] == severities


def test_children_whose_lifecycle_is_not_known_are_not_judged(check_order: Check) -> None:
    way = "  x: {from: a, when: 'some(parcels, weight > 3)', tell: {parcels: poke}}\n"
    compiled = check_order(FAMILY + way, parcel=PARCEL + "  poke: {from: nowhere, to: seen, event: poke}\n")
    assert {item.code for item in compiled.diagnostics} == {"OF101"}


def test_a_timer_that_only_does_something_is_pointed_to_a_queue(check_order: Check) -> None:
    actions = "actions:\n  remind: {use: notify, to: clerk, message: late}\n"
    ways = "states:\n  a: {initial: true}\n  end: {final: true}\nevents: {stop: {}}\ntransitions:\n"
    ways += "  stop: {from: a, to: end, event: stop}\n  x: {from: a, after: 2d, do: [remind]}\n"
    (found,) = [item for item in check_order(ways, actions=actions).diagnostics if item.code == "OF207"]
    assert found.fix is not None
    assert found.fix.message == "add `to`; what is to be done once after a time is the `do` of a queue"
