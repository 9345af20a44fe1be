"""Which stock positions an expression asks for: worked out beforehand, so that they can be read before it runs."""

import ast
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import cast

from orderflow.expr.python import HELPERS, run
from orderflow.expr.python_calls import loop
from orderflow.expr.python_nodes import Builder
from orderflow.expr.reads import STOCK
from orderflow.expr.tree import Call, Expression, Node, children
from orderflow.expr.view import View

#: (warehouse, SKU).
Position = tuple[str, str]
Positions = Callable[[Mapping[str, object], View], frozenset[Position]]


def positions(expression: Expression) -> Positions:
    """A function `f(r, v)` that gives every stock position that the expression may ask for.

    Rows and children are gone through; tests that stand before a question are passed over, so that more may be given
    than is asked for. What cannot be told (a field is missing, or the view does not know yet) is left out.
    """
    builder = Builder()
    builder.begin(expression)
    found = list(_of(builder, expression.root))
    body = builder.helper("_pairs", ast.Tuple(found, ast.Load()))
    (function,) = run(builder, [builder.whole(body)], {**HELPERS, **_HELPERS})
    return cast(Positions, function)


def _of(builder: Builder, node: Node) -> Iterable[ast.expr]:
    """The questions in a node, each an expression that gives pairs."""
    if isinstance(node, Call) and node.function in STOCK:
        pair = ast.Tuple([builder.build(argument) for argument in node.arguments[:2]], ast.Load())
        yield _tried(builder, ast.Tuple([pair], ast.Load()))
    if isinstance(node, Call) and node.opens_frame and len(node.arguments) > 1:
        rows, asked = node.arguments
        yield from _of(builder, rows)
        with builder.frame(node.depth, rows):
            inner = list(_of(builder, asked))
        for each in inner:
            yield _tried(builder, builder.helper("_flat", loop(builder, node, each)))
        return
    for part in children(node):
        yield from _of(builder, part)


def _tried(builder: Builder, value: ast.expr) -> ast.expr:
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return builder.helper("_tried", ast.Lambda(nothing, value))


def _try(value: Callable[[], tuple[object, ...]]) -> tuple[object, ...]:
    try:
        return value()
    except (
        Exception
    ):  # whatever a missing value leads to: the question is not asked then, or the answer not known yet
        return ()


def _flat(several: Iterable[Iterable[object]]) -> tuple[object, ...]:
    return tuple(chain.from_iterable(several))


def _pairs(several: Iterable[Iterable[tuple[object, object]]]) -> frozenset[tuple[object, object]]:
    return frozenset(pair for pair in chain.from_iterable(several) if None not in pair)


_HELPERS: Mapping[str, object] = {"_tried": _try, "_flat": _flat, "_pairs": _pairs}
