"""Stock and balances, summed from the lines of the two ledgers by SQL.

What a line does, as the shop means it: a unit taken is still there but somebody's; spent, it is gone; set aside in a pool,
it is there for those who may draw on it; in quarantine, it is there and nobody's; expected, it is on its way.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from sqlite3 import Connection

#: By warehouse and SKU.
Place = tuple[str, str]

_POSITIONS = """
    SELECT
        warehouse,
        sku,
        sum(CASE WHEN kind IN ('receive', 'quarantine', 'arrive', 'count') THEN quantity
                 WHEN kind IN ('spend', 'scrap') THEN -quantity ELSE 0 END) AS on_hand,
        sum(CASE WHEN kind = 'take' THEN quantity
                 WHEN kind IN ('give_back', 'spend') THEN -quantity ELSE 0 END) AS allocated,
        sum(CASE WHEN kind IN ('quarantine', 'damage') THEN quantity
                 WHEN kind IN ('restore', 'scrap') THEN -quantity ELSE 0 END) AS unsellable,
        sum(CASE WHEN kind = 'expect' THEN quantity
                 WHEN kind IN ('arrive', 'lose') THEN -quantity ELSE 0 END) AS in_transit,
        sum(CASE WHEN kind = 'safety' THEN quantity ELSE 0 END) AS safety_stock
    FROM movements
    WHERE at <= :now
    GROUP BY warehouse, sku
    ORDER BY warehouse, sku
"""

#: Units in a pool: set aside, freed, drawn by an order, given back by one. What is spent was drawn before.
_POOLS = """
    SELECT
        warehouse,
        sku,
        pool,
        sum(CASE WHEN kind IN ('pool', 'give_back') THEN quantity
                 WHEN kind IN ('unpool', 'take') THEN -quantity ELSE 0 END) AS units
    FROM movements
    WHERE at <= :now AND pool <> ''
    GROUP BY warehouse, sku, pool
    HAVING units <> 0
"""

#: Who took a unit that was not there: line by line, what was open in ordinary stock, and in each pool, after it.
_OVERSOLD = """
    WITH effects AS (
        SELECT
            number, warehouse, sku, kind, pool, record,
            CASE WHEN kind IN ('receive', 'arrive', 'count', 'restore', 'unpool') THEN quantity
                 WHEN kind IN ('pool', 'damage') THEN -quantity
                 WHEN kind = 'give_back' AND pool = '' THEN quantity
                 WHEN kind = 'take' AND pool = '' THEN -quantity ELSE 0 END AS freed,
            CASE WHEN pool = '' THEN 0
                 WHEN kind IN ('pool', 'give_back') THEN quantity
                 WHEN kind IN ('unpool', 'take') THEN -quantity ELSE 0 END AS set_aside
        FROM movements
        WHERE at <= :now
    ),
    running AS (
        SELECT
            *,
            sum(freed) OVER (PARTITION BY warehouse, sku ORDER BY number) AS open,
            sum(set_aside) OVER (PARTITION BY warehouse, sku, pool ORDER BY number) AS in_pool
        FROM effects
    )
    SELECT DISTINCT substr(record, 1, instr(record || '/', '/') - 1)
    FROM running
    WHERE kind = 'take' AND CASE WHEN pool = '' THEN open ELSE in_pool END < 0
    ORDER BY 1
"""

_BALANCES = """
    SELECT resource, owner, sum(CASE WHEN kind = 'take' THEN amount ELSE -amount END) AS used
    FROM drawings
    WHERE at <= :now
    GROUP BY resource, owner
    ORDER BY resource, owner
"""


@dataclass(slots=True)
class Units:
    """The units of one SKU at one warehouse."""

    on_hand: int
    allocated: int
    unsellable: int
    in_transit: int
    safety_stock: int
    pools: dict[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """The units for JSON, with what is in pools all together."""
        return {**asdict(self), "pooled": sum(self.pools.values())}


def positions(connection: Connection, now: str) -> dict[Place, Units]:
    """What lies where."""
    found = {
        (warehouse, sku): Units(*units)
        for warehouse, sku, *units in connection.execute(_POSITIONS, {"now": now})
    }
    for warehouse, sku, pool, units in connection.execute(_POOLS, {"now": now}):
        found[warehouse, sku].pools[pool] = units
    return found


def oversold(connection: Connection, now: str) -> list[str]:
    """The orders that took a unit which was not there."""
    return [record for (record,) in connection.execute(_OVERSOLD, {"now": now})]


def balances(connection: Connection, now: str) -> dict[tuple[str, str], int]:
    """What is in use of each resource, by its name and the owner; credit in fen, waybills in pieces."""
    rows = connection.execute(_BALANCES, {"now": now})
    return {(resource, owner): used for resource, owner, used in rows if used}


def moved(connection: Connection, now: str) -> Counter[tuple[str, str, str, str, str]]:
    """Units by kind, warehouse, SKU, record and pool: what the journal must tell, too, but for what was brought."""
    rows = connection.execute(
        """
        SELECT kind, warehouse, sku, record, pool, sum(quantity) FROM movements
        WHERE at <= :now AND substr(record, 1, instr(record || '/', '/') - 1) IN (SELECT root_id FROM journal)
        GROUP BY kind, warehouse, sku, record, pool
        """,
        {"now": now},
    )
    return Counter(
        {(kind, place, sku, record, pool): units for kind, place, sku, record, pool, units in rows}
    )


def drawn(connection: Connection, now: str) -> Counter[tuple[str, str, str, str]]:
    """Amounts by kind, resource, owner and record."""
    rows = connection.execute(
        """
        SELECT kind, resource, owner, record, sum(amount) FROM drawings WHERE at <= :now
        GROUP BY kind, resource, owner, record
        """,
        {"now": now},
    )
    return Counter(
        {(kind, resource, owner, record): amount for kind, resource, owner, record, amount in rows}
    )


def held(moves: Mapping[tuple[str, str, str, str, str], int]) -> Counter[tuple[str, str, str]]:
    """What each record holds by its moves: units by record, warehouse and SKU."""
    units: Counter[tuple[str, str, str]] = Counter()
    for (kind, warehouse, sku, record, _), quantity in moves.items():
        if kind in ("take", "give_back", "spend"):
            units[record, warehouse, sku] += quantity if kind == "take" else -quantity
    return Counter({key: count for key, count in units.items() if count})
