"""The page's sections on what became of stock, promises, holds and money, and on checks, tags and refusals."""

from orderflow.reports.parts import ids, named, paragraph, section, table, whole
from orderflow.reports.say import MOVED, REFUSED, length
from orderflow.reports.svg import clean
from orderflow.service.accounts import AllocationPart, BackorderPart
from orderflow.service.report import RunReport

_REFUSALS_SHOWN = 20
_DAYS_SHOWN = 14


def allocation(report: RunReport) -> str:
    """Return what was given to which warehouse, why others did not serve, and what was short."""
    found = report.allocation
    if found is None or not found.asked:
        return ""
    split = ", ".join(f"{records:,} in {parcels}" for parcels, records in found.split)
    followed = ", ".join(f"{policy.label} ({policy.count:,})" for policy in found.policies)
    said = (
        f"{found.planned:,} of {found.asked:,} were given to warehouses: {found.parcels:,} parcels with {found.units:,} "
        f"units{f' ({split} parcels)' if len(found.split) > 1 else ''}. Policies: {followed}."
    )
    rows = [
        (
            named(row.label, row.warehouse), clean(row.level), whole(row.parcels), whole(row.units),
            "–" if row.mean_km is None else f"{row.mean_km:,.1f}",
            whole(row.farther), whole(row.short), whole(row.out_of_reach),
        )
        for row in found.warehouses
    ]  # fmt: skip
    head = ("warehouse", "level", "parcels", "units", "mean km", "not nearest", "too little", "out of reach")
    why = "the last three: how often it did not serve, by the reason; each record once, when it came to be allocated"
    return section(
        "Allocation",
        paragraph(said)
        + table(head, rows, range(2, 8), stacked=True)
        + f'<p class="hint">{clean(why)}</p>'
        + _short(found)
        + _backorders(found.backorders),
    )


def _short(found: AllocationPart) -> str:
    share = f", {found.short_share:.2%}" if found.short_share is not None else ""
    left = f"; left out: {found.preorders:,} that lacked units of preorders only" if found.preorders else ""
    said = f"Short of a unit at allocation: {found.short:,} of {found.of:,}{share}{left}."
    if not found.skus:
        return paragraph(said)
    kinds = dict.fromkeys((*found.skus, *found.lacking))
    rows = [
        (
            f"<code>{clean(sku.sku)}</code>", whole(sku.records), whole(sku.units), whole(sku.waiting),
            whole(sku.waiting_units),
        )
        for sku in kinds
    ]  # fmt: skip
    head = ("most often short", "orders", "units lacking", "orders waiting now", "units lacking now")
    more = found.sku_count - len(found.skus)
    note = f'<p class="hint">and {more:,} further articles</p>' if more > 0 else ""
    return paragraph(said) + table(head, rows, range(1, 5), stacked=True) + note


def _backorders(waits: BackorderPart) -> str:
    if not (waits.waiting or waits.served or waits.given_up):
        return ""
    rows = [
        ("wait now", whole(waits.waiting), length(waits.oldest_seconds), ids(waits.examples, more=waits.waiting > len(waits.examples))),
        ("got their stock", whole(waits.served), length(waits.longest_seconds), f"after {length(waits.mean_seconds)} on average"),
        ("ended without", whole(waits.given_up), "", ""),
    ]  # fmt: skip
    rows = [row for row in rows if row[1] != "0"]
    return table(("waited for stock", "records", "the longest", ""), rows, [1], stacked=True)


def promises(report: RunReport) -> str:
    """Return the parcels past their promised day: where they are and who has them."""
    late = report.late
    if late is None:
        return ""
    said = (
        f"{late.promised:,} parcels have a promised day. {late.open:,} are past it and not there yet; "
        f"{late.late:,} came after it."
    )
    body = paragraph(said)
    if late.open:
        states = [
            (
                named(share.label, share.name), whole(share.count),
                clean(", ".join(f"{who} {count:,}" for who, count in having)),
            )
            for share, having in late.by_state
        ]  # fmt: skip
        body += table(("overdue, in state", "parcels", "who has them"), states, [1], stacked=True)
        houses = [(named(share.label, share.name), whole(share.count)) for share in late.by_warehouse]
        body += table(("overdue, sent from", "parcels"), houses, [1])
        carriers = [(named(share.label, share.name), whole(share.count)) for share in late.by_carrier]
        body += table(("overdue, carried by", "parcels"), carriers, [1]) if carriers else ""
        worst = ", ".join(f"{record} ({days:,} d)" for record, days in late.examples)
        body += paragraph(f"The longest overdue: {worst}.")
    return section("Promised days", body)


def holds(report: RunReport) -> str:
    """Return the holds that were placed: why, how long, how many are on."""
    if not report.holds:
        return ""
    rows = [
        (
            named(hold.label, hold.name), whole(hold.placed), whole(hold.on), length(hold.mean_seconds),
            length(hold.longest_seconds),
            clean("; ".join(f"{reason} ({count:,})" for reason, count in hold.reasons))
            or clean(", ".join(f"by {who} ({count:,})" for who, count in hold.by)),
            ids(hold.examples, more=hold.on > len(hold.examples)),
        )
        for hold in report.holds
    ]  # fmt: skip
    head = ("hold", "placed", "on now", "mean", "the longest", "why", "on now, the first")
    return section("Holds", table(head, rows, [1, 2, 3, 4], stacked=True))


