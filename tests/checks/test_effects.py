"""What one step does twice (OF209)."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

BASE = """\
states:
  a: {{initial: true{a}}}
  work:
    {work}
    states:
      b: {{initial: true{b}}}
      c: {{{c}}}
  end: {{final: true{end}}}
events: {{e: {{}}, f: {{}}}}
transitions:
  go: {{from: a, to: work, event: e{go}}}
  on: {{from: b, to: c, event: e{on}}}
  out: {{from: work, to: end, event: f{out}}}
"""
ACTIONS = """\
actions:
  tell: {use: notify, to: x, message: "{units}"}
  state: {use: notify, to: x, message: "{'in' if is_in('a') else 'out'}"}
"""


def base(**parts: str) -> str:
    slots = dict.fromkeys(("a", "b", "c", "end", "go", "on", "out"), "")
    return BASE.format(**{**slots, "work": "label: work", **parts})


def said(compiled: Compiled) -> list[tuple[str, str, str, list[str]]]:
    """Of each finding its severity, its text, what stands at its place and at its labels."""
    return [
        (
            item.severity.value,
            item.message,
            at(compiled, item.span),
            [at(compiled, label.span) for label in item.labels],
        )
        for item in compiled.diagnostics
        if item.code == "OF209"
    ]


def at(compiled: Compiled, span: object) -> str:
    line = compiled.sources[span.file].splitlines()[span.line - 1]  # type: ignore[attr-defined]
    return f"{line.split(':')[0].strip()}: {line[span.column - 1 : span.end_column - 1]}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("parts", "message", "place", "first"),
    [
        ({"go": ", do: [tell]", "b": ", on_entry: tell"}, "by `do` of `go` and by `on_entry` of `b`", "b: tell", ["go: tell"]),
        ({"a": ", on_exit: tell", "b": ", on_entry: tell"}, "by `on_exit` of `a` and by `on_entry` of `b`", "b: tell", ["a: tell"]),
        ({"work": "on_entry: tell", "b": ", on_entry: tell"}, "by `on_entry` of `work` and by `on_entry` of `b`", "b: tell", ["on_entry: tell"]),
        ({"c": "on_exit: tell", "work": "on_exit: tell"}, "by `on_exit` of `c` and by `on_exit` of `work`", "on_exit: tell", ["c: tell"]),
    ],
)  # fmt: skip
def test_an_action_done_twice(
    check_order: Check, parts: dict[str, str], message: str, place: str, first: list[str]
) -> None:
    found = said(check_order(base(**parts), actions=ACTIONS))
    assert found == [("warning", f"`tell` is done twice in one step: {message}", place, first)]


@pytest.mark.parametrize(
    "parts",
    [
        # the state around is not entered again
        {"work": "on_entry: tell", "c": "on_entry: tell"},
        {"go": ", do: [tell]", "on": ", do: [tell]", "end": ", on_entry: tell"},
        {"b": ", on_exit: tell", "work": "on_entry: tell"},
        # it says something else before and after
        {"a": ", on_exit: state", "b": ", on_entry: state"},
    ],
)
def test_an_action_done_in_different_steps(check_order: Check, parts: dict[str, str]) -> None:
    assert said(check_order(base(**parts), actions=ACTIONS)) == []


def test_what_is_held_is_given_back_between_the_way_out_and_the_way_in(check_order: Check) -> None:
    held = "resources:\n  paper: {held_in: work, give_back: tell, spend_on: end}\n"
    found = said(check_order(base(out=", do: [tell]") + held, actions=ACTIONS))
    assert found == []  # it is spent
    found = said(check_order(base(out=", do: [tell]") + held.replace(", spend_on: end", ""), actions=ACTIONS))
    assert [item[1:] for item in found] == [
        (
            "`tell` is done twice in one step: by `give_back` of `paper` and by `do` of `out`",
            "out: tell",
            ["paper: tell"],
        )
    ]


def test_one_place_is_told_once_with_all_that_come_before_it(check_order: Check) -> None:
    found = said(
        check_order(base(go=", do: [tell]", b=", on_exit: tell", work="on_exit: tell"), actions=ACTIONS)
    )
    assert [item[2:] for item in found] == [("on_exit: tell", ["b: tell"])]
    found = said(
        check_order(base(b=", on_exit: tell", c="on_exit: tell", end=", on_entry: tell"), actions=ACTIONS)
    )
    assert [item[2:] for item in found] == [("end: tell", ["b: tell", "c: tell"])]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ('is_in("b")', 1),
        ('is_in("b") or gift', 1),
        ('is_in("work")', 1),
        ('is_in("b") and gift', 0),  # not every order that is in it
        ('is_in("a", "work")', 0),  # it was in the queue before
        ('is_in("c")', 0),
    ],
)
def test_a_queue_that_begins_with_the_state(check_order: Check, when: str, found: int) -> None:
    queues = f"queues:\n  q: {{of: order, when: '{when}', do: tell}}\n"
    assert len(said(check_order(base(b=", on_entry: tell"), actions=ACTIONS, queues=queues))) == found


WAREHOUSES = """\
warehouses: {main: {}, other: {}}
pools: {vip: {who: line.quantity > 1}, club: {who: line.quantity > 2}}
allocation: {near: {of: order, lines: lines}}
"""


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("receive: {of: lines, at: main}", "receive: {of: lines, at: main}", "`receive`"),
        ("receive: {of: lines, at: main}", "quarantine: {of: lines, at: main}", "`receive` and `quarantine` both change what is on hand"),
        ("arrive: {of: lines, at: main}", "lose: {of: lines, at: main}", "`arrive` and `lose` both change what is in transit"),
        ("scrap: {of: lines, at: main}", "restore: {of: lines, at: main}", "`scrap` and `restore` both change what is unsellable"),
        ("count: {sku: sku, quantity: units, at: main}", "receive: {sku: sku, quantity: weight, at: main}", "`count` and `receive` both change what is on hand"),
        ("safety: {sku: sku, quantity: units, at: main}", "safety: {sku: sku, quantity: 3, at: main}", "`safety`"),
        # different units, or what belongs together
        ("receive: {of: lines, at: main}", "receive: {of: lines, at: other}", None),
        ("receive: {of: lines, at: main}", "receive: {of: extra, at: main}", None),
        ("receive: {sku: sku, quantity: units, at: main}", "quarantine: {sku: sku, quantity: weight, at: main}", None),
        ("pool: {of: lines, at: main, pool: vip}", "pool: {of: lines, at: main, pool: vip}", "`pool`"),
        ("pool: {of: lines, at: main, pool: vip}", "pool: {of: lines, at: main, pool: club}", None),
        ("damage: {of: lines, at: main}", "scrap: {of: lines, at: main}", None),
        ("expect: {of: lines, at: main}", "arrive: {of: lines, at: main}", None),
    ],
)  # fmt: skip
def test_moves_of_the_same_units(check_order: Check, first: str, second: str, message: str | None) -> None:
    fields = "fields:\n  extra: {type: list of line, at_least: 1}\n  sku: text\n  units: {type: integer, at_least: 0, default: 0}\n"
    fields += (
        "  weight: {type: integer, at_least: 0, default: 0}\n  lines: {type: list of line, at_least: 1}\n"
    )
    fields += "records: {line: {fields: {sku: text, quantity: {type: integer, at_least: 0}}}}\n"
    entity = "entity: receipt\n" + fields + base(go=f"\n    , moves: [{first}, {second}]")
    order = "states: {a: {initial: true, final: true}}\n"
    found = said(check_order(order, receipt=entity, warehouses=WAREHOUSES))
    if message is None:
        assert found == []
    else:
        assert [item[:2] for item in found] == [("error", f"`go` moves the same units twice: {message}")]
        assert [found[0][2].split(": ")[1], found[0][3][0].split(": ")[1]] == [
            second.split(":")[0],
            first.split(":")[0],
        ]


SOURCED = """\
entity: order
children: {parcels: {entity: parcel, one_per: plan.parcel}}
records: {line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 1}}}}
fields:
  lines: {type: list of line, at_least: 1}
  due_on: {type: date, label: Due, optional: true}
  note: {type: text, label: Note, optional: true}
states: {paid: {initial: true}, sent: {final: true}}
events: {source: {data: {day: date}, set: {FIELD: event.day}}}
transitions:
  source: {from: paid, to: sent, event: source, when: can_source("near"), creates: parcels}
"""
PARCEL = "entity: parcel\nparent: order\nstates: {a: {initial: true, final: true}}\n"
WORLD = """\
warehouses: {main: {}}
allocation: {near: {lines: lines, promise: soon}}
promises: {soon: {of: parcel, start: now, days: 2, writes: due_on}}
"""


@pytest.mark.parametrize(("field", "found"), [("due_on", 1), ("wanted_on", 0)])
def test_a_field_that_the_event_and_the_promise_set(check_order: Check, field: str, found: int) -> None:
    order = SOURCED.replace("FIELD", field).replace("note: {type: text", "wanted_on: {type: date")
    told = said(check_order("", order=order, parcel=PARCEL, world=WORLD))
    text = "`due_on` is set twice in one step: by the event `source`, and by the promise `soon` of what `source` creates"
    assert told == [("error", text, "events: due_on", ["promises: due_on", "source: source"])] * found
