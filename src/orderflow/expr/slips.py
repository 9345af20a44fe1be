"""Slips of the finger in an expression: each is one fault, and the rest is judged as if it had been written right."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from orderflow.expr.fault import Fault

#: Behind a slip that is read past there may be another one.
_MOST_ROUNDS = 8


def read_on(source: str, found: list[Fault], again: Callable[[str], object]) -> list[Fault]:
    """All faults of an expression, slips read past.

    Args:
        source: the expression as written.
        found: its faults at first sight.
        again: looks at an expression; what it returns are its faults when it is a list, and else that it is sound.

    Returns:
        The faults by place; offsets are in characters of `source`.
    """
    slips: list[Fault] = []
    text = _Text(source, tuple(range(len(source) + 1)))
    for _ in range(_MOST_ROUNDS):
        new = [fault for fault in found if fault.code in ("OF101", "OF106") and fault.replacement is not None]
        if not new:
            break
        slips += map(text.original, new)
        text = text.mended(new)
        judged = again(text.source)
        found = judged if isinstance(judged, list) else []
    rest = [text.original(fault) for fault in found]
    # what cannot be read within the repair of a slip is the repair's doing
    rest = [
        fault
        for fault in rest
        if fault.code != "OF106" or not any(slip.start <= fault.start < slip.end for slip in slips)
    ]
    return sorted({*slips, *rest}, key=lambda fault: (fault.start, fault.end, fault.code, fault.message))


@dataclass(frozen=True, slots=True)
class _Text:
    """A repaired text; for each place in it, and for its end, the place in the text as written."""

    source: str
    places: tuple[int, ...]

    def original(self, fault: Fault) -> Fault:
        """The fault where it stands in the text as written."""
        return replace(fault, start=self.places[fault.start], end=self.places[fault.end])

    def mended(self, slips: list[Fault]) -> "_Text":
        """The text with the slips put right."""
        source, places = self.source, self.places
        limit = len(source)
        for fault in sorted(slips, key=lambda fault: (fault.start, fault.end), reverse=True):
            if fault.replacement is None or fault.end > limit:
                continue  # it overlaps the one behind it
            limit = start = fault.start
            inside = (min(start + step, max(fault.end - 1, start)) for step in range(len(fault.replacement)))
            source = source[:start] + fault.replacement + source[fault.end :]
            places = (*places[:start], *(self.places[place] for place in inside), *places[fault.end :])
        return _Text(source, places)
