"""Journal entries as people and programs read them; private values are masked in both."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderflow.engine.link import RuleSet
    from orderflow.model.definition import Entity, Field
    from orderflow.service.ports import JournalEntry


def entry_lines(ruleset: "RuleSet", entry: "JournalEntry") -> Iterator[str]:
    """Yield a journal entry as lines: what happened, then what came of it."""
    from orderflow.engine.phrases import Words

    event, words = entry.event, Words(ruleset.definition, ruleset.zone)
    what = {"submit": "submitted", "update": "updated", "send": f"sent {event.name}", "tick": "time passed"}[
        event.kind
    ]
    target = f" to {event.target}" if "/" in event.target else ""
    reason = f", because: {event.reason}" if event.reason else ""
    refused = "" if entry.accepted else "  REFUSED"
    yield f"{event.at.astimezone(ruleset.zone):%Y-%m-%d %H:%M:%S}  {what}{target} by {event.actor}{reason}{refused}"
    for refusal in entry.refusals:
        yield f"    {refusal.message}"
    for change in entry.changes:
        entity = entity_of(ruleset, entry, change.record)
        field = entity.fields.get(change.field) if entity is not None else None
        name = change.field if field is None or field.label == field.name else f"{field.label} ({field.name})"
        before, after = words.value(change.before, field), words.value(change.after, field)
        where = f"{change.record}: " if "/" in change.record else ""
        yield f"    {where}{name}: {before} → {after}"
    for step in entry.steps:
        entity = entity_of(ruleset, entry, step.record)
        where = f"{step.record}: " if "/" in step.record else ""
        if entity is None or step.before == step.after:
            yield f"    {where}{step.transition}"
        elif step.before:
            yield f"    {where}{_state(entity, step.before)} → {_state(entity, step.after)} by {step.transition}"
        else:
            yield f"    {where}starts in {_state(entity, step.after)}"
    for effect in entry.effects:
        yield f"    to do: {effect.action} ({effect.use})"
    for move in entry.moves:
        verb = {"take": "takes", "give_back": "gives back", "spend": "spends"}[move.kind]
        yield f"    {verb} {move.quantity} × {move.sku} at {move.warehouse}"


def entry_document(ruleset: "RuleSet", entry: "JournalEntry") -> dict[str, object]:
    """Return a journal entry as plain data for JSON."""
    event = entry.event
    return {
        "number": entry.number,
        "at": event.at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "version": entry.version,
        "kind": event.kind,
        "name": event.name,
        "target": event.target,
        "actor": event.actor,
        "event_id": event.event_id,
        "reason": event.reason,
        "accepted": entry.accepted,
        "data": _masked(event.data, _declared(ruleset, entry)),
        "changes": [
            {
                "record": change.record,
                "field": change.field,
                "before": _shown(ruleset, entry, change.record, change.field, change.before),
                "after": _shown(ruleset, entry, change.record, change.field, change.after),
            }
            for change in entry.changes
        ],
        "steps": [step._asdict() for step in entry.steps],
        "effects": [
            {"key": effect.key, "record": effect.record, "action": effect.action, "use": effect.use}
            for effect in entry.effects
        ],
        "moves": [move._asdict() for move in entry.moves],
        "refusals": [
            {
                "code": refusal.code,
                "record": refusal.record,
                "transition": refusal.transition,
                "message": refusal.message,
            }
            for refusal in entry.refusals
        ],
        "digest": entry.digest,
    }


def entity_of(ruleset: "RuleSet", entry: "JournalEntry", record: str) -> "Entity | None":
    """Return the entity of a record that an entry names; None when the rules no longer know it."""
    definition = ruleset.definition
    parts = record.split("/")
    if len(parts) >= 2:
        return next(
            (
                definition.entities[root.children[parts[1]].entity]
                for root in definition.roots
                if parts[1] in root.children
            ),
            None,
        )
    if entry.event.kind == "submit":
        return definition.entities.get(entry.event.name)
    fields = {change.field for change in entry.changes if change.record == record}
    steps = {step.transition for step in entry.steps if step.record == record}
    return next(
        (root for root in definition.roots if fields <= set(root.fields) and steps <= set(root.transitions)),
        None,
    )


def _state(entity: "Entity", name: str) -> str:
    state = entity.states.get(name)
    return name if state is None or state.label == name else f"{state.label} ({name})"


def _declared(ruleset: "RuleSet", entry: "JournalEntry") -> "Mapping[str, Field]":
    entity = entity_of(ruleset, entry, entry.event.target)
    if entity is None:
        return {}
    if entry.event.kind == "send":
        declared = entity.events.get(entry.event.name)
        return declared.data if declared is not None else {}
    return entity.fields


def _masked(data: Mapping[str, object], fields: "Mapping[str, Field]") -> dict[str, object]:
    """Return data with private values masked; what no field declares may be private too."""
    from orderflow.model.record import masked

    return {
        name: value if name in fields and not fields[name].private else masked(value)
        for name, value in data.items()
    }


def _shown(ruleset: "RuleSet", entry: "JournalEntry", record: str, field: str, value: object) -> object:
    entity = entity_of(ruleset, entry, record)
    return _masked({field: value}, entity.fields if entity is not None else {})[field]
