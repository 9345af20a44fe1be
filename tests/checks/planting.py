"""Faults planted in sound rule files: where each kind of word stands, and how it is misspelled."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.compiler.reader import Entry, ListNode, MapNode, Node, ScalarNode, read
from orderflow.diagnostics import Diagnostic
from orderflow.expr.functions import FUNCTIONS

#: Keys whose values are names or words that the rule set or the language knows.
WORDS = frozenset(
    [
        "from",
        "to",
        "event",
        "before",
        "do",
        "on_entry",
        "on_exit",
        "by",
        "owner",
        "creates",
        "path",
        "held_in",
        "spend_on",
        "at",
        "of",
        "submitted",
        "then",
        "key",
        "parent",
        "entity",
        "one_per",
        "type",
        "level",
        "changes",
        "reason",
        "pattern",
        "retry_on",
        "currency",
        "timezone",
        "use",
        "also",
        "state",
        "took",
        "did",
        "queues",
        "refused",
        "send",
        "as",
        "submit_as",
    ]
)
EXPRESSIONS = frozenset(["when", "where", "due", "pass", "mean", "editable", "shows"])
TEXTS = frozenset(["message", "content", "auto"])
#: Mappings whose keys are names of one's own: declared there, so that misspelling one renames it.
DECLARED = frozenset(
    [
        "children",
        "fields",
        "records",
        "states",
        "events",
        "transitions",
        "resources",
        "actions",
        "warehouses",
        "queues",
        "findings",
        "metrics",
        "channels",
        "options",
        "known_as",
        "data",
        "leave_out",
    ]
)
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HOLE = re.compile(r"\{([^{}]*)\}")
_FREE = {"and", "or", "not", "is", "in", "None", "True", "False", "if", "else"}

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a rule file: what sort it is, and where it stands in the file's text."""

    file: str
    sort: str
    start: int
    text: str


def words_of(file: str, text: str) -> list[Word]:
    """Every word of a file that has to be spelled right."""
    tree, found = read(text, file)
    assert tree is not None
    assert found == []
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    scenarios = file.endswith(".test.yaml")

    def at(node: ScalarNode) -> int:
        return starts[node.span.line - 1] + node.span.column - 1

    def names(node: Node, sort: str) -> Iterator[Word]:
        for item in node.items if isinstance(node, ListNode) else (node,):
            if isinstance(item, ScalarNode) and item.raw:
                value = item.value
                if value.startswith("list of "):
                    yield Word(file, "record", at(item) + len("list of "), value.removeprefix("list of "))
                elif not value[:1].isdigit():
                    quote = item.style in ("single", "double")
                    word = value.split(" ")[0] if sort == "to" and scenarios else value
                    yield Word(file, sort, at(item) + quote, word)

    def expression(node: ScalarNode) -> Iterator[Word]:
        yield from _names_in(file, node.raw, at(node), quoted=node.style in ("single", "double"))

    def walk(node: Node, path: tuple[str, ...]) -> Iterator[Word]:
        if isinstance(node, ListNode):
            for item in node.items:
                yield from walk(item, (*path, ""))
            return
        if not isinstance(node, MapNode):
            return
        holder = path[-1] if path else ""
        for entry in node.entries:
            key, value = entry.name, entry.value
            yield from key_words(entry, holder, path)
            if holder in ("known_as", "options", "columns") or key in ("label", "name", "says"):
                continue
            if holder == "tell":
                yield from names(value, "tell")
            elif holder in ("set", "leave_out") or (key in EXPRESSIONS and not scenarios):
                if isinstance(value, ScalarNode):
                    yield from expression(value)
            elif isinstance(value, ScalarNode) and (key in TEXTS or (key == "to" and "actions" in path)):
                yield from _holes(file, value, at(value))
            elif holder in ("fields", "data") and not scenarios and isinstance(value, ScalarNode):
                yield from names(value, "type")
            elif (key == "entity" and not path) or (key == "reason" and scenarios):
                continue  # a name of one's own, or free text
            elif key in WORDS and not isinstance(value, MapNode):
                if not (
                    key == "refused" and isinstance(value, ScalarNode) and value.value in ("true", "false")
                ):
                    yield from names(value, key)
            elif key == "also":
                yield from (word for word in names(value, key) if word.text == "median")
            elif key == "options" and isinstance(value, ListNode):
                continue
            else:
                yield from walk(value, (*path, key))

    def key_words(entry: Entry, holder: str, path: tuple[str, ...]) -> Iterator[Word]:
        known = (
            holder in ("", "set", "tell", "columns", "given", "update", "stock", "receive")
            or holder not in DECLARED
        )
        in_scenario_fields = scenarios and holder == "fields"
        if scenarios and holder == "data":
            yield Word(file, "key of data", at(entry.key), entry.key.value)
        elif scenarios and len(path) >= 2 and path[-2] in ("stock", "receive"):
            return
        elif (known and holder != "options") or in_scenario_fields:
            yield Word(file, f"key in {holder}", at(entry.key), entry.key.value)

    return list(walk(tree, ()))


def _names_in(file: str, raw: str, start: int, *, quoted: bool = False) -> Iterator[Word]:
    """The names, functions and literals of an expression's source."""
    shown = raw
    if quoted:
        shown = " " + raw[1:-1] + " "
    inside = [(match.start(), match.end()) for match in _QUOTED.finditer(shown)]
    for match in _WORD.finditer(shown):
        if match.group() in _FREE:
            continue
        literal = any(first <= match.start() < last for first, last in inside)
        if shown[: match.start()].endswith(">-\n") or (raw.startswith(">") and match.start() < 2):
            continue
        sort = "literal" if literal else "function" if match.group() in FUNCTIONS else "name"
        yield Word(file, sort, start + match.start(), match.group())


def _holes(file: str, node: ScalarNode, start: int) -> Iterator[Word]:
    for match in _HOLE.finditer(node.raw):
        inner = match[1].split(":")[0]
        yield from _names_in(file, inner, start + match.start(1))


def slips(word: str, known: frozenset[str]) -> list[str]:
    """Misspellings by one slip of the finger that make no other known word."""
    made = []
    for index in range(len(word)):
        if index and word[index - 1] != word[index]:
            made.append(word[: index - 1] + word[index] + word[index - 1] + word[index + 1 :])
        if len(word) > 2:
            made.append(word[:index] + word[index + 1 :])
    fine = [slip for slip in made if slip not in known and _WORD.fullmatch(slip) and slip not in _FREE]
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
    return frozenset(everything | set(FUNCTIONS) | _FREE | {word.text for word in words})


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
