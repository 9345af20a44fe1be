"""Who stands in the exception queues: since when, where, and who has it now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from orderflow.engine.link import RuleSet
from orderflow.model.record import Standing
from orderflow.service.accounts import Share, TicketLine
from orderflow.service.census import Census, ordered, ticket_line
from orderflow.service.ports import Transaction
from orderflow.service.report import QueueLine

_EXAMPLES = 5

#: Tickets by queue and record.
Tickets = Mapping[tuple[str, str], Sequence[TicketLine]]


def queue_lines(
    ruleset: RuleSet, standing: Sequence[Standing], census: Census, now: datetime
) -> tuple[QueueLine, ...]:
    """Each queue with its count, the oldest, the first few, where they are, and the tickets opened from it.

    Args:
        standing: who stands in the queues, the longest there first.
        census: the records as they stand, with the tickets.
        now: the moment spoken of, aware UTC.
    """
    found: dict[str, list[Standing]] = {name: [] for name in ruleset.definition.queues}
    for item in standing:
        found.setdefault(item.queue, []).append(item)
    lines = []
    for name, queue in ruleset.definition.queues.items():
        mine = found[name]
        tickets = [ticket for item in mine for ticket in open_tickets(census.tickets, name, item.record)]
        places = Counter(census.places[item.record] for item in mine if item.record in census.places)
        houses = ruleset.definition.warehouses
        lines.append(
            QueueLine(
                name=name,
                label=queue.label,
                owner=queue.owner,
                count=len(mine),
                examples=tuple(item.record for item in mine[:_EXAMPLES]),
                since=mine[0].since.astimezone(ruleset.zone) if mine else None,
                oldest_seconds=(now - mine[0].since).total_seconds() if mine else None,
                handed_over=len({ticket.record for ticket in tickets}),
                opened=sum(len(several) for (of, _), several in census.tickets.items() if of == name),
                tickets=tuple(tickets[:_EXAMPLES]),
                places=tuple(
                    Share(place, houses[place].label if place in houses else place, count)
                    for place, count in ordered(places)
                ),
                of=queue.of,
                of_label=ruleset.definition.entities[queue.of].label,
            )
        )
    return tuple(lines)


def open_tickets(tickets: Tickets, queue: str, record: str) -> list[TicketLine]:
    """The tickets for a record of a queue that are not closed yet."""
    return [ticket for ticket in tickets.get((queue, record), ()) if ticket.open]


def read_tickets(ruleset: RuleSet, transaction: Transaction) -> Tickets:
    """The tickets that were ever opened, by queue and record."""
    found: dict[tuple[str, str], list[TicketLine]] = {}
    kinds = {queue.ticket for queue in ruleset.definition.queues.values() if queue.ticket is not None}
    for kind in sorted(kinds):
        for family in transaction.families(kind):
            line = ticket_line(ruleset, family.root)
            found.setdefault((line.queue, line.record), []).append(line)
    return found
