"""`orderflow explain`: what a record waits for."""

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orderflow.model.decision import Judged
    from orderflow.service.engine import Engine


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
    from orderflow.service.telling import called, unmet

    with stored(rules, db, now) as engine:
        found = engine.explain(id_, department=department)
        told = _checked(engine, found.id)
        if format_ == "json":
            arrival = [
                {"name": item.name, "label": item.label, "held": item.held, "needs": unmet(item)}
                for item in told
            ]
            write_json(
                {"version": 1, "now": engine.clock.now().isoformat(), **found.to_dict(), "arrival": arrival}
            )
            return
        headline, *others = found.lines()
        line(headline)
        for item in told:
            needs = "; ".join(unmet(item))
            said = "yes" if item.held else "no" + (f", it needs: {needs}" if needs else "")
            line(f"  Checked on arrival: {called(item.name, item.label)}: {said}")
        for text in others:
            line(text)


def _checked(engine: "Engine", id_: str) -> "Sequence[Judged]":
    """What was looked at when a record came in."""
    entries = engine.history(id_)
    return entries[0].arrival if entries else ()
