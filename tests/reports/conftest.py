"""A small rule set with every shape that a chart can meet, and one with hostile names for people's eyes."""

import textwrap

import pytest

from orderflow.bootstrap import load

RULESET = "ruleset: shop\nlabel: {label}\nversion: 1.0.0\nroles: [desk]\n"

ORDER = """\
entity: order
label: 订单 Order
fields:
  paid_at: {type: datetime, optional: true}
states:
  open:
    label: 进行中 Open
    initial: true
    states:
      pending: {label: 待审核, initial: true}
      paid: {label: 已支付, on_entry: [tell]}
  done: {label: DONE_LABEL, final: true}
  cancelled: {final: true}
events:
  cancel: {by: [desk]}
  note: {by: [desk]}
transitions:
  pay:
    from: pending
    to: paid
    when: paid_at is not None
  finish: {label: FINISH_LABEL, from: paid, to: done, after: 36h}
  cancel: {from: open, to: cancelled, event: cancel}
  note: {from: open, event: note}
"""

ACTIONS = 'actions:\n  tell: {use: notify, to: desk, message: "order paid"}\n'


@pytest.fixture
def make_definition(tmp_path):
    """Load a rule set whose labels are given."""

    def make(label="Shop", done="已完成", finish="完成"):
        def quoted(text):
            return "'" + text.replace("'", "''") + "'"

        order = ORDER.replace("DONE_LABEL", quoted(done)).replace("FINISH_LABEL", quoted(finish))
        (tmp_path / "ruleset.yaml").write_text(RULESET.format(label=quoted(label)), encoding="utf-8")
        (tmp_path / "order.yaml").write_text(textwrap.dedent(order), encoding="utf-8")
        (tmp_path / "actions.yaml").write_text(ACTIONS, encoding="utf-8")
        return load(tmp_path).definition

    return make


@pytest.fixture
def definition(make_definition):
    return make_definition()
