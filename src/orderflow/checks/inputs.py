"""What conditions ask about: each input, the pieces that the conditions cut it into, and a formula over tests of them.

A condition that compares an input with constants is understood exactly. Everything else (two fields compared, a
function that gives a truth value) becomes an input of its own that is true or false. An input is *free* when each of
its values can occur whatever the other free ones are; of the others only a superset of the values is known.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from orderflow.expr import flow, ranges
from orderflow.expr.reads import walk
from orderflow.expr.tree import (
    OPPOSITE,
    SWAPPED,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expression,
    IfElse,
    IsNone,
    Listing,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    Origin,
    Part,
    Through,
)
from orderflow.expr.types import BOOL, ORDERED, TEXTS, UNKNOWN, Kind, Type

#: A stretch of pieces: the first and the last one, by their numbers.
Run = tuple[int, int]


class Other(Enum):
    """Values that no condition names."""

    TEXT = "any other text"
    THERE = "a value that is there"


@dataclass(frozen=True, slots=True)
class Cut:
    """That an input is `relation` than a number; durations and moments in seconds, dates in days."""

    relation: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Among:
    """That an input is one of these values; None stands for a missing one."""

    values: frozenset[object]


@dataclass(frozen=True, slots=True)
class Atom:
    """A test of one input."""

    key: flow.Key
    test: Cut | Among


@dataclass(frozen=True, slots=True)
class Combined:
    """All of them (`every`), or one of them at least."""

    every: bool
    items: "tuple[Formula, ...]"


@dataclass(frozen=True, slots=True)
class Turned:
    """`not`."""

    item: "Formula"


Formula = bool | Atom | Combined | Turned


@dataclass(frozen=True, slots=True)
class Input:
    """Something that conditions ask about, in pieces that none of them divides.

    Args:
        text: as it is written.
        type: the widest type that it has in the conditions.
        free: whether each of its values can occur whatever the other free inputs are.
        starts: of an input with an order: the first value of each piece, counted in steps of the type.
        last: the last value of the last of these pieces.
        groups: further pieces: values that are always told apart together; None stands for a missing one.
    """

    text: str
    type: Type
    free: bool
    starts: tuple[int, ...]
    last: int
    groups: tuple[frozenset[object], ...]
    piece_of: dict[object, int] = field(repr=False)

    @property
    def size(self) -> int:
        """How many pieces it has."""
        return len(self.starts) + len(self.groups)

    @property
    def step(self) -> Fraction:
        """The distance between two values that follow each other."""
        return ranges.step(self.type)

    def ends(self, run: Run) -> tuple[int, int]:
        """The first and the last value of a run of pieces that have an order, in steps."""
        after = run[1] + 1
        return self.starts[run[0]], self.starts[after] - 1 if after < len(self.starts) else self.last

    def runs(self, test: Cut | Among) -> list[Run]:
        """The pieces that pass a test."""
        if isinstance(test, Among):
            return _runs(self.piece_of[value] for value in test.values if value in self.piece_of)
        first, after = (bisect_left(self.starts, edge) for edge in _edges(test, self.step))
        pieces = len(self.starts)
        if test.relation == "!=":
            return [run for run in ((0, first - 1), (after, pieces - 1)) if run[0] <= run[1]]
        return [(first, after - 1)] if first < after else []


def _edges(test: Cut, step: Fraction) -> tuple[int, int]:
    """The first value, in steps, of those from and of those behind a stretch that passes (of `!=`: fails) a test."""
    at = test.value / step
    match test.relation:
        case "<":
            return _LEAST, ceil(at)
        case "<=":
            return _LEAST, floor(at) + 1
        case ">":
            return floor(at) + 1, _MOST
        case ">=":
            return ceil(at), _MOST
        case _:
            return ceil(at), floor(at) + 1  # nothing where the number lies between two values


_LEAST, _MOST = -(10**60), 10**60


def _runs(pieces: Iterable[int]) -> list[Run]:
    found: list[Run] = []
    for piece in sorted(set(pieces)):
        if found and found[-1][1] == piece - 1:
            found[-1] = (found[-1][0], piece)
        else:
            found.append((piece, piece))
    return found


def read(conditions: Sequence[Expression]) -> tuple[dict[flow.Key, Input], tuple[Formula, ...]] | None:
    """The inputs of some conditions, in the order in which they are asked about, and the conditions as formulas.

    Args:
        conditions: of one record, each a bool.

    Returns:
        None when something in them has a fault of its own.
    """
    reader = _Reader()
    formulas = tuple(reader.formula(each.root, each) for each in conditions)
    if any(UNKNOWN in draft.types for draft in reader.drafts.values()):
        return None
    free = _free(reader.drafts)
    made = {key: draft.made(free=key in free) for key, draft in reader.drafts.items()}
    return None if any(not each.size for each in made.values()) else (made, formulas)


@dataclass(slots=True)
class _Draft:
    """An input while the conditions are read."""

    text: str
    node: Node | None
    types: list[Type] = field(default_factory=list)
    cuts: set[Cut] = field(default_factory=set)
    named: dict[object, list[int]] = field(default_factory=dict)
    tests: int = 0

    def made(self, *, free: bool) -> Input:
        type_ = replace(self.types[0], optional=any(each.optional for each in self.types))
        starts: tuple[int, ...] = ()
        last = 0
        if type_.kind in ORDERED:
            low, high = ranges.hull([ranges.interval(each) for each in self.types])
            type_ = ranges.within(type_, (low, high))
            step = ranges.step(type_)
            first, last = ceil(low / step), floor(high / step)
            edges = {edge for cut in self.cuts for edge in _edges(cut, step) if first < edge <= last}
            starts = (first, *sorted(edges)) if first <= last else ()
        groups = self._groups(type_)
        pieces = {value: len(starts) + place for place, group in enumerate(groups) for value in group}
        return Input(self.text, type_, free, starts, last, groups, pieces)

    def _groups(self, type_: Type) -> tuple[frozenset[object], ...]:
        """The values that are no numbers, together where every test takes all of them or none."""
        domain: list[object] = []
        if type_.kind is Kind.CHOICE:
            domain += type_.options
        elif type_.kind is Kind.BOOL:
            domain += (True, False)
        elif type_.kind in TEXTS:
            domain += [*(value for value in self.named if value is not None), Other.TEXT]
        elif type_.kind not in ORDERED:
            domain.append(Other.THERE)
        groups: dict[tuple[int, ...], set[object]] = {}
        for value in domain:
            groups.setdefault(tuple(self.named.get(value, ())), set()).add(value)
        missing = [frozenset({None})] if type_.optional else []
        return (*(frozenset(group) for group in groups.values()), *missing)


class _Reader:
    """Makes formulas of conditions, and notes what they ask about."""

    def __init__(self) -> None:
        self.drafts: dict[flow.Key, _Draft] = {}

    def formula(self, node: Node, source: Expression) -> Formula:
        """What a truth value tests."""
        match node:
            case Constant(value=bool() as value):
                return value
            case Not(operand=operand):
                return Turned(self.formula(operand, source))
            case And(items=items) | Or(items=items):
                return Combined(isinstance(node, And), tuple(self.formula(item, source) for item in items))
            case IfElse(then=then, test=test, other=other):
                asked = self.formula(test, source)
                yes, no = self.formula(then, source), self.formula(other, source)
                return Combined(False, (Combined(True, (asked, yes)), Combined(True, (Turned(asked), no))))
            case IsNone(operand=operand, negated=negated):
                missing = self._among(operand, None, source)
                return Turned(missing) if negated else missing
            case Compare(operators=operators, operands=operands):
                pairs = zip(operators, operands, operands[1:], strict=False)
                return Combined(True, tuple(self._pair(node, *pair, source) for pair in pairs))
            case Membership(item=item, negated=negated, container=Listing(items=items)):
                same = tuple(self._pair(node, "==", item, each, source) for each in items)
                inside = Combined(False, same)
                return Turned(inside) if negated else inside
        return self._among(node, True, source)

    def _pair(self, node: Node, relation: str, left: Node, right: Node, source: Expression) -> Formula:
        value = _constant(right)
        if value is None and _constant(left) is not None:
            left, right, relation, value = right, left, SWAPPED[relation], _constant(left)
        if value is not None and _constant(left) is None:
            if isinstance(value, Fraction) and left.type.kind in ORDERED:
                return self._cut(left, Cut(relation, value), source)
            if not isinstance(value, Fraction) and relation in ("==", "!="):
                same = self._among(left, value, source)
                return same if relation == "==" else Turned(same)
        negated = relation in ("!=", ">=", "<=")
        relation = OPPOSITE[relation] if negated else relation
        if relation == ">" or (relation == "==" and repr(flow.key(right)) < repr(flow.key(left))):
            left, right, relation = right, left, SWAPPED[relation]
        whole = Compare(node.start, node.end, (relation,), (left, right), BOOL)
        asked = self._among(whole, True, source)
        return Turned(asked) if negated else asked

    def _cut(self, node: Node, cut: Cut, source: Expression) -> Atom:
        key = self._note(node, source)
        self.drafts[key].cuts.add(cut)
        return Atom(key, cut)

    def _among(self, node: Node, value: object, source: Expression) -> Atom:
        key = self._note(node, source)
        draft = self.drafts[key]
        draft.named.setdefault(value, []).append(draft.tests)
        draft.tests += 1
        return Atom(key, Among(frozenset({value})))

    def _note(self, node: Node, source: Expression) -> flow.Key:
        key = flow.key(node)
        text = " ".join(source.text(node).split())
        draft = self.drafts.setdefault(key, _Draft(text, node))
        if node.type not in draft.types:
            draft.types.append(node.type)
        if any(isinstance(each, (Name, Part, Through)) and each.type == UNKNOWN for each in walk(node)):
            draft.types.append(UNKNOWN)
        return key


def _constant(node: Node) -> Fraction | str | bool | None:
    """The value of what reads nothing: a text, a truth value, or a number as far as its type pins it down."""
    if isinstance(node, Constant) and isinstance(node.value, (str, bool)):
        return node.value
    if node.type.kind not in ORDERED or any(isinstance(each, (Name, Through)) for each in walk(node)):
        return None
    low, high = ranges.interval(node.type)
    return low if low == high else None


# ---- which inputs are free ------------------------------------------------------------------------------------------


#: Parts of a date or moment, whose bounds are those of the calendar: each of their values comes up.
_CALENDAR = frozenset({"day", "month", "day_of_month", "weekday", "hour", "minute"})


def _free(drafts: dict[flow.Key, _Draft]) -> set[flow.Key]:
    """The inputs that take each of their values whatever the other such inputs are: no two read the same."""
    free: set[flow.Key] = set()
    read_by: set[flow.Key] = set()
    plain = (Name, Part, Through)
    for key, draft in sorted(drafts.items(), key=lambda item: not isinstance(item[1].node, plain)):
        marks = None if draft.node is None else _marks(draft.node)
        if marks and not marks & read_by and not _rests_on(draft.node, drafts):
            free.add(key)
            read_by |= marks
    return free


def _rests_on(node: Node | None, drafts: dict[flow.Key, _Draft]) -> bool:
    """Whether it is read through something that the conditions ask about, too."""
    return isinstance(node, (Through, Part)) and flow.key(node.base) in drafts


def _marks(node: Node) -> frozenset[flow.Key] | None:
    """What the value of an input comes from; None when not every value of its type needs to be possible."""
    match node:
        case Name(origin=Origin.AGGREGATE, owner=owner) | Through(aggregate=True, entity=owner):
            return frozenset({("history", owner)})  # a count and a sum of the same records hang together
        case Name(origin=Origin.FIELD | Origin.PARENT | Origin.EVENT) | Part() | Through():
            return None if node.type.kind is Kind.RECORD else frozenset({flow.key(node)})
        case Call(function="tier", arguments=(Constant(value=str() as tier), *_)):
            return frozenset({("history", tier.partition(".")[0])})
        case Call(function="count", arguments=(Name(origin=Origin.FIELD | Origin.PARENT) | Part() as rows,)):
            return frozenset({flow.key(rows)})
        case Call(function=function, arguments=(moment,)) if function in _CALENDAR:
            return _marks(moment)
        case Call(function="coalesce", arguments=(first, second)) if _inside(second, first.type):
            return _marks(first)
        case Negate(operand=operand):
            return _marks(operand)
        case Arithmetic(operator="+" | "-", left=left, right=right):
            ours, theirs = (
                frozenset() if _constant(side) is not None else _marks(side) for side in (left, right)
            )
            if ours is None or theirs is None or ours & theirs:
                return None
            coarse = {ranges.step(side.type) for side in (left, right) if _constant(side) is None}
            return ours | theirs if coarse == {ranges.step(node.type)} else None
    return None


def _inside(node: Node, type_: Type) -> bool:
    """Whether a constant is a value of a type."""
    value = _constant(node)
    if isinstance(value, Fraction):
        low, high = ranges.interval(type_)
        return low <= value <= high
    return value is not None
