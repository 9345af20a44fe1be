"""Scenarios beside the rules, run in memory: what an analyst says should happen, against what does."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from orderflow.compiler.scenario import Expect, Other, Scenario, ScenarioStep
from orderflow.diagnostics import Span
from orderflow.diagnostics.errors import DecisionError, RecordError, StorageError
from orderflow.engine.link import RuleSet
from orderflow.model.convert import ValueFault, converter, is_missing
from orderflow.model.decision import Decision, Judged, Refusal, Step
from orderflow.model.definition import Entity
from orderflow.model.record import Family
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage

#: What keeps a step from being done at all: the scenario ends there.
_NOT_DONE = (RecordError, DecisionError, StorageError, ValueFault)


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
        self.seen: dict[str, int] = {}

    def run(self) -> ScenarioResult:
        if self._begin():
            for step in self.scenario.steps:
                try:
                    decision = self._do(step)
                    self._judge(step.expect, decision, step.span, step.on or self.id, self._target(step))
                except _NOT_DONE as error:
                    self._fail(step.span, str(error))
                    break
        self._note_taken()
        return self.result

    def _begin(self) -> bool:
        """Everything before the steps: stock, other records, the record itself; whether it is there."""
        scenario = self.scenario
        span = scenario.span
        try:
            self._stock()
            for number, other in enumerate(scenario.others, 1):
                span = other.span
                self._submit_other(other, number)
            span = scenario.span
            entity = self.ruleset.definition.entities[scenario.entity]
            decision = self.engine.submit(
                self._filled(scenario.given, entity, "1"),
                entity=entity.name,
                actor=scenario.submit_as or "engine",
                at=self.clock.now(),
            )
        except _NOT_DONE as error:
            self._fail(span, f"`given` does not fit: {error}")
            return False
        self.id = decision.family.id
        try:
            return self._judge(scenario.expect, decision, scenario.span, self.id, self.id)
        except _NOT_DONE as error:
            self._fail(span, str(error))
            return False

    def _stock(self) -> None:
        """Put the units of the scenario on hand, and set those of its pools aside."""
        scenario = self.scenario
        for (warehouse, sku), count in scenario.stock.items():
            if count:
                self.engine.receive(warehouse, {sku: count})
        for (warehouse, pool, sku), count in scenario.pools.items():
            if count:
                self.engine.receive(warehouse, {sku: count})
                self.engine.set_aside(warehouse, pool, {sku: count})

    def _submit_other(self, other: Other, number: int) -> None:
        entity = self.ruleset.definition.entities[other.entity]
        given = dict(other.given)
        if other.id and entity.key is not None:
            given[entity.key] = other.id
        decision = self.engine.submit(
            self._filled(given, entity, f"{entity.name}-{number}"),
            entity=entity.name,
            actor=other.submit_as or self.scenario.submit_as or "engine",
            at=self.clock.now(),
        )
        self.seen[decision.family.id] = len(self.engine.history(decision.family.id))
        if not decision.accepted:
            raise RecordError(f"`{decision.family.id}` is refused: {_words(decision)}")

    @staticmethod
    def _filled(given: Mapping[str, object], entity: Entity, key: str) -> dict[str, object]:
        """What is given, with the key that a scenario may leave out because it says nothing there."""
        filled = dict(given)
        if (
            entity.key is not None
            and is_missing(filled.get(entity.key))
            and entity.fields[entity.key].auto is None
        ):
            filled[entity.key] = key
        return filled

    def _do(self, step: ScenarioStep) -> Decision | None:
        """Do one step; the decision it led to, where it is about one."""
        target, role = self._target(step), step.role or "engine"
        match step.kind:
            case "update":
                record = self.engine.family(target).find(target)
                if record is not None:
                    self._follow(step.data, self.ruleset.definition.entities[record.entity])
                return self.engine.update(target, step.data, actor=role, reason=step.reason)
            case "send":
                return self.engine.send(target, step.name, step.data, actor=role)
            case "hold":
                return self.engine.hold(target, step.name, actor=role, reason=step.reason)
            case "release":
                return self.engine.release(target, step.name, actor=role, reason=step.reason)
            case "wait":
                self.clock.advance(step.wait or timedelta(0))
                self.engine.tick()
            case "receive":
                for warehouse in dict.fromkeys(name for name, _ in step.receive):
                    units = {sku: count for (name, sku), count in step.receive.items() if name == warehouse}
                    self.engine.receive(warehouse, units)
        return None

    def _target(self, step: ScenarioStep) -> str:
        root = step.on or self.id
        return f"{root}/{step.to}" if step.to else root

    def _follow(self, data: Mapping[str, object], entity: Entity) -> None:
        """Move the clock to the latest moment among typed datetimes that lie after it, so that nothing is of the future."""
        fields = entity.fields
        latest = self.clock.now()
        for name, value in data.items():
            if name in fields and fields[name].type.kind == "datetime" and not is_missing(value):
                moment = converter(fields[name], self.ruleset.zone)(value)
                if isinstance(moment, datetime):
                    latest = max(latest, moment)
        self.clock.set(latest)
        self.engine.tick()

    # ---- expectations ---------------------------------------------------------------------------------------------

    def _fail(self, span: Span, message: str) -> ScenarioResult:
        self.result.failures.append(Failure(span, message))
        return self.result

    def _note_taken(self) -> None:
        """Which transitions any record of the scenario took."""
        with self.storage.transaction(read_only=True) as transaction:
            kinds = {
                record.id: record.entity for family in transaction.families() for record in family.records()
            }
            self.result.took |= {
                (kinds[step.record], step.transition)
                for entry in transaction.journal()
                for step in entry.steps
                if step.transition and step.record in kinds
            }

    def _family(self, root: str) -> Family | None:
        with self.storage.transaction(read_only=True) as transaction:
            return transaction.family(root)

    def _judge(
        self, expect: Expect | None, decision: Decision | None, span: Span, root: str, target: str
    ) -> bool:
        """Compare what is expected of the record `root`; whether it is there."""
        entries = self.engine.history(root)
        new, self.seen[root] = entries[self.seen.get(root, 0) :], len(entries)
        family = self._family(root)
        steps = [step for entry in new for step in entry.steps if step.transition]
        if expect is None:
            if decision is not None and not decision.accepted:
                self._fail(span, f"refused, which no `expect: {{refused: ...}}` says: {_words(decision)}")
            return family is not None
        before = len(self.result.failures)
        did = [effect.action for entry in new for effect in entry.effects]
        said = itertools.chain(
            self._compare(expect, decision, steps, did, family, target),
            _arrived(expect, entries[0].arrival if entries else ()),
            self._planned(expect, family, target),
        )
        for key, wanted, found in said:
            if wanted != found:
                self._fail(
                    expect.spans.get(key.partition(".")[0], expect.span),
                    f"expected {key} {_said(wanted)}, found {_said(found)}",
                )
        if (
            len(self.result.failures) == before
            and expect.refused is None
            and decision is not None
            and not decision.accepted
        ):
            self._fail(expect.span, f"refused, which `expect` does not say: {_words(decision)}")
        return family is not None

    def _compare(
        self,
        expect: Expect,
        decision: Decision | None,
        steps: Iterable[Step],
        did: list[str],
        family: Family | None,
        target: str,
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
        if family is None:
            return
        if expect.state is not None:
            yield "state", expect.state, self.ruleset.shown(family).name
        if expect.queues is not None:
            yield "queues", sorted(expect.queues), sorted({item.queue for item in family.standing})
        record = family.find(target)
        if expect.holds is not None:
            yield "holds", sorted(expect.holds), sorted(record.holds) if record is not None else []
        if expect.tags is not None:
            yield "tags", sorted(expect.tags), sorted(record.tags) if record is not None else []
        if expect.parcels is not None:
            yield "parcels", list(expect.parcels), _parcels(family)
        for name, value in (expect.fields or {}).items():
            if record is None or name not in record.fields:
                raise RecordError(f"`{target}` has no field `{name}`")
            item = self.ruleset.definition.entities[record.entity].fields[name]
            wanted = None if value is None else converter(item, self.ruleset.zone)(value)
            yield name, wanted, record.fields[name]

    def _planned(
        self, expect: Expect, family: Family | None, target: str
    ) -> Iterator[tuple[str, object, object]]:
        """What is expected of the plan of the child that the step acts on, or of each child of the record."""
        if expect.plan is None or family is None:
            return
        record = family.find(target)
        several = [record] if record is not family.root else itertools.chain(*family.children.values())
        planned = [each for each in several if each is not None and each.fields.get("plan") is not None]
        for name, value in expect.plan.items():
            if not planned:
                yield f"plan.{name}", value, None
            for each in planned:
                item = self.ruleset.definition.entities[each.entity].fields["plan"]
                type_ = item.type.field(name)
                plan = each.fields["plan"]
                assert type_ is not None
                assert isinstance(plan, Mapping)
                wanted = converter(replace(item, name=name, type=type_), self.ruleset.zone)(value)
                yield f"plan.{name}", wanted, plan[name]


def _arrived(expect: Expect, checks: Iterable[Judged]) -> Iterator[tuple[str, object, object]]:
    """Whether each check on arrival that is spoken of held, as the record's first entry in the journal says."""
    held = {check.name: check.held for check in checks}
    for name, wanted in (expect.arrival or {}).items():
        yield f"arrival.{name}", wanted, held.get(name)


def _parcels(family: Family) -> list[str]:
    """The warehouses of the children that are made of a plan's parcels, in order."""
    plans = (child.fields.get("plan") for group in family.children.values() for child in group)
    return [str(plan["warehouse"]) for plan in plans if isinstance(plan, Mapping)]


def _words(decision: Decision) -> str:
    return "; ".join(refusal.message for refusal in decision.refusals)


def _everything(refusal: Refusal) -> str:
    clauses = " ".join(f"{clause.source} {clause.needs}" for clause in refusal.clauses)
    return f"{refusal.message} {clauses}"


def _said(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return "none" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"
