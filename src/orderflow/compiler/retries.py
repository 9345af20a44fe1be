"""What a transition or a hold may wait for: stock, or an amount of somebody's limit."""

from orderflow.compiler.insertion import remove_repeated
from orderflow.compiler.nodes import ListNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import Message

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
    made: list[str] = []
    for node in part.scalars("retry_on"):
        name = report.known(Message("resource to wait for"), node, known, Message("`resources`"), lost)
        if name in made:
            text = Message("`{name}` stands twice in `retry_on`", name=name)
            listed, words = part.node.get("retry_on"), Message("remove one of them")
            fix = remove_repeated(listed, node, words) if isinstance(listed, ListNode) else words
            report.error("OF105", text, node.span, Message("again here"), fix)
        elif name is not None:
            made.append(name)
    return tuple(made)
