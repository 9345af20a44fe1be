"""Files of scenarios into scenarios: every name resolved, every value seen to fit where it must."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from orderflow.compiler.expectations import KnownNames, compile_expect
from orderflow.compiler.nodes import ListNode, MapNode, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scenario import Other, Scenario
from orderflow.compiler.scenario_steps import compile_steps
from orderflow.compiler.scenario_values import Values
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import Kind
from orderflow.model.convert import ValueFault
from orderflow.model.definition import Definition, Entity
from orderflow.model.frozen import FrozenDict
from orderflow.model.moments import to_datetime


def compile_scenarios(
    parts: tuple[Part, ...], rules: Definition, known: KnownNames, report: Report
) -> tuple[Scenario, ...]:
    """The scenarios of all files; one with faults is left out.

    Args:
        parts: the files.
        rules: the rule set that they are about, as far as it could be read.
        known: the names that it declares, those with faults too.
        report: where the findings go.
    """
    made = []
    for part in parts:
        tests = part.node.get("tests")
        if not isinstance(tests, ListNode):
            continue
        for item in tests.items:
            if isinstance(item, MapNode):
                base = part.part("base")
                scenario = _Reader(rules, known, report, part, Values(rules, known, report)).scenario(
                    item, base
                )
                if scenario is not None:
                    made.append(scenario)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the reading of one scenario needs to know."""

    rules: Definition
    known: KnownNames
    report: Report
    file: Part
    values: Values

    def scenario(self, node: MapNode, base: Part | None) -> Scenario | None:
        """One scenario; None after findings."""
        before = self.report.errors
        own = Part(_name_node(node, self.file.key), node, self.file.lost)
        parts = [part for part in (base, own) if part is not None]
        entity = self._entity(parts, own)
        now = self._now(parts, own)
        if entity is None or now is None:
            return None
        expect = compile_expect(own.part("expect"), self.rules, self.known, entity, entity, self.report)
        refused = expect is not None and expect.refused not in (None, False)
        given: dict[str, object] = {}
        for part in self._about(entity, parts, own):
            owner = Message("`{name}`", name=entity.name)
            given.update(self.values.of(part.entries("given"), entity.fields, owner, must_fit=not refused))
        if not refused and all(part.intact for part in parts) and self.file.intact:
            self.values.needs_all(given, entity, own.span, Message("`given`, here or under `base`"))
        stock: dict[tuple[str, str], int] = {}
        pools: dict[tuple[str, str, str], int] = {}
        for part in parts:
            stock.update(self.values.stock(part.part("stock")))
            pools.update(self.values.pools(part.part("pools")))
        others = tuple(other for part in parts for other in self._others(part))
        records = self._records(given, entity, others)
        made = Scenario(
            name=own.text("name") or "",
            entity=entity.name,
            file=own.span.file,
            span=own.span,
            now=now,
            given=FrozenDict(given),
            stock=FrozenDict(stock),
            submit_as=self._last_role(parts, "submit_as"),
            expect=expect,
            steps=compile_steps(own, entity, records, self.values),
            pools=FrozenDict(pools),
            others=others,
        )
        return made if self.report.errors == before and own.intact else None

    def _entity(self, parts: list[Part], own: Part) -> Entity | None:
        node = next((part.scalar("of") for part in reversed(parts) if part.scalar("of") is not None), None)
        roots = {entity.name: entity.span for entity in self.rules.roots}
        if node is None:
            if len(roots) == 1:
                return self.rules.entities[next(iter(roots))]
            if roots:
                listed = ", ".join(f"`{name}`" for name in roots)
                self.report.error(
                    "OF107",
                    Message("the scenario does not say of which entity it is"),
                    own.span,
                    NOTHING,
                    Message("add `of:` with one of {listed}", listed=listed),
                )
            return None
        if name_of(node) not in roots:
            self.report.unknown(Message("entity"), node, roots)
            return None
        return self.rules.entities[name_of(node)]

    def _about(self, entity: Entity, parts: list[Part], own: Part) -> list[Part]:
        """The parts whose `given` is about that entity: a base of another one gives it nothing."""
        return [part for part in parts if part is own or (part.text("of") or entity.name) == entity.name]

    def _now(self, parts: list[Part], own: Part) -> datetime | None:
        node = next((part.scalar("now") for part in reversed(parts) if part.scalar("now") is not None), None)
        if node is None:
            if all(part.intact for part in parts):
                self.report.error(
                    "OF107",
                    Message("the scenario has no `now`"),
                    own.span,
                    NOTHING,
                    Message("add `now: 2026-02-03T09:00:00`, here or under `base`"),
                )
            return None
        try:
            return to_datetime(node.value, ZoneInfo(self.rules.timezone))
        except ValueFault as fault:
            self.report.error(
                "OF102",
                Message("`now` {fault}", fault=fault.message),
                node.span,
                NOTHING,
                Message("write such as `2026-02-03T09:00:00`"),
            )
            return None

    def _others(self, part: Part) -> list[Other]:
        """The records that are submitted before the scenario's own."""
        node = part.node.get("others")
        made = []
        for item in node.items if isinstance(node, ListNode) else ():
            if isinstance(item, MapNode) and item.entries:
                other = self._other(Part(item.entries[0].key, item, part.lost))
                if other is not None:
                    made.append(other)
        return made

    def _other(self, part: Part) -> Other | None:
        node = part.scalar("entity")
        if node is None:
            return None
        roots = {entity.name: entity.span for entity in self.rules.roots}
        name = self.report.known(Message("entity"), node, roots)
        if name is None:
            return None
        entity = self.rules.entities[name]
        given = self.values.of(part.entries("given"), entity.fields, f"`{name}`", must_fit=True)
        if part.intact and self.file.intact:
            self.values.needs_all(given, entity, part.span, Message("its `given`"))
        return Other(
            entity=name,
            span=part.span,
            given=FrozenDict(given),
            id=part.text("id") or "",
            submit_as=self.values.role(part.scalar("submit_as")),
        )

    def _records(
        self, given: Mapping[str, object], entity: Entity, others: tuple[Other, ...]
    ) -> Mapping[str, Entity]:
        """The root records that steps may be `on`: those given here, and those that they refer to."""
        found: dict[str, Entity] = {}
        for item, values, said in (
            *((self.rules.entities[other.entity], other.given, other.id) for other in others),
            (entity, given, ""),
        ):
            key = said or values.get(item.key or "")
            if key:
                found[str(key)] = item
            for field in item.fields.values():
                target = self.rules.entities.get(field.type.name) if field.type.kind is Kind.REF else None
                if target is not None and values.get(field.name):
                    found.setdefault(str(values[field.name]), target)
        return found

    def _last_role(self, parts: list[Part], key: str) -> str:
        node = next((part.scalar(key) for part in reversed(parts) if part.scalar(key) is not None), None)
        return self.values.role(node)


def _name_node(node: MapNode, fallback: ScalarNode) -> ScalarNode:
    name = node.get("name")
    if isinstance(name, ScalarNode):
        return name
    return node.entries[0].key if node.entries else fallback
