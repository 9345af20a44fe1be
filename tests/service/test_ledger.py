"""What storages share: the order of stock moves and draws, and what is refused."""

import pytest

from orderflow.diagnostics.errors import RecordError, StorageError
from orderflow.model.stock import Draw, Move
from orderflow.service.ledger import draws_in_order, in_order, received, root_of_decision
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


def test_what_was_counted_stays_however_much_it_changed():
    given = [
        Move("count", "hq", "A", 0, "1"),
        Move("safety", "hq", "A", -2, "1"),
        Move("count", "hq", "A", -1, "1"),
    ]
    assert in_order(given) == given


def test_draws_are_sorted_by_balance_and_keep_their_order_there():
    given = [
        Draw("take", "waybill", "1", 1, "1"),
        Draw("give_back", "credit", "C2", 1, "1"),
        Draw("take", "credit", "C2", 2, "1", 9),
        Draw("take", "credit", "C1", 0, "1", 9),
        Draw("spend", "credit", "C1", 3, "1"),
    ]
    assert draws_in_order(given) == [given[4], given[1], given[2], given[0]]


def test_less_than_nothing_is_refused():
    with pytest.raises(StorageError, match="`1` draws -2 of `credit`"):
        draws_in_order([Draw("take", "credit", "C1", -2, "1")])
    with pytest.raises(StorageError, match="`1` sets units of `A` aside in no pool"):
        in_order([Move("pool", "hq", "A", 1, "1")])
    with pytest.raises(StorageError, match="`1` moves -2 units of `A`"):
        in_order([Move("take", "hq", "A", -2, "1")])
    with pytest.raises(RecordError, match="`hq` cannot receive -1 units of `B`"):
        received("hq", [("A", 1), ("B", -1)])


def test_empty_receipts_are_left_out():
    assert received("hq", [("B", 2), ("C", 0), ("A", 1)]) == [("A", 1), ("B", 2)]


def test_a_decision_is_journaled_under_its_family():
    assert root_of_decision(decide(None, "1", "e1")) == "1"
    assert root_of_decision(refuse(None, "1/shipments/1", "e1")) == "1"
