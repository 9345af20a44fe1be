"""The report of what a storage holds: one pass over the families and one over the journal gather everything."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from orderflow.engine.link import RuleSet
from orderflow.service.census import Census, subject
from orderflow.service.engine import Engine
from orderflow.service.measure import Measures, measure
from orderflow.service.ports import Outgoing
from orderflow.service.queues import queue_lines
from orderflow.service.reading import lazy_facts
from orderflow.service.report import EffectLine, FindingLine, RuleSetLine, RunReport, StateLine, series
from orderflow.service.stock import oversold, stock_lines
from orderflow.service.story import choose, tell
from orderflow.service.tally import Tally
from orderflow.service.tally_stock import amount_lines, move_lines, pool_lines
from orderflow.service.troubles import troubles


def summarise(engine: Engine, *, story: str | None = None) -> RunReport:
    """What the engine's storage holds, judged at the moment of its clock, without playing anything.

    Args:
        story: the record whose story is told; the one with most to tell when None.

    Raises:
        RecordError: there is no such record.
    """
    ruleset, now = engine.ruleset, engine.clock.now()
    standing = engine.queue()
    with engine.storage.transaction(read_only=True) as transaction:
        census = Census(ruleset, now)
        facts = lazy_facts(ruleset, transaction, now)
        found = measure(ruleset, census.passing(transaction.families()), now, facts)
        tally = Tally(ruleset, census, now)
        tally.add_all(transaction.journal())
        positions = transaction.positions()
        movements = tuple(transaction.movements())
        amounts = amount_lines(ruleset, tally, transaction.drawings())
        effects = _effects(transaction.outbox())
    told = story if story is not None else choose(tally)
    report = RunReport(
        ruleset=_ruleset_line(ruleset),
        now=now.astimezone(ruleset.zone),
        orders=found.orders,
        subject=census.subject.label,
        states=_states(ruleset, found),
        queues=queue_lines(ruleset, standing, census, now),
        metrics=tuple(found.metrics.values()),
        findings=tuple(
            FindingLine(name, item.label, found.findings[name])
            for name, item in ruleset.definition.findings.items()
        ),
        oversold=oversold(movements, positions),
        stock=stock_lines(ruleset, positions),
        effects=effects,
        series=series(census.submitted, ruleset.zone),
        lives=tally.lives(),
        days=tally.days(),
        allocation=tally.plans.result(),
        late=census.late(),
        holds=tally.holds(),
        amounts=amounts,
        pools=pool_lines(ruleset, movements, positions),
        moves=move_lines(ruleset, tally, movements),
        tags=tally.tags(),
        arrival=tally.arrival(),
        refused_events=tally.refusals(),
        story=tell(engine, told) if told is not None else None,
    )
    return replace(report, troubles=troubles(report))


def _ruleset_line(ruleset: RuleSet) -> RuleSetLine:
    rules = ruleset.definition
    return RuleSetLine(rules.name, rules.label, rules.version, rules.digest, rules.timezone, rules.currency)


def _states(ruleset: RuleSet, found: Measures) -> tuple[StateLine, ...]:
    first = subject(ruleset)
    # a state that the children have as well is called as the record itself calls it
    entities = (*ruleset.definition.entities.values(), first)
    labels = {state.name: state.label for entity in entities for state in entity.states.values()}
    return tuple(StateLine(name, labels[name], count) for name, count in found.states.items())


def _effects(outbox: Iterable[Outgoing]) -> tuple[EffectLine, ...]:
    counts: dict[str, Counter[str]] = {}
    for outgoing in outbox:
        mine = counts.setdefault(outgoing.effect.action, Counter())
        mine[outgoing.status] += 1
        mine["failed"] += outgoing.tries - (outgoing.status == "sent")
    return tuple(
        EffectLine(
            action, sent=mine["sent"], failed=mine["failed"], dead=mine["dead"], pending=mine["pending"]
        )
        for action, mine in sorted(counts.items())
    )