def amounts(report: RunReport) -> str:
    """Return limits and tokens: what is in use, and how often too little was left."""
    used = [row for row in report.amounts if row.takes]
    if not used:
        return ""
    money = f" {report.ruleset.currency}" if report.ruleset.currency else ""
    rows = [
        (
            named(row.name, row.name), whole(row.takes), f"{row.taken:,f}", f"{row.given_back:,f}", f"{row.spent:,f}",
            f"<strong>{row.in_use:,f}</strong>", whole(row.owners), whole(row.held), whole(row.refused),
        )
        for row in used
    ]  # fmt: skip
    head = (
        "limit or token",
        "times",
        "taken",
        "given back",
        "used up",
        "in use",
        "owners",
        "held for it",
        "refused",
    )
    body = table(head, rows, range(1, 9), stacked=True)
    for row in used:
        if row.top:
            owners = [
                (
                    f"<code>{clean(owner.owner)}</code>",
                    f"{owner.in_use:,f}",
                    "–" if owner.limit is None else f"{owner.limit:,f}",
                )
                for owner in row.top
            ]
            body += table(
                (f"most {clean(row.name)} in use", f"in use{money}", f"limit{money}"), owners, [1, 2]
            )
    return section("Limits", body)


def stock(report: RunReport) -> str:
    """Return the stock of each warehouse with all its quantities, the pools, and what moved it."""
    if not report.stock:
        return ""
    rows = [
        (
            named(row.label, row.warehouse), whole(row.positions), whole(row.on_hand), whole(row.allocated),
            whole(row.pooled), whole(row.unsellable), whole(row.in_transit), whole(row.available), whole(row.sold_out),
        )
        for row in report.stock
    ]  # fmt: skip
    head = (
        "warehouse",
        "positions",
        "on hand",
        "allocated",
        "pooled",
        "unsellable",
        "in transit",
        "available",
        "sold out",
    )
    note = "in units; a position is one article in one warehouse, sold out when none of it is available"
    said = (
        f"Sellable in all: {report.sellable:,} units: what is available and in transit, less safety stock "
        f"({sum(row.safety_stock for row in report.stock):,}) and what is waited for ({report.backordered:,})."
    )
    body = table(head, rows, range(1, 9), stacked=True) + paragraph(said)
    if report.pools:
        pools = [
            (
                named(pool.label, pool.name),
                *(whole(units) for units in (pool.set_aside, pool.drawn, pool.freed, pool.left)),
            )
            for pool in report.pools
        ]
        body += table(("pool", "set aside", "drawn", "freed", "left"), pools, range(1, 5), stacked=True)
    if report.moves:
        moves = [
            (
                named(row.label, row.entity) if row.entity else "opening stock, receipts",
                clean(MOVED[row.kind]), whole(row.moves),
                whole(row.units) + (f" found, {row.lost:,} lost" if row.kind == "count" else ""),
            )
            for row in report.moves
        ]  # fmt: skip
        body += table(("moved by", "what", "times", "units"), moves, [2, 3], stacked=True)
    return section("Stock", body, note)


def checks(report: RunReport) -> str:
    """Return the checks on arrival and the tags."""
    asked = [row for row in report.arrival if row.asked]
    body = ""
    if asked:
        rows = [
            (
                named(row.label, row.name), whole(row.asked), whole(row.failed),
                ids(row.examples, more=row.failed > len(row.examples)),
            )
            for row in asked
        ]  # fmt: skip
        body += table(
            ("checked on arrival", "records", "did not pass", "the first"), rows, [1, 2], stacked=True
        )
    if report.tags:
        tags = [
            (
                named(row.label, row.name), whole(row.set), whole(row.cleared), whole(row.on),
                ids(row.examples, more=row.on > len(row.examples)),
            )
            for row in report.tags
        ]  # fmt: skip
        body += table(("tag", "set", "cleared", "now", "who"), tags, [1, 2, 3], stacked=True)
    return section("Checks on arrival, and tags", body) if body else ""


def refusals(report: RunReport) -> str:
    """Return the events that changed nothing, by kind, each with an example."""
    if not report.refused_events:
        return ""
    rows = [
        (
            named(row.event_label, row.event), clean(row.label), whole(row.count),
            f"{clean(REFUSED.get(row.code, row.code))}<br><code>{clean(row.code)}</code>",
            "".join(f"{ids([record])} {clean(why)}" for record, why in row.examples[:1]),
        )
        for row in report.refused_events[:_REFUSALS_SHOWN]
    ]  # fmt: skip
    more = len(report.refused_events) - len(rows)
    note = "the rules did not take them; each is kept in its record's history" + (
        f"; {more:,} further kinds are left out here" if more else ""
    )
    return section(
        "Refused events", table(("event", "of", "times", "because", "such as"), rows, [2], stacked=True), note
    )


def days(report: RunReport) -> str:
    """Return what happened on each local day, the last ones where there are many."""
    if len(report.days) < 2:
        return ""
    shown = report.days[: -_DAYS_SHOWN - 1 : -1]
    rows = [
        (
            row.day.isoformat(),
            *(
                whole(count) if count else ""
                for count in (row.submitted, row.short, row.held, row.queued, row.refused)
            ),
        )
        for row in shown
    ]
    head = ("day", "in", "short", "held", "queued", "refused")
    note = "in: came in; short: lacked a unit when allocated; queued: came into a queue; refused: events"
    if len(shown) < len(report.days):
        note += f"; the last {len(shown)} of {len(report.days):,} days"
    return section("Day by day", table(head, rows, range(1, 6)), note)
