"""Everything that a storage holds, as one value that can be compared."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from orderflow.model.facts import Contribution
from orderflow.model.record import Family, Standing
from orderflow.service.ports import (
    Drawing,
    JournalEntry,
    Movement,
    Outgoing,
    StockRow,
    Storage,
    Transaction,
)
from orderflow.service.stock import balances_of, recount
from orderflow.testing.samples import OWNERS, SPEND

LAST: Final = datetime(2199, 12, 31, tzinfo=UTC)


class Snapshot(NamedTuple):
    """What one transaction sees, in the order in which it sees it.

    `waiting` are those who wait for anything; `spent` is what counts in the aggregate of the samples.
    """

    families: list[Family]
    journal: list[JournalEntry]
    outbox: list[Outgoing]
    outgoing: list[Outgoing]
    positions: list[StockRow]
    movements: list[Movement]
    drawings: list[Drawing]
    balances: dict[tuple[str, str], int]
    due: list[tuple[datetime, str]]
    waiting: list[str]
    standing: list[Standing]
    spent: list[Contribution]
    touched: list[str]


def look(transaction: Transaction, until: datetime = LAST, limit: int = 1000) -> Snapshot:
    """What a transaction sees now."""
    families = list(transaction.families())
    drawings = list(transaction.drawings())
    return Snapshot(
        families,
        list(transaction.journal()),
        list(transaction.outbox()),
        list(transaction.outgoing(until, limit)),
        list(transaction.positions()),
        list(transaction.movements()),
        drawings,
        dict(transaction.balances(sorted({(line.resource, line.owner) for line in drawings}))),
        list(transaction.due(until, limit)),
        list(transaction.waiting(sorted({key for family in families for key in family.waiting}))),
        list(transaction.standing()),
        [row for owner in OWNERS for row in transaction.window(SPEND, owner, None, until)],
        list(transaction.touched(limit)),
    )


def snapshot(storage: Storage) -> Snapshot:
    """What a new transaction sees."""
    with storage.transaction() as transaction:
        return look(transaction)


def contradictions(storage: Storage) -> list[str]:
    """Where families, journal, outbox, stock, balances and lists do not tell the same story.

    Every accepted event must have been one of `samples.buy`: it raised its family's version by one, made one
    effect, one take and one draw, and counts its version as spent.
    """
    seen = snapshot(storage)
    problems = []
    for family in seen.families:
        entries = [entry for entry in seen.journal if entry.event.target == family.id and entry.accepted]
        effects = [row for row in seen.outbox if row.effect.record == family.id]
        taken = [line for line in seen.movements if line.record == family.id and line.kind == "take"]
        drawn = [line for line in seen.drawings if line.record == family.id and line.kind == "take"]
        counts = [len(entries), len(effects), len(taken), len(drawn)]
        if counts != [family.version] * 4:
            problems.append(
                f"`{family.id}` is at version {family.version}, with {counts} entries, effects, takes and draws"
            )
        spent = [row.value for row in seen.spent if row.record == family.id]
        if spent != [family.version]:
            problems.append(f"`{family.id}` is at version {family.version} and counts {spent} as spent")
    known = {family.id for family in seen.families}
    lost = {entry.event.target for entry in seen.journal} - known
    problems += [f"`{root_id}` has no family" for root_id in sorted(lost)]
    positions = {(row.warehouse, row.sku): row.position for row in seen.positions}
    if positions != recount(seen.movements):
        problems.append(f"the stock is {positions}, the ledger makes {recount(seen.movements)}")
    if seen.balances != balances_of(seen.drawings):
        problems.append(f"the balances are {seen.balances}, the ledger makes {balances_of(seen.drawings)}")
    if set(seen.waiting) != {family.id for family in seen.families if family.waiting}:
        problems.append(f"waiting are {seen.waiting}")
    if set(seen.standing) != {place for family in seen.families for place in family.standing}:
        problems.append(f"standing are {seen.standing}")
    return problems
