"""What may be compared with what, and what a comparison settles."""

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.fault import Fault, Wanted
from orderflow.expr.flow import Facts, Seen, key
from orderflow.expr.literals import meant
from orderflow.expr.tree import (
    Compare,
    Constant,
    Listing,
    Membership,
    Name,
    Node,
    Part,
    Required,
    Through,
)
from orderflow.expr.types import BOOL, NUMBERS, ORDERED, TEXTS, UNKNOWN, Kind, Type, describe, present

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

#: The operator that holds when the first one does not.
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
#: The operator seen from the other side.
MIRROR = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def comparison(checker: "Checker", node: Compare, facts: Facts) -> Seen:
    """A chain of comparisons: its types, and what it settles."""
    visited = [checker.visit(operand, facts).node for operand in node.operands]
    for operator, operand in zip(node.operators, node.operands[1:], strict=True):
        if isinstance(operand, Constant) and operand.value is None and operator in ("==", "!="):
            better = "is" if operator == "==" else "is not"
            text = f"{checker.text(node.operands[0])} {better} None"
            checker.fault(
                "OF102",
                Message("`{operator} None` is written `{better} None`", operator=operator, better=better),
                node,
                Message("replace with `{text}`", text=text),
                text,
            )
            return Seen(replace(node, operands=tuple(visited), type=BOOL), facts, facts)
    operands = [checker.required(operand) for operand in visited]
    yes = facts
    pairs = list(zip(node.operators, operands, operands[1:], strict=False))
    for operator, left, right in pairs:
        wrong = compared(left, right, operator, checker.source)
        if wrong is not None:
            checker.faults.append(wrong)
        else:
            yes = narrow(yes, operator, left, right)
    no = facts
    if len(pairs) == 1 and yes is not facts:
        operator, left, right = pairs[0]
        no = narrow(facts, OPPOSITE[operator], left, right)
    return Seen(replace(node, operands=tuple(operands), type=BOOL), yes, no)


def membership(checker: "Checker", node: Membership, facts: Facts) -> Seen:
    """`in`, of a list written out or of a list field."""
    item = checker.value(node.item, facts)
    if not isinstance(node.container, Listing):
        return Seen(_in_list(checker, node, item, facts), facts, facts)
    items = [checker.value(each, facts) for each in node.container.items]
    good = True
    for each in items:
        wrong = compared(item, each, "==", checker.source)
        if wrong is not None:
            checker.faults.append(wrong)
            good = False
    container = replace(node.container, items=tuple(items), type=Type(Kind.LIST, item=item.type))
    inside = narrow_to(facts, item, items) if good and UNKNOWN not in [each.type for each in items] else facts
    outside = facts
    checked = replace(node, item=item, container=container, type=BOOL)
    return Seen(checked, outside, inside) if node.negated else Seen(checked, inside, outside)


def _in_list(checker: "Checker", node: Membership, item: Node, facts: Facts) -> Node:
    container = checker.value(node.container, facts)
    held = container.type.item
    checked = replace(node, item=item, container=container, type=BOOL)
    if container.type == UNKNOWN or item.type == UNKNOWN:
        return checked
    if container.type.kind is not Kind.LIST or held is None or held.kind is Kind.RECORD:
        message = Message(
            "`{text}` is {kind}, not a list of values",
            text=checker.text(container),
            kind=describe(container.type),
        )
        checker.fault("OF102", message, node.container, Message("write a list, such as `in [a, b]`"))
        return checked
    stand_in = replace(container, type=present(held))
    wrong = compared(item, stand_in, "==", checker.source)
    if wrong is not None:
        checker.faults.append(wrong)
    return checked


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
            return unknown_option(node, other.type, source[other.start : other.end], field_of(other))
    start, end = left.start, right.end
    if not same_family(a, b):
        if {a.kind, b.kind} == {Kind.DATE, Kind.DATETIME}:
            moment = left if a.kind is Kind.DATETIME else right
            text = source[moment.start : moment.end]
            message = Message("a date is compared with a datetime, `{text}`", text=text)
            return Fault(
                "OF102",
                message,
                moment.start,
                moment.end,
                Message("write `day({text})`", text=text),
                f"day({text})",
            )
        if a.kind is Kind.CHOICE and b.kind is Kind.CHOICE:
            return Fault(
                "OF102",
                Message("the two choices have no option in common"),
                start,
                end,
                Message("compare choices of the same options"),
            )
        return replace(_clash(left, right, operator, source), about=_declared(left, right))
    if operator in ("<", "<=", ">", ">=") and a.kind not in ORDERED:
        return Fault(
            "OF102",
            Message("{kind} has no order for `{operator}`", kind=describe(a), operator=operator),
            start,
            end,
            Message("use `==`, `!=` or `in`"),
        )
    return None


