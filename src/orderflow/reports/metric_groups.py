"""A metric told apart by days, channels or the like: one row a group, with a bar."""

from orderflow.reports.figures import meter
from orderflow.reports.parts import table
from orderflow.reports.say import measured
from orderflow.reports.svg import clean
from orderflow.service.report import GroupKey, MetricLine

#: So many groups are shown; a report by day then shows the last month.
SHOWN = 31


def grouped(metric: MetricLine) -> str:
    """Return the groups of a metric as a table to open; nothing where it has none."""
    groups = dict(metric.groups or {})
    if not groups:
        return ""
    unknown = {key: groups.pop(key) for key in (None,) if key in groups}
    last = list(groups.items())[-SHOWN:]
    most = max([0.0, *(abs(line.value or 0.0) for _, line in last)])
    rows = [_row(key, line, most) for key, line in (*last, *unknown.items())]
    left_out = any(row[-1] for row in rows)
    head = ["group", "", "", "of", "left out"]
    body = table(head if left_out else head[:-1], (row if left_out else row[:-1] for row in rows), [1, 3])
    hidden = len(groups) - len(last)
    note = f'<p class="hint">{hidden:,} groups before these are not shown.</p>' if hidden else ""
    return (
        f"<details><summary>{clean(metric.label)}: {len(groups):,} groups</summary>"
        f'<p class="hint">by <code>{clean(metric.by)}</code></p>{body}{note}</details>'
    )


def _row(key: GroupKey, line: MetricLine, most: float) -> list[str]:
    value = line.value or 0.0
    share = value if line.kind == "rate" else value / most if most and value > 0 else 0.0
    of = f"{line.denominator or 0:,}"
    if line.kind == "rate":
        of = f"{line.numerator or 0:,} of {of}"
    reasons = ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in (line.excluded or {}).items() if count
    )
    name = f'<span class="soft">{clean(line.label)}</span>' if key is None else clean(line.label)
    return [name, clean(measured(line.value, line)), meter(share), of, clean(reasons)]
