"""Doing something again whenever a rule file changes."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from orderflow.diagnostics import Message, joined

_PAUSE = 0.5  # seconds between two looks at the files
_ENDINGS = (".yaml", ".yml")

#: What a file looks like from outside: when it was written, its size, and which file it is.
Stamp = tuple[int, int, int]


def watch(
    folder: str,
    check: Callable[[], Iterable[str]],
    told: Callable[[Message], None],
    *,
    wait: Callable[[], None] | None = None,
    now: Callable[[], datetime] = datetime.now,
) -> None:
    """Check, and again after each change, until somebody presses Ctrl-C.

    Args:
        folder: the rule set's folder.
        check: checks once, and returns the files that it read.
        told: shows what has changed, just before the next check.
        wait: waits until it is time for the next look; half a second by default.
        now: tells the time of a change.
    """
    wait = wait or pause
    try:
        # looked at before the files are read, so that what changes meanwhile is a change
        seen = {folder: stamps(folder)}
        while True:
            roots = _roots(folder, check())
            seen = {root: seen[root] if root in seen else stamps(root) for root in roots}
            current = seen
            while current == seen:
                wait()
                current = {root: stamps(root) for root in roots}
            told(_changes(seen, current, now()))
            seen = current
    except KeyboardInterrupt:
        return


def pause() -> None:
    """Wait half a second."""
    time.sleep(_PAUSE)


def stamps(root: str) -> dict[str, Stamp]:
    """Return what the rule files in a folder look like from outside, by path."""
    found: dict[str, Stamp] = {}
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith(_ENDINGS) and not name.startswith("."):
                path = Path(where, name)
                try:
                    status = path.stat()
                except OSError:
                    continue  # gone since it was listed
                found[path.as_posix()] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def _roots(folder: str, files: Iterable[str]) -> list[str]:
    """The rule set's folder, and those of the rule sets that it extends."""
    here = Path(folder).resolve()
    outside = {Path(file).parent for file in files if not Path(file).resolve().is_relative_to(here)}
    return [folder, *sorted(path.as_posix() for path in outside)]


def _changes(
    before: Mapping[str, Mapping[str, Stamp]], after: Mapping[str, Mapping[str, Stamp]], moment: datetime
) -> Message:
    """What differs between two looks, each folder by folder."""
    old = {path: stamp for found in before.values() for path, stamp in found.items()}
    new = {path: stamp for found in after.values() for path, stamp in found.items()}
    parts = []
    for path in sorted(old.keys() | new.keys()):
        if path not in old:
            parts.append(Message("`{path}` is new", path=path))
        elif path not in new:
            parts.append(Message("`{path}` is gone", path=path))
        elif old[path] != new[path]:
            parts.append(Message("`{path}` has changed", path=path))
    return Message("{time}: {changes}", time=f"{moment:%H:%M:%S}", changes=joined(parts))
