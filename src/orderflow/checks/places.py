"""Where the parts of an entity stand in its file, for findings about less than a whole transition or state."""

from collections.abc import Iterator

from orderflow.compiler.documents_found import Documents
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.diagnostics import Span


def part_of(documents: Documents, entity: str, section: str, name: str) -> Part | None:
    """A named part of an entity: a state (wherever inside others), a transition, an event, a resource."""
    whole = next((part for part in documents.entities if part.name == entity), None)
    found = () if whole is None else _inside(whole, section)
    return next((part for part in found if part.name == name), None)


def _inside(holder: Part, section: str) -> Iterator[Part]:
    for part in holder.parts(section):
        yield part
        if section == "states":
            yield from _inside(part, section)


def value_span(part: Part | None, key: str, name: str, otherwise: Span) -> Span:
    """Where a name stands among the values of a key.

    Args:
        part: the part that has the key; None if it is not known.
        key: the key, such as `on_entry`.
        name: the value that is meant.
        otherwise: the place to give where it cannot be told.
    """
    found: tuple[ScalarNode, ...] = () if part is None else part.scalars(key)
    return next((node.span for node in found if name_of(node) == name), otherwise)


def key_span(part: Part | None, *path: str, otherwise: Span) -> Span:
    """Where a key stands in a part, by the keys that lead to it.

    Args:
        part: the part; None if it is not known.
        path: the keys, the last one the one that is meant.
        otherwise: the place to give where it cannot be told.
    """
    for place, key in enumerate(path):
        entry = None if part is None else part.node.entry(key)
        if entry is None or part is None:
            return otherwise
        if place == len(path) - 1:
            return entry.key.span
        part = part.of(entry)
    return otherwise
