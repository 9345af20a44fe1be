"""The reference evaluator's arms for calls that ask for the lifecycle, for holds and for the world around a record."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import atan2, cos, hypot, radians, sin
from typing import NamedTuple, cast

from orderflow.expr import exact
from orderflow.expr.tree import Call, Expression, Node
from orderflow.expr.view import PositionView, RecordView, View

_RADIUS_KM = 6371.0088
#: What marks a hold of the record above.
_ABOVE = " of its parent"


class Frame(NamedTuple):
    """What is looked at: the fields of a record or row, the record with its state, and the record above that."""

    fields: Mapping[str, object]
    record: RecordView
    parent: RecordView | None


class _Arms:
    """What the arms below use of the evaluator."""

    expression: Expression
    view: View
    frames: list[Frame]
    read: list[tuple[str, object]]

    def value(self, node: Node) -> object:
        """The value of a part of the expression."""
        raise NotImplementedError

    def _log(self, node: Node, value: object, depth: int) -> object:
        raise NotImplementedError

    def _text(self, node: Node) -> str:
        return str(self.value(node))


class LifecycleCalls(_Arms):
    """Lifecycle: the checker has worked out which leaf states count."""

    def _state(self, node: Call) -> RecordView:
        record = self.frames[node.depth].record
        if node.depth <= self.expression.depth:
            self.read.append(("state", record.state))
        return record

    def _call_is_in(self, node: Call) -> bool:
        return self._state(node).state in node.states

    def _call_is_open(self, node: Call) -> bool:
        return self._state(node).state not in node.states

    def _call_reached(self, node: Call) -> bool:
        record = self._state(node)
        return any(state in record.reached for state in node.states)

    def _call_reached_at(self, node: Call) -> object:
        record = self.frames[node.depth].record
        moments = sorted(moment for state, moment in record.reached.items() if state in node.states)
        return self._log(node, moments[0] if moments else None, node.depth)

    def _call_entered(self, node: Call) -> object:
        record = self.frames[node.depth].record
        return self._log(node, record.entered.get(self._text(node.arguments[0])), node.depth)

    def _holding(self, node: Call, *, parent: bool) -> dict[str, object]:
        """Since when each hold is on; those of the parent under names of their own."""
        frame = self.frames[node.depth]
        found: dict[str, object] = {name: hold.since for name, hold in frame.record.holds.items()}
        if parent and frame.parent is not None:
            found |= {f"{name}{_ABOVE}": hold.since for name, hold in frame.parent.holds.items()}
        return found

    def _call_is_held(self, node: Call) -> bool:
        names = [self._text(argument) for argument in node.arguments]
        on = sorted(self._holding(node, parent=node.depth <= self.expression.depth))
        self._log(node, ", ".join(on) if on else False, node.depth)
        if not names:
            return on != []
        return any(name in on or f"{name}{_ABOVE}" in on for name in names)

    def _call_held_since(self, node: Call) -> object:
        names = {self._text(argument) for argument in node.arguments}
        holding = self._holding(node, parent=node.depth <= self.expression.depth)
        asked = {
            name: since for name, since in holding.items() if not names or name.removesuffix(_ABOVE) in names
        }
        return self._log(node, sorted(asked.values())[0] if asked else None, node.depth)  # type: ignore[type-var]

    def _call_time_in(self, node: Call) -> object:
        record, name = self.frames[node.depth].record, self._text(node.arguments[0])
        stayed = timedelta(0)
        if record.state in node.states:
            ends = [self.view.now, *self._holding(node, parent=True).values()]
            stopped = sorted(ends)[0]  # type: ignore[type-var]
            held = record.paused.get(name, timedelta(0))
            lasted = exact.subtract(exact.subtract(stopped, record.entered[name]), held)
            stayed = max(stayed, cast(timedelta, lasted))
        return self._log(node, stayed, node.depth)


class WorldCalls(_Arms):
    """What is asked of the view, and distances."""

    def _ask(self, node: Call, value: object) -> object:
        return self._log(node, value, self.expression.depth)

    def _call_has_tag(self, node: Call) -> object:
        tags = list(self.frames[node.depth].record.tags)
        return self._log(node, self._text(node.arguments[0]) in tags, node.depth)

    def _call_tier(self, node: Call) -> object:
        key, *refs = node.arguments
        owner = self._text(refs[0]) if refs else None
        return self._ask(node, self.view.tier(self._text(key), owner))

    def _call_look_up(self, node: Call) -> object:
        table, output = node.arguments
        return self._ask(node, self.view.look_up(self._text(table), self._text(output)))

    def _call_collect(self, node: Call) -> object:
        return self._ask(node, self.view.collect(self._text(node.arguments[0])))

    def _call_can_source(self, node: Call) -> object:
        return self._ask(node, self.view.can_source(self._text(node.arguments[0])))

    def _call_can_take(self, node: Call) -> object:
        return self._ask(node, self.view.can_take(self._text(node.arguments[0])))

    def _position(self, node: Call) -> PositionView:
        warehouse, sku = node.arguments[:2]
        return self.view.position(self._text(warehouse), self._text(sku))

    def _call_on_hand(self, node: Call) -> object:
        return self._units(node, self._position(node).on_hand)

    def _call_available(self, node: Call) -> object:
        return self._units(node, self._position(node).available)

    def _call_pooled(self, node: Call) -> object:
        pools = dict(self._position(node).pools)
        return self._units(node, pools.get(self._text(node.arguments[2]), 0))

    def _units(self, node: Call, units: int) -> object:
        return self._ask(node, units)

    def _call_distance_km(self, node: Call) -> Decimal:
        a, b = (cast(tuple[Decimal, Decimal], self.value(argument)) for argument in node.arguments)
        return angle_km(a, b)

    def _call_reaches(self, node: Call) -> bool:
        site = cast(Mapping[str, object], self.value(node.arguments[0]))
        place = cast(tuple[Decimal, Decimal] | None, self.value(node.arguments[1]))
        home, radius = cast(tuple[Decimal, Decimal] | None, site["location"]), site["radius_km"]
        if radius is None:
            return True
        if home is None or place is None:
            return False
        return angle_km(home, place) <= cast(Decimal, radius)


def angle_km(a: Sequence[Decimal], b: Sequence[Decimal]) -> Decimal:
    """The great-circle distance by the angle of two vectors: another way than the haversine, to be held against it."""
    (x, y, z), (u, v, w) = _on_ball(a), _on_ball(b)
    across = hypot(y * w - z * v, z * u - x * w, x * v - y * u)
    return exact.decimal(Fraction(_RADIUS_KM * atan2(across, x * u + y * v + z * w)), 3)


def _on_ball(place: Sequence[Decimal]) -> tuple[float, float, float]:
    latitude, longitude = map(radians, place)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)
