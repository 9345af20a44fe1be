"""What every storage does alike with a decision: whose journal it is in, how its stock moves, what fails."""

from collections.abc import Iterable

from orderflow.diagnostics.errors import ConflictError, RecordError, StorageError
from orderflow.model.decision import Decision, Move
from orderflow.model.record import root_of


def root_of_decision(decision: Decision) -> str:
    """The family that a decision is journaled under; a refused one may name a record that is not there."""
    return decision.family.root.id if decision.accepted else root_of(decision.event.target)


def in_order(moves: Iterable[Move]) -> list[Move]:
    """The moves by warehouse and SKU, so that no two writers wait for each other; of one position as decided.

    Raises:
        StorageError: a move of less than no units.
    """
    wanted = [move for move in moves if move.quantity]
    for move in wanted:
        if move.quantity < 0:
            raise StorageError(
                f"`{move.record}` moves {move.quantity} units of `{move.sku}`; give a positive number"
            )
    wanted.sort(key=lambda move: (move.warehouse, move.sku))
    return wanted


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


def too_few(move: Move) -> ConflictError:
    """What to raise when a take finds too few units."""
    return ConflictError(
        f"`{move.warehouse}` has no {move.quantity} units of `{move.sku}` for `{move.record}`; decide again"
    )


def more_than_held(move: Move) -> StorageError:
    """What to raise when units would be given back or spent that nobody holds."""
    return StorageError(
        f"`{move.record}` gives back or spends {move.quantity} units of `{move.sku}` that `{move.warehouse}` "
        "does not hold for anyone; compare the stock ledger with the journal"
    )


def applied_before(event_id: str) -> ConflictError:
    """What to raise when an event id is in the journal already."""
    return ConflictError(f"event `{event_id}` was applied meanwhile; read its entry instead")


def already_open() -> StorageError:
    """What to raise when a thread begins a transaction inside its own."""
    return StorageError("a transaction is open here already; use that one, or leave it first")
