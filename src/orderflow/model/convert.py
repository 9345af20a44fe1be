"""Values from outside (CSV text, JSON, YAML, Python) into the typed values of a field, exactly or not at all.

`converter` makes one closure a field: an import reads the field's contract once. `convert` is for one value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal

from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.expr.patterns.matcher import pattern
from orderflow.expr.types import Kind
from orderflow.model.definition import Field, RecordType
from orderflow.model.fault import ValueFault, shown
from orderflow.model.moments import to_date, to_datetime, to_duration

__all__ = ["Converter", "ValueFault", "convert", "converter", "is_missing"]

Converter = Callable[[object], object]

MOST_DIGITS = 18
MOST_PLACES = 6
LONGEST_TEXT = 10_000
LONGEST_LIST = 10_000

_LIMIT = 10**MOST_DIGITS
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
#: Control characters but tab and line breaks, and halves of surrogate pairs: no storage takes them all.
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def is_missing(value: object) -> bool:
    """Whether a value stands for none: nothing at all, or a text of blanks such as an empty cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def convert(field: Field, value: object, zone: tzinfo) -> object:
    """The typed value of `field` that `value` means.

    Args:
        field: the field, with its type, bounds and options.
        value: text, number, truth value, moment, or a list of mappings for rows.
        zone: the time zone of moments without an offset.

    Raises:
        ValueFault: it does not fit; the message names the field and what would.
    """
    return converter(field, zone)(value)


def converter(field: Field, zone: tzinfo) -> Converter:
    """A function that converts values of one field.

    It returns None for a missing value of an optional field, and raises `ValueFault` for one of other fields.
    """
    inner = _inner(field, zone)
    name, private, optional = field.name, field.private, field.type.optional

    def run(value: object) -> object:
        if value is None or (isinstance(value, str) and not value.strip()):
            if optional:
                return None
            raise ValueFault(Message("`{name}` is missing; give it a value", name=name))
        try:
            return inner(value)
        except ValueFault as fault:
            raise fault.of(name, private) from None

    return run


def _inner(field: Field, zone: tzinfo) -> Converter:
    match field.type.kind:
        case Kind.TEXT | Kind.REF:
            return _text(field)
        case Kind.CHOICE:
            return _choice(field)
        case Kind.BOOL:
            return to_bool
        case Kind.INTEGER:
            return _bounded(field, to_integer)
        case Kind.DECIMAL:
            return _bounded(field, lambda value: to_decimal(value, MOST_PLACES))
        case Kind.MONEY:
            return _bounded(field, _money(field.type.places))
        case Kind.DATE:
            return to_date
        case Kind.DATETIME:
            return lambda value: to_datetime(value, zone)
        case Kind.DURATION:
            return to_duration
        case Kind.LOCATION:
            return to_location
        case Kind.LIST if field.rows is not None:
            return _rows(field, field.rows, zone)
    raise ValueError(f"field {field.name!r} has no values of its own")


