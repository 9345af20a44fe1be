"""The three judges of an expression: the compiled function, the reference evaluator and CPython."""

import itertools
import os
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.expr.cpython import Absent, Namespace, Plant, run
from tests.expr.number import Number
from tests.expr.shop import Shop
from tests.expr.sights import Sight
from tests.expr.surroundings import Key, Surroundings
from tests.expr.vocabulary import KINDS
from tests.expr.writer import Writer

from orderflow.expr.altered import replace
from orderflow.expr.check import analyse
from orderflow.expr.python import HELPERS, compile_with
from orderflow.expr.reference import Reference
from orderflow.expr.tree import Call, Constant, Expression, Node, Required, children
from orderflow.expr.types import ORDERED, Kind, Type, bounds
from orderflow.expr.view import Missing

NIGHTLY = bool(os.environ.get("ORDERFLOW_NIGHTLY"))
#: The seeds of a run begin here: `ORDERFLOW_SEED=20260401 make test-expressions` tries others.
FIRST_SEED = int(os.environ.get("ORDERFLOW_SEED", "0"))
#: Bytes of a tape: all, and those at its end that the record is made of.
TAPE, RECORD = 800, 400
#: The class of a value, with the value; or what was missing.
Outcome = tuple[str, object]
CLASSES = {
    "decimal": "Decimal",
    "money": "Decimal",
    "integer": "int",
    "bool": "bool",
    "duration": "timedelta",
    "date": "date",
    "datetime": "datetime",
    "text": "str",
    "choice": "str",
    "ref": "str",
}
#: Values that each judge has in a form of its own (children have no kind).
_UNCOMPARED = {Kind.LIST, Kind.RECORD, Kind.LOCATION, Kind.NONE}


@dataclass(frozen=True, slots=True)
class Case:
    """A checked expression and an order; `seed` makes it again."""

    seed: int
    expression: Expression
    fields: dict[str, object]
    sight: Sight
    names: Namespace


def cases(shop: Shop, seed: int, refused: list[str] | None = None) -> Iterator[Case]:
    """A few expressions from one tape that pass the check; the others go to `refused`."""
    tape = random.Random(seed).randbytes(TAPE)
    lenient = seed % 3 == 0
    scope = shop.lenient if lenient else shop.scope
    chosen = iter(tape[-RECORD:])
    fields, sight = shop.order(lambda pool: pool[next(chosen, 0) % len(pool)])
    names = Surroundings(fields, sight).names
    writer = Writer(tape[:-RECORD], lenient=lenient)
    for _ in range(4):
        source = writer.write(writer.pick(KINDS), 1 + next(writer.tape, 0) % 4)
        found = analyse(source, scope)
        if isinstance(found, Expression):
            yield Case(seed, found, fields, sight, names)
        elif refused is not None:
            refused.append(source)


def many(shop: Shop, count: int, refused: list[str] | None = None) -> Iterator[Case]:
    """So many different expressions, of one seed after the other."""
    seen: set[str] = set()
    for seed in itertools.count(FIRST_SEED):
        for case in cases(shop, seed, refused):
            if case.expression.source not in seen:
                seen.add(case.expression.source)
                yield case
            if len(seen) == count:
                return


def _outcome(run: Callable[[], object]) -> Outcome:
    try:
        value = run()
    except (Missing, Absent) as missing:
        name = " ".join(missing.name.split())
        return "missing", name if len(name) <= 60 else f"{name[:57]}..."  # as messages shorten it
    if isinstance(value, Decimal) and value.is_zero() and value.is_signed():
        return "negative zero", value
    return type(value).__name__, value


def compiled(case: Case, helpers: Mapping[str, object] = HELPERS) -> Outcome:
    """What the compiled function gives."""
    return _outcome(lambda: compile_with([case.expression], helpers)[0](case.fields, case.sight))


