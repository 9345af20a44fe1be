"""How wide a text is when drawn, and how a long one is shortened."""

import unicodedata
from itertools import pairwise

FONTS = (
    '"Noto Sans CJK SC", "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", '
    '"Helvetica Neue", Arial, sans-serif'
)

_NARROW = frozenset("fijlrtI.,:;'|!()[]{} `/\\-")
_BROAD = frozenset("mwMW@%&—")


def text_width(text: str, size: float) -> float:
    """Return about how many pixels a text takes at a font size, rather more than less.

    A full-width character is 1 em, a capital 0.7, a small letter 0.56, a narrow one 0.34; marks take nothing.
    """
    return size * sum(_em(char) for char in text)


def _em(char: str) -> float:
    if char in _NARROW:
        return 0.34
    if char in _BROAD:
        return 0.9
    if char.isascii():
        return 0.7 if char.isupper() else 0.565
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.66


def shorten(text: str, ems: float) -> str:
    """Return a text on one line that fits a width in ems, cut with `…` where it is longer."""
    line = " ".join(text.split())
    if text_width(line, 1) <= ems:
        return line
    room = ems - 1
    kept = []
    for char in line:
        room -= _em(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def words(duration_seconds: float) -> str:
    """Return a duration in words with its two largest parts, such as `6 h 12 min`.

    >>> words(22320)
    '6 h 12 min'
    >>> words(-90)
    '−1 min 30 s'
    >>> words(0)
    '0 s'
    """
    sign = "−" if duration_seconds < 0 else ""
    left = abs(duration_seconds)
    if left < 60:
        return f"{sign}{left:.0f} s" if left >= 10 or left == int(left) else f"{sign}{left:.1f} s"
    # round at the second part first, so that 59 min 60 s cannot appear
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    for (name, size), (smaller, part) in pairwise(units):
        rounded = round(left / part) * part
        if rounded >= size:
            first, rest = divmod(rounded, size)
            tail = f" {int(rest // part)} {smaller}" if rest else ""
            return f"{sign}{int(first)} {name}{tail}"
    return f"{sign}{left:.0f} s"
