"""The contract of transactions: they see themselves, all of one is kept or none, and they queue up."""

from datetime import timedelta

import pytest

from orderflow.diagnostics.errors import StorageError
from orderflow.model.record import Standing
from orderflow.model.stock import Move, Position
from orderflow.service.ports import Storage
from orderflow.testing.committing import POSITION, commit, positions, receive, sold_by_threads
from orderflow.testing.samples import START, buy, decide, draw, entry, spent, take
from orderflow.testing.snapshot import contradictions, look, snapshot
from orderflow.testing.with_storage import WithStorage

HOUR = timedelta(hours=1)


class TransactionContract(WithStorage):
    """How transactions begin, end and fail."""

    def test_a_transaction_sees_its_own_writes(self, storage: Storage) -> None:
        """Every question is answered with what was saved before it in the same transaction."""
        with storage.transaction() as transaction:
            transaction.receive("hq", {"A": 2}, START)
            first = buy(None, "1", "e1")
            transaction.save(first, 0, entry(first), START)
            transaction.touch(["C1"])
            inside = look(transaction)
            assert transaction.family("1") == first.family
            assert transaction.entry("e1") == entry(first)._replace(number=1)
            assert transaction.stock(["A", "B"]) == {POSITION: Position(2, 1)}
            assert transaction.balances([("credit", "C1")]) == {("credit", "C1"): 1}
            second = decide(first.family, "1", "e2")
            transaction.save(second, 1, entry(second), START)
            assert transaction.family("1") == second.family
            assert transaction.due(START, 10) == []
            assert list(transaction.waiting(["stock:A"])) == []
            assert list(transaction.standing()) == []
        assert [len(part) for part in inside] == [1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1]
        assert [entry.event.event_id for entry in snapshot(storage).journal] == ["e1", "e2"]

    def test_an_exception_rolls_everything_back(self, storage: Storage) -> None:
        """After a failure the storage is as it was, also what had been changed in between."""
        receive(storage, 5)
        with storage.transaction() as transaction:
            transaction.move([Move("pool", "hq", "A", 2, "", "p")], START)
            transaction.touch(["C1"])
        first = buy(None, "1", "e1")
        first = first._replace(effects=(*first.effects, first.effects[0]._replace(key="1:1:2")))
        commit(storage, first)
        before = snapshot(storage)
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            for version in (1, 2):
                again = buy(transaction.family("1"), "1", f"again{version}")
                transaction.save(again, version, entry(again), START)
            moves = (take("2", 1, pool="p"), Move("expect", "hq", "C", 4, "2"))
            other = decide(None, "2", "e2", effects=1, moves=moves, draws=(draw("2", owner="C2"),),
                           contributions=(spent("1", 0, None), spent("2", 7)), wake=START,
                           waiting=("credit:C1",), standing=(Standing("late", "2", START),))  # fmt: skip
            transaction.save(other, 0, entry(other), START)
            transaction.receive("hq", {"A": 1, "B": 1}, START)
            transaction.mark(before.outgoing[0]._replace(status="sent"))
            transaction.next_number("orders")
            transaction.touch(["C2"])
            transaction.settle("C1")
            inside = look(transaction)
            assert (len(inside.due), len(inside.waiting), len(inside.standing)) == (2, 2, 2)
            assert (len(inside.balances), len(inside.spent), inside.touched) == (2, 1, ["C2"])
            raise ZeroDivisionError
        assert snapshot(storage) == before
        with storage.transaction() as transaction:
            assert transaction.entry("again1") is None
            assert transaction.family("2") is None
            assert transaction.next_number("orders") == 1
            assert transaction.balances([("credit", "C2")]) == {}
        commit(storage, buy(first.family, "1", "again1"))

    def test_a_thread_has_one_transaction(self, storage: Storage) -> None:
        """A transaction inside another would wait for itself: it is refused, and the outer one goes on."""
        with storage.transaction() as transaction:
            with pytest.raises(StorageError, match="open here already"), storage.transaction():
                pass
            transaction.receive("hq", {"A": 1}, START)
        assert len(snapshot(storage).positions) == 1

    def test_threads_never_oversell(self, storage: Storage) -> None:
        """Four threads, 20 units, 60 buyers: 20 are sold, and every part agrees on it."""
        assert sold_by_threads(storage) == 20
        assert positions(storage) == {POSITION: Position(20, 20)}
        assert contradictions(storage) == []
