"""Comments that take a warning away: `# orderflow: ignore OF104 reason`, at the end of its line or alone above it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orderflow.compiler.comments import MARK, Comment, Comments, read_comments
from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic, Fix, Message, Severity, Span, codes, joined, nearest
from orderflow.diagnostics.selection import unknown_code

_HEAD = re.compile(rf"#[ \t]*{MARK}[ \t]*(\S*)")
_CODE = re.compile(r"[ \t]*([^\s,，、:：]+)")
_NEXT = re.compile(r"[ \t]*[,，、][ \t]*([^\s,，、:：]+)|[ \t]+(OF\d+)(?!\w)")
_SLIP = re.compile(r"[ \t]+OF\d")
_NOT_WORDS = " \t-–—:：,，、"


@dataclass(frozen=True, slots=True)
class _Ignore:
    """What a comment takes away: codes with their places in the comment, and the reason."""

    comment: Comment
    codes: Mapping[str, tuple[int, int]]
    reason: str

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch of the comment."""
        at = self.comment.span
        return Span(at.file, at.line, at.column + start, at.line, at.column + end)


def without_ignored(compiled: Compiled, folder: str | Path) -> Compiled:
    """Take away the warnings that comments ask to be ignored, and find fault with comments that do nothing.

    Args:
        compiled: what is found.
        folder: the rule set's folder. What comments of a base ignore may be right there, so that they may do nothing here.
    """
    marked = [file for file, text in compiled.sources.items() if MARK in text]
    if not marked:
        return compiled
    unread = {found.span.file for found in compiled.diagnostics if found.code == "OF901"}
    gone: set[Diagnostic] = set()
    faults: list[Diagnostic] = []
    for file in marked:
        if file in unread:
            continue
        comments = read_comments(compiled.sources[file], file)
        here = [found for found in compiled.diagnostics if found.span.file == file]
        whole = not compiled.has_errors and _is_inside(file, folder)
        for comment in comments.found:
            taken, fault = _judge(comment, comments, here, whole=whole)
            gone |= taken
            faults += fault
    kept = tuple(found for found in compiled.diagnostics if found not in gone)
    return replace(compiled, diagnostics=kept).also(tuple(faults))


def _is_inside(file: str, folder: str | Path) -> bool:
    return Path(file).resolve().is_relative_to(Path(folder).resolve())


def _judge(
    comment: Comment, comments: Comments, here: list[Diagnostic], *, whole: bool
) -> tuple[set[Diagnostic], list[Diagnostic]]:
    """What a comment takes away, and what is wrong with it.

    Args:
        comment: the comment.
        comments: all of its file.
        here: the findings in its file.
        whole: whether all warnings are known, so that one that is not there is none.
    """
    read = _read(comment)
    if not isinstance(read, _Ignore):
        return set(), [] if read is None else [read]
    if not read.codes:
        return set(), [_fault(read, Message("the comment does not say what to ignore"), _GIVE_CODE)]
    if not read.reason:
        return set(), [_fault(read, Message("the comment does not say why"), _GIVE_REASON)]
    line = _line(comment, comments)
    there = [found for found in here if line in (found.span.line, comments.begins.get(found.span.line))]
    taken: set[Diagnostic] = set()
    wrong: dict[str, Message] = {}
    for code in read.codes:
        at = [found for found in there if found.code == code]
        warnings = {found for found in at if found.severity is Severity.WARNING}
        taken |= warnings
        if code not in codes():
            wrong[code] = unknown_code(code)
        elif at and not warnings:
            wrong[code] = Message("`{code}` is an error here, and errors cannot be ignored", code=code)
        elif not at and whole:
            wrong[code] = Message("there is no `{code}` here to ignore", code=code)
    return taken, list(_wrong(read, wrong))


_GIVE_CODE = Message("name the code that is to be ignored, and why: `# orderflow: ignore OF104 reason`")
_GIVE_REASON = Message("write the reason after the code, or remove the comment")


def _read(comment: Comment) -> _Ignore | Diagnostic | None:
    """What a comment says; a finding for a slip of the finger, None for one that is just prose."""
    text = comment.text
    head = _HEAD.match(text)
    assert head is not None
    if head[1] != "ignore":
        if nearest(head[1], ("ignore",)) is None or _SLIP.match(text, head.end()) is None:
            return None
        span = _Ignore(comment, {}, "").span(*head.span(1))
        return Diagnostic(
            "OF108",
            Message("unknown word `{word}` after `orderflow:`", word=head[1]),
            span,
            Severity.WARNING,
            Message("not a word here"),
            fix=Fix(Message("replace with `{text}`", text="ignore"), span, "ignore"),
        )
    found: dict[str, tuple[int, int]] = {}
    at = head.end()
    match = _CODE.match(text, at)
    while match is not None:
        number = 1 if match[1] is not None else 2
        found[match[number].upper()] = match.span(number)
        at = match.end()
        match = _NEXT.match(text, at)
    return _Ignore(comment, found, text[at:].strip(_NOT_WORDS))


def _line(comment: Comment, comments: Comments) -> int:
    """The line that a comment is about: its own, or the first below that is no such comment."""
    line = comment.span.line
    if comment.alone:
        above = {other.span.line for other in comments.found if other.alone}
        while line in above:
            line += 1
    return line


def _wrong(read: _Ignore, wrong: Mapping[str, Message]) -> Iterator[Diagnostic]:
    """The finding about the codes of a comment that do nothing, if there are such."""
    if not wrong:
        return
    left = [code for code in read.codes if code not in wrong]
    message = joined(wrong.values(), "; ")
    if not left:
        yield _fault(read, message, Message("remove the comment"))
        return
    places = list(read.codes.values())
    span = read.span(*read.codes[next(iter(wrong))])
    stretch = read.span(places[0][0], places[-1][1])
    named = joined((Message("`{code}`", code=code) for code in wrong), " and ")
    fix = Fix(Message("remove {named} from the comment", named=named), stretch, ", ".join(left))
    yield Diagnostic("OF108", message, span, Severity.WARNING, Message("ignores nothing"), fix=fix)


def _fault(read: _Ignore, message: Message, repair: Message) -> Diagnostic:
    """A finding about a whole comment, which may be removed."""
    fix = Fix(repair, read.comment.cut, "")
    return Diagnostic(
        "OF108", message, read.comment.span, Severity.WARNING, Message("ignores nothing"), fix=fix
    )
