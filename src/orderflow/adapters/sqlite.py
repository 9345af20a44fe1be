"""Orders in a SQLite file: one writer at a time, any number of threads and programs, safe in a crash."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, get_ident
from typing import Literal

from orderflow.adapters.sqlite_faults import failure
from orderflow.adapters.sqlite_schema import prepare
from orderflow.adapters.sqlite_transaction import SqliteTransaction
from orderflow.diagnostics.errors import ConflictError, StorageError
from orderflow.model.codec import Codec
from orderflow.service.ledger import already_open

_IN_MEMORY = ":memory:"


class SqliteStorage:
    """A storage in one file, in WAL mode. Writers (`BEGIN IMMEDIATE`) queue up; who only reads waits for no other program.

    A new file can be read and written by its owner only (mode 0600): it holds customers' data.

    Args:
        path: the file, made when it is not there; or `:memory:`.
        codec: writes and reads the families of the rule set in use.
        synchronous: `FULL` keeps every committed event over a power failure; `NORMAL` is faster and may then
            lose the last ones, never tear one. Either survives a crash of the program.
        patience: how many seconds to wait for another writer.

    Raises:
        StorageError: the file cannot be opened, is no database, or one of something else.
    """

    def __init__(
        self,
        path: str | Path,
        codec: Codec,
        *,
        synchronous: Literal["FULL", "NORMAL"] = "FULL",
        patience: float = 10.0,
    ) -> None:
        if synchronous not in ("FULL", "NORMAL"):
            raise StorageError(f"`{synchronous}` is no way to write; choose `FULL` or `NORMAL`")
        self._path = str(path)
        self._codec = codec
        self._synchronous = synchronous
        self._patience = patience
        self._connection: sqlite3.Connection | None = None
        self._owner: int | None = None
        self._inherited: list[sqlite3.Connection | None] = []
        self._start()

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[SqliteTransaction]:
        """Begin; commit on leaving, roll back on an exception.

        Args:
            read_only: nothing will be written: it sees the file as it is now, and other programs may go on writing.

        Raises:
            StorageError: the file cannot be read or written, or the disk is full.
            ConflictError: another writer held the file for too long.
        """
        if os.getpid() != self._process:
            self._after_fork()
        me = get_ident()
        if self._owner == me:
            raise already_open()
        if not self._lock.acquire(timeout=self._patience):
            raise ConflictError(f"`{self._path}` is busy: another thread has been writing; try again")
        self._owner = me
        try:
            connection = self._connection
            if connection is None:
                raise StorageError(f"`{self._path}` was closed; open it again")
            with self._told():
                connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")
            transaction = SqliteTransaction(connection, self._codec, self._path)
            try:
                yield transaction
                transaction.flush()
                with self._told():
                    connection.execute("COMMIT")
            finally:
                transaction.end()
                if connection.in_transaction:
                    # A failure to undo leaves nothing to do: SQLite undoes it when the file is next opened.
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
        finally:
            self._owner = None
            self._lock.release()

    def close(self) -> None:
        """Close the file; what is committed stays."""
        if os.getpid() == self._process and self._connection is not None:
            self._connection.close()
            self._connection = None

    def _start(self) -> None:
        self._lock = Lock()
        self._owner = None
        self._process = os.getpid()
        self._connection = self._connect()

    def _after_fork(self) -> None:
        """A connection must not be used, nor closed, in a child process: leave it be and open another."""
        self._inherited.append(self._connection)
        self._start()

    def _connect(self) -> sqlite3.Connection:
        with self._told():
            if self._path != _IN_MEMORY:
                self._make_private()
            connection = sqlite3.connect(
                self._path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            try:
                if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
                prepare(connection, self._path)
            except BaseException:
                connection.close()
                raise
            return connection

    def _make_private(self) -> None:
        """Make the file before SQLite does, which would let others read it."""
        with suppress(FileExistsError):
            try:
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            except FileNotFoundError:
                folder = Path(self._path).parent
                raise StorageError(
                    f"the folder `{folder}` of `{self._path}` is not there; make it first"
                ) from None
            except FileExistsError:
                raise
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise StorageError(f"`{self._path}` cannot be made: {why}; name another file") from None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
