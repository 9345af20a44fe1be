"""Values from outside become typed values exactly, or are refused in words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics import Span
from orderflow.expr.types import Kind, Type
from orderflow.model.convert import ValueFault, convert, converter, is_missing
from orderflow.model.definition import Field, RecordType

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPAN = Span("order.yaml", 1, 1, 1, 2)


def field(kind: Kind, **keys: object) -> Field:
    of_type = {name: keys.pop(name) for name in ("optional", "options", "places") if name in keys}
    return Field("x", "x", Type(kind, **of_type), SPAN, **keys)  # type: ignore[arg-type]


MONEY = field(Kind.MONEY, places=2)
YEN = field(Kind.MONEY, places=0)
CHANNEL = field(Kind.CHOICE, options=("douyin", "taobao", "1688"))
PHONE = field(Kind.TEXT, pattern="cn_mobile", private=True)
LINE = RecordType(
    "line",
    "no",
    {
        "no": Field("no", "no", Type(Kind.INTEGER), SPAN),
        "sku": Field("sku", "sku", Type(Kind.TEXT), SPAN),
        "presale": Field("presale", "presale", Type(Kind.BOOL), SPAN, default=False),
    },
    SPAN,
)
LINES = field(Kind.LIST, rows=LINE, at_least=1, at_most=3)


@pytest.mark.parametrize(
    ("of", "value", "expected"),
    [
        (MONEY, "12.5", Decimal("12.50")),
        (MONEY, " 12 ", Decimal("12.00")),
        (MONEY, 0.1, Decimal("0.10")),
        (MONEY, "1.2300", Decimal("1.23")),
        (MONEY, Decimal("1E+3"), Decimal("1000.00")),
        (MONEY, "-0.0", Decimal("0.00")),
        (YEN, 100, Decimal(100)),
        (field(Kind.INTEGER), "12", 12),
        (field(Kind.INTEGER), 3.0, 3),
        (field(Kind.DECIMAL), "0.123456", Decimal("0.123456")),
        (field(Kind.BOOL), "TRUE", True),
        (field(Kind.BOOL), False, False),
        (field(Kind.TEXT), 138, "138"),
        (field(Kind.TEXT), "a\tb\n", "a\tb\n"),
        (CHANNEL, "douyin", "douyin"),
        (CHANNEL, 1688, "1688"),
        (field(Kind.DATE), "2026-02-03", date(2026, 2, 3)),
        (field(Kind.DATE), "2026-02-03 00:00:00", date(2026, 2, 3)),
        (field(Kind.DATETIME), "2026-02-03 09:00:00", datetime(2026, 2, 3, 1, tzinfo=UTC)),
        (field(Kind.DATETIME), "2026-02-03T09:00:00+02:00", datetime(2026, 2, 3, 7, tzinfo=UTC)),
        (field(Kind.DATETIME), datetime(2026, 2, 3, 9), datetime(2026, 2, 3, 1, tzinfo=UTC)),
        (field(Kind.DURATION), "26h", timedelta(hours=26)),
        (field(Kind.DURATION), timedelta(days=3), timedelta(days=3)),
        (field(Kind.LOCATION), "27.99,120.70", (Decimal("27.99"), Decimal("120.70"))),
        (field(Kind.LOCATION), "[-90, 180]", (Decimal(-90), Decimal(180))),
        (field(Kind.LOCATION), [27.99, 120], (Decimal("27.99"), Decimal(120))),
        (field(Kind.LOCATION), (Decimal("0.000001"), "-0.5"), (Decimal("0.000001"), Decimal("-0.5"))),
        (field(Kind.LOCATION, optional=True), None, None),
        (field(Kind.REF), 1001, "1001"),
        (PHONE, "13800000000", "13800000000"),
        (LINES, [{"no": 1, "sku": "A"}], ({"no": 1, "sku": "A", "presale": False},)),
        (field(Kind.DATE, optional=True), "", None),
        (field(Kind.TEXT, optional=True), "  ", None),
        (field(Kind.INTEGER, optional=True), None, None),
    ],
)
def test_fits(of: Field, value: object, expected: object) -> None:
    made = convert(of, value, SHANGHAI)
    assert made == expected
    assert type(made) is type(expected)
    assert str(made) == str(expected)


@pytest.mark.parametrize(
    ("of", "value", "says"),
    [
        (MONEY, "1.234", "at most 2 places"),
        (MONEY, 0.1 + 0.2, "at most 2 places"),
        (MONEY, "1,200", "must be a number"),
        (MONEY, "１２", "must be a number"),
        (MONEY, float("nan"), "must be a number"),
        (MONEY, Decimal("Infinity"), "must be a number"),
        (MONEY, "1e3", "must be a number"),
        (MONEY, True, "must be a number"),
        (MONEY, 10**18, "at most 18 digits"),
        (MONEY, Decimal("1e999999"), "at most 18 digits"),
        (MONEY, Decimal("1e-999999"), "at most 2 places"),
        (YEN, "1.5", "must be a whole number"),
        (field(Kind.INTEGER), "1.0", "must be a whole number"),
        (field(Kind.INTEGER), 10**4000, "at most 18 digits"),
        (field(Kind.INTEGER), False, "must be a whole number"),
        (field(Kind.INTEGER, at_least=1), "0", "at least 1"),
        (field(Kind.INTEGER, at_most=5), 6, "at most 5"),
        (field(Kind.BOOL), "yes", "`true` or `false`"),
        (field(Kind.TEXT), "a\x00", "control characters; character 2"),
        (field(Kind.TEXT), "\ud800", "control characters"),
        (field(Kind.TEXT), "a" * 10_001, "at most 10,000 characters"),
        (field(Kind.TEXT), 1.5, "must be text; put it in quotes"),
        (CHANNEL, "duoyin", "did you mean `douyin`?"),
        (CHANNEL, True, "must be one of"),
        (field(Kind.DATE), "2026-02-30", "must be a day"),
        (field(Kind.DATE), "20260203", "must be a day"),
        (field(Kind.DATE), "1969-12-31", "1970 to 2199"),
        (field(Kind.DATETIME), "2026-02-03", "needs a time of day"),
        (field(Kind.DATETIME), "0001-01-01T00:00:00", "1970 to 2199"),
        (field(Kind.DATETIME), "9999-12-31T23:59:59-12:00", "1970 to 2199"),
        (field(Kind.DURATION), "-3h", "must be a duration"),
        (field(Kind.DURATION), "9999999999d", "100 years"),
        (field(Kind.LOCATION), "27.99", "must be a latitude and a longitude"),
        (field(Kind.LOCATION), [1, 2, 3], "must be a latitude and a longitude"),
        (field(Kind.LOCATION), {"lat": 1, "lon": 2}, "must be a latitude and a longitude"),
        (field(Kind.LOCATION), [90.1, 0], "latitude that is not from -90 to 90"),
        (field(Kind.LOCATION), [0, -180.1], "longitude that is not from -180 to 180"),
        (field(Kind.LOCATION), "27.9900001,120.70", "needs a latitude in degrees, with at most 6 places"),
        (field(Kind.LOCATION), [27.99, None], "needs a longitude in degrees"),
        (field(Kind.LOCATION), [True, 0], "needs a latitude in degrees"),
        (LINES, [], "at least one row"),
        (LINES, [{"no": 1, "sku": "A"}] * 2, "stands twice"),
        (LINES, [{"no": 1}], "row 1: `sku` is missing"),
        (LINES, [{"no": 1, "sku": "A", "skuu": 1}], "`skuu`"),
        (LINES, "x", "must be a list"),
        (MONEY, "", "is missing"),
    ],
)
def test_refused(of: Field, value: object, says: str) -> None:
    with pytest.raises(ValueFault) as caught:
        convert(of, value, SHANGHAI)
    assert says in str(caught.value)
    assert str(caught.value).startswith("`x`")


def test_a_private_value_is_not_in_the_message() -> None:
    with pytest.raises(ValueFault) as caught:
        convert(PHONE, "13912345678x", SHANGHAI)
    assert "139" not in str(caught.value)


def test_the_first_of_two_local_times_is_meant() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    at = convert(field(Kind.DATETIME), "2025-10-26T01:30:00", lisbon)
    assert at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_what_stands_for_missing() -> None:
    assert [is_missing(value) for value in (None, "", "  ", "0", 0, False)] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**17), max_value=10**17))
def test_money_survives_every_way_in(amount: Decimal) -> None:
    run = converter(MONEY, SHANGHAI)
    assert run(amount) == run(str(amount)) == amount
    assert str(run(amount)) == str(run(str(amount)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_its_own_text_or_refused(number: float) -> None:
    run = converter(field(Kind.DECIMAL), SHANGHAI)
    try:
        made = run(number)
    except ValueFault:
        return
    assert made == Decimal(repr(number))
