"""What the engine says of a run, in the shape of the recount, and where the two differ."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.recount.metrics import NO_DAY
from tests.recount.records import Shop

from orderflow.bootstrap import storage
from orderflow.engine.link import RuleSet
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.report import RunReport
from orderflow.service.summary import summarise


@contextmanager
def opened(rules: RuleSet, database: Path, now: datetime) -> Iterator[Engine]:
    """An engine over a run's database whose clock stands at a moment."""
    with Engine(rules, storage(rules, f"sqlite:///{database}"), clock=ManualClock(now)) as engine:
        yield engine


def figures(engine: Engine, report: RunReport | None = None) -> dict[str, object]:
    """What the engine says now, by its report and by what it has stored.

    Args:
        report: what `run` returned; made now when None.
    """
    report = summarise(engine) if report is None else report
    found: dict[str, object] = {
        "orders": report.orders,
        "states": {line.name: line.count for line in report.states if line.count},
        "metrics": {line.name: _metric(line.to_dict()) for line in report.metrics},
        "counts": {line.name: line.count for line in report.queues},
    }
    part = report.allocation
    assert part is not None
    found["short"] = {"orders": part.short, "preorders": part.preorders}
    queues: dict[str, list[str]] = {name: [] for name in engine.ruleset.definition.queues}
    marks: dict[str, dict[str, list[str]]] = {"holds": {}, "tags": {}}
    with engine.storage.transaction(read_only=True) as transaction:
        for item in transaction.standing():
            queues[item.queue].append(item.record)
        for family in transaction.families():
            for record in family.records():
                for what, names in (("holds", record.holds), ("tags", record.tags)):
                    for name in names:
                        marks[what].setdefault(name, []).append(record.id)
        rows = transaction.positions()
        keys = {(line.resource, line.owner) for line in transaction.drawings()}
        used = transaction.balances(keys)
    found["queues"] = {name: sorted(ids) for name, ids in queues.items()}
    found |= {what: {name: sorted(ids) for name, ids in names.items()} for what, names in marks.items()}
    found["positions"] = {
        f"{row.warehouse} {row.sku}": {**row.position._asdict(), "pools": dict(row.position.pools)}
        for row in rows
    }
    found["balances"] = {f"{name} {owner}": units for (name, owner), units in used.items() if units}
    found["oversold"] = report.oversold
    return found


def _metric(line: Mapping[str, object]) -> dict[str, object]:
    """A metric's figures, without words; its groups by their value."""
    kept = {
        name: value for name, value in line.items() if name not in ("label", "unit", "count", "by", "group")
    }
    groups = line.get("groups")
    if isinstance(groups, list):
        kept["groups"] = {
            NO_DAY if row["group"] is None else str(row["group"]): _metric(row) for row in groups
        }
    return kept


def counted(found: Mapping[str, object]) -> dict[str, object]:
    """A recount in the shape of `figures`: what it lists and the report only counts is counted; empty lists are left out."""
    wanted = ("orders", "states", "metrics", "queues", "positions", "balances")
    queues, short, oversold = found["queues"], found["short"], found["oversold"]
    holds, tags = found["holds"], found["tags"]
    assert isinstance(queues, dict)
    assert isinstance(short, dict)
    assert isinstance(oversold, list)
    assert isinstance(holds, dict)
    assert isinstance(tags, dict)
    return {
        **{name: found[name] for name in wanted},
        "counts": {name: len(ids) for name, ids in queues.items()},
        "short": {name: len(ids) for name, ids in short.items()},
        "oversold": len(oversold),
        "holds": {name: ids for name, ids in holds.items() if ids},
        "tags": {name: ids for name, ids in tags.items() if ids},
    }


def differences(mine: object, theirs: object, path: str = "") -> list[str]:
    """Where the recount and the engine differ: exactly, but for means and percentiles, which may differ by a millionth."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        names = dict.fromkeys((*mine, *theirs))
        return [
            text
            for name in names
            for text in differences(mine.get(name), theirs.get(name), f"{path}.{name}" if path else str(name))
        ]
    if isinstance(mine, float) and isinstance(theirs, int | float):
        alike = abs(mine - theirs) <= 1e-6
    else:
        alike = mine == theirs
    return [] if alike else [f"{path}: recounted {mine}, the engine says {theirs}"]


def record_differences(shop: Shop, engine: Engine) -> list[str]:
    """Where the records that the journal tells of are not those that the engine has stored.

    States, the moments at which each was first and last entered, and every field that the recount knows.
    """
    found = []
    ids = set(shop.records)
    with engine.storage.transaction(read_only=True) as transaction:
        for family in transaction.families():
            for record in family.records():
                mine = shop.records.get(record.id)
                ids.discard(record.id)
                if mine is None:
                    found.append(f"{record.id}: the journal does not tell of it")
                    continue
                leaves = mine.first.keys()
                theirs = {
                    "state": record.state,
                    "first": {name: record.reached.get(name) for name in leaves},
                    "last": {name: record.entered.get(name) for name in leaves},
                    "fields": {
                        name: _rows(record.fields[name]) for name in mine.fields if name in record.fields
                    },
                }
                ours = {
                    "state": mine.state,
                    "first": mine.first,
                    "last": mine.last,
                    "fields": {name: _rows(value) for name, value in mine.fields.items() if name in record.fields},
                }  # fmt: skip
                found += differences(ours, theirs, record.id)
    return found + [f"{id}: the engine has no such record" for id in sorted(ids)]


def _rows(value: object) -> object:
    """A value with its rows as a list: the journal tells of lists, the engine keeps tuples."""
    return (
        [dict(row) if isinstance(row, Mapping) else row for row in value]
        if isinstance(value, list | tuple)
        else value
    )
