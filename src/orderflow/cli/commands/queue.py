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
    from collections.abc import Sequence

    from orderflow.model.definition import Definition
    from orderflow.model.record import Standing
    from orderflow.service.engine import Engine
    from orderflow.service.queues import Tickets


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
    """Show every exception queue with its count, or the records that stand in the queue NAME: since when, who has them."""
    from orderflow.service.queues import read_tickets

    with stored(rules, db, now) as engine:
        definition = engine.ruleset.definition
        engine.ruleset.check_department(department)
        if name is not None:
            known_queue(definition, name)
        standing = engine.queue(name)
        with engine.storage.transaction(read_only=True) as transaction:
            tickets = read_tickets(engine.ruleset, transaction)
        names = [name] if name is not None else list(definition.queues)
        found = {one: [item for item in standing if item.queue == one] for one in names}
        if format_ == "json":
            queues = {one: _document(engine, one, found[one], tickets, department) for one in names}
            write_json({"version": 1, "now": engine.clock.now().isoformat(), "queues": queues})
        elif name is not None:
            _print_one(engine, name, found[name], tickets, department)
        elif names:
            _print_all(engine, found, tickets)
        else:
            line("the rule set has no queues")


def known_queue(definition: "Definition", name: str) -> None:
    """See that a rule set has a queue.

    Raises:
        WrongUseError: it has none of that name.
    """
    from orderflow.diagnostics import nearest

    if name in definition.queues:
        return
    meant = nearest(name, definition.queues)
    known = ", ".join(f"`{other}`" for other in definition.queues)
    hint = f"known: {known}" if known else "the rule set has no queues"
    raise WrongUseError(f"no queue `{name}`; " + (f"did you mean `{meant}`" if meant else hint))


def _print_all(engine: "Engine", found: "dict[str, list[Standing]]", tickets: "Tickets") -> None:
    from orderflow.service.queues import open_tickets

    rows = []
    for name, standing in found.items():
        queue = engine.ruleset.definition.queues[name]
        handed = sum(bool(open_tickets(tickets, name, item.record)) for item in standing)
        oldest = f"{standing[0].record}, {_age(engine, standing[0])}" if standing else ""
        count = f"{len(standing)}"
        rows.append((name, queue.label, queue.owner or "", count, oldest, f"{handed}" if handed else ""))
    table(("queue", "label", "owner", "records", "the oldest", "tickets"), rows, [3, 5])


def _print_one(
    engine: "Engine",
    name: str,
    standing: "Sequence[Standing]",
    tickets: "Tickets",
    department: str | None,
) -> None:
    from orderflow.service.queues import open_tickets

    queue = engine.ruleset.definition.queues[name]
    owner = f", with {queue.owner}" if queue.owner is not None else ""
    line(f"{queue.label}: {len(standing)}{owner}")
    rows = []
    for item in standing:
        since = item.since.astimezone(engine.ruleset.zone)
        having = ", ".join(
            f"{ticket.ticket}: {ticket.owner}, {ticket.state_label}"
            for ticket in open_tickets(tickets, name, item.record)
        )
        state = _state(engine, item.record, department)
        rows.append((item.record, state, f"{since:%Y-%m-%d %H:%M}", _age(engine, item), having))
    if rows:
        table(("record", "state", "there since", "for", "ticket"), rows)


def _state(engine: "Engine", id_: str, department: str | None) -> str:
    """The label of the state that a record is in; empty when it is in none yet."""
    record = engine.family(id_).find(id_)
    if record is None:
        return ""
    return engine.ruleset.definition.entities[record.entity].states[record.state].called(department)


def _age(engine: "Engine", item: "Standing") -> str:
    from orderflow.engine.phrases import span

    return span(engine.clock.now() - item.since)


def _document(
    engine: "Engine",
    name: str,
    standing: "Sequence[Standing]",
    tickets: "Tickets",
    department: str | None,
) -> dict[str, object]:
    from orderflow.service.accounts import plain

    queue = engine.ruleset.definition.queues[name]
    now = engine.clock.now()
    return {
        "label": queue.label,
        "owner": queue.owner,
        "ticket": queue.ticket,
        "count": len(standing),
        "records": [item.record for item in standing],
        "standing": [
            {
                "record": item.record,
                "state": _state(engine, item.record, department),
                "since": item.since.isoformat(),
                "seconds": (now - item.since).total_seconds(),
                "tickets": plain(tickets.get((name, item.record), ())),
            }
            for item in standing
        ],
    }
