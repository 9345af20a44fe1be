"""What is left of a condition once a part of it is known: the state that the record is in, that it is not held.

Everything here errs on one side: a part is taken for true or false only when it is.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal

from orderflow.checks.clauses import constant
from orderflow.expr.tree import SWAPPED, And, Call, Compare, Constant, IfElse, Node, Not, Or, Required

#: Tells whether a part is true or false; None where it cannot be told.
Known = Callable[[Node], bool | None]


def settled(node: Node, known: Known) -> Node:
    """The condition without the parts that are known: a constant when nothing else is left."""
    value = known(node)
    if value is not None:
        return _truth(node, value)
    match node:
        case Not(operand=operand):
            inner = settled(operand, known)
            return _truth(node, not inner.value) if isinstance(inner, Constant) else negated(inner)
        case And(items=items) | Or(items=items):
            deciding = isinstance(node, Or)
            parts = [settled(item, known) for item in items]
            if any(is_true(part) if deciding else is_false(part) for part in parts):
                return _truth(node, deciding)
            left = tuple(part for part in parts if not isinstance(part, Constant))
            if not left:
                return _truth(node, not deciding)
            return left[0] if len(left) == 1 else replace(node, items=left)
        case IfElse(then=then, test=test, other=other):
            asked = settled(test, known)
            if isinstance(asked, Constant):
                return settled(then if asked.value is True else other, known)
    return node


def is_true(node: Node) -> bool:
    """Whether nothing is left of a condition: it holds."""
    return isinstance(node, Constant) and node.value is True


def is_false(node: Node) -> bool:
    """Whether a condition cannot hold."""
    return isinstance(node, Constant) and node.value is False


def negated(node: Node) -> Node:
    """The opposite, `not` pushed inwards: `not (a and b)` is `not a or not b`."""
    match node:
        case Not(operand=operand):
            return operand
        case And(items=items):
            return Or(node.start, node.end, tuple(negated(item) for item in items))
        case Or(items=items):
            return And(node.start, node.end, tuple(negated(item) for item in items))
    return Not(node.start, node.end, node)


def in_state(leaf: str, depth: int = 0, *, held: bool | None = None) -> Known:
    """What is known of a record that is in a leaf state.

    Args:
        leaf: the state.
        depth: the frame of the record that is meant, as `Call.depth` counts them.
        held: whether it is held, if that is known.
    """

    def known(node: Node) -> bool | None:
        match node:
            case Constant(value=bool() as value):
                return value
            case Call(function="is_in", states=states) if node.depth == depth:
                return leaf in states
            case Call(function="is_open", states=states) if node.depth == depth:
                return leaf not in states
            case Call(function="is_held" | "held_since") if node.depth == depth and held is False:
                return False if node.function == "is_held" else None
        return None

    return known


def round_and_round(leaf: str, circle: Collection[str]) -> Known:
    """What is known in a state that a record comes through again and again while no time passes.

    It has reached every state on the way, it has been in this one for no time, and it is not held.
    """
    own = in_state(leaf, held=False)

    def known(node: Node) -> bool | None:
        value = own(node)
        if value is not None:
            return value
        match node:
            case Call(function="reached", states=states) if node.depth == 0:
                return True if set(states) & set(circle) else None
            case Compare(operators=(operator,), operands=(left, right)):
                if _just_now(left, circle):
                    return _zero(operator, constant(right))
                if _just_now(right, circle):
                    return _zero(SWAPPED[operator], constant(left))
        return None

    return known


def _just_now(node: Node, circle: Collection[str]) -> bool:
    """Whether a node is the time since one of the states was entered."""
    while isinstance(node, Required):
        node = node.operand
    match node:
        case Call(function="time_in", arguments=(Constant(value=str(name)),)):
            return node.depth == 0 and name in circle
        case Call(function="age", arguments=(moment,)):
            while isinstance(moment, Required):
                moment = moment.operand
            match moment:
                case Call(function="entered", arguments=(Constant(value=str(name)),)):
                    return moment.depth == 0 and name in circle
    return False


def _zero(operator: str, value: object) -> bool | None:
    """Whether nothing `operator` some length of time."""
    if not isinstance(value, (int, Decimal)) or value <= 0:
        return None
    return operator in ("<", "<=", "!=")


def _truth(node: Node, value: bool) -> Constant:
    return Constant(node.start, node.end, value)
