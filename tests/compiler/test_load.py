"""A folder of rules into a definition; every fault at once, each in its place."""

import os
import pickle
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.model.definition import Changes, Trigger

Compile = Callable[..., Compiled]

ORDER = """\
entity: order
label: 订单
fields:
  channel: {type: choice, options: {douyin: 抖音, taobao: 淘宝}}
  amount_paid: {type: money, default: 0, changes: grows}
  paid_at: {type: datetime, optional: true, changes: once}
  lines: {type: list of line, at_least: 1}
records:
  line: {key: line_no, fields: {line_no: integer, sku: text, quantity: {type: integer, at_least: 1}}}
states:
  pending: {label: 待审核, initial: true}
  open:
    states:
      paid: {label: 已支付, initial: true, on_entry: tell}
      packed:
  done: {final: true}
events:
  pack: {by: [clerk], data: {boxes: integer}}
transitions:
  pay:
    from: pending
    to: open
    when: paid_at is not None and amount_paid > 0
  pack:
    from: paid
    to: packed
    event: pack
    when: event.boxes > 0
  close: {from: open, to: done, after: 15d}
"""
ACTIONS = """\
actions:
  tell: {use: notify, to: clerk, message: "订单 {order_id} {amount_paid:.2}", retry: {attempts: 8, first: 10s}}
"""

SIX_FAULTS = """\
entity: order
fields:
  channel: {type: choice, options: [douyin, taobao]}
  amount_paid: {type: money, default: 0}
  paid_at: {type: datetime, optional: true}
  note: {type: text, optional: true, optional: false}
states:
  pending: {label: 待审核, initial: true}
  paid: {label: 已支付}
  shipped: {label: 已发货}
  done: {label: 完成, final: true}
events:
  ship:
transitions:
  pay:
    from: pending
    to: paid
    when: channel == "taobao" and amont_paid > 0
  ship:
    from: paid
    to: shiped
    event: ship
  fast:
    from: pending
    to: paid
    when: channel == "duoyin"
  late:
    from: shipped
    to: done
    when: age(paid_at) > days(15)
  finish:
    from: shipped
    to: done
    whne: amount_paid > 0
"""


CLOSE = "  close: {from: open, to: done, after: 15d}\n"
CLOSE_IN_LINES = "  close:\n    to: done  # the end\n    from: open\n\n    after: 15d\n"


def found(compiled: Compiled) -> list[tuple[str, int, int]]:
    return [(item.code, item.span.line, item.span.column) for item in compiled.diagnostics]


def test_a_rule_set_becomes_a_definition(compile_rules: Compile) -> None:
    compiled = compile_rules(order=ORDER, actions=ACTIONS)
    assert compiled.diagnostics == ()
    rules = compiled.definition
    assert rules is not None
    assert (rules.name, rules.version, rules.timezone, rules.currency, rules.places) == (
        "shop",
        "1.0.0",
        "Asia/Shanghai",
        "CNY",
        2,
    )
    assert rules.roles == ("clerk", "engine")
    order = rules.entities["order"]
    assert list(order.fields) == ["order_id", "channel", "amount_paid", "paid_at", "lines"]
    assert order.key == "order_id"
    assert order.fields["order_id"].changes is Changes.NEVER
    assert order.fields["amount_paid"].default == Decimal("0.00")
    assert order.fields["channel"].options == {"douyin": "抖音", "taobao": "淘宝"}
    assert order.initial == "pending"
    assert order.states["open"].leaves == ("paid", "packed")
    assert order.states["packed"].parent == "open"
    assert order.states["paid"].leaves == ("paid",)
    assert order.transitions["pay"].trigger is Trigger.AUTOMATIC
    assert order.transitions["pack"].event == "pack"
    assert order.transitions["close"].after == timedelta(days=15)
    tell = rules.actions["order.tell"]
    assert (tell.name, tell.of, tell.attempts, tell.first) == ("tell", "order", 8, timedelta(seconds=10))


def test_six_faults_come_back_at_once(compile_rules: Compile) -> None:
    compiled = compile_rules(order=SIX_FAULTS)
    assert compiled.definition is None
    assert found(compiled) == [
        ("OF105", 6, 38),
        ("OF101", 18, 35),
        ("OF101", 21, 9),
        ("OF101", 26, 22),
        ("OF103", 30, 15),
        ("OF101", 34, 5),
    ]
    assert all(item.fix is not None and item.fix.message for item in compiled.diagnostics)
    repairs = [item.fix.replacement for item in compiled.diagnostics if item.fix and item.fix.replacement]
    assert repairs == ["amount_paid", "shipped", '"douyin"', "paid_at is not None and ", "when"]


def test_a_definition_is_immutable_and_picklable(compile_rules: Compile) -> None:
    rules = compile_rules(order=ORDER, actions=ACTIONS).definition
    assert rules is not None
    assert pickle.loads(pickle.dumps(rules)) == rules
    with pytest.raises(TypeError):
        rules.entities["order"].fields["x"] = rules.entities["order"].fields["lines"]  # type: ignore[index]


def test_the_digest_is_of_the_content(compile_rules: Compile) -> None:
    def digest(**files: str) -> str:
        rules = compile_rules(**files).definition
        assert rules is not None
        return rules.digest

    first = digest(order=ORDER, actions=ACTIONS)
    assert (
        digest(
            order="# a comment\n" + ORDER.replace(CLOSE, CLOSE_IN_LINES).replace("订单", "'订单'"),
            actions=ACTIONS,
        )
        == first
    )
    assert (
        digest(
            order=ORDER.replace("label: 订单\n", "").replace("fields:", "label: 订单\nfields:", 1),
            actions=ACTIONS,
        )
        == first
    )
    scenario = "tests:\n  - {name: a, now: 2026-02-03T09:00, given: {channel: douyin, lines: [{line_no: 1, sku: A, quantity: 1}]}}\n"
    assert digest(order=ORDER, actions=ACTIONS, order_test=scenario) == first
    assert digest(order=ORDER.replace("15d", "16d"), actions=ACTIONS) != first


