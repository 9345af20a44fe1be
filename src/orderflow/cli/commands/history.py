"""`orderflow history`: what happened to a record, and why."""

import click

from orderflow.cli.options import db_option, examples, format_option, rules_option, stored
from orderflow.cli.output import line, write_json


@click.command(
    "history",
    epilog=examples(
        "history 1001 --rules shop --db sqlite:///shop.db",
        "history 1001 --rules shop --db sqlite:///shop.db --format json",
    ),
)
@click.argument("id_", metavar="ID")
@rules_option
@db_option
@format_option
def command(id_: str, rules: str | None, db: str | None, format_: str) -> None:
    """Show what happened to the record ID and its children, oldest first; refusals with their reasons."""
    from orderflow.service.telling import teller

    with stored(rules, db, None) as engine:
        entries = engine.history(id_)
        telling = teller(engine.ruleset, entries)
        if format_ == "json":
            documents = [telling.document(entry) for entry in entries]
            write_json({"version": 1, "id": id_, "entries": documents})
            return
        for entry in entries:
            for text in telling.lines(entry):
                line(text)
