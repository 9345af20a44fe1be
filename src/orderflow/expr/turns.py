"""When time alone turns a condition: each comparison with the clock, as the moment at which it turns.

A comparison is solved for the clock by moving what is added to it or taken from it to the other side, one operation at
a time: `age(paid_at) > hours(2)` is `now - paid_at > hours(2)`, so `now > hours(2) + paid_at`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from orderflow.diagnostics.message import Message
from orderflow.expr import arithmetic, ranges
from orderflow.expr.calls_dates import DATES, PARTS
from orderflow.expr.calls_workdays import WORKDAYS, moved_type
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.reads import reads, walk
from orderflow.expr.tree import (
    SWAPPED,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expression,
    IfElse,
    Listing,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    Origin,
    Required,
)
from orderflow.expr.types import BOOL, DATE, DATETIME, INTEGER, MISSING, WHOLE_DAYS, Kind, optional

_CLOCKS = frozenset({"age", "time_in"})
_FIX = Message(
    'compare the clock itself: `age(x) > hours(2)`, `now >= x`, `today > day(x)` or `time_in("state") > hours(2)`, with nothing of the clock on the other side'
)
_FIX_ROWS = Message(
    'compare a moment of theirs with the clock outside: `earliest(shipments, entered("picking")) < now - hours(4)`, tested for `None` first'
)
_FIX_PARTS = Message(
    "a time of day or a day of the week comes round again and again; compare the clock with a moment of the record's: `now >= at(day(placed_at), 9)`"
)
_FIX_WORKDAYS = Message(
    "compare the working days between a day of the record's and today with a whole number: `workdays(day(placed_at), today) > 3`"
)
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Turn:
    """An instant at which time alone turns a comparison of a condition.

    Args:
        kind: `moment`: at the datetime that `value` gives. `day`: at the beginning of the local date that it gives.
            `stay`: when the record has been in `state` for the duration that it gives, held time left out.
        value: over the same record as the condition; compiled, it raises `Missing` while the comparison is not looked
            at (a test before it fails), and nothing else.
        late: True when it turns one microsecond after that instant, and not at it.
        state: of a stay.
    """

    kind: Literal["moment", "day", "stay"]
    value: Expression
    late: bool = False
    state: str | None = None


def turns(expression: Expression) -> tuple[Turn, ...] | list[Fault]:
    """Every comparison of a condition that time alone can turn.

    The condition keeps its value from any moment to the first of these instants after it, as long as nothing of the
    record changes; then they have to be worked out anew, as other comparisons may be looked at from there on. What
    aggregates, tiers and tables add is not among them.

    Returns:
        The turns in the order written, or a fault (OF106) for each use of the clock that is no such comparison.
    """
    solver = _Solver(expression)
    found = tuple(solver.condition(expression.root, ()))
    return solver.faults or found


def instant(turn: Turn, value: object, zone: tzinfo) -> datetime:
    """The moment that a value of a `moment` or a `day` stands for, aware UTC; the microsecond of `late` included.

    Args:
        value: what the turn's value gave: a datetime or a date.
        zone: the rule set's, in which its days begin.
    """
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1) if turn.late else value
    assert isinstance(value, date)
    return datetime.combine(value, time(0), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Solved:
    """`clock operator other`, where the clock stands alone."""

    clock: Node
    operator: str
    other: Node


class _Solver:
    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self.faults: list[Fault] = []

    def condition(self, node: Node, before: tuple[Node, ...]) -> Iterator[Turn]:
        """The turns of a condition; it is looked at when all of `before` hold."""
        if not _clocked(node):
            return
        match node:
            case And(items=items) | Or(items=items):
                for item in items:
                    yield from self.condition(item, before)
                    before = (*before, item if isinstance(node, And) else _no(item))
            case Not(operand=operand) | Required(operand=operand):
                yield from self.condition(operand, before)
            case IfElse(then=then, test=test, other=other):
                yield from self.condition(test, before)
                yield from self.condition(then, (*before, test))
                yield from self.condition(other, (*before, _no(test)))
            case Compare() | Membership(container=Listing()):
                try:
                    yield from self.comparison(node, before)
                except Refused as refused:
                    self.faults.extend(refused.faults)
            case Call(function="is_workday"):
                try:
                    yield from self.workday(node, before)
                except Refused as refused:
                    self.faults.extend(refused.faults)
            case _:
                self.faults.append(self.fault(_first_clock(node)))

    def comparison(self, node: Compare | Membership, before: tuple[Node, ...]) -> Iterator[Turn]:
        if isinstance(node, Compare):
            pairs = list(zip(node.operators, node.operands, node.operands[1:], strict=False))
        else:
            assert isinstance(node.container, Listing)
            pairs = [("==", node.item, each) for each in node.container.items]
        for operator, left, right in pairs:
            clocked = [side for side in (left, right) if _clocked(side)]
            if len(clocked) == 2:
                raise Refused(self.fault(_first_clock(right)))
            if not clocked:
                continue
            if clocked == [left]:
                solved = _Solved(left, operator, right)
            else:
                solved = _Solved(right, SWAPPED[operator], left)
            yield from self.turned(self.alone(solved), before)

    def alone(self, solved: _Solved) -> _Solved:
        """Everything but the clock on the other side."""
        while True:
            clock, operator, other = solved.clock, solved.operator, solved.other
            match clock:
                case Required(operand=operand):
                    solved = replace(solved, clock=operand)
                case Call(function="age", arguments=(moment,)):
                    now = Name(clock.start, clock.end, ("now",), DATETIME, Origin.CLOCK)
                    solved = _Solved(now, operator, self.compute("+", other, moment))
                case Arithmetic(operator="+", left=left, right=right) if not _clocked(right):
                    solved = _Solved(left, operator, self.compute("-", other, right))
                case Arithmetic(operator="+", left=left, right=right) if not _clocked(left):
                    solved = _Solved(right, operator, self.compute("-", other, left))
                case Arithmetic(operator="-", left=left, right=right) if not _clocked(right):
                    solved = _Solved(left, operator, self.compute("+", other, right))
                case Arithmetic(operator="-", left=left, right=right) if not _clocked(left):
                    solved = _Solved(right, SWAPPED[operator], self.compute("-", left, other))
                case _:
                    return solved

    def compute(self, operator: str, left: Node, right: Node) -> Node:
        """The sum or difference of two values, typed."""
        made = Arithmetic(min(left.start, right.start), max(left.end, right.end), operator, left, right)
        type_ = arithmetic.result(operator, left, right, nonzero=False)
        if type_ is None:
            kinds = {left.type.kind, right.type.kind}
            if kinds != {Kind.DATE, Kind.DURATION}:
                raise Refused(self.fault(left))
            length = left if left.type.kind is Kind.DURATION else right
            message = Message(
                "days are compared with `{text}`, which may be a part of a day",
                text=self.expression.text(length),
            )
            raise Refused(
                Fault("OF106", message, length.start, length.end, Message("write whole days: `days(2)`"))
            )
        if not ranges.fits(type_):
            message = Message("the moment at which this turns could leave the calendar")
            fix = Message("use a shorter duration, or bound it: `min(x, days(365))`")
            raise Refused(Fault("OF106", message, made.start, made.end, fix))
        return replace(made, type=type_)

    def turned(self, solved: _Solved, before: tuple[Node, ...]) -> Iterator[Turn]:
        """The instants at which a solved comparison turns."""
        kind: Literal["moment", "day", "stay"]
        state = None
        match solved.clock:
            case Call(function="workdays") as call:
                yield from self.workdays(call, solved, before)
                return
            case Name(path=("now",), origin=Origin.CLOCK):
                kind = "moment"
            case Name(path=("today",), origin=Origin.CLOCK):
                kind = "day"
            case Call(function="day", arguments=(Name(path=("now",), origin=Origin.CLOCK),)):
                kind = "day"
            case Call(function="time_in", arguments=(Constant(value=str() as name),)):
                kind, state = "stay", name
            case _:
                raise Refused(self.fault(_first_clock(solved.clock)))
        for late in (False, True):
            if solved.operator in ("==", "!=") or late is (solved.operator in (">", "<=")):
                value = solved.other
                if kind == "day" and late:
                    value = self.compute("+", value, _one_day(value))
                yield Turn(kind, self.guarded(value, before), late and kind != "day", state)

    def workdays(self, call: Call, solved: _Solved, before: tuple[Node, ...]) -> Iterator[Turn]:
        """Those of `workdays(start, end) operator number`: it grows by one on each working day of `end`, and never falls."""
        (start, end), operator, number = call.arguments, solved.operator, solved.other
        if number.type.kind is not Kind.INTEGER or (_clocked(start) and _clocked(end)):
            raise Refused(self.fault(call))
        if _clocked(start):
            # `workdays(a, b) < n` is `workdays(b, a) > -n`
            start, end, operator, number = end, start, SWAPPED[operator], self.minus(number)
        for late in (False, True):
            if operator in ("==", "!=") or late is (operator in (">", "<=")):
                wanted = self.compute("+", number, _one(number)) if late else number
                day = self.first_day(call, start, wanted)
                yield from self.turned(self.alone(_Solved(end, ">=", day)), before)

    def workday(self, call: Call, before: tuple[Node, ...]) -> Iterator[Turn]:
        """Those of `is_workday(day)`: the day after a working day, and the next working day after any other."""
        (day,) = call.arguments
        tomorrow = self.compute("+", day, _one_day(day))
        value = IfElse(call.start, call.end, tomorrow, call, self.moved(call, day, _one(day)), DATE)
        yield from self.turned(self.alone(_Solved(day, ">=", value)), before)

    def first_day(self, call: Call, start: Node, number: Node) -> Node:
        """The first day to which there are so many working days from `start`, by the calendar of a call."""
        low, high = ranges.interval(number.type)
        after = self.moved(call, start, number) if high > 0 else None
        if low > 0 and after is not None:
            return after
        # one working day back from the day after a day is that day itself, if it is worked, or else the last one before it
        tomorrow = self.compute("+", start, _one_day(start))
        until = self.moved(call, tomorrow, self.compute("-", number, _one(number)))
        if after is None:
            return until
        zero = replace(_one(number), value=0, type=replace(INTEGER, lo=0, hi=0))
        test = Compare(number.start, number.end, (">",), (number, zero), BOOL)
        return IfElse(call.start, call.end, after, test, until, DATE)

    def moved(self, call: Call, day: Node, days: Node) -> Node:
        """A day so many working days on, by the calendar of a call."""
        assert call.calendar is not None
        made = replace(call, function="add_workdays", arguments=(day, days))
        type_ = moved_type(call.calendar, day.type, days.type)
        if not ranges.fits(type_):
            message = Message("the moment at which this turns could leave the calendar")
            fix = Message("bound the number of working days: `min(x, 365)`")
            raise Refused(Fault("OF106", message, days.start, days.end, fix))
        return replace(made, type=type_)

    def minus(self, number: Node) -> Node:
        """The number with the other sign."""
        type_ = arithmetic.negated(number.type)
        assert type_ is not None
        return Negate(number.start, number.end, number, type_)

    def guarded(self, value: Node, before: tuple[Node, ...]) -> Expression:
        """The value, missing where the tests before the comparison do not hold."""
        start, end = value.start, value.end
        if before:
            test = before[0] if len(before) == 1 else And(start, end, before, BOOL)
            nothing = Constant(start, end, None, MISSING)
            whole = IfElse(start, end, value, test, nothing, optional(value.type))
            value = Required(start, end, whole, self.expression.text(value), value.type)
        depth = self.expression.depth
        return Expression(self.expression.source, value, value.type, reads(value, depth), depth)

    def fault(self, node: Node) -> Fault:
        text = " ".join(self.expression.text(node).split())
        message = Message("nothing tells when `{text}` turns this condition", text=text)
        fix = _FIX
        if isinstance(node, Call):
            fix = _FIX_ROWS if node.opens_frame else _FIX_PARTS if node.function in PARTS else _FIX
            fix = _FIX_WORKDAYS if node.function in WORKDAYS else fix
        return Fault("OF106", message, node.start, node.end, fix)


def _no(node: Node) -> Node:
    return Not(node.start, node.end, node, BOOL)


def _one_day(near: Node) -> Node:
    type_ = replace(WHOLE_DAYS, lo=_DAY, hi=_DAY)
    return Call(near.start, near.end, "days", (_one(near),), near.start, near.end, type_)


def _one(near: Node) -> Constant:
    return Constant(near.start, near.end, 1, replace(INTEGER, lo=1, hi=1))


def _reads_clock(node: Node) -> bool:
    match node:
        case Name(origin=origin):
            return origin is Origin.CLOCK
        case Call(function=function):
            return function in _CLOCKS
    return False


def _clocked(node: Node) -> bool:
    """Whether the value of a node depends on the clock."""
    return any(_reads_clock(each) for each in walk(node))


def _first_clock(node: Node) -> Node:
    """The part to point at: a use of the clock, or what holds it: a question about rows or children, a part of a day."""
    if isinstance(node, Call) and node.opens_frame:
        return node
    parts = (
        each
        for each in walk(node)
        if isinstance(each, Call) and (each.function in DATES or each.function in WORKDAYS) and _clocked(each)
    )
    clocks = (each for each in walk(node) if _reads_clock(each))
    return min((*parts, *clocks), key=lambda each: (each.start, -each.end))
