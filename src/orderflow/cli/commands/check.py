"""`orderflow check`: every problem of a rule set at once."""

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from orderflow.cli.errors import WrongUseError, say
from orderflow.cli.findings import FORMATS, LEVELS, READ, Wanted, show
from orderflow.cli.options import examples, folder, lang_option

if TYPE_CHECKING:
    from orderflow.service.checking import Checked


@click.command(
    "check",
    epilog=examples(
        "check shop",
        "check shop --format concise --ignore OF104",
        "check shop --format sarif > orderflow.sarif",
        "check shop --fail-level warning --statistics",
        "check shop --diff",
        "check shop --fix --select OF101",
        "check shop --watch",
    ),
)
@click.argument("path", default=".")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Code frames, one line each, or what a program reads.",
)
@click.option("--select", multiple=True, metavar="CODES", help="Show these only, such as OF1,OF205.")
@click.option("--ignore", multiple=True, metavar="CODES", help="Do not show these.")
@click.option(
    "--fail-level",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="What of the shown makes the exit code 1.",
)
@click.option("--statistics", is_flag=True, help="Count the findings by code.")
@click.option(
    "--fix", "fixed", is_flag=True, help="Make the repairs that are certain, then show what is left."
)
@click.option("--diff", "compared", is_flag=True, help="Show what `--fix` would change; write nothing.")
@click.option("--watch", "watched", is_flag=True, help="Check again whenever a file changes; Ctrl-C ends it.")
@click.option(
    "--cache/--no-cache",
    "cached",
    default=True,
    help="Whether to remember what was found while nothing changes (ORDERFLOW_CACHE=DIR, or off).",
)
@lang_option
def command(
    path: str,
    format_: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_level: str,
    statistics: bool,
    fixed: bool,
    compared: bool,
    watched: bool,
    cached: bool,
    lang: str,
) -> int:
    """Find every problem of the rule set in PATH.

    Exit code 1 means that there are errors; warnings do not fail the check unless `--fail-level` says so.
    """
    from orderflow.diagnostics.selection import Selection, UnknownCodeError, read_codes

    try:
        selection = Selection(read_codes(select), read_codes(ignore))
    except UnknownCodeError as error:
        raise WrongUseError(error.message) from None
    if statistics and format_ not in (*READ, "json"):
        raise WrongUseError(f"`--statistics` goes with {_listed((*READ, 'json'))}, not with `{format_}`")
    if watched and format_ not in READ:
        raise WrongUseError(f"`--watch` goes with {_listed(READ)}, not with `{format_}`")
    if compared and format_ not in (*READ, "json"):
        raise WrongUseError(f"`--diff` goes with {_listed((*READ, 'json'))}, not with `{format_}`")
    _refuse_together({"--fix": fixed, "--diff": compared, "--watch": watched})
    _refuse_together({"--diff": compared, "--statistics": statistics})
    wanted = Wanted(path, format_, selection, fail_level, statistics, lang)
    folder(path)
    if compared:
        from orderflow.cli.commands.check_fix import show_diff

        return show_diff(wanted)
    if fixed:
        return _fix(wanted, cached)
    return _watch(wanted, cached) if watched else show(_checked(path, cached), wanted)


def _refuse_together(options: Mapping[str, bool]) -> None:
    """Refuse options of which only one can be meant."""
    given = [name for name, is_given in options.items() if is_given]
    if len(given) > 1:
        raise WrongUseError(f"`{given[0]}` and `{given[1]}` do not go together; give one of them")


def _fix(wanted: Wanted, cached: bool) -> int:
    """Repair what is certain, tell it, and show what is left."""
    from orderflow.cli.commands.check_fix import as_data, fix, tell_fixed
    from orderflow.diagnostics import translator

    done = fix(wanted)
    if wanted.format != "json":
        tell_fixed(done, wanted)
    repairs = as_data(done, translator(wanted.lang), written=bool(done.changes))
    return show(_checked(wanted.path, cached), wanted, repairs)


def _checked(path: str, cached: bool) -> "Checked":
    from orderflow.service.checking import check_cached
    from orderflow.service.kept import Kept, folder_of

    return check_cached(path, Kept(folder_of(os.environ) if cached else None))


def _watch(wanted: Wanted, cached: bool) -> int:
    """Check, and again after each change; Ctrl-C is the way to end it, and no failure."""
    from orderflow.cli.errors import FINE
    from orderflow.cli.watch import watch
    from orderflow.diagnostics import Message, translator

    tell = translator(wanted.lang)

    def check() -> Iterable[str]:
        checked = _checked(wanted.path, cached)
        show(checked, wanted)
        say(tell(Message("watching for changes; Ctrl-C ends it")))
        sys.stdout.flush()
        return checked.sources

    def told(changes: Message) -> None:
        if sys.stdout.isatty():
            sys.stdout.write("\x1b[H\x1b[2J")
            sys.stdout.flush()
        say(tell(changes))

    watch(wanted.path, check, told)
    return FINE


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`--format {name}`" for name in names)
