"""Journal entries and effects come back from their texts exactly."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics.errors import StorageError
from orderflow.model.decision import Change, Clause, Judged, Marked, Refusal, Seen, Step
from orderflow.model.event import Event
from orderflow.model.plan import Demand, Parcel, Plan, PlannedLine, Short, Verdict
from orderflow.model.stock import Draw, Move, MoveKind
from orderflow.service.entries import dumps_effect, dumps_entry, loads_effect, loads_entry
from orderflow.service.journal import decision_again
from orderflow.service.ports import JournalEntry
from orderflow.testing.samples import START, decide, draw, effect, entry, family, in_full, refuse, take

DECISION = decide(None, "1", "e1", effects=2, moves=(take("1"),), wake=START)
LINES = family().root.fields["lines"]


@pytest.mark.parametrize(
    "decision",
    [
        DECISION,
        in_full(DECISION),
        in_full(decide(None, "1", "e1", draws=(draw("1", limit=10**20), draw("1", 2, "spend")))),
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
    assert repr(again.plans) == repr(before.plans)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(fold=0)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$"), max_size=9)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
LENGTHS = st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525))
DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))
UNITS = st.integers(-(10**18), 10**18)
PLAIN = st.one_of(
    st.none(), st.booleans(), UNITS, TEXTS, NUMBERS, DAYS, MOMENTS, LENGTHS, st.tuples(NUMBERS, NUMBERS)
)
ROWS = st.lists(st.dictionaries(TEXTS, PLAIN, max_size=2), max_size=2).map(tuple)
VALUES = PLAIN | ROWS | st.dictionaries(TEXTS, PLAIN | ROWS, max_size=2)


def several(*parts):
    return st.lists(st.builds(*parts), max_size=2).map(tuple)


OPTIONAL_NUMBER = st.none() | NUMBERS
CLAUSES = several(Clause, TEXTS, st.none() | st.booleans(), several(Seen, TEXTS, TEXTS, VALUES), TEXTS)
PARCELS = several(
    Parcel,
    TEXTS,
    several(PlannedLine, PLAIN, TEXTS, UNITS, TEXTS),
    OPTIONAL_NUMBER,
    NUMBERS,
    st.none() | TEXTS,
    st.none() | DAYS,
)
VERDICTS = several(
    Verdict, TEXTS, st.just("short"), OPTIONAL_NUMBER, several(Short, TEXTS, UNITS, UNITS), TEXTS
)
DEMANDS = several(Demand, PLAIN, TEXTS, UNITS, st.lists(TEXTS, max_size=2).map(tuple))
ENTRIES = st.builds(
    JournalEntry,
    st.integers(1, 9),
    MOMENTS,
    st.integers(0, 9),
    st.just(DECISION.event),
    st.booleans(),
    several(Step, TEXTS, TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=2).map(tuple)),
    several(Change, TEXTS, TEXTS, VALUES, VALUES),
    several(Move, st.sampled_from(get_args(MoveKind)), TEXTS, TEXTS, UNITS, TEXTS, TEXTS),
    st.just(DECISION.effects),
    several(Refusal, TEXTS, TEXTS, TEXTS, st.none() | TEXTS, CLAUSES),
    TEXTS,
    TEXTS,
    several(Draw, st.just("take"), TEXTS, TEXTS, UNITS, TEXTS, st.none() | UNITS),
    several(Plan, TEXTS, TEXTS, DEMANDS, PARCELS, VERDICTS, st.booleans()),
    several(Judged, TEXTS, TEXTS, st.booleans(), CLAUSES),
    several(Marked, st.just("hold"), TEXTS, TEXTS, st.booleans(), TEXTS),
)


def kinds(value):
    """The value with its types told: 1 and True, or a tuple and a named one, are equal to Python."""
    if isinstance(value, dict):
        return {name: kinds(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return type(value), [kinds(part) for part in value]
    return type(value), str(value)


@given(ENTRIES)
def test_every_part_comes_back_with_its_type(before):
    again = loads_entry(dumps_entry(before), before.number)
    assert again == before
    assert kinds(again[5:]) == kinds(before[5:])


def test_the_decision_of_an_entry_has_every_part():
    decision = in_full(DECISION)
    again = decision_again(entry(decision), decision.family)
    assert again == decision._replace(repeated=True)


def test_an_effect_comes_back_exactly():
    before = effect("1", 1, 1)._replace(
        parameters={"to": "a", "amount": Decimal("1.50"), "copies": 2, "loud": True}
    )
    assert loads_effect(dumps_effect(before)) == before


@pytest.mark.parametrize(
    "text", ["[9]", "[1,2]", "[2,2]", "{", "[2" + ",7" * 11 + "]", "[2" + ",7" * 15 + "]"]
)
def test_other_text_is_no_entry(text):
    with pytest.raises(StorageError, match=r"journal entry 7|cannot be read"):
        loads_entry(text, 7)


@pytest.mark.parametrize("text", ["[1]", "{", "[1,2,3,4,5]", "7"])
def test_other_text_is_no_effect(text):
    with pytest.raises(StorageError, match="cannot be read"):
        loads_effect(text)
