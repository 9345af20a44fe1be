"""The further parts of a report as text: allocation, promises, holds, amounts, stock, checks, refusals, a story."""

from orderflow.cli.output import line, table
from orderflow.reports.say import MOVED, REFUSED, length
from orderflow.service.accounts import AllocationPart, Story
from orderflow.service.report import RunReport

_REFUSALS_SHOWN = 8
_SKUS_SHOWN = 5


def print_accounts(report: RunReport) -> None:
    """Print the parts that there is something to say of."""
    if report.allocation is not None and report.allocation.asked:
        _allocation(report.allocation)
    if report.stock:
        _stock(report)
    _promises(report)
    _holds(report)
    _amounts(report)
    _checks(report)
    _lives(report)
    _refusals(report)


def _allocation(found: AllocationPart) -> None:
    line()
    parcels = ", ".join(f"{records:,} in {parcels}" for parcels, records in found.split)
    line(
        f"allocation: {found.planned:,} of {found.asked:,} given to warehouses, {found.parcels:,} parcels, "
        f"{found.units:,} units" + (f" ({parcels})" if len(found.split) > 1 else "")
    )
    head = ("warehouse", "", "parcels", "units", "mean km", "chosen", "farther", "short", "out of reach")
    rows = [
        (
            row.warehouse, row.label, f"{row.parcels:,}", f"{row.units:,}",
            "" if row.mean_km is None else f"{row.mean_km:,.1f}",
            f"{row.chosen:,}", f"{row.farther:,}", f"{row.short:,}", f"{row.out_of_reach:,}",
        )
        for row in found.warehouses
    ]  # fmt: skip
    table(head, rows, range(2, 9))
    share = f" ({found.short_share:.2%})" if found.short_share is not None else ""
    left_out = f"; left out {found.preorders:,} of preorders" if found.preorders else ""
    line(f"short of a unit at allocation: {found.short:,} of {found.of:,}{share}{left_out}")
    if found.skus:
        skus = [
            (sku.sku, f"{sku.records:,}", f"{sku.units:,}", f"{sku.waiting:,}", f"{sku.waiting_units:,}")
            for sku in found.skus[:_SKUS_SHOWN]
        ]
        table(("most often short", "orders", "units", "waiting now", "units"), skus, range(1, 5))
    waits = found.backorders
    line(
        f"waited for stock: {waits.waiting:,} now (longest {length(waits.oldest_seconds)}), {waits.served:,} served "
        f"(mean {length(waits.mean_seconds)}, longest {length(waits.longest_seconds)}), {waits.given_up:,} ended without"
    )


def _stock(report: RunReport) -> None:
    line()
    names = ("on hand", "allocated", "pooled", "unsellable", "in transit", "safety")
    values = [
        (row.on_hand, row.allocated, row.pooled, row.unsellable, row.in_transit, row.safety_stock)
        for row in report.stock
    ]
    # a quantity that is nowhere is no news: what small shops never use does not stand in their way
    kept = [place for place in range(len(names)) if place < 2 or any(row[place] for row in values)]
    plain = kept == [0, 1]
    head = (
        "warehouse",
        "",
        *(names[place] for place in kept),
        *(() if plain else ("available",)),
        "sold out",
    )
    rows = [
        (
            row.warehouse,
            row.label,
            *(f"{value[place]:,}" for place in kept),
            *(() if plain else (f"{row.available:,}",)),
            f"{row.sold_out:,}",
        )
        for row, value in zip(report.stock, values, strict=True)
    ]
    table(head, rows, range(2, len(head)))
    if not plain:
        line(
            f"sellable in all: {report.sellable:,} (with what is in transit, less safety stock and {report.backordered:,} waited for)"
        )
    for pool in report.pools:
        line(
            f"pool {pool.label}: {pool.set_aside:,} set aside, {pool.drawn:,} drawn, {pool.freed:,} freed, {pool.left:,} left"
        )
    if report.moves:
        line()
        moves = [
            (row.entity or "opening stock", row.label, MOVED[row.kind], f"{row.moves:,}",
             f"{row.units:,}" + (f" found, {row.lost:,} lost" if row.kind == "count" else ""))
            for row in report.moves
        ]  # fmt: skip
        table(("stock moved by", "", "what", "times", "units"), moves, [3, 4])


