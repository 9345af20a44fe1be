"""Decision tables: what is said of gaps, overlaps and rows that never count, where, and what is left unsaid."""

from collections.abc import Callable

import pytest

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic

CUSTOMER = """\
entity: customer
fields:
  limit: {type: money, default: 0, at_least: 0}
aggregates:
  spent: {of: order, at: placed_at, sum: price}
  orders: {of: order, at: placed_at, count: true}
tiers:
  level: {of: spent, levels: {gold: {at_least: 100}, basic: }}
states:
  known: {initial: true, final: true}
"""
ORDER = """\
entity: order
fields:
  customer: {type: ref customer, changes: never}
  channel: {type: choice, options: [web, phone, shop]}
  price: {type: money, at_least: 0}
  paid: {type: money, at_least: 0}
  units: {type: integer, at_least: 1, at_most: 100}
  weight: {type: decimal, at_least: 0, optional: true}
  gift: {type: bool, default: false}
  placed_at: {type: datetime, changes: never}
  wait: {type: duration, optional: true}
  region: text
  lines: {type: list of line, at_least: 1}
records:
  line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}
states:
  placed: {initial: true}
  done: {final: true}
transitions:
  finish: {from: placed, to: done, when: 'coalesce(look_up("t"), 0) > 0'}
"""
HEAD = "tables:\n  t:\n    of: order\n    hit: {hit}\n    gives: {{n: integer}}\n    rows:\n"
Check = Callable[..., list[Diagnostic]]


@pytest.fixture
def check(check_order: Callable[..., Compiled]) -> Check:
    """What is found of a table with these conditions, in the order of lines; the first row stands on line 7."""

    def run(*conditions: str | None, hit: str = "unique") -> list[Diagnostic]:
        rows = "".join(
            f"      - {{otherwise: true, n: {at}}}\n"
            if text is None
            else f"      - {{when: '{text}', n: {at}}}\n"
            for at, text in enumerate(conditions)
        )
        files = {"order": ORDER, "customer": CUSTOMER, "tables": HEAD.format(hit=hit) + rows}
        compiled = check_order("", **files)
        found = [item for item in compiled.diagnostics if item.code != "OF104"]
        assert all(item.code.startswith("OF30") for item in found), found
        return found

    return run


def codes(compiled: Compiled) -> list[str]:
    """What is found, but for what the table happens not to use."""
    return [item.code for item in compiled.diagnostics if item.code != "OF104"]


GAPS = [
    # rows, the gap
    (["price < 100", "price >= 200"], "`price` = 100.00 to 199.99"),
    (["price > 100"], "`price` = 0.00 to 100.00"),
    (["price < 100"], "`price` = 100.00 or more"),
    (["price != 100"], "`price` = 100.00"),
    (["units < 20", "units > 21"], "`units` = 20 to 21"),
    (["units <= 20"], "`units` = 21 to 100"),
    (["weight is not None"], "`weight` missing"),
    (["weight is None"], "`weight` = 0 or more"),
    (["weight is None or weight < 10 or weight > 20.5"], "`weight` = 10 to 20.5"),
    (["weight is None or weight <= 10 or weight >= 20.5"], "`weight` over 10 and under 20.5"),
    (["wait is None or wait <= hours(2) or wait > days(1)"], "`wait` over 2h up to 1d"),
    (["wait is not None and wait > minutes(90)", "wait is None"], "`wait` = 90m or less"),
    (["wait is not None and wait >= minutes(90)", "wait is None"], "`wait` under 90m"),
    (['channel == "web"'], "`channel` = `phone` or `shop`"),
    (['channel in ["web", "phone"]'], "`channel` = `shop`"),
    (['region == "N"', 'region == "S"'], "`region` other than `N` or `S`"),
    (['region != "N"'], "`region` = `N`"),
    (["gift"], "`gift` = `False`"),
    (['channel == "web"', "price < 5"], "`channel` = `phone` or `shop` and `price` = 5.00 or more"),
    (['channel == "web" and gift', 'channel != "web"'], "`channel` = `web` and `gift` = `False`"),
    (["price < 1", "2 <= price < 3", "price > 4"], "`price` = 1.00 to 1.99, nor for `price` = 3.00 to 4.00"),
    (["price == 1", "price == 2", "price == 3"], "`price` = 0.00 to 0.99, `price` = 1.01 to 1.99, `price` = 2.01 to 2.99, and more"),
    (["price - paid > 0"], "`price - paid` = 0.00 or less"),
    (["units + 1 < 50"], "`units + 1` = 50 to 101"),
    (["count(lines) > 3"], "`count(lines)` = 1 to 3"),
    (["coalesce(weight, 0) > 3"], "`coalesce(weight, 0)` = 0 to 3"),
    (['tier("level") == "gold"'], '`tier("level")` = `basic`'),
    (["month(day(placed_at)) <= 6"], "`month(day(placed_at))` = 7 to 12"),
    (["weekday(day(placed_at)) in [1, 2, 3]"], "`weekday(day(placed_at))` = 4 to 7"),
    (["day(placed_at) < date(2026, 3, 1)", "day(placed_at) > date(2026, 3, 8)"], "`day(placed_at)` = 2026-03-01 to 2026-03-08"),
    (["placed_at < at(date(2026, 3, 1), 9)"], None),  # a moment of the zone is no number here
    (["customer.limit > 5"], "`customer.limit` = 0.00 to 5.00"),
    (["customer.orders > 5"], "`customer.orders` = 0 to 5"),
    (['price < 5 or (gift and any(lines, sku == "X"))'], "`price` = 5.00 or more and `gift` = `False`"),
    (["price < 5 or paid > price"], None),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "gap"), GAPS)
