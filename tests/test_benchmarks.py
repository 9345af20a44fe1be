"""The benchmarks run: small, and without looking at the time they take."""

from pathlib import Path

import pytest
from benchmarks import allocate, decide, olist, storage


@pytest.mark.parametrize("batch", [1, 4])
def test_storing(batch: int) -> None:
    assert storage.measure_storage("NORMAL", 3, batch) > 0
    assert storage.measure_floor("NORMAL", 3, batch) > 0


def test_deciding() -> None:
    for _, _, work in (decide.orderflow(), decide.floor()):
        work(30)


def test_allocating() -> None:
    several = [allocate.floor(), *allocate.contenders()]
    assert [work(2) for _, _, work in several] == [1, 1, 1, 1, 2, 0, 1, 3]


def test_the_floor_of_the_real_orders_gives_their_states(shared_data: Path) -> None:
    assert olist.floor(shared_data / "olist" / "orders.csv") == {
        "created": 147,
        "approved": 1636,
        "shipped": 1183,
        "delivered": 14375,
    }
