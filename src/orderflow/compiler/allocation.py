"""Allocation policies: whose rows they serve, from where, by what rank."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.compiler.expressions import compile_timeless
from orderflow.compiler.fields import spans_of
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.outline import Outline
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scopes import Scopes, is_known
from orderflow.compiler.units import has_units
from orderflow.compiler.warehouses import LEVELS
from orderflow.diagnostics import Label
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.tree import Expression
from orderflow.expr.types import (
    DECIMAL,
    TEXT_TYPE,
    TEXTS,
    Kind,
    Type,
    choice,
    describe,
    optional,
    record,
)
from orderflow.model.definition import Child
from orderflow.model.frozen import EMPTY
from orderflow.model.policies import Allocation, Promise, Table

#: What a child stands for that is made of a parcel of a plan.
PARCEL = "plan.parcel"
#: The least and the greatest distance between two places on earth, in kilometres.
_DISTANCE = Type(Kind.DECIMAL, optional=True, lo=0, hi=20_100, places=3)
#: How a policy without `rank` ranks.
_USUAL_RANK = ("parcels", "distance_km", "cost")


@dataclass(frozen=True, slots=True)
class Served:
    """Whose rows a policy serves: a root entity and its list field."""

    part: Part
    of: str
    lines: str


def declare_policies(
    parts: Mapping[str, Part], outlines: Mapping[str, Outline], report: Report
) -> dict[str, Served]:
    """Whose rows each policy serves; one that does not say is left out.

    Args:
        parts: the policies' documents by name.
        outlines: the entities.
        report: where the findings go.
    """
    made: dict[str, Served] = {}
    for name, part in parts.items():
        check_name(Message("allocation policy"), part.key, report)
        lines = part.scalar("lines")
        wanted = lines.value if lines is not None else "lines"
        entity = _of(part, wanted, outlines, report)
        if entity is None:
            continue
        outline = outlines[entity]
        if outline.parent is not None:
            node = part.scalar("of")
            text = Message(
                "`{entity}` records are children; a policy finds warehouses for records without a parent",
                entity=entity,
            )
            span = node.span if node else part.span
            report.error("OF107", text, span, NOTHING, Message("name `{parent}`", parent=outline.parent))
            continue
        found = _lines(part, wanted, outline, report)
        if found is not None:
            made[name] = Served(part, entity, found)
    return made


def _of(part: Part, lines: str, outlines: Mapping[str, Outline], report: Report) -> str | None:
    node = part.scalar("of")
    if node is not None:
        return report.known(
            Message("entity"), node, {name: item.part.span for name, item in outlines.items()}
        )
    fit = [
        name
        for name, item in outlines.items()
        if item.parent is None and lines in item.fields and has_units(item.fields[lines].type)
    ]
    if len(fit) == 1 or not part.intact:
        return fit[0] if len(fit) == 1 else None
    if fit:
        listed = ", ".join(f"`{name}`" for name in fit)
        text = Message("`{name}` does not say for which entity it finds warehouses", name=part.name)
        report.error(
            "OF107", text, part.span, NOTHING, Message("add `of:` with one of {listed}", listed=listed)
        )
    else:
        text = Message(
            "no entity without a parent has a list `{lines}` of rows with a `sku` and a `quantity`",
            lines=lines,
        )
        report.error("OF107", text, part.span, NOTHING, Message("add `of:` and `lines:`"))
    return None


def _lines(part: Part, wanted: str, outline: Outline, report: Report) -> str | None:
    """The list field of an entity whose rows ask for units."""
    node = part.scalar("lines")
    where = Message("the `fields` of `{name}`", name=outline.name)
    name: str | None = wanted
    if node is not None:
        name = report.known(Message("field"), node, spans_of(outline.fields.values()), where)
    elif wanted not in outline.fields:
        if outline.part.intact:
            text = Message("`{name}` has no field `lines`", name=outline.name)
            of = part.scalar("of")
            report.error(
                "OF107",
                text,
                of.span if of else part.span,
                NOTHING,
                Message("add `lines:` with its list of rows"),
            )
        return None
    if name is None or not is_known(outline.fields[name].type):
        return None
    field = outline.fields[name]
    of = node or part.scalar("of")
    if field.rows is None or not has_units(field.type):
        text = Message("the rows of `{name}` need a text `sku` and an integer `quantity`", name=name)
        label = Label(field.span, Message("this list"))
        report.error(
            "OF102",
            text,
            of.span if of else part.span,
            NOTHING,
            Message("name a list of rows with both"),
            (label,),
        )
        return None
    if field.rows.key is None:
        text = Message(
            "the rows of `{name}` have no key, so parcels cannot say which of them they carry", name=name
        )
        label = Label(field.rows.span, Message("this record"))
        fix = Message("add `key:` to the record `{name}`", name=field.rows.name)
        report.error("OF107", text, of.span if of else part.span, NOTHING, fix, (label,))
        return None
    return name


def compile_allocation(
    served: Mapping[str, Served],
    tables: Mapping[str, Table],
    promises: Mapping[str, Promise],
    scopes: Scopes,
    report: Report,
) -> dict[str, Allocation]:
    """The allocation policies; one with faults is left out.

    Args:
        served: whose rows each serves.
        tables: the decision tables that could be read.
        promises: the promises that could be read.
        scopes: what expressions may name.
        report: where the findings go.
    """
    made = {}
    for name, item in served.items():
        policy = _policy(item, tables, promises, scopes, report)
        if policy is not None:
            made[name] = policy
    return made


def _policy(
    served: Served,
    tables: Mapping[str, Table],
    promises: Mapping[str, Promise],
    scopes: Scopes,
    report: Report,
) -> Allocation | None:
    part, outline = served.part, scopes.outlines[served.of]
    rows = outline.fields[served.lines].rows
    before = report.errors
    place = Type(Kind.LOCATION, optional=True)
    near = compile_timeless(part.scalar("near"), scopes.of(served.of), place, report)
    scope = scopes.with_extra(served.of, {"warehouse": _warehouse(scopes)})
    candidates = compile_timeless(part.scalar("candidates"), scope, Kind.BOOL, report)
    child = next((item for item in outline.children.values() if item.one_per == PARCEL), None)
    carrier = _carrier(part, child, tables, scopes, report)
    promise = _promise(part, child, promises, scopes, report)
    rank = _rank(part, report)
    pack_by = _pack_by(served, scopes, report)
    if report.errors > before or rows is None or rows.key is None:
        return None
    return Allocation(
        name=part.name,
        label=part.text("label") or part.name,
        of=served.of,
        lines=served.lines,
        line_key=rows.key,
        children=None if child is None else child.name,
        child=None if child is None else child.entity,
        near=near,
        candidates=candidates,
        rank=rank,
        split=part.text("split") == "allowed",
        carrier=carrier,
        promise=promise,
        span=part.span,
        pack_by=pack_by,
    )


def _pack_by(served: Served, scopes: Scopes, report: Report) -> Expression | None:
    """What of a row tells parcels of one warehouse apart."""
    node = served.part.scalar("pack_by")
    row = scopes.outlines[served.of].fields[served.lines].type.item
    if node is None or row is None:
        return None
    made = compile_timeless(node, scopes.row(served.of, row.name, dict(row.fields)), None, report)
    if made is not None and made.type.kind not in (*TEXTS, Kind.BOOL, Kind.INTEGER, Kind.NONE):
        report.error(
            "OF102",
            Message(
                "`pack_by` is {kind}; parcels are told apart by a text, a choice, a number or yes and no",
                kind=describe(made.type),
            ),
            node.span,
            NOTHING,
            Message("name such a field of the row"),
        )
    return made


def _warehouse(scopes: Scopes) -> Type:
    """The record that `candidates` sees of each warehouse."""
    names = tuple(scopes.declared.warehouses)
    name = choice(*names) if names else TEXT_TYPE
    fields = {
        "name": name,
        "level": choice(*LEVELS),
        "location": Type(Kind.LOCATION, optional=True),
        "radius_km": Type(Kind.DECIMAL, optional=True, lo=0, hi=100_000, places=3),
        "parent": optional(name),
        "distance_km": _DISTANCE,
        "cost": DECIMAL,
    }
    return record("warehouse", fields)


def _rank(part: Part, report: Report) -> tuple[str, ...]:
    if part.node.get("rank") is None:
        return _USUAL_RANK
    found: dict[str, None] = {}
    for node in part.scalars("rank"):
        if node.value in found:
            text = Message("`{value}` stands twice in `rank`", value=node.value)
            report.error("OF105", text, node.span, Message("again here"), Message("remove one of them"))
        if node.value == "distance_km" and part.node.get("near") is None and part.intact:
            text = Message("`{name}` ranks by distance, and does not say from where", name=part.name)
            fix = Message("add `near:` with a location, or remove `distance_km`")
            report.error("OF107", text, node.span, Message("no distance is known"), fix)
        found[node.value] = None
    return tuple(found)


def _no_parcels(key: str, node: ScalarNode, part: Part, report: Report) -> None:
    text = Message("`{key}` is of parcels, and no children are made of them", key=key)
    fix = Message("add children with `one_per: {PARCEL}`, or remove it", PARCEL=PARCEL)
    report.error("OF107", text, node.span, NOTHING, fix, (Label(part.span, Message("of this policy")),))


def _carrier(
    part: Part, child: Child | None, tables: Mapping[str, Table], scopes: Scopes, report: Report
) -> str | None:
    node = part.scalar("carrier")
    if node is None:
        return None
    if child is None:
        _no_parcels("carrier", node, part, report)
        return None
    name = report.known(Message("table"), node, scopes.declared.tables, Message("`tables`"))
    table = None if name is None else tables.get(name)
    if table is None:
        return name
    label = (Label(table.span, Message("this table")),)
    gives = table.gives.get("carrier")
    if table.of != child.entity:
        text = Message(
            "the table `{name}` is of `{of}`, and the parcels are `{entity}` records",
            name=name,
            of=table.of,
            entity=child.entity,
        )
        report.error(
            "OF102",
            text,
            node.span,
            NOTHING,
            Message("name a table with `of: {entity}`", entity=child.entity),
            label,
        )
    elif gives is None or gives.kind is not Kind.TEXT:
        text = Message("the table `{name}` gives no text `carrier`", name=name)
        report.error("OF102", text, node.span, NOTHING, Message("add `carrier: text` to its `gives`"), label)
    elif table.hit == "collect":
        text = Message("the table `{name}` collects several rows, and a parcel has one carrier", name=name)
        report.error(
            "OF102", text, node.span, NOTHING, Message("make it `hit: first` or `hit: unique`"), label
        )
    return name


def _promise(
    part: Part, child: Child | None, promises: Mapping[str, Promise], scopes: Scopes, report: Report
) -> str | None:
    node = part.scalar("promise")
    if node is None:
        return None
    if child is None:
        _no_parcels("promise", node, part, report)
        return None
    name = report.known(Message("promise"), node, scopes.declared.promises, Message("`promises`"))
    promise = None if name is None else promises.get(name)
    if promise is not None and promise.of != child.entity:
        text = Message(
            "the promise `{name}` is of `{of}`, and the parcels are `{entity}` records",
            name=name,
            of=promise.of,
            entity=child.entity,
        )
        label = (Label(promise.span, Message("this promise")),)
        report.error(
            "OF102",
            text,
            node.span,
            NOTHING,
            Message("name a promise with `of: {entity}`", entity=child.entity),
            label,
        )
    return name


def rows_of(served: Mapping[str, Served]) -> Mapping[str, str]:
    """By entity with allocation, its list of rows that ask for units."""
    return {item.of: item.lines for item in reversed(list(served.values()))} or EMPTY
