"""Fields change under contract: `changes`, `editable`, `reason`."""

from collections.abc import Iterable, Mapping, Sequence

from orderflow.engine import holdings, refuse
from orderflow.engine.draft import Draft
from orderflow.engine.holdings import Lack
from orderflow.engine.machine import Machine
from orderflow.model.convert import ValueFault
from orderflow.model.decision import Refusal
from orderflow.model.definition import Changes, Field
from orderflow.model.record import Record


class BrokenContractError(Exception):
    """A change that a field's contract does not allow: the whole event is refused."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(refusals)
        self.refusals = refusals


def apply(draft: Draft, record: Record, values: Mapping[str, object], *, by_rule: bool = False) -> None:
    """Change the fields of an owned record, all or none.

    Args:
        by_rule: an event's `set` writes them; `editable` and `reason` are for people's updates.

    Raises:
        BrokenContractError: a field's contract does not allow the change; nothing was changed.
    """
    machine = draft.machines[record.entity]
    broken = []
    for name, value in values.items():
        field = machine.entity.fields[name]
        before = record.fields.get(name)
        if before != value:
            problem = _changes(field, before, value)
            if problem is None and by_rule:
                problem = unfit(machine, name, value)
            elif problem is None:
                problem = _edit(draft, machine, record, field)
            if problem is not None:
                broken.append(Refusal("contract", record.id, problem))
    if broken:
        raise BrokenContractError(tuple(broken))
    for name, value in values.items():
        draft.set_field(record, name, value)
    refuse_lacks(record, holdings.follow(draft))


def refuse_lacks(record: Record, lacks: Sequence[Lack]) -> None:
    """Refuse the whole event when something is missing for what it asks.

    Raises:
        BrokenContractError: something is missing.
    """
    if lacks:
        raise BrokenContractError((refuse.short(record, None, lacks),))


def _changes(field: Field, before: object, value: object) -> str | None:
    match field.changes:
        case Changes.FREE:
            return None
        case Changes.NEVER:
            return f"`{field.name}` never changes once the record is submitted"
        case Changes.ONCE if before is not None:
            return f"`{field.name}` is set once and has a value already"
        case Changes.GROWS if before is not None and (value is None or value < before):  # type: ignore[operator]
            return f"`{field.name}` only grows; the new value is less than the present one"
    return None


def _edit(draft: Draft, machine: Machine, record: Record, field: Field) -> str | None:
    editable = machine.editable.get(field.name)
    if editable is not None and editable(record.fields, draft.view(record)) is not True:
        source = field.editable.source if field.editable is not None else ""
        return f"`{field.name}` can no longer be changed: `{source}` does not hold"
    if field.reason_required and not draft.event.reason.strip():
        return f"a change of `{field.name}` must say why; give a reason"
    return None


def check_new(record: Record, machine: Machine, names: Iterable[str]) -> None:
    """Make sure that what the rules gave a new record fits its fields.

    Raises:
        BrokenContractError: with everything that does not fit.
    """
    problems = [
        problem
        for name in names
        if name in machine.converters
        and (problem := unfit(machine, name, record.fields.get(name))) is not None
    ]
    if problems:
        raise BrokenContractError(tuple(Refusal("contract", record.id, problem) for problem in problems))


def unfit(machine: Machine, name: str, value: object) -> str | None:
    """Why a value does not fit its field; None where it does."""
    try:
        machine.converters[name](value)
    except ValueFault as fault:
        return str(fault)
    return None
