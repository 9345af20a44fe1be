"""Shops as strangers would write them: sound ones have no finding, and one fault in one is one finding, in its place."""

from pathlib import Path

import pytest
from tests.checks.planted.cases import CASES, Case
from tests.checks.planting import Folder, read_folder

HERE = Path(__file__).parent / "planted"
SHOPS = sorted(path.name for path in HERE.iterdir() if (path / "ruleset.yaml").exists())


@pytest.mark.parametrize("shop", SHOPS)
def test_a_sound_shop_has_no_finding(shop: str, tmp_path: Path) -> None:
    assert Folder(tmp_path).check(read_folder(HERE / shop)).diagnostics == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def test_a_planted_fault_is_one_finding(case: Case, tmp_path: Path) -> None:
    code, shop, place, edits = case
    texts = dict(read_folder(HERE / shop))
    for name, old, new in edits:
        assert texts[name].count(old) == 1
        texts[name] = texts[name].replace(old, new)
    found = [
        (item.code, f"{Path(item.span.file).name}:{item.span.line}:{item.span.column}")
        for item in Folder(tmp_path).check(texts).diagnostics
    ]
    assert found == [(code, place)]


def test_the_key_of_an_entity_with_a_name_in_another_script_can_be_named(tmp_path: Path) -> None:
    texts = dict(read_folder(HERE / "tea"))
    texts["订单.yaml"] = (
        texts["订单.yaml"].replace("key: 订单号\n", "").replace("  订单号: {", "  旧单号: {label: 旧单号, ")
    )
    texts["订单.yaml"] = texts["订单.yaml"].replace(', auto: "T{sequence:06}"', ", optional: true")
    texts["其他.yaml"] = texts["其他.yaml"].replace("{订单号}", "{订单_id}")
    assert Folder(tmp_path).check(texts).diagnostics == ()
