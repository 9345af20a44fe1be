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
from orderflow.model.record import Family, Held, HoldOn, Record, Standing
from orderflow.testing.samples import START, definition, family, with_everything

CODEC = Codec(definition())

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(fold=0)
)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**17), max_value=10**17)
LENGTHS = st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525))
VALUES = {
    "note": TEXTS,
    "channel": TEXTS,
    "customer": TEXTS,
    "gift": st.booleans(),
    "points": st.integers(-(10**18), 10**18),
    "weight": st.decimals(allow_nan=False, allow_infinity=False),
    "amount": AMOUNTS,
    "promised_on": st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    "paid_at": MOMENTS,
    "patience": LENGTHS,
    "place": st.tuples(st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6)),
}
PLAIN = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
ROWS = st.lists(st.builds(lambda sku, row: {"sku": sku, **row}, TEXTS, PLAIN), max_size=3).map(tuple)
STATES = st.dictionaries(st.text(string.ascii_lowercase, min_size=1), MOMENTS, max_size=3)
HELD = st.dictionaries(
    TEXTS,
    st.lists(st.builds(Held, TEXTS, TEXTS, st.integers(1, 10**18), TEXTS), max_size=2).map(tuple),
    max_size=2,
)
HOLDS = st.dictionaries(TEXTS, st.builds(HoldOn, MOMENTS, TEXTS, TEXTS), max_size=2)
STANDING = st.lists(st.builds(Standing, TEXTS, TEXTS, MOMENTS), max_size=2).map(tuple)
PLAN_LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": TEXTS, "weight": VALUES["weight"], "quantity": st.integers(1, 9), "pool": TEXTS}
    ),
    max_size=2,
).map(tuple)
PLANS = st.fixed_dictionaries(
    {
        "warehouse": TEXTS,
        "lines": PLAN_LINES,
        "carrier": st.none() | TEXTS,
        "promised_on": st.none() | VALUES["promised_on"],
        "distance_km": st.none() | VALUES["weight"],
    }
)


@st.composite
def records(draw, entity, record_id, fields):
    paused = st.dictionaries(TEXTS, LENGTHS, max_size=2)
    beside = [draw(part) for part in (STATES, STATES, HELD, HOLDS, paused, STATES)]
    return Record(entity, record_id, draw(TEXTS), fields, *beside)


@st.composite
def families(draw):
    order = {"order_id": "1", **draw(PLAIN), "lines": draw(ROWS)}
    root = draw(records("order", "1", order))
    shipments = tuple(
        draw(records("shipment", f"1/shipments/{number}", {**draw(PLAIN), "plan": draw(st.none() | PLANS)}))
        for number in range(draw(st.integers(0, 2)))
    )
    wake = draw(st.none() | MOMENTS)
    waiting = tuple(draw(st.lists(TEXTS, max_size=2)))
    version = draw(st.integers(0, 10**9))
    return Family(root, {"shipments": shipments}, version, wake, waiting, draw(TEXTS), draw(STANDING))


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
    assert repr(again.standing) == repr(family.standing)
    for before, after in zip(family.records(), again.records(), strict=True):
        assert kinds(before.fields) == kinds(after.fields)
        for part in ("held", "holds", "paused", "tags"):
            assert repr(getattr(before, part)) == repr(getattr(after, part))


def test_comes_back_after_pickling_the_codec():
    codec = pickle.loads(pickle.dumps(CODEC))
    assert codec.loads_family(CODEC.dumps_family(family())) == family()


def test_a_plan_that_is_gone_keeps_its_text():
    """Rows inside a record are a tuple still, and written as they were."""
    full = with_everything(family())
    before = definition()
    shipment = before.entities["shipment"]
    fields = FrozenDict({name: field for name, field in shipment.fields.items() if name != "plan"})
    entities = FrozenDict({**before.entities, "shipment": replace(shipment, fields=fields)})
    without = Codec(replace(before, entities=entities))
    again = without.loads_family(CODEC.dumps_family(full))
    (parcel,) = again.children["shipments"]
    plan = parcel.fields["plan"]
    assert isinstance(plan, dict)
    assert plan["distance_km"] == "52.140"
    assert [row["weight"] for row in plan["lines"]] == ["1.250000", "0"]
    assert isinstance(plan["lines"], tuple)
    assert CODEC.loads_family(without.dumps_family(again)) == full


def test_a_place_that_became_something_else_is_kept_as_it_was():
    place = definition().entities["order"].fields["place"]
    text = CODEC.dumps_family(family())
    other = changed(place=replace(place, type=Type(Kind.DATE, optional=True))).loads_family(text)
    assert other.root.fields["place"] == ("30.27", "120.150000")


def test_what_no_record_has_takes_no_room():
    assert '"paid":"2026' in CODEC.dumps_family(family())
    assert "{},{},{}" not in CODEC.dumps_family(family())


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
    "text",
    [
        "",
        "[]",
        "{}",
        "[2,2]",
        "null",
        "[9,1,null,[],[],{}]",
        "[1,1,null,[],[],{}]",
        '[2,1,"x",[],"",[],[],{}]',
        "\x00",
    ],
)
def test_other_text_is_refused(text):
    with pytest.raises(StorageError, match="stored record"):
        CODEC.loads_family(text)


def test_a_value_that_is_none_of_ours_is_refused():
    with pytest.raises(StorageError, match="cannot be stored"):
        CODEC.dumps_family(family(note=object()))
