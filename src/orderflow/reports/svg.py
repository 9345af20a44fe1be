"""A chart as a self-contained SVG: no outside fonts, scripts or images; light and dark."""

import unicodedata
from collections.abc import Sequence
from html import escape

from orderflow.diagnostics.shown import escape as shown
from orderflow.model.definition import Definition
from orderflow.reports.chart import Box, Chart, chart
from orderflow.reports.layout import (
    BADGE_LINE,
    DOT,
    HEADER,
    LABEL,
    LABEL_LINE,
    NOTE_LINE,
    PAD,
    SMALL,
    Layout,
    Place,
    Point,
    Route,
    badge_width,
    layout,
)
from orderflow.reports.lettering import FONTS, text_width

_ROUND = 7.0
_TITLE = 34.0
_LEGEND = 34.0

STYLE = f"""
.of-chart {{ color-scheme: light dark; font-family: {FONTS};
  --of-paper: #ffffff; --of-ink: #1c2733; --of-soft: #5b6b7c; --of-box: #f2f6fb; --of-edge: #8fa3b8;
  --of-group: #f9fbfd; --of-group-edge: #c5d1dd; --of-event: #2563c9; --of-automatic: #12805c;
  --of-after: #b45f06; --of-final: #eceff3; --of-hold: #fdf0d9; --of-now: #2563c9; --of-on-now: #ffffff; }}
@media (prefers-color-scheme: dark) {{ .of-chart {{
  --of-paper: #12181f; --of-ink: #e6edf3; --of-soft: #9fb0c1; --of-box: #1f2b38; --of-edge: #5c7289;
  --of-group: #171f28; --of-group-edge: #34424f; --of-event: #7db0ff; --of-automatic: #4fc79b;
  --of-after: #f0a94e; --of-final: #2a323b; --of-hold: #43331b; --of-now: #7db0ff; --of-on-now: #0d1319; }} }}
.of-chart text {{ fill: var(--of-ink); }}
.of-paper {{ fill: var(--of-paper); }}
.of-box {{ fill: var(--of-box); stroke: var(--of-edge); stroke-width: 1.2; }}
.of-box.of-final {{ fill: var(--of-final); }}
.of-inner {{ fill: none; stroke: var(--of-edge); stroke-width: 1; }}
.of-group {{ fill: var(--of-group); stroke: var(--of-group-edge); stroke-width: 1.2; }}
.of-title {{ font-size: 16px; font-weight: 600; }}
.of-label {{ font-size: {LABEL:g}px; font-weight: 600; }}
.of-chart .of-name, .of-chart .of-note, .of-chart .of-detail {{ font-size: {SMALL:g}px; fill: var(--of-soft); }}
.of-arrow {{ font-size: {SMALL:g}px; font-weight: 600; }}
.of-halo {{ paint-order: stroke; stroke: var(--of-paper); stroke-width: 4px; stroke-linejoin: round; }}
.of-line {{ fill: none; stroke-width: 1.5; }}
.of-line.of-event {{ stroke: var(--of-event); }}
.of-line.of-automatic {{ stroke: var(--of-automatic); }}
.of-line.of-after {{ stroke: var(--of-after); stroke-dasharray: 5 3; }}
.of-chart text.of-event, .of-tip.of-event {{ fill: var(--of-event); }}
.of-chart text.of-automatic, .of-tip.of-automatic {{ fill: var(--of-automatic); }}
.of-chart text.of-after, .of-tip.of-after {{ fill: var(--of-after); }}
.of-line.of-never {{ stroke-width: 1; stroke-opacity: 0.45; }}
.of-line.of-often {{ stroke-width: 2.4; }}
.of-line.of-most {{ stroke-width: 3.6; }}
.of-hold {{ fill: var(--of-hold); stroke: var(--of-after); stroke-width: 0.8; }}
.of-chart text.of-badge {{ font-size: {SMALL:g}px; fill: var(--of-after); }}
.of-now {{ fill: var(--of-now); }}
.of-chart text.of-count {{ font-size: {SMALL:g}px; font-weight: 600; fill: var(--of-on-now); }}
.of-dot {{ fill: var(--of-ink); }}
.of-start {{ fill: none; stroke: var(--of-ink); stroke-width: 1.5; }}
"""


def render(definition: Definition, entity: str | None = None) -> str:
    """Return the chart of one entity, or of all one below the other, as an SVG document.

    Raises:
        KeyError: no such entity.
    """
    names = [entity] if entity is not None else list(definition.entities)
    layouts = [layout(chart(definition, definition.entities[name])) for name in names]
    return document(layouts)


