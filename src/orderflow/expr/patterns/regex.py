"""A pattern as a regular expression of `re` that never goes back.

Where each character leaves one way to go on, what is repeated can take all that it gets and keep it: quantifiers are
possessive and alternatives atomic. What may be empty is written as something that is not, and `?` behind it, so that
an alternative is only taken for what it begins with.
"""

from orderflow.expr.patterns.chars import Chars, inside
from orderflow.expr.patterns.syntax import Choice, Repeat, Sequence, Shape, Symbol


def to_regex(shape: Shape) -> str:
    """The regular expression of a pattern that leaves one way to match."""
    if not _may_be_empty(shape):
        match shape:
            case Symbol(chars=chars):
                return _class(chars)
            case Sequence(items=items):
                return "".join(map(to_regex, items))
    filled = _filled(shape)
    return f"(?:{filled})?+" if _may_be_empty(shape) else filled


def _filled(shape: Shape) -> str:
    """The same without the empty text."""
    match shape:
        case Symbol(chars=chars):
            return _class(chars)
        case Choice(items=items):
            return f"(?>{'|'.join(map(_filled, items))})"
        case Sequence(items=items):
            return _sequence(items)
        case Repeat(item=item, least=least, most=most):
            once = _filled(item)
            low = 1 if _may_be_empty(item) else max(least, 1)
            if low == most == 1:
                return once
            return f"{once if isinstance(item, Symbol) else f'(?:{once})'}{_times(low, most)}+"


def _sequence(items: tuple[Shape, ...]) -> str:
    """Some part must take something: the first that does, of those that may be empty, is an alternative each."""
    if not all(map(_may_be_empty, items)):
        return "".join(map(to_regex, items))
    ways = [_filled(item) + "".join(map(to_regex, items[place + 1 :])) for place, item in enumerate(items)]
    return f"(?>{'|'.join(ways)})"


def _may_be_empty(shape: Shape) -> bool:
    match shape:
        case Symbol():
            return False
        case Choice(items=items):
            return any(map(_may_be_empty, items))
        case Sequence(items=items):
            return all(map(_may_be_empty, items))
        case Repeat(item=item, least=least):
            return least == 0 or _may_be_empty(item)


def _times(low: int, most: int | None) -> str:
    if most is None:
        return "+" if low == 1 else f"{{{low},}}"
    return f"{{{low}}}" if low == most else f"{{{low},{most}}}"


def _class(chars: Chars) -> str:
    return f"[{inside(chars)}]"
