"""The compiled functions and the reference evaluator agree on generated expressions and orders.

Expressions are written from a tape of bytes (Hypothesis shrinks the tape), typed by construction as far as that goes
and then checked; only those that pass count. Faults planted in either back end must be found by the same comparison.
"""

import ast
import decimal
import operator
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.expr.vocabulary import KINDS
from tests.expr.writer import Writer

from orderflow.expr import calendars, exact, numbers, python_nodes, texts, tree
from orderflow.expr.check import analyse
from orderflow.expr.distance import distance_km
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.python import HELPERS, compile_with
from orderflow.expr.python_calls import CALLS
from orderflow.expr.python_values import VALUE_CALLS
from orderflow.expr.python_world import WORLD_CALLS
from orderflow.expr.reads import walk
from orderflow.expr.reference import OPERATORS, Reference
from orderflow.expr.tree import Expression
from orderflow.expr.types import ORDERED, Type, bounds
from orderflow.expr.view import Missing

#: Bytes of a tape: all, and those at its end that the record is made of.
TAPE, RECORD = 800, 400
Outcome = tuple[str, object]
Evaluate = Callable[[Expression, Mapping[str, object], object], object]


def outcome(run: Callable[[], object]) -> Outcome:
    """The value with its class, or the name that was missing."""
    try:
        value = run()
    except Missing as missing:
        return "missing", missing.name
    return type(value).__name__, value


def compiled(
    expression: Expression, r: Mapping[str, object], v: object, helpers: Mapping[str, object] = HELPERS
) -> Outcome:
    """What the compiled function gives."""
    return outcome(lambda: compile_with([expression], helpers)[0](r, v))  # type: ignore[arg-type]


def reference(expression: Expression, r: Mapping[str, object], v: object, **planted: object) -> Outcome:
    """What the reference evaluator gives."""
    return outcome(lambda: Reference(expression, r, v, **planted).value(expression.root))  # type: ignore[arg-type]


CLASSES = {
    "decimal": "Decimal",
    "money": "Decimal",
    "integer": "int",
    "bool": "bool",
    "duration": "timedelta",
}
CLASSES |= {"date": "date", "datetime": "datetime", "text": "str", "choice": "str", "ref": "str"}


