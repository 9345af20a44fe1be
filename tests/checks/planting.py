"""Faults planted in sound rule files: how words are misspelled, and what must be found of it."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.checks.words import FREE, Word

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.compiler.reader import ListNode, MapNode, Node, ScalarNode, read
from orderflow.diagnostics import Diagnostic
from orderflow.expr.functions import FUNCTIONS

Texts = Mapping[str, str]
_WORD = re.compile(r"[^\W\d]\w*")


def slips(word: str, known: frozenset[str]) -> list[str]:
    """Misspellings by one slip of the finger that make no other known word."""
    made = []
    for index in range(len(word)):
        if index and word[index - 1] != word[index]:
            made.append(word[: index - 1] + word[index] + word[index - 1] + word[index + 1 :])
        if len(word) > 2:
            made.append(word[:index] + word[index + 1 :])
    fine = [slip for slip in made if slip not in known and _WORD.fullmatch(slip) and slip not in FREE]
    return list(dict.fromkeys(fine))


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a file's text replaced by another."""

    file: str
    start: int
    end: int
    text: str


def apply(texts: Texts, edits: Sequence[Edit]) -> dict[str, str]:
    """The texts with the edits made, which must not overlap."""
    made = dict(texts)
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        old = made[edit.file]
        made[edit.file] = old[: edit.start] + edit.text + old[edit.end :]
    return made


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a line and column."""
    at = 0
    for _ in range(line - 1):
        at = text.index("\n", at) + 1
    return at + column - 1


class Folder:
    """A folder that holds a rule set; only files that differ are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._written: dict[str, str] = {}

    def check(self, texts: Texts) -> Compiled:
        """Check the rule set of these texts."""
        for name, text in texts.items():
            if self._written.get(name) != text:
                (self.root / name).write_text(text, encoding="utf-8", newline="")
        for name in self._written.keys() - texts.keys():
            (self.root / name).unlink()
        self._written = dict(texts)
        return check_folder(self.root)


def read_folder(folder: Path) -> dict[str, str]:
    """The rule files of a folder by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}


def in_flow_style(texts: Texts) -> dict[str, str]:
    """The same rule set with everything below the second level in braces and brackets."""
    made = {}
    for name, text in texts.items():
        tree, _ = read(text, name)
        assert tree is not None
        made[name] = "".join(f"{_plain(entry.key)}:{_block(entry.value)}\n" for entry in tree.entries)
    return made


def _block(node: Node) -> str:
    if isinstance(node, MapNode) and node.entries:
        return "".join(f"\n  {_plain(entry.key)}: {_flow(entry.value)}" for entry in node.entries)
    if isinstance(node, ListNode) and any(isinstance(item, MapNode) for item in node.items):
        return "".join(f"\n  - {_flow(item)}" for item in node.items)
    return " " + _flow(node)


def _flow(node: Node) -> str:
    match node:
        case MapNode(entries=entries):
            return "{" + ", ".join(f"{_plain(entry.key)}: {_flow(entry.value)}" for entry in entries) + "}"
        case ListNode(items=items):
            return "[" + ", ".join(_flow(item) for item in items) + "]"
        case ScalarNode():
            return _plain(node)


def _plain(node: ScalarNode) -> str:
    value = node.value
    if node.style == "plain" and not re.search(r"[\[\]{},#'\"]|: ", value) and value:
        return value
    if node.style == "plain" and not value:
        return ""
    return "'" + value.replace("'", "''") + "'"


def known_words(words: Sequence[Word], texts: Texts) -> frozenset[str]:
    """Every word that stands anywhere in the files, and those of the language."""
    everything = {match for text in texts.values() for match in re.findall(r"\w+", text)}
    return frozenset(everything | set(FUNCTIONS) | FREE | {word.text for word in words})


def misspell(word: Word, slip: str) -> Edit:
    """The edit that misspells a word."""
    return Edit(word.file, word.start, word.start + len(word.text), slip)


def wrong(texts: Texts, word: Word, slip: str, compiled: Compiled) -> str:
    """What is wrong with the findings about one misspelled word; empty when it is found, alone, with its repair."""
    if len(compiled.diagnostics) != 1 or not compiled.has_errors:
        return "not one error"
    found = compiled.diagnostics[0]
    line, column = place(texts[word.file], word.start)
    there = (Path(found.span.file).name, found.span.line, found.span.column)
    if there not in ((word.file, line, column), (word.file, line, column - (word.sort == "literal"))):
        return "another place"
    if found.fix is None or found.fix.replacement is None or found.fix.span is None:
        return "no repair"
    slipped = apply(texts, [misspell(word, slip)])
    return "" if repaired(slipped, found) == texts else "another repair"


def repaired(texts: Texts, found: Diagnostic) -> dict[str, str]:
    """The texts after the repair of a finding, which must have one."""
    assert found.fix is not None
    assert found.fix.span is not None
    assert found.fix.replacement is not None
    span = found.fix.span
    name = Path(span.file).name
    start = offset_of(texts[name], span.line, span.column)
    end = offset_of(texts[name], span.end_line, span.end_column)
    return apply(texts, [Edit(name, start, end, found.fix.replacement)])


def choose(seed: int, items: Sequence[Word], count: int) -> list[Word]:
    """A sample that has every sort of word in it before any sort twice as often."""
    source = random.Random(seed)
    shuffled = source.sample(list(items), len(items))
    seen: dict[str, int] = {}
    ranked = []
    for item in shuffled:
        seen[item.sort] = seen.get(item.sort, 0) + 1
        ranked.append((seen[item.sort], item))
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])[:count]]
