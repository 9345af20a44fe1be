"""What a file that is not YAML most likely wanted to say."""

import re
from dataclasses import dataclass

from orderflow.compiler.characters import Lines
from orderflow.compiler.full_width import full_width_comma, odd_space
from orderflow.compiler.unquoted import unquoted_expression
from orderflow.diagnostics.diagnostic import Diagnostic, Fix, Label
from orderflow.diagnostics.message import NOTHING, Message

# `to:paid`, but not `https://...`, and nothing that has a proper colon before
_TIGHT_KEY = re.compile(
    r"^(?P<indent>[ \t]*(?:- +)?)(?P<key>[^\s:#'\"\[\]{},&*!|>%@`：]+)(?::(?=[^\s:/])|：)"
)
_VALUE = re.compile(r"^[ \t]*(?:- +)?(?:\"[^\"]*\"|'[^']*'|[^\s:#][^:#]*?):[ \t]+(?P<value>\S.*?)[ \t]*$")
_CONFLICT = re.compile(r"^(?:<{7} .*|={7}|>{7} .*)$", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]#")
_PLAIN_WORDS = (
    ("found character that cannot start any token", Message("a character that no value begins with")),
    ("did not find expected node content", Message("a value is missing here")),
    ("did not find expected <document start>", Message("this does not belong to anything above it")),
    ("did not find expected comment or line break", Message("text behind `|` or `>`")),
    ("did not find expected key", Message("a key is missing here")),
    ("did not find expected '-' indicator", Message("a list item is missing here")),
    ("found undefined tag handle", Message("a tag that is not known")),
    ("found incompatible YAML document", Message("a version of YAML that is not 1.1 or 1.2")),
    ("did not find expected alphabetic or numeric", Message("an alias or anchor without a name")),
    ("mapping keys are not allowed in this context", Message("a `?` key is not allowed here")),
    ("block sequence entries are not allowed in this context", Message("a list item is not allowed here")),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What libyaml says of a file that it cannot read: positions count characters from 0."""

    problem: str
    at: int
    context: str = ""
    context_at: int | None = None


def explain(fault: Fault, text: str, lines: Lines) -> Diagnostic:
    """Return the finding for a syntax fault, with a repair for the common ones."""
    for hint in _HINTS:
        found = hint(fault, text, lines)
        if found is not None:
            return found
    words = next((plain for start, plain in _PLAIN_WORDS if fault.problem.startswith(start)), None)
    if words is None:
        words = Message("{problem}", problem=fault.problem)
    at = fault.at
    # a line end has no width of its own
    end = at if text[at : at + 1] in ("", "\r", "\n") else at + 1
    fix = Fix(Message("look at the indentation, the brackets and the quotes here and on the line above"))
    return _not_yaml(words, at, end, lines, fix=fix)


def _not_yaml(
    words: Message, start: int, end: int, lines: Lines, note: Message = NOTHING, fix: Fix | None = None
) -> Diagnostic:
    return Diagnostic(
        "OF901", Message("not YAML: {words}", words=words), lines.span(start, end), note=note, fix=fix
    )


def _line(text: str, at: int) -> tuple[int, int]:
    """Return where the line of a position starts and ends."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
    return start, min(ends, default=len(text))


def _conflict(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    match = _CONFLICT.search(text, 0, _line(text, fault.at)[1])
    if match is None:
        return None
    fix = Fix(
        Message("keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`")
    )
    words = Message("two versions of the file were put together, and nobody chose between them")
    return _not_yaml(words, match.start(), match.end(), lines, Message("a mark of version control"), fix)


def _odd_space(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    return odd_space(fault.at, text, lines)


def _tab(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    start, end = _line(text, fault.at)
    line = text[start:end]
    lead = line[: len(line) - len(line.lstrip())]
    at = lead.find("\t")
    if at < 0:
        return None
    fix = Fix(Message("indent with spaces, two a level; set the editor to insert spaces for the tab key"))
    return _not_yaml(
        Message("a tab in the indentation"), start + at, start + len(lead), lines, Message("a tab"), fix
    )


def _open_quote(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    if "quoted scalar" not in fault.context or not fault.problem.startswith("found unexpected end of stream"):
        return None
    start = fault.context_at or 0
    quote = text[start : start + 1]
    fix = Fix(Message("close the text with `{quote}`", quote=quote))
    return _not_yaml(
        Message("a quote is opened and never closed"), start, start + 1, lines, Message("opened here"), fix
    )


def _tight_key(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    """A key without a space after its colon: on the line of the fault, or on one of those before it."""
    if not fault.problem.startswith(("mapping values are not allowed", "could not find expected ':'")):
        return None
    at = fault.at
    for _ in range(4):
        start, end = _line(text, at)
        match = _TIGHT_KEY.match(text[start:end])
        if match:
            colon = start + match.end() - 1
            place = lines.span(colon, colon + 1)
            if text[colon] == "：":
                fix = Fix(Message("write `: ` after `{value}`", value=match["key"]), place, ": ")
                return _not_yaml(
                    Message("a full-width colon after a key"),
                    colon,
                    colon + 1,
                    lines,
                    Message("full width"),
                    fix,
                )
            fix = Fix(Message("write a space after the colon of `{value}`", value=match["key"]), place, ": ")
            return _not_yaml(
                Message("a key without a space after its colon"),
                colon,
                colon + 1,
                lines,
                Message("no space"),
                fix,
            )
        if start == 0:
            break
        at = start - 1
        if text[at - 1 : at + 1] == "\r\n":
            at -= 1
    return None


def _no_colon(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    if not fault.problem.startswith("could not find expected ':'") or fault.context_at is None:
        return None
    end = _line(text, fault.context_at)[1]
    fix = Fix(Message("write `key: value`, or join it to the text above by indenting it"))
    return _not_yaml(Message("a line without a colon"), fault.context_at, end, lines, Message("no key"), fix)


def _after_quote(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    start, end = _line(text, fault.at)
    before = text[start : fault.at].rstrip()
    if not fault.problem.startswith("did not find expected") or not before.endswith(("'", '"')):
        return None
    opened = _opened_before(text, start, before)
    if opened is not None:
        fix = Fix(
            Message("close the text with `{quote}`, on the line that it is opened on", quote=before[-1])
        )
        words = Message("a quote is opened here, and the next one stands lines below")
        return _not_yaml(words, opened, opened + 1, lines, Message("opened here"), fix)
    other = "'" if before[-1] == '"' else '"'
    fix = Fix(
        Message(
            "put the whole text in quotes of the other kind, `{other}`, or double the quote inside it",
            other=other,
        )
    )
    return _not_yaml(
        Message("text goes on after a closing quote"), fault.at, end, lines, Message("after the quote"), fix
    )


def _opened_before(text: str, start: int, before: str) -> int | None:
    """Where the quote that closes at the end of a line's beginning was opened, if that is on an earlier line."""
    quote = before[-1]
    if before.count(quote) % 2 == 0:
        return None
    while start > 0:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        if text.count(quote, start, end) % 2:
            return text.rfind(quote, start, end)
    return None


def _colon_in_text(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    if not fault.problem.startswith("mapping values are not allowed"):
        return None
    start, end = _line(text, fault.at)
    match = _VALUE.match(text[start:end])
    if match and start + match.start("value") < fault.at:
        fix = Fix(Message("put the whole text in quotes"))
        return _not_yaml(
            Message("a colon with a space inside text"),
            fault.at,
            fault.at + 1,
            lines,
            Message("begins a value"),
            fix,
        )
    fix = Fix(Message("align it with the keys beside it, or remove the value from the key above"))
    first = start + len(text[start:end]) - len(text[start:end].lstrip())
    return _not_yaml(
        Message("a key below one that has a value already"),
        first,
        fault.at,
        lines,
        Message("nested too deep"),
        fix,
    )


def _unquoted(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    """An expression with brackets or quotes of its own inside braces."""
    if "flow mapping" not in fault.context or not fault.problem.startswith("did not find expected"):
        return None
    begin = max(_line(text, fault.at)[0], fault.context_at or 0)
    found = full_width_comma(begin, fault.at, text, lines)
    if found is not None:
        return found
    return unquoted_expression(fault.at, text, lines)


def _open_bracket(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    if fault.context_at is None or not fault.problem.startswith("did not find expected ',' or"):
        return None
    opened = text[fault.context_at : fault.context_at + 1]
    closing = {"[": "]", "{": "}"}.get(opened, "")
    label = Label(lines.span(fault.context_at, fault.context_at + 1), Message("opened here"))
    if _COMMENT.search(text, fault.context_at, fault.at):
        fix = Fix(
            Message(
                "` #` begins a comment and cuts what follows on the line; put text that holds it in quotes"
            )
        )
    else:
        fix = Fix(
            Message(
                "close it with `{closing}`, or put text that holds `: `, brackets or braces in quotes",
                closing=closing,
            )
        )
    return Diagnostic(
        "OF901",
        Message("not YAML: `{opened}` is not closed before this", opened=opened),
        lines.span(fault.at, min(fault.at + 1, len(text))),
        note=Message("expected `,` or `{closing}`", closing=closing),
        labels=(label,),
        fix=fix,
    )


def _start(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    char = text[fault.at : fault.at + 1]
    if not fault.problem.startswith("found character that cannot start") or not char.strip():
        return None
    fix = Fix(Message("put the text in quotes"))
    shown = Message("a backtick") if char == "`" else Message("`{char}`", char=char)
    return _not_yaml(
        Message("no value begins with {shown}", shown=shown), fault.at, fault.at + 1, lines, fix=fix
    )


def _escape(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    if "escape c" not in fault.problem:
        return None
    at = text.rfind("\\", 0, fault.at + 1)
    shown = text[at : at + 2]
    # before a letter or a bracket, as patterns have it, a backslash is meant; before a line end it is not known
    place = lines.span(at, at + 1) if shown[1:].isprintable() and shown[1:].isascii() else None
    words = Message("write `\\{shown}` for a backslash, or use single quotes", shown=shown)
    fix = Fix(words, place, "\\\\" if place else None)
    end = min(at + 2, len(text))
    return _not_yaml(Message("`{shown}` is no escape in double quotes", shown=shown), at, end, lines, fix=fix)


def _indent(fault: Fault, text: str, lines: Lines) -> Diagnostic | None:
    start, end = _line(text, fault.at)
    if not fault.problem.startswith("did not find expected") or "block" not in fault.context:
        return None
    if text[start : fault.at].strip() or "node" in fault.context:
        return None
    item = "'-'" in fault.problem
    words = (
        Message("this is no item of the list above")
        if item
        else Message("this does not line up with the keys above")
    )
    fix = Fix(
        Message("begin it with `- ` or indent it as a part of the item")
        if item
        else Message("align it with the keys beside it")
    )
    found = _not_yaml(words, fault.at, end, lines, Message("indented differently"), fix)
    if fault.context_at is None:
        return found
    label = Label(lines.span(fault.context_at, fault.context_at + 1), Message("begun here"))
    return Diagnostic(found.code, found.message, found.span, note=found.note, labels=(label,), fix=fix)


# the first that knows the fault answers
_HINTS = (
    _conflict,
    _tab,
    _odd_space,
    _open_quote,
    _tight_key,
    _no_colon,
    _unquoted,
    _after_quote,
    _colon_in_text,
    _open_bracket,
    _start,
    _escape,
    _indent,
)
