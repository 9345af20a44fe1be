"""The children that a transition creates, the fields that it gives them, and the plan that they are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.nodes import Entry, MapNode, ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.plan_field import PLAN
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.diagnostics import Label
from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.expr.reads import walk
from orderflow.expr.scope import Scope
from orderflow.expr.tree import And, Call, Constant, Expression, Node, Or
from orderflow.expr.types import TEXTS, Kind, Type, describe
from orderflow.model.definition import Field
from orderflow.model.frozen import EMPTY


@dataclass(frozen=True, slots=True)
class Created:
    """What a transition creates: the kind of children, expressions for their fields, the policy of their plan."""

    children: str | None = None
    fields: Mapping[str, Expression] = EMPTY
    policy: str | None = None


NONE_CREATED = Created()


def compile_created(
    part: Part,
    event: str | None,
    when: Expression | None,
    outline: Outline,
    scopes: Scopes,
    report: Report,
    *,
    doubtful: bool,
) -> Created:
    """What a transition creates.

    Args:
        part: the transition.
        event: the event that sets it off, if one does.
        when: its guard, if it has one that could be read.
        outline: its entity.
        scopes: what expressions may name.
        report: where the findings go.
        doubtful: whether there is an event and it is not known which: what fields are given is not looked at.
    """
    node = part.node.get("creates")
    given: tuple[Entry, ...] = ()
    if isinstance(node, MapNode):
        for other in node.entries[1:]:
            text = Message("`{name}` creates `{name2}` already", name=part.name, name2=node.entries[0].name)
            report.error(
                "OF107",
                text,
                other.key.span,
                Message("a second kind"),
                Message("let another transition create them"),
            )
        if not node.entries:
            if Part(part.key, node, part.lost).intact:
                report.error(
                    "OF107",
                    Message("`creates` is empty"),
                    node.span,
                    NOTHING,
                    Message("name the children, or remove the key"),
                )
            return NONE_CREATED
        key = node.entries[0].key
        inside = node.entries[0].value
        given = inside.entries if isinstance(inside, MapNode) else ()
        whole = inside.span not in part.lost
    elif isinstance(node, ScalarNode):
        key, whole = node, True
    else:
        return NONE_CREATED
    children = known_children(key, outline, report)
    if children is None:
        return NONE_CREATED
    child = scopes.outlines[outline.children[children].entity]
    planned = children in outline.plan_children
    names = _named(given, child, report)
    extra = {PLAN: child.fields[PLAN].type} if child.planned else {}
    scope = scopes.with_extra(outline.name, extra, event=event, decides=True)
    fields = {} if doubtful else _fields(zip(names, given, strict=True), child, scope, report)
    missing = [field for field in child.required if field.name not in names]
    if missing and whole and None not in names and child.part.intact:
        lacking = ", ".join(f"`{field.name}`" for field in missing)
        text = Message(
            "a new `{name}` would lack {lacking}: nothing gives it a value", name=child.name, lacking=lacking
        )
        labels = (Label(missing[0].span, Message("needs a value")),)
        fix = Message(
            "add `default:` or `optional: true` to it, or give it here: `{children}: {{{name}: ...}}`",
            children=children,
            name=missing[0].name,
        )
        report.error("OF103", text, key.span, NOTHING, fix, labels)
    policy = _policy(part, key, when, outline, scopes, report) if planned else None
    return Created(children, fields, policy)


def known_children(node: ScalarNode, outline: Outline, report: Report) -> str | None:
    """The kind of children that a scalar names."""
    children = {name: child.span for name, child in outline.children.items()}
    lost = outline.part.lost_names("children")
    return report.known(Message("kind of children"), node, children, Message("`children`"), lost)


def _named(given: tuple[Entry, ...], child: Outline, report: Report) -> list[str | None]:
    """The fields of a child that are given; None for what may not or cannot be."""
    spans = spans_of(child.fields.values())
    names = [
        report.known(Message("field"), entry.key, spans, Message("the `fields` of `{name}`", name=child.name))
        for entry in given
    ]
    for entry, name in zip(given, names, strict=True):
        if name == child.key and name is not None:
            text = Message("`{name}` is the key, which the engine makes", name=name)
            report.error("OF209", text, entry.key.span, NOTHING, Message("remove it"))
        elif name == PLAN and child.planned:
            text = Message("`{name}` is what the plan had for the parcel", name=name)
            report.error("OF209", text, entry.key.span, NOTHING, Message("remove it"))
    return names


def _fields(
    given: Iterable[tuple[str | None, Entry]], child: Outline, scope: Scope, report: Report
) -> dict[str, Expression]:
    made: dict[str, Expression] = {}
    for name, entry in given:
        if name is None or not isinstance(entry.value, ScalarNode):
            continue
        if name == child.key or (name == PLAN and child.planned):
            continue
        expression = _value(entry.value, child.fields[name], scope, report)
        if expression is not None:
            made[name] = expression
    return made


def _value(node: ScalarNode, field: Field, scope: Scope, report: Report) -> Expression | None:
    """What a field of a child is given; rows of another kind will do if they have the same fields."""
    if field.type.kind is not Kind.LIST:
        return compile_expression(node, scope, field.type if is_known(field.type) else None, report)
    made = compile_expression(node, scope, Kind.LIST, report)
    if made is None or made.type.item is None or field.type.item is None:
        return made
    wrong = _misfit(made.type.item, field.type.item)
    if wrong is None:
        return made
    text = Message(
        "the rows of `{value}` do not fit `{name}`: {wrong}", value=node.value, name=field.name, wrong=wrong
    )
    labels = (Label(field.span, Message("its rows")),)
    fix = Message(
        "declare the same fields in `{name}` and `{name2}`",
        name=made.type.item.name,
        name2=field.type.item.name,
    )
    report.error("OF102", text, node.span, NOTHING, fix, labels)
    return None


def _misfit(found: Type, wanted: Type) -> Message | None:
    """Why rows of one kind are no rows of another, or None."""
    for name, type_ in wanted.fields:
        other = found.field(name)
        if other is None:
            return Message("they have no `{name}`", name=name)
        if not _fits(other, type_):
            return Message(
                "`{name}` is {found}, where {wanted} is needed",
                name=name,
                found=describe(other),
                wanted=describe(type_),
            )
    for name, _ in found.fields:
        if wanted.field(name) is None:
            return Message(
                "they have `{name}`, which a `{record}` does not know", name=name, record=wanted.name
            )
    return None


def _fits(found: Type, wanted: Type) -> bool:
    if Kind.NONE in (found.kind, wanted.kind):
        return True
    if found.optional and not wanted.optional:
        return False
    if wanted.kind is Kind.CHOICE:
        return found.kind is Kind.CHOICE and {*found.options} <= {*wanted.options}
    if wanted.kind is Kind.TEXT:
        return found.kind in TEXTS
    return found.kind is wanted.kind


# ---- the plan --------------------------------------------------------------------------------------------------------


def _policy(
    part: Part, key: ScalarNode, when: Expression | None, outline: Outline, scopes: Scopes, report: Report
) -> str | None:
    """The policy whose plan the children are made of: the one that the guard says must find one."""
    if when is None and (part.node.get("when") is not None or not part.intact):
        return None  # it has a finding
    named = (
        {} if when is None else {name: node for node in walk(when.root) if (name := _asked(node)) is not None}
    )
    children = key.value
    if len(named) != 1:
        policies = sorted(scopes.declared.policies_of.get(outline.name, ()))
        listed = joined((f"`{name}`" for name in named), " and ")
        text = Message(
            "`{children}` are made of a plan's parcels, and `{name}` names no policy that finds one",
            children=children,
            name=part.name,
        )
        fix = Message('add `when: can_source("{what}")`', what=policies[0] if policies else Message("POLICY"))
        if named:
            text = Message(
                "`{name}` asks {listed}; of whose plan are `{children}` made?",
                name=part.name,
                listed=listed,
                children=children,
            )
            fix = Message("name one policy, and let another transition ask the other")
        elif not policies:
            fix += Message(", and declare a policy of `{entity}` under `allocation`", entity=outline.name)
        report.error("OF107", text, key.span, NOTHING, fix)
        return None
    (name,) = named
    if when is not None and name not in _sure(when.root):
        node = part.scalar("when")
        text = Message(
            "`{name}` may be taken without a plan, and `{children}` are made of its parcels",
            name=part.name,
            children=children,
        )
        fix = Message('join `can_source("{name}")` to the rest of the condition with `and`', name=name)
        report.error("OF107", text, node.span if node else part.span, NOTHING, fix)
        return None
    return name


def _asked(node: Node) -> str | None:
    """The policy that a call of `can_source` names."""
    match node:
        case Call(function="can_source", arguments=(Constant(value=str(name)), *_)):
            return name
    return None


def _sure(node: Node) -> frozenset[str]:
    """The policies that must find a plan for a condition to hold."""
    match node:
        case And(items=items):
            return frozenset().union(*(_sure(item) for item in items))
        case Or(items=items):
            return frozenset.intersection(*(_sure(item) for item in items))
    name = _asked(node)
    return frozenset() if name is None else frozenset({name})
