"""The types of the rule language: what a value is, whether it may be missing, and how large it can be."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orderflow.diagnostics.message import Message
from orderflow.expr.altered import replace

#: A bound of a number; for durations seconds, for datetimes seconds since 1970 UTC, for dates days since then.
Bound = int | Decimal

#: Integers and decimals kept in fields stay below this in absolute value.
LARGEST = 10**18 - 1
#: The most places that a decimal keeps.
PLACES = 6
#: The most rows that a list may have.
ROWS = 10_000
#: The longest text, in characters.
TEXT = 1_000_000
#: The longest duration that a field or `days()` may have, in seconds: 100 years.
CENTURY = 36_525 * 86_400
#: Datetimes lie from 1970 to the end of 2199, in seconds since 1970 UTC.
CALENDAR = (0, 7_258_118_400 - Decimal("0.000001"))
#: Dates lie from 1970 to the end of 2199, in days since 1970 (a day of margin for time zones).
DAYS = (-1, 84_006)


class Kind(StrEnum):
    """The kinds of value; the text is how a rule file names them."""

    TEXT = "text"
    CHOICE = "choice"
    BOOL = "bool"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    #: Degrees of latitude and longitude (WGS 84), a pair of Decimals.
    LOCATION = "location"
    REF = "ref"
    RECORD = "record"
    LIST = "list"
    NONE = "none"


NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.MONEY})
TIMES = frozenset({Kind.DATE, Kind.DATETIME, Kind.DURATION})
TEXTS = frozenset({Kind.TEXT, Kind.CHOICE, Kind.REF})
ORDERED = NUMBERS | TIMES


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is.

    Args:
        kind: the kind of value.
        optional: True when the value may be missing (None).
        options: the options of a choice.
        lo: the least value, inclusive; None means the kind's own bound. For a list, its least length.
        hi: the greatest value, inclusive; likewise.
        places: the decimal places kept: the currency's for money, at most 6 for decimals.
        name: the entity of a ref, the name of a record, the currency of money; `days` for a duration of whole days.
        fields: the fields of a record.
        item: what a list holds.
    """

    kind: Kind
    optional: bool = False
    options: tuple[str, ...] = ()
    lo: Bound | None = None
    hi: Bound | None = None
    places: int = 0
    name: str = ""
    fields: "tuple[tuple[str, Type], ...]" = ()
    item: "Type | None" = None

    def field(self, name: str) -> "Type | None":
        """The type of a record's field, or None where there is none of that name."""
        return next((type_ for known, type_ in self.fields if known == name), None)


TEXT_TYPE = Type(Kind.TEXT)
BOOL = Type(Kind.BOOL)
INTEGER = Type(Kind.INTEGER)
DECIMAL = Type(Kind.DECIMAL, places=PLACES)
DATE = Type(Kind.DATE)
DATETIME = Type(Kind.DATETIME)
DURATION = Type(Kind.DURATION)
LOCATION = Type(Kind.LOCATION)
WHOLE_DAYS = Type(Kind.DURATION, name="days")
MISSING = Type(Kind.NONE, optional=True)
#: The type of a part that has a fault already: it fits everywhere, so that one mistake is reported once.
UNKNOWN = Type(Kind.NONE, name="?")


def money(places: int = 2, currency: str = "") -> Type:
    """Money of the rule set's currency, with that currency's decimal places."""
    return Type(Kind.MONEY, places=places, name=currency)


def choice(*options: str) -> Type:
    """One of the given options."""
    return Type(Kind.CHOICE, options=options)


def ref(entity: str) -> Type:
    """The key of a record of that entity."""
    return Type(Kind.REF, name=entity)


def record(name: str, fields: dict[str, Type]) -> Type:
    """A nested record with these fields."""
    return Type(Kind.RECORD, name=name, fields=tuple(fields.items()))


def list_of(item: Type, at_least: int = 0, at_most: int = ROWS) -> Type:
    """A list of such items."""
    return Type(Kind.LIST, item=item, lo=at_least, hi=at_most)


def optional(type_: Type) -> Type:
    """The same type, where the value may be missing."""
    return type_ if type_.optional else replace(type_, optional=True)


def present(type_: Type) -> Type:
    """The same type, where the value is there."""
    return replace(type_, optional=False) if type_.optional else type_


def bounds(type_: Type) -> tuple[Bound, Bound]:
    """The least and the greatest value of a type that has an order or a length, both inclusive."""
    lo, hi = _DEFAULTS.get(type_.kind, (-LARGEST, LARGEST))
    return (lo if type_.lo is None else type_.lo, hi if type_.hi is None else type_.hi)


_DEFAULTS: dict[Kind, tuple[Bound, Bound]] = {
    Kind.DECIMAL: (-(LARGEST + 1 - Decimal("0.000001")), LARGEST + 1 - Decimal("0.000001")),
    Kind.MONEY: (-(LARGEST + 1 - Decimal("0.000001")), LARGEST + 1 - Decimal("0.000001")),
    Kind.DURATION: (-CENTURY, CENTURY),
    Kind.DATETIME: CALENDAR,
    Kind.DATE: DAYS,
    Kind.LIST: (0, ROWS),
    Kind.TEXT: (0, TEXT),
}


def describe(type_: Type) -> Message:
    """The type in a rule writer's words, such as `text`, `list of line` or `money or missing`."""
    if type_ == UNKNOWN:
        return Message("something unknown")
    if type_.kind is Kind.NONE:
        return Message("missing (`None`)")
    words = Message(str(type_.kind))
    if type_.kind is Kind.REF:
        words = Message("ref {name!s}", name=type_.name)
    elif type_.kind is Kind.RECORD:
        words = Message("record {name!s}", name=type_.name)
    elif type_.kind is Kind.LIST and type_.item is not None:
        inner = type_.item
        words = (
            Message("list of {name!s}", name=inner.name)
            if inner.kind is Kind.RECORD
            else Message("list of {what}", what=describe(inner))
        )
    return Message("{words} or missing", words=words) if type_.optional else words
