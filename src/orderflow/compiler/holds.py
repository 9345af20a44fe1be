"""Holds: regions beside the states in which nothing happens by itself."""

from orderflow.compiler.events import known_roles
from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.header import Header
from orderflow.compiler.names import check_name
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.retries import compile_retry
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.transitions import known_states
from orderflow.diagnostics import Severity
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import Kind
from orderflow.model.standing import Hold


def compile_holds(outline: Outline, header: Header, scopes: Scopes, report: Report) -> dict[str, Hold]:
    """The holds of an entity; one with faults is left out.

    Args:
        outline: the entity's names.
        header: the rule set's head, for its roles.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made = {}
    for part in outline.part.parts("holds"):
        check_name(Message("hold"), part.key, report)
        hold = _hold(part, outline, header, scopes, report)
        if hold is not None:
            made[part.name] = hold
    return made


def _hold(part: Part, outline: Outline, header: Header, scopes: Scopes, report: Report) -> Hold | None:
    before = report.errors
    states = known_states(part, "in", outline, report)
    by = known_roles(part.scalars("by"), header, report)
    scope = scopes.deciding(outline.name)
    when = compile_expression(part.scalar("when"), scope, Kind.BOOL, report, wakes=Severity.ERROR)
    retry_on = compile_retry(part, outline, report)
    _check_kind(part, report)
    _check_final(part, outline, report)
    if states is None or report.errors > before or not part.intact:
        return None
    reason = part.node.get("reason") is not None
    return Hold(part.name, part.text("label") or part.name, states, by, reason, when, retry_on, part.span)


def _check_kind(part: Part, report: Report) -> None:
    """People place it, or a condition does: never both."""
    when, by = part.node.get("when"), part.node.get("by")
    if when is None and by is None and part.intact:
        text = Message("hold `{name}` says neither who places it nor when it is on", name=part.name)
        report.error(
            "OF107", text, part.span, NOTHING, Message("add `by:` with roles, or `when:` with a condition")
        )
    if when is not None:
        for key, what in (
            ("by", Message("nobody places or releases it")),
            ("reason", Message("nobody gives a reason for it")),
        ):
            entry = part.node.entry(key)
            if entry is not None and (key == "by" or by is None):  # one finding for one contradiction
                text = Message(
                    "hold `{name}` is on while its `when` holds: {what}", name=part.name, what=what
                )
                report.error(
                    "OF107",
                    text,
                    entry.key.span,
                    NOTHING,
                    Message("remove `{key}`, or remove `when`", key=key),
                )
    else:
        entry = part.node.entry("retry_on")
        if entry is not None and part.intact:
            text = Message("hold `{name}` has no condition that could wait for something", name=part.name)
            report.error("OF107", text, entry.key.span, NOTHING, Message("remove `retry_on`, or add `when`"))


def _check_final(part: Part, outline: Outline, report: Report) -> None:
    """In a final state nothing happens by itself anyway."""
    for node in part.scalars("in"):
        state = outline.states.table.get(node.value)
        if state is not None and state.final:
            text = Message(
                "`{name}` is final, and a hold keeps back what would happen by itself", name=state.name
            )
            report.error(
                "OF107",
                text,
                node.span,
                Message("nothing to keep back"),
                Message("name the states before it"),
            )
