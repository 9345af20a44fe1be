"""Draws what may happen to records: states, holds, events, transitions, resources, children that are made and told."""

from dataclasses import replace
from typing import Any

from tests.soundness.entities import Entity, World, children_seen, event, holds, lifecycle, transitions
from tests.soundness.fields import Yaml
from tests.soundness.tape import Tape


class Courses:
    """The entities of one rule set, and the courses that their records may take."""

    world: World
    tape: Tape
    credit: bool

    def _lives(self, customer: Entity, order: Entity, children: list[Entity]) -> None:
        tape = self.tape
        states = {
            "customer": ("active", "known", "gone", "barred"),
            "order": ("new", "open", "shut", "done", "off"),
            "back": ("asked", "seen", "over", "void"),
            "parcel": ("packed", "sent", "there", "lost"),
        }
        everyone = [customer, order, *children]
        for entity in everyone:
            lifecycle(entity, states[entity.name], compound=entity is order and tape.chance(50))
        order.sight = replace(
            order.sight, families=tuple(children_seen(order, f"{child.name}s", child) for child in children)
        )
        self._tags(customer)
        for entity in everyone:
            holds(entity, states[entity.name])
        for child in children:
            child.sight = replace(
                child.sight, holds=tuple({*child.sight.holds, *order.yaml.get("holds", ())})
            )
        order.sight = replace(
            order.sight, families=tuple(children_seen(order, f"{child.name}s", child) for child in children)
        )
        for entity in everyone:
            events = {}
            for number in range(1 + tape.below(3)):
                name = f"e{number}"
                rows = order.sight.rows[0] if entity is order else None
                plain = entity in children and name == "e0"  # what a parent tells carries no data
                events[name] = event(
                    entity, name, rows=rows, refs=("customer",) if entity is order else (), plain=plain
                )
            made = transitions(entity, states[entity.name], events)
            self._more(entity, made, events, children)

    def _tags(self, customer: Entity) -> None:
        if not self.tape.chance(40):
            return
        made: Yaml = {"when": customer.writer("turns").condition(2)}
        if self.tape.chance(50):
            made["on_set"] = [self.world.action("customer")]
        customer.yaml["tags"] = {"liked": made}
        customer.sight = replace(customer.sight, tags=("liked",))
        self.tape.note("tag")

    def _more(self, entity: Entity, made: Yaml, events: dict[str, Any], children: list[Entity]) -> None:
        tape = self.tape
        if entity.name == "order":
            self._order_more(entity, made, events, children)
        resources: Yaml = {}
        if tape.chance(20):
            held = {"customer": "known", "order": "shut", "back": "seen", "parcel": "packed"}[entity.name]
            resources["paper"] = {"held_in": held, "take": [self.world.action(entity.name)]}
            if tape.chance(50):
                resources["paper"]["give_back"] = [self.world.action(entity.name)]
            entity.note("resource token")
        if entity.name == "parcel":
            resources["units"] = {"held_in": "packed", "take": "allocate", "spend_on": "sent"}
            entity.note("resource plan")
        if entity.name == "order":
            resources |= self._taken(entity, made)
        if (
            entity.name == "back"
            and "lines" in entity.yaml["fields"]
            and self.world.warehouses
            and tape.chance(40)
        ):
            resources["kept"] = {"held_in": "asked", "of": "lines", "at": tape.pick(self.world.warehouses)}
            entity.note("resource of a child")
        if resources:
            entity.yaml["resources"] = resources
        for name, declared in entity.yaml["fields"].items():
            if tape.chance(6) and name != "order_id":
                declared["editable"] = entity.writer("none").condition(1)
                entity.note("editable")

    def _taken(self, order: Entity, made: Yaml) -> Yaml:
        """Stock and an amount of the customer's limit, held in a state."""
        tape = self.tape
        resources: Yaml = {}
        if self.world.warehouses and tape.chance(30):
            at = "house" if "house" in order.yaml["fields"] and tape.below(2) else "main"
            resources["goods"] = {"held_in": "shut", "of": "lines", "at": at, "spend_on": "done"}
            order.note("resource stock")
        if self.credit:
            writer = order.writer("none")
            kind = tape.pick(("money", "integer"))
            amount = f"max({writer.value('integer')}, 0)"
            limits = [
                each.text
                for each in order.sight.of_kind(kind)
                if each.text.startswith("customer.") and not each.optional
            ]
            plain = [each.text for each in order.sight.of_kind(kind) if not each.optional]
            limit = tape.pick(limits or ["1000"]) if kind == "integer" or limits else "1000"
            if kind == "money" and plain:
                amount = f"max({tape.pick(plain)}, 0)"
            resources["credit"] = {"held_in": "shut", "amount": amount, "of": "customer", "limit": limit}
            order.note("resource amount")
        for item in made.values():
            if item.get("to") == "shut" and "event" not in item and resources:
                item["retry_on"] = [{"goods": "stock", "credit": "credit"}[name] for name in resources]
        return resources

    def _order_more(self, order: Entity, made: Yaml, events: dict[str, Any], children: list[Entity]) -> None:
        """Children that are made and told; parcels of a plan; the arrival check."""
        tape = self.tape
        name = tape.pick(sorted(events))
        seen, listed = events[name]
        back = children[0]
        writer = order.writer("free", *seen, decides=True, rows=listed)
        given: Yaml = {}
        for field, declared in back.yaml["fields"].items():
            needed = "default" not in declared and not declared.get("optional")
            if field == "lines":
                given[field] = tape.pick((*(rows.text for rows in listed), "lines"))
            elif needed or tape.chance(30):
                one = next(each for each in back.seen if each.text == field)
                given[field] = writer.value(one.kind, 1, one.options)
                if not given[field]:
                    declared["default"] = [0, 0]
                    del given[field]
        made["send_back"] = {
            "from": tape.pick(("open", "shut")),
            "event": name,
            "when": writer.condition(1),
            "creates": {"backs": given},
        }
        order.note("creates")
        if len(children) > 1:
            if tape.below(2):
                made["go0"] |= {
                    "when": f'can_source("near") and {order.writer("none").condition(1)}',
                    "creates": "parcels",
                    "retry_on": "stock",
                }
                for key in ("after", "at_once", "event", "moves"):
                    made["go0"].pop(key, None)
                order.yaml["states"].get("open", {}).update({"shows": "least(parcels)"})
                order.note("shows")
            else:
                made["go0"] |= {
                    "when": 'can_source("near")',
                    "creates": "parcels",
                    "retry_on": "stock",
                    "event": name,
                }
                for key in ("after", "at_once", "moves"):
                    made["go0"].pop(key, None)
            order.note("creates parcels")
        if tape.chance(60):
            child = tape.pick(children)
            told = tape.pick(["e0"])
            made["stop"]["tell"] = {f"{child.name}s": told}
            order.note("tell")
        if tape.chance(40):
            order.yaml["arrival"] = {"fine": {"when": order.writer("free", decides=True).condition(2)}}
            order.note("arrival")
