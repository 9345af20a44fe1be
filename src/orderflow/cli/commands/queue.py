"""`orderflow queue`: who stands in which exception queue."""

from typing import TYPE_CHECKING

import click

from orderflow.cli.errors import WrongUseError
from orderflow.cli.options import (
    db_option,
    examples,
    for_option,
    format_option,
    now_option,
    rules_option,
    stored,
)
from orderflow.cli.output import line, table, write_json

if TYPE_CHECKING:
    from orderflow.service.engine import Engine


@click.command(
    "queue",
    epilog=examples(
        "queue --rules shop --db sqlite:///shop.db --now last",
        "queue not_shipped --rules shop --db sqlite:///shop.db --now last",
    ),
)
@click.argument("name", required=False)
@rules_option
@db_option
@now_option
@for_option
@format_option
def command(
    name: str | None,
    rules: str | None,
    db: str | None,
    now: str | None,
    department: str | None,
    format_: str,
) -> None:
    """Show every exception queue with its count, or the records that stand in the queue NAME."""
    from orderflow.diagnostics import nearest
    from orderflow.service.measure import measure

    with stored(rules, db, now) as engine:
        definition = engine.ruleset.definition
        engine.ruleset.check_department(department)
        if name is not None and name not in definition.queues:
            meant = nearest(name, definition.queues)
            known = ", ".join(f"`{other}`" for other in definition.queues)
            hint = f"known: {known}" if known else "the rule set has no queues"
            raise WrongUseError(f"no queue `{name}`; " + (f"did you mean `{meant}`" if meant else hint))
        at = engine.clock.now()
        with engine.storage.transaction(read_only=True) as transaction:
            found = measure(engine.ruleset, transaction.families(), at).queues
        shown = [name] if name is not None else list(definition.queues)
        if format_ == "json":
            queues = {
                one: {
                    "label": definition.queues[one].label,
                    "owner": definition.queues[one].owner,
                    "count": len(found[one]),
                    "records": found[one],
                }
                for one in shown
            }
            write_json({"version": 1, "now": at.isoformat(), "queues": queues})
        elif name is not None:
            _print_one(engine, name, found[name], department)
        elif shown:
            rows = [
                (one, definition.queues[one].label, definition.queues[one].owner or "", str(len(found[one])))
                for one in shown
            ]
            table(("queue", "label", "owner", "records"), rows, [3])
        else:
            line("the rule set has no queues")


def _print_one(engine: "Engine", name: str, ids: list[str], department: str | None) -> None:
    queue = engine.ruleset.definition.queues[name]
    line(f"{queue.label}: {len(ids)}")
    rows = []
    for id_ in ids:
        record = engine.family(id_).find(id_)
        assert record is not None
        state = engine.ruleset.definition.entities[record.entity].states[record.state]
        since = record.entered[record.state].astimezone(engine.ruleset.zone)
        rows.append((id_, state.called(department), f"{since:%Y-%m-%d %H:%M}"))
    if rows:
        table(("record", "state", "since"), rows)
