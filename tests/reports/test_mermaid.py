from orderflow.reports import mermaid

EXPECTED = """\
---
title: "Shop · order 订单 Order"
---
stateDiagram-v2
  direction TB
  state "进行中 Open (open)" as open
  state open {
    state "待审核 (pending)" as pending
    state "已支付 (paid)" as paid
    [*] --> pending
  }
  state "已完成 (done)" as done
  state "cancelled" as cancelled
  [*] --> open
  pending --> paid : pay / when paid_at is not None
  paid --> done : 完成 / after 36h
  open --> cancelled : cancel
  done --> [*]
  cancelled --> [*]
"""


def test_the_diagram_of_an_entity(definition):
    assert mermaid.render(definition, "order") == EXPECTED


def test_what_mermaid_could_act_on_is_escaped(make_definition):
    text = mermaid.render(make_definition(done='a: "b"; <b>%% c\\', finish="x --> y\nz"), "order")
    assert 'state "a#58; #34;b#34;#59; #60;b#62;#37;#37; c#92; (done)" as done' in text
    assert "paid --> done : x --#62; y z / after 36h" in text


def test_a_long_label_is_cut():
    assert len(mermaid.label("x" * 500)) == 60
