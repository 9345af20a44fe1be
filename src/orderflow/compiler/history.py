"""What is worked out of the records that refer to a root record: aggregates, tiers, tags."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from orderflow.compiler.durations import compile_duration
from orderflow.compiler.expressions import compile_expression
from orderflow.compiler.fields import spans_of
from orderflow.compiler.names import check_value_name
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.tiers import compile_tier
from orderflow.compiler.transitions import known_actions
from orderflow.diagnostics import Label, Severity
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.scope import RefScope, Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import DATETIME, NUMBERS, UNKNOWN, Kind, Type, bounds, optional
from orderflow.model.standing import Aggregate, Tag, Tier

Op = Literal["sum", "count", "streak", "distinct", "min", "max"]
OPS: tuple[Op, ...] = ("sum", "count", "streak", "distinct", "min", "max")
_COUNTED = Type(Kind.INTEGER, lo=0)
_MOST_DAYS = 3_660
_CONDITIONS = frozenset({"count", "streak"})


@dataclass(frozen=True, slots=True)
class History:
    """What an entity declares of its history: by name, with what could not be read.

    `levels` gives the levels of each tier, `tag_names` every tag, those with faults too.
    """

    aggregates: Mapping[str, Aggregate]
    types: Mapping[str, Type]
    tiers: Mapping[str, Tier]
    levels: Mapping[str, tuple[str, ...]]
    tag_names: frozenset[str]

    def owner(self, outline: Outline) -> RefScope:
        """What expressions may read of a record of the entity."""
        fields = {name: field.type for name, field in outline.fields.items()}
        return RefScope(fields, self.types, self.levels)


def compile_history(scopes: Scopes, report: Report) -> dict[str, History]:
    """The aggregates and tiers of every entity, and the names of its tags.

    Args:
        scopes: the scopes of records without the world around them.
        report: where the findings go.
    """
    return {name: _history(outline, scopes, report) for name, outline in scopes.outlines.items()}


def _history(outline: Outline, scopes: Scopes, report: Report) -> History:
    aggregates: dict[str, Aggregate] = {}
    types = dict.fromkeys(outline.part.lost_names("aggregates"), UNKNOWN)
    parts = {key: outline.part.parts(key) for key in ("aggregates", "tiers", "tags")}
    _only_roots(outline, report)
    taken = dict.fromkeys(outline.fields, Message("a field")) | dict.fromkeys(
        outline.children, Message("the children of that name")
    )
    taken[outline.name] = Message("the record itself")
    for part in parts["aggregates"]:
        fine = check_value_name(Message("aggregate"), part.key, taken, report)
        made = _aggregate(part, outline, scopes, report)
        types[part.name] = made.type if made is not None and fine else UNKNOWN
        if made is not None:
            aggregates[part.name] = made
    tiers: dict[str, Tier] = {}
    levels: dict[str, tuple[str, ...]] = dict.fromkeys(outline.part.lost_names("tiers"), ())
    for part in parts["tiers"]:
        check_value_name(Message("tier"), part.key, {}, report)
        levels[part.name] = tuple(entry.name for entry in part.entries("levels"))
        tier = compile_tier(part, outline, types, scopes, report)
        if tier is not None:
            tiers[part.name] = tier
    for part in parts["tags"]:
        check_value_name(Message("tag"), part.key, {}, report)
    tags = frozenset({part.name for part in parts["tags"]} | outline.part.lost_names("tags"))
    return History(aggregates, types, tiers, levels, tags)


def _only_roots(outline: Outline, report: Report) -> None:
    """Aggregates, tiers and tags stand on root records."""
    if outline.parent is None:
        return
    for key in ("aggregates", "tiers", "tags"):
        entry = outline.part.node.entry(key)
        if entry is not None:
            text = Message(
                "`{key}` stand on records without a parent, and `{name}` has `{parent}`",
                key=key,
                name=outline.name,
                parent=outline.parent,
            )
            report.error(
                "OF107",
                text,
                entry.key.span,
                NOTHING,
                Message("move them to `{parent}`, or remove them", parent=outline.parent),
            )


# ---- aggregates ---------------------------------------------------------------------------------------------------


def _aggregate(part: Part, owner: Outline, scopes: Scopes, report: Report) -> Aggregate | None:
    before = report.errors
    spans = {name: outline.part.span for name, outline in scopes.outlines.items()}
    node = part.scalar("of")
    entity = None if node is None else report.known(Message("entity"), node, spans)
    op = _op(part, report)
    over, days = _window(part, report)
    if entity is None:
        return None
    counted = scopes.outlines[entity]
    by = _by(part, owner, counted, report)
    scope = scopes.alone(entity)
    at = _expression(part.scalar("at"), scope, optional(DATETIME), report)
    where = _expression(part.scalar("where"), scope, Kind.BOOL, report)
    value = None
    if op is not None:
        value = _expression(part.scalar(op), scope, Kind.BOOL if op in _CONDITIONS else None, report)
    if value is not None and op is not None:
        _check_value(part, op, value, report)
    if by is None or at is None or op is None or value is None or report.errors > before:
        return None
    return Aggregate(
        name=part.name,
        label=part.text("label") or part.name,
        of=entity,
        by=by,
        at=at,
        op=op,
        value=value,
        where=where,
        over=over,
        days=days,
        type=_result(op, value.type),
        span=part.span,
    )


def _op(part: Part, report: Report) -> Op | None:
    """How the records are put together: exactly one key says so."""
    said = [op for op in OPS if part.node.get(op) is not None]
    if not said:
        if part.intact:
            listed = ", ".join(f"`{op}`" for op in OPS)
            text = Message("`{name}` does not say what it works out", name=part.name)
            report.error("OF107", text, part.span, NOTHING, Message("add one of {listed}", listed=listed))
        return None
    for other in said[1:]:
        entry = part.node.entry(other)
        text = Message(
            "`{name}` has both `{value}` and `{other}`", name=part.name, value=said[0], other=other
        )
        span = entry.key.span if entry else part.span
        report.error("OF107", text, span, NOTHING, Message("keep one; make a second aggregate of the other"))
    return said[0]


def _window(part: Part, report: Report) -> tuple[timedelta | None, int | None]:
    over = compile_duration("over", part.scalar("over"), report)
    node, days = part.scalar("days"), part.whole("days")
    if over is not None and not over:
        entry = part.node.entry("over")
        span = entry.value.span if entry else part.span
        report.error(
            "OF102",
            Message("`over` must be longer than nothing"),
            span,
            NOTHING,
            Message("write such as `30d`"),
        )
    if node is not None and days is not None and not 1 <= days <= _MOST_DAYS:
        text = Message("`days` must be from 1 to {MOST_DAYS}", MOST_DAYS=_MOST_DAYS)
        report.error(
            "OF102", text, node.span, NOTHING, Message("1 is today alone, 7 today and the six days before")
        )
    if part.scalar("over") is not None and node is not None:
        entry = part.node.entry("days")
        text = Message(
            "`{name}` has both `over`, which rolls, and `days`, which are local days", name=part.name
        )
        report.error(
            "OF107", text, entry.key.span if entry else node.span, NOTHING, Message("keep one of them")
        )
    return over, days


def _by(part: Part, owner: Outline, counted: Outline, report: Report) -> str | None:
    """The field of the counted records that refers to the owner."""
    refs = {
        name: field
        for name, field in counted.fields.items()
        if field.type.kind is Kind.REF and field.type.name == owner.name
    }
    node = part.scalar("by")
    where = Message("the `fields` of `{name}`", name=counted.name)
    if node is not None:
        name = report.known(Message("field"), node, spans_of(counted.fields.values()), where)
        field = None if name is None else counted.fields[name]
        if field is not None and field.name not in refs and field.type != UNKNOWN:
            text = Message("`{name}` does not refer to `{name2}`", name=field.name, name2=owner.name)
            label = Label(field.span, Message("this field"))
            fix = Message("name a field of the type `ref {name}`", name=owner.name)
            report.error("OF102", text, node.span, NOTHING, fix, (label,))
            return None
        return name
    if len(refs) == 1:
        return next(iter(refs))
    if not part.intact or any(field.type == UNKNOWN for field in counted.fields.values()):
        return None
    of = part.scalar("of")
    span = of.span if of is not None else part.span
    if refs:
        listed = ", ".join(f"`{name}`" for name in refs)
        text = Message("several fields of `{name}` refer to `{name2}`", name=counted.name, name2=owner.name)
        report.error("OF107", text, span, NOTHING, Message("add `by:` with one of {listed}", listed=listed))
    else:
        text = Message("no field of `{name}` refers to `{name2}`", name=counted.name, name2=owner.name)
        fix = Message(
            "add a field of the type `ref {name}` to `{name2}`", name=owner.name, name2=counted.name
        )
        report.error("OF107", text, span, NOTHING, fix)
    return None


def _expression(
    node: ScalarNode | None, scope: Scope, expected: Type | Kind | None, report: Report
) -> Expression | None:
    """An expression over the fields and the lifecycle of one record, which time alone does not change."""
    made = compile_expression(node, scope, expected, report)
    if made is None or node is None or not made.reads.clock:
        return made
    text = Message("an aggregate reads no clock: what a record counts for is kept when it changes")
    report.error("OF106", text, node.span, NOTHING, Message("limit it in time with `over:` or `days:`"))
    return None


def _check_value(part: Part, op: Op, value: Expression, report: Report) -> None:
    node = part.scalar(op)
    span = node.span if node is not None else part.span
    kind = value.type.kind
    if op in ("sum", "min", "max") and kind not in (*NUMBERS, Kind.NONE):
        report.error(
            "OF102",
            Message("`{op}` needs a number", op=op),
            span,
            NOTHING,
            Message("name a field that is a number"),
        )
    elif op in ("sum", "distinct", "min", "max") and value.type.optional:
        text = Message("`{op}` needs a value that is always there", op=op)
        report.error(
            "OF103",
            text,
            span,
            Message("may be missing"),
            Message("write `coalesce(..., ...)` to say what counts instead"),
        )
    elif op == "distinct" and kind in (Kind.LIST, Kind.RECORD):
        report.error(
            "OF102",
            Message("`distinct` needs a single value"),
            span,
            NOTHING,
            Message("name a field that is no list"),
        )


def _result(op: Op, value: Type) -> Type:
    """The type of what is worked out; a least or greatest value is missing where there is none."""
    if op in ("count", "streak", "distinct"):
        return _COUNTED
    if op == "sum":
        low, high = bounds(value)
        return replace(value, optional=False, lo=0 if low >= 0 else None, hi=0 if high <= 0 else None)
    return optional(value)


# ---- tags ---------------------------------------------------------------------------------------------------------


def compile_tags(outline: Outline, scopes: Scopes, report: Report) -> dict[str, Tag]:
    """The tags of an entity; one with faults is left out.

    Args:
        outline: the entity's names.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made: dict[str, Tag] = {}
    if outline.parent is not None:
        return made
    for part in outline.part.parts("tags"):
        scope = scopes.of(outline.name)
        when = compile_expression(part.scalar("when"), scope, Kind.BOOL, report, wakes=Severity.ERROR)
        on_set = known_actions(part, "on_set", scopes.declared.actions, report)
        on_clear = known_actions(part, "on_clear", scopes.declared.actions, report)
        if when is not None:
            label = part.text("label") or part.name
            made[part.name] = Tag(part.name, label, when, on_set, on_clear, part.span)
    return made
