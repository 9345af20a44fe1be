"""Files of scenarios into scenarios: every name resolved, every value seen to fit where it must."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from orderflow.compiler.durations import compile_duration
from orderflow.compiler.expectations import KnownNames, compile_expect
from orderflow.compiler.fields import spans_of
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scalar import locate, plain
from orderflow.compiler.scenario import Expect, Scenario, ScenarioStep, Stock
from orderflow.compiler.scopes import is_known
from orderflow.diagnostics import Fix, Span, nearest
from orderflow.expr.types import Kind
from orderflow.model.convert import ValueFault, convert
from orderflow.model.definition import Definition, Entity, Field
from orderflow.model.frozen import EMPTY, FrozenDict
from orderflow.model.moments import to_datetime

_KINDS: tuple[Literal["update", "send", "wait", "receive"], ...] = ("update", "send", "wait", "receive")


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
                scenario = _Reader(rules, known, report, part).scenario(item, base)
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

    def scenario(self, node: MapNode, base: Part | None) -> Scenario | None:
        """One scenario; None after findings."""
        before = len(self.report.found)
        own = Part(_name_node(node, self.file.key), node, self.file.lost)
        parts = [part for part in (base, own) if part is not None]
        entity = self._entity(parts, own)
        now = self._now(parts, own)
        if entity is None or now is None:
            return None
        expect = compile_expect(own.part("expect"), self.rules, self.known, entity, entity, self.report)
        refused = expect is not None and expect.refused not in (None, False)
        given: dict[str, object] = {}
        for part in parts:
            given.update(self._values(part.entries("given"), entity.fields, f"`{entity.name}`", not refused))
        if not refused and all(part.intact for part in parts):
            self._needs_all(given, entity, own)
        stock: dict[tuple[str, str], int] = {}
        for part in parts:
            stock.update(self._stock(part.part("stock")))
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
            steps=self._steps(own, entity),
        )
        return made if len(self.report.found) == before and own.intact else None

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
                    "the scenario does not say of which entity it is",
                    own.span,
                    "",
                    f"add `of:` with one of {listed}",
                )
            return None
        if name_of(node) not in roots:
            self.report.unknown("entity", node, roots)
            return None
        return self.rules.entities[name_of(node)]

    def _now(self, parts: list[Part], own: Part) -> datetime | None:
        node = next((part.scalar("now") for part in reversed(parts) if part.scalar("now") is not None), None)
        if node is None:
            if all(part.intact for part in parts):
                self.report.error(
                    "OF107",
                    "the scenario has no `now`",
                    own.span,
                    "",
                    "add `now: 2026-02-03T09:00:00`, here or under `base`",
                )
            return None
        try:
            return to_datetime(node.value, ZoneInfo(self.rules.timezone))
        except ValueFault as fault:
            self.report.error("OF102", f"`now` {fault}", node.span, "", "write such as `2026-02-03T09:00:00`")
            return None

    def _values(
        self, entries: tuple[Entry, ...], fields: Mapping[str, Field], owner: str, must_fit: bool
    ) -> dict[str, object]:
        """Values by field as they are written; those that must fit are seen to."""
        values: dict[str, object] = {}
        for entry in entries:
            where = f"the fields of {owner}"
            name = self.report.known("field", entry.key, spans_of(fields.values()), where)
            if name is None:
                continue
            values[name] = plain(entry.value)
            if must_fit and is_known(fields[name].type) and values[name] is not None:
                self._fit(fields[name], entry.value, values[name])
        return values

    def _fit(self, field: Field, node: Node, value: object) -> None:
        """See to it that a value fits; of a row that does not, the very key or value is pointed at."""
        before = len(self.report.found)
        if field.rows is not None and isinstance(node, ListNode):
            for row in node.items:
                if isinstance(row, MapNode):
                    self._row(field, row)
        if len(self.report.found) > before:
            return
        try:
            convert(field, value, ZoneInfo(self.rules.timezone))
        except ValueFault as fault:
            fix: Fix | str = "write a value that fits; if it shall be refused, `expect: {refused: true}`"
            close = nearest(node.value, field.options) if isinstance(node, ScalarNode) else None
            if close is not None and isinstance(node, ScalarNode) and field.type.kind is Kind.CHOICE:
                fix = replace_scalar(node, close)
            self.report.error("OF102", str(fault), node.span, "", fix)

    def _row(self, field: Field, row: MapNode) -> None:
        fields = field.rows.fields if field.rows is not None else {}
        for entry in row.entries:
            name = self.report.known(
                "field",
                entry.key,
                spans_of(fields.values()),
                f"the fields of `{field.rows.name if field.rows else field.name}`",
            )
            value = plain(entry.value)
            if name is not None and value is not None and is_known(fields[name].type):
                self._fit(fields[name], entry.value, value)

    def _needs_all(self, given: Mapping[str, object], entity: Entity, own: Part) -> None:
        missing = [
            field.name
            for field in entity.fields.values()
            if field.name not in given
            and field.name != entity.key
            and not field.type.optional
            and field.default is None
            and is_known(field.type)
        ]
        if missing and entity.key is not None and self.file.intact:
            listed = ", ".join(f"`{name}`" for name in missing)
            text = f"a submit of `{entity.name}` needs {listed}"
            self.report.error("OF107", text, own.span, "", f"add {listed} to `given`, here or under `base`")

    def _stock(self, part: Part | None) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for warehouse in part.node.entries if part is not None else ():
            if warehouse.name not in self.rules.warehouses:
                spans = {name: item.span for name, item in self.rules.warehouses.items()}
                self.report.unknown("warehouse", warehouse.key, spans, "`warehouses`")
            elif isinstance(warehouse.value, MapNode):
                for sku in warehouse.value.entries:
                    units = plain(sku.value)
                    if isinstance(units, int):
                        found[warehouse.name, sku.key.value] = units
        return found

    def _last_role(self, parts: list[Part], key: str) -> str:
        node = next((part.scalar(key) for part in reversed(parts) if part.scalar(key) is not None), None)
        return self._role(node)

    def _role(self, node: ScalarNode | None) -> str:
        if node is None:
            return ""
        role = node.value.partition(":")[0]
        if role not in self.rules.roles and self.known.roles:
            self.report.unknown("role", node, self.rules.roles, "`roles` of the rule set")
        return node.value

    def _steps(self, own: Part, entity: Entity) -> tuple[ScenarioStep, ...]:
        node = own.node.get("steps")
        items = node.items if isinstance(node, ListNode) else ()
        made = []
        for item in items:
            if isinstance(item, MapNode) and item.entries:
                step = self._step(Part(item.entries[0].key, item, own.lost), entity)
                if step is not None:
                    made.append(step)
        return tuple(made)

    def _step(self, part: Part, root: Entity) -> ScenarioStep | None:
        kinds = [kind for kind in _KINDS if part.node.get(kind) is not None]
        if len(kinds) != 1:
            if part.intact:
                text = "a step is one of `update`, `send`, `wait`, `receive`"
                self.report.error(
                    "OF107", text, part.span, "", "split it in two" if kinds else "say what happens"
                )
            return None
        kind = kinds[0]
        entity, to = self._target(part, root)
        if entity is None:
            return None
        expect: Expect | None = compile_expect(
            part.part("expect"), self.rules, self.known, root, entity, self.report
        )
        fits = expect is None or expect.refused in (None, False)
        name, data = "", {}
        if kind == "update":
            data = self._values(part.entries("update"), entity.fields, f"`{entity.name}`", fits)
        elif kind == "send":
            name, data = self._sent(part, entity, expect)
        receive: Stock = self._stock(part.part("receive")) if kind == "receive" else EMPTY
        return ScenarioStep(
            kind=kind,
            span=part.span,
            name=name,
            to=to,
            role=self._role(part.scalar("as")),
            data=FrozenDict(data),
            wait=compile_duration("wait", part.scalar("wait"), self.report),
            receive=FrozenDict(receive),
            reason=part.text("reason") or "",
            expect=expect,
        )

    def _sent(self, part: Part, entity: Entity, expect: Expect | None) -> tuple[str, dict[str, object]]:
        node = part.scalar("send")
        if node is None:
            return "", {}
        spans: dict[str, Span] = {known: item.span for known, item in entity.events.items()}
        unheard = expect is not None and expect.refused == "event_unknown"
        lost = (name_of(node),) if unheard else self.known.lost
        name = self.report.known("event", node, spans, f"the `events` of `{entity.name}`", lost)
        if name is None:
            return name_of(node), {entry.name: plain(entry.value) for entry in part.entries("data")}
        fits = expect is None or expect.refused in (None, False)
        return name, self._values(part.entries("data"), entity.events[name].data, f"the event `{name}`", fits)

    def _target(self, part: Part, root: Entity) -> tuple[Entity | None, str]:
        """The entity that a step acts on, and the child's place: `shipments/1`."""
        node = part.scalar("to")
        if node is None:
            lost = "to" in part.lost.get(part.node.span, ())
            return None if lost else root, ""
        words = node.value.split()
        children = {name: child.span for name, child in root.children.items()}
        if len(words) != 2 or not words[1].isdecimal() or not words[1].isascii() or int(words[1][:9]) < 1:
            self.report.error(
                "OF102",
                f"`to` must name a child, not `{node.value}`",
                node.span,
                "",
                "write such as `shipments 1`",
            )
            return None, ""
        start = node.value.index(words[0])
        place = locate(node, start, start + len(words[0]))
        kind = self.report.known(
            "kind of children", ScalarNode(words[0], "plain", place, words[0]), children, "`children`"
        )
        if kind is None:
            return None, ""
        return self.rules.entities.get(root.children[kind].entity), f"{kind}/{int(words[1])}"


def _name_node(node: MapNode, fallback: ScalarNode) -> ScalarNode:
    name = node.get("name")
    if isinstance(name, ScalarNode):
        return name
    return node.entries[0].key if node.entries else fallback
