"""Slips of the finger in keys and words: reported, and read on as if the right word stood there.

So a misspelled `transitions:` is one finding, not one for each name that then seems to be missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from orderflow.compiler.durations import meant_duration
from orderflow.compiler.nodes import Entry, ListNode, MapNode, Node, ScalarNode, find
from orderflow.compiler.report import MOST_GUESSES, Report, replace_scalar
from orderflow.compiler.words import needs, said
from orderflow.diagnostics import Fix, nearest
from orderflow.diagnostics.message import NOTHING, Message

#: How other languages call the types of fields.
_ELSEWHERE = {
    "string": "text", "str": "text", "varchar": "text", "char": "text", "int": "integer", "bigint": "integer",
    "long": "integer", "float": "decimal", "double": "decimal", "number": "decimal", "numeric": "decimal",
    "boolean": "bool", "enum": "choice", "timestamp": "datetime", "date-time": "datetime", "interval": "duration",
    "currency": "money", "geo": "location", "文本": "text", "字符串": "text", "整数": "integer", "小数": "decimal",
    "金额": "money", "日期": "date", "时间": "datetime", "布尔": "bool", "选项": "choice",
}  # fmt: skip

Steps = tuple[str | int, ...]

#: What people write for true and false where YAML 1.2 sees a text or a number.
_FLAGS = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}


def mend_slips(root: MapNode, errors: Iterable[Any], report: Report) -> MapNode:
    """Report what is most likely a slip, and put the right word in its place.

    Args:
        root: the located tree.
        errors: what the schema says against it.
        report: where the findings go.

    Returns:
        The tree with the right words, each where the wrong one stands; the same tree when there is no slip.
    """
    for error in errors:
        if len(report.found) > MOST_GUESSES:
            break
        path: Steps = tuple(error.absolute_path)
        try:
            node = find(root, path)
            mended = _mended(node, path, error, report)
            if mended is None and path and "x-keys" in error.schema and not isinstance(node, ScalarNode):
                # among free keys, one whose value is a group: it can only be one of the fixed keys
                path, node = path[:-1], find(root, path[:-1])
                assert isinstance(node, MapNode)
                mended = _keys(node, error.schema["x-keys"], report, only=str(error.absolute_path[-1]))
        except KeyError:
            continue  # it lies below a key that this round has put right: the next round sees it
        if mended is not None and mended is not node:
            put = _change(root, path, mended)
            assert isinstance(put, MapNode)
            root = put
    return root


def _mended(node: Node, path: Steps, error: Any, report: Report) -> Node | None:
    """The node with what was meant, the same node, or None where a fault is no slip."""
    schema = error.schema
    match error.validator:
        case "additionalProperties" if isinstance(node, MapNode):
            return _keys(node, schema["properties"], report)
        case "required" if isinstance(node, MapNode) and schema.get("additionalProperties"):
            # a map of free keys, such as an action: what it lacks may stand there misspelled
            missing = [name for name in error.validator_value if node.get(name) is None]
            return _keys(node, schema["properties"], report, missing)
        case "enum" | "const" if isinstance(node, ScalarNode):
            options = error.validator_value if error.validator == "enum" else [error.validator_value]
            return _option(node, path, error.instance, [str(option) for option in options], report)
        case "pattern" if isinstance(node, ScalarNode) and "x-options" in schema:
            return _word(node, path, error, report)
        case "pattern" if isinstance(node, ScalarNode) and schema.get("x-needs", "").startswith("a duration"):
            return _duration(node, path, error, report)
        case "type" if schema.get("type") == "boolean" and isinstance(node, ScalarNode):
            return _flag(node, path, report)
    return None


def _keys(
    holder: MapNode,
    properties: Iterable[str],
    report: Report,
    wanted: Sequence[str] | None = None,
    only: str | None = None,
) -> MapNode:
    """The mapping with its misspelled keys put right.

    Args:
        holder: the mapping.
        properties: the keys that it may have.
        report: where the findings go.
        wanted: the keys that may be meant; all, if left out.
        only: the one key to look at.
    """
    known = tuple(properties)
    unused = [name for name in (known if wanted is None else wanted) if holder.get(name) is None]
    entries: list[Entry] = []
    for entry in holder.entries:
        look = entry.name not in known and only in (None, entry.name)
        close = nearest(entry.name, unused) if look else None
        if close is None:
            entries.append(entry)
            continue
        unused.remove(close)
        fix = replace_scalar(entry.key, close)
        report.error(
            "OF101",
            Message("unknown key `{name}`", name=entry.name),
            entry.key.span,
            Message("not a key here"),
            fix,
        )
        entries.append(Entry(_reworded(entry.key, close), entry.value))
    same = all(new is old for new, old in zip(entries, holder.entries, strict=True))
    return holder if same else replace(holder, entries=tuple(entries))


def _option(node: ScalarNode, path: Steps, value: object, options: list[str], report: Report) -> ScalarNode:
    close = _meant(value, options) if isinstance(value, str) else None
    if close is None:
        return node
    listed = ", ".join(f"`{option}`" for option in options)
    message = Message("{said} is not one of {listed}", said=said(value), listed=listed)
    if len(options) == 1:
        name = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
        message = Message("`{name}` can only be {listed}", name=name, listed=listed)
    report.error("OF101", message, node.span, Message("not an option"), replace_scalar(node, close))
    return _reworded(node, close)


def _meant(word: str, options: list[str]) -> str | None:
    """The option that a word is a slip of, or another language's word for."""
    same = _ELSEWHERE.get(word.lower())
    return same if same in options else nearest(word, options)


