"""Journal entries as people and programs read them; private values are masked in both."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from orderflow.engine.link import RuleSet
from orderflow.engine.phrases import Words
from orderflow.engine.verdicts import verdict_words
from orderflow.expr.types import Kind
from orderflow.model.decision import Change, Judged, Marked
from orderflow.model.definition import Entity, Field
from orderflow.model.plan import Parcel, Plan
from orderflow.model.record import masked, root_of
from orderflow.model.stock import Draw, Move
from orderflow.service.ports import JournalEntry

#: What each kind of move of stock does, as a verb.
MOVES: Mapping[str, str] = {
    "take": "takes", "give_back": "gives back", "spend": "sends off", "receive": "takes in",
    "quarantine": "takes in, kept apart,", "damage": "marks as damaged", "restore": "marks as good again",
    "scrap": "scraps", "pool": "sets aside", "unpool": "frees", "expect": "expects", "arrive": "has come in:",
    "lose": "gives up as lost", "count": "counted off by", "safety": "safety stock off by",
}  # fmt: skip

_DRAWS = {"take": "takes", "give_back": "gives back", "spend": "uses up"}
_KINDS = {"submit": "submitted", "update": "updated", "tick": "time passed"}
_ROWS_SHOWN = 6


class Teller:
    """Tells of the events of one kind of family.

    Args:
        ruleset: whose labels are used.
        root: the name of the root record's entity.
    """

    def __init__(self, ruleset: RuleSet, root: str) -> None:
        self.ruleset = ruleset
        self.definition = ruleset.definition
        self.root = root
        self.words = Words(ruleset.definition, ruleset.zone)

    # ---- for people ---------------------------------------------------------------------------------------------

    def head(self, entry: JournalEntry) -> str:
        """What happened and who did it, without the moment."""
        event = entry.event
        target = f" to {event.target}" if "/" in event.target else ""
        if event.kind in ("hold", "release"):
            entity = self.entity(event.target)
            hold = entity.holds.get(event.name) if entity is not None else None
            verb = "held" if event.kind == "hold" else "released"
            what = f"{verb}: {called(event.name, hold.label if hold is not None else event.name)}"
        else:
            what = _KINDS.get(event.kind) or f"sent {event.name}"
        reason = f", because: {event.reason}" if event.reason else ""
        return f"{what}{target} by {event.actor}{reason}" + ("" if entry.accepted else "  REFUSED")

    def lines(self, entry: JournalEntry) -> Iterator[str]:
        """The entry as lines of text: what happened, then what came of it."""
        yield f"{entry.event.at.astimezone(self.ruleset.zone):%Y-%m-%d %H:%M:%S}  {self.head(entry)}"
        for detail in self.details(entry):
            yield f"    {detail}"

    def details(self, entry: JournalEntry) -> Iterator[str]:
        """What came of an event, a line each."""
        yield from (refusal.message for refusal in entry.refusals)
        yield from self._data(entry)
        for change in entry.changes:
            yield from self._change(change)
        yield from (self._judged(item) for item in entry.arrival)
        for plan in entry.plans:
            yield from self._plan(plan)
        for step in entry.steps:
            entity = self.entity(step.record)
            where = _where(step.record)
            if entity is None or (step.before == step.after and step.transition):
                yield f"{where}{step.transition}"
            elif step.before:
                goal = f"{_state(entity, step.before)} → {_state(entity, step.after)}"
                yield f"{where}{goal} by {step.transition}"
            else:
                yield f"{where}starts in {_state(entity, step.after)}"
        yield from (self._mark(mark) for mark in entry.marks)
        for draw in entry.draws:
            yield self._draw(draw)
        yield from (_move(move) for move in entry.moves)
        yield from (f"to do: {effect.action} ({effect.use})" for effect in entry.effects)

    def entity(self, record: str) -> Entity | None:
        """The entity of a record of such a family; None when the rules no longer know it."""
        root = self.definition.entities.get(self.root)
        parts = record.split("/")
        if root is None or len(parts) < 2:
            return root
        child = root.children.get(parts[1])
        return self.definition.entities[child.entity] if child is not None else None

    def value(self, value: object, field: Field | None) -> str:
        """A value in words: places as latitude and longitude, rows one by one, private ones masked."""
        if isinstance(value, tuple | list) and field is not None and not field.private:
            if field.type.kind is Kind.LOCATION:
                return ", ".join(str(part) for part in value)
            if field.rows is not None:
                rows = [self._row(row, field) for row in value[:_ROWS_SHOWN] if isinstance(row, Mapping)]
                more = f"; {len(value) - _ROWS_SHOWN} more" if len(value) > _ROWS_SHOWN else ""
                return "; ".join(rows) + more
        return self.words.value(value, field)

    def _row(self, row: Mapping[str, object], field: Field) -> str:
        assert field.rows is not None
        known = field.rows.fields
        parts = [
            f"{name} {self.words.value(value, known[name])}"
            for name, value in row.items()
            if name in known and value is not None and value != known[name].default
        ]
        return ", ".join(parts)

    def _data(self, entry: JournalEntry) -> Iterator[str]:
        if entry.event.kind != "send" or not entry.event.data:
            return
        known = self._declared(entry)
        parts = [
            f"{called(name, known[name].label)}: {self.value(value, known[name])}"
            for name, value in entry.event.data.items()
            if name in known and value is not None
        ]
        if parts:
            yield "with " + ", ".join(parts)

    def _change(self, change: Change) -> Iterator[str]:
        entity = self.entity(change.record)
        field = entity.fields.get(change.field) if entity is not None else None
        if change.field == "plan" and field is not None and field.type.kind is Kind.RECORD:
            return  # the plan is told by itself
        name = change.field if field is None else called(field.name, field.label)
        where = _where(change.record)
        if field is not None and field.rows is not None and not field.private and change.before is not None:
            yield from (f"{where}{name}: {text}" for text in self._rows(change, field))
            return
        yield f"{where}{name}: {self.value(change.before, field)} → {self.value(change.after, field)}"

    def _rows(self, change: Change, field: Field) -> Iterator[str]:
        """What changed in a list of rows: rows that went, came, or have other values, by their key."""
        assert field.rows is not None
        known = field.rows.fields
        before, after = (_keyed(value, field.rows.key) for value in (change.before, change.after))
        yield from (f"{self._row(row, field)} removed" for key, row in before.items() if key not in after)
        yield from (f"{self._row(row, field)} added" for key, row in after.items() if key not in before)
        for key, row in after.items():
            for name, value in row.items():
                old = before.get(key, row).get(name)
                if old != value and name in known:
                    label = called(name, known[name].label)
                    said = f"{self.words.value(old, known[name])} → {self.words.value(value, known[name])}"
                    yield f"row {key}: {label} {said}"

    def _judged(self, judged: Judged) -> str:
        name = called(judged.name, judged.label)
        if judged.held:
            return f"checked on arrival: {name}: yes"
        needs = "; ".join(unmet(judged))
        return f"checked on arrival: {name}: no" + (f", it needs: {needs}" if needs else "")

    def _plan(self, plan: Plan) -> Iterator[str]:
        policy = self.definition.allocation.get(plan.policy)
        name = called(plan.policy, policy.label if policy is not None else plan.policy)
        if not plan.made:
            found = "finds no way" if not plan.parcels else f"would find {_many(len(plan.parcels))}"
            yield f"looked for stock: {name} {found}"
        else:
            yield f"sent by {name}, in {_many(len(plan.parcels))}:"
            yield from (f"  {self.parcel(parcel, plan.policy)}" for parcel in plan.parcels)
        if plan.made or not plan.parcels:
            chosen = {parcel.warehouse for parcel in plan.parcels}
            for verdict in plan.verdicts:
                if verdict.warehouse not in chosen:
                    yield f"  not from {verdict_words(verdict)}"

    def parcel(self, parcel: Parcel, policy: str) -> str:
        """What one warehouse sends: `温州总仓 (hq): 2 of EX-001; 8.9 km, by yto, promised for 2026-02-14`."""
        warehouse = self.definition.warehouses.get(parcel.warehouse)
        name = called(parcel.warehouse, warehouse.label if warehouse is not None else parcel.warehouse)
        lines = ", ".join(
            f"{line.quantity} of {line.sku}" + (f" from pool {line.pool}" if line.pool else "")
            for line in parcel.lines
        )
        more = []
        if parcel.distance_km is not None:
            more.append(f"{parcel.distance_km:.1f} km")
        if parcel.carrier is not None:
            more.append(f"by {parcel.carrier}")
        if parcel.promised_on is not None:
            calendar = self.definition.calendar_of(policy)
            by = "" if calendar is None else f" by {called(calendar.name, calendar.label)}"
            more.append(f"promised for {parcel.promised_on.isoformat()}{by}")
        return f"{name}: {lines}" + (f"; {', '.join(more)}" if more else "")

    def _mark(self, mark: Marked) -> str:
        entity = self.entity(mark.record)
        reason = f": {mark.reason}" if mark.reason else ""
        label = mark.name
        if mark.what == "queue":
            queue = self.definition.queues.get(mark.name)
            label = queue.label if queue is not None else label
            verb = "comes into the queue" if mark.on else "leaves the queue"
        elif mark.what == "tag":
            tag = entity.tags.get(mark.name) if entity is not None else None
            label = tag.label if tag is not None else label
            verb = "is tagged" if mark.on else "is no longer tagged"
        else:
            hold = entity.holds.get(mark.name) if entity is not None else None
            label = hold.label if hold is not None else label
            verb = "is held" if mark.on else "is no longer held"
        return f"{_where(mark.record)}{verb} {called(mark.name, label)}{reason}"

    def _draw(self, draw: Draw) -> str:
        entity = self.entity(draw.record)
        resource = entity.resources.get(draw.resource) if entity is not None else None
        if resource is not None and resource.kind == "token":
            return f"{_where(draw.record)}{_DRAWS[draw.kind]} a {draw.resource}"
        amount, limit = (
            None if number is None else in_unit(number, resource, self.definition.places)
            for number in (draw.amount, draw.limit)
        )
        most = f" (at most {limit:f} in all)" if limit is not None else ""
        return f"{_where(draw.record)}{_DRAWS[draw.kind]} {amount:f} of the {draw.resource} of {draw.owner}{most}"

    # ---- for programs -------------------------------------------------------------------------------------------

    def document(self, entry: JournalEntry) -> dict[str, object]:
        """The entry as plain data for JSON."""
        event = entry.event
        return {
            "number": entry.number,
            "at": event.at.isoformat(),
            "recorded_at": entry.recorded_at.isoformat(),
            "version": entry.version,
            "kind": event.kind,
            "name": event.name,
            "target": event.target,
            "actor": event.actor,
            "event_id": event.event_id,
            "reason": event.reason,
            "accepted": entry.accepted,
            "data": _masked(event.data, self._declared(entry)),
            "changes": [
                {
                    "record": change.record,
                    "field": change.field,
                    "before": self._shown(change.record, change.field, change.before),
                    "after": self._shown(change.record, change.field, change.after),
                }
                for change in entry.changes
            ],
            "steps": [step._asdict() for step in entry.steps],
            "effects": [
                {"key": effect.key, "record": effect.record, "action": effect.action, "use": effect.use}
                for effect in entry.effects
            ],
            "moves": [move._asdict() for move in entry.moves],
            "draws": [draw._asdict() for draw in entry.draws],
            "plans": [_plan_document(plan) for plan in entry.plans],
            "arrival": [
                {"name": item.name, "label": item.label, "held": item.held,
                 "needs": unmet(item)}
                for item in entry.arrival
            ],
            "marks": [mark._asdict() for mark in entry.marks],
            "refusals": [
                {"code": refusal.code, "record": refusal.record, "transition": refusal.transition,
                 "message": refusal.message}
                for refusal in entry.refusals
            ],
            "digest": entry.digest,
        }  # fmt: skip

    def _declared(self, entry: JournalEntry) -> Mapping[str, Field]:
        entity = self.entity(entry.event.target)
        if entity is None:
            return {}
        if entry.event.kind == "send":
            declared = entity.events.get(entry.event.name)
            return declared.data if declared is not None else {}
        return entity.fields

    def _shown(self, record: str, field: str, value: object) -> object:
        entity = self.entity(record)
        return _masked({field: value}, entity.fields if entity is not None else {})[field]


def teller(ruleset: RuleSet, entries: Iterable[JournalEntry]) -> Teller:
    """A teller for the entries of one family: the submit says of which kind it is."""
    names = (entry.event.name for entry in entries if entry.event.kind == "submit")
    return Teller(ruleset, next(names, ""))


def unmet(judged: Judged) -> list[str]:
    """What a check on arrival needed and did not find; nothing where it held."""
    return [] if judged.held else [clause.needs for clause in judged.clauses if clause.held is not True]


def called(name: str, label: str) -> str:
    """A name with its label: `已支付 (paid)`."""
    return name if label == name else f"{label} ({name})"


def in_unit(number: int, resource: object, places: int) -> Decimal:
    """An amount in the currency's smallest unit as money; a plain count as it is.

    Args:
        resource: the `Resource` that it is an amount of, or None.
        places: the currency's places.
    """
    amount = getattr(resource, "amount", None)
    money = amount is not None and amount.type.kind in (Kind.MONEY, Kind.DECIMAL)
    return Decimal(number).scaleb(-places) if money else Decimal(number)


def _where(record: str) -> str:
    return f"{record}: " if record != root_of(record) else ""


def _many(parcels: int) -> str:
    return f"{parcels} parcel{'s' if parcels != 1 else ''}"


def _move(move: Move) -> str:
    pool = f" (pool {move.pool})" if move.pool else ""
    return f"{MOVES[move.kind]} {move.quantity} × {move.sku} at {move.warehouse}{pool}"


def _state(entity: Entity, name: str) -> str:
    state = entity.states.get(name)
    return name if state is None else called(name, state.label)


def _keyed(value: object, key: str | None) -> dict[object, Mapping[str, object]]:
    rows = value if isinstance(value, tuple | list) else ()
    return {row[key] if key is not None and key in row else place: row for place, row in enumerate(rows, 1)}


def _plan_document(plan: Plan) -> dict[str, object]:
    return {
        "policy": plan.policy,
        "record": plan.record,
        "made": plan.made,
        "wanted": [item._asdict() for item in plan.wanted],
        "parcels": [
            {**parcel._asdict(), "lines": [line._asdict() for line in parcel.lines]}
            for parcel in plan.parcels
        ],
        "verdicts": [
            {**verdict._asdict(), "short": [item._asdict() for item in verdict.short]}
            for verdict in plan.verdicts
        ],
    }


def _masked(data: Mapping[str, object], fields: Mapping[str, Field]) -> dict[str, object]:
    """Return data with private values masked, those of rows too; what no field declares may be private too."""
    return {
        name: _open(value, fields[name]) if name in fields else masked(value) for name, value in data.items()
    }


def _open(value: object, field: Field) -> object:
    if field.private:
        return masked(value)
    if field.rows is None or not isinstance(value, tuple | list):
        return value
    return [_masked(row, field.rows.fields) if isinstance(row, Mapping) else row for row in value]
