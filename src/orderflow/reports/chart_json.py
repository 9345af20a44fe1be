"""A chart as plain data for programs."""

from orderflow.model.definition import Definition, Entity, Transition
from orderflow.reports.chart import kind_of, span_text


def to_dict(definition: Definition, entity: str | None = None) -> dict[str, object]:
    """Return the states and transitions of one entity or of all, under `version` 1.

    Raises:
        KeyError: no such entity.
    """
    names = [entity] if entity is not None else list(definition.entities)
    return {
        "version": 1,
        "ruleset": {"name": definition.name, "version": definition.version, "digest": definition.digest},
        "entities": {name: _entity(definition.entities[name]) for name in names},
    }


def _entity(entity: Entity) -> dict[str, object]:
    return {
        "label": entity.label,
        "parent": entity.parent,
        "initial": entity.initial,
        "path": list(entity.path),
        "children": {
            child.name: {"entity": child.entity, "one_per": child.one_per}
            for child in entity.children.values()
        },
        "holds": [
            {
                "name": hold.name,
                "label": hold.label,
                "in": list(hold.states),
                "by": list(hold.by),
                "reason_required": hold.reason_required,
                "when": None if hold.when is None else hold.when.source,
                "retry_on": list(hold.retry_on),
            }
            for hold in entity.holds.values()
        ],
        "resources": [
            {"name": item.name, "kind": item.kind, "held_in": item.held_in, "spend_on": item.spend_on}
            for item in entity.resources.values()
        ],
        "states": [
            {
                "name": state.name,
                "label": state.label,
                "parent": state.parent,
                "initial": state.initial,
                "final": state.final,
                "on_entry": list(state.on_entry),
                "on_exit": list(state.on_exit),
                "known_as": dict(state.known_as),
                "shows": state.shows,
            }
            for state in entity.states.values()
        ],
        "transitions": [_transition(transition) for transition in entity.transitions.values()],
    }


def _transition(transition: Transition) -> dict[str, object]:
    return {
        "name": transition.name,
        "label": transition.label,
        "from": list(transition.sources),
        "to": transition.target,
        "trigger": kind_of(transition),
        "event": transition.event,
        "after": None if transition.after is None else span_text(transition.after),
        "when": None if transition.when is None else transition.when.source,
        "otherwise": transition.otherwise,
        "do": list(transition.actions),
        "creates": transition.creates,
        "policy": transition.policy,
        "moves": [move.kind for move in transition.moves],
        "tell": dict(transition.tell),
        "retry_on": list(transition.retry_on),
    }
