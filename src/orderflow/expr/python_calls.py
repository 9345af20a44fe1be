"""From calls to Python's own tree: one function for each of the table."""

import ast
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from orderflow.expr.calls import UNITS
from orderflow.expr.python_values import VALUE_CALLS
from orderflow.expr.python_world import WORLD_CALLS
from orderflow.expr.tree import Call, Constant, Name, Node, Origin
from orderflow.expr.types import Kind

if TYPE_CHECKING:
    from orderflow.expr.python_nodes import Builder

_LOAD = ast.Load()
_DECIMALS = frozenset({Kind.DECIMAL, Kind.MONEY})


def _age(build: "Builder", node: Call) -> ast.expr:
    now = build.attribute(build.load("v"), "now")
    return ast.BinOp(now, ast.Sub(), build.build(node.arguments[0]))


def _day(build: "Builder", node: Call) -> ast.expr:
    return build.day(build.build(node.arguments[0]))


def _duration(build: "Builder", node: Call) -> ast.expr:
    return build.helper("_duration", build.build(node.arguments[0]), ast.Constant(UNITS[node.function]))


def _coalesce(build: "Builder", node: Call) -> ast.expr:
    *firsts, last = node.arguments
    result = build.typed(last, node.type)
    for argument in reversed(firsts):
        if not argument.type.optional:
            result = build.typed(argument, node.type)
            continue
        name = build.temporary()
        value = ast.NamedExpr(ast.Name(name, ast.Store()), build.build(argument))
        test = ast.Compare(value, [ast.IsNot()], [ast.Constant(None)])
        found = build.load(name)
        if node.type.kind in _DECIMALS and argument.type.kind is Kind.INTEGER:
            found = build.helper("_decimal", found)
        result = ast.IfExp(test, found, result)
    return result


def _round(build: "Builder", node: Call) -> ast.expr:
    value = build.build(node.arguments[0])
    if node.type.kind is Kind.INTEGER:
        return value
    return build.helper("_rounded", value, build.build(node.arguments[1]))


def _abs(build: "Builder", node: Call) -> ast.expr:
    helper = "_absolute" if node.type.kind in _DECIMALS else "_abs"
    return build.helper(helper, build.build(node.arguments[0]))


def _extreme(build: "Builder", node: Call) -> ast.expr:
    if node.opens_frame:
        each = (
            loop(build, node, _rows(build, node))
            if len(node.arguments) > 1
            else build.build(node.arguments[0])
        )
        return build.helper("_least" if node.function == "min" else "_greatest", each)
    values = [build.typed(argument, node.type) for argument in node.arguments]
    return build.helper(f"_{node.function}", *values)


def _is_children(node: Node) -> bool:
    return isinstance(node, Name) and node.origin is Origin.CHILDREN


def loop(build: "Builder", node: Call, element: ast.expr, *conditions: ast.expr) -> ast.expr:
    """`element for each row or child if conditions`."""
    source = node.arguments[0]
    if isinstance(source, Name) and source.origin is Origin.CHILDREN:
        target, rows = f"c{node.depth}", build.child_records(source)
    else:
        target, rows = f"r{node.depth}", build.build(source)
    # Python allows no `:=` in what a comprehension runs over: such rows come in through a function of their own.
    inner = build.load("rows") if any(isinstance(part, ast.NamedExpr) for part in ast.walk(rows)) else rows
    rounds = ast.comprehension(ast.Name(target, ast.Store()), inner, list(conditions), 0)
    each = ast.GeneratorExp(element, [rounds])
    if inner is rows:
        return each
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg("rows")], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    return ast.Call(ast.Lambda(arguments, each), [rows], [])


def _rows(build: "Builder", node: Call) -> ast.expr:
    """What is asked of each: of a child, its fields are read through the record."""
    rows, asked = node.arguments
    with build.frame(node.depth, rows):
        return build.build(asked)


def _count(build: "Builder", node: Call) -> ast.expr:
    source = node.arguments[0]
    if len(node.arguments) == 1:
        rows = (
            build.child_records(source)
            if isinstance(source, Name) and _is_children(source)
            else build.build(source)
        )
        return build.helper("_len", rows)
    return build.helper("_sum", loop(build, node, ast.Constant(1), _rows(build, node)))


def _sum(build: "Builder", node: Call) -> ast.expr:
    each = (
        loop(build, node, _rows(build, node)) if len(node.arguments) > 1 else build.build(node.arguments[0])
    )
    if node.type.kind is Kind.DURATION:
        return build.helper("_sum", each, build.constant(timedelta(0)))
    return build.helper("_total" if node.type.kind in _DECIMALS else "_sum", each)


def _quantifier(helper: str) -> Callable[["Builder", Call], ast.expr]:
    def make(build: "Builder", node: Call) -> ast.expr:
        return build.helper(helper, loop(build, node, _rows(build, node)))

    return make


def _state_in(build: "Builder", depth: int, states: tuple[str, ...], *, negated: bool = False) -> ast.expr:
    state = build.attribute(build.record(depth), "state")
    if len(states) == 1:
        return ast.Compare(state, [ast.NotEq() if negated else ast.Eq()], [ast.Constant(states[0])])
    names: ast.expr = ast.Tuple([ast.Constant(name) for name in states], _LOAD)
    if len(states) > 4:
        names = build.constant(frozenset(states))
    return ast.Compare(state, [ast.NotIn() if negated else ast.In()], [names])


def _all_live(build: "Builder", node: Call) -> ast.expr:
    live = [_state_in(build, node.depth, node.states, negated=True)] if node.states else []
    return build.helper("_live_all", loop(build, node, _rows(build, node), *live))


def _none_live(build: "Builder", node: Call) -> ast.expr:
    return build.helper("_live_all", loop(build, node, _state_in(build, node.depth, node.states)))


def _is_in(build: "Builder", node: Call) -> ast.expr:
    return _state_in(build, node.depth, node.states)


def _is_open(build: "Builder", node: Call) -> ast.expr:
    return _state_in(build, node.depth, node.states, negated=True)


def _reached(build: "Builder", node: Call) -> ast.expr:
    disjoint = build.attribute(build.constant(frozenset(node.states)), "isdisjoint")
    reached = build.attribute(build.record(node.depth), "reached")
    return ast.UnaryOp(ast.Not(), ast.Call(disjoint, [reached], []))


def _reached_at(build: "Builder", node: Call) -> ast.expr:
    return build.helper(
        "_first", build.attribute(build.record(node.depth), "reached"), build.constant(node.states)
    )


def _entered(build: "Builder", node: Call) -> ast.expr:
    name = node.arguments[0]
    assert isinstance(name, Constant)
    entered = build.attribute(build.record(node.depth), "entered", "get")
    return ast.Call(entered, [ast.Constant(str(name.value))], [])


CALLS: Mapping[str, Callable[["Builder", Call], ast.expr]] = {
    "age": _age,
    "day": _day,
    **dict.fromkeys(UNITS, _duration),
    "coalesce": _coalesce,
    "round": _round,
    "abs": _abs,
    "min": _extreme,
    "max": _extreme,
    "count": _count,
    "sum": _sum,
    "any": _quantifier("_any"),
    "all": _quantifier("_all"),
    "some": _quantifier("_any"),
    "all_live": _all_live,
    "none_live": _none_live,
    "latest": _quantifier("_latest"),
    "earliest": _quantifier("_earliest"),
    "is_in": _is_in,
    "is_open": _is_open,
    "reached": _reached,
    "reached_at": _reached_at,
    "entered": _entered,
    **VALUE_CALLS,
    **WORLD_CALLS,
}
