"""A run's report as text: what a manager would read."""

from orderflow.cli.output import line, table
from orderflow.reports.html import measured
from orderflow.service.report import MetricLine, RunReport

_REJECTED_SHOWN = 10


def print_summary(report: RunReport) -> None:
    """Print the report: orders by state, queues, metrics, contradictions, stock, what was refused or rejected."""
    rules = report.ruleset
    line(f"{rules.label} {rules.version}, as of {report.now:%Y-%m-%d %H:%M} {rules.timezone}")
    line()
    table(
        ("state", "", "orders"),
        [
            (state.name, state.label if state.label != state.name else "", f"{state.count:,}")
            for state in report.states
        ],
        [2],
    )
    line(f"{report.orders:,} orders")
    if report.queues:
        line()
        table(
            ("queue", "", "owner", "records"),
            [(queue.name, queue.label, queue.owner or "", f"{queue.count:,}") for queue in report.queues],
            [3],
        )
    if report.metrics:
        line()
        table(("metric", "", "value", "of"), [_metric(metric) for metric in report.metrics], [2])
    if report.findings:
        line()
        table(
            ("contradiction", "", "records"),
            [(finding.name, finding.label, f"{finding.count:,}") for finding in report.findings],
            [2],
        )
    if report.stock:
        line()
        rows = [
            (row.warehouse, row.label, f"{row.on_hand:,}", f"{row.allocated:,}", f"{row.sold_out:,}")
            for row in report.stock
        ]
        table(("warehouse", "", "on hand", "allocated", "sold out"), rows, [2, 3, 4])
    line()
    line(f"oversold: {report.oversold:,}")
    line(_played(report))
    for note in report.notes:
        line(f"note: {note}")
    for row in report.rejected[:_REJECTED_SHOWN]:
        line(f"rejected: {row.file}:{row.line}:{row.column}: {row.message}")
    if len(report.rejected) > _REJECTED_SHOWN:
        line(f"rejected: {len(report.rejected) - _REJECTED_SHOWN:,} more")


def _metric(metric: MetricLine) -> tuple[str, str, str, str]:
    if metric.kind == "rate":
        of = f"{metric.numerator or 0:,} of {metric.denominator or 0:,}"
    else:
        further = [(f"{name[1:]} % up to", value) for name, value in (metric.more or {}).items()]
        spread = [("median", metric.median), ("90 % up to", metric.p90), *further]
        of = f"{metric.count or 0:,}; " + ", ".join(
            f"{name} {measured(value, metric)}" for name, value in spread
        )
    left_out = [f"{count:,} {name}" for name, count in (metric.excluded or {}).items() if count]
    if left_out:
        of += f"; left out {', '.join(left_out)}"
    return (metric.name, metric.label, measured(metric.value, metric), of)


def _played(report: RunReport) -> str:
    again = f" ({report.repeated:,} of them played before)" if report.repeated else ""
    parts = [f"events: {report.events:,}{again}"]
    if report.refused:
        codes = ", ".join(f"{count:,} {code}" for code, count in (report.refusals or {}).items())
        parts.append(f"refused: {report.refused:,} ({codes})")
    if report.rejected:
        parts.append(f"rejected: {len(report.rejected):,}")
    sent = sum(row.sent for row in report.effects)
    pending = sum(row.pending for row in report.effects)
    if report.effects:
        parts.append(f"effects: {sent:,} sent, {pending:,} waiting")
    if report.seconds > 0:
        parts.append(
            f"{report.seconds:.1f} s ({report.orders_per_second:,.0f} orders, {report.events / report.seconds:,.0f} events a second)"
        )
    return " · ".join(parts)
