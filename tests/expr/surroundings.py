"""What an expression on the shop's order sees, as plain Python objects for CPython to judge by.

Records and rows are objects with attributes, numbers `Number`, a ref a text that leads on. A record's functions about its own
lifecycle are bound to it. The states, the path and the fields come from the scope; what they mean is written here anew.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from tests.expr.cpython import OF_CHILD, Absent, Plant
from tests.expr.number import Number, ratio
from tests.expr.plain import PLAIN, at, distance_km
from tests.expr.scopes import order_scope
from tests.expr.sights import Item, Sight, Units

from orderflow.expr.scope import Scope

Function = Callable[..., object]
#: Where the refs lead, by the fields that hold them.
REFS = {"customer": "customer", "referrer": "partner", "region": "region"}
ORDER = order_scope()
_NOUGHT = Number.of(0)


def as_it_is(name: str, function: Function) -> Function:
    """No fault planted."""
    return function


class Key(str):
    """The key of a record, which leads to its fields and aggregates."""

    __slots__ = ("entity", "surroundings")
    entity: str
    surroundings: "Surroundings"

    def __getattr__(self, name: str) -> object:
        return self.surroundings.behind(self.entity, str(self))[name]


class Surroundings:
    """The names and functions of one order.

    Args:
        order: its fields.
        sight: what is around it.
        plant: changes a function.
    """

    def __init__(self, order: Mapping[str, object], sight: Sight, plant: Plant = as_it_is) -> None:
        self.sight = sight
        self.world = sight.world
        self.plant = plant
        own = {
            name.partition(".")[2]: self.plain(value)
            for (name, owner), value in self.world.aggregates.items()
            if owner is None
        }
        self.order = self.fields(order)
        assert sight.parent is not None
        self.account = self.fields(sight.parent.fields)
        functions = self.lifecycle(sight.record, ORDER, sight.parent, names_parent=True) | self.functions()
        #: Every name and function, the record's own fields first.
        self.names: dict[str, object] = {
            **own,
            **{name: self.plain(value) for name, value in sight.extra.items()},
            "now": sight.now,
            "today": self.day(sight.now),
            **self.order,
            "shipments": tuple(self.child(item, "shipments", ORDER, sight.record) for item in sight.children["shipments"]),
            "order": SimpleNamespace(**(own | self.order)),
            "account": SimpleNamespace(**self.account),
            "event": SimpleNamespace(**self.fields(sight.event or {})),
            **{f"_{name}": self.made(name, function) for name, function in functions.items()},
            "_number": Number.written,
            "_divide": lambda a, b: ratio(a, b) if isinstance(a, timedelta) and isinstance(b, timedelta) else a / b,
        }  # fmt: skip

    # ---- values ---------------------------------------------------------------------------------------------------

    def plain(self, value: object, name: str = "") -> object:
        """A value as Python has it; `name` is that of the field it comes from."""
        match value:
            case bool() | datetime() | date() | timedelta() | None:
                return value
            case int() | Decimal():
                return Number.of(value)
            case str() if name in REFS:
                key = Key(value)
                key.entity, key.surroundings = REFS[name], self
                return key
            case str():
                return value
            case Mapping():
                return SimpleNamespace(**self.fields(value))
            case tuple():
                return tuple(self.plain(each) for each in value)
        raise TypeError(value)

    def fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        """The fields of a record."""
        return {name: self.plain(value, name) for name, value in fields.items()}

    def behind(self, entity: str, key: str) -> Mapping[str, object]:
        """The fields and aggregates of the record that a ref names."""
        counted = {
            name.partition(".")[2]: self.plain(value)
            for (name, owner), value in self.world.aggregates.items()
            if name.startswith(f"{entity}.") and owner == key
        }
        return counted | self.fields(self.world.refs[f"{entity} {key}"])

    def made(self, name: str, function: Function) -> Function:
        """The function with its integers as numbers, and with the fault that is planted."""
        whole = self.plant(name, function)

        def give(*arguments: object) -> object:
            found = whole(*arguments)
            return Number.of(found) if isinstance(found, int) and not isinstance(found, bool) else found

        return give

    def child(self, item: Item, name: str, scope: Scope, above: Item) -> SimpleNamespace:
        """A child: its fields, its children and its functions."""
        own = scope.children[name]
        functions = self.lifecycle(item, own, above, names_parent=False)
        assert set(functions) == OF_CHILD
        return SimpleNamespace(
            **self.fields(item.fields),
            **({"parcels": tuple(self.child(each, "parcels", own, item) for each in item.parcels)} if own.children else {}),
            **{f"_{function}": self.made(function, made) for function, made in functions.items()},
            live=item.state in own.path or item.state not in own.final,
        )  # fmt: skip

    # ---- functions ------------------------------------------------------------------------------------------------

    def day(self, moment: datetime) -> date:
        """In the rule set's time zone."""
        return moment.astimezone(self.sight.zone).date()

    def lifecycle(
        self, item: Item, scope: Scope, above: Item | None, *, names_parent: bool
    ) -> dict[str, Function]:
        """The functions about a record's own states, holds and tags; of a child, its parent's holds are not its own."""

        def counting(state: str) -> list[str]:
            """The state, what is inside it, and what lies after it on the path."""
            inside = scope.states[state]
            begun = [place for place, leaf in enumerate(scope.path) if leaf in inside]
            return [*inside, *(scope.path[begun[0] :] if begun else ())]

        def moments(state: str) -> list[datetime]:
            return [moment for name, moment in item.reached.items() if name in counting(state)]

        def holding(*names: str, parent: bool = names_parent) -> list[datetime]:
            of_both = [item, above] if parent and above is not None else [item]
            return [
                hold.since
                for one in of_both
                for name, hold in one.holds.items()
                if name in names or not names
            ]

        def time_in(state: str) -> timedelta:
            if item.state not in scope.states[state]:
                return timedelta(0)
            ended = min([self.sight.now, *holding(parent=True)])
            spent = ended - item.entered[state] - item.paused.get(state, timedelta(0))
            return max(spent, timedelta(0))

        return {
            "is_in": lambda *states: any(item.state in scope.states[state] for state in states),
            "is_open": lambda: item.state not in scope.final,
            "reached": lambda state: moments(state) != [],
            "reached_at": lambda state: min(moments(state), default=None),
            "entered": lambda state: item.entered.get(state),
            "time_in": time_in,
            "is_held": lambda *names: holding(*names) != [],
            "held_since": lambda *names: min(holding(*names), default=None),
            "has_tag": lambda tag: tag in item.tags,
        }

    def functions(self) -> dict[str, Function]:
        """All others."""
        now, zone, world = self.sight.now, self.sight.zone, self.world
        return {
            **PLAIN,
            "coalesce": lambda *values: next(
                (found for value in values if (found := value()) is not None), None
            ),
            "age": lambda moment: now - moment,
            "day": self.day,
            "hour": lambda moment: moment.astimezone(zone).hour,
            "minute": lambda moment: moment.astimezone(zone).minute,
            "at": lambda day, hour, minute=_NOUGHT: at(day, hour, minute, zone),
            "count": lambda rows, test=lambda row: True: sum(1 for row in rows if test(row)),
            "sum": lambda rows, each=_itself: sum((each(row) for row in rows), start=_NOUGHT),
            "any": lambda rows, test: any(test(row) for row in rows),
            "all": lambda rows, test: all(test(row) for row in rows),
            "some": lambda rows, test: any(test(row) for row in rows),
            "all_live": lambda rows, test: (
                any(row.live for row in rows) and all(test(row) for row in rows if row.live)
            ),
            "none_live": lambda rows: bool(rows) and not any(row.live for row in rows),
            "latest": lambda rows, when: max(_there(map(when, rows)), default=None),
            "earliest": lambda rows, when: min(_there(map(when, rows)), default=None),
            "min": lambda *values: _extreme(min, *values),
            "max": lambda *values: _extreme(max, *values),
            "tier": self.tier,
            "look_up": self.look_up,
            "collect": lambda table: tuple(map(self.plain, world.collected)) if table == "discounts" else (),
            "can_source": lambda policy: world.sources,
            "can_take": lambda resource: world.takes,
            "on_hand": lambda warehouse, sku: self.units(warehouse, sku).on_hand,
            "available": lambda warehouse, sku: self.units(warehouse, sku).available,
            "pooled": lambda warehouse, sku, pool: self.units(warehouse, sku).pools.get(pool, 0),
            "reaches": _reaches,
        }

    def units(self, warehouse: str, sku: str) -> Units:
        """What lies there."""
        return self.world.stock.get((warehouse, sku), Units())

    def look_up(self, table: str, output: str = "") -> object:
        """The output named, or the only one."""
        row = self.world.tables[table]
        return None if row is None else self.plain(row[output] if output else next(iter(row.values())))

    def tier(self, name: str, ref: Key | None = None) -> str:
        """Of the record that is named, of the order itself, or of what a field of the order or of its parent leads to."""
        known = {key for key, _ in self.world.tiers}
        if ref is None and f"order.{name}" in known:
            return self.world.tiers[f"order.{name}", None]
        if ref is None:
            field = next(field for field, entity in REFS.items() if f"{entity}.{name}" in known)
            found = self.order.get(field, self.account.get(field))
            if not isinstance(found, Key):
                raise Absent(field)
            ref = found
        return self.world.tiers[f"{ref.entity}.{name}", str(ref)]


def _itself(value: object) -> object:
    return value


def _there(values: Iterable[datetime | date | None]) -> list[datetime | date]:
    return [value for value in values if value is not None]


def _extreme(choose: Function, first: object, *others: object) -> object:
    """Of several values, or of what each row gives."""
    if not isinstance(first, tuple):
        return choose(first, *others)
    each = others[0] if others else _itself
    return choose((each(row) for row in first), default=None)  # type: ignore[operator]


def _reaches(site: SimpleNamespace, place: tuple[Number, Number] | None) -> bool:
    if site.radius_km is None:
        return True
    if site.location is None or place is None:
        return False
    return bool(distance_km(site.location, place) <= site.radius_km)
