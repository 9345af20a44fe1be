"""Types, null-safety and totality of an expression: every fault at once, or a typed tree that cannot fail.

The facts that tests settle flow through `and`, `or`, `not`, `if` and comparisons; each node is looked at once, with
what is known where it stands.
"""

from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.expr import ranges
from orderflow.expr.altered import replace
from orderflow.expr.arithmetic import ZeroDivisor, common, negated, result
from orderflow.expr.calls import call
from orderflow.expr.compare import comparison, declared_optional, membership
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.fit import fit
from orderflow.expr.flow import Facts, Seen, join, key, known_present
from orderflow.expr.guards import with_guards
from orderflow.expr.parse import parse
from orderflow.expr.reads import reads
from orderflow.expr.resolve import Names
from orderflow.expr.scope import Scope
from orderflow.expr.slips import read_on
from orderflow.expr.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expression,
    IfElse,
    IsNone,
    Membership,
    Name,
    Negate,
    Node,
    Not,
    Or,
    Origin,
    Part,
    Required,
    Through,
)
from orderflow.expr.types import (
    BOOL,
    MISSING,
    NUMBERS,
    ORDERED,
    TEXT_TYPE,
    TIMES,
    UNKNOWN,
    Kind,
    Type,
    describe,
    present,
)


def analyse(source: str, scope: Scope, expected: Type | Kind | None = None) -> Expression | list[Fault]:
    """Parse and check a source text.

    What is most likely a slip is reported, and the rest judged as if it had been written right: so that a misspelled
    name is one fault, and hides none behind it.

    Args:
        source: the expression as written.
        scope: what it may name.
        expected: the type that its value must fit, or the kind, or None for any.

    Returns:
        The checked expression, or all faults found, by place.
    """
    found = _once(source, scope, expected)
    if not isinstance(found, list):
        return found
    found = read_on(source, found, lambda text: _once(text, scope, expected))
    if expected in (BOOL, Kind.BOOL):
        found = with_guards(source, found, lambda text: _once(text, scope, expected))
    return found


def _once(source: str, scope: Scope, expected: Type | Kind | None) -> Expression | list[Fault]:
    try:
        root = parse(source)
    except Refused as refused:
        return list(refused.faults)
    return check(root, source, scope, expected)


def check(
    root: Node, source: str, scope: Scope, expected: Type | Kind | None = None
) -> Expression | list[Fault]:
    """Check a parsed tree; see `analyse`."""
    checker = Checker(source, scope)
    seen = checker.visit(root, Facts())
    node, type_ = seen.node, seen.node.type
    if expected is not None:
        checker.asked = node if expected not in (BOOL, Kind.BOOL) else None
        node, type_ = fit(checker, node, expected, seen.yes)
    if checker.faults:
        return sorted(
            set(checker.faults), key=lambda fault: (fault.start, fault.end, fault.code, fault.message)
        )
    depth = len(checker.names.frames) - 1
    return Expression(source, node, type_, reads(node, depth), depth)


