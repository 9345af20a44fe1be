"""What an expression may name, by where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orderflow.compiler.declared import NOTHING_DECLARED, Declared
from orderflow.compiler.field_types import is_known
from orderflow.compiler.outline import Outline
from orderflow.expr.calendars import Workdays
from orderflow.expr.scope import RefScope, Scope, Surroundings
from orderflow.expr.types import Type

__all__ = ["Scopes", "is_known"]

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of all entities."""

    outlines: Mapping[str, Outline]
    declared: Declared = NOTHING_DECLARED
    _made: dict[tuple[str, bool, bool], Scope] = field(default_factory=dict, compare=False, repr=False)

    def of(self, entity: str, *, lenient: bool = False) -> Scope:
        """The scope of an expression that judges a record as it stands: queues, metrics, tags, tables.

        Args:
            entity: its name.
            lenient: for metrics, where a missing value leaves the record out.
        """
        return self._whole(entity, lenient=lenient, decides=False)

    def deciding(self, entity: str) -> Scope:
        """The scope of an expression that is part of a decision: it may ask for stock and for resources, too."""
        return self._whole(entity, lenient=False, decides=True)

    def event(self, entity: str, event: str) -> Scope:
        """The scope of a guard or a `set` that sees an event of that entity; it is part of a decision."""
        fields = self.outlines[entity].event_data.get(event, {})
        return replace(self.deciding(entity), event={name: item.type for name, item in fields.items()})

    def with_extra(
        self, entity: str, extra: Mapping[str, Type], *, event: str | None = None, decides: bool = False
    ) -> Scope:
        """The scope of a record with further names.

        Args:
            entity: its name.
            extra: the names and their types.
            event: the event at hand, if there is one.
            decides: whether it is part of a decision; with an event it is.
        """
        if event is not None:
            scope = self.event(entity, event)
        else:
            scope = self.deciding(entity) if decides else self.of(entity)
        return replace(scope, extra={**scope.extra, **extra})

    def is_private(self, path: str) -> bool:
        """Whether `order.phone`, or `line.note` of the rows of some entity, is a private field."""
        owner, _, name = path.partition(".")
        fields = [outline.fields for outline in self.outlines.values() if outline.name == owner]
        for outline in self.outlines.values():
            rows = (item.rows for item in outline.fields.values() if item.rows is not None)
            fields += [row.fields for row in rows if row.name == owner]
        return any(name in known and known[name].private for known in fields)

    def row(self, entity: str, name: str, fields: Mapping[str, Type]) -> Scope:
        """The scope of an expression on a row of a record, with the record around it."""
        return Scope(name, fields, outer=self.of(entity))

    def alone(self, entity: str) -> Scope:
        """The scope of a record without relatives and without the world around it, but for the calendars."""
        outline = self.outlines[entity]
        states = {name: frozenset(state.leaves) for name, state in outline.states.table.items()}
        states |= {name: frozenset({name}) for name in outline.states.lost}
        return Scope(
            entity=entity,
            fields={name: item.type for name, item in outline.fields.items()},
            states=states,
            path=outline.states.path,
            final=frozenset(name for name, state in outline.states.table.items() if state.final),
            around=Surroundings(calendars=self.calendars),
        )

    @property
    def calendars(self) -> Mapping[str, Workdays]:
        """What each calendar says."""
        return {name: calendar.days for name, calendar in self.declared.calendars.items()}

    def _whole(self, entity: str, *, lenient: bool, decides: bool) -> Scope:
        known = self._made.get((entity, lenient, decides))
        if known is not None:
            return known
        outline = self.outlines[entity]
        parent = None
        if outline.parent is not None:
            parent = replace(self.alone(outline.parent), around=self._around(outline.parent, decides=False))
        here = replace(
            self.alone(entity),
            parent=parent,
            lenient=lenient,
            around=self._around(entity, decides=decides),
        )
        children = {
            name: replace(
                self.alone(child.entity),
                parent=here,
                lenient=lenient,
                around=self._around(child.entity, decides=False),
            )
            for name, child in outline.children.items()
        }
        made = self._made[entity, lenient, decides] = replace(here, children=children)
        return made

    def _around(self, entity: str, *, decides: bool) -> Surroundings:
        """What an expression on a record of that entity may ask of the world around it."""
        declared = self.declared
        parent = self.outlines[entity].parent
        holds = declared.holds_of.get(entity, _NOTHING)
        if parent is not None:
            holds |= declared.holds_of.get(parent, _NOTHING)
        return Surroundings(
            refs=declared.owners,
            own=declared.owners.get(entity, RefScope({})),
            tags=declared.tags_of.get(entity, _NOTHING),
            tables=declared.tables_of.get(entity, {}),
            holds=holds,
            policies=declared.policies_of.get(entity, _NOTHING) if decides else None,
            resources=declared.amounts_of.get(entity, _NOTHING) if decides else None,
            calendars=self.calendars,
            warehouses=tuple(declared.warehouses),
            pools=tuple(declared.pools),
            stock=decides,
        )
