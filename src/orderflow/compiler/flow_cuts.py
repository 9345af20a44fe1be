"""Expressions and texts that a comma cut in two: in `{when: any(lines, quantity > 1)}` YAML sees two keys."""

from orderflow.compiler.full_width import split_key
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.report import Report
from orderflow.compiler.written import quoted
from orderflow.diagnostics import Fix, Span
from orderflow.diagnostics.message import Message

#: Keys whose values are texts for people, in which a comma is likely.
_TEXTS = frozenset({"label", "message", "content", "reason"})
#: Flags and other keys that somebody may have left without a value behind such a text.
_BARE = frozenset({"initial", "final", "optional", "private", "at_once", "otherwise", "split"})


def mend_cuts(node: MapNode, report: Report, lost: dict[Span, frozenset[str]]) -> MapNode:
    """Report every value that was cut, once, and take its pieces out of the tree.

    Args:
        node: a file's tree.
        report: where the findings go.
        lost: gets the names of the entries that were taken out, by mapping.
    """
    mended = _mend(node, report, lost)
    return mended if isinstance(mended, MapNode) else node


def _mend(node: Node, report: Report, lost: dict[Span, frozenset[str]]) -> Node:
    match node:
        case ListNode(items=items):
            made = tuple(_mend(item, report, lost) for item in items)
            same = all(new is old for new, old in zip(made, items, strict=True))
            return node if same else ListNode(made, node.span, node.flow)
        case MapNode(entries=entries):
            split = tuple(split_key(entry, report) for entry in entries) if node.flow else entries
            if any(new is not old for new, old in zip(split, entries, strict=True)):
                node = MapNode(split, node.span, node.flow)
            kept = _whole(node, report, lost) if node.flow else entries
            mended = [(entry, _mend(entry.value, report, lost)) for entry in kept]
            if kept is entries and all(new is entry.value for entry, new in mended):
                return node
            return MapNode(tuple(Entry(entry.key, new) for entry, new in mended), node.span, node.flow)
    return node


def _whole(node: MapNode, report: Report, lost: dict[Span, frozenset[str]]) -> tuple[Entry, ...]:
    """The entries whose values are whole."""
    entries = node.entries
    kept: list[Entry] = []
    place = 0
    while place < len(entries):
        entry = entries[place]
        behind = place + 1 + _pieces(entry, entries[place + 1 :])
        if behind > place + 1 or _is_cut(entry):
            lost[node.span] = lost.get(node.span, frozenset()) | {entry.name}
            _report(entry, entries[place + 1 : behind], report)
        else:
            kept.append(entry)
        place = behind
    return entries if len(kept) == len(entries) else tuple(kept)


def _pieces(entry: Entry, behind: tuple[Entry, ...]) -> int:
    """How many of the entries behind one are pieces of its value: keys without a value."""
    if not _is_plain(entry.value):
        return 0
    assert isinstance(entry.value, ScalarNode)
    text, count = entry.value.value, 0
    for other in behind:
        if not isinstance(other.value, ScalarNode) or other.value.raw or other.key.raw.endswith(":"):
            break
        word = other.key.value
        in_text = entry.name in _TEXTS and word not in _BARE
        if not left_open(text) and word.isidentifier() and not in_text:
            break
        text, count = f"{text}, {word}", count + 1
    return count


def _is_cut(entry: Entry) -> bool:
    """Whether a value is cut although nothing of it follows; a text for people may hold a bracket that nobody closes."""
    value = entry.value
    return (
        isinstance(value, ScalarNode)
        and _is_plain(value)
        and entry.name not in _TEXTS
        and left_open(value.value)
    )


def _is_plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style == "plain" and bool(node.raw)


def left_open(text: str) -> bool:
    """Whether a bracket or a quotation mark of an expression is left open."""
    depth, quote = 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign == '"':
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
    return depth > 0 or quote != ""


def _report(entry: Entry, pieces: tuple[Entry, ...], report: Report) -> None:
    value = entry.value
    assert isinstance(value, ScalarNode)
    whole = ", ".join((value.value, *(piece.key.raw for piece in pieces)))
    last = pieces[-1].key.span if pieces else value.span
    span = Span(value.span.file, value.span.line, value.span.column, last.end_line, last.end_column)
    meant = entry.name in _TEXTS or left_open(value.value)  # else the comma itself has no place there
    sure = pieces and meant and not left_open(whole) and value.span.line == last.end_line
    what = "text" if entry.name in _TEXTS else "expression"
    report.error(
        "OF106",
        Message("the {what} of `{name}` is cut off at a comma", what=what, name=entry.name),
        value.span,
        Message("a comma ends it here"),
        Fix(
            Message("put the whole {what} in quotes, or write the keys on lines of their own", what=what),
            span if sure else None,
            quoted(whole) if sure else None,
        ),
    )