def to_bool(value: object) -> bool:
    """The truth value a value means: `true` or `false`."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "false"):
            return word == "true"
    raise ValueFault(Message("must be `true` or `false`"), value)


def to_integer(value: object) -> int:
    """The whole number a value means, of at most 18 digits."""
    number: int | None = None
    if isinstance(value, bool):
        pass
    elif isinstance(value, int):
        number = value
    elif isinstance(value, str):
        text = value.strip()
        number = int(text) if _INTEGER.fullmatch(text) else None
    elif isinstance(value, (float, Decimal)):
        number = int(to_decimal(value, 0))
    if number is None:
        raise ValueFault(Message("must be a whole number"), value)
    if not -_LIMIT < number < _LIMIT:
        raise ValueFault(Message("must have at most {MOST_DIGITS} digits", MOST_DIGITS=MOST_DIGITS))
    return number


def to_decimal(value: object, places: int) -> Decimal:
    """The exact number a value means, of at most 18 digits before the point and `places` behind it.

    A float counts as the decimal text that Python prints for it: 0.1 is 0.1.
    """
    if isinstance(value, str):
        text = value.strip()
        number = Decimal(text) if _DECIMAL.fullmatch(text) else None
    elif isinstance(value, bool):
        number = None
    elif isinstance(value, int):
        number = Decimal(value) if -_LIMIT < value < _LIMIT else Decimal(_LIMIT)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        number = value if isinstance(value, Decimal) else None
    if number is None or not number.is_finite():
        raise ValueFault(Message("must be a number such as `12.50`"), value)
    if not number:
        return Decimal(0)
    if number.adjusted() >= MOST_DIGITS:
        raise ValueFault(
            Message("must have at most {MOST_DIGITS} digits before the point", MOST_DIGITS=MOST_DIGITS)
        )
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and (exponent > 0 or exponent < -places):
        return _within(number, places, value)
    return number


def _within(number: Decimal, places: int, value: object) -> Decimal:
    """The same number with at most so many places; more of them are fine as long as they are zeros."""
    if number.adjusted() < -places or (rounded := number.quantize(_unit(places), context=_EXACT)) != number:
        wanted = (
            Message("must have at most {places} places after the point", places=places)
            if places
            else Message("must be a whole number")
        )
        raise ValueFault(wanted, value)
    return rounded


def to_location(value: object) -> tuple[Decimal, Decimal]:
    """A place on the map, WGS 84: degrees of latitude and longitude, as `[27.99, 120.70]` or the text `27.99,120.70`."""
    parts = value.strip().strip("[]").split(",") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or len(parts) != 2:
        raise ValueFault(Message("must be a latitude and a longitude such as `27.99,120.70`"), value)
    degrees = []
    for part, name, most in zip(parts, (Message("latitude"), Message("longitude")), (90, 180), strict=True):
        try:
            number = to_decimal(part, MOST_PLACES)
        except ValueFault:
            wanted = Message(
                "needs a {name} in degrees, with at most {MOST_PLACES} places after the point",
                name=name,
                MOST_PLACES=MOST_PLACES,
            )
            raise ValueFault(wanted, value) from None
        if not -most <= number <= most:
            raise ValueFault(
                Message("has a {name} that is not from -{most} to {most}", name=name, most=most), value
            )
        degrees.append(number)
    return degrees[0], degrees[1]


def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def _money(places: int) -> Callable[[object], Decimal]:
    """Amounts carry exactly the currency's places, so that equal amounts also look equal."""
    unit = _unit(places)
    quantize = _EXACT.quantize
    return lambda value: quantize(to_decimal(value, places), unit)


def _bounded(field: Field, number_of: Callable[[object], int | Decimal]) -> Converter:
    low, high = field.at_least, field.at_most
    if low is None and high is None:
        return number_of

    def run(value: object) -> object:
        number = number_of(value)
        if low is not None and number < low:
            raise ValueFault(Message("must be at least {low}", low=low), value)
        if high is not None and number > high:
            raise ValueFault(Message("must be at most {high}", high=high), value)
        return number

    return run


def to_text(value: object) -> str:
    """The text of a value: at most 10,000 characters, no control characters but tabs and line breaks."""
    if isinstance(value, int) and not isinstance(value, bool) and -_LIMIT < value < _LIMIT:
        return str(value)
    if not isinstance(value, str):
        raise ValueFault(Message("must be text; put it in quotes"), value)
    if len(value) > LONGEST_TEXT:
        raise ValueFault(
            Message(
                "must have at most {LONGEST_TEXT:,} characters; it has {len:,}",
                LONGEST_TEXT=LONGEST_TEXT,
                len=len(value),
            )
        )
    if not value.isprintable() and (found := _UNWANTED.search(value)):
        raise ValueFault(
            Message("must not hold control characters; character {value} is one", value=found.start() + 1)
        )
    return value


