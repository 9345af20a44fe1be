"""Misspelled keys and words are reported, and read on as if the right ones stood there."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled
from orderflow.compiler.nodes import MapNode
from orderflow.compiler.reader import read
from orderflow.compiler.scalar import plain
from orderflow.compiler.structure import check_structure


def _read(text: str) -> MapNode:
    root, found = read(text, "order.yaml")
    assert root is not None
    assert found == []
    return root


def test_a_key_in_a_misspelled_key_is_read_too() -> None:
    root = _read("entity: order\nsatets:\n  new: {intial: ture}\n")
    checked = check_structure(root, "EntityDocument")
    assert [(item.message, item.span.line, item.span.column) for item in checked.found] == [
        ("unknown key `satets`", 2, 1),
        ("unknown key `intial`", 3, 9),
        ("`initial` must be `true` or `false`, not `ture`", 3, 17),
    ]
    assert plain(checked.root) == {"entity": "order", "states": {"new": {"initial": True}}}


def test_a_key_that_is_there_already_is_not_meant_twice() -> None:
    root = _read("entity: order\nstates: {new: {}}\nsattes: {old: {}}\n")
    checked = check_structure(root, "EntityDocument")
    assert [item.message for item in checked.found] == ["unknown key `sattes`"]
    assert checked.found[0].fix is not None
    assert checked.found[0].fix.replacement is None


def test_a_section_of_another_kind_leaves_its_names_open() -> None:
    checked = check_structure(_read("entity: order\nstates: 5\n"), "EntityDocument")
    assert not checked.complete
    assert len(checked.found) == 1


@pytest.mark.parametrize(
    ("written", "meant"), [("string", "text"), ("Float", "decimal"), ("boolean", "bool"), ("金额", "money")]
)
def test_a_type_as_other_languages_call_it(written: str, meant: str) -> None:
    checked = check_structure(
        _read(f"entity: order\nfields: {{x: {written}, y: {{type: {written}}}}}\nstates: {{a: }}\n"),
        "EntityDocument",
    )
    assert [(item.code, item.span.line) for item in checked.found] == [("OF101", 2), ("OF101", 2)]
    assert [item.fix and item.fix.replacement for item in checked.found] == [meant, meant]


def test_a_currency_that_is_not_there_is_missed_once(compile_rules: Callable[..., Compiled]) -> None:
    (found,) = compile_rules(
        ruleset="ruleset: shop\nversion: 1.0.0\n",
        order="entity: order\nfields: {due: money, paid: money}\nstates: {a: {initial: true, final: true}}\n",
    ).diagnostics
    assert found.message == "`due` is money, and the rule set names no currency"