def fits(type_: Type, found: Outcome) -> bool:
    """Whether a value is what the checker promised: its class, there or missing, within its interval and places."""
    name, value = found
    if name == "missing" or value is None:
        return name == "missing" or type_.optional
    if isinstance(value, datetime):
        value = (value - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    elif isinstance(value, date):
        value = value.toordinal() - date(1970, 1, 1).toordinal()
    elif isinstance(value, timedelta):
        value = value.total_seconds()
    elif isinstance(value, Decimal) and (Fraction(value) * 10**type_.places).denominator != 1:
        return False
    if type_.kind in ORDERED and not bounds(type_)[0] <= value <= bounds(type_)[1]:  # type: ignore[operator]
        return False
    return CLASSES[type_.kind] == name


@dataclass
class Coverage:
    """What the generated expressions contained, and how bools came out."""

    nodes: Counter[str] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    written: int = 0
    checked: int = 0
    missing: int = 0
    true: int = 0
    bools: int = 0

    def add(self, expression: Expression, found: Outcome) -> None:
        self.checked += 1
        for node in walk(expression.root):
            name = type(node).__name__
            self.nodes[f"{name} {node.operator}" if isinstance(node, tree.Arithmetic) else name] += 1
            if isinstance(node, tree.Compare):
                self.nodes.update(f"Compare {each}" for each in node.operators)
            if isinstance(node, tree.Call):
                self.functions[node.function] += 1
        self.missing += found[0] == "missing"
        if found[0] == "bool":
            self.bools += 1
            self.true += found[1] is True

    def report(self) -> str:
        share = 100 * self.true / max(self.bools, 1)
        return "\n".join(
            (
                f"{self.checked} of {self.written} written expressions passed the check; {self.missing} raised Missing",
                f"bools: {self.bools}, true {share:.1f} %",
                "nodes: " + ", ".join(f"{name} {count}" for name, count in sorted(self.nodes.items())),
                "functions: "
                + ", ".join(f"{name} {count}" for name, count in sorted(self.functions.items())),
            )
        )

    def verify(self) -> None:
        expected = {node.__name__ for node in tree.Node.__args__}
        expected |= {f"Arithmetic {each}" for each in ("+", "-", "*", "/", "//", "%")}
        expected |= {f"Compare {each}" for each in ("<", "<=", ">", ">=", "==", "!=")}
        assert not (expected - {"Arithmetic"}) - set(self.nodes), "a kind of node was never generated"
        assert not set(FUNCTIONS) - set(self.functions), "a function was never generated"
        assert 0.3 <= self.true / self.bools <= 0.7, "bools come out too much one way"
        assert self.missing > 10
        assert self.checked > self.written / 2, "the checker refuses most of what is generated"


def picker(tape: Iterator[int]) -> Callable[[list[object]], object]:
    """Chooses values of a record from a tape."""
    return lambda pool: pool[next(tape, 0) % len(pool)]


def written(tape: bytes, *, lenient: bool) -> list[str]:
    """A few expressions from one tape."""
    writer = Writer(tape, lenient=lenient)
    return [writer.write(writer.pick(KINDS), 1 + next(writer.tape, 0) % 3) for _ in range(4)]


def cases(shop, tape: bytes, coverage: Coverage) -> Iterator[tuple[Expression, dict[str, object], object]]:
    """The checked expressions of a tape, each with an order."""
    lenient = bool(tape) and tape[0] % 3 == 0
    scope = shop.lenient if lenient else shop.scope
    r, v = shop.order(picker(iter(tape[-RECORD:])))
    for source in written(tape[1:-RECORD], lenient=lenient):
        coverage.written += 1
        found = analyse(source, scope)
        if isinstance(found, Expression):
            yield found, r, v


def test_both_back_ends_agree_on_generated_expressions(shop, capsys):
    coverage = Coverage()

    @settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.binary(min_size=TAPE, max_size=TAPE))
    def compare(tape: bytes) -> None:
        for expression, r, v in cases(shop, tape, coverage):
            fast, slow = compiled(expression, r, v), reference(expression, r, v)
            assert fast == slow, f"{expression.source}: compiled {fast}, reference {slow}"
            assert fits(expression.type, fast), f"{expression.source}: {fast} is outside {expression.type}"
            coverage.add(expression, fast)

    compare()
    with capsys.disabled():
        print(f"\n{coverage.report()}")
    coverage.verify()


@pytest.fixture(scope="module")
def corpus(shop) -> list[tuple[Expression, dict[str, object], object, Outcome]]:
    """Expressions with what they give, from a fixed seed."""
    chance = random.Random(20260329)
    found = []
    for _ in range(1200):
        for expression, r, v in cases(shop, chance.randbytes(TAPE), Coverage()):
            found.append((expression, r, v, reference(expression, r, v)))
    return found


def half_up(operation: Callable[[Decimal, Decimal], Decimal], places: int = 6) -> Callable[..., Decimal]:
    """The operation, rounded half up."""
    wide = decimal.Context(prec=160, rounding=decimal.ROUND_HALF_UP)
    return lambda a, b: wide.quantize(operation(Decimal(a), Decimal(b)), Decimal(1).scaleb(-places))


