"""Journal entries and effects come back from their texts exactly."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orderflow.diagnostics.errors import StorageError
from orderflow.model.decision import Change, Step
from orderflow.model.event import Event
from orderflow.service.entries import dumps_effect, dumps_entry, loads_effect, loads_entry
from orderflow.testing.samples import START, decide, effect, entry, family, refuse, take

DECISION = decide(None, "1", "e1", effects=2, moves=(take("1"),), wake=START)
LINES = family().root.fields["lines"]


@pytest.mark.parametrize(
    "decision",
    [
        DECISION,
        refuse(None, "1", "e2"),
        DECISION._replace(event=Event("submit", "1", START, "order", family().root.fields)),
        DECISION._replace(
            changes=(Change("1", "lines", (), LINES), Change("1", "patience", None, timedelta(1)))
        ),
        DECISION._replace(
            steps=(Step("1", "pay", "a", "b", ("cancel", "hold")), Step("1/shipments/1", "", "", "a"))
        ),
    ],
)
def test_an_entry_comes_back_exactly(decision):
    before = entry(decision)
    again = loads_entry(dumps_entry(before), 7)
    assert again == before._replace(number=7)
    assert repr(again.changes) == repr(before.changes)


def test_an_effect_comes_back_exactly():
    before = effect("1", 1, 1)._replace(
        parameters={"to": "a", "amount": Decimal("1.50"), "copies": 2, "loud": True}
    )
    assert loads_effect(dumps_effect(before)) == before


@pytest.mark.parametrize("text", ["[9]", "[1,2]", "{", "[1" + ",7" * 11 + "]"])
def test_other_text_is_no_entry(text):
    with pytest.raises(StorageError, match=r"journal entry 7|cannot be read"):
        loads_entry(text, 7)


@pytest.mark.parametrize("text", ["[1]", "{", "[1,2,3,4,5]", "7"])
def test_other_text_is_no_effect(text):
    with pytest.raises(StorageError, match="cannot be read"):
        loads_effect(text)
