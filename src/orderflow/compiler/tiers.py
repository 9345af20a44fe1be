"""Tiers: named levels chosen from thresholds of a number. Whether the levels make sense is for `checks.tiers`."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.names import check_value_name
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import resolve
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import RefScope, Surroundings
from orderflow.expr.types import NUMBERS, Kind, Type
from orderflow.model.standing import Level, Tier


def compile_tier(
    part: Part, owner: Outline, aggregates: Mapping[str, Type], scopes: Scopes, report: Report
) -> Tier | None:
    """A tier; None after findings.

    Args:
        part: its document.
        owner: the entity that has it.
        aggregates: the types of the entity's aggregates.
        scopes: the scopes of records without the world around them.
        report: where the findings go.
    """
    before = report.errors
    fields = {name: field.type for name, field in owner.fields.items()}
    around = Surroundings(own=RefScope(fields, aggregates), calendars=scopes.calendars)
    scope = replace(scopes.alone(owner.name), around=around)
    node = part.scalar("of")
    number = compile_expression(node, scope, None, report)
    if number is not None and node is not None:
        if number.reads.clock:
            text = Message("a tier reads no clock: it is worked out of fields and aggregates")
            report.error(
                "OF106", text, node.span, NOTHING, Message("let an aggregate with `over:` follow time")
            )
        elif number.type.kind not in (*NUMBERS, Kind.NONE):
            report.error(
                "OF102",
                Message("a tier is chosen by a number"),
                node.span,
                NOTHING,
                Message("name an aggregate that is one"),
            )
    whole = number is not None and number.type.kind is Kind.INTEGER
    given = [part.of(entry) for entry in part.entries("levels")]
    levels = tuple(_level(level, report, whole=whole) for level in given)
    intact = part.intact and not part.lost_names("levels") and all(level.intact for level in given)
    if number is None or report.errors > before or not intact:
        return None
    return Tier(part.name, part.text("label") or part.name, number, levels, part.span)


def _level(level: Part, report: Report, *, whole: bool) -> Level:
    check_value_name(Message("level"), level.key, {}, report)
    label = level.text("label") or level.name
    node = level.scalar("at_least")
    least = None if node is None else _number(node)
    if node is None or least is None:
        return Level(level.name, label, None, level.span)
    if whole and least != least.to_integral_value():
        text = Message("the tier is chosen by whole numbers, and {least} is none", least=least)
        report.error("OF102", text, node.span, NOTHING, Message("write a whole number"))
    return Level(level.name, label, int(least) if whole else least, node.span)


def _number(node: ScalarNode) -> Decimal | None:
    value = resolve(node)
    return None if isinstance(value, bool) or not isinstance(value, (int, Decimal)) else Decimal(value)
