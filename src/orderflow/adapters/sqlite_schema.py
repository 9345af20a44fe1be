"""The tables of an orderflow database in SQLite, and the check that a file is one."""

import sqlite3
from typing import Final

from orderflow.diagnostics.errors import StorageError

#: What a file says it is (`PRAGMA application_id`): "ofdb" in ASCII.
APPLICATION: Final = 0x6F666462
#: Which tables it has (`PRAGMA user_version`); any other is refused.
VERSION: Final = 2

# Moments are ISO 8601 in UTC, which sorts as text. `place` is the order of submit, `number` that of commit; rows
# that have one are never deleted (but notes), so the largest is the last. Only what is asked for has an index.
_TABLES: Final = (
    """
    CREATE TABLE families (
        place INTEGER PRIMARY KEY,
        root_id TEXT NOT NULL UNIQUE,
        entity TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        wake TEXT,
        document TEXT NOT NULL
    )
    """,
    "CREATE INDEX families_wake ON families (wake) WHERE wake IS NOT NULL",
    """
    CREATE TABLE waits (
        key TEXT NOT NULL,
        place INTEGER NOT NULL,
        root_id TEXT NOT NULL,
        PRIMARY KEY (key, place)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE standing (
        queue TEXT NOT NULL,
        since TEXT NOT NULL,
        record TEXT NOT NULL,
        root_id TEXT NOT NULL,
        PRIMARY KEY (queue, since, record)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE journal (
        number INTEGER PRIMARY KEY,
        root_id TEXT NOT NULL,
        event_id TEXT UNIQUE,
        document TEXT NOT NULL
    )
    """,
    "CREATE INDEX journal_root ON journal (root_id)",
    """
    CREATE TABLE outbox (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        record TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'dead')),
        tries INTEGER NOT NULL,
        due TEXT NOT NULL,
        error TEXT NOT NULL,
        document TEXT NOT NULL
    )
    """,
    "CREATE INDEX outbox_due ON outbox (due) WHERE status = 'pending'",
    "CREATE INDEX outbox_record ON outbox (record) WHERE status = 'pending'",
    """
    CREATE TABLE stock (
        sku TEXT NOT NULL,
        warehouse TEXT NOT NULL,
        on_hand INTEGER NOT NULL DEFAULT 0 CHECK (on_hand >= 0),
        allocated INTEGER NOT NULL DEFAULT 0 CHECK (allocated >= 0),
        pooled INTEGER NOT NULL DEFAULT 0 CHECK (pooled >= 0),
        unsellable INTEGER NOT NULL DEFAULT 0 CHECK (unsellable >= 0),
        in_transit INTEGER NOT NULL DEFAULT 0 CHECK (in_transit >= 0),
        safety_stock INTEGER NOT NULL DEFAULT 0 CHECK (safety_stock >= 0),
        PRIMARY KEY (sku, warehouse),
        CHECK (allocated + pooled + unsellable <= on_hand)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE pools (
        sku TEXT NOT NULL,
        warehouse TEXT NOT NULL,
        pool TEXT NOT NULL,
        units INTEGER NOT NULL CHECK (units >= 0),
        PRIMARY KEY (sku, warehouse, pool)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE movements (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        warehouse TEXT NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0 OR kind IN ('count', 'safety')),
        record TEXT NOT NULL,
        at TEXT NOT NULL,
        pool TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE receipts (
        receipt TEXT NOT NULL,
        warehouse TEXT NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL,
        PRIMARY KEY (receipt, warehouse, sku)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE balances (
        resource TEXT NOT NULL,
        owner TEXT NOT NULL,
        used INTEGER NOT NULL CHECK (used >= 0),
        PRIMARY KEY (resource, owner)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE drawings (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('take', 'give_back', 'spend')),
        resource TEXT NOT NULL,
        owner TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount > 0),
        record TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE contributions (
        aggregate TEXT NOT NULL,
        owner TEXT NOT NULL,
        at TEXT NOT NULL,
        record TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (aggregate, owner, at, record)
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX contributions_record ON contributions (record, aggregate, owner)",
    "CREATE TABLE notes (number INTEGER PRIMARY KEY, root_id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
)


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Make the tables in an empty database; leave one of this version as it is.

    Raises:
        StorageError: the database is something else's, or was written by another version of orderflow.
    """
    if _is_current(connection, path):
        return
    connection.execute("BEGIN IMMEDIATE")  # two programs may open a new file at once
    try:
        if not _is_current(connection, path):
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _is_current(connection: sqlite3.Connection, path: str) -> bool:
    """Whether the tables are there; False when the database is empty."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION:
        if version > VERSION:
            raise StorageError(
                f"`{path}` has tables of version {version}, this orderflow knows {VERSION}; use a newer one"
            )
        if version < VERSION:
            raise StorageError(
                f"`{path}` has tables of version {version}, this orderflow needs {VERSION} and cannot convert "
                "them; use the orderflow that wrote it, or run the files again into a new database"
            )
        return True
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application or version or tables:
        raise StorageError(f"`{path}` is a database of something else; name another file")
    return False
