"""How YAML makes a scalar's value from its source text, mirrored so that each character keeps its place.

The rules are those of libyaml's scanner (`yaml_parser_scan_plain_scalar`, `yaml_parser_scan_flow_scalar`,
`yaml_parser_scan_block_scalar`), which YAML 1.2 describes in sections 7.3 and 8.1.
"""

import re
from collections.abc import Iterator

from orderflow.compiler.nodes import Style

Piece = tuple[str, int, int]  # a character of the value; where its source starts and ends

_BREAK = re.compile(r"\r\n|\r|\n")
_BLOCK_HEADER = re.compile(r"[|>]([-+0-9]*)[^\r\n]*(\r\n|\r|\n|$)")
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_HEX = {"x": 2, "u": 4, "U": 8}
_MOST_INDENT = 100


def positions(value: str, style: Style, raw: str) -> list[tuple[int, int]] | None:
    """Return for each character of a value the stretch of source text that it comes from.

    Returns:
        Pairs of offsets into `raw`; None when the source does not give this value.
    """
    for pieces in _readings(style, raw):
        if "".join(piece[0] for piece in pieces).startswith(value):
            return [(start, end) for _, start, end in pieces[: len(value)]]
    return None


def _readings(style: Style, raw: str) -> Iterator[list[Piece]]:
    """Yield the ways to read a source text; a block scalar whose indent is told outside has several."""
    match style:
        case "plain":
            yield _flow(raw, 0, len(raw), "")
        case "single":
            yield _flow(raw, 1, len(raw) - 1, "'")
        case "double":
            yield _flow(raw, 1, len(raw) - 1, '"')
        case "literal" | "folded":
            header = _BLOCK_HEADER.match(raw)
            if header is None:
                return
            folded = style == "folded"
            if not any(char.isdigit() for char in header[1]):
                yield _block(raw, header.end(), _indent(raw, header.end()), folded)
                return
            # an indent that is written counts from the parent's, which the source text does not show
            for indent in range(_MOST_INDENT):
                yield _block(raw, header.end(), indent, folded)


def _flow(raw: str, at: int, end: int, quote: str) -> list[Piece]:
    """Read a plain or quoted scalar: line ends fold, and blanks around them go."""
    out: list[Piece] = []
    blanks: list[Piece] = []  # seen since the last character; dropped when a line ends
    breaks: list[Piece] = []  # line ends since the last character
    escaped = False  # whether the first of the line ends was escaped, and so gives nothing

    def settle() -> None:
        nonlocal escaped
        if breaks:
            first, *more = breaks
            if escaped:
                out.extend(more)
            elif more:
                # the first line end of several is the fold, the others stay
                out.extend(more)
            else:
                out.append((" ", first[1], first[2]))
        else:
            out.extend(blanks)
        blanks.clear()
        breaks.clear()
        escaped = False

    while at < end:
        char = raw[at]
        ending = _BREAK.match(raw, at)
        if ending:
            blanks.clear()
            breaks.append(("\n", at, ending.end()))
            at = ending.end()
        elif char in " \t":
            if not breaks:
                blanks.append((char, at, at + 1))
            at += 1
        elif quote == '"' and char == "\\" and (ending := _BREAK.match(raw, at + 1)):
            # blanks before an escaped line end stay
            settle()
            breaks.append(("", at, ending.end()))
            escaped = True
            at = ending.end()
        else:
            settle()
            piece = _character(raw, at, quote)
            out.append(piece)
            at = piece[2]
    settle()
    return out


def _character(raw: str, at: int, quote: str) -> Piece:
    """Read one character, which an escape may stand for."""
    char = raw[at]
    if quote == "'" and char == "'":
        return ("'", at, at + 2)
    if quote == '"' and char == "\\":
        letter = raw[at + 1 : at + 2]
        if letter in _HEX:
            end = at + 2 + _HEX[letter]
            return (chr(int(raw[at + 2 : end], 16)), at, end)
        return (_ESCAPES.get(letter, letter), at, at + 2)
    return (char, at, at + 1)


def _indent(raw: str, at: int) -> int:
    """Return the indent of a block scalar's first line with text (section 8.1.1.1)."""
    most = 0
    for line in _BREAK.split(raw[at:]):
        indent = len(line) - len(line.lstrip(" "))
        if len(line) > indent:
            return indent
        most = max(most, indent)
    return most


def _block(raw: str, at: int, indent: int, folded: bool) -> list[Piece]:
    """Read the lines of a block scalar, keeping every line end at the close (its value may have fewer)."""
    out: list[Piece] = []
    pending: list[Piece] = []  # line ends since the last line with text; the first of them ends that line
    blank_before = True  # the line before began with a blank, or there was none: no folding
    while at < len(raw):
        ending = _BREAK.search(raw, at)
        stop = ending.start() if ending else len(raw)
        line = raw[at:stop]
        lead = min(len(line) - len(line.lstrip(" ")), indent)
        if len(line) > lead:
            start = at + lead
            blank = raw[start] in " \t"
            if folded and pending and out and not blank_before and not blank:
                pending = pending[1:] if len(pending) > 1 else [(" ", pending[0][1], pending[0][2])]
            out += pending
            pending = []
            out += [(raw[i], i, i + 1) for i in range(start, stop)]
            blank_before = blank
        if ending is None:
            break
        pending.append(("\n", stop, ending.end()))
        at = ending.end()
    return out + pending
