"""Functions of texts."""

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from orderflow.diagnostics.message import Message
from orderflow.expr import ranges
from orderflow.expr.calls_arguments import of_kind
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.flow import Facts
from orderflow.expr.patterns.matcher import check_pattern
from orderflow.expr.tree import Call, Constant, Node
from orderflow.expr.types import (
    BOOL,
    DECIMAL,
    INTEGER,
    NUMBERS,
    TEXT,
    TEXT_TYPE,
    TEXTS,
    UNKNOWN,
    Kind,
    Type,
    optional,
)

if TYPE_CHECKING:
    from orderflow.expr.check import Checker

OF_TEXTS = frozenset(
    {"length", "lower", "upper", "trim", "replace", "starts_with", "ends_with", "contains", "matches"}
)
NUMBERS_IN_TEXTS = frozenset({"to_integer", "to_decimal"})


def of_texts(checker: "Checker", node: Call) -> Type:
    """The type of a call whose arguments are all values that are there.

    Raises:
        Refused: an argument is not what the function takes.
    """
    for argument in node.arguments:
        of_kind(checker, node, argument, TEXTS)
    match node.function:
        case "length":
            return ranges.within(INTEGER, (Fraction(0), Fraction(TEXT)))
        case "lower" | "upper" | "trim":
            return TEXT_TYPE
        case "replace":
            _check_replace(node)
            return TEXT_TYPE
        case "matches":
            _check_matches(checker, node)
    return BOOL


def number_in_text(checker: "Checker", node: Call, facts: Facts) -> Node:
    """`to_integer`, `to_decimal`: the second argument is what stands in for a text that is no number, and may be missing.

    Raises:
        Refused: an argument is not what the function takes.
    """
    text, default = checker.value(node.arguments[0], facts), checker.visit(node.arguments[1], facts).node
    node = replace(node, arguments=(text, default))
    if UNKNOWN in (text.type, default.type):
        return node
    of_kind(checker, node, text, TEXTS)
    type_ = INTEGER if node.function == "to_integer" else DECIMAL
    if default.type.kind is not Kind.NONE:
        of_kind(checker, node, default, {Kind.INTEGER} if type_ is INTEGER else NUMBERS)
        type_ = ranges.within(type_, ranges.hull([ranges.interval(type_), ranges.interval(default.type)]))
    return replace(node, type=optional(type_) if default.type.optional else type_)


def _check_replace(node: Call) -> None:
    """A text may not grow by it: then no chain of replacements passes the longest text."""
    _, old, new = node.arguments
    assert isinstance(old, Constant)
    assert isinstance(new, Constant)
    before, after = str(old.value), str(new.value)
    if not before:
        message = Message("`replace` looks for an empty text, which stands everywhere")
        raise Refused(Fault("OF102", message, old.start, old.end, Message("write the text to look for")))
    if len(after) > len(before):
        message = Message("`replace` would make the text longer, and nothing bounds how long")
        fix = Message("put in at most as many characters as are taken out: {count}", count=len(before))
        raise Refused(Fault("OF103", message, new.start, new.end, fix))


def _check_matches(checker: "Checker", node: Call) -> None:
    wanted = node.arguments[1]
    assert isinstance(wanted, Constant)
    found = check_pattern(str(wanted.value))
    if not isinstance(found, Fault):
        return
    literal = checker.source[wanted.start : wanted.end]
    places = [wanted.start + place for place in _places(literal)]
    better = found.replacement
    if better is not None:
        better = better.replace("\\", "\\\\").replace(literal[0], "\\" + literal[0])
    raise Refused(replace(found, start=places[found.start], end=places[found.end], replacement=better))


def _places(literal: str) -> list[int]:
    """Where each character of a text in quotes stands in it, and where the last one ends."""
    places, at = [], 1
    while at < len(literal) - 1:
        places.append(at)
        at += 2 if literal[at] == "\\" else 1
    return [*places, at]
