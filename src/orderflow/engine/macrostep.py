"""Run to completion: one macrostep of W3C SCXML over a family.

A transition chosen for the event comes first, then automatic transitions and internal events until none is enabled
(SCXML 1.0, appendix D, `mainEventLoop`). Records of a family are looked at root first, then children in order.
"""

from collections.abc import Sequence
from itertools import chain, islice
from typing import cast

from orderflow.diagnostics.errors import DecisionError
from orderflow.engine import contracts, holdings, holds, moves
from orderflow.engine.draft import Draft, DraftView
from orderflow.engine.holdings import Lack
from orderflow.engine.machine import Candidate, Machine
from orderflow.engine.parts import LinkedRows
from orderflow.engine.policies import finished, plan_fields
from orderflow.model.decision import Step
from orderflow.model.plan import Plan
from orderflow.model.record import Record, child_id

#: More microsteps than any sensible rule set takes with one record for one event; past it the rules go round.
MOST_MICROSTEPS = 200


def enabled(draft: Draft, record: Record, candidate: Candidate, view: DraftView) -> bool:
    """Whether the transition could be taken now: its guard holds, its time has come and its units are there."""
    guard = candidate.guard
    if guard is not None and guard(record.fields, view) is not True:
        return False
    if candidate.plain:
        return True
    after = candidate.transition.after
    if after is not None and holds.due(record, candidate.source, after) > draft.at:
        return False
    return not missing(draft, record, candidate)


def missing(draft: Draft, record: Record, candidate: Candidate) -> list[Lack]:
    """What taking the transition would lack: units, a limit, what it moves."""
    found = holdings.lacking(draft, record, candidate.takes) if candidate.takes else []
    if candidate.moves:
        found += moves.impossible(draft, record, candidate.moves)
    transition = candidate.transition
    # Of a plan's parcels the guard has seen to it.
    if transition.creates is not None and transition.policy is None:
        machine = _child_machine(draft, transition.creates)
        if machine.initial.takes:
            coming = _coming_child(draft, record, transition.name, machine, transition.creates)
            found += holdings.lacking(draft, coming, machine.initial.takes)
    return found


def choose(
    draft: Draft, record: Record, candidates: tuple[Candidate, ...]
) -> tuple[Candidate, tuple[str, ...]] | None:
    """The first enabled candidate, with the names of unordered rivals that were enabled too."""
    view = DraftView(draft, record)
    for candidate in candidates:
        if enabled(draft, record, candidate, view):
            if not candidate.rivals:
                return candidate, ()
            rivals = (other for other in candidate.rivals if enabled(draft, record, other, view))
            return candidate, tuple(other.transition.name for other in rivals)
    return None


def settle(draft: Draft) -> None:
    """Take automatic transitions and internal events until nothing is enabled.

    Raises:
        DecisionError: the rules go round without coming to rest; the message names the cycle.
    """
    taken: dict[str, int] = {}  # a family of many children takes many steps and comes to rest all the same
    place = 0
    while True:
        moved = _automatic(draft, place)
        if moved is not None:
            place, record_id = moved
            count = taken[record_id] = taken.get(record_id, 0) + 1
            if count > MOST_MICROSTEPS:
                raise DecisionError(_cycle(draft))
        elif place:
            place = 0
        elif draft.internal:
            record_id, event = draft.internal.popleft()
            _tell(draft, record_id, event)
        else:
            return


def _automatic(draft: Draft, place: int) -> tuple[int, str] | None:
    """Take the first automatic transition that is enabled: the root's, then those of its children from a place on.

    To begin with the first child after each step would cost the square of their number.

    Args:
        place: the place of the child that moved last; 0 to look at all.

    Returns:
        The place and the id of the record that moved; None when none did.
    """
    if place and _moves(draft, draft.root):
        return 0, draft.root.id
    family = chain((draft.root,), *draft.children.values())
    for index, record in enumerate(islice(family, place, None), place):
        if _moves(draft, record):
            return index, record.id
    return None


def _moves(draft: Draft, record: Record) -> bool:
    """Take the record's automatic transition, if one is enabled."""
    configuration = draft.machines[record.entity].at(record.state)
    if configuration.conditional:
        record = holds.refresh(draft, record, configuration)
    if not configuration.automatic or record.holds or draft.root.holds:
        return False
    chosen = choose(draft, record, configuration.automatic)
    if chosen is None:
        return False
    take(draft, record, *chosen)
    return True


def _tell(draft: Draft, record_id: str, event: str) -> None:
    record = draft.find(record_id)
    if record is None:
        return
    candidates = draft.machines[record.entity].at(record.state).events.get(event, ())
    chosen = choose(draft, record, candidates)
    if chosen is not None:
        take(draft, record, *chosen)


def take(draft: Draft, record: Record, candidate: Candidate, also: tuple[str, ...] = ()) -> None:
    """One microstep: exit, set, act, create, tell, enter."""
    record = draft.own(record)
    machine = draft.machines[record.entity]
    transition = candidate.transition
    made = _parcels(draft, record, candidate)
    draft.steps.append(Step(record.id, transition.name, record.state, candidate.leaf, also))
    if transition.event is not None and machine.sets.get(transition.event):
        set_fields(draft, record, machine, transition.event)
    for state in candidate.exits:
        for action in state.on_exit:
            draft.act(record, machine.actions[action])
    for resource in candidate.spends:
        holdings.spend(draft, record, resource)
    for resource in candidate.returns:
        holdings.give_back(draft, record, resource)
    if candidate.moves:
        contracts.refuse_lacks(record, moves.make(draft, record, candidate.moves))
    for action in transition.actions:
        draft.act(record, machine.actions[action])
    if transition.creates is not None:
        for fields in made:
            _create(draft, transition.creates, fields)
    for children, event in transition.tell.items():
        draft.internal.extend((child.id, event) for child in draft.children[children])
    if candidate.entries:
        enter(draft, machine, record, candidate)


