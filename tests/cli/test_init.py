import pytest

from orderflow.cli.commands.init import TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_clean_tested_in_full_and_runs(run, template):
    made = run("init", "new/rules", "--template", template, "--format", "json").json
    assert "new/rules/order.yaml" in made["created"]
    assert run("check", "new/rules", "--format", "json").json["diagnostics"] == []
    tested = run("test", "new/rules", "--format", "json").json
    assert tested["failed"] == 0
    assert tested["coverage"]["never_taken"] == []
    orders = next(file for file in made["created"] if "/orders." in file)
    found = run("run", "new/rules", "--orders", orders, "--format", "json")
    assert (found.code, found.json["rejected"], found.json["refused"]) == (0, [], 0)


def test_the_next_steps_printed_can_be_run(run):
    steps = run("init", "shop").out.split("next:\n")[1]
    for step in steps.splitlines():
        program, *words = step.split()
        assert program == "orderflow"
        assert run(*words).code == 0


def test_nothing_is_overwritten(run, minimal):
    before = (minimal / "order.yaml").read_bytes()
    found = run("init", "rules", "--template", "shop")
    assert found.code == 2
    assert "`rules` already holds" in found.err
    assert (minimal / "order.yaml").read_bytes() == before
    assert not (minimal / "shipment.yaml").exists()
