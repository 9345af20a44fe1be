"""Draws what stands beside the entities: tables, policies, promises, queues, findings, metrics, actions."""

from dataclasses import replace

from tests.soundness.entities import Entity, World
from tests.soundness.fields import Yaml
from tests.soundness.sight import Rows, Seen

OUTPUTS = {
    "text": ("yto", "ß"), "integer": (0, 7, 100), "decimal": ("0.5", "100.25"), "money": (0, 3), "bool": (True, False),
    "date": ("2026-02-03", "2199-12-31"), "duration": ("2h", "30d"),
}  # fmt: skip
_SIZES = {"integer": 100.0, "decimal": 101.0, "money": 3.0, "date": 0.0, "duration": 2.6e6}


def declare_table(entity: Entity, name: str, *, collects: bool = False, gives: tuple[str, ...] = ()) -> Yaml:
    """A table of an entity with its values; what expressions see of it goes to the entity."""
    tape = entity.tape
    kinds = gives or tuple(tape.some(tuple(OUTPUTS), 30)) or ("integer",)
    outputs = {("carrier" if kind == "text" and gives else f"{name}_{kind}"): kind for kind in kinds}
    hit = "collect" if collects else tape.pick(("first", "unique"))
    rows: list[Yaml] = []
    lacks: set[str] = set()
    count = 1 + tape.below(3)
    total = not collects and bool(gives or tape.below(2))
    for number in range(count):
        row: Yaml = {"otherwise": True} if total and number == count - 1 else {"when": ""}
        for output, kind in outputs.items():
            if not gives and tape.chance(15) and number:
                lacks.add(output)
            else:
                row[output] = tape.pick(OUTPUTS[kind])
        rows.append(row)
    entity.note(f"table {hit}")
    if collects:
        names = tuple(Seen(key, kind, key in lacks, _SIZES.get(kind, 1e6)) for key, kind in outputs.items())
        entity.sight = replace(
            entity.sight, collects=(*entity.sight.collects, Rows(f'collect("{name}")', name, names))
        )
    else:
        seen = tuple(
            Seen(f'look_up("{name}", "{key}")', kind, key in lacks or not total, _SIZES.get(kind, 1e6))
            for key, kind in outputs.items()
        )
        entity.sight = replace(entity.sight, tables=(*entity.sight.tables, *seen))
    return {"of": entity.name, "hit": hit, "gives": outputs, "rows": rows}


def write_rows(entity: Entity, table: Yaml) -> None:
    """The conditions of a table's rows; they ask no other table."""
    sight = replace(entity.sight.told("none"), tables=(), collects=())
    writer = entity.writer("none").within(sight)
    for row in table["rows"]:
        if "when" in row:
            row["when"] = writer.condition(1)


def allocation(order: Entity, parcel: Entity, carrier: bool, promise: bool) -> Yaml:
    """A policy over the order's lines."""
    tape = order.tape
    plain = order.writer("none")
    house = (
        Seen("warehouse.distance_km", "decimal", True, 2e4),
        Seen("warehouse.cost", "decimal"),
        Seen("warehouse.radius_km", "decimal", True, 1e5),
        Seen("warehouse.location", "location", True),
    )
    made: Yaml = {"split": tape.pick(("allowed", "never")), "of": order.name, "lines": "lines"}
    made["rank"] = tape.pick((["parcels"], ["cost", "level"], ["parcels", "cost"]))
    if order.sight.of_kind("location"):
        made |= {"near": tape.pick(order.sight.of_kind("location")).text, "rank": ["parcels", "distance_km"]}
    if tape.chance(60):
        writer = plain.within(replace(plain.sight.also(*house), reaches=True))
        made["candidates"] = writer.condition(1)
    if tape.chance(30):
        row = plain.within(plain.sight.row(order.sight.rows[0]))
        made["pack_by"] = tape.pick(("line.sku", row.condition(1), row.value("integer", 1)))
    if carrier:
        made["carrier"] = "by_whom"
    if promise:
        made["promise"] = "standard"
    order.note("allocation")
    return made


