"""What is held by being in a state: units of stock, amounts of somebody's limit, tokens."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.places import compile_place
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.transitions import known_actions
from orderflow.compiler.units import has_units
from orderflow.compiler.written import fix_within
from orderflow.diagnostics import Label, nearest
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Constant, Expression
from orderflow.expr.types import NUMBERS, Kind, bounds, describe
from orderflow.model.standing import Resource

ResourceKind = Literal["stock", "amount", "token"]
#: The word that takes what allocation found, in the place of an action.
ALLOCATE = "allocate"
_KEYS: Mapping[ResourceKind, tuple[str, ...]] = {
    "stock": ("of", "at", "take"),
    "amount": ("amount", "of", "limit"),
    "token": ("take", "give_back"),
}
_WHAT: Mapping[ResourceKind, Message] = {
    "stock": Message("units of stock"),
    "amount": Message("an amount of a limit"),
    "token": Message("a token"),
}


def compile_resources(outline: Outline, scopes: Scopes, report: Report) -> dict[str, Resource]:
    """The resources of an entity; one with faults is left out.

    Args:
        outline: the entity's names.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made = {}
    for part in outline.part.parts("resources"):
        check_name(Message("resource"), part.key, report)
        resource = _resource(part, outline, scopes, report)
        if resource is not None:
            made[part.name] = resource
    return made


