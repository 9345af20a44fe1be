"""Where each box and arrow of a chart goes, in pixels: top to bottom, one straight column for the main way.

Layers as in Sugiyama, Tagawa, Toda (1981). Instead of one dummy a layer, an arrow gets one *trunk*: a vertical line
over all layers that it passes, with its label beside it. Trunks, leaf boxes and finished compound boxes are put in
one order from left to right, so that no trunk ever crosses a box. Every arrow leaves at the bottom of its source
and enters at the top of its target; what remains are short horizontal pieces in the gaps between rows.

Rows: layer `n` is row `2n`; the odd rows between hold labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from orderflow.reports.chart import Arrow, Chart
from orderflow.reports.layers import Layers, layers
from orderflow.reports.lettering import text_width

LABEL = 13.0  # font size of a state's label
SMALL = 11.0  # of names, notes and arrow labels
NOTE_LINE = 15.0
BADGE_LINE = 19.0
LABEL_LINE = 14.0
HEADER = 26.0  # of a compound box, above its notes
PAD = 16.0  # between a compound box and what is inside it
DOT = 28.0  # room for the initial mark at the left of a box

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A placed box: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Route:
    """A placed arrow: a line of right angles from each source to the target, and its label beside the trunk."""

    arrow: Arrow
    lines: tuple[tuple[Point, ...], ...]
    label: Point
    label_left: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A chart with everything in its place."""

    chart: Chart
    places: Mapping[str, Place]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Size:
    """How large a leaf box is, or what a compound one needs above its content and across."""

    width: float
    height: float


def layout(chart: Chart) -> Layout:
    """Place every box and arrow; the same chart gives the same picture."""
    # here, because placing needs the types above
    from orderflow.reports.columns import columns
    from orderflow.reports.routes import route

    levels = layers(chart)
    chart = straighten(chart, levels)
    sizes = {name: size(chart, name) for name in chart.boxes}
    across = columns(chart, levels, sizes)
    return route(chart, levels, sizes, across)


def straighten(chart: Chart, levels: Layers) -> Chart:
    """Return the chart with a step of the main way cut out of an arrow of several sources, to run straight down."""
    steps = set(pairwise(levels.spine))
    arrows: list[Arrow] = []
    for arrow in chart.arrows:
        mine = [source for source in arrow.sources if (source, arrow.target) in steps]
        others = tuple(source for source in arrow.sources if source not in mine)
        if mine and others:
            arrows += [replace(arrow, sources=tuple(mine)), replace(arrow, sources=others)]
        else:
            arrows.append(arrow)
    return replace(chart, arrows=tuple(arrows))


def size(chart: Chart, name: str) -> Size:
    """Return the size of a leaf box, or the least width and the head height of a compound one."""
    box = chart.boxes[name]
    below = [*(text_width(note, SMALL) for note in box.notes), *(badge_width(badge) for badge in box.badges)]
    notes = max(below, default=0.0)
    # the number of records stands in the upper right corner, and must not cover the label
    corner = badge_width(f"{box.standing:,}") + 6 if box.standing else 0.0
    lines = NOTE_LINE * len(box.notes) + BADGE_LINE * len(box.badges)
    if box.parts:
        both = text_width(box.label, LABEL) + (
            text_width(box.name, SMALL) + 8 if box.label != box.name else 0
        )
        return Size(max(both + corner, notes) + 2 * PAD, HEADER + lines)
    name_width = text_width(box.name, SMALL) if box.label != box.name else 0.0
    height = (32.0 if box.label == box.name else 44.0) + lines + (5 if below else 0)
    return Size(max(text_width(box.label, LABEL) + 2 * corner, name_width, notes, 64.0) + 28, height)


def badge_width(text: str) -> float:
    """Return how wide a badge with a text is."""
    return text_width(text, SMALL) + 14


def label_width(arrow: Arrow) -> float:
    """Return how wide the label of an arrow is."""
    return max(text_width(arrow.heading, SMALL), text_width(arrow.detail, SMALL)) + 4


def label_height(arrow: Arrow) -> float:
    """Return how high the label of an arrow is."""
    return LABEL_LINE * (2 if arrow.detail else 1)


def rows_of(levels: Layers, arrow: Arrow) -> tuple[int, int]:
    """Return the rows that an arrow's trunk passes, first and last."""
    top = 2 * levels.first[arrow.target]
    spans = [
        (bottom + 1, top - 1) if bottom < top else (top, bottom)
        for bottom in (2 * levels.last[source] for source in arrow.sources)
    ]
    return min(first for first, _ in spans), max(last for _, last in spans)


def label_row(levels: Layers, arrow: Arrow) -> int:
    """Return the row in which an arrow's label stands: under its only source, or over the target of several."""
    first, last = rows_of(levels, arrow)
    top = 2 * levels.first[arrow.target]
    if last < top:
        return first if len(arrow.sources) == 1 else last
    if first < top:
        return top - 1
    middle = (first + last) // 2
    return middle if middle % 2 else min(middle + 1, last)
