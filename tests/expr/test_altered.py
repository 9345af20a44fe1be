"""Copies with other fields are those of `dataclasses.replace`."""

import dataclasses

import pytest

from orderflow.expr import flow, tree, types
from orderflow.expr.altered import replace
from orderflow.expr.scope import Scope

VALUES = [
    types.Type(types.Kind.MONEY, optional=True, lo=0, places=2, name="CNY"),
    tree.Name(0, 3, ("a", "b"), types.BOOL, tree.Origin.FIELD, 1, "order"),
    tree.Call(0, 9, "count", (tree.Constant(6, 8, 1),), 0, 5),
    flow.Facts(frozenset({("name", 1)}), dead=True),
    Scope("order", {"a": types.BOOL}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_each_field_can_be_another(value: object) -> None:
    assert replace(value) == value
    assert replace(value) is not value
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        other = {field.name: "other"}
        assert replace(value, **other) == dataclasses.replace(value, **other)  # type: ignore[type-var]
        assert getattr(value, field.name) != "other"


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in [*vars(tree).values(), flow.Facts, flow.Seen]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    ],
    ids=lambda kind: kind.__name__,
)
def test_the_classes_are_such_as_it_copies(kind: type) -> None:
    assert not hasattr(kind, "__post_init__")
    names = tuple(field.name for field in dataclasses.fields(kind))
    assert getattr(kind, "__match_args__", ()) == getattr(kind, "__slots__", ()) == names
