"""Sets of characters, as ranges of code points."""

from collections.abc import Iterable

#: Ranges of code points, both ends inclusive, in order and apart from each other.
Chars = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF
#: Characters that show well, tried in this order when one of a set is needed.
_NICE = (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1))
_SPECIAL = "\\^]-["


def union(ranges: Iterable[tuple[int, int]]) -> Chars:
    """The set of all characters in some ranges, which may overlap.

    >>> union([(98, 99), (97, 98), (120, 120)])
    ((97, 99), (120, 120))
    """
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(chars: Chars) -> Chars:
    """Every other character."""
    ranges, begin = [], 0
    for low, high in chars:
        if begin < low:
            ranges.append((begin, low - 1))
        begin = high + 1
    return (*ranges, (begin, _LAST)) if begin <= _LAST else tuple(ranges)


def overlap(a: Chars, b: Chars) -> Chars:
    """The characters in both sets."""
    return union(
        (max(low, least), min(high, most))
        for low, high in a
        for least, most in b
        if max(low, least) <= min(high, most)
    )


def holds(chars: Chars, letter: str) -> bool:
    """Whether a character is in a set."""
    return any(low <= ord(letter) <= high for low, high in chars)


def sample(chars: Chars) -> str:
    """A character of a set that is not empty, one that shows well if it has any."""
    nice = next((code for code in _NICE if holds(chars, chr(code))), None)
    if nice is not None:
        return chr(nice)
    return chr(
        next((low for low, _ in chars if low >= ord("!")), max(chars[-1][0], min(chars[-1][1], ord(" "))))
    )


def inside(chars: Chars) -> str:
    """The set as what stands between the brackets of a class."""
    return "".join(
        _shown(low)
        if low == high
        else f"{_shown(low)}-{_shown(high)}"
        if high > low + 1
        else _shown(low) + _shown(high)
        for low, high in chars
    )


def _shown(code: int) -> str:
    letter = chr(code)
    if letter in _SPECIAL:
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{code:08x}"


DIGIT: Chars = union([(ord("0"), ord("9"))])
WORD: Chars = union([*DIGIT, (ord("A"), ord("Z")), (ord("a"), ord("z")), (ord("_"), ord("_"))])
SPACE: Chars = union([(9, 13), (32, 32)])
#: What `.` stands for: every character but a line break.
ANY: Chars = complement(union([(10, 10)]))
