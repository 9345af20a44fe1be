"""Checking a rule set, or remembering what the check found when nothing has changed since."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from orderflow.diagnostics.diagnostic import Diagnostic, Severity
from orderflow.diagnostics.plain import from_plain, to_plain
from orderflow.service.fingerprint import Snapshot, joined, program, snapshot
from orderflow.service.kept import Kept

if TYPE_CHECKING:
    from orderflow.compiler.load import Compiled


@dataclass(frozen=True, slots=True)
class Counts:
    """What a rule set that loads is made of."""

    name: str
    version: str
    states: int
    transitions: int
    scenarios: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a rule set found.

    Args:
        diagnostics: every finding, by place.
        sources: the text of each file, for showing findings in it.
        counts: what it is made of; None when it does not load.
        remembered: whether an earlier check found it, and nothing has changed since.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    counts: Counts | None
    remembered: bool = False

    @property
    def has_errors(self) -> bool:
        """Whether something keeps the rule set from loading."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)


def check_cached(path: str | PathLike[str], kept: Kept) -> Checked:
    """Every problem of a rule set, as `orderflow.checks.check_folder` finds them with the usual actions.

    When neither the folder, nor one that it extends, nor orderflow has changed since it was last checked, the answer of
    then is given, and nothing that compiles rules is even imported.

    Args:
        path: the folder, as the user gave it.
        kept: the answers of before.
    """
    before = snapshot(fspath(path)) if kept.folder is not None else None
    key = "" if before is None else joined(program(), Path(path).as_posix(), before.place, before.digest)
    if before is not None:
        content = kept.read(key)
        remembered = None if content is None else _remembered(content, before)
        if remembered is not None:
            return remembered

    from orderflow.checks import check_folder

    compiled = check_folder(fspath(path))
    made = Checked(compiled.diagnostics, compiled.sources, _counts(compiled))
    if before is not None:
        below = _below(compiled, before)
        if below is not None:
            answer = _answer(made, below)
            if answer is not None:
                kept.write(key, answer)
    return made


def _counts(compiled: "Compiled") -> Counts | None:
    rules = compiled.definition
    if rules is None:
        return None
    return Counts(
        rules.name,
        rules.version,
        sum(len(entity.states) for entity in rules.entities.values()),
        sum(len(entity.transitions) for entity in rules.entities.values()),
        len(compiled.scenarios),
    )


def _below(compiled: "Compiled", own: Snapshot) -> list[tuple[str, Snapshot]] | None:
    """The folders that a rule set extends, as they are; None when not all that the compiler saw is known to be that."""
    if not compiled.folders:
        return None
    found: list[tuple[str, Snapshot]] = []
    for folder in compiled.folders[:-1]:
        seen = snapshot(folder)
        if seen is None:
            return None
        found.append((folder, seen))
    texts = _texts([own, *(seen for _, seen in found)])
    if texts is None or any(texts.get(name) != text for name, text in compiled.sources.items()):
        return None  # a file changed in the meantime
    return found if own.files.keys() <= compiled.sources.keys() else None


def _texts(snapshots: list[Snapshot]) -> dict[str, str] | None:
    """The files as texts; None when one of them is none."""
    try:
        return {
            name: content.decode("utf-8").removeprefix("\ufeff")
            for seen in snapshots
            for name, content in seen.files.items()
        }
    except UnicodeDecodeError:
        return None


def _answer(made: Checked, below: list[tuple[str, Snapshot]]) -> bytes | None:
    counts = made.counts
    try:
        data = {
            "counts": None
            if counts is None
            else [counts.name, counts.version, counts.states, counts.transitions, counts.scenarios],
            "below": [[folder, seen.place, seen.digest] for folder, seen in below],
            "diagnostics": [to_plain(found) for found in made.diagnostics],
        }
        return json.dumps(data, separators=(",", ":")).encode()
    except ValueError:
        return None


def _remembered(content: bytes, own: Snapshot) -> Checked | None:
    """The answer, if it is one and what lies below the rule set has not changed either."""
    try:
        data = json.loads(content)
        counts, below, diagnostics = data["counts"], data["below"], data["diagnostics"]
        if not isinstance(below, list) or not isinstance(diagnostics, list):
            return None
        seen = [own]
        for folder, place, digest in below:
            base = snapshot(folder) if isinstance(folder, str) else None
            if base is None or (base.place, base.digest) != (place, digest):
                return None
            seen.append(base)
        texts = _texts(seen)
        if texts is None:
            return None
        return Checked(
            tuple(from_plain(found) for found in diagnostics), texts, _to_counts(counts), remembered=True
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _to_counts(data: object) -> Counts | None:
    if data is None:
        return None
    if not isinstance(data, list):
        raise ValueError
    name, version, states, transitions, scenarios = data
    if not isinstance(name, str) or not isinstance(version, str):
        raise ValueError
    if not all(type(number) is int and number >= 0 for number in (states, transitions, scenarios)):
        raise ValueError
    return Counts(name, version, states, transitions, scenarios)
