"""The contract of storages that outlive the program: what is committed stays, whoever dies or writes too."""

from collections.abc import Callable

import pytest

from orderflow.service.ports import Storage
from orderflow.testing.committing import commit, receive
from orderflow.testing.contracts import StorageContract
from orderflow.testing.crash import kill_after, sell_in_processes
from orderflow.testing.samples import buy, decide, in_full
from orderflow.testing.snapshot import contradictions, snapshot


class DurableStorageContract(StorageContract):
    """What every durable storage must do besides. Fixture: `open_storage`, opens the same store again."""

    @pytest.fixture
    def open_storage(self) -> Callable[[], Storage]:
        """Opens the store, which is empty at first."""
        raise NotImplementedError("give the test class a fixture `open_storage`")

    def test_outlives_the_program(self, open_storage: Callable[[], Storage]) -> None:
        """Everything is there again after closing and opening."""
        storage = open_storage()
        receive(storage, 3)
        commit(storage, in_full(buy(None, "1", "e1")))
        with storage.transaction() as transaction:
            transaction.touch(["C2", "C1"])
        before = snapshot(storage)
        storage.close()
        again = open_storage()
        assert snapshot(again) == before
        commit(again, decide(before.families[0], "1", "e2"))
        assert [found.number for found in snapshot(again).journal] == [1, 2]
        again.close()

    def test_writers_see_each_other(self, open_storage: Callable[[], Storage]) -> None:
        """What one commits the other reads; a decision on the stale family is a conflict."""
        first, second = open_storage(), open_storage()
        for number in range(4):
            storage, other = (first, second) if number % 2 else (second, first)
            known = snapshot(storage).families
            commit(storage, decide(known[0] if known else None, "1", f"e{number}", effects=1))
            assert snapshot(other) == snapshot(storage)
        first.close()
        second.close()

    @pytest.mark.parametrize("commits", range(1, 11))
    def test_a_killed_program_tears_nothing(self, open_storage: Callable[[], Storage], commits: int) -> None:
        """What was told as committed is there; family, journal, outbox and stock agree."""
        storage = open_storage()
        receive(storage, 2000)
        storage.close()
        kill_after(open_storage, commits)
        storage = open_storage()
        assert contradictions(storage) == []
        assert snapshot(storage).families[0].version >= commits
        storage.close()

    def test_processes_never_oversell(self, open_storage: Callable[[], Storage]) -> None:
        """Four processes, 50 units, 200 attempts: exactly 50 are sold."""
        storage = open_storage()
        receive(storage, 50)
        storage.close()
        assert sell_in_processes(open_storage, processes=4, attempts=50) == 50
        storage = open_storage()
        assert contradictions(storage) == []
        storage.close()
