"""One record's whole story: the one with the most to tell is chosen, and told from its journal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from orderflow.engine.phrases import span
from orderflow.model.record import root_of
from orderflow.service.accounts import Story, StoryEntry
from orderflow.service.census import Census
from orderflow.service.engine import Engine
from orderflow.service.ports import JournalEntry
from orderflow.service.tally import Tally
from orderflow.service.telling import Teller, called, teller

_LACKS = 5


def choose(tally: Tally) -> str | None:
    """The record with the most telling history; None when there are no records.

    Of those that waited for stock or were held and were sent in several parcels, the one with most entries in its journal; where
    there are none, of those that waited or were held, then of those with several parcels, then of all.
    """
    subject = tally.census.subject.name

    def weight(record: str) -> tuple[bool, bool, bool, int]:
        waited = record in tally.plans.waits or record in tally.held
        several = tally.plans.parcels[record] > 1
        return (waited and several, waited, several, tally.entries[record])

    mine = [record for record in tally.entries if tally.census.kind(record) == subject]
    return max(sorted(mine), key=weight, default=None)


def tell(engine: Engine, record: str) -> Story:
    """Tell a record's story from its journal, and where it stands at the moment of the engine's clock.

    Raises:
        RecordError: there is no such record.
    """
    root = root_of(record)
    ruleset, now = engine.ruleset, engine.clock.now()
    entries = engine.history(root)
    census = Census(ruleset, now)
    census.add(engine.family(root))
    tally = Tally(ruleset, census, now)
    tally.add_all(entries)
    told = teller(ruleset, entries)
    entity = told.entity(root)
    return Story(
        record=root,
        label=entity.label if entity is not None else "",
        why=_why(tally, root),
        waited=(*_stock(told, tally, entries, now), *_held(told, entries, now), *_parcels(told, entries)),
        entries=tuple(
            StoryEntry(
                entry.event.at.astimezone(ruleset.zone),
                told.head(entry),
                entry.accepted,
                tuple(told.details(entry)),
            )
            for entry in entries
        ),
        now=tuple(engine.explain(root).lines()),
    )


def _why(tally: Tally, record: str) -> str:
    reasons = []
    if record in tally.plans.waits:
        reasons.append("waited for stock")
    if record in tally.held:
        reasons.append("was held")
    if tally.plans.parcels[record] > 1:
        reasons.append(f"went in {tally.plans.parcels[record]} parcels")
    count = tally.entries[record]
    return " and ".join([*reasons, f"has {count} entr{'y' if count == 1 else 'ies'} in the journal"])


def _stock(told: Teller, tally: Tally, entries: Sequence[JournalEntry], now: datetime) -> list[str]:
    """How long it waited for stock, and what it lacked."""
    found = []
    for record, waits in tally.plans.waits.items():
        until, still = waits.until, False
        if until is None:
            still = tally.plans.still_waiting(record)
            until = now if still else entries[-1].event.at
        lacks = ", ".join(f"{count} of {sku}" for sku, count in list(waits.first.items())[:_LACKS])
        found.append(
            f"It {'has waited' if still else 'waited'} {span(until - waits.since)} for stock, "
            f"{told.words.value(waits.since)} to {told.words.value(until)}"
            + (f"; {lacks} lacked" if lacks else "")
            + ("; it still waits" if still else "")
        )
    return found


def _held(told: Teller, entries: Sequence[JournalEntry], now: datetime) -> list[str]:
    """Each hold: how long, by whom and why."""
    found: list[str] = []
    on: dict[tuple[str, str], tuple[datetime, str, str]] = {}

    def add(record: str, name: str, until: datetime, ended: bool) -> None:
        since, actor, reason = on.pop((record, name))
        entity = told.entity(record)
        hold = entity.holds.get(name) if entity is not None else None
        label = called(name, hold.label if hold is not None else name)
        still = "" if ended else "; it still is"
        found.append(
            f"It was held {span(max(until - since, timedelta(0)))} by {actor}: {label}"
            + (f", because: {reason}" if reason else "")
            + f", from {told.words.value(since)}{still}"
        )

    for entry in entries:
        for mark in entry.marks:
            if mark.what != "hold":
                continue
            if mark.on:
                actor = entry.event.actor if entry.event.kind == "hold" else "the rules"
                on[mark.record, mark.name] = (entry.event.at, actor, mark.reason)
            elif (mark.record, mark.name) in on:
                add(mark.record, mark.name, entry.event.at, True)
    for record, name in tuple(on):
        add(record, name, now, False)
    return found


def _parcels(told: Teller, entries: Sequence[JournalEntry]) -> list[str]:
    """What it was sent in."""
    plans = [plan for entry in entries for plan in entry.plans if plan.made]
    return [
        f"Parcel {number} of {len(plan.parcels)} from {told.parcel(parcel, plan.policy)}"
        for plan in plans
        for number, parcel in enumerate(plan.parcels, 1)
    ]
