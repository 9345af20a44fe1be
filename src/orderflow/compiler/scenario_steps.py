"""The steps of a scenario: what happens, to which record, and what must be so afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.compiler.durations import compile_duration
from orderflow.compiler.expectations import compile_expect
from orderflow.compiler.nodes import ListNode, MapNode, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.scalar import locate, plain
from orderflow.compiler.scenario import Expect, ScenarioStep, StepKind, Stock
from orderflow.compiler.scenario_values import Values
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.definition import Entity
from orderflow.model.frozen import EMPTY, FrozenDict

_KINDS: tuple[StepKind, ...] = ("update", "send", "wait", "receive", "hold", "release")


def compile_steps(
    scenario: Part, root: Entity, records: Mapping[str, Entity], values: Values
) -> tuple[ScenarioStep, ...]:
    """The steps of one scenario; one with faults is left out.

    Args:
        scenario: its document.
        root: the entity of its own record.
        records: the root records that steps may be `on`, by id.
        values: reads values.
    """
    node = scenario.node.get("steps")
    made = []
    for item in node.items if isinstance(node, ListNode) else ():
        if isinstance(item, MapNode) and item.entries:
            part = Part(item.entries[0].key, item, scenario.lost)
            step = _Steps(root, records, values).step(part)
            if step is not None:
                made.append(step)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Target:
    """The record that a step acts on: its entity and that of its root, and where it is."""

    root: Entity
    entity: Entity
    on: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class _Steps:
    root: Entity
    records: Mapping[str, Entity]
    values: Values

    def step(self, part: Part) -> ScenarioStep | None:
        """One step; None after findings."""
        report = self.values.report
        kinds = [kind for kind in _KINDS if part.node.get(kind) is not None]
        if len(kinds) != 1:
            if part.intact:
                listed = ", ".join(f"`{kind}`" for kind in _KINDS)
                text = Message("a step is one of {listed}", listed=listed)
                fix = Message("split it in two") if kinds else Message("say what happens")
                report.error("OF107", text, part.span, NOTHING, fix)
            return None
        kind = kinds[0]
        target = self._target(part)
        if target is None:
            return None
        rules, known = self.values.rules, self.values.known
        expect = compile_expect(part.part("expect"), rules, known, target.root, target.entity, report)
        fits = expect is None or expect.refused in (None, False)
        entity, name, data = target.entity, "", {}
        if kind == "update":
            owner = Message("`{name}`", name=entity.name)
            data = self.values.of(part.entries("update"), entity.fields, owner, must_fit=fits)
        elif kind == "send":
            name, data = self._sent(part, entity, expect)
        elif kind in ("hold", "release"):
            name = self._hold(part, kind, entity, expect)
        receive: Stock = self.values.stock(part.part("receive")) if kind == "receive" else EMPTY
        return ScenarioStep(
            kind=kind,
            span=part.span,
            name=name,
            to=target.to,
            on=target.on,
            role=self.values.role(part.scalar("as")),
            data=FrozenDict(data),
            wait=compile_duration("wait", part.scalar("wait"), report),
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
        lost = (name_of(node),) if unheard else self.values.known.lost
        where = Message("the `events` of `{name}`", name=entity.name)
        name = self.values.report.known(Message("event"), node, spans, where, lost)
        if name is None:
            return name_of(node), {entry.name: plain(entry.value) for entry in part.entries("data")}
        fits = expect is None or expect.refused in (None, False)
        owner = Message("the event `{name}`", name=name)
        return name, self.values.of(part.entries("data"), entity.events[name].data, owner, must_fit=fits)

    def _hold(self, part: Part, kind: str, entity: Entity, expect: Expect | None) -> str:
        node = part.scalar(kind)
        if node is None:
            return ""
        if expect is None or expect.refused != "hold_unknown":
            spans = {name: hold.span for name, hold in entity.holds.items()}
            lost = self.values.known.holds.get(entity.name, frozenset())
            self.values.report.known(
                Message("hold"), node, spans, Message("the `holds` of `{name}`", name=entity.name), lost
            )
        return name_of(node)

    def _target(self, part: Part) -> _Target | None:
        """The record that a step acts on; None after a finding."""
        lost = part.lost.get(part.node.span, frozenset())
        if {"to", "on"} & lost:
            return None
        target = self._root(part)
        node = part.scalar("to")
        if target is None or node is None:
            return target
        if target.to:
            text = Message("`on` names a child already, `{on}/{to}`", on=target.on, to=target.to)
            self.values.report.error("OF107", text, node.span, NOTHING, Message("remove `to`"))
            return None
        words = node.value.split()
        if len(words) != 2 or not _is_number(words[1]):
            text = Message("`to` must name a child, not `{value}`", value=node.value)
            self.values.report.error(
                "OF102", text, node.span, NOTHING, Message("write such as `shipments 1`")
            )
            return None
        return self._child(target, node, words[0], words[1])

    def _root(self, part: Part) -> _Target | None:
        """The root record that a step is about, or by `ROOT/CHILDREN/N` a child of it."""
        node = part.scalar("on")
        if node is None:
            return _Target(self.root, self.root)
        id, *rest = node.value.split("/")
        start = node.value.index(id) if id else 0
        if id not in self.records:
            place = locate(node, start, start + len(id))
            self.values.report.unknown(
                Message("record"),
                ScalarNode(id, "plain", place, id),
                tuple(self.records),
                Message("`others`"),
            )
            return None
        root = self.records[id]
        target = _Target(root, root, id)
        if not rest:
            return target
        if len(rest) != 2 or not _is_number(rest[1]):
            text = Message("`on` must name a record, not `{value}`", value=node.value)
            fix = Message("write such as `{id}`, or `{id}/shipments/1` for a child", id=id)
            self.values.report.error("OF102", text, node.span, NOTHING, fix)
            return None
        return self._child(target, node, rest[0], rest[1])

    def _child(self, target: _Target, node: ScalarNode, kind: str, number: str) -> _Target | None:
        start = node.value.index(kind, len(target.on) if node.value.startswith(target.on) else 0)
        place = locate(node, start, start + len(kind))
        children = {name: child.span for name, child in target.root.children.items()}
        word = ScalarNode(kind, "plain", place, kind)
        known = self.values.report.known(Message("kind of children"), word, children, Message("`children`"))
        entity = None if known is None else self.values.rules.entities.get(target.root.children[known].entity)
        if known is None or entity is None:
            return None
        return _Target(target.root, entity, target.on, f"{known}/{int(number)}")


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and int(text[:9]) >= 1
