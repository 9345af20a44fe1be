"""Repairs inside a scalar: the new text as it has to be written in the scalar's own quotes."""

from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.scalar import locate
from orderflow.diagnostics import Fix, Message

#: What ends a scalar without quotes, or would in braces; and what it may not begin with.
_SIGNS = (": ", " #", ",", "[", "]", "{", "}")
_FIRST = frozenset("\"'&*!|>%@`?-#")


def fix_within(node: ScalarNode, start: int, end: int, text: str | None, words: Message) -> Fix:
    """The repair that puts a text in place of a stretch of a scalar's value.

    Where it cannot stand without quotes, the repair is the whole scalar in quotes.

    Args:
        node: the scalar.
        start: offset of the stretch in `node.value`.
        end: the same, exclusive.
        text: what to put there; None where words alone say it.
        words: the repair in words.
    """
    if text is None or "\n" in text:
        return Fix(words)
    span = locate(node, start, end)
    match node.style:
        case "single":
            return Fix(words, span, text.replace("'", "''"))
        case "double":
            return Fix(words, span, text.replace("\\", "\\\\").replace('"', '\\"'))
        case "plain" if any(sign in text for sign in _SIGNS) or (start == 0 and text[:1] in _FIRST):
            if node.raw != node.value:
                return Fix(words)  # over several lines: the quotes would fold it otherwise
            return Fix(words, node.span, quoted(node.value[:start] + text + node.value[end:]))
    return Fix(words, span, text)


def quoted(text: str) -> str:
    """A text in single quotes.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"
