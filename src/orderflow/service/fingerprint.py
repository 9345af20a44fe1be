"""What an answer about a folder depends on, as digests: the folder itself, and the program that gives the answer.

It imports nothing of orderflow, and takes milliseconds.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orderflow._version import __version__

#: Where orderflow itself lies.
_HOME = Path(__file__).resolve().parents[1]
_ENDINGS = (".yaml", ".yml")
#: Larger folders are none that anybody writes by hand.
_MOST_ENTRIES = 10_000
_MOST_BYTES = 32 << 20
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a folder held at one moment.

    Args:
        place: where the folder is, links followed.
        files: the content of each rule file, by its path as the user would type it.
        digest: of the name of everything in it, and of the content of the rule files.
    """

    place: str
    files: Mapping[str, bytes]
    digest: str


class _UnusualError(Exception):
    """The folder holds what a digest of names and contents does not tell all of."""


def snapshot(folder: str | Path) -> Snapshot | None:
    """What a folder of rules holds; None where it has links, devices, unreadable or huge files: look yourself then.

    Args:
        folder: as the user gave it.
    """
    root = Path(folder)
    files: dict[str, bytes] = {}
    digest = hashlib.sha256()
    left, count = _MOST_BYTES, 0
    try:
        for name, path in _entries(root, ""):
            count += 1
            content = None if path is None else _read(path)
            if content is not None:
                files[(root / name).as_posix()] = content
                left -= len(content)
            if count > _MOST_ENTRIES or left < 0:
                return None
            _add(digest, os.fsencode(name), b"" if content is None else content)
        return Snapshot(os.path.realpath(root), files, digest.hexdigest())
    except (OSError, ValueError, _UnusualError):
        return None


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, str | None]]:
    """Everything in a folder that is not hidden, in a fixed order; the path of what is to be read, too."""
    with os.scandir(folder) as found:
        entries = sorted(
            (entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name
        )
    for entry in entries:
        name = prefix + entry.name
        if entry.is_symlink():
            raise _UnusualError
        if entry.is_dir():
            yield name + "/", None
            yield from _entries(Path(entry.path), name + "/")
        elif not entry.is_file():
            raise _UnusualError
        else:
            yield name, entry.path if entry.name.endswith(_ENDINGS) else None


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _UnusualError
    return content


def program(home: Path = _HOME) -> str:
    """The digest of what gives the answers: orderflow's own files, Python, and when packages were last installed.

    Files are told by size and time of change, as a build tool does: so it holds for a version and for a working copy.

    Args:
        home: the folder of the program's own files.
    """
    digest = hashlib.sha256()
    _add(digest, sys.version.encode(), sys.platform.encode(), __version__.encode())
    for where, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            seen = os.stat(os.path.join(where, name))
            _add(digest, os.fsencode(os.path.join(where, name)), b"%d %d" % (seen.st_size, seen.st_mtime_ns))
    # a package that comes, goes or changes its version changes the folder that it lies in; zones come from the system
    for path in (*sys.path, "/usr/share/zoneinfo"):
        if os.path.basename(path) in ("site-packages", "dist-packages", "zoneinfo"):
            try:
                seen = os.stat(path)
            except OSError:
                continue
            if stat.S_ISDIR(seen.st_mode):
                _add(digest, os.fsencode(path), b"%d" % seen.st_mtime_ns)
    return digest.hexdigest()


def joined(*parts: str) -> str:
    """One digest of several texts."""
    digest = hashlib.sha256()
    _add(digest, *(part.encode("utf-8", "surrogateescape") for part in parts))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", *parts: bytes) -> None:
    for part in parts:
        digest.update(b"%d:" % len(part))  # so that no two ways to cut a text look alike
        digest.update(part)
