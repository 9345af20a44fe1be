"""Lives of records under drawn rules: by `decide` alone, with facts from the tape; and by an engine on memory storage."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from tests.soundness.tape import Tape
from tests.soundness.values import SKUS, fitting, given, spoiled

from orderflow.diagnostics.errors import DecisionError, RecordError
from orderflow.engine.link import RuleSet
from orderflow.engine.views import FamilyView
from orderflow.expr.python import compile_python
from orderflow.expr.template import compile_template
from orderflow.expr.types import Kind, Type, bounds
from orderflow.expr.view import Missing
from orderflow.model.convert import ValueFault
from orderflow.model.decision import Decision
from orderflow.model.definition import Field
from orderflow.model.event import Event
from orderflow.model.facts import Aggregated, Facts, Needs
from orderflow.model.record import Family, Record
from orderflow.model.stock import Position
from orderflow.service.engine import Engine
from orderflow.service.measure import measure
from orderflow.service.memory import ManualClock, MemoryStorage
from orderflow.service.reading import lazy_facts
from orderflow.service.summary import summarise
from orderflow.service.telling import teller

K = TypeVar("K")
STARTS = (
    datetime(2026, 2, 3, 9, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC),
    datetime(2199, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2011, 12, 29, 22, tzinfo=UTC),
)
END = datetime(2199, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
STEPS = (
    timedelta(minutes=5),
    timedelta(0),
    timedelta(hours=26),
    timedelta(days=15),
    timedelta(days=36_525),
    timedelta(microseconds=1),
)
EXTREME = 10**18 - 1


class UnsoundError(AssertionError):
    """Rules that passed the check did what they must not."""


# ---- facts ------------------------------------------------------------------------------------------------------------


class _Drawn(dict[K, object]):
    """A mapping whose values are drawn when they are first asked for."""

    def __init__(self, make: Callable[[K], object]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: K) -> object:
        value = self[key] = self.make(key)
        return value

    def get(self, key: K, default: object = None) -> object:
        return self[key]


class World:
    """Facts for one life, each drawn once."""

    def __init__(self, rules: RuleSet, tape: Tape) -> None:
        self.rules = rules
        self.tape = tape
        self.refs = _Drawn[tuple[str, str]](self._record)
        self.aggregates = _Drawn[tuple[str, str]](self._aggregate)
        self.stock = _Drawn[tuple[str, str]](self._position)
        self.balances = _Drawn[tuple[str, str]](lambda _: tape.pick((0, 100, 10**20)))

    def facts(self, needs: Needs) -> Facts:
        """Exactly what is needed."""
        houses = self.rules.definition.warehouses
        return Facts(
            stock={(house, sku): self.stock[house, sku] for house in houses for sku in needs.skus},  # type: ignore[misc]
            balances={key: self.balances[key] for key in needs.balances},  # type: ignore[misc]
            aggregates={key: self.aggregates[key] for key in needs.aggregates},  # type: ignore[misc]
            refs={key: self.refs[key] for key in needs.refs},  # type: ignore[misc]
        )

    def everything(self) -> Facts:
        """Whatever is asked for: of expressions that stand outside decisions."""
        return Facts(refs=self.refs, aggregates=self.aggregates)  # type: ignore[arg-type]

    def _record(self, key: tuple[str, str]) -> Mapping[str, object]:
        entity = self.rules.definition.entities[key[0]]
        fields = [field for field in entity.fields.values() if field.name != entity.key]
        values = typed(self.rules, entity.name, given(self.tape, fields))
        return {field.name: values.get(field.name, field.default) for field in entity.fields.values()} | {
            str(entity.key): key[1]
        }

    def _aggregate(self, key: tuple[str, str]) -> Aggregated:
        entity, _, name = key[0].partition(".")
        type_ = self.rules.definition.entities[entity].aggregates[name].type
        until = STARTS[0] + timedelta(days=self.tape.below(50)) if self.tape.below(2) else None
        if type_.optional and self.tape.chance(40):
            return Aggregated(None, until)
        return Aggregated(_within(self.tape, type_), until)

    def _position(self, key: object) -> Position:
        on_hand = self.tape.pick((5, 0, 10**6))
        pooled = self.tape.below(2) if on_hand else 0
        pools = dict.fromkeys(self.rules.definition.pools, pooled) if pooled else {}
        return Position(on_hand, 0, sum(pools.values()), 0, self.tape.pick((0, 10**6)), 0, pools)


def _within(tape: Tape, type_: Type) -> object:
    ends = [Decimal(one) for one in bounds(type_)]
    number = tape.pick(
        [one for one in (Decimal(1), Decimal(0), *ends, Decimal(100)) if ends[0] <= one <= ends[1]]
    )
    if type_.kind is Kind.INTEGER:
        return int(number)
    return number.quantize(Decimal(1).scaleb(-type_.places), ROUND_DOWN)


def typed(rules: RuleSet, entity: str, values: dict[str, object]) -> dict[str, object]:
    """Values that fit, typed; what does not fit after all is a fault of the test or of the converters."""
    try:
        return rules.coerce(entity, values, complete=True)
    except RecordError as error:
        raise UnsoundError(f"values that fit are refused: {error}") from None


# ---- events ------------------------------------------------------------------------------------------------------------


def events(rules: RuleSet, tape: Tape, family: Family, at: datetime) -> Event:
    """One thing that happens to a family, its data typed."""
    record = tape.pick(list(family.records()))
    entity = rules.definition.entities[record.entity]
    roles = tape.pick(("engine", "desk", "desk:li", "nobody"))
    match tape.below(8):
        case 0 | 1 | 2 | 3 if entity.events:
            name = _event(rules, tape, record)
            data = rules.coerce_event(entity.name, name, given(tape, entity.events[name].data.values()))
            return Event("send", record.id, at, name, data, roles, "e1")
        case 4 | 5:
            fields = tape.some(
                [field for field in entity.fields.values() if _writable(field, entity.key)], 40
            )
            values = rules.coerce(
                entity.name, {field.name: _changed(tape, field) for field in fields}, complete=False
            )
            return Event("update", record.id, at, "", values, roles, "e2", tape.pick(("why", "")))
        case 6 if entity.holds:
            return Event(
                tape.pick(("hold", "release")),
                record.id,
                at,
                tape.pick(tuple(entity.holds)),
                {},
                roles,
                "e3",
                "why",
            )
    return Event("tick", family.id, at)


def _event(rules: RuleSet, tape: Tape, record: Record) -> str:
    """An event of a record, mostly one that some transition expects."""
    machine = rules.machines[record.entity]
    expected = tuple(machine.at(record.state).events)
    return tape.pick(expected if expected and tape.below(4) else tuple(machine.entity.events))


def _writable(field: Field, key: str | None) -> bool:
    return field.name not in (key, "plan")


def _changed(tape: Tape, field: Field) -> object:
    return None if field.type.optional and tape.chance(30) else fitting(tape, field)


# ---- by decide alone ------------------------------------------------------------------------------------------------


def decided(rules: RuleSet, tape: Tape, entity: str, *, cycles: bool) -> Iterator[Decision]:
    """A life by `decide` alone; `cycles` says that the check warned of transitions that go round."""
    world = World(rules, tape)
    at = tape.pick(STARTS)
    kind = rules.definition.entities[entity]
    fields = [field for field in kind.fields.values() if field.name != kind.key]
    event = Event("submit", "R1", at, entity, typed(rules, entity, given(tape, fields)), "desk", "e0")
    family: Family | None = None
    for _ in range(1 + tape.below(8)):
        now = min(at + tape.pick((timedelta(0), timedelta(days=1))), END) if event.kind != "tick" else at
        facts = world.facts(rules.needs(family, event))
        try:
            decision = rules.decide(family, event, now, facts)
        except DecisionError:
            if not cycles:
                raise
            tape.note("decision error")
            return
        tape.note(
            f"event {event.kind}", "accepted" if decision.accepted else f"refused {decision.refusals[0].code}"
        )
        if {refusal.code for refusal in decision.refusals} & {"stock", "limit", "moves"}:
            tape.note("refused for what is short")
        _stays_sound(rules, decision)
        yield decision
        if decision.accepted:
            family = decision.family
        if family is None:
            return
        look(rules, family, now, world)
        if family.wake is not None and family.wake <= END and tape.chance(30):
            at = max(at, family.wake)
            event = Event("tick", family.id, at)
        else:
            at = min(at + tape.pick(STEPS), END)
            event = events(rules, tape, family, at)


def _stays_sound(rules: RuleSet, decision: Decision) -> None:
    """No rule gives a choice what is none of its options, and what records hold fits their fields."""
    if decision.event.kind != "update":
        for refusal in decision.refusals:
            if refusal.code == "contract" and "must be one of" in refusal.message:
                raise UnsoundError(f"a rule gives no option: {refusal.message}")
    if not decision.accepted:
        return
    for record in decision.family.records():
        converters = rules.machines[record.entity].converters
        for name, value in record.fields.items():
            if name in converters and not (isinstance(value, tuple) and len(value) > 100):
                try:
                    converters[name](value)
                except ValueFault as fault:
                    raise UnsoundError(f"`{record.id}` holds what does not fit: {fault}") from None


def look(rules: RuleSet, family: Family, now: datetime, world: World) -> None:
    """Work out what stands outside decisions: findings, metrics, tables, texts, tags, queues."""
    measure(rules, [family], now, world.everything())
    definition = rules.definition
    for record in family.records():
        view = FamilyView(rules, family, record, now, facts=world.everything())
        for queue in definition.queues.values():
            if queue.of == record.entity:
                _work_out(queue.when, record, view)
        for table in definition.tables.values():
            if table.of == record.entity:
                for row in table.rows:
                    if row.when is not None:
                        _work_out(row.when, record, view)
        for tag in definition.entities[record.entity].tags.values():
            _work_out(tag.when, record, view)
        for action in definition.actions.values():
            if action.of == record.entity:
                for text in action.parameters.values():
                    if hasattr(text, "expressions"):
                        compile_template(text)(record.fields, view)  # type: ignore[arg-type]


def _work_out(expression: object, record: Record, view: FamilyView) -> None:
    try:
        compile_python(expression)(record.fields, view)  # type: ignore[arg-type]
    except Missing as missing:
        raise UnsoundError(f"`{missing.name}` is missing") from None


# ---- by an engine -----------------------------------------------------------------------------------------------------


def lived(rules: RuleSet, tape: Tape, *, cycles: bool, hostile: bool = False) -> Engine:
    """A small shop's life on memory storage; `hostile` spoils every second input.

    Returns:
        The engine, to be looked at.
    """
    clock = ManualClock(tape.pick(STARTS[:4]))
    engine = Engine(rules, MemoryStorage(), clock=clock, new_id=(f"e{n}" for n in itertools.count()).__next__)
    definition = rules.definition
    for house in definition.warehouses:
        engine.receive(house, {sku: 1 + tape.below(6) for sku in SKUS})
        for pool in definition.pools:
            engine.set_aside(house, pool, {SKUS[0]: 1})
    ids: list[str] = []
    for entity, id in (("customer", "C1"), ("customer", "C2"), ("order", "O1"), ("order", "O2")):
        _submit(engine, tape, entity, id, ids, cycles, hostile)
    for _ in range(2 + tape.below(8)):
        clock.advance(min(tape.pick(STEPS[:4]), END - clock.now()))
        if ids:
            _happens(engine, tape, tape.pick(ids), cycles, hostile)
    for id in ids:
        engine.explain(id)
        entries = engine.history(id)
        telling = teller(rules, entries)
        for entry in entries:
            telling.head(entry)
            list(telling.details(entry))
            telling.document(entry)
    with engine.storage.transaction(read_only=True) as transaction:
        families = list(transaction.families("order"))
        measure(rules, families, clock.now(), lazy_facts(rules, transaction, clock.now()))
    summarise(engine)
    tape.note("engine life")
    return engine


def _submit(
    engine: Engine, tape: Tape, entity: str, id: str, ids: list[str], cycles: bool, hostile: bool
) -> None:
    kind = engine.ruleset.definition.entities[entity]
    fields = {field.name: field for field in kind.fields.values() if field.name != kind.key}
    values: dict[str, object] = given(tape, fields.values())
    if hostile and tape.below(2):
        values = spoiled(tape, fields, values)
    try:
        decision = engine.submit(values, entity=entity, id=id, actor="desk")
    except RecordError:
        tape.note("record error")
        return
    except DecisionError:
        if not cycles:
            raise
        return
    if decision.accepted:
        ids.append(id)


def _happens(engine: Engine, tape: Tape, id: str, cycles: bool, hostile: bool) -> None:
    rules = engine.ruleset
    family = engine.family(id)
    record = tape.pick(list(family.records()))
    kind = rules.definition.entities[record.entity]
    role = tape.pick(("engine", "desk"))
    try:
        match tape.below(8):
            case 0 | 1 | 2 if kind.events:
                name = _event(rules, tape, record)
                data: dict[str, object] = given(tape, kind.events[name].data.values())
                if hostile and tape.below(2) and kind.events[name].data:
                    data = spoiled(tape, kind.events[name].data, data)
                engine.send(record.id, name, data, actor=role)
            case 3 | 4:
                fields = {field.name: field for field in kind.fields.values() if _writable(field, kind.key)}
                values: dict[str, object] = {
                    each.name: _changed(tape, each) for each in tape.some(list(fields.values()), 30)
                }
                if hostile and tape.below(2) and fields:
                    values = spoiled(tape, fields, values)
                engine.update(record.id, values, actor=role, reason="why")
            case 5 if kind.holds:
                act = tape.pick((engine.hold, engine.release))
                act(record.id, tape.pick(tuple(kind.holds)), reason="why", actor=role)
            case 6 if rules.definition.warehouses:
                engine.receive(
                    tape.pick(tuple(rules.definition.warehouses)), {tape.pick(SKUS): 1 + tape.below(5)}
                )
            case 7:
                for item in engine.queue():
                    if rules.queue(item.queue).ticket is not None:
                        engine.handover(item.queue, item.record, actor="desk")
                        tape.note("handover")
                        break
            case _:
                engine.tick()
    except RecordError as error:
        tape.note("record error")
        if not error.problems:
            raise UnsoundError("a record error without reasons") from None
    except DecisionError:
        if not cycles:
            raise
