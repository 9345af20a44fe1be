"""What the names of a rule set are called, and where each is declared: for whoever writes a label where a name belongs."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from orderflow.compiler.nodes import Entry, MapNode, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.diagnostics import Span
from orderflow.diagnostics.nearest import fold

#: Where the kinds of names are declared, by what findings call them.
DECLARED_UNDER = MappingProxyType(
    {
        "action": ("actions",), "aggregate": ("aggregates",), "allocation policy": ("allocation",), "calendar": ("calendars",),
        "entity": ("entity",), "event": ("events",), "field": ("fields", "data"), "hold": ("holds",),
        "kind of children": ("children",), "name": ("fields", "children", "aggregates", "data"),
        "option": ("options",), "pool": ("pools",), "promise": ("promises",), "queue": ("queues",),
        "record": ("records",),
        "resource": ("resources",), "role": ("roles",), "state": ("states",), "table": ("tables",),
        "tag": ("tags",), "tier": ("tiers",), "transition": ("transitions",), "warehouse": ("warehouses",),
    }
)  # fmt: skip
#: A name as it is declared: the key that it stands under, whose it is, itself.
_Place = tuple[str, str, str]


class _Named:
    """Everything that a walk over the documents has found."""

    def __init__(self) -> None:
        self.words: dict[str, set[str]] = {}
        self.places: dict[_Place, Span] = {}
        self.owners: dict[tuple[str, str], list[Span]] = {}

    def entity(self, part: Part, name: str) -> None:
        """The names in an entity, and its own."""
        self.declare("entity", "", name, part.span)
        self.call(part.text("label"), name)
        for entry in part.node.entries:
            self.section(entry, name)

    def section(self, holder: Entry, owner: str) -> None:
        """The names under a key such as `fields`."""
        for entry in holder.value.entries if isinstance(holder.value, MapNode) else ():
            self.item(holder.name, entry, owner)

    def item(self, section: str, entry: Entry, owner: str) -> None:
        """One name, what it is called, and the names inside it."""
        self.declare(section, owner, entry.name, entry.key.span)
        if not isinstance(entry.value, MapNode):
            return
        label = entry.value.get("label")
        self.call(label.value if isinstance(label, ScalarNode) else None, entry.name)
        for inside in entry.value.entries:
            match inside.name:
                case "states":
                    self.section(inside, owner)
                case "fields" | "data" | "levels" | "gives":
                    self.section(inside, entry.name)
                case "known_as":
                    for word in _texts(inside):
                        self.call(word.value.value, entry.name)
                case "options":
                    for option in _texts(inside):
                        self.declare("options", f"{owner}.{entry.name}", option.name, option.key.span)
                        self.call(option.value.value, option.name)

    def declare(self, section: str, owner: str, name: str, span: Span) -> None:
        """Remember where a name is declared."""
        if self.places.setdefault((section, owner, name), span) is span:
            self.owners.setdefault((section, name), []).append(span)

    def call(self, label: str | None, name: str) -> None:
        """Remember what a name is called: the whole label, and each language of one such as `已支付 Paid`."""
        for word in (label, *_languages(label)) if label else ():
            self.words.setdefault(fold(word), set()).add(name)


@dataclass(frozen=True)
class Glossary:
    """The names of a rule set: looked through when the first of them is asked for.

    Args:
        entities: the entities' documents, each with its name.
        sections: what the shared sections define, by their names.
        roles: the roles that the head names.
    """

    entities: tuple[tuple[str, Part], ...] = field(default=(), repr=False)
    sections: tuple[tuple[str, tuple[Part, ...]], ...] = field(default=(), repr=False)
    roles: tuple[ScalarNode, ...] = field(default=(), repr=False)

    def called(self, word: str, names: Collection[str]) -> str | None:
        """The one of some names that has a word for its label, or None.

        Args:
            word: what somebody wrote.
            names: the names that would be right there, such as `amount_due` and `order.amount_due`.
        """
        meant = self._named.words.get(fold(word))
        if meant is None:
            return None
        bare = [name for name in names if name in meant]
        found = bare or [name for name in names if name.rpartition(".")[2] in meant]
        # a name in other letters is spelled wrong, whatever its label
        return found[0] if len(found) == 1 and fold(found[0]) != fold(word) else None

    def place(self, what: str, name: str, owners: Iterable[str] = ()) -> Span | None:
        """Where a name is declared, or None where that cannot be told.

        Args:
            what: the kind of name, as findings call it, such as `state`.
            name: the name.
            owners: whose it may be, the likeliest first; without any, the only one of that name.
        """
        sections = DECLARED_UNDER.get(what, ())
        tried = tuple(owners)
        for owner in (*tried, ""):
            for section in sections:
                span = self._named.places.get((section, owner, name))
                if span is not None:
                    return span
        if tried:
            return None
        spans = [span for section in sections for span in self._named.owners.get((section, name), ())]
        return spans[0] if len(spans) == 1 else None

    @cached_property
    def _named(self) -> _Named:
        named = _Named()
        for role in self.roles:
            named.declare("roles", "", name_of(role), role.span)
        for name, part in self.entities:
            named.entity(part, name)
        for section, parts in self.sections:
            for part in parts:
                named.item(section, Entry(part.key, part.node), "")
        return named


def _texts(holder: Entry) -> Iterator["_Text"]:
    for entry in holder.value.entries if isinstance(holder.value, MapNode) else ():
        if isinstance(entry.value, ScalarNode):
            yield _Text(entry.key, entry.value)


@dataclass(frozen=True, slots=True)
class _Text:
    """A key with a single value."""

    key: ScalarNode
    value: ScalarNode

    @property
    def name(self) -> str:
        """The key as a name."""
        return Entry(self.key, self.value).name


def _languages(label: str) -> list[str]:
    """The parts of a label in several languages: words with Chinese characters and words without, side by side."""
    if label.isascii():
        return []
    parts: list[tuple[bool, str]] = []
    for word in label.split():
        ascii_only = word.isascii()
        if parts and parts[-1][0] == ascii_only:
            parts[-1] = (ascii_only, f"{parts[-1][1]} {word}")
        else:
            parts.append((ascii_only, word))
    return [part for _, part in parts] if len(parts) > 1 else []


NO_GLOSSARY = Glossary()
