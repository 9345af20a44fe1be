"""A family while it is being decided: copies of the records that change, and what has come about so far."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from orderflow.engine.actions import ActionPlan
from orderflow.engine.machine import Machine
from orderflow.model.decision import Change, Effect, Move, Step
from orderflow.model.definition import Definition, Resource
from orderflow.model.event import Event
from orderflow.model.facts import Facts, StockKey
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, Holding, Record


class DraftView:
    """What an expression sees of one record: implements `orderflow.expr.view.View`."""

    __slots__ = ("children", "draft", "event", "extra", "now", "parent", "record", "zone")

    def __init__(self, draft: "Draft", record: Record) -> None:
        self.draft = draft
        self.record = record
        is_root = record is draft.root
        self.parent = None if is_root else draft.root
        self.children: Mapping[str, Sequence[Record]] = draft.children if is_root else EMPTY
        self.event = draft.payload
        self.now = draft.now
        self.zone = draft.zone
        self.extra: Mapping[str, object] = EMPTY

    def of(self, child: Record) -> "DraftView":
        """The same moment, seen from a child."""
        return DraftView(self.draft, child)


class Draft:
    """The working copy of one decision. Records are copied before they first change; the family given stays as it was."""

    __slots__ = (
        "at", "changes", "children", "definition", "effects", "event", "facts", "internal", "machines", "moves", "now", "owned",
        "payload", "pending", "root", "steps", "zone",
    )  # fmt: skip

    def __init__(
        self,
        definition: Definition,
        machines: Mapping[str, Machine],
        family: Family,
        event: Event,
        now: datetime,
        facts: Facts,
        zone: tzinfo,
    ) -> None:
        self.definition = definition
        self.machines = machines
        self.root = family.root
        self.children: dict[str, list[Record]] = {
            name: list(family.children.get(name, ())) for name in machines[family.root.entity].entity.children
        }
        self.event = event
        self.at = event.at
        self.now = now
        self.zone = zone
        self.facts = facts
        self.payload: Mapping[str, object] | None = None
        self.owned: set[str] = set()
        self.pending: dict[StockKey, int] = {}
        self.steps: list[Step] = []
        self.changes: list[Change] = []
        self.effects: list[Effect] = []
        self.moves: list[Move] = []
        self.internal: deque[tuple[str, str]] = deque()

    def view(self, record: Record) -> DraftView:
        """The record as expressions see it now."""
        return DraftView(self, record)

    def find(self, record_id: str) -> Record | None:
        """The record of that id as it stands in this draft."""
        if record_id == self.root.id:
            return self.root
        return next(
            (child for several in self.children.values() for child in several if child.id == record_id), None
        )

    def records(self) -> list[Record]:
        """The root, then each child."""
        if not self.children:
            return [self.root]
        return [self.root, *(child for several in self.children.values() for child in several)]

    def own(self, record: Record) -> Record:
        """The draft's own copy of a record, which may be changed."""
        if record.id in self.owned:
            return record
        self.owned.add(record.id)
        mine = record.copy()
        if record is self.root:
            self.root = mine
            return mine
        for several in self.children.values():
            for index, child in enumerate(several):
                if child is record:
                    several[index] = mine
                    return mine
        raise LookupError(record.id)

    def set_field(self, record: Record, name: str, value: object) -> None:
        """Give a field of an owned record a value, noting the change if it is one."""
        before = record.fields.get(name)
        if before != value:
            record.fields[name] = value
            self.changes.append(Change(record.id, name, before, value))

    def act(self, record: Record, plan: ActionPlan) -> None:
        """Add the effect of an action; its key is completed when the version is known."""
        parameters = plan.parameters(record.fields, self.view(record))
        self.effects.append(
            Effect(
                "",
                record.id,
                plan.name,
                plan.use,
                parameters,
                plan.attempts,
                plan.first_seconds,
                plan.private,
            )
        )

    def demand(self, record: Record, resource: Resource) -> Holding:
        """The units that entering the resource's state takes, added up by SKU and sorted: one SKU on two lines counts once."""
        rows = self.machines[record.entity].lines[resource.name](record.fields, self.view(record))
        units: dict[str, int] = {}
        for row in rows:  # type: ignore[attr-defined]
            units[row["sku"]] = units.get(row["sku"], 0) + row["quantity"]
        return tuple(sorted((sku, quantity) for sku, quantity in units.items() if quantity > 0))

    def shortages(self, record: Record, resources: Sequence[Resource]) -> list[tuple[str, str, int, int]]:
        """What is missing to take the resources: (warehouse, SKU, needed, available)."""
        needed: dict[StockKey, int] = {}
        for resource in resources:
            for sku, quantity in self.demand(record, resource):
                key = (resource.warehouse, sku)
                needed[key] = needed.get(key, 0) + quantity
        found = []
        for key, quantity in needed.items():
            available = self.facts.stock.get(key, 0) - self.pending.get(key, 0)
            if available < quantity:
                found.append((*key, quantity, max(available, 0)))
        return found

    def take(self, record: Record, resource: Resource) -> None:
        """Take the units that the record demands; they are stored with it, so that the same ones are given back."""
        units = self.demand(record, resource)
        record.held[resource.name] = units
        for sku, quantity in units:
            self._move("take", resource, sku, quantity, record, quantity)

    def give_back(self, record: Record, resource: Resource) -> None:
        """Give back what the record holds."""
        for sku, quantity in record.held.pop(resource.name, ()):
            self._move("give_back", resource, sku, quantity, record, -quantity)

    def spend(self, record: Record, resource: Resource) -> None:
        """Turn what the record holds into consumption; nothing becomes available by it."""
        for sku, quantity in record.held.pop(resource.name, ()):
            self._move("spend", resource, sku, quantity, record, 0)

    def _move(
        self, kind: str, resource: Resource, sku: str, quantity: int, record: Record, lowers: int
    ) -> None:
        key = (resource.warehouse, sku)
        self.pending[key] = self.pending.get(key, 0) + lowers
        self.moves.append(Move(kind, resource.warehouse, sku, quantity, record.id))  # type: ignore[arg-type]

    def family(self, before: Family, wake: datetime | None, waiting: tuple[str, ...]) -> Family:
        """The family after the decision, one version on."""
        children = {name: tuple(several) for name, several in self.children.items()}
        return Family(self.root, children, before.version + 1, wake, waiting, self.definition.digest)
