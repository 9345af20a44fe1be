"""Checking again after each change: without waiting, and without a clock."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pytest

from orderflow.cli import watch as watching
from orderflow.cli.watch import watch

NOON = datetime(2026, 2, 3, 12, 0, 0)


def play(
    folder: Path, steps: Iterable[Callable[[], object]], files: Iterable[str] = ()
) -> tuple[list[str], int]:
    """Watch a folder while the steps happen one by one, then press Ctrl-C: what was told, how often it was checked."""
    told: list[str] = []
    checks: list[None] = []
    left = iter(steps)

    def check() -> Iterable[str]:
        checks.append(None)
        return files

    def wait() -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    watch(str(folder), check, told.append, wait=wait, now=lambda: NOON)
    return told, len(checks)


def nothing() -> None:
    """Let time pass."""


def test_it_checks_again_after_each_change_only(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("1", encoding="utf-8")
    name = file.as_posix()
    other = (tmp_path / "sub" / "b.yml").as_posix()

    def add() -> None:
        (tmp_path / "sub").mkdir()
        Path(other).write_text("", encoding="utf-8")

    def swap() -> None:
        file.unlink()
        Path(other).write_text("3", encoding="utf-8")

    steps = [nothing, lambda: file.write_text("1 2", encoding="utf-8"), nothing, add, swap, nothing]
    assert play(tmp_path, steps) == (
        [
            f"12:00:00: `{name}` has changed",
            f"12:00:00: `{other}` is new",
            f"12:00:00: `{name}` is gone, `{other}` has changed",
        ],
        4,
    )


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    steps = [
        lambda: (tmp_path / "a.txt").write_text("", encoding="utf-8"),
        lambda: (tmp_path / ".a.yaml").write_text("", encoding="utf-8"),
        lambda: (tmp_path / ".git" / "a.yaml").write_text("", encoding="utf-8"),
    ]
    assert play(tmp_path, steps) == ([], 1)


def test_a_change_during_the_check_is_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    told: list[str] = []
    checks: list[None] = []

    def check() -> Iterable[str]:
        checks.append(None)
        if len(checks) == 1:
            file.write_text("new", encoding="utf-8")
        return ()

    def wait() -> None:
        if len(checks) == 2:
            raise KeyboardInterrupt

    watch(str(tmp_path), check, told.append, wait=wait, now=lambda: NOON)
    assert told == [f"12:00:00: `{file.as_posix()}` is new"]


def test_folders_that_are_extended_are_watched_too(tmp_path: Path) -> None:
    base, over = tmp_path / "base", tmp_path / "over"
    base.mkdir()
    over.mkdir()
    file = base / "order.yaml"
    file.write_text("", encoding="utf-8")
    steps = [nothing, lambda: file.write_text("x", encoding="utf-8"), lambda: (tmp_path / "z.yaml").touch()]
    told, checks = play(over, steps, [file.as_posix()])
    assert (told, checks) == ([f"12:00:00: `{file.as_posix()}` has changed"], 2)


def test_the_command_ends_well(run, minimal, monkeypatch) -> None:
    order = minimal / "order.yaml"

    def changes():
        order.write_text(
            order.read_text(encoding="utf-8").replace("to: shipped", "to: shiped"), encoding="utf-8"
        )
        yield
        raise KeyboardInterrupt

    happening = changes()
    monkeypatch.setattr(watching, "pause", lambda: next(happening))
    found = run("check", "rules", "--watch")
    assert found.code == 0
    assert "my-shop 1.0.0: no findings in 4 states" in found.out
    assert "unknown state `shiped`" in found.out
    assert "\x1b" not in found.out, "only a terminal is cleared"
    first, second, third = found.err.splitlines()
    assert first == third == "watching for changes; Ctrl-C ends it"
    assert second.endswith(": `rules/order.yaml` has changed")


@pytest.mark.parametrize("when", ["check", "wait"])
def test_ctrl_c_at_any_time_is_a_clean_end(tmp_path: Path, when: str) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    def check() -> Iterable[str]:
        if when == "check":
            stop()
        return ()

    watch(str(tmp_path), check, lambda changes: None, wait=stop)
