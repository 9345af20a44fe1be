"""Rule sets made to hurt: bases that lead elsewhere, and sections of a size that nobody writes by hand."""

from pathlib import Path

import pytest
from tests.checks.planting import Folder, read_folder
from tests.shop.driver import Shop

from orderflow.bootstrap import load
from orderflow.service.memory import MemoryStorage

RULES = Path(__file__).parents[2] / "rules" / "wenzhou"


@pytest.fixture
def texts() -> dict[str, str]:
    return {name: text for name, text in read_folder(RULES).items() if not name.endswith(".test.yaml")}


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("/", "OF107"), ("/etc", "OF107"), (".", "OF107"), ("../rules", "OF107"), ('"../rules/../rules"', "OF107"),
        ("inside", "OF107"), ("itself", "OF107"), ("..", "OF902"), ("../..", "OF902"), ("../root", "OF902"),
        ("../../../../../../etc", "OF902"), ("../nowhere", "OF107"), ("a" * 5_000, "OF107"), ('""', "OF107"),
        ("~", "OF107"),
    ],
)  # fmt: skip
def test_a_base_that_leads_elsewhere_is_one_error_where_it_is_named(
    base: str, code: str, texts: dict[str, str], tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    (rules / "inside").mkdir(parents=True)
    (rules / "itself").symlink_to(rules)
    (tmp_path / "root").symlink_to("/")
    head = texts["ruleset.yaml"]
    line = head.count("\n", 0, head.index("currency:")) + 1
    texts["ruleset.yaml"] = head.replace("currency:", f"extends: {base}\ncurrency:", 1)
    found = Folder(rules).check(texts).diagnostics
    assert [(item.code, item.span.line, item.span.column) for item in found] == [(code, line, 10)]
    assert found[0].fix is not None


def test_a_table_of_a_thousand_rows_and_five_hundred_warehouses_serve_a_shop(
    texts: dict[str, str], tmp_path: Path
) -> None:
    rows = "".join(f"      - {{when: amount_due == {each}, n: {each}}}\n" for each in range(1_000))
    texts["tables.yaml"] += (
        f"\n  big:\n    of: order\n    hit: first\n    gives: {{n: integer}}\n    rows:\n{rows}"
        "      - {otherwise: true, n: 0}\n"
    )
    guard = 'channel != "offline"'
    texts["order.yaml"] = texts["order.yaml"].replace(
        f"when: {guard}", f'when: {guard} and look_up("big") >= 0', 1
    )
    texts["warehouses.yaml"] += "".join(
        f"\n  w{each}: {{level: forward, parent: hq, location: [{20 + each % 9}.{each:04}, 110.5], radius: 50km}}"
        for each in range(500)
    )
    assert Folder(tmp_path).check(texts).diagnostics == ()
    shop = Shop(load(tmp_path), MemoryStorage(), 1)
    for _ in range(40):
        shop.step()
    assert shop.accepted > 10
