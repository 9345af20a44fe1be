"""Answers kept between runs: bounded, whole or not there, and never a reason to fail."""

import os
from pathlib import Path

import pytest

from orderflow.service.kept import Kept, folder_of

KEY = "ab" * 32


def test_what_was_written_is_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "deep" / "cache")
    assert kept.read(KEY) is None
    kept.write(KEY, b"an answer\nof two lines")
    assert kept.read(KEY) == b"an answer\nof two lines"
    kept.write(KEY, b"a better one")
    assert kept.read(KEY) == b"a better one"
    assert [path.name for path in (tmp_path / "deep" / "cache").iterdir()] == [f"{KEY}.json"]


def test_nowhere_keeps_nothing(tmp_path: Path) -> None:
    kept = Kept(None)
    kept.write(KEY, b"x")
    assert kept.read(KEY) is None


def test_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    kept = Kept(tmp_path / "file")
    kept.write(KEY, b"x")
    assert kept.read(KEY) is None


@pytest.mark.parametrize("at", [0, 10, 64, 65, 70])
def test_damage_is_noticed(tmp_path: Path, at: int) -> None:
    kept = Kept(tmp_path)
    kept.write(KEY, b"an answer")
    path = tmp_path / f"{KEY}.json"
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert kept.read(KEY) is None


def test_half_of_it_is_none_of_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.write(KEY, b"an answer")
    path = tmp_path / f"{KEY}.json"
    path.write_bytes(path.read_bytes()[:-1])
    assert kept.read(KEY) is None


def test_links_and_pipes_are_not_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "cache")
    kept.write(KEY, b"an answer")
    path = tmp_path / "cache" / f"{KEY}.json"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert kept.read(KEY) is None
    path.unlink()
    os.mkfifo(path)
    assert kept.read(KEY) is None


def test_the_oldest_goes_first(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most_bytes=3_000)
    keys = [f"{number:064x}" for number in range(5)]
    for second, key in enumerate(keys):
        kept.write(key, b"x" * 900)
        os.utime(tmp_path / f"{key}.json", (second, second))
    assert [kept.read(key) is not None for key in keys] == [False, False, True, True, True]
    kept.write("f" * 64, b"x" * 5_000)
    assert kept.read("f" * 64) is None


def test_what_a_broken_off_run_left_is_tidied_away(tmp_path: Path) -> None:
    left = tmp_path / f".{KEY}.123"
    left.write_text("half")
    Kept(tmp_path).write(KEY, b"x")
    assert left.exists()  # somebody may still be writing it
    os.utime(left, (0, 0))
    Kept(tmp_path).write(KEY, b"x")
    assert not left.exists()


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ORDERFLOW_CACHE": "off"}, None),
        ({"ORDERFLOW_CACHE": " OFF "}, None),
        ({"ORDERFLOW_CACHE": "/var/cache/rules"}, Path("/var/cache/rules")),
        ({"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/orderflow")),
        ({"XDG_CACHE_HOME": "relative", "ORDERFLOW_CACHE": ""}, Path.home() / ".cache" / "orderflow"),
    ],
)
def test_where(environment: dict[str, str], folder: Path | None) -> None:
    assert folder_of(environment) == folder
