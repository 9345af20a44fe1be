"""The files of a rule set and of those below it, which it extends."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orderflow.compiler.documents_found import TEST_ENDINGS
from orderflow.compiler.files import read_files, target
from orderflow.compiler.nodes import MapNode, ScalarNode
from orderflow.compiler.reader import decode, read
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import resolve
from orderflow.diagnostics import nearest
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.frozen import EMPTY

MOST_LEVELS = 5
_LONGEST = 1_000  # characters of a path; resolving one costs time
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Layer:
    """The rule files of one folder: texts and located trees by file; `whole` when each could be read."""

    folder: str
    sources: Mapping[str, str]
    trees: Mapping[str, MapNode]
    whole: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """A rule set's folder (the last) and those below it, the lowest first.

    `based` is False when one of those below cannot be found; `whole` when no file is missing or misread.
    """

    folders: tuple[Layer, ...]
    based: bool

    @property
    def whole(self) -> bool:
        """Whether every file is there."""
        return self.based and all(layer.whole for layer in self.folders)


NO_LAYERS = Layers((), based=True)


def read_layers(folder: str, report: Report, unsaved: Mapping[str, bytes] = EMPTY) -> Layers:
    """Read a folder of rules and what it extends.

    Args:
        folder: the rule set's folder, as the user gave it.
        report: where the findings go.
        unsaved: by path, what to take for the content of a file in place of what lies there.
    """
    layers = [_read(folder, report, unsaved, tests=True)]
    seen = [Path(folder).resolve()]
    based = True
    while (said := _extends(layers[0].trees)) is not None:
        below = _below(said, Path(layers[0].folder), seen, report)
        if below is None:
            based = False
            break
        seen.append(below.resolve())
        layers.insert(0, _read(below.as_posix(), report, unsaved, tests=False))
    return Layers(tuple(layers), based)


def _read(folder: str, report: Report, unsaved: Mapping[str, bytes], *, tests: bool) -> Layer:
    """The files of one folder; a base's scenarios are about the base, so they are left out."""
    sources: dict[str, str] = {}
    trees: dict[str, MapNode] = {}
    for file in read_files(folder, report, unsaved):
        if not tests and file.name.endswith(TEST_ENDINGS):
            continue
        text, refused = decode(file.content, file.name)
        sources[file.name] = text if refused is None else file.content.decode("utf-8", "replace")
        tree, found = read(file.content, file.name)
        report.found += found
        if tree is not None:
            trees[file.name] = tree
    return Layer(folder, sources, trees, len(trees) == len(sources))


def _extends(trees: Mapping[str, MapNode]) -> ScalarNode | None:
    """What the head says under `extends`, also where the key is misspelled (that is reported later)."""
    for tree in trees.values():
        if tree.get("ruleset") is None and tree.get("extends") is None:
            continue
        for entry in tree.entries:
            close = entry.name == "extends" or nearest(entry.name, ("extends", "ruleset", "version", "label"))
            if close in (True, "extends") and isinstance(entry.value, ScalarNode):
                return (
                    None if resolve(entry.value) is None else entry.value
                )  # that it has no value is said later
    return None


def _below(said: ScalarNode, folder: Path, seen: list[Path], report: Report) -> Path | None:
    """The folder that a rule set extends; None after a finding."""
    path = said.value.strip()
    text = path if len(path) <= _SHOWN else path[:_SHOWN] + "…"
    if not path or len(path) > _LONGEST or Path(path).is_absolute() or "\\" in path or "\0" in path:
        words = Message("`extends` must be a folder seen from this one, not `{text}`", text=text)
        report.error("OF107", words, said.span, NOTHING, Message("write such as `../base`"))
        return None
    here, joined = folder.resolve(), folder / path
    there = target(joined)
    if there is None:
        words = Message("`{text}` is a link that leads to itself", text=text)
        report.error("OF902", words, said.span, NOTHING, Message("name the folder that is meant"))
        return None
    if not there.is_relative_to(here.parent) or there == here.parent:
        words = Message(
            "`{text}` leads outside `{name}`, the folder around this rule set",
            text=text,
            name=here.parent.name,
        )
        report.error("OF902", words, said.span, NOTHING, Message("copy the base beside this rule set"))
    elif there in seen:
        words = Message("a rule set cannot extend itself")
        if there != here:
            words = Message(
                "`{text}` extends this rule set: they would extend each other in a circle", text=text
            )
        report.error("OF107", words, said.span, NOTHING, Message("let one of them stand on its own"))
    elif there.is_relative_to(here):
        words = Message("`{text}` lies inside this rule set, so its files are read as this one's", text=text)
        report.error(
            "OF107",
            words,
            said.span,
            NOTHING,
            Message("move it beside this rule set, and write such as `../base`"),
        )
    elif not there.is_dir():
        words = Message("there is no folder `{text}`", text=text)
        report.error(
            "OF107",
            words,
            said.span,
            NOTHING,
            Message("check the path: it is seen from this rule set's folder"),
        )
    elif len(seen) > MOST_LEVELS:
        words = Message("more than {MOST_LEVELS} rule sets extend each other", MOST_LEVELS=MOST_LEVELS)
        report.error("OF107", words, said.span, NOTHING, Message("join some of them"))
    else:
        return _shown(joined, there)
    return None


def _shown(joined: Path, there: Path) -> Path:
    """The folder as people would write it, where that leads to the same place."""
    short = Path(os.path.normpath(joined))
    return short if short.resolve() == there else joined
