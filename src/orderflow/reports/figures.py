"""The figures of a report: bars by state, orders over time. Colours come from the page's style."""

from collections.abc import Sequence
from datetime import datetime

from orderflow.reports.svg import clean
from orderflow.service.report import Series, StateLine


def bars(states: Sequence[StateLine], total: int) -> str:
    """Return one row a state: its label, a bar, its count and its share of the total."""
    most = max([1, *(state.count for state in states)])
    rows = []
    for state in states:
        share = _percent(state.count, total)
        rows.append(
            f'<div title="{clean(state.name)}">{clean(state.label)}</div>{meter(state.count / most)}'
            f'<div class="n">{state.count:,}</div><div class="n soft">{share}</div>'
        )
    return '<div class="states">' + "".join(rows) + "</div>"


def _percent(count: int, total: int) -> str:
    """Return a share in percent; what rounds to nothing and is not says so."""
    if not total:
        return ""
    return "&lt;0.1%" if 0 < count / total < 0.0005 else f"{count / total:.1%}"


def meter(share: float) -> str:
    """Return a bar that is filled from 0 to 1; the least that is not nothing can still be seen."""
    filled = max(100 * share, 0.4 if share else 0.0)
    return (
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="track" width="100" height="4"/><rect class="bar" width="{filled:.2f}" height="4"/></svg>'
    )


def columns(series: Series) -> str:
    """Return columns of submitted orders over time, one an hour, day or month."""
    width, height, bottom, left, top_edge = 1000.0, 250.0, 44.0, 72.0, 24.0
    most = max([1, *(count for _, count in series.points)])
    top = _round_up(most)
    step = (width - left) / len(series.points)
    base = height - bottom
    parts = []
    for mark in (0, top // 2, top) if top > 1 else (0, top):
        y = base - (base - top_edge) * mark / top
        parts.append(f'<path class="grid" d="M{left:.0f} {y:.1f}H{width:.0f}"/>')
        parts.append(
            f'<text class="axis" x="{left - 8:.0f}" y="{y + 4:.1f}" text-anchor="end">{mark:,}</text>'
        )
    for number, (at, count) in enumerate(series.points):
        wide = min(step * 0.8, 80.0)
        x = left + step * (number + 0.5) - wide / 2
        tall = (base - top_edge) * count / top
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{base - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}"><title>{_moment(at, series.unit)}: {count:,}</title></rect>'
        )
    every = max(1, -(-len(series.points) // 8))
    for number in range(0, len(series.points), every):
        at = series.points[number][0]
        x = left + step * (number + 0.5)
        parts.append(
            f'<text class="axis" x="{x:.1f}" y="{height - 12:.1f}" text-anchor="middle">{_tick(at, series.unit)}</text>'
        )
    return _frame(f"orders submitted by {series.unit}", width, height, parts)


def span(series: Series) -> str:
    """Return from when to when a series goes, in days or, for a series by months, in months."""
    form = "%Y-%m" if series.unit == "month" else "%Y-%m-%d"
    first, last = (f"{series.points[place][0]:{form}}" for place in (0, -1))
    return first if first == last else f"{first} to {last}"


def _frame(name: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="figure" role="img" aria-label="{clean(name)}" viewBox="0 0 {width:.0f} {height:.0f}">'
        + "".join(parts)
        + "</svg>"
    )


def _round_up(number: int) -> int:
    """Return the next number of the form 1, 2, 4, 5 or 10 times a power of ten, even where it can be."""
    power = 1
    while power * 10 < number:
        power *= 10
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= number)


def _moment(at: datetime, unit: str) -> str:
    if unit == "hour":
        return f"{at:%Y-%m-%d %H:00}"
    return f"{at:%Y-%m-%d}" if unit == "day" else f"{at:%Y-%m}"


def _tick(at: datetime, unit: str) -> str:
    if unit == "hour":
        return f"{at:%H:00}"
    return f"{at:%m-%d}" if unit == "day" else f"{at:%Y-%m}"
