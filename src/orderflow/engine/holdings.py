"""What records hold by being in a state: taking it, giving it back, consuming it, and following what changes."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from orderflow.engine.parts import LinkedResource
from orderflow.model.record import Held, Holding, Record
from orderflow.model.stock import NOTHING, Draw, Move

if TYPE_CHECKING:
    from orderflow.engine.draft import Draft

#: The limit of a token: one a record.
_ONE = 1


class Lack(NamedTuple):
    """What is missing: of units of stock (`place`, `item`, `pool`), or of somebody's limit (`resource`, `item`).

    `code` is the refusal's: `stock`, `limit` or `moves`; amounts are in the smallest unit, `scale` of them are one.
    """

    code: str
    place: str
    item: str
    needed: int
    available: int
    pool: str = ""
    resource: str = ""
    scale: int = 1


def demand(draft: "Draft", record: Record, linked: LinkedResource) -> Holding:
    """What entering the resource's state takes, added up and sorted: one SKU on two lines counts once."""
    resource = linked.resource
    if resource.kind == "token":
        return (Held("", record.id, 1),)
    view = draft.view(record)
    if resource.kind == "amount":
        owner = record.fields.get(str(resource.owner))
        if owner is None or linked.amount is None:
            return ()
        amount = int(cast("int | Decimal", linked.amount(record.fields, view)) * linked.scale)
        return (Held("", str(owner), amount),) if amount > 0 else ()
    plan = cast("Mapping[str, object] | None", record.fields.get("plan"))
    if linked.warehouse is not None:
        place = str(linked.warehouse(record.fields, view))
    else:
        place = str(plan["warehouse"]) if plan is not None else ""
    if linked.lines is not None:
        rows = linked.lines(record.fields, view)
    else:
        rows = plan["lines"] if plan is not None else ()
    units: dict[tuple[str, str], int] = {}
    for row in cast("Iterable[Mapping[str, object]]", rows):
        key = (str(row["sku"]), str(row.get("pool") or ""))
        units[key] = units.get(key, 0) + cast(int, row["quantity"])
    return tuple(
        Held(place, sku, quantity, pool) for (sku, pool), quantity in sorted(units.items()) if quantity > 0
    )


def lacking(draft: "Draft", record: Record, takes: Sequence[LinkedResource]) -> list[Lack]:
    """What is missing to take the resources together; empty when they can be taken."""
    found: list[Lack] = []
    needed: dict[tuple[str, str, str], int] = {}
    for linked in takes:
        for held in demand(draft, record, linked):
            if linked.resource.kind == "stock":
                key = (held.place, held.item, held.pool)
                needed[key] = needed.get(key, 0) + held.quantity
            else:
                lack = _over_limit(draft, record, linked, held.item, held.quantity)
                if lack is not None:
                    found.append(lack)
    return _too_few(draft, needed) + found


def _too_few(draft: "Draft", needed: Mapping[tuple[str, str, str], int]) -> list[Lack]:
    found = []
    for (place, item, pool), quantity in needed.items():
        available = draft.stock.get((place, item), NOTHING).open_to(pool)
        if available < quantity:
            found.append(Lack("stock", place, item, quantity, max(available, 0), pool))
    return found


def _over_limit(draft: "Draft", record: Record, linked: LinkedResource, owner: str, more: int) -> Lack | None:
    resource = linked.resource
    free = _limit(draft, record, linked) - draft.balances.get((resource.name, owner), 0)
    if more <= free:
        return None
    return Lack("limit", "", owner, more, max(free, 0), resource=resource.name, scale=linked.scale)


def _limit(draft: "Draft", record: Record, linked: LinkedResource) -> int:
    if linked.limit is None:
        return _ONE
    return int(cast("int | Decimal", linked.limit(record.fields, draft.view(record))) * linked.scale)


def take(draft: "Draft", record: Record, linked: LinkedResource) -> list[Lack]:
    """Take what the record demands, and store it, so that the same is given back; what was missing after all."""
    wanted = demand(draft, record, linked)
    record.held[linked.resource.name] = wanted
    lacks = [lack for held in wanted if (lack := _take(draft, record, linked, held)) is not None]
    machine = draft.machines[record.entity]
    for action in linked.resource.on_take:
        draft.act(record, machine.actions[action])
    return lacks


def give_back(draft: "Draft", record: Record, linked: LinkedResource) -> None:
    """Give back what the record holds."""
    for held in record.held.pop(linked.resource.name, ()):
        _let_go(draft, record, linked, held, "give_back")
    machine = draft.machines[record.entity]
    for action in linked.resource.on_give_back:
        draft.act(record, machine.actions[action])


def spend(draft: "Draft", record: Record, linked: LinkedResource) -> None:
    """Turn what the record holds into consumption; nothing becomes available by it."""
    for held in record.held.pop(linked.resource.name, ()):
        _let_go(draft, record, linked, held, "spend")


def follow(draft: "Draft") -> list[Lack]:
    """Let what records hold follow the fields it is worked out from; what was missing for more."""
    lacks: list[Lack] = []
    for record in draft.records():
        if not record.held:
            continue
        machine = draft.machines[record.entity]
        for name, before in tuple(record.held.items()):
            linked = machine.resources.get(name)
            if linked is None or not linked.follows:
                continue
            after = demand(draft, record, linked)
            if after != before:
                record = draft.own(record)
                record.held[name] = after
                lacks += _differ(draft, record, linked, before, after)
    return lacks


def _differ(
    draft: "Draft", record: Record, linked: LinkedResource, before: Holding, after: Holding
) -> list[Lack]:
    """Give back what is held no longer, then take what is new."""
    old = {(held.place, held.item, held.pool): held.quantity for held in before}
    new = {(held.place, held.item, held.pool): held.quantity for held in after}
    for (place, item, pool), quantity in old.items():
        less = quantity - new.get((place, item, pool), 0)
        if less > 0:
            _let_go(draft, record, linked, Held(place, item, less, pool), "give_back")
    lacks = []
    for (place, item, pool), quantity in new.items():
        more = quantity - old.get((place, item, pool), 0)
        if more > 0:
            lack = _take(draft, record, linked, Held(place, item, more, pool))
            if lack is not None:
                lacks.append(lack)
    return lacks


def _take(draft: "Draft", record: Record, linked: LinkedResource, held: Held) -> Lack | None:
    name = linked.resource.name
    if linked.resource.kind == "stock":
        if draft.move(Move("take", held.place, held.item, held.quantity, record.id, held.pool)):
            return None
        available = draft.stock.get((held.place, held.item), NOTHING).open_to(held.pool)
        return Lack("stock", held.place, held.item, held.quantity, max(available, 0), held.pool)
    limit = _limit(draft, record, linked)
    if draft.draw(Draw("take", name, held.item, held.quantity, record.id, limit)):
        return None
    return _over_limit(draft, record, linked, held.item, held.quantity)


def _let_go(draft: "Draft", record: Record, linked: LinkedResource, held: Held, kind: str) -> None:
    if linked.resource.kind == "stock":
        # Units of a pool that are sent leave the stock like any others: only what comes back goes into the pool again.
        pool = held.pool if kind == "give_back" else ""
        move = Move(kind, held.place, held.item, held.quantity, record.id, pool)  # type: ignore[arg-type]
        if not draft.move(move):
            draft.moves.append(
                move
            )  # nobody holds so many: the storage says so and refuses the whole decision
    else:
        draft.draw(Draw(kind, linked.resource.name, held.item, held.quantity, record.id))  # type: ignore[arg-type]
