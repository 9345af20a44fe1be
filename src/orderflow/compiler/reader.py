"""A rule file's bytes into a located tree, safe with any input.

libyaml's event stream is walked without recursion and under limits: its own composers crash or blow up on
hostile files. Every fault that can be read past is collected; a file is left only where nothing sure follows.
"""

import re
from dataclasses import dataclass, field, replace

import yaml

from orderflow.compiler.characters import (
    MAX_BYTES,
    PLACEHOLDER,
    Lines,
    bad_escape,
    decode,
    first_bad,
    scan,
    without_bad,
)
from orderflow.compiler.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    Style,
    find,
    key_node,
    name_of,
)
from orderflow.compiler.scalar import locate, plain, resolve
from orderflow.compiler.syntax import Fault, explain
from orderflow.diagnostics.diagnostic import Diagnostic, Fix, Label
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.diagnostics.span import Span

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Entry",
    "ListNode",
    "MapNode",
    "Node",
    "ScalarNode",
    "decode",
    "find",
    "key_node",
    "locate",
    "name_of",
    "plain",
    "read",
    "resolve",
]

MAX_DEPTH = 40
MAX_NODES = 100_000
_MOST_FAULTS = 100  # of one file; a file with more is not looked through to its end

_STYLES: dict[str | None, Style] = {
    None: "plain",
    "": "plain",
    "'": "single",
    '"': "double",
    "|": "literal",
    ">": "folded",
}
_PROPERTIES = re.compile(r"(?:[!&]\S*\s*(?:#[^\r\n]*\s*)*){0,2}")
# one that asks for a warning to be ignored is surely meant as a comment
_COMMENT_AFTER = re.compile(r"[ \t]+#(?![ \t]*orderflow:[ \t]*ignore\b)")
_BLANKS = frozenset(" \t")


def read(source: str | bytes, file: str) -> tuple[MapNode | None, list[Diagnostic]]:
    """Read a rule file into a located tree.

    Aliases, tags, merge keys and repeated keys are reported and left out of the tree, so that the rest can be
    checked.

    Args:
        source: the bytes of the file, which must be UTF-8, or its text.
        file: the path that spans name, as the user gave it.

    Returns:
        The tree, or None when there is none to go on with; and every finding in file order.
    """
    text, refused = decode(source, file)
    if refused is not None:
        return None, [refused]
    lines = Lines(text, file)
    clean, found = scan(text, lines)
    if clean is None:
        return None, found
    text = clean
    bad_lines = {bad.span.line for bad in found}
    walk = _Walk(text, lines, found)
    try:
        root = walk.run()
    except yaml.MarkedYAMLError as error:
        root = None
        syntax = explain(_fault(error), text, lines)
        # what follows a bad character on its line is mostly its doing
        if syntax.span.line not in bad_lines:
            found.append(syntax)
    except yaml.YAMLError:
        root = None
        fix = Fix(Message("see whether this is the right file"))
        found.append(Diagnostic("OF901", Message("not YAML"), Span(file, 1, 1, 1, 1), fix=fix))
    except _StopReadingError:
        root = None
    return root, sorted(found, key=lambda diagnostic: diagnostic.sort_key)


class _StopReadingError(Exception):
    """Nothing sure can be read beyond this point."""


