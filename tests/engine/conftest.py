"""What tests of linked parts share: expressions over a record of one number, and a span."""

from collections.abc import Callable

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import INTEGER


@pytest.fixture(scope="session")
def expression() -> Callable[[str], Expression]:
    """Check an expression over a record with the integer field `n`."""

    def build(source: str) -> Expression:
        found = analyse(source, Scope("order", {"n": INTEGER}))
        assert isinstance(found, Expression), found
        return found

    return build
