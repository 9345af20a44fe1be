"""Findings and metrics, computed from the records themselves in one pass."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import floor

from orderflow.engine.link import RuleSet
from orderflow.engine.parts import Compiled
from orderflow.engine.views import FamilyView
from orderflow.expr.python import compile_python
from orderflow.expr.tree import Expression
from orderflow.expr.view import Missing, View
from orderflow.model.definition import Metric
from orderflow.model.facts import NO_FACTS, Facts
from orderflow.model.record import Family, Record
from orderflow.service.census import subject
from orderflow.service.report import NO_GROUP, GroupKey, MetricLine


@dataclass(slots=True)
class Measures:
    """What the records say now; `orders` and `states` are of the entity that a report speaks of first."""

    orders: int
    states: dict[str, int]
    findings: dict[str, int]
    metrics: dict[str, MetricLine]


def measure(ruleset: RuleSet, families: Iterable[Family], now: datetime, facts: Facts = NO_FACTS) -> Measures:
    """Look at every family once.

    Args:
        ruleset: the rules whose findings and metrics are meant.
        families: the records to speak of.
        now: the moment to judge at, aware UTC.
        facts: what may be known of the records referred to (see `orderflow.service.reading.lazy_facts`).

    Returns:
        Counts of the states that people see (all the ones that records can show, zero too), and the rest by name.
    """
    definition = ruleset.definition
    findings = _Watch(ruleset, {name: (item.of, item.when) for name, item in definition.findings.items()})
    tallies = [_Tally(item, _labels(ruleset, item)) for item in definition.metrics.values()]
    first = subject(ruleset).name
    states = dict.fromkeys(shown_states(ruleset), 0)
    found = Measures(0, states, dict.fromkeys(definition.findings, 0), {})
    for family in families:
        ruleset.admit(family)
        if family.root.entity == first:
            found.orders += 1
            shown = ruleset.shown(family).name
            states[shown] = states.get(shown, 0) + 1
        for record in family.records():
            view = FamilyView(ruleset, family, record, now, facts=facts)
            for name in findings.holding(record, view):
                found.findings[name] += 1
            for tally in tallies:
                if tally.metric.of == record.entity:
                    tally.add(record, view)
    found.metrics = {tally.metric.name: tally.result() for tally in tallies}
    return found


def shown_states(ruleset: RuleSet) -> Iterator[str]:
    """The leaf states that a record of the first entity can show, in the order of the rules; children's where it shows them."""
    entities = ruleset.definition.entities
    entity = subject(ruleset)
    for state in entity.states.values():
        if state.leaves != (state.name,):
            continue
        if state.shows is not None:
            child = entities[entity.children[state.shows].entity]
            yield from (name for name, inner in child.states.items() if inner.leaves == (name,))
        else:
            yield state.name


#: Percentiles that every distribution gives, whatever its `also` says.
_ALWAYS = ("median", "p90")


class _Watch:
    """Conditions by entity, compiled once."""

    def __init__(self, ruleset: RuleSet, conditions: Mapping[str, tuple[str, Expression]]) -> None:
        self._of: dict[str, list[tuple[str, Compiled]]] = {name: [] for name in ruleset.definition.entities}
        for name, (entity, when) in conditions.items():
            self._of[entity].append((name, compile_python(when)))

    def holding(self, record: Record, view: FamilyView) -> list[str]:
        return [name for name, when in self._of[record.entity] if when(record.fields, view) is True]


@dataclass(slots=True)
class _Figures:
    """What was counted and left out of one metric, or of one group of it."""

    metric: Metric
    passed: int = 0
    values: list[float] = field(default_factory=list)
    counted: int = 0
    excluded: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.excluded = dict.fromkeys(self.metric.leave_out, 0)

    def leave(self, reason: str) -> None:
        """Count a record that is left out."""
        self.excluded[reason] = self.excluded.get(reason, 0) + 1

    def count(self, value: object) -> None:
        """Count a record's value: whether it passes, a length of time or a number."""
        self.counted += 1
        if self.metric.kind == "rate":
            self.passed += value is True
        elif isinstance(value, timedelta):
            self.values.append(value.total_seconds())
        else:
            self.values.append(float(value))  # type: ignore[arg-type]

    def line(self, name: str, label: str) -> MetricLine:
        """The figures: no value where nothing was counted."""
        metric, count = self.metric, self.counted
        if metric.kind == "rate":
            share = self.passed / count if count else None
            return MetricLine(name, label, "rate", share, self.passed, count, excluded=self.excluded)
        ordered = sorted(self.values)
        total = sum(ordered)
        mean = total / count if count else None
        return MetricLine(
            name,
            label,
            "mean",
            mean,
            numerator=total,
            denominator=count,
            excluded=self.excluded,
            mean=mean,
            median=percentile(ordered, 0.5),
            p90=percentile(ordered, 0.9),
            count=count,
            more={
                name: percentile(ordered, int(name[1:]) / 100) for name in metric.also if name not in _ALWAYS
            },
            unit="seconds" if metric.measure.type.kind == "duration" else "",
        )


