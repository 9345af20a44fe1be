"""What the tests of expressions share: a shop, and generated cases with what they give."""

import pytest
from tests.expr.judges import Case, Outcome, many, reference
from tests.expr.shop import Shop, make_shop

#: So many expressions find every fault that is planted.
FEW = 4_000


@pytest.fixture(scope="session")
def shop() -> Shop:
    """The shop."""
    return make_shop()


@pytest.fixture(scope="session")
def corpus(shop) -> list[tuple[Case, Outcome]]:
    """The cases of a plain run, with what they give."""
    return [(case, reference(case)) for case in many(shop, FEW)]
