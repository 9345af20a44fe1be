"""What went wrong, in a few plain sentences made from the numbers: where, since when, and who has it now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from orderflow.engine.phrases import span
from orderflow.service.accounts import AllocationPart, LatePart, Share, Trouble
from orderflow.service.report import QueueLine, RunReport

_QUEUES = 4
_PLACES = 3
_SKUS = 3


def troubles(report: RunReport) -> tuple[Trouble, ...]:
    """The sentences, the most pressing first.

    Args:
        report: the report with everything else in it.
    """
    return (
        *_day(report),
        *_queues(report),
        *_late(report.late),
        *_allocation(report),
        *_oversold(report),
        *_holds(report),
        *_refused(report),
        *_outside(report),
    )


def _queues(report: RunReport) -> Iterator[Trouble]:
    if not report.queues:
        return
    full = sorted((queue for queue in report.queues if queue.count), key=lambda queue: -queue.count)
    if not full:
        yield Trouble("good", "Nothing stands in an exception queue.")
        return
    if len(full) > 1:
        total = sum(queue.count for queue in full)
        taken = sum(queue.handed_over for queue in full)
        hands = ""
        if any(queue.opened for queue in report.queues):
            hands = f"For {taken:,} of them a ticket is open; the others are with the owners of their queues."
        yield Trouble("warn", f"{_many(total, 'case')} in {len(full)} exception queues now.", hands)
    for queue in full[:_QUEUES]:
        yield Trouble("bad", f"{queue.label}: {queue.count:,}, {_owner(queue)}.", _queue(queue))
    if len(full) > _QUEUES:
        rest = "; ".join(f"{queue.label}: {queue.count:,}, {_owner(queue)}" for queue in full[_QUEUES:])
        yield Trouble("warn", "Further queues:", f"{rest}.")


def _queue(queue: QueueLine) -> str:
    parts = []
    if queue.examples and queue.oldest_seconds is not None:
        parts.append(f"The oldest, {queue.examples[0]}, has stood there for {_span(queue.oldest_seconds)}.")
    if len(queue.places) > 1:
        parts.append(f"Most are at {_shares(queue.places)}.")
    elif queue.places:
        parts.append(f"At {queue.places[0].label}.")
    if queue.handed_over:
        whom = sorted({f"{ticket.owner} ({ticket.state_label})" for ticket in queue.tickets})
        parts.append(f"{_many(queue.handed_over, 'ticket')} open, with {', '.join(whom)}.")
    return " ".join(parts)


def _owner(queue: QueueLine) -> str:
    return f"with {queue.owner}" if queue.owner is not None else "with nobody in particular"


def _late(late: LatePart | None) -> Iterator[Trouble]:
    if late is None:
        return
    if late.open:
        states = "; ".join(
            f"{share.count:,} {share.label} (with {_whom(having, share.count)})"
            for share, having in late.by_state
        )
        record, days = late.examples[0]
        yield Trouble(
            "bad",
            f"{_many(late.open, 'parcel')} past the promised day and not there yet.",
            f"They are: {states}. "
            f"Sent from {_shares(late.by_warehouse)}. "
            f"The longest overdue is {record}, by {_many(days, 'day')}.",
        )
    if late.late:
        yield Trouble(
            "warn", f"{_many(late.late, 'parcel')} of {late.promised:,} came after the promised day."
        )
    if not late.open and not late.late:
        yield Trouble("good", f"No promise was broken: {_many(late.promised, 'parcel')} had a promised day.")


def _allocation(report: RunReport) -> Iterator[Trouble]:
    found = report.allocation
    if found is None:
        return
    waits = found.backorders
    if waits.waiting and waits.oldest_seconds is not None:
        most = ", ".join(
            f"{sku.sku} ({_many(sku.waiting_units, 'unit')} for {sku.waiting:,})"
            for sku in found.lacking[:_SKUS]
        )
        yield Trouble(
            "bad",
            f"{_many(waits.waiting, 'record')} wait{'s' * (waits.waiting == 1)} for stock.",
            f"The longest, {waits.examples[0]}, for {_span(waits.oldest_seconds)}."
            + (f" What is lacking most: {most}." if most else ""),
        )
    if found.short:
        yield Trouble(
            "warn",
            f"{found.short:,} of {found.of:,} ({found.short_share or 0:.1%}) lacked a unit when they came to be allocated.",
            _short(found),
        )
    elif found.asked:
        yield Trouble("good", "Every record had its units when it came to be allocated.")


def _short(found: AllocationPart) -> str:
    waits = found.backorders
    parts = []
    if waits.served:
        parts.append(f"{waits.served:,} got them later (after {_span(waits.mean_seconds or 0)} on average)")
    if waits.waiting:
        parts.append(f"{waits.waiting:,} still wait")
    if waits.given_up:
        parts.append(f"{waits.given_up:,} ended without them")
    said = (
        f"With {found.preorders:,} more that lacked preordered units only: "
        if found.preorders
        else "Of them "
    )
    text = f"{said}{', '.join(parts)}." if parts else ""
    skus = ", ".join(f"{sku.sku} ({sku.records:,})" for sku in found.skus[:_SKUS])
    return f"{text} Most often short: {skus}.".strip() if skus else text


def _oversold(report: RunReport) -> Iterator[Trouble]:
    if report.oversold:
        yield Trouble(
            "bad", f"{report.oversold:,} took units that were not there: the stock ledger is broken."
        )
    elif report.stock:
        yield Trouble(
            "good", "Nothing was sold twice: no unit was given to two records, by the stock ledger."
        )


def _holds(report: RunReport) -> Iterator[Trouble]:
    on = sorted((hold for hold in report.holds if hold.on), key=lambda hold: -hold.on)
    if on:
        kinds = "; ".join(
            f"{hold.label}: {hold.on:,}" + (f", the first {hold.examples[0]}" if hold.examples else "")
            for hold in on
        )
        yield Trouble("warn", f"{_many(sum(hold.on for hold in on), 'record')} held now.", f"{kinds}.")


def _refused(report: RunReport) -> Iterator[Trouble]:
    if report.refused_events:
        total = sum(line.count for line in report.refused_events)
        most = report.refused_events[0]
        record, why = most.examples[0]
        yield Trouble(
            "warn",
            f"{_many(total, 'event')} changed nothing, because the rules did not take {'it' if total == 1 else 'them'}.",
            f"Most often {most.event_label} of {most.label} ({most.count:,}), such as {record}: {why}.",
        )
    if report.rejected:
        yield Trouble(
            "bad",
            f"{_many(len(report.rejected), 'line')} of the file could not be used; they are listed below.",
        )


def _outside(report: RunReport) -> Iterator[Trouble]:
    dead = [row for row in report.effects if row.dead]
    if dead:
        kinds = ", ".join(f"{row.action} ({row.dead:,})" for row in dead)
        yield Trouble("bad", "Given up on after several tries, and never sent:", f"{kinds}.")


def _day(report: RunReport) -> Iterator[Trouble]:
    if len(report.days) < 2:
        return
    day = max(report.days, key=lambda line: line.submitted)
    told = [
        (day.short, "lacked a unit"), (day.held, "were held"), (day.queued, "came into a queue"),
        (day.refused, "events were refused"),
    ]  # fmt: skip
    parts = ", ".join(f"{count:,} {what}" for count, what in told if count) or "nothing went wrong"
    yield Trouble(
        "warn",
        f"The busiest day was {day.day.isoformat()} with {day.submitted:,}.",
        f"{parts[:1].upper()}{parts[1:]}.",
    )


def _whom(having: Sequence[tuple[str, int]], count: int) -> str:
    return ", ".join(who if number == count else f"{who} {number:,}" for who, number in having)


def _shares(shares: Iterable[Share]) -> str:
    every = list(shares)
    text = ", ".join(f"{share.label} ({share.count:,})" for share in every[:_PLACES])
    return text + (f" and {len(every) - _PLACES} more" if len(every) > _PLACES else "")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _span(seconds: float) -> str:
    return span(timedelta(seconds=seconds))