def document(layouts: Sequence[Layout], *, styled: bool = True) -> str:
    """Return charts one below the other; `styled=False` leaves the style to the page around it (`STYLE`)."""
    width = max(
        [*(one.width for one in layouts), *(_title_width(one.chart) for one in layouts), _legend_width()]
    )
    height = sum(one.height + _TITLE for one in layouts) + _LEGEND
    title = "; ".join(one.chart.title for one in layouts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="of-chart" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img">',
        f"<title>{clean(title)}</title>",
    ]
    if styled:
        parts.append(f"<style>{STYLE}</style>")
    parts.append(f'<rect class="of-paper" width="{width:.0f}" height="{height:.0f}"/>')
    y = 0.0
    for one in layouts:
        parts.append(f'<g transform="translate(0 {y:.1f})">')
        parts.append(f'<text class="of-title" x="16" y="25">{clean(one.chart.title)}</text>')
        parts.append(f'<g transform="translate({(width - one.width) / 2:.1f} {_TITLE:.1f})">')
        parts += _picture(one)
        parts.append("</g></g>")
        y += one.height + _TITLE
    boxes = [box for one in layouts for box in one.chart.boxes.values()]
    told = any(box.standing is not None for box in boxes)
    parts += _legend(y, holds=any(box.badges for box in boxes), told=told)
    parts.append("</svg>\n")
    return "\n".join(parts)


def clean(text: str) -> str:
    """Return a text safe inside SVG and HTML: escaped; what XML forbids or reverses text is shown as its code."""
    if text.isascii() and text.isprintable():
        return escape(text, quote=True)
    return escape("".join(char if _harmless(char) else _shown(char) for char in text), quote=True)


def _shown(char: str) -> str:
    return shown(char) if char not in "\ufffe\uffff" else "\ufffd"


def _harmless(char: str) -> bool:
    """Whether a character may stand in a page: line ends and joiners of scripts and emoji may."""
    if char in "\n\t\u200c\u200d":
        return True
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in "\ufffe\uffff"


def _title_width(one: Chart) -> float:
    return text_width(one.title, 16) * 1.08 + 32


def _picture(one: Layout) -> list[str]:
    parts = []
    for name, box in one.chart.boxes.items():
        if box.parts:
            parts += _group(box, one.places[name])
    most = max((route.arrow.count or 0 for route in one.routes), default=0)
    for route in one.routes:
        parts += _line(route, most)
    for name, box in one.chart.boxes.items():
        if not box.parts:
            parts += _leaf(box, one.places[name])
        if box.start:
            parts += _start(one.places[name], in_head=bool(box.parts))
    for route in one.routes:
        parts += _label(route)
    for name, box in one.chart.boxes.items():
        if box.parts:
            parts += _group_head(box, one.places[name])
    return parts


def _group(box: Box, place: Place) -> list[str]:
    return [
        f'<rect class="of-group" x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="10"><title>{clean(box.tip)}</title></rect>'
    ]


def _group_head(box: Box, place: Place) -> list[str]:
    x = place.x + PAD * 0.75
    name = f'<tspan class="of-name" dx="8">{clean(box.name)}</tspan>' if box.label != box.name else ""
    lines = [
        f'<text class="of-halo" x="{x:.1f}" y="{place.y + 18:.1f}"><tspan class="of-label">'
        f"{clean(box.label)}</tspan>{name}</text>"
    ]
    lines += [
        f'<text class="of-note of-halo" x="{x:.1f}" y="{place.y + HEADER + 7 + NOTE_LINE * n:.1f}">{clean(note)}</text>'
        for n, note in enumerate(box.notes)
    ]
    y = place.y + HEADER + NOTE_LINE * len(box.notes) - 4
    for badge in box.badges:
        lines += _badge(badge, x, y)
        y += BADGE_LINE
    return lines + _standing(box, place)


def _badge(text: str, x: float, y: float) -> list[str]:
    """A hold that can be on, as a badge whose left upper corner is given."""
    return [
        f'<rect class="of-hold" x="{x:.1f}" y="{y:.1f}" width="{badge_width(text):.1f}" height="16" rx="8"/>',
        f'<text class="of-badge" x="{x + 7:.1f}" y="{y + 12:.1f}">{clean(text)}</text>',
    ]


def _standing(box: Box, place: Place) -> list[str]:
    """How many records stand in a box, in its upper right corner; nothing where there are none."""
    if not box.standing:
        return []
    text = f"{box.standing:,}"
    wide = badge_width(text)
    x, y = place.right - wide - 4, place.y + 5
    return [
        f'<rect class="of-now" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="17" rx="8.5"/>',
        f'<text class="of-count" x="{x + wide / 2:.1f}" y="{y + 12.5:.1f}" text-anchor="middle">{text}</text>',
    ]


def _leaf(box: Box, place: Place) -> list[str]:
    middle = place.x + place.width / 2
    kind = " of-final" if box.final else ""
    parts = [
        f"<g><title>{clean(box.tip)}</title>"
        f'<rect class="of-box{kind}" x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="7"/>'
    ]
    if box.final:
        parts.append(
            f'<rect class="of-inner" x="{place.x + 3:.1f}" y="{place.y + 3:.1f}" width="{place.width - 6:.1f}" '
            f'height="{place.height - 6:.1f}" rx="5"/>'
        )
    y = place.y + 20.5
    parts.append(
        f'<text class="of-label" x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{clean(box.label)}</text>'
    )
    small = [("of-name", box.name)] if box.label != box.name else []
    y += 14.5
    for css, text in [*small, *(("of-note", note) for note in box.notes)]:
        parts.append(
            f'<text class="{css}" x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{clean(text)}</text>'
        )
        y += NOTE_LINE
    for badge in box.badges:
        parts += _badge(badge, middle - badge_width(badge) / 2, y - 9)
        y += BADGE_LINE
    parts += _standing(box, place)
    parts.append("</g>")
    return parts


