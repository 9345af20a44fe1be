"""What every storage does alike with a decision: whose journal it is in, how its stock moves, what fails."""

from collections.abc import Iterable
from datetime import datetime

from orderflow.diagnostics.errors import ConflictError, RecordError, StorageError
from orderflow.model.decision import Decision
from orderflow.model.record import root_of
from orderflow.model.stock import Draw, Move
from orderflow.service.ports import Drawing, Movement

#: Moves whose quantity is the signed change that they make; of none at all, too: it was counted.
SIGNED = frozenset({"count", "safety"})
#: Moves of units that somebody holds: when there are too few, the tables are wrong, and deciding again helps nobody.
OWED = frozenset({"give_back", "spend", "restore"})


def root_of_decision(decision: Decision) -> str:
    """The family that a decision is journaled under; a refused one may name a record that is not there."""
    return decision.family.root.id if decision.accepted else root_of(decision.event.target)


def in_order(moves: Iterable[Move]) -> list[Move]:
    """The moves by warehouse and SKU, so that no two writers wait for each other; of one position as decided.

    Raises:
        StorageError: a move of less than no units, or one that sets units aside in no pool.
    """
    wanted = [move for move in moves if move.quantity or move.kind in SIGNED]
    for move in wanted:
        if move.quantity < 0 and move.kind not in SIGNED:
            raise StorageError(
                f"`{move.record}` moves {move.quantity} units of `{move.sku}`; give a positive number"
            )
        if not move.pool and move.kind in ("pool", "unpool"):
            raise StorageError(f"`{move.record}` sets units of `{move.sku}` aside in no pool; name one")
    wanted.sort(key=lambda move: (move.warehouse, move.sku))
    return wanted


def draws_in_order(draws: Iterable[Draw]) -> list[Draw]:
    """The draws by resource and owner, as the moves are; of one balance as decided.

    Raises:
        StorageError: a draw of less than nothing.
    """
    wanted = [draw for draw in draws if draw.amount]
    for draw in wanted:
        if draw.amount < 0:
            raise StorageError(
                f"`{draw.record}` draws {draw.amount} of `{draw.resource}`; give a positive number"
            )
    wanted.sort(key=lambda draw: (draw.resource, draw.owner))
    return wanted


def movement(move: Move, at: datetime) -> Movement:
    """The line that the stock ledger keeps of a move."""
    return Movement(move.kind, move.warehouse, move.sku, move.quantity, move.record, at, move.pool)


def drawing(draw: Draw, at: datetime) -> Drawing:
    """The line that the ledger of amounts and tokens keeps of a draw."""
    return Drawing(draw.kind, draw.resource, draw.owner, draw.amount, draw.record, at)


def received(warehouse: str, units: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The units of a receipt by SKU, without the empty ones.

    Raises:
        RecordError: a receipt of less than no units.
    """
    wanted = sorted((sku, quantity) for sku, quantity in units if quantity)
    problems = [
        f"`{warehouse}` cannot receive {quantity} units of `{sku}`; give it a positive number"
        for sku, quantity in wanted
        if quantity < 0
    ]
    if problems:
        raise RecordError(problems)
    return wanted


def changed_meanwhile(root_id: str, expected: int, found: int) -> ConflictError:
    """What to raise when a family is not at the version that the decision was made on."""
    return ConflictError(
        f"`{root_id}` was changed by another writer (version {found}, not {expected}); decide again"
    )


def cannot_move(move: Move) -> StorageError:
    """What to raise when a move finds too few units: a conflict, unless somebody is said to hold them."""
    if move.kind in OWED:
        return StorageError(
            f"`{move.record}` gives back, spends or restores {move.quantity} units of `{move.sku}` that "
            f"`{move.warehouse}` does not hold for anyone; compare the stock ledger with the journal"
        )
    pool = f" in `{move.pool}`" if move.pool and move.kind != "pool" else ""
    return ConflictError(
        f"`{move.warehouse}` has no {abs(move.quantity)} units of `{move.sku}`{pool} for `{move.record}`; "
        "decide again"
    )


def cannot_draw(draw: Draw) -> StorageError:
    """What to raise when a draw finds too little: a conflict for a take, a fault for what nobody holds."""
    if draw.kind == "take":
        return ConflictError(
            f"`{draw.owner}` has no {draw.amount} of `{draw.resource}` left for `{draw.record}`; decide again"
        )
    return StorageError(
        f"`{draw.record}` gives back or spends {draw.amount} of `{draw.resource}` that `{draw.owner}` "
        "does not hold; compare the ledger of amounts with the journal"
    )


def applied_before(event_id: str) -> ConflictError:
    """What to raise when an event id is in the journal already."""
    return ConflictError(f"event `{event_id}` was applied meanwhile; read its entry instead")


def received_before(receipt: str) -> ConflictError:
    """What to raise when a receipt is in the ledger already."""
    return ConflictError(f"receipt `{receipt}` was stored meanwhile; read its units instead")


def already_open() -> StorageError:
    """What to raise when a thread begins a transaction inside its own."""
    return StorageError("a transaction is open here already; use that one, or leave it first")
