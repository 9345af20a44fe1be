"""The compiled functions, the reference evaluator and CPython agree on generated expressions and orders.

Expressions are written from tapes of bytes, typed by construction as far as that goes and then checked; only those that pass
count, each once. What the judges disagree on is told by its smallest part, with the seed that makes it again. 4,000 are
judged in a plain run, and 50,000 by `make test-expressions`.
"""

from dataclasses import replace

import pytest
from tests.expr.coverage import Coverage
from tests.expr.judges import CLASSES, FIRST_SEED, NIGHTLY, compiled, cpython, fits, many, quarrel
from tests.expr.plain import PLAIN
from tests.expr.surroundings import Surroundings

from orderflow.expr.functions import FUNCTIONS

COUNT = 50_000 if NIGHTLY else 4_000
#: In how many cases a share counts.
ENOUGH = 200


def test_three_judges_agree_on_generated_expressions(shop, capsys):
    coverage = Coverage()
    last = FIRST_SEED
    for case in many(shop, COUNT, coverage.refused):
        assert not (found := quarrel(case)), found
        kind, value = compiled(case)
        if kind != "missing" and value is not None:
            assert kind == CLASSES[case.expression.type.kind], case.expression.source
            assert fits(case.expression.type, value), case.expression.source
        coverage.add(case)
        last = case.seed
    with capsys.disabled():
        print(f"\nexpressions: seeds {FIRST_SEED} to {last}\n{coverage.report()}")
    assert coverage.outside == [], "a part lies outside of what the checker promised"
    assert coverage.lacking() == [], "never generated"
    assert len(coverage.refused) < COUNT / 10, "the checker refuses much of what is generated"
    assert 30 <= coverage.true <= 70, "conditions come out too much one way"
    assert coverage.lopsided(ENOUGH) == {}, "an operator or function comes out too much one way"
    assert coverage.missing > COUNT / 100


def test_cpython_knows_every_function_of_the_table(corpus):
    names = Surroundings(corpus[0][0].fields, corpus[0][0].sight).names
    assert {name for name in FUNCTIONS if f"_{name}" not in names} == set(), (
        "write these in tests/expr/plain.py or tests/expr/surroundings.py"
    )
    assert set(PLAIN) <= set(FUNCTIONS)


def test_a_function_that_cpython_does_not_know_is_told(corpus):
    case = next(case for case, _ in corpus if "length(" in case.expression.source)
    strange = case.expression.source.replace("length(", "size(")
    with pytest.raises(NameError, match="_size"):
        cpython(replace(case, expression=replace(case.expression, source=strange)))
