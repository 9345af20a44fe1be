"""The pattern of a text field: a name, or a regular expression that matches in linear time."""

from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import locate
from orderflow.compiler.written import fix_within
from orderflow.expr.fault import Fault
from orderflow.expr.patterns.matcher import check_pattern


def pattern_of(part: Part, report: Report) -> str | None:
    """The pattern that a field's text must match, as written; None where there is none or after a finding.

    Args:
        part: the field.
        report: where the findings go.
    """
    node = part.scalar("pattern")
    if node is None:
        return None
    found = check_pattern(node.value)
    if not isinstance(found, Fault):
        return node.value
    fix = fix_within(node, found.start, found.end, found.replacement, found.fix_message)
    report.error(found.code, found.message, locate(node, found.start, found.end), found.note, fix)
    return None
