"""Run to completion: one macrostep of W3C SCXML over a family.

A transition chosen for the event comes first, then automatic transitions and internal events until none is enabled
(SCXML 1.0, appendix D, `mainEventLoop`). Records of a family are looked at root first, then children in order.
"""

from orderflow.diagnostics.errors import DecisionError
from orderflow.engine import contracts
from orderflow.engine.draft import Draft, DraftView
from orderflow.engine.machine import Candidate, Machine
from orderflow.model.decision import Step
from orderflow.model.record import Record, child_id

#: More microsteps than any sensible rule set takes for one event; past it the rules are held to be going round.
MOST_MICROSTEPS = 200


def enabled(draft: Draft, record: Record, candidate: Candidate, view: DraftView) -> bool:
    """Whether the transition could be taken now: its guard holds, its time has come and its units are there."""
    guard = candidate.guard
    if guard is not None and guard(record.fields, view) is not True:
        return False
    if candidate.plain:
        return True
    transition = candidate.transition
    if transition.after is not None and record.entered[candidate.source] + transition.after > draft.at:
        return False
    return not missing_units(draft, record, candidate)


def missing_units(draft: Draft, record: Record, candidate: Candidate) -> list[tuple[str, str, int, int]]:
    """What taking the transition would lack: (warehouse, SKU, needed, available)."""
    found = draft.shortages(record, candidate.takes) if candidate.takes else []
    creates = candidate.transition.creates
    if creates is not None:
        machine = _child_machine(draft, creates)
        if machine.initial.takes:
            found += draft.shortages(_blank_child(draft, machine, creates), machine.initial.takes)
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
    taken = 0
    while True:
        if _automatic(draft):
            taken += 1
            if taken > MOST_MICROSTEPS:
                raise DecisionError(_cycle(draft))
        elif draft.internal:
            record_id, event = draft.internal.popleft()
            _tell(draft, record_id, event)
        else:
            return


def _automatic(draft: Draft) -> bool:
    for record in draft.records():
        candidates = draft.machines[record.entity].at(record.state).automatic
        if candidates:
            chosen = choose(draft, record, candidates)
            if chosen is not None:
                take(draft, record, *chosen)
                return True
    return False


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
    draft.steps.append(Step(record.id, transition.name, record.state, candidate.leaf, also))
    if transition.event is not None and machine.sets.get(transition.event):
        view = draft.view(record)
        values = {name: value(record.fields, view) for name, value in machine.sets[transition.event]}
        contracts.apply(draft, record, values, by_rule=True)
    for state in candidate.exits:
        for action in state.on_exit:
            draft.act(record, machine.actions[action])
    for resource in candidate.spends:
        draft.spend(record, resource)
    for resource in candidate.returns:
        draft.give_back(record, resource)
    for action in transition.actions:
        draft.act(record, machine.actions[action])
    if transition.creates is not None:
        _create(draft, transition.creates)
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
    for resource in candidate.takes:
        draft.take(record, resource)
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
    return record


def _create(draft: Draft, children: str) -> None:
    machine = _child_machine(draft, children)
    record = _blank_child(draft, machine, children)
    draft.children[children].append(record)
    draft.owned.add(record.id)
    draft.steps.append(Step(record.id, "", "", machine.initial.leaf))
    enter(draft, machine, record, machine.initial)


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