class Checker:
    """One pass over one expression; `faults` collects what is wrong."""

    def __init__(self, source: str, scope: Scope) -> None:
        self.source = source
        self.names = Names(scope)
        #: The depth of the frame of the record in scope; those of rows and children it looks at lie behind it.
        self.base = len(self.names.frames) - 1
        self.lenient = any(frame.scope.lenient for frame in self.names.frames)
        self.faults: list[Fault] = []
        self.asked: Node | None = None  # the whole expression, where it is no condition

    def text(self, node: Node) -> str:
        """The source of a node, shortened for messages."""
        text = " ".join(self.source[node.start : node.end].split())
        return text if len(text) <= 60 else text[:57] + "..."

    def fault(
        self,
        code: str,
        message: Message,
        node: Node,
        fix: Message,
        replacement: str | None = None,
        note: Message = NOTHING,
    ) -> None:
        """Collect a fault of a node."""
        self.faults.append(Fault(code, message, node.start, node.end, fix, replacement, note))

    def value(self, node: Node, facts: Facts) -> Node:
        """The typed node, shown to be there."""
        return self.required(self.visit(node, facts).node)

    def found(self, node: Node, text: str, facts: Facts) -> Node:
        """A bound node that nobody wrote, such as the ref that `tier` goes through, shown to be there; `text` names it."""
        return self.required(self._plain(node, facts).node, text)

    def required(self, node: Node, named: str = "") -> Node:
        """The node where a value is needed: a fault when it may be missing (in a lenient scope, `Missing`)."""
        if not node.type.optional:
            return node
        text = named or self.text(node)
        if node.type.kind is Kind.NONE:
            fix = Message("compare with `is None` or `is not None`")
            self.fault("OF102", Message("`None` stands where a value is needed"), node, fix)
            return replace(node, type=UNKNOWN)
        sure = present(node.type)
        if self.lenient:
            return Required(node.start, node.end, node, text, sure)
        fix = Message("write `{text} is not None and ...`", text=text)
        if node is self.asked:
            fix = Message("say what stands there instead: `coalesce({text}, ...)`", text=text)
        message = Message("`{text}` may be missing; test it first", text=text)
        note = Message("may be missing")
        tested = named or self.source[node.start : node.end]
        fault = Fault("OF103", message, node.start, node.end, fix, note=note, missing=tested)
        self.faults.append(declared_optional(fault, node))
        return replace(node, type=sure)

    def condition(self, node: Node, facts: Facts) -> Seen:
        """The typed node, shown to be a bool that is there."""
        seen = self.visit(node, facts)
        checked = self.required(seen.node)
        if checked.type.kind is not Kind.BOOL and checked.type != UNKNOWN:
            kind = checked.type.kind
            hint = (
                "> 0"
                if kind in NUMBERS
                else '== "..."'
                if kind in (Kind.TEXT, Kind.CHOICE)
                else "is not None"
            )
            fix = Message("write a comparison, such as `{text} {hint}`", text=self.text(node), hint=hint)
            self.fault(
                "OF102",
                Message(
                    "`{text}` is {kind}, not true or false",
                    text=self.text(node),
                    kind=describe(checked.type),
                ),
                node,
                fix,
            )
        return Seen(checked, seen.yes, seen.no)

    def visit(self, node: Node, facts: Facts) -> Seen:
        """One arm a node; a node with a fault comes back with the type UNKNOWN."""
        match node:
            case Constant():
                return _constant(node, facts)
            case Name():
                return self._plain(self._name(node, facts), facts)
            case Not():
                inner = self.condition(node.operand, facts)
                return Seen(replace(node, operand=inner.node, type=BOOL), inner.no, inner.yes)
            case And() | Or():
                return self._logic(node, facts)
            case IsNone():
                return self._is_none(node, facts)
            case IfElse():
                return self._if_else(node, facts)
            case Compare():
                return comparison(self, node, facts)
            case Membership():
                return membership(self, node, facts)
            case Negate():
                return self._plain(self._negate(node, facts), facts)
            case Arithmetic():
                return self._plain(self._arithmetic(node, facts), facts)
            case Call():
                try:
                    checked, yes, no = call(self, node, facts)
                except Refused as refused:
                    self.faults.extend(refused.faults)
                    return Seen(replace(node, type=UNKNOWN), facts, facts)
                seen = self._plain(checked, facts)
                return Seen(seen.node, yes, no)
        raise AssertionError(type(node).__name__)

    def _plain(self, node: Node, facts: Facts) -> Seen:
        """A node with what the facts say of its value: it is there, it lies between."""
        type_ = node.type
        if type_.optional and known_present(node, facts):
            type_ = present(type_)
        if type_.kind in ORDERED and facts.ranges:
            found = facts.ranges.get(key(node))
            if found is not None:
                lo, hi = ranges.interval(type_)
                type_ = ranges.within(type_, (max(lo, found[0]), min(hi, found[1])))
        return Seen(node if type_ is node.type else replace(node, type=type_), facts, facts)

    def _name(self, node: Name, facts: Facts) -> Node:
        try:
            bound, _ = self.names.bind(node)
        except Refused as refused:
            self.faults.extend(refused.faults)
            return node
        if isinstance(bound, Name) and bound.origin is Origin.CHILDREN:
            fix = Message("look at them by a function, such as `count({text})`", text=self.text(node))
            self.fault(
                "OF102", Message("`{text}` are children, not a value", text=self.text(node)), node, fix
            )
        return self._read(bound, facts)

    def _read(self, node: Node, facts: Facts) -> Node:
        """A field of a nested record needs the record to be there, and what a ref leads to needs the ref."""
        if not isinstance(node, Part | Through):
            return node
        base = self.required(self._plain(self._read(node.base, facts), facts).node)
        return replace(node, base=base)

    def _logic(self, node: And | Or, facts: Facts) -> Seen:
        items, out, known = [], [], facts
        for item in node.items:
            seen = self.condition(item, known)
            items.append(seen.node)
            stays, leaves = (seen.yes, seen.no) if isinstance(node, And) else (seen.no, seen.yes)
            known = stays
            out.append(leaves)
        left = out[0]
        for other in out[1:]:
            left = join(left, other)
        checked = replace(node, items=tuple(items), type=BOOL)
        return Seen(checked, known, left) if isinstance(node, And) else Seen(checked, left, known)

    def _is_none(self, node: IsNone, facts: Facts) -> Seen:
        operand = self.visit(node.operand, facts).node
        there = facts.with_present(key(operand))
        checked = replace(node, operand=operand, type=BOOL)
        return Seen(checked, there, facts) if node.negated else Seen(checked, facts, there)

    def _if_else(self, node: IfElse, facts: Facts) -> Seen:
        test = self.condition(node.test, facts)
        then, other = self.visit(node.then, test.yes), self.visit(node.other, test.no)
        type_ = self.one_type([then.node, other.node], node)
        checked = replace(node, test=test.node, then=then.node, other=other.node, type=type_)
        return Seen(checked, join(then.yes, other.yes), join(then.no, other.no))

    def one_type(self, nodes: list[Node], whole: Node) -> Type:
        """The type that holds all values, or UNKNOWN with a fault."""
        if any(node.type == UNKNOWN for node in nodes):
            return UNKNOWN
        type_ = common(nodes)
        if type_ is None:
            kinds = joined(dict.fromkeys(describe(present(node.type)) for node in nodes), " and ")
            self.fault(
                "OF102",
                Message("`{text}` would be {kinds}", text=self.text(whole), kinds=kinds),
                whole,
                Message("give values of one kind"),
            )
            return UNKNOWN
        return type_

    def _negate(self, node: Negate, facts: Facts) -> Node:
        operand = self.value(node.operand, facts)
        if operand.type == UNKNOWN:
            return replace(node, operand=operand)
        type_ = negated(operand.type)
        if type_ is None:
            self.fault(
                "OF102",
                Message("{kind} has no `-`", kind=describe(operand.type)),
                node,
                Message("use a number or a duration"),
            )
            return replace(node, operand=operand)
        return replace(node, operand=operand, type=type_)

    def _arithmetic(self, node: Arithmetic, facts: Facts) -> Node:
        left, right = self.value(node.left, facts), self.value(node.right, facts)
        checked = replace(node, left=left, right=right)
        if UNKNOWN in (left.type, right.type):
            return checked
        try:
            type_ = result(node.operator, left, right, key(right) in facts.nonzero)
        except ZeroDivisor:
            text = self.text(right)
            if not any(ranges.interval(right.type)):
                self.fault(
                    "OF103",
                    Message("`{text}` is zero, and nothing can be divided by it", text=text),
                    right,
                    Message("divide by another value"),
                )
            else:
                test = f"({text})" if isinstance(right, IfElse) else text
                fix = Message("write `{test} != 0 and ...`, or give it a lower bound", test=test)
                self.fault("OF103", Message("`{text}` could be zero", text=text), right, fix)
            return checked
        if type_ is None:
            message = Message(
                "`{operator}` does not go with {kind} and {kind2}",
                operator=node.operator,
                kind=describe(left.type),
                kind2=describe(right.type),
            )
            self.fault("OF102", message, node, _arithmetic_fix(node.operator, left.type, right.type))
            return checked
        return self.bounded(replace(checked, type=type_))

    def bounded(self, node: Node) -> Node:
        """The node, with a fault when its value could leave what numbers and calendars hold."""
        if node.type.kind in ORDERED and not ranges.fits(node.type):
            if node.type.kind in NUMBERS:
                message, fix = (
                    Message("`{text}` could grow past 38 digits", text=self.text(node)),
                    Message("give the fields in it an `at_most`, or bound them with `min`"),
                )
            else:
                message, fix = (
                    Message("`{text}` could leave the calendar", text=self.text(node)),
                    Message("use a shorter duration, or bound it"),
                )
            self.fault("OF103", message, node, fix)
            return replace(node, type=UNKNOWN)
        return node


