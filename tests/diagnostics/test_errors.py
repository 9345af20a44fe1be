"""Exceptions cross process borders whole."""

import pickle

import pytest

from orderflow.diagnostics import (
    ConflictError,
    DecisionError,
    Diagnostic,
    Message,
    NotifierError,
    OrderflowError,
    RecordError,
    RuleSetError,
    Span,
    StorageError,
)

FOUND = Diagnostic("OF101", Message("unknown state `shiped`"), Span("order.yaml", 3, 9, 3, 15))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RuleSetError([FOUND]), "order.yaml:3:9: error[OF101] unknown state `shiped`"),
        (RecordError("`phone` is missing"), "`phone` is missing"),
        (RecordError(["`phone` is missing", "`lines` is empty"]), "`phone` is missing; `lines` is empty"),
        (DecisionError("no rest"), "no rest"),
        (StorageError("disk full"), "disk full"),
        (ConflictError("order 1 has changed"), "order 1 has changed"),
        (NotifierError("no answer"), "no answer"),
    ],
)
def test_an_error_survives_pickling(error: OrderflowError, text: str) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error) == text
    assert vars(again) == vars(error)


def test_the_tree() -> None:
    assert issubclass(ConflictError, StorageError)
    assert RuleSetError([FOUND]).diagnostics == (FOUND,)
    assert RecordError("x").problems == ("x",)
