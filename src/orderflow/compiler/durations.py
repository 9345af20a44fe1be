"""Lengths of time as rule files write them: `90s`, `15m`, `26h`, `15d`."""

from datetime import timedelta

from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.report import Report
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.model.fault import ValueFault
from orderflow.model.moments import to_duration


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
