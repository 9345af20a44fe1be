"""Functions of working days: which calendar they ask, their types, and what is said of wrong arguments."""

from dataclasses import replace
from datetime import date

import pytest
from tests.expr.scopes import CALENDARS

from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault
from orderflow.expr.flow import key
from orderflow.expr.python import compile_python
from orderflow.expr.reads import walk
from orderflow.expr.reference import evaluate
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Call, Expression
from orderflow.expr.types import bounds


def first(pool):
    """The first value of each pool: the order is of Sunday, 29 March 2026."""
    return pool[0]


def asking(scope: Scope, *names: str) -> Scope:
    """The scope with these calendars."""
    return replace(scope, around=replace(scope.around, calendars={name: CALENDARS[name] for name in names}))


def checked(source: str, scope: Scope) -> Expression:
    """The expression, without fault."""
    found = analyse(source, scope)
    assert isinstance(found, Expression), found
    return found


def only(source: str, scope: Scope) -> Fault:
    """The one fault."""
    found = analyse(source, scope)
    assert isinstance(found, list)
    (fault,) = found
    return fault


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("workdays(ordered_on, date(2026, 4, 3))", (), 5),
        ("workdays(ordered_on, date(2026, 4, 3))", ("cn",), 3),
        ("workdays(ordered_on, date(2026, 4, 4))", ("shop",), 5),
        ('workdays(ordered_on, date(2026, 4, 4), "cn")', ("cn", "shop"), 4),
        ('workdays(date(2026, 4, 4), ordered_on, "shop")', ("cn", "shop"), -5),
        ("add_workdays(ordered_on, 3)", (), date(2026, 4, 1)),
        ('add_workdays(ordered_on, -1, "cn")', ("cn", "shop"), date(2026, 3, 25)),
        ("is_workday(ordered_on)", ("shop",), False),
        ("is_workday(date(2026, 4, 4))", ("cn",), True),
        ("is_workday(date(2026, 4, 4))", (), False),
        ("any(lines, is_workday(made_on))", ("cn",), False),
    ],
)
def test_values(shop, source, names, expected):
    expression = checked(source, asking(shop.scope, *names))
    r, v = shop.order(first)
    assert compile_python(expression)(r, v) == expected
    assert evaluate(expression, r, v) == expected


@pytest.mark.parametrize(
    ("source", "names", "read"),
    [
        ("is_workday(today)", (), {""}),
        ("is_workday(today)", ("shop",), {"shop"}),
        (
            'is_workday(today, "cn") and workdays(ordered_on, today, "shop") > 3',
            ("cn", "shop"),
            {"cn", "shop"},
        ),
        ("gift", ("shop",), set()),
    ],
)
def test_what_is_read(shop, source, names, read):
    assert checked(source, asking(shop.scope, *names)).reads.calendars == read


def test_the_same_question_of_two_calendars_is_two(shop):
    expression = checked(
        'is_workday(today, "cn") or is_workday(today, "shop") or is_workday(today, "cn")', shop.scope
    )
    keys = [key(node) for node in walk(expression.root) if isinstance(node, Call)]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("workdays(date(2026, 3, 1), date(2026, 3, 29))", (0, 28)),
        ("workdays(date(2026, 3, 29), date(2026, 3, 1))", (-28, 0)),
        ("add_workdays(date(1970, 1, 1), 5)", (0, 14)),
        ("add_workdays(date(1970, 1, 1), -5)", (-14, 0)),
        ("add_workdays(date(1970, 1, 1), 0)", (0, 0)),
    ],
)
def test_bounds(shop, source, expected):
    assert bounds(checked(source, asking(shop.scope)).root.type) == expected


@pytest.mark.parametrize(
    ("source", "code", "marked", "message", "fix", "better"),
    [
        ('is_workday(today, "shopp")', "OF101", '"shopp"', "unknown calendar `shopp`", "replace with `shop`", '"shop"'),
        ("is_workday(today, cn)", "OF102", "cn", "`is_workday` takes the name of a calendar, in quotes", 'replace with `"cn"`', '"cn"'),
        ("workdays(ordered_on, today)", "OF107", "workdays", "`workdays` does not say which calendar counts", 'say which, such as `workdays(ordered_on, today, "cn")`: `cn`, `shop`', None),
        ('workdays(placed_at, today, "cn")', "OF102", "placed_at", "`workdays` takes date; `placed_at` is datetime", "write `day(placed_at)`", "day(placed_at)"),
        ('workdays(today, "2026-10-01", "cn")', "OF102", '"2026-10-01"', '`workdays` takes date; `"2026-10-01"` is text', "replace with `date(2026, 10, 1)`", "date(2026, 10, 1)"),
        ('add_workdays(today, 1.5, "cn")', "OF102", "1.5", "`add_workdays` takes integer; `1.5` is decimal", "write it like `today > add_workdays(day(paid_at), 3)`", None),
        ('add_workdays(today, big, "cn")', "OF103", "big", '`add_workdays(today, big, "cn")` could leave the calendar', "bound it: `max(0, min(big, 365))`, or give the field an `at_least` and an `at_most`", None),
        ('is_workday(promised_on, "cn")', "OF103", "promised_on", "`promised_on` may be missing; test it first", "write `promised_on is not None and ...`", None),
        ('NETWORKDAYS(ordered_on, today, "cn")', "OF101", "NETWORKDAYS", "unknown function `NETWORKDAYS`", "replace with `workdays`", "workdays"),
    ],
)  # fmt: skip
def test_faults(shop, source, code, marked, message, fix, better):
    fault = only(source, shop.scope)
    assert (fault.code, source[fault.start : fault.end]) == (code, marked)
    assert (fault.message, fault.fix_message, fault.replacement) == (message, fix, better)


def test_a_calendar_where_there_is_none(shop):
    fault = only('is_workday(today, "cn")', asking(shop.scope))
    assert (fault.code, fault.fix_message) == (
        "OF101",
        "declare the calendar first; there is none that can be named here",
    )
