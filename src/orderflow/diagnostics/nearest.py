"""The name a user most likely meant."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

from orderflow.diagnostics.lookalikes import seen

_LONGEST = 100  # names are short; longer input is not worth quadratic time


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like a misspelled word, or None when all are far.

    Counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), after
    case, width, letters that look alike and `-` or space for `_` are made equal; then takes the same words in another order
    (`paid_amount` for `amount_paid`), then a beginning or a whole part of a name (`addr` for `address`). Other vowels
    (`payed` for `paid`) are one slip.

    Args:
        word: what the user wrote.
        candidates: the names that would be right there.

    >>> nearest("shiped", ["shipped", "paid"])
    'shipped'
    >>> nearest("payed", ["pending", "paid"])
    'paid'
    >>> nearest("duoyin", ["taobao", "douyin"])
    'douyin'
    >>> nearest("支负", ["发货", "支付"])
    '支付'
    >>> nearest("warehouse", ["paid", "packed"])
    """
    if not word or len(word) > _LONGEST:
        return None
    wanted = fold(word)
    best: tuple[int, int, int, str] | None = None
    for candidate in candidates:
        if candidate == word or len(candidate) > _LONGEST:
            continue
        score = _score(wanted, fold(candidate))
        if score is not None and (best is None or (*score, candidate) < best):
            best = (*score, candidate)
    return best[3] if best is not None else None


def fold(name: str) -> str:
    """A name without what people do not mean to say by it: case, width, letters that look alike, `-` or space for `_`.

    >>> fold("Ｐaid At")
    'paid_at'
    """
    return seen(name).casefold().replace("-", "_").replace(" ", "_")


def _score(word: str, other: str) -> tuple[int, int, int] | None:
    """Rank a candidate, lower is nearer; None when it is too far to be meant."""
    limit = _limit(word, other)
    if word == other:
        return (0, 0, 0)
    if len(bare := _without_vowels(word)) >= 2 and bare == _without_vowels(other):
        return (0, 1, abs(len(word) - len(other)))  # wrong vowels are one slip
    if abs(len(word) - len(other)) <= limit:
        distance = _distance(word, other)
        # two short names with hardly a character in common are not a slip of the finger
        if distance <= limit and distance < min(len(word), len(other)):
            # letters left out or swapped are likelier than ones that do not belong there
            return (0, distance, (Counter(word) - Counter(other)).total())
    if sorted(word) == sorted(other) and (
        len(word) == 2 or sorted(word.split("_")) == sorted(other.split("_"))
    ):
        return (1, 0, 0)
    short, long = sorted((word, other), key=len)
    if len(short) >= (2 if _is_wide(short) else 3) and (long.startswith(short) or short in long.split("_")):
        return (2, len(long) - len(short), 0)
    return None


def _without_vowels(word: str) -> str:
    """What is left of a word whose vowels are spelled wrong: `payed` for `paid`."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiouy")


def _limit(word: str, other: str) -> int:
    """Return how many slips are forgiven: one in three letters; one even in two Chinese characters."""
    length = max(len(word), len(other))
    return max(length // 3, 1 if _is_wide(word) and length >= 2 else 0)


def _is_wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(char) == "W" for char in text)


def _distance(a: str, b: str) -> int:
    """Return the optimal string alignment distance (Damerau 1964, each stretch edited once)."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
