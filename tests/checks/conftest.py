"""A rule set with one entity, checked whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled

FIELDS = """\
entity: order
fields:
  channel: {type: choice, label: Channel, options: [douyin, taobao, offline]}
  amount: {type: money, label: Amount, default: 0}
  units: {type: integer, label: Units, default: 0}
  weight: {type: integer, label: Weight, default: 1}
  gift: {type: bool, label: Gift, default: false}
  paid_at: {type: datetime, label: Paid at, optional: true}
  lines: {type: list of line, label: Lines, at_least: 1}
records:
  line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}
"""


@pytest.fixture
def check_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Compiled]:
    """Check an order of some fields whose states and transitions are given."""

    def run(lifecycle: str, **files: str) -> Compiled:
        head = "ruleset: shop\nversion: 1.0.0\ncurrency: CNY\n"
        for name, text in {"ruleset": head, "order": FIELDS + lifecycle, **files}.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return check_folder(".")

    return run