def enter(draft: Draft, machine: Machine, record: Record, candidate: Candidate) -> None:
    """Enter states outermost first: note the moment, take resources, run entry actions."""
    record.state = candidate.leaf
    for state in candidate.entries:
        record.entered[state.name] = draft.at
        record.reached.setdefault(state.name, draft.at)
        record.paused.pop(state.name, None)
    if record.holds:
        holds.leave(draft, record, machine.at(record.state))
    for resource in candidate.takes:
        contracts.refuse_lacks(record, holdings.take(draft, record, resource))
    for state in candidate.entries:
        for action in state.on_entry:
            draft.act(record, machine.actions[action])


def _child_machine(draft: Draft, children: str) -> Machine:
    return draft.machines[draft.machines[draft.root.entity].entity.children[children].entity]


def _blank_child(draft: Draft, machine: Machine, children: str) -> Record:
    number = len(draft.children[children]) + 1
    defaults = {name: item.default for name, item in machine.entity.fields.items()}
    record = Record(
        machine.entity.name, child_id(draft.root.id, children, number), machine.initial.leaf, defaults
    )
    if machine.entity.key is not None:
        record.fields[machine.entity.key] = record.id
    for state in machine.initial.entries:  # what asks whether it is in its first state may ask since when
        record.entered[state.name] = record.reached[state.name] = draft.at
    return record


def _coming_child(draft: Draft, record: Record, transition: str, machine: Machine, children: str) -> Record:
    """The child that a transition would make, with the fields that it is given and those that are worked out."""
    blank = _blank_child(draft, machine, children)
    view = draft.view(record)
    given = draft.machines[record.entity].created.get(transition, ())
    blank.fields.update({name: value(record.fields, view) for name, value in given})
    for name, value in machine.formulas:
        if blank.fields.get(name) is None:
            blank.fields[name] = value(blank.fields, draft.view(blank))
    return blank


def _parcels(draft: Draft, record: Record, candidate: Candidate) -> list[dict[str, object]]:
    """The fields of the children that the transition makes: one, or one for each parcel of the plan that its guard saw."""
    transition = candidate.transition
    if transition.creates is None:
        return []
    machine = draft.machines[record.entity]
    fields = machine.created.get(transition.name, ())
    if transition.policy is None:
        view = draft.view(record)
        return [{name: value(record.fields, view) for name, value in fields}]
    policy = draft.rules.policies[transition.policy]
    plan = draft.plan(record, transition.policy)
    child = _child_machine(draft, transition.creates)
    plan = finished(draft, plan, policy, _blank_child(draft, child, transition.creates))
    draft.plans[record.id, transition.policy] = plan = plan._replace(made=True)
    _promise(draft, record, plan, policy.promise.promise.writes if policy.promise is not None else None)
    made = []
    for parcel in plan.parcels:
        view = draft.view(record)
        planned = plan_fields(policy, parcel)
        view.extra = {"plan": planned}
        made.append({"plan": planned, **{name: value(record.fields, view) for name, value in fields}})
    return made


def _promise(draft: Draft, record: Record, plan: Plan, field: str | None) -> None:
    """Write the latest day of the plan where none was promised: the first promise counts."""
    days = [parcel.promised_on for parcel in plan.parcels if parcel.promised_on is not None]
    if field is not None and days and record.fields.get(field) is None:
        draft.set_field(record, field, max(days))


def set_fields(draft: Draft, record: Record, machine: Machine, event: str) -> None:
    """What a taken event sets, all at once; what is held follows."""
    view = draft.view(record)
    values: dict[str, object] = {}
    for name, value in machine.sets[event]:
        if isinstance(value, LinkedRows):
            rows = cast("Sequence[dict[str, object]]", record.fields.get(name) or ())
            values[name] = tuple(
                {**row, **{field: each(row, view) for field, each in value.values}}
                if value.where is None or value.where(row, view) is True
                else row
                for row in rows
            )
        else:
            values[name] = value(record.fields, view)
    contracts.apply(draft, record, values, by_rule=True)


def _create(draft: Draft, children: str, fields: dict[str, object]) -> None:
    machine = _child_machine(draft, children)
    record = _blank_child(draft, machine, children)
    draft.children[children].append(record)
    draft.owned.add(record.id)
    record.fields.update(fields)
    contracts.check_new(record, machine, fields)
    formulas(draft, record, machine)
    draft.steps.append(Step(record.id, "", "", machine.initial.leaf))
    enter(draft, machine, record, machine.initial)


def formulas(draft: Draft, record: Record, machine: Machine) -> None:
    """Work out the fields of a new record that have a formula and that nothing gave a value."""
    for name, value in machine.formulas:
        if record.fields.get(name) is None:
            draft.set_field(record, name, value(record.fields, draft.view(record)))
            contracts.check_new(record, machine, (name,))


def _cycle(draft: Draft) -> str:
    recent = [f"`{step.transition}`" for step in draft.steps[-MOST_MICROSTEPS:]]
    length = next(
        (size for size in range(1, len(recent)) if recent[-size:] == recent[-2 * size : -size]), len(recent)
    )
    record = draft.steps[-1].record
    return (
        f"`{record}` never comes to rest: the automatic transitions {' → '.join(recent[-length:])} go round; "
        "give one of them a guard that becomes false"
    )
