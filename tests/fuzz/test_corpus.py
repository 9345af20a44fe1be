"""What the fuzzer has reached, again and without it; a small run with it; and rule sets with a few words changed."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.fuzz import targets
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
FUZZED = ("reader", "expression")
#: More of them: `FUZZ_RULES=10000 pytest tests/fuzz -k words`.
TAPES = int(os.environ.get("FUZZ_RULES", "120"))


@pytest.mark.parametrize("name", FUZZED)
def test_what_was_reached_still_holds(name: str) -> None:
    inputs = sorted((CORPUS / name).iterdir())
    assert len(inputs) > 50
    for path in inputs:
        TARGETS[name](path.read_bytes())


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000


def test_rules_with_a_few_words_changed_end_in_findings() -> None:
    chance = random.Random(20260329)
    for _ in range(TAPES):
        tape = chance.randbytes(5 * chance.choice((1, 1, 2, 3, 6)))
        try:
            targets.check_rules(tape)
        except Exception as error:
            error.add_note(f"targets.check_rules({tape!r})")
            raise


def test_an_exception_is_told_with_the_tape_that_led_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "check_folder", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        targets.check_rules(b"\0" * 5)


def test_a_span_outside_its_file_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "_lines", lambda text: [""])
    with pytest.raises(AssertionError, match="lies outside"):
        targets.read_bytes(b"a: b: c")


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is missing")
@pytest.mark.parametrize("name", FUZZED)
def test_a_small_run_finds_nothing(name: str, tmp_path: Path) -> None:
    fresh = tmp_path / "new"
    fresh.mkdir()
    command = [
        *(sys.executable, "-m", "tests.fuzz.fuzz", name, str(fresh), str(CORPUS / name)),
        *(f"-dict={CORPUS.parent / name}.dict", "-runs=4000", "-seed=1", "-max_len=600"),
        f"-artifact_prefix={tmp_path}/",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
