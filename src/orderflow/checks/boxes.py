"""Every combination of the pieces of some inputs, worked out exactly: a set of combinations is a number, a bit for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from operator import and_, or_

from orderflow.checks.inputs import Atom, Combined, Formula, Input, Run, Turned
from orderflow.expr.flow import Key

#: The most bits that are worked on: combinations times conditions.
MOST = 400_000_000

#: Of each free input that is limited, its pieces: runs of them, in order. The others may have any value.
Box = Mapping[int, Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Space:
    """The combinations of inputs, the free ones first.

    Args:
        inputs: by key.
        strides: by input, how far its next piece is away.
        size: how many combinations there are.
        fixed: how many of them the inputs that are not free make.
    """

    inputs: tuple[Input, ...]
    places: Mapping[Key, int]
    strides: tuple[int, ...]
    size: int
    fixed: int

    @property
    def everything(self) -> int:
        """All combinations."""
        return (1 << self.size) - 1

    def truth(self, formula: Formula) -> int:
        """The combinations for which a condition holds."""
        match formula:
            case bool():
                return self.everything if formula else 0
            case Turned(item=item):
                return self.everything ^ self.truth(item)
            case Combined(every=True, items=items):
                return reduce(and_, map(self.truth, items), self.everything)
            case Combined(items=items):
                return reduce(or_, map(self.truth, items), 0)
            case Atom(key=key, test=test):
                place = self.places[key]
                return self.slab(place, self.inputs[place].runs(test))

    def slab(self, place: int, runs: Sequence[Run]) -> int:
        """The combinations in which an input has one of some pieces."""
        stride, width = self.strides[place], self.strides[place] * self.inputs[place].size
        bits = 0
        for first, last in runs:
            bits |= ((1 << (last + 1 - first) * stride) - 1) << first * stride
        return self._repeated(bits, width)

    def _repeated(self, bits: int, width: int) -> int:
        while width < self.size:
            bits |= bits << width
            width *= 2
        return bits & self.everything

    def certain(self, bits: int) -> int:
        """The combinations of free inputs that are in a set whatever the others are, each by its first member."""
        for place, each in enumerate(self.inputs):
            if not each.free:
                bits = reduce(and_, (bits >> piece * self.strides[place] for piece in range(each.size)))
        return bits & self._repeated(1, self.fixed)

    def pieces(self, position: int) -> tuple[int, ...]:
        """The piece of each input in a combination."""
        sizes = (each.size for each in self.inputs)
        return tuple(position // stride % size for stride, size in zip(self.strides, sizes, strict=True))

    def box(self, box: Box) -> int:
        """The combinations in a box, each by its first member as in `certain`."""
        slabs = (self.slab(place, runs) for place, runs in box.items())
        return reduce(and_, slabs, self._repeated(1, self.fixed))

    def around(self, position: int, within: int) -> Box:
        """A box around a combination that cannot be made larger within a set of certain ones."""
        box = {
            place: [(piece, piece)]
            for place, piece in enumerate(self.pieces(position))
            if self.inputs[place].free
        }
        for place in tuple(box):
            runs = box.pop(place)
            if self.box(box) & ~within:
                box[place] = runs
        for place in tuple(box):
            box[place] = self._stretched(box, place, within)
        return box

    def _stretched(self, box: Mapping[int, Sequence[Run]], place: int, within: int) -> list[Run]:
        """The runs of one input of a box, as long as they can be."""
        found = self.inputs[place]

        def fits(runs: list[Run]) -> bool:
            return not self.box({**box, place: runs}) & ~within

        ((piece, _),) = box[place]
        ranges = len(found.starts)
        if piece < ranges:
            first = _least(0, piece, lambda at: fits([(at, piece)]))
            last = -_least(-(ranges - 1), -piece, lambda at: fits([(piece, -at)]))
            return [(first, last)]
        return [(each, each) for each in range(ranges, found.size) if each == piece or fits([(each, each)])]


def _least(low: int, high: int, fits: Callable[[int], bool]) -> int:
    """The least number from which on everything up to `high` fits; `high` does."""
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return high


def space(inputs: Mapping[Key, Input], conditions: int) -> Space | None:
    """The combinations of some inputs; None when there are more than one would work through.

    Args:
        inputs: by key.
        conditions: how many conditions will be worked out.
    """
    ordered = sorted(inputs.items(), key=lambda item: not item[1].free)
    sizes = [each.size for _, each in ordered]
    size = prod(sizes)
    if size * (conditions + 1) > MOST:
        return None
    strides = tuple(prod(sizes[place + 1 :]) for place in range(len(sizes)))
    places = {key: place for place, (key, _) in enumerate(ordered)}
    fixed = prod(each.size for _, each in ordered if not each.free)
    return Space(tuple(each for _, each in ordered), places, strides, size, fixed)
