"""One fault put into a sound rule set is found, once, in words, and with a repair."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Compile = Callable[..., Compiled]

ORDER = """\
entity: order
label: 订单
key: number
children:
  parcels: {entity: parcel, one_per: order}
fields:
  number: {type: text, changes: never, auto: "N{sequence:06}"}
  channel: {type: choice, options: [douyin, taobao]}
  amount: {type: money, default: 0, at_least: 0}
  paid_at: {type: datetime, optional: true}
  lines: {type: list of line, editable: amount == 0}
records:
  line: {key: no, fields: {no: integer, sku: text, quantity: integer}}
states:
  new: {initial: true, on_exit: tell}
  out: {shows: least(parcels)}
  done: {final: true}
events:
  pay: {by: clerk, data: {sum: money}, set: {amount: event.sum}}
transitions:
  pay: {from: new, to: out, event: pay, when: event.sum > 0, creates: parcels, retry_on: stock}
  stop: {from: out, event: pay, tell: {parcels: stop}}
  end: {from: out, to: done, when: 'all_live(parcels, is_in("gone"))'}
"""
PARCEL = """\
entity: parcel
parent: order
fields: {weight: {type: integer, optional: true, at_least: 0}}
states:
  here:
    states:
      kept: {initial: true, label: 在库}
      packed:
    initial: true
  gone: {final: true}
path: [kept, packed, gone]
events:
  stop:
resources:
  stock: {held_in: here, of: order.lines, at: hq, spend_on: gone}
transitions:
  pack: {from: kept, to: packed, after: 1h, when: order.amount > 0}
  go: {from: here, to: gone, event: stop, do: tell_them}
"""
REST = """\
actions:
  tell: {use: notify, to: clerk, message: "{number} {amount:.2}"}
  tell_them: {use: post, system: crm, message: "{order.number}", retry: {attempts: 3}}
warehouses:
  hq: {level: central, label: 总仓}
queues:
  late: {of: order, when: 'paid_at is not None and age(paid_at) > hours(24)', owner: clerk}
findings:
  odd: {of: order, when: paid_at is not None and amount == 0}
metrics:
  rate: {of: order, pass: paid_at < now, due: amount > 0, leave_out: {free: amount == 0}}
  wait: {of: order, mean: now - paid_at, also: [median, p90], where: channel == "douyin"}
"""
CHANNELS = """\
channels:
  sheet: {of: order, columns: {number: No, paid_at: Paid}, submitted: paid_at, then: [paid_at], ignore: [x]}
"""
TESTS = """\
base: {now: 2026-02-03T09:00:00, stock: {hq: {A: 3}}, submit_as: clerk}
tests:
  - name: it goes
    given: {channel: douyin, lines: [{no: 1, sku: A, quantity: 1}]}
    expect: {state: new}
    steps:
      - {send: pay, as: clerk, data: {sum: 5}, expect: {state: kept, took: pay, did: tell, refused: false}}
      - {wait: 26h, expect: {queues: [late], fields: {amount: 5}}}
      - {send: stop, to: parcels 1}
      - {receive: {hq: {A: 1}}}
      - {update: {paid_at: 2026-02-03}, expect: {refused: contract, says: time}}
