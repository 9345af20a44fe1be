"""What is said of a pattern in which a text could be matched in two ways, and how to repair it."""

from dataclasses import dataclass

from orderflow.diagnostics.message import Message
from orderflow.expr.fault import Fault
from orderflow.expr.patterns.chars import ANY, inside, union
from orderflow.expr.patterns.syntax import TIMES, Choice, Repeat, Sequence, Shape, Symbol


@dataclass(frozen=True, slots=True)
class Clash:
    """Two places of a pattern that take the same next character.

    Args:
        between: what is repeated, when the two are of different rounds of it.
    """

    first: Symbol
    second: Symbol
    letter: str
    between: Repeat | None


def ambiguous(source: str, shape: Shape, clash: Clash) -> Fault:
    """The fault (OF902) of a clash: which two parts can match the same, and a repair."""
    if clash.first is clash.second:
        return _rounds(source, shape, clash)
    around, one, two = _parts(shape, clash.first, clash.second)
    if isinstance(around, Choice) and clash.first in _begins(one)[0] and clash.second in _begins(two)[0]:
        return _alternatives(source, around, one, two, clash.letter)
    return _neighbours(source, _narrow(one, clash.first), _narrow(two, clash.second), clash)


def _text(source: str, shape: Shape) -> str:
    return source[shape.start : shape.end]


def _rounds(source: str, shape: Shape, clash: Clash) -> Fault:
    """One round of what is repeated may end, or go on, with the same character."""
    part: Shape = clash.between or clash.first
    message = Message(
        "one round of `{part}` can go on with `{letter}`, and so can the next begin; a text could be matched in two ways",
        part=_text(source, part),
        letter=clash.letter,
    )
    fix = Message("repeat it in one place only, or begin each round with a character of its own")
    return Fault("OF902", message, part.start, part.end, fix)


def _alternatives(source: str, around: Choice, one: Shape, two: Shape, letter: str) -> Fault:
    message = Message(
        "both `{one}` and `{two}` can begin with `{letter}`, so that a text could be matched in two ways",
        one=_text(source, one),
        two=_text(source, two),
        letter=letter,
    )
    joined = _factored(source, one, two)
    if joined is None:
        fix = Message("let each side of `|` begin with characters of its own")
        return Fault("OF902", message, two.start, two.end, fix)
    rest = [_text(source, item) for item in around.items if item is not one and item is not two]
    place = around.items.index(one)
    together = "|".join([*rest[:place], joined, *rest[place:]])
    fix = Message("write what they share once: `{together}`", together=together)
    return Fault("OF902", message, around.items[0].start, around.items[-1].end, fix, together)


def _factored(source: str, one: Shape, two: Shape) -> str | None:
    """Two alternatives with what they begin with in common written once; None where they share no whole part."""
    mine, other = _items(one), _items(two)
    shared = 0
    while shared < min(len(mine), len(other)) and _same(mine[shared], other[shared]):
        shared += 1
    if shared == 0:
        return None
    begin = source[mine[0].start : mine[shared - 1].end]
    rests = [_rest(source, items, shared) for items in (mine, other)]
    if rests[0] == rests[1]:
        return _text(source, one)
    if "" not in rests:
        return f"{begin}({'|'.join(rests)})"
    return f"{begin}({''.join(rests)})?"


def _rest(source: str, items: tuple[Shape, ...], shared: int) -> str:
    return source[items[shared].start : items[-1].end] if shared < len(items) else ""


def _items(shape: Shape) -> tuple[Shape, ...]:
    return shape.items if isinstance(shape, Sequence) else (shape,)


def _same(a: Shape, b: Shape) -> bool:
    """Whether two parts match the same texts, as far as their form shows."""
    match a, b:
        case Symbol(), Symbol():
            return a.chars == b.chars
        case Repeat(), Repeat():
            return (a.least, a.most) == (b.least, b.most) and _same(a.item, b.item)
        case (Sequence(items=mine), Sequence(items=other)) | (Choice(items=mine), Choice(items=other)):
            return len(mine) == len(other) and all(map(_same, mine, other))
    return False


