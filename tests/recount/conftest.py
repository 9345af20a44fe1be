"""Runs of the reference rules that are counted twice."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from examples.wenzhou.generate import generate, write
from tests.recount.engine_side import counted, differences, figures, opened
from tests.recount.recount import recount
from tests.recount.stories import Line, written

from orderflow.bootstrap import load, storage
from orderflow.engine.link import RuleSet
from orderflow.service.report import RunReport
from orderflow.service.run import Job, run

ORDERS = 300


class Ran(NamedTuple):
    """A run: its files, its database and its report."""

    events: Path
    stock: Path | None
    database: Path
    report: RunReport

    @property
    def now(self) -> datetime:
        """The moment that the report speaks of."""
        return self.report.now

    def copy(self, path: Path) -> Path:
        """A copy of the database that may be spoilt."""
        with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return path


def play(
    rules: RuleSet, database: Path, events: Path, stock: Path | None = None, now: datetime | None = None
) -> Ran:
    """Run a file into a database."""
    with closing(storage(rules, f"sqlite:///{database}")) as store:
        report = run(rules, store, Job(events, stock=stock, now=now))
    assert report.rejected == ()
    return Ran(events, stock, database, report)


@pytest.fixture(scope="package")
def rules(root: Path) -> RuleSet:
    """The reference rules."""
    return load(root / "rules/wenzhou")


@pytest.fixture(scope="package", params=[3, 11])
def day(request: pytest.FixtureRequest, rules: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A peak day of the example, made small."""
    folder = tmp_path_factory.mktemp(f"day{request.param}")
    events, stock = write(generate(seed=request.param, orders=ORDERS), folder)
    return play(rules, folder / "orders.db", events, stock)


@pytest.fixture
def counted_twice(rules: RuleSet, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Runs lines told by hand, stopped at a moment, and gives the recount; the engine must say the same."""
    number = count()

    def twice(lines: Iterable[Line], now: datetime) -> dict[str, Any]:
        before = [line for line in lines if datetime.fromisoformat(str(line["at"])) <= now]
        ran = play(rules, tmp_path / f"{next(number)}.db", written(before, tmp_path), now=now)
        mine = recount(ran.database, now)
        with opened(rules, ran.database, now) as engine:
            assert differences(counted(mine), figures(engine, ran.report)) == []
        assert mine["contradictions"] == []
        return mine

    return twice


@pytest.fixture
def told(rules: RuleSet, tmp_path: Path) -> Callable[..., Ran]:
    """Plays lines told by hand, and judges them at a moment."""

    def tell(lines: Iterable[Line], now: datetime | None = None) -> Ran:
        return play(rules, tmp_path / "story.db", written(lines, tmp_path), now=now)

    return tell
