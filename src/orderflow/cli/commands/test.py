"""`orderflow test`: the scenarios beside the rules."""

from typing import TYPE_CHECKING

import click

from orderflow.cli.errors import FINDINGS, FINE
from orderflow.cli.options import examples, folder, format_option
from orderflow.cli.output import line, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderflow.service.scenarios import ScenarioResult


@click.command("test", epilog=examples("test shop", "test shop --format json"))
@click.argument("path", default=".")
@format_option
def command(path: str, format_: str) -> int:
    """Run the scenarios (`*.test.yaml`) of the rule set in PATH."""
    from orderflow.bootstrap import compile as compile_rules
    from orderflow.diagnostics import RuleSetError
    from orderflow.engine.link import link
    from orderflow.service.scenarios import run_scenarios, untaken

    compiled = compile_rules(folder(path))
    if compiled.has_errors or compiled.definition is None:
        raise RuleSetError(compiled.diagnostics)
    ruleset = link(compiled.definition)
    results = run_scenarios(ruleset, compiled.scenarios)
    missed = untaken(ruleset, results)
    total = sum(len(entity.transitions) for entity in compiled.definition.entities.values())
    if format_ == "json":
        write_json(_document(results, missed, total))
    else:
        _print(results, missed, total)
    return FINE if all(result.passed for result in results) else FINDINGS


def _print(results: "Sequence[ScenarioResult]", missed: "Sequence[tuple[str, str]]", total: int) -> None:
    for result in results:
        scenario = result.scenario
        if result.passed:
            line(f"ok      {scenario.name}")
            continue
        line(f"FAILED  {scenario.name}")
        for failure in result.failures:
            line(f"        {failure.span}: {failure.message}")
    if results:
        line()
    passed = sum(result.passed for result in results)
    line(
        f"{passed} passed, {len(results) - passed} failed"
        if results
        else "no scenarios; write some in *.test.yaml"
    )
    share = f" ({(total - len(missed)) / total:.0%})" if total else ""
    line(f"transitions taken: {total - len(missed)} of {total}{share}")
    if missed and results:
        line("never taken: " + ", ".join(f"{entity}.{name}" for entity, name in missed))


def _document(
    results: "Sequence[ScenarioResult]", missed: "Sequence[tuple[str, str]]", total: int
) -> dict[str, object]:
    passed = sum(result.passed for result in results)
    return {
        "version": 1,
        "passed": passed,
        "failed": len(results) - passed,
        "scenarios": [
            {
                "name": result.scenario.name,
                "entity": result.scenario.entity,
                "file": result.scenario.file,
                "line": result.scenario.span.line,
                "passed": result.passed,
                "failures": [
                    {**failure.span.to_dict(), "message": failure.message} for failure in result.failures
                ],
                "took": [f"{entity}.{name}" for entity, name in sorted(result.took)],
            }
            for result in results
        ],
        "coverage": {
            "transitions": total,
            "taken": total - len(missed),
            "never_taken": [{"entity": entity, "transition": name} for entity, name in missed],
        },
    }
