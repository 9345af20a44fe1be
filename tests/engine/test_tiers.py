from collections.abc import Callable
from decimal import Decimal

import pytest

from orderflow.diagnostics import Span
from orderflow.engine.tiers import level
from orderflow.expr.tree import Expression
from orderflow.model.standing import Level, Tier

HERE = Span("customer.yaml", 1, 1, 1, 1)


def tier(of: Expression) -> Tier:
    levels = (
        Level("diamond", "钻石级", Decimal(5000), HERE),
        Level("gold", "gold", 2000, HERE),
        Level("basic", "basic", None, HERE),
    )
    return Tier("customer_tier", "customer tier", of, levels, HERE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("5000.01"), "diamond"),
        (Decimal("5000.00"), "diamond"),
        (5000, "diamond"),
        (Decimal("4999.99"), "gold"),
        (2000, "gold"),
        (1999, "basic"),
        (0, "basic"),
        (Decimal(-1), "basic"),
        (None, "basic"),
    ],
)
def test_the_highest_level_that_is_reached(number: Expression, value: object, expected: str) -> None:
    assert level(tier(number), value) == expected


@pytest.fixture
def number(expression: Callable[[str], Expression]) -> Expression:
    return expression("n")
