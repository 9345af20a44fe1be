"""Somebody writes a label where a name belongs: the name is found by it, with its place."""

from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.diagnostics import Diagnostic

RULES = {
    "ruleset": "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [clerk]\n",
    "customer": (
        "entity: customer\nlabel: 客户\nfields:\n  limit: {type: money, label: 额度 Credit limit, default: 0}\n"
        "states:\n  known: {initial: true, final: true}\n"
    ),
    "order": """\
entity: order
label: 订单 Order
fields:
  channel: {type: choice, label: 渠道, options: {douyin: 抖音 Douyin, shop: 门店}, default: shop}
  amount: {type: money, label: 应收金额 Amount due, default: 0}
  customer: {type: ref customer, label: 客户 Customer, missing: create}
states:
  pending_review:
    label: 待审核
    initial: true
    known_as: {sales: 待付款}
  paid: {label: 已支付 Paid}
  done: {label: 已完成, final: true}
events:
  confirm: {label: 确认收货, by: clerk}
holds:
  manual: {label: 人工冻结, in: paid, by: clerk}
transitions:
  pay: {from: pending_review, to: paid, when: amount > 0}
  finish: {from: paid, to: done, event: confirm, do: tell, when: not is_held("manual")}
""",
    "actions": "actions:\n  tell: {label: 通知, use: notify, to: x, message: '{channel} {amount}'}\n",
    "queues": "queues:\n  late: {of: order, label: 滞留, when: is_in(\"paid\") and channel == \"shop\", owner: clerk}\n",
    "a.test": (
        "tests:\n  - name: a\n    of: order\n    now: 2026-02-03T09:00:00\n"
        "    given: {channel: shop, amount: 5, customer: ann}\n"
        "    steps:\n      - {send: confirm, as: clerk, expect: {state: done}}\n"
    ),
}  # fmt: skip


def _one(folder: Path, file: str, old: str, new: str) -> Diagnostic:
    for name, text in RULES.items():
        assert name != file or text.count(old) == 1, text.count(old)
        changed = text.replace(old, new) if name == file else text
        (folder / f"{name}.yaml").write_text(changed, encoding="utf-8")
    (found,) = check_folder(folder).diagnostics
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "replacement", "defined"),
    [
        ("order", "to: paid,", "to: 已支付,", "paid", ("order.yaml", 12)),
        ("order", "to: paid,", "to: 已支付 Paid,", "paid", ("order.yaml", 12)),
        ("order", "from: pending_review", "from: 待审核", "pending_review", ("order.yaml", 8)),
        ("order", "from: pending_review", "from: 待付款", "pending_review", ("order.yaml", 8)),
        ("order", "event: confirm", "event: 确认收货", "confirm", ("order.yaml", 15)),
        ("order", "do: tell", "do: 通知", "tell", ("actions.yaml", 2)),
        ("order", "in: paid", "in: 已支付", "paid", ("order.yaml", 12)),
        ("order", 'is_held("manual")', 'is_held("人工冻结")', '"manual"', ("order.yaml", 17)),
        ("order", "when: amount > 0", "when: 应收金额 > 0", "amount", ("order.yaml", 5)),
        ("order", "when: amount > 0", "when: order.应收金额 > 0", "order.amount", ("order.yaml", 5)),
        ("order", "when: amount > 0", "when: customer.额度 > 0", "customer.limit", ("customer.yaml", 4)),
        ("order", "when: amount > 0", "when: 客户.limit > 0", "customer.limit", ("order.yaml", 6)),
        ("order", "type: ref customer", "type: ref 客户", "customer", ("customer.yaml", 1)),
        ("order", "default: shop", "default: 门店", "shop", ("order.yaml", 4)),
        ("queues", 'is_in("paid")', 'is_in("已支付")', '"paid"', ("order.yaml", 12)),
        ("queues", 'channel == "shop"', 'channel == "门店"', '"shop"', ("order.yaml", 4)),
        ("queues", "of: order", "of: 订单", "order", ("order.yaml", 1)),
        ("actions", "{amount}", "{应收金额}", "amount", ("order.yaml", 5)),
        ("a.test", "channel: shop", "channel: 门店", "shop", ("order.yaml", 4)),
        ("a.test", "amount: 5", "应收金额: 5", "amount", ("order.yaml", 5)),
        ("a.test", "send: confirm", "send: 确认收货", "confirm", ("order.yaml", 15)),
        ("a.test", "state: done", "state: 已完成", "done", ("order.yaml", 13)),
    ],
)  # fmt: skip
def test_a_label_for_a_name(
    file: str, old: str, new: str, replacement: str, defined: tuple[str, int], tmp_path: Path
) -> None:
    found = _one(tmp_path, file, old, new)
    assert found.code == "OF101"
    assert found.fix is not None
    assert found.fix.replacement in (replacement, replacement.rpartition(".")[2])
    name = replacement.strip("\"'").rpartition(".")[2]
    if replacement != "customer.limit" or "额度" in new:
        assert found.note == f"the label of `{name}`"
    assert [(Path(label.span.file).name, label.span.line) for label in found.labels] == [defined]
    assert "is defined here" in found.labels[0].text


def test_a_label_of_two_names_is_no_name(tmp_path: Path) -> None:
    order = RULES["order"].replace("done: {label: 已完成", "done: {label: 已支付")
    folder = tmp_path / "two"
    folder.mkdir()
    for name, text in {**RULES, "order": order.replace("to: paid,", "to: 已支付,")}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = [item for item in check_folder(folder).diagnostics if item.code == "OF101"]
    assert [item.note for item in found] == ["not a state"]


@pytest.mark.parametrize(
    ("file", "old", "new", "defined"),
    [
        ("order", "to: paid,", "to: piad,", ("order.yaml", 12)),
        ("order", "by: clerk}\nholds", "by: clerc}\nholds", ("ruleset.yaml", 4)),
        ("order", "when: amount > 0", "when: amuont > 0", ("order.yaml", 5)),
        ("order", 'is_held("manual")', 'is_held("manul")', ("order.yaml", 17)),
        ("order", "default: shop", "default: shpo", ("order.yaml", 4)),
        ("queues", 'channel == "shop"', 'channel == "shpo"', ("order.yaml", 4)),
        ("queues", "owner: clerk", "owner: clrek", ("ruleset.yaml", 4)),
        ("a.test", "as: clerk", "as: clrek", ("ruleset.yaml", 4)),
    ],
)
def test_what_is_spelled_like_a_name_says_where_that_is(
    file: str, old: str, new: str, defined: tuple[str, int], tmp_path: Path
) -> None:
    found = _one(tmp_path, file, old, new)
    assert [(Path(label.span.file).name, label.span.line) for label in found.labels] == [defined]
    assert found.labels[0].text.startswith("similar ")
    assert found.fix is not None
    assert found.fix.replacement is not None
