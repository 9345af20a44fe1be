"""Families that other rules decided: they live on, or are told what does not fit."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderflow.bootstrap import load
from orderflow.bootstrap import open as open_engine
from orderflow.diagnostics.errors import RecordError
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine

HEAD = "ruleset: t\nversion: {}\n"
ORDER = """
entity: order
fields:
  size: {type: integer, default: 3}
states: {new: {initial: true}, packed: {}, done: {final: true}}
events: {go: {}}
transitions:
  pack: {from: new, to: packed, event: go}
  finish: {from: packed, to: done, event: go}
"""


@pytest.fixture
def reopen(tmp_path: Path) -> Callable[..., Engine]:
    """Open the same file with changed rules."""
    versions = iter(range(1, 99))

    def build(old: str = "", new: str = "") -> Engine:
        folder = tmp_path / str(next(versions))
        folder.mkdir()
        assert old in ORDER
        (folder / "ruleset.yaml").write_text(HEAD.format(folder.name), encoding="utf-8")
        (folder / "order.yaml").write_text(ORDER.replace(old, new), encoding="utf-8")
        clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        return open_engine(load(folder), f"sqlite:///{tmp_path}/orders.db", clock=clock)

    return build


def stored(reopen: Callable[..., Engine]) -> None:
    with reopen() as engine:
        engine.submit({}, id="1")
        engine.send("1", "go")


def test_rules_that_still_fit_take_over_and_sign(reopen: Callable[..., Engine]) -> None:
    stored(reopen)
    with reopen(
        "fields:\n", "fields:\n  note: {type: text, optional: true}\n  weight: {type: integer, default: 1}\n"
    ) as engine:
        before = engine.family("1")
        decision = engine.send("1", "go")
        assert decision.state == "done"
        assert decision.family.digest == engine.ruleset.digest != before.digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("packed", "boxed", "`1` is in state `packed`, which these rules do not have"),
        ("packed: {}", "packed: {states: {inner: {initial: true}}}", "`1` is in state `packed`, which these rules"),
        ("fields:\n", "fields:\n  must: integer\n", "`1`: `must` is missing; give it a value"),
        ("default: 3", "default: 2, at_most: 2", "`size` must be at most 2"),
        ("entity: order", "entity: ticket", "`1` is a `order`, which these rules do not have"),
    ],
)  # fmt: skip
def test_rules_that_do_not_fit_touch_nothing_and_say_why(
    reopen: Callable[..., Engine], old: str, new: str, says: str
) -> None:
    stored(reopen)
    with reopen(old, new) as engine:
        for use in (engine.family, engine.explain, lambda record_id: engine.update(record_id, {"size": 1})):
            with pytest.raises(RecordError, match="other rules than t 2 decided it last") as caught:
                use("1")
            assert says in str(caught.value)
        assert len(engine.history("1")) == 2
    with reopen() as engine:
        assert engine.send("1", "go").state == "done"
