"""Runs SQL on a connection, with SQLite's errors told in the user's words."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from orderflow.adapters.sqlite_faults import failure
from orderflow.diagnostics.errors import StorageError

Row = tuple[Any, ...]
Values = Sequence[object] | Mapping[str, object]

#: Rows are fetched in pages, so that a caller may write while it reads on.
_PAGE = 500
#: How many names a statement may hold in an `IN (...)`; SQLite before 3.32 takes 999.
_MOST = 500
_FAULTS = (sqlite3.Error, OverflowError, UnicodeEncodeError)


class Statements:
    """The statements of one transaction.

    Args:
        connection: the connection, after its `BEGIN`.
        path: the file's name, for messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._path = path

    def run(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Run a statement.

        Raises:
            StorageError: the transaction has ended, or SQLite failed.
        """
        if self._connection is None:
            raise StorageError("the transaction has ended; begin another")
        try:
            return self._connection.execute(sql, values)
        except _FAULTS as error:
            raise failure(error, self._path) from error

    def many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement once for each row.

        Raises:
            StorageError: the transaction has ended, or SQLite failed.
        """
        if self._connection is None:
            raise StorageError("the transaction has ended; begin another")
        try:
            self._connection.executemany(sql, rows)
        except _FAULTS as error:
            raise failure(error, self._path) from error

    def one(self, sql: str, values: Values = ()) -> Row | None:
        """The first row that a question finds, or None."""
        row: Row | None = self.run(sql, values).fetchone()
        return row

    def among(self, sql: str, names: Iterable[str]) -> list[Row]:
        """The rows that a question finds for each of these names, asked together; `(?)` stands for them."""
        wanted = list(dict.fromkeys(names))
        rows: list[Row] = []
        for start in range(0, len(wanted), _MOST):
            several = wanted[start : start + _MOST]
            places = f"({', '.join('?' * len(several))})"
            rows += self.run(sql.replace("(?)", places), several).fetchall()
        return rows

    def pages(
        self,
        select: str,
        number: str,
        limit: str = "",
        only: str | None = None,
        before: Callable[[], None] = lambda: None,
    ) -> Iterator[Row]:
        """All rows by their number, page by page.

        Args:
            select: what to read, and from where; its first column is `number`.
            number: the column that counts the rows.
            limit: a condition on `:only` that ends in `AND `, or nothing.
            only: its value.
            before: is called before each page.
        """
        last = 0
        while True:
            before()
            rows = self.run(
                f"{select} WHERE {limit}{number} > :last ORDER BY {number} LIMIT {_PAGE}",
                {"last": last, "only": only},
            ).fetchall()
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def end(self) -> None:
        """Let go of the connection: nothing can be read or written any more."""
        self._connection = None
