"""The test that a value is there goes before the condition that needs it, where that is sure."""

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import BOOL, DATETIME, INTEGER, Kind, optional

SCOPE = Scope(
    "order",
    {
        "paid_at": optional(DATETIME),
        "sent_at": optional(DATETIME),
        "units": INTEGER,
        "gift": BOOL,
        "known": optional(BOOL),
    },
)


def repaired(source: str, fault: Fault) -> str | None:
    if fault.replacement is None:
        return None
    start, end = fault.at or (fault.start, fault.end)
    return source[:start] + fault.replacement + source[end:]


def faults(source: str) -> list[Fault]:
    made = analyse(source, SCOPE, Kind.BOOL)
    assert isinstance(made, list)
    return made


@pytest.mark.parametrize(
    ("source", "better"),
    [
        ("paid_at < now", "paid_at is not None and paid_at < now"),
        ("gift and paid_at < now", "gift and paid_at is not None and paid_at < now"),
        ("gift or paid_at < now", "gift or paid_at is not None and paid_at < now"),
        (
            "(gift or now > paid_at) and units > 1",
            "(gift or paid_at is not None and now > paid_at) and units > 1",
        ),
        ("gift and (paid_at < now)", "gift and (paid_at is not None and paid_at < now)"),
        ("now - paid_at > hours(2)", "paid_at is not None and now - paid_at > hours(2)"),
        ("known", "known is not None and known"),
        ("order.paid_at < now", "order.paid_at is not None and order.paid_at < now"),
    ],
)
def test_the_test_stands_right_before_the_condition(source: str, better: str) -> None:
    (fault,) = faults(source)
    assert fault.code == "OF103"
    assert repaired(source, fault) == better
    assert isinstance(analyse(better, SCOPE, Kind.BOOL), Expression)


@pytest.mark.parametrize(
    "source",
    [
        "not paid_at < now",
        "not (gift or paid_at < now)",
        "paid_at < now if gift else units > 1",
        "(1 if paid_at < now else 2) > units",
        "gift and (units > 1 if paid_at < now else gift)",
    ],
)
def test_what_could_be_meant_either_way_has_no_sure_repair(source: str) -> None:
    assert [repaired(source, fault) for fault in faults(source) if fault.code == "OF103"] in (
        [None],
        [None, None],
    )


def test_one_test_is_enough_for_what_follows_it() -> None:
    source = "paid_at < now and gift and paid_at > now - days(2)"
    assert [repaired(source, fault) for fault in faults(source)] == [
        f"paid_at is not None and {source}",
        None,
    ]


def test_two_values_of_one_condition_are_tested_one_after_the_other() -> None:
    source = "sent_at > paid_at"
    both = [repaired(source, fault) for fault in faults(source)]
    assert both == [f"sent_at is not None and {source}", f"paid_at is not None and {source}"]


def test_beside_a_misspelled_name_the_test_waits() -> None:
    source = "unist > 1 and paid_at < now"
    assert [repaired(source, fault) for fault in faults(source)] == ["units > 1 and paid_at < now", None]


def test_a_value_that_is_no_condition_is_not_guarded() -> None:
    made = analyse("paid_at", SCOPE, DATETIME)
    assert isinstance(made, list)
    assert [fault.replacement for fault in made] == [None]
