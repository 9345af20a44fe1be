"""Values in words: the part of the inputs that a finding speaks of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from orderflow.checks.boxes import Box, Space
from orderflow.checks.inputs import Input, Other, Run
from orderflow.diagnostics.message import Message, joined
from orderflow.expr import ranges
from orderflow.expr.types import Kind, Type, bounds

#: The kinds whose values lie so close together that a stretch is better told by the values around it.
_DENSE = frozenset({Kind.DECIMAL, Kind.DURATION, Kind.DATETIME})
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))
_NAMED = 4


def in_words(space: Space, box: Box, zone: tzinfo) -> Message:
    """What the values of the inputs are in a box, such as "`weight` = 1 to 5 and `region` = `north`".

    Args:
        space: the inputs.
        box: a part of it; what it does not limit is not spoken of.
        zone: the time zone of moments.
    """
    return joined([_limited(space.inputs[place], runs, zone) for place, runs in box.items()], " and ")


def _limited(found: Input, runs: Sequence[Run], zone: tzinfo) -> Message:
    pieces = len(found.starts)
    if runs[0][0] < pieces:
        return stretch(found.text, found.type, *found.ends(runs[0]), zone)
    values = [
        value for first, last in runs for at in range(first, last + 1) for value in found.groups[at - pieces]
    ]
    if values == [None]:
        return Message("`{input}` missing", input=found.text)
    if Other.THERE in values:
        return Message("`{input}` present", input=found.text)
    if Other.TEXT in values:
        named = {value for group in found.groups for value in group if isinstance(value, str)}
        if not named - set(values):
            return Message("`{input}` present", input=found.text)
        others = _listed(sorted(named - set(values)), [])
        return Message("`{input}` other than {values}", input=found.text, values=others)
    options = [option for option in found.type.options if option in values]
    told = [str(value) for value in options or sorted(str(value) for value in values if value is not None)]
    missing = [Message("missing")] if None in values else []
    return Message("`{input}` = {values}", input=found.text, values=_listed(told, missing))


def _listed(values: Sequence[str], more: Sequence[str]) -> Message:
    """Some values, the first few by name."""
    if len(values) > _NAMED:
        more = [*more, Message("{count} more", count=len(values) - _NAMED + 1)]
        values = values[: _NAMED - 1]
    return joined([*(Message("`{value}`", value=value) for value in values), *more], " or ")


def stretch(text: str, type_: Type, first: int, last: int, zone: tzinfo) -> Message:
    """The values of an input from one to another, in words.

    Args:
        text: the input as written.
        type_: its type.
        first, last: the ends, both inclusive, in steps of the type.
        zone: the time zone of moments.
    """
    step = ranges.step(type_)
    low, high = (Fraction(end) for end in bounds(Type(type_.kind, places=type_.places)))
    if first == last:
        return Message("`{input}` = {value}", input=text, value=value_of(first * step, type_, zone))
    above, below = first <= ceil(low / step), last >= floor(high / step)
    if above and below:
        return Message("`{input}` present", input=text)
    over, under = _rounder(first, -1, type_, zone), _rounder(last, 1, type_, zone)
    least, most = value_of(first * step, type_, zone), value_of(last * step, type_, zone)
    if above:
        if under:
            return Message("`{input}` under {value}", input=text, value=under)
        return Message("`{input}` = {value} or less", input=text, value=most)
    if below:
        if over:
            return Message("`{input}` over {value}", input=text, value=over)
        return Message("`{input}` = {value} or more", input=text, value=least)
    if over and under:
        return Message("`{input}` over {low} and under {high}", input=text, low=over, high=under)
    if over:
        return Message("`{input}` over {low} up to {high}", input=text, low=over, high=most)
    if under:
        return Message("`{input}` = {low} to under {high}", input=text, low=least, high=under)
    return Message("`{input}` = {low} to {high}", input=text, low=least, high=most)


def _rounder(end: int, towards: int, type_: Type, zone: tzinfo) -> str:
    """The value next to an end, where it is the one that somebody wrote; empty elsewhere."""
    if type_.kind not in _DENSE:
        return ""
    step = ranges.step(type_)
    beside = value_of((end + towards) * step, type_, zone)
    return beside if len(beside) < len(value_of(end * step, type_, zone)) else ""


def value_of(value: Fraction, type_: Type, zone: tzinfo) -> str:
    """A number, date, moment or length of time as people write it.

    Args:
        value: in the unit of the type's bounds.
        type_: its type.
        zone: the time zone of moments.
    """
    match type_.kind:
        case Kind.DATE:
            return (date(1970, 1, 1) + timedelta(days=int(value))).isoformat()
        case Kind.DATETIME:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(value * 1_000_000))
            return moment.astimezone(zone).replace(tzinfo=None).isoformat()
        case Kind.DURATION:
            return _length(value)
        case Kind.INTEGER:
            return str(int(value))
    number = Decimal(ranges.bound(value))
    return format(
        number.quantize(Decimal(1).scaleb(-type_.places)) if type_.kind is Kind.MONEY else _short(number), "f"
    )


def output(value: object) -> str:
    """The value of an output of a table as people write it."""
    if isinstance(value, timedelta):
        return _length(Fraction(value // timedelta(microseconds=1), 1_000_000))
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _short(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _length(seconds: Fraction) -> str:
    for unit, size in _UNITS:
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{format(_short(Decimal(ranges.bound(seconds))), 'f')}s"
