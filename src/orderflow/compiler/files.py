"""The files of a rule set: which there are, and their text. Nothing outside the folder is read."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orderflow.compiler.reader import MAX_BYTES
from orderflow.compiler.report import Report
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.frozen import EMPTY

MOST_FILES = 200
MOST_BYTES = 8 << 20  # of all files of a folder together: what a check costs grows with them
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A rule file: its path as the user would type it, and its bytes."""

    name: str
    content: bytes


def read_files(
    folder: str | Path, report: Report, unsaved: Mapping[str, bytes] = EMPTY
) -> tuple[SourceFile, ...]:
    """The rule files in a folder and its subfolders, by name.

    Args:
        folder: the rule set's folder.
        report: where the findings go.
        unsaved: by path, what to take for the content of a file in place of what lies there.
    """
    root = Path(folder)
    here = _start(root.as_posix())
    if root.is_file():
        fix = Message("name the folder, such as `{as_posix}`", as_posix=root.parent.as_posix())
        report.error(
            "OF107",
            Message("`{as_posix}` is a file; a rule set is a folder", as_posix=root.as_posix()),
            here,
            NOTHING,
            fix,
        )
        return ()
    if not root.is_dir():
        fix = Message("check the path, or start a rule set with `orderflow init`")
        report.error(
            "OF107", Message("there is no folder `{as_posix}`", as_posix=root.as_posix()), here, NOTHING, fix
        )
        return ()
    found: list[SourceFile] = []
    size = 0
    for path in _paths(root, report):
        if len(found) == MOST_FILES:
            report.error(
                "OF901",
                Message(
                    "more than {MOST_FILES} rule files in `{as_posix}`",
                    MOST_FILES=MOST_FILES,
                    as_posix=root.as_posix(),
                ),
                here,
                NOTHING,
                Message("join some"),
            )
            return ()
        source = _read(path, report, unsaved)
        if source is not None:
            found.append(source)
            size += len(source.content)
        if size > MOST_BYTES:
            report.error(
                "OF901",
                Message(
                    "the rule files in `{as_posix}` are larger than {most} MiB together",
                    as_posix=root.as_posix(),
                    most=MOST_BYTES >> 20,
                ),
                here,
                NOTHING,
                Message("keep data out of the rules, or divide them into several rule sets"),
            )
            return ()
    if not found and not report.found:
        fix = Message("start one with `orderflow init`")
        report.error(
            "OF107",
            Message("there are no `.yaml` files in `{as_posix}`", as_posix=root.as_posix()),
            here,
            NOTHING,
            fix,
        )
    return tuple(found)


def _start(name: str) -> Span:
    return Span(name, 1, 1, 1, 1)


def _paths(root: Path, report: Report) -> Iterator[Path]:
    """The rule files below `root` in a fixed order; links that lead out of it are reported."""
    inside = root.resolve()
    for where, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*folders, *sorted(names)):
            path = Path(where, name)
            is_rules = path.suffix in _ENDINGS and not name.startswith(".")
            if not path.is_symlink():
                if is_rules and name not in folders:
                    yield path
            elif (leads := target(path)) is not None and not leads.is_relative_to(inside):
                if is_rules or name in folders:
                    fix = Message("copy it into the folder")
                    report.error(
                        "OF902",
                        Message("`{as_posix}` leads outside the rule set", as_posix=path.as_posix()),
                        _start(path.as_posix()),
                        NOTHING,
                        fix,
                    )
            elif is_rules and name not in folders:
                yield path


def target(path: Path) -> Path | None:
    """Where a path leads, links followed; None for links that lead round in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return None


def _read(path: Path, report: Report, unsaved: Mapping[str, bytes]) -> SourceFile | None:
    name = path.as_posix()
    if name in unsaved:
        return SourceFile(name, unsaved[name][: MAX_BYTES + 1])
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            report.error(
                "OF902",
                Message("`{name}` is no ordinary file", name=name),
                _start(name),
                NOTHING,
                Message("remove it"),
            )
            return None
        with path.open("rb") as file:
            return SourceFile(name, file.read(MAX_BYTES + 1))
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        report.error(
            "OF902",
            Message("`{name}` cannot be read: {reason}", name=name, reason=reason),
            _start(name),
            NOTHING,
            Message("see to its permissions"),
        )
        return None
