"""What SQLite's errors mean to the user, and what to do."""

import sqlite3

from orderflow.diagnostics.errors import ConflictError, StorageError

_TRY_AGAIN = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_MEANINGS = {
    sqlite3.SQLITE_FULL: "the disk of `{path}` is full; make room and run again",
    sqlite3.SQLITE_READONLY: "`{path}` may only be read; allow writing to it and its folder",
    sqlite3.SQLITE_PERM: "`{path}` may not be opened; allow reading and writing it",
    sqlite3.SQLITE_CANTOPEN: "`{path}` cannot be opened; see that its folder is there and may be written to",
    sqlite3.SQLITE_NOTADB: "`{path}` is no SQLite database; name another file",
    sqlite3.SQLITE_CORRUPT: "`{path}` is damaged; restore it from a copy",
    sqlite3.SQLITE_IOERR: "`{path}` cannot be read or written ({error}); see to its disk and run again",
}


def failure(error: Exception, path: str) -> StorageError:
    """The error to raise for one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits say more than a user can act on
    if code in _TRY_AGAIN:
        return ConflictError(f"`{path}` is busy: another program has been writing; try again")
    if isinstance(error, UnicodeEncodeError):
        return StorageError("a text holds half a character; mend it where it comes from")
    if isinstance(error, OverflowError):
        return StorageError("a number is too large to be stored; it may have 18 digits")
    meaning = _MEANINGS.get(code, "`{path}` failed: {error}")
    return StorageError(meaning.format(path=path, error=error))
