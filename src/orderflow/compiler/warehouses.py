"""The places that keep stock, and the pools that units are set aside in."""

from collections.abc import Mapping
from decimal import Decimal

from orderflow.compiler.expressions import compile_timeless
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ListNode, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import resolve
from orderflow.compiler.scopes import Scopes
from orderflow.compiler.units import has_units
from orderflow.diagnostics import Label, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.types import Kind, Type
from orderflow.model.policies import Location, Pool, Warehouse

LEVELS = ("central", "regional", "forward")
_PLACE = Message(
    "write a latitude from -90 to 90 and a longitude from -180 to 180, such as `[27.99, 120.70]`"
)


def compile_warehouses(parts: Mapping[str, Part], report: Report) -> dict[str, Warehouse]:
    """The warehouses.

    Args:
        parts: their documents by name.
        report: where the findings go.
    """
    made = {}
    spans = {name: part.span for name, part in parts.items()}
    for name, part in parts.items():
        check_name(Message("warehouse"), part.key, report)
        made[name] = Warehouse(
            name=name,
            label=part.text("label") or name,
            level=part.text("level") or "central",
            span=part.span,
            parent=_parent(part, spans, report),
            location=_location(part, report),
            radius_km=_radius(part, report),
            cost=_number(part.scalar("cost")) or Decimal(0),
        )
        if part.scalar("radius") is not None and part.node.get("location") is None and part.intact:
            entry = part.node.entry("radius")
            text = Message("`{name}` serves a radius around nowhere: it has no `location`", name=name)
            span = entry.key.span if entry else part.span
            report.error(
                "OF107",
                text,
                span,
                NOTHING,
                Message("add `location: [latitude, longitude]`, or remove `radius`"),
            )
    _check_circles(made, parts, report)
    return made


def _parent(part: Part, spans: Mapping[str, Span], report: Report) -> str | None:
    node = part.scalar("parent")
    if node is None:
        return None
    return report.known(Message("warehouse"), node, spans, Message("`warehouses`"))


def _location(part: Part, report: Report) -> Location | None:
    node = part.node.get("location")
    if not isinstance(node, ListNode) or "location" in part.lost.get(part.node.span, ()):
        return None
    found = [_number(item) for item in node.items if isinstance(item, ScalarNode)]
    latitude, longitude, *more = [*found, None, None]
    if latitude is None or longitude is None or any(item is not None for item in more):
        text = Message("`location` needs a latitude and a longitude, not {len} numbers", len=len(found))
        report.error("OF102", text, node.span, NOTHING, _PLACE)
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        text = Message("no place lies at {latitude}, {longitude}", latitude=latitude, longitude=longitude)
        swapped = abs(longitude) <= 90 and abs(latitude) <= 180
        note = Message("the latitude comes first") if swapped else NOTHING
        report.error("OF102", text, node.span, note, _PLACE)
        return None
    return latitude, longitude


def _number(node: ScalarNode | None) -> Decimal | None:
    value = None if node is None else resolve(node)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value)


def _radius(part: Part, report: Report) -> Decimal | None:
    node = part.scalar("radius")
    if node is None:
        return None
    radius = Decimal(node.value.replace("km", "").strip())
    if not radius:
        text = Message("`{name}` serves nobody: its `radius` is nothing", name=part.name)
        report.error("OF102", text, node.span, NOTHING, Message("write such as `50km`, or remove `radius`"))
    return radius


def _check_circles(made: Mapping[str, Warehouse], parts: Mapping[str, Part], report: Report) -> None:
    """No warehouse is above itself."""
    seen: set[str] = set()
    for name in made:
        way: dict[str, None] = {}  # in order
        here: str | None = name
        while here is not None and here in made and here not in seen:
            if here in way:
                circle = list(way)[list(way).index(here) :]
                node = parts[here].scalar("parent")
                words = " > ".join(f"`{item}`" for item in (*circle, here))
                label = Label(made[here].span, Message("this warehouse"))
                report.error(
                    "OF107",
                    Message("`{here}` would be above itself: {words}", here=here, words=words),
                    node.span if node else made[here].span,
                    NOTHING,
                    Message("name the warehouse that supplies it, or remove `parent`"),
                    (label,),
                )
                break
            way[here] = None
            here = made[here].parent
        seen.update(way)


def compile_pools(
    parts: Mapping[str, Part], rows: Mapping[str, str], scopes: Scopes, report: Report, *, sure: bool = True
) -> dict[str, Pool]:
    """The pools; one with faults is left out.

    Args:
        parts: their documents by name.
        rows: by entity with allocation, its list of rows that ask for units.
        scopes: what expressions may name.
        report: where the findings go.
        sure: whether that is known of every allocation policy.
    """
    made = {}
    for name, part in parts.items():
        check_name(Message("pool"), part.key, report)
        entity = _of(part, rows, scopes, report, sure=sure)
        row = None if entity is None else _row(entity, rows, part, scopes, report)
        if entity is None or row is None:
            continue
        scope = scopes.row(entity, row.name, dict(row.fields))
        who = compile_timeless(part.scalar("who"), scope, Kind.BOOL, report)
        if who is not None:
            made[name] = Pool(name, part.text("label") or name, entity, who, part.span)
    return made


def _of(part: Part, rows: Mapping[str, str], scopes: Scopes, report: Report, *, sure: bool) -> str | None:
    node = part.scalar("of")
    if node is not None:
        return report.known(
            Message("entity"), node, {name: item.part.span for name, item in scopes.outlines.items()}
        )
    if len(rows) == 1:
        return next(iter(rows))
    if part.intact and sure:
        listed = ", ".join(f"`{name}`" for name in rows or scopes.outlines)
        why = Message("no entity has allocation") if not rows else Message("several entities have allocation")
        fix = Message("add `of:` with one of {listed}", listed=listed)
        report.error(
            "OF107",
            Message("whose rows may draw on `{name}`? {why}", name=part.name, why=why),
            part.span,
            NOTHING,
            fix,
        )
    return None


def _row(entity: str, rows: Mapping[str, str], part: Part, scopes: Scopes, report: Report) -> Type | None:
    """The record type of the rows that may draw on a pool."""
    outline = scopes.outlines[entity]
    field = outline.fields.get(rows.get(entity, "lines"))
    if field is not None and field.type.kind is Kind.NONE:
        return None  # its declaration has a fault, which has been reported
    if field is None or field.type.item is None or not has_units(field.type):
        node = part.scalar("of")
        text = Message(
            "`{entity}` has no list `{get}` of rows with a `sku` and a `quantity`",
            entity=entity,
            get=rows.get(entity, "lines"),
        )
        report.error(
            "OF107", text, node.span if node else part.span, NOTHING, Message("name an entity that has one")
        )
        return None
    return field.type.item
