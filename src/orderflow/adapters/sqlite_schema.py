"""The tables of an orderflow database in SQLite, and the check that a file is one."""

import sqlite3
from typing import Final

from orderflow.diagnostics.errors import StorageError

#: What a file says it is (`PRAGMA application_id`): "ofdb" in ASCII.
APPLICATION: Final = 0x6F666462
#: Which tables it has (`PRAGMA user_version`); a newer one is refused.
VERSION: Final = 1

# Moments are ISO 8601 in UTC, which sorts as text. `place` is the order of submit, `number` that of commit;
# rows are never deleted, so the largest is the last. Only what is asked for has an index.
_TABLES: Final = (
    """
    CREATE TABLE families (
        place INTEGER PRIMARY KEY,
        root_id TEXT NOT NULL UNIQUE,
        entity TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        wake TEXT,
        waiting TEXT,
        document TEXT NOT NULL
    )
    """,
    "CREATE INDEX families_wake ON families (wake) WHERE wake IS NOT NULL",
    "CREATE INDEX families_waiting ON families (place) WHERE waiting IS NOT NULL",
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
        warehouse TEXT NOT NULL,
        sku TEXT NOT NULL,
        on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
        allocated INTEGER NOT NULL CHECK (allocated BETWEEN 0 AND on_hand),
        PRIMARY KEY (warehouse, sku)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE movements (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('receive', 'take', 'give_back', 'spend')),
        warehouse TEXT NOT NULL,
        sku TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        record TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    "CREATE INDEX movements_receipt ON movements (record) WHERE kind = 'receive' AND record <> ''",
    "CREATE TABLE sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
)


def prepare(connection: sqlite3.Connection, path: str) -> None:
    """Make the tables in an empty database; leave one of this version as it is.

    Raises:
        StorageError: the database is something else's, or was written by a newer orderflow.
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
        return True
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application or version or tables:
        raise StorageError(f"`{path}` is a database of something else; name another file")
    return False
