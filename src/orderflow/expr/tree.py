"""The tree of an expression: what the parser makes, the checker types, and every back end reads.

Nodes are frozen and picklable. `start` and `end` are offsets in the source text, in characters, end exclusive.
The parser leaves `type` at UNKNOWN and names unbound; the checker returns a new tree with both filled.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orderflow.expr.calendars import Workdays
from orderflow.expr.types import UNKNOWN, Type

#: What a comparison becomes under `not`, and with its sides exchanged.
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
SWAPPED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
#: Functions that look at each row of a list, or at each child.
ROWS_FUNCTIONS = frozenset(
    {"count", "sum", "any", "all", "some", "all_live", "none_live", "latest", "earliest"}
)
#: Functions that do so when the first argument is a list or children, and else look at their arguments.
OF_VALUES_OR_ROWS = frozenset({"min", "max"})


class Origin(StrEnum):
    """Where the value of a name comes from."""

    UNBOUND = "unbound"
    FIELD = "field"
    PARENT = "parent"
    EVENT = "event"
    EXTRA = "extra"
    CHILDREN = "children"
    CLOCK = "clock"
    AGGREGATE = "aggregate"


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: text, integer, decimal, True, False or None."""

    start: int
    end: int
    value: str | int | Decimal | None
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Name:
    """A name, dotted or not. After checking, `path` is the one name to read at `origin`.

    Args:
        depth: the frame it is read in: 0 is the record in scope (or what is around it), each row or child that
            `any`, `some` and the like look at is one deeper.
        owner: the entity or record it belongs to, as messages and dependency lists show it.
    """

    start: int
    end: int
    path: tuple[str, ...]
    type: Type = UNKNOWN
    origin: Origin = Origin.UNBOUND
    depth: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a nested record: `address.city`. Only the checker makes it."""

    start: int
    end: int
    base: "Node"
    name: str
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Through:
    """What a ref leads to: a field of that record, or its aggregate: `customer.credit_limit`. Only the checker makes it.

    Args:
        base: gives the key of the record.
        entity: whose record it is.
        name: the field or aggregate.
        aggregate: True for an aggregate.
    """

    start: int
    end: int
    base: "Node"
    entity: str
    name: str
    aggregate: bool = False
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Required:
    """A value that may be missing where one is needed: reading it raises `Missing`. Only in lenient scopes."""

    start: int
    end: int
    operand: "Node"
    name: str
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Not:
    """`not x`."""

    start: int
    end: int
    operand: "Node"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Negate:
    """`-x`."""

    start: int
    end: int
    operand: "Node"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * / // %`."""

    start: int
    end: int
    operator: str
    left: "Node"
    right: "Node"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain of `== != < <= > >=`: one operator more than two operands has."""

    start: int
    end: int
    operators: tuple[str, ...]
    operands: "tuple[Node, ...]"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Membership:
    """`x in [a, b]` (or a list field), and `not in`."""

    start: int
    end: int
    item: "Node"
    negated: bool
    container: "Node"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Listing:
    """A list written out; only right of `in`."""

    start: int
    end: int
    items: "tuple[Node, ...]"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class IsNone:
    """`x is None`, `x is not None`."""

    start: int
    end: int
    operand: "Node"
    negated: bool
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and ...`, flat."""

    start: int
    end: int
    items: "tuple[Node, ...]"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b or ...`, flat."""

    start: int
    end: int
    items: "tuple[Node, ...]"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class IfElse:
    """`then if test else other`."""

    start: int
    end: int
    then: "Node"
    test: "Node"
    other: "Node"
    type: Type = UNKNOWN


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the table.

    Args:
        arguments: as written; names in quotes are constants. The checker adds what may be left out: to `look_up` the
            output, to `tier` the ref that leads to the owner; and it makes the tier's name `ENTITY.NAME`. From functions
            of working days it takes the name of the calendar away.
        depth: the frame whose lifecycle `is_in` and its like look at, or that `any`, `some` and their like open
            (the rows or children seen by the last argument).
        states: leaf states that the checker worked out: those named (`is_in`, `time_in`), those that count
            (`reached`, `reached_at`), the final ones (`is_open`), the ones that are not live (`all_live`,
            `none_live`).
        calendar: the one that a function of working days asks.
    """

    start: int
    end: int
    function: str
    arguments: "tuple[Node, ...]"
    name_start: int
    name_end: int
    type: Type = UNKNOWN
    depth: int = 0
    states: tuple[str, ...] = ()
    calendar: Workdays | None = None

    @property
    def opens_frame(self) -> bool:
        """True of a checked call that looks at each row or child; of `min` and `max`, when they do."""
        return self.function in ROWS_FUNCTIONS or (self.function in OF_VALUES_OR_ROWS and self.depth > 0)


Node = (
    Constant
    | Name
    | Part
    | Through
    | Required
    | Not
    | Negate
    | Arithmetic
    | Compare
    | Membership
    | Listing
    | IsNone
    | And
    | Or
    | IfElse
    | Call
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order in which they are written."""
    match node:
        case Constant() | Name():
            return ()
        case Part(base=base) | Through(base=base):
            return (base,)
        case (
            Required(operand=operand)
            | Not(operand=operand)
            | Negate(operand=operand)
            | IsNone(operand=operand)
        ):
            return (operand,)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case Compare(operands=operands):
            return operands
        case Membership(item=item, container=container):
            return (item, container)
        case Listing(items=items) | And(items=items) | Or(items=items):
            return items
        case IfElse(then=then, test=test, other=other):
            return (then, test, other)
        case Call(arguments=arguments):
            return arguments


@dataclass(frozen=True, slots=True)
class Reads:
    """What an expression reads: what must be known before it, and what may change its value.

    Args:
        fields: the record's own fields.
        parent: the parent's fields.
        event: what it reads of the event.
        children: the names of the children it looks at.
        extra: further names that the caller supplies, such as `sequence`.
        paths: everything by owner: `order.paid_at`, `line.quantity`, `event.number`, `shipment.weight`.
        clock: True when the value changes with time alone (`now`, `today`, `age`, `time_in`).
        state: True when it looks at the record's own lifecycle, or at holds.
        refs: the refs that something is read through, as `order.customer`.
        aggregates: those read, through a ref or of the record itself, as `customer.spend_30d`; a tier's not.
        tiers: as `customer.customer_tier`.
        tags, tables, policies, resources, calendars: what functions name; a calendar, also where it goes without saying.
        positions: of every call that asks for stock, what gives the warehouse and the SKU.
    """

    fields: frozenset[str] = frozenset()
    parent: frozenset[str] = frozenset()
    event: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    clock: bool = False
    state: bool = False
    refs: frozenset[str] = frozenset()
    aggregates: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    calendars: frozenset[str] = frozenset()
    positions: tuple[tuple[Node, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: typed, null-safe and total in its scope. Data only; back ends make functions of it.

    Args:
        source: the text as written.
        root: the typed tree.
        type: the type of the result.
        reads: what it reads.
        depth: the depth of the frame that holds the record in scope (1 for a row inside a record).
    """

    source: str
    root: Node
    type: Type
    reads: Reads
    depth: int = 0

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.source[node.start : node.end]
