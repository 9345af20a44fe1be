"""Values as text: what a template shows of each type, by default and by a format."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from orderflow.diagnostics.message import Message
from orderflow.expr.numbers import rounded
from orderflow.expr.types import NUMBERS, UNKNOWN, Kind, Type

#: A function from a value that is there, and the rule set's zone, to its text.
Formatter = Callable[[object, tzinfo], str]

_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_KNOWN = frozenset("YmdHMSjy%")
_DATE_ONLY = frozenset("Ymdjy%")
_WIDTH = re.compile(r"0?[1-9][0-9]?")
_PLACES = re.compile(r"\.[0-6]")
_SHOWN = frozenset(Kind) - {Kind.RECORD, Kind.LIST, Kind.NONE, Kind.BOOL}


def problem(type_: Type, spec: str) -> tuple[Message, Message] | None:
    """What is wrong with showing a type by a format (empty: the default), and what to do; None when it is right."""
    kind = type_.kind
    if type_ == UNKNOWN:
        return None  # of a faulty declaration, which has been reported
    if kind is Kind.BOOL:
        return Message("a text cannot show true or false"), Message(
            'write the words: `"yes" if ... else "no"`'
        )
    if kind not in _SHOWN:
        return Message("a text cannot show a {kind}", kind=kind), Message(
            "show one of its fields, or `count(...)`"
        )
    if not spec:
        return None
    if kind in (Kind.DATE, Kind.DATETIME):
        known = _KNOWN if kind is Kind.DATETIME else _DATE_ONLY
        wrong = next((found[0] for found in _DIRECTIVE.finditer(spec) if found[1] not in known), None)
        if wrong is not None or "%" not in spec:
            listed = Message(" ").join(
                Message("`%{letter}`", letter=letter) for letter in "YmdHMSjy" if letter in known
            )
            return Message("`{value}` is no format of a {kind}", value=wrong or spec, kind=kind), Message(
                "use {listed}", listed=listed
            )
        return None
    if kind is Kind.INTEGER:
        return (
            None
            if _WIDTH.fullmatch(spec)
            else (
                Message("`{spec}` is no format of an integer", spec=spec),
                Message("give a width, such as `06`"),
            )
        )
    if kind in NUMBERS:
        return (
            None
            if _PLACES.fullmatch(spec)
            else (
                Message("`{spec}` is no format of {kind}", spec=spec, kind=kind),
                Message("give the places, such as `.2`"),
            )
        )
    return Message("{kind} takes no format", kind=kind), Message("remove the `:` and what follows it")


def formatter(type_: Type, spec: str) -> Formatter:
    """The function that shows values of a type; the format was found right by `problem`."""
    match type_.kind:
        case Kind.DATETIME:
            pattern = spec or "%Y-%m-%d %H:%M"
            return lambda value, zone: (
                _strftime(value.astimezone(zone), pattern) if isinstance(value, datetime) else ""
            )
        case Kind.DATE:
            pattern = spec or "%Y-%m-%d"
            return lambda value, _: _strftime(value, pattern) if isinstance(value, date) else ""
        case Kind.INTEGER:
            return lambda value, _: format(value, spec + "d")
        case Kind.MONEY | Kind.DECIMAL if spec or type_.kind is Kind.MONEY:
            places = int(spec[1:]) if spec else type_.places
            return lambda value, _: (
                f"{rounded(value, places):f}" if isinstance(value, Decimal) else str(value)
            )
    return show


def _strftime(value: date, pattern: str) -> str:
    """As `strftime`, without its dependence on the platform for early years."""
    hours = value.timetuple()
    parts = {
        "Y": f"{value.year:04}", "m": f"{value.month:02}", "d": f"{value.day:02}", "H": f"{hours.tm_hour:02}",
        "M": f"{hours.tm_min:02}", "S": f"{hours.tm_sec:02}", "j": f"{hours.tm_yday:03}", "y": f"{value.year % 100:02}",
        "%": "%",
    }  # fmt: skip
    return _DIRECTIVE.sub(lambda found: parts[found[1]], pattern)


def show(value: object, zone: tzinfo) -> str:
    """Any value as people read it: local time to the minute, `2 d 3 h`, decimals without trailing zeros."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case datetime():
            return _strftime(value.astimezone(zone), "%Y-%m-%d %H:%M")
        case date():
            return _strftime(value, "%Y-%m-%d")
        case timedelta():
            return _duration(value)
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case tuple() | list():
            return (
                f"{len(value)} rows"
                if any(isinstance(item, dict) for item in value)
                else ", ".join(map(str, value))
            )
    return str(value)


def _duration(value: timedelta) -> str:
    sign = "-" if value < timedelta(0) else ""
    seconds = abs(value) // timedelta(seconds=1)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return sign + " ".join(parts or [f"{seconds} s"])
