"""The report of a run as one HTML file: no script, no request, every text escaped; for phones and the dark."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from orderflow.diagnostics.shown import safe
from orderflow.model.definition import Definition
from orderflow.reports import figures, svg
from orderflow.reports.chart import chart
from orderflow.reports.layout import layout
from orderflow.reports.lettering import shorten
from orderflow.reports.page_style import STYLE
from orderflow.reports.say import measured
from orderflow.reports.svg import clean
from orderflow.service.report import MetricLine, QueueLine, RejectedLine, RunReport

_REJECTED_SHOWN = 20
_ID_EMS = 30.0


def render(report: RunReport, definition: Definition | None = None) -> str:
    """Return the report as a self-contained HTML document.

    Args:
        report: what the run found.
        definition: the rules, to draw their charts at the end; left out, there are none.
    """
    style = STYLE + svg.STYLE
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    rules = report.ruleset
    title = f"{rules.label} · {report.now:%Y-%m-%d %H:%M}"
    sections = [
        _tiles(report),
        _states(report),
        _over_time(report),
        _metrics(report.metrics),
        _queues(report.queues),
        _findings(report),
        _stock(report),
        _effects(report),
        _rejected(report.rejected),
        _notes(report.notes),
        _charts(definition) if definition is not None else "",
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{clean(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            f"<header><h1>{clean(rules.label)}</h1>",
            f"<p>As of <strong>{report.now:%Y-%m-%d %H:%M}</strong> {clean(rules.timezone)} · rules "
            f"<code>{clean(rules.name)}</code> {clean(rules.version)} · digest <code>{clean(rules.digest[:12])}</code>"
            "</p></header>",
            "<main>",
            *(section for section in sections if section),
            "</main>",
            f"<footer>{_how(report)}</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _section(name: str, body: str, note: str = "") -> str:
    hint = f'<p class="hint">{clean(note)}</p>' if note else ""
    return f"<section><h2>{clean(name)}</h2>{hint}{body}</section>"


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = (), *, stacked: bool = False
) -> str:
    """Return a table.

    Args:
        head: the names of the columns.
        rows: cells that are HTML already.
        numeric: the numbers of the columns that stand to the right.
        stacked: on a phone, show a row as a block in which each cell has a line of its own.
    """
    right, n = set(numeric), ' class="n"'

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{name(tag, index)}{n if index in right else ''}>{text}</{tag}>"
            for index, text in enumerate(texts)
        )

    def name(tag: str, index: int) -> str:
        return f' data-name="{head[index]}"' if stacked and tag == "td" and index else ""

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    kind = ' class="stacked"' if stacked else ""
    return f'<div class="wide"><table{kind}><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'


def _tiles(report: RunReport) -> str:
    waiting = sum(queue.count for queue in report.queues)
    facts = [
        ("orders", f"{report.orders:,}", "", ""),
        (
            "in exception queues",
            f"{waiting:,}",
            f"in {len(report.queues)} {'queue' if len(report.queues) == 1 else 'queues'}",
            "warn" if waiting else "good",
        ),
        (
            "oversold",
            f"{report.oversold:,}",
            "counted from stored stock",
            "bad" if report.oversold else "good",
        ),
        ("events played", f"{report.events:,}", f"{report.refused:,} refused", ""),
    ]
    tiles = "".join(
        f'<div class="tile {mood}"><b>{value}</b><span>{clean(name)}</span><small>{clean(note)}</small></div>'
        for name, value, note, mood in facts
    )
    return f'<div class="tiles">{tiles}</div>'


def _states(report: RunReport) -> str:
    return _section("Orders by state", figures.bars(report.states, report.orders)) if report.states else ""


def _over_time(report: RunReport) -> str:
    if report.series is None:
        return ""
    return _section(
        f"Orders submitted by {report.series.unit}",
        figures.columns(report.series),
        figures.span(report.series) + f", {report.ruleset.timezone}",
    )


def _metrics(metrics: Sequence[MetricLine]) -> str:
    if not metrics:
        return ""
    left_out = any(count for metric in metrics for count in (metric.excluded or {}).values())
    return _section(
        "Metrics",
        '<div class="tiles metrics">' + "".join(map(_metric, metrics)) + "</div>",
        "left out: records that a metric cannot or shall not count, by reason" if left_out else "",
    )


def _metric(metric: MetricLine) -> str:
    if metric.kind == "rate":
        lines = [f"{metric.numerator or 0:,} of {metric.denominator or 0:,}"]
        meter = figures.meter(metric.value or 0.0)
    else:
        further = [(f"{name[1:]} % up to", value) for name, value in (metric.more or {}).items()]
        spread = [("median", metric.median), ("90 % up to", metric.p90), *further]
        lines = [f"mean of {metric.count or 0:,}"]
        lines += [f"{name} {measured(value, metric)}" for name, value in spread if value is not None]
        meter = ""
    left_out = {name: count for name, count in (metric.excluded or {}).items() if count}
    if left_out:
        reasons = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in left_out.items())
        lines.append(f"left out: {reasons}")
    return (
        f'<div class="tile"><span>{clean(metric.label)}</span><b>{clean(measured(metric.value, metric))}</b>{meter}'
        + "".join(f"<small>{clean(text)}</small>" for text in lines)
        + "</div>"
    )


def _queues(queues: Sequence[QueueLine]) -> str:
    if not queues:
        return ""
    rows = [
        (
            f"{clean(queue.label)}<br><code>{clean(queue.name)}</code>",
            clean(queue.owner or "–"),
            f"<strong>{queue.count:,}</strong>" if queue.count else "0",
            " ".join(f"<code>{clean(shorten(safe(example), _ID_EMS))}</code>" for example in queue.examples)
            + (" …" if queue.count > len(queue.examples) > 0 else ""),
        )
        for queue in queues
    ]
    head = ("queue", "owner", "records", "the first")
    if any(queue.owner for queue in queues):
        return _section("Exception queues", _table(head, rows, [2], stacked=True))
    without_owner = [(row[0], *row[2:]) for row in rows]
    return _section("Exception queues", _table((head[0], *head[2:]), without_owner, [1], stacked=True))


def _findings(report: RunReport) -> str:
    if not report.findings:
        return ""
    rows = [
        (f"{clean(finding.label)}<br><code>{clean(finding.name)}</code>", f"{finding.count:,}")
        for finding in report.findings
    ]
    return _section(
        "Contradictions in the data",
        _table(("finding", "records"), rows, [1]),
        "judged on every record at the end",
    )


def _stock(report: RunReport) -> str:
    if not report.stock:
        return ""
    rows = [
        (
            f"{clean(row.label)}<br><code>{clean(row.warehouse)}</code>",
            f"{row.positions:,}",
            f"{row.on_hand:,}",
            f"{row.allocated:,}",
            f"{row.on_hand - row.allocated:,}",
            f"{row.sold_out:,}",
        )
        for row in report.stock
    ]
    head = ("warehouse", "positions", "on hand", "allocated", "available", "sold out")
    note = "in units; a position is one article in one warehouse, sold out when none of it is available"
    return _section("Stock", _table(head, rows, range(1, 6), stacked=True), note)


def _effects(report: RunReport) -> str:
    if not report.effects:
        return ""
    rows = [
        (
            f"<code>{clean(row.action)}</code>",
            *(f"{n:,}" for n in (row.sent, row.failed, row.dead, row.pending)),
        )
        for row in report.effects
    ]
    return _section(
        "Effects outside",
        _table(("action", "sent", "failed tries", "given up", "waiting"), rows, range(1, 5)),
    )


def _rejected(rejected: Sequence[RejectedLine]) -> str:
    if not rejected:
        return ""
    rows = [
        (f"<code>{clean(row.file)}:{row.line}:{row.column}</code>", clean(row.message))
        for row in rejected[:_REJECTED_SHOWN]
    ]
    more = len(rejected) - len(rows)
    note = f"the first {len(rows)} of {len(rejected):,}" if more else f"{len(rejected):,}"
    return _section("Rows that could not be read", _table(("where", "why"), rows, stacked=True), note)


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return _section(
        "Notes on the input", "<ul>" + "".join(f"<li>{clean(note)}</li>" for note in notes) + "</ul>"
    )


def _charts(definition: Definition) -> str:
    drawn = "".join(
        f'<div class="wide">{svg.document([layout(chart(definition, entity))], styled=False)}</div>'
        for entity in definition.entities.values()
    )
    return _section("The rules", drawn)


def _how(report: RunReport) -> str:
    parts = [f"{report.orders:,} orders, {report.events:,} events"]
    if report.seconds > 0:
        parts[0] += f" in {report.seconds:.1f} s ({report.orders_per_second:,.0f} orders a second)"
    refusals: Mapping[str, int] = report.refusals or {}
    if refusals:
        parts.append("refused: " + ", ".join(f"{count:,} {code}" for code, count in refusals.items()))
    parts.append(f"digest {report.ruleset.digest}")
    return clean(" · ".join(parts))