def _promises(report: RunReport) -> None:
    late = report.late
    if late is None:
        return
    line()
    line(
        f"promised days: {late.promised:,} parcels; {late.open:,} past it and not there yet, {late.late:,} came after it"
    )
    rows = [
        (share.name, share.label, f"{share.count:,}", ", ".join(f"{who} {count:,}" for who, count in having))
        for share, having in late.by_state
    ]
    if rows:
        table(("overdue in state", "", "parcels", "with"), rows, [2])


def _holds(report: RunReport) -> None:
    if report.holds:
        line()
        rows = [
            (
                hold.name, hold.label, f"{hold.placed:,}", f"{hold.on:,}", length(hold.mean_seconds),
                length(hold.longest_seconds), "; ".join(f"{reason} ({count:,})" for reason, count in hold.reasons),
            )
            for hold in report.holds
        ]  # fmt: skip
        table(("hold", "", "placed", "on now", "mean", "longest", "reasons"), rows, range(2, 6))


def _amounts(report: RunReport) -> None:
    used = [row for row in report.amounts if row.takes]
    if not used:
        return
    line()
    rows = [
        (
            row.name, row.entity, f"{row.takes:,}", f"{row.taken:,f}", f"{row.given_back:,f}", f"{row.spent:,f}",
            f"{row.in_use:,f}", f"{row.owners:,}", f"{row.refused + row.held:,}",
        )
        for row in used
    ]  # fmt: skip
    head = (
        "limit or token",
        "of",
        "takes",
        "taken",
        "given back",
        "used up",
        "in use",
        "owners",
        "too little",
    )
    table(head, rows, range(2, 9))
    for row in used:
        for owner in row.top[:3]:
            limit = "" if owner.limit is None else f" of {owner.limit:,f}"
            line(f"  {row.name} of {owner.owner}: {owner.in_use:,f}{limit} in use")


def _checks(report: RunReport) -> None:
    asked = [row for row in report.arrival if row.asked]
    if asked:
        line()
        rows = [
            (row.name, row.label, f"{row.asked:,}", f"{row.failed:,}", ", ".join(row.examples[:2]))
            for row in asked
        ]
        table(("checked on arrival", "", "records", "did not pass", "such as"), rows, [2, 3])
    if report.tags:
        line()
        tags = [
            (
                row.name,
                row.label,
                f"{row.set:,}",
                f"{row.cleared:,}",
                f"{row.on:,}",
                ", ".join(row.examples[:3]),
            )
            for row in report.tags
        ]
        table(("tag", "", "set", "cleared", "now", "who"), tags, [2, 3, 4])


def _lives(report: RunReport) -> None:
    if len(report.lives) < 2:
        return
    line()
    rows = [
        (
            life.entity,
            life.label if life.label != life.entity else "",
            f"{life.records:,}",
            ", ".join(f"{state.label} {state.count:,}" for state in life.states if state.count),
        )
        for life in report.lives
    ]
    table(("records", "", "all", "where they stand"), rows, [2])


def _refusals(report: RunReport) -> None:
    if not report.refused_events:
        return
    line()
    rows = [
        (
            f"{row.event_label} ({row.event})" if row.event_label != row.event else row.event,
            row.label,
            f"{row.count:,}",
            REFUSED.get(row.code, row.code),
            row.examples[0][0] if row.examples else "",
        )
        for row in report.refused_events[:_REFUSALS_SHOWN]
    ]
    table(("refused", "of", "times", "because", "such as"), rows, [2])
    more = len(report.refused_events) - len(rows)
    if more:
        line(f"and {more:,} further kind{'s' if more > 1 else ''}")


def print_story(story: Story) -> None:
    """Print a record's whole story."""
    line()
    line(f"the story of {story.label} {story.record}" + (f", which {story.why}" if story.why else ""))
    for text in story.waited:
        line(f"  {text}")
    line()
    for entry in story.entries:
        line(f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.what}")
        for detail in entry.details:
            line(f"    {detail}")
    line()
    for text in story.now:
        line(text)
