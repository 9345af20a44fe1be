"""The expressions on fields, read once every name is known: `editable` and `auto`."""

from dataclasses import replace

from orderflow.compiler.expressions import compile_expression, compile_text
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.expr.template import Template
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Field

#: The number that an automatic key may use, from 1.
SEQUENCE = Type(Kind.INTEGER, lo=0)


def compile_contracts(outline: Outline, scopes: Scopes, report: Report) -> dict[str, Field]:
    """The fields of an entity with the expressions that stand on them."""
    fields = dict(outline.fields)
    for part in outline.part.parts("fields"):
        if part.name not in fields or not part.node.entries:
            continue
        editable = compile_expression(part.scalar("editable"), scopes.of(outline.name), Kind.BOOL, report)
        auto, node = None, part.scalar("auto")
        if node is not None and part.name != outline.key:
            entry = part.node.entry("auto")
            text = f"only the key of a root record makes itself; `{part.name}` is not `{outline.name}`'s key"
            report.error(
                "OF107",
                text,
                entry.key.span if entry else part.span,
                "",
                f"add `key: {part.name}` to the entity",
            )
        elif node is not None:
            auto = compile_text(node, scopes.with_extra(outline.name, {"sequence": SEQUENCE}), report)
            if auto is not None:
                _check_auto(part.name, node, auto, outline, report)
        fields[part.name] = replace(fields[part.name], editable=editable, auto=auto)
    return fields


def _check_auto(name: str, node: ScalarNode, auto: Template, outline: Outline, report: Report) -> None:
    """A key is shown everywhere, and no two records have the same."""
    if not auto.expressions:
        text = f"every `{outline.name}` would have the same key `{node.value}`"
        report.error("OF107", text, node.span, "", "add `{sequence}`, which counts, or a field")
    for expression in auto.expressions:
        for path in expression.reads.fields:
            field = outline.fields.get(path)
            if field is not None and field.private:
                text = f"the key `{name}` would show the private `{field.name}`"
                report.error("OF102", text, node.span, "", "make the key of other fields, or of `{sequence}`")
