"""What an expression may ask of the world around its record: facts that were read beforehand, tables, tiers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from orderflow.engine.tiers import level
from orderflow.model.facts import Facts
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Record
from orderflow.model.stock import NOTHING, Position

if TYPE_CHECKING:
    from orderflow.engine.linked import Linked


class World:
    """Answers out of `facts` and the linked rules; what decides extends it (see `orderflow.expr.view.View`)."""

    __slots__ = ()

    rules: "Linked"
    facts: Facts
    record: Record
    parent: Record | None
    children: Mapping[str, Sequence[Record]]
    event: Mapping[str, object] | None
    extra: Mapping[str, object]
    zone: tzinfo
    now: datetime

    def of(self, child: Record) -> "World":
        """The same moment, seen from a child."""
        raise NotImplementedError

    def ref(self, entity: str, id: str) -> Mapping[str, object]:
        """The fields of a root record that a ref names; the defaults, where there is no such record."""
        found = self.facts.refs.get((entity, id))
        return found if found is not None else self.rules.defaults[entity]

    def aggregate(self, key: str, owner: str | None) -> object:
        """The aggregate of that owner; None means the record itself."""
        return self.facts.aggregates[key, self.record.id if owner is None else owner].value

    def tier(self, key: str, owner: str | None) -> str:
        """The level of the tier of that owner; None means the record itself."""
        tier, value = self.rules.tiers[key]
        entity = key.partition(".")[0]
        fields = self.record.fields if owner is None else self.ref(entity, owner)
        of = OwnerView(self, Record(entity, self.record.id if owner is None else owner, "", dict(fields)))
        return level(tier, value(of.record.fields, of))

    def look_up(self, table: str, output: str) -> object:
        """An output of a decision table for the record; None where no row fits."""
        row = self.rules.tables[table].first(self.record.fields, self)
        return None if row is None else row.get(output)

    def collect(self, table: str) -> Sequence[Mapping[str, object]]:
        """The outputs of every row of a decision table that fits the record."""
        return self.rules.tables[table].every(self.record.fields, self)

    def position(self, warehouse: str, sku: str) -> Position:
        """A stock position as of the beginning of the event."""
        return self.facts.stock.get((warehouse, sku), NOTHING)

    def can_source(self, policy: str) -> bool:
        """Outside a decision nothing is allocated."""
        raise LookupError(policy)

    def can_take(self, resource: str) -> bool:
        """Outside a decision nothing is taken."""
        raise LookupError(resource)


class OwnerView(World):
    """A root record by itself, with the facts of another view: what a tier's value is worked out over."""

    __slots__ = ("children", "event", "extra", "facts", "now", "parent", "record", "rules", "zone")

    def __init__(self, around: World, record: Record) -> None:
        self.rules = around.rules
        self.facts = around.facts
        self.now = around.now
        self.zone = around.zone
        self.record = record
        self.parent = None
        self.children = EMPTY
        self.event = None
        self.extra = EMPTY

    def of(self, child: Record) -> "OwnerView":
        """It is looked at without its children."""
        return OwnerView(self, child)