def _word(node: ScalarNode, path: Steps, error: Any, report: Report) -> ScalarNode:
    close = nearest(node.value, error.schema["x-options"])
    if close is None:
        return node
    holder = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    text = Message(
        "an item of `{holder}` must be {value}, not {said}",
        holder=holder,
        value=error.schema["x-needs"],
        said=said(error.instance),
    )
    report.error("OF102", text, node.span, NOTHING, replace_scalar(node, close))
    return _reworded(node, close)


def _duration(node: ScalarNode, path: Steps, error: Any, report: Report) -> ScalarNode:
    meant = meant_duration(node.value)
    if meant is None:
        return node
    text = Message(
        "{subject} must be {wanted}, not {said}",
        subject=Message("`{name}`", name=str(path[-1]) if path else "the file"),
        wanted=needs(error.schema),
        said=said(error.instance),
    )
    report.error("OF102", text, node.span, NOTHING, replace_scalar(node, meant))
    return _reworded(node, meant)


def _flag(node: ScalarNode, path: Steps, report: Report) -> ScalarNode:
    """`yes` and `on` are texts in YAML 1.2, and so is `"true"`."""
    word = node.value.lower()
    meant = _FLAGS.get(word) or (word if word in ("true", "false") else nearest(word, ("true", "false")))
    if meant is None:
        return node
    subject = next((str(step) for step in reversed(path) if isinstance(step, str)), "the file")
    text = Message("`{subject}` must be `true` or `false`, not `{value}`", subject=subject, value=node.value)
    report.error(
        "OF107",
        text,
        node.span,
        NOTHING,
        Fix(Message("replace with `{meant}`", meant=meant), node.span, meant),
    )
    return replace(_reworded(node, meant), style="plain")


def _reworded(node: ScalarNode, word: str) -> ScalarNode:
    """The node, in its place, as if it said another word."""
    return replace(node, value=word, raw=word)


def _change(node: Node, path: Steps, new: Node) -> Node:
    """The tree with another node at a path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    match node:
        case MapNode(entries=entries):
            changed = [
                Entry(entry.key, _change(entry.value, rest, new)) if entry.name == step else entry
                for entry in entries
            ]
            return replace(node, entries=tuple(changed))
        case ListNode(items=items):
            return replace(
                node,
                items=tuple(
                    _change(item, rest, new) if at == step else item for at, item in enumerate(items)
                ),
            )
    return node


def without(node: Node, path: Steps, gone: set[Steps]) -> Node:
    """The tree without the parts at the given paths."""
    match node:
        case MapNode(entries=entries):
            kept = [
                Entry(entry.key, without(entry.value, (*path, entry.name), gone))
                for entry in entries
                if (*path, entry.name) not in gone
            ]
            return replace(node, entries=tuple(kept))
        case ListNode(items=items):
            left = [
                without(item, (*path, at), gone) for at, item in enumerate(items) if (*path, at) not in gone
            ]
            return replace(node, items=tuple(left))
    return node
