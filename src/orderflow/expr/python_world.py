"""From calls that ask for more than the record to Python's own tree: one function for each."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from orderflow.expr.tree import Call, Constant

if TYPE_CHECKING:
    from orderflow.expr.python_nodes import Builder


def _ask(build: "Builder", node: Call) -> ast.expr:
    return build.ask(node.function, *(build.build(argument) for argument in node.arguments))


def _tier(build: "Builder", node: Call) -> ast.expr:
    key, *refs = node.arguments
    owner = build.build(refs[0]) if refs else ast.Constant(None)
    return build.ask("tier", build.build(key), owner)


def _has_tag(build: "Builder", node: Call) -> ast.expr:
    tags = build.attribute(build.record(node.depth), "tags")
    return ast.Compare(build.build(node.arguments[0]), [ast.In()], [tags])


def _position(build: "Builder", node: Call) -> ast.expr:
    warehouse, sku, *pool = node.arguments
    position = build.ask("position", build.build(warehouse), build.build(sku))
    if not pool:
        return build.attribute(position, node.function)
    units = build.attribute(position, "pools", "get")
    return ast.Call(units, [build.build(pool[0]), ast.Constant(0)], [])


def _is_held(build: "Builder", node: Call) -> ast.expr:
    return _holds(build, node, "_held")


def _held_since(build: "Builder", node: Call) -> ast.expr:
    return _holds(build, node, "_held_since")


def _holds(build: "Builder", node: Call, helper: str) -> ast.expr:
    names = tuple(argument.value for argument in node.arguments if isinstance(argument, Constant))
    own = build.is_base(node.depth)
    parent = build.above(node.depth) if own else ast.Constant(None)
    return build.helper(helper, build.record(node.depth), parent, build.constant(names))


def _time_in(build: "Builder", node: Call) -> ast.expr:
    return build.helper(
        "_time_in",
        build.record(node.depth),
        build.above(node.depth),
        build.build(node.arguments[0]),
        build.constant(node.states),
        build.attribute(build.load("v"), "now"),
    )


def _helper(name: str) -> Callable[["Builder", Call], ast.expr]:
    return lambda build, node: build.helper(name, *(build.build(argument) for argument in node.arguments))


WORLD_CALLS: Mapping[str, Callable[["Builder", Call], ast.expr]] = {
    "tier": _tier,
    "has_tag": _has_tag,
    "look_up": _ask,
    "collect": _ask,
    "can_source": _ask,
    "can_take": _ask,
    "on_hand": _position,
    "available": _position,
    "pooled": _position,
    "is_held": _is_held,
    "held_since": _held_since,
    "time_in": _time_in,
    "distance_km": _helper("_distance"),
    "reaches": _helper("_reaches"),
}
