"""The built-in field `plan` of children that are made of a plan's parcels: where, what, by whom, until when."""

from collections.abc import Mapping

from orderflow.compiler.field_types import warehouse_type
from orderflow.compiler.part import Part
from orderflow.diagnostics import Span
from orderflow.expr.types import DATE, TEXT_TYPE, UNKNOWN, Kind, Type, list_of, optional, record
from orderflow.model.definition import Changes, Field
from orderflow.model.frozen import EMPTY

#: What a child stands for that is made of a parcel of a plan, and the field that says what the plan had for it.
PARCEL = "plan.parcel"
PLAN = "plan"
_UNITS = Type(Kind.INTEGER, lo=1)
#: The least and the greatest distance between two places on earth, in kilometres.
_DISTANCE = Type(Kind.DECIMAL, optional=True, lo=0, hi=20_100, places=3)


def plan_type(
    parent: str,
    fields: Mapping[str, Field],
    warehouses: Mapping[str, str],
    sections: Mapping[str, Mapping[str, Part]],
) -> Type:
    """The type of a parcel's plan.

    Args:
        parent: the entity whose rows are allocated.
        fields: its fields; the rows of a plan have the key of the rows that they are made of.
        warehouses: the declared warehouses.
        sections: the shared sections; a policy of `allocation` names the rows.
    """
    row: dict[str, Type] = {}
    rows = fields.get(_rows_field(parent, fields, sections))
    if rows is not None and rows.rows is not None and rows.rows.key is not None:
        row[rows.rows.key] = rows.rows.fields[rows.rows.key].type
    row |= {"sku": TEXT_TYPE, "quantity": _UNITS, "pool": optional(TEXT_TYPE)}
    lines = list_of(record("plan_line", row), at_least=1)
    if rows is None or rows.rows is None:
        lines = UNKNOWN  # the policy has a finding about its rows
    return record(
        PLAN,
        {
            "warehouse": warehouse_type(warehouses) if warehouses else TEXT_TYPE,
            "lines": lines,
            "carrier": optional(TEXT_TYPE),
            "promised_on": optional(DATE),
            "distance_km": _DISTANCE,
        },
    )


def plan_field(
    span: Span,
    parent: str,
    fields: Mapping[str, Field],
    warehouses: Mapping[str, str],
    sections: Mapping[str, Mapping[str, Part]],
) -> Field:
    """The field `plan` of the children; `span` is where their entity is declared (see `plan_type`)."""
    type_ = plan_type(parent, fields, warehouses, sections)
    return Field(PLAN, PLAN, type_, span, changes=Changes.NEVER)


def _rows_field(parent: str, fields: Mapping[str, Field], sections: Mapping[str, Mapping[str, Part]]) -> str:
    """The list field that is allocated: the one that the first policy of the entity names, `lines` if it names none."""
    for part in sections.get("allocation", EMPTY).values():
        named = part.text("lines")
        if part.text("of") in (parent, None) and named in (None, *fields):
            return named or "lines"
    return "lines"
