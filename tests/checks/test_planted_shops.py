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
