"""How far right each box and trunk stands: lanes in one order from left to right, inner boxes first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from orderflow.reports.chart import Arrow, Chart
from orderflow.reports.lanes import Item, Lane, Link, relax, separations
from orderflow.reports.layers import Layers
from orderflow.reports.layout import DOT, PAD, Size, label_row, label_width, rows_of

_LINE = 7.0  # room on each side of a trunk
_CROSSING = 45.0  # a crossing is as bad as so many pixels of detour
_THROUGH = 400.0  # a line through a compound box is far worse
_WIDTH = 1.5  # and a pixel of width as so many of them
_SEARCHED = 40  # with more lanes than this the order found first is kept


@dataclass(frozen=True, slots=True)
class Columns:
    """The centre of each box, its left and right edge, and the x of each arrow's trunk, in pixels from some zero."""

    left: Mapping[str, float]
    right: Mapping[str, float]
    trunk: Mapping[int, float]
    label_left: frozenset[int]


@dataclass(slots=True)
class _Scope:
    """What lies directly inside one compound box (or the chart), and the links between it."""

    lanes: list[Lane]
    links: list[Link] = field(default_factory=list)


def columns(chart: Chart, levels: Layers, sizes: Mapping[str, Size]) -> Columns:
    """Return where each box and trunk stands from left to right."""
    return _Columns(chart, levels, sizes).solve()


