"""Repairs that take a whole entry out of a rule file: sure only where nothing else names it and the rest stays as it is."""

import re
from collections.abc import Mapping

from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node
from orderflow.compiler.reader import plain, read
from orderflow.diagnostics import Fix, Message, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_COMMENT = re.compile(r"(?:^|\s)#")


def removal(words: Message, key: Span, sources: Mapping[str, str]) -> Fix:
    """The repair of an entry that nothing uses: its lines removed, or in words where that is not certain.

    Args:
        words: the repair in words.
        key: where the entry's key stands.
        sources: the text of each file.
    """
    text = sources.get(key.file, "")
    lines = _LINE.findall(text)
    first, last = key.line - 1, _last_line(lines, key)
    if last is None or _has_comment(lines, first, last) or _named_elsewhere(lines, first, last, key, sources):
        return Fix(words)
    left = "".join((*lines[:first], *lines[last + 1 :]))
    if not _same_without(text, left, key):
        return Fix(words)
    if lines[last].endswith(("\n", "\r")):
        return Fix(words, Span(key.file, key.line, 1, last + 2, 1), "")
    return Fix(words, Span(key.file, key.line, 1, last + 1, len(lines[last]) + 1), "")


def _last_line(lines: list[str], key: Span) -> int | None:
    """The last line of an entry in block style whose key begins its line; None where it is written another way."""
    first, indent = key.line - 1, key.column - 1
    if first >= len(lines) or lines[first][:indent].strip(" "):
        return None
    last = first
    for place in range(first + 1, len(lines)):
        line = lines[place].rstrip()
        bare = line.lstrip(" ")
        if not bare or bare.startswith("#"):
            continue
        depth = len(line) - len(bare)
        if depth < indent or (depth == indent and not bare.startswith("- ")):
            break
        last = place
    return last


def _has_comment(lines: list[str], first: int, last: int) -> bool:
    """Whether somebody has written a comment in an entry, or right above: it would be lost, or seem to be about the next."""
    above = lines[first - 1].lstrip() if first else ""
    return above.startswith("#") or any(_COMMENT.search(line) for line in lines[first : last + 1])


def _named_elsewhere(lines: list[str], first: int, last: int, key: Span, sources: Mapping[str, str]) -> bool:
    """Whether the name stands anywhere else, be it in a scenario: removing the entry would break that."""
    name = lines[first][key.column - 1 : key.end_column - 1].strip("'\"")
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    others = [text for file, text in sources.items() if file != key.file]
    return any(word.search(text) for text in (*others, *lines[:first], *lines[last + 1 :]))


def _same_without(text: str, left: str, key: Span) -> bool:
    """Whether what is left says the same as before, but for the one entry."""
    before, faults = read(text, key.file)
    after, more = read(left, key.file)
    if before is None or after is None or faults or more:
        return False
    return plain(_without(before, key)) == plain(after)


def _without(node: Node, key: Span) -> Node:
    match node:
        case MapNode(entries=entries):
            kept = tuple(
                Entry(entry.key, _without(entry.value, key)) for entry in entries if entry.key.span != key
            )
            return MapNode(kept, node.span, node.flow)
        case ListNode(items=items):
            return ListNode(tuple(_without(item, key) for item in items), node.span, node.flow)
    return node
