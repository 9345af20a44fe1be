import json

MERMAID = """\
---
title: "my-shop · order Order"
---
stateDiagram-v2
  direction TB
  state "Waiting for payment (pending)" as pending
  state "Paid (paid)" as paid
  state "Shipped (shipped)" as shipped
  state "Cancelled (cancelled)" as cancelled
  [*] --> pending
  pending --> paid : Paid in full / when paid_at is not None and amount_paid #62;=…
  paid --> shipped : Ship / ship
  pending --> cancelled : Cancel / cancel
  paid --> cancelled : Cancel / cancel
  pending --> cancelled : Not paid in a week / after 7d
  shipped --> [*]
  cancelled --> [*]
"""


def test_mermaid(run, minimal):
    found = run("graph", "rules", "--format", "mermaid").out
    assert found == MERMAID


def test_several_mermaid_diagrams_are_a_markdown_page(run):
    run("init", "rules", "--template", "shop")
    found = run("graph", "rules", "--format", "mermaid").out
    assert found.count("```mermaid\n---\n") == 2
    assert "```" not in run("graph", "rules", "--format", "mermaid", "--entity", "shipment").out


def test_the_ending_of_the_file_says_the_format(run, minimal, tmp_path):
    for name, start in (("a.svg", "<svg"), ("a.mmd", "---"), ("a.dot", "digraph"), ("a.json", "{")):
        found = run("graph", "rules", "--out", name)
        assert (found.code, found.out, found.err) == (0, "", f"wrote {name}\n")
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["version"] == 1


def test_an_unknown_entity_is_answered_with_the_nearest(run, minimal):
    found = run("graph", "rules", "--entity", "ordr")
    assert (found.code, found.err) == (2, "error: no entity `ordr`; did you mean `order`\n")
