def test_scenarios_and_coverage(run, minimal):
    found = run("test", "rules")
    assert found.code == 0
    assert "ok      paid in full, then shipped" in found.out
    assert found.out.endswith("6 passed, 0 failed\ntransitions taken: 4 of 4 (100%)\n")


def test_a_failing_scenario_says_where_what_was_expected_and_seen(run, minimal):
    file = minimal / "order.test.yaml"
    text = file.read_text(encoding="utf-8").replace("expect: {state: shipped}", "expect: {state: cancelled}")
    file.write_text(text, encoding="utf-8")
    line = 1 + text[: text.index("expect: {state: cancelled}")].count("\n")
    found = run("test", "rules")
    assert found.code == 1
    assert "FAILED  paid in full, then shipped" in found.out
    assert f"rules/order.test.yaml:{line}:" in found.out
    failed = run("test", "rules", "--format", "json").json
    assert failed["failed"] == 1
    [failure] = failed["scenarios"][0]["failures"]
    assert failure["line"] == line
    assert "cancelled" in failure["message"]
    assert "shipped" in failure["message"]


def test_transitions_never_taken_are_named(run, minimal):
    file = minimal / "order.test.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.index("  - name: nobody pays")], encoding="utf-8")
    assert "never taken: order.cancel, order.expire" in run("test", "rules").out
    missed = run("test", "rules", "--format", "json").json["coverage"]["never_taken"]
    assert {"entity": "order", "transition": "expire"} in missed
