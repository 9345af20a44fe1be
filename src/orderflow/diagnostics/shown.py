"""Text made safe and measurable for a terminal: escapes, tab stops, display width."""

import unicodedata

_TAB = 4
_JOINER = "\u200d"  # zero width; 👨‍👩‍👧 is three emoji and two of these
_PRESENTATION = "\ufe0e\ufe0f"  # after a symbol: as plain text, as emoji
_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


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
    if (
        "\u1160" <= char <= "\u11ff"
    ):  # vowels and finals of Hangul, drawn into the block of the consonant before
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def lay_out(line: str) -> tuple[list[str], list[int]]:
    """Return each character of a source line as shown, and the terminal column where each starts.

    Terminals do not agree on the width of emoji that are joined, or told to be coloured or plain: what joins and tells
    is left out, so that each stands for itself. A skin tone takes no room.

    Returns:
        The shown pieces, and the columns from 0: one more than pieces, the last is the width of the line.
    """
    pieces: list[str] = []
    columns = [0]
    for index, char in enumerate(line):
        at = columns[-1]
        piece = " " * (_TAB - at % _TAB) if char == "\t" else escape(char)
        wide = width(piece)
        if not char.isascii():
            if char in _PRESENTATION or (char == _JOINER and _joins_emoji(line, index)):
                piece, wide = "", 0
            elif char in _TONES and _is_emoji(line, index - 1):
                wide = 0
        pieces.append(piece)
        columns.append(at + wide)
    return pieces, columns


def _joins_emoji(line: str, index: int) -> bool:
    return _is_emoji(line, index - 1) and _is_emoji(line, index + 1)


def _is_emoji(line: str, index: int) -> bool:
    """Whether a symbol stands at an index, or what belongs to the symbol before."""
    if not 0 <= index < len(line):
        return False
    char = line[index]
    return char in _PRESENTATION or char in _TONES or unicodedata.category(char) == "So"
