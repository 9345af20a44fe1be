"""Fields, figures, records and roles that nothing uses are told of; what is read, written, shown or bound by a rule is not."""

import shutil
from pathlib import Path

import pytest

from orderflow.checks import check_folder

HEAD = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\nroles: [clerk]\n"
ORDER = """\
entity: order
key: no
records:
  line: {key: place, fields: {place: integer, sku: text, quantity: integer, ROW}}
fields:
  no: text
  lines: {type: list of line, at_least: 1}
  placed_at: datetime
  total: {type: money, default: 0}
  FIELD
states:
  new: {initial: true}
  done: {final: true}
events:
  finish: {by: [clerk], data: {DATUM}}
transitions:
  finish: {from: new, to: done, event: finish, when: 'GUARD'}
"""
SOUND = {"ROW": "gift: {type: bool, label: Gift}", "FIELD": "", "DATUM": "", "GUARD": "total > 0 and any(lines, quantity > 1) and placed_at < now"}  # fmt: skip


def _unused(folder: Path, files: dict[str, str]) -> list[tuple[str, str, int, int]]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    compiled = check_folder(folder)
    assert not compiled.has_errors, compiled.diagnostics
    return [
        (Path(item.span.file).name, item.message, item.span.line, item.span.column)
        for item in compiled.diagnostics
        if item.code == "OF104"
    ]


def _order(**parts: str) -> str:
    text = ORDER
    for mark, part in {**SOUND, **parts}.items():
        text = text.replace(mark, part)
    return text


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({}, []),
        ({"FIELD": "stray: integer"}, [("nothing reads or writes the field `stray`", 10, 3)]),
        ({"FIELD": "stray: {type: text, optional: true}"}, [("nothing reads or writes the field `stray`", 10, 3)]),
        ({"FIELD": "shown: {type: text, label: Shown}"}, []),
        ({"FIELD": "shown: {type: choice, options: {a: First, b: Second}, default: a}"}, []),
        ({"FIELD": "bare: {type: choice, options: [a, b], default: a}"}, [("nothing reads or writes the field `bare`", 10, 3)]),
        ({"FIELD": "kept: {type: integer, default: 1, changes: grows}"}, []),
        ({"FIELD": "masked: {type: text, private: true}"}, []),
        ({"FIELD": "made: {type: money, formula: total * 2, at: submit}"}, []),
        ({"FIELD": "read: integer", "GUARD": "total > 0 and read > 0 and any(lines, quantity > 1) and placed_at < now"}, []),
        ({"ROW": "weight: integer"}, [("nothing reads or writes the field `weight`", 4, 77)]),
        ({"DATUM": "why: text"}, [("nothing reads `why` of the event `finish`", 15, 32)]),
        ({"DATUM": "why: {type: text, label: Why}"}, []),
        # a label that repeats the name is one, too
        ({"FIELD": "姓名: {type: text, optional: true, label: 姓名}"}, []),
    ],
)  # fmt: skip
def test_fields(parts: dict[str, str], found: list[tuple[str, int, int]], tmp_path: Path) -> None:
    files = {"ruleset": HEAD, "order": _order(**parts)}
    assert _unused(tmp_path, files) == [("order.yaml", *item) for item in found]


def test_what_events_set_and_channels_fill_is_used(tmp_path: Path) -> None:
    order = _order(FIELD="closed_at: {type: datetime, optional: true}\n  source: text")
    order = order.replace("data: {}}", "set: {closed_at: event.at}}")
    channels = "channels:\n  shop: {of: order, columns: {no: Number, source: From, placed_at: At}, submitted: placed_at}\n"
    assert _unused(tmp_path, {"ruleset": HEAD, "order": order, "channels": channels}) == []


def test_records_and_roles(tmp_path: Path) -> None:
    order = _order().replace("records:\n", "records:\n  spare: {fields: {sku: text}}\n")
    files = {"ruleset": HEAD.replace("[clerk]", "[clerk, ghost]"), "order": order}
    assert _unused(tmp_path, files) == [
        ("order.yaml", "no field is a list of the record `spare`", 4, 3),
        ("ruleset.yaml", "nothing is said of the role `ghost`", 4, 16),
    ]


def test_a_role_of_a_scenario_is_used(tmp_path: Path) -> None:
    story = "tests:\n  - name: a\n    now: 2026-02-03T09:00:00\n    submit_as: ghost\n    given: {no: '1', placed_at: 2026-02-01T09:00:00, lines: [{place: 1, sku: a, quantity: 2, gift: true}]}\n    steps:\n      - {wait: 1h, expect: {state: new}}\n"
    files = {"ruleset": HEAD.replace("[clerk]", "[clerk, ghost]"), "order": _order(), "a.test": story}
    assert _unused(tmp_path, files) == []


