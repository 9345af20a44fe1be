"""Functions of texts, days and times of day: their values, their types, and what is said of wrong arguments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.expr import dates, ranges
from orderflow.expr.check import analyse
from orderflow.expr.elsewhere import ELSEWHERE
from orderflow.expr.fault import Fault
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.literals import day_of, days_since_1970, valid_date
from orderflow.expr.python import compile_python
from orderflow.expr.reference import evaluate
from orderflow.expr.reference_values import moment_at
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import DATE, INTEGER, Type, bounds, describe, list_of, record

ROW = record("line", {"quantity": Type(INTEGER.kind, lo=1, hi=9)})


def first(pool):
    """The first value of each pool."""
    return pool[0]


def second(pool):
    """The second value of each pool that has one."""
    return pool[min(1, len(pool) - 1)]


def checked(source: str, scope: Scope) -> Expression:
    """The expression, without fault."""
    found = analyse(source, scope)
    assert isinstance(found, Expression), found
    return found


def value(shop, source: str, pick=first, **fields: object) -> object:
    """What an expression gives, by both evaluators, of an order with these fields."""
    r, v = shop.order(pick)
    r.update(fields)
    expression = checked(source, shop.scope)
    found = compile_python(expression)(r, v)
    assert evaluate(expression, r, v) == found
    return found


def only(source: str, scope: Scope) -> Fault:
    """The one fault."""
    found = analyse(source, scope)
    assert isinstance(found, list)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("source", "title", "expected"),
    [
        ("trim(title)", " \t EX　\n", "EX"),
        ("trim(title)", "\u200bEX", "\u200bEX"),  # no blank: it has a width of its own
        ('replace(title, "-", "")', "EX-1-2", "EX12"),
        ('replace(title, "aa", "b")', "aaa", "ba"),
        ("lower(title)", "EX ÄΣ", "ex äς"),
        ("upper(title)", "straße", "STRASSE"),
        ('matches(title, "[A-Z]{2}-[0-9]+")', "EX-12", True),
        ('matches(title, "[A-Z]{2}-[0-9]+")', "EX-12\n", False),
        ('matches(title, "cn_mobile")', "13800000000", True),
        ('matches(title, "刹车[片盘]")', "刹车盘", True),
        ("to_integer(title, 0)", " -012 ", -12),
        ("to_integer(title, 0)", "+7", 7),
        ("to_integer(title, -1)", "1.5", -1),
        ("to_integer(title, -1)", "１２", -1),
        ("to_integer(title, -1)", "", -1),
        ("to_integer(title, -1)", "-", -1),
        ("to_integer(title, -1)", "9" * 18, 10**18 - 1),
        ("to_integer(title, -1)", "9" * 19, -1),
        ("to_integer(title, None)", "x", None),
        ("to_decimal(title, 0)", "2.50", Decimal("2.5")),
        ("to_decimal(title, 0)", "-0.000001", Decimal("-0.000001")),
        ("to_decimal(title, 7)", ".5", Decimal(7)),
        ("to_decimal(title, 7)", "5.", Decimal(7)),
        ("to_decimal(title, 7)", "1.0000001", Decimal(7)),
        ("to_decimal(title, 7)", "1e3", Decimal(7)),
        ("to_decimal(title, 7)", "NaN", Decimal(7)),
        ("to_decimal(title, None)", "x", None),
    ],
)
def test_texts(shop, source, title, expected):
    found = value(shop, source, title=title)
    assert (type(found), found) == (type(expected), expected)


def test_zero_has_no_sign(shop):
    assert str(value(shop, "to_decimal(title, 1)", title="-0.0")) == "0"


@pytest.mark.parametrize(
    ("source", "day", "expected"),
    [
        ("weekday(ordered_on)", date(2026, 3, 30), 1),
        ("weekday(ordered_on)", date(2026, 3, 29), 7),
        ("year(ordered_on)", date(2024, 2, 29), 2024),
        ("month(ordered_on)", date(2024, 2, 29), 2),
        ("day_of_month(ordered_on)", date(2024, 2, 29), 29),
        ("start_of_month(ordered_on)", date(2024, 2, 29), date(2024, 2, 1)),
        ("add_months(ordered_on, 1)", date(2026, 1, 31), date(2026, 2, 28)),
        ("add_months(ordered_on, -1)", date(2026, 3, 31), date(2026, 2, 28)),
        ("add_months(ordered_on, 12)", date(2024, 2, 29), date(2025, 2, 28)),
        ("add_months(ordered_on, -2)", date(2026, 1, 15), date(2025, 11, 15)),
        ("ordered_on - date(2026, 3, 1)", date(2026, 3, 29), timedelta(days=28)),
        ("ordered_on + weeks(1)", date(2026, 3, 29), date(2026, 4, 5)),
        # Berlin: clocks went forward at 2:00 on 29 March 2026, and back at 3:00 on 26 October 2025.
        ("at(ordered_on, 1, 59)", date(2026, 3, 29), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("at(ordered_on, 2, 30)", date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("at(ordered_on, 3)", date(2026, 3, 29), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("at(ordered_on, 2, 30)", date(2025, 10, 26), datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ("at(ordered_on, 3)", date(2025, 10, 26), datetime(2025, 10, 26, 2, 0, tzinfo=UTC)),
        ("hour(at(ordered_on, 2, 30))", date(2026, 3, 29), 3),
        ("minute(at(ordered_on, 2, 30))", date(2026, 3, 29), 30),
        ("seconds(90)", date(2026, 3, 29), timedelta(seconds=90)),
        ("weeks(0.5)", date(2026, 3, 29), timedelta(days=3, hours=12)),
    ],
)
def test_days_and_times(shop, source, day, expected):
    assert value(shop, source, ordered_on=day) == expected


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)), st.integers(-3000, 3000))
def test_months_have_28_to_31_days(day, months):
    found = dates.add_months(day, months)
    days = (found - day).days
    assert min(28 * months, 31 * months) <= days <= max(28 * months, 31 * months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@given(
    st.dates(date(1971, 1, 1), date(2198, 12, 31)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(
        ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"]
    ),
)
def test_two_ways_to_a_moment_agree(day, hour, minute, name):
    zone = ZoneInfo(name)
    found = dates.at(day, hour, minute, zone)
    assert found == moment_at(day, hour, minute, zone)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("date(2026, 2, 17)", (20501, 20501)),
        ("year(ordered_on)", (1969, 2200)),
        ("year(date(2026, 2, 17))", (2026, 2026)),
        ("weekday(ordered_on)", (1, 7)),
        ("hour(now)", (0, 23)),
        ("add_months(date(2026, 1, 31), 1)", (20484 + 28, 20484 + 31)),
        ("start_of_month(date(2026, 1, 31))", (20454, 20484)),
        ("to_integer(title, 10000000000000000000)", (-(10**18) + 1, 10**19)),
        ("length(trim(title))", (0, 1_000_000)),
        ("sum(lines, wait)", (-86_400_000, 86_400_000)),
        ("sum(scores)", (-90_000, 90_000)),
        ("max(shipments, boxes)", (0, 20)),
    ],
)
def test_bounds(shop, source, expected):
    assert bounds(checked(source, shop.scope).type) == expected


def test_dates_are_counted_from_1970():
    assert valid_date(1970, 1, 1) == day_of(0)
    assert valid_date(2199, 12, 31) is not None
    assert valid_date(2200, 1, 1) is None
    assert valid_date(1969, 12, 31) is None
    assert day_of(days_since_1970(date(2024, 2, 29))) == date(2024, 2, 29)
    assert ranges.interval(DATE)[1] >= days_since_1970(date(2199, 12, 31))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("min(lines, unit_price)", "money or missing"),
        ("max(lines, made_on)", "date or missing"),
        ("max(shipments, boxes)", "integer or missing"),
        ("coalesce(min(lines, quantity), 0)", "integer"),
        ("min(scores)", "integer or missing"),
        ("min(qty, 3)", "integer"),
        ("sum(shipments, wait)", "duration"),
        ("to_integer(title, points)", "integer or missing"),
        ("to_decimal(title, 0)", "decimal"),
    ],
)
def test_types(shop, source, kind):
    assert describe(checked(source, shop.scope).type) == kind


def test_the_least_of_a_list_that_has_rows_is_there():
    scope = Scope("order", {"lines": list_of(ROW, at_least=1), "spare": list_of(ROW)})
    assert describe(checked("min(lines, quantity)", scope).type) == "integer"
    assert describe(checked("min(spare, quantity)", scope).type) == "integer or missing"


def test_names_mean_the_innermost_row_first():
    scope = Scope("order", {"quantity": INTEGER, "lines": list_of(ROW)})
    source = "all(lines, quantity < order.quantity and any(order.lines, quantity <= line.quantity))"
    expression = checked(source, scope)
    r: dict[str, object] = {"quantity": 5, "lines": ({"quantity": 2}, {"quantity": 4})}
    assert compile_python(expression)(r, None) is True  # type: ignore[arg-type]
    assert compile_python(expression)({**r, "quantity": 4}, None) is False  # type: ignore[arg-type]
    assert compile_python(checked("max(lines, order.quantity - quantity)", scope))(r, None) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "code", "marked", "message", "fix", "replacement"),
    [
        ("date(2026, 2, 30) > ordered_on", "OF102", "date(2026, 2, 30)", "there is no day 2026-02-30", "write a day from 1 to 28", None),
        ("date(30, 12, 2026) > ordered_on", "OF102", "date(30, 12, 2026)", "there is no day 30-12-2026", "write the year first: `date(2026, 12, 30)`", None),
        ("date(2026, 13, 5) > ordered_on", "OF102", "date(2026, 13, 5)", "there is no day 2026-13-05", "write the month before the day: `date(2026, 5, 13)`", None),
        ("date(1969, 1, 1) > ordered_on", "OF102", "date(1969, 1, 1)", "dates lie in the years 1970 to 2199", "write a year from 1970 to 2199, a month from 1 to 12 and a day of that month", None),
        ("date(qty, 1, 1) > ordered_on", "OF102", "qty", "`date` takes a year, a month and a day, written out", "write it like `promised_on >= date(2026, 2, 17)`", None),
        ("date(placed_at) > ordered_on", "OF102", "date", "`date` makes a day of a year, a month and a day; the day of a datetime is `day`", "replace with `day`", "day"),
        ("weekday(placed_at) > 5", "OF102", "placed_at", "`weekday` takes date; `placed_at` is datetime", "write `day(placed_at)`", "day(placed_at)"),
        ("hour(ordered_on) > 5", "OF102", "ordered_on", "`hour` takes datetime; `ordered_on` is date", "a date has no time of day; take a datetime", None),
        ("age(placed_at) > hour(2)", "OF102", "hour", "`hour` takes datetime; `2` is integer", "replace `hour` with `hours`", "hours"),
        ("hours(placed_at) > 2", "OF102", "hours", "`hours` takes decimal or integer; `placed_at` is datetime", "replace `hours` with `hour`", "hour"),
        ("at(ordered_on, 24) > now", "OF103", "24", "`24` may be no hour; it must lie from 0 to 23", "write it like `placed_at < at(day(placed_at), 16, 30)`", None),
        ("at(ordered_on, 1, qty) > now", "OF103", "qty", "`qty` may be no minute; it must lie from 0 to 59", "bound it: `max(0, min(qty, 59))`", None),
        ("add_months(ordered_on, big) > today", "OF103", "add_months(ordered_on, big)", "`add_months(ordered_on, big)` could leave the calendar", "use a shorter duration, or bound it", None),
        ('ordered_on > "2026-01-01"', "OF102", '"2026-01-01"', "date is compared with text", "replace with `date(2026, 1, 1)`", "date(2026, 1, 1)"),
        ('placed_at >= "2026/1/1"', "OF102", '"2026/1/1"', "datetime is compared with text", "replace with `at(date(2026, 1, 1), 0)`", "at(date(2026, 1, 1), 0)"),
        ('"2026-01-01 09:30" == placed_at', "OF102", '"2026-01-01 09:30"', "text is compared with datetime", "replace with `at(date(2026, 1, 1), 9, 30)`", "at(date(2026, 1, 1), 9, 30)"),
        ('placed_at > "2026-01-01"', "OF102", '"2026-01-01"', "datetime is compared with text", "write `day(placed_at) > date(2026, 1, 1)`, or `at(date(2026, 1, 1), 0)` for its first moment", None),
        ('ordered_on > "2026-02-30"', "OF102", 'ordered_on > "2026-02-30"', "date is compared with text", "compare values of one kind", None),
        ('age(placed_at) > "26h"', "OF102", '"26h"', "duration is compared with text", "replace with `hours(26)`", "hours(26)"),
        ("age(placed_at) > 26", "OF102", "26", "duration is compared with integer", "say of what: `hours(26)`, `days(26)`", None),
        ('amount_paid > "0.5"', "OF102", '"0.5"', "money is compared with text", "replace with `0.5`", "0.5"),
        ('matches(title, ".*x")', "OF902", ".*", "`x` fits both `.*` and `x`, so that a text could be matched in two ways", "write `[^x]*x`, which ends at the first `x`", None),
        ("matches(title, 'a\\\\d+\\\\d')", "OF902", "\\\\d+\\\\d", "`0` fits both `\\d+` and `\\d`, so that a text could be matched in two ways", "write them as one: `\\d{2,}`", "\\\\d{2,}"),
        ("matches(title, '\\'a+a')", "OF902", "a+a", "`a` fits both `a+` and `a`, so that a text could be matched in two ways", "write them as one: `a{2,}`", "a{2,}"),
        ('matches(title, "digit")', "OF101", "digit", "unknown pattern `digit`", "replace with `digits`", "digits"),
        ("matches(title, note)", "OF102", "note", "`matches` takes a pattern, in quotes, written out", 'write it like `matches(sku, "EX-[0-9]{4}")`', None),
        ('replace(title, "", "x") == ""', "OF102", '""', "`replace` looks for an empty text, which stands everywhere", "write the text to look for", None),
        ('replace(title, "-", "--") == ""', "OF103", '"--"', "`replace` would make the text longer, and nothing bounds how long", "put in at most as many characters as are taken out: 1", None),
        ('to_integer(title, "0") > 1', "OF102", '"0"', "`to_integer` takes integer; `\"0\"` is text", "replace with `0`", "0"),
        ("min(qty) > 1", "OF102", "min(qty)", "`min` has one value to choose from", "give it another one, or a list or children and what to look at: `min(lines, quantity)`", None),
        ("min(lines) > 1", "OF102", "min(lines)", "`min` does not say what to look at in `lines`", "name it behind the list: `min(lines, quantity)`", None),
        ("min(lines, quantity, 3) > 1", "OF102", "3", "`min` of rows takes one thing to look at", "write it like `min(lines, quantity)`", None),
        ("min(lines, quantity) > 1", "OF103", "min(lines, quantity)", "`min(lines, quantity)` may be missing; test it first", "write `min(lines, quantity) is not None and ...`", None),
        ("max(lines, sku) == title", "OF102", "sku", "`max` takes a number, date or duration for each; `sku` is text", "write it like `max(lines, quantity)`", None),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_marked(shop, source, code, marked, message, fix, replacement):
    fault = only(source, shop.scope)
    assert (fault.code, source[fault.start : fault.end], fault.message) == (code, marked, message)
    assert (fault.fix_message, fault.replacement) == (fix, replacement)
    if replacement is not None:
        repaired = source[: fault.start] + replacement + source[fault.end :]
        left = analyse(repaired, shop.scope)
        assert not isinstance(left, list) or fault.message not in [each.message for each in left]


@pytest.mark.parametrize("word", sorted(ELSEWHERE))
def test_names_of_other_languages_lead_to_a_function(word):
    assert ELSEWHERE[word] in FUNCTIONS
    assert word not in FUNCTIONS


@pytest.mark.parametrize(
    ("source", "better"),
    [
        ("strip(title) == note", "trim"),
        ("DAY_OF_WEEK(today) == 1", "weekday"),
        ("regexp_like(title, '[a]')", "matches"),
    ],
)
def test_the_function_that_was_meant(shop, source, better):
    found = analyse(source, shop.scope)
    assert isinstance(found, list)
    (fault,) = [fault for fault in found if fault.message.startswith("unknown function")]
    assert (fault.code, fault.replacement) == ("OF101", better)
