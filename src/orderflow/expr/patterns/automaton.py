"""The automaton of a pattern's positions, and whether each next character leaves only one way to go on.

A pattern is one-unambiguous when, reading a text from left to right, each character belongs to one place of the
pattern, without looking ahead: its Glushkov automaton is deterministic (A. Brüggemann-Klein and D. Wood,
One-unambiguous regular languages, Information and Computation 142, 1998). Such a pattern is matched in one pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from orderflow.diagnostics.message import Message
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.patterns.ambiguity import Clash, ambiguous
from orderflow.expr.patterns.chars import Chars, holds, overlap, sample
from orderflow.expr.patterns.syntax import Choice, Repeat, Sequence, Shape, Symbol

#: The most positions: characters and classes, those in `{n,m}` counted m times.
POSITIONS = 300


@dataclass(frozen=True, slots=True)
class Position:
    """A place of the pattern that takes one character; `rounds` tells the copies of what is repeated apart."""

    number: int
    symbol: Symbol
    rounds: tuple[tuple[Repeat, int], ...]

    @property
    def chars(self) -> Chars:
        """What it takes."""
        return self.symbol.chars


@dataclass(frozen=True, slots=True)
class Automaton:
    """Which positions may come first, which may follow each, and behind which a text may end.

    Args:
        empty: True when the empty text fits.
        first: the positions that a text may begin with.
        follow: by position number, those that may come next.
        last: the positions that a text may end with.
    """

    empty: bool
    first: tuple[Position, ...]
    follow: tuple[tuple[Position, ...], ...]
    last: frozenset[Position]

    def fits(self, text: str) -> bool:
        """Whether a whole text fits, by following every way at once."""
        here: Iterable[Position] = ()
        ways = self.first
        for letter in text:
            here = [position for position in ways if holds(position.chars, letter)]
            ways = tuple(dict.fromkeys(after for position in here for after in self.follow[position.number]))
        return any(position in self.last for position in here) if text else self.empty

    def example(self) -> str:
        """One of the shortest texts that fit."""
        if self.empty:
            return ""
        ways = [(position, sample(position.chars)) for position in self.first]
        seen = {position for position, _ in ways}
        for position, text in ways:  # a queue: it grows as it is read
            if position in self.last:
                return text
            for after in self.follow[position.number]:
                if after not in seen:
                    seen.add(after)
                    ways.append((after, text + sample(after.chars)))
        raise AssertionError("a pattern always ends")


@dataclass(frozen=True, slots=True)
class _Piece:
    empty: bool
    first: tuple[Position, ...]
    last: tuple[Position, ...]


def automaton(source: str, shape: Shape) -> Automaton:
    """The automaton of a pattern that leaves one way to match.

    Raises:
        Refused: it leaves several, or has too many positions; with the fault (OF902).
    """
    maker = _Maker(source)
    piece = maker.piece(shape, ())
    follow = tuple(tuple(dict.fromkeys(after)) for after in maker.follow)
    for ways in (piece.first, *follow):
        clash = _clash(ways)
        if clash is not None:
            raise Refused(ambiguous(source, shape, clash))
    return Automaton(piece.empty, piece.first, follow, frozenset(piece.last))


def _clash(ways: tuple[Position, ...]) -> Clash | None:
    """Two of these positions that take the same character, with that character."""
    ranges = sorted((low, high, position.number) for position in ways for low, high in position.chars)
    by_number = {position.number: position for position in ways}
    for (_, high, one), (low, _, two) in pairwise(ranges):
        if low <= high:  # within one position ranges are apart
            first, second = (by_number[number] for number in sorted((one, two)))
            between = next((a[0] for a, b in zip(first.rounds, second.rounds, strict=False) if a != b), None)
            return Clash(first.symbol, second.symbol, sample(overlap(first.chars, second.chars)), between)
    return None


class _Maker:
    def __init__(self, source: str) -> None:
        self.source = source
        self.follow: list[list[Position]] = []

    def piece(self, shape: Shape, rounds: tuple[tuple[Repeat, int], ...]) -> _Piece:
        match shape:
            case Symbol():
                return self.symbol(shape, rounds)
            case Choice(items=items):
                pieces = [self.piece(item, rounds) for item in items]
                return _Piece(
                    any(piece.empty for piece in pieces),
                    tuple(position for piece in pieces for position in piece.first),
                    tuple(position for piece in pieces for position in piece.last),
                )
            case Sequence(items=items):
                whole = self.piece(items[0], rounds)
                for item in items[1:]:
                    whole = self.joined(whole, self.piece(item, rounds))
                return whole
            case Repeat():
                return self.repeat(shape, rounds)

    def symbol(self, shape: Symbol, rounds: tuple[tuple[Repeat, int], ...]) -> _Piece:
        if len(self.follow) >= POSITIONS:
            message = Message(
                "the pattern has more than {most} places, those in `{{n}}` counted n times", most=POSITIONS
            )
            fix = Message("write `*` or `+` for large numbers, and bound the length by `length(...)`")
            raise Refused(Fault("OF902", message, 0, len(self.source), fix))
        position = Position(len(self.follow), shape, rounds)
        self.follow.append([])
        return _Piece(False, (position,), (position,))

    def joined(self, before: _Piece, after: _Piece) -> _Piece:
        self.link(before.last, after.first)
        return _Piece(
            before.empty and after.empty,
            before.first + (after.first if before.empty else ()),
            after.last + (before.last if after.empty else ()),
        )

    def repeat(self, shape: Repeat, rounds: tuple[tuple[Repeat, int], ...]) -> _Piece:
        """Copies, each but the least of them optional with all behind it; an endless one goes back to itself."""
        copies = max(shape.least, 1) if shape.most is None else shape.most
        pieces = [self.piece(shape.item, (*rounds, (shape, number))) for number in range(copies)]
        # of what may be empty, the rounds that take something are the ones that count
        least = 0 if pieces[0].empty else shape.least
        for before, after in pairwise(pieces):
            self.link(before.last, after.first)
        if shape.most is None:
            self.link(pieces[-1].last, pieces[-1].first)
        ends = pieces[max(least, 1) - 1 :]
        return _Piece(
            least == 0, pieces[0].first, tuple(position for piece in ends for position in piece.last)
        )

    def link(self, before: tuple[Position, ...], after: tuple[Position, ...]) -> None:
        for position in before:
            self.follow[position.number].extend(after)
