"""Options and arguments that several commands share, and what they name."""

import os
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from orderflow.cli.errors import NoInputError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orderflow.engine.link import RuleSet
    from orderflow.service.engine import Engine

F = TypeVar("F", bound=Callable[..., Any])

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)

rules_option = click.option(
    "--rules", metavar="PATH", envvar="ORDERFLOW_RULES", help="The rule set's folder (or ORDERFLOW_RULES)."
)

db_option = click.option(
    "--db",
    metavar="URL",
    envvar="ORDERFLOW_DB",
    help="The storage, such as sqlite:///orders.db (or ORDERFLOW_DB).",
)

now_option = click.option(
    "--now",
    metavar="TIME",
    help="Judge as of this moment, such as 2026-02-12T09:00; `last` is the last event's.",
)

for_option = click.option(
    "--for",
    "department",
    metavar="DEPARTMENT",
    help="Say states in this department's own words (`known_as`).",
)


def _language(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    from orderflow.diagnostics.translation import LANGUAGES, language

    if value is None:
        return (
            language(os.environ.get("ORDERFLOW_LANG")) or "en"
        )  # a variable is for all programs: no failure
    known = language(value)
    if known is None:
        raise click.BadParameter(
            f"there is no language `{value}`; there are {', '.join(LANGUAGES)}", ctx, param
        )
    return known


lang_option = click.option(
    "--lang",
    metavar="[en|zh]",
    callback=_language,
    help="The language of the findings (or ORDERFLOW_LANG).",
)


def examples(*lines: str) -> str:
    """Return the end of a help page: command lines to copy, as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  orderflow {line}" for line in lines)


def folder(path: str) -> Path:
    """Return the folder of a rule set.

    Raises:
        NoInputError: there is none.
    """
    if not path:
        raise NoInputError("a folder without a name; `.` is the folder you are in")
    found = Path(path)
    if not found.exists():
        raise NoInputError(
            f"there is no folder `{path}`; `orderflow init {path}` would start a rule set there"
        )
    if not found.is_dir():
        raise NoInputError(f"`{path}` is a file; name the folder that holds the rule set")
    return found


def load_rules(path: str | None) -> "RuleSet":
    """Load the rule set that `--rules` names.

    Raises:
        WrongUseError: none was named.
        NoInputError: there is no such folder.
        RuleSetError: it has errors.
    """
    from orderflow.bootstrap import load

    if not path:
        raise WrongUseError(
            "which rules? name their folder with `--rules PATH` or the variable ORDERFLOW_RULES"
        )
    return load(folder(path))


@contextmanager
def stored(rules: str | None, db: str | None, now: str | None) -> "Iterator[Engine]":
    """Open the engine over a storage that is there already, its clock standing at `now` if one is given.

    Raises:
        WrongUseError: no storage was named, or `now` is no moment.
        NoInputError: the storage is not there; reading would make an empty one.
    """
    from orderflow.bootstrap import open as open_engine
    from orderflow.service.clocks import ManualClock

    if not db:
        raise WrongUseError(
            "which storage? name it with `--db sqlite:///orders.db` or the variable ORDERFLOW_DB"
        )
    if db == "memory:":
        raise WrongUseError(
            "`memory:` keeps nothing from one command to the next; name a file, `--db sqlite:///orders.db`"
        )
    ruleset = load_rules(rules)
    if db.startswith("sqlite:///"):
        file = db.removeprefix("sqlite:///")
        if not os.path.exists(file):
            raise NoInputError(f"there is no database `{file}`; `orderflow run ... --db {db}` makes it")
    engine = open_engine(ruleset, db)
    try:
        if now == "last":
            engine.clock = ManualClock(_last(engine))
        elif now:
            engine.clock = ManualClock(moment(now, ruleset))
        yield engine
    finally:
        engine.storage.close()


def moment(text: str, ruleset: "RuleSet") -> datetime:
    """Return the moment that a text means, in the rule set's zone unless it says otherwise.

    Raises:
        WrongUseError: it is no moment.
    """
    from orderflow.model.fault import ValueFault
    from orderflow.model.moments import to_datetime

    try:
        return to_datetime(text, ruleset.zone)
    except ValueFault as fault:
        raise WrongUseError(f"`--now {text}` {fault}") from None


def _last(engine: "Engine") -> datetime:
    with engine.storage.transaction() as transaction:
        last = max((entry.event.at for entry in transaction.journal()), default=None)
    return last if last is not None else engine.clock.now()
