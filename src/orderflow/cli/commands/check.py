"""`orderflow check`: every problem of a rule set at once."""

import sys

import click

from orderflow.cli.errors import FINDINGS, FINE, colourful, say
from orderflow.cli.options import examples, folder


@click.command(
    "check",
    epilog=examples(
        "check shop",
        "check shop --format concise",
        "check shop --format json",
    ),
)
@click.argument("path", default=".")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "concise", "json"]),
    default="text",
    show_default=True,
    help="Code frames, one line each, or JSON.",
)
def command(path: str, format_: str) -> int:
    """Find every problem of the rule set in PATH.

    Warnings do not fail the check: exit code 1 means that there are errors.
    """
    from orderflow.bootstrap import compile as compile_rules
    from orderflow.diagnostics import render_concise, render_text, summary, to_json

    compiled = compile_rules(folder(path))
    found = compiled.diagnostics
    if format_ == "json":
        click.echo(to_json(found), nl=False)
    elif format_ == "concise":
        if found:
            click.echo(render_concise(found))
    elif found:
        click.echo(render_text(found, compiled.sources, color=colourful(sys.stdout)), nl=False)
    else:
        definition = compiled.definition
        assert definition is not None
        states = sum(len(entity.states) for entity in definition.entities.values())
        transitions = sum(len(entity.transitions) for entity in definition.entities.values())
        click.echo(
            f"{definition.name} {definition.version}: no findings in {states} states, {transitions} transitions, "
            f"{len(compiled.scenarios)} scenarios"
        )
    if format_ == "concise" and found:
        say(summary(found))
    return FINDINGS if compiled.has_errors else FINE
