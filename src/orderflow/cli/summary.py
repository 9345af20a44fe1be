"""A run's report as text: what a manager would read."""

from orderflow.cli.accounts import print_accounts, print_story
from orderflow.cli.output import line, table
from orderflow.diagnostics.shown import width
from orderflow.reports.say import length, measured
from orderflow.service.report import MetricLine, QueueLine, RunReport

_REJECTED_SHOWN = 10
_GROUPS_SHOWN = 7
_WIDEST = 98
_MARKS = {"bad": "!", "warn": "-", "good": "+"}


def print_summary(report: RunReport, *, story: bool = False) -> None:
    """Print the report: what went wrong, states, queues, metrics, what became of stock, promises, holds and money.

    Args:
        story: tell the record's whole story as well.
    """
    rules = report.ruleset
    line(f"{rules.label} {rules.version}, as of {report.now:%Y-%m-%d %H:%M} {rules.timezone}")
    line()
    if report.troubles:
        for trouble in report.troubles:
            _bullet(_MARKS[trouble.mood], trouble.text)
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
        head = ("queue", "", "owner", "records", "the oldest", "handed over")
        table(head, [_queue(queue) for queue in report.queues], [3, 5])
    if report.metrics:
        line()
        table(("metric", "", "value", "of"), [_metric(metric) for metric in report.metrics], [2])
        for metric in report.metrics:
            if told := grouped(metric):
                _bullet(" ", told)
    if report.findings:
        line()
        table(
            ("contradiction", "", "records"),
            [(finding.name, finding.label, f"{finding.count:,}") for finding in report.findings],
            [2],
        )
    print_accounts(report)
    line()
    line(f"oversold: {report.oversold:,}")
    line(_played(report))
    for note in report.notes:
        line(f"note: {note}")
    for row in report.rejected[:_REJECTED_SHOWN]:
        line(f"rejected: {row.file}:{row.line}:{row.column}: {row.message}")
    if len(report.rejected) > _REJECTED_SHOWN:
        line(f"rejected: {len(report.rejected) - _REJECTED_SHOWN:,} more")
    if story and report.story is not None:
        print_story(report.story)


def _bullet(mark: str, text: str) -> None:
    """A sentence behind a mark, on lines of at most 100 columns; long words such as ids stay whole."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and width(longer) > _WIDEST:
            rows.append(word)
        else:
            rows[-1] = longer
    for number, row in enumerate(rows):
        line(f"{' ' if number else mark} {row}")


def _queue(queue: QueueLine) -> tuple[str, ...]:
    oldest = ""
    if queue.oldest_seconds is not None and queue.examples:
        oldest = f"{queue.examples[0]}, {length(queue.oldest_seconds)}"
    handed = f"{queue.handed_over:,}" if queue.handed_over else ""
    return (queue.name, queue.label, queue.owner or "", f"{queue.count:,}", oldest, handed)


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


def grouped(metric: MetricLine) -> str:
    """Return the value of each group and how many were counted in it; nothing where there are none or too many to read."""
    groups = (metric.groups or {}).values()
    if not groups or len(groups) > _GROUPS_SHOWN:
        return ""
    parts = [
        f"{group.label} {measured(group.value, metric)} ({group.denominator or 0:,})" for group in groups
    ]
    return f"{metric.name} by {metric.by}: {', '.join(parts)}"


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
