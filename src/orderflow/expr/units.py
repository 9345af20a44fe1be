"""Numbers as people write them outside of expressions: `24h`, `7days`, `30%`, `1,000`."""

import re
from collections.abc import Sequence
from decimal import Decimal

from orderflow.diagnostics.message import Message

_Token = tuple[str, str, int, int]

_UNIT = re.compile(r"(?P<number>[0-9]+)(?P<unit>[A-Za-z]+)")
_PERCENT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)%")
_HEAD = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*")
_TAIL = re.compile(r"[0-9]{3}(?:\.[0-9]*)?")
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
_FUNCTIONS = {
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "minutes": ("m", "min", "mins", "minute", "minutes"),
    "hours": ("h", "hour", "hours"),
    "days": ("d", "day", "days"),
    "weeks": ("w", "week", "weeks"),
}


def with_thousands(tokens: Sequence[_Token]) -> list[_Token]:
    """The tokens with a number such as `1,000` as one, outside of brackets, where a comma has no other meaning.

    Args:
        tokens: the sort, the text, the start and the end of each.
    """
    made: list[_Token] = []
    depth = 0
    for token in tokens:
        depth += _DEPTH.get(token[1], 0)
        if depth == 0 and len(made) > 1 and _are_one(made[-2], made[-1], token):
            first = made[-2]
            made[-2:] = [("number", f"{first[1]},{token[1]}", first[2], token[3])]
        else:
            made.append(token)
    return made


def _are_one(head: _Token, comma: _Token, tail: _Token) -> bool:
    """Whether three tokens are one number with a comma before its last thousand."""
    written = comma[1] == "," and _HEAD.fullmatch(head[1]) and _TAIL.fullmatch(tail[1])
    return bool(written) and head[3] == comma[2] and comma[3] == tail[2]


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
