"""Which layer each box stands on, counted from the top: cycles broken, then the longest path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from orderflow.reports.chart import Chart

#: A leaf and one that must stand below it.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layers:
    """The first and last layer of each box (equal for a leaf), and the main way from top to bottom."""

    first: Mapping[str, int]
    last: Mapping[str, int]
    spine: tuple[str, ...]


def layers(chart: Chart) -> Layers:
    """Return a layer for each box; every arrow either goes down or was turned to break a cycle."""
    leaves = [name for name, box in chart.boxes.items() if not box.parts]
    path = [name for name in chart.path if name in chart.boxes]
    pairs = _pairs(chart)
    below = _acyclic(leaves, pairs, path)
    level = _longest(leaves, below)
    _sink(chart, level, below)
    spine = _usual(chart, path) or _main_way(leaves, _pairs(chart, rare=False), level)
    first, last = dict(level), dict(level)
    for name, box in chart.boxes.items():
        if box.parts:
            inside = [level[leaf] for leaf in chart.leaves(name)]
            first[name], last[name] = min(inside), max(inside)
    return Layers(first, last, spine)


def _pairs(chart: Chart, *, rare: bool = True) -> list[Pair]:
    """Return what each arrow asks for: every leaf of its source above every leaf of its target."""
    return [
        (above, under)
        for arrow in chart.arrows
        if rare or not arrow.rare
        for source in arrow.sources
        for above in chart.leaves(source)
        for under in chart.leaves(arrow.target)
        if above != under
    ]


def _acyclic(leaves: Sequence[str], pairs: Sequence[Pair], path: Sequence[str]) -> dict[str, list[str]]:
    """Return for each leaf those below it, without cycles.

    The main way comes first; then each pair is kept unless it would close a cycle, in document order, so that
    the first way written is the one that goes down.
    """
    below: dict[str, list[str]] = {leaf: [] for leaf in leaves}
    for above, under in [*pairwise(path), *pairs]:
        if under not in below[above] and not _reaches(below, under, above):
            below[above].append(under)
    return below


def _reaches(below: Mapping[str, Sequence[str]], start: str, goal: str) -> bool:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        for following in below[here]:
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return False


def _longest(leaves: Sequence[str], below: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the longest path from the top to each leaf."""
    level = dict.fromkeys(leaves, 0)
    for _ in leaves:  # at most one round for each leaf settles it
        changed = False
        for above in leaves:
            for under in below[above]:
                if level[under] <= level[above]:
                    level[under] = level[above] + 1
                    changed = True
        if not changed:
            break
    return level


def _sink(chart: Chart, level: dict[str, int], below: Mapping[str, Sequence[str]]) -> None:
    """Let a leaf with nothing above it, other than the start, stand just over what it leads to."""
    led_to = {under for unders in below.values() for under in unders}
    for leaf, unders in below.items():
        if leaf not in led_to and unders and not chart.boxes[leaf].start:
            level[leaf] = min(level[under] for under in unders) - 1


def _usual(chart: Chart, path: Sequence[str]) -> tuple[str, ...]:
    """Return the declared path without the states that are only entered `otherwise`."""
    rare = {arrow.target for arrow in chart.arrows if arrow.rare}
    rare -= {arrow.target for arrow in chart.arrows if not arrow.rare}
    return tuple(name for name in path if name not in rare)


def _main_way(leaves: Sequence[str], pairs: Sequence[Pair], level: Mapping[str, int]) -> tuple[str, ...]:
    """Return the longest way down from the first leaf of the top layer; of equal ones the first written."""
    top = next((leaf for leaf in leaves if level[leaf] == 0), None)
    if top is None:
        return ()
    best: dict[str, tuple[str, ...]] = {}
    for leaf in sorted(leaves, key=lambda name: -level[name]):
        ways = [best[under] for above, under in pairs if above == leaf and level[under] > level[leaf]]
        best[leaf] = (leaf, *max(ways, key=len, default=()))
    return best[top]
