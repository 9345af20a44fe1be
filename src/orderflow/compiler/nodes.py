"""The located tree: what a YAML file says, and where each piece of it stands."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from orderflow.diagnostics.span import Span

Style = Literal["plain", "single", "double", "literal", "folded"]
Path = Sequence[str | int]

#: So many entries are looked through one by one.
_FEW = 40


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value.

    Args:
        value: the text that YAML gives it, before any type.
        style: how it is written; only a plain one can be anything but text.
        span: its place in the file, quotes included.
        raw: its source text; `span` starts where this starts.
        comment: whether a comment follows on the same line, and so may have cut an expression.
    """

    value: str
    style: Style
    span: Span
    raw: str
    comment: bool = False


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of values; `flow` when it is written in brackets."""

    items: tuple["Node", ...]
    span: Span
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value."""

    key: ScalarNode
    value: "Node"

    @property
    def name(self) -> str:
        """The key as a name: NFKC-normalised, always text."""
        return name_of(self.key)


@dataclass(frozen=True, slots=True)
class MapNode:
    """Keys and values in file order, each name once; `flow` when it is written in braces."""

    entries: tuple[Entry, ...]
    span: Span
    flow: bool = False
    #: The entries by name, made when one of many is first asked for.
    index: dict[str, Entry] | None = field(default=None, init=False, repr=False, compare=False)

    def entry(self, name: str) -> Entry | None:
        """Return the entry of a key by its normalised name, or None."""
        if len(self.entries) > _FEW:
            if self.index is None:
                made = {entry.name: entry for entry in reversed(self.entries)}
                object.__setattr__(self, "index", made)
            return (self.index or {}).get(name)
        for entry in self.entries:
            value = entry.key.value
            if value == name or (not value.isascii() and entry.name == name):
                return entry
        return None

    def get(self, name: str) -> "Node | None":
        """Return the value of a key by its normalised name, or None."""
        entry = self.entry(name)
        return entry.value if entry is not None else None


Node = ScalarNode | ListNode | MapNode


def name_of(key: ScalarNode) -> str:
    """Return a key as a name: two spellings that Unicode holds for equal (NFKC) are one name."""
    return key.value if key.value.isascii() else unicodedata.normalize("NFKC", key.value)


def find(node: Node, path: Path) -> Node:
    """Return the node at a path of keys and list positions, such as `["transitions", "ship", "from", 0]`.

    Raises:
        KeyError: there is nothing at that path.
    """
    for step in path:
        node = _step(node, step)
    return node


def key_node(node: Node, path: Path) -> Node:
    """Return the key that leads to the node at a path; for a list position the item, for no path the root.

    Raises:
        KeyError: there is nothing at that path.
    """
    if not path:
        return node
    parent = find(node, path[:-1])
    if isinstance(parent, MapNode):
        entry = parent.entry(str(path[-1]))
        if entry is not None:
            return entry.key
    return _step(parent, path[-1])


def _step(node: Node, step: str | int) -> Node:
    match node:
        case MapNode():
            found = node.get(str(step))
            if found is not None:
                return found
        case ListNode(items=items) if isinstance(step, int) and 0 <= step < len(items):
            return items[step]
    raise KeyError(step)
