"""Rows that stand for units of stock."""

from orderflow.expr.types import Kind, Type


def has_units(type_: Type) -> bool:
    """Whether a list is always there and its rows have a text `sku` and an integer `quantity`.

    A list whose declaration has a fault passes: that has been reported.
    """
    row = type_.item
    if row is None:
        return type_.kind in (Kind.LIST, Kind.NONE)
    sku, quantity = row.field("sku"), row.field("quantity")
    return (
        not type_.optional
        and sku is not None
        and quantity is not None
        and sku.kind in (Kind.TEXT, Kind.CHOICE, Kind.NONE)
        and quantity.kind in (Kind.INTEGER, Kind.NONE)
        and not sku.optional
        and not quantity.optional
    )
