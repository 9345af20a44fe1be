"""What lies on a record beside its state, in words: holds, what it holds, its plan, queues, tags."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderflow.engine.draft import Draft
from orderflow.engine.phrases import Words
from orderflow.model.definition import Definition
from orderflow.model.record import Held, Record
from orderflow.model.standing import Resource


@dataclass(frozen=True, slots=True)
class Situation:
    """Sentences, each kind by itself."""

    holds: tuple[str, ...] = ()
    holdings: tuple[str, ...] = ()
    plan: str = ""
    queues: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """One line for each thing."""
        yield from (f"Held: {hold}" for hold in self.holds)
        if self.plan:
            yield f"Sent {self.plan}"
        if self.holdings:
            yield "It holds " + "; ".join(self.holdings)
        yield from (f"In the queue {queue}" for queue in self.queues)
        yield from (f"Tagged {tag}" for tag in self.tags)

    def to_dict(self) -> dict[str, object]:
        """The situation as plain data for JSON."""
        return {
            "holds": list(self.holds),
            "holdings": list(self.holdings),
            "plan": self.plan,
            "queues": list(self.queues),
            "tags": list(self.tags),
        }


def situation(draft: Draft, words: Words, record: Record) -> Situation:
    """What lies on a record of a family that is looked at."""
    entity = draft.definition.entities[record.entity]
    standing = [item for item in draft.standing if item.record == record.id]
    return Situation(
        holds=tuple(
            f"{_called(name, entity.holds[name].label)} since {words.value(on.since)} by {on.actor}"
            + (f": {on.reason}" if on.reason else "")
            for name, on in record.holds.items()
            if name in entity.holds
        ),
        holdings=tuple(
            _holding(entity.resources[name], held, draft.definition.places)
            for name, several in record.held.items()
            if name in entity.resources
            for held in several
        ),
        plan=_plan(words, record, draft.definition),
        queues=tuple(
            f"{_called(item.queue, queue.label)} since {words.value(item.since)}"
            + (f", with {queue.owner}" if queue.owner is not None else "")
            for item in standing
            if (queue := draft.definition.queues.get(item.queue)) is not None
        ),
        tags=tuple(
            f"{_called(name, entity.tags[name].label)} since {words.value(since)}"
            for name, since in record.tags.items()
            if name in entity.tags
        ),
    )


def _called(name: str, label: str) -> str:
    return name if label == name else f"{label} ({name})"


def _holding(resource: Resource, held: Held, places: int) -> str:
    match resource.kind:
        case "stock":
            pool = f" from pool {held.pool}" if held.pool else ""
            return f"{held.quantity} of {held.item} at {held.place}{pool}"
        case "amount":
            money = resource.amount is not None and resource.amount.type.kind in ("money", "decimal")
            amount = Decimal(held.quantity).scaleb(-places) if money else Decimal(held.quantity)
            return f"{amount:f} of {resource.name} of {held.item}"
    return f"a {resource.name}"


def _plan(words: Words, record: Record, definition: Definition) -> str:
    plan = record.fields.get("plan")
    if not isinstance(plan, Mapping):
        return ""
    lines = ", ".join(f"{row['quantity']} of {row['sku']}" for row in plan["lines"])
    said = f"from {plan['warehouse']}: {lines}"
    if plan["distance_km"] is not None:
        said += f"; {plan['distance_km']:.1f} km"
    if plan["carrier"] is not None:
        said += f", by {plan['carrier']}"
    if plan["promised_on"] is not None:
        said += f", promised for {words.value(plan['promised_on'])}{_counted(definition, record.entity)}"
    return said


def _counted(definition: Definition, child: str) -> str:
    """By which calendar the promises of these children count; nothing where policies differ in it."""
    policies = [policy.name for policy in definition.allocation.values() if policy.child == child]
    found = {definition.calendar_of(name) for name in policies}
    calendar = found.pop() if len(found) == 1 else None
    return "" if calendar is None else f" by {_called(calendar.name, calendar.label)}"
