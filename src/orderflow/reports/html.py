"""The report of a run as one HTML file: no script, no request, every text escaped; for phones and the dark."""

import base64
from collections.abc import Mapping, Sequence
from hashlib import sha256

from orderflow.model.definition import Definition
from orderflow.reports import accounts, figures, lives, svg
from orderflow.reports.metric_groups import grouped
from orderflow.reports.page_style import STYLE
from orderflow.reports.parts import ids, section, table
from orderflow.reports.say import length, measured
from orderflow.reports.svg import clean
from orderflow.service.accounts import Trouble
from orderflow.service.report import MetricLine, QueueLine, RejectedLine, RunReport

_REJECTED_SHOWN = 20
_PLACES_SHOWN = 3
_IDS_SHOWN = 3


def render(report: RunReport, definition: Definition | None = None) -> str:
    """Return the report as a self-contained HTML document.

    Args:
        report: what the run found.
        definition: the rules, to draw their charts; left out, there are none.
    """
    style = STYLE + svg.STYLE
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    rules = report.ruleset
    title = f"{rules.label} · {report.now:%Y-%m-%d %H:%M}"
    sections = [
        _tiles(report),
        _troubles(report.troubles),
        _queues(report.queues),
        _states(report),
        _over_time(report),
        accounts.days(report),
        lives.lives(report, definition) if definition is not None else "",
        _metrics(report.metrics),
        accounts.allocation(report),
        accounts.promises(report),
        accounts.holds(report),
        accounts.amounts(report),
        accounts.stock(report),
        accounts.checks(report),
        accounts.refusals(report),
        _findings(report),
        lives.story(report.story),
        _effects(report),
        _rejected(report.rejected),
        _notes(report.notes),
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


def _tiles(report: RunReport) -> str:
    waiting = sum(queue.count for queue in report.queues)
    taken = sum(queue.handed_over for queue in report.queues)
    queues = f"in {len(report.queues)} {'queue' if len(report.queues) == 1 else 'queues'}"
    facts = [
        ("orders", f"{report.orders:,}", report.subject if report.subject not in ("", "order") else "", ""),
        (
            "in exception queues",
            f"{waiting:,}",
            f"{queues}, {taken:,} handed over" if taken else queues,
            "warn" if waiting else "good",
        ),
        (
            "oversold",
            f"{report.oversold:,}",
            "counted from stored stock",
            "bad" if report.oversold else "good",
        ),
    ]
    found = report.allocation
    if found is not None and found.asked:
        share = found.short_share or 0.0
        said = f"{found.short:,} of {found.of:,}, {found.backorders.waiting:,} wait now"
        facts.append(
            ("short of a unit at allocation", f"{share:.1%}", said, "warn" if found.short else "good")
        )
    if report.late is not None:
        said = f"parcels; {report.late.late:,} more came late"
        facts.append(
            ("past the promised day", f"{report.late.open:,}", said, "bad" if report.late.open else "good")
        )
    if report.holds:
        on = sum(hold.on for hold in report.holds)
        placed = sum(hold.placed for hold in report.holds)
        facts.append(("held now", f"{on:,}", f"{placed:,} times in all", "warn" if on else ""))
    if len(facts) < 5:
        facts.append(("events played", f"{report.events:,}", f"{report.refused:,} refused", ""))
    tiles = "".join(
        f'<div class="tile {mood}"><b>{value}</b><span>{clean(name)}</span><small>{clean(note)}</small></div>'
        for name, value, note, mood in facts
    )
    return f'<div class="tiles">{tiles}</div>'


def _troubles(troubles: Sequence[Trouble]) -> str:
    if not troubles:
        return ""
    said = "".join(
        f'<li class="{trouble.mood}"><strong>{clean(trouble.what)}</strong> {clean(trouble.more)}</li>'
        for trouble in troubles
    )
    return section("What went wrong", f'<ul class="troubles">{said}</ul>')


def _states(report: RunReport) -> str:
    return section("Orders by state", figures.bars(report.states, report.orders)) if report.states else ""


def _over_time(report: RunReport) -> str:
    if report.series is None:
        return ""
    return section(
        f"Orders submitted by {report.series.unit}",
        figures.columns(report.series),
        figures.span(report.series) + f", {report.ruleset.timezone}",
    )


def _metrics(metrics: Sequence[MetricLine]) -> str:
    if not metrics:
        return ""
    left_out = any(count for metric in metrics for count in (metric.excluded or {}).values())
    return section(
        "Metrics",
        '<div class="tiles metrics">'
        + "".join(map(_metric, metrics))
        + "</div>"
        + "".join(map(grouped, metrics)),
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
    owned = any(queue.owner or queue.tickets for queue in queues)
    head = ["queue", "owner", "records", "the oldest", "the first", "where"]
    kept = [0, *([1] if owned else []), 2, 3, 4]
    kept += [5] if any(queue.places for queue in queues) else []
    full = sorted((queue for queue in queues if queue.count), key=lambda queue: -queue.count)
    rows = [[_queue(queue)[place] for place in kept] for queue in full]
    body = table([head[place] for place in kept], rows, [kept.index(2)], stacked=True) if rows else ""
    empty = ", ".join(queue.label for queue in queues if not queue.count)
    return section(
        "Exception queues",
        body + (f'<p class="hint">Nothing stands in: {clean(empty)}.</p>' if empty else ""),
    )


def _queue(queue: QueueLine) -> tuple[str, ...]:
    since = (
        f"{length(queue.oldest_seconds)}, since {queue.since:%m-%d %H:%M}" if queue.since is not None else ""
    )
    places = "".join(
        f'<div class="place">{clean(share.label)}: {share.count:,}</div>'
        for share in queue.places[:_PLACES_SHOWN]
    )
    who = clean(queue.owner or "–")
    for ticket in queue.tickets:
        who += f"<br><code>{clean(ticket.ticket)}</code>{clean(ticket.owner)}, {clean(ticket.state_label)}"
    if queue.handed_over > len(queue.tickets):
        who += f"<br>{queue.handed_over:,} tickets in all"
    return (
        f"{clean(queue.label)}<br><code>{clean(queue.name)}</code>",
        who,
        f"<strong>{queue.count:,}</strong>" if queue.count else "0",
        clean(since),
        ids(queue.examples[:_IDS_SHOWN], more=queue.count > _IDS_SHOWN),
        places,
    )


def _findings(report: RunReport) -> str:
    if not report.findings:
        return ""
    rows = [
        (f"{clean(finding.label)}<br><code>{clean(finding.name)}</code>", f"{finding.count:,}")
        for finding in report.findings
    ]
    return section(
        "Contradictions in the data",
        table(("finding", "records"), rows, [1]),
        "judged on every record at the end",
    )


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
    return section(
        "Effects outside",
        table(("action", "sent", "failed tries", "given up", "waiting"), rows, range(1, 5)),
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
    return section("Rows that could not be read", table(("where", "why"), rows, stacked=True), note)


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return section(
        "Notes on the input", "<ul>" + "".join(f"<li>{clean(note)}</li>" for note in notes) + "</ul>"
    )


def _how(report: RunReport) -> str:
    parts = [f"{report.orders:,} orders, {report.events:,} events"]
    if report.seconds > 0:
        parts[0] += f" in {report.seconds:.1f} s ({report.orders_per_second:,.0f} orders a second)"
    refusals: Mapping[str, int] = report.refusals or {}
    if refusals:
        parts.append("refused: " + ", ".join(f"{count:,} {code}" for code, count in refusals.items()))
    parts.append(f"digest {report.ruleset.digest}")
    return clean(" · ".join(parts))
