"""Allocation policies, linked, and how a plan is made for a record: demand, candidates, carrier, promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from orderflow.engine.allocate import allocate
from orderflow.engine.parts import Compiled, linked
from orderflow.engine.promise import promised_day
from orderflow.expr.distance import distance_km
from orderflow.expr.numbers import rounded
from orderflow.expr.python import compile_python
from orderflow.model.definition import Definition
from orderflow.model.plan import Candidate, Demand, Parcel, Plan, PlannedLine
from orderflow.model.policies import Allocation, Location, Promise, Warehouse
from orderflow.model.record import Record

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft, DraftView

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LinkedPromise:
    """A promise with its functions, over the child that a parcel becomes."""

    promise: Promise
    start: Compiled
    days: Compiled
    buffer: Compiled | None


@dataclass(frozen=True, slots=True)
class LinkedPolicy:
    """An allocation policy with its functions; `pools` are those that its rows may draw on, each with who."""

    policy: Allocation
    warehouses: tuple[Warehouse, ...]
    near: Compiled | None
    candidates: Compiled | None
    pools: tuple[tuple[str, Compiled], ...]
    pack_by: Compiled | None
    promise: LinkedPromise | None


def link_policy(definition: Definition, policy: Allocation) -> LinkedPolicy:
    """Link one policy with the pools of its entity and its promise."""
    promise = definition.promises.get(policy.promise) if policy.promise is not None else None
    return LinkedPolicy(
        policy=policy,
        warehouses=tuple(definition.warehouses.values()),
        near=linked(policy.near),
        candidates=linked(policy.candidates),
        pools=tuple(
            (name, compile_python(pool.who))
            for name, pool in definition.pools.items()
            if pool.of == policy.of
        ),
        pack_by=linked(policy.pack_by),
        promise=None
        if promise is None
        else LinkedPromise(
            promise, compile_python(promise.start), compile_python(promise.days), linked(promise.buffer)
        ),
    )


def make_plan(draft: "Draft", record: Record, policy: LinkedPolicy) -> Plan:
    """What the policy finds for a record as it stands now; carriers and days come with `finished`."""
    view = draft.view(record)
    plan = allocate(
        policy=policy.policy.name,
        record=record.id,
        wanted=_wanted(draft, record, policy, view),
        candidates=_candidates(policy, record, view),
        stock=draft.stock,
        taken={},
        rank=policy.policy.rank,
        split=policy.policy.split,
    )
    return plan if policy.pack_by is None else _packed(plan, record, policy, view)


def _packed(plan: Plan, record: Record, policy: LinkedPolicy, view: "DraftView") -> Plan:
    """The plan with what each warehouse sends packed into a parcel for each value of `pack_by`."""
    assert policy.pack_by is not None
    rows = cast("tuple[Row, ...]", record.fields.get(policy.policy.lines) or ())
    box = {row[policy.policy.line_key]: policy.pack_by(row, view) for row in rows}
    parcels = []
    for parcel in plan.parcels:
        several: dict[object, list[PlannedLine]] = {}
        for line in parcel.lines:
            several.setdefault(box[line.line], []).append(line)
        parcels += [parcel._replace(lines=tuple(lines)) for lines in several.values()]
    return plan._replace(parcels=tuple(parcels))


def finished(draft: "Draft", plan: Plan, policy: LinkedPolicy, blank: Record) -> Plan:
    """The plan with a carrier and a promised day for each parcel, worked out over the child that it becomes.

    Args:
        blank: a child that is not made yet; its `plan` is set to each parcel in turn.
    """
    parcels = []
    for parcel in plan.parcels:
        blank.fields["plan"] = plan_fields(policy, parcel)
        view = draft.view(blank)
        if policy.policy.carrier is not None:
            carrier = view.look_up(policy.policy.carrier, "carrier")
            parcel = parcel._replace(carrier=cast("str | None", carrier))
            blank.fields["plan"] = plan_fields(policy, parcel)
        if policy.promise is not None:
            promise = policy.promise
            parcel = parcel._replace(promised_on=_promised(promise, blank, view))
        parcels.append(parcel)
    return plan._replace(parcels=tuple(parcels))


def _promised(promise: LinkedPromise, blank: Record, view: "DraftView") -> date | None:
    """The promised day of a parcel; None where its start or its days are missing. A missing buffer is none."""
    start = cast("datetime | None", promise.start(blank.fields, view))
    days = cast("int | None", promise.days(blank.fields, view))
    buffer = cast("int | None", promise.buffer(blank.fields, view)) if promise.buffer is not None else 0
    if start is None or days is None:
        return None
    calendar = promise.promise.calendar
    return promised_day(
        start,
        promise.promise.cutoff,
        days,
        buffer or 0,
        view.zone,
        None if calendar is None else calendar.days,
    )


def plan_fields(policy: LinkedPolicy, parcel: Parcel) -> dict[str, object]:
    """The built-in field `plan` of the child that a parcel becomes."""
    key = policy.policy.line_key
    return {
        "warehouse": parcel.warehouse,
        "lines": tuple(
            {key: line.line, "sku": line.sku, "quantity": line.quantity, "pool": line.pool or None}
            for line in parcel.lines
        ),
        "carrier": parcel.carrier,
        "promised_on": parcel.promised_on,
        "distance_km": parcel.distance_km,
    }


def planned_lines(record: Record, key: str) -> tuple[PlannedLine, ...]:
    """The lines that a child's plan carries."""
    plan = record.fields.get("plan")
    if not isinstance(plan, Mapping):
        return ()
    return tuple(
        PlannedLine(row[key], str(row["sku"]), int(row["quantity"]), str(row["pool"] or ""))
        for row in plan["lines"]
    )


