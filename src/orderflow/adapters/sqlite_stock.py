"""Stock and balances on SQLite: conditional updates at once, ledger lines written behind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from orderflow.adapters.sqlite_statements import Row, Statements
from orderflow.diagnostics.errors import StorageError
from orderflow.model.plain import moment_text
from orderflow.model.stock import EFFECTS, Draw, Effects, Move, MoveKind, Position, StockKey
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

#: SQLite's largest integer: a limit above it limits nothing that could be stored.
_LARGEST: Final = 2**63 - 1
_COLUMNS: Final = ", ".join(Effects._fields)
_POSITION: Final = f"SELECT warehouse, sku, {_COLUMNS} FROM stock"
_POOLS: Final = "SELECT warehouse, sku, pool, units FROM pools WHERE units > 0"
_HERE: Final = "WHERE sku = :s AND warehouse = :w"


def _change(effects: Effects) -> str:
    """The conditional update that makes `:n` units of a kind of move, if nothing falls below zero by it."""
    changed = {name: step for name, step in zip(Effects._fields, effects, strict=True) if step}
    after = {name: f"{name} {'+' if step > 0 else '-'} :n" for name, step in changed.items()}
    sets = ", ".join(f"{name} = {value}" for name, value in after.items())
    checks = [f"{value} >= 0" for value in after.values()]
    if changed.keys() - {"in_transit", "safety_stock"}:
        on_hand, *promised = (
            after.get(name, name) for name in ("on_hand", "allocated", "pooled", "unsellable")
        )
        checks.append(f"{on_hand} >= {' + '.join(promised)}")
    return f"UPDATE stock SET {sets} {_HERE} AND {' AND '.join(checks)}"


#: By kind of move; a second one for units that come out of a pool, or go back to it.
STOCK_CHANGES: Final[dict[tuple[MoveKind, bool], str]] = {
    **{(kind, False): _change(effects) for kind, effects in EFFECTS.items()},
    ("take", True): _change(EFFECTS["take"]._replace(pooled=-1)),
    ("give_back", True): _change(EFFECTS["give_back"]._replace(pooled=1)),
}
_FROM_POOL: Final = f"UPDATE pools SET units = units - :n {_HERE} AND pool = :p AND units >= :n"
_INTO_POOL: Final = (
    "INSERT INTO pools (sku, warehouse, pool, units) VALUES (:s, :w, :p, :n)"
    " ON CONFLICT (sku, warehouse, pool) DO UPDATE SET units = units + :n"
)
_POOL_CHANGES: Final[Mapping[str, str]] = {
    "take": _FROM_POOL,
    "unpool": _FROM_POOL,
    "give_back": _INTO_POOL,
    "pool": _INTO_POOL,
}
DRAW_CHANGES: Final[dict[str, str]] = {
    "take": "INSERT INTO balances (resource, owner, used) SELECT :r, :o, :n WHERE :n <= :l"
    " ON CONFLICT (resource, owner) DO UPDATE SET used = used + :n WHERE used + :n <= :l",
    "give_back": "UPDATE balances SET used = used - :n WHERE resource = :r AND owner = :o AND used >= :n",
    "spend": "UPDATE balances SET used = used - :n WHERE resource = :r AND owner = :o AND used >= :n",
}
#: Kinds of move that a position may begin with.
_FIRST: Final = frozenset({"receive", "quarantine", "expect", "count", "safety"})


class Stock:
    """Positions, balances and their ledgers, in one transaction.

    Args:
        statements: runs SQL.
    """

    def __init__(self, statements: Statements) -> None:
        self._sql = statements
        self._movements: list[Movement] = []
        self._drawings: list[Drawing] = []

    def of(self, skus: Iterable[str]) -> Mapping[StockKey, Position]:
        """The positions of these SKUs, in every warehouse that has one."""
        wanted = list(skus)
        rows = self._sql.among(f"{_POSITION} WHERE sku IN (?)", wanted)
        aside = any(row[4] for row in rows)
        pools = _by_position(self._sql.among(f"{_POOLS} AND sku IN (?)", wanted)) if aside else {}
        return {(row[0], row[1]): _position(row, pools) for row in rows}

    def rows(self) -> Sequence[StockRow]:
        """Every position, by warehouse and SKU."""
        pools = _by_position(self._sql.run(_POOLS))
        rows = self._sql.run(f"{_POSITION} ORDER BY warehouse, sku")
        return [StockRow(row[0], row[1], _position(row, pools)) for row in rows]

    def balances(self, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """What is held in all, for each key that ever held anything."""
        found: dict[tuple[str, str], int] = {}
        for key in keys:
            row = self._sql.one("SELECT used FROM balances WHERE resource = ? AND owner = ?", key)
            if row is not None:
                found[key] = row[0]
        return found

    def receive(self, warehouse: str, units: Mapping[str, int], at: datetime, receipt: str) -> None:
        """Add units on hand.

        Raises:
            ConflictError: the receipt is known.
            RecordError: less than no units.
        """
        wanted = received(warehouse, units.items())
        if receipt:
            if self.received(receipt) is not None:
                raise received_before(receipt)
            self._sql.many(
                "INSERT INTO receipts (receipt, warehouse, sku, quantity) VALUES (?, ?, ?, ?)",
                [(receipt, warehouse, sku, quantity) for sku, quantity in units.items()],
            )
        moves = [Move("receive", warehouse, sku, quantity, receipt) for sku, quantity in wanted]
        self._sql.many(
            "INSERT INTO stock (sku, warehouse, on_hand) VALUES (:s, :w, :n)"
            " ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = on_hand + :n",
            [_values(move) for move in moves],
        )
        self._movements += [movement(move, at) for move in moves]

    def received(self, receipt: str) -> Mapping[StockKey, int] | None:
        """The units that a receipt added, or None."""
        rows = self._sql.run("SELECT warehouse, sku, quantity FROM receipts WHERE receipt = ?", (receipt,))
        return {(warehouse, sku): quantity for warehouse, sku, quantity in rows} or None

    def change(self, moves: Iterable[Move], draws: Iterable[Draw], at: datetime) -> None:
        """Make all of the moves and draws, or none.

        Raises:
            ConflictError: one finds too little.
            StorageError: one gives back what nobody holds.
        """
        wanted_moves, wanted_draws = in_order(moves), draws_in_order(draws)
        # All of them or none, even when the caller goes on after a conflict; a pool takes a second statement.
        several = len(wanted_moves) + len(wanted_draws) > 1 or any(move.pool for move in wanted_moves)
        if several:
            self._sql.run("SAVEPOINT moves")
        try:
            for move in wanted_moves:
                self._move(move)
            for draw in wanted_draws:
                self._draw(draw)
        except StorageError:
            if several:
                self._sql.run("ROLLBACK TO moves")
            raise
        finally:
            if several:
                self._sql.run("RELEASE moves")
        self._movements += [movement(move, at) for move in wanted_moves]
        self._drawings += [drawing(draw, at) for draw in wanted_draws]

    def movements(self) -> Iterator[Movement]:
        """The stock ledger in order."""
        columns = "number, kind, warehouse, sku, quantity, record, at, pool"
        for row in self._sql.pages(f"SELECT {columns} FROM movements", "number", before=self.flush):
            _, kind, warehouse, sku, quantity, record, at, pool = row
            yield Movement(kind, warehouse, sku, quantity, record, datetime.fromisoformat(at), pool)

    def drawings(self) -> Iterator[Drawing]:
        """The ledger of amounts and tokens in order."""
        columns = "number, kind, resource, owner, amount, record, at"
        for row in self._sql.pages(f"SELECT {columns} FROM drawings", "number", before=self.flush):
            _, kind, resource, owner, amount, record, at = row
            yield Drawing(kind, resource, owner, amount, record, datetime.fromisoformat(at))

    def flush(self) -> None:
        """Write the ledger lines that wait in memory."""
        if self._movements:
            self._sql.many(
                "INSERT INTO movements (kind, warehouse, sku, quantity, record, at, pool)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(*line[:5], moment_text(line.at), line.pool) for line in self._movements],
            )
            self._movements = []
        if self._drawings:
            self._sql.many(
                "INSERT INTO drawings (kind, resource, owner, amount, record, at) VALUES (?, ?, ?, ?, ?, ?)",
                [(*line[:5], moment_text(line.at)) for line in self._drawings],
            )
            self._drawings = []

    def _move(self, move: Move) -> None:
        values = _values(move)
        if move.kind in _FIRST and move.quantity >= 0:
            self._sql.run("INSERT OR IGNORE INTO stock (sku, warehouse) VALUES (:s, :w)", values)
        pool = _POOL_CHANGES.get(move.kind) if move.pool else None
        aside = pool is not None and move.kind in ("take", "give_back")
        if not self._sql.run(STOCK_CHANGES[move.kind, aside], values).rowcount:
            raise cannot_move(move)
        if pool is not None and not self._sql.run(pool, values).rowcount:
            raise cannot_move(move)

    def _draw(self, draw: Draw) -> None:
        limit = _LARGEST if draw.limit is None else min(draw.limit, _LARGEST)
        values = {"r": draw.resource, "o": draw.owner, "n": draw.amount, "l": limit}
        if not self._sql.run(DRAW_CHANGES[draw.kind], values).rowcount:
            raise cannot_draw(draw)


def _values(move: Move) -> dict[str, object]:
    return {"w": move.warehouse, "s": move.sku, "n": move.quantity, "p": move.pool}


def _by_position(rows: Iterable[Row]) -> dict[StockKey, dict[str, int]]:
    pools: dict[StockKey, dict[str, int]] = {}
    for warehouse, sku, pool, units in rows:
        pools.setdefault((warehouse, sku), {})[pool] = units
    return pools


def _position(row: Row, pools: Mapping[StockKey, Mapping[str, int]]) -> Position:
    position = Position(*row[2:])
    return position._replace(pools=pools[row[0], row[1]]) if position.pooled else position
