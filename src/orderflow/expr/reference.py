"""The reference evaluator: simpleeval over the checked tree, with our operators; small, slow and obviously right.

It shares nothing with the compiled functions but the tree, so that each is a check on the other, and it can look at
every part of an expression by itself, which is what explanations need. Import it where it is used.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from simpleeval import SimpleEval

from orderflow.expr import exact, tree
from orderflow.expr.calendars import Workdays
from orderflow.expr.calls import UNITS
from orderflow.expr.reference_calls import Frame, LifecycleCalls, WorldCalls
from orderflow.expr.reference_values import TEXT_AND_DAY_FUNCTIONS, add_workdays, moment_at, workdays, worked
from orderflow.expr.tree import Expression, Node, Origin
from orderflow.expr.types import Kind
from orderflow.expr.view import Missing, RecordView, View

Operators = Mapping[type[ast.AST], Callable[..., object]]
_ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod,
}  # fmt: skip
_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
}  # fmt: skip
#: What each operator of Python's tree does here.
OPERATORS: Operators = {
    ast.Add: exact.add,
    ast.Sub: exact.subtract,
    ast.Mult: exact.multiply,
    ast.Div: exact.divide,
    ast.FloorDiv: exact.floor_divide,
    ast.Mod: exact.modulo,
    ast.USub: exact.negate,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
#: The functions of plain values.
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "round": exact.rounded,
    "abs": exact.absolute,
    "length": len,
    "lower": str.lower,
    "upper": str.upper,
    **TEXT_AND_DAY_FUNCTIONS,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": operator.contains,
}


def evaluate(expression: Expression, r: Mapping[str, object], v: View) -> object:
    """The value of a checked expression; the same as its compiled function gives.

    Raises:
        Missing: in a lenient scope, a value that is needed is missing.
    """
    return Reference(expression, r, v).value(expression.root)


class Reference(WorldCalls, LifecycleCalls, SimpleEval):  # type: ignore[misc, unused-ignore]
    """One evaluation: a fresh instance each, as simpleeval keeps state.

    Args:
        operators: other operators than `OPERATORS` (the tests plant faults in them).
        functions: other functions than `FUNCTIONS`, likewise.
    """

    def __init__(
        self,
        expression: Expression,
        r: Mapping[str, object],
        v: View,
        operators: Operators = OPERATORS,
        functions: Mapping[str, Callable[..., object]] = FUNCTIONS,
    ) -> None:
        super().__init__(operators=dict(operators), functions=dict(functions), names={})
        self.expression = expression
        self.view = v
        record = v.record
        self.frames: list[Frame] = [Frame(r, record, v.parent)]
        if expression.depth:
            self.frames.insert(0, Frame(record.fields, record, v.parent))
        #: What was read of the record itself and its surroundings: (text, value), in order.
        self.read: list[tuple[str, object]] = []
        self.nodes = {
            tree.Constant: lambda node: node.value,
            ast.Constant: lambda node: node.value,
            tree.Name: self._name,
            tree.Part: self._part,
            tree.Through: self._through,
            tree.Required: self._required,
            tree.Listing: lambda node: tuple(self._eval(item) for item in node.items),
            tree.Call: self._call,
            # simpleeval's own arms for Python's nodes; the parts stay nodes of ours.
            tree.Not: lambda node: self._eval_unaryop(ast.UnaryOp(ast.Not(), node.operand)),
            tree.Negate: lambda node: self._eval_unaryop(ast.UnaryOp(ast.USub(), node.operand)),
            tree.Arithmetic: lambda node: self._eval_binop(
                ast.BinOp(node.left, _ARITHMETIC[node.operator](), node.right)
            ),
            tree.Compare: lambda node: self._eval_compare(
                ast.Compare(
                    node.operands[0],
                    [_COMPARISONS[each]() for each in node.operators],
                    list(node.operands[1:]),
                )
            ),
            tree.Membership: lambda node: self._eval_compare(
                ast.Compare(node.item, [ast.NotIn() if node.negated else ast.In()], [node.container])
            ),
            tree.IsNone: lambda node: self._eval_compare(
                ast.Compare(
                    node.operand,
                    [ast.IsNot() if node.negated else ast.Is()],
                    [ast.Constant(None)],
                )
            ),
            tree.And: lambda node: self._eval_boolop(ast.BoolOp(ast.And(), list(node.items))),
            tree.Or: lambda node: self._eval_boolop(ast.BoolOp(ast.Or(), list(node.items))),
            tree.IfElse: lambda node: self._eval_ifexp(ast.IfExp(node.test, node.then, node.other)),
        }

    def value(self, node: Node) -> object:
        """The value of a part of the expression, in the form of its type."""
        found: object = self._eval(node)
        kind = (self.expression.type if node is self.expression.root else node.type).kind
        if kind in (Kind.DECIMAL, Kind.MONEY) and isinstance(found, int):
            return Decimal(found)
        return found

    def _log(self, node: Node, value: object, depth: int) -> object:
        if depth <= self.expression.depth:
            self.read.append((self.expression.text(node), value))
        return value

    def _name(self, node: tree.Name) -> object:
        name, view = node.path[0], self.view
        match node.origin:
            case Origin.FIELD:
                found = self.frames[node.depth].fields[name]
            case Origin.PARENT:
                found = view.parent.fields[name] if view.parent is not None else None
            case Origin.EVENT:
                found = view.event[name] if view.event is not None else None
            case Origin.EXTRA:
                found = view.extra[name]
            case Origin.AGGREGATE:
                found = view.aggregate(f"{node.owner}.{name}", None)
            case _:
                found = view.now if name == "now" else self._day(view.now)
        return self._log(node, found, node.depth)

    def _part(self, node: tree.Part) -> object:
        before = len(self.read)
        found: object = self._eval(node.base)[node.name]
        if len(self.read) > before:
            self.read[before:] = [(self.expression.text(node), found)]  # not the record as a whole
        return found

    def _through(self, node: tree.Through) -> object:
        key: str = self._eval(node.base)
        if node.aggregate:
            found = self.view.aggregate(f"{node.entity}.{node.name}", key)
        else:
            found = self.view.ref(node.entity, key)[node.name]
        return self._log(node, found, self.expression.depth)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.view.zone).date()

    def _required(self, node: tree.Required) -> object:
        found: object = self._eval(node.operand)
        if found is None:
            raise Missing(node.name)
        return found

    def _call(self, node: tree.Call) -> object:
        special = getattr(self, f"_call_{node.function}", None)
        if special is not None:
            return special(node)
        arguments = cast(list[ast.expr], list(node.arguments))
        return self._eval_call(ast.Call(ast.Name(node.function), arguments, []))

    def _call_age(self, node: tree.Call) -> object:
        moment: object = self._eval(node.arguments[0])
        return self._log(node, exact.subtract(self.view.now, moment), len(self.frames) - 1)

    def _call_day(self, node: tree.Call) -> object:
        return self._day(self._eval(node.arguments[0]))

    def _call_days(self, node: tree.Call) -> object:
        return exact.duration(self._eval(node.arguments[0]), UNITS[node.function])

    _call_weeks = _call_hours = _call_minutes = _call_seconds = _call_days

    def _call_hour(self, node: tree.Call) -> int:
        moment: datetime = self._eval(node.arguments[0])
        return int(f"{moment.astimezone(self.view.zone):%H}")

    def _call_minute(self, node: tree.Call) -> int:
        moment: datetime = self._eval(node.arguments[0])
        return int(f"{moment.astimezone(self.view.zone):%M}")

    def _call_at(self, node: tree.Call) -> datetime:
        day, hour, *minute = (self._eval(argument) for argument in node.arguments)
        return moment_at(day, hour, minute[0] if minute else 0, self.view.zone)

    def _call_workdays(self, node: tree.Call) -> int:
        return workdays(_calendar(node), *(self._eval(argument) for argument in node.arguments))

    def _call_add_workdays(self, node: tree.Call) -> date:
        return add_workdays(_calendar(node), *(self._eval(argument) for argument in node.arguments))

    def _call_is_workday(self, node: tree.Call) -> bool:
        return worked(_calendar(node), self._eval(node.arguments[0]))

    def _call_coalesce(self, node: tree.Call) -> object:
        for argument in node.arguments:
            found: object = self._eval(argument)
            if found is not None:
                return found
        return None

    # Rows and children: the second argument is evaluated anew for each, in a frame of its own.

    def _children(self, name: tree.Name) -> list[RecordView]:
        view = self.view
        if name.depth > self.expression.depth:
            # A grandchild: the view's implementation takes its own class of record, which this one is.
            of = cast(Callable[[RecordView], View], view.of)
            view = of(self.frames[name.depth].record)
        found = list(view.children[name.path[0]])
        self._log(name, tuple(child.state for child in found), name.depth)
        return found

    def _rows(self, node: tree.Call) -> list[Frame]:
        source = node.arguments[0]
        if isinstance(source, tree.Name) and source.origin is Origin.CHILDREN:
            above = self.frames[source.depth].record
            return [Frame(child.fields, child, above) for child in self._children(source)]
        rows: Sequence[Mapping[str, object]] = self._eval(source)
        return [self.frames[-1]._replace(fields=row) for row in rows]

    def _each(self, node: tree.Call, *, live: bool = False) -> Iterator[object]:
        for frame in self._rows(node):
            if live and frame.record.state in node.states:
                continue
            self.frames.append(frame)
            try:
                found: object = self._eval(node.arguments[1])
            finally:
                self.frames.pop()
            yield found

    def _call_any(self, node: tree.Call) -> bool:
        return any(self._each(node))

    _call_some = _call_any

    def _call_all(self, node: tree.Call) -> bool:
        return all(self._each(node))

    def _call_all_live(self, node: tree.Call) -> bool:
        answers = [bool(answer) for answer in _until_false(self._each(node, live=True))]
        return answers != [] and all(answers)

    def _call_none_live(self, node: tree.Call) -> bool:
        states = [frame.record.state for frame in self._rows(node)]
        return states != [] and all(state in node.states for state in states)

    def _call_count(self, node: tree.Call) -> int:
        if len(node.arguments) == 1:
            return len(self._rows(node))
        return sum(1 for answer in self._each(node) if answer)

    def _values(self, node: tree.Call) -> list[object]:
        """What is looked at of each row or child, or the values of a plain list."""
        return list(self._each(node)) if len(node.arguments) > 1 else list(self._eval(node.arguments[0]))

    def _call_sum(self, node: tree.Call) -> object:
        values = self._values(node)
        return exact.total_time(values) if node.type.kind is Kind.DURATION else exact.total(values)

    def _call_min(self, node: tree.Call) -> object:
        return self._extreme(node, 0)

    def _call_max(self, node: tree.Call) -> object:
        return self._extreme(node, -1)

    def _extreme(self, node: tree.Call, place: int) -> object:
        if not node.opens_frame:
            return sorted(self._eval(argument) for argument in node.arguments)[place]
        values = sorted(self._values(node))  # type: ignore[type-var]
        return self._log(node, values[place] if values else None, node.depth - 1)

    def _call_latest(self, node: tree.Call) -> object:
        moments = [moment for moment in self._each(node) if moment is not None]
        return self._log(node, sorted(moments)[-1] if moments else None, node.depth - 1)  # type: ignore[type-var]

    def _call_earliest(self, node: tree.Call) -> object:
        moments = [moment for moment in self._each(node) if moment is not None]
        return self._log(node, sorted(moments)[0] if moments else None, node.depth - 1)  # type: ignore[type-var]


def _calendar(node: tree.Call) -> Workdays:
    assert node.calendar is not None
    return node.calendar


def _until_false(answers: Iterator[object]) -> Iterator[object]:
    """As far as they must be looked at: up to the first that is false."""
    for answer in answers:
        yield answer
        if not answer:
            return
