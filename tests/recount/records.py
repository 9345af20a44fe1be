"""The records of the shop as the journal tells them: states from steps, fields from submits and changes.

Nothing is decided here: what the journal says happened is carried out, and where it contradicts itself that is noted.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from sqlite3 import Connection
from typing import Any, NamedTuple

#: The number that each row of the journal begins with.
LAYOUT = 2

#: Where a record begins, by its entity.
INITIAL = {
    "order": "pending_review",
    "customer": "active",
    "region": "active",
    "inquiry": "asked",
    "stock_count": "counted",
    "transfer": "asked",
    "receipt": "drafted",
    "freeze": "planned",
    "ticket": "open",
}
CHILDREN = {"shipments": "shipment", "returns": "return", "complaints": "complaint"}
#: What a field holds where nobody said anything. Whatever is not named is missing.
DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "order": {"amount_paid": Decimal(0)},
    "customer": {"credit_limit": Decimal(0), "watched": False},
    "shipment": {"cancelled_alone": False, "units_dropped": 0},
}
#: The states in which somebody may hold an order by hand; leaving them ends the hold.
HOLDABLE = ("pending_review", "paid", "backordered", "fulfilling")


class Entry(NamedTuple):
    """A row of the journal, as far as it is needed; each part as plain lists, in the order in which the journal has it."""

    number: int
    recorded: datetime
    kind: str
    target: str
    at: datetime
    name: str
    data: Mapping[str, Any]
    accepted: bool
    steps: list[list[Any]]
    changes: list[list[Any]]
    moves: list[list[Any]]
    draws: list[list[Any]]
    plans: list[list[Any]]
    marks: list[list[Any]]


@dataclass(slots=True)
class Record:
    """A record, with the first and the last moment at which it came into each state."""

    entity: str
    id: str
    state: str
    fields: dict[str, Any]
    first: dict[str, datetime] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    parent: "Record | None" = None
    children: dict[str, list["Record"]] = field(default_factory=lambda: defaultdict(list))
    by_hand: bool = False

    def get(self, name: str) -> Any:
        """The value of a field; None where it is missing."""
        return self.fields.get(name)

    def enter(self, state: str, at: datetime) -> None:
        """Come into a state."""
        self.state = state
        self.first.setdefault(state, at)
        self.last[state] = at


class Receipt(NamedTuple):
    """A line of the stock ledger that no record made: opening stock, and stock that was brought without a purchase."""

    at: datetime
    warehouse: str
    sku: str
    quantity: int


@dataclass(slots=True)
class Shop:
    """Everything that the journal has told so far.

    Args:
        moved: units by kind, warehouse, SKU, record and pool; `drawn`: amounts by kind, resource, owner and record.
        on_hand: units by warehouse and SKU, as of the entry that is being read.
        marked: holds, tags and queues that the journal says are on, as (what, record, name); `since`: since when, of all that ever were.
        short: orders that lacked a unit when they were first given to warehouses; `preorders`: presale lines only.
        contradictions: where the journal does not agree with itself.
    """

    records: dict[str, Record] = field(default_factory=dict)
    moved: Counter[tuple[str, str, str, str, str]] = field(default_factory=Counter)
    drawn: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    on_hand: Counter[tuple[str, str]] = field(default_factory=Counter)
    marked: set[tuple[str, str, str]] = field(default_factory=set)
    since: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    short: set[str] = field(default_factory=set)
    preorders: set[str] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)

    def of(self, entity: str) -> list[Record]:
        """The records of an entity."""
        return [record for record in self.records.values() if record.entity == entity]


def _untagged(found: dict[str, Any]) -> Any:
    match found:
        case {"$number": text}:
            return Decimal(text)
        case {"$moment": text}:
            return datetime.fromisoformat(text)
        case {"$day": text}:
            return date.fromisoformat(text)
        case {"$seconds": number}:
            return timedelta(microseconds=int(Decimal(number) * 1_000_000))
    return found


def entries(connection: Connection, now: datetime) -> Iterator[Entry]:
    """The journal up to a moment, in the order in which it was written.

    Raises:
        ValueError: a row is laid out in another way.
    """
    decode = json.JSONDecoder(object_hook=_untagged).decode
    for number, document in connection.execute("SELECT number, document FROM journal ORDER BY number"):
        layout, recorded, _, event, accepted, steps, changes, moves, *rest = decode(document)
        if layout != LAYOUT:
            raise ValueError(f"row {number} of the journal has layout {layout}, not {LAYOUT}")
        _, _, _, _, draws, plans, _, marks = rest
        kind, target, at, name, data, *_ = event
        if recorded <= now:
            yield Entry(
                number, recorded, kind, target, at, name, data, accepted, steps, changes, moves, draws, plans, marks
            )  # fmt: skip


def receipts(connection: Connection, now: str) -> list[Receipt]:
    """What came in without a record, the first first."""
    rows = connection.execute(
        """
        SELECT at, warehouse, sku, quantity FROM movements
        WHERE at <= ? AND substr(record, 1, instr(record || '/', '/') - 1) NOT IN (SELECT root_id FROM journal)
        ORDER BY number
        """,
        (now,),
    )
    return [Receipt(datetime.fromisoformat(at), *rest) for at, *rest in rows]


#: What a unit moved does to the units that lie there; whatever is not named does nothing.
_LIES = {"receive": 1, "quarantine": 1, "arrive": 1, "count": 1, "spend": -1, "scrap": -1}


def read(rows: Iterable[Entry], brought: list[Receipt]) -> Shop:
    """Carry out what the journal says."""
    shop = Shop()
    waiting = iter(brought)
    following = next(waiting, None)
    for entry in rows:
        while following is not None and following.at <= entry.recorded:
            shop.on_hand[following.warehouse, following.sku] += following.quantity
            following = next(waiting, None)
        if entry.accepted:
            _tell(shop, entry)
    return shop


def _tell(shop: Shop, entry: Entry) -> None:
    if entry.kind == "submit":
        _submit(shop, entry)
    if entry.kind in ("hold", "release") and entry.name == "manual":
        shop.records[entry.target].by_hand = entry.kind == "hold"
    _plans(shop, entry)
    parcels = iter([parcel for plan in entry.plans if plan[5] for parcel in plan[3]])
    for record_id, _, before, after, _ in entry.steps:
        if not before:
            _create(shop, entry, record_id, after, parcels)
        else:
            _step(shop, entry, record_id, before, after)
    for record_id, name, before, after in entry.changes:
        record = shop.records[record_id]
        if before is None and name in record.fields and entry.kind == "submit":
            # What a formula gave at the submit: the recount worked it out by itself.
            if record.fields[name] != after:
                shop.contradictions.append(
                    f"entry {entry.number}: `{name}` of {record_id} is {record.fields[name]}, the journal says {after}"
                )
        elif name in record.fields and record.fields[name] != before:
            shop.contradictions.append(
                f"entry {entry.number}: `{name}` of {record_id} was {record.fields[name]}, not {before}"
            )
        record.fields[name] = after
    for kind, warehouse, sku, quantity, record_id, pool in entry.moves:
        shop.moved[kind, warehouse, sku, record_id, pool] += quantity
        shop.on_hand[warehouse, sku] += _LIES.get(kind, 0) * quantity
    for kind, resource, owner, amount, record_id, _ in entry.draws:
        shop.drawn[kind, resource, owner, record_id] += amount
    for what, record_id, name, on, _ in entry.marks:
        (shop.marked.add if on else shop.marked.discard)((what, record_id, name))
        if on:
            shop.since[what, record_id, name] = entry.at


def _submit(shop: Shop, entry: Entry) -> None:
    record = Record(entry.name, entry.target, "", {**DEFAULTS.get(entry.name, {}), **entry.data})
    if entry.name == "stock_count":
        # What the system said is what lay there at that moment; the journal's own figure is compared with it.
        record.fields["system"] = shop.on_hand[record.get("warehouse"), record.get("sku")]
    record.enter(INITIAL[entry.name], entry.at)
    shop.records[record.id] = record


def _create(shop: Shop, entry: Entry, record_id: str, state: str, parcels: Iterator[list[Any]]) -> None:
    root_id, children, _ = record_id.split("/")
    entity = CHILDREN[children]
    fields = dict(DEFAULTS.get(entity, {}))
    if entity == "shipment":
        warehouse, lines, _, _, carrier, promised_on = next(parcels)
        rows = [
            {"line_no": line, "sku": sku, "quantity": units, "pool": pool or None}
            for line, sku, units, pool in lines
        ]
        fields |= {"warehouse": warehouse, "lines": rows, "carrier": carrier, "promised_on": promised_on}
    else:
        fields |= entry.data
    record = Record(entity, record_id, "", fields, parent=shop.records[root_id])
    record.enter(state, entry.at)
    shop.records[record_id] = record
    shop.records[root_id].children[children].append(record)


def _step(shop: Shop, entry: Entry, record_id: str, before: str, after: str) -> None:
    record = shop.records[record_id]
    if record.state != before:
        shop.contradictions.append(
            f"entry {entry.number}: {record_id} leaves `{before}`, but was in `{record.state}`"
        )
    if before != after:  # else the record stays where it is
        record.enter(after, entry.at)
    record.by_hand = record.by_hand and after in HOLDABLE


def _plans(shop: Shop, entry: Entry) -> None:
    """Note who lacked a unit when it was first given to the warehouses; what is only asked on arrival is not meant."""
    for policy, record_id, wanted, parcels, verdicts, _ in entry.plans:
        if policy != "nearest_in_stock" or parcels or record_id in shop.short | shop.preorders:
            continue
        needed: Counter[str] = Counter()
        for _, sku, units, _ in wanted:
            needed[sku] += units
        there: Counter[str] = Counter()
        for _, code, _, short, _ in verdicts:
            if code != "out_of_reach":
                few = {sku: has for sku, _, has in short}
                there.update({sku: few.get(sku, units) for sku, units in needed.items()})
        lacking = {sku for sku, units in needed.items() if there[sku] < units}
        lines = shop.records[record_id].get("lines")
        ordinary = {row["sku"] for row in lines if not row["presale"]}
        (shop.short if not lacking or lacking & ordinary else shop.preorders).add(record_id)
