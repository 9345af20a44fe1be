"""Names, types and texts that strangers would get wrong: one fault in a sound shop is one finding, in its place.

The shops are in several scripts and styles; the places were written down before the first run.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.checks.planted_names import names, others
from tests.checks.planted_names.names import Case
from tests.checks.planting import Edit, apply, offset_of

from orderflow.checks import check_folder
from orderflow.diagnostics import Diagnostic

HERE = Path(__file__).parent / "planted_names"
#: The shops, each with its own folder; of the one over another, that of both.
SHOPS = sorted(path.name for path in HERE.iterdir() if any(path.rglob("ruleset.yaml")))
CASES = (*names.CASES, *others.CASES)


def _read(shop: str) -> dict[str, str]:
    """The files of a shop by their path in its folder."""
    found = sorted((HERE / shop).rglob("*.yaml"))
    return {path.relative_to(HERE / shop).as_posix(): path.read_text(encoding="utf-8") for path in found}


def _check(texts: Mapping[str, str], folder: Path) -> tuple[list[tuple[str, Diagnostic]], Path]:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    top = folder / "top" if (folder / "top").exists() else folder
    found = check_folder(top).diagnostics
    return [
        (Path(item.span.file).resolve().relative_to(folder.resolve()).as_posix(), item) for item in found
    ], top


@pytest.mark.parametrize("shop", SHOPS)
def test_a_sound_shop_has_no_finding(shop: str, tmp_path: Path) -> None:
    assert _check(_read(shop), tmp_path)[0] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}")
def test_a_planted_fault_is_one_finding(case: Case, tmp_path: Path) -> None:
    code, shop, place, name, old, new, gives_back = case
    right = _read(shop)
    assert old in right[name]
    wrong = {**right, name: right[name].replace(old, new, 1)}
    found = _check(wrong, tmp_path)[0]
    assert [(item.code, f"{file}:{item.span.line}:{item.span.column}") for file, item in found] == [
        (code, place)
    ]
    ((file, item),) = found
    assert item.fix is not None
    assert item.fix.message
    if gives_back:
        span, better = item.fix.span, item.fix.replacement
        assert span is not None
        assert better is not None
        start = offset_of(wrong[file], span.line, span.column)
        end = offset_of(wrong[file], span.end_line, span.end_column)
        assert apply(wrong, [Edit(file, start, end, better)]) == right


def test_a_value_shown_in_a_text_is_not_tested_but_replaced(tmp_path: Path) -> None:
    right = _read("flowers")
    wrong = {
        **right,
        "rest.yaml": right["rest.yaml"].replace('{coalesce(card_text, "-")}', "{length(card_text)}"),
    }
    ((_, item),) = _check(wrong, tmp_path)[0]
    assert item.fix is not None
    assert item.fix.message == 'write `coalesce(card_text, ...)`, or `... if card_text is not None else "-"`'
    assert item.fix.replacement is None


def test_a_name_in_a_shared_action_may_be_missing_for_one_of_its_users(tmp_path: Path) -> None:
    right = _read("over")
    order = right["base/order.yaml"].replace("drop, do: sorry", "drop, do: [sorry, note]")
    parcel = (
        "entity: claim\nfields:\n  total: {type: money, optional: true}\n"
        "states:\n  a: {initial: true, on_entry: [note]}\n  b: {final: true}\n"
        "transitions:\n  end: {from: a, to: b, after: 1d}\n"
    )
    rest = right["base/rest.yaml"].replace(
        "queues:", '  note: {use: notify, to: desk, message: "{coalesce(total, 0)}"}\nqueues:'
    )
    texts = {**right, "base/order.yaml": order, "base/claim.yaml": parcel, "base/rest.yaml": rest}
    assert _check(texts, tmp_path)[0] == []
