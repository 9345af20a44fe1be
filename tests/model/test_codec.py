"""Families come back from their text exactly; under another rule set, as well as can be."""

import pickle
import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics.errors import StorageError
from orderflow.expr.types import Kind, Type
from orderflow.model.codec import Codec
from orderflow.model.frozen import FrozenDict
from orderflow.model.record import Family, Record
from orderflow.testing.samples import START, definition, family

CODEC = Codec(definition())

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**17), max_value=10**17)
VALUES = {
    "note": TEXTS,
    "channel": TEXTS,
    "gift": st.booleans(),
    "points": st.integers(-(10**18), 10**18),
    "weight": st.decimals(allow_nan=False, allow_infinity=False),
    "amount": AMOUNTS,
    "promised_on": st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    "paid_at": MOMENTS,
    "patience": st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525)),
}
PLAIN = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
ROWS = st.lists(st.builds(lambda sku, row: {"sku": sku, **row}, TEXTS, PLAIN), max_size=3).map(tuple)
STATES = st.dictionaries(st.text(string.ascii_lowercase, min_size=1), MOMENTS, max_size=3)
HELD = st.dictionaries(
    TEXTS, st.lists(st.tuples(TEXTS, st.integers(1, 99)), max_size=2).map(tuple), max_size=2
)


@st.composite
def families(draw):
    order = {"order_id": "1", **draw(PLAIN), "lines": draw(ROWS)}
    root = Record("order", "1", draw(TEXTS), order, draw(STATES), draw(STATES), draw(HELD))
    shipments = tuple(
        Record(
            "shipment",
            f"1/shipments/{number}",
            "allocated",
            draw(PLAIN),
            draw(STATES),
            draw(STATES),
            draw(HELD),
        )
        for number in range(draw(st.integers(0, 2)))
    )
    wake = draw(st.none() | MOMENTS)
    waiting = tuple(draw(st.lists(TEXTS, max_size=2)))
    return Family(root, {"shipments": shipments}, draw(st.integers(0, 10**9)), wake, waiting)


def kinds(value):
    """The value with its types told: 1 and True, or 1.0 and 1.00, are equal to Python."""
    if isinstance(value, dict):
        return {name: kinds(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(kinds(part) for part in value)
    return type(value), str(value)


@given(families())
def test_comes_back_exactly(family):
    again = CODEC.loads_family(CODEC.dumps_family(family))
    assert again == family
    for before, after in zip(family.records(), again.records(), strict=True):
        assert kinds(before.fields) == kinds(after.fields)


def test_comes_back_after_pickling_the_codec():
    codec = pickle.loads(pickle.dumps(CODEC))
    assert codec.loads_family(CODEC.dumps_family(family())) == family()


def test_keeps_text_readable_and_short():
    text = CODEC.dumps_family(family(note="轻拿轻放"))
    assert "轻拿轻放" in text
    assert '"199.00"' in text
    assert "\n" not in text
    assert ", " not in text


def test_another_zone_is_stored_as_utc():
    local = START.astimezone(timezone(timedelta(hours=8)))
    again = CODEC.loads_family(CODEC.dumps_family(family(paid_at=local)))
    assert kinds(again.root.fields["paid_at"]) == kinds(START)


def changed(**fields):
    """The sample rule set with other order fields; None drops one."""
    before = definition()
    order = before.entities["order"]
    kept = {**order.fields, **fields}
    kept = FrozenDict({name: field for name, field in kept.items() if field is not None})
    entities = {**before.entities, "order": replace(order, fields=kept)}
    return Codec(replace(before, entities=FrozenDict(entities)))


def test_a_field_that_is_gone_keeps_its_text():
    again = changed(amount=None, lines=None).loads_family(CODEC.dumps_family(family()))
    assert again.root.fields["amount"] == "199.00"
    assert again.root.fields["lines"][0]["weight"] == "1.250000"
    assert CODEC.loads_family(changed(amount=None, lines=None).dumps_family(again)) == family()


def test_a_new_field_gets_its_default():
    field = definition().entities["order"].fields["points"]
    more = changed(stars=replace(field, name="stars", default=3), spare=replace(field, name="spare"))
    fields = more.loads_family(CODEC.dumps_family(family())).root.fields
    assert (fields["stars"], fields["spare"]) == (3, None)
    assert fields["amount"] == Decimal("199.00")


def test_a_value_of_another_type_is_kept_as_it_was():
    note = definition().entities["order"].fields["note"]
    again = changed(note=replace(note, type=Type(Kind.DATETIME, optional=True))).loads_family(
        CODEC.dumps_family(family(note="no moment"))
    )
    assert again.root.fields["note"] == "no moment"


def test_an_entity_that_is_gone_keeps_its_fields():
    without = replace(definition(), entities=FrozenDict())
    fields = Codec(without).loads_family(CODEC.dumps_family(family())).root.fields
    assert fields["points"] == 7
    assert fields["amount"] == "199.00"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[1,2]", "null", "[9,1,null,[],[],{}]", '[1,1,"x",[],[],{}]', "\x00"]
)
def test_other_text_is_refused(text):
    with pytest.raises(StorageError, match="stored record"):
        CODEC.loads_family(text)


def test_a_value_that_is_none_of_ours_is_refused():
    with pytest.raises(StorageError, match="cannot be stored"):
        CODEC.dumps_family(family(note=object()))
