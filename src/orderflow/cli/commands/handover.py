"""`orderflow handover`: a record of an exception queue is given to somebody, who gets a ticket for it."""

from typing import TYPE_CHECKING

import click

from orderflow.cli.commands.queue import known_queue
from orderflow.cli.errors import FINDINGS, FINE, WrongUseError
from orderflow.cli.options import db_option, examples, format_option, now_option, stored
from orderflow.cli.output import line, write_json

if TYPE_CHECKING:
    from orderflow.model.definition import Definition
    from orderflow.service.accounts import TicketLine


@click.command(
    "handover",
    epilog=examples(
        "handover shop not_packed 1002/shipments/1 --db sqlite:///shop.db --to warehouse --as desk:ada",
        'handover shop not_packed 1002/shipments/1 --db sqlite:///shop.db --note "look behind the door"',
    ),
)
@click.argument("rules")
@click.argument("queue")
@click.argument("id_", metavar="ID")
@db_option
@click.option(
    "--to", "owner", metavar="WHO", default="", help="Who is to see to it; the queue's owner by default."
)
@click.option(
    "--as", "actor", metavar="ROLE", default="engine", help="Who hands it over: a role, or role:person."
)
@click.option("--note", metavar="TEXT", help="What there is to say; the ticket's field `note`.")
@now_option
@format_option
def command(
    rules: str,
    queue: str,
    id_: str,
    db: str | None,
    owner: str,
    actor: str,
    note: str | None,
    now: str | None,
    format_: str,
) -> int:
    """Hand the record ID, which stands in QUEUE, over: a ticket is opened, once for each time that it stands there.

    RULES is the rule set's folder. Exit code 1 means that the rules did not take the ticket.
    """
    from orderflow.service.census import ticket_line

    with stored(rules, db, now) as engine:
        definition = engine.ruleset.definition
        known_queue(definition, queue)
        fields = {} if note is None else {_note_field(definition, queue): note}
        decision = engine.handover(queue, id_, owner=owner, fields=fields, actor=actor)
        if not decision.accepted:
            for refusal in decision.refusals:
                line(f"refused: {refusal.message}")
            return FINDINGS
        ticket = ticket_line(engine.ruleset, decision.family.root)
        if format_ == "json":
            from orderflow.service.accounts import plain

            write_json({"version": 1, "repeated": decision.repeated, "ticket": plain(ticket)})
        else:
            _print(definition, ticket, repeated=decision.repeated)
    return FINE


def _note_field(definition: "Definition", queue: str) -> str:
    entity = definition.queues[queue].ticket
    if entity is not None and "note" not in definition.entities[entity].fields:
        raise WrongUseError(f"a `{entity}` has no field `note`; leave `--note` out, or give it one")
    return "note"


def _print(definition: "Definition", ticket: "TicketLine", *, repeated: bool) -> None:
    label = definition.queues[ticket.queue].label
    again = " (it was handed over before)" if repeated else ""
    line(f"{ticket.ticket}: {ticket.record} is with {ticket.owner}{again}")
    line(f"  queue: {label} ({ticket.queue})")
    line(
        f"  opened by {ticket.opened_by}, {ticket.since:%Y-%m-%d %H:%M}; {ticket.state_label} ({ticket.state})"
    )
    for name, value in ticket.details:
        line(f"  {name}: {value}")
