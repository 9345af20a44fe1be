"""A fault planted in any of the three judges is found by the cases of a plain run.

First every function of the table, wrong by the least that there is, in each judge; then the faults that people make.
"""

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.expr.coverage import Coverage
from tests.expr.faults import (
    OF_CALLS,
    OF_COMPARISONS,
    OF_FUNCTIONS,
    OF_HELPERS,
    OF_METHODS,
    OF_NUMBERS,
    OF_OPERATORS,
    off,
)
from tests.expr.judges import Case, compiled, cpython, reference
from tests.expr.number import Number

from orderflow.expr import python_nodes, ranges
from orderflow.expr.check import analyse
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.python import HELPERS
from orderflow.expr.python_calls import CALLS
from orderflow.expr.reference import OPERATORS, Reference
from orderflow.expr.tree import Expression


def found(corpus, judge, part: str = "") -> bool:
    """Whether a judge with a fault says something else of a case, or breaks; `part` is what the source must contain."""
    for case, right in corpus:
        if part not in case.expression.source:
            continue
        try:
            if judge(case) != right:
                return True
        except NameError:
            raise  # of the plant itself
        except Exception:
            return True
    return False


def test_nothing_is_found_where_nothing_is_wrong(corpus):
    few = corpus[:300]
    assert not found(few, lambda case: compiled(case, {**HELPERS}))
    assert not found(few, lambda case: reference(case, operators={**OPERATORS}))
    assert not found(few, lambda case: cpython(case, lambda name, function: function))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_compiled_function_that_is_slightly_off_is_found(corpus, monkeypatch, name):
    right = CALLS[name]
    monkeypatch.setitem(CALLS, name, lambda build, node: build.helper("_off", right(build, node)))
    assert found(corpus, lambda case: compiled(case, {**HELPERS, "_off": off}), f"{name}(")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_the_reference_that_is_slightly_off_is_found(corpus, monkeypatch, name):
    right = Reference._call
    monkeypatch.setattr(
        Reference,
        "_call",
        lambda self, node: off(right(self, node)) if node.function == name else right(self, node),
    )
    # simpleeval is given the method when an evaluator is made.
    assert found(corpus, reference, f"{name}(")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_cpython_that_is_slightly_off_is_found(corpus, name):
    def plant(planted, right):
        return (lambda *values: off(right(*values))) if planted == name else right

    assert found(corpus, lambda case: cpython(case, plant), f"{name}(")


@pytest.mark.parametrize("name", OF_HELPERS)
def test_a_fault_planted_in_the_compiled_helpers_is_found(corpus, name):
    helpers = {**HELPERS, **OF_HELPERS[name]}
    assert found(corpus, lambda case: compiled(case, helpers))


@pytest.mark.parametrize(("right", "wrong"), OF_COMPARISONS)
def test_a_comparison_planted_in_the_compiler_is_found(corpus, monkeypatch, right, wrong):
    monkeypatch.setitem(python_nodes._COMPARISONS, right, wrong)
    assert found(corpus, compiled, right)


@pytest.mark.parametrize(("name", "wrong"), OF_CALLS)
def test_a_call_planted_in_the_compiler_is_found(corpus, monkeypatch, name, wrong):
    monkeypatch.setitem(CALLS, name, wrong)
    assert found(corpus, compiled, f"{name}(")


@pytest.mark.parametrize("name", OF_OPERATORS)
def test_a_fault_planted_in_the_reference_is_found(corpus, name):
    operators = {**OPERATORS, **OF_OPERATORS[name]}
    assert found(corpus, lambda case: reference(case, operators=operators))


@pytest.mark.parametrize(("call", "wrong"), OF_METHODS)
def test_a_call_planted_in_the_reference_is_found(corpus, monkeypatch, call, wrong):
    right = getattr(Reference, call)
    monkeypatch.setattr(Reference, call, lambda self, node: wrong(right, self, node))
    assert found(corpus, reference)


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_arithmetic_planted_in_cpython_is_found(corpus, monkeypatch, name):
    method, wrong = OF_NUMBERS[name]
    monkeypatch.setattr(Number, method, wrong)
    assert found(corpus, cpython)


@pytest.mark.parametrize("name", OF_FUNCTIONS)
def test_a_function_planted_in_cpython_is_found(corpus, name):
    function, wrong = OF_FUNCTIONS[name]

    def plant(planted, right):
        return (lambda *values: wrong(right, *values)) if planted == function else right

    def judge(case: Case):
        return cpython(case, plant)

    assert found(corpus, judge, f"{function}(")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("add", lambda a, b: (a[0] + b[0], a[1])),
        ("negate", lambda a: (-a[1], Fraction(0))),
        ("modulo", lambda a, parts: (Fraction(0), max(abs(part[0]) for part in parts) / 2)),
        ("absolute", lambda a: (min(map(abs, a)), max(map(abs, a)))),
        ("greatest", lambda several: (max(a[0] for a in several), min(a[1] for a in several))),
        ("summed", lambda each, rows: (Fraction(0), each[1] * 2)),
    ],
)
def test_an_interval_that_is_too_narrow_is_found(shop, corpus, monkeypatch, name, wrong):
    monkeypatch.setattr(ranges, name, wrong)
    coverage = Coverage()
    for case, _ in corpus:
        scope = shop.lenient if case.seed % 3 == 0 else shop.scope
        expression = analyse(case.expression.source, scope)
        if isinstance(expression, Expression):
            coverage.add(replace(case, expression=expression))
        if coverage.outside:
            return
    raise AssertionError("not found")
