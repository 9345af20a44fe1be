"""What a plan without parcels lacks, over the stores within reach."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.model.plan import Demand, Plan, Short, Verdict
from orderflow.service.tally_plans import lacking


def plan(wanted: dict[str, int], *stores: dict[str, int], far: dict[str, int] | None = None) -> Plan:
    """A plan that was not found: what each store has of each article; `far` is out of reach."""
    verdicts = [
        Verdict(
            f"w{place}", "short", Decimal(place),
            tuple(Short(sku, needed, store.get(sku, 0)) for sku, needed in wanted.items() if store.get(sku, 0) < needed),
            "",
        )
        for place, store in enumerate(stores)
    ]  # fmt: skip
    if far is not None:
        verdicts.append(Verdict("far", "out_of_reach", None, (), "too far"))
    demands = tuple(Demand(place, sku, count) for place, (sku, count) in enumerate(wanted.items()))
    return Plan("near", "1", demands, (), tuple(verdicts))


@pytest.mark.parametrize(
    ("found", "split", "lacks"),
    [
        (plan({"A": 5}, {"A": 2}, {"A": 1}), True, {"A": 2}),
        (plan({"A": 5}, {"A": 2}, {"A": 1}), False, {"A": 3}),
        (plan({"A": 5, "B": 1}, {"A": 5}, {"A": 1}), True, {"B": 1}),
        (plan({"A": 1, "B": 1}, {"A": 1}, {"B": 1}), False, {}),  # each is there, but not in one place
        (plan({"A": 2}, far={"A": 9}), True, {"A": 2}),
        (plan({"A": 2}), False, {"A": 2}),
    ],
)
def test_what_lacks(found: Plan, split: bool, lacks: dict[str, int]) -> None:
    assert lacking(found, split=split) == lacks


amounts = st.dictionaries(st.sampled_from("ABC"), st.integers(1, 5), min_size=1)


@given(
    wanted=amounts, stores=st.lists(st.dictionaries(st.sampled_from("ABC"), st.integers(0, 5)), max_size=4)
)
def test_split_it_lacks_what_all_together_do_not_have(
    wanted: dict[str, int], stores: list[dict[str, int]]
) -> None:
    together = {
        sku: needed - sum(min(store.get(sku, 0), needed) for store in stores)
        for sku, needed in wanted.items()
    }
    found = lacking(plan(wanted, *stores), split=True)
    assert found == {sku: units for sku, units in together.items() if units > 0}
    alone = lacking(plan(wanted, *stores), split=False)
    assert all(alone[sku] >= units for sku, units in found.items())
