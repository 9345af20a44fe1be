"""What may be compared with what, and what a comparison settles."""

from math import ceil, floor

from orderflow.diagnostics.nearest import nearest
from orderflow.expr import ranges
from orderflow.expr.fault import Fault
from orderflow.expr.flow import Facts, key
from orderflow.expr.tree import Constant, Node
from orderflow.expr.types import NUMBERS, ORDERED, TEXTS, UNKNOWN, Kind, Type, describe

#: The operator that holds when the first one does not.
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
#: The operator seen from the other side.
MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def same_family(a: Type, b: Type) -> bool:
    """True when values of the two types can be equal."""
    if a.kind in NUMBERS and b.kind in NUMBERS:
        return not (a.name and b.name and a.name != b.name)
    if a.kind is Kind.REF and b.kind is Kind.REF:
        return a.name == b.name
    if a.kind is Kind.CHOICE and b.kind is Kind.CHOICE:
        return bool(set(a.options) & set(b.options))
    if a.kind in TEXTS and b.kind in TEXTS:
        return True
    return a.kind is b.kind and a.kind not in (Kind.RECORD, Kind.LIST, Kind.NONE)


def compared(left: Node, right: Node, operator: str, source: str) -> Fault | None:
    """The fault of comparing two values, or None."""
    a, b = left.type, right.type
    if UNKNOWN in (a, b):
        return None
    for node, other in ((right, left), (left, right)):
        if other.type.kind is Kind.CHOICE and isinstance(node, Constant) and isinstance(node.value, str):
            return unknown_option(node, other.type, source[other.start : other.end])
    start, end = left.start, right.end
    if not same_family(a, b):
        if {a.kind, b.kind} == {Kind.DATE, Kind.DATETIME}:
            moment = left if a.kind is Kind.DATETIME else right
            text = source[moment.start : moment.end]
            message = f"a date is compared with a datetime, `{text}`"
            return Fault("OF102", message, moment.start, moment.end, f"write `day({text})`", f"day({text})")
        if a.kind is Kind.CHOICE and b.kind is Kind.CHOICE:
            return Fault(
                "OF102",
                "the two choices have no option in common",
                start,
                end,
                "compare choices of the same options",
            )
        return Fault(
            "OF102", f"{describe(a)} is compared with {describe(b)}", start, end, "compare values of one kind"
        )
    if operator in ("<", "<=", ">", ">=") and a.kind not in ORDERED:
        return Fault(
            "OF102", f"{describe(a)} has no order for `{operator}`", start, end, "use `==`, `!=` or `in`"
        )
    return None


def unknown_option(node: Constant, choice: Type, what: str) -> Fault | None:
    """The fault of a text that is no option of a choice, or None."""
    if node.value in choice.options:
        return None
    known = nearest(str(node.value), choice.options)
    listed = ", ".join(f"`{option}`" for option in choice.options[:12])
    fix = f"replace with `{known}`" if known else f"use one of {listed}"
    message = f"`{node.value}` is not one of the options of `{what}`"
    return Fault(
        "OF101", message, node.start, node.end, fix, f'"{known}"' if known else None, "not an option"
    )


def narrow(facts: Facts, operator: str, left: Node, right: Node) -> Facts:
    """The facts after `left operator right` turned out true."""
    if left.type.kind in ORDERED and same_family(left.type, right.type):
        facts = _narrow_one(facts, operator, left, right)
        facts = _narrow_one(facts, MIRROR[operator], right, left)
    return facts


def _narrow_one(facts: Facts, operator: str, node: Node, other: Node) -> Facts:
    if isinstance(node, Constant):
        return facts
    (lo, hi), (least, most) = ranges.interval(node.type), ranges.interval(other.type)
    step = ranges.step(node.type)
    match operator:
        case "!=":
            return facts.with_nonzero(key(node)) if least == most == 0 else facts
        case "==":
            lo, hi = max(lo, least), min(hi, most)
        case ">":
            lo = max(lo, (floor(least / step) + 1) * step)
        case ">=":
            lo = max(lo, ceil(least / step) * step)
        case "<":
            hi = min(hi, (ceil(most / step) - 1) * step)
        case "<=":
            hi = min(hi, floor(most / step) * step)
    return facts.with_range(key(node), lo, hi)


def narrow_to(facts: Facts, node: Node, values: list[Node]) -> Facts:
    """The facts after `node in [values]` turned out true."""
    if node.type.kind not in ORDERED or isinstance(node, Constant):
        return facts
    least, most = ranges.hull([ranges.interval(value.type) for value in values])
    lo, hi = ranges.interval(node.type)
    facts = facts.with_range(key(node), max(lo, least), min(hi, most))
    if all(not (low <= 0 <= high) for low, high in (ranges.interval(value.type) for value in values)):
        facts = facts.with_nonzero(key(node))
    return facts
