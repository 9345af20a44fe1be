"""The warehouse that a key names: a declared one, or an expression that gives one."""

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.field_types import warehouse_type
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scopes import Scopes
from orderflow.diagnostics import nearest
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.check import analyse
from orderflow.expr.names import problem
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import TEXT_TYPE, Kind


def compile_place(part: Part, scope: Scope, scopes: Scopes, report: Report) -> Expression | None:
    """The warehouse that `at` gives; None where there is none or after a finding.

    Args:
        part: what has the key.
        scope: what an expression may name.
        scopes: the names of the warehouses.
        report: where the findings go.
    """
    node = part.scalar("at")
    if node is None:
        return None
    name, warehouses = name_of(node), scopes.declared.warehouses
    known = name in scope.fields or name in scope.extra
    if name in warehouses:
        if known:
            text = Message("`{name}` is both a warehouse and a field", name=name)
            report.error("OF105", text, node.span, Message("which one?"), Message("rename one of them"))
            return None
        return _named(name, scope)
    if not known and problem(name) is None:
        # one bare word: a misspelled warehouse, unless it is nearer to a field
        close = nearest(name, (*warehouses, *scope.fields, *scope.extra))
        if close in warehouses or close is None:
            meant = report.unknown(Message("warehouse"), node, warehouses, Message("`warehouses`"))
            return None if meant is None else _named(meant, scope)
        if close is not None:
            text = Message("unknown warehouse `{name}`", name=name)
            report.error("OF101", text, node.span, Message("not known here"), replace_scalar(node, close))
            return None
    return _given(node, scope, scopes, report)


def _named(name: str, scope: Scope) -> Expression | None:
    """A declared warehouse as an expression."""
    made = analyse(f'"{name}"', scope, TEXT_TYPE)
    return made if isinstance(made, Expression) else None


def _given(node: ScalarNode, scope: Scope, scopes: Scopes, report: Report) -> Expression | None:
    """An expression that gives a warehouse: a field of that type, or one of the names."""
    warehouses = tuple(scopes.declared.warehouses)
    if not warehouses:
        text = Message("`{value}` gives a warehouse, and the rule set declares none", value=node.value)
        report.error(
            "OF107", text, node.span, NOTHING, Message("add a file `warehouses.yaml` with `warehouses:`")
        )
        return None
    made = compile_expression(node, scope, warehouse_type(warehouses), report)
    return None if made is None or made.type.kind is Kind.NONE else made
