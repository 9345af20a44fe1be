"""A family while it is being decided: copies of the records that change, and what has come about so far."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orderflow.engine.actions import ActionPlan
from orderflow.engine.holdings import lacking
from orderflow.engine.policies import make_plan
from orderflow.engine.world import World
from orderflow.model.decision import Change, Effect, Judged, Marked, Step
from orderflow.model.event import Event
from orderflow.model.facts import Facts
from orderflow.model.frozen import EMPTY
from orderflow.model.plan import Plan
from orderflow.model.record import Family, Record, Standing
from orderflow.model.stock import NOTHING, Draw, Move, Position, StockKey, moved

if TYPE_CHECKING:
    from orderflow.engine.linked import Linked


class DraftView(World):
    """What an expression sees of one record: implements `orderflow.expr.view.View`."""

    __slots__ = ("children", "draft", "event", "extra", "facts", "now", "parent", "record", "rules", "zone")

    def __init__(self, draft: "Draft", record: Record) -> None:
        self.draft = draft
        self.record = record
        self.rules = draft.rules
        self.facts = draft.facts
        is_root = record is draft.root
        self.parent = None if is_root else draft.root
        self.children = draft.children if is_root else EMPTY
        self.event = draft.payload
        self.now = draft.now
        self.zone = draft.zone
        self.extra = EMPTY

    def of(self, child: Record) -> "DraftView":
        """The same moment, seen from a child."""
        return DraftView(self.draft, child)

    def can_source(self, policy: str) -> bool:
        """Whether the policy finds a plan: the very one that a transition then commits."""
        return bool(self.draft.plan(self.record, policy).parcels)

    def can_take(self, resource: str) -> bool:
        """Whether the record could take a resource now; it can if it has it."""
        if resource in self.record.held:
            return True
        machine = self.draft.machines[self.record.entity]
        return not lacking(self.draft, self.record, (machine.resources[resource],))


class Draft:
    """The working copy of one decision. Records are copied before they first change; the family given stays as it was.

    `stock` and `balances` are the facts with what this decision did to them so far.
    """

    __slots__ = (
        "_plans",
        "arrival",
        "at",
        "balances",
        "changes",
        "children",
        "definition",
        "draws",
        "effects",
        "event",
        "facts",
        "internal",
        "machines",
        "marks",
        "moves",
        "now",
        "owned",
        "payload",
        "plans",
        "root",
        "rules",
        "standing",
        "steps",
        "stock",
        "zone",
    )  # fmt: skip

    def __init__(self, rules: "Linked", family: Family, event: Event, now: datetime, facts: Facts) -> None:
        self.rules = rules
        self.definition = rules.definition
        self.machines = rules.machines
        self.root = family.root
        self.children: dict[str, list[Record]] = {
            name: list(family.children.get(name, ()))
            for name in self.machines[family.root.entity].entity.children
        }
        self.event = event
        self.at = event.at
        self.now = now
        self.zone = rules.zone
        self.facts = facts
        self.stock: Mapping[StockKey, Position] = facts.stock
        self.balances: Mapping[tuple[str, str], int] = facts.balances
        self.payload: Mapping[str, object] | None = None
        self.owned: set[str] = set()
        self.steps: list[Step] = []
        self.changes: list[Change] = []
        self.effects: list[Effect] = []
        self.moves: list[Move] = []
        self.draws: list[Draw] = []
        self.plans: dict[tuple[str, str], Plan] = {}
        self.arrival: tuple[Judged, ...] = ()
        self.marks: list[Marked] = []
        self.internal: deque[tuple[str, str]] = deque()
        self.standing = family.standing
        self._plans: dict[tuple[str, str], tuple[tuple[int, ...], Plan]] = {}

    def view(self, record: Record) -> DraftView:
        """The record as expressions see it now."""
        return DraftView(self, record)

    def find(self, record_id: str) -> Record | None:
        """The record of that id as it stands in this draft."""
        if record_id == self.root.id:
            return self.root
        return next(
            (child for several in self.children.values() for child in several if child.id == record_id), None
        )

    def records(self) -> list[Record]:
        """The root, then each child."""
        if not self.children:
            return [self.root]
        return [self.root, *(child for several in self.children.values() for child in several)]

    def own(self, record: Record) -> Record:
        """The draft's own copy of a record, which may be changed."""
        if record.id in self.owned:
            return record
        self.owned.add(record.id)
        mine = record.copy()
        if record is self.root:
            self.root = mine
            return mine
        for several in self.children.values():
            for index, child in enumerate(several):
                if child is record:
                    several[index] = mine
                    return mine
        raise LookupError(record.id)

    def set_field(self, record: Record, name: str, value: object) -> None:
        """Give a field of an owned record a value, noting the change if it is one."""
        before = record.fields.get(name)
        if before != value:
            record.fields[name] = value
            self.changes.append(Change(record.id, name, before, value))

    def act(self, record: Record, plan: ActionPlan) -> None:
        """Add the effect of an action; its key is completed when the version is known."""
        parameters = plan.parameters(record.fields, self.view(record))
        self.effects.append(
            Effect(
                "",
                record.id,
                plan.name,
                plan.use,
                parameters,
                plan.attempts,
                plan.first_seconds,
                plan.private,
            )
        )

    def plan(self, record: Record, policy: str) -> Plan:
        """What an allocation policy finds for a record: one plan as long as nothing changes."""
        key = (record.id, policy)
        stamp = (len(self.changes), len(self.moves), len(self.steps))
        known = self._plans.get(key)
        if known is None or known[0] != stamp:
            made = make_plan(self, record, self.rules.policies[policy])
            known = self._plans[key] = (stamp, made)
            self.plans[key] = made
        return known[1]

    def mark(self, what: str, record: Record, name: str, *, on: bool, reason: str = "") -> None:
        """Note that a hold, a tag or a place in a queue began or ended."""
        self.marks.append(Marked(what, record.id, name, on, reason))

    def move(self, move: Move) -> bool:
        """Move units of stock; False, and nothing happens, when there are too few.

        What is given back or spent is not looked at where nothing can be taken: then the position was not read.
        """
        key = (move.warehouse, move.sku)
        if move.kind in ("give_back", "spend") and key not in self.stock:
            self.moves.append(move)
            return True
        after = moved(self.stock.get(key, NOTHING), move)
        if after is None:
            return False
        self.moves.append(move)
        self.stock = {**self.stock, key: after}
        return True

    def draw(self, draw: Draw) -> bool:
        """Take or give back an amount or a token; False, and nothing happens, when the limit does not allow it."""
        key = (draw.resource, draw.owner)
        after = self.balances.get(key, 0) + (draw.amount if draw.kind == "take" else -draw.amount)
        if draw.limit is not None and after > draw.limit:
            return False
        self.draws.append(draw)
        self.balances = {**self.balances, key: after}
        return True

    def family(
        self, before: Family, wake: datetime | None, waiting: tuple[str, ...], standing: tuple[Standing, ...]
    ) -> Family:
        """The family after the decision, one version on."""
        children = {name: tuple(several) for name, several in self.children.items()}
        return Family(
            self.root, children, before.version + 1, wake, waiting, self.definition.digest, standing
        )
