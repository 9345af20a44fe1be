"""Formulas that reach a field before it is there, by way of what they ask."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

LIFE = """\
states: {new: {initial: true}, done: {final: true}}
transitions: {end: {from: new, to: done, after: 1d}}
"""
ROWS = "\n    hit: first\n    gives: {fee: integer}\n    rows:\n      - {when: WHEN, fee: 1}\n      - {otherwise: true, fee: 0}\n"


@pytest.mark.parametrize(
    ("first", "when", "said"),
    [
        ("fee", "weight > 1", ()),
        ("size", "size > 1", ()),
        ("fee", "size > 1", ("the formula of `fee` asks the table `fees`, which reads `size`, whose own formula comes after it",)),
        ("size", "order.fee > 1", ("the formula of `fee` asks the table `fees`, which reads `fee` itself",)),
        ("fee", 'look_up("more") > 1', ("the formula of `fee` asks the table `more`, which reads `size`, whose own formula comes after it",)),
    ],
)  # fmt: skip
def test_a_formula_asks_what_reads_a_later_one(
    check_order: Callable[..., Compiled], first: str, when: str, said: tuple[str, ...]
) -> None:
    formulas = {
        "fee": "  fee: {type: integer, formula: 'look_up(\"fees\")', at: submit}\n",
        "size": "  size: {type: integer, formula: weight * 2, at: submit}\n",
    }
    fields = "".join(formulas[name] for name in sorted(formulas, key=lambda name: name != first))
    tables = f"tables:\n  fees:\n    of: order{ROWS.replace('WHEN', repr(when))}  more:\n    of: order{ROWS.replace('WHEN', 'size > 3')}"
    from tests.checks.conftest import FIELDS

    order = FIELDS.replace("records:\n", f"{fields}records:\n") + LIFE
    compiled = check_order("", order=order, tables=tables)
    assert tuple(found.message for found in compiled.diagnostics if found.code == "OF107") == said
