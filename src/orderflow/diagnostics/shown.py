"""Text made safe and measurable for a terminal: escapes, tab stops, display width."""

import unicodedata

_TAB = 4


def escape(char: str) -> str:
    """Return a character as it may be shown: itself, a picture (`␛`), or an escape (`\\u202e`)."""
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # Cc control, Cf format (bidirectional, zero width), Cs lone surrogate, Zl and Zp line ends, Co private
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}:
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return char


def safe(text: str) -> str:
    """Return a text on one line with nothing in it that could steer a terminal."""
    return text if text.isascii() and text.isprintable() else "".join(map(escape, text))


def width(text: str) -> int:
    """Return how many terminal columns an escaped text takes; full-width characters take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def lay_out(line: str) -> tuple[list[str], list[int]]:
    """Return each character of a source line as shown, and the terminal column where each starts.

    Returns:
        The shown pieces, and the columns from 0: one more than pieces, the last is the width of the line.
    """
    pieces: list[str] = []
    columns = [0]
    for char in line:
        at = columns[-1]
        piece = " " * (_TAB - at % _TAB) if char == "\t" else escape(char)
        pieces.append(piece)
        columns.append(at + width(piece))
    return pieces, columns
