"""The types that arithmetic gives: one table of kinds, and the interval of each result."""

from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.tree import Constant, Negate, Node
from orderflow.expr.types import DATE, DATETIME, DURATION, INTEGER, NUMBERS, PLACES, Kind, Type

_DAY = 86_400


class ZeroDivisor(Exception):  # noqa: N818 - caught by the checker at once
    """The divisor was not shown to be other than zero."""


def is_literal(node: Node) -> bool:
    """True for a number written out, with or without a sign."""
    return isinstance(node, Constant) or (isinstance(node, Negate) and isinstance(node.operand, Constant))


def result(operator: str, left: Node, right: Node, nonzero: bool) -> Type | None:
    """The type of `left operator right`, or None where the two do not go together.

    Args:
        nonzero: True when a test has shown the right side to be other than zero.

    Raises:
        ZeroDivisor: the operator divides, and the right side could be zero.
    """
    a, b = left.type, right.type
    if a.kind in NUMBERS and b.kind in NUMBERS:
        kind = _number(operator, left, right)
        return None if kind is None else ranges.within(kind, _interval(operator, a, b, nonzero))
    kind = _time(operator, a, b)
    if kind is None:
        return None
    one, two = ranges.interval(a), ranges.interval(b)
    match operator, a.kind, b.kind:
        case "/", _, _:
            return ranges.within(kind, _interval("/", a, b, nonzero))
        case "*", _, _:
            return ranges.within(kind, ranges.multiply(one, two))
        case "-", Kind.DATE, Kind.DATE:
            found = ranges.subtract(one, two)
            return ranges.within(kind, (found[0] * _DAY, found[1] * _DAY))
        case _, Kind.DATE, _:
            two = (two[0] / _DAY, two[1] / _DAY)
        case _, _, Kind.DATE:
            one = (one[0] / _DAY, one[1] / _DAY)
    return ranges.within(kind, ranges.add(one, two) if operator == "+" else ranges.subtract(one, two))


def _interval(operator: str, a: Type, b: Type, nonzero: bool) -> ranges.Interval:
    """The interval of two numbers (or of a duration over a duration)."""
    one, two = ranges.interval(a), ranges.interval(b)
    match operator:
        case "+":
            return ranges.add(one, two)
        case "-":
            return ranges.subtract(one, two)
        case "*":
            return ranges.multiply(one, two)
    if two[0] <= 0 <= two[1] and not (nonzero and any(two)):
        raise ZeroDivisor
    parts = ranges.divisors(two, ranges.step(b))
    if operator == "%":
        return ranges.modulo(one, parts)
    return ranges.divide(one, parts, whole=operator == "//")


def _number(operator: str, left: Node, right: Node) -> Type | None:
    """The number table of kinds."""
    a, b = left.type, right.type
    kinds = {a.kind, b.kind}
    whole = kinds == {Kind.INTEGER}
    money = a if a.kind is Kind.MONEY else b if b.kind is Kind.MONEY else None
    places = max(a.places, b.places)
    match operator:
        case "+" | "-":
            if whole:
                return INTEGER
            if money is not None and (kinds == {Kind.MONEY} or _counts_as_money(left, right, money)):
                return _plain(money)
            return Type(Kind.DECIMAL, places=places)
        case "*":
            if whole:
                return INTEGER
            if money is not None and Kind.INTEGER in kinds:
                return _plain(money)
            return (
                None if kinds == {Kind.MONEY} else Type(Kind.DECIMAL, places=min(PLACES, a.places + b.places))
            )
        case "/":
            return Type(Kind.DECIMAL, places=PLACES)
        case "//":
            return INTEGER
        case _:
            if whole:
                return INTEGER
            if a.kind is Kind.MONEY and b.kind is not Kind.DECIMAL:
                return _plain(a)
            return Type(Kind.DECIMAL, places=places)


def _counts_as_money(left: Node, right: Node, money: Type) -> bool:
    """A literal beside money is money when it has no more places than the currency."""
    other = right if left.type.kind is Kind.MONEY else left
    return is_literal(other) and other.type.places <= money.places


def _plain(type_: Type) -> Type:
    return replace(type_, optional=False, lo=None, hi=None)


def _time(operator: str, a: Type, b: Type) -> Type | None:
    """The table of dates, datetimes and durations."""
    days = DURATION if not (a.name == b.name == "days") else replace(DURATION, name="days")
    match a.kind, operator, b.kind:
        case (Kind.DURATION, "+" | "-", Kind.DURATION):
            return days
        case (Kind.DATETIME, "+" | "-", Kind.DURATION) | (Kind.DURATION, "+", Kind.DATETIME):
            return DATETIME
        case (Kind.DATETIME, "-", Kind.DATETIME):
            return DURATION
        case (Kind.DATE, "-", Kind.DATE):
            return replace(DURATION, name="days")
        case (Kind.DATE, "+" | "-", Kind.DURATION) if b.name == "days":
            return DATE
        case (Kind.DURATION, "+", Kind.DATE) if a.name == "days":
            return DATE
        case (Kind.DURATION, "*", Kind.INTEGER):
            return replace(DURATION, name=a.name)
        case (Kind.INTEGER, "*", Kind.DURATION):
            return replace(DURATION, name=b.name)
        case (Kind.DURATION, "/", Kind.DURATION):
            return Type(Kind.DECIMAL, places=PLACES)
    return None


def negated(type_: Type) -> Type | None:
    """The type of `-x`, or None where it has none."""
    if type_.kind not in NUMBERS and type_.kind is not Kind.DURATION:
        return None
    return ranges.within(replace(type_, optional=False), ranges.negate(ranges.interval(type_)))


def common(nodes: list[Node]) -> Type | None:
    """The type that holds the values of all nodes (the branches of `if`, the arguments of `coalesce`), or None.

    The result is optional when one of the nodes is.
    """
    optional = any(node.type.optional for node in nodes)
    real = [node for node in nodes if node.type.kind is not Kind.NONE]
    if not real:
        return nodes[0].type
    kinds = {node.type.kind for node in real}
    first = real[0].type
    if kinds <= NUMBERS:
        found = ranges.hull([ranges.interval(node.type) for node in real])
        return ranges.within(replace(_common_number(real, kinds), optional=optional), found)
    if kinds == {Kind.CHOICE}:
        options = tuple(dict.fromkeys(option for node in real for option in node.type.options))
        return replace(first, options=options, optional=optional)
    if len(kinds) == 1:
        if any(node.type.name != first.name for node in real):
            if first.kind in (Kind.RECORD, Kind.REF):
                return None
            first = replace(first, name="")
        if first.kind is Kind.LIST and any(node.type.item != first.item for node in real):
            return None
        if first.kind in (Kind.DATE, Kind.DATETIME, Kind.DURATION, Kind.LIST):
            found = ranges.hull([ranges.interval(node.type) for node in real])
            first = ranges.within(first, found)
        return replace(first, optional=optional)
    if kinds <= {Kind.TEXT, Kind.CHOICE, Kind.REF}:
        return Type(Kind.TEXT, optional=optional)
    return None


def _common_number(nodes: list[Node], kinds: set[Kind]) -> Type:
    if len(kinds) == 1 and Kind.DECIMAL not in kinds:
        return nodes[0].type
    money = next((node.type for node in nodes if node.type.kind is Kind.MONEY), None)
    if money is not None and all(
        node.type.kind is Kind.MONEY or (is_literal(node) and node.type.places <= money.places)
        for node in nodes
    ):
        return money
    return Type(Kind.DECIMAL, places=max(node.type.places for node in nodes))
