"""Records as they stand between two events, and the family that is decided, locked and stored as one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


class Held(NamedTuple):
    """Units of stock that a record holds (`place` a warehouse, `item` a SKU), an amount or a token (`item` its owner)."""

    place: str
    item: str
    quantity: int
    pool: str = ""


#: What a record holds of one resource.
Holding = tuple[Held, ...]


class HoldOn(NamedTuple):
    """A hold that is on: since when (aware UTC), who placed it and why; the engine, for one that has a condition."""

    since: datetime
    actor: str = "engine"
    reason: str = ""


class Standing(NamedTuple):
    """A record's place in a queue: since when, aware UTC."""

    queue: str
    record: str
    since: datetime


@dataclass(slots=True)
class Record:
    """One record: a value, never changed once a decision has returned it.

    Args:
        entity: the name of its kind.
        id: the root's key, or `ROOT/CHILDREN/N` for a child.
        state: the leaf state it is in.
        fields: every declared field; None where missing. Rows of a list are dicts in a tuple.
        entered: the last moment it entered each state (compound ones too), aware UTC.
        reached: the first moment it entered each state, aware UTC.
        held: what it holds now, by resource.
        holds: the holds that are on, by name.
        paused: how long it was held since it last entered each state, by state; without a hold that is still on.
        tags: since when each tag is set, aware UTC.
    """

    entity: str
    id: str
    state: str
    fields: dict[str, object]
    entered: dict[str, datetime] = field(default_factory=dict)
    reached: dict[str, datetime] = field(default_factory=dict)
    held: dict[str, Holding] = field(default_factory=dict)
    holds: dict[str, HoldOn] = field(default_factory=dict)
    paused: dict[str, timedelta] = field(default_factory=dict)
    tags: dict[str, datetime] = field(default_factory=dict)

    def copy(self) -> "Record":
        """A record of its own that may be changed without the first one noticing."""
        return Record(
            self.entity,
            self.id,
            self.state,
            self.fields.copy(),
            self.entered.copy(),
            self.reached.copy(),
            self.held.copy(),
            self.holds.copy(),
            self.paused.copy(),
            self.tags.copy(),
        )


@dataclass(slots=True)
class Family:
    """A record with its children: the unit of decision, locking and retry.

    Args:
        root: the record that heads it.
        children: its child records by the name the root's entity gives them.
        version: the number of decisions that changed it.
        wake: the next moment at which a timer is due, aware UTC.
        waiting: what would let it move on (`retry_on`): `stock:SKU`, `credit:OWNER`, sorted.
        digest: the rule set that decided it last.
        standing: the queues that its records stand in, in the order of the rules.
    """

    root: Record
    children: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    version: int = 0
    wake: datetime | None = None
    waiting: tuple[str, ...] = ()
    digest: str = ""
    standing: tuple[Standing, ...] = ()

    @property
    def id(self) -> str:
        """The key of the root record."""
        return self.root.id

    def records(self) -> Iterator[Record]:
        """The root, then each child in order."""
        yield self.root
        for several in self.children.values():
            yield from several

    @classmethod
    def none(cls, entity: str, id: str) -> "Family":
        """What stands for a family that is not there: no state, no fields, version 0."""
        return cls(Record(entity, id, "", {}))

    def find(self, record_id: str) -> Record | None:
        """The record of that id, or None."""
        return next((record for record in self.records() if record.id == record_id), None)


def root_of(record_id: str) -> str:
    """The id of the family that a record id belongs to: what stands before the first `/`."""
    return record_id.partition("/")[0]


def child_id(root_id: str, children: str, number: int) -> str:
    """The id of the `number`-th child (from 1)."""
    return f"{root_id}/{children}/{number}"


def masked(value: object) -> object:
    """A private value as it may be shown: `138****0000`; the ends of longer texts stay, the rest is stars."""
    if not isinstance(value, str):
        return None if value is None else "****"
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else "****"
