"""Lengths of time as rule files write them: `90s`, `15m`, `26h`, `15d`."""

import re
from datetime import timedelta

from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.report import Report
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.fault import ValueFault
from orderflow.model.moments import to_duration

_PIECE = re.compile(
    r" *(?P<number>[0-9]{1,6}) *(?P<unit>[a-z]+|[天日周小时分钟秒]+) *(?:and)?", re.IGNORECASE
)
_SECONDS = {
    1: ("s", "sec", "secs", "second", "seconds", "秒", "秒钟"),
    60: ("m", "min", "mins", "minute", "minutes", "分", "分钟"),
    3_600: ("h", "hr", "hrs", "hour", "hours", "小时", "时"),
    86_400: ("d", "day", "days", "天", "日"),
    604_800: ("w", "week", "weeks", "周"),
}


def meant_duration(text: str) -> str | None:
    """The duration that a text such as `7 days`, `1d12h` or `30分钟` says, as rule files write it; None where it says none.

    >>> meant_duration("1d12h")
    '36h'
    """
    total, place, smallest = 0, 0, 0
    while place < len(text):
        match = _PIECE.match(text, place)
        unit = match and next(
            (size for size, names in _SECONDS.items() if match["unit"].lower() in names), None
        )
        if not match or not unit or (smallest and unit >= smallest):
            return None
        total, smallest, place = total + int(match["number"]) * unit, unit, match.end()
    sizes = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    sign = next((sign for sign, size in sizes.items() if size <= smallest and total % size == 0), None)
    return f"{total // sizes[sign]}{sign}" if sign else None


def compile_duration(key: str, node: ScalarNode | None, report: Report) -> timedelta | None:
    """The length of time that a key gives; None where there is none or after a finding.

    Args:
        key: the key, for messages.
        node: its value, or None.
        report: where the findings go.
    """
    if node is None:
        return None
    try:
        return to_duration(node.value)
    except ValueFault as fault:
        report.error(
            "OF102",
            Message("`{key}` {fault}", key=key, fault=fault.message),
            node.span,
            NOTHING,
            Message("write a duration such as `26h` or `15d`"),
        )
    return None
