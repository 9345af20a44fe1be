"""Tagged values come back exactly, with no rule set at hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics.errors import StorageError
from orderflow.model.plain import dumps_tagged, length_of, loads_tagged, moment_text, seconds_of

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
LENGTHS = st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates(date(1970, 1, 1), date(2199, 12, 31))
    | MOMENTS
    | LENGTHS
)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$"), min_size=1)
VALUES = SCALARS | st.lists(st.dictionaries(NAMES, SCALARS, max_size=3), max_size=3)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_comes_back_exactly(values):
    again = loads_tagged(dumps_tagged(values))
    assert isinstance(again, dict)
    assert again == values
    assert [type(value) for value in again.values()] == [type(value) for value in values.values()]


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_texts(first, second):
    assert (first < second) == (moment_text(first) < moment_text(second))


@given(LENGTHS)
def test_lengths_are_exact(length):
    assert length_of(seconds_of(length)) == length


def test_whole_seconds_are_numbers():
    assert seconds_of(timedelta(hours=26)) == 93_600
    assert seconds_of(timedelta(microseconds=-1)) == "-0.000001"


@pytest.mark.parametrize("text", ["", "{", '{"$number":"x"}', '{"$moment":"today"}', '{"$day":7}'])
def test_other_text_is_refused(text):
    with pytest.raises(StorageError, match="cannot be read"):
        loads_tagged(text)
