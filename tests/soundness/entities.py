"""Draws entities: customers, orders with everything on them, and their children."""

from dataclasses import dataclass, field, replace

from tests.soundness.fields import Yaml, some_fields
from tests.soundness.fields import field as one_field
from tests.soundness.sight import Clock, Family, Rows, Seen, Sight, through
from tests.soundness.tape import Tape
from tests.soundness.writer import Writer

SETTABLE = ("integer", "decimal", "money", "text", "bool", "choice", "datetime", "date", "duration")
MOVES = (
    "receive",
    "quarantine",
    "damage",
    "restore",
    "scrap",
    "expect",
    "arrive",
    "lose",
    "count",
    "safety",
    "pool",
    "unpool",
)


@dataclass
class World:
    """What the whole rule set has in common."""

    tape: Tape
    places: int
    dares: str
    warehouses: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    actions: dict[str, str] = field(default_factory=dict)
    tell: list[str] = field(default_factory=list)

    def action(self, entity: str) -> str:
        """An action of an entity."""
        name = f"tell_{entity}_{len(self.actions) % 2}"
        self.actions[name] = entity
        self.tape.note("action")
        return name


@dataclass
class Entity:
    """An entity on its way: its YAML, and what its expressions see."""

    world: World
    name: str
    sight: Sight
    yaml: Yaml
    seen: list[Seen]

    @property
    def tape(self) -> Tape:
        """Where the choices come from."""
        return self.world.tape

    def writer(self, clock: Clock, *more: Seen, decides: bool = False, rows: tuple[Rows, ...] = ()) -> Writer:
        """Writes what stands on this entity."""
        sight = replace(self.sight, calendars=self.world.calendars).told(clock, decides=decides).also(*more)
        sight = replace(sight, rows=(*sight.rows, *rows))
        return Writer(self.tape, sight, self.world.places, self.world.dares)

    def note(self, *names: str) -> None:
        """Count what was made."""
        self.tape.note(*names)


def lifecycle(entity: Entity, states: tuple[str, ...], *, compound: bool) -> None:
    """The states of an entity: one after the other, then two ends, the last of them off the path."""
    *middle, done, off = states
    made: Yaml = {middle[0]: {"initial": True, "label": "新"}}
    inner = middle[1:]
    if compound and len(inner) > 1:
        made["live"] = {"states": {name: ({"initial": True} if name == inner[0] else {}) for name in inner}}
        entity.note("compound")
    else:
        made |= {name: {} for name in inner}
    made |= {done: {"final": True}, off: {"final": True}}
    if entity.tape.chance(30):
        made[done]["on_entry"] = [entity.world.action(entity.name)]
    if entity.tape.chance(20):
        made[middle[0]]["on_exit"] = [entity.world.action(entity.name)]
    if entity.tape.chance(10):
        made[done]["known_as"] = {"sales": "完"}
    entity.yaml["states"] = made
    entity.yaml["path"] = [*middle, done]
    names = (*states, *(("live",) if "live" in made else ()))
    entity.sight = replace(entity.sight, states=names, path=(*middle, done))


# ---- events -----------------------------------------------------------------------------------------------------------


def event(
    entity: Entity, name: str, *, rows: Rows | None, refs: tuple[str, ...] = (), plain: bool = False
) -> tuple[list[Seen], tuple[Rows, ...]]:
    """Declare an event with data and `set`; what a guard sees of it. A plain one carries nothing."""
    tape = entity.tape
    data, names = some_fields(tape, f"{name}_", 0, 0 if plain else 2)
    made: Yaml = {"data": data} if data else {}
    if refs and tape.chance(30):
        data[f"{name}_who"] = {"type": f"ref {refs[0]}"}
        made["data"] = data
        names.append(Seen(f"{name}_who", "ref", entity=refs[0]))
    listed: tuple[Rows, ...] = ()
    if rows is not None and tape.chance(30):
        made["data"] = data
        data[f"{name}_rows"] = {"type": f"list of {rows.record}", "at_most": 50}
        listed = (replace(rows, text=f"event.{name}_rows", optional=False),)
        entity.note("event rows")
    if tape.chance(40):
        made["by"] = ["desk"]
    seen = [replace(each, text=f"event.{each.text}") for each in names]
    seen += [Seen("event.at", "datetime", size=0), Seen("event.actor", "text")]
    made |= {"set": given} if (given := _sets(entity, seen, listed)) else {}
    if data:
        entity.note("event data")
    entity.yaml.setdefault("events", {})[name] = made
    return seen, listed