def _wanted(draft: "Draft", record: Record, policy: LinkedPolicy, view: "DraftView") -> tuple[Demand, ...]:
    """What the rows ask for, less what children have or had: a child that died unsent has nothing."""
    rules = policy.policy
    rows = cast("tuple[Row, ...]", record.fields.get(rules.lines) or ())
    planned: dict[object, int] = {}
    if rules.children is not None and draft.children.get(rules.children):
        for child in draft.children[rules.children]:
            if _counts(draft, child):
                for line in planned_lines(child, rules.line_key):
                    planned[line.line] = planned.get(line.line, 0) + line.quantity
    found = []
    for row in rows:
        key = row[rules.line_key]
        quantity = cast(int, row["quantity"]) - planned.get(key, 0)
        if quantity > 0:
            pools = tuple(name for name, who in policy.pools if who(row, view) is True)
            found.append(Demand(key, str(row["sku"]), quantity, pools))
    return tuple(found)


def _counts(draft: "Draft", child: Record) -> bool:
    """Whether a child's units are no longer asked for: it is live, or its units were sent."""
    machine = draft.machines[child.entity]
    state = machine.entity.states[child.state]
    if not state.final or child.state in machine.entity.path:
        return True
    return any(not item.spent.isdisjoint(child.reached) for item in machine.resources.values())


def _candidates(policy: LinkedPolicy, record: Record, view: "DraftView") -> tuple[Candidate, ...]:
    near = cast("Location | None", policy.near(record.fields, view)) if policy.near is not None else None
    found = []
    for warehouse in policy.warehouses:
        distance = None
        if near is not None and warehouse.location is not None:
            distance = distance_km(near, warehouse.location)
        reason = ""
        if policy.candidates is not None:
            view.extra = {"warehouse": _warehouse(warehouse, distance)}
            if policy.candidates(record.fields, view) is not True:
                reason = _out_of_reach(policy, warehouse, distance)
        found.append(Candidate(warehouse.name, warehouse.level, distance, warehouse.cost, reason))
    return tuple(found)


def _warehouse(warehouse: Warehouse, distance: Decimal | None) -> dict[str, object]:
    """The record `warehouse` that a policy's condition reads."""
    return {
        "name": warehouse.name,
        "level": warehouse.level,
        "location": warehouse.location,
        "radius_km": warehouse.radius_km,
        "parent": warehouse.parent,
        "distance_km": distance,
        "cost": warehouse.cost,
    }


def _out_of_reach(policy: LinkedPolicy, warehouse: Warehouse, distance: Decimal | None) -> str:
    """Why a warehouse is no candidate, with its figures."""
    radius = warehouse.radius_km
    if radius is not None and distance is None:
        return f"radius {radius.normalize():f} km, and it is not known where the goods go"
    if radius is not None and distance is not None and distance > radius:
        return f"{rounded(distance, 1)} km, radius {radius.normalize():f} km"
    source = policy.policy.candidates.source if policy.policy.candidates is not None else ""
    return f"`{source}` does not hold"
