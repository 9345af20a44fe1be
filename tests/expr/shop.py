"""The shop of the tests of expressions: a scope, and orders that fit it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.expr.scopes import order_scope
from tests.expr.sights import Pick, Sight, make_order

from orderflow.expr.scope import Scope


@dataclass(frozen=True)
class Shop:
    """What the tests of expressions share."""

    scope: Scope
    lenient: Scope
    order: Callable[[Pick], tuple[dict[str, object], Sight]]


def make_shop() -> Shop:
    """The shop."""
    return Shop(order_scope(), order_scope(lenient=True), make_order)
