"""What an expression may name, by where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orderflow.compiler.outline import Outline
from orderflow.expr.scope import Scope
from orderflow.expr.types import UNKNOWN, Type


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of all entities."""

    outlines: Mapping[str, Outline]
    _made: dict[tuple[str, bool], Scope] = field(default_factory=dict, compare=False, repr=False)

    def of(self, entity: str, *, lenient: bool = False) -> Scope:
        """The scope of an expression on a record of that entity.

        Args:
            entity: its name.
            lenient: for metrics, where a missing value leaves the record out.
        """
        known = self._made.get((entity, lenient))
        if known is not None:
            return known
        outline = self.outlines[entity]
        parent = self._alone(outline.parent) if outline.parent is not None else None
        here = replace(self._alone(entity), parent=parent, lenient=lenient)
        children = {
            name: replace(self._alone(child.entity), parent=here, lenient=lenient)
            for name, child in outline.children.items()
        }
        made = self._made[entity, lenient] = replace(here, children=children)
        return made

    def event(self, entity: str, event: str) -> Scope:
        """The scope of a guard or a `set` that sees an event of that entity."""
        outline = self.outlines[entity]
        fields = outline.event_data.get(event, {})
        return replace(self.of(entity), event={name: item.type for name, item in fields.items()})

    def with_extra(self, entity: str, extra: Mapping[str, Type]) -> Scope:
        """The scope of a record with further names."""
        return replace(self.of(entity), extra=extra)

    def _alone(self, entity: str) -> Scope:
        outline = self.outlines[entity]
        states = {name: frozenset(state.leaves) for name, state in outline.states.table.items()}
        states |= {name: frozenset({name}) for name in outline.states.lost}
        return Scope(
            entity=entity,
            fields={name: item.type for name, item in outline.fields.items()},
            states=states,
            path=outline.states.path,
            final=frozenset(name for name, state in outline.states.table.items() if state.final),
        )


def is_known(type_: Type) -> bool:
    """Whether a field's type is known; of a faulty declaration it is not."""
    if type_.item is not None:
        return all(is_known(inner) for _, inner in type_.item.fields)
    return type_ != UNKNOWN
