EXPECTED = """\
error[OF101]: unknown state `shiped`
  --> rules/order.yaml:36:9
18 |   shipped:
   |   ------- similar state defined here
36 |     to: shiped
   |         ^^^^^^ not a state
   = fix: replace with `shipped`
   = help: orderflow rule OF101

1 error in 1 file
"""


def plant(folder):
    file = folder / "order.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("to: shipped", "to: shiped"), encoding="utf-8")


def test_a_clean_rule_set(run, minimal):
    found = run("check", "rules")
    assert (found.code, found.out) == (
        0,
        "my-shop 1.0.0: no findings in 4 states, 4 transitions, 6 scenarios\n",
    )
    assert run("check", "rules", "--format", "json").json == {"version": 1, "diagnostics": []}
    assert run("check", "rules", "--format", "concise").out == ""


def test_a_fault_is_shown_in_its_file(run, minimal):
    plant(minimal)
    found = run("check", "rules")
    assert found.code == 1
    assert EXPECTED.split("\n\n")[0] in found.out


def test_a_fault_as_json_has_its_place(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--format", "json")
    assert found.code == 1
    first = next(one for one in found.json["diagnostics"] if one["code"] == "OF101")
    assert (first["file"], first["line"], first["column"]) == ("rules/order.yaml", 36, 9)
    assert first["fix"]["replacement"] == "shipped"


def test_a_fault_on_one_line(run, minimal):
    plant(minimal)
    found = run("check", "rules", "--format", "concise")
    assert found.code == 1
    assert "rules/order.yaml:36:9: error[OF101] unknown state `shiped`" in found.out


def test_other_commands_refuse_faulty_rules_with_the_same_words(run, minimal):
    plant(minimal)
    found = run("graph", "rules")
    assert (found.code, found.out) == (1, "")
    assert EXPECTED.split("\n\n")[0] in found.err
