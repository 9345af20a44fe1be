"""What is held in states that may last for ever (OF403)."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

ORDER = """\
states:
  new: {initial: true}
  held:
    states: {a: {initial: true}, b: {}}
  sent: {final: true}
  gone: {final: true}
resources:
  stock: {held_in: held, of: lines, at: main, spend_on: sent}
events: {go: {}, on: {}, send: {}, drop: {}}
transitions:
  go: {from: new, to: held, event: go}
  on: {from: a, to: b, event: on}
  send: {from: [a, b], to: sent, event: send}
  drop: {from: held, to: gone, event: drop}
"""
MAIN = "warehouses: {main: {}}\n"


def said(compiled: Compiled) -> list[str]:
    """Of each finding its severity and the state that stands at its place."""
    found = []
    for item in compiled.diagnostics:
        assert item.severity.value == "warning", item
        if item.code == "OF403":
            assert item.fix is not None
            line = compiled.sources[item.span.file].splitlines()[item.span.line - 1]
            found.append(line[item.span.column - 1 : item.span.end_column - 1])
    return found


@pytest.mark.parametrize(
    ("ways", "missing"),
    [
        ("", ["held"]),
        # timers, of the state or of one around it; a condition does not matter
        ("  t: {from: held, to: gone, after: 3d}\n", []),
        ("  t: {from: held, to: gone, after: 3d, when: gift}\n", []),
        ("  t: {from: b, to: gone, after: 3d}\n", ["a"]),
        ("  t: {from: a, to: b, after: 3d}\n", ["b"]),
        ("  t: {from: b, to: gone, when: 'time_in(\"b\") > days(2)'}\n", ["a"]),
        # one that comes back to the same state ends nothing
        ("  t: {from: b, to: b, after: 3d}\n", ["held"]),
        # what waits for data waits
        ("  t: {from: b, to: gone, when: gift}\n", ["held"]),
        # what is left at once does not wait
        ("  t: {from: a, to: b, at_once: true}\n", ["b"]),
        ("  t: {from: a, to: b, when: gift}\n  u: {from: a, to: gone, otherwise: true}\n", ["b"]),
        ("  t: {from: a, to: b, when: gift}\n  u: {from: a, to: gone, when: not gift}\n", ["b"]),
        ("  t: {from: a, to: b, when: units > 3}\n  u: {from: a, to: gone, when: units <= 3}\n", ["b"]),
        ("  t: {from: a, to: b, when: units > 3}\n  u: {from: a, to: gone, when: units < 3}\n", ["held"]),
    ],
)  # fmt: skip
def test_timers(check_order: Check, ways: str, missing: list[str]) -> None:
    assert said(check_order(ORDER + ways, main=MAIN)) == missing


@pytest.mark.parametrize(
    ("when", "missing"),
    [
        ('is_in("held") and age(entered("held")) > days(2)', []),
        ('is_in("b") and time_in("b") > days(2)', ["a"]),
        ('not is_in("b") and age(placed_at) > days(2)', ["b"]),
        ("age(placed_at) > days(2)", []),
        ('is_in("new", "sent") and age(placed_at) > days(2)', ["held"]),
        ('is_in("b")', ["a"]),  # all that are in it are shown at once
        ('is_in("b") or gift', ["a"]),
        ('is_in("b") and gift', ["held"]),
        ("is_held() and age(placed_at) > days(2)", ["held"]),  # who is held is another matter
        ("today > day(placed_at)", []),
    ],
)
def test_queues(check_order: Check, when: str, missing: list[str]) -> None:
    holds = "holds:\n  stop: {in: held, by: [clerk]}\n"
    queues = f"queues:\n  q: {{of: order, when: '{when}'}}\n"
    head = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [clerk]\n"
    compiled = check_order("", main=MAIN, queues=queues, ruleset=head, order=ENTITY + ORDER + holds)
    assert said(compiled) == missing


ENTITY = """\
entity: order
fields:
  placed_at: {type: datetime, label: Placed}
  gift: {type: bool, label: Gift, default: false}
  lines: {type: list of line, at_least: 1}
records:
  line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}