def _neighbours(source: str, one: Shape, two: Shape, clash: Clash) -> Fault:
    """Two parts of a sequence."""
    message = Message(
        "`{letter}` fits both `{one}` and `{two}`, so that a text could be matched in two ways",
        letter=clash.letter,
        one=_text(source, one),
        two=_text(source, two),
    )
    merged = _merged(source, one, two)
    if merged is not None:
        fix = Message("write them as one: `{merged}`", merged=merged)
        return Fault("OF902", message, one.start, two.end, fix, merged)
    if isinstance(one, Repeat) and isinstance(one.item, Symbol) and one.item.chars == ANY:
        next_ = union(each for symbol in _begins(two)[0] for each in symbol.chars)
        others = inside(next_)
        if next_ != ANY and len(others) <= 40:
            better = f"[^{others}]" + source[one.item.end : one.end]
            fix = Message(
                "write `{better}{then}`, which ends at the first `{letter}`",
                better=better,
                then=_text(source, two),
                letter=clash.letter,
            )
            return Fault("OF902", message, one.start, one.end, fix)
    fix = Message(
        "take `{letter}` out of one of them, or put a character between them that neither has",
        letter=clash.letter,
    )
    first, last = sorted((one, two), key=lambda part: part.start)
    return Fault("OF902", message, first.start, first.end if first.end <= last.start else last.end, fix)


def _merged(source: str, one: Shape, two: Shape) -> str | None:
    """Two repetitions of the same characters, one right behind the other, as one."""
    if one.end != two.start:
        return None
    (mine, least, most), (other, low, high) = _counted(one), _counted(two)
    if mine is None or other is None or mine.chars != other.chars:
        return None
    if least + low > TIMES or (most or 0) + (high or 0) > TIMES:
        return None
    return _text(source, mine) + _times(least + low, None if most is None or high is None else most + high)


def _counted(shape: Shape) -> tuple[Symbol | None, int, int | None]:
    match shape:
        case Symbol():
            return shape, 1, 1
        case Repeat(item=Symbol() as symbol, least=least, most=most):
            return symbol, least, most
    return None, 0, 0


def _times(least: int, most: int | None) -> str:
    if most is None:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


def _parts(shape: Shape, first: Symbol, second: Symbol) -> tuple[Sequence | Choice, Shape, Shape]:
    """The smallest part around two symbols, and of it the two parts that hold them."""
    while True:
        if isinstance(shape, Repeat):
            shape = shape.item
            continue
        assert not isinstance(shape, Symbol)
        one = next(item for item in shape.items if _holds(item, first))
        two = next(item for item in shape.items if _holds(item, second))
        if one is not two:
            return shape, one, two
        shape = one


def _holds(shape: Shape, symbol: Symbol) -> bool:
    return shape.start <= symbol.start and symbol.end <= shape.end


def _narrow(shape: Shape, symbol: Symbol) -> Shape:
    """The part itself when it is repeated or an alternative; of a sequence, the item that holds the symbol."""
    while isinstance(shape, Sequence):
        shape = next(item for item in shape.items if _holds(item, symbol))
    return shape


def _begins(shape: Shape) -> tuple[tuple[Symbol, ...], bool]:
    """The symbols that a part may begin with, and whether it may be empty."""
    match shape:
        case Symbol():
            return (shape,), False
        case Repeat(item=item, least=least):
            symbols, empty = _begins(item)
            return symbols, empty or least == 0
        case Choice(items=items):
            several = [_begins(item) for item in items]
            return tuple(symbol for symbols, _ in several for symbol in symbols), any(
                empty for _, empty in several
            )
        case Sequence(items=items):
            found: tuple[Symbol, ...] = ()
            for item in items:
                symbols, empty = _begins(item)
                found += symbols
                if not empty:
                    return found, False
            return found, True
