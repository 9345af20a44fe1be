"""The benchmarks run: small, and without looking at the time they take."""

import sys
from pathlib import Path

import pytest
from benchmarks import allocate, check, decide, olist, rules, storage

from orderflow.bootstrap import compile as compile_rules
from orderflow.engine.link import link
from orderflow.expr.check import analyse
from orderflow.service.scenarios import run_scenarios


@pytest.mark.parametrize("batch", [1, 4])
def test_storing(batch: int) -> None:
    assert storage.measure_storage("NORMAL", 3, batch) > 0
    assert storage.measure_floor("NORMAL", 3, batch) > 0


def test_deciding() -> None:
    for _, _, work in (decide.orderflow(), decide.floor()):
        work(30)


def test_allocating() -> None:
    several = [allocate.floor(), *allocate.contenders()]
    assert [work(2) for _, _, work in several] == [1, 1, 1, 1, 2, 0, 1, 3]


def test_the_floor_of_the_real_orders_gives_their_states(shared_data: Path) -> None:
    assert olist.floor(shared_data / "olist" / "orders.csv") == {
        "created": 147,
        "approved": 1636,
        "shipped": 1183,
        "delivered": 14375,
    }


def test_checking(tmp_path: Path) -> None:
    made = rules.write(tmp_path / "shop", 1_500)
    assert sum(text.count("\n") for text in made.values()) >= 1_500
    compiled = compile_rules(tmp_path / "shop")
    assert [str(found.span) + found.message for found in compiled.diagnostics] == []
    assert compiled.definition is not None
    assert check.describe(compiled.definition, made).startswith("2,")
    (tmp_path / "charts").mkdir()
    assert len(check.charts(tmp_path / "shop", tmp_path / "charts")) == len(compiled.definition.entities) == 8
    asked = check.typed(tmp_path / "shop")
    assert len(asked) > 100
    assert min(check.rates(lambda: [analyse(*each) for each in asked[:3]], 3, 1)) > 0


def test_the_scenarios_of_the_benchmark_pass(tmp_path: Path) -> None:
    rules.write(tmp_path, 500)
    compiled = compile_rules(tmp_path)
    assert compiled.definition is not None
    ruleset = link(compiled.definition)
    assert [
        result.scenario.name for result in run_scenarios(ruleset, compiled.scenarios) if result.failures
    ] == []


def test_a_contender_that_fails_ends_the_measurement() -> None:
    fine = check.Contender("fine", [sys.executable, "-c", "pass"])
    fine.run()
    assert len(fine.walls) == len(fine.users) == 1
    with pytest.raises(SystemExit, match="bad failed"):
        check.Contender("bad", [sys.executable, "-c", "raise SystemExit(3)"]).run()
