"""Repairs made in the files: replacements by place that keep comments and layout, checked again before they are kept."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic, Fix, Severity, Span

#: A repair may bring to light what was hidden behind it, and one that does not hold is looked for among the others:
#: more checks than these are not worth it.
MOST_CHECKS = 200

_LINE_END = re.compile(r"\r\n|\r|\n")
_BOM = "\ufeff"

Check = Callable[[Mapping[str, bytes]], Compiled]
_Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file.

    Args:
        file: its path, as findings name it.
        before: its bytes as they were read.
        after: its bytes with the repairs.
    """

    file: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Repaired:
    """What repairs would make of a rule set; nothing is written.

    Args:
        changes: the files that change, by path.
        applied: the findings that were repaired, in the order in which that was done.
        compiled: the check of the rule set with the changes.
    """

    changes: tuple[Change, ...]
    applied: tuple[Diagnostic, ...]
    compiled: Compiled


def repair(
    folder: str | Path, check: Check, wanted: Callable[[Diagnostic], bool] = lambda found: True
) -> Repaired:
    """Work out every repair that is certain: one that is said as a replacement of a stretch of a file.

    Errors come first, and warnings when no error is left that could be repaired: they may follow from one. Repairs that
    overlap wait for the next round. A repair is left out when it would make things worse; see `_holds`.

    Args:
        folder: the rule set's folder; files outside it (of a rule set that it extends) are left alone.
        check: checks the folder with other contents of some files.
        wanted: which findings to repair.
    """
    tries = _Tries(check, MOST_CHECKS)
    now: dict[str, bytes] = {}
    before: dict[str, bytes] = {}
    applied: list[Diagnostic] = []
    given_up: set[_Identity] = set()
    news = False
    compiled = check(now)
    ours = _own_files(folder, compiled.sources)
    while tries.left:
        todo = [
            found
            for found in compiled.diagnostics
            if _is_certain(found, ours) and wanted(found) and _identity(found) not in given_up
        ]
        chosen = _apart([found for found in todo if found.severity is Severity.ERROR] or todo)
        if not chosen:
            if not (given_up and news):
                break
            given_up, news = set(), False  # what did not hold then may hold now
            continue
        for file in {_place(found).file for found in chosen} - now.keys():
            content = Path(file).read_bytes()
            if content.decode("utf-8", "replace").removeprefix(_BOM) == compiled.sources[file]:
                before[file] = now[file] = content
            else:
                ours -= {file}  # it has changed since it was checked: the places are others now
        chosen = [found for found in chosen if _place(found).file in ours]
        kept, now, compiled = _keep(chosen, now, compiled, tries)
        given_up |= {_identity(found) for found in chosen if found not in kept}
        applied += kept
        news = news or bool(kept)
    changes = tuple(
        Change(file, before[file], now[file]) for file in sorted(now) if before[file] != now[file]
    )
    return Repaired(changes, tuple(applied), compiled)


@dataclass(slots=True)
class _Tries:
    """Checks of files that are not written yet, as many as are worth it."""

    check: Check
    left: int

    def __call__(self, files: Mapping[str, bytes]) -> Compiled:
        self.left -= 1
        return self.check(files)


def _own_files(folder: str | Path, files: Iterable[str]) -> frozenset[str]:
    """The files inside a folder; not those of which two names lead to the same file, as its places would be counted twice."""
    inside = Path(folder).resolve()
    real = {file: Path(file).resolve() for file in files}
    times = Counter(real.values())
    return frozenset(file for file, at in real.items() if at.is_relative_to(inside) and times[at] == 1)


def _keep(
    chosen: Sequence[Diagnostic], now: dict[str, bytes], compiled: Compiled, tries: _Tries
) -> tuple[Sequence[Diagnostic], dict[str, bytes], Compiled]:
    """The repairs that hold, the files with them, and the check of these: all at once, or else by halves."""
    kept: list[Diagnostic] = []
    files, after = now, compiled
    waiting = [list(chosen)] if chosen else []
    while waiting and tries.left:
        part = waiting.pop()
        made, places = _edited(now, [*kept, *part])
        found = tries(made)
        if _holds([*kept, *part], places, compiled, found):
            kept += part
            files, after = made, found
        elif len(part) > 1:
            half = len(part) // 2
            waiting += (part[half:], part[:half])
    return kept, files, after


