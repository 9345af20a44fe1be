"""Scalars that YAML readers disagree about mean one thing here: they are text, or exact numbers, or say what they are."""

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from tests.conftest import HEAD, ROOT
from tests.hostile.test_files import ALIAS_BOMB, GOOD
from tests.hostile.warm import CPU_SECONDS, MEMORY

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.model.definition import Definition

WORDS = (
    "NO",
    "no",
    "on",
    "Off",
    "yes",
    "Y",
    "12:30",
    "010",
    "0x1F",
    "0o17",
    "1e3x",
    "2026-02-03",
    "1_000",
    ".inf",
    "~x",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ruleset.yaml").write_text(HEAD, encoding="utf-8")
    return tmp_path


def _check(folder: Path, order: str, head: str = HEAD) -> Compiled:
    (folder / "ruleset.yaml").write_text(head, encoding="utf-8")
    (folder / "order.yaml").write_text(order, encoding="utf-8")
    return check_folder(folder)


def _load(folder: Path, order: str, head: str = HEAD) -> Definition:
    compiled = _check(folder, order, head)
    assert compiled.definition is not None, [item.message for item in compiled.diagnostics]
    return compiled.definition


def _found(compiled: Compiled) -> list[tuple[str, int, int, str]]:
    return [(item.code, item.span.line, item.span.column, str(item.message)) for item in compiled.diagnostics]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_others_read_as_something_else_is_text(word: str, folder: Path) -> None:
    order = _load(folder, GOOD.replace("fields", f"label: {word}\nfields", 1)).entities["order"]
    assert order.label == word


@pytest.mark.parametrize("version", ["3.10", "1e3", "010", "1.0", "12:30", "0x10"])
def test_a_version_keeps_each_of_its_digits(version: str, folder: Path) -> None:
    assert _load(folder, GOOD, HEAD.replace("1.0.0", version)).version == version


@pytest.mark.parametrize("option", ["no", "on", "NO", "yes"])
def test_an_option_is_the_text_that_was_written(option: str, folder: Path) -> None:
    text = GOOD.replace("n: integer", f"n: integer\n  c: {{type: choice, options: [{option}, other]}}")
    text = text.replace("n > 1", f'n > 1 and c == "{option}"')
    assert option in str(_load(folder, text).entities["order"].fields["c"].options)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e3", Decimal(1000)),
        ("3.10", Decimal("3.10")),
        ("010", Decimal(10)),
        ("1_000", None),
        ("0x1F", None),
    ],
)
def test_a_number_is_exact_or_none(written: str, value: Decimal | None, folder: Path) -> None:
    text = GOOD.replace("n: integer", f"n: {{type: decimal, default: {written}}}")
    compiled = _check(folder, text)
    if value is None:
        assert [item[:3] for item in _found(compiled)] == [("OF102", 3, 31)]
        assert f"not `{written}`" in compiled.diagnostics[0].message
        return
    assert compiled.definition is not None
    assert compiled.definition.entities["order"].fields["n"].default == value


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "TRUE!", "1"])
def test_a_flag_is_true_or_false(word: str, folder: Path) -> None:
    found = _found(_check(folder, GOOD.replace("final: true", f"final: {word}")))
    assert ("OF107", 6, 14, f"`final` must be `true` or `false`, not `{word}`") in found


def test_keys_are_the_words_that_were_written(folder: Path) -> None:
    text = GOOD.replace(
        "n: integer", "n: integer\n  yes: integer\n  on: integer\n  true: integer\n  null: integer"
    )
    fields = _load(folder, text.replace("n > 1", "n > 1 and yes > 1 and on > 1")).entities["order"].fields
    assert {"yes", "on", "n", "true", "null"} <= fields.keys()


@pytest.mark.parametrize("key", ["1", "12:30", "3.10", "010", "a-b", "~"])
def test_a_key_that_is_no_name_is_an_error_at_the_key(key: str, folder: Path) -> None:
    found = _found(_check(folder, GOOD.replace("n: integer", f"n: integer\n  {key}: integer")))
    assert ("OF107", 4, 3) in [item[:3] for item in found]


@pytest.mark.parametrize(
    ("name", "code", "column"), [("p\u0430id", "OF105", 4), ("\uff50aid", "OF105", 3), ("paid\u0301", "", 0)]
)
def test_a_name_that_looks_like_another_is_found_or_is_that_name(
    name: str, code: str, column: int, folder: Path
) -> None:
    text = GOOD.replace(
        "  b: {final: true}", f"  b: {{final: true}}\n  paid: {{final: true}}\n  {name}: {{final: true}}"
    )
    found = [item[:3] for item in _found(_check(folder, text)) if item[1] == 8]
    if code:
        assert (code, 8, column) in found


def _cold(folder: Path) -> tuple[int, str]:
    """The exit code and output of `orderflow check` in a process of its own under the limits."""
    import resource
    import subprocess

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))

    command: Sequence[str] = (sys.executable, "-m", "orderflow", "check", str(folder), "--format", "concise")
    done = subprocess.run(
        command, cwd=ROOT / "src", preexec_fn=limit, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command_itself_stays_within_the_limits(folder: Path) -> None:
    (folder / "order.yaml").write_text(GOOD + ALIAS_BOMB, encoding="utf-8")
    code, shown = _cold(folder)
    assert code == 1, shown[-2000:]
    assert "order.yaml:9:4: error[OF901] anchors are not allowed" in shown


def test_the_command_itself_checks_sound_rules_within_the_limits() -> None:
    code, shown = _cold(ROOT / "rules" / "wenzhou")
    assert code == 0, shown[-2000:]