"""


def test_the_finding(check_order: Check) -> None:
    compiled = check_order(ORDER + "  t: {from: b, to: gone, after: 3d}\n", main=MAIN)
    [found] = [item for item in compiled.diagnostics if item.code == "OF403"]
    assert found.message == (
        "`a` holds `stock` and may wait for ever: no timer leaves it, and no queue tells of it in time"
    )
    assert found.fix is not None
    assert found.fix.message == (
        "add a transition with `after:` that leaves it, or a queue of `order` with "
        '`when: is_in("a") and age(entered("a")) > days(2)`'
    )
    assert [label.text for label in found.labels] == ["held in it"]


def test_what_the_finding_says_ends_the_wait(check_order: Check) -> None:
    for name, missing in (("a", ["b"]), ("held", [])):
        queues = (
            f'queues:\n  q: {{of: order, when: \'is_in("{name}") and age(entered("{name}")) > days(2)\'}}\n'
        )
        assert said(check_order(ORDER, main=MAIN, queues=queues)) == missing


def test_a_final_state_that_holds_something(check_order: Check) -> None:
    lifecycle = ORDER.replace("b: {}}", "b: {}, c: {final: true}}") + "  end: {from: b, to: c, event: on}\n"
    compiled = check_order(lifecycle + "  t: {from: [a, b], to: gone, after: 3d}\n", main=MAIN)
    assert said(compiled) == ["c"]
    assert [item.message for item in compiled.diagnostics if item.code == "OF403"] == [
        "`c` is final and holds `stock` for good"
    ]


def test_a_final_state_that_holds_something_is_told_where_it_is_named(check_order: Check) -> None:
    compiled = check_order(ORDER.replace("held_in: held", "held_in: gone"), main=MAIN)
    [found] = [item for item in compiled.diagnostics if item.code == "OF403"]
    line = compiled.sources[found.span.file].splitlines()[found.span.line - 1]
    assert line[: found.span.column - 1] == "  stock: {held_in: "
    assert [label.text for label in found.labels] == ["final"]


def test_several_states_inside_a_compound_one_are_one_finding(check_order: Check) -> None:
    more = ORDER.replace("b: {}}", "b: {}, c: {}}") + "  further: {from: b, to: c, event: on}\n"
    compiled = check_order(more + "  t: {from: b, to: gone, after: 3d}\n", main=MAIN)
    assert said(compiled) == ["a"]
    [found] = [item for item in compiled.diagnostics if item.code == "OF403"]
    assert found.message == (
        "`a`, `c` hold `stock` and may wait for ever: no timer leaves them, and no queue tells of it in time"
    )
    assert [label.text for label in found.labels] == ["nothing ends the wait", "held in it"]
    assert found.fix is not None
    assert 'is_in("held")' in found.fix.message


def test_two_that_are_held_in_one_state_are_one_finding(check_order: Check) -> None:
    more = ORDER.replace("events:", "  paper: {held_in: b, take: print_it}\nevents:", 1)
    actions = "actions:\n  print_it: {use: print, document: d, content: c}\n"
    compiled = check_order(more + "  t: {from: a, to: gone, after: 3d}\n", main=MAIN, actions=actions)
    assert said(compiled) == ["b"]
    [message] = [item.message for item in compiled.diagnostics if item.code == "OF403"]
    assert message.startswith("`b` holds `stock`, `paper` and")


FAMILY = """\
children:
  parcels: {entity: parcel}
states:
  new: {initial: true}
  busy: {}
  done: {final: true}
events: {make: {}, stop: {}}
transitions:
  make: {from: new, to: busy, event: make, creates: parcels}
  stop: {from: busy, to: done, event: stop}
"""
PARCEL = """\
entity: parcel
parent: order
states:
  packed: {initial: true}
  moving: {}
  gone: {final: true}
resources:
  stock: {held_in: packed, of: order.lines, at: main, spend_on: moving}
events: {send: {}, sign: {}, drop: {}}
transitions:
  send: {from: packed, to: moving, event: send}
  sign: {from: moving, to: gone, event: sign}
  drop: {from: packed, to: gone, event: drop}
"""


@pytest.mark.parametrize(
    ("ways", "queue", "missing"),
    [
        ("", "", ["packed"]),
        # the parent tells it to leave when time comes
        ("  late: {from: busy, after: 3d, when: 'some(parcels, is_in(\"packed\"))', tell: {parcels: drop}}\n", "", []),
        ("  late: {from: busy, after: 3d, when: 'some(parcels, is_in(\"moving\"))', tell: {parcels: sign}}\n", "", ["packed"]),
        ("  late: {from: busy, event: stop, before: stop, when: gift, tell: {parcels: drop}}\n", "", ["packed"]),
        # a queue of the parent that looks at it, or that asks how long the parent has been where it made it
        ("", 'some(parcels, is_in("packed")) and earliest(parcels, entered("packed")) < now - days(2)', []),
        ("", 'some(parcels, is_in("moving")) and earliest(parcels, entered("packed")) < now - days(2)', ["packed"]),
        ("", 'is_in("busy") and age(entered("busy")) > days(2)', []),
        ("", 'is_in("new") and age(entered("new")) > days(2)', ["packed"]),
    ],
)  # fmt: skip
def test_children(check_order: Check, ways: str, queue: str, missing: list[str]) -> None:
    first = 'earliest(parcels, entered("packed"))'
    guard = queue.replace(f"and {first}", f"and {first} is not None and {first}")
    files = {"queues": f"queues:\n  q: {{of: order, when: '{guard}'}}\n"} if queue else {}
    compiled = check_order(FAMILY + ways, parcel=PARCEL, main=MAIN, **files)
    assert said(compiled) == missing


def test_who_waits_for_children_waits_no_longer_than_they_do(check_order: Check) -> None:
    family = FAMILY.replace("events:", "resources:\n  paper: {held_in: busy, take: print_it}\nevents:", 1)
    family += "  arrive: {from: busy, to: done, when: 'all_live(parcels, is_in(\"gone\"))'}\n"
    files = {"main": MAIN, "actions": "actions:\n  print_it: {use: print, document: d, content: c}\n"}
    one = 'queues:\n  q: {of: parcel, when: \'is_in("packed") and age(entered("packed")) > days(2)\'}\n'
    both = one + '  r: {of: parcel, when: \'is_in("moving") and age(entered("moving")) > days(2)\'}\n'
    assert said(check_order(family, parcel=PARCEL, queues=both, **files)) == []
    assert said(check_order(family, parcel=PARCEL, queues=one, **files)) == ["busy"]
    other = both.splitlines()[0] + "\n" + both.splitlines()[2] + "\n"
    # what the parcel lacks is told of the parcel alone
    assert said(check_order(family, parcel=PARCEL, queues=other, **files)) == ["packed"]
