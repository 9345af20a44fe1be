"""What a compiled expression is given when it runs: `f(r, v)`.

`r` is the dict of fields of the record in scope: every declared field is there, None where it is missing; rows are
dicts in a tuple. `v` is the view of that record, as below. For an expression on a row, `r` is the row and `v` the
view of the record around it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Never, Protocol


class RecordView(Protocol):
    """A record as expressions see it. `entered` and `reached` hold the state it is in now, too."""

    @property
    def fields(self) -> Mapping[str, object]:
        """Every declared field; None where missing."""

    @property
    def state(self) -> str:
        """The leaf state it is in."""

    @property
    def entered(self) -> Mapping[str, datetime]:
        """The last moment it entered each state, compound ones too, aware UTC."""

    @property
    def reached(self) -> Mapping[str, datetime]:
        """The first moment it entered each state, aware UTC."""

    @property
    def holds(self) -> Mapping[str, "HoldView"]:
        """The holds that are on, by name."""

    @property
    def paused(self) -> Mapping[str, timedelta]:
        """How long it was held since it last entered each state, without a hold that is still on."""

    @property
    def tags(self) -> Mapping[str, datetime]:
        """Since when each tag is set, aware UTC."""


class HoldView(Protocol):
    """A hold that is on."""

    @property
    def since(self) -> datetime:
        """Since when, aware UTC."""


class PositionView(Protocol):
    """A stock position, in units."""

    @property
    def on_hand(self) -> int:
        """What lies there."""

    @property
    def available(self) -> int:
        """What anyone may take."""

    @property
    def pools(self) -> Mapping[str, int]:
        """What is set aside, by pool."""


class View(Protocol):
    """The surroundings of a record: its state, relatives, event and clock."""

    @property
    def record(self) -> RecordView:
        """The record itself."""

    @property
    def parent(self) -> RecordView | None:
        """Its parent, where it has one."""

    @property
    def children(self) -> Mapping[str, Sequence[RecordView]]:
        """Its children by name."""

    @property
    def event(self) -> Mapping[str, object] | None:
        """The data of the event at hand with `actor`, `at` and `event_id`."""

    @property
    def now(self) -> datetime:
        """The moment of deciding, aware UTC."""

    @property
    def zone(self) -> tzinfo:
        """The time zone of the rule set."""

    @property
    def extra(self) -> Mapping[str, object]:
        """The further names of the scope."""

    def ref(self, entity: str, id: str) -> Mapping[str, object]:
        """The fields of a root record that a ref names."""

    def aggregate(self, key: str, owner: str | None) -> object:
        """The aggregate `ENTITY.NAME` of that owner; None means the record itself."""

    def tier(self, key: str, owner: str | None) -> str:
        """The level of the tier `ENTITY.NAME` of that owner; None means the record itself."""

    def look_up(self, table: str, output: str) -> object:
        """An output of a decision table for the record; None where no row fits."""

    def collect(self, table: str) -> Sequence[Mapping[str, object]]:
        """The outputs of every row of a decision table that fits the record."""

    def can_source(self, policy: str) -> bool:
        """Whether an allocation policy finds a plan for the record."""

    def can_take(self, resource: str) -> bool:
        """Whether the record could take a resource now."""

    def position(self, warehouse: str, sku: str) -> PositionView:
        """A stock position as of the beginning of the event."""

    def of(self, child: Never, /) -> "View":
        """The view of one of its children (`Never`: an implementation may ask for its own class of record)."""


Function = Callable[[Mapping[str, object], View], object]


class Missing(Exception):  # noqa: N818 - not an error: a metric leaves the record out and counts the name
    """A value that is needed is missing; only expressions checked in a lenient scope raise it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"`{name}` is missing")
        self.name = name

    def __reduce__(self) -> tuple[type["Missing"], tuple[str]]:
        return Missing, (self.name,)
