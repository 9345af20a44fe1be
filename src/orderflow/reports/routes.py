"""How far down each box stands and which way each arrow takes: ports, and tracks in the gaps between rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from orderflow.reports.chart import Chart
from orderflow.reports.columns import Columns
from orderflow.reports.layers import Layers
from orderflow.reports.layout import (
    PAD,
    Layout,
    Place,
    Point,
    Route,
    Size,
    label_height,
    label_row,
    label_width,
    rows_of,
)

_TRACK = 9.0  # between neighbouring horizontal pieces
_GAP = 11.0  # above and below a box, without any
_HEAD = 9.0  # more room where an arrow comes in
_PORT = 12.0  # between neighbouring ends at one box
_CORNER = 12.0  # from a port to the corner of its box
_EDGE = 7.0  # the same, where it saves a corner
_MARGIN = 16.0

#: A gap: its row, above (-1) or below (+1) it, and whether outside (1) or inside (0) compound borders there.
Gap = tuple[int, int, int]


@dataclass(slots=True)
class _End:
    """One end of an arrow at a box: where the trunk is, where the port is, and in which gap the two are joined."""

    arrow: int
    box: str
    gap: Gap
    trunk: float
    port: float = 0.0
    track: int = 0

    @property
    def straight(self) -> bool:
        """Whether no horizontal piece is needed."""
        return abs(self.trunk - self.port) < 0.5

    @property
    def low(self) -> float:
        """The left end of the horizontal piece."""
        return min(self.trunk, self.port)

    @property
    def high(self) -> float:
        """The right end of the horizontal piece."""
        return max(self.trunk, self.port)


def route(chart: Chart, levels: Layers, sizes: Mapping[str, Size], across: Columns) -> Layout:
    """Place everything from top to bottom, given where it stands from left to right."""
    ends = _ends(chart, levels, across)
    _ports(ends, across)
    tracks = _tracks(ends)
    tops, rows, gap_top, bottom = _heights(chart, levels, sizes, tracks)
    shift = _MARGIN - min([*across.left.values(), *_label_edges(chart, across, -1)])
    wide = shift + _MARGIN + max([*across.right.values(), *_label_edges(chart, across, +1)])
    places = {}
    for name, box in chart.boxes.items():
        x, right = across.left[name] + shift, across.right[name] + shift
        if box.parts:
            first, last = 2 * levels.first[name], 2 * levels.last[name]
            top, end = tops[name], bottom[name]
            assert first <= last
        else:
            row_top, row_height = rows[2 * levels.first[name]]
            top = row_top + (row_height - sizes[name].height) / 2
            end = top + sizes[name].height
        places[name] = Place(x, top, right - x, end - top)
    routes = []
    for index, arrow in enumerate(chart.arrows):
        mine = [end for end in ends if end.arrow == index]
        into = mine[-1]
        trunk = across.trunk[index] + shift
        tail = _tail(into, trunk, gap_top, places, shift)
        lines = tuple(_tidy([*_head(end, trunk, gap_top, places, shift), *tail]) for end in mine[:-1])
        row_top, row_height = rows[label_row(levels, arrow)]
        middle = row_top + row_height / 2
        left = index in across.label_left
        routes.append(
            Route(arrow, lines, (trunk + (-7 if left else 7), middle - label_height(arrow) / 2), left)
        )
    height = max(place.bottom for place in places.values()) + _MARGIN
    low = max((point[1] for one in routes for line in one.lines for point in line), default=0.0)
    return Layout(chart, places, tuple(routes), wide, max(height, low + _MARGIN))


def _ends(chart: Chart, levels: Layers, across: Columns) -> list[_End]:
    """Return the ends of each arrow, in its order: sources, then the target."""
    found = []
    for index, arrow in enumerate(chart.arrows):
        inside = set(chart.around(arrow.target))
        for source in arrow.sources:
            inside &= set(chart.around(source))
        for box, side in [*((source, 1) for source in arrow.sources), (arrow.target, -1)]:
            row = 2 * (levels.last[box] if side > 0 else levels.first[box])
            # a compound border may begin or end just there: an arrow that is not inside goes round it
            edge = levels.last if side > 0 else levels.first
            borders = [name for name, one in chart.boxes.items() if one.parts and 2 * edge[name] == row]
            outside = bool(borders) and not any(name in inside for name in borders)
            found.append(_End(index, box, (row, side, int(outside)), across.trunk[index]))
    return found


def _ports(ends: Sequence[_End], across: Columns) -> None:
    """Give each end its place on the box: under its trunk where it can be, else near that corner, apart from others."""
    sides: dict[tuple[str, int], list[_End]] = {}
    for end in ends:
        sides.setdefault((end.box, end.gap[1]), []).append(end)
    for (box, _), several in sides.items():
        left, right = across.left[box] + _CORNER, across.right[box] - _CORNER
        several.sort(key=lambda end: (end.trunk, end.arrow))
        apart = min(_PORT, (right - left) / max(len(several) - 1, 1))
        for end in several:
            near = across.left[box] + _EDGE <= end.trunk <= across.right[box] - _EDGE
            end.port = end.trunk if near else max(left, min(end.trunk, right))
        for one, following in pairwise(several):
            following.port = max(following.port, one.port + apart)
        edge = across.right[box] - _EDGE
        if several[-1].port > (edge if several[-1].trunk <= edge else right):
            several[-1].port = right
            for following, one in zip(several[::-1], several[-2::-1], strict=False):
                one.port = min(one.port, following.port - apart)


def _tracks(ends: Sequence[_End]) -> dict[Gap, int]:
    """Give each horizontal piece a track in its gap so that none lies on another; return the tracks of each gap."""
    gaps: dict[Gap, list[_End]] = {}
    for end in ends:
        if not end.straight:
            gaps.setdefault(end.gap, []).append(end)
    for gap, several in gaps.items():
        several.sort(key=lambda end: (end.high - end.low, end.low, end.arrow))
        groups: list[list[_End]] = []
        for end in several:
            free = next((g for g in groups if all(_apart(end, other) for other in g)), None)
            if free is None:
                groups.append([end])
            else:
                free.append(end)
        if 1 < len(groups) <= 6:
            best = min(
                permutations(range(len(groups))), key=lambda order: (_crossings(groups, order, gap), order)
            )
        else:
            best = tuple(range(len(groups)))
        for track, number in enumerate(best):
            for end in groups[number]:
                end.track = track
        gaps[gap] = several
    return {gap: max(end.track for end in several) + 1 for gap, several in gaps.items()}


def _apart(one: _End, other: _End) -> bool:
    return one.arrow == other.arrow or one.high + 4 < other.low or other.high + 4 < one.low


def _crossings(groups: Sequence[Sequence[_End]], order: Sequence[int], gap: Gap) -> int:
    """Count crossings in one gap; tracks count from the top, ports lie above in a gap below a box."""
    track = {number: place for place, number in enumerate(order)}
    pieces = [(end, track[number]) for number, group in enumerate(groups) for end in group]
    count = 0
    for one, at in pieces:
        for other, there in pieces:
            if one.arrow == other.arrow or at == there:
                continue
            # a vertical piece of `other` that runs past the track of `one`
            from_top = other.port if gap[1] > 0 else other.trunk
            to_bottom = other.trunk if gap[1] > 0 else other.port
            x = from_top if there > at else to_bottom
            count += one.low < x < one.high
    return count


def _heights(
    chart: Chart, levels: Layers, sizes: Mapping[str, Size], tracks: Mapping[Gap, int]
) -> tuple[dict[str, float], dict[int, tuple[float, float]], dict[Gap, float], dict[str, float]]:
    """Return the top of each compound box, top and height of each row, the first track of each gap, and bottoms."""
    last_row = max(2 * level for level in levels.last.values())
    every = [rows_of(levels, arrow) for arrow in chart.arrows]
    first_row = min([0, *(rows[0] for rows in every)])
    last_row = max([last_row, *(rows[1] for rows in every)])
    content: dict[int, float] = {}
    for name, box in chart.boxes.items():
        if not box.parts:
            row = 2 * levels.first[name]
            content[row] = max(content.get(row, 0.0), sizes[name].height)
    for arrow in chart.arrows:
        row = label_row(levels, arrow)
        content[row] = max(content.get(row, 0.0), label_height(arrow) + 4)
    coming = {2 * levels.first[arrow.target] for arrow in chart.arrows}
    tops: dict[str, float] = {}
    bottoms: dict[str, float] = {}
    rows: dict[int, tuple[float, float]] = {}
    gaps: dict[Gap, float] = {}
    y = _MARGIN
    depth = {name: len(chart.around(name)) for name in chart.boxes}
    for row in range(first_row, last_row + 1):
        starting = [n for n, b in chart.boxes.items() if b.parts and 2 * levels.first[n] == row]
        ending = [n for n, b in chart.boxes.items() if b.parts and 2 * levels.last[n] == row]
        y = _gap(gaps, tracks, (row, -1, 1), y, _HEAD if starting and row in coming else 0.0, bool(starting))
        for level in sorted({depth[name] for name in starting}):
            same = [name for name in starting if depth[name] == level]
            for name in same:
                tops[name] = y
            y += max(sizes[name].height for name in same)
        y = _gap(gaps, tracks, (row, -1, 0), y, _HEAD if row in coming else 0.0, row % 2 == 0)
        rows[row] = (y, content.get(row, 0.0))
        y += content.get(row, 0.0)
        y = _gap(gaps, tracks, (row, 1, 0), y, 0.0, row % 2 == 0)
        for level in sorted({depth[name] for name in ending}, reverse=True):
            y += PAD - 6
            for name in ending:
                if depth[name] == level:
                    bottoms[name] = y
        y = _gap(gaps, tracks, (row, 1, 1), y, 0.0, bool(ending))
    return tops, rows, gaps, bottoms


def _gap(
    gaps: dict[Gap, float], tracks: Mapping[Gap, int], gap: Gap, y: float, head: float, needed: bool
) -> float:
    """Note where the first track of a gap lies and return where the gap ends."""
    count = tracks.get(gap, 0)
    if not needed and not count:
        return y
    gaps[gap] = y + _GAP
    return y + _GAP + max(count - 1, 0) * _TRACK + (_GAP if count else 0.0) + head


def _head(
    end: _End, trunk: float, gaps: Mapping[Gap, float], places: Mapping[str, Place], shift: float
) -> list[Point]:
    """Return the way from the bottom of a source to the trunk."""
    port, start = end.port + shift, places[end.box].bottom
    y = gaps.get(end.gap, start) + end.track * _TRACK
    return [(port, start), (trunk, start)] if end.straight else [(port, start), (port, y), (trunk, y)]


def _tail(
    end: _End, trunk: float, gaps: Mapping[Gap, float], places: Mapping[str, Place], shift: float
) -> list[Point]:
    """Return the way from the trunk to the top of the target."""
    port, stop = end.port + shift, places[end.box].y
    y = gaps.get(end.gap, stop) + end.track * _TRACK
    return [(trunk, stop)] if end.straight else [(trunk, y), (port, y), (port, stop)]


def _tidy(points: Sequence[Point]) -> tuple[Point, ...]:
    """Drop points that a straight line passes anyway."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.01 and abs(kept[-1][1] - point[1]) < 0.01:
            continue
        if len(kept) >= 2 and (
            abs(kept[-2][0] - kept[-1][0]) < 0.01
            and abs(kept[-1][0] - point[0]) < 0.01
            and (kept[-1][1] - kept[-2][1]) * (point[1] - kept[-1][1]) > 0
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _label_edges(chart: Chart, across: Columns, side: int) -> list[float]:
    """Return how far the labels reach to the left (-1) or right (+1), and the initial marks to the left."""
    reaches = []
    for index, arrow in enumerate(chart.arrows):
        left = index in across.label_left
        if left == (side < 0):
            reaches.append(across.trunk[index] + side * (label_width(arrow) + 8))
    if side < 0:
        reaches += [across.left[name] - 26 for name, box in chart.boxes.items() if box.start]
    return reaches
