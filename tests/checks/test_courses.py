"""Outputs that shall only rise or only fall: checked along every number, date and duration that the rows compare."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

ORDER = """\
  customer: {type: text, label: Customer}
  price: {type: money, at_least: 0}
  weight: {type: decimal, at_least: 0, optional: true}
  wanted_on: {type: date, label: Wanted}
  region: text
  gift: bool
states:
  placed: {initial: true}
  done: {final: true}
transitions:
  finish: {from: placed, to: done, when: 'coalesce(look_up("t", "n"), 0) > 0'}
"""
Check = Callable[..., Compiled]


@pytest.fixture
def check(check_order: Callable[..., Compiled]) -> Check:
    """Check a table with these rows (condition and output); its first row stands on line 8."""

    def run(*rows: tuple[str | None, object], says: str = "rising: n", gives: str = "n: integer", hit: str = "first") -> Compiled:  # fmt: skip
        conditions = ["otherwise: true" if when is None else f"when: '{when}'" for when, _ in rows]
        pairs = zip(conditions, rows, strict=True)
        lines = "".join(f"      - {{{condition}, n: {n}}}\n" for condition, (_, n) in pairs)
        head = (
            f"tables:\n  t:\n    of: order\n    hit: {hit}\n    gives: {{{gives}}}\n    {says}\n    rows:\n"
        )
        return check_order("", order=f"entity: order\nfields:\n{ORDER}", tables=head + lines)

    return run


def said(compiled: Compiled, *codes: str) -> list[str]:
    return [item.message for item in compiled.diagnostics if item.code in (codes or ("OF303",))]


TURNS = [
    # says, rows, message
    ("rising: n", [("price < 10", 5), ("price < 20", 4), (None, 6)], "`n` falls from 5 to 4 at `price` = 10.00 to 19.99"),
    ("falling: n", [("price < 10", 5), ("price < 20", 6), (None, 6)], "`n` rises from 5 to 6 at `price` = 10.00 to 19.99"),
    ("rising: n", [("price > 20", 1), (None, 6)], "`n` falls from 6 to 1 at `price` = 20.01 or more"),
    ("rising: n", [('price > 20 and region == "N"', 1), (None, 6)], "`n` falls from 6 to 1 at `price` = 20.01 or more and `region` = `N`"),
    ("rising: n", [("price < 10 and weight is not None and weight > 5", 9), ("price < 10", 1), (None, 5)], "`n` falls from 9 to 5 at `price` = 10.00 or more"),
]  # fmt: skip


@pytest.mark.parametrize(("says", "rows", "message"), TURNS)
def test_an_output_that_turns_back(
    says: str, rows: list[tuple[str | None, int]], message: str, check: Check
) -> None:
    assert said(check(*rows, says=says)) == [message]


@pytest.mark.parametrize(
    ("says", "rows"),
    [
        ("rising: n", [("price < 10", 5), ("price < 20", 5), (None, 6)]),
        ("falling: n", [("price > 20", 1), ("price > 10", 3), (None, 6)]),
        (
            "rising: [n]",
            [('price < 10 and region == "N"', 5), ("price < 10", 7), ('region == "N"', 6), (None, 8)],
        ),
        ("rising: n", [("weight is None", 9), ("weight is not None and weight < 5", 1), (None, 2)]),
        (
            "rising: n",
            [("price < 10 and weight is not None and weight > 5", 2), ("price < 10", 1), (None, 5)],
        ),
        ("label: Fee", [("price < 10", 5), (None, 1)]),
    ],
)
def test_an_output_that_keeps_its_course(says: str, rows: list[tuple[str | None, int]], check: Check) -> None:
    compiled = check(*rows, says=says)
    assert said(compiled) == []
    assert compiled.definition is not None


def test_it_points_at_both_values_and_at_what_the_table_says(check: Check) -> None:
    compiled = check(("price < 10", 5), ("price < 20", 4), (None, 6))
    (found,) = (item for item in compiled.diagnostics if item.code == "OF303")
    assert str(found.severity) == "error"
    assert (found.span.line, found.span.column) == (9, 33)
    assert [(label.span.line, label.span.column, label.text) for label in found.labels] == [
        (8, 33, "for less `price`"),
        (6, 13, "it shall not turn back"),
    ]
    assert found.fix is not None
    assert found.fix.message == "write 5 or more, or take `n` out of `rising`"


@pytest.mark.parametrize(
    ("gives", "values", "message"),
    [
        ("n: duration", ("26h", "1d"), "`n` falls from 26h to 1d at `price` = 10.00 or more"),
        ("n: money", ("2.50", "2"), "`n` falls from 2.50 to 2.00 at `price` = 10.00 or more"),
        (
            "n: date",
            ("2026-03-02", "2026-03-01"),
            "`n` falls from 2026-03-02 to 2026-03-01 at `price` = 10.00 or more",
        ),
    ],
)
def test_outputs_of_every_kind_that_has_an_order(
    gives: str, values: tuple[str, str], message: str, check: Check
) -> None:
    compiled = check(("price < 10", values[0]), (None, values[1]), gives=gives)
    assert said(compiled) == [message]


def test_what_cannot_be_told_is_said(check: Check) -> None:
    rows = (('starts_with(region, "N") and price > 5', 1), (None, 2))
    why = 'its rows ask for `starts_with(region, "N")`, which is not told apart by values'
    assert said(check(*rows)) == [f"`rising: n` of `t` cannot be checked: {why}"]
    why = "its rows compare no number, date or duration"
    assert said(check(("gift", 1), (None, 2), says="falling: n")) == [
        f"`falling: n` of `t` cannot be checked: {why}"
    ]


@pytest.mark.parametrize(
    ("says", "gives", "code", "message"),
    [
        ("rising: m", "n: integer", "OF101", "unknown output `m`"),
        ("rising: n", "n: text", "OF102", "`n` has no order that it could keep"),
        ("rising: [n, n]", "n: integer", "OF105", "`n` is named twice under `rising` and `falling`"),
        (
            "rising: n\n    falling: n",
            "n: integer",
            "OF105",
            "`n` is named twice under `rising` and `falling`",
        ),
    ],
)
def test_what_a_table_may_not_say(says: str, gives: str, code: str, message: str, check: Check) -> None:
    assert message in said(check(("price < 10", 1), (None, 2), says=says, gives=gives), code)


def test_a_table_that_collects_has_no_course(check: Check) -> None:
    compiled = check(("price < 10", 1), hit="collect")
    assert said(compiled, "OF107") == ["a table that collects gives many values of `n`, not one"]
