"""Counts a run anew, from the journal and the ledgers of its SQLite database alone, and prints JSON.

    python tests/recount/recount.py DB NOW

NOW is a moment such as `2026-02-14T23:26:40`, of Shanghai where it has no offset; what was recorded later does not count.
Nothing of `orderflow` is imported, and neither the stored records nor the stored positions, balances or queues are read: what
they hold is what this count is compared with. The definitions are written by hand for the shop of `rules/wenzhou`.
"""

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

if __name__ == "__main__":  # run as a program: the repository's root is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.recount import ledgers, standing
from tests.recount.metrics import metrics
from tests.recount.records import Shop, entries, read, receipts

#: What units or amounts are counted by: some texts.
Key = TypeVar("Key", bound=tuple[str, ...])


def recount(database: str | Path, now: datetime) -> dict[str, Any]:
    """Everything that can be counted of a run, as plain data.

    Args:
        database: the SQLite file that a run made.
        now: the moment to judge at, aware.

    Returns:
        `states` (that people see of orders), `records` (by entity and state), `metrics`, `queues`, `holds` and `tags` (ids),
        `positions`, `balances`, `oversold` (ids), `short` (orders that lacked a unit at allocation, and preorders that did), and
        `contradictions`: where journal, ledgers and states do not agree with each other.
    """
    until = now.astimezone(UTC).isoformat()
    with closing(sqlite3.connect(f"{Path(database).resolve().as_uri()}?mode=ro", uri=True)) as connection:
        shop = read(entries(connection, now), receipts(connection, until))
        positions = ledgers.positions(connection, until)
        balances = ledgers.balances(connection, until)
        oversold = ledgers.oversold(connection, until)
        moved, drawn = ledgers.moved(connection, until), ledgers.drawn(connection, until)
    found = {
        "hold": standing.holds(shop),
        "tag": standing.tags(shop, now),
        "queue": standing.queues(shop, now),
    }
    contradictions = [
        *shop.contradictions,
        *_differing("moved", shop.moved, moved),
        *_differing("drawn", shop.drawn, drawn),
        *_differing("allocated", _allocated(shop), _units(positions)),
        *_differing("held", _in_house(shop), ledgers.held(shop.moved)),
        *_differing("in use", _balances(shop), balances),
        *_marks(shop, found),
    ]
    by_state = Counter((record.entity, record.state) for record in shop.records.values())
    orders = shop.of("order")
    return {
        "now": now.astimezone(standing.ZONE).isoformat(),
        "orders": len(orders),
        "states": dict(sorted(Counter(map(standing.shown, orders)).items())),
        "records": {
            entity: {state: count for (of, state), count in sorted(by_state.items()) if of == entity}
            for entity in sorted({entity for entity, _ in by_state})
        },
        "metrics": metrics(shop, now),
        "queues": _listed(found["queue"]),
        "holds": _listed(found["hold"]),
        "tags": _listed(found["tag"]),
        "positions": {f"{place} {sku}": units.plain() for (place, sku), units in positions.items()},
        "balances": {f"{resource} {owner}": used for (resource, owner), used in balances.items()},
        "oversold": oversold,
        "short": {"orders": sorted(shop.short), "preorders": sorted(shop.preorders)},
        "contradictions": contradictions,
    }


def _listed(found: Mapping[str, set[str]]) -> dict[str, list[str]]:
    return {name: sorted(ids) for name, ids in found.items()}


def _differing(what: str, one: Mapping[Key, int], other: Mapping[Key, int]) -> list[str]:
    """Where two counts of the same thing differ: by the journal, and by the ledger."""
    return [
        f"{what} {' '.join(key)}: {one.get(key, 0)} by the journal, {other.get(key, 0)} by the ledger"
        for key in sorted(one.keys() | other.keys(), key=str)
        if one.get(key, 0) != other.get(key, 0)
    ]


def _in_house(shop: Shop) -> Counter[tuple[str, str, str]]:
    """What each record must hold by its state: parcels in the house what is in them, planned transfers their lines."""
    units: Counter[tuple[str, str, str]] = Counter()
    for record in shop.records.values():
        if record.entity == "shipment" and record.state in standing.IN_HOUSE:
            place = record.get("warehouse")
        elif record.entity == "transfer" and record.state == "planned":
            place = record.get("source")
        else:
            continue
        for row in record.get("lines"):
            units[record.id, place, row["sku"]] += row["quantity"]
    return units


def _allocated(shop: Shop) -> Counter[tuple[str, str]]:
    units: Counter[tuple[str, str]] = Counter()
    for (_, place, sku), count in _in_house(shop).items():
        units[place, sku] += count
    return units


def _units(positions: Mapping[ledgers.Place, ledgers.Units]) -> dict[ledgers.Place, int]:
    return {place: units.allocated for place, units in positions.items()}


def _balances(shop: Shop) -> dict[tuple[str, str], int]:
    """What must be in use by the states: the credit of orders being fulfilled, a waybill for each packed parcel."""
    used = {("credit", customer): amount for customer, amount in standing.credit(shop).items()}
    packed = [parcel.id for parcel in shop.of("shipment") if parcel.state == "packed"]
    return used | {("waybill", parcel): 1 for parcel in packed}


def _marks(shop: Shop, found: Mapping[str, Mapping[str, set[str]]]) -> list[str]:
    """Holds, tags and queues that the journal says are on, and should not be; and those that should be, and are not."""
    should = {(what, id, name) for what, names in found.items() for name, ids in names.items() for id in ids}
    return [
        f"{what} {name} of {record}: {'not ' * (key not in shop.marked)}on by the journal, but it should "
        f"{'not ' * (key not in should)}be"
        for key in sorted(should ^ shop.marked)
        for what, record, name in [key]
    ]


def main(arguments: list[str]) -> int:
    """Print the count that the command line asks for."""
    if len(arguments) != 2:
        print("give the database and a moment: recount.py orders.db 2026-02-14T23:26:40", file=sys.stderr)
        return 2
    now = datetime.fromisoformat(arguments[1])
    found = recount(arguments[0], now if now.tzinfo else now.replace(tzinfo=standing.ZONE))
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
