"""Moves of stock that transitions make: receipts, counts, transfers, pools."""

from typing import cast, get_args

from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.nodes import ListNode, MapNode
from orderflow.compiler.part import Part
from orderflow.compiler.places import compile_place
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.units import has_units
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import Kind
from orderflow.model.standing import StockMove
from orderflow.model.stock import MoveKind

#: Kinds that set units aside or free them again.
_POOLING = frozenset({"pool", "unpool"})


def compile_moves(part: Part, scope: Scope, scopes: Scopes, report: Report) -> tuple[StockMove, ...]:
    """The moves of a transition, in order; one with faults is left out.

    Args:
        part: the transition.
        scope: what their expressions may name: the record, and the event at hand.
        scopes: the names of warehouses and pools.
        report: where the findings go.
    """
    node = part.node.get("moves")
    made: list[StockMove] = []
    for item in node.items if isinstance(node, ListNode) else ():
        if not isinstance(item, MapNode):
            continue
        kinds = Part(part.key, item, part.lost)
        for other in item.entries[1:]:
            text = Message("a move is of one kind; `{name}` is here already", name=item.entries[0].name)
            report.error(
                "OF107",
                text,
                other.key.span,
                Message("a second one"),
                Message("begin another item with `- `"),
            )
        if not item.entries and kinds.intact:
            report.error(
                "OF107",
                Message("a move is empty"),
                item.span,
                NOTHING,
                Message("write a kind such as `receive:` with its units"),
            )
        made += [
            move for entry in item.entries[:1] if (move := _move(kinds.of(entry), scope, scopes, report))
        ]
    return tuple(made)


def _move(part: Part, scope: Scope, scopes: Scopes, report: Report) -> StockMove | None:
    kind = cast(MoveKind, part.name)
    if kind not in get_args(MoveKind):
        return None
    before = report.errors
    warehouse = compile_place(part, scope, scopes, report)
    lines = sku = quantity = None
    by_row, by_one = part.node.get("of") is not None, part.node.entry("sku") or part.node.entry("quantity")
    if by_row:
        lines = _lines(part, scope, report)
        if by_one is not None:
            text = Message(
                "`{kind}` has both rows (`of`) and one SKU (`{name}`)", kind=kind, name=by_one.name
            )
            report.error("OF107", text, by_one.key.span, NOTHING, Message("keep one of them"))
    else:
        sku = compile_expression(part.scalar("sku"), scope, Kind.TEXT, report)
        quantity = compile_expression(part.scalar("quantity"), scope, Kind.INTEGER, report)
        lacking = [key for key in ("sku", "quantity") if part.node.get(key) is None]
        if lacking and part.intact:
            text = Message(
                "`{kind}` does not say what it moves: it has no `{value}`", kind=kind, value=lacking[0]
            )
            fix = Message("add `of:` with rows of `sku` and `quantity`, or `sku:` and `quantity:`")
            report.error("OF107", text, part.span, NOTHING, fix)
    pool = _pool(part, scopes, report)
    if report.errors > before or warehouse is None or pool is None:
        return None
    if lines is None and (sku is None or quantity is None):
        return None
    return StockMove(kind, warehouse, part.span, lines, sku, quantity, pool)


def _lines(part: Part, scope: Scope, report: Report) -> Expression | None:
    node = part.scalar("of")
    lines = compile_expression(node, scope, Kind.LIST, report)
    if lines is None or node is None or has_units(lines.type):
        return lines
    text = Message("the rows need a text `sku` and an integer `quantity`")
    report.error(
        "OF102",
        text,
        node.span,
        NOTHING,
        Message("name a list of rows with both, or write `sku:` and `quantity:`"),
    )
    return None


def _pool(part: Part, scopes: Scopes, report: Report) -> str | None:
    """The pool that is named; empty where there is none to name, None after a finding."""
    entry = part.node.entry("pool")
    if part.name not in _POOLING:
        if entry is not None:
            text = Message("`{name}` sets nothing aside, so it names no pool", name=part.name)
            report.error(
                "OF107",
                text,
                entry.key.span,
                NOTHING,
                Message("remove `pool`, or make it a `pool` or an `unpool`"),
            )
        return ""
    node = part.scalar("pool")
    if node is None:
        if part.intact:
            text = Message("`{name}` does not say which pool", name=part.name)
            report.error(
                "OF107", text, part.span, NOTHING, Message("add `pool:` with the name of a declared pool")
            )
        return None
    return report.known(Message("pool"), node, scopes.declared.pools, Message("`pools`"))
