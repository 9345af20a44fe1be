"""A random shop on SQLite does as it does in memory; killed at any moment, it tears nothing and forgets nothing."""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.shop.driver import Shop
from tests.shop.invariants import asleep, broken

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.adapters.sqlite_transaction import SqliteTransaction
from orderflow.bootstrap import load
from orderflow.engine.link import RuleSet
from orderflow.model.codec import Codec
from orderflow.model.facts import Contribution
from orderflow.service.engine import Engine
from orderflow.service.memory import ManualClock, MemoryStorage
from orderflow.service.ports import JournalEntry, Storage, Transaction
from orderflow.testing.crash import run_in_children
from orderflow.testing.snapshot import LAST, Snapshot, look

#: The shop that is compared, the shop that is killed, and how long they are open.
SEED, KILLED, STEPS = 3, 7, 200
#: How statements that write begin.
WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")


@pytest.fixture(scope="module")
def rules(root: Path) -> RuleSet:
    return load(root / "rules" / "wenzhou")


class All(NamedTuple):
    """Everything that a storage holds."""

    seen: Snapshot
    counted: dict[tuple[str, str], list[Contribution]]


def everything(rules: RuleSet, storage: Storage) -> All:
    with storage.transaction(read_only=True) as transaction:
        seen = look(transaction, limit=100_000)
        keys = [
            (f"{family.root.entity}.{name}", family.id)
            for family in seen.families
            for name in rules.definition.entities[family.root.entity].aggregates
        ]
        return All(seen, {key: list(transaction.window(*key, None, LAST)) for key in keys})


def run_shop(rules: RuleSet, storage: Storage, seed: int = SEED, steps: int = STEPS) -> Shop:
    shop = Shop(rules, storage, seed)
    for _ in range(steps):
        shop.step()
    return shop


@pytest.fixture
def open_storage(rules: RuleSet, tmp_path: Path) -> Callable[[], SqliteStorage]:
    return partial(SqliteStorage, tmp_path / "shop.db", Codec(rules.definition), synchronous="NORMAL")


def test_memory_and_sqlite_end_alike(rules: RuleSet, open_storage: Callable[[], SqliteStorage]) -> None:
    memory, storage = MemoryStorage(), open_storage()
    first, second = (run_shop(rules, each, steps=600) for each in (memory, storage))
    assert first.done == second.done
    storage.close()
    storage = open_storage()  # what the file says, not what a connection remembers
    held, stored = everything(rules, memory), everything(rules, storage)
    for name in Snapshot._fields:
        assert getattr(stored.seen, name) == getattr(held.seen, name), name
    assert stored.counted == held.counted
    # So long a shop comes by all of it; should it not after a change of the rules, take another seed.
    assert all((held.seen.drawings, held.seen.standing, held.seen.waiting, any(held.counted.values())))
    assert any(line.kind == "take" and line.pool for line in held.seen.movements)
    assert any(line.resource == "credit" for line in held.seen.drawings)
    assert any(len(family.children.get("shipments", ())) > 1 for family in held.seen.families)
    assert any(family.root.tags for family in held.seen.families)
    assert list(broken(Engine(rules, storage, clock=second.clock))) == []
    assert list(asleep(Engine(rules, storage, clock=second.clock))) == []
    storage.close()


# ---- killed ---------------------------------------------------------------------------------------------------------


class Counting(MemoryStorage):
    """Notes after each commit how long the journal is, and whether tags are still to be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[tuple[int, tuple[str, ...]]] = []

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Transaction]:  # type: ignore[override]
        with super().transaction(read_only=read_only) as transaction:
            yield transaction
            said = (sum(1 for _ in transaction.journal()), tuple(transaction.touched(100)))
        if not read_only:
            self.commits.append(said)


class Dying(SqliteStorage):
    """Kills its program right after so many commits, or then before so many statements that write."""

    left = 0
    statements = 0

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[SqliteTransaction]:
        with super().transaction(read_only=read_only) as transaction:
            yield transaction
        if not read_only:
            self.left -= 1
            if self.left == 0 and self.statements == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.left == 0:
                self._count()

    def _count(self) -> None:
        assert self._connection is not None
        numbers = itertools.count(1)
        wrote = False

        def count(sql: str) -> None:
            nonlocal wrote
            matters = sql.startswith(WRITES) or (wrote and sql == "COMMIT")
            if matters and next(numbers) == self.statements:
                os.kill(os.getpid(), signal.SIGKILL)
            wrote = sql.startswith(WRITES)

        self._connection.set_trace_callback(count)


class Split(Dying):
    """Broken on purpose: every statement is a transaction of its own."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[SqliteTransaction]:
        with super().transaction(read_only=read_only) as transaction:
            assert self._connection is not None
            self._connection.execute("COMMIT")
            yield transaction
            transaction.flush()
            self._connection.execute("BEGIN")  # what the storage will commit


