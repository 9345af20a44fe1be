"""The SQLite storage: the contract, its faults, and controls that show that the contract can fail."""

import os
import signal
import sqlite3
from contextlib import contextmanager
from functools import partial

import pytest

from orderflow.adapters import sqlite_stock
from orderflow.adapters.sqlite import SqliteStorage
from orderflow.adapters.sqlite_transaction import SqliteTransaction
from orderflow.diagnostics.errors import ConflictError, StorageError
from orderflow.model.codec import Codec
from orderflow.model.record import Standing
from orderflow.model.stock import Effects, Move
from orderflow.testing.committing import commit, receive, sold_by_threads
from orderflow.testing.crash import apply_events, run_in_children, sell_in_processes
from orderflow.testing.durable import DurableStorageContract
from orderflow.testing.samples import START, buy, decide, definition, entry, refuse, take
from orderflow.testing.snapshot import contradictions, snapshot

CODEC = Codec(definition())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "orders.db"


@pytest.fixture
def storage(path):
    storage = SqliteStorage(path, CODEC, synchronous="NORMAL")
    yield storage
    storage.close()


class TestSqliteStorage(DurableStorageContract):
    @pytest.fixture
    def storage(self, path):
        storage = SqliteStorage(path, CODEC)
        yield storage
        storage.close()

    @pytest.fixture
    def open_storage(self, path):
        return partial(SqliteStorage, path, CODEC, patience=60.0)


def sql(storage, statement):
    """Run a statement past the storage, which has no other way to be broken or looked into."""
    assert storage._connection is not None
    return storage._connection.execute(statement)


class SplitCommits(SqliteStorage):
    """Broken on purpose: every statement is a transaction of its own."""

    @contextmanager
    def transaction(self, *, read_only=False):
        assert self._connection is not None
        transaction = SqliteTransaction(self._connection, self._codec, self._path)
        yield transaction
        transaction.flush()
        transaction.end()


class Naive(SqliteStorage):
    """Broken on purpose: it looks once, and takes whether or not the units are still there."""

    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        self.left = sum(row.position.available for row in snapshot(self).positions)

    @contextmanager
    def transaction(self, *, read_only=False):
        if getattr(self, "left", 1) < 1:
            raise ConflictError("sold out")
        with super().transaction() as transaction:
            yield transaction
        self.left = getattr(self, "left", 1) - 1


def killed_at_each_statement(kind, path):
    """Kill a program before its 1st, 2nd, ... statement; what was torn, and how often it was killed."""
    torn = []
    for statement in range(1, 200):
        target = path.with_name(f"{kind.__name__}{statement}.db")
        storage = kind(target, CODEC, synchronous="NORMAL")
        receive(storage, 10)
        storage.close()

        def work(_, target=target, statement=statement):
            storage = kind(target, CODEC, synchronous="NORMAL")
            left = iter(range(statement))
            next(left)

            def count(_):
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            storage._connection.set_trace_callback(count)
            apply_events(storage, 3)
            return 0

        (result,) = run_in_children(work, 1)
        storage = SqliteStorage(target, CODEC)
        torn += contradictions(storage)
        storage.close()
        if result == 0:
            return torn, statement - 1
        assert result == -signal.SIGKILL
    raise AssertionError("the program never came to its end")


def test_killed_before_any_statement_nothing_is_torn(path):
    torn, kills = killed_at_each_statement(SqliteStorage, path)
    assert torn == []
    assert kills >= 15


def test_control_split_commits_are_torn(path):
    torn, _ = killed_at_each_statement(SplitCommits, path)
    assert len(torn) >= 5


def statements(storage, decision):
    """The statements that committing a decision takes, by their first two words."""
    said = []
    storage._connection.set_trace_callback(lambda sql: said.append(" ".join(sql.split()[:2])))
    commit(storage, decision)
    storage._connection.set_trace_callback(None)
    return said