def _resource(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Resource | None:
    before = report.errors
    held_in = _state(part, "held_in", outline, report)
    spend_on = _state(part, "spend_on", outline, report)
    kind = kind_of(part)
    if held_in is not None and _overlap(held_in, spend_on, outline):
        node = part.scalar("spend_on")
        text = Message(
            "`{spend_on}` lies in `{held_in}`: nothing can be held and spent at once",
            spend_on=spend_on,
            held_in=held_in,
        )
        report.error(
            "OF107", text, node.span if node else part.span, NOTHING, Message("name a state outside")
        )
    for entry in part.node.entries:
        if entry.name in ("held_in", "spend_on", *_KEYS[kind]):
            continue
        text = Message("`{name}` says nothing about {value}", name=entry.name, value=_WHAT[kind])
        report.error("OF107", text, entry.key.span, NOTHING, Message("remove it"))
    made = {"stock": _stock, "amount": _amount, "token": _token}[kind](part, outline, scopes, report)
    if made is None or held_in is None or report.errors > before or not part.intact:
        return None
    return replace(made, held_in=held_in, spend_on=spend_on)


def kind_of(part: Part) -> ResourceKind:
    """What a resource is, by its keys."""
    if part.node.get("amount") is not None or part.node.get("limit") is not None:
        return "amount"
    if part.node.get("of") is not None or part.node.get("at") is not None:
        return "stock"
    taken = part.scalars("take")
    return "stock" if len(taken) == 1 and name_of(taken[0]) == ALLOCATE else "token"


# ---- stock -------------------------------------------------------------------------------------------------------


def _stock(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Resource | None:
    scope = scopes.of(outline.name)
    lines = _lines(part, scope, report)
    taken = part.scalars("take")
    if not taken:
        for key, says in (("of", Message("which rows")), ("at", Message("which warehouse"))):
            if part.node.get(key) is None and part.intact:
                text = Message(
                    "`{name}` holds units of stock, and does not say {says}", name=part.name, says=says
                )
                report.error(
                    "OF107", text, part.span, Message("needs `{key}`", key=key), _stock_fix(key, outline)
                )
        warehouse = compile_place(part, scope, scopes, report)
        _same_always(part, ("of", lines), ("at", warehouse), report=report)
        return Resource(part.name, "stock", "", None, part.span, lines=lines, warehouse=warehouse)
    for node in taken:
        if name_of(node) != ALLOCATE:
            text = Message(
                "`{name}` holds units of stock: `take` can only be `{ALLOCATE}`",
                name=part.name,
                ALLOCATE=ALLOCATE,
            )
            report.error(
                "OF107",
                text,
                node.span,
                NOTHING,
                replace_scalar(node, ALLOCATE)
                if nearest(node.value, (ALLOCATE,))
                else Message("write `take: {ALLOCATE}`, or remove it", ALLOCATE=ALLOCATE),
            )
    if not outline.planned:
        text = Message(
            "only children with `one_per: plan.parcel` have a plan to take, and `{name}` is none",
            name=outline.name,
        )
        report.error(
            "OF107",
            text,
            taken[0].span,
            NOTHING,
            Message("name the rows with `of:` and the warehouse with `at:`"),
        )
    at = part.node.entry("at")
    if at is not None:
        text = Message(
            "`take: {ALLOCATE}` takes the units at the plan's warehouse, so `at` names no other",
            ALLOCATE=ALLOCATE,
        )
        report.error("OF107", text, at.key.span, NOTHING, Message("remove it"))
    _same_always(part, ("of", lines), report=report)
    return Resource(part.name, "stock", "", None, part.span, lines=lines)


def _stock_fix(key: str, outline: Outline) -> Message:
    if outline.planned:
        return Message(
            "add `take: {ALLOCATE}` for what the plan found, or `of:` with rows and `at:` with a warehouse",
            ALLOCATE=ALLOCATE,
        )
    return (
        Message("add `of:` with rows of `sku` and `quantity`")
        if key == "of"
        else Message("add `at:` with a warehouse")
    )


def _lines(part: Part, scope: Scope, report: Report) -> Expression | None:
    node = part.scalar("of")
    lines = compile_expression(node, scope, Kind.LIST, report)
    if lines is None or node is None or has_units(lines.type):
        return lines
    text = Message("the rows need a text `sku` and an integer `quantity`")
    report.error("OF102", text, node.span, NOTHING, Message("name a list of rows with both"))
    return None


# ---- amounts and tokens ------------------------------------------------------------------------------------------


def _amount(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Resource | None:
    for key, says in (
        ("amount", Message("how much is held")),
        ("of", Message("whose limit it is of")),
        ("limit", Message("how much may be held in all")),
    ):
        if part.node.get(key) is None and part.intact:
            text = Message("`{name}` does not say {says}", name=part.name, says=says)
            report.error(
                "OF107", text, part.span, Message("needs `{key}`", key=key), Message("add `{key}:`", key=key)
            )
    scope = scopes.of(outline.name)
    owner = _owner(part, outline, report)
    amount = _number(part, "amount", scope, report)
    limit = _number(part, "limit", scope, report)
    _same_always(part, ("amount", amount), ("limit", limit), report=report)
    _same_unit(part, amount, limit, report)
    node = part.scalar("amount")
    if amount is not None and node is not None and bounds(amount.type)[0] < 0:
        text = Message("`{value}` could be less than nothing, and that much cannot be held", value=node.value)
        words = Message("write `max({value}, 0)`", value=node.value)
        fix = fix_within(node, 0, len(node.value), f"max({node.value}, 0)", words)
        report.error("OF102", text, node.span, NOTHING, fix)
    return Resource(part.name, "amount", "", None, part.span, amount=amount, limit=limit, owner=owner)


def _same_unit(part: Part, amount: Expression | None, limit: Expression | None, report: Report) -> None:
    """Money is held against money, pieces against pieces; a number that is written out fits either."""
    node = part.scalar("limit")
    if amount is None or limit is None or node is None:
        return
    units = {item.type.kind is Kind.MONEY for item in (amount, limit) if not isinstance(item.root, Constant)}
    if len(units) > 1:
        text = Message(
            "`amount` is {kind}, and its `limit` is {kind2}",
            kind=describe(amount.type),
            kind2=describe(limit.type),
        )
        report.error("OF102", text, node.span, NOTHING, Message("make both money, or neither"))


def _owner(part: Part, outline: Outline, report: Report) -> str | None:
    node = part.scalar("of")
    if node is None:
        return None
    spans = {name: field.span for name, field in outline.fields.items()}
    refs = outline.refs
    name = name_of(node)
    if name in spans and name not in refs:
        field = outline.fields[name]
        if field.type.kind is not Kind.NONE:
            text = Message(
                "`{name}` is {kind}, and a limit is somebody's: of a record that a ref names",
                name=name,
                kind=describe(field.type),
            )
            labels = (Label(field.span, Message("this field")),)
            report.error(
                "OF102",
                text,
                node.span,
                NOTHING,
                Message("name a field of a type such as `ref customer`"),
                labels,
            )
        return None
    return report.known(Message("ref field"), node, {name: spans[name] for name in refs}, Message("`fields`"))


def _number(part: Part, key: str, scope: Scope, report: Report) -> Expression | None:
    """A number whose smallest unit is known: money, or whole ones."""
    node = part.scalar(key)
    made = compile_expression(node, scope, None, report)
    if made is None or node is None or made.type.kind is Kind.NONE:
        return made
    type_ = made.type
    if type_.kind not in NUMBERS or (type_.kind is Kind.DECIMAL and type_.places):
        text = Message(
            "`{key}` must be money or a whole number, and `{value}` is {kind}",
            key=key,
            value=node.value,
            kind=describe(type_),
        )
        report.error(
            "OF102",
            text,
            node.span,
            NOTHING,
            Message("write an expression that gives money, or `round(..., 0)`"),
        )
        return None
    if type_.optional:
        text = Message("`{value}` may be missing, and `{key}` must be a number", value=node.value, key=key)
        report.error(
            "OF103", text, node.span, NOTHING, Message("write `coalesce({value}, 0)`", value=node.value)
        )
        return None
    return made


def _token(part: Part, outline: Outline, scopes: Scopes, report: Report) -> Resource | None:
    if part.node.get("take") is None and part.node.get("give_back") is None and part.intact:
        text = Message("`{name}` does not say what is held", name=part.name)
        fix = Message(
            "add `of:` and `at:` for stock, `amount:`, `of:` and `limit:` for a limit, or `take:` with an action"
        )
        report.error("OF107", text, part.span, NOTHING, fix)
    actions = scopes.declared.actions
    on_take = known_actions(part, "take", actions, report)
    on_give_back = known_actions(part, "give_back", actions, report)
    return Resource(part.name, "token", "", None, part.span, on_take=on_take, on_give_back=on_give_back)


# ---- what all have in common -------------------------------------------------------------------------------------


def _state(part: Part, key: str, outline: Outline, report: Report) -> str | None:
    node: ScalarNode | None = part.scalar(key)
    if node is None:
        return None
    return report.known(Message("state"), node, outline.states.names, lost=outline.states.lost)


def _overlap(held_in: str, spend_on: str | None, outline: Outline) -> bool:
    table = outline.states.table
    return spend_on is not None and bool({*table[held_in].leaves} & {*table[spend_on].leaves})


def _same_always(part: Part, *given: tuple[str, Expression | None], report: Report) -> None:
    """What is held follows the events; nothing would look at it again because time has passed."""
    for key, expression in given:
        node = part.scalar(key)
        if expression is not None and expression.reads.clock and node is not None:
            text = Message(
                "`{key}` of `{name}` reads the clock, and what is held does not change with time alone",
                key=key,
                name=part.name,
            )
            report.error(
                "OF106",
                text,
                node.span,
                NOTHING,
                Message("read fields; a field with a formula may read the clock"),
            )
