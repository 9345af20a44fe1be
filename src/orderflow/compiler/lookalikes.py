"""Names that people take for one another, and labels that two things share (OF105)."""

from collections.abc import Iterable, Iterator

from orderflow.compiler.documents_found import Documents
from orderflow.compiler.insertion import remove_repeated
from orderflow.compiler.nodes import Entry, ListNode, MapNode, ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.diagnostics import Fix, Label, Message
from orderflow.diagnostics.lookalikes import letter_name, looks, seen
from orderflow.diagnostics.message import NOTHING

#: A key that names something, with what people call it.
_Named = tuple[ScalarNode, ScalarNode | None]
#: The parts of an entity whose names stand beside each other.
_TOGETHER = (
    ("fields", "children", "aggregates"),  # expressions read them all by their bare names
    ("events",), ("transitions",), ("resources",), ("holds",), ("tiers",), ("tags",), ("records",), ("arrival",),
)  # fmt: skip
#: The shared sections whose labels people choose by.
_CALLED = frozenset({"warehouses", "queues", "pools"})


def check_lookalikes(documents: Documents, report: Report) -> None:
    """Report names of one place that look alike, and labels that two of them share.

    Args:
        documents: what the files define.
        report: where the findings go.
    """
    entities = [(part.key, part.scalar("label")) for part in documents.entities]
    _names((key for key, _ in entities), report)
    _labels(entities, report)
    for part in documents.entities:
        _entity(part, report)
    for section, parts in documents.sections.items():
        named = [(part.key, part.scalar("label")) for part in parts.values() if part.node.entries]
        _names((part.key for part in parts.values()), report)
        if section in _CALLED:
            _labels(named, report)
    if documents.header is not None:
        _names(documents.header.scalars("roles"), report)


def _entity(part: Part, report: Report) -> None:
    states = list(_states(part))
    _names((key for key, _ in states), report)
    _labels(states, report)
    for sections in _TOGETHER:
        _names((entry.key for section in sections for entry in part.entries(section)), report)
    for holder in (part, *part.parts("records")):
        _choices(holder, "fields", report)
    for section, key in (("events", "by"), ("holds", "by"), ("transitions", "before")):
        for item in part.parts(section):
            _twice(key, item, report)
    for record in part.parts("records"):
        _names((entry.key for entry in record.entries("fields")), report)
    for event in part.parts("events"):
        _names((entry.key for entry in event.entries("data")), report)
        _choices(event, "data", report)
    for tier in part.parts("tiers"):
        levels = [(level.key, level.scalar("label")) for level in tier.parts("levels")]
        _names((key for key, _ in levels), report)
        _labels(levels, report)


def _twice(key: str, holder: Part, report: Report) -> None:
    """Names that a list says again, which changes nothing."""
    listed = holder.node.get(key)
    first: dict[str, ScalarNode] = {}
    items = listed.items if isinstance(listed, ListNode) else ()
    for item in items:
        if not isinstance(item, ScalarNode):
            continue
        other = first.setdefault(name_of(item), item)
        if other is item:
            continue
        assert isinstance(listed, ListNode)
        fix = remove_repeated(listed, item, Message("remove one of them"))
        text = Message("`{name}` stands twice in `{key}`", name=name_of(item), key=key)
        labels = (Label(other.span, Message("first here")),)
        report.warning("OF105", text, item.span, Message("again here"), fix, labels)


def _states(holder: Part) -> Iterator[_Named]:
    """Every state, those inside others too."""
    for state in holder.parts("states"):
        yield state.key, state.scalar("label")
        yield from _states(state)


def _choices(holder: Part, key: str, report: Report) -> None:
    """The options of each choice among some fields."""
    for field in holder.parts(key):
        options = field.node.get("options")
        if isinstance(options, ListNode):
            _names((item for item in options.items if isinstance(item, ScalarNode)), report)
        elif isinstance(options, MapNode):
            named = [(entry.key, _scalar(entry)) for entry in options.entries]
            _names((key for key, _ in named), report)
            _labels(named, report)


def _scalar(entry: Entry) -> ScalarNode | None:
    return entry.value if isinstance(entry.value, ScalarNode) else None


def _names(keys: Iterable[ScalarNode], report: Report) -> None:
    """Names of one place: each against those before it."""
    first: dict[str, ScalarNode] = {}
    for key in keys:
        name = name_of(key)
        other = None
        for look in looks(name):
            known = first.setdefault(look, key)
            if known is not key and name_of(known) != name:
                other = other or known
        if other is not None:
            _confused(key, other, report)


def _confused(key: ScalarNode, other: ScalarNode, report: Report) -> None:
    name, first = name_of(key), name_of(other)
    labels = (Label(other.span, Message("the other one")),)
    fix = Fix(Message("rename one of them, so that nobody takes it for the other"))
    if seen(name) == seen(first):
        text = Message("`{name}` looks just like `{first}`", name=name, first=first)
        letter = next((a for a, b in zip(name, first, strict=False) if a != b), "")
        note = Message("`{letter}` is {name}", letter=letter, name=letter_name(letter)) if letter else NOTHING
        report.error("OF105", text, key.span, note, fix, labels)
    elif name.casefold() == first.casefold():
        text = Message(
            "`{name}` and `{first}` differ by large and small letters alone", name=name, first=first
        )
        report.warning("OF105", text, key.span, Message("easily confused"), fix, labels)
    else:
        text = Message("`{name}` and `{first}` look alike", name=name, first=first)
        report.warning("OF105", text, key.span, Message("easily confused"), fix, labels)


def _labels(named: Iterable[_Named], report: Report) -> None:
    """Labels of things that people choose among: two alike, and nobody knows which is which."""
    first: dict[str, tuple[ScalarNode, ScalarNode]] = {}
    for key, label in named:
        if label is None or not label.value:
            continue
        other, called = first.setdefault(seen(label.value).casefold(), (key, label))
        if other is key or name_of(other).casefold() == name_of(key).casefold():
            continue  # names that are taken for one another have been told of
        text = Message("`{name}` and `{other}` have the same label", name=name_of(key), other=name_of(other))
        labels = (Label(called.span, Message("the other one")),)
        fix = Fix(Message("give one of them a label of its own"))
        report.warning("OF105", text, label.span, Message("the same label"), fix, labels)
