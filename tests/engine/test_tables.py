from collections.abc import Mapping
from types import SimpleNamespace
from typing import Literal, cast

import pytest

from orderflow.diagnostics import Span
from orderflow.engine.tables import LinkedTable
from orderflow.expr.types import INTEGER, TEXT_TYPE
from orderflow.expr.view import View
from orderflow.model.policies import Table, TableRow

HERE = Span("tables.yaml", 1, 1, 1, 1)
GIVES = {"carrier": TEXT_TYPE, "days": INTEGER}
VIEW = cast(View, SimpleNamespace())


@pytest.fixture
def table(expression):
    def build(
        *rows: tuple[str | None, Mapping[str, object]], hit: Literal["unique", "first", "collect"] = "first"
    ) -> LinkedTable:
        made = [TableRow(None if when is None else expression(when), values, HERE) for when, values in rows]
        return LinkedTable(Table("carrier", "carrier", "order", hit, GIVES, tuple(made), HERE))

    return build


EMS = {"carrier": "ems", "days": 7}
YTO = {"carrier": "yto", "days": 3}


def test_the_first_row_that_fits(table) -> None:
    linked = table(("n > 5", EMS), ("n > 3", YTO))
    assert linked.first({"n": 6}, VIEW) == EMS
    assert linked.first({"n": 5}, VIEW) == YTO
    assert linked.first({"n": 3}, VIEW) is None
    assert linked.table.name == "carrier"


@pytest.mark.parametrize("turned", [False, True])
def test_otherwise_is_for_what_no_row_fits(table, turned: bool) -> None:
    rows = [("n > 5", EMS), (None, YTO)]
    linked = table(*(rows[::-1] if turned else rows))
    assert linked.first({"n": 6}, VIEW) == EMS
    assert linked.first({"n": 5}, VIEW) == YTO
    assert linked.every({"n": 6}, VIEW) == (EMS,)
    assert linked.every({"n": 5}, VIEW) == (YTO,)


def test_every_row_that_fits_in_the_order_of_the_rules(table) -> None:
    linked = table(("n > 3", YTO), ("n > 5", EMS), ("n > 4", YTO), hit="collect")
    assert linked.every({"n": 6}, VIEW) == (YTO, EMS, YTO)
    assert linked.every({"n": 4}, VIEW) == (YTO,)
    assert linked.every({"n": 3}, VIEW) == ()


def test_an_output_that_a_row_does_not_give_is_missing(table) -> None:
    linked = table(("n > 3", {"carrier": "ems"}), (None, {"days": 3}))
    assert linked.first({"n": 4}, VIEW) == {"carrier": "ems", "days": None}
    assert linked.first({"n": 3}, VIEW) == {"carrier": None, "days": 3}
    assert linked.every({"n": 4}, VIEW) == ({"carrier": "ems", "days": None},)


def test_a_table_without_rows_gives_nothing(table) -> None:
    assert table().first({"n": 1}, VIEW) is None
    assert table().every({"n": 1}, VIEW) == ()
