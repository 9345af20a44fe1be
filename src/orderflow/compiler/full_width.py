"""Commas, colons and spaces of Chinese keyboards and word processors where YAML needs its own: `{type：money， default: 0}`."""

import re

from orderflow.compiler.characters import Lines
from orderflow.compiler.nodes import Entry, ScalarNode
from orderflow.compiler.report import Report
from orderflow.diagnostics import Diagnostic, Fix, Message, Span

# a comma with a key behind it: `，by: `
_COMMA = re.compile(r"[，、；](?= *[A-Za-z_]\w*(?:: |：))")
_KEY = re.compile(r"(?P<key>[^\W\d]\w*) ?： ?(?P<value>\S.*)", re.DOTALL)

_INDENT = re.compile(r"^[ \t]*[\u00a0\u2000-\u200a\u202f\u205f\u3000][\s]*(?=\S)")
_BEHIND_COLON = re.compile(
    r"^ *(?:- +)?[^\s:#'\"\[\]{},]+:(?P<space>[\u00a0\u2000-\u200a\u202f\u205f\u3000]+ *)(?=\S)"
)
#: So many lines before the one where libyaml gives up may have made it do so.
_LINES = 4


def odd_space(at: int, text: str, lines: Lines) -> Diagnostic | None:
    """The finding for a space that is none to YAML, in an indentation or behind a colon; None where there is none.

    Args:
        at: where libyaml could not go on.
        text: the file.
        lines: its lines.
    """
    for _ in range(_LINES):
        start = text.rfind("\n", 0, at) + 1
        line_end = text.find("\n", start)
        line = text[start : len(text) if line_end < 0 else line_end]
        match = _BEHIND_COLON.match(line)
        if match:
            span = lines.span(start + match.start("space"), start + match.end("space"))
            fix = Fix(Message("write an ordinary space"), span, " ")
            return _found(Message("a space behind a colon that is no ordinary one"), span, fix)
        match = _INDENT.match(line)
        if match:
            span = lines.span(start, start + match.end())
            fix = Fix(Message("indent with spaces, two a level"))
            return _found(Message("a space in the indentation that is no ordinary one"), span, fix)
        if start == 0:
            break
        at = start - 1
    return None


def _found(words: Message, span: Span, fix: Fix) -> Diagnostic:
    message = Message("not YAML: {words}", words=words)
    return Diagnostic("OF901", message, span, note=Message("full width, or never broken"), fix=fix)


def full_width_comma(begin: int, at: int, text: str, lines: Lines) -> Diagnostic | None:
    """The finding for a full-width comma before a key in braces; None where there is none.

    Args:
        begin: where the braces open, or the line begins.
        at: where libyaml could not go on.
        text: the file.
        lines: its lines.
    """
    line_end = text.find("\n", at)
    found = [
        match
        for match in _COMMA.finditer(text, begin, len(text) if line_end < 0 else line_end)
        if not any(text.count(quote, begin, match.start()) % 2 for quote in "\"'")
    ]
    if not found or found[0].start() > at:
        return None
    first, end = found[0].start(), found[-1].end()
    places = {match.start() for match in found}
    better = "".join(
        (", " if text[place + 1 : place + 2] != " " else ",") if place in places else text[place]
        for place in range(first, end)
    )
    span = lines.span(first, first + 1)
    return Diagnostic(
        "OF901",
        Message("not YAML: {words}", words=Message("a full-width comma between two keys")),
        span,
        note=Message("full width"),
        fix=Fix(Message("write `, ` between keys"), lines.span(first, end), better),
    )


def split_key(entry: Entry, report: Report) -> Entry:
    """An entry of braces whose key has a full-width colon, as `type：money`: reported, and taken apart; else the entry.

    Args:
        entry: the key and its value.
        report: where the findings go.
    """
    key, value = entry.key, entry.value
    if "：" not in key.value or key.style != "plain" or not isinstance(value, ScalarNode) or value.raw:
        return entry
    match = _KEY.fullmatch(key.raw)
    if match is None:
        return entry
    start = key.span.column + match.end("key")
    behind = key.span.column + match.start("value")
    colon = Span(key.span.file, key.span.line, start, key.span.line, behind)
    fix = Fix(Message("write `: ` after `{value}`", value=match["key"]), colon, ": ")
    words = Message("a full-width colon after a key")
    report.error("OF901", Message("not YAML: {words}", words=words), colon, Message("full width"), fix)
    name = Span(key.span.file, key.span.line, key.span.column, key.span.line, start)
    rest = Span(key.span.file, key.span.line, behind, key.span.end_line, key.span.end_column)
    return Entry(
        ScalarNode(match["key"], "plain", name, match["key"]),
        ScalarNode(match["value"], "plain", rest, match["value"], key.comment),
    )