def _text(field: Field) -> Converter:
    if field.pattern is None:
        return to_text
    wanted = pattern(field.pattern)
    matches = wanted.regex.fullmatch

    def run(value: object) -> object:
        text = to_text(value)
        if matches(text):
            return text
        raise ValueFault(
            Message("must be {means} such as `{example}`", means=wanted.means, example=wanted.example),
            value,
        )

    return run


def _choice(field: Field) -> Converter:
    options = frozenset(field.type.options)

    def run(value: object) -> object:
        if isinstance(value, str) and value in options:
            return value
        whole = isinstance(value, int) and not isinstance(value, bool) and -_LIMIT < value < _LIMIT
        text = str(value) if whole else value
        if isinstance(text, str):
            if text in options:
                return text
            raise ValueFault(_no_option(text, field))
        raise ValueFault(_one_of(field), value)

    return run


def _one_of(field: Field) -> Message:
    names = field.type.options
    listed = joined((f"`{name}`" for name in names[:8]), ", ")
    return Message("must be one of {listed}", listed=listed) + (
        Message(" and {more} more", more=len(names) - 8) if len(names) > 8 else NOTHING
    )


def _no_option(text: str, field: Field) -> Message:
    from orderflow.diagnostics import nearest

    close = None if field.private else nearest(text, field.type.options)
    wanted = _one_of(field)
    if not field.private:
        wanted = Message("{problem}, not {shown}", problem=wanted, shown=shown(text))
    return wanted + (Message("; did you mean `{close}`?", close=close) if close else NOTHING)


def _rows(field: Field, kind: RecordType, zone: tzinfo) -> Converter:
    parts = [(name, part, converter(part, zone)) for name, part in kind.fields.items()]
    low, high, key = field.at_least, field.at_most, kind.key
    known = frozenset(kind.fields)

    def row_of(row: object) -> dict[str, object]:
        if not isinstance(row, Mapping):
            raise ValueFault(
                Message(
                    "must be a group of keys ({join})",
                    join=joined((f"`{name}`" for name in kind.fields), ", "),
                ),
                row,
            )
        for name in row:
            if name not in known:
                raise ValueFault(
                    Message(
                        "has a key {shown} that a `{name}` does not know", shown=shown(name), name=kind.name
                    )
                )
        made: dict[str, object] = {}
        for name, part, run in parts:
            value = row.get(name)
            made[name] = part.default if part.default is not None and is_missing(value) else run(value)
        return made

    def run(value: object) -> object:
        if not isinstance(value, (list, tuple)):
            raise ValueFault(Message("must be a list of `{name}` rows", name=kind.name), value)
        if len(value) > LONGEST_LIST:
            raise ValueFault(
                Message(
                    "must have at most {LONGEST_LIST:,} rows; it has {len:,}",
                    LONGEST_LIST=LONGEST_LIST,
                    len=len(value),
                )
            )
        if low is not None and len(value) < low:
            raise ValueFault(
                Message("must have at least {counted}; it has {len}", counted=_counted(low), len=len(value))
            )
        if high is not None and len(value) > high:
            raise ValueFault(
                Message("must have at most {counted}; it has {len}", counted=_counted(high), len=len(value))
            )
        rows = []
        keys = set()
        for number, row in enumerate(value, start=1):
            try:
                made = row_of(row)
            except ValueFault as fault:
                raise ValueFault(
                    Message(
                        "row {number}: {what}",
                        number=number,
                        what=Message("does not fit") if field.private else fault.message,
                    )
                ) from None
            if key is not None:
                if made[key] in keys:
                    raise ValueFault(
                        Message(
                            "row {number}: `{key}` {shown} stands twice; a row's key must be its own",
                            number=number,
                            key=key,
                            shown=shown(made[key]),
                        )
                    )
                keys.add(made[key])
            rows.append(made)
        return tuple(rows)

    return run


def _counted(count: int) -> Message:
    return Message("one row") if count == 1 else Message("{count} rows", count=count)