def promise(order: Entity, parcel: Entity) -> Yaml:
    """The promised day of parcels: they are looked up before a parcel has fields of its own."""
    names = tuple(each for each in parcel.sight.names if each.text.startswith(("plan.", "order.")))
    sight = replace(
        parcel.sight.told("free"), names=names, tables=(), collects=(), rows=(), states=(), holds=()
    )
    writer = parcel.writer("free").within(sight)
    made: Yaml = {"of": parcel.name, "start": writer.value("datetime"), "writes": "promised_on"}
    made["days"] = f"max(0, {writer.value('integer')})"
    if order.tape.chance(50):
        made["buffer"] = f"max(0, {writer.value('integer')})"
    if order.tape.chance(50):
        made["cutoff"] = "16:00"
    order.note("promise")
    return made


def pools(order: Entity) -> Yaml:
    """Who may draw on units set aside."""
    plain = order.writer("none")
    row = plain.within(plain.sight.row(order.sight.rows[0]))
    return {name: {"of": order.name, "who": row.condition(1)} for name in order.world.pools}


def standing(entities: list[Entity], ticket: bool) -> dict[str, Yaml]:
    """Queues, findings and metrics of every entity."""
    queues: Yaml = {}
    findings: Yaml = {}
    metrics: Yaml = {}
    for entity in entities:
        tape = entity.tape
        if tape.chance(50):
            made = queues[f"late_{entity.name}"] = {
                "of": entity.name,
                "when": entity.writer("turns").condition(2),
                "owner": "desk",
            }
            if ticket and tape.chance(50):
                made["ticket"] = "ticket"
            if tape.chance(40):
                made["do"] = [entity.world.action(entity.name)]
            entity.note("queue")
        if tape.chance(40):
            findings[f"odd_{entity.name}"] = {"of": entity.name, "when": entity.writer("free").condition(2)}
            entity.note("finding")
        if tape.chance(60):
            metrics[f"measure_{entity.name}"] = _metric(entity)
    return {"queues": queues, "findings": findings, "metrics": metrics}


def _metric(entity: Entity) -> Yaml:
    tape = entity.tape
    writer = entity.writer("free")
    writer = writer.within(replace(writer.sight, lenient=True))
    made: Yaml = {"of": entity.name}
    if tape.below(2):
        made |= {"pass": writer.condition(2), "due": writer.condition(1)}
    else:
        made |= {
            "mean": writer.value(tape.pick(("duration", "decimal", "money", "integer")), 2),
            "also": ["median", "p90"],
        }
    if tape.chance(40):
        made["where"] = writer.condition(1)
    if tape.chance(40):
        made["leave_out"] = {"why_not": writer.condition(1)}
    if tape.chance(40) and "mean" in made:
        made["by"] = f"day({'since' if entity.name == 'customer' else 'order.placed_at'})"
    entity.note("metric")
    return made


def actions(world: World, entities: dict[str, Entity]) -> Yaml:
    """What `do` names: texts with expressions and formats in them."""
    made: Yaml = {}
    for name, of in world.actions.items():
        entity = entities[of]
        writer = entity.writer("free")
        tape = world.tape
        slots = [f"{{{writer.value('text')}}}"]
        for kind, form in tape.some(FORMATS, 30):
            names = writer.sight.of_kind(kind)
            exact = writer.name(tape.pick(names)).text if names and kind in ("decimal", "money") else ""
            if exact or kind not in ("decimal", "money"):
                slots.append(f"{{{exact or writer.value(kind)}:{form}}}")
        made[name] = {"use": "notify", "to": "desk", "message": "新: " + " ".join(slots)}
        world.tape.note("template")
    return made


FORMATS = (
    ("integer", "06"), ("decimal", ".2"), ("money", ".2"), ("datetime", "%Y-%m-%d %H:%M"), ("date", "%d.%m.%y"),
)  # fmt: skip