def reference(case: Case, **planted: object) -> Outcome:
    """What the reference evaluator gives."""
    evaluator = Reference(case.expression, case.fields, case.sight, **planted)  # type: ignore[arg-type]
    return _outcome(lambda: evaluator.value(case.expression.root))


def cpython(case: Case, plant: Plant | None = None) -> Outcome:
    """What CPython gives, where a fault may be planted."""
    names = case.names if plant is None else Surroundings(case.fields, case.sight, plant).names
    type_ = case.expression.type
    return _outcome(lambda: _as_promised(run(case.expression.source, names), type_.kind, type_.places))


def _as_promised(value: object, kind: Kind, places: int) -> object:
    """The value in the form that values of its kind have."""
    match value:
        case Key():
            return str(value)
        case Number() if kind is Kind.DURATION and not value.value:
            return timedelta(0)
        case Number(whole=True) if kind is Kind.INTEGER:
            return int(value)
        case Number() if kind in (Kind.DECIMAL, Kind.MONEY):
            assert value.places <= places, f"{value.places} places, and {places} are promised"
            return value.decimal()
        case Number():
            raise AssertionError(f"a {kind} is promised: {value}")
    return value


def fits(type_: Type, value: object) -> bool:
    """Whether a value, there or missing, lies within the interval and the places that the checker promised."""
    if value is None:
        return type_.optional
    if isinstance(value, datetime):
        value = Fraction((value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), 1_000_000)
    elif isinstance(value, date):
        value = value.toordinal() - date(1970, 1, 1).toordinal()
    elif isinstance(value, timedelta):
        value = Fraction(value // timedelta(microseconds=1), 1_000_000)
    elif isinstance(value, Decimal) and (Fraction(value) * 10**type_.places).denominator != 1:
        return False
    elif isinstance(value, tuple | list) and type_.kind is Kind.LIST:
        value = len(value)
    elif type_.kind is Kind.CHOICE:
        return value in type_.options
    if type_.kind not in ORDERED and type_.kind is not Kind.LIST:
        return True
    return bool(bounds(type_)[0] <= value <= bounds(type_)[1])  # type: ignore[operator]


def quarrel(case: Case) -> str | None:
    """What the judges do not agree on, at the smallest part that they can be asked about; None when they agree."""
    outcomes = _all(case)
    if outcomes[0] == outcomes[1] == outcomes[2]:
        return None
    for node in sorted(_parts(case.expression.root), key=lambda node: node.end - node.start):
        expression = replace(case.expression, source=case.expression.text(node), root=node, type=node.type)
        part = replace(case, expression=expression)
        found = _all(part)
        if not found[0] == found[1] == found[2]:
            return _said(part, found)
    return _said(case, outcomes)


def _said(case: Case, found: tuple[Outcome, Outcome, Outcome]) -> str:
    names = zip(("compiled", "reference", "CPython"), found, strict=True)
    return "\n".join(
        (f"seed {case.seed}: {case.expression.source}", *(f"  {name}: {one}" for name, one in names))
    )


def _all(case: Case) -> tuple[Outcome, Outcome, Outcome]:
    return _safely(compiled, case), _safely(reference, case), _safely(cpython, case)


def _safely(judge: Callable[[Case], Outcome], case: Case) -> Outcome:
    """A judge that breaks has an outcome of its own."""
    try:
        return judge(case)
    except Exception as error:
        return f"{judge.__name__} breaks", repr(error)


def _parts(node: Node) -> Iterator[Node]:
    """The parts of an expression that can be compared alone: nothing that is looked at of a row."""
    if not (isinstance(node, Constant | Required) or node.type.kind in _UNCOMPARED):
        yield node
    alone = children(node)
    if isinstance(node, Call):
        alone = node.arguments[:1] if node.opens_frame else node.arguments
    for each in alone:
        if isinstance(node, Required) or (each.start, each.end) != (node.start, node.end):
            yield from _parts(each)  # others nobody wrote, as the ref that `tier` goes through