WIDE = decimal.Context(prec=160)
held: Callable[..., bool] = HELPERS["_held"]  # type: ignore[assignment]
time_in: Callable[..., timedelta] = HELPERS["_time_in"]  # type: ignore[assignment]
COMPILED_FAULTS = {
    "divide half up": {"_divide": half_up(WIDE.divide)},
    "multiply half up": {"_multiply_rounded": half_up(WIDE.multiply)},
    "round half up": {
        "_rounded": lambda a, places: a.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP, WIDE)
    },
    "floor towards zero": {"_floor_divide": lambda a, b: int(WIDE.divide_int(a, b))},
    "modulo of the dividend's sign": {"_modulo": WIDE.remainder},
    "any over none": {"_any": lambda answers: any(found := list(answers)) or not found},
    "all over none": {"_all": lambda answers: all(found := list(answers)) and bool(found)},
    "all_live over none": {"_live_all": all},
    "latest is earliest": {"_latest": HELPERS["_earliest"]},
    "first is last": {
        "_first": lambda reached, states: max((reached[s] for s in states if s in reached), default=None)
    },
    "sum forgets": {"_total": lambda values: numbers.total(list(values)[1:])},
    "a missing value passes": {"_need": lambda value, name: value},
    "min is max": {"_min": max},
    "holds of the parent are forgotten": {"_held": lambda record, _, names: held(record, None, names)},
    "any hold will do": {"_held": lambda record, parent, _: held(record, parent, ())},
    "held time counts": {
        "_time_in": lambda record, _, state, leaves, now: (
            now - record.entered[state] if record.state in leaves else timedelta(0)
        )
    },
    "time before the state counts": {
        "_time_in": lambda record, parent, state, _, now: time_in(
            record, parent, state, [record.state] if state in record.entered else [], now
        )
    },
    "the radius is left out": {
        "_reaches": lambda site, place: site["radius_km"] is None or place is not None
    },
    "distance in miles": {"_distance": lambda a, b: distance_km(a, b) * Decimal("0.621")},
    "least is greatest": {"_least": HELPERS["_greatest"]},
    "the least skips zero": {"_least": lambda values: min(filter(None, values), default=None)},
    "greatest over none is zero": {"_greatest": lambda values: max(values, default=0)},
    "blanks are no number": {
        "_to_integer": lambda text, default: (
            texts.to_integer(text, default) if text == text.strip() else default
        )
    },
    "the sign is lost": {
        "_to_decimal": lambda text, default: abs(texts.to_decimal(text, default) or Decimal(0))
    },
    "the second of two moments": {
        "_at": lambda day, hour, minute, zone: datetime.combine(
            day, time(hour, minute, fold=1), zone
        ).astimezone(UTC)
    },
    "every day is worked": {"_workdays": lambda calendar, start, end: (end - start).days},
    "the first day counts": {
        "_workdays": lambda calendar, start, end: (
            calendars.workdays(calendar, start, end) + calendars.is_workday(calendar, start)
        )
    },
    "working days back from a day off": {
        "_add_workdays": lambda calendar, day, days: (
            day
            if days == -1 and not calendars.is_workday(calendar, day)
            else calendars.add_workdays(calendar, day, days)
        )
    },
    "no working day on a weekend": {
        "_is_workday": lambda calendar, day: day.weekday() < 5 and calendars.is_workday(calendar, day)
    },
    "a month is 30 days": {"_add_months": lambda day, months: day + timedelta(days=30 * months)},
    "the month begins a day late": {"_start_of_month": lambda day: day.replace(day=2)},
    "the caller's decimal context": {"_add": lambda a, b: decimal.Context(prec=5).add(a, b)},
}


@pytest.mark.parametrize("name", COMPILED_FAULTS)
def test_a_fault_planted_in_the_compiled_helpers_is_found(corpus, name):
    helpers = {**HELPERS, **COMPILED_FAULTS[name]}  # type: ignore[dict-item]

    def differs(expression: Expression, r: dict[str, object], v: object, right: Outcome) -> bool:
        try:
            return compiled(expression, r, v, helpers) != right
        except Exception:
            return True

    assert any(differs(*case) for case in corpus)


