"""Warehouses, pools, allocation policies, decision tables, calendars and promises, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal

from orderflow.diagnostics import Span
from orderflow.expr.calendars import Workdays
from orderflow.expr.tree import Expression
from orderflow.expr.types import Type
from orderflow.model.frozen import EMPTY

#: A place on the map: degrees of latitude and longitude (WGS 84).
Location = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place that keeps stock; a forward one serves a radius around it."""

    name: str
    label: str
    level: str
    span: Span
    parent: str | None = None
    location: Location | None = None
    radius_km: Decimal | None = None
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pool:
    """Units set aside; `who` says, of a row (with the record around it), whether it may draw on them."""

    name: str
    label: str
    of: str
    who: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Allocation:
    """A policy that finds warehouses for the rows of a root record.

    Args:
        of: the root entity; `lines`: its list field; `line_key`: the field that tells its rows apart.
        children: the children that are made of its parcels (`one_per: plan.parcel`), and their entity.
        near: gives the location that distances are measured from.
        candidates: who may serve, over the root with the record `warehouse` in reach.
        rank: lexicographic: `parcels`, `distance_km`, `cost`, `level`.
        pack_by: of a row (with the record around it): what one warehouse sends goes into a parcel for each value of it.
        carrier: a table of the child that gives `carrier`; `promise`: the promise of each parcel.
    """

    name: str
    label: str
    of: str
    lines: str
    line_key: str
    children: str | None
    child: str | None
    near: Expression | None
    candidates: Expression | None
    rank: tuple[str, ...]
    split: bool
    carrier: str | None
    promise: str | None
    span: Span
    pack_by: Expression | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a decision table: `when` is None for `otherwise`; `values` by output, of the declared types.

    `spans`: where the value of `when` and of each output stands.
    """

    when: Expression | None
    values: Mapping[str, object]
    span: Span
    spans: Mapping[str, Span] = EMPTY


@dataclass(frozen=True, slots=True)
class Course:
    """That an output never falls (or, with `falls`, never rises) while what the rows compare rises."""

    output: str
    falls: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table over the records of an entity (`unique`, `first`: one row's outputs; `collect`: all)."""

    name: str
    label: str
    of: str
    hit: Literal["unique", "first", "collect"]
    gives: Mapping[str, Type]
    rows: tuple[TableRow, ...]
    span: Span
    courses: tuple[Course, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked."""

    name: str
    label: str
    days: Workdays
    span: Span


@dataclass(frozen=True, slots=True)
class Promise:
    """The promised day: the local day of `start`, one more past the `cutoff`, plus `days` plus `buffer`.

    `writes` names a date field of the root that gets the latest of its parcels, if it is missing. With a `calendar` all days
    are working days of it.
    """

    name: str
    label: str
    of: str
    start: Expression
    cutoff: time | None
    days: Expression
    buffer: Expression | None
    writes: str | None
    span: Span
    calendar: Calendar | None = None
