"""The stock and the balances of the memory storage, with their ledgers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from orderflow.model.stock import NOTHING, Draw, Move, Position, StockKey, moved
from orderflow.service.ledger import (
    cannot_draw,
    cannot_move,
    drawing,
    draws_in_order,
    in_order,
    movement,
    received,
    received_before,
)
from orderflow.service.ports import Drawing, Movement, StockRow

Balance = tuple[str, str]


class MemoryStock:
    """Positions and balances, changed at once; a rollback puts back what was there before."""

    def __init__(self) -> None:
        self.movements: list[Movement] = []
        self.drawings: list[Drawing] = []
        self._positions: dict[str, dict[str, Position]] = {}  # by SKU, then warehouse
        self._balances: dict[Balance, int] = {}
        self._receipts: dict[str, dict[StockKey, int]] = {}
        # What a rollback needs: how it was, and the lengths of the ledgers.
        self._positions_before: dict[StockKey, Position | None] = {}
        self._balances_before: dict[Balance, int | None] = {}
        self._receipts_since: list[str] = []
        self._lengths = (0, 0)

    def of(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        """The positions of these SKUs, in every warehouse that has one."""
        return {
            (warehouse, sku): position
            for sku in skus
            for warehouse, position in self._positions.get(sku, {}).items()
        }

    def rows(self) -> Sequence[StockRow]:
        """Every position, by warehouse and SKU."""
        return sorted(
            StockRow(warehouse, sku, position)
            for sku, places in self._positions.items()
            for warehouse, position in places.items()
        )

    def balances(self, keys: Iterable[Balance]) -> Mapping[Balance, int]:
        """What is held in all, for each key that ever held anything."""
        known = self._balances
        return {key: known[key] for key in keys if key in known}

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None."""
        return self._receipts.get(receipt)

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str) -> None:
        """Add units on hand.

        Raises:
            ConflictError: the receipt is known.
            RecordError: less than no units.
        """
        wanted = received(warehouse, units.items())
        if receipt in self._receipts:
            raise received_before(receipt)
        if receipt and units:
            self._receipts_since.append(receipt)
            self._receipts[receipt] = {(warehouse, sku): quantity for sku, quantity in units.items()}
        self.change([Move("receive", warehouse, sku, count, receipt) for sku, count in wanted], (), at)

    def change(self, moves: Iterable[Move], draws: Iterable[Draw], at: datetime) -> None:
        """Make all of the moves and draws, or none.

        Raises:
            ConflictError: one finds too little.
            StorageError: one gives back what nobody holds.
        """
        wanted_moves, wanted_draws = in_order(moves), draws_in_order(draws)
        positions, balances = self._moved(wanted_moves), self._drawn(wanted_draws)
        for (warehouse, sku), position in positions.items():
            places = self._positions.setdefault(sku, {})
            self._positions_before.setdefault((warehouse, sku), places.get(warehouse))
            places[warehouse] = position
        for key, amount in balances.items():
            self._balances_before.setdefault(key, self._balances.get(key))
            self._balances[key] = amount
        self.movements += [movement(move, at) for move in wanted_moves]
        self.drawings += [drawing(draw, at) for draw in wanted_draws]

    def commit(self) -> None:
        """Forget how to go back."""
        self._lengths = len(self.movements), len(self.drawings)
        if self._positions_before:
            self._positions_before = {}
        if self._balances_before:
            self._balances_before = {}
        if self._receipts_since:
            self._receipts_since = []

    def rollback(self) -> None:
        """Go back to the last commit."""
        for (warehouse, sku), position in self._positions_before.items():
            if position is None:
                del self._positions[sku][warehouse]
            else:
                self._positions[sku][warehouse] = position
        for key, amount in self._balances_before.items():
            if amount is None:
                del self._balances[key]
            else:
                self._balances[key] = amount
        for receipt in self._receipts_since:
            del self._receipts[receipt]
        movements, drawings = self._lengths
        del self.movements[movements:]
        del self.drawings[drawings:]
        self.commit()

    def _moved(self, moves: list[Move]) -> dict[StockKey, Position]:
        after: dict[StockKey, Position] = {}
        for move in moves:
            key = (move.warehouse, move.sku)
            before = after.get(key) or self._positions.get(move.sku, {}).get(move.warehouse, NOTHING)
            position = moved(before, move)
            if position is None:
                raise cannot_move(move)
            after[key] = position
        return after

    def _drawn(self, draws: list[Draw]) -> dict[Balance, int]:
        after: dict[Balance, int] = {}
        for draw in draws:
            key = (draw.resource, draw.owner)
            before = after.get(key, self._balances.get(key, 0))
            amount = before + draw.amount if draw.kind == "take" else before - draw.amount
            if amount < 0 or (draw.kind == "take" and draw.limit is not None and amount > draw.limit):
                raise cannot_draw(draw)
            after[key] = amount
        return after
