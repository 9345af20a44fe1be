"""Values that fit a field, extremes more often than not; and values that fit none."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.soundness.tape import Tape

from orderflow.expr.types import Kind
from orderflow.model.definition import Field

MOMENTS = (
    "2026-02-03T09:00:00",
    "1970-01-01T00:00:00+00:00",
    "2199-12-31T23:59:59.999999+00:00",
    "2026-03-29T02:30:00",
    "2026-10-25T02:30:00+02:00",
    "2011-12-30T10:00:00",
    "2024-02-29T23:59:59",
    "2026-04-05T01:45:00",
)
DAYS = ("2026-02-03", "1970-01-01", "2199-12-31", "2024-02-29", "2026-03-29")
LENGTHS: tuple[object, ...] = (
    "2h",
    "0s",
    "36525d",
    timedelta(days=-36_525),
    timedelta(microseconds=1),
    "15d",
)
TEXTS = ("A", "EX-1", "ß", "İ", "x" * 10_000, "刹车片", "ﬃ" * 3_000, "{0}", "%s", "'; drop table", "a\tb\nc")
PATTERNED = {
    "cn_mobile": ("13800000000", "19999999999"),
    "email": ("a@b.de", "x.y@sub.example.org"),
    "digits": ("0", "9" * 30),
}
PLACES = ([0, 0], [90, 180], [-90, -180], [27.99, 120.7], ["30.260001", "-0.000001"])
SKUS = ("A", "EX-1", "B")
MOST = 10**18 - 1

#: What fits no field of any kind, or hardly any.
HOSTILE: tuple[object, ...] = (
    None, "", " ", True, -1, 0, 10**18, -(10**18), 10**5000, -(10**5000), 1.5, float("nan"), float("inf"), -0.0, 1e308, 5e-324,
    Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999"), Decimal("0E+99999"),
    "1e5", "1_000", "٣", "１２", "0x10", "--1", "1." + "0" * 100, "9" * 5000, "NaN", "x" * 10_001, "\x00", "\ud800", "\u202e",
    "2026-02-30", "2026-02-03", "10000-01-01", "2026-02-03T09:00:00+25:00", "2026-W05-2", "0001-01-01T00:00:00+14:00", "20260203T090000",
    date(1969, 12, 31), date.max, datetime.min, datetime.max, datetime.max.replace(tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC),
    timedelta.max, timedelta.min, "999999999999d", "1w", "-1s", [], [[]], [{}], [None], [[[[]]]], {}, {"a": {"b": {}}}, [1, 2, 3],
    [float("nan"), 0], ["90.0000001", 0], [91, 0], "0,0,0", b"bytes", bytearray(b"x"), object(), object, lambda: None, {1, 2}, 1j,
    range(3), iter(()), ValueError("x"), "<script>alert(1)</script>", "=1+1", "$" * 41, "\n" * 50, ("a",), [{1: 2}], [{None: None}],
)  # fmt: skip


def fitting(tape: Tape, field: Field) -> object:
    """A value that fits a field."""
    kind = field.type.kind
    match kind:
        case Kind.INTEGER | Kind.DECIMAL | Kind.MONEY:
            return _number(tape, field)
        case Kind.CHOICE:
            return tape.pick(field.type.options)
        case Kind.BOOL:
            return tape.pick((True, False, "true"))
        case Kind.DATE:
            return tape.pick(DAYS)
        case Kind.DATETIME:
            return tape.pick(MOMENTS)
        case Kind.DURATION:
            return tape.pick(LENGTHS)
        case Kind.LOCATION:
            return tape.pick(PLACES)
        case Kind.REF:
            return f"{field.type.name[0].upper()}{tape.below(2) + 1}"
        case Kind.LIST:
            return _rows(tape, field)
    if field.pattern is not None:
        return tape.pick(PATTERNED[field.pattern])
    return tape.pick(SKUS) if field.name == "sku" and tape.below(8) else tape.pick(TEXTS)


def _number(tape: Tape, field: Field) -> object:
    low = -MOST if field.at_least is None else field.at_least
    high = MOST if field.at_most is None else field.at_most
    inside = [one for one in (1, 0, low, high, -1, 7) if low <= one <= high]
    found: object = tape.pick(inside)
    if field.type.kind is Kind.DECIMAL and tape.chance(40):
        bit = Decimal("0.000001")
        found = high - bit if tape.below(2) and high > low else low + bit
        if field.at_most is None and tape.below(2):
            found = Decimal("999999999999999999.999999")
    return str(found) if tape.chance(20) else found


def _rows(tape: Tape, field: Field) -> list[dict[str, object]]:
    assert field.rows is not None
    least, most = field.at_least or 0, 10_000 if field.at_most is None else field.at_most
    count = min(max(tape.pick((1, 0, 2, 3)), least), most)
    made = [given(tape, field.rows.fields.values()) for _ in range(count)]
    if tape.byte() == 255 and most >= 10_000 and made:  # few, as they take long
        made = [dict(made[0]) for _ in range(10_000)]
        tape.note("10,000 rows")
    if not made:
        tape.note("no rows")
    for number, row in enumerate(made):
        if field.rows.key is not None:
            row[field.rows.key] = number
    return made


def given(tape: Tape, fields: Iterable[Field]) -> dict[str, object]:
    """Values for fields; those that may be left out are, at times."""
    made: dict[str, object] = {}
    for field in fields:
        free = field.type.optional or field.default is not None or field.formula is not None
        if free and tape.chance(45):
            if field.type.optional and tape.below(2):
                made[field.name] = None
            continue
        made[field.name] = fitting(tape, field)
    return made


def spoiled(tape: Tape, fields: Mapping[str, Field], values: dict[str, object]) -> dict[str, Any]:
    """The values with some that may not fit, in fields or in their rows, or under names that are none."""
    made: dict[str, Any] = dict(values)
    for _ in range(1 + tape.below(4)):
        name = tape.pick(sorted(fields))
        hostile = tape.pick(HOSTILE)
        rows, kind = made.get(name), fields[name].rows
        if (
            kind is not None
            and isinstance(rows, list)
            and rows
            and isinstance(rows[0], dict)
            and tape.below(2)
        ):
            inner = tape.pick((*sorted(kind.fields), "none_such"))
            made[name] = [{**rows[0], inner: hostile}, *rows[1:]]
        else:
            made[name] = hostile
    if tape.chance(20):
        strange: tuple[Any, ...] = (
            "none_such",
            "",
            "\ud800",
            "a" * 10_000,
            "__class__",
            "e\u0301",
            "x\x00",
            7,
            None,
            ("a",),
        )
        made[tape.pick(strange)] = 1
    return made
