"""The arrival check: conditions that are looked at when a record is submitted, and kept with it."""

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.names import check_name
from orderflow.compiler.outline import Outline
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import Kind
from orderflow.model.standing import Judgement


def compile_arrival(outline: Outline, scopes: Scopes, report: Report) -> dict[str, Judgement]:
    """The conditions of the arrival check, in the order of the file; one with faults is left out.

    Args:
        outline: the entity's names.
        scopes: what expressions may name.
        report: where the findings go.
    """
    entry = outline.part.node.entry("arrival")
    if entry is not None and outline.parent is not None:
        text = Message(
            "nothing arrives as a `{name}`: its records are made inside a `{parent}`",
            name=outline.name,
            parent=outline.parent,
        )
        report.error(
            "OF107",
            text,
            entry.key.span,
            NOTHING,
            Message("move `arrival` to the entity `{parent}`", parent=outline.parent),
        )
    made = {}
    for part in outline.part.parts("arrival"):
        check_name(Message("condition"), part.key, report)
        when = compile_expression(part.scalar("when"), scopes.deciding(outline.name), Kind.BOOL, report)
        if when is not None:
            made[part.name] = Judgement(part.name, part.text("label") or part.name, when, part.span)
    return made
