"""A mapping of a rule file as the passes read it: by key, kinds already checked, faulty parts gone."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.scalar import resolve
from orderflow.diagnostics import Span

#: By the span of a mapping: the names of the entries that were taken out of it because they had faults.
Lost = Mapping[Span, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping with the key that names it.

    What was faulty has been reported and taken out: a missing key is no second fault unless it is `intact`.
    """

    key: ScalarNode
    node: MapNode
    lost: Lost

    @property
    def name(self) -> str:
        """The name that its key gives it."""
        return Entry(self.key, self.node).name

    @property
    def span(self) -> Span:
        """Where its name stands."""
        return self.key.span

    @property
    def intact(self) -> bool:
        """Whether nothing had to be taken out of it."""
        return self.node.span not in self.lost

    def scalar(self, key: str) -> ScalarNode | None:
        """The single value of a key, or None."""
        node = self.node.get(key)
        return node if isinstance(node, ScalarNode) else None

    def text(self, key: str) -> str | None:
        """The text of a key as it is written, or None."""
        node = self.scalar(key)
        return None if node is None else node.value

    def flag(self, key: str) -> bool:
        """Whether a key says `true`."""
        node = self.scalar(key)
        return node is not None and resolve(node) is True

    def whole(self, key: str) -> int | None:
        """The whole number of a key, or None."""
        node = self.scalar(key)
        value = None if node is None else resolve(node)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def scalars(self, key: str) -> tuple[ScalarNode, ...]:
        """The values of a key that takes one or a list of them."""
        node = self.node.get(key)
        if isinstance(node, ScalarNode):
            return (node,)
        if isinstance(node, ListNode):
            return tuple(item for item in node.items if isinstance(item, ScalarNode))
        return ()

    def part(self, key: str) -> "Part | None":
        """The mapping of a key, or None."""
        entry = self.node.entry(key)
        if entry is None or not isinstance(entry.value, MapNode):
            return None
        return Part(entry.key, entry.value, self.lost)

    def entries(self, key: str) -> tuple[Entry, ...]:
        """The entries of the mapping of a key."""
        node = self.node.get(key)
        return node.entries if isinstance(node, MapNode) else ()

    def parts(self, key: str) -> "tuple[Part, ...]":
        """The named mappings inside the mapping of a key; an empty value is an empty mapping."""
        return tuple(self.of(entry) for entry in self.entries(key))

    def of(self, entry: Entry) -> "Part":
        """An entry inside it as a part."""
        return Part(entry.key, _mapping(entry.value), self.lost)

    def lost_names(self, key: str) -> frozenset[str]:
        """The names declared in the mapping of a key with faults that leave nothing of them."""
        node = self.node.get(key)
        return frozenset() if node is None else self.lost.get(node.span, frozenset())


def _mapping(node: Node) -> MapNode:
    return node if isinstance(node, MapNode) else MapNode((), node.span)
