"""A slip in an expression is one fault, hides none behind it, and brings none along."""

import pytest

from orderflow.expr.check import analyse
from orderflow.expr.scope import Scope
from orderflow.expr.types import DATETIME, INTEGER, Kind, optional

SCOPE = Scope(
    "order",
    {"paid_at": optional(DATETIME), "units": INTEGER, "weight": INTEGER},
    states={"paid": frozenset({"paid"}), "sent": frozenset({"sent"})},
)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("paid_ta is not None and paid_at < now", [("OF101", "paid_ta")]),
        ("paid_at is not None and paid_ta < now", [("OF101", "paid_ta")]),
        ('is_ni("paid") and reached_at("paid") < now', [("OF101", "is_ni")]),
        ('is_in("piad") and reached_at("paid") < now', [("OF101", '"piad"')]),
        ("unist > 0 && wieght > 0", [("OF101", "unist"), ("OF106", "&&"), ("OF101", "wieght")]),
        ("unist > 0 and paid_at < now", [("OF101", "unist"), ("OF103", "paid_at")]),
        ("abss(unist) > wieght", [("OF101", "abss"), ("OF101", "unist"), ("OF101", "wieght")]),
        ("units > 0 &&", [("OF106", "&&")]),
    ],
)
def test_each_slip_is_found_once_where_it_stands(source: str, found: list[tuple[str, str]]) -> None:
    made = analyse(source, SCOPE, Kind.BOOL)
    assert isinstance(made, list)
    assert [(fault.code, source[fault.start : fault.end]) for fault in made] == found
