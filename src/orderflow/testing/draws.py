"""The contract of amounts and tokens: limits that hold, and the ledger that balances are the sums of."""

import pytest

from orderflow.diagnostics.errors import ConflictError, StorageError
from orderflow.model.stock import Position
from orderflow.service.ports import Drawing, Storage
from orderflow.service.stock import balances_of
from orderflow.testing.committing import POSITION, commit, positions, receive, run_threads
from orderflow.testing.samples import START, decide, draw, entry, take
from orderflow.testing.snapshot import snapshot
from orderflow.testing.with_storage import WithStorage

C1, C2 = ("credit", "C1"), ("credit", "C2")


class DrawContract(WithStorage):
    """How amounts of somebody's limit, and tokens, are held."""

    def test_amounts_are_taken_given_back_and_spent(self, storage: Storage) -> None:
        """A balance is what is held in all; one that ever was stays, each draw with a line in the ledger."""
        commit(storage, decide(None, "1", "e1", draws=(draw("1", 70, limit=100), draw("1", 5, owner="C2"))))
        commit(storage, decide(None, "2", "e2", draws=(draw("2", 30, limit=100),)))
        back = (draw("1", 30, "spend"), draw("1", 40, "give_back"), draw("1", 5, "give_back", owner="C2"))
        commit(storage, decide(snapshot(storage).families[0], "1", "e3", draws=back))
        seen = snapshot(storage)
        assert seen.balances == {C1: 30, C2: 0} == balances_of(seen.drawings)
        assert seen.drawings == [
            Drawing("take", "credit", "C1", 70, "1", START),
            Drawing("take", "credit", "C2", 5, "1", START),
            Drawing("take", "credit", "C1", 30, "2", START),
            Drawing("spend", "credit", "C1", 30, "1", START),
            Drawing("give_back", "credit", "C1", 40, "1", START),
            Drawing("give_back", "credit", "C2", 5, "1", START),
        ]
        with storage.transaction() as transaction:
            assert transaction.balances([C1, ("credit", "C3"), ("waybill", "C1")]) == {C1: 30}

    def test_a_limit_is_never_passed(self, storage: Storage) -> None:
        """One too much is a conflict, also for the first; nothing is stored, and the transaction may go on."""
        with storage.transaction() as transaction:
            for taken, limit in ((6, 5), (1, 0)):
                much = decide(None, "1", "e1", effects=1, draws=(draw("1", taken, limit=limit),))
                with pytest.raises(ConflictError, match=r"`C1`.* decide again"):
                    transaction.save(much, 0, entry(much), START)
            fine = decide(None, "1", "e1", draws=(draw("1", 5, limit=5),))
            transaction.save(fine, 0, entry(fine), START)
            assert transaction.balances([C1]) == {C1: 5}
            for taken, limit in ((1, 5), (1, 3)):
                more = decide(None, "2", "e2", effects=1, draws=(draw("2", taken, limit=limit),))
                with pytest.raises(ConflictError, match="`C1`"):
                    transaction.save(more, 0, entry(more), START)
        seen = snapshot(storage)
        assert (seen.balances, len(seen.drawings), len(seen.journal)) == ({C1: 5}, 1, 1)
        assert not seen.outbox

    def test_a_large_limit_is_a_limit(self, storage: Storage) -> None:
        """A limit of any size; none at all for a token."""
        commit(storage, decide(None, "1", "e1", draws=(draw("1", 10**18, limit=10**20),)))
        commit(storage, decide(None, "2", "e2", draws=(draw("2", 1, limit=10**20), draw("2", 1))))
        assert snapshot(storage).balances == {C1: 10**18 + 2}
        with pytest.raises(ConflictError, match="`C1`"):
            commit(storage, decide(None, "3", "e3", draws=(draw("3", 1, limit=10**18 + 2),)))

    def test_draws_on_one_balance_follow_the_decision(self, storage: Storage) -> None:
        """What is given back first may be taken again under the same limit."""
        commit(storage, decide(None, "1", "e1", draws=(draw("1", 5, limit=5),)))
        first = snapshot(storage).families[0]
        swap = (draw("1", 2, limit=5), draw("1", 3, "give_back"))
        with pytest.raises(ConflictError):
            commit(storage, decide(first, "1", "e2", draws=swap))
        commit(storage, decide(first, "1", "e2", draws=swap[::-1]))
        assert snapshot(storage).balances == {C1: 4}

    def test_nobody_gives_back_an_amount_that_nobody_holds(self, storage: Storage) -> None:
        """More than is held is an error, not a conflict, and so is less than nothing; nothing leaves no line."""
        commit(storage, decide(None, "1", "e1", draws=(draw("1", 2),)))
        for wrong in (draw("2", 3, "give_back"), draw("2", 3, "spend"), draw("2", 1, "spend", owner="C2")):
            with pytest.raises(StorageError, match="does not hold") as error:
                commit(storage, decide(None, "2", "e2", draws=(wrong,)))
            assert not isinstance(error.value, ConflictError)
        with pytest.raises(StorageError, match="positive"):
            commit(storage, decide(None, "2", "e2", draws=(draw("2", -1),)))
        commit(storage, decide(None, "2", "e2", draws=(draw("2", 0, limit=0),)))
        seen = snapshot(storage)
        assert (seen.balances, len(seen.drawings)) == ({C1: 2}, 1)

    @pytest.mark.parametrize("units", [2, 0])
    def test_units_and_amounts_are_taken_together_or_not(self, storage: Storage, units: int) -> None:
        """A draw that finds too little undoes the moves, and a move the draws, in a transaction that goes on."""
        receive(storage, 1)
        limit = 9 if units else 4
        moves = (take("1"), take("1", units))
        wanted = decide(None, "1", "e1", moves=moves, draws=(draw("1", 4, limit=9), draw("1", limit=limit)))
        with storage.transaction() as transaction:
            with pytest.raises(ConflictError):
                transaction.save(wanted, 0, entry(wanted), START)
            transaction.receive("hq", {"B": 1}, START)
        seen = snapshot(storage)
        assert positions(storage) == {POSITION: Position(1), ("hq", "B"): Position(1)}
        assert (seen.balances, seen.drawings, seen.families) == ({}, [], [])

    def test_threads_never_pass_a_limit(self, storage: Storage) -> None:
        """Four threads, 60 draws on a limit of 20: 20 are taken."""

        def work(thread: int) -> None:
            for number in range(15):
                one = f"{thread}-{number}"
                try:
                    commit(storage, decide(None, one, one, draws=(draw(one, limit=20),)))
                except ConflictError:
                    continue

        run_threads(work, 4)
        seen = snapshot(storage)
        assert (seen.balances, len(seen.drawings), len(seen.families)) == ({C1: 20}, 20, 20)
