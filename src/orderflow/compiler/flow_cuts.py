"""Expressions that a comma cut in two: in `{when: any(lines, quantity > 1)}` YAML sees two keys."""

from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.report import Report
from orderflow.diagnostics import Fix, Span
from orderflow.diagnostics.message import Message


def mend_cuts(node: MapNode, report: Report, lost: dict[Span, frozenset[str]]) -> MapNode:
    """Report every cut expression once, and take its pieces out of the tree.

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
            return ListNode(tuple(_mend(item, report, lost) for item in items), node.span, node.flow)
        case MapNode(entries=entries):
            kept = _whole(node, report, lost) if node.flow else entries
            return MapNode(
                tuple(Entry(entry.key, _mend(entry.value, report, lost)) for entry in kept),
                node.span,
                node.flow,
            )
    return node


def _whole(node: MapNode, report: Report, lost: dict[Span, frozenset[str]]) -> tuple[Entry, ...]:
    kept: list[Entry] = []
    cut: Entry | None = None
    depth = 0
    for entry in node.entries:
        value = entry.value
        piece = isinstance(value, ScalarNode) and not value.raw
        if cut is not None and depth > 0 and piece:
            depth += _depth(entry.key)
            continue
        depth = 0
        if isinstance(value, ScalarNode) and value.style == "plain" and _depth(value) > 0:
            cut, depth = entry, _depth(value)
            lost[node.span] = lost.get(node.span, frozenset()) | {entry.name}
            report.error(
                "OF106",
                Message("the expression of `{name}` is cut off at a comma", name=entry.name),
                value.span,
                Message("a comma ends it here"),
                Fix(Message("put the whole expression in quotes, or write the keys on lines of their own")),
            )
            continue
        kept.append(entry)
    return tuple(kept)


def _depth(node: ScalarNode) -> int:
    """How many round brackets are left open."""
    return node.value.count("(") - node.value.count(")")
