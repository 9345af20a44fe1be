"""`orderflow explain`: what a record waits for."""

import click

from orderflow.cli.options import (
    db_option,
    examples,
    for_option,
    format_option,
    now_option,
    rules_option,
    stored,
)
from orderflow.cli.output import line, write_json


@click.command(
    "explain",
    epilog=examples(
        "explain 1002 --rules shop --db sqlite:///shop.db",
        "explain 1002 --rules shop --db sqlite:///shop.db --now last",
    ),
)
@click.argument("id_", metavar="ID")
@rules_option
@db_option
@now_option
@for_option
@format_option
def command(
    id_: str, rules: str | None, db: str | None, now: str | None, department: str | None, format_: str
) -> None:
    """Say where the record ID stands and what each way on waits for."""
    with stored(rules, db, now) as engine:
        found = engine.explain(id_, department=department)
        if format_ == "json":
            write_json({"version": 1, "now": engine.clock.now().isoformat(), **found.to_dict()})
        else:
            for text in found.lines():
                line(text)
