"""Whether two conditions can hold together, as far as their shape shows it: opposite tests, disjoint values.

Everything here errs on one side: `exclusive` is True only when the two can never both hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orderflow.expr.calls import UNITS
from orderflow.expr.reads import walk
from orderflow.expr.tree import (
    OPPOSITE,
    SWAPPED,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expression,
    IsNone,
    Listing,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    Origin,
    children,
)

#: What a transition may change although it sets no field: the state, what is held in it, what is still to be sourced.
_MOVING = frozenset(
    {
        *("is_in", "is_open", "reached", "reached_at", "entered", "time_in", "is_held", "held_since"),
        *("can_source", "can_take"),
    }
)

#: What a node says, whatever its place in a source text.
Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A clause in a form that can be compared: `subject` `relation` `value`."""

    subject: Shape
    relation: str
    value: object


def exclusive(first: Expression, second: Expression) -> bool:
    """Whether two conditions can plainly never hold together."""
    return _nodes_exclusive(first.root, second.root)


def clashing(first: Node, second: Node, *, at_once: bool) -> bool:
    """Whether two parts of conditions can plainly never hold together.

    Args:
        at_once: whether they are asked at one moment; otherwise one after the other, while transitions change states but no
            fields.
    """
    return _nodes_exclusive(first, second, steady=not at_once)


def identical(first: Expression | None, second: Expression | None) -> bool:
    """Whether two conditions say the same, word for word."""
    if first is None or second is None:
        return first is second
    return shape(first.root) == shape(second.root)


def _nodes_exclusive(first: Node, second: Node, *, steady: bool = False) -> bool:
    first, second = _spread(first), _spread(second)
    if isinstance(first, Or):
        return all(_nodes_exclusive(item, second, steady=steady) for item in first.items)
    if isinstance(second, Or):
        return all(_nodes_exclusive(first, item, steady=steady) for item in second.items)
    ours, theirs = list(_clauses(first)), list(_clauses(second))
    for mine in ours:
        for other in theirs:
            if isinstance(mine, Or) or isinstance(other, Or):
                either = mine is not first and other is not second
                if either and _nodes_exclusive(mine, other, steady=steady):
                    return True
            elif not (steady and (_moves(mine) or _moves(other))) and _clash(mine, other):
                return True
    return False


def _spread(node: Node) -> Node:
    """`not (a and b)` as `not a or not b`; any other condition as it is."""
    if isinstance(node, Not) and isinstance(node.operand, And):
        return Or(node.start, node.end, tuple(_negated(item) for item in node.operand.items))
    return node


def _moves(node: Node) -> bool:
    """Whether a clause may turn because a transition is taken."""
    return any(
        (isinstance(each, Call) and each.function in _MOVING)
        or (isinstance(each, Name) and each.origin is Origin.CHILDREN)
        for each in walk(node)
    )


def _clauses(node: Node) -> Iterator[Node]:
    """The parts that must all hold; `not (a or b)` is `not a and not b`."""
    if isinstance(node, And):
        for item in node.items:
            yield from _clauses(item)
    elif isinstance(node, Not) and isinstance(node.operand, Or):
        for item in node.operand.items:
            yield from _clauses(Not(item.start, item.end, item))
    elif isinstance(node, Not) and isinstance(node.operand, Not):
        yield from _clauses(node.operand.operand)
    else:
        yield node


def _clash(first: Node, second: Node) -> bool:
    if shape(first) == shape(_negated(second)) or shape(_negated(first)) == shape(second):
        return True
    if any(_facts_clash(mine, other) for mine in facts(first) for other in facts(second)):
        return True
    return _rows_clash(first, second) or _rows_clash(second, first)


def _rows_clash(first: Node, second: Node) -> bool:
    """Whether the one says of some row what the other says of none: `any(lines, x > 5)` and `all(lines, x <= 5)`."""
    one, every = _of_rows(first, "any", "all"), _of_rows(second, "all", "any")
    if one is None or every is None or shape(one[0]) != shape(every[0]):
        return False
    return _nodes_exclusive(one[1], every[1])


def _of_rows(node: Node, said: str, denied: str) -> tuple[Node, Node] | None:
    """The rows and the condition of a call, or of the denial of its opposite: `not all(lines, x)` is `any(lines, not x)`."""
    match node:
        case Call(arguments=(rows, test)) if node.function == said:
            return rows, test
        case Not(operand=Call(arguments=(rows, test)) as call) if call.function == denied:
            return rows, _negated(test)
    return None


def _negated(node: Node) -> Node:
    return node.operand if isinstance(node, Not) else Not(node.start, node.end, node)


