"""Names whose letters are not what they seem to be: reported where they are declared, and read on as they were meant."""

from dataclasses import replace

from orderflow.compiler.names import respelt
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node
from orderflow.compiler.report import Report
from orderflow.diagnostics import Fix, Label, Message


def mend_letters(root: MapNode, report: Report) -> MapNode:
    """Report every key with such a letter, and put what was meant in its place, so that others may name it.

    Args:
        root: the tree of a file of rules.
        report: where the findings go.
    """
    mended = _mend(root, report)
    return mended if isinstance(mended, MapNode) else root


def _mend(node: Node, report: Report) -> Node:
    match node:
        case ListNode(items=items):
            made = tuple(_mend(item, report) for item in items)
            return (
                node if all(a is b for a, b in zip(made, items, strict=True)) else replace(node, items=made)
            )
        case MapNode(entries=entries):
            kept = _entries(node, report)
            same = len(kept) == len(entries) and all(a is b for a, b in zip(kept, entries, strict=True))
            return node if same else replace(node, entries=kept)
    return node


def _entries(node: MapNode, report: Report) -> tuple[Entry, ...]:
    kept: list[Entry] = []
    for entry in node.entries:
        key, value = entry.key, _mend(entry.value, report)
        better = None if key.value.isascii() else _better(node, entry, report)
        if better is not None and node.entry(better) is not None:
            continue  # the other one stays
        if better is not None:
            key = replace(key, value=better, raw=better)
        kept.append(entry if key is entry.key and value is entry.value else Entry(key, value))
    return tuple(kept)


def _better(node: MapNode, entry: Entry, report: Report) -> str | None:
    """The key as it was meant; where there is one of that name, the finding says so, and no repair is certain."""
    mark = len(report.found)
    better = respelt(entry.key, report)
    twin = None if better is None else node.entry(better)
    if twin is not None:
        found = report.found[mark]
        label = Label(twin.key.span, Message("looks the same"))
        fix = Fix(Message("remove or rename one of them"))
        report.found[mark] = replace(found, labels=(label,), fix=fix)
    return better
