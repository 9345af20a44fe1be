"""What the plans in the journal say of allocation: parcels by warehouse, who was short of what, who waited."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orderflow.engine.link import RuleSet
from orderflow.model.definition import Entity
from orderflow.model.plan import Plan
from orderflow.model.record import root_of
from orderflow.service.accounts import AllocationPart, BackorderPart, ServedLine, Share, SkuLine
from orderflow.service.census import Census
from orderflow.service.ports import JournalEntry

_EXAMPLES = 5
_SKUS = 10


@dataclass(slots=True)
class _Served:
    """One warehouse while plans are added."""

    parcels: int = 0
    units: int = 0
    kilometres: list[float] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Waits:
    """A record that found too little: since when, what it lacks by the last look, and what it asks for."""

    since: datetime
    first: Mapping[str, int]
    lacks: Mapping[str, int]
    units: int
    until: datetime | None = None


class PlanTally:
    """Gathers plans of the policies that transitions follow; those that are only asked on arrival are left out.

    Args:
        ruleset: whose policies and pools are meant.
        census: the records as they stand.
        now: until when those that still wait have waited, aware UTC.
    """

    def __init__(self, ruleset: RuleSet, census: Census, now: datetime) -> None:
        self.ruleset = ruleset
        self.census = census
        self.now = now
        definition = ruleset.definition
        followed = {
            transition.policy
            for entity in definition.entities.values()
            for transition in entity.transitions.values()
        }
        self.policies = {name: item for name, item in definition.allocation.items() if name in followed}
        #: The leaf states in which a policy is followed.
        self._states = {
            name: frozenset(
                leaf
                for transition in definition.entities[item.of].transitions.values()
                if transition.policy == name
                for source in transition.sources
                for leaf in definition.entities[item.of].states[source].leaves
            )
            for name, item in self.policies.items()
        }
        # a pool whose `who` looks at the line is for lines of a kind of their own, such as preorders
        self._own_lines = frozenset(name for name, pool in definition.pools.items() if pool.who.reads.fields)
        self._used: Counter[str] = Counter()
        self._asked: set[str] = set()
        self._preorders: set[str] = set()
        self._served = {name: _Served() for name in definition.warehouses}
        self.parcels: Counter[str] = Counter()
        self.waits: dict[str, _Waits] = {}

    def add(self, entry: JournalEntry) -> bool:
        """Add the plans of an entry; whether a record turned out to be short for the first time."""
        short = False
        for plan in entry.plans:
            if plan.policy not in self.policies or not self._followed(plan, entry):
                continue
            record = root_of(plan.record)
            if record not in self._asked:
                self._asked.add(record)
                self._judge(plan)
            if plan.made:
                self._make(plan, record, entry.event.at)
            elif not plan.parcels:
                short = self._lack(plan, record, entry.event.at) or short
        return short

    def _followed(self, plan: Plan, entry: JournalEntry) -> bool:
        """Whether a plan was asked for to be followed; a new record's may have been asked for by the check on arrival alone."""
        if plan.made or entry.event.kind != "submit":
            return True
        states = self._states[plan.policy]
        entity = self.ruleset.definition.entities[self.policies[plan.policy].of]
        stood = {_first_leaf(entity), *(step.after for step in entry.steps if step.record == plan.record)}
        return not states.isdisjoint(stood)

    def _judge(self, plan: Plan) -> None:
        for verdict in plan.verdicts:
            served = self._served.setdefault(verdict.warehouse, _Served())
            served.verdicts[verdict.code] += 1

    def _make(self, plan: Plan, record: str, at: datetime) -> None:
        self._used[plan.policy] += 1
        self.parcels[record] += len(plan.parcels)
        for parcel in plan.parcels:
            served = self._served.setdefault(parcel.warehouse, _Served())
            served.parcels += 1
            served.units += sum(line.quantity for line in parcel.lines)
            if parcel.distance_km is not None:
                served.kilometres.append(float(parcel.distance_km))
        waits = self.waits.get(record)
        if waits is not None and waits.until is None:
            waits.until = at

    def _lack(self, plan: Plan, record: str, at: datetime) -> bool:
        """Note what a record lacks; true when it is short for the first time, preorders left out."""
        lacks = lacking(plan, split=self.policies[plan.policy].split)
        known = self.waits.get(record)
        if known is not None:
            known.lacks = lacks
            return False
        units = sum(item.quantity for item in plan.wanted)
        self.waits[record] = _Waits(at, lacks, lacks, units)
        ordinary = {item.sku for item in plan.wanted if self._own_lines.isdisjoint(item.pools)}
        if lacks and ordinary.isdisjoint(lacks):
            self._preorders.add(record)
            return False
        return True

    def result(self) -> AllocationPart | None:
        """What was gathered; None where no transition follows a policy."""
        if not self.policies:
            return None
        definition = self.ruleset.definition
        name = next(iter(self.policies.values())).of
        skus = self._skus()
        return AllocationPart(
            entity=name,
            label=definition.entities[name].label,
            policies=tuple(Share(key, item.label, self._used[key]) for key, item in self.policies.items()),
            of=sum(self.census.states[name].values()),
            asked=len(self._asked),
            planned=len(self.parcels),
            parcels=sum(self.parcels.values()),
            units=sum(served.units for served in self._served.values()),
            split=tuple(sorted(Counter(self.parcels.values()).items())),
            warehouses=tuple(self._warehouse(key, served) for key, served in self._served.items()),
            short=len(self.waits.keys() - self._preorders),
            preorders=len(self._preorders),
            skus=tuple(skus[:_SKUS]),
            sku_count=sum(line.records > 0 for line in skus),
            lacking=tuple(
                sorted(
                    (line for line in skus if line.waiting),
                    key=lambda line: (-line.waiting, -line.waiting_units, line.sku),
                )[:_SKUS]
            ),
            backorders=self._backorders(),
        )

    def _warehouse(self, name: str, served: _Served) -> ServedLine:
        warehouse = self.ruleset.definition.warehouses.get(name)
        far = served.kilometres
        return ServedLine(
            warehouse=name,
            label=warehouse.label if warehouse is not None else name,
            level=warehouse.level if warehouse is not None else "",
            parcels=served.parcels,
            units=served.units,
            mean_km=sum(far) / len(far) if far else None,
            chosen=served.verdicts["chosen"],
            farther=served.verdicts["farther"],
            short=served.verdicts["short"],
            out_of_reach=served.verdicts["out_of_reach"],
        )

    def still_waiting(self, record: str) -> bool:
        """Whether a record that was short has neither got its stock nor come to an end."""
        waits = self.waits.get(record)
        return waits is not None and waits.until is None and record not in self.census.finished

    def _skus(self) -> list[SkuLine]:
        records: Counter[str] = Counter()
        units: Counter[str] = Counter()
        waiting: Counter[str] = Counter()
        waiting_units: Counter[str] = Counter()
        for record, waits in self.waits.items():
            for sku, count in waits.first.items():
                records[sku] += 1
                units[sku] += count
            if self.still_waiting(record):
                for sku, count in waits.lacks.items():
                    waiting[sku] += 1
                    waiting_units[sku] += count
        every = records.keys() | waiting.keys()
        lines = [SkuLine(sku, records[sku], units[sku], waiting[sku], waiting_units[sku]) for sku in every]
        return sorted(lines, key=lambda line: (-line.records, -line.units, line.sku))

    def _backorders(self) -> BackorderPart:
        going = sorted(
            ((waits.since, record) for record, waits in self.waits.items() if self.still_waiting(record))
        )
        served = [
            (waits.until - waits.since).total_seconds()
            for waits in self.waits.values()
            if waits.until is not None
        ]
        return BackorderPart(
            waiting=len(going),
            examples=tuple(record for _, record in going[:_EXAMPLES]),
            oldest_seconds=(self.now - going[0][0]).total_seconds() if going else None,
            units=sum(self.waits[record].units for _, record in going),
            served=len(served),
            mean_seconds=sum(served) / len(served) if served else None,
            longest_seconds=max(served, default=None),
            given_up=len(self.waits) - len(going) - len(served),
        )


def lacking(plan: Plan, *, split: bool) -> Mapping[str, int]:
    """The units that a plan without parcels lacks, by SKU, over the warehouses within reach.

    Args:
        split: whether the warehouses may serve together; else each SKU is short by what the best one lacks.
    """
    needed: Counter[str] = Counter()
    for item in plan.wanted:
        needed[item.sku] += item.quantity
    reach = [verdict for verdict in plan.verdicts if verdict.code != "out_of_reach"]
    found: dict[str, int] = {}
    for sku, units in needed.items():
        there = []
        for verdict in reach:
            mine = [item for item in verdict.short if item.sku == sku]
            there.append(sum(item.available for item in mine) if mine else units)
        missing = units - (sum(there) if split else max(there, default=0))
        if missing > 0:
            found[sku] = missing
    return found


def _first_leaf(entity: Entity) -> str:
    """The leaf state that a new record enters."""
    name = entity.initial
    while entity.states[name].leaves != (name,):
        name = next(state.name for state in entity.states.values() if state.parent == name and state.initial)
    return name
