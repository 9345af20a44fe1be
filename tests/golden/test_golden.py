"""What users read: for each code a rule set that has the fault, what is said of it, and one that has it not.

A code may have several, in folders such as `OF106-waits`.

`UPDATE_GOLDEN=1 pytest tests/golden` writes what is said now.
"""

import os
from pathlib import Path

import pytest
from tests.diagnostics.wording import english_words

from orderflow.checks import check_folder
from orderflow.diagnostics import render_text
from orderflow.diagnostics.translation import translator

HERE = Path(__file__).parent
CODES = sorted(path.name for path in HERE.iterdir() if path.name.startswith("OF"))
CHINESE = translator("zh")


@pytest.mark.parametrize("code", CODES)
def test_bad(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / code)
    compiled = check_folder("bad")
    shown = render_text(compiled.diagnostics, compiled.sources)
    expected = HERE / code / "bad.out"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")
    assert code.partition("-")[0] in {found.code for found in compiled.diagnostics}
    assert all(found.fix is not None for found in compiled.diagnostics)


@pytest.mark.parametrize("code", CODES)
def test_bad_in_chinese(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / code)
    compiled = check_folder("bad")
    shown = render_text(compiled.diagnostics, compiled.sources, say=CHINESE)
    expected = HERE / code / "bad.zh.out"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")
    for found in compiled.diagnostics:
        fix = [] if found.fix is None else [found.fix.message]
        for text in (found.message, found.note, *(label.text for label in found.labels), *fix):
            assert english_words(CHINESE(text)) == [], text


@pytest.mark.parametrize("code", CODES)
def test_good(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / code)
    compiled = check_folder("good")
    assert render_text(compiled.diagnostics, compiled.sources) == ""
    assert compiled.definition is not None
