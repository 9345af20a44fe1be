"""Bytes to text that is safe to parse: encoding, size, and characters that no rule file may hold."""

import re
from bisect import bisect_right
from itertools import islice

from orderflow.diagnostics.diagnostic import Diagnostic, Fix
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.span import Span

MAX_BYTES = 1 << 20
PLACEHOLDER = "\ufffd"
MOST_SHOWN = 20  # bad characters reported one by one; more of them is no text file

# Controls but tab and line ends; NEL, LS, PS, which some YAML readers take for line ends and others do not;
# marks that reorder or hide text on a screen (Trojan Source, CVE-2021-42574); what is no character at all.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff]"
)
_NAMES = {
    "\x85": "next line (NEL)",
    "\u2028": "line separator (LS)",
    "\u2029": "paragraph separator (PS)",
    "\u200b": "zero-width space",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
}
_LINE_END = re.compile(r"\r\n|\r|\n")


class Lines:
    """The line starts of a text, to turn positions into lines and columns."""

    __slots__ = ("_file", "_starts")

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters from `start` to before `end`."""
        starts = self._starts
        line = end_line = bisect_right(starts, start)
        end = max(start, end)
        if line < len(starts) and end >= starts[line]:
            end_line = bisect_right(starts, end, line)
        return Span(self._file, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)


def decode(source: str | bytes, file: str) -> tuple[str, Diagnostic | None]:
    """Return the text of a file without its byte order mark.

    Args:
        source: the file's bytes, which must be UTF-8, or its text.
        file: the path that findings name.

    Returns:
        The text, and why it cannot be read, if it cannot; the text is then good for showing only.
    """
    if len(source) > MAX_BYTES or (
        isinstance(source, str) and len(source.encode("utf-8", "replace")) > MAX_BYTES
    ):
        return "", Diagnostic(
            "OF901",
            Message("file too large: a rule file has at most {value} KiB", value=MAX_BYTES // 1024),
            Span(file, 1, 1, 1, 1),
            fix=Fix(Message("split it: each file of the folder may define a part")),
        )
    if isinstance(source, str):
        return source.removeprefix("\ufeff"), None
    try:
        text = source.decode("utf-8").removeprefix("\ufeff")
        if len(source) > 3 and any(source[:64:2]) != any(
            source[1:64:2]
        ):  # letters of UTF-16: every other byte is zero
            raise UnicodeDecodeError("utf-8", source, 0, 1, "UTF-16")
        return text, None
    except UnicodeDecodeError as error:
        shown = source.decode("utf-8", "replace").removeprefix("\ufeff")
        at = len(source[: error.start].decode("utf-8").removeprefix("\ufeff"))
        utf16 = error.reason == "UTF-16" or source.startswith((b"\xff\xfe", b"\xfe\xff"))
        found = Diagnostic(
            "OF901",
            Message("not UTF-8: the file is in UTF-16")
            if utf16
            else Message("not UTF-8: byte 0x{value:02x}", value=source[error.start]),
            Lines(shown, file).span(at, at + 1),
            note=Message("no UTF-8 from here on"),
            fix=Fix(
                Message("save it as UTF-8")
                if utf16
                else Message("save the file as UTF-8 (it may be in GBK or another encoding now)")
            ),
        )
        return shown, found


def scan(text: str, lines: Lines) -> tuple[str | None, list[Diagnostic]]:
    """Find characters that no rule file may hold.

    Returns:
        The text with each of them replaced by U+FFFD, so that positions stay and the rest can be read; and the
        findings. Where there are more than MOST_SHOWN: no text, and one finding that says so.
    """
    found = [
        _bad_character(match[0], lines.span(match.start(), match.end()))
        for match in islice(_BAD.finditer(text), MOST_SHOWN + 1)
    ]
    if len(found) > MOST_SHOWN:
        found = [
            Diagnostic(
                "OF901",
                Message(
                    "more than {MOST_SHOWN} characters that a rule file may not hold; is it a text file?",
                    MOST_SHOWN=MOST_SHOWN,
                ),
                found[0].span,
                note=Message("the first of them"),
                fix=Fix(Message("see whether this is the right file, and save it as UTF-8")),
            )
        ]
        return None, found
    return (_BAD.sub(PLACEHOLDER, text) if found else text), found


def first_bad(value: str) -> int | None:
    """Return the position of the first character that a value may not hold, even as an escape."""
    match = _BAD.search(value)
    return match.start() if match else None


def without_bad(value: str) -> str:
    """Return a value without the characters that it may not hold."""
    return _BAD.sub("", value)


def bad_escape(char: str, span: Span) -> Diagnostic:
    """Return the finding for such a character written as an escape in double quotes."""
    return _bad_character(char, span)


def _bad_character(char: str, span: Span) -> Diagnostic:
    code = ord(char)
    if char in _NAMES:
        kind = _NAMES[char]
    elif code < 0x20 or 0x7F <= code <= 0x9F:
        kind = "control character"
    elif char in "\u061c\u200e\u200f" or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        kind = "bidirectional mark"
    else:
        kind = "character that is no text"
    return Diagnostic(
        "OF901",
        Message("{kind} U+{code:04X} is not allowed in a rule file", kind=kind, code=code),
        span,
        note=Message("people do not see what it does"),
        fix=Fix(Message("remove it"), span, ""),
    )