def killed(
    rules: RuleSet, path: Path, commits: int, statements: int = 0, kind: type[Dying] = Dying
) -> SqliteStorage:
    """Run the shop in another process until it is killed; the storage, opened again."""

    def work(_: int) -> int:
        storage = kind(path, Codec(rules.definition), synchronous="NORMAL")
        storage.left, storage.statements = commits, statements
        run_shop(rules, storage, KILLED)
        return 0

    assert run_in_children(work, 1) == [-signal.SIGKILL]
    return SqliteStorage(path, Codec(rules.definition), synchronous="NORMAL")


def journal(storage: Storage) -> list[JournalEntry]:
    with storage.transaction(read_only=True) as transaction:
        return list(transaction.journal())


def noted(storage: Storage) -> tuple[str, ...]:
    with storage.transaction(read_only=True) as transaction:
        return tuple(transaction.touched(100))


def reopened(rules: RuleSet, storage: Storage) -> Engine:
    """An engine on what was left, at the moment of the last thing that happened."""
    numbers = itertools.count(1)
    last = max(entry.recorded_at for entry in journal(storage))
    return Engine(rules, storage, clock=ManualClock(last), new_id=lambda: f"after-{next(numbers)}")


@pytest.fixture(scope="module")
def whole_run(rules: RuleSet) -> Counting:
    storage = Counting()
    run_shop(rules, storage, KILLED)
    return storage


def test_killed_after_any_commit_it_holds_what_was_committed_and_settles_its_tags(
    rules: RuleSet, tmp_path: Path, whole_run: Counting
) -> None:
    entries = journal(whole_run)
    touched = [number for number, (_, notes) in enumerate(whole_run.commits, 1) if notes]
    assert len(touched) >= 10
    chosen = {*touched[:: len(touched) // 8], *range(20, len(whole_run.commits), len(whole_run.commits) // 5)}
    for number in sorted(chosen):
        length, notes = whole_run.commits[number - 1]
        storage = killed(rules, tmp_path / f"{number}.db", number)
        assert journal(storage) == entries[:length]
        assert noted(storage) == notes
        engine = reopened(rules, storage)
        assert list(broken(engine)) == []
        engine.tick()
        assert noted(storage) == ()
        assert list(broken(engine)) == []
        assert list(asleep(engine)) == []
        storage.close()


def torn(rules: RuleSet, path: Path, whole_run: Counting, kind: type[Dying] = Dying) -> Iterator[str]:
    """Kill the shop before the 1st, 2nd ... writing statement after a commit; what is not as it was after some commit."""
    entries = journal(whole_run)
    known = set(whole_run.commits)
    for statement in range(1, 15):
        storage = killed(rules, path / f"{kind.__name__}{statement}.db", 40 + 9 * statement, statement, kind)
        held = journal(storage)
        if held != entries[: len(held)] or (len(held), noted(storage)) not in known:
            yield f"killed before statement {statement}, it holds {len(held)} entries and {noted(storage)}"
        yield from broken(reopened(rules, storage))
        storage.close()


def test_killed_before_a_statement_nothing_is_torn(
    rules: RuleSet, tmp_path: Path, whole_run: Counting
) -> None:
    assert list(torn(rules, tmp_path, whole_run)) == []


def test_control_split_commits_are_torn(rules: RuleSet, tmp_path: Path, whole_run: Counting) -> None:
    assert len(list(torn(rules, tmp_path, whole_run, Split))) >= 3
