"""What passes for plain has no fault that the scan would have found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.expr.fault import Refused
from orderflow.expr.foreign import WORDS
from orderflow.expr.parse import _parsed, parse
from orderflow.expr.quick import is_plain
from orderflow.expr.scan import scan

WORDS_AND_SIGNS = """
paid amount 0 7 12 1.5 1. .5 007 1e5 24h 30 000 1_000 "a" 'b' "抖音" f"x" "\\" ' ( ) [ ] , . + - * ** / // % < > = == != <= >=
<> ! & | ~ ^ @ : := ; -> and or not is in if else None True False null true AND lambda for x.y 金额 ｐaid pаid count( any(
1,000 1,5 #
"""
PIECES = st.sampled_from([*WORDS_AND_SIGNS.split(), " ", "  ", "\n", "\t", "\u200b"])


@given(st.lists(PIECES, max_size=12).flatmap(lambda all: st.sampled_from(["".join(all), " ".join(all)])))
@settings(max_examples=3000)
def test_what_is_plain_and_parsed_has_no_fault(source: str) -> None:
    if not is_plain(source):
        return
    try:
        found = _parsed(source, 0)
    except Refused:
        return
    assert scan(source)[1] == []
    assert parse(source) == found


@pytest.mark.parametrize(
    "source", [*WORDS, 'f"x"', '"a" "b"', "max(1,000)", "2 ** 3", "x = 1", "lambda: 1", "24h"]
)
def test_what_the_scan_tells_of_is_not_plain(source: str) -> None:
    assert scan(source)[1] != []
    with pytest.raises(Refused) as refused:
        parse(source)
    assert list(refused.value.faults) == scan(source)[1]


@pytest.mark.parametrize(
    "source",
    [
        "paid_at is not None and amount_paid > 0",
        'channel in ["douyin", "抖音"]',
        "age(paid_at) >= hours(1.5) * 2",
    ],
)
def test_guards_are_plain(source: str) -> None:
    assert is_plain(source)


@pytest.mark.parametrize("source", ["a" * 290 + '"', "1" * 299, "(" * 300, "a " * 149 + '"', '"' + "a" * 298])
def test_hostile_text_is_not_plain_and_seen_at_once(source: str) -> None:
    assert not is_plain(source)
