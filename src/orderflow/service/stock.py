"""What the stock says: positions summed by warehouse, and whether anything was ever sold twice."""

from collections.abc import Iterable

from orderflow.engine.link import RuleSet
from orderflow.model.facts import StockKey
from orderflow.model.record import root_of
from orderflow.service.ports import Movement, StockRow
from orderflow.service.report import StockLine


def oversold(movements: Iterable[Movement], positions: Iterable[StockRow]) -> int:
    """Count the orders that took units which were not there, by playing the ledger again.

    The ledger is summed from nothing: what it says is available falls below zero exactly where two orders were
    promised the same unit. A position whose stored numbers do so counts once more where the ledger names no order.

    Args:
        movements: the ledger, in the order of commit.
        positions: the stored positions.
    """
    available: dict[StockKey, int] = {}
    short: set[str] = set()
    torn: set[StockKey] = set()
    for line in movements:
        key = (line.warehouse, line.sku)
        step = {"receive": line.quantity, "give_back": line.quantity, "take": -line.quantity, "spend": 0}[
            line.kind
        ]
        available[key] = available.get(key, 0) + step
        if line.kind == "take" and available[key] < 0:
            short.add(root_of(line.record))
            torn.add(key)
    below = {(row.warehouse, row.sku) for row in positions if row.allocated > row.on_hand or row.on_hand < 0}
    return len(short) + len(below - torn)


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
                    on_hand=sum(row.on_hand for row in mine),
                    allocated=sum(row.allocated for row in mine),
                    sold_out=sum(row.on_hand <= row.allocated for row in mine),
                )
            )
    return tuple(lines)
