"""What must hold in every shop after every event, worked out anew from what is stored."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from orderflow.engine.link import RuleSet
from orderflow.engine.views import FamilyView
from orderflow.expr.python import compile_python
from orderflow.model.event import Event
from orderflow.model.record import Family, Record
from orderflow.service.engine import Engine
from orderflow.service.ports import Transaction
from orderflow.service.reading import lazy_facts, read_facts
from orderflow.service.stock import balances_of, recount


def broken(engine: Engine) -> Iterator[str]:
    """Everything that is not as it must be, a sentence each."""
    with engine.storage.transaction(read_only=True) as transaction:
        families = list(transaction.families())
        positions = {(row.warehouse, row.sku): row.position for row in transaction.positions()}
        recounted = {key: item for key, item in recount(transaction.movements()).items() if any(item[:6])}
        stored = {key: item for key, item in positions.items() if any(item[:6])}
        if recounted != stored:
            yield f"the ledger says {recounted}, the positions {stored}"
        for key, item in positions.items():
            if min(item[:6]) < 0 or item.available < 0 or sum(item.pools.values()) != item.pooled:
                yield f"{key} is oversold or torn: {item}"
        yield from _held(engine.ruleset, families, positions)
        drawn = balances_of(transaction.drawings())
        if dict(transaction.balances(drawn)) != drawn:
            yield f"the balances are not the sums of the ledger: {drawn}"
        owed = Counter[tuple[str, str]]()
        for family in families:
            for record in family.records():
                for name, several in record.held.items():
                    if engine.ruleset.machines[record.entity].resources[name].resource.kind != "stock":
                        owed.update({(name, held.item): held.quantity for held in several})
        if {key: value for key, value in drawn.items() if value} != dict(owed):
            yield f"records hold {dict(owed)}, the ledger says {drawn}"
    for family in families:
        yield from _rolled_up(engine.ruleset, family)


def _held(ruleset: RuleSet, families: list[Family], positions: object) -> Iterator[str]:
    """Every resource is held exactly while its state says so, and what is held is what is allocated."""
    units = Counter[tuple[str, str]]()
    for family in families:
        for record in family.records():
            for name, linked in ruleset.machines[record.entity].resources.items():
                if (record.state in linked.inside) != (name in record.held):
                    yield f"{record.id} is in {record.state} and {'holds' if name in record.held else 'lacks'} {name}"
                if linked.resource.kind == "stock":
                    for held in record.held.get(name, ()):
                        units[held.place, held.item] += held.quantity
    allocated = {key: item.allocated for key, item in positions.items() if item.allocated}  # type: ignore[attr-defined]
    if dict(units) != allocated:
        yield f"records hold {dict(units)}, allocated is {allocated}"


def _live(record: Record) -> bool:
    return record.state not in ("returned", "cancelled")


def _rolled_up(ruleset: RuleSet, family: Family) -> Iterator[str]:
    """An order is what its parcels make it, told without the engine's own words for it."""
    if family.root.entity != "order" or family.root.holds:
        return
    parcels = family.children["shipments"]
    live = [parcel for parcel in parcels if _live(parcel)]
    if family.root.state == "fulfilling":
        if not live:
            yield f"{family.id} is being fulfilled, and no parcel is live"
        elif all("delivered" in parcel.reached for parcel in live):
            yield f"{family.id} is being fulfilled, and every live parcel was delivered"
        path = ruleset.definition.entities["shipment"].path
        ranks = [
            max((path.index(name) for name in parcel.reached if name in path), default=-1) for parcel in live
        ]
        if live and ruleset.shown(family).name not in {
            parcel.state for parcel, rank in zip(live, ranks, strict=True) if rank == min(ranks)
        }:
            yield f"{family.id} shows {ruleset.shown(family).name}, its parcels are {[p.state for p in live]}"
    if family.root.state in ("paid", "backordered") and live:
        yield f"{family.id} is {family.root.state}, and has live parcels"


def asleep(engine: Engine) -> Iterator[str]:
    """Who sleeps past a condition that became true: a look at the clock now would move it, or mark it."""
    now = engine.clock.now()
    with engine.storage.transaction(read_only=True) as transaction:
        for family in transaction.families():
            event = Event("tick", family.id, now)
            facts = read_facts(engine.ruleset, transaction, family, event, now)
            decision = engine.ruleset.decide(family, event, now, facts)
            if decision.steps or decision.marks or decision.refusals:
                said = [step.transition for step in decision.steps] or decision.marks or decision.refusals
                yield f"{family.id} in {family.root.state} sleeps past {said}"
        yield from _queues(engine.ruleset, transaction, now)


def _queues(rules: RuleSet, transaction: Transaction, now: datetime) -> Iterator[str]:
    """Who stands in a queue is who its condition holds for."""
    stored = {(item.queue, item.record) for item in transaction.standing()}
    facts = lazy_facts(rules, transaction, now)
    found = set()
    for name, queue in rules.definition.queues.items():
        when = compile_python(queue.when)
        for family in transaction.families():
            for record in family.records():
                if record.entity == queue.of:
                    view = FamilyView(rules, family, record, now, facts=facts)
                    if when(record.fields, view) is True:
                        found.add((name, record.id))
    if stored != found:
        yield f"the queues hold {sorted(stored - found)} too many and {sorted(found - stored)} too few"
