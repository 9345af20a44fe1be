"""What must always hold of what is stored, worked out without the engine's own words for it."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, cast

from orderflow.engine.link import RuleSet
from orderflow.model.facts import Contribution
from orderflow.model.record import Family, Record, root_of
from orderflow.model.stock import StockKey
from orderflow.service.ports import JournalEntry, Storage
from orderflow.service.stock import oversold
from orderflow.testing.snapshot import LAST, Snapshot, look

#: What a unit of each kind of line adds: on hand, allocated, pooled, unsellable, in transit, safety stock.
STEPS: Mapping[str, tuple[int, ...]] = {
    "receive": (1, 0, 0, 0, 0, 0),
    "take": (0, 1, 0, 0, 0, 0),
    "give_back": (0, -1, 0, 0, 0, 0),
    "spend": (-1, -1, 0, 0, 0, 0),
    "quarantine": (1, 0, 0, 1, 0, 0),
    "damage": (0, 0, 0, 1, 0, 0),
    "restore": (0, 0, 0, -1, 0, 0),
    "scrap": (-1, 0, 0, -1, 0, 0),
    "pool": (0, 0, 1, 0, 0, 0),
    "unpool": (0, 0, -1, 0, 0, 0),
    "expect": (0, 0, 0, 0, 1, 0),
    "arrive": (1, 0, 0, 0, -1, 0),
    "lose": (0, 0, 0, 0, -1, 0),
    "count": (1, 0, 0, 0, 0, 0),
    "safety": (0, 0, 0, 0, 0, 1),
}
#: What a unit of each kind of line does to the pool that it names.
POOLED = {"pool": 1, "unpool": -1, "take": -1, "give_back": 1}
#: What a unit of each kind of line adds to what its record holds.
OWED = {"take": 1, "give_back": -1, "spend": -1}


class Whole(NamedTuple):
    """Everything that a storage holds: a snapshot, and what counts in every aggregate of the rules."""

    seen: Snapshot
    counted: dict[tuple[str, str], list[Contribution]]


def whole(rules: RuleSet, storage: Storage) -> Whole:
    """What a new transaction sees."""
    with storage.transaction() as transaction:
        seen = look(transaction, limit=100_000)
        counted = {}
        for family in seen.families:
            for name in rules.definition.entities[family.root.entity].aggregates:
                key = (f"{family.root.entity}.{name}", family.id)
                counted[key] = list(transaction.window(*key, None, LAST))
        return Whole(seen, counted)


def broken(rules: RuleSet, seen: Snapshot) -> list[str]:
    """Every way in which what is stored contradicts itself or the rules."""
    return [
        *_stock(rules, seen),
        *_amounts(rules, seen),
        *_records(rules, seen),
        *_marks(seen),
        *_ledgers(seen),
        *_journal(seen),
    ]


def _holding(rules: RuleSet, seen: Snapshot, stock: bool) -> Counter[tuple[str, str, str]]:
    """What records hold: units by warehouse, SKU and record; or amounts and tokens by resource, owner and record."""
    held: Counter[tuple[str, str, str]] = Counter()
    for family in seen.families:
        for record in family.records():
            for name, several in record.held.items():
                if (rules.definition.entities[record.entity].resources[name].kind == "stock") == stock:
                    for item in several:
                        held[item.place if stock else name, item.item, record.id] += item.quantity
    return held


def _stock(rules: RuleSet, seen: Snapshot) -> Iterator[str]:
    summed: dict[StockKey, tuple[int, ...]] = {}
    pools: Counter[tuple[str, str, str]] = Counter()
    owed: Counter[tuple[str, str, str]] = Counter()
    for line in seen.movements:
        key = (line.warehouse, line.sku)
        before = summed.get(key, (0,) * 6)
        steps = list(STEPS[line.kind])
        if line.pool:
            aside = POOLED.get(line.kind, 0)
            steps[2] = aside
            pools[line.warehouse, line.sku, line.pool] += aside * line.quantity
        after = tuple(had + step * line.quantity for had, step in zip(before, steps, strict=True))
        summed[key] = after
        owed[line.warehouse, line.sku, line.record] += OWED.get(line.kind, 0) * line.quantity
        on_hand, allocated, pooled, unsellable, _, _ = after
        if min(after) < 0 or allocated + pooled + unsellable > on_hand or min(pools.values(), default=0) < 0:
            yield f"the ledger has {after} of {line.sku} after {line}"
    if summed != {(row.warehouse, row.sku): tuple(row.position[:6]) for row in seen.positions}:
        yield f"the ledger says {summed}, the positions {seen.positions}"
    set_aside = {
        (row.warehouse, row.sku, name): n for row in seen.positions for name, n in row.position.pools.items()
    }
    if dict(+pools) != set_aside:
        yield f"the ledger has set {dict(pools)} aside, the positions {set_aside}"
    held = _holding(rules, seen, stock=True)
    if +held != +owed or min(owed.values(), default=0) < 0:
        yield f"the records hold {dict(held)}, by the ledger {dict(owed)}"
    allocated_units = {
        (row.warehouse, row.sku): row.position.allocated for row in seen.positions if row.position.allocated
    }
    by_position: Counter[StockKey] = Counter()
    for (warehouse, sku, _), quantity in held.items():
        by_position[warehouse, sku] += quantity
    if allocated_units != dict(+by_position):
        yield f"allocated are {allocated_units}, the records hold {dict(by_position)}"
    if oversold(seen.movements, seen.positions):
        yield "oversold"


def _amounts(rules: RuleSet, seen: Snapshot) -> Iterator[str]:
    owed: Counter[tuple[str, str, str]] = Counter()
    for line in seen.drawings:
        key = (line.resource, line.owner, line.record)
        owed[key] += OWED[line.kind] * line.amount
        if owed[key] < 0:
            yield f"the ledger has {owed[key]} of {key} after {line}"
    held = _holding(rules, seen, stock=False)
    if +held != +owed:
        yield f"the records hold {dict(held)}, drawn are {dict(owed)}"
    used: Counter[tuple[str, str]] = Counter()
    for (resource, owner, _), amount in owed.items():
        used[resource, owner] += amount
    if used != Counter(seen.balances):
        yield f"the balances are {seen.balances}, drawn are {dict(used)}"
    played: Counter[tuple[str, str]] = Counter()
    for entry in seen.journal:
        for draw in entry.draws:
            played[draw.resource, draw.owner] += OWED[draw.kind] * draw.amount
        for draw in entry.draws:
            if draw.kind == "take" and draw.limit is not None:
                drawn = played[draw.resource, draw.owner]
                if drawn > draw.limit:
                    yield f"{draw.owner} has drawn {drawn} of {draw.resource}, over the limit of {draw.limit}"


def _records(rules: RuleSet, seen: Snapshot) -> Iterator[str]:
    by_family: dict[str, list[JournalEntry]] = {}
    for entry in seen.journal:
        if entry.accepted:
            by_family.setdefault(root_of(entry.event.target), []).append(entry)
    for family in seen.families:
        accepted = by_family.get(family.id, [])
        if [entry.version for entry in accepted] != list(range(1, family.version + 1)):
            yield f"`{family.id}` has version {family.version} after {len(accepted)} accepted decisions"
        if "amount_paid" in family.root.fields:
            yield from _paid(family, accepted)
        for record in family.records():
            yield from _record(rules, record, accepted)


def _paid(family: Family, accepted: list[JournalEntry]) -> Iterator[str]:
    paid = Decimal(0)
    for entry in accepted:
        for change in entry.changes:
            if (change.record, change.field) == (family.id, "amount_paid"):
                if cast(Decimal, change.after) < cast(Decimal, change.before):
                    yield f"`{family.id}` was paid {change.before}, then {change.after}"
                paid = cast(Decimal, change.after)
    if paid and family.root.fields["amount_paid"] != paid:
        yield f"`{family.id}` holds {family.root.fields['amount_paid']} paid, journaled are {paid}"


def _record(rules: RuleSet, record: Record, accepted: list[JournalEntry]) -> Iterator[str]:
    entity = rules.definition.entities[record.entity]
    state = entity.states.get(record.state)
    if state is None or state.leaves != (record.state,):
        yield f"`{record.id}` is in `{record.state}`, which is no state to be in"
        return
    should = {
        name for name, item in entity.resources.items() if record.state in entity.states[item.held_in].leaves
    }
    if set(record.held) != should:
        yield f"`{record.id}` in `{record.state}` holds {record.held}"
    for name in record.holds:
        if not any(record.state in entity.states[where].leaves for where in entity.holds[name].states):
            yield f"`{record.id}` in `{record.state}` is held as `{name}`"
    steps = [step for entry in accepted for step in entry.steps if step.record == record.id]
    for first, second in itertools.pairwise(steps):
        if first.after != second.before:
            yield f"`{record.id}` went to `{first.after}`, then on from `{second.before}`"
    if steps and steps[-1].after != record.state:
        yield f"`{record.id}` is in `{record.state}`, journaled is `{steps[-1].after}`"


def _marks(seen: Snapshot) -> Iterator[str]:
    """Holds, tags and places in queues are what the journal says began and did not end."""
    on: set[tuple[str, str, str]] = set()
    for entry in seen.journal:
        for mark in entry.marks:
            key = (mark.what, mark.record, mark.name)
            if mark.on == (key in on):
                yield f"entry {entry.number}: {mark}, which it was before"
            on.symmetric_difference_update({key})
    stored = {("queue", place.record, place.queue) for place in seen.standing}
    families = {("queue", place.record, place.queue) for each in seen.families for place in each.standing}
    for family in seen.families:
        for record in family.records():
            stored |= {("hold", record.id, name) for name in record.holds}
            stored |= {("tag", record.id, name) for name in record.tags}
    if on != stored or {key for key in stored if key[0] == "queue"} != families:
        yield f"the journal marks {sorted(on - stored)} too many and {sorted(stored - on)} too few"


def _ledgers(seen: Snapshot) -> Iterator[str]:
    """Every line of a ledger is journaled, but for what comes in without papers."""
    moved = Counter(
        (line.kind, line.warehouse, line.sku, line.quantity, line.record, line.pool)
        for line in seen.movements
        if line.kind != "receive" or line.record
    )
    moves = Counter(move[:6] for entry in seen.journal for move in entry.moves)
    if moved != moves:
        yield f"the ledger moves {moved - moves} that are not journaled, and not {moves - moved}, which are"
    drawn = Counter(tuple(line[:5]) for line in seen.drawings)
    draws = Counter(tuple(draw[:5]) for entry in seen.journal for draw in entry.draws)
    if drawn != draws:
        yield f"the ledger draws {drawn - draws} that are not journaled, and not {draws - drawn}, which are"


def _journal(seen: Snapshot) -> Iterator[str]:
    if [entry.number for entry in seen.journal] != list(range(1, len(seen.journal) + 1)):
        yield "the journal's numbers have gaps"
    ids = Counter(entry.event.event_id for entry in seen.journal)
    yield from (f"event `{name}` is journaled {count} times" for name, count in ids.items() if count > 1)
    for entry in seen.journal:
        if not entry.accepted and (
            entry.steps or entry.changes or entry.moves or entry.draws or entry.effects or entry.marks
        ):
            yield f"entry {entry.number} was refused and did something"
    keys = [row.effect.key for row in seen.outbox]
    if keys != [effect.key for entry in seen.journal for effect in entry.effects] or len(set(keys)) != len(
        keys
    ):
        yield "the outbox does not hold each journaled effect once"
