"""A warm process that checks hostile folders under limits, and what it says of them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import HEAD, ROOT

Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Outcome:
    """What a check under limits came to.

    `found` are file, code, line, column and message of each finding; `crash` says how it ended, if it was not well.
    """

    found: tuple[tuple[str, str, int, int, str], ...] = ()
    unrepaired: tuple[str, ...] = ()
    loads: bool = False
    shown: int = 0
    peak: int = 0
    seconds: float = 0.0
    crash: str = ""


class Warm:
    """The warm process; each check runs in a fork of it, 2 s of processor time and 256 MiB of addresses at most."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.outcomes: list[Outcome] = []
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("warm.py")), str(ROOT / "rules" / "wenzhou")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def check(self, folder: Path) -> Outcome:
        """Check a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(str(folder)) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        found = tuple(tuple(item) for item in told.pop("found", ()))
        unrepaired = tuple(told.pop("unrepaired", ()))
        outcome = Outcome(found, unrepaired, **told)
        self.outcomes.append(outcome)
        return outcome

    def check_files(self, files: Files) -> Outcome:
        """Write files beside a head, in a folder of their own, and check it."""
        folder = self.room / f"case{len(self.outcomes)}"
        folder.mkdir()
        for name, content in {"ruleset.yaml": HEAD, **files}.items():
            data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        return self.check(folder)

    def close(self) -> None:
        """Let it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """The warm process."""
    made = Warm(tmp_path_factory.mktemp("hostile"))
    yield made
    made.close()


@pytest.fixture
def refused(warm: Warm) -> Callable[..., None]:
    """Check files and see that the finding expected is there, and that everything is within bounds."""

    def see(
        files: Files, file: str, code: str, line: int, column: int, says: str, count: int | None = 1
    ) -> None:
        sound(warm.check_files(files), file, code, line, column, says, count)

    return see


def sound(
    outcome: Outcome, file: str, code: str, line: int, column: int, says: str, count: int | None = 1
) -> None:
    """The finding expected is among `count` of them (None: any number), and everything is within bounds."""
    assert not outcome.crash, outcome.crash
    said = [item[4] for item in outcome.found if item[:4] == (file, code, line, column)]
    assert any(says in text for text in said), outcome.found[:5]
    assert count is None or len(outcome.found) == count, outcome.found[:5]
    assert not outcome.unrepaired, "a finding without a word what to do"
    assert not outcome.loads
    assert outcome.shown < 80_000, "more is printed than anybody reads"