class _Tally:
    """One metric while records are added to it."""

    def __init__(self, metric: Metric, labels: Mapping[str, str]) -> None:
        self.metric = metric
        self._labels = labels
        self._whole = _Figures(metric)
        self._groups: dict[GroupKey, _Figures] = {}
        self._where = _needed(metric.where) if metric.where is not None else None
        self._due = _needed(metric.due) if metric.due is not None else None
        self._value = _needed(metric.measure)
        self._by = _needed(metric.by) if metric.by is not None else None
        self._leave_out = tuple((name, compile_python(when)) for name, when in metric.leave_out.items())

    def add(self, record: Record, view: FamilyView) -> None:
        """Count a record, or count why it is left out, in the whole and in its group."""
        fields = record.fields
        value: object = None
        try:
            if self._where is not None and self._where(fields, view) is not True:
                return
            reason = next((name for name, when in self._leave_out if _holds(when, fields, view)), None)
            if reason is None:
                if self._due is not None and self._due(fields, view) is not True:
                    return
                value = self._value(fields, view)
        except Missing as missing:
            reason = f"{missing.name}_missing"
        for figures in (self._whole, self._group(record, view)):
            if figures is not None and reason is not None:
                figures.leave(reason)
            elif figures is not None:
                figures.count(value)

    def _group(self, record: Record, view: FamilyView) -> _Figures | None:
        """The group that a record belongs to; those of which that cannot be told have one of their own."""
        if self._by is None:
            return None
        key: GroupKey
        try:
            found = self._by(record.fields, view)
            key = found if isinstance(found, str | int) else str(found)  # a date: as ISO 8601 writes it
        except Missing:
            key = None
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Figures(self.metric)
        return group

    def result(self) -> MetricLine:
        """What the metric says; its groups in the order of their values, a choice's in that of its options."""
        metric = self.metric
        line = self._whole.line(metric.name, metric.label)
        if metric.by is None:
            return line
        options = list(metric.by.type.options)
        known = [key for key in self._groups if key is not None]
        known.sort(key=lambda key: (options.index(key), "") if key in options else (len(options), key))
        groups: dict[GroupKey, MetricLine] = {}
        for key in known:
            groups[key] = self._groups[key].line(str(key), self._labels.get(str(key), str(key)))
        if None in self._groups:
            groups[None] = self._groups[None].line(NO_GROUP, NO_GROUP)
        by = metric.by
        return replace(line, by=by.text(by.root), groups=groups)


def _labels(ruleset: RuleSet, metric: Metric) -> Mapping[str, str]:
    """What people call the groups of a metric that is told apart by a choice of the record itself."""
    fields = ruleset.definition.entities[metric.of].fields
    named = fields.get(metric.by.text(metric.by.root)) if metric.by is not None else None
    return {} if named is None else named.options


def _needed(expression: Expression) -> Compiled:
    """The expression as a function that never gives None: one that is a bare optional field is `Missing` without it."""
    run = compile_python(expression)
    if not expression.type.optional:
        return run
    name = expression.text(expression.root)

    def value(fields: Mapping[str, object], view: View) -> object:
        found = run(fields, view)
        if found is None:
            raise Missing(name)
        return found

    return value


def _holds(when: Compiled, fields: Mapping[str, object], view: FamilyView) -> bool:
    """Whether a reason to leave a record out holds; one that cannot be judged for a missing value does not."""
    try:
        return when(fields, view) is True
    except Missing:
        return False


def percentile(ordered: list[float], share: float) -> float | None:
    """The value below which `share` of the sorted values lie, interpolated linearly between neighbours.

    Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7. None for no values.
    """
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
