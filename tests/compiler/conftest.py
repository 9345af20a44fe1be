"""A rule set in a folder of its own, from texts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder

RULESET = "ruleset: shop\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nroles: [clerk]\n"


@pytest.fixture
def compile_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Compiled]:
    """Compile files given as keywords: `order="entity: order..."` is order.yaml; a head is added where none is given."""

    def run(**files: str) -> Compiled:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for name, text in {"ruleset": RULESET, **files}.items():
            (folder / f"{name.replace('_test', '.test')}.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return compile_folder("rules")

    return run
