"""Reading the facts of a decision: exactly what the rules say that it may look at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from orderflow.engine.aggregates import aggregated, counted, window
from orderflow.engine.link import RuleSet
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Aggregated, AggregateKey, Facts, Needs
from orderflow.model.frozen import EMPTY
from orderflow.model.record import Family, root_of
from orderflow.service.ports import Transaction

_FAR = datetime(9000, 1, 1, tzinfo=UTC)


def read_facts(
    ruleset: RuleSet, transaction: Transaction, family: Family | None, event: Event, now: datetime
) -> Facts:
    """What deciding the event may look at; the record that is decided is left out of its aggregates.

    Args:
        now: the moment of deciding, aware UTC.
    """
    needs = ruleset.needs(family, event)
    return (
        NO_FACTS if needs == _NOTHING else facts_of(ruleset, transaction, needs, root_of(event.target), now)
    )


def facts_of(ruleset: RuleSet, transaction: Transaction, needs: Needs, without: str, now: datetime) -> Facts:
    """The facts that are needed, without what the family `without` counts for."""
    refs = {}
    for entity, id in needs.refs:
        found = transaction.family(id)
        if found is not None and found.root.entity == entity:
            refs[entity, id] = found.root.fields
    return Facts(
        stock=transaction.stock(needs.skus) if needs.skus else EMPTY,
        balances=transaction.balances(needs.balances) if needs.balances else EMPTY,
        aggregates={key: read_aggregate(ruleset, transaction, key, without, now) for key in needs.aggregates},
        refs=refs,
    )


def read_aggregate(
    ruleset: RuleSet, transaction: Transaction, key: AggregateKey, without: str, now: datetime
) -> Aggregated:
    """The value of one aggregate of one owner."""
    name, owner = key
    entity, _, aggregate_name = name.partition(".")
    aggregate = ruleset.definition.entities[entity].aggregates[aggregate_name]
    since = window(aggregate, now, ruleset.zone)
    if aggregate.op == "count":  # an owner may have thousands of rows: the storage counts them
        count, first = transaction.count(name, owner, since, now, without)
        _, coming = transaction.count(name, owner, now, _FAR, without)
        return counted(aggregate, count, first, coming, ruleset.zone)
    rows = [row for row in transaction.window(name, owner, since, _FAR) if root_of(row.record) != without]
    return aggregated(aggregate, rows, now, ruleset.zone)


def lazy_facts(ruleset: RuleSet, transaction: Transaction, now: datetime) -> Facts:
    """Facts that are read when they are first asked for, each once: for looking at many records, as metrics do."""
    return Facts(refs=_Refs(transaction), aggregates=_Aggregates(ruleset, transaction, now))


class _Refs(Mapping[tuple[str, str], Mapping[str, object]]):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[tuple[str, str], Mapping[str, object]] = {}

    def __getitem__(self, key: tuple[str, str]) -> Mapping[str, object]:
        if key not in self._known:
            found = self._transaction.family(key[1])
            if found is None or found.root.entity != key[0]:
                raise KeyError(key)
            self._known[key] = found.root.fields
        return self._known[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class _Aggregates(Mapping[AggregateKey, Aggregated]):
    def __init__(self, ruleset: RuleSet, transaction: Transaction, now: datetime) -> None:
        self._around = (ruleset, transaction, now)
        self._known: dict[AggregateKey, Aggregated] = {}

    def __getitem__(self, key: AggregateKey) -> Aggregated:
        if key not in self._known:
            ruleset, transaction, now = self._around
            self._known[key] = read_aggregate(ruleset, transaction, key, "", now)
        return self._known[key]

    def __iter__(self) -> Iterator[AggregateKey]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


_NOTHING = Needs()
