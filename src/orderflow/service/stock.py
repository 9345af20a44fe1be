"""What the stock says: positions summed by warehouse, and whether anything was ever sold twice."""

from collections.abc import Iterable, Mapping

from orderflow.engine.link import RuleSet
from orderflow.model.record import root_of
from orderflow.model.stock import NOTHING, Move, Position, StockKey, summed
from orderflow.service.ports import Drawing, Movement, StockRow
from orderflow.service.report import StockLine


def recount(movements: Iterable[Movement]) -> Mapping[StockKey, Position]:
    """The positions that the ledger makes, summed from nothing.

    Args:
        movements: the ledger, in the order of commit.
    """
    positions: dict[StockKey, Position] = {}
    for line in movements:
        _add(positions, line)
    return positions


def balances_of(drawings: Iterable[Drawing]) -> Mapping[tuple[str, str], int]:
    """What is held in all, by resource and owner, summed from the ledger of amounts and tokens."""
    held: dict[tuple[str, str], int] = {}
    for line in drawings:
        key = (line.resource, line.owner)
        held[key] = held.get(key, 0) + (line.amount if line.kind == "take" else -line.amount)
    return held


def oversold(movements: Iterable[Movement], positions: Iterable[StockRow]) -> int:
    """Count the orders that took units which were not there, by playing the ledger again.

    The ledger is summed from nothing: what is open to an order, in ordinary stock or in a pool, falls below zero by
    its take exactly where two orders were promised the same unit. A position whose stored numbers fall below zero
    counts once more where the ledger names no order.

    Args:
        movements: the ledger, in the order of commit.
        positions: the stored positions.
    """
    played: dict[StockKey, Position] = {}
    short: set[str] = set()
    torn: set[StockKey] = set()
    for line in movements:
        after = _add(played, line)
        if line.kind == "take" and after.open_to(line.pool) < 0:
            short.add(root_of(line.record))
            torn.add((line.warehouse, line.sku))
    below = {(row.warehouse, row.sku) for row in positions if _below_nothing(row.position)}
    return len(short) + len(below - torn)


def _add(positions: dict[StockKey, Position], line: Movement) -> Position:
    key = (line.warehouse, line.sku)
    move = Move(line.kind, line.warehouse, line.sku, line.quantity, line.record, line.pool)
    positions[key] = after = summed(positions.get(key, NOTHING), move)
    return after


def _below_nothing(position: Position) -> bool:
    return min(*position[:6], position.available, *position.pools.values()) < 0


def stock_lines(ruleset: RuleSet, positions: Iterable[StockRow]) -> tuple[StockLine, ...]:
    """The positions summed by warehouse, in the order of the rules."""
    rows = list(positions)
    lines = []
    for name, warehouse in ruleset.definition.warehouses.items():
        mine = [row for row in rows if row.warehouse == name]
        if mine:
            lines.append(
                StockLine(
                    warehouse=name,
                    label=warehouse.label,
                    positions=len(mine),
                    on_hand=sum(row.position.on_hand for row in mine),
                    allocated=sum(row.position.allocated for row in mine),
                    sold_out=sum(row.position.available <= 0 for row in mine),
                    pooled=sum(row.position.pooled for row in mine),
                    unsellable=sum(row.position.unsellable for row in mine),
                    in_transit=sum(row.position.in_transit for row in mine),
                    safety_stock=sum(row.position.safety_stock for row in mine),
                )
            )
    return tuple(lines)
