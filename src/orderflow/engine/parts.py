"""What stands on an entity beside its transitions, linked: the same data with functions in the place of expressions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from orderflow.expr.python import compile_python
from orderflow.expr.tree import And, Call, Expression, Node, Or
from orderflow.expr.turns import Turn, turns
from orderflow.expr.types import Kind
from orderflow.expr.view import View
from orderflow.model.definition import Entity, EventType, Queue
from orderflow.model.standing import Hold, Judgement, Resource, RowsSet, StockMove, Tag

Compiled = Callable[[Mapping[str, object], View], object]


@dataclass(frozen=True, slots=True)
class LinkedTurn:
    """A moment at which time alone turns a comparison; `value` raises `Missing` when there is none."""

    turn: Turn
    value: Compiled


@dataclass(frozen=True, slots=True)
class LinkedResource:
    """A resource; `inside` and `spent` are the leaf states that hold and that consume it, `scale` the smallest units of one."""

    resource: Resource
    inside: frozenset[str]
    spent: frozenset[str]
    lines: Compiled | None
    warehouse: Compiled | None
    amount: Compiled | None
    limit: Compiled | None
    scale: int

    @property
    def follows(self) -> bool:
        """Whether what is held may change while it is held."""
        return self.lines is not None or self.amount is not None


@dataclass(frozen=True, slots=True)
class LinkedMove:
    """A move of stock that a transition makes."""

    move: StockMove
    warehouse: Compiled
    lines: Compiled | None
    sku: Compiled | None
    quantity: Compiled | None


@dataclass(frozen=True, slots=True)
class LinkedHold:
    """A hold; `inside` are the leaf states that it can be on in."""

    hold: Hold
    inside: frozenset[str]
    when: Compiled | None
    turns: tuple[LinkedTurn, ...]


@dataclass(frozen=True, slots=True)
class LinkedQueue:
    """A queue; `inside` are the leaf states in which its condition may hold at all."""

    queue: Queue
    inside: frozenset[str]
    when: Compiled
    turns: tuple[LinkedTurn, ...]


@dataclass(frozen=True, slots=True)
class LinkedTag:
    """A tag; `aggregates` are those of its own entity that its condition reads."""

    tag: Tag
    when: Compiled
    turns: tuple[LinkedTurn, ...]
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkedRows:
    """What an event sets in the rows of a list."""

    where: Compiled | None
    values: tuple[tuple[str, Compiled], ...]


#: What an event sets: fields, and rows of lists.
Sets = tuple[tuple[str, "Compiled | LinkedRows"], ...]


def linked(expression: Expression | None) -> Compiled | None:
    """The expression as a function, or None."""
    return None if expression is None else compile_python(expression)


def link_turns(expression: Expression | None) -> tuple[LinkedTurn, ...]:
    """The moments at which time alone turns it; none for what does not read the clock."""
    if expression is None or not expression.reads.clock:
        return ()
    found = turns(expression)
    if isinstance(found, list):
        return ()  # the checks refuse it where it matters
    return tuple(LinkedTurn(turn, compile_python(turn.value)) for turn in found)


def link_resource(entity: Entity, item: Resource, places: int) -> LinkedResource:
    """Link one resource; `places` are the currency's decimal places."""
    money = item.amount is not None and item.amount.type.kind in (Kind.MONEY, Kind.DECIMAL)
    return LinkedResource(
        resource=item,
        inside=frozenset(entity.states[item.held_in].leaves),
        spent=frozenset(entity.states[item.spend_on].leaves) if item.spend_on is not None else frozenset(),
        lines=linked(item.lines),
        warehouse=linked(item.warehouse),
        amount=linked(item.amount),
        limit=linked(item.limit),
        scale=10**places if money else 1,
    )


def link_move(item: StockMove) -> LinkedMove:
    """Link one move."""
    return LinkedMove(
        item, compile_python(item.warehouse), linked(item.lines), linked(item.sku), linked(item.quantity)
    )


def link_hold(entity: Entity, item: Hold) -> LinkedHold:
    """Link one hold."""
    inside = frozenset(leaf for name in item.states for leaf in entity.states[name].leaves)
    return LinkedHold(item, inside, linked(item.when), link_turns(item.when))


def link_queue(entity: Entity, item: Queue) -> LinkedQueue:
    """Link one queue."""
    leaves = frozenset(name for name, state in entity.states.items() if state.leaves == (name,))
    inside = possible(item.when.root, leaves)
    return LinkedQueue(item, inside, compile_python(item.when), link_turns(item.when))


def link_tag(item: Tag, aggregates: Iterable[str]) -> LinkedTag:
    """Link one tag; `aggregates` are those that its condition reads, through tiers too."""
    return LinkedTag(item, compile_python(item.when), link_turns(item.when), tuple(aggregates))


def link_judgement(item: Judgement) -> tuple[Judgement, Compiled]:
    """Link one condition of the arrival check."""
    return item, compile_python(item.when)


def link_sets(event: EventType) -> Sets:
    """Link what an event sets."""
    return tuple(
        (
            name,
            LinkedRows(
                linked(value.where),
                tuple((field, compile_python(each)) for field, each in value.values.items()),
            )
            if isinstance(value, RowsSet)
            else compile_python(value),
        )
        for name, value in event.sets.items()
    )


def possible(node: Node, leaves: frozenset[str]) -> frozenset[str]:
    """The leaf states of the record in which a condition may hold: what its `is_in` clauses leave."""
    if isinstance(node, And):
        for item in node.items:
            leaves = possible(item, leaves)
        return leaves
    if isinstance(node, Or):
        return frozenset().union(*(possible(item, leaves) for item in node.items))
    if isinstance(node, Call) and node.function == "is_in" and node.depth == 0:
        return leaves & frozenset(node.states)
    return leaves
