"""Whether a value fits where it goes: a field, an event's data, a guard."""

from typing import TYPE_CHECKING

from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.altered import replace
from orderflow.expr.compare import unknown_option
from orderflow.expr.fault import Fault
from orderflow.expr.flow import Facts
from orderflow.expr.literals import meant
from orderflow.expr.tree import Call, Constant, IfElse, Node
from orderflow.expr.types import NUMBERS, TEXTS, UNKNOWN, Kind, Type, describe, present

if TYPE_CHECKING:
    from orderflow.expr.check import Checker


def fit(checker: "Checker", node: Node, expected: Type | Kind, facts: Facts) -> tuple[Node, Type]:
    """The node and the type its value has where it goes; faults go to the checker.

    A Kind expects a value of that kind that is there. An integer becomes a decimal or money where one is expected.
    """
    type_ = expected if isinstance(expected, Type) else Type(expected)
    if node.type == UNKNOWN:
        return node, type_
    if not type_.optional:
        node = checker.required(node)
        if node.type == UNKNOWN:
            return node, type_
    wrong = _misfit(checker, node, type_, loose=isinstance(expected, Kind))
    if wrong is not None:
        checker.faults.extend(wrong)
        return node, type_
    if isinstance(expected, Kind) and node.type.kind is expected:
        return node, node.type
    return node, replace(type_, optional=node.type.optional and type_.optional)


def _misfit(checker: "Checker", node: Node, expected: Type, *, loose: bool) -> list[Fault] | None:
    """The faults of putting the node's value there, or None."""
    if expected.kind is Kind.CHOICE and not loose:
        branches = _branches(node)
        if branches is not None:
            faults = [
                fault for each in branches for fault in _misfit(checker, each, expected, loose=loose) or []
            ]
            return faults or None
        if isinstance(node, Constant) and isinstance(node.value, str):
            wrong = unknown_option(node, expected, NOTHING)
            return [wrong] if wrong else None
    if _fits(node.type, expected, loose=loose):
        return None
    return [_fault(checker, node, expected)]


def _branches(node: Node) -> tuple[Node, ...] | None:
    match node:
        case IfElse(then=then, other=other):
            return (then, other)
        case Call(function="coalesce", arguments=arguments):
            return arguments
    return None


def _fits(found: Type, expected: Type, *, loose: bool) -> bool:
    a, b = found.kind, expected.kind
    if a is Kind.NONE or found == UNKNOWN:
        return True
    if b in NUMBERS and a in NUMBERS:
        if a is b or b is Kind.DECIMAL or a is Kind.INTEGER:
            return not (b is Kind.INTEGER and a is not Kind.INTEGER)
        return b is Kind.MONEY and found.places <= expected.places
    if loose:
        return a is b or (b is Kind.TEXT and a in TEXTS)
    match b:
        case Kind.TEXT:
            return a in TEXTS
        case Kind.REF:
            # a text may lead nowhere, and nobody would have read what it leads to
            return a is Kind.REF and found.name == expected.name
        case Kind.CHOICE:
            return a is Kind.CHOICE and set(found.options) <= set(expected.options)
        case Kind.LIST:
            if a is not Kind.LIST or found.item is None or expected.item is None:
                return False
            return _fits(found.item, expected.item, loose=loose)
        case Kind.RECORD:
            return a is Kind.RECORD and found.name == expected.name
    return a is b


def _fault(checker: "Checker", node: Node, expected: Type) -> Fault:
    text, found = checker.text(node), present(node.type)
    message = Message(
        "`{text}` is {kind}, where {kind2} is needed",
        text=text,
        kind=describe(found),
        kind2=describe(expected),
    )
    fix = Message("write an expression that gives {kind}", kind=describe(expected))
    replacement: str | None = None
    kinds = (found.kind, expected.kind)
    if kinds == (Kind.DATETIME, Kind.DATE):
        replacement = f"day({checker.source[node.start : node.end]})"
        fix = Message("write `day({text})`", text=text)
    elif kinds == (Kind.DECIMAL, Kind.MONEY):
        replacement = f"round({checker.source[node.start : node.end]}, {expected.places})"
        fix = Message("round it: `round({text}, {places})`", text=text, places=expected.places)
    elif isinstance(node, Constant) and isinstance(node.value, str) and meant(node.value, expected.kind):
        replacement = meant(node.value, expected.kind)
        fix = Message("replace with `{better}`", better=replacement)
    elif expected.kind is Kind.REF:
        fix = Message(
            "name a field of the type `{kind}`, or carry one in the event's `data`: a text may lead nowhere",
            kind=f"ref {expected.name}",
        )
    elif expected.kind is Kind.INTEGER and found.kind in NUMBERS:
        fix = Message("cut it to whole numbers: `({text}) // 1`", text=text)
    elif expected.kind is Kind.BOOL:
        fix = (
            Message("write a comparison, such as `{text} > 0`", text=text)
            if found.kind in NUMBERS
            else Message("write a comparison")
        )
    elif expected.kind is Kind.CHOICE and found.kind is Kind.CHOICE:
        other = next(option for option in found.options if option not in expected.options)
        message = Message(
            "`{text}` may be `{other}`, which is not one of the options", text=text, other=other
        )
        fix = Message("choose among the options by `... if ... else ...`")
    return Fault("OF102", message, node.start, node.end, fix, replacement)