def test_the_order_of_transitions_is_content(compile_rules: Compile) -> None:
    other = ORDER.replace(CLOSE, "").replace("transitions:\n", "transitions:\n" + CLOSE)
    one, two = compile_rules(order=ORDER, actions=ACTIONS), compile_rules(order=other, actions=ACTIONS)
    assert one.definition is not None
    assert two.definition is not None
    assert one.definition.digest != two.definition.digest


def test_no_folder(tmp_path: Path) -> None:
    compiled = compile_folder(tmp_path / "nowhere")
    assert [item.code for item in compiled.diagnostics] == ["OF107"]
    assert "there is no folder" in compiled.diagnostics[0].message


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text(ORDER)
    compiled = compile_folder(tmp_path / "order.yaml")
    assert "a rule set is a folder" in compiled.diagnostics[0].message


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "no `.yaml` files" in compile_folder(tmp_path).diagnostics[0].message


def test_no_head(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_text("entity: order\nstates: {a: {initial: true, final: true}}\n")
    compiled = compile_folder(tmp_path)
    assert compiled.definition is None
    assert [item.message for item in compiled.diagnostics] == ["no file begins with `ruleset`"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, compile_rules: Compile) -> None:
    (tmp_path / "outside.yaml").write_text("warehouses: {main: {}}\n")
    (tmp_path / "rules").mkdir()
    os.symlink(tmp_path / "outside.yaml", tmp_path / "rules" / "inside.yaml")
    compiled = compile_rules(order=ORDER, actions=ACTIONS)
    assert [(item.code, item.span.file) for item in compiled.diagnostics] == [("OF902", "rules/inside.yaml")]


def test_a_pipe_is_not_waited_for(tmp_path: Path, compile_rules: Compile) -> None:
    (tmp_path / "rules").mkdir()
    os.mkfifo(tmp_path / "rules" / "pipe.yaml")
    assert [item.code for item in compile_rules(order=ORDER, actions=ACTIONS).diagnostics] == ["OF902"]


def test_hidden_and_other_files_are_left_alone(tmp_path: Path, compile_rules: Compile) -> None:
    (tmp_path / "rules" / ".git").mkdir(parents=True)
    (tmp_path / "rules" / ".git" / "x.yaml").write_text("not: rules\n")
    (tmp_path / "rules" / ".hidden.yaml").write_text("not: rules\n")
    (tmp_path / "rules" / "README.md").write_text("- no rules\n")
    (tmp_path / "rules" / "more").mkdir()
    (tmp_path / "rules" / "more" / "hq.yml").write_text("warehouses: {main: {label: Main}}\n")
    compiled = compile_rules(order=ORDER, actions=ACTIONS)
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    assert list(compiled.definition.warehouses) == ["main"]


def test_too_many_files(tmp_path: Path, compile_rules: Compile) -> None:
    (tmp_path / "rules").mkdir()
    for number in range(200):
        (tmp_path / "rules" / f"w{number}.yaml").write_text("warehouses: {}\n")
    assert [item.code for item in compile_rules(order=ORDER).diagnostics] == ["OF901"]


def test_text_that_is_no_utf8_still_shows(tmp_path: Path) -> None:
    (tmp_path / "order.yaml").write_bytes(b"entity: \xff\n")
    compiled = compile_folder(tmp_path)
    assert compiled.diagnostics[0].code == "OF901"
    assert list(compiled.sources) == [(tmp_path / "order.yaml").as_posix()]


def test_faults_in_one_file_do_not_hide_those_in_another(compile_rules: Compile) -> None:
    compiled = compile_rules(
        order=ORDER.replace("to: open", "to: opne"), actions=ACTIONS.replace("use: notify", "use: notfy")
    )
    assert [item.span.file for item in compiled.diagnostics] == ["rules/actions.yaml", "rules/order.yaml"]


def test_a_file_that_cannot_be_read_brings_no_findings_elsewhere(compile_rules: Compile) -> None:
    compiled = compile_rules(
        order="entity: order\n\tstates: {}\n", actions=ACTIONS, queues="queues: {q: {of: order, when: a}}\n"
    )
    assert {item.span.file for item in compiled.diagnostics} == {"rules/order.yaml"}
    assert compiled.definition is None


def test_a_file_that_does_not_say_what_it_defines(compile_rules: Compile) -> None:
    compiled = compile_rules(order=ORDER.replace("entity:", "entty:"), actions=ACTIONS)
    assert [(item.code, item.fix and item.fix.message) for item in compiled.diagnostics] == [
        ("OF101", "replace with `entity`")
    ]


def test_scenarios_and_rules_stand_in_files_of_their_own(compile_rules: Compile) -> None:
    compiled = compile_rules(
        order=ORDER, actions=ACTIONS, story="tests:\n  - {name: a, now: 2026-02-03T09:00}\n"
    )
    assert "scenarios stand in files named `*.test.yaml`" in [item.message for item in compiled.diagnostics]


def test_a_thousand_faults_do_not_take_long_to_guess_at(compile_rules: Compile) -> None:
    ways = "".join(
        f"  t{number}: {{from: a{number}, to: b{number}, at_once: true}}\n" for number in range(1_000)
    )
    compiled = compile_rules(
        order="entity: order\nstates: {a: {initial: true, final: true}}\ntransitions:\n" + ways
    )
    assert len(compiled.diagnostics) == 2_000