def _holds(repairs: Sequence[Diagnostic], places: Sequence[Span], before: Compiled, after: Compiled) -> bool:
    """Whether repairs make nothing worse.

    Every finding that they repair is gone; nothing as bad is said of what was put in its place; the files can be read as
    before; and repairing warnings does not bring errors. Other findings may well come to light: an error hides some.
    """
    said, left = _counted(before.diagnostics), _counted(after.diagnostics)
    gone = _counted(repairs)
    if any(left[each] > said[each] - count for each, count in gone.items()):
        return False
    unread = _unread(after.diagnostics) - _unread(before.diagnostics)
    if unread.keys() - _unread(repairs).keys():
        return False
    if all(found.severity is Severity.WARNING for found in repairs) and _errors(after) > _errors(before):
        return False
    # "error" comes before "warning"
    return not any(
        found.span.file == place.file
        and _start(place) <= _start(found.span) < _end(place)
        and found.severity.value <= repaired.severity.value
        and not _only_quotes(repaired, before)
        for repaired, place in zip(repairs, places, strict=True)
        for found in after.diagnostics
        if left[_identity(found)] > said[_identity(found)]
    )


def _only_quotes(repaired: Diagnostic, before: Compiled) -> bool:
    """Whether a repair puts a text in quotes, which can only bring to light what was wrong with it before."""
    span, new = _place(repaired), _fix(repaired).replacement or ""
    if len(new) < 2 or new[0] != "'" or span.line != span.end_line:
        return False
    text = before.sources[span.file]
    start = _line_starts(text)[span.line - 1]
    return new[1:-1].replace("''", "'") == text[start + span.column - 1 : start + span.end_column - 1]


def _unread(found: Iterable[Diagnostic]) -> Counter[str]:
    """How often something keeps each file from being read."""
    return Counter(one.span.file for one in found if one.code == "OF901")


def _errors(compiled: Compiled) -> int:
    return sum(found.severity is Severity.ERROR for found in compiled.diagnostics)


def _counted(found: Iterable[Diagnostic]) -> Counter[_Identity]:
    return Counter(map(_identity, found))


def _is_certain(found: Diagnostic, ours: frozenset[str]) -> bool:
    fix = found.fix
    return fix is not None and fix.span is not None and fix.replacement is not None and fix.span.file in ours


def _fix(found: Diagnostic) -> Fix:
    assert found.fix is not None
    return found.fix


def _place(found: Diagnostic) -> Span:
    span = _fix(found).span
    assert span is not None
    return span


def _identity(found: Diagnostic) -> _Identity:
    """A finding, wherever other repairs have moved it."""
    return (found.code, found.message, found.span.file)


def _apart(todo: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The repairs that do not touch one another, the first of each place; one that is said twice is done once."""
    chosen: list[Diagnostic] = []
    for found in sorted(todo, key=_place):
        last = _place(chosen[-1]) if chosen else None
        here = _place(found)
        if last is None or last.file != here.file or _end(last) < _start(here):
            chosen.append(found)
    return chosen


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column


def _edited(
    files: dict[str, bytes], repairs: Sequence[Diagnostic]
) -> tuple[dict[str, bytes], tuple[Span, ...]]:
    """The files with the repairs, and where in them each repaired stretch now stands, in the order of `repairs`."""
    made = dict(files)
    places: dict[int, Span] = {}
    for file in {_place(found).file for found in repairs}:
        mine = sorted(
            (index for index, found in enumerate(repairs) if _place(found).file == file),
            key=lambda index: _place(repairs[index]),
        )
        text = files[file].decode("utf-8").removeprefix(_BOM)
        starts = _line_starts(text)
        line_end = found[0] if (found := _LINE_END.search(text)) else "\n"
        parts: list[str] = []
        stretches: list[tuple[int, int, int]] = []
        at = length = 0
        for index in mine:
            span, new = _place(repairs[index]), _fix(repairs[index]).replacement or ""
            new = _LINE_END.sub(line_end, new)
            first = starts[span.line - 1] + span.column - 1
            parts += (text[at:first], new)
            length += first - at
            stretches.append((index, length, length + len(new)))
            length += len(new)
            at = starts[span.end_line - 1] + span.end_column - 1
        whole = "".join((*parts, text[at:]))
        had_bom = files[file].startswith(_BOM.encode())
        made[file] = ((_BOM if had_bom else "") + whole).encode("utf-8")
        lines = _line_starts(whole)
        for index, start, end in stretches:
            places[index] = Span(file, *_line_and_column(lines, start), *_line_and_column(lines, end))
    return made, tuple(places[index] for index in range(len(repairs)))


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def _line_and_column(starts: Sequence[int], at: int) -> tuple[int, int]:
    line = bisect_right(starts, at)
    return line, at - starts[line - 1] + 1