def test_a_gap(rows: list[str], gap: str | None, check: Check) -> None:
    found = check(*rows, hit="first")
    if gap is None:
        assert found == []
        return
    assert [(item.code, item.message, str(item.severity)) for item in found] == [
        ("OF301", f"`t` has no row for {gap}", "warning")
    ]
    assert (found[0].span.file, found[0].span.line, found[0].span.column) == ("tables.yaml", 2, 3)


def test_a_gap_between_two_rows_points_at_both(check: Check) -> None:
    (found,) = check("price >= 10", "price < 5")
    assert [(label.span.line, label.span.column, label.text) for label in found.labels] == [
        (8, 16, "takes what is just below"),
        (7, 16, "takes what is just above"),
    ]


NO_GAPS = [
    ["price < 100", "price >= 100"],
    ["price < 100", None],
    ["units <= 100"],
    ["weight is None or weight >= 0"],
    ['channel in ["web", "phone"]', 'channel == "shop"'],
    ["gift", "not gift and price > 5", "not (gift or price > 5)"],
    ["price > paid", "price <= paid"],
    ["price > paid", "not (paid < price)"],
    ['any(lines, sku == "X")', 'not any(lines, sku == "X")'],
    ['any(lines, sku == "X")'],  # nobody knows whether every order has one
    ["price > paid"],
    ["price < 5", "price - paid < 5"],  # the second is never more than the first
    ["customer.orders > 0", "customer.spent < 50"],  # who never ordered spent nothing
    ['tier("level") == "gold"', "customer.spent < 100"],
    ["sum(lines, quantity) >= 1"],
]


@pytest.mark.parametrize("rows", NO_GAPS)
def test_no_gap(rows: list[str | None], check: Check) -> None:
    assert check(*rows, hit="first") == []


def test_a_table_that_collects_may_have_gaps_and_overlaps(check_order: Callable[..., Compiled]) -> None:
    rows = "".join(f"      - {{when: price < {each}, n: 1}}\n" for each in (5, 9))
    order = ORDER.replace('coalesce(look_up("t"), 0)', 'sum(collect("t"), n)')
    files = {"order": order, "customer": CUSTOMER, "tables": HEAD.format(hit="collect") + rows}
    assert codes(check_order("", **files)) == []


