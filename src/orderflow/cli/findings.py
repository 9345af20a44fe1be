"""What `orderflow check` prints of a rule set, in each of its formats."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from orderflow.cli.errors import FINDINGS, FINE, colourful, say
from orderflow.diagnostics import (
    Diagnostic,
    Message,
    Severity,
    render_concise,
    render_text,
    summary,
    translator,
)
from orderflow.diagnostics.formats.told import count
from orderflow.diagnostics.selection import Selection
from orderflow.service.checking import Checked

#: For people, and for programs.
READ = ("text", "concise")
FORMATS = (*READ, "json", "sarif", "github", "gitlab", "junit")
LEVELS = ("error", "warning", "never")

#: Where the repository lies that a format's paths are seen from; elsewhere that is the folder one stands in.
_ROOTS = {
    "github": "GITHUB_WORKSPACE",
    "sarif": "GITHUB_WORKSPACE",
    "gitlab": "CI_PROJECT_DIR",
    "junit": "CI_PROJECT_DIR",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How findings are shown.

    Args:
        path: the rule set's folder, as the user gave it.
        format: one of `FORMATS`.
        selection: which findings are shown.
        fail_level: how bad a shown finding is that makes the check fail: one of `LEVELS`.
        statistics: whether to count the findings by code; people see the counts in their place.
        lang: the language.
    """

    path: str
    format: str
    selection: Selection
    fail_level: str
    statistics: bool
    lang: str


def show(checked: Checked, wanted: Wanted, repairs: Mapping[str, object] | None = None) -> int:
    """Print the findings of a check that are wanted; return the exit code.

    Args:
        checked: what was found.
        wanted: how to show it.
        repairs: after repairs have been made, what the JSON document tells of them.
    """
    found = [one for one in checked.diagnostics if wanted.selection.takes(one)]
    if wanted.format in READ:
        _print_for_people(checked, found, wanted, repaired=repairs is not None)
    else:
        click.echo(_document(checked, found, wanted, repairs or {}), nl=False)
    failing = {"error": (Severity.ERROR,), "warning": tuple(Severity), "never": ()}[wanted.fail_level]
    return FINDINGS if any(one.severity in failing for one in found) else FINE


def _print_for_people(
    checked: Checked, found: Sequence[Diagnostic], wanted: Wanted, *, repaired: bool
) -> None:
    tell = translator(wanted.lang)
    concise = wanted.format == "concise"
    hidden = len(checked.diagnostics) - len(found)
    if not found:
        if hidden:
            text = Message("no findings of the codes asked for; {others}", others=_others(hidden))
            (say if concise else click.echo)(tell(text))
        elif not concise:
            click.echo(tell(_fine(checked)))
        return
    if wanted.statistics:
        from orderflow.diagnostics.formats.statistics import render_statistics

        click.echo(render_statistics(found, tell), nl=False)
    elif concise:
        click.echo(render_concise(found, tell))
    else:
        shown = render_text(found, checked.sources, color=colourful(sys.stdout), say=tell)
        click.echo(shown, nl=False)
    last = [summary(found, tell)] if concise or wanted.statistics else []
    last += [tell(each) for each in _hints(found, hidden, wanted, repaired=repaired)]
    for line in last:
        (say if concise else click.echo)(line)


def _hints(found: Sequence[Diagnostic], hidden: int, wanted: Wanted, *, repaired: bool) -> list[Message]:
    hints = []
    if hidden:
        hints.append(_others(hidden))
    fixable = count(found).fixable
    if fixable and repaired:
        hints.append(
            Message(
                "{count} not repaired: the repair would lead to another finding, or is of another rule set's file",
                count=fixable,
            )
        )
    elif fixable:
        folder = "" if wanted.path == "." else f" {shlex.quote(wanted.path)}"
        command = f"orderflow check{folder} --fix"
        hints.append(Message("{count} can be repaired by `{command}`", count=fixable, command=command))
    return hints


def _others(hidden: int) -> Message:
    return Message("1 is not shown") if hidden == 1 else Message("{count} are not shown", count=hidden)


def _fine(checked: Checked) -> Message:
    counts = checked.counts
    assert counts is not None, "a rule set without a finding loads"
    return Message(
        "{name} {version}: no findings in {states} states, {transitions} transitions, {scenarios} scenarios",
        name=counts.name,
        version=counts.version,
        states=counts.states,
        transitions=counts.transitions,
        scenarios=counts.scenarios,
    )


def _document(
    checked: Checked, found: Sequence[Diagnostic], wanted: Wanted, more: Mapping[str, object]
) -> str:
    """The findings in a format that a program reads."""
    tell = translator(wanted.lang)
    root = os.path.abspath(os.environ.get(_ROOTS.get(wanted.format, "")) or os.getcwd())
    match wanted.format:
        case "sarif":
            from orderflow.diagnostics.formats.sarif import to_sarif

            return to_sarif(found, checked.sources, tell, root, wanted.lang)
        case "github":
            from orderflow.diagnostics.formats.github import to_github

            return to_github(found, tell, root)
        case "gitlab":
            from orderflow.diagnostics.formats.gitlab import to_gitlab

            return to_gitlab(found, checked.sources, tell, root)
        case "junit":
            from orderflow.diagnostics.formats.junit import to_junit

            return to_junit(found, checked.sources, tell, root)
    from orderflow.diagnostics import to_json

    return to_json(found, tell, statistics=wanted.statistics, more=more)
