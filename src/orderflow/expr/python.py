"""Expressions as Python functions: the fast path.

An `ast` tree is built anew from the typed tree, never text; the functions see no builtins, only the helpers named
here. Fields are read as `r["x"]`; integers, texts, dates and comparisons are native; decimals go through the bound
methods of one context.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast

from orderflow.expr import calendars, dates, numbers, texts
from orderflow.expr.distance import distance_km
from orderflow.expr.python_nodes import Builder
from orderflow.expr.tree import Expression
from orderflow.expr.view import Function, Missing, RecordView

Location = tuple[Decimal, Decimal]
_NO_TIME = timedelta(0)


def compile_python(expression: Expression) -> Function:
    """A function `f(r, v)` of a checked expression; see `orderflow.expr.view`.

    Returns:
        A function that gives the value: a bool for a guard, a Decimal for decimals and money, an int for integers,
        None where it may be missing. For an expression checked in a lenient scope it raises `Missing`.
    """
    return compile_all([expression])[0]


def compile_all(expressions: Iterable[Expression]) -> tuple[Function, ...]:
    """Functions of many expressions, in one code object: faster to load than one by one."""
    return compile_with(expressions, HELPERS)


def compile_with(expressions: Iterable[Expression], helpers: Mapping[str, object]) -> tuple[Function, ...]:
    """As `compile_all`, with other helpers than `HELPERS` (the tests plant faults in them)."""
    builder = Builder()
    functions: list[ast.expr] = [builder.function(expression) for expression in expressions]
    return run(builder, functions, helpers)


def run(
    builder: Builder, functions: Sequence[ast.expr], helpers: Mapping[str, object]
) -> tuple[Function, ...]:
    """The functions of Python's trees that a builder has made; they see these helpers and its constants alone."""
    tree = ast.Expression(ast.Tuple(list(functions), ast.Load()))
    code = compile(ast.fix_missing_locations(tree), "<rules>", "eval")
    namespace: dict[str, object] = {"__builtins__": {}, **helpers, **builder.constants}
    return cast(tuple[Function, ...], eval(code, namespace))  # of a tree that was built here


def _need(value: object, name: str) -> object:
    if value is None:
        raise Missing(name)
    return value


def _live_all(answers: Iterable[bool]) -> bool:
    """True when there is an answer and all are true."""
    found = False
    for answer in answers:
        if not answer:
            return False
        found = True
    return found


def _latest(moments: Iterable[datetime | date | None]) -> datetime | date | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _earliest(moments: Iterable[datetime | date | None]) -> datetime | date | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _least(values: Iterable[Decimal]) -> Decimal | None:
    return min(values, default=None)


def _greatest(values: Iterable[Decimal]) -> Decimal | None:
    return max(values, default=None)


def _first(reached: Mapping[str, datetime], states: Sequence[str]) -> datetime | None:
    first = None
    for state in states:
        moment = reached.get(state)
        if moment is not None and (first is None or moment < first):
            first = moment
    return first


def _held(record: RecordView, parent: RecordView | None, names: Sequence[str]) -> bool:
    for one in (record, parent):
        if one is not None and one.holds and (not names or not one.holds.keys().isdisjoint(names)):
            return True
    return False


def _held_since(record: RecordView, parent: RecordView | None, names: Sequence[str]) -> datetime | None:
    first = None
    for one in (record, parent):
        for name, hold in one.holds.items() if one is not None else ():
            if (not names or name in names) and (first is None or hold.since < first):
                first = hold.since
    return first


def _time_in(
    record: RecordView, parent: RecordView | None, state: str, leaves: Sequence[str], now: datetime
) -> timedelta:
    if record.state not in leaves:
        return _NO_TIME
    entered = record.entered[state]
    until = now
    for one in (record, parent):
        for hold in one.holds.values() if one is not None else ():
            until = min(until, hold.since)
    return max(until - entered - record.paused.get(state, _NO_TIME), _NO_TIME)


def _reaches(site: Mapping[str, object], place: object) -> bool:
    radius = site["radius_km"]
    if radius is None:
        return True
    location = site["location"]
    if location is None or place is None:
        return False
    return distance_km(cast(Location, location), cast(Location, place)) <= cast(Decimal, radius)


def _decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) else value


#: What compiled expressions may call.
HELPERS: Mapping[str, object] = {
    "_need": _need,
    "_any": any,
    "_all": all,
    "_sum": sum,
    "_len": len,
    "_min": min,
    "_max": max,
    "_abs": abs,
    "_live_all": _live_all,
    "_latest": _latest,
    "_earliest": _earliest,
    "_least": _least,
    "_greatest": _greatest,
    "_first": _first,
    "_decimal": _decimal,
    "_add": numbers.add,
    "_subtract": numbers.subtract,
    "_multiply": numbers.multiply,
    "_multiply_rounded": numbers.multiply_rounded,
    "_divide": numbers.divide,
    "_floor_divide": numbers.floor_divide,
    "_modulo": numbers.modulo,
    "_minus": numbers.minus,
    "_absolute": numbers.absolute,
    "_rounded": numbers.rounded,
    "_total": numbers.total,
    "_ratio": numbers.ratio,
    "_duration": numbers.duration,
    "_to_integer": texts.to_integer,
    "_to_decimal": texts.to_decimal,
    "_at": dates.at,
    "_start_of_month": dates.start_of_month,
    "_add_months": dates.add_months,
    "_workdays": calendars.workdays,
    "_add_workdays": calendars.add_workdays,
    "_is_workday": calendars.is_workday,
    "_held": _held,
    "_held_since": _held_since,
    "_time_in": _time_in,
    "_distance": distance_km,
    "_reaches": _reaches,
}
