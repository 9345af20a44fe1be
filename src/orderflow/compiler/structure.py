"""Each file against the published JSON Schema: every fault in plain words, in its place, and taken out.

What is left fits the schema, so that the passes after this one can go on and find what else is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode, find, key_node
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import plain
from orderflow.compiler.schema import FILE_KINDS, accepted, schema_of
from orderflow.compiler.slips import mend_slips, without
from orderflow.compiler.words import described, needs, said
from orderflow.diagnostics import Diagnostic, Span
from orderflow.diagnostics.message import NOTHING, Message

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


#: A key behind a misspelled one is looked at in the next round; rules nest no deeper than this.
_MOST_ROUNDS = 12
#: What other parts of the rules name things of.
_SECTIONS = frozenset(
    {
        *("children", "fields", "records", "states", "events", "transitions", "roles", "entity"),
        *("resources", "holds", "aggregates", "tiers", "tags"),
        *(
            "actions",
            "warehouses",
            "queues",
            "base",
            "pools",
            "allocation",
            "tables",
            "promises",
            "calendars",
        ),
    }
)
#: The same inside a part of a file.
_NAMED_INSIDE = frozenset(
    {
        ("states", "states"),
        ("records", "fields"),
        ("events", "data"),
        ("tables", "gives"),
        ("tiers", "levels"),
    }
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A tree without its faulty parts, what was lost of which mapping, and the findings.

    It is not `complete` when a whole section is lost, so that any name may have stood in it.
    """

    root: MapNode
    lost: Mapping[Span, frozenset[str]]
    found: tuple[Diagnostic, ...]
    complete: bool = True


def check_structure(root: MapNode, kind: str, *, partial: bool = False) -> Checked:
    """Check a file's tree against the schema of its kind.

    Args:
        root: the located tree.
        kind: the name of the document's model, such as `EntityDocument`.
        partial: whether the rest of the document may stand in a file that could not be found: its own keys need not be all.
    """
    if accepted()[kind](root):
        return Checked(root, {}, ())
    report = Report()
    errors = _errors(root, kind)
    for _ in range(_MOST_ROUNDS):
        mended = mend_slips(root, errors, report) if errors else root
        if mended is root:
            break
        root = mended
        errors = _errors(root, kind)
    faults = _Faults(root, report)
    for error in errors:
        if not (partial and error.validator == "required" and not error.absolute_path):
            faults.add(error)
    cleaned = without(root, (), faults.gone)
    lost = {span: frozenset(names) for span, names in faults.lost.items()}
    return Checked(
        cleaned if isinstance(cleaned, MapNode) else root, lost, tuple(report.found), faults.complete
    )


def _errors(root: MapNode, kind: str) -> list[Any]:
    found = sorted(
        _validator(kind).iter_errors(cast(Any, plain(root))),
        key=lambda error: [str(step) for step in error.absolute_path],
    )
    leaves = [leaf for error in found for leaf in _leaves(error)]
    misfits = {tuple(leaf.absolute_path) for leaf in leaves if leaf.validator == "type"}
    # what is of another kind is also no option, in no range and like no pattern
    return [leaf for leaf in leaves if leaf.validator == "type" or tuple(leaf.absolute_path) not in misfits]


@cache
def _validator(kind: str) -> "Validator":
    from jsonschema import Draft202012Validator

    made: Validator = Draft202012Validator(schema_of(kind))
    return made


def _leaves(error: Any) -> Iterator[Any]:
    """The faults behind an error; where a value may have several forms, those of the form that was meant."""
    if error.validator != "anyOf":
        yield error
        return
    branches: dict[object, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(_is_misfit(inner) for inner in branch)]
    if not meant:
        yield error
        return
    best = next(
        (branch for branch in meant if any(inner.validator in ("enum", "const") for inner in branch)),
        meant[0],
    )
    for inner in best:
        yield from _leaves(inner)


def _is_misfit(error: Any) -> bool:
    """Whether the value is of another kind than this form of it: a text where a list is described."""
    if error.relative_path:
        return False
    if error.validator == "anyOf":
        branches: dict[object, bool] = {}
        for inner in error.context:
            index = inner.relative_schema_path[0]
            branches[index] = branches.get(index, False) or _is_misfit(inner)
        return all(branches.values())
    return bool(error.validator == "type")


