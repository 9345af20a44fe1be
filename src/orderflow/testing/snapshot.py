"""Everything that a storage holds, as one value that can be compared."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from orderflow.model.record import Family
from orderflow.service.ports import JournalEntry, Movement, Outgoing, StockRow, Storage, Transaction

LAST: Final = datetime(2199, 12, 31, tzinfo=UTC)


class Snapshot(NamedTuple):
    """What one transaction sees, in the order in which it sees it."""

    families: list[Family]
    journal: list[JournalEntry]
    outbox: list[Outgoing]
    outgoing: list[Outgoing]
    positions: list[StockRow]
    movements: list[Movement]
    due: list[tuple[datetime, str]]
    waiting: list[str]


def look(transaction: Transaction, until: datetime = LAST, limit: int = 1000) -> Snapshot:
    """What a transaction sees now."""
    return Snapshot(
        list(transaction.families()),
        list(transaction.journal()),
        list(transaction.outbox()),
        list(transaction.outgoing(until, limit)),
        list(transaction.positions()),
        list(transaction.movements()),
        list(transaction.due(until, limit)),
        list(transaction.waiting("stock")),
    )


def snapshot(storage: Storage) -> Snapshot:
    """What a new transaction sees."""
    with storage.transaction() as transaction:
        return look(transaction)


def contradictions(storage: Storage) -> list[str]:
    """Where families, journal, outbox and stock do not tell the same story.

    Every accepted event must have raised its family's version by one, and made one effect and one take.
    """
    seen = snapshot(storage)
    problems = []
    for family in seen.families:
        entries = [entry for entry in seen.journal if entry.event.target == family.id and entry.accepted]
        effects = [row for row in seen.outbox if row.effect.record == family.id]
        taken = [line for line in seen.movements if line.record == family.id and line.kind == "take"]
        if not family.version == len(entries) == len(effects) == len(taken):
            problems.append(
                f"`{family.id}` is at version {family.version}, with {len(entries)} entries, "
                f"{len(effects)} effects, {len(taken)} takes"
            )
    known = {family.id for family in seen.families}
    lost = {entry.event.target for entry in seen.journal} - known
    problems += [f"`{root_id}` has no family" for root_id in sorted(lost)]
    taken_units = sum(line.quantity for line in seen.movements if line.kind == "take")
    allocated = sum(row.allocated for row in seen.positions)
    if allocated != taken_units:
        problems.append(f"{allocated} units are allocated, {taken_units} were taken")
    return problems
