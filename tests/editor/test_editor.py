"""What an editor with YAML support does with the schema: completes, explains, and marks what is wrong."""

from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.editor.client import Editor

RULES = sorted(
    [
        *(ROOT / "rules").rglob("*.yaml"),
        *(ROOT / "examples").rglob("*.yaml"),
        *(ROOT / "src" / "orderflow" / "cli" / "templates").rglob("*.yaml"),
    ]
)
ORDER = """\
entity: order
label: Order
fields:
  paid_at:
    type: datetime
    changes: once
    \n
states:
  pending: {initial: true}
  paid:
    \n
transitions:
  pay:
    from: pending
    \n
"""


def test_there_are_rules_to_open() -> None:
    assert len(RULES) > 40


def test_nothing_is_marked_in_the_rule_sets_here(editor: Editor) -> None:
    files = {
        path.relative_to(ROOT).as_posix().replace("/", "-"): path.read_text(encoding="utf-8")
        for path in RULES
    }
    marked = {name: found[0]["message"] for name, found in editor.open_all(files).items() if found}
    assert marked == {}


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        (
            6,
            {
                "label",
                "options",
                "default",
                "optional",
                "at_least",
                "pattern",
                "editable",
                "reason",
                "formula",
            },
        ),
        (11, {"label", "initial", "final", "on_entry", "on_exit", "known_as", "states"}),
        (16, {"to", "when", "event", "after", "at_once", "otherwise", "before", "do", "creates", "retry_on"}),
    ],
    ids=["field", "state", "transition"],
)
def test_the_keys_of_a_part_are_offered_with_what_they_mean(
    line: int, keys: set[str], editor: Editor
) -> None:
    assert editor.open("order.yaml", ORDER) == []
    offered = editor.complete("order.yaml", line, 4)
    assert keys <= offered.keys()
    assert "entity" not in offered
    assert [name for name, item in offered.items() if not item.get("documentation")] == []


def test_a_key_that_is_there_is_not_offered_again(editor: Editor) -> None:
    editor.open("order.yaml", ORDER)
    assert {"type", "changes"}.isdisjoint(editor.complete("order.yaml", 6, 4))


def test_an_empty_file_may_become_anything(editor: Editor) -> None:
    editor.open("empty.yaml", "")
    offered = editor.complete("empty.yaml", 0, 0)
    kinds = {"ruleset", "entity", "actions", "warehouses", "queues", "metrics", "channels", "tables", "tests"}
    assert kinds <= offered.keys()
    assert offered["entity"]["insertText"] == "entity: ${1:order}\nstates:\n  "


@pytest.mark.parametrize(
    ("text", "line", "column", "options"),
    [
        (
            "entity: a\nfields:\n  n:\n    changes: \nstates: {b: {}}\n", 3, 13,
            {"never": "It keeps the value of the submit.", "grows": "It may become more, and never less."},
        ),
        (
            "entity: a\nfields:\n  n: \nstates: {b: {}}\n", 2, 5,
            {"money": "An amount, with the places of the rule set's currency.", "bool": "True or false."},
        ),
        (
            "tables:\n  t:\n    of: order\n    hit: \n", 3, 9,
            {"first": "The first row that fits counts.", "collect": "All rows that fit count."},
        ),
        (
            "allocation:\n  t:\n    split: \n", 2, 11,
            {"allowed": "Several warehouses may share a record."},
        ),
    ],
    ids=["changes", "type", "hit", "split"],
)  # fmt: skip
def test_the_options_of_a_key_are_offered_with_what_they_mean(
    text: str, line: int, column: int, options: dict[str, str], editor: Editor
) -> None:
    editor.open("options.yaml", text)
    offered = editor.complete("options.yaml", line, column)
    assert {name: offered[name]["documentation"] for name in options} == options


@pytest.mark.parametrize(
    ("line", "column", "title", "says", "example"),
    [
        (0, 2, "entity", "The name; expressions may use it to qualify the record's own fields.", "order"),
        (5, 6, "field", "Changes after the submit: never, once", "`once`: It may change from missing"),
        (9, 14, "state", "Records begin here; exactly one at each level.", ""),
        (
            15,
            6,
            "transition",
            "The source states; a compound one stands for all inside it.",
            "- pending\n- paid",
        ),
    ],
)
def test_the_pointer_on_a_key_shows_what_it_means(
    line: int, column: int, title: str, says: str, example: str, editor: Editor
) -> None:
    editor.open("order.yaml", ORDER)
    shown = editor.hover("order.yaml", line, column)
    assert shown.startswith(f"#### {title}")
    assert says in shown
    assert example in shown


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "says"),
    [
        ("fields:", "feilds:", 2, 0, "Property feilds is not allowed."),
        ("changes: once", "chnages: once", 5, 4, "Property chnages is not allowed."),
        ("label: Order", "lable: Order", 1, 0, "Property lable is not allowed."),
        ("type: datetime", "type: datetme", 4, 10, "Value is not accepted."),
        ("changes: once", "changes: twice", 5, 13, 'Valid values: "never", "once", "grows", "free".'),
        ("initial: true", "initial: yes", 9, 21, 'Incorrect type. Expected "boolean".'),
        ("from: pending", "from: pending\n    after: 5 days", 16, 11, "write a duration such as `90s`"),
        ("    from: pending\n", "    to: paid\n", 14, 2, 'Missing property "from".'),
    ],
)
def test_a_slip_is_marked_in_its_place(
    old: str, new: str, line: int, column: int, says: str, editor: Editor
) -> None:
    assert old in ORDER
    marked = editor.open("slip.yaml", ORDER.replace(old, new))
    places = [item["range"]["start"] for item in marked if says in item["message"]]
    assert places == [{"line": line, "character": column}], marked


def test_a_file_may_name_the_schema_itself(server: Path, schema: Path) -> None:
    alone = Editor(server, None)
    try:
        text = f"# yaml-language-server: $schema={schema.as_uri()}\n{ORDER}"
        assert alone.open("named.yaml", text) == []
        assert "Property feilds is not allowed." in str(
            alone.open("named.yaml", text.replace("fields", "feilds"))
        )
        assert "initial" in alone.complete("named.yaml", 12, 4) or "final" in alone.complete(
            "named.yaml", 12, 4
        )
    finally:
        alone.close()
