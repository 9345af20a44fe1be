"""Draws whole rule sets, as the text of their files."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import yaml
from tests.soundness import sections
from tests.soundness.courses import Courses
from tests.soundness.entities import Entity, World, formulas, led_through, qualified
from tests.soundness.fields import Yaml, record, some_fields
from tests.soundness.sight import Rows, Seen, Sight
from tests.soundness.tape import Tape
from tests.soundness.writing import DARES

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
)
CURRENCIES = {"CNY": 2, "JPY": 0, "KWD": 3}
HOUSES = {
    "main": {"location": [27.99, 120.70]},
    "west": {"level": "forward", "location": [30.26, 120.13], "radius": "50km", "cost": 2},
}
CALENDARS: Yaml = {
    "office": {
        "weekend": ["saturday", "sunday"],
        "off": ["2026-01-01", "2026-10-01 to 2026-10-07"],
        "on": ["2026-10-10"],
    },
    "shop": {"weekend": ["monday"]},
}


@dataclass(frozen=True)
class Drawn:
    """A rule set: its files by name, what it dares, what is in it."""

    files: dict[str, str]
    dares: str
    seen: Counter[str]

    @property
    def text(self) -> str:
        """All of it, to be read."""
        return "\n".join(f"# {name}\n{text}" for name, text in self.files.items())


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dump(data: Yaml) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)


def draw_rules(data: bytes, *, dares: str | None = None) -> Drawn:
    """The rule set of a tape.

    Args:
        data: the tape.
        dares: what it dares; None: one in four dares something.
    """
    tape = Tape(data)
    drawn = tape.pick(DARES) if tape.chance(25) else ""
    dares = drawn if dares is None else dares
    zone, currency = tape.pick(ZONES), tape.pick(tuple(CURRENCIES))
    tape.note(f"zone {zone}", f"currency {currency}")
    world = World(tape, CURRENCIES[currency], dares)
    if tape.chance(70):
        world.warehouses = tuple(HOUSES)
        if tape.chance(60):
            world.pools = ("club",)
    if tape.chance(40):
        world.calendars = tuple(CALENDARS)
        tape.note("calendar")
    head = {"ruleset": "drawn", "version": "1.0.0", "timezone": zone, "currency": currency, "roles": ["desk"]}
    shop = _Shop(world)
    files = {"ruleset": head, **shop.draw()}
    return Drawn({f"{name}.yaml": _dump(made) for name, made in files.items() if made}, dares, tape.seen)


class _Shop(Courses):
    """The entities of one rule set on their way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tape = world.tape
        self.sections: dict[str, Yaml] = {}

    def draw(self) -> dict[str, Yaml]:
        tape, world = self.tape, self.world
        customer = self._customer()
        order = self._order(customer)
        self.sourced = bool(world.warehouses) and tape.chance(55)
        aggregates = self._aggregates(customer, order)
        led = led_through(
            Seen("customer", "ref", order.yaml["fields"]["customer"].get("optional", False)),
            customer,
            aggregates,
        )
        tiers = self._tiers(customer)
        order.sight = replace(
            order.sight, names=(*order.seen, *led), warehouses=world.warehouses, pools=world.pools, stock=bool(world.warehouses),
            tiers=tiers if not order.yaml["fields"]["customer"].get("optional") else {},
        )  # fmt: skip
        back = self._child(order, "back", led=True)
        parcel = self._child(order, "parcel", led=True) if self.sourced else None
        children = [back, *([parcel] if parcel is not None else [])]
        order.yaml["children"] = {f"{child.name}s": {"entity": child.name} for child in children}
        if parcel is not None:
            order.yaml["children"]["parcels"]["one_per"] = "plan.parcel"
        tables = self._tables(order, parcel)
        formulas(order)
        if self.sourced:
            order.sight = replace(order.sight, policies=("near",))
        self.credit = tape.chance(35)
        if self.credit:
            order.sight = replace(order.sight, amounts=("credit",))
        self._lives(customer, order, children)
        for name, entity in tables:
            sections.write_rows(entity, self.sections["tables"][name])
        if parcel is not None:
            policy = sections.allocation(order, parcel, "by_whom" in self.sections["tables"], tape.chance(60))
            self.sections["allocation"] = {"near": policy}
            if "promise" in policy:
                self.sections["promises"] = {"standard": sections.promise(order, parcel)}
        if world.pools:
            self.sections["pools"] = sections.pools(order)
        entities = [customer, order, *children]
        ticket = tape.chance(40)
        self.sections |= sections.standing(entities, ticket)
        if ticket:
            entities.append(_ticket(world))
        by_name = {entity.name: entity for entity in entities}
        self.sections["actions"] = sections.actions(world, by_name)
        if world.calendars:
            self.sections["calendars"] = CALENDARS
        shared: Yaml = {"warehouses": {name: HOUSES[name] for name in world.warehouses}, **self.sections}
        files = {name: entity.yaml for name, entity in by_name.items()}
        return {**files, "shared": {name: made for name, made in shared.items() if made}}

    # ---- the entities' data --------------------------------------------------------------------------------------------

    def _customer(self) -> Entity:
        fields, seen = some_fields(self.tape, "c", 1, 4, given=True, contracts=True)
        fields["since"] = {"type": "datetime", "default": "2026-01-01T00:00:00"}
        seen.append(Seen("since", "datetime", size=0))
        sight = Sight(tuple(seen), warehouses=())
        return Entity(self.world, "customer", sight, {"entity": "customer", "fields": fields}, seen)

    def _order(self, customer: Entity) -> Entity:
        tape = self.tape
        fields: Yaml = {"placed_at": {"type": "datetime"}}
        seen = [Seen("placed_at", "datetime", size=0)]
        optional = tape.chance(25)
        fields["customer"] = {"type": "ref customer", **({"optional": True} if optional else {})}
        seen.append(Seen("customer", "ref", optional, entity="customer"))
        if tape.chance(40):
            fields["customer"]["missing"] = "create"
            tape.note("missing create")
        more, names = some_fields(tape, "o", 3, 8, contracts=True)
        fields |= more
        seen += names
        record_yaml, row = record(tape, "l")
        fields["lines"] = {"type": "list of line", **({"at_least": 1} if tape.below(2) else {})}
        rows = [Rows("lines", "line", tuple(row))]
        tape.note("list", "ref")
        if tape.chance(30):
            fields["spare"] = {"type": "list of line", "optional": True, "at_most": 100}
            rows.append(Rows("spare", "line", tuple(row), optional=True))
            tape.note("optional list")
        if tape.chance(60):
            fields["place"] = {"type": "location", **({"optional": True} if tape.below(2) else {})}
            seen.append(Seen("place", "location", "optional" in fields["place"]))
        if self.world.warehouses and tape.chance(50):
            fields["house"] = {"type": "warehouse"}
            seen.append(Seen("house", "choice", options=self.world.warehouses))
            tape.note("field warehouse")
        fields["promised_on"] = {"type": "date", "optional": True}
        seen.append(Seen("promised_on", "date", True, 0))
        made: Yaml = {"entity": "order"}
        if tape.chance(40):
            fields["order_id"] = {
                "type": "text",
                "auto": "W{placed_at:%Y%m%d}-{sequence:06}",
                "changes": "never",
            }
            tape.note("auto")
        made |= {"fields": fields, "records": {"line": record_yaml}}
        sight = Sight(tuple(seen), rows=tuple(rows))
        return Entity(self.world, "order", sight, made, seen)

    def _child(self, order: Entity, name: str, *, led: bool) -> Entity:
        tape = self.tape
        fields, seen = some_fields(tape, name[0], 1, 4, given=name == "parcel", contracts=True)
        made: Yaml = {"entity": name, "parent": "order", "fields": fields}
        rows: list[Rows] = []
        own = list(seen)
        if name == "back" and tape.chance(50):
            made["records"] = {"line": order.yaml["records"]["line"]}
            fields["lines"] = {"type": "list of line"}
            rows.append(Rows("lines", "line", order.sight.rows[0].names))
        if name == "parcel":
            own += [
                Seen("plan.carrier", "text", True),
                Seen("plan.promised_on", "date", True, 0),
                Seen("plan.distance_km", "decimal", True, 2e4),
                Seen("plan.warehouse", "choice", options=self.world.warehouses),
            ]
            rows.append(
                Rows(
                    "plan.lines",
                    "plan_line",
                    (Seen("sku", "text"), Seen("quantity", "integer"), Seen("pool", "text", True)),
                )
            )
        parents = tuple(each for each in qualified(order) if led or each.text.count(".") == 1)
        sight = Sight(
            (*own, *parents), rows=(*rows, Rows("order.lines", "line", order.sight.rows[0].names)),
            warehouses=self.world.warehouses, pools=self.world.pools, stock=bool(self.world.warehouses),
        )  # fmt: skip
        tape.note(f"child {name}")
        return Entity(self.world, name, sight, made, seen)

    # ---- history -------------------------------------------------------------------------------------------------------

    def _aggregates(self, customer: Entity, order: Entity) -> list[Seen]:
        tape = self.tape
        made: Yaml = {}
        seen: list[Seen] = []
        for op in tape.some(("sum", "count", "streak", "distinct", "min", "max"), 25):
            writer = order.writer("none")
            kind = tape.pick(("integer", "money", "decimal"))
            text = (
                writer.condition(1)
                if op in ("count", "streak")
                else writer.value(kind if op != "distinct" else "text")
            )
            made[f"a_{op}"] = {
                "of": "order",
                "at": tape.pick(("placed_at", writer.value("datetime"))),
                op: text,
            }
            window = tape.below(3)
            if window:
                made[f"a_{op}"] |= {"over": "30d"} if window == 1 else {"days": 7}
            if tape.chance(40):
                made[f"a_{op}"]["where"] = writer.condition(1)
            kind = "integer" if op in ("count", "streak", "distinct") else kind
            if (
                kind == "integer"
                or op not in ("sum", "min", "max")
                or (text.startswith("o") and text.isalnum())
            ):
                seen.append(Seen(f"a_{op}", kind, op in ("min", "max")))
            tape.note(f"aggregate {op}")
        if made:
            customer.yaml["aggregates"] = made
            customer.sight = customer.sight.also(*seen)
        return seen

    def _tiers(self, customer: Entity) -> dict[str, tuple[str, ...]]:
        numbers = [
            each for each in customer.sight.of_kind("integer", "money", "decimal") if not each.optional
        ]
        if not numbers or not self.tape.chance(50):
            return {}
        levels = {"high": {"at_least": 100}, "low": {"at_least": 1}, "none": {}}
        customer.yaml["tiers"] = {"rank": {"of": self.tape.pick(numbers).text, "levels": levels}}
        customer.sight = replace(customer.sight, tiers={"rank": tuple(levels)})
        self.tape.note("tier")
        return {"rank": tuple(levels)}

    def _tables(self, order: Entity, parcel: Entity | None) -> list[tuple[str, Entity]]:
        tables: Yaml = {}
        of: list[tuple[str, Entity]] = []
        if self.tape.chance(50):
            tables["fees"] = sections.declare_table(order, "fees")
            of.append(("fees", order))
        if self.tape.chance(30):
            tables["all_fees"] = sections.declare_table(order, "all_fees", collects=True)
            of.append(("all_fees", order))
        if parcel is not None and self.tape.chance(60):
            tables["by_whom"] = sections.declare_table(parcel, "by_whom", gives=("text", "integer"))
            of.append(("by_whom", parcel))
        self.sections["tables"] = tables
        return of


def _ticket(world: World) -> Entity:
    texts: Yaml = {name: {"type": "text"} for name in ("record", "queue", "owner", "opened_by")}
    made: Yaml = {
        "entity": "ticket", "fields": texts, "states": {"raised": {"initial": True}, "settled": {"final": True}},
        "events": {"settle": {}}, "transitions": {"settle": {"from": "raised", "to": "settled", "event": "settle"}},
    }  # fmt: skip
    world.tape.note("ticket")
    return Entity(world, "ticket", Sight(()), made, [])
