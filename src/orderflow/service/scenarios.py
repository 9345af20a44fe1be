"""Scenarios beside the rules, run in memory: what an analyst says should happen, against what does."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orderflow.compiler.scenario import Expect, Scenario, ScenarioStep
from orderflow.diagnostics import Span
from orderflow.diagnostics.errors import DecisionError, RecordError
from orderflow.engine.link import RuleSet
from orderflow.model.convert import ValueFault, converter, is_missing
from orderflow.model.decision import Decision, Refusal, Step
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.measure import standing
from orderflow.service.memory import MemoryStorage


@dataclass(frozen=True, slots=True)
class Failure:
    """What was expected and what was seen, and where the expectation stands."""

    span: Span
    message: str


@dataclass(slots=True)
class ScenarioResult:
    """How one scenario went. `took` names the transitions taken, as (entity, transition)."""

    scenario: Scenario
    failures: list[Failure] = field(default_factory=list)
    took: set[tuple[str, str]] = field(default_factory=set)

    @property
    def passed(self) -> bool:
        """Whether everything expected was seen."""
        return not self.failures


def run_scenarios(ruleset: RuleSet, scenarios: Iterable[Scenario]) -> list[ScenarioResult]:
    """Run scenarios, each on a storage of its own; a step that cannot be done fails the scenario there."""
    return [_Story(ruleset, scenario).run() for scenario in scenarios]


def untaken(ruleset: RuleSet, results: Iterable[ScenarioResult]) -> list[tuple[str, str]]:
    """The transitions, as (entity, transition), that no scenario takes."""
    taken = {pair for result in results for pair in result.took}
    return [
        (entity.name, name)
        for entity in ruleset.definition.entities.values()
        for name in entity.transitions
        if (entity.name, name) not in taken
    ]


class _Story:
    def __init__(self, ruleset: RuleSet, scenario: Scenario) -> None:
        self.ruleset = ruleset
        self.scenario = scenario
        self.result = ScenarioResult(scenario)
        self.clock = ManualClock(scenario.now)
        ids = itertools.count(1)
        self.storage = MemoryStorage()
        self.engine = Engine(ruleset, self.storage, clock=self.clock, new_id=lambda: f"event-{next(ids)}")
        self.id = ""
        self.seen = 0

    def run(self) -> ScenarioResult:
        scenario = self.scenario
        try:
            for warehouse in dict.fromkeys(name for name, _ in scenario.stock):
                units = {sku: count for (name, sku), count in scenario.stock.items() if name == warehouse}
                self.engine.receive(warehouse, {sku: count for sku, count in units.items() if count})
            self._follow(scenario.given)
            decision = self.engine.submit(
                self._filled(scenario.given),
                entity=scenario.entity,
                actor=scenario.submit_as or "engine",
                at=self.clock.now(),
            )
            self.id = decision.family.id
        except (RecordError, DecisionError, ValueFault) as error:
            return self._fail(scenario.span, f"`given` does not fit: {error}")
        if not self._judge(scenario.expect, decision, scenario.span, self.id):
            return self.result
        for step in scenario.steps:
            try:
                refused = self._do(step)
            except (RecordError, DecisionError, ValueFault) as error:
                return self._fail(step.span, str(error))
            self._judge(step.expect, refused, step.span, self._target(step.to))
        return self.result

    def _filled(self, given: Mapping[str, object]) -> dict[str, object]:
        """What a scenario may leave out of `given` because it says nothing there: the key and the moment of placing."""
        entity = self.ruleset.definition.entities[self.scenario.entity]
        filled = dict(given)
        if (
            entity.key is not None
            and is_missing(filled.get(entity.key))
            and entity.fields[entity.key].auto is None
        ):
            filled[entity.key] = "1"
        return filled

    def _do(self, step: ScenarioStep) -> Decision | None:
        """Do one step; the decision it led to, where it is about one."""
        target = self._target(step.to)
        match step.kind:
            case "update":
                self._follow(step.data)
                return self.engine.update(target, step.data, actor=step.role or "engine", reason=step.reason)
            case "send":
                return self.engine.send(target, step.name, step.data, actor=step.role or "engine")
            case "wait":
                self.clock.advance(step.wait or timedelta(0))
                self.engine.tick()
            case "receive":
                for warehouse in dict.fromkeys(name for name, _ in step.receive):
                    units = {sku: count for (name, sku), count in step.receive.items() if name == warehouse}
                    self.engine.receive(warehouse, units)
        return None

    def _target(self, to: str) -> str:
        return f"{self.id}/{to}" if to else self.id

    def _follow(self, data: Mapping[str, object]) -> None:
        """Move the clock to the latest moment among typed datetimes that lie after it, so that nothing is of the future."""
        fields = self.ruleset.definition.entities[self.scenario.entity].fields
        latest = self.clock.now()
        for name, value in data.items():
            if name in fields and fields[name].type.kind == "datetime" and not is_missing(value):
                moment = converter(fields[name], self.ruleset.zone)(value)
                if isinstance(moment, datetime):
                    latest = max(latest, moment)
        self.clock.set(latest)

    # ---- expectations ---------------------------------------------------------------------------------------------

    def _fail(self, span: Span, message: str) -> ScenarioResult:
        self.result.failures.append(Failure(span, message))
        return self.result

    def _judge(self, expect: Expect | None, decision: Decision | None, span: Span, target: str) -> bool:
        entries = self.engine.history(self.id) if self.id else ()
        new, self.seen = entries[self.seen :], len(entries)
        family = self.engine.family(self.id) if entries and entries[0].accepted else None
        steps = [step for entry in new for step in entry.steps if step.transition]
        if family is not None:
            kinds = {record.id: record.entity for record in family.records()}
            self.result.took |= {(kinds[step.record], step.transition) for step in steps}
        if expect is None:
            if decision is not None and not decision.accepted:
                words = "; ".join(refusal.message for refusal in decision.refusals)
                self._fail(span, f"refused, which no `expect: {{refused: ...}}` says: {words}")
            return family is not None
        before = len(self.result.failures)
        did = [effect.action for entry in new for effect in entry.effects]
        for key, wanted, found in self._compare(expect, decision, steps, did, target):
            if wanted != found:
                self._fail(
                    expect.spans.get(key, expect.span),
                    f"expected {key} {_said(wanted)}, found {_said(found)}",
                )
        if (
            len(self.result.failures) == before
            and expect.refused is None
            and decision is not None
            and not decision.accepted
        ):
            words = "; ".join(refusal.message for refusal in decision.refusals)
            self._fail(expect.span, f"refused, which `expect` does not say: {words}")
        return family is not None

    def _compare(
        self, expect: Expect, decision: Decision | None, steps: Iterable[Step], did: list[str], target: str
    ) -> Iterator[tuple[str, object, object]]:
        refusals = decision.refusals if decision is not None and not decision.accepted else ()
        if expect.refused is not None:
            if isinstance(expect.refused, bool):
                yield "refused", expect.refused, bool(refusals)
            else:
                codes = [refusal.code for refusal in refusals]
                yield (
                    "refused",
                    expect.refused,
                    expect.refused if expect.refused in codes else (codes or False),
                )
        if expect.says is not None:
            words = "; ".join(_everything(refusal) for refusal in refusals)
            yield "says", expect.says, expect.says if expect.says in words else words
        if expect.took is not None:
            yield "took", list(expect.took), [step.transition for step in steps]
        if expect.did is not None:
            yield "did", list(expect.did), did
        if not self.id or self.engine.history(self.id)[0].accepted is False:
            return
        family = self.engine.family(self.id)
        if expect.state is not None:
            yield "state", expect.state, self.ruleset.shown(family).name
        if expect.queues is not None:
            found = sorted({name for name, _ in standing(self.ruleset, family, self.clock.now())})
            yield "queues", sorted(expect.queues), found
        record = family.find(target)
        for name, value in (expect.fields or {}).items():
            if record is None or name not in record.fields:
                raise RecordError(f"`{target}` has no field `{name}`")
            item = self.ruleset.definition.entities[record.entity].fields[name]
            wanted = None if value is None else converter(item, self.ruleset.zone)(value)
            yield name, wanted, record.fields[name]


def _everything(refusal: Refusal) -> str:
    clauses = " ".join(f"{clause.source} {clause.needs}" for clause in refusal.clauses)
    return f"{refusal.message} {clauses}"


def _said(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return "none" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