def facts(node: Node, held: bool = True) -> Iterator[Fact]:
    """What a clause says of a single subject, if it is of a simple form."""
    match node:
        case Not(operand=operand):
            yield from facts(operand, not held)
        case IsNone(operand=operand, negated=negated):
            yield Fact(shape(operand), "missing" if negated is not held else "there", None)
        case Compare(operators=(operator,), operands=(left, right)):
            sign = operator if held else OPPOSITE[operator]
            value = constant(right)
            if value is not None:
                yield Fact(shape(left), sign, value)
            pair = (left, right) if value is None else _difference(left, value)
            if pair is not None:
                yield Fact(("pair", shape(pair[0]), shape(pair[1])), sign, 0)
                yield Fact(("pair", shape(pair[1]), shape(pair[0])), SWAPPED[sign], 0)
            turned = constant(left)
            if turned is not None:
                yield Fact(shape(right), SWAPPED[sign], turned)
        case Compare(operators=operators, operands=operands) if held:
            for index, operator in enumerate(operators):
                yield from facts(Compare(node.start, node.end, (operator,), operands[index : index + 2]))
        case Membership(item=item, negated=negated, container=Listing(items=items)):
            values = frozenset(constant(each) for each in items)
            if None not in values:
                yield Fact(shape(item), "in" if negated is not held else "not in", values)
        case Call(function="is_in", states=states):
            yield Fact(("state", node.depth), "in" if held else "not in", frozenset(states))
        case Call(function="all_live" | "none_live", arguments=(listed, *_)) if held:
            # the one says that some child is live, the other that none is; neither denial says anything
            yield Fact(("live", shape(listed)), "==", node.function == "all_live")
        case Name():
            yield Fact(shape(node), "==", held)


def _difference(left: Node, value: object) -> tuple[Node, Node] | None:
    """What is compared with one another by `a - b > 0`, or None."""
    match left:
        case Arithmetic(operator="-", left=first, right=second) if _is_number(value) and value == 0:
            return first, second
    return None


def constant(node: Node) -> object:
    """The value of a literal, of a duration such as `hours(2)` in seconds, of a date in days since 1970; else None."""
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Call) and node.function in UNITS:
        number = constant(node.arguments[0])
        return number * UNITS[node.function] if isinstance(number, (int, Decimal)) else None
    if isinstance(node, Call) and node.function == "date":
        return node.type.lo
    if (
        isinstance(node, Negate)
        and isinstance(node.operand, Constant)
        and isinstance(node.operand.value, (int, Decimal))
    ):
        return -node.operand.value
    return None


def _facts_clash(first: Fact, second: Fact) -> bool:
    if first.subject != second.subject:
        return False
    relations = {first.relation, second.relation}
    if relations == {"missing", "there"}:
        return True
    for one, other in ((first, second), (second, first)):
        if one.relation == "==" and _refuses(other, one.value):
            return True
        if (
            one.relation == "in"
            and isinstance(one.value, frozenset)
            and all(_refuses(other, value) for value in one.value)
        ):
            return True
    return _intervals_apart(first, second)


def _refuses(fact: Fact, value: object) -> bool:
    """Whether a fact rules a value out."""
    match fact.relation:
        case "==":
            return type_of(fact.value) == type_of(value) and fact.value != value
        case "!=":
            return fact.value == value
        case "in" if isinstance(fact.value, frozenset):
            return value not in fact.value
        case "not in" if isinstance(fact.value, frozenset):
            return value in fact.value
        case "<" | "<=" | ">" | ">=":
            return (
                _is_number(value) and _is_number(fact.value) and not _holds(value, fact.relation, fact.value)
            )
    return False


def type_of(value: object) -> str:
    """The sort of a literal: texts, truth values and numbers are never equal to one another."""
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, Decimal)) else "text"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _holds(left: object, relation: str, right: object) -> bool:
    assert isinstance(left, (int, Decimal))
    assert isinstance(right, (int, Decimal))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[relation]


def _intervals_apart(first: Fact, second: Fact) -> bool:
    """Whether one says less and the other more: `x < 5` and `x >= 5`."""
    for low, high in ((first, second), (second, first)):
        if (
            low.relation in ("<", "<=")
            and high.relation in (">", ">=")
            and _is_number(low.value)
            and _is_number(high.value)
        ):
            both = low.relation == "<=" and high.relation == ">="
            assert isinstance(low.value, (int, Decimal))
            assert isinstance(high.value, (int, Decimal))
            if low.value < high.value or (low.value == high.value and not both):
                return True
    return False


def shape(node: Node) -> Shape:
    """A node without its place: equal for equal meaning as written."""
    own: list[object] = [type(node).__name__]
    for slot in (
        "value",
        "path",
        "origin",
        "depth",
        "name",
        "operator",
        "operators",
        "negated",
        "function",
        "states",
        "entity",
        "aggregate",
    ):
        if hasattr(node, slot):
            value = getattr(node, slot)
            own.append((type_of(value), value) if slot == "value" else value)
    return (*own, *(shape(child) for child in children(node)))
