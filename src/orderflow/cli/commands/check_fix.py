"""`orderflow check --fix` and `--diff`: what the repairs that are certain make of the files."""

import difflib
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import click

from orderflow.checks.repair import Change, Repaired, repair
from orderflow.cli.errors import FINDINGS, FINE, NoInputError, colourful, say
from orderflow.cli.findings import Wanted
from orderflow.diagnostics import Diagnostic, Message, to_json, translator
from orderflow.diagnostics.formats.told import relative, told
from orderflow.diagnostics.selection import Selection
from orderflow.diagnostics.shown import safe
from orderflow.diagnostics.translation import Say

_COLOURS = {"+": "32", "-": "31", "@": "36"}
#: Lines as `git` and `patch` count them: other line ends are part of a line.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: What a file's name may not hold as it is at the head of a diff.
_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f"\\]')


def fix(wanted: Wanted) -> Repaired:
    """Repair the files of a rule set; return what was done.

    Raises:
        NoInputError: a file has changed since it was read, or is not to be written.
    """
    done = repaired(wanted.path, wanted.selection)
    write(done.changes)
    return done


def tell_fixed(done: Repaired, wanted: Wanted) -> None:
    """Tell people how many findings of which codes were repaired in which files."""
    if not done.applied:
        return
    tell = translator(wanted.lang)
    lines = [tell(Message("repaired {findings}", findings=_findings(done.applied)))]
    lines += (f"  {safe(file)}: {codes}" for file, codes in _by_file(done.applied).items())
    for line in lines:
        if wanted.format == "text":
            click.echo(line)
        else:
            say(line)
    if wanted.format == "text":
        click.echo()


def show_diff(wanted: Wanted) -> int:
    """Print what the repairs would change as a diff; return the exit code: whether they would change anything."""
    done = repaired(wanted.path, wanted.selection)
    left = [found for found in done.compiled.diagnostics if wanted.selection.takes(found)]
    tell = translator(wanted.lang)
    if wanted.format == "json":
        click.echo(to_json(left, tell, more=as_data(done, tell, written=False)), nl=False)
    else:
        # bytes, as the ends of lines are part of a diff
        click.echo(
            diff(done.changes, color=colourful(sys.stdout), shown=sys.stdout.isatty()).encode(), nl=False
        )
        if done.applied:
            would = _findings(done.applied)
            said = Message("{findings} would be repaired, {left} left", findings=would, left=len(left))
        else:
            said = Message("nothing would be repaired, {left} left", left=len(left))
        say(tell(said))
    return FINDINGS if done.changes else FINE


def as_data(done: Repaired, tell: Say, *, written: bool) -> dict[str, object]:
    """What was or would be repaired, as a part of the JSON document."""
    files = _by_code(done.applied)
    changes = [
        {"file": change.file, "codes": files.get(change.file, {}), "diff": diff([change])}
        for change in done.changes
    ]
    findings = [told(found, tell).to_dict() for found in done.applied]
    return {"repairs": {"written": written, "files": changes, "findings": findings}}


def repaired(path: str, selection: Selection) -> Repaired:
    """Work out the repairs of the rule set in a folder; nothing is written.

    Args:
        path: the folder, as the user gave it.
        selection: the findings that may be repaired, those too that come to light on the way.
    """
    from orderflow.checks import check_folder

    return repair(path, lambda files: check_folder(path, unsaved=files), selection.takes)


def diff(changes: Iterable[Change], *, color: bool = False, shown: bool = False) -> str:
    """The changes as a unified diff, which `git apply` and `patch -p1` read where one stands.

    Args:
        changes: the files.
        color: whether to colour it.
        shown: whether it goes to a terminal, which nothing in a file may steer.
    """
    return "".join(
        _coloured(line, color=color, shown=shown or color) for change in changes for line in _diff(change)
    )


def _diff(change: Change) -> Iterator[str]:
    before, after = (_LINE.findall(content.decode("utf-8")) for content in (change.before, change.after))
    name = relative(change.file, os.getcwd()).removeprefix("./")
    if os.path.isabs(name) or name.startswith("../"):
        name = os.path.abspath(name)
    old, new = (_name(f"{side}/{name.lstrip('/')}") for side in "ab")
    for line in difflib.unified_diff(before, after, old, new, lineterm=""):
        if line.endswith("\n"):
            yield line
        else:
            yield f"{line}\n"
            if line[0] in "+- " and not line.startswith(("--- ", "+++ ")):
                yield "\\ No newline at end of file\n"


def _name(path: str) -> str:
    """A file's name as the head of a diff holds it: quoted, or closed by a tab where it has spaces."""
    if _UNSAFE_IN_NAME.search(path):
        return '"' + _UNSAFE_IN_NAME.sub(lambda match: f"\\{ord(match[0]):03o}", path) + '"'
    return f"{path}\t" if " " in path else path


def _coloured(line: str, *, color: bool, shown: bool) -> str:
    text = safe(line[:-1]) if shown else line[:-1]
    mark = _COLOURS.get(line[0]) if color else None
    return f"\x1b[{mark}m{text}\x1b[0m\n" if mark else f"{text}\n"


def write(changes: Iterable[Change]) -> None:
    """Put the repaired files in the place of the old ones: all of them, or none when one cannot be written.

    Raises:
        NoInputError: a file has changed since it was read, or is not to be written.
    """
    ready: list[tuple[str, Path]] = []
    try:
        several = list(changes)
        for change in several:
            ready.append((_beside(change), Path(change.file).resolve()))
        for change in several:
            if Path(change.file).read_bytes() != change.before:
                raise NoInputError(f"`{change.file}` has changed meanwhile; nothing was written")
        while ready:
            os.replace(*ready[-1])
            ready.pop()
    finally:
        for name, _ in ready:
            os.unlink(name)


def _beside(change: Change) -> str:
    """The new content of a file in a file of its own beside it, with the same permissions."""
    path = Path(change.file).resolve()
    status = path.stat()
    if not os.access(path, os.W_OK) or not status.st_mode & 0o222:
        raise NoInputError(f"`{change.file}` may not be written; nothing was")
    # no rule file, even if it were left behind: its name begins with a dot
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix" and (os.geteuid(), os.getegid()) != (status.st_uid, status.st_gid):
            with suppress(PermissionError):  # the file of another user becomes one's own
                os.chown(name, status.st_uid, status.st_gid)
        os.chmod(name, status.st_mode & 0o7777)
    except BaseException:
        os.unlink(name)
        raise
    return name


def _findings(applied: Iterable[Diagnostic]) -> Message:
    several = list(applied)
    files = len({found.fix.span.file for found in several if found.fix and found.fix.span})
    many = Message("1 finding") if len(several) == 1 else Message("{count} findings", count=len(several))
    where = Message("1 file") if files == 1 else Message("{count} files", count=files)
    return Message("{findings} in {files}", findings=many, files=where)


def _by_file(applied: Iterable[Diagnostic]) -> dict[str, str]:
    """Such as `2 OF101, 1 OF106`, by file."""
    return {
        file: ", ".join(f"{count} {code}" for code, count in codes.items())
        for file, codes in _by_code(applied).items()
    }


def _by_code(applied: Iterable[Diagnostic]) -> Mapping[str, Mapping[str, int]]:
    """How many findings of each code were repaired in each file."""
    pairs = Counter((found.fix.span.file, found.code) for found in applied if found.fix and found.fix.span)
    made: dict[str, dict[str, int]] = {}
    for (file, code), count in sorted(pairs.items()):
        made.setdefault(file, {})[code] = count
    return made
