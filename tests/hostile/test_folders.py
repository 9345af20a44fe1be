"""Folders made to hurt: what is no rule file, or leads elsewhere, is an error that names it, and is never read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import HEAD
from tests.hostile.conftest import Warm, sound
from tests.hostile.test_files import GOOD

SECRET = "entity: secret\nfields: {password: text}\n"
Place = Callable[[Path], object]

#: What is put into a folder beside sound rules, and the finding: code, message; its place is the start of the path.
CASES: dict[str, tuple[Place, str, str]] = {
    "a link to a file outside": (
        lambda at: (at / "x.yaml").symlink_to(at.parent / "outside" / "secret.yaml"), "OF902", "leads outside",
    ),
    "a link by a way up": (lambda at: (at / "x.yaml").symlink_to("../outside/secret.yaml"), "OF902", "leads outside"),
    "a link to a folder outside": (lambda at: (at / "x").symlink_to(at.parent / "outside"), "OF902", "leads outside"),
    "a link to the root": (lambda at: (at / "x").symlink_to("/"), "OF902", "leads outside"),
    "a link to passwords": (lambda at: (at / "x.yaml").symlink_to("/etc/passwd"), "OF902", "leads outside"),
    "a link to a device": (lambda at: (at / "x.yaml").symlink_to("/dev/zero"), "OF902", "leads outside"),
    "a link to the terminal": (lambda at: (at / "x.yaml").symlink_to("/dev/stdin"), "OF902", ""),
    "a link to nothing": (lambda at: (at / "x.yaml").symlink_to("nowhere.yaml"), "OF902", "cannot be read"),
    "a link to itself": (lambda at: (at / "x.yaml").symlink_to("x.yaml"), "OF902", "cannot be read"),
    "a pipe": (lambda at: os.mkfifo(at / "x.yaml"), "OF902", "is no ordinary file"),
    "not for us to read": (lambda at: _write(at / "x.yaml", "").chmod(0), "OF902", "cannot be read"),
    "a large file": (lambda at: _sparse(at / "x.yaml", 1 << 40), "OF901", "file too large"),
}  # fmt: skip


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of sound rules, and another one beside it that nobody may read."""
    _write(tmp_path / "rules" / "ruleset.yaml", HEAD)
    _write(tmp_path / "rules" / "order.yaml", GOOD)
    _write(tmp_path / "outside" / "secret.yaml", SECRET)
    return tmp_path / "rules"


def test_the_folder_itself_is_sound(warm: Warm, rules: Path) -> None:
    assert warm.check(rules).loads


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_rule_file_is_an_error_that_names_it(name: str, warm: Warm, rules: Path) -> None:
    place, code, says = CASES[name]
    place(rules)
    if os.access(rules / "x.yaml", os.R_OK) and name == "not for us to read":
        code, says = "OF901", "the file is empty"  # the superuser may read everything
    outcome = warm.check(rules)
    file = "x" if "folder" in name or "root" in name else "x.yaml"
    sound(outcome, file, code, 1, 1, says)
    assert "password" not in str(outcome.found)


def test_a_folder_with_the_name_of_a_file_is_a_folder(warm: Warm, rules: Path) -> None:
    _write(rules / "x.yaml" / "queues.yaml", "queues:\n  big: {of: order, when: n > 5}\n")
    assert warm.check(rules).loads


def test_links_that_go_round_inside_are_read_once(warm: Warm, rules: Path) -> None:
    (rules / "round").symlink_to(rules)
    assert warm.check(rules).loads


def test_a_link_to_a_file_inside_is_that_file_again(warm: Warm, rules: Path) -> None:
    (rules / "again.yaml").symlink_to("order.yaml")
    outcome = warm.check(rules)
    assert [item[:2] for item in outcome.found] == [("order.yaml", "OF105")]


def test_what_is_hidden_is_left_alone(warm: Warm, rules: Path) -> None:
    _write(rules / ".git" / "x.yaml", "[" * 1_000)
    _write(rules / ".x.yaml", "[" * 1_000)
    assert warm.check(rules).loads


def test_too_many_files_are_one_error(warm: Warm, rules: Path) -> None:
    for each in range(300):
        _write(rules / f"x{each}.yaml", "[")
    sound(warm.check(rules), "rules", "OF901", 1, 1, "more than 200 rule files")


def test_files_that_are_too_large_together_are_one_error(warm: Warm, rules: Path) -> None:
    for each in range(9):
        _write(rules / f"x{each}.yaml", "#" + "x" * 1_000_000)
    sound(warm.check(rules), "rules", "OF901", 1, 1, "larger than 8 MiB together")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere", "there is no folder"),
        ("rules/order.yaml", "is a file"),
        ("rules/\u202e", "there is no folder"),
    ],
)
def test_a_path_that_is_no_folder_is_an_error(name: str, says: str, warm: Warm, rules: Path) -> None:
    path = rules.parent / name
    sound(warm.check(path), path.name, "OF107", 1, 1, says)


@pytest.mark.parametrize(
    "base",
    [
        "../" * 100_000,
        "/" * 500_000,
        "x" * 900_000,
        "../rules/../outside/../rules",
        "../outside/secret.yaml",
        "../round",
    ],
    ids=lambda value: value[:20],
)
def test_a_base_that_leads_elsewhere_is_one_error_of_bounded_length(
    base: str, warm: Warm, rules: Path
) -> None:
    (rules.parent / "round").symlink_to("round")
    _write(rules / "ruleset.yaml", f"{HEAD}extends: {base}\n")
    outcome = warm.check(rules)
    sound(outcome, "ruleset.yaml", "OF902" if base == "../round" else "OF107", 6, 10, "")
    assert len(outcome.found[0][4]) < 300


def test_a_name_that_is_no_text_is_shown_with_escapes(warm: Warm, rules: Path) -> None:
    path = os.fsencode(rules) + b"/\xff.yaml"
    Path(os.fsdecode(path)).write_text("[", encoding="utf-8")
    outcome = warm.check(rules)
    assert [(item[1:4]) for item in outcome.found] == [("OF901", 1, 2)]