"""
SOUND = {"order": ORDER, "parcel": PARCEL, "rest": REST, "channels": CHANNELS, "story_test": TESTS}


def test_the_sound_rule_set_is_sound(compile_rules: Compile) -> None:
    compiled = compile_rules(**SOUND)
    assert [(item.message, item.span) for item in compiled.diagnostics] == []
    assert compiled.definition is not None
    assert len(compiled.scenarios) == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "message"),
    [
        ("ruleset", "Asia/Shanghai", "Asia/Shanghi", "OF101", "unknown time zone `Asia/Shanghi`"),
        ("ruleset", "CNY", "RMB", "OF101", "unknown currency `RMB`"),
        ("ruleset", "Asia/Shanghai", "CST", "OF101", "unknown time zone `CST`"),
        ("ruleset", "CNY", "CNYY", "OF101", "unknown currency `CNYY`"),
        ("ruleset", "currency: CNY\n", "", "OF107", "the rule set names no currency"),
        ("ruleset", "[clerk]", "[clerk, clerk]", "OF105", "role `clerk` is named twice"),
        ("ruleset", "version: 1.0.0\n", "", "OF107", "`version` is missing here"),
        # fields
        ("rest", "odd: {", "1odd: {", "OF107", "the finding name `1odd` is no name"),
        ("order", "key: number", "key: nmber", "OF101", "unknown field `nmber`"),
        ("order", "{type: text, changes: never, auto", "{type: integer, changes: never, auto", "OF102", "must be a text"),
        ("order", "auto: \"N{sequence:06}\"", "auto: \"N{sequenc:06}\"", "OF101", "unknown name `sequenc`"),
        ("order", "default: 0, at_least", "auto: \"{number}\", default: 0, at_least", "OF107", "only the key"),
        ("order", "options: [douyin, taobao]", "label: x", "OF107", "has no options"),
        ("order", "default: 0, at", "default: 0.001, at", "OF102", "at most 2 places"),
        ("order", "default: 0, at", "default: -1, at", "OF102", "at least 0"),
        ("parcel", "at_least: 0}", "at_least: 2, at_most: 1}", "OF102", "no value is at least 2 and at most 1"),
        ("order", "optional: true}", "optional: true, pattern: digits}", "OF102", "`pattern` says nothing about a datetime"),
        ("order", "list of line,", "list of lin,", "OF101", "unknown record `lin`"),
        ("order", "quantity: integer}", "quantity: list of line}", "OF102", "a row has no lists"),
        ("order", "key: no,", "key: n,", "OF101", "unknown field `n`"),
        ("order", "editable: amount == 0", "editable: amount", "OF102", ""),
        ("order", "  channel: {", "  order: text\n  channel: {", "OF105", "already means the record itself"),
        ("order", "  channel: {", "  None: text\n  channel: {", "OF107", "is a word of the language"),
        ("order", "auto: \"N{sequence:06}\"", "auto: N", "OF107", "would have the same key"),
        ("order", "auto: \"N{sequence:06}\"", "auto: \"{sort}\"}\n  sort: {type: text, private: true, default: a", "OF102", "would show the private `sort`"),
        ("order", "options: [douyin, taobao]", "options: [douyin, taobao, douyin]", "OF105", "stands twice in `options`"),
        ("parcel", "at_least: 0}", "at_least: 0, at_most: 1000000000000000000}", "OF102", "more than 18 digits"),
        # states
        ("order", "initial: true, ", "", "OF107", "no state of `order` is the initial one"),
        ("order", "done: {", "done: {initial: true, ", "OF107", "two states of `order` are initial"),
        ("order", "least(parcels)", "least(parcel)", "OF101", "unknown kind of children `parcel`"),
        ("order", "least(parcels)", "parcels", "OF102", "`shows` cannot be `parcels`"),
        ("order", "on_exit: tell}", "on_exit: tel}", "OF101", "unknown action `tel`"),
        ("parcel", "[kept,", "[here,", "OF107", "`path` lists leaf states"),
        ("parcel", "[kept,", "[kept, kept,", "OF105", "stands twice in `path`"),
        ("parcel", "[kept,", "[kpt,", "OF101", "unknown state `kpt`"),
        ("parcel", "gone: {final: true}", "gone: {final: true}\n  packed:", "OF105", "state `packed` is defined twice"),
        ("parcel", "    initial: true\n", "    initial: true\n    final: true\n", "OF107", "cannot be final itself"),
        # families
        ("order", "entity: parcel", "entity: parcl", "OF101", "unknown entity `parcl`"),
        ("order", "one_per: order", "one_per: odrer", "OF101", "unknown entity `odrer`"),
        ("parcel", "parent: order", "parent: odrer", "OF101", "unknown entity `odrer`"),
        ("parcel", "parent: order", "parent: parcel", "OF107", "cannot be its own parent"),
        ("parcel", "parent: order\n", "", "OF107", "does not say `parent: order`"),
        ("parcel", "integer, optional: true", "integer", "OF103", "a new `parcel` would lack `weight`"),
        # events
        ("order", "by: clerk", "by: clrk", "OF101", "unknown role `clrk`"),
        ("order", "set: {amount:", "set: {amout:", "OF101", "unknown field `amout`"),
        ("order", "event.sum}", "event.sun}", "OF101", "has no field `sun`"),
        ("order", "data: {sum: money}", "data: {sum: money, at: date}", "OF105", "`at` already means what every event carries"),
        ("order", "data: {sum: money}", "data: {sum: money, rows: list of lin}", "OF101", "unknown record `lin`"),
        ("order", "set: {amount: event.sum}", "set: {number: '\"x\"'}", "OF209", "`number` is the key"),
        # transitions
        ("order", "when: 'all_live(parcels, is_in(\"gone\"))'", "at_once: true, otherwise: true", "OF107", "both `at_once` and `otherwise`"),
        ("parcel", "after: 1h", "after: 40000d", "OF102", "`after` must not be longer than 100 years"),
        ("order", "from: new,", "from: nw,", "OF101", "unknown state `nw`"),
        ("order", "from: new,", "from: [new, new],", "OF105", "`new` stands twice in `from`"),
        ("order", "event: pay, tell", "event: pya, tell", "OF101", "unknown event `pya`"),
        ("order", "event.sum > 0,", "event.sum > 0, after: 2h,", "OF107", "both `event` and `after`"),
        ("order", "event.sum > 0,", "event.sum,", "OF102", ""),
        ("order", "creates: parcels", "creates: parcel", "OF101", "unknown kind of children `parcel`"),
        ("order", "parcels: stop", "parcels: stpo", "OF101", "unknown event `stpo`"),
        ("order", "parcels: stop", "parcel: stop", "OF101", "unknown kind of children `parcel`"),
        ("parcel", "  stop:\n", "  stop: {data: {why: text}}\n", "OF102", "`tell` sends no data"),
        ("order", ", when: 'all_live", ", otherwise: false, whn: 'all_live", "OF101", "unknown key `whn`"),
        ("order", "when: 'all_live(parcels, is_in(\"gone\"))'", "label: x", "OF106", "has no trigger"),
        ("order", "end: {", "end: {before: end, ", "OF107", "cannot go before itself"),
        ("order", "end: {", "end: {before: pya, ", "OF101", "unknown transition `pya`"),
        ("parcel", "after: 1h", "after: 0h", "OF102", "longer than nothing"),
        ("parcel", "do: tell_them", "do: tell_then", "OF101", "unknown action `tell_then`"),
        # resources
        ("parcel", "held_in: here", "held_in: her", "OF101", "unknown state `her`"),
        ("parcel", "at: hq", "at: qh", "OF101", "unknown warehouse `qh`"),
        ("parcel", "spend_on: gone", "spend_on: packed", "OF107", "held and spent at once"),
        ("order", "quantity: integer", "quantity: decimal", "OF102", "a text `sku` and an integer `quantity`"),
        # actions
        ("rest", "use: notify", "use: notfy", "OF101", "unknown registered action `notfy`"),
        ("rest", "to: clerk, ", "too: clerk, ", "OF101", "unknown parameter `too`"),
        ("rest", "to: clerk, ", "", "OF107", "has no `to`"),
        ("rest", "{amount:.2}", "{amont}", "OF101", "`amont`"),
        ("rest", "{amount:.2}", "{paid_at}", "OF103", "`paid_at` may be missing"),
        ("rest", "use: post", "ues: post", "OF101", "unknown key `ues`"),
        ("rest", "retry: {", "rety: {", "OF101", "unknown key `rety`"),
        ("rest", "attempts: 3", "attempts: 3, first: 40000d", "OF102", "`first` must not be longer than 100 years"),
        ("rest", "attempts: 3", "attempts: 0", "OF102", "a whole number from 1 to 100"),
        # sections
        ("rest", "level: central", "level: centre", "OF101", "`centre` is not one of"),
        ("rest", "late: {of: order", "late: {of: odrer", "OF101", "unknown entity `odrer`"),
        ("rest", "owner: clerk", "owner: clrk", "OF101", "unknown role `clrk`"),
        ("rest", "when: paid_at is not None and amount == 0", "when: paid_at < now", "OF103", "may be missing"),
        ("rest", "pass: paid_at < now", "mean: now - paid_at", "OF107", "`due` says nothing about a distribution"),
        ("rest", "pass: paid_at < now, ", "", "OF107", "says neither `pass` nor `mean`"),
        ("rest", "mean: now - paid_at", "mean: paid_at", "OF102", "a number or a length of time"),
        ("rest", "[median, p90]", "[median, q90]", "OF102", "a percentile such as `p90`"),
        # channels
        ("channels", "number: No", "nmber: No", "OF101", "unknown field `nmber`"),
        ("channels", "submitted: paid_at", "submitted: number", "OF102", "only a datetime says when"),
        ("channels", ", paid_at: Paid}", "}", "OF101", "`paid_at` has no column"),
        ("channels", "of: order", "of: parcel", "OF107", "records are children"),
        # scenarios
        ("story_test", "now: 2026-02-03T09:00:00, ", "", "OF107", "the scenario has no `now`"),
        ("story_test", "T09:00:00", "T29:00:00", "OF102", "`now` must be a date with a time"),
        ("story_test", "channel: douyin", "chanel: douyin", "OF101", "unknown field `chanel`"),
        ("story_test", "channel: douyin, ", "", "OF107", "a submit of `order` needs `channel`"),
        ("story_test", "douyin", "duoyin", "OF101", "`duoyin` is not one of the options of `channel`"),
        ("story_test", "sku: A", "suk: A", "OF101", "unknown field `suk`"),
        ("story_test", "quantity: 1", "quantity: one", "OF102", "must be a whole number"),
        ("story_test", "wait: 26h", "wait: 40000d", "OF102", "`wait` must not be longer than 100 years"),
        ("story_test", "to: parcels 1", "ot: parcels 1", "OF101", "unknown key `ot`"),
        ("story_test", "base: {", "bsae: {", "OF101", "unknown key `bsae`"),
        ("story_test", "send: pay", "send: pya", "OF101", "unknown event `pya`"),
        ("story_test", "as: clerk", "as: clrk", "OF101", "unknown role `clrk`"),
        ("story_test", "to: parcels 1", "to: parcels", "OF102", "`to` must name a child"),
        ("story_test", "to: parcels 1", "to: parcel 1", "OF101", "unknown kind of children `parcel`"),
        ("story_test", "state: kept", "state: kpt", "OF101", "unknown state `kpt`"),
        ("story_test", "took: pay", "took: pya", "OF101", "unknown transition `pya`"),
        ("story_test", "did: tell", "did: tel", "OF101", "unknown action `tel`"),
        ("story_test", "queues: [late]", "queues: [lat]", "OF101", "unknown queue `lat`"),
        ("story_test", "refused: contract", "refused: contrac", "OF101", "unknown refusal `contrac`"),
        ("story_test", "fields: {amount", "fields: {amout", "OF101", "unknown field `amout`"),
        ("story_test", "receive: {hq", "receive: {qh", "OF101", "unknown warehouse `qh`"),
        ("story_test", "{wait: 26h,", "{wait: 26h, send: pay,", "OF107", "a step is one of"),
    ],
)  # fmt: skip
def test_a_fault(compile_rules: Compile, file: str, old: str, new: str, code: str, message: str) -> None:
    files = {
        "ruleset": "ruleset: shop\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nroles: [clerk]\n",
        **SOUND,
    }
    assert old in files[file]
    compiled = compile_rules(**{**files, file: files[file].replace(old, new)})
    assert compiled.definition is None
    matching = [item for item in compiled.diagnostics if item.code == code and message in item.message]
    assert matching, [item.message for item in compiled.diagnostics]
    assert compiled.diagnostics == tuple(matching)
    assert all(item.fix is not None and item.fix.message for item in compiled.diagnostics)
    assert all(item.span.file.endswith(".yaml") for item in compiled.diagnostics)