def test_an_event_takes_no_more_statements_than_it_needs(storage):
    first = decide(None, "1", "e1", effects=1, wake=START)
    assert statements(storage, first) == [
        "BEGIN IMMEDIATE", "SELECT document,", "SELECT document,", "SELECT max(place)",
        "INSERT INTO", "INSERT INTO", "INSERT INTO", "COMMIT",
    ]  # fmt: skip
    second = decide(first.family, "1", "e2", effects=1)
    assert statements(storage, second) == [
        "BEGIN IMMEDIATE", "SELECT document,", "SELECT document,", "UPDATE families", "INSERT INTO", "INSERT INTO",
        "COMMIT",
    ]  # fmt: skip
    stand = partial(decide, waiting=("stock:A",), standing=(Standing("late", "1", START),))
    third = stand(second.family, "1", "e3")
    assert len(statements(storage, third)) == 8
    assert len(statements(storage, stand(third.family, "1", "e4"))) == 6


def test_a_batch_writes_each_family_once(storage):
    receive(storage, 9)
    said = []
    storage._connection.set_trace_callback(lambda sql: said.append(" ".join(sql.split()[:2])))
    with storage.transaction() as transaction:
        for version in range(3):
            decision = buy(transaction.family("1"), "1", f"e{version}")
            transaction.save(decision, version, entry(decision), START)
            transaction.touch(["C1"])
            transaction.window("customer.spend", "C1", None, START)
            transaction.waiting(["credit:C1"])
            transaction.stock(["A"])
            transaction.due(START, 5)
    storage._connection.set_trace_callback(None)
    assert said.count("UPDATE families") == 0
    (family,) = snapshot(storage).families
    assert family.version == 3
    assert contradictions(storage) == []


@pytest.mark.parametrize(
    "change",
    [
        "on_hand = 4",
        "allocated = -1",
        "allocated = 4",
        "pooled = -1",
        "pooled = 3",
        "unsellable = -1",
        "unsellable = 2",
        "in_transit = -1",
        "safety_stock = -1",
    ],
)
def test_the_tables_refuse_what_cannot_be(storage, change):
    """Should an update ever forget its condition, the table does not."""
    with storage.transaction() as transaction:
        transaction.receive("hq", {"A": 6}, START)
        moves = [take("1", 3), Move("pool", "hq", "A", 2, "", "p"), Move("damage", "hq", "A", 1, "")]
        transaction.move(moves, START)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        sql(storage, f"UPDATE stock SET {change}")


@pytest.fixture
def careless(monkeypatch, path):
    """A storage whose tables and updates do not look whether units are left."""
    unconditional = "UPDATE stock SET allocated = allocated + :n WHERE warehouse = :w AND sku = :s"
    monkeypatch.setitem(sqlite_stock.STOCK_CHANGES, ("take", False), unconditional)
    storage = SqliteStorage(path, CODEC, synchronous="NORMAL")
    sql(storage, "DROP TABLE stock")
    columns = ", ".join(f"{name} DEFAULT 0" for name in Effects._fields)
    sql(storage, f"CREATE TABLE stock (warehouse, sku, {columns}, PRIMARY KEY (sku, warehouse))")
    storage.close()
    return partial(Naive, path, CODEC, synchronous="NORMAL", patience=60.0)


def test_control_a_naive_update_oversells(careless, path):
    storage = SqliteStorage(path, CODEC)
    receive(storage, 50)
    storage.close()
    assert sell_in_processes(careless, processes=4, attempts=50) == 200


def test_control_threads_oversell_too(careless, path):
    storage = SqliteStorage(path, CODEC, synchronous="NORMAL")
    assert sold_by_threads(storage) > 20
    storage.close()


def test_a_new_file_is_its_owners_alone(path, storage):
    commit(storage, decide(None, "1", "e1"))
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_an_existing_file_keeps_its_mode(path):
    path.touch(0o640)
    path.chmod(0o640)
    SqliteStorage(path, CODEC).close()
    assert path.stat().st_mode & 0o777 == 0o640


def test_in_memory_needs_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    storage = SqliteStorage(":memory:", CODEC)
    commit(storage, decide(None, "1", "e1"))
    assert len(snapshot(storage).families) == 1
    storage.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("synchronous", "level"), [("FULL", 2), ("NORMAL", 1)])
def test_writes_as_safely_as_asked(path, synchronous, level):
    storage = SqliteStorage(path, CODEC, synchronous=synchronous)
    assert sql(storage, "PRAGMA synchronous").fetchone() == (level,)
    assert sql(storage, "PRAGMA journal_mode").fetchone() == ("wal",)
    storage.close()