def _clash(left: Node, right: Node, operator: str, source: str) -> Fault:
    """Two values of different kinds; of a literal that means the other kind, with how it is written."""
    kinds = Message("{kind} is compared with {kind2}", kind=describe(left.type), kind2=describe(right.type))
    for node, other, sign in ((right, left, operator), (left, right, MIRROR[operator])):
        kind = other.type.kind
        if not isinstance(node, Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, str):
            better = meant(node.value, kind, exactly=sign in (">=", "<"))
            if better is not None:
                fix = Message("replace with `{better}`", better=better)
                return Fault("OF102", kinds, node.start, node.end, fix, better)
            if kind is Kind.DATETIME and (midnight := meant(node.value, kind)) is not None:
                text, day = source[other.start : other.end], meant(node.value, Kind.DATE)
                fix = Message(
                    "write `day({text}) {sign} {day}`, or `{midnight}` for its first moment",
                    text=text,
                    sign=sign,
                    day=day,
                    midnight=midnight,
                )
                return Fault("OF102", kinds, node.start, node.end, fix)
        elif kind is Kind.DURATION and node.value is not None:
            fix = Message("say of what: `hours({count})`, `days({count})`", count=node.value)
            return Fault("OF102", kinds, node.start, node.end, fix)
    return Fault("OF102", kinds, left.start, right.end, Message("compare values of one kind"))


def _declared(*nodes: Node) -> tuple[tuple[str, Message], ...]:
    """The fields among some nodes, each with what it is."""
    return tuple(
        (
            path,
            Message(
                "`{name}` is declared here as {kind}", name=path.rpartition(".")[2], kind=describe(node.type)
            ),
        )
        for node in nodes
        if (path := field_of(node))
    )


def declared_optional(fault: Fault, node: Node) -> Fault:
    """The fault of a value that may be missing, with the field that says so."""
    path = field_of(node)
    text = Message("`{name}` is optional here", name=path.rpartition(".")[2])
    return replace(fault, about=((path, text),)) if path else fault


def field_of(node: Node) -> str:
    """The field that a node reads, as `order.channel`; empty where it is none."""
    match node:
        case Name(owner=owner, path=path):
            return ".".join((owner, *path))
        case Through(entity=entity, name=name):
            return f"{entity}.{name}"
        case Part(base=base, name=name):
            return f"{base.type.name}.{name}"
        case Required(operand=operand):
            return field_of(operand)
    return ""


def unknown_option(node: Constant, choice: Type, what: str, owner: str = "") -> Fault | None:
    """The fault of a text that is no option of a choice (`what` is its name, when it has one), or None.

    `owner` says which field's options they are, as `order.channel`.
    """
    if node.value in choice.options:
        return None
    known = nearest(str(node.value), choice.options)
    listed = joined((f"`{option}`" for option in choice.options[:12]), ", ")
    fix = (
        Message("replace with `{known}`", known=known)
        if known
        else Message("use one of {listed}", listed=listed)
    )
    message = Message("`{value}` is not one of the options", value=node.value) + (
        Message(" of `{what}`", what=what) if what else NOTHING
    )
    wanted = Wanted("option", str(node.value), choice.options, known, (owner,) if owner else (), '"', '"')
    replacement = f'"{known}"' if known else None
    return Fault("OF101", message, node.start, node.end, fix, replacement, Message("not an option"), wanted)


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
        case ">" if least.denominator == 1:  # half of all comparisons are with whole numbers
            lo = max(lo, Fraction(least.numerator * step.denominator + 1, step.denominator))
        case ">=" if least.denominator == 1:
            lo = max(lo, least)
        case "<" if most.denominator == 1:
            hi = min(hi, Fraction(most.numerator * step.denominator - 1, step.denominator))
        case "<=" if most.denominator == 1:
            hi = min(hi, most)
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