def _start(place: Place, *, in_head: bool) -> list[str]:
    y = place.y + (13 if in_head else place.height / 2)
    x = place.x - DOT + 8
    return [
        f'<circle class="of-dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>',
        f'<path class="of-start" d="M{x:.1f} {y:.1f}H{place.x - 1:.1f}"/>',
        f'<path class="of-dot" d="M{place.x:.1f} {y:.1f}l-7 -3.5v7z"/>',
    ]


def _line(route: Route, most: int) -> list[str]:
    tip = f"<title>{clean(route.arrow.tip)}</title>"
    parts = [f"<g>{tip}"]
    for line in route.lines:
        parts.append(f'<path class="of-line of-{route.arrow.kind}{_weight(route, most)}" d="{path(line)}"/>')
    x, y = route.lines[0][-1]
    parts.append(f'<path class="of-tip of-{route.arrow.kind}" d="M{x:.1f} {y:.1f}l-4 -8h8z"/></g>')
    return parts


def _weight(route: Route, most: int) -> str:
    """The class of a line by how often its way was taken, compared with the most frequent one."""
    count = route.arrow.count
    if count is None:
        return ""
    if not count:
        return " of-never"
    return " of-most" if 2 * count >= most else " of-often" if 10 * count >= most else ""


def _label(route: Route) -> list[str]:
    x, y = route.label
    anchor = ' text-anchor="end"' if route.label_left else ""
    parts = [
        f'<g><title>{clean(route.arrow.tip)}</title><text class="of-arrow of-halo of-{route.arrow.kind}" '
        f'x="{x:.1f}" y="{y + 11:.1f}"{anchor}>{clean(route.arrow.heading)}</text>'
    ]
    if route.arrow.detail:
        parts.append(
            f'<text class="of-detail of-halo" x="{x:.1f}" y="{y + 11 + LABEL_LINE:.1f}"{anchor}>'
            f"{clean(route.arrow.detail)}</text>"
        )
    parts.append("</g>")
    return parts


def path(points: Sequence[Point]) -> str:
    """Return the SVG path of a line of right angles, its corners rounded; the end stops short of the arrow's tip."""
    points = list(points)
    x, y = points[-1]
    points[-1] = (x, y - 6)  # the tip covers the rest
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(_ROUND, _length(before, corner) / 2, _length(corner, after) / 2)
        start, end = _towards(corner, before, room), _towards(corner, after, room)
        parts.append(
            f"L{start[0]:.1f} {start[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        )
    parts.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(parts)


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(start: Point, goal: Point, room: float) -> Point:
    length = _length(start, goal) or 1.0
    return (start[0] + (goal[0] - start[0]) * room / length, start[1] + (goal[1] - start[1]) * room / length)


_KEYS = (
    ("event", "someone sends an event"),
    ("automatic", "as soon as it is true"),
    ("after", "after a time"),
)


def _legend_width() -> float:
    return 48 + sum(text_width(text, SMALL) + 54 for _, text in _KEYS) + 400


def _legend(y: float, *, holds: bool, told: bool) -> list[str]:
    parts, x = [f'<g transform="translate(0 {y:.1f})">'], 16.0
    for kind, text in _KEYS:
        parts.append(f'<path class="of-line of-{kind}" d="M{x:.1f} 12h24"/>')
        parts.append(f'<path class="of-tip of-{kind}" d="M{x + 30:.1f} 12l-8 -4v8z"/>')
        parts.append(f'<text class="of-name" x="{x + 36:.1f}" y="16">{text}</text>')
        x += text_width(text, SMALL) + 54
    parts.append(f'<circle class="of-dot" cx="{x + 4:.1f}" cy="12" r="4.5"/>')
    parts.append(f'<text class="of-name" x="{x + 14:.1f}" y="16">start</text>')
    parts.append(f'<rect class="of-box of-final" x="{x + 58:.1f}" y="4" width="24" height="16" rx="5"/>')
    parts.append(f'<rect class="of-inner" x="{x + 60.5:.1f}" y="6.5" width="19" height="11" rx="3"/>')
    parts.append(f'<text class="of-name" x="{x + 88:.1f}" y="16">final</text>')
    x += 130
    if holds:
        parts.append(f'<rect class="of-hold" x="{x:.1f}" y="4" width="24" height="16" rx="8"/>')
        parts.append(f'<text class="of-name" x="{x + 30:.1f}" y="16">can be held</text>')
        x += 110
    if told:
        parts.append(f'<rect class="of-now" x="{x:.1f}" y="4" width="24" height="16" rx="8"/>')
        parts.append(f'<text class="of-name" x="{x + 30:.1f}" y="16">stand there now</text>')
    parts.append("</g>")
    return parts
