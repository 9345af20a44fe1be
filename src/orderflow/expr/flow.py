"""What is known at a point of an expression: the facts that tests before it have settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from orderflow.expr.altered import replace
from orderflow.expr.calendars import Workdays
from orderflow.expr.ranges import Interval
from orderflow.expr.tree import Call, Constant, Name, Node, Required, Through, children

#: A part of an expression without its place: equal keys have equal values within one evaluation.
Key = tuple[object, ...]


def key(node: Node) -> Key:
    """The key of a checked node."""
    match node:
        case Constant(value=value):
            return ("constant", type(value).__name__, value)
        case Name(path=path, origin=origin, depth=depth):
            return ("name", origin, depth, path)
        case Required(operand=operand):
            return key(operand)
        case Through(base=base, entity=entity, name=name):
            return ("through", entity, name, key(base))
        case Call(function="reached_at", depth=depth, states=states):
            return ("reached_at", depth, frozenset(states))
        case Call(function=function, arguments=arguments, calendar=Workdays(name=name)):
            return ("call", function, name, *map(key, arguments))
        case Call(function=function, arguments=arguments, depth=depth, states=states):
            return ("call", function, depth, states, *map(key, arguments))
    own = tuple(
        getattr(node, name) for name in ("operator", "operators", "negated", "name") if hasattr(node, name)
    )
    return (type(node).__name__, own, *map(key, children(node)))


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts at one point; frozen, each step makes a new one.

    Args:
        present: what was tested and is there.
        ranges: intervals narrowed by comparisons.
        nonzero: numbers that are not zero.
        states: by depth, the leaf states that the record of that frame can be in.
        dead: True where no order can get to (behind `False and`).
    """

    present: frozenset[Key] = frozenset()
    ranges: Mapping[Key, Interval] = field(default_factory=dict)
    nonzero: frozenset[Key] = frozenset()
    states: Mapping[int, frozenset[str]] = field(default_factory=dict)
    dead: bool = False

    def with_present(self, where: Key) -> "Facts":
        """The value is there."""
        return replace(self, present=self.present | {where})

    def with_nonzero(self, where: Key) -> "Facts":
        """The number is not zero."""
        return replace(self, nonzero=self.nonzero | {where})

    def with_range(self, where: Key, lo: Fraction, hi: Fraction) -> "Facts":
        """The value lies between; an empty interval marks a dead end."""
        if lo > hi:
            return replace(self, dead=True)
        return replace(self, ranges={**self.ranges, where: (lo, hi)})

    def with_states(self, depth: int, states: frozenset[str]) -> "Facts":
        """The record of that frame is in one of these leaf states."""
        return replace(self, states={**self.states, depth: states})

    def without_frame(self, depth: int) -> "Facts":
        """Before a new row or child is looked at: nothing is known of its state."""
        return replace(self, states={known: states for known, states in self.states.items() if known < depth})


@dataclass(frozen=True, slots=True)
class Seen:
    """A typed node, and what is known after it was true or was false."""

    node: Node
    yes: Facts
    no: Facts


def join(a: Facts, b: Facts) -> Facts:
    """What holds whichever way was taken."""
    if a.dead:
        return b
    if b.dead:
        return a
    ranges = {}
    for where in a.ranges.keys() & b.ranges.keys():
        one, two = a.ranges[where], b.ranges[where]
        ranges[where] = (min(one[0], two[0]), max(one[1], two[1]))
    states = {depth: a.states[depth] | b.states[depth] for depth in a.states.keys() & b.states.keys()}
    return Facts(a.present & b.present, ranges, a.nonzero & b.nonzero, states)


def known_present(node: Node, facts: Facts) -> bool:
    """True when the facts settle that a value that may be missing is there."""
    if facts.dead or key(node) in facts.present:
        return True
    if not isinstance(node, Call) or node.function not in ("reached_at", "entered"):
        return False
    # Whoever is in one of these states has reached it; whoever has reached one of them has reached an earlier one.
    counting = frozenset(node.states)
    if node.depth in facts.states and facts.states[node.depth] <= counting:
        return True
    return node.function == "reached_at" and any(
        known[0] == "reached_at" and known[1] == node.depth and _states(known) <= counting
        for known in facts.present
    )


def _states(known: Key) -> frozenset[str]:
    states = known[2]
    return states if isinstance(states, frozenset) else frozenset()
