"""Expressions without quotes in `{...}` that YAML cannot read there: `{when: channel in ["douyin"], to: paid}`."""

import re

from orderflow.compiler.characters import Lines
from orderflow.compiler.written import quoted
from orderflow.diagnostics import Diagnostic, Fix, Message

_VALUE_BEFORE = re.compile(r"(?P<key>[^\s:{},\[\]\"']+): +(?=[^\s\"'\[{|>&*!%@`#])")
_PAIRS = {"(": ")", "[": "]"}


def unquoted_expression(at: int, text: str, lines: Lines) -> Diagnostic | None:
    """The finding for an expression in braces that holds brackets or texts in quotes, and is not in quotes itself.

    Args:
        at: where libyaml could not go on, inside braces.
        text: the file.
        lines: its lines.
    """
    begin = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    keys = [match for match in _VALUE_BEFORE.finditer(text, begin, at + 1) if match.end() <= at]
    if not keys:
        return None
    start = keys[-1].end()
    end = _end(text, start)
    if end is None or end <= at:
        return None
    source = text[start:end].rstrip()
    return Diagnostic(
        "OF106",
        Message("the expression of `{name}` needs quotes inside braces", name=keys[-1]["key"]),
        lines.span(start, start + len(source)),
        note=Message("brackets, quotes and commas mean something else to YAML here"),
        fix=Fix(
            Message("put the whole expression in quotes, or write the keys on lines of their own"),
            lines.span(start, start + len(source)),
            quoted(source),
        ),
    )


def _end(text: str, start: int) -> int | None:
    """Where an expression ends that a comma or a brace follows, brackets and quotes closed; None where none does."""
    open_: list[str] = []
    quote = ""
    for place in range(start, len(text)):
        sign = text[place]
        if sign in "\r\n":
            return None
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in _PAIRS:
            open_.append(_PAIRS[sign])
        elif open_ and sign == open_[-1]:
            open_.pop()
        elif not open_ and sign in ",}":
            return place
        elif sign in ")]{}":
            return None
    return None
