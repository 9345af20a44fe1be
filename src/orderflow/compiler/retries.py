"""What a transition or a hold may wait for: stock, or an amount of somebody's limit."""

from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.diagnostics import Span

STOCK = "stock"


def compile_retry(part: Part, outline: Outline, report: Report) -> tuple[str, ...]:
    """The names that `retry_on` gives, each once.

    Args:
        part: the transition or the hold.
        outline: its entity.
        report: where the findings go.
    """
    known: dict[str, Span] = {STOCK: outline.part.span}
    for resource in outline.part.parts("resources"):
        if resource.node.get("amount") is not None:
            known[resource.name] = resource.span
    lost = outline.part.lost_names("resources")
    found = (
        report.known("resource to wait for", node, known, "`resources`", lost)
        for node in part.scalars("retry_on")
    )
    return tuple(dict.fromkeys(name for name in found if name is not None))