def _sets(entity: Entity, seen: list[Seen], listed: tuple[Rows, ...]) -> Yaml:
    tape = entity.tape
    writer = entity.writer("free", *seen, decides=True, rows=listed)
    made: Yaml = {}
    for one in tape.some(entity.seen, 20):
        declared = entity.yaml["fields"].get(one.text)
        if declared is None or declared.get("changes") == "never" or one.text == "promised_on":
            continue
        if (one.kind in SETTABLE or one.kind == "ref") and (text := _fitting(writer, one)):
            made[one.text] = text
            entity.note("set", f"set {one.kind}")
    own = [rows for rows in entity.sight.rows if "." not in rows.text]
    if own and tape.chance(20) and not own[0].optional:
        inner = writer.within(writer.sight.row(own[0]))
        target = next(each for each in own[0].names if each.text == "quantity")
        made[own[0].text] = {"where": inner.condition(1), "quantity": inner.value("integer")}
        entity.note("set rows", target.kind)
    return made


def _fitting(writer: Writer, one: Seen) -> str:
    """A value that fits where it goes: money needs the currency's places."""
    return writer.value(one.kind, 1, one.options, one.entity)


# ---- transitions ---------------------------------------------------------------------------------------------------


def trigger(
    entity: Entity, number: int, events: dict[str, tuple[list[Seen], tuple[Rows, ...]]]
) -> tuple[Yaml, Writer]:
    """What makes a transition fire, with a guard perhaps; and who writes what else stands on it."""
    tape = entity.tape
    match tape.below(6):
        case 0 | 1 | 2:
            name = tape.pick(sorted(events))
            seen, listed = events[name]
            writer = entity.writer("free", *seen, decides=True, rows=listed)
            made: Yaml = {"event": name}
            if tape.chance(50):
                made["when"] = writer.condition(2)
            entity.note("trigger event")
            return made, writer
        case 3:
            writer = entity.writer("turns", decides=False)
            entity.note("trigger automatic")
            return {"when": writer.condition(2)}, writer
        case 4:
            writer = entity.writer("turns", decides=False)
            made = {"after": tape.pick(("90s", "26h", "15d", "36525d"))}
            if tape.chance(30):
                made["when"] = entity.writer("none").condition(1)
            entity.note("trigger after")
            return made, writer
    entity.note("trigger at_once")
    return {"at_once": True}, entity.writer("free", decides=False)


def transitions(
    entity: Entity, states: tuple[str, ...], events: dict[str, tuple[list[Seen], tuple[Rows, ...]]]
) -> Yaml:
    """From each state to the next, and off the path; each with what it does."""
    tape = entity.tape
    *middle, done, off = states
    made: Yaml = {}
    for number, (source, target) in enumerate(zip(middle, (*middle[1:], done), strict=True)):
        one, writer = trigger(entity, number, events)
        made[f"go{number}"] = {"from": source, "to": target, **one}
        _adorn(entity, made[f"go{number}"], writer)
        if one.keys() & {"after", "at_once"}:
            continue
        if "event" in one and tape.chance(30) and "when" in one:
            made[f"else{number}"] = {"from": source, "event": one["event"], "otherwise": True}
            entity.note("trigger otherwise")
    name = tape.pick(sorted(events))
    made["stop"] = {
        "from": list(middle),
        "to": off,
        "event": name,
        "before": [key for key, item in made.items() if item.get("event") == name],
    }
    if not made["stop"]["before"]:
        del made["stop"]["before"]
    for number, name in enumerate(tape.some(sorted(events), 40)):
        seen, listed = events[name]
        writer = entity.writer("free", *seen, decides=True, rows=listed)
        inside = made[f"note{number}"] = {
            "from": tape.pick(middle),
            "event": name,
            "when": writer.condition(1),
        }
        _adorn(entity, inside, writer)
        entity.note("internal")
    if tape.chance(4):
        made["back"] = {"from": middle[-1], "to": middle[0], "when": entity.writer("none").condition(0)}
        entity.note("backwards")
    entity.yaml["transitions"] = made
    return made


