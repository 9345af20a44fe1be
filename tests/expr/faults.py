"""Faults to plant in each of the three judges."""

import ast
import decimal
import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.expr.number import Number, rounded

from orderflow.expr import calendars, exact, numbers, texts
from orderflow.expr.distance import distance_km
from orderflow.expr.python import HELPERS
from orderflow.expr.python_calls import CALLS
from orderflow.expr.python_values import VALUE_CALLS
from orderflow.expr.python_world import WORLD_CALLS


def off(value: object) -> object:
    """The value, wrong by as little as can be."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case Decimal():
            return value + Decimal("0.000001")
        case Number():
            return value + Number.of(Decimal("0.000001"))
        case str():
            return f"{value}x"
        case datetime() | timedelta():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
        case tuple():
            return value[1:]
    return value


def half_up(operation: Callable[[Decimal, Decimal], Decimal], places: int = 6) -> Callable[..., Decimal]:
    """The operation, rounded half up."""
    wide = decimal.Context(prec=160, rounding=decimal.ROUND_HALF_UP)
    return lambda a, b: wide.quantize(operation(Decimal(a), Decimal(b)), Decimal(1).scaleb(-places))


WIDE = decimal.Context(prec=160)
_held: Callable[..., bool] = HELPERS["_held"]  # type: ignore[assignment]
_time_in: Callable[..., timedelta] = HELPERS["_time_in"]  # type: ignore[assignment]
#: Helpers of compiled functions, each wrong.
OF_HELPERS: Mapping[str, dict[str, object]] = {
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
    "holds of the parent are forgotten": {"_held": lambda record, _, names: _held(record, None, names)},
    "any hold will do": {"_held": lambda record, parent, _: _held(record, parent, ())},
    "held time counts": {
        "_time_in": lambda record, _, state, leaves, now: (
            now - record.entered[state] if record.state in leaves else timedelta(0)
        )
    },
    "time before the state counts": {
        "_time_in": lambda record, parent, state, _, now: _time_in(
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
    "no weekend day is worked by name": {
        "_is_workday": lambda calendar, day: (
            calendar.works(day.weekday()) and day.toordinal() not in calendar.off
        )
    },
    "days back are none": {
        "_workdays": lambda calendar, start, end: max(0, calendars.workdays(calendar, start, end))
    },
    "days off are worked": {
        "_workdays": lambda calendar, start, end: calendars.workdays(replace(calendar, off=()), start, end)
    },
    "days off are counted": {
        "_add_workdays": lambda calendar, day, days: calendars.add_workdays(
            replace(calendar, off=()), day, days
        )
    },
    "a month is 30 days": {"_add_months": lambda day, months: day + timedelta(days=30 * months)},
    "the month begins a day late": {"_start_of_month": lambda day: day.replace(day=2)},
    "the caller's decimal context": {"_add": lambda a, b: decimal.Context(prec=5).add(a, b)},
}
#: Comparisons of compiled functions: the right one and the wrong one.
OF_COMPARISONS: tuple[tuple[str, ast.cmpop], ...] = (
    ("<", ast.LtE()),
    (">", ast.GtE()),
    ("<=", ast.Lt()),
    (">=", ast.Gt()),
    ("==", ast.GtE()),
    ("!=", ast.Gt()),
)
#: Functions as the compiler builds them: the function and what is built instead.
OF_CALLS: tuple[tuple[str, Callable[..., ast.expr]], ...] = (
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
)


def trunc_modulo(a: object, b: object) -> object:
    """`%` with the sign of the dividend."""
    return exact.arithmetic(lambda x, y: x - int(x / y) * y, a, b)


#: Operators of the reference evaluator, each wrong.
OF_OPERATORS: Mapping[str, dict[type[ast.AST], Callable[..., object]]] = {
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
#: Calls of the reference evaluator: the method, and what is done instead, given the right one, itself and the node.
OF_METHODS: tuple[tuple[str, Callable[..., object]], ...] = (
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
    ("_call_any", lambda right, self, node: right(self, node) or not self._rows(node)),
    ("_call_add_workdays", lambda right, self, node: right(self, node) + timedelta(days=7)),
    ("_call_is_workday", lambda right, self, node: self.value(node.arguments[0]).weekday() < 5),
)


def _towards_zero(self: Number, other: Number) -> Number:
    return Number(Fraction(int(self.value / other.value)), 0, whole=True)


def _half_up(value: Fraction) -> Fraction:
    return Fraction(int(abs(value) * 10**6 + Fraction(1, 2)), 10**6) * (1 if value >= 0 else -1)


#: Arithmetic of CPython's judge: the method of `Number`, and what it does instead.
OF_NUMBERS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "divide half up": (
        "__truediv__",
        lambda a, b: Number(_half_up(a.value / b.value), 6) if isinstance(b, Number) else Number(a.value, 6),
    ),
    "floor towards zero": ("__floordiv__", _towards_zero),
    "modulo of the dividend's sign": (
        "__mod__",
        lambda a, b: a - b * _towards_zero(a, b),
    ),
    "round half up": (
        "__round__",
        lambda a, places: (
            a
            if a.whole
            else Number(_half_up(a.value * 10**places / 10**6) * Fraction(10**6, 10**places), a.places)
        ),
    ),
    "products of five places": (
        "__mul__",
        lambda a, b: (
            Number(rounded(a.value * b.value, 5), 6, a.whole and b.whole)
            if isinstance(b, Number)
            else b * int(a)
        ),
    ),
    "negate does nothing": ("__neg__", lambda a: a),
    "less is less or equal": (
        "__lt__",
        lambda a, b: a.value <= b.value if isinstance(b, Number) else timedelta(0) <= b,
    ),
}
#: Functions of CPython's judge: the function, and what it does instead, given the right one and the arguments.
OF_FUNCTIONS: Mapping[str, tuple[str, Callable[..., object]]] = {
    "all over none": ("all", lambda right, rows, test: bool(rows) and right(rows, test)),
    "any over none": ("any", lambda right, rows, test: not rows or right(rows, test)),
    "all_live over none": ("all_live", lambda right, rows, test: right(rows, test) or not rows),
    "dead children count": ("all_live", lambda right, rows, test: bool(rows) and all(map(test, rows))),
    "sum forgets": ("sum", lambda right, rows, *each: right(rows[1:], *each)),
    "latest is the first": (
        "latest",
        lambda right, rows, when: next((found for row in rows if (found := when(row)) is not None), None),
    ),
    "coalesce takes the last": ("coalesce", lambda right, *values: right(*values[::-1])),
    "only now counts": ("reached", lambda right, *states: False),
    "holds of any name": ("is_held", lambda right, *names: right()),
    "the first hold named": ("held_since", lambda right, *names: right(*names[:1])),
    "a month is 30 days": ("add_months", lambda right, day, months: day + timedelta(days=30 * int(months))),
    "a week begins on Sunday": ("weekday", lambda right, day: day.isoweekday() % 7 + 1),
    "hours of UTC": ("hour", lambda right, moment: moment.hour),
    "the day in UTC": ("day", lambda right, moment: moment.date()),
    "the first day counts": (
        "workdays",
        lambda right, start, end, name: right(start - timedelta(days=1), end, name),
    ),
    "every sku is the same": ("on_hand", lambda right, warehouse, sku: right(warehouse, "EX-1")),
    "blanks are no number": (
        "to_integer",
        lambda right, text, other: right(text, other) if text == text.strip() else other,
    ),
    "the beginning fits": (
        "matches",
        lambda right, text, pattern: any(right(text[:end], pattern) for end in range(len(text) + 1)),
    ),
}
