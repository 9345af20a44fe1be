"""What a written expression may look at: names by kind, lists, children, and what is around the record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

NUMERIC = ("integer", "decimal", "money")
TIMES = ("date", "datetime", "duration")
#: The greatest value of a number without bounds; a century in seconds.
WHOLE, CENTURY = 1e18, 3.2e9
Clock = Literal["none", "turns", "free"]


@dataclass(frozen=True)
class Seen:
    """A value with a name: how it is written, its kind, whether it may be missing, how large it can be."""

    text: str
    kind: str
    optional: bool = False
    size: float = WHOLE
    nonzero: bool = False
    positive: bool = False
    options: tuple[str, ...] = ()
    entity: str = ""


@dataclass(frozen=True)
class Rows:
    """A list: how it is written, the record's name, the names in a row."""

    text: str
    record: str
    names: tuple[Seen, ...]
    optional: bool = False


@dataclass(frozen=True)
class Family:
    """Children: their name, and what a condition on one of them sees first."""

    name: str
    names: tuple[Seen, ...]
    states: tuple[str, ...]
    path: tuple[str, ...]
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sight:
    """All that an expression may look at.

    `sure` are values that a test before has shown to be there; `clock` says how it may read the clock; `decides` whether it is
    part of a decision.
    """

    names: tuple[Seen, ...]
    rows: tuple[Rows, ...] = ()
    families: tuple[Family, ...] = ()
    states: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables: tuple[Seen, ...] = ()
    collects: tuple[Rows, ...] = ()
    policies: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    warehouses: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    reaches: bool = False
    stock: bool = False
    clock: Clock = "none"
    lenient: bool = False
    inside: bool = False
    sure: frozenset[str] = frozenset()

    def of_kind(self, *kinds: str) -> list[Seen]:
        """The names of some kinds."""
        return [each for each in self.names if each.kind in kinds]

    def also(self, *names: Seen) -> "Sight":
        """With further names."""
        return replace(self, names=(*self.names, *names))

    def without_states(self) -> "Sight":
        """Before the record is in any state."""
        return replace(self, states=(), path=(), families=(), holds=())

    def told(self, clock: Clock, *, decides: bool = False) -> "Sight":
        """The same under other terms."""
        if decides:
            return replace(self, clock=clock)
        return replace(self, clock=clock, stock=False, policies=(), amounts=())

    def row(self, rows: Rows) -> "Sight":
        """What a condition on a row sees: the row's names hide the others."""
        hidden = {each.text for each in rows.names}
        outer = tuple(each for each in self.names if each.text not in hidden)
        return replace(
            self, names=(*rows.names, *outer), rows=(), families=(), inside=True, clock=_inner(self.clock)
        )

    def child(self, family: Family) -> "Sight":
        """What a condition on a child sees: nothing is asked there of the world around the parent."""
        hidden = {each.text for each in family.names}
        outer = tuple(each for each in self.names if each.text not in hidden)
        return replace(
            self, names=(*family.names, *outer), rows=(), families=(), inside=True, clock=_inner(self.clock),
            states=family.states, path=family.path, holds=family.holds, tags=(), tiers={}, tables=(), collects=(),
            policies=(), amounts=(), reaches=False, stock=False,
        )  # fmt: skip


def _inner(clock: Clock) -> Clock:
    """Nothing tells when time turns a condition on rows or children."""
    return "free" if clock == "free" else "none"


def through(ref: Seen, names: Iterator[Seen]) -> Iterator[Seen]:
    """What a ref leads to; through one that may be missing, only what can stand beside a test."""
    for each in names:
        text = f"{ref.text}.{each.text}"
        if not ref.optional:
            yield replace(each, text=text)
        elif each.kind in NUMERIC and not each.optional:
            yield replace(each, text=f"({text} if {ref.text} is not None else 1)", nonzero=False)
