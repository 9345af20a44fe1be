"""A folder of answers that were given before: bounded, safe with any number of writers, and believed by nobody.

An answer is a file named by its key. It is written beside its place and moved there, so that nobody reads half of it;
one that was damaged, or that somebody else owns, is as good as none. Nothing here ever fails: without a folder to
write to, every answer is worked out anew.
"""

import contextlib
import hashlib
import os
import stat
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: The environment variable that names the folder, or says `off`.
VARIABLE = "ORDERFLOW_CACHE"
#: How much is kept; the oldest goes first.
MOST_BYTES = 16 << 20
_LARGEST = 4 << 20
_STALE = 3600  # seconds after which nobody writes a half-written file any more
_ENDING = ".json"


def folder_of(environment: Mapping[str, str]) -> Path | None:
    """Where answers are kept on this machine; None for nowhere.

    Args:
        environment: the variables, as `os.environ` has them.
    """
    said = environment.get(VARIABLE, "")
    if said.strip().lower() == "off":
        return None
    if said:
        return Path(said)
    cache = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(cache):
        return Path(cache, "orderflow")
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return Path(local, "orderflow", "Cache") if os.path.isabs(local) else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "orderflow"


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers in a folder.

    Args:
        folder: where they lie; it is made when the first is kept. None keeps nothing.
        most_bytes: how much is kept.
    """

    folder: Path | None
    most_bytes: int = MOST_BYTES

    def read(self, key: str) -> bytes | None:
        """The answer under a key, or None.

        Args:
            key: of hexadecimal digits.
        """
        if self.folder is None:
            return None
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0)
        )
        try:
            opened = os.open(self.folder / (key + _ENDING), flags)
        except (OSError, ValueError):
            return None
        try:
            with os.fdopen(opened, "rb") as file:
                seen = os.fstat(opened)
                if not stat.S_ISREG(seen.st_mode) or not _is_ours(seen) or seen.st_size > _LARGEST:
                    return None
                said, _, content = file.read(_LARGEST).partition(b"\n")
        except OSError:
            return None
        return content if said.decode("ascii", "replace") == hashlib.sha256(content).hexdigest() else None

    def write(self, key: str, content: bytes) -> None:
        """Keep an answer, and let go of the oldest when there is too much.

        Args:
            key: of hexadecimal digits.
            content: the answer; one that is very large is not kept.
        """
        if self.folder is None or len(content) + 100 > min(_LARGEST, self.most_bytes):
            return
        half = self.folder / f".{key}.{os.getpid()}"
        with contextlib.suppress(OSError, ValueError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
                os.replace(half, self.folder / (key + _ENDING))
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(half)
                raise
            self._tidy()

    def _tidy(self) -> None:
        assert self.folder is not None
        files: list[tuple[float, int, str]] = []
        for entry in os.scandir(self.folder):
            seen = entry.stat(follow_symlinks=False)
            if entry.name.endswith(_ENDING):
                files.append((seen.st_mtime, seen.st_size, entry.path))
            elif (
                entry.name.startswith(".")
                and stat.S_ISREG(seen.st_mode)
                and time.time() - seen.st_mtime > _STALE
            ):
                os.unlink(entry.path)
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.most_bytes:
                break
            with contextlib.suppress(FileNotFoundError):  # another process was first
                os.unlink(path)
            total -= size


def _is_ours(seen: os.stat_result) -> bool:
    uid = getattr(os, "getuid", None)
    return uid is None or bool(seen.st_uid == uid())
