"""What a run has to say to a manager, as plain data: the source of its text, JSON and HTML."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal


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
    """How many records stand in a queue, who owns it, and the first few ids."""

    name: str
    label: str
    owner: str | None
    count: int
    examples: tuple[str, ...] = ()


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

    def to_dict(self) -> dict[str, object]:
        """Return the metric as plain data for JSON: the keys of its kind only."""
        shared: dict[str, object] = {"label": self.label, "kind": self.kind, "value": self.value}
        excluded = dict(self.excluded or {})
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
        orders: root records in the storage.
        events: events played; `refused` of them changed nothing.
        refusals: how many were refused, by code.
        repeated: how many had been applied before and did nothing now.
        oversold: orders that took units which were not there, by the stock ledger.
        rejected: input rows that could not be read.
        notes: what else there is to say of the input, such as columns that nothing maps.
        series: submitted orders over time, or None.
        seconds: how long the run took.
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
                    "sold_out": row.sold_out,
                }
                for row in self.stock
            },
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
