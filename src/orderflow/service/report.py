"""What a run has to say to a manager, as plain data: the source of its text, JSON and HTML."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from orderflow.service.accounts import (
    AllocationPart,
    AmountLine,
    ArrivalLine,
    DayLine,
    HoldLine,
    LatePart,
    LifeLine,
    MoveLine,
    PoolLine,
    RefusalLine,
    Share,
    Story,
    TagLine,
    TicketLine,
    Trouble,
    plain,
)


@dataclass(frozen=True, slots=True)
class RuleSetLine:
    """Which rules decided."""

    name: str
    label: str
    version: str
    digest: str
    timezone: str
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class StateLine:
    """How many orders show a state; in the order of the rules, empty states too."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How many records stand in a queue, who owns it, and the first few ids, those that stand there longest.

    Args:
        since: since when the oldest stands there, local; `oldest_seconds` is how long that is.
        handed_over: for how many of them a ticket is open; `tickets` are the first few of these.
        opened: how many tickets were ever opened from this queue.
        places: at which warehouses they are, where that is known.
        of, of_label: of which entity they are.
    """

    name: str
    label: str
    owner: str | None
    count: int
    examples: tuple[str, ...] = ()
    since: datetime | None = None
    oldest_seconds: float | None = None
    handed_over: int = 0
    opened: int = 0
    tickets: tuple[TicketLine, ...] = ()
    places: tuple[Share, ...] = ()
    of: str = ""
    of_label: str = ""


#: The value of what a metric is told apart by: a date as text, a text, a choice, a bool, an integer; None for `NO_GROUP`.
GroupKey = str | int | None
#: What people call the group of the records for which that value is missing.
NO_GROUP = "no_group"


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A measured share (`rate`) or distribution (`mean`), with what was left out and why.

    Args:
        value: the share from 0 to 1, or the mean; None when there was nothing to measure.
        numerator, denominator: of a share; the sum and the count of a distribution.
        excluded: how many records were left out, by reason.
        mean, median, p90, count: of a distribution; percentiles are interpolated linearly.
        more: further percentiles that the metric's `also` asks for, by name (`p75`).
        unit: `seconds` of elapsed time, or empty for a plain number.
        by, groups: the expression that tells groups apart, and the figures of each by its value, in order.
    """

    name: str
    label: str
    kind: Literal["rate", "mean"]
    value: float | None
    numerator: float | None = None
    denominator: int | None = None
    excluded: Mapping[str, int] | None = None
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    count: int | None = None
    more: Mapping[str, float | None] | None = None
    unit: str = ""
    by: str = ""
    groups: Mapping[GroupKey, "MetricLine"] | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the metric as plain data for JSON: the keys of its kind only."""
        shared: dict[str, object] = {"label": self.label, "kind": self.kind, "value": self.value}
        excluded = dict(self.excluded or {})
        if self.groups is not None:
            rows = [{"group": key, **line.to_dict()} for key, line in self.groups.items()]
            return {**replace(self, groups=None).to_dict(), "by": self.by, "groups": rows}
        if self.kind == "rate":
            return {
                **shared,
                "numerator": self.numerator,
                "denominator": self.denominator,
                "excluded": excluded,
            }
        return {
            **shared,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "mean": self.mean,
            "median": self.median,
            "p90": self.p90,
            **(self.more or {}),
            "count": self.count,
            "unit": self.unit,
            "excluded": excluded,
        }


@dataclass(frozen=True, slots=True)
class FindingLine:
    """How many records carry a contradiction."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What became of the effects of one action."""

    action: str
    sent: int = 0
    failed: int = 0
    dead: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class StockLine:
    """The stock of one warehouse, summed over its positions, in units."""

    warehouse: str
    label: str
    positions: int
    on_hand: int
    allocated: int
    sold_out: int = 0
    pooled: int = 0
    unsellable: int = 0
    in_transit: int = 0
    safety_stock: int = 0

    @property
    def available(self) -> int:
        """What anyone may take: on hand, less allocated, pooled and unsellable."""
        return self.on_hand - self.allocated - self.pooled - self.unsellable


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """An input row that could not be read; `line` and `column` count from 1, 0 where there is none."""

    file: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Series:
    """Submitted orders over time: the local start of each bucket and a count, gaps filled with 0."""

    unit: Literal["hour", "day", "month"]
    points: tuple[tuple[datetime, int], ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """Everything that one run found.

    Args:
        ruleset: the rules that decided.
        now: the moment that queues and metrics speak of, aware.
        orders: records of the entity that the report speaks of first (`subject`), in the storage.
        subject: its label; `states` are those that people see of it.
        events: events played; `refused` of them changed nothing.
        refusals: how many were refused, by code.
        repeated: how many had been applied before and did nothing now.
        oversold: orders that took units which were not there, by the stock ledger.
        rejected: input rows that could not be read.
        notes: what else there is to say of the input, such as columns that nothing maps.
        series: submitted orders over time, or None.
        seconds: how long the run took.
        troubles: what went wrong, in a few sentences; the first thing to read.
        lives: for each entity, how many records stand where, and how often each transition was taken.
        days: what happened on each local day.
        refused_events: what was refused, by kind, in the whole storage.
        story: one record's whole story, or None.
    """

    ruleset: RuleSetLine
    now: datetime
    orders: int
    states: tuple[StateLine, ...]
    queues: tuple[QueueLine, ...] = ()
    metrics: tuple[MetricLine, ...] = ()
    findings: tuple[FindingLine, ...] = ()
    oversold: int = 0
    stock: tuple[StockLine, ...] = ()
    events: int = 0
    refused: int = 0
    refusals: Mapping[str, int] | None = None
    repeated: int = 0
    rejected: tuple[RejectedLine, ...] = ()
    notes: tuple[str, ...] = ()
    effects: tuple[EffectLine, ...] = ()
    series: Series | None = None
    seconds: float = 0.0
    subject: str = ""
    troubles: tuple[Trouble, ...] = ()
    lives: tuple[LifeLine, ...] = ()
    days: tuple[DayLine, ...] = ()
    allocation: AllocationPart | None = None
    late: LatePart | None = None
    holds: tuple[HoldLine, ...] = ()
    amounts: tuple[AmountLine, ...] = ()
    pools: tuple[PoolLine, ...] = ()
    moves: tuple[MoveLine, ...] = ()
    tags: tuple[TagLine, ...] = ()
    arrival: tuple[ArrivalLine, ...] = ()
    refused_events: tuple[RefusalLine, ...] = ()
    story: Story | None = None

    @property
    def backordered(self) -> int:
        """Units that records wait for."""
        return self.allocation.backorders.units if self.allocation is not None else 0

    @property
    def sellable(self) -> int:
        """What the network can still promise: available and in transit, less safety stock and what is waited for."""
        ready = sum(row.available + row.in_transit - row.safety_stock for row in self.stock)
        return ready - self.backordered

    @property
    def orders_per_second(self) -> float:
        """Orders that the run carried a second; 0 when it was too short to tell."""
        return self.orders / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain data: what `run --format json` prints."""
        rules = self.ruleset
        return {
            "version": 1,
            "ruleset": {
                "name": rules.name,
                "label": rules.label,
                "version": rules.version,
                "digest": rules.digest,
                "timezone": rules.timezone,
            },
            "now": self.now.isoformat(),
            "orders": self.orders,
            "states": {state.name: state.count for state in self.states},
            "queues": {queue.name: queue.count for queue in self.queues},
            "metrics": {metric.name: metric.to_dict() for metric in self.metrics},
            "findings": {finding.name: finding.count for finding in self.findings},
            "oversold": self.oversold,
            "stock": {
                row.warehouse: {
                    "positions": row.positions,
                    "on_hand": row.on_hand,
                    "allocated": row.allocated,
                    "pooled": row.pooled,
                    "unsellable": row.unsellable,
                    "in_transit": row.in_transit,
                    "safety_stock": row.safety_stock,
                    "available": row.available,
                    "sold_out": row.sold_out,
                }
                for row in self.stock
            },
            "backordered": self.backordered,
            "sellable": self.sellable,
            "troubles": [trouble.text for trouble in self.troubles],
            "queue_details": {queue.name: plain(queue) for queue in self.queues},
            "entities": {life.entity: _life(life) for life in self.lives},
            "days": plain(self.days),
            "allocation": plain(self.allocation),
            "late": plain(self.late),
            "holds": plain(self.holds),
            "amounts": plain(self.amounts),
            "pools": plain(self.pools),
            "moves": plain(self.moves),
            "tags": plain(self.tags),
            "arrival": plain(self.arrival),
            "refused_events": plain(self.refused_events),
            "story": plain(self.story),
            "events": self.events,
            "refused": self.refused,
            "refusals": dict(self.refusals or {}),
            "repeated": self.repeated,
            "rejected": [
                {"file": row.file, "line": row.line, "column": row.column, "message": row.message}
                for row in self.rejected
            ],
            "notes": list(self.notes),
            "effects": {
                row.action: {"sent": row.sent, "failed": row.failed, "dead": row.dead, "pending": row.pending}
                for row in self.effects
            },
            "timing": {
                "seconds": round(self.seconds, 3),
                "orders_per_second": round(self.orders_per_second, 1),
            },
        }


def _life(life: LifeLine) -> dict[str, object]:
    return {
        "label": life.label,
        "parent": life.parent,
        "records": life.records,
        "states": {state.name: state.count for state in life.states},
        "transitions": [
            {"name": step.transition, "from": step.before, "to": step.after, "count": step.count}
            for step in life.steps
        ],
    }


def series(moments: Iterable[datetime], zone: tzinfo) -> Series | None:
    """Count moments by local hour, day or month, whichever gives a chart that can be read.

    Args:
        moments: aware moments, in any order.
        zone: the zone whose hours and days are meant.

    Returns:
        None when there are no moments. Hours up to three days, days up to four months, else months.
    """
    local = [moment.astimezone(zone) for moment in moments]
    if not local:
        return None
    first, last = min(local), max(local)
    span = last - first
    unit: Literal["hour", "day", "month"] = (
        "hour" if span <= timedelta(days=3) else "day" if span <= timedelta(days=122) else "month"
    )
    counts = Counter(_start(moment, unit) for moment in local)
    points = []
    at, end = _start(first, unit), _start(last, unit)
    while at <= end:
        points.append((at, counts[at]))
        at = _next(at, unit)
    return Series(unit, tuple(points))


def _start(moment: datetime, unit: str) -> datetime:
    """Return the wall-clock start of a bucket; without a zone, so that no hour is counted twice by name."""
    naive = moment.replace(tzinfo=None, minute=0, second=0, microsecond=0, fold=0)
    if unit == "hour":
        return naive
    return naive.replace(hour=0) if unit == "day" else naive.replace(hour=0, day=1)


def _next(at: datetime, unit: str) -> datetime:
    if unit == "hour":
        return at + timedelta(hours=1)
    if unit == "day":
        return at + timedelta(days=1)
    return (at + timedelta(days=32)).replace(day=1)