def _adorn(entity: Entity, made: Yaml, writer: Writer) -> None:
    """Actions and moves of stock."""
    tape, world = entity.tape, entity.world
    if tape.chance(25):
        made["do"] = [world.action(entity.name)]
    if world.warehouses and "event" in made and tape.chance(25):
        kind = tape.pick(MOVES if world.pools else MOVES[:-2])
        made["moves"] = [{kind: _move(entity, kind, writer)}]
        entity.note(f"move {kind}")


def _move(entity: Entity, kind: str, writer: Writer) -> Yaml:
    tape, world = entity.tape, entity.world
    units = [
        rows.text
        for rows in writer.sight.rows
        if not rows.optional and any(each.text == "sku" for each in rows.names)
    ]
    if units and tape.below(2):
        made: Yaml = {"of": tape.pick(units)}
    else:
        made = {"sku": writer.value("text"), "quantity": writer.value("integer")}
    places = [
        each.text
        for each in writer.sight.of_kind("choice")
        if each.options == world.warehouses and not each.optional
    ]
    made["at"] = tape.pick((*places, *world.warehouses))
    if kind in ("pool", "unpool"):
        made["pool"] = tape.pick(world.pools)
    return made


# ---- what stands beside ----------------------------------------------------------------------------------------------


def formulas(entity: Entity) -> None:
    """Fields that are worked out when a record is made."""
    tape = entity.tape
    for number, kind in enumerate(tape.some(SETTABLE, 12)):
        name = f"{entity.name[0]}f{number}"
        made, seen = one_field(tape, name, kind)
        for key in ("default", "optional", "pattern"):
            made.pop(key, None)
        seen = replace(seen, optional=False)
        writer = entity.writer("free", decides=True)
        writer = writer.within(writer.sight.without_states())
        made |= {"formula": _fitting(writer, seen), "at": "submit"}
        entity.yaml["fields"][name] = made
        entity.note("formula")
        entity.seen.append(seen)
        entity.sight = entity.sight.also(seen)


def holds(entity: Entity, states: tuple[str, ...]) -> None:
    """Holds that people place, and such that follow a condition."""
    tape = entity.tape
    made: Yaml = {}
    if tape.chance(40):
        made["by_hand"] = {"in": [states[0], states[1]], "by": ["desk"]}
        if tape.chance(50):
            made["by_hand"]["reason"] = "required"
    if tape.chance(30):
        sight = replace(entity.sight, holds=())
        writer = entity.writer("turns").within(sight.told("turns"))
        made["shut"] = {"in": states[0], "when": writer.condition(1)}
    if made:
        entity.yaml["holds"] = made
        entity.sight = replace(entity.sight, holds=(*entity.sight.holds, *made))
        entity.note(*(f"hold {name}" for name in made))


def children_seen(entity: Entity, name: str, of: Entity) -> Family:
    """Children as a condition of their parent sees them."""
    return Family(name, tuple(of.seen), of.sight.states, of.sight.path, tuple(of.yaml.get("holds", ())))


def qualified(entity: Entity) -> tuple[Seen, ...]:
    """The fields of a parent as its children read them, and through its refs."""
    own = [replace(each, text=f"{entity.name}.{each.text}") for each in entity.seen]
    refs = [
        each
        for each in entity.sight.names
        if "." in each.text and not each.text.startswith((entity.name, "event"))
    ]
    led = [replace(each, text=f"{entity.name}.{each.text}") for each in refs if "(" not in each.text]
    return (*own, *led)


def led_through(ref: Seen, other: Entity, aggregates: list[Seen]) -> tuple[Seen, ...]:
    """What a ref leads to."""
    return tuple(through(ref, iter((*other.seen, *aggregates))))