def test_unknown_way_to_write_is_refused(path):
    with pytest.raises(StorageError, match="choose `FULL` or `NORMAL`"):
        SqliteStorage(path, CODEC, synchronous="OFF")  # type: ignore[arg-type]


def test_a_text_file_is_no_database(path):
    path.write_text("order_id,placed_at\n" * 100)
    with pytest.raises(StorageError, match="is no SQLite database"):
        SqliteStorage(path, CODEC)


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StorageError, match="cannot be opened"):
        SqliteStorage(tmp_path, CODEC)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageError, match="is not there; make it first"):
        SqliteStorage(tmp_path / "no" / "orders.db", CODEC)


def test_somebody_elses_database_is_left_alone(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE families (name)")
    other.commit()
    other.close()
    with pytest.raises(StorageError, match="database of something else"):
        SqliteStorage(path, CODEC)


def test_newer_tables_are_refused(path, storage):
    sql(storage, "PRAGMA user_version = 3")
    with pytest.raises(StorageError, match="tables of version 3, this orderflow knows 2"):
        SqliteStorage(path, CODEC)


def test_older_tables_are_refused(path, storage):
    sql(storage, "PRAGMA user_version = 1")
    with pytest.raises(StorageError, match=r"version 1, this orderflow needs 2 .* into a new database"):
        SqliteStorage(path, CODEC)


def test_a_busy_file_is_a_conflict(path, storage):
    other = SqliteStorage(path, CODEC, patience=0.01)
    with storage.transaction() as transaction:
        transaction.receive("hq", {"A": 1}, START)
        with pytest.raises(ConflictError, match="is busy"):
            snapshot(other)
    assert len(snapshot(other).positions) == 1
    other.close()


def save_many(storage):
    with storage.transaction() as transaction:
        for number in range(100):
            decision = refuse(None, f"none{number}", f"n{number}")
            transaction.save(decision, 0, entry(decision), START)


def test_a_full_disk_leaves_nothing_half_done(storage):
    commit(storage, decide(None, "1", "e1"))
    before = snapshot(storage)
    (pages,) = sql(storage, "PRAGMA page_count").fetchone()
    sql(storage, f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match="is full; make room"):
        save_many(storage)
    sql(storage, "PRAGMA max_page_count = 100000")
    assert snapshot(storage) == before
    commit(storage, decide(before.families[0], "1", "e2"))


def test_a_damaged_file_is_told(path, storage):
    commit(storage, decide(None, "1", "e1"))
    storage.close()
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    with pytest.raises(StorageError, match=r"damaged|failed"):
        snapshot(SqliteStorage(path, CODEC))


def test_a_closed_storage_says_so(storage):
    storage.close()
    storage.close()
    with pytest.raises(StorageError, match="was closed; open it again"):
        snapshot(storage)


def test_an_ended_transaction_says_so(storage):
    with storage.transaction() as transaction:
        pass
    with pytest.raises(StorageError, match="has ended"):
        transaction.positions()


def test_what_cannot_be_stored_is_told(storage):
    with pytest.raises(StorageError, match="half a character"):
        commit(storage, decide(None, "1", "\ud800"))
    with pytest.raises(StorageError, match="too large"):
        receive(storage, 2**63)


def test_a_child_forked_in_a_transaction_is_not_in_it(path):
    storage = SqliteStorage(path, CODEC, patience=0.01)

    def work(_):
        try:
            commit(storage, decide(None, "child", "child"))
        except ConflictError:
            return 1  # it waits for the parent's transaction, as any other program
        return 2

    with storage.transaction() as transaction:
        transaction.receive("hq", {"A": 1}, START)
        assert run_in_children(work, 1) == [1]
    assert run_in_children(work, 1) == [2]
    assert [family.id for family in snapshot(storage).families] == ["child"]
    storage.close()


def test_a_forked_child_opens_its_own_connection(storage):
    def work(_):
        commit(storage, decide(None, "child", "child"))
        return 0

    commit(storage, decide(None, "1", "e1"))
    assert run_in_children(work, 1) == [0]
    commit(storage, decide(None, "2", "e2"))
    assert [family.id for family in snapshot(storage).families] == ["1", "child", "2"]