def _constant(node: Constant, facts: Facts) -> Seen:
    value = node.value
    match value:
        case True:
            return Seen(replace(node, type=BOOL), facts, replace(facts, dead=True))
        case False:
            return Seen(replace(node, type=BOOL), replace(facts, dead=True), facts)
        case None:
            return Seen(replace(node, type=MISSING), facts, facts)
        case str():
            return Seen(replace(node, type=TEXT_TYPE), facts, facts)
        case int():
            return Seen(replace(node, type=Type(Kind.INTEGER, lo=value, hi=value)), facts, facts)
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return Seen(replace(node, type=Type(Kind.DECIMAL, lo=value, hi=value, places=places)), facts, facts)


def _arithmetic_fix(operator: str, left: Type, right: Type) -> Message:
    kinds = {left.kind, right.kind}
    if kinds == {Kind.DATE, Kind.DURATION}:
        return Message("move a date by whole days: `days(n)` with an integer")
    if kinds == {Kind.DATE, Kind.DATETIME}:
        return Message("take the day of the datetime by `day(...)`")
    if kinds == {Kind.MONEY} and operator == "*":
        return Message("multiply money by a number")
    if kinds & TIMES and kinds & NUMBERS:
        return Message(
            "write the number as a duration, such as `{what}(2)`",
            what="days" if Kind.DATE in kinds else "hours",
        )
    if kinds & {Kind.TEXT, Kind.CHOICE, Kind.REF}:
        return Message("join texts in a text with `{{...}}` in it")
    return Message("use numbers, dates and durations that go together")
