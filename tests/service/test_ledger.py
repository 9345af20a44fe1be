"""What storages share: the order of stock moves, and what is refused."""

import pytest

from orderflow.diagnostics.errors import RecordError, StorageError
from orderflow.model.stock import Draw, Move
from orderflow.service.ledger import in_order, received, root_of_decision
from orderflow.testing.samples import decide, refuse


def test_moves_are_sorted_by_position_and_keep_their_order_there():
    given = [
        Move("take", "south", "A", 1, "1"),
        Move("give_back", "hq", "B", 1, "1"),
        Move("take", "hq", "B", 2, "1"),
        Move("take", "hq", "A", 0, "1"),
        Move("spend", "hq", "A", 3, "1"),
    ]
    assert in_order(given) == [given[4], given[1], given[2], given[0]]


def test_less_than_nothing_is_refused():
    with pytest.raises(StorageError, match="`1` moves -2 units of `A`"):
        in_order([Move("take", "hq", "A", -2, "1")])
    with pytest.raises(RecordError, match="`hq` cannot receive -1 units of `B`"):
        received("hq", [("A", 1), ("B", -1)])


def test_empty_receipts_are_left_out():
    assert received("hq", [("B", 2), ("C", 0), ("A", 1)]) == [("A", 1), ("B", 2)]


def test_a_decision_is_journaled_under_its_family():
    assert root_of_decision(decide(None, "1", "e1")) == "1"
    assert root_of_decision(refuse(None, "1/shipments/1", "e1")) == "1"
