"""Linking: from a definition, which is data, to a rule set that decides."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from orderflow.diagnostics.errors import RecordError
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.nearest import nearest
from orderflow.engine import needs
from orderflow.engine.actions import plan
from orderflow.engine.admit import misfits
from orderflow.engine.decide import decide
from orderflow.engine.history import Contributor, link_contributor
from orderflow.engine.machine import Machine, build
from orderflow.engine.needs import Prospect, prospect
from orderflow.engine.parts import Compiled, link_tag
from orderflow.engine.policies import LinkedPolicy, link_policy
from orderflow.engine.reading import Reader
from orderflow.engine.tables import LinkedTable
from orderflow.engine.views import FamilyView
from orderflow.expr.python import compile_python
from orderflow.expr.template import compile_template
from orderflow.expr.types import Kind
from orderflow.model.convert import ValueFault, converter, is_missing
from orderflow.model.decision import Decision
from orderflow.model.definition import Definition, Entity, EventType, Queue, State
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Facts, Needs
from orderflow.model.fault import shown
from orderflow.model.record import Family, Record
from orderflow.model.standing import Tier

#: The longest key of a record, in characters.
LONGEST_KEY = 200


class RuleSet:
    """A rule set, linked: the only holder of compiled functions and of the memo of configurations.

    It is immutable but for that memo, and safe to share between threads. It pickles as its definition.
    """

    __slots__ = (
        "_auto", "_data", "contributors", "defaults", "definition", "holds_for_stock", "limits", "machines", "policies", "prospects",
        "refers", "refs", "solitary", "tables", "tagged", "tiers", "watched", "zone",
    )  # fmt: skip

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.zone: tzinfo = ZoneInfo(definition.timezone)
        private = definition.private
        reader = Reader(definition)
        self.tables: Mapping[str, LinkedTable] = {
            name: LinkedTable(table) for name, table in definition.tables.items()
        }
        self.policies: Mapping[str, LinkedPolicy] = {
            name: link_policy(definition, policy) for name, policy in definition.allocation.items()
        }
        self.tiers: Mapping[str, tuple[Tier, Compiled]] = {
            f"{entity.name}.{name}": (tier, compile_python(tier.of))
            for entity in definition.entities.values()
            for name, tier in entity.tiers.items()
        }
        self.machines: Mapping[str, Machine] = {
            name: build(
                definition,
                entity,
                self.zone,
                {item.name: plan(item, private) for item in definition.actions.values() if item.of == name},
                (
                    link_tag(
                        tag,
                        sorted(atom.name for atom in reader.expression(tag.when) if atom.kind == "aggregate"),
                    )
                    for tag in entity.tags.values()
                ),
            )
            for name, entity in definition.entities.items()
        }
        self.prospects: Mapping[str, Prospect] = {
            name: prospect(reader, entity) for name, entity in definition.entities.items()
        }
        self.watched: frozenset[str] = frozenset(
            atom.name for each in self.prospects.values() for atoms in each.watched.values() for atom in atoms
        )
        self.contributors = _contributors(definition)
        self.holds_for_stock = any(
            "stock" in hold.retry_on
            for entity in definition.entities.values()
            for hold in entity.holds.values()
        )
        self.tagged: frozenset[str] = frozenset(
            key for machine in self.machines.values() for tag in machine.tags for key in tag.aggregates
        )
        self.limits = _limits(definition)
        #: No record waits for anything outside its family, so that no decision moves another one.
        waits = [
            item.retry_on for entity in definition.entities.values() for item in entity.transitions.values()
        ]
        waits += [hold.retry_on for entity in definition.entities.values() for hold in entity.holds.values()]
        self.solitary = not (self.watched or self.tagged or self.limits or any(waits))
        self.refs: Mapping[str, tuple[tuple[str, str], ...]] = {
            name: tuple(
                (field.name, field.type.name)
                for field in entity.fields.values()
                if field.type.kind is Kind.REF
            )
            for name, entity in definition.entities.items()
        }
        self.refers = any(
            item.type.kind is Kind.REF
            for entity in definition.entities.values()
            for fields in (entity.fields, *(event.data for event in entity.events.values()))
            for item in fields.values()
        )
        self.defaults: Mapping[str, Mapping[str, object]] = {
            name: {field.name: field.default for field in entity.fields.values()}
            for name, entity in definition.entities.items()
        }
        self._data = {
            (name, event.name): {item.name: converter(item, self.zone) for item in event.data.values()}
            for name, entity in definition.entities.items()
            for event in entity.events.values()
        }
        self._auto = {
            name: compile_template(key.auto)
            for name, entity in definition.entities.items()
            if entity.key is not None and (key := entity.fields[entity.key]).auto is not None
        }

    def __reduce__(self) -> tuple[type["RuleSet"], tuple[Definition]]:
        return (RuleSet, (self.definition,))

    def __repr__(self) -> str:
        return f"<RuleSet {self.definition.name} {self.definition.version} {self.digest[:12]}>"

    @property
    def digest(self) -> str:
        """The SHA-256 of the rule set's content, in hexadecimal."""
        return self.definition.digest

    def decide(self, family: Family | None, event: Event, now: datetime, facts: Facts = NO_FACTS) -> Decision:
        """Work out what an event does to a family; nothing is stored and nothing is sent.

        Args:
            family: the family as it stands; None for a submit.
            event: what happened, its data already typed (see `coerce`).
            now: the present moment, aware UTC.
            facts: what was read beforehand (see `needs`).

        Raises:
            DecisionError: the rules do not come to rest.
        """
        return decide(self, family, event, now, facts)

    def entity(self, name: str | None = None) -> Entity:
        """The entity of that name; without a name, the only one that heads families.

        Raises:
            RecordError: there is no such entity, or several could be meant.
        """
        if name is None:
            roots = self.definition.roots
            if len(roots) != 1:
                known = ", ".join(f"`{item.name}`" for item in roots)
                raise RecordError(f"the rule set has several kinds of record; say which of {known}")
            return roots[0]
        found = self.definition.entities.get(name)
        if found is None:
            raise RecordError(_unknown("entity", name, self.definition.entities))
        return found

    def coerce(self, entity: str, data: Mapping[str, object], *, complete: bool) -> dict[str, object]:
        """Turn raw values into the typed values of an entity's fields.

        Args:
            entity: the entity's name.
            data: raw values by field: texts, numbers, moments, rows.
            complete: whether it is a submit, which must bring every required field.

        Raises:
            RecordError: with every problem found.
        """
        converters = self.machines[entity].converters
        fields = self.definition.entities[entity].fields
        values: dict[str, object] = {}
        problems: list[str] = []
        given = data
        if complete:
            given = {name: value for name, value in data.items() if not is_missing(value)}
        for name, value in given.items():
            run = converters.get(name)
            if run is None:
                problems.append(_unknown("field", name, fields))
                continue
            try:
                values[name] = run(value)
            except ValueFault as fault:
                problems.append(str(fault))
        if complete:
            key = self.definition.entities[entity].key
            problems += [
                f"`{name}` is missing; give it a value"
                for name, item in fields.items()
                if name not in given
                and item.default is None
                and item.formula is None
                and not item.type.optional
                and name != key
            ]
        if problems:
            raise RecordError(problems)
        return values

    def coerce_event(self, entity: str, event: str, data: Mapping[str, object]) -> dict[str, object]:
        """Turn raw values into the typed data of an event; data of an undeclared event come back as they are.

        Raises:
            RecordError: with every problem found.
        """
        converters = self._data.get((entity, event))
        if converters is None:
            return dict(data)
        declared = self.definition.entities[entity].events[event]
        problems = [_unknown("datum", name, converters) for name in data if name not in converters]
        values: dict[str, object] = {}
        for name, run in converters.items():
            try:
                values[name] = run(data[name]) if name in data else _default(declared, name)
            except ValueFault as fault:
                problems.append(f"event `{event}`: {fault}")
        if problems:
            raise RecordError(problems)
        return values

    def key_of(self, entity: str, values: Mapping[str, object], sequence: int) -> str:
        """The key of a new record: what the submit brings, or what the key's `auto` makes of it.

        Raises:
            RecordError: there is neither.
        """
        declared = self.definition.entities[entity]
        given = values.get(declared.key) if declared.key is not None else None
        if isinstance(given, str) and given:
            if "/" in given:
                raise RecordError(f"`{declared.key}` may not hold `/`, which tells children apart")
            if not given.isprintable() or len(given) > LONGEST_KEY:
                raise RecordError(
                    f"`{declared.key}` must be of at most {LONGEST_KEY} characters that can be printed"
                )
            return given
        auto = self._auto.get(entity)
        if auto is None:
            raise RecordError(f"`{declared.key}` is missing; give it a value")
        fields = {name: values.get(name, item.default) for name, item in declared.fields.items()}
        record = Record(entity, "", "", fields)
        family = Family(record, dict.fromkeys(declared.children, ()))
        return auto(fields, FamilyView(self, family, record, needs.EPOCH, extra={"sequence": sequence}))

    def admit(self, family: Family) -> Family:
        """The family, if it can live under these rules; one that other rules decided may not.

        Raises:
            RecordError: with everything that does not fit.
        """
        problems = misfits(self.definition, self.machines, family)
        if problems:
            rules = f"{self.definition.name} {self.definition.version}"
            raise RecordError(
                [f"{problem}; other rules than {rules} decided it last" for problem in problems]
            )
        return family

    def queue(self, name: str) -> Queue:
        """The queue of that name.

        Raises:
            RecordError: there is none.
        """
        found = self.definition.queues.get(name)
        if found is None:
            raise RecordError(_unknown("queue", name, self.definition.queues))
        return found

    def check_department(self, name: str | None) -> None:
        """Make sure that a department has words of its own somewhere; None stands for nobody in particular.

        Raises:
            RecordError: it has none.
        """
        known = self.definition.departments
        if name is not None and name not in known:
            words = ", ".join(f"`{one}`" for one in known) or "no state has a `known_as`"
            raise RecordError(f"unknown department `{name}`; known: {words}")

    def check_warehouses(self, names: Iterable[str]) -> None:
        """Make sure that each warehouse named is declared.

        Raises:
            RecordError: with every unknown one.
        """
        known = self.definition.warehouses
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        if unknown:
            raise RecordError([_unknown("warehouse", name, known) for name in unknown])

    def needs(self, family: Family | None, event: Event) -> Needs:
        """What deciding the event may look at: what `Facts` must hold. `family` is None for a submit."""
        return needs.needs(self, family, event)

    def shown(self, family: Family) -> State:
        """The state that people see: a record that `shows` its children shows the least advanced one."""
        entity = self.definition.entities[family.root.entity]
        state = entity.states[family.root.state]
        return state if state.shows is None else self._least(entity, state, family)

    def _least(self, entity: Entity, state: State, family: Family) -> State:
        child = self.definition.entities[entity.children[str(state.shows)].entity]
        live = [
            record
            for record in family.children.get(str(state.shows), ())
            if not child.states[record.state].final or record.state in child.path
        ]
        if not live:
            return state
        return child.states[min(live, key=lambda record: _rank(child, record)).state]


