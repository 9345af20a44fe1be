"""Numbers as people write them outside of expressions: `24h`, `7days`, `30%`, `1,000`."""

import re
from decimal import Decimal

from orderflow.diagnostics.message import Message

_UNIT = re.compile(r"(?P<number>[0-9]+)(?P<unit>[A-Za-z]+)")
_PERCENT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)%")
_HEAD = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*")
_TAIL = re.compile(r"[0-9]{3}(?:\.[0-9]*)?")
_FUNCTIONS = {
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "minutes": ("m", "min", "mins", "minute", "minutes"),
    "hours": ("h", "hour", "hours"),
    "days": ("d", "day", "days"),
    "weeks": ("w", "week", "weeks"),
}


def are_thousands(head: str, comma: str, tail: str) -> bool:
    """Whether three pieces of an expression are one number with a comma between its thousands."""
    return bool(comma == "," and _HEAD.fullmatch(head) and _TAIL.fullmatch(tail))


def with_unit(text: str) -> tuple[Message, Message, str] | None:
    """What is wrong with a number that has a unit or commas, and what says it here; None where it has none.

    Args:
        text: the number as it stands in an expression.

    Returns:
        The message, the repair in words and the repair itself.
    """
    match = _UNIT.fullmatch(text)
    function = match and next((name for name, units in _FUNCTIONS.items() if match["unit"] in units), None)
    if match and function:
        better = f"{function}({match['number']})"
        message = Message("`{text}` is written `{better}` in an expression", text=text, better=better)
        return message, Message("replace with `{better}`", better=better), better
    match = _PERCENT.fullmatch(text)
    if match and len(match["number"]) <= 12:
        better = f"{(Decimal(match['number']) / 100).normalize():f}"
        message = Message("`{text}` is written `{better}` in an expression", text=text, better=better)
        return message, Message("replace with `{better}`", better=better), better
    if "," in text:
        better = text.replace(",", "")
        message = Message("`{text}` is written `{better}` in an expression", text=text, better=better)
        return message, Message("replace with `{better}`", better=better), better
    return None