class _Faults:
    """What the schema's errors mean for one file."""

    def __init__(self, root: MapNode, report: Report) -> None:
        self.root = root
        self.report = report
        self.gone: set[tuple[str | int, ...]] = set()
        self.lost: dict[Span, set[str]] = {}
        self.complete = True

    def add(self, error: Any) -> None:
        """Report one fault and take the faulty part out."""
        path = tuple(error.absolute_path)
        match error.validator:
            case "additionalProperties":
                self._unknown_keys(error, path)
            case "required":
                self._missing_keys(error, path)
            case _:
                self._value(error, path)
                self._lose(path)

    def _lose(self, path: tuple[str | int, ...]) -> None:
        """Take the entry at a path out; of a list, the item."""
        if not path:
            return
        self.gone.add(path)
        if _holds_names(path):
            self.complete = False
        names = [step for step in path if isinstance(step, str)]
        while path and not isinstance(path[-1], str):
            path = path[:-1]
        holder = find(self.root, path[:-1]) if path else self.root
        self.lost.setdefault(holder.span, set()).add(names[-1] if names else "")

    def _unknown_keys(self, error: Any, path: tuple[str | int, ...]) -> None:
        holder = find(self.root, path)
        if not isinstance(holder, MapNode):
            return
        known = tuple(error.schema["properties"])
        for entry in holder.entries:
            if entry.name not in known:
                listed = ", ".join(f"`{name}`" for name in known)
                fix = Message("remove it; the keys here are {listed}", listed=listed)
                if not path and entry.name in FILE_KINDS:
                    fix = Message("move `{name}` to a file of its own", name=entry.name)
                self.report.error(
                    "OF101",
                    Message("unknown key `{name}`", name=entry.name),
                    entry.key.span,
                    Message("not a key here"),
                    fix,
                )
                self._lose((*path, entry.name))

    def _missing_keys(self, error: Any, path: tuple[str | int, ...]) -> None:
        holder = find(self.root, path)
        for name in error.validator_value:
            missing = self.lost.setdefault(holder.span, set())
            if name in error.instance or name in missing:
                continue
            missing.add(name)
            key = key_node(self.root, path) if path else holder
            what = (
                Message("`{value}` has no `{name}`", value=path[-1], name=name)
                if path and isinstance(path[-1], str)
                else Message("`{name}` is missing here", name=name)
            )
            shown = key.span if isinstance(key, ScalarNode) else _first_key(holder)
            says = error.schema["properties"][name].get("description", "")
            self.report.error(
                "OF107",
                what,
                shown,
                Message("needs `{name}`", name=name),
                Message("add `{name}:` {says}", name=name, says=described(says))
                if says
                else Message("add `{name}:`", name=name),
            )

    def _value(self, error: Any, path: tuple[str | int, ...]) -> None:
        node = find(self.root, path)
        name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
        subject = (
            Message("`{name}`", name=name)
            if path and isinstance(path[-1], str)
            else Message("an item of `{name}`", name=name)
        )
        wanted = needs(error.schema)
        match error.validator:
            case "enum" | "const":
                options = (
                    [error.validator_value] if error.validator == "const" else list(error.validator_value)
                )
                self._not_an_option(node, subject, error.instance, options)
            case "minItems" | "minProperties" | "minLength":
                fix = (
                    Message("name at least one")
                    if error.validator != "minLength"
                    else Message("write {wanted}, or remove the key", wanted=wanted)
                )
                self.report.error(
                    "OF107",
                    Message("{subject} is empty", subject=subject),
                    self._span(path, node),
                    Message("nothing here"),
                    fix,
                )
            case "type" | "anyOf" if error.instance is None and _was_reported(node):
                pass
            case "type" | "anyOf" if error.instance is None:
                fix = Message("write {wanted}, or remove the key", wanted=wanted)
                self.report.error(
                    "OF107",
                    Message("{subject} has no value", subject=subject),
                    self._span(path, node),
                    Message("nothing here"),
                    fix,
                )
            case "type" | "anyOf" if error.schema.get("type") == "boolean" and isinstance(node, ScalarNode):
                self._not_a_flag(node, subject)
            case "type" | "anyOf":
                text = Message(
                    "{subject} must be {wanted}, not {said}",
                    subject=subject,
                    wanted=wanted,
                    said=said(error.instance),
                )
                self.report.error(
                    "OF107", text, _short(node), NOTHING, Message("write {wanted}", wanted=wanted)
                )
            case _:
                text = Message(
                    "{subject} must be {wanted}, not {said}",
                    subject=subject,
                    wanted=wanted,
                    said=said(error.instance),
                )
                self.report.error(
                    "OF102", text, _short(node), NOTHING, Message("write {wanted}", wanted=wanted)
                )

    def _not_a_flag(self, node: ScalarNode, subject: str) -> None:
        text = Message(
            "{subject} must be `true` or `false`, not `{value}`", subject=subject, value=node.value
        )
        self.report.error("OF107", text, node.span, NOTHING, Message("write `true` or `false`"))

    def _not_an_option(self, node: Node, subject: str, value: object, options: list[str]) -> None:
        listed = ", ".join(f"`{option}`" for option in options)
        fix = (
            Message("use one of {listed}", listed=listed)
            if len(options) > 1
            else Message("write {listed}", listed=listed)
        )
        message = (
            Message("{said} is not one of {listed}", said=said(value), listed=listed)
            if len(options) > 1
            else Message("{subject} can only be {listed}", subject=subject, listed=listed)
        )
        self.report.error("OF101", message, node.span, Message("not an option"), fix)

    def _span(self, path: tuple[str | int, ...], node: Node) -> Span:
        """The place of a value; of an empty one, its key."""
        if isinstance(node, ScalarNode) and node.raw:
            return node.span
        key = key_node(self.root, path) if path and isinstance(path[-1], str) else node
        return key.span


def _holds_names(path: tuple[str | int, ...]) -> bool:
    """Whether a part of a file declares what others name."""
    if len(path) == 1:
        return path[0] in _SECTIONS
    if path[0] == "states" and path[-2] == "states":
        return True  # a state may have held others
    return (path[0], path[-1]) in _NAMED_INSIDE


def _was_reported(node: Node) -> bool:
    """Whether an empty value stands for an alias: the reader has said so."""
    span = node.span
    return (
        isinstance(node, ScalarNode)
        and not node.raw
        and (span.line, span.column) != (span.end_line, span.end_column)
    )


def _first_key(node: Node) -> Span:
    return node.entries[0].key.span if isinstance(node, MapNode) and node.entries else node.span


def _short(node: Node) -> Span:
    """The place of a node; of one over several lines, its first line's beginning."""
    span = node.span
    if isinstance(node, MapNode) and node.entries and not node.flow:
        return node.entries[0].key.span
    if isinstance(node, ListNode) and node.items and not node.flow:
        return _short(node.items[0])
    return span