def _contributors(definition: Definition) -> Mapping[str, tuple[Contributor, ...]]:
    """By entity, the aggregates that its records count in."""
    found: dict[str, tuple[Contributor, ...]] = {}
    for owner in definition.entities.values():
        for name, aggregate in owner.aggregates.items():
            made = link_contributor(f"{owner.name}.{name}", aggregate)
            found[aggregate.of] = (*found.get(aggregate.of, ()), made)
    return found


def _limits(definition: Definition) -> Mapping[str, tuple[str, ...]]:
    """By entity, the amount resources whose limit its records have."""
    found: dict[str, tuple[str, ...]] = {}
    for entity in definition.entities.values():
        for name, item in entity.resources.items():
            if item.kind == "amount" and item.owner is not None:
                owner = entity.fields[item.owner].type.name
                found[owner] = (*found.get(owner, ()), name)
    return found


def _rank(entity: Entity, record: Record) -> int:
    """How far a record has come on the path; off it, the last state of the path that it reached."""
    if record.state in entity.path:
        return entity.path.index(record.state)
    return max((rank for rank, name in enumerate(entity.path) if name in record.reached), default=-1)


def _default(declared: EventType, name: str) -> object:
    item = declared.data[name]
    if item.default is None and not item.type.optional:
        raise ValueFault(Message("`{name}` is missing; give it a value", name=name))
    return item.default


def _unknown(what: str, name: object, known: Mapping[str, object]) -> str:
    if not isinstance(name, str):
        return f"unknown {what} {shown(name)}; names are texts"
    meant = nearest(name, known)
    return f"unknown {what} `{name}`" + (f"; did you mean `{meant}`" if meant else "")


def link(definition: Definition) -> RuleSet:
    """Turn a definition into a rule set that decides.

    Raises:
        ZoneInfoNotFoundError: the machine does not know the definition's time zone (`check` reports it first).
    """
    return RuleSet(definition)
