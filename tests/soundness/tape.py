"""A tape of bytes that every choice is read from: equal tapes make equal cases, shorter and lower ones simpler cases."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Tape:
    """Choices from bytes; behind the end all are zero, the simplest.

    `seen` counts what was made of them, by name: the coverage of a run.
    """

    def __init__(self, data: bytes, seen: Counter[str] | None = None) -> None:
        self.data = data
        self.place = 0
        self.seen: Counter[str] = Counter() if seen is None else seen

    def byte(self) -> int:
        """The next byte."""
        self.place += 1
        return self.data[self.place - 1] if self.place <= len(self.data) else 0

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        return (self.byte() if count <= 256 else self.byte() * 256 + self.byte()) % count

    def pick(self, several: Sequence[T]) -> T:
        """One of several; the first is the simplest."""
        return several[self.below(len(several))]

    def chance(self, percent: int) -> bool:
        """Whether something rather rare happens."""
        return self.byte() * 100 >= (100 - percent) * 256

    def some(self, several: Sequence[T], percent: int) -> list[T]:
        """Each of several with that chance."""
        return [each for each in several if self.chance(percent)]

    def note(self, *names: str) -> None:
        """Count what was made."""
        self.seen.update(names)


def shrunk(data: bytes, fails: Callable[[bytes], bool], tries: int = 300) -> bytes:
    """A shorter, lower tape that fails too.

    Args:
        data: a tape that fails.
        fails: whether a tape fails in the same way.
        tries: how many tapes are tried at most.
    """
    size = max(len(data) // 2, 1)
    while size and tries > 0:
        place = 0
        while place < len(data) and tries > 0:
            block = data[place : place + size]
            for other in (
                data[:place] + data[place + size :],
                data[:place] + bytes(len(block)) + data[place + size :],
            ):
                if other != data:
                    tries -= 1
                    if fails(other):
                        data = other
                        break
            else:
                place += size
        size //= 2
    return data
