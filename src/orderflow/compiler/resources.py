"""Units of stock that are held by being in a state."""

from collections.abc import Mapping

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics import Span
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Resource


def compile_resources(
    outline: Outline, warehouses: Mapping[str, Span], scopes: Scopes, report: Report
) -> dict[str, Resource]:
    """The resources of an entity; one with faults is left out.

    Args:
        outline: the entity's names.
        warehouses: where each warehouse is declared.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made = {}
    for part in outline.part.parts("resources"):
        check_name("resource", part.key, report)
        resource = _resource(part, outline, warehouses, scopes, report)
        if resource is not None:
            made[part.name] = resource
    return made


def _resource(
    part: Part, outline: Outline, warehouses: Mapping[str, Span], scopes: Scopes, report: Report
) -> Resource | None:
    held_in = _state(part, "held_in", outline, report)
    spend_on = _state(part, "spend_on", outline, report)
    node = part.scalar("at")
    at = None if node is None else report.known("warehouse", node, warehouses, "`warehouses`")
    of = part.scalar("of")
    lines = compile_expression(of, scopes.of(outline.name), Kind.LIST, report)
    if lines is None or at is None or held_in is None or of is None:
        return None
    if _overlap(held_in, spend_on, outline):
        node = part.scalar("spend_on")
        text = f"`{spend_on}` lies in `{held_in}`: units cannot be held and spent at once"
        report.error("OF107", text, node.span if node else part.span, "", "name a state outside")
    if not _has_units(lines.type):
        text = "the rows need a text `sku` and an integer `quantity`"
        report.error("OF102", text, of.span, "", "name a list of rows with both")
        return None
    return Resource(part.name, held_in, spend_on, lines, at, part.span)


def _state(part: Part, key: str, outline: Outline, report: Report) -> str | None:
    node: ScalarNode | None = part.scalar(key)
    if node is None:
        return None
    return report.known("state", node, outline.states.names, lost=outline.states.lost)


def _overlap(held_in: str, spend_on: str | None, outline: Outline) -> bool:
    table = outline.states.table
    return spend_on is not None and bool({*table[held_in].leaves} & {*table[spend_on].leaves})


def _has_units(type_: Type) -> bool:
    row = type_.item
    if row is None:
        return True  # the list's declaration has a fault, which has been reported
    if type_.optional:
        return False
    sku, quantity = row.field("sku"), row.field("quantity")
    return (
        sku is not None
        and quantity is not None
        and sku.kind in (Kind.TEXT, Kind.CHOICE, Kind.NONE)
        and quantity.kind in (Kind.INTEGER, Kind.NONE)
        and not sku.optional
        and not quantity.optional
    )
