"""What a scalar means (YAML 1.2 core types) and where each of its characters stands in the file."""

import re
from decimal import Decimal

from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.unfold import positions
from orderflow.diagnostics.span import Span

Value = bool | int | Decimal | str | None
Data = Value | list["Data"] | dict[str, "Data"]

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
#: What a plain scalar that is no text begins with: a digit, a sign, a point, or the first letter of one of the words.
_NO_TEXT = frozenset("0123456789+-.~nNtTfF")
_MOST_DIGITS = 400  # longer is text: no field takes it, and reading it would cost time
_LINE_END = re.compile(r"\r\n|\r|\n")


def resolve(node: ScalarNode) -> Value:
    """Return what a scalar means: null, a bool, an exact number, or text.

    Only plain scalars are ever anything but text. `on`, `no`, `12:30`, `010`, `0x1F`, `.inf` and dates are
    text, and so are numbers of more than 400 digits.
    """
    value = node.value
    if node.style != "plain" or (value and value[0] not in _NO_TEXT):
        return value
    if value in _WORDS:
        return _WORDS[value]
    if len(value) > _MOST_DIGITS:
        return value
    if _INTEGER.fullmatch(value):
        return int(value)
    if _DECIMAL.fullmatch(value):
        return Decimal(value)
    return value


def plain(node: Node) -> Data:
    """Return a tree as ordinary data, keys as normalised text, for a schema validator."""
    match node:
        case ScalarNode():
            return resolve(node)
        case ListNode(items=items):
            return [plain(item) for item in items]
        case MapNode(entries=entries):
            return {entry.name: plain(entry.value) for entry in entries}


def locate(node: ScalarNode, start: int, end: int) -> Span:
    """Return where a stretch of a scalar's value stands in the file, whatever its style.

    Args:
        node: the scalar.
        start: offset of the first character in `node.value`.
        end: offset after the last one; equal to `start` for a point.
    """
    places = positions(node.value, node.style, node.raw)
    if places is None or not places:
        # no map from value to source: the whole scalar is true, if coarse
        return node.span
    length = len(places)
    start = min(max(start, 0), length)
    end = min(max(end, start), length)
    first = places[start][0] if start < length else places[-1][1]
    last = places[end - 1][1] if end > start else first
    line, column = _place(node, first)
    end_line, end_column = _place(node, last)
    return Span(node.span.file, line, column, end_line, end_column)


def _place(node: ScalarNode, offset: int) -> tuple[int, int]:
    """Return line and column of an offset into the source text of a scalar."""
    line, begin = node.span.line, 0
    for match in _LINE_END.finditer(node.raw, 0, offset):
        if match.end() > offset:
            break
        line, begin = line + 1, match.end()
    column = offset - begin + (node.span.column if begin == 0 else 1)
    return line, column
