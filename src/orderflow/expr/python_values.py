"""From calls on texts, days and times of day to Python's own tree: one function for each."""

import ast
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from orderflow.expr.patterns.matcher import pattern
from orderflow.expr.tree import Call, Constant

if TYPE_CHECKING:
    from orderflow.expr.python_nodes import Builder

Make = Callable[["Builder", Call], ast.expr]


def _method(name: str) -> Make:
    """A method of the first argument, given the others."""

    def make(build: "Builder", node: Call) -> ast.expr:
        first, *rest = [build.build(argument) for argument in node.arguments]
        return ast.Call(build.attribute(first, name), rest, [])

    return make


def _contains(build: "Builder", node: Call) -> ast.expr:
    text, part = node.arguments
    if isinstance(part, Constant):
        return ast.Compare(build.build(part), [ast.In()], [build.build(text)])
    # `in` would look at the part first, and another name would be the one that is missing.
    return ast.Call(build.attribute(build.build(text), "__contains__"), [build.build(part)], [])


def _length(build: "Builder", node: Call) -> ast.expr:
    return build.helper("_len", build.build(node.arguments[0]))


def _matches(build: "Builder", node: Call) -> ast.expr:
    text, wanted = node.arguments
    assert isinstance(wanted, Constant)
    fullmatch = build.attribute(build.constant(pattern(str(wanted.value)).regex), "fullmatch")
    found = ast.Call(fullmatch, [build.build(text)], [])
    return ast.Compare(found, [ast.IsNot()], [ast.Constant(None)])


def _number(build: "Builder", node: Call) -> ast.expr:
    text, default = node.arguments
    return build.helper(f"_{node.function}", build.build(text), build.typed(default, node.type))


def _date(build: "Builder", node: Call) -> ast.expr:
    year, month, day = (argument.value for argument in node.arguments if isinstance(argument, Constant))
    assert isinstance(year, int)
    assert isinstance(month, int)
    assert isinstance(day, int)
    return build.constant(date(year, month, day))


def _part(name: str) -> Make:
    """A part of a date."""
    return lambda build, node: build.attribute(build.build(node.arguments[0]), name)


def _local_part(build: "Builder", node: Call) -> ast.expr:
    return build.attribute(build.local(build.build(node.arguments[0])), node.function)


def _at(build: "Builder", node: Call) -> ast.expr:
    day, hour, *minute = (build.build(argument) for argument in node.arguments)
    zone = build.attribute(build.load("v"), "zone")
    return build.helper("_at", day, hour, *(minute or [ast.Constant(0)]), zone)


def _helper(build: "Builder", node: Call) -> ast.expr:
    return build.helper(f"_{node.function}", *(build.build(argument) for argument in node.arguments))


def _of_calendar(build: "Builder", node: Call) -> ast.expr:
    values = (build.build(argument) for argument in node.arguments)
    return build.helper(f"_{node.function}", build.constant(node.calendar), *values)


VALUE_CALLS: Mapping[str, Make] = {
    "length": _length,
    "starts_with": _method("startswith"),
    "ends_with": _method("endswith"),
    "contains": _contains,
    "lower": _method("lower"),
    "upper": _method("upper"),
    "trim": _method("strip"),
    "replace": _method("replace"),
    "matches": _matches,
    "to_integer": _number,
    "to_decimal": _number,
    "date": _date,
    "at": _at,
    "year": _part("year"),
    "month": _part("month"),
    "day_of_month": _part("day"),
    "weekday": _method("isoweekday"),
    "hour": _local_part,
    "minute": _local_part,
    "start_of_month": _helper,
    "add_months": _helper,
    "workdays": _of_calendar,
    "add_workdays": _of_calendar,
    "is_workday": _of_calendar,
}
