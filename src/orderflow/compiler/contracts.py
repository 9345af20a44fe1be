"""The expressions on fields, read once every name is known: `editable`, `auto` and `formula`."""

from collections.abc import Mapping
from dataclasses import replace

from orderflow.compiler.expressions import compile_expression, compile_text
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.diagnostics import Label
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.template import Template
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind, Type
from orderflow.model.definition import Field

#: The number that an automatic key may use, from 1.
SEQUENCE = Type(Kind.INTEGER, lo=0)


def compile_contracts(outline: Outline, scopes: Scopes, report: Report) -> dict[str, Field]:
    """The fields of an entity with the expressions that stand on them."""
    fields = dict(outline.fields)
    computed = outline.computed
    order = {name: place for place, name in enumerate(fields) if name in computed}
    for part in outline.part.parts("fields"):
        if part.name not in fields or not part.node.entries:
            continue
        editable = compile_expression(part.scalar("editable"), scopes.of(outline.name), Kind.BOOL, report)
        auto, node = None, part.scalar("auto")
        if node is not None and part.name != outline.key:
            entry = part.node.entry("auto")
            text = Message(
                "only the key of a root record makes itself; `{name}` is not `{name2}`'s key",
                name=part.name,
                name2=outline.name,
            )
            report.error(
                "OF107",
                text,
                entry.key.span if entry else part.span,
                NOTHING,
                Message("add `key: {name}` to the entity", name=part.name),
            )
        elif node is not None:
            auto = compile_text(node, scopes.with_extra(outline.name, {"sequence": SEQUENCE}), report)
            if auto is not None:
                _check_auto(part.name, node, auto, outline, report)
        formula = _formula(part, outline, order, scopes, report)
        fields[part.name] = replace(fields[part.name], editable=editable, auto=auto, formula=formula)
    return fields


def _formula(
    part: Part, outline: Outline, order: Mapping[str, int], scopes: Scopes, report: Report
) -> Expression | None:
    """The formula of a field, which is worked out before the record is in any state, in the order of the file.

    `order` gives the places of the fields that have one.
    """
    node, at = part.node.entry("formula"), part.node.entry("at")
    if node is None:
        if at is not None and part.intact:
            text = Message("`at` says when a formula is worked out, and `{name}` has none", name=part.name)
            report.error("OF107", text, at.key.span, NOTHING, Message("add `formula:`, or remove `at`"))
        return None
    if at is None and part.intact:
        text = Message("the formula of `{name}` does not say when it is worked out", name=part.name)
        report.error("OF107", text, node.key.span, NOTHING, Message("add `at: submit`"))
    if part.name == outline.key:
        text = Message("`{name}` is the key, and a key has no formula", name=part.name)
        report.error(
            "OF107", text, node.key.span, NOTHING, Message("write `auto:` with a text that makes one")
        )
    other = part.node.entry("default")
    if other is not None:
        text = Message("`{name}` has both `formula` and `default`", name=part.name)
        report.error("OF107", text, other.key.span, NOTHING, Message("keep one of them"))
    field = outline.fields[part.name]
    expected = field.type if is_known(field.type) else None
    scope = scopes.deciding(outline.name)
    made = compile_expression(part.scalar("formula"), scope, expected, report)
    written = part.scalar("formula")
    if made is None or written is None:
        return None
    if made.reads.state or made.reads.children:
        text = Message(
            "the formula of `{name}` looks at states or children, and there are none yet at the submit",
            name=part.name,
        )
        report.error(
            "OF107", text, written.span, NOTHING, Message("read the record's own fields, or its parent's")
        )
    later = _not_yet(part.name, made, order)
    if later is not None:
        what = (
            Message("itself")
            if later == part.name
            else Message("`{later}`, whose own formula comes after it", later=later)
        )
        text = Message("the formula of `{name}` reads {what}", name=part.name, what=what)
        labels = (
            () if later == part.name else (Label(outline.fields[later].span, Message("worked out later")),)
        )
        fix = (
            Message("read other fields")
            if later == part.name
            else Message("move `{later}` above `{name}`", later=later, name=part.name)
        )
        report.error("OF107", text, written.span, NOTHING, fix, labels)
    return made


def _not_yet(name: str, formula: Expression, order: Mapping[str, int]) -> str | None:
    """A field with a formula that a formula reads and that is not worked out before it."""
    behind = [field for field in formula.reads.fields if order.get(field, -1) >= order[name]]
    return min(behind, key=lambda field: order[field], default=None)


def _check_auto(name: str, node: ScalarNode, auto: Template, outline: Outline, report: Report) -> None:
    """A key is shown everywhere, and no two records have the same."""
    if not auto.expressions:
        text = Message(
            "every `{name}` would have the same key `{value}`", name=outline.name, value=node.value
        )
        report.error(
            "OF107", text, node.span, NOTHING, Message("add `{{sequence}}`, which counts, or a field")
        )
    for expression in auto.expressions:
        for path in expression.reads.fields:
            field = outline.fields.get(path)
            if field is not None and field.private:
                text = Message(
                    "the key `{name}` would show the private `{name2}`", name=name, name2=field.name
                )
                report.error(
                    "OF102",
                    text,
                    node.span,
                    NOTHING,
                    Message("make the key of other fields, or of `{{sequence}}`"),
                )
