from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.reports.chart import Arrow, Box, Chart
from orderflow.reports.layout import Layout, Place, label_height, label_width, layout


def box(name, parent=None, parts=(), start=False, final=False, notes=()):
    return Box(name, name.upper(), parent, tuple(parts), start, final, tuple(notes), name)


def arrow(name, sources, target, kind="event", detail="some guard"):
    return Arrow(name, tuple(sources), target, kind, name, detail, name)


def chart_of(boxes, arrows, path=()):
    return Chart("order", "chart", {one.name: one for one in boxes}, tuple(arrows), tuple(path))


@st.composite
def charts(draw):
    """Any chart: up to nine leaves, some inside one or two compound boxes (one in the other), any arrows."""
    count = draw(st.integers(1, 9))
    homes = draw(st.lists(st.sampled_from([None, "g", "h"]), min_size=count, max_size=count))
    nested = draw(st.booleans()) and "g" in homes and "h" in homes
    leaves = [f"s{number}" for number in range(count)]
    groups = {}
    for group in ("g", "h"):
        parts = [leaf for leaf, home in zip(leaves, homes, strict=True) if home == group]
        if parts:
            groups[group] = parts
    boxes = []
    for group, parts in groups.items():
        inner = ["h"] if nested and group == "g" else []
        parent = "g" if nested and group == "h" else None
        boxes.append(box(group, parent, [*parts, *inner], notes=["↻ a note"]))
    boxes += [box(leaf, home, start=leaf == "s0") for leaf, home in zip(leaves, homes, strict=True)]
    names = [*leaves, *groups]
    drawn = chart_of(boxes, [])
    arrows = []
    for number in range(draw(st.integers(0, 10))):
        target = draw(st.sampled_from(names))
        apart = [
            name
            for name in names
            if name != target and target not in drawn.around(name) and name not in drawn.around(target)
        ]
        if apart:
            sources = draw(st.lists(st.sampled_from(apart), min_size=1, max_size=3, unique=True))
            arrows.append(arrow(f"t{number}", sources, target))
    path = draw(st.lists(st.sampled_from(leaves), unique=True))
    return chart_of(boxes, arrows, path)


def overlap(a: Place, b: Place) -> bool:
    return a.x < b.right - 0.1 and b.x < a.right - 0.1 and a.y < b.bottom - 0.1 and b.y < a.bottom - 0.1


def labels(placed: Layout) -> list[Place]:
    found = []
    for route in placed.routes:
        wide, (x, y) = label_width(route.arrow), route.label
        found.append(Place(x - wide if route.label_left else x, y, wide, label_height(route.arrow)))
    return found


def pieces(placed: Layout):
    for route in placed.routes:
        for line in route.lines:
            for (x1, y1), (x2, y2) in pairwise(line):
                yield route, Place(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))


@settings(max_examples=50)
@given(charts())
def test_nothing_lies_on_anything_else(chart):
    placed = layout(chart)
    leaves = {name: place for name, place in placed.places.items() if not chart.boxes[name].parts}
    for (one, a), (other, b) in combinations(leaves.items(), 2):
        assert not overlap(a, b), (one, other)
    for a, b in combinations(labels(placed), 2):
        assert not overlap(a, b)
    for label in labels(placed):
        assert not any(overlap(label, place) for place in leaves.values())
    for route, piece in pieces(placed):
        thick = Place(piece.x - 0.5, piece.y - 0.5, piece.width + 1, piece.height + 1)
        for name, place in leaves.items():
            inner = Place(place.x + 1, place.y + 1, place.width - 2, place.height - 2)
            assert not overlap(thick, inner), (route.arrow.name, name)


@settings(max_examples=30)
@given(charts())
def test_boxes_stand_inside_those_around_them_and_lines_end_at_their_boxes(chart):
    placed = layout(chart)
    for name, one in chart.boxes.items():
        place = placed.places[name]
        assert place.x >= 0
        assert place.right <= placed.width
        assert place.bottom <= placed.height
        if one.parent is not None:
            outer = placed.places[one.parent]
            assert outer.x < place.x
            assert place.right < outer.right
            assert outer.y < place.y
            assert place.bottom < outer.bottom
    for route in placed.routes:
        target = placed.places[route.arrow.target]
        for source, line in zip(route.arrow.sources, route.lines, strict=True):
            start = placed.places[source]
            assert start.x <= line[0][0] <= start.right
            assert abs(line[0][1] - start.bottom) < 0.1
            assert target.x <= line[-1][0] <= target.right
            assert abs(line[-1][1] - target.y) < 0.1
            assert all(x1 == x2 or y1 == y2 for (x1, y1), (x2, y2) in pairwise(line))


def test_the_main_way_runs_straight_down():
    boxes = [box("a", start=True), box("b"), box("c"), box("off", final=True)]
    arrows = [arrow("go", ["a"], "b"), arrow("stop", ["a", "b"], "off"), arrow("end", ["b"], "c")]
    placed = layout(chart_of(boxes, arrows, ["a", "b", "c"]))
    middles = {round(placed.places[name].x + placed.places[name].width / 2, 1) for name in "abc"}
    assert len(middles) == 1
    straight = {route.arrow.name for route in placed.routes if len(route.lines[0]) == 2}
    assert {"go", "end"} <= straight


def test_a_chart_is_placed_the_same_way_every_time():
    boxes = [box(name) for name in "abcdef"]
    arrows = [arrow(f"{a}{b}", [a], b) for a, b in ("ab", "bc", "cd", "da", "ae", "ef", "fb")]
    assert layout(chart_of(boxes, arrows)) == layout(chart_of(boxes, arrows))


def test_one_box_alone_is_drawn():
    placed = layout(chart_of([box("only", start=True)], []))
    assert placed.places["only"].x > 0


@settings(max_examples=40)
@given(charts())
def test_lines_of_different_arrows_cross_but_never_run_on_one_another(chart):
    found = list(pieces(layout(chart)))
    for (one, a), (other, b) in combinations(found, 2):
        if one.arrow.name == other.arrow.name:
            continue
        if a.height == b.height == 0 and abs(a.y - b.y) < 0.5:
            assert min(a.right, b.right) - max(a.x, b.x) < 1, (one.arrow.name, other.arrow.name)
