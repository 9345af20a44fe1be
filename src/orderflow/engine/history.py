"""What records count for in the aggregates of those they refer to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from orderflow.engine.parts import Compiled, linked
from orderflow.engine.views import FamilyView
from orderflow.expr.python import compile_python
from orderflow.model.facts import Contribution
from orderflow.model.record import Family, Record
from orderflow.model.standing import Aggregate

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft
    from orderflow.engine.linked import Linked


@dataclass(frozen=True, slots=True)
class Contributor:
    """An aggregate as seen from a record that counts in it; `key` is `ENTITY.NAME`."""

    key: str
    aggregate: Aggregate
    at: Compiled
    value: Compiled | None
    where: Compiled | None


def link_contributor(key: str, aggregate: Aggregate) -> Contributor:
    """Link one aggregate."""
    return Contributor(
        key, aggregate, compile_python(aggregate.at), linked(aggregate.value), linked(aggregate.where)
    )


def contribution(
    rules: "Linked", contributor: Contributor, family: Family, record: Record
) -> Contribution | None:
    """What a record of a family counts for; None when it does not count."""
    owner = record.fields.get(contributor.aggregate.by)
    if owner is None or not record.state:
        return None
    view = FamilyView(rules, family, record, _ANY)
    if contributor.where is not None and contributor.where(record.fields, view) is not True:
        return None
    at = cast("datetime | None", contributor.at(record.fields, view))
    value = contributor.value(record.fields, view) if contributor.value is not None else True
    if at is None or value is None or (value is not True and contributor.aggregate.op == "count"):
        return None
    return Contribution(contributor.key, str(owner), record.id, at, value)


def differences(draft: "Draft", before: Family | None) -> tuple[Contribution, ...]:
    """What the decision changes in aggregates: new values, and those that are taken out (`at` None).

    `before` is None when the record is new.
    """
    rules = draft.rules
    if not rules.contributors:
        return ()
    after = Family(draft.root, {name: tuple(several) for name, several in draft.children.items()})
    return tuple(_differences(draft, before, after))


def _differences(draft: "Draft", before: Family | None, after: Family) -> Iterator[Contribution]:
    for record in draft.records():
        contributors = draft.rules.contributors.get(record.entity)
        if not contributors or record.id not in draft.owned:
            continue
        old = before.find(record.id) if before is not None else None
        for contributor in contributors:
            was = (
                contribution(draft.rules, contributor, before, old)
                if before is not None and old is not None
                else None
            )
            now = contribution(draft.rules, contributor, after, record)
            if was == now:
                continue
            if was is not None and (now is None or now.owner != was.owner):
                yield was._replace(at=None, value=None)
            if now is not None:
                yield now


#: Aggregates do not read the clock.
_ANY = datetime(1970, 1, 1, tzinfo=UTC)
