import pickle

import pytest

from orderflow.expr.functions import FUNCTIONS, Takes
from orderflow.expr.names import problem
from orderflow.expr.scope import Scope
from orderflow.expr.types import (
    CALENDAR,
    INTEGER,
    LARGEST,
    MISSING,
    TEXT_TYPE,
    UNKNOWN,
    Kind,
    Type,
    bounds,
    choice,
    describe,
    list_of,
    money,
    optional,
    present,
    record,
    ref,
)


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (TEXT_TYPE, "text"),
        (optional(money()), "money or missing"),
        (ref("customer"), "ref customer"),
        (list_of(record("line", {"sku": TEXT_TYPE})), "list of line"),
        (list_of(TEXT_TYPE), "list of text"),
        (choice("a", "b"), "choice"),
        (MISSING, "missing (`None`)"),
        (UNKNOWN, "something unknown"),
    ],
)
def test_types_are_told_in_the_words_of_rules(type_, words):
    assert describe(type_) == words


def test_types_are_data():
    line = record("line", {"sku": TEXT_TYPE, "price": money(2, "CNY")})
    assert pickle.loads(pickle.dumps(line)) == line
    assert hash(list_of(line)) == hash(list_of(line))
    assert line.field("sku") == TEXT_TYPE
    assert line.field("size") is None
    assert present(optional(line)) == line


def test_bounds():
    assert bounds(INTEGER) == (-LARGEST, LARGEST)
    assert bounds(Type(Kind.INTEGER, lo=1)) == (1, LARGEST)
    assert bounds(Type(Kind.DATETIME)) == CALENDAR
    assert bounds(list_of(TEXT_TYPE, at_least=1)) == (1, 10_000)


def test_states_that_count_as_reached():
    scope = Scope(
        "parcel",
        {},
        states={
            "house": frozenset({"a", "b"}),
            "a": frozenset({"a"}),
            "b": frozenset({"b"}),
            "c": frozenset({"c"}),
            "lost": frozenset({"lost"}),
        },
        path=("a", "b", "c"),
        final=frozenset({"c", "lost"}),
    )
    assert scope.since("house") == {"a", "b", "c"}
    assert scope.since("b") == {"b", "c"}
    assert scope.since("lost") == {"lost"}
    assert scope.dead == {"lost"}
    assert scope.leaves == {"a", "b", "c", "lost"}


@pytest.mark.parametrize("name", ["paid_at", "实收金额_2", "注文日", "ひらカナ漢字", "оплата", "été"])
def test_names_of_one_script_are_fine(name):
    assert problem(name) is None


@pytest.mark.parametrize("name", ["p\u0430id", "αbeta", "金额total", "2x", "a-b", ""])
def test_other_names_are_refused(name):
    assert problem(name) is not None


def test_every_function_is_described():
    for name, signature in FUNCTIONS.items():
        assert signature.name == name
        assert signature.doc
        assert name in signature.example
        assert all(isinstance(each, Takes) for each in signature.parameters)