@pytest.mark.parametrize(
    ("section", "line", "message"),
    [
        ("aggregates", "spent: {of: order, at: placed_at, sum: total, by: customer}", "nothing reads the aggregate `spent`"),
        ("aggregates", "spent: {of: order, at: placed_at, sum: total, by: customer, label: Spent}", None),
        ("tiers", "rank: {of: limit, levels: {a: {at_least: 5}, b: {}}}", "nothing asks for the tier `rank`"),
        ("tiers", "rank: {label: Rank, of: limit, levels: {a: {at_least: 5}, b: {}}}", None),
        ("tags", "good: {when: limit > 5}", "nothing asks for the tag `good`"),
        ("tags", "good: {when: limit > 5, label: Good}", None),
        ("tags", "good: {when: limit > 5, label: good}", None),
    ],
)  # fmt: skip
def test_figures(section: str, line: str, message: str | None, tmp_path: Path) -> None:
    customer = (
        "entity: customer\nfields:\n  limit: {type: money, label: Limit, default: 0}\n"
        f"states:\n  known: {{initial: true, final: true}}\n{section}:\n  {line}\n"
    )
    order = _order(FIELD="customer: {type: ref customer, label: Customer}")
    found = _unused(tmp_path, {"ruleset": HEAD, "order": order, "customer": customer})
    assert found == ([] if message is None else [("customer.yaml", message, 7, 3)])


TAGS = """\
tags:
  big: {when: total > 9, label: Big}
  stray:
    when: >
      total > 5
      and total < 9

  # behind
  small: {when: total < 5, label: Small}
"""


def test_the_repair_takes_whole_lines_away(tmp_path: Path) -> None:
    order = _order() + TAGS
    first = order.split("\n").index("  stray:") + 1
    assert len(_unused(tmp_path, {"ruleset": HEAD, "order": order})) == 1
    (found,) = check_folder(tmp_path).diagnostics
    assert found.fix is not None
    assert found.fix.span is not None
    assert (found.fix.span.line, found.fix.span.column, found.fix.replacement) == (first, 1, "")
    assert (found.fix.span.end_line, found.fix.span.end_column) == (first + 4, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  stray:", "  # before\n  stray:"),
        ("  stray:", "  stray:  # beside"),
        ("    when: >", "    # inside\n    when: >"),
    ],
)
def test_no_repair_takes_a_comment_away(old: str, new: str, tmp_path: Path) -> None:
    assert len(_unused(tmp_path, {"ruleset": HEAD, "order": _order() + TAGS.replace(old, new)})) == 1
    (found,) = check_folder(tmp_path).diagnostics
    assert found.fix is not None
    assert found.fix.replacement is None


@pytest.mark.parametrize(
    "parts",
    [
        {"FIELD": "stray: integer"},
        {"DATUM": "stray: integer"},
        {"ROW": "stray: integer"},
    ],
)
def test_what_holds_data_is_not_removed(parts: dict[str, str], tmp_path: Path) -> None:
    assert len(_unused(tmp_path, {"ruleset": HEAD, "order": _order(**parts)})) == 1
    (found,) = check_folder(tmp_path).diagnostics
    assert found.fix is not None
    assert found.fix.replacement is None


@pytest.mark.parametrize(
    ("tag", "story"),
    [
        ("stray: {when: total > 5}", "# stray is told of here"),  # named elsewhere
        ("? stray\n  : {when: total > 5}", ""),  # another way to write a key
    ],
)
def test_no_repair_where_it_is_not_sure(tag: str, story: str, tmp_path: Path) -> None:
    files = {"ruleset": HEAD + story + "\n", "order": f"{_order()}{TAGS.partition('  stray')[0]}  {tag}\n"}
    assert len(_unused(tmp_path, files)) == 1
    (found,) = check_folder(tmp_path).diagnostics
    assert found.fix is not None
    assert found.fix.replacement is None


def test_no_repair_in_braces(tmp_path: Path) -> None:
    order = _order() + "tags: {big: {when: total > 9, label: Big}, stray: {when: total > 5}}\n"
    assert len(_unused(tmp_path, {"ruleset": HEAD, "order": order})) == 1
    (found,) = check_folder(tmp_path).diagnostics
    assert found.fix is not None
    assert found.fix.replacement is None


def test_wenzhou_with_a_stray_field(tmp_path: Path) -> None:
    folder = shutil.copytree(Path(__file__).parents[2] / "rules" / "wenzhou", tmp_path / "wenzhou")
    path = folder / "order.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "\nfields:\n", "\nfields:\n  weight_kg: {type: decimal, default: 0}\n", 1
    )
    path.write_text(text, encoding="utf-8")
    (found,) = check_folder(folder).diagnostics
    assert found.message == "nothing reads or writes the field `weight_kg`"
    assert found.fix is not None
    assert found.fix.replacement is None
