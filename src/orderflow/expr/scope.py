"""What an expression may name, given where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from orderflow.expr.calendars import Workdays
from orderflow.expr.types import DATETIME, TEXT_TYPE, Type

#: What every event carries beside its own data.
EVENT_FIELDS: Mapping[str, Type] = MappingProxyType(
    {"actor": TEXT_TYPE, "at": DATETIME, "event_id": TEXT_TYPE}
)


@dataclass(frozen=True, slots=True)
class RefScope:
    """What may be read of a root record through a ref: its fields, its aggregates, its tiers with their levels."""

    fields: Mapping[str, Type]
    aggregates: Mapping[str, Type] = field(default_factory=dict)
    tiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableScope:
    """A decision table: its outputs; `total` when a row says `otherwise`."""

    hit: str
    gives: Mapping[str, Type]
    total: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression may ask of the world around its record.

    Args:
        refs: by entity, what a ref to it may read.
        own: the same of the record's own entity: bare aggregates, `tier`, `has_tag`.
        tags: the tags of the record's entity.
        tables: the decision tables of its entity.
        holds: the holds of its entity and of its parent's.
        policies: the allocation policies that `can_source` may name; None where nothing is decided.
        resources: the amount resources that `can_take` may name; None likewise.
        calendars: the calendars of the rule set; without any, Monday to Friday are worked.
        warehouses, pools: what stock functions may name; `stock` is False where stock may not be asked for.
    """

    refs: Mapping[str, RefScope] = field(default_factory=dict)
    own: RefScope | None = None
    tags: frozenset[str] = frozenset()
    tables: Mapping[str, TableScope] = field(default_factory=dict)
    holds: frozenset[str] = frozenset()
    policies: frozenset[str] | None = None
    resources: frozenset[str] | None = None
    calendars: Mapping[str, Workdays] = field(default_factory=dict)
    warehouses: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    stock: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in reach of an expression.

    Args:
        entity: the name of the record in scope; `order.paid_at` reads its field where a row hides `paid_at`.
        fields: its fields.
        parent: the scope of its parent record, whose fields are read as `order.x`.
        children: its children by name, each with the child's own scope (whose `parent` may be left out).
        event: the data of the event at hand, or None where there is none; `actor`, `at` and `event_id` come by
            themselves.
        states: every state, compound ones too, with the leaf states inside it (a leaf: itself).
        path: the leaf states in the order of progress.
        final: the leaf states that are final. Live is what is not in a final state off `path`.
        extra: further names that the caller supplies when it evaluates, such as `sequence`.
        lenient: True for metrics: a missing value is no fault, but raises `Missing` when it is needed.
        outer: for a row inside a record, the scope of that record.
        around: what it may ask of the world around it; of a row, that of its record counts.
    """

    entity: str
    fields: Mapping[str, Type]
    parent: "Scope | None" = None
    children: "Mapping[str, Scope]" = field(default_factory=dict)
    event: Mapping[str, Type] | None = None
    states: Mapping[str, frozenset[str]] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    final: frozenset[str] = frozenset()
    extra: Mapping[str, Type] = field(default_factory=dict)
    lenient: bool = False
    outer: "Scope | None" = None
    around: Surroundings = field(default_factory=Surroundings)

    @property
    def leaves(self) -> frozenset[str]:
        """Every leaf state."""
        return frozenset().union(*self.states.values())

    @property
    def dead(self) -> frozenset[str]:
        """The final states off the path: a record in one of them is not live."""
        return self.final - frozenset(self.path)

    def since(self, state: str) -> frozenset[str]:
        """The leaf states that count as having reached `state`: its own, and those later on the path."""
        leaves = self.states[state]
        ranks = [rank for rank, leaf in enumerate(self.path) if leaf in leaves]
        return leaves | frozenset(self.path[min(ranks) :]) if ranks else leaves