@pytest.mark.parametrize(
    ("right", "wrong"), [("<", ast.LtE()), (">", ast.GtE()), ("<=", ast.Lt()), ("==", ast.GtE())]
)
def test_a_comparison_planted_in_the_compiler_is_found(corpus, monkeypatch, right, wrong):
    monkeypatch.setitem(python_nodes._COMPARISONS, right, wrong)
    assert any(
        compiled(expression, r, v) != found
        for expression, r, v, found in corpus
        if right in expression.source
    )


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("available", lambda build, node: CALLS["on_hand"](build, replace(node, function="on_hand"))),
        (
            "pooled",
            lambda build, node: CALLS["on_hand"](
                build, replace(node, function="on_hand", arguments=node.arguments[:2])
            ),
        ),
        ("tier", lambda build, node: build.ask("tier", build.build(node.arguments[0]), ast.Constant(None))),
        ("has_tag", lambda build, node: ast.UnaryOp(ast.Not(), WORLD_CALLS["has_tag"](build, node))),
        ("can_take", lambda build, node: build.ask("can_source", ast.Constant("nearest"))),
        ("contains", CALLS["starts_with"]),
        ("upper", CALLS["lower"]),
        ("trim", CALLS["lower"]),
        ("replace", lambda build, node: build.build(node.arguments[0])),
        ("matches", lambda build, node: ast.UnaryOp(ast.Not(), VALUE_CALLS["matches"](build, node))),
        ("weekday", lambda build, node: CALLS["day_of_month"](build, node)),
        ("hour", lambda build, node: build.attribute(build.build(node.arguments[0]), "hour")),
        ("month", CALLS["year"]),
        ("date", lambda build, node: build.constant(date(2020, 1, 1))),
        ("weeks", lambda build, node: CALLS["days"](build, replace(node, function="days"))),
    ],
)
def test_a_call_planted_in_the_compiler_is_found(corpus, monkeypatch, name, wrong):
    right = CALLS[name]
    monkeypatch.setitem(CALLS, name, wrong)
    assert right is not CALLS[name]

    def differs(expression: Expression, r: dict[str, object], v: object, found: Outcome) -> bool:
        try:
            return compiled(expression, r, v) != found
        except LookupError:
            return True

    assert any(differs(*case) for case in corpus if f"{name}(" in case[0].source)


def trunc_modulo(a: object, b: object) -> object:
    """`%` with the sign of the dividend."""
    return exact.arithmetic(lambda x, y: x - int(x / y) * y, a, b)


REFERENCE_FAULTS = {
    "< is <=": {ast.Lt: operator.le},
    ">= is >": {ast.GtE: operator.gt},
    "in is not in": {ast.In: lambda item, container: item not in container},
    "divide half up": {
        ast.Div: lambda a, b: (
            half_up(WIDE.divide)(a, b) if isinstance(a, int | Decimal) else exact.divide(a, b)
        )
    },
    "floor towards zero": {ast.FloorDiv: lambda a, b: int(exact._fraction(a) / exact._fraction(b))},
    "modulo of the dividend's sign": {ast.Mod: trunc_modulo},
    "negate does nothing": {ast.USub: lambda a: a},
}


@pytest.mark.parametrize("name", REFERENCE_FAULTS)
def test_a_fault_planted_in_the_reference_is_found(corpus, name):
    operators = {**OPERATORS, **REFERENCE_FAULTS[name]}  # type: ignore[dict-item]
    assert any(
        reference(expression, r, v, operators=operators) != right for expression, r, v, right in corpus
    )


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("_call_is_held", lambda right, self, node: not right(self, node)),
        ("_call_held_since", lambda right, self, node: None),
        ("_call_time_in", lambda right, self, node: self.view.now - self.view.now),
        ("_call_pooled", lambda right, self, node: self._position(node).on_hand),
        ("_call_available", lambda right, self, node: self._position(node).on_hand),
        ("_call_has_tag", lambda right, self, node: True),
        ("_call_tier", lambda right, self, node: "gold"),
        ("_call_reaches", lambda right, self, node: True),
        ("_call_look_up", lambda right, self, node: None),
        ("_call_max", lambda right, self, node: self._call_min(node)),
        ("_call_at", lambda right, self, node: right(self, node) + timedelta(hours=1)),
        ("_call_minute", lambda right, self, node: 0),
        ("_call_workdays", lambda right, self, node: abs(right(self, node))),
        ("_through", lambda right, self, node: right(self, node) if node.aggregate else None),
    ],
)
def test_a_call_planted_in_the_reference_is_found(corpus, monkeypatch, call, wrong):
    right = getattr(Reference, call)
    monkeypatch.setattr(Reference, call, lambda self, node: wrong(right, self, node))

    def differs(expression: Expression, r: dict[str, object], v: object, found: Outcome) -> bool:
        try:
            return reference(expression, r, v) != found
        except Exception:
            return True

    assert any(differs(*case) for case in corpus)


def test_a_quantifier_planted_in_the_reference_is_found(corpus, monkeypatch):
    right = Reference._call_any
    monkeypatch.setattr(Reference, "_call_any", lambda self, node: right(self, node) or not self._rows(node))
    assert any(
        reference(expression, r, v) != found
        for expression, r, v, found in corpus
        if "any" in expression.source
    )