class _Columns:
    def __init__(self, chart: Chart, levels: Layers, sizes: Mapping[str, Size]) -> None:
        self.chart, self.levels, self.sizes = chart, levels, sizes
        self.home = [_home(chart, arrow) for arrow in chart.arrows]
        self.extent: dict[str, tuple[float, float]] = {}  # of finished boxes, from their anchor
        self.scopes: dict[str | None, _Scope] = {}
        self.label_left: set[int] = set()

    def solve(self) -> Columns:
        for name in reversed(list(self.chart.boxes)):  # inner boxes stand after the ones around them
            if self.chart.boxes[name].parts:
                self._finish(name, self._arrange(name))
        root = self._arrange(None)
        left: dict[str, float] = {}
        right: dict[str, float] = {}
        trunk: dict[int, float] = {}
        self._collect(root, 0.0, left, right, trunk)
        return Columns(left, right, trunk, frozenset(self.label_left))

    def _collect(
        self,
        scope: _Scope,
        at: float,
        left: dict[str, float],
        right: dict[str, float],
        trunk: dict[int, float],
    ) -> None:
        for lane in scope.lanes:
            for item in lane.items:
                x = at + lane.x
                if item.arrow is not None:
                    trunk[item.arrow] = x
                elif item.box is not None:
                    reach = self.extent[item.box]
                    left[item.box], right[item.box] = x - reach[0], x + reach[1]
                    if item.box in self.scopes:
                        self._collect(self.scopes[item.box], x, left, right, trunk)

    def _finish(self, name: str, scope: _Scope) -> None:
        """Turn an arranged compound box into one item: how far it reaches left and right of its anchor."""
        self.scopes[name] = scope
        lefts, rights = zip(
            *(
                (lane.x - reach[0], lane.x + reach[1])
                for lane in scope.lanes
                for item in lane.items
                for reach in item.reach.values()
            ),
            strict=True,
        )
        left, right = -min(lefts) + PAD, max(rights) + PAD
        missing = max(self.sizes[name].width - left - right, 0.0)
        self.extent[name] = (left + missing / 2, right + missing / 2)

    def _arrange(self, scope_name: str | None) -> _Scope:
        """Put the lanes of one scope in order and give each its x."""
        lanes = self._lanes(scope_name)
        scope = _Scope(lanes)
        scope.links = self._links(scope)
        order = [index for index, lane in enumerate(lanes) if lane.spine]
        rest = [index for index, lane in enumerate(lanes) if not lane.spine]
        for index in rest:
            order = self._best(scope, order, index)
        if len(rest) <= _SEARCHED:
            for _ in range(2):
                before = list(order)
                for index in rest:
                    order = self._best(scope, order, index)
                for together in _companies(scope):
                    order = self._best(scope, order, *together)
                if order == before:
                    break
        self._cost(scope, order, final=True)
        return scope

    def _best(self, scope: _Scope, order: Sequence[int], *together: int) -> list[int]:
        """Return the order with some lanes, side by side, put where they cost least."""
        others = [other for other in order if other not in together]
        tries = []
        if len(others) < len(order):  # a move must be better than to stay
            tries.append((round(self._cost(scope, order), 3), 0, list(order)))
        for at in range(len(others) + 1):
            for block in dict.fromkeys((together, together[::-1])):
                trial = [*others[:at], *block, *others[at:]]
                tries.append((round(self._cost(scope, trial), 3), abs(2 * at - len(others)), trial))
        return min(tries)[2]

    def _lanes(self, scope_name: str | None) -> list[Lane]:
        chart, levels = self.chart, self.levels
        boxes = [name for name, box in chart.boxes.items() if box.parent == scope_name]
        arrows = [index for index, home in enumerate(self.home) if home == scope_name]
        on_spine = {self._within(leaf, scope_name): None for leaf in levels.spine}
        spine = Lane([], spine=True)
        lanes = [spine]
        for name in [*(name for name in on_spine if name is not None), *boxes]:
            item = self._box_item(name)
            if any(other.box == name for lane in lanes for other in lane.items):
                continue
            if name in on_spine and _fits(spine, item):
                spine.items.append(item)
            else:
                lanes.append(Lane([item]))
        steps = set(pairwise(levels.spine))
        for index in arrows:
            arrow = chart.arrows[index]
            item = self._trunk_item(index)
            ends = {
                (above, under)
                for source in arrow.sources
                for above in chart.leaves(source)
                for under in chart.leaves(arrow.target)
            }
            if ends & steps and _fits(spine, item) and item.rows[1] < 2 * levels.first[arrow.target]:
                spine.items.append(item)
            else:
                lanes.append(Lane([item]))
        if not spine.items:
            lanes.pop(0)
            lanes[0].spine = True
        return lanes

    def _within(self, name: str, scope_name: str | None) -> str | None:
        """Return the box directly inside a scope that holds a leaf, or None when the leaf is elsewhere."""
        chain = [name, *self.chart.around(name)]
        return next((box for box in chain if self.chart.boxes[box].parent == scope_name), None)

    def _box_item(self, name: str) -> Item:
        if name not in self.extent:
            half = self.sizes[name].width / 2
            self.extent[name] = (half, half)
        left, right = self.extent[name]
        start = DOT if self.chart.boxes[name].start else 0.0
        rows = (2 * self.levels.first[name], 2 * self.levels.last[name])
        return Item(rows, dict.fromkeys(range(rows[0], rows[1] + 1), (left + start, right)), box=name)

    def _trunk_item(self, index: int) -> Item:
        arrow = self.chart.arrows[index]
        rows = rows_of(self.levels, arrow)
        reach = dict.fromkeys(range(rows[0], rows[1] + 1), (_LINE, _LINE))
        return Item(rows, reach, arrow=index)

    def _links(self, scope: _Scope) -> list[Link]:
        """Return the horizontal pieces of a scope's trunks, each box seen from its lane."""
        where: dict[str, tuple[int, float]] = {}
        trunks: dict[int, int] = {}
        for number, lane in enumerate(scope.lanes):
            for item in lane.items:
                if item.arrow is not None:
                    trunks[item.arrow] = number
                elif item.box is not None:
                    self._inside(item.box, number, 0.0, where)
        links = []
        for index, number in trunks.items():
            arrow = self.chart.arrows[index]
            ends = [(source, 2 * self.levels.last[source] + 0.5) for source in arrow.sources]
            for box, gap in [*ends, (arrow.target, 2 * self.levels.first[arrow.target] - 0.5)]:
                lane_number, offset = where[box]
                left, right = self.extent[box]
                inset = min(12.0, (left + right) / 4)
                links.append(Link(number, lane_number, offset - left + inset, offset + right - inset, gap))
        return links

    def _inside(self, name: str, lane: int, offset: float, where: dict[str, tuple[int, float]]) -> None:
        where[name] = (lane, offset)
        for inner in self.scopes[name].lanes if name in self.scopes else ():
            for item in inner.items:
                if item.box is not None:
                    self._inside(item.box, lane, offset + inner.x, where)

    def _cost(self, scope: _Scope, order: Sequence[int], *, final: bool = False) -> float:
        """Give each lane of the order its x and return how bad the picture is."""
        lanes = scope.lanes
        spine_at = next(at for at, number in enumerate(order) if lanes[number].spine)
        for at, number in enumerate(order):
            self._letter(lanes[number], at < spine_at, final)
        links = [link for link in scope.links if link.trunk in order and link.lane in order]
        least = separations(lanes, order)
        relax(lanes, order, links, least, spine_at)
        cost = 0.0
        trunks = [
            (lane.x, item.rows)
            for lane in (lanes[n] for n in order)
            for item in lane.items
            if item.box is None
        ]
        blocks = [
            (lane.x, item.rows)
            for lane in (lanes[n] for n in order)
            for item in lane.items
            if item.box in self.scopes
        ]
        for link in links:
            start, end = lanes[link.trunk].x, lanes[link.lane].x
            low, high = end + link.left, end + link.right
            if low <= start <= high:
                continue
            near = low if start < low else high
            cost += 20 + abs(near - start)
            a, b = min(near, start), max(near, start)
            cost += _CROSSING * sum(
                a < x < b and rows[0] - 1 <= link.gap <= rows[1] + 1 for x, rows in trunks if x != start
            )
            cost += _THROUGH * sum(
                a < x < b and rows[0] < link.gap < rows[1] for x, rows in blocks if x != end
            )
        ends = [
            (lane.x - reach[0], lane.x + reach[1])
            for lane in (lanes[n] for n in order)
            for item in lane.items
            for reach in item.reach.values()
        ]
        return cost + _WIDTH * (max(right for _, right in ends) - min(left for left, _ in ends))

    def _letter(self, lane: Lane, to_left: bool, final: bool) -> None:
        """Say on which side of its trunk the label of each arrow stands."""
        for item in lane.items:
            if item.arrow is None:
                continue
            arrow = self.chart.arrows[item.arrow]
            wide = label_width(arrow) + _LINE
            row = label_row(self.levels, arrow)
            item.reach[row] = (wide, _LINE) if to_left else (_LINE, wide)
            if final and to_left:
                self.label_left.add(item.arrow)


def _home(chart: Chart, arrow: Arrow) -> str | None:
    """Return the innermost compound box around all ends of an arrow."""
    shared = list(chart.around(arrow.target))
    for source in arrow.sources:
        around = chart.around(source)
        shared = [name for name in shared if name in around]
    return shared[0] if shared else None


def _companies(scope: _Scope) -> list[tuple[int, ...]]:
    """Return each box that is off the main way together with the trunks that end at it, to be moved as one."""
    found = []
    for number, lane in enumerate(scope.lanes):
        if not lane.spine and lane.items[0].box is not None:
            trunks = {link.trunk for link in scope.links if link.lane == number}
            together = sorted(trunk for trunk in trunks if not scope.lanes[trunk].spine)
            if together:
                found.append((number, *together))
    return found


def _fits(lane: Lane, item: Item) -> bool:
    return all(item.rows[1] < other.rows[0] or other.rows[1] < item.rows[0] for other in lane.items)
