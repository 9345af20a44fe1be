"""What the ledgers say: stock moved by kind and entity, pools, amounts of limits, tokens."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from orderflow.engine.link import RuleSet
from orderflow.model.standing import Resource
from orderflow.service.accounts import AmountLine, MoveLine, OwnerLine, PoolLine
from orderflow.service.ports import Drawing, Movement, StockRow
from orderflow.service.tally import Tally
from orderflow.service.telling import in_unit

_TOP = 5
#: What orders do with their units all day; told with allocation.
_ORDINARY = frozenset({"take", "give_back", "spend"})


def move_lines(ruleset: RuleSet, tally: Tally, movements: Iterable[Movement]) -> tuple[MoveLine, ...]:
    """Stock that came, went or was set apart, by kind of move and by who moved it; what orders take and send is left out."""
    moves: Counter[tuple[str, str]] = Counter()
    units: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for line in movements:
        if line.kind in _ORDINARY:
            continue
        key = (tally.census.kind(line.record), line.kind)
        moves[key] += 1
        (units if line.quantity > 0 else lost)[key] += abs(line.quantity)
    entities = ruleset.definition.entities
    return tuple(
        MoveLine(kind, name, entities[name].label if name else "", count, units[name, kind], lost[name, kind])
        for (name, kind), count in sorted(moves.items())
    )


def pool_lines(
    ruleset: RuleSet, movements: Iterable[Movement], positions: Iterable[StockRow]
) -> tuple[PoolLine, ...]:
    """What was set aside in each pool, freed and drawn, and what is left."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ruleset.definition.pools}
    for line in movements:
        if line.pool in counts:
            counts[line.pool][line.kind] += line.quantity
    left: Counter[str] = Counter()
    for row in positions:
        left.update(row.position.pools)
    return tuple(
        PoolLine(
            name=name,
            label=pool.label,
            set_aside=counts[name]["pool"],
            freed=counts[name]["unpool"],
            drawn=counts[name]["take"] - counts[name]["give_back"],
            left=left[name],
        )
        for name, pool in ruleset.definition.pools.items()
    )


def amount_lines(ruleset: RuleSet, tally: Tally, drawings: Iterable[Drawing]) -> tuple[AmountLine, ...]:
    """Each amount and token that records hold: what was taken and what became of it, and who has most in use."""
    sums: dict[tuple[str, str], Counter[str]] = {}
    takes: Counter[tuple[str, str]] = Counter()
    in_use: dict[tuple[str, str], Counter[str]] = {}
    for line in drawings:
        key = (tally.census.kind(line.record), line.resource)
        sums.setdefault(key, Counter())[line.kind] += line.amount
        takes[key] += line.kind == "take"
        in_use.setdefault(key, Counter())[line.owner] += line.amount if line.kind == "take" else -line.amount
    lines = []
    for entity in ruleset.definition.entities.values():
        for name, resource in entity.resources.items():
            if resource.kind == "stock":
                continue
            key = (entity.name, name)
            mine, used = sums.get(key, Counter()), in_use.get(key, Counter())
            holds = (hold.name for hold in entity.holds.values() if name in hold.retry_on)
            lines.append(
                AmountLine(
                    entity=entity.name,
                    name=name,
                    kind="amount" if resource.kind == "amount" else "token",
                    takes=takes[key],
                    taken=_amount(ruleset, resource, mine["take"]),
                    given_back=_amount(ruleset, resource, mine["give_back"]),
                    spent=_amount(ruleset, resource, mine["spend"]),
                    in_use=_amount(ruleset, resource, sum(used.values())),
                    owners=sum(1 for amount in used.values() if amount),
                    refused=tally.beyond[entity.name] if resource.kind == "amount" else 0,
                    held=sum(tally.placed(entity.name, hold) for hold in holds),
                    top=_top(ruleset, tally, resource, used) if resource.kind == "amount" else (),
                )
            )
    return tuple(lines)


def _top(ruleset: RuleSet, tally: Tally, resource: Resource, used: Counter[str]) -> tuple[OwnerLine, ...]:
    most = sorted(used.items(), key=lambda item: (-item[1], item[0]))
    found = []
    for owner, amount in most[:_TOP]:
        limit = tally.limits.get((resource.name, owner))
        shown = _amount(ruleset, resource, limit) if limit is not None else None
        if amount > 0:
            found.append(OwnerLine(owner, _amount(ruleset, resource, amount), shown))
    return tuple(found)


def _amount(ruleset: RuleSet, resource: Resource, number: int) -> Decimal:
    return in_unit(number, resource, ruleset.definition.places)
