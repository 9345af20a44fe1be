"""Aggregates: windowed sums and counts over what records count for, and how long a result holds."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import cast

from orderflow.engine.days import beginning, day_of
from orderflow.expr.numbers import total
from orderflow.expr.types import Kind
from orderflow.model.facts import Aggregated, Contribution
from orderflow.model.moments import LAST_YEAR
from orderflow.model.standing import Aggregate

_MICROSECOND = timedelta(microseconds=1)


def window(aggregate: Aggregate, now: datetime, zone: tzinfo) -> datetime | None:
    """Where the window of an aggregate begins: a row counts when it is later than this and not later than `now`.

    Args:
        now: aware UTC.
        zone: the time zone of the rule set, for windows of local days.

    Returns:
        Aware UTC: `now - over` for a rolling window, one microsecond before the first local day; None when every row counts
        up to now.
    """
    try:
        if aggregate.over is not None:
            return now - aggregate.over
        if aggregate.days is not None:
            first = day_of(now, zone) - timedelta(days=aggregate.days - 1)
            return beginning(first, zone) - _MICROSECOND
    except OverflowError:  # the window reaches back before the calendar
        pass
    return None


def aggregated(aggregate: Aggregate, rows: Sequence[Contribution], now: datetime, zone: tzinfo) -> Aggregated:
    """The value of an aggregate at a moment, and the next moment at which time alone may change it.

    Args:
        rows: what records of one owner count for, in any order; rows outside the window are left out here. A row later than
            `now` does not count yet, but `until` knows of it.
        now: aware UTC.
        zone: the time zone of the rule set, for windows of local days.

    Returns:
        The value (`sum` over none: 0; `min` and `max` over none: None), and `until`: from now on to just before it, the
        value is the same as long as no row is added, changed or taken away; None means for good.
    """
    since = window(aggregate, now, zone)
    inside: list[Contribution] = []
    until: datetime | None = None
    first: datetime | None = None
    for row in rows:
        at = row.at
        if at is None or not _matters(aggregate, row.value):
            continue
        if at > now:
            if until is None or at < until:
                until = at
        elif since is None or at > since:
            inside.append(row)
            if first is None or at < first:
                first = at
    return Aggregated(_value(aggregate, inside), _until(aggregate, first, until, zone))


def counted(
    aggregate: Aggregate, count: int, first: datetime | None, coming: datetime | None, zone: tzinfo
) -> Aggregated:
    """The value of a `count` whose rows somebody else has counted, as `aggregated` gives it.

    Args:
        count: how many of the rows that matter are in the window; `first` is the moment of the earliest of them.
        coming: the moment of the earliest one that does not count yet.
        zone: the time zone of the rule set.
    """
    return Aggregated(count, _until(aggregate, first, coming, zone))


def _until(
    aggregate: Aggregate, first: datetime | None, coming: datetime | None, zone: tzinfo
) -> datetime | None:
    """The next moment at which the earliest row leaves the window, or one comes in."""
    leaves = None if first is None else _leaves(aggregate, first, zone)
    return min((moment for moment in (leaves, coming) if moment is not None), default=None)


def _matters(aggregate: Aggregate, value: object) -> bool:
    """Whether a row can make a difference at all."""
    if aggregate.op == "count":
        return aggregate.value is None or value is True
    if aggregate.op == "sum":
        return bool(value)
    return value is not None


def _leaves(aggregate: Aggregate, at: datetime, zone: tzinfo) -> datetime | None:
    """The first moment at which a row is no longer in the window; None when it stays for good."""
    leaves = None
    try:
        if aggregate.over is not None:
            leaves = at + aggregate.over
        elif aggregate.days is not None:
            leaves = beginning(day_of(at, zone) + timedelta(days=aggregate.days), zone)
    except OverflowError:
        return None
    return leaves if leaves is not None and leaves.year <= LAST_YEAR else None


def _value(aggregate: Aggregate, rows: Sequence[Contribution]) -> object:
    """The value over the rows in the window, all of which matter."""
    match aggregate.op:
        case "count":
            return len(rows)
        case "distinct":
            return len({row.value for row in rows})
        case "streak":
            return _streak(rows)
        case "sum":
            numbers = [cast(Decimal, row.value) for row in rows]
            return sum(cast("list[int]", numbers)) if aggregate.type.kind is Kind.INTEGER else total(numbers)
        case "min":
            return min((cast(Decimal, row.value) for row in rows), default=None)
        case "max":
            return max((cast(Decimal, row.value) for row in rows), default=None)


def _streak(rows: Sequence[Contribution]) -> int:
    """How many rows in a row hold, from the latest back; rows of one moment are ordered by the record's id."""
    length = 0
    for row in sorted(rows, key=lambda row: (cast(datetime, row.at), row.record), reverse=True):
        if row.value is not True:
            break
        length += 1
    return length