OVERLAPS = [
    # rows, what both take, the line of the later and of the first
    (["price <= 100", "price >= 100"], "`price` = 100.00", 8, 7),
    (["price < 10", "price > 20", "5 <= price < 7", None], "`price` = 5.00 to 6.99", 9, 7),
    (["gift", "price > 5", None], "`gift` = `True` and `price` = 5.01 or more", 8, 7),
    (['region == "N"', 'region in ["S", "N"]', None], "`region` = `N`", 8, 7),
    (['tier("level") == "gold"', "customer.spent < 9", "gift", None], "`customer.spent` = 0.00 to 8.99 and `gift` = `True`", 9, 8),
    (["price >= 0", "gift"], "`gift` = `True`", 8, 7),
    (["price >= 0", "paid >= 0"], "everything", 8, 7),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "values", "line", "first"), OVERLAPS)
def test_an_overlap(rows: list[str | None], values: str, line: int, first: int, check: Check) -> None:
    found = [item for item in check(*rows) if item.code == "OF302" and "never chosen" not in item.message]
    assert [(item.message, str(item.severity), item.span.line, item.span.column) for item in found] == [
        (f"two rows of `t` both take {values}", "error", line, 16)
    ]
    assert [(label.span.line, label.text) for label in found[0].labels] == [(first, "this row takes it, too")]


@pytest.mark.parametrize(
    "rows",
    [
        ["price > paid", "price < paid", None],
        ["customer.orders == 0", "customer.spent > 50", None],
        ['any(lines, sku == "X")', "gift", None],
        ['any(lines, sku == "X")', 'any(lines, sku == "Y")', None],
        ["price < 5", "price - paid > 5", None],
        ["weight is None", "weight is not None and weight > 3", None],
    ],
)
def test_no_overlap_that_is_certain(rows: list[str | None], check: Check) -> None:
    assert check(*rows) == []


IDLE = [
    # rows of a table whose first row counts, line, message, lines of labels
    (["price < 10", "price < 5", None], 8, "a row of `t` is never chosen: the rows above take all of it", [7]),
    (["price < 10", "price >= 5", "gift"], 9, "a row of `t` is never chosen: the rows above take all of it", [7, 8]),
    (["price < 10", "price  <  10", None], 8, "a row of `t` is never chosen: the rows above take all of it", [7]),
    (["price < 0", None], 7, "a row of `t` never fits: nothing meets its condition", []),
    (["gift and not gift", None], 7, "a row of `t` never fits: nothing meets its condition", []),
    (["units == 2.5", None], 7, "a row of `t` never fits: nothing meets its condition", []),
    (["gift", "not gift", None], 9, "`otherwise` of `t` is never chosen: the rows above take everything", []),
    (['any(lines, sku == "X") or gift', 'gift or any(lines, sku == "X")', None], 8, "a row of `t` is never chosen: the rows above take all of it", [7]),
    (["price > paid", "paid < price and gift", None], 8, "a row of `t` is never chosen: the rows above take all of it", [7]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "line", "message", "labels"), IDLE)
def test_a_row_that_never_counts(
    rows: list[str | None], line: int, message: str, labels: list[int], check: Check
) -> None:
    (found,) = check(*rows, hit="first")
    assert (found.code, found.message, str(found.severity), found.span.line) == (
        "OF302",
        message,
        "warning",
        line,
    )
    assert [label.span.line for label in found.labels] == labels
    assert found.fix is not None


def test_a_row_whose_condition_has_a_fault_is_no_gap(check_order: Callable[..., Compiled]) -> None:
    rows = "      - {when: price < 5, n: 1}\n      - {when: prise >= 5, n: 2}\n"
    files = {"order": ORDER, "customer": CUSTOMER, "tables": HEAD.format(hit="unique") + rows}
    assert codes(check_order("", **files)) == ["OF101"]
    for wrong in ("{wehn: price >= 5, n: 2}", "{n: 2}", "{when: [price >= 5], n: 2}", "price >= 5"):
        files["tables"] = HEAD.format(hit="unique") + rows.replace("{when: prise >= 5, n: 2}", wrong)
        assert codes(check_order("", **files)) in (["OF101"], ["OF107"]), wrong


def test_the_reference_rules_have_none(root: object) -> None:
    for folder in ("rules/wenzhou", "rules/wenzhou-review-after-payment", "examples/olist"):
        found = check_folder(f"{root}/{folder}").diagnostics
        assert [item for item in found if item.code.startswith("OF30")] == []
