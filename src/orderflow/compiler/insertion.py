"""Repairs that put a key or an item into a rule file, in the style in which the file is written."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.part import Part
from orderflow.diagnostics import Fix, Message, Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
Sources = Mapping[str, str]
#: What may stand before a key or an item on its line.
_LEAD = re.compile(r" *(?:- +)*")
#: Block scalars that keep the blank lines behind them, or whose depth is said: what follows would change them.
_HARD = re.compile(r"[|>][-0-9]*[+0-9]")


def insert_key(part: Part, key: str, value: str, words: Message, sources: Sources, behind: str = "") -> Fix:
    """The repair that gives a mapping one more key; in words where its place is not certain.

    In braces the key goes behind the last one, `, key: value`; else on a line of its own.

    Args:
        part: the mapping.
        key: the key, which it has not.
        value: its value as it is written.
        words: the repair in words.
        sources: the text of each file.
        behind: the key that it goes behind; behind the last one if there is no such key.
    """
    entries = part.node.entries
    if len({entry.key.span.file for entry in entries}) != 1:
        return Fix(words)  # it is empty, or one rule set has put its keys over those of another
    if part.node.flow:
        return Fix(words, _end(entries[-1].value), f", {key}: {value}")
    before: Entry = part.node.entry(behind) or entries[-1]
    return _line_below(before.value, entries[0].key, f"{key}: {value}", words, sources)


def add_items(
    part: Part, key: str, items: tuple[str, ...], words: Message, sources: Sources, behind: str = ""
) -> Fix:
    """The repair that adds names to those of a key that takes one or a list; the key itself if it is not there.

    Args:
        part: the mapping that has the key.
        key: the key.
        items: the names to add.
        words: the repair in words.
        sources: the text of each file.
        behind: where the key goes when it is not there.
    """
    entry = part.node.entry(key)
    listed = ", ".join(items)
    if entry is None:
        return insert_key(part, key, listed if len(items) == 1 else f"[{listed}]", words, sources, behind)
    match entry.value:
        case ScalarNode(raw=raw, span=span) if raw.strip() and "\n" not in raw:
            return Fix(words, span, f"[{raw}, {listed}]")
        case ListNode(items=[*_, last], flow=True):
            return Fix(words, _end(last), f", {listed}")
        case (
            ListNode(items=[ScalarNode() as last], flow=False)
            | ListNode(items=[*_, ScalarNode() as last], flow=False)
        ):
            lines = _lines(sources, last.span)
            lead = lines[last.span.line - 1][: last.span.column - 1]
            if _LEAD.fullmatch(lead) and lead.rstrip().endswith("-"):
                dash = " " * lead.rindex("-") + "- "
                new = "".join(f"\n{dash}{item}" for item in items)
                return Fix(words, _line_end(last.span, lines), new)
    return Fix(words)


def remove_item(node: ListNode, item: ScalarNode, words: Message, sources: Sources) -> Fix:
    """The repair that takes one of several items out of a list: its line, or the item with a comma.

    Args:
        node: the list.
        item: one of its items.
        words: the repair in words.
        sources: the text of each file.
    """
    place = next((place for place, other in enumerate(node.items) if other is item), None)
    if place is None or len(node.items) < 2:
        return Fix(words)
    if not node.flow:
        return _line_removed(item.span, "-", words, sources)
    other = node.items[place - 1 if place else 1].span
    return _comma_removed(item.span, other, words, first=place == 0)


def remove_repeated(node: ListNode, item: ScalarNode, words: Message) -> Fix:
    """The repair that takes an item out of a list which has said it before.

    Args:
        node: the list.
        item: one of its items, not the first.
        words: the repair in words.
    """
    place = next((place for place, other in enumerate(node.items) if other is item), 0)
    span = item.span
    if node.flow:
        return _comma_removed(span, node.items[place - 1].span, words, first=False) if place else Fix(words)
    if not place or item.comment or span.end_line != span.line:
        return Fix(words)
    return Fix(words, Span(span.file, span.line, 1, span.line + 1, 1), "")


def remove_entry(node: MapNode, entry: Entry, words: Message, sources: Sources) -> Fix:
    """The repair that takes one of several keys with its single value out of a mapping: its line, or it with a comma.

    Args:
        node: the mapping.
        entry: one of its entries.
        words: the repair in words.
        sources: the text of each file.
    """
    place = next((place for place, other in enumerate(node.entries) if other is entry), None)
    span = entry.key.span.to(entry.value.span)
    if place is None or len(node.entries) < 2 or span.end_line != span.line:
        return Fix(words)
    if not node.flow:
        return _line_removed(span, "", words, sources)
    other = node.entries[place - 1].value.span if place else node.entries[1].key.span
    return _comma_removed(span, other, words, first=place == 0)


def _comma_removed(span: Span, other: Span, words: Message, *, first: bool) -> Fix:
    """A stretch in brackets or braces removed, with the comma between it and its neighbour on the same line."""
    if other.file != span.file or (other.line if first else other.end_line) != span.line:
        return Fix(words)
    if first:
        return Fix(words, Span(span.file, span.line, span.column, other.line, other.column), "")
    return Fix(words, Span(span.file, other.end_line, other.end_column, span.end_line, span.end_column), "")


def _line_removed(span: Span, sign: str, words: Message, sources: Sources) -> Fix:
    """The line of an entry or an item removed, with its line end; in words where anything else stands on it."""
    line = _lines(sources, span)[span.line - 1]
    alone = line[: span.column - 1].strip() == sign and not line[span.end_column - 1 :].strip()
    if not alone or span.end_line != span.line or not line.endswith(("\n", "\r")):
        return Fix(words)
    return Fix(words, Span(span.file, span.line, 1, span.line + 1, 1), "")


def _line_below(value: Node, first: ScalarNode, line: str, words: Message, sources: Sources) -> Fix:
    """A line below a value and what is written beside it, as deep as the first key."""
    lines = _lines(sources, first.span)
    lead = lines[first.span.line - 1][: first.span.column - 1]
    last = _last(value)
    if not _LEAD.fullmatch(lead) or (last is not None and _HARD.match(last.raw)):
        return Fix(words)
    return Fix(
        words, _line_end(value.span if last is None else last.span, lines), f"\n{' ' * len(lead)}{line}"
    )


def _last(value: Node) -> ScalarNode | None:
    """The last single value inside a value that is not in brackets or braces; None if it is."""
    match value:
        case ScalarNode():
            return value
        case MapNode(entries=[*_, Entry(value=inner)], flow=False):
            return _last(inner)
        case ListNode(items=[*_, inner], flow=False):
            return _last(inner)
    return None


def _lines(sources: Sources, span: Span) -> tuple[str, ...]:
    return _split(sources[span.file])


@lru_cache(maxsize=2)  # findings come file by file
def _split(text: str) -> tuple[str, ...]:
    return tuple(_LINE.findall(text))


def _line_end(span: Span, lines: Sequence[str]) -> Span:
    """The place at the end of the line on which a stretch ends, blank lines that belong to it left out."""
    line = span.end_line
    if span.end_column == 1 and line > span.line:
        line -= 1
    while line > span.line and not lines[line - 1].strip():
        line -= 1
    column = len(lines[line - 1].rstrip("\r\n")) + 1
    return Span(span.file, line, column, line, column)


def _end(node: Node) -> Span:
    span = node.span
    return Span(span.file, span.end_line, span.end_column, span.end_line, span.end_column)
