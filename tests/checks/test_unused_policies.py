"""Tables, policies, promises and pools that nothing refers to are told of; those that something does are not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.checks import check_folder

WORLD = Path(__file__).parents[1] / "compiler" / "world"
Check = Callable[[str, str, str], list[str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Check the sound rule set with one piece of text replaced; the messages of OF104."""

    def run(file: str, old: str, new: str) -> list[str]:
        folder = shutil.copytree(WORLD, tmp_path / "world", dirs_exist_ok=True)
        path = folder / f"{file}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        compiled = check_folder(folder)
        assert not compiled.has_errors, compiled.diagnostics
        return [item.message for item in compiled.diagnostics if item.code == "OF104"]

    return run


def test_all_is_used(check: Check) -> None:
    assert check("order", "", "") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("warehouses", "    carrier: carrier\n", "", None),  # the promise looks it up
        ("queues", 'sum(collect("discounts"), percent)', "count(lines)", "nothing looks up the table `discounts`"),
        ("warehouses", "    promise: standard\n", "", "no allocation policy names the promise `standard`"),
        ("warehouses", "  nearest:\n", "  spare: {of: order}\n  nearest:\n", "nothing asks the allocation policy `spare`"),
    ],
)  # fmt: skip
def test_what_nothing_refers_to(check: Check, file: str, old: str, new: str, message: str | None) -> None:
    assert check(file, old, new) == ([] if message is None else [message])


@pytest.mark.parametrize(
    ("more", "old", "new", "messages"),
    [
        ("", "", "", ["nothing counts by the calendar `spare`"]),
        ("", "    writes: promised_on\n", "    writes: promised_on\n    calendar: spare\n", []),
        ("findings:\n  odd: {of: order, when: is_workday(today)}\n", "", "", []),
    ],
)
def test_calendars(check: Check, tmp_path: Path, more: str, old: str, new: str, messages: list[str]) -> None:
    (tmp_path / "world").mkdir()
    text = f"calendars:\n  spare: {{weekend: [sunday]}}\n{more}"
    (tmp_path / "world" / "calendars.yaml").write_text(text, encoding="utf-8")
    assert check("warehouses", old, new) == messages


def test_a_pool_of_an_entity_without_allocation(tmp_path: Path) -> None:
    folder = shutil.copytree(WORLD, tmp_path / "world")
    (folder / "transfer.yaml").write_text(
        "entity: transfer\n"
        "records: {item: {key: sku, fields: {sku: text, quantity: integer}}}\n"
        "fields: {lines: {type: list of item, label: Lines}}\n"
        "states: {a: {initial: true, final: true}}\n",
        encoding="utf-8",
    )
    (folder / "more.yaml").write_text(
        "pools:\n  extra: {of: transfer, who: quantity > 1}\n", encoding="utf-8"
    )
    messages = [item.message for item in check_folder(folder).diagnostics if item.code == "OF104"]
    assert messages == ["nothing draws on the pool `extra`: `transfer` has no allocation"]