def _fault(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    context_at = error.context_mark.index if error.context_mark else None
    return Fault(error.problem or "", mark.index if mark else 0, error.context or "", context_at)


def _reach(event: yaml.Event) -> tuple[int, int]:
    """Return where an event starts and ends in the text; libyaml counts characters, not bytes."""
    start, end = event.start_mark, event.end_mark
    return (start.index if start else 0, end.index if end else 0)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read."""

    start: int
    flow: bool
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    keys: dict[str, ScalarNode] = field(default_factory=dict)
    key: ScalarNode | None = None
    has_key: bool = False  # a key was read, perhaps one that was refused
    last: int = 0  # where its last child ended


class _Walk:
    """One walk over the events of a file."""

    def __init__(self, text: str, lines: Lines, found: list[Diagnostic]) -> None:
        self._text = text
        self._lines = lines
        self._found = found
        self._marred = bool(found)
        self._open: list[_Open] = []
        self._root: Node | None = None
        self._nodes = 0

    def run(self) -> MapNode | None:
        """Return the mapping at the top of the file, or None after a finding that says why there is none."""
        self._read()
        root = self._root
        nothing = isinstance(root, MapNode) and not root.entries and not self._found  # `{}`
        if root is None or nothing or (isinstance(root, ScalarNode) and not root.raw):
            self._report(
                "OF901",
                Message("the file is empty"),
                0,
                0,
                fix=Fix(Message("say what it defines, such as `entity: order`")),
            )
            return None
        if not isinstance(root, MapNode):
            message = Message("a rule file is a mapping: keys, each with a value")
            self._found.append(
                Diagnostic(
                    "OF107",
                    message,
                    root.span,
                    note=Message("no key"),
                    fix=Fix(Message("begin with what it defines")),
                )
            )
            return None
        return root

    def _read(self) -> None:
        loader = getattr(yaml, "CLoader", yaml.Loader)(self._text)
        get_event = loader.get_event
        documents = 0
        try:
            while (event := get_event()) is not None:
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    self._scalar(event)
                elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                    self._start(event)
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    self._end(event)
                elif kind is yaml.AliasEvent:
                    self._alias(event)
                elif kind is yaml.DocumentStartEvent:
                    documents += 1
                    self._document(event, documents)
        finally:
            loader.dispose()

    def _report(
        self,
        code: str,
        message: Message,
        start: int,
        end: int,
        note: Message = NOTHING,
        fix: Fix | None = None,
    ) -> None:
        self._add(Diagnostic(code, message, self._lines.span(start, end), note=note, fix=fix))

    def _add(self, found: Diagnostic) -> None:
        self._found.append(found)
        if len(self._found) > _MOST_FAULTS:
            self._found[-1] = Diagnostic(
                "OF901",
                Message(
                    "more than {MOST_FAULTS} faults in this file; the rest is not read",
                    MOST_FAULTS=_MOST_FAULTS,
                ),
                found.span,
                fix=Fix(Message("mend those above first, or see whether this is the right file")),
            )
            raise _StopReadingError

    def _document(self, event: yaml.DocumentStartEvent, count: int) -> None:
        at = _reach(event)[0]
        if count > 1:
            fix = Fix(Message("put the second document in a file of its own"))
            self._report(
                "OF901", Message("several documents in one file"), at, at + 3, Message("a second one"), fix
            )
            raise _StopReadingError
        if event.tags:
            self._report(
                "OF901", Message("tags are not allowed"), at, at + 4, fix=Fix(Message("remove the %TAG line"))
            )

    def _begin(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, end: int) -> int:
        """Count a node, refuse its tag and anchor, and return where its own text starts."""
        self._nodes += 1
        start = _reach(event)[0]
        if self._nodes > MAX_NODES:
            self._report(
                "OF901",
                Message("too large: more than {MAX_NODES:,} values in one file", MAX_NODES=MAX_NODES),
                start,
                start,
                fix=Fix(Message("split it: each file of the folder may define a part")),
            )
            raise _StopReadingError
        tag = event.tag
        if tag is None and event.anchor is None:
            return start
        match = _PROPERTIES.match(self._text, start)
        own = min(match.end() if match else start, max(end, start))
        shown_end = start + len(self._text[start:own].rstrip())
        if tag is not None:
            fix = Fix(
                Message(
                    "remove it; in an expression write `not` for `!`, and put text that begins with `!` in quotes"
                )
            )
            self._report("OF901", Message("tags are not allowed"), start, shown_end, Message("a tag"), fix)
        if event.anchor is not None:
            fix = Fix(Message("remove it and write the value out where it is needed"))
            self._report(
                "OF901", Message("anchors are not allowed"), start, shown_end, Message("an anchor"), fix
            )
        return own

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        end = _reach(event)[1]
        start = self._begin(event, end)
        style = _STYLES[event.style]
        raw = self._text[start:end]
        shown_end = start + len(raw.rstrip()) if style in ("literal", "folded") else end
        comment = self._text[end : end + 1] in _BLANKS and _COMMENT_AFTER.match(self._text, end) is not None
        node = ScalarNode(event.value, style, self._lines.span(start, shown_end), raw, comment)
        if style == "double":
            bad = first_bad(node.value)
            if bad is not None:
                self._add(bad_escape(node.value[bad], locate(node, bad, bad + 1)))
                node = replace(node, value=without_bad(node.value))
        if self._marred and PLACEHOLDER in raw:
            # a name with an invisible character in it, which has been reported, is the name without it
            node = replace(node, value=node.value.replace(PLACEHOLDER, ""))
        self._put(node, shown_end)

    def _alias(self, event: yaml.AliasEvent) -> None:
        start, end = _reach(event)
        self._nodes += 1
        top = self._open[-1] if self._open else None
        # `<<: *base` has been reported as a merge key
        if not (top and top.is_map and top.has_key and top.key is None):
            fix = Fix(Message("write the value out; put an expression that begins with `*` in quotes"))
            self._report("OF901", Message("aliases are not allowed"), start, end, Message("an alias"), fix)
        self._put(ScalarNode("", "plain", self._lines.span(start, end), ""), end)

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        start = self._begin(event, len(self._text))
        if len(self._open) == MAX_DEPTH:
            self._report(
                "OF901",
                Message("too deep: more than {MAX_DEPTH} levels", MAX_DEPTH=MAX_DEPTH),
                start,
                start + 1,
                Message("one level too many"),
                Fix(Message("rules nest a few levels deep: look for brackets that are never closed")),
            )
            raise _StopReadingError
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_Open(start, bool(event.flow_style), is_map, last=start))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        # a block ends where its last child does; its event stands at the next token, lines below
        end = _reach(event)[1] if done.flow else done.last
        span = self._lines.span(done.start, end)
        if done.is_map:
            self._put(MapNode(tuple(done.entries), span, done.flow), end)
        else:
            self._put(ListNode(tuple(done.items), span, done.flow), end)

    def _put(self, node: Node, end: int) -> None:
        """Hand a finished node to what holds it."""
        if not self._open:
            self._root = node
            return
        top = self._open[-1]
        top.last = max(top.last, end)
        if not top.is_map:
            top.items.append(node)
        elif not top.has_key:
            top.key = self._key(node, top)
            top.has_key = True
        else:
            if top.key is not None:
                top.entries.append(Entry(top.key, node))
            top.key, top.has_key = None, False

    def _key(self, node: Node, top: _Open) -> ScalarNode | None:
        """Return a key that may stand, or None after a finding."""
        if not isinstance(node, ScalarNode):
            fix = Fix(Message("put a text that begins with a brace or bracket in quotes"))
            self._add(
                Diagnostic(
                    "OF107",
                    Message("a key must be a name or a text"),
                    node.span,
                    note=Message("no name"),
                    fix=fix,
                )
            )
            return None
        if node.style == "plain" and node.value == "<<":
            fix = Fix(Message("write the keys out, or use `extends:` for a whole rule set"))
            self._add(
                Diagnostic(
                    "OF901",
                    Message("merge keys are not allowed"),
                    node.span,
                    note=Message("a merge key"),
                    fix=fix,
                )
            )
            return None
        name = name_of(node)
        first = top.keys.setdefault(name, node)
        if first is node:
            return node
        if first.value == node.value:
            message = Message("`{value}` is defined twice", value=node.value)
        else:
            message = Message(
                "`{value}` is the same name as `{value2}` (by Unicode's NFKC)",
                value=node.value,
                value2=first.value,
            )
        self._add(
            Diagnostic(
                "OF105",
                message,
                node.span,
                note=Message("again here"),
                labels=(Label(first.span, Message("first here")),),
                fix=Fix(Message("remove or rename one of them")),
            )
        )
        return None
