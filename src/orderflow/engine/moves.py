"""The moves of stock that a transition makes: receipts, counts, transfers, pools."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from orderflow.engine.holdings import Lack
from orderflow.engine.parts import LinkedMove
from orderflow.model.record import Record
from orderflow.model.stock import NOTHING, Move, moved

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft

_SET = {"count": "on_hand", "safety": "safety_stock"}


def moves_of(draft: "Draft", record: Record, wanted: Sequence[LinkedMove]) -> list[Move]:
    """The moves as the record stands now: no move of nothing, but a count that changes nothing is kept."""
    found = []
    view = draft.view(record)
    for linked in wanted:
        warehouse = str(linked.warehouse(record.fields, view))
        kind = linked.move.kind
        for sku, quantity in _units(linked, record, view):
            if kind in _SET:
                present = draft.stock.get((warehouse, sku), NOTHING)
                found.append(Move(kind, warehouse, sku, quantity - getattr(present, _SET[kind]), record.id))
            elif quantity > 0:
                found.append(Move(kind, warehouse, sku, quantity, record.id, linked.move.pool))
    return found


def _units(linked: LinkedMove, record: Record, view: object) -> Iterable[tuple[str, int]]:
    if linked.lines is not None:
        rows = cast("Iterable[Mapping[str, object]]", linked.lines(record.fields, view))  # type: ignore[arg-type]
        return [(str(row["sku"]), cast(int, row["quantity"])) for row in rows]
    assert linked.sku is not None
    assert linked.quantity is not None
    sku, quantity = linked.sku(record.fields, view), linked.quantity(record.fields, view)  # type: ignore[arg-type]
    return [(str(sku), cast(int, quantity))]


def impossible(draft: "Draft", record: Record, wanted: Sequence[LinkedMove]) -> list[Lack]:
    """What keeps the moves from being made, one after the other."""
    stock = dict(draft.stock)
    found = []
    for move in moves_of(draft, record, wanted):
        key = (move.warehouse, move.sku)
        before = stock.get(key, NOTHING)
        after = moved(before, move)
        if after is None:
            found.append(lack_of(move, before.open_to(move.pool if move.kind == "unpool" else "")))
        else:
            stock[key] = after
    return found


def lack_of(move: Move, available: int) -> Lack:
    """A move that cannot be made."""
    return Lack(
        "moves", move.warehouse, move.sku, abs(move.quantity), max(available, 0), move.pool, move.kind
    )


def make(draft: "Draft", record: Record, wanted: Sequence[LinkedMove]) -> list[Lack]:
    """Make the moves; what kept one of them from being made."""
    found = []
    for move in moves_of(draft, record, wanted):
        if not draft.move(move):
            found.append(lack_of(move, draft.stock.get((move.warehouse, move.sku), NOTHING).available))
    return found
