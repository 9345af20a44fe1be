"""What does not fit the schema is said in plain words, once, and in its place."""

import pytest

from orderflow.compiler.reader import read
from orderflow.compiler.structure import check_structure

HEAD = "entity: order\nstates: {a: {initial: true, final: true}}\n"


@pytest.mark.parametrize(
    ("text", "code", "message", "place", "repair"),
    [
        ("label: [a]\n", "OF107", "`label` must be a text, not a list", (3, 8), "write a text"),
        ("label:\n", "OF107", "`label` has no value", (3, 1), "write a text, or remove the key"),
        ("fields: {a: monye}\n", "OF101", "`monye` is not one of", (3, 13), "replace with `money`"),
        ("fields: {a: {typ: text}}\n", "OF101", "unknown key `typ`", (3, 14), "replace with `type`"),
        ("fields: {a: {label: x}}\n", "OF107", "`a` has no `type`", (3, 10), "add `type:`"),
        (
            "fields: {a: {type: text, private: yes}}\n",
            "OF107",
            "`private` must be",
            (3, 35),
            "replace with `true`",
        ),
        (
            "fields: {a: {type: text, changes: nevr}}\n",
            "OF101",
            "`nevr` is not one of",
            (3, 35),
            "replace with `never`",
        ),
        ("tables: {t: {}}\n", "OF101", "unknown key `tables`", (3, 1), "move `tables` to a file of its own"),
        ("path: []\n", "OF107", "`path` is empty", (3, 1), "name at least one"),
        ("path: a\n", "OF107", "`path` must be a list of names", (3, 7), "write a list of names"),
        (
            "transitions: {t: {from: a, after: 3x}}\n",
            "OF102",
            "`after` must be a duration",
            (3, 35),
            "write a duration",
        ),
        (
            "fields: {a: {type: ref b, missing: crate}}\n",
            "OF101",
            "`missing` can only be",
            (3, 36),
            "replace with `create`",
        ),
        ("transitions: {t: {form: a}}\n", "OF101", "unknown key `form`", (3, 19), "replace with `from`"),
        ("transitions: {t: [a]}\n", "OF107", "`t` must be a group of keys", (3, 18), "write a group of keys"),
        (
            "transitions: {t: {from: [a, {b: c}]}}\n",
            "OF107",
            "an item of `from` must be",
            (3, 29),
            "write a name",
        ),
        ("zzz: 1\n", "OF101", "unknown key `zzz`", (3, 1), "remove it"),
    ],
)
def test_a_fault(text: str, code: str, message: str, place: tuple[int, int], repair: str) -> None:
    root, found = read(HEAD + text, "order.yaml")
    assert root is not None
    assert found == []
    checked = check_structure(root, "EntityDocument")
    assert len(checked.found) == 1
    diagnostic = checked.found[0]
    assert (diagnostic.code, (diagnostic.span.line, diagnostic.span.column)) == (code, place)
    assert message in diagnostic.message
    assert diagnostic.fix is not None
    assert repair in diagnostic.fix.message


def test_what_is_left_fits_the_schema() -> None:
    root, _ = read(
        HEAD + "fields: {a: monye, b: text, c: {typ: text}}\nzzz: 1\npath: [a, [b]]\n", "order.yaml"
    )
    assert root is not None
    checked = check_structure(root, "EntityDocument")
    assert len(checked.found) == 4
    again = check_structure(checked.root, "EntityDocument")
    assert again.found == ()
    assert frozenset({"path", "zzz"}) in checked.lost.values()
