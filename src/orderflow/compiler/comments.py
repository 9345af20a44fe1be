"""The comments of a rule file that begin with `orderflow:`, and the lines that they stand for."""

import re
from bisect import bisect_right
from dataclasses import dataclass

import yaml

from orderflow.compiler.characters import Lines
from orderflow.diagnostics.span import Span

#: What a file must hold for it to be looked at closer.
MARK = "orderflow:"

_COMMENT = re.compile(r"#[ \t]*orderflow:[^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment.

    Args:
        text: the comment from its `#` on, without blanks at its end.
        span: where it stands.
        alone: whether nothing but blanks stands before it on its line.
        cut: the stretch to remove with it: the blanks before it, or its whole line.
    """

    text: str
    span: Span
    alone: bool
    cut: Span


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a file.

    Args:
        found: in the order in which they stand.
        begins: for each line within a text over several lines, the line on which that text begins.
    """

    found: tuple[Comment, ...]
    begins: dict[int, int]


NO_COMMENTS = Comments((), {})


def read_comments(text: str, file: str) -> Comments:
    """Read the comments that begin with `orderflow:`; not a `#` inside of a text.

    Args:
        text: the text of the file, with whose YAML the reader has found no fault.
        file: the path that spans name.
    """
    if MARK not in text:
        return NO_COMMENTS
    lines = Lines(text, file)
    texts = _texts(text)
    starts = [each.start for each in texts]
    found = []
    for match in _COMMENT.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        end = texts[before].end if before >= 0 else 0
        # between two texts stand signs and comments only, so the first `#` on the line begins one
        line = max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1
        if match.start() >= end and "#" not in text[max(line, end) : match.start()]:
            found.append(_comment(text, match, line, lines))
    begins: dict[int, int] = {}
    for each in texts:
        span = lines.span(each.first, each.end)
        begins.update(dict.fromkeys(range(span.line + 1, span.end_line + 1), span.line))
    return Comments(tuple(found), begins)


@dataclass(frozen=True, slots=True)
class _Text:
    """A scalar: its first character, where what may hold a `#` starts (behind the head line of a block), its end."""

    first: int
    start: int
    end: int


def _texts(text: str) -> list[_Text]:
    """The scalars of a file in order; as far as it can be read."""
    found = []
    try:
        for token in yaml.scan(text, Loader=getattr(yaml, "CLoader", yaml.Loader)):
            if isinstance(token, yaml.ScalarToken):
                first, end = token.start_mark.index, token.end_mark.index
                start = first
                if token.style in ("|", ">"):
                    head = _LINE_END.search(text, first)
                    start = min(head.end(), end) if head is not None else end
                    end = max(len(text[:end].rstrip()), start)
                found.append(_Text(first, start, end))
    except yaml.YAMLError:
        pass
    return found


def _comment(text: str, match: re.Match[str], line: int, lines: Lines) -> Comment:
    start, end = match.span()
    words = match[0].rstrip()
    before = text[line:start].rstrip()
    if before:
        cut = lines.span(line + len(before), end)
    else:
        line_end = _LINE_END.match(text, end)
        cut = lines.span(line, line_end.end() if line_end is not None else end)
    return Comment(words, lines.span(start, start + len(words)), not before, cut)
