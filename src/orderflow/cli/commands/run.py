"""`orderflow run`: the main job, from a file of orders to what a manager reads."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orderflow.cli.errors import FINDINGS, FINE, NoInputError, WrongUseError, say
from orderflow.cli.options import examples, format_option, load_rules, moment
from orderflow.cli.output import write_json
from orderflow.cli.progress import progress

if TYPE_CHECKING:
    from orderflow.adapters.console import ConsoleNotifier
    from orderflow.model.definition import Definition
    from orderflow.service.report import RunReport

_EFFECTS_SHOWN = 12


@click.command(
    "run",
    epilog=examples(
        "run shop --orders shop/orders.csv",
        "run shop --orders shop/orders.csv --db sqlite:///shop.db --report report.html",
        "run shop --orders shop/orders.csv --now 2026-02-12T09:00 --format json",
    ),
)
@click.argument("rules")
@click.option(
    "--orders", required=True, metavar="FILE", help="A .csv table, or .jsonl with one event a line."
)
@click.option(
    "--channel", metavar="NAME", help="The mapping of the table; by default the one whose columns it has."
)
@click.option("--stock", metavar="FILE", help="Opening stock: a table of warehouse, sku, on_hand.")
@click.option("--db", metavar="URL", default="memory:", help="Where to store, such as sqlite:///orders.db.")
@click.option(
    "--now", metavar="TIME", help="Judge queues as of this moment; the file's last event by default."
)
@click.option(
    "--dispatch",
    type=click.Choice(["console", "none"]),
    default="none",
    show_default=True,
    help="Print effects such as messages, or leave them in the outbox.",
)
@click.option("--report", metavar="FILE", help="Also write a self-contained HTML report.")
@click.option(
    "--story",
    metavar="ID",
    help="Tell this record's whole story; the HTML report tells that of the one with most to tell.",
)
@format_option
def command(
    rules: str,
    orders: str,
    channel: str | None,
    stock: str | None,
    db: str,
    now: str | None,
    dispatch: str,
    report: str | None,
    story: str | None,
    format_: str,
) -> int:
    """Run a file of orders through the rule set in RULES: import, decide, store, dispatch, report.

    Exit code 1 means that some rows could not be read; they are listed, the rest was run.
    """
    from orderflow.bootstrap import storage as open_storage
    from orderflow.service.run import Job, run

    for file in (orders, stock):
        if file is not None:
            _see_that_it_is_a_file(file)
    if report is not None:
        see_that_it_can_be_written(report)
    ruleset = load_rules(rules)
    job = Job(
        Path(orders),
        channel=channel,
        stock=Path(stock) if stock is not None else None,
        now=moment(now, ruleset) if now is not None else None,
        story=story,
    )
    notifier = _notifier(format_) if dispatch == "console" else None
    try:
        with closing(open_storage(ruleset, db)) as storage, progress("events") as moved_on:
            found = run(ruleset, storage, job, notifier=notifier, progress=moved_on)
    except KeyboardInterrupt:
        if db != "memory:":
            say(f"\nwhat is stored so far stays in `{db}`; run the same file again to go on")
        raise
    if notifier is not None and notifier.summary():
        click.echo(notifier.summary(), err=format_ == "json")
    if format_ == "json":
        write_json(found.to_dict())
    else:
        from orderflow.cli.summary import print_summary

        if notifier is not None:
            click.echo()
        print_summary(found, story=story is not None)
    if report is not None:
        write_report(report, found, ruleset.definition, format_)
    return FINDINGS if found.rejected else FINE


def _see_that_it_is_a_file(name: str) -> None:
    path = Path(name)
    if path.is_dir():
        raise NoInputError(f"`{name}` is a folder; name a file in it")
    if not path.is_file():
        there = path.exists()
        raise NoInputError(
            f"`{name}` is no ordinary file; save it as one" if there else f"there is no file `{name}`"
        )


def see_that_it_can_be_written(name: str) -> None:
    """Refuse a report that has no place to go before the run, not after it."""
    path = Path(name)
    if not name or path.is_dir():
        raise WrongUseError(f"`{name}` is a folder; name a file for the report, such as report.html")
    nearest = next(parent for parent in path.absolute().parents if parent.exists())
    if not nearest.is_dir() or not os.access(path if path.exists() else nearest, os.W_OK):
        raise NoInputError(f"the report `{name}` cannot be written there; name another file")


def _notifier(format_: str) -> "ConsoleNotifier":
    """Return what prints effects; stdout belongs to the JSON alone."""
    from orderflow.adapters.console import ConsoleNotifier

    return ConsoleNotifier(sys.stderr if format_ == "json" else sys.stdout, _EFFECTS_SHOWN)


def write_report(file: str, found: "RunReport", definition: "Definition", format_: str) -> None:
    """Write the HTML report and say where it is."""
    from orderflow.reports import html

    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html.render(found, definition), encoding="utf-8")
    text = f"report: {path}"
    if format_ == "json":
        say(text)
    else:
        click.echo(text)
