"""The engine over the memory storage: one event, one transaction, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from orderflow.bootstrap import open as open_engine
from orderflow.diagnostics.errors import ConflictError, RecordError, RepeatError, StorageError
from orderflow.engine.link import RuleSet
from orderflow.model.stock import NOTHING, Position
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.ports import StockRow, Transaction

T0 = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)
SHOP = """
entity: order
key: number
records: {line: {fields: {sku: text, quantity: {type: integer, at_least: 1}}}}
fields:
  number: {type: text, auto: "N{sequence:03}", changes: never}
  paid: {type: money, default: 0, changes: grows}
  lines: {type: list of line, at_least: 1}
states:
  new: {initial: true}
  waiting: {}
  held: {on_entry: bell}
  shipped: {final: true}
  gone: {final: true}
events: {ship: {by: [desk]}, drop: {by: [desk]}}
resources: {stock: {held_in: held, of: lines, at: main, spend_on: shipped}}
transitions:
  hold: {from: [new, waiting], to: held, when: paid > 0, retry_on: stock}
  wait: {from: new, to: waiting, after: 1h}
  ship: {from: held, to: shipped, event: ship}
  drop: {from: held, to: gone, event: drop}
  forget: {from: waiting, to: gone, after: 30d}
"""
MORE = """
warehouses: {main: {level: central}}
actions: {bell: {use: notify, to: desk, message: "{number}"}}
"""
LINE = [{"sku": "A", "quantity": 2}]


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, more=MORE)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(T0)


@pytest.fixture
def engine(rules: RuleSet, clock: ManualClock) -> Engine:
    return Engine(rules, MemoryStorage(), clock=clock)


def available(engine: Engine) -> int:
    with engine.storage.transaction() as transaction:
        return transaction.stock(["A"]).get(("main", "A"), NOTHING).available


def test_a_key_is_made_where_none_is_given(engine: Engine) -> None:
    assert [engine.submit({"lines": LINE}).family.id for _ in range(2)] == ["N001", "N002"]
    assert engine.submit({"lines": LINE, "number": "X"}).family.id == "X"


def test_the_same_event_id_is_applied_once_and_gives_the_first_decision(engine: Engine) -> None:
    engine.receive("main", {"A": 10})
    engine.submit({"lines": LINE}, id="1")
    first = engine.update("1", {"paid": 5}, event_id="e1")
    again = engine.update("1", {"paid": 5}, event_id="e1")
    assert first.took == again.took == ("hold",)
    assert available(engine) == 8
    assert len(engine.history("1")) == 2


def test_the_same_event_id_with_other_content_is_an_error(engine: Engine) -> None:
    engine.submit({"lines": LINE}, id="1")
    engine.update("1", {"paid": 5}, event_id="e1")
    with pytest.raises(RecordError, match="was used before for other content"):
        engine.update("1", {"paid": 6}, event_id="e1")
    assert engine.family("1").root.fields["paid"] == Decimal(5)


def test_a_refusal_is_journaled_and_changes_nothing(engine: Engine) -> None:
    engine.submit({"lines": LINE}, id="1")
    decision = engine.send("1", "ship", actor="desk")
    assert not decision.accepted
    entry = engine.history("1")[-1]
    assert (entry.accepted, entry.refusals[0].code, entry.version) == (False, "no_transition", 1)


def test_stock_is_taken_given_back_and_spent(engine: Engine) -> None:
    engine.receive("main", {"A": 5})
    for number in ("1", "2"):
        engine.submit({"lines": LINE, "paid": 1}, id=number)
    assert available(engine) == 1
    engine.send("1", "drop", actor="desk")
    assert available(engine) == 3
    engine.send("2", "ship", actor="desk")
    assert available(engine) == 3
    with engine.storage.transaction() as transaction:
        assert transaction.positions() == [StockRow("main", "A", Position(on_hand=3))]


def test_a_receipt_wakes_who_waits_oldest_first(engine: Engine, clock: ManualClock) -> None:
    for number in ("b", "a"):
        engine.submit({"lines": LINE, "paid": 1}, id=number)
    assert engine.family("b").root.state == "new"
    clock.advance(timedelta(hours=2))
    assert engine.tick() == 2
    moved = engine.receive("main", {"A": 3})
    assert [decision.family.id for decision in moved] == ["b"]
    assert (engine.family("b").root.state, engine.family("a").root.state) == ("held", "waiting")


def test_units_given_back_wake_who_waits_for_them_in_the_same_transaction(engine: Engine) -> None:
    engine.receive("main", {"A": 2, "B": 5})
    for number in ("1", "2", "3"):
        engine.submit({"lines": LINE, "paid": 1}, id=number)
    other = engine.submit({"lines": [{"sku": "C", "quantity": 1}], "paid": 1}, id="4")
    engine.send("1", "drop", actor="desk")
    assert [engine.family(number).root.state for number in "1234"] == ["gone", "held", "new", "new"]
    assert engine.history("4")[-1].version == other.family.version  # it waits for something else
    assert available(engine) == 0


def test_a_receipt_with_an_id_is_added_once(engine: Engine) -> None:
    engine.submit({"lines": LINE, "paid": 1}, id="1")
    assert len(engine.receive("main", {"A": 3}, event_id="r1")) == 1
    assert engine.receive("main", {"A": 3}, event_id="r1") == ()
    assert available(engine) == 1
    with pytest.raises(RepeatError, match="`r1` was used before"):
        engine.receive("main", {"A": 4}, event_id="r1")


def test_a_receipt_that_finds_nobody_waiting_writes_no_tick(engine: Engine) -> None:
    engine.submit({"lines": LINE}, id="1")
    engine.receive("main", {"A": 1})
    assert len(engine.history("1")) == 1


def test_a_key_that_is_taken_is_passed_over(engine: Engine) -> None:
    engine.submit({"lines": LINE}, id="N001")
    assert engine.submit({"lines": LINE}).family.id == "N002"


def test_an_engine_closes_its_storage(rules: RuleSet, clock: ManualClock, tmp_path: Path) -> None:
    with open_engine(rules, f"sqlite:///{tmp_path}/o.db", clock=clock) as engine:
        engine.submit({"lines": LINE}, id="1")
    with pytest.raises(StorageError, match="was closed"):
        engine.family("1")


def test_a_timer_that_was_due_before_an_event_fires_before_it(engine: Engine) -> None:
    engine.submit({"lines": LINE}, id="1")
    engine.update("1", {"paid": 1}, at=T0 + timedelta(hours=3))
    kinds = [(entry.event.kind, entry.event.at - T0) for entry in engine.history("1")]
    assert kinds == [("submit", timedelta(0)), ("tick", timedelta(hours=1)), ("update", timedelta(hours=3))]


def test_timers_in_a_row_each_fire_at_their_own_moment(engine: Engine, clock: ManualClock) -> None:
    engine.submit({"lines": LINE}, id="1")
    clock.advance(timedelta(days=60))
    engine.tick()
    root = engine.family("1").root
    assert root.state == "gone"
    assert root.entered["gone"] == T0 + timedelta(hours=1, days=30)


def test_timers_of_several_records_fire_in_the_order_of_time(link_rules: Callable[..., RuleSet]) -> None:
    order = """
entity: order
fields: {note: {type: text, optional: true}}
states: {a: {initial: true}, b: {}, done: {final: true}}
transitions:
  one: {from: a, to: b, after: 60m}
  two: {from: b, to: done, after: 2m}
"""
    engine = Engine(link_rules(order=order), MemoryStorage(), clock=ManualClock(T0))
    for number in range(2):
        engine.submit({}, id=str(number), at=T0 + number * timedelta(minutes=5))
    engine.tick(T0 + timedelta(days=1))
    with engine.storage.transaction() as transaction:
        fired = [(entry.event.target, entry.event.at - T0) for entry in transaction.journal()][2:]
    assert fired == [
        (name, timedelta(minutes=at)) for name, at in (("0", 60), ("0", 62), ("1", 65), ("1", 67))
    ]


def test_a_record_whose_rules_go_round_holds_no_other_timer_up(link_rules: Callable[..., RuleSet]) -> None:
    order = """
entity: order
fields: {loop: bool}
states: {new: {initial: true}, a: {}, b: {}, done: {final: true}}
transitions:
  start: {from: new, to: a, after: 1h}
  go: {from: a, to: b, when: loop}
  back: {from: b, to: a, when: loop}
  finish: {from: [a, b], to: done, when: not loop}
"""
    engine = Engine(link_rules(order=order), MemoryStorage(), clock=ManualClock(T0))
    engine.submit({"loop": True}, id="1")
    engine.submit({"loop": False}, id="2")
    assert engine.tick(T0 + timedelta(hours=2)) == 2
    assert engine.family("2").root.state == "done"
    assert engine.family("1").root.state == "new"
    refusal = engine.history("1")[-1].refusals[0]
    assert refusal.code == "no_rest"
    assert "`go` → `back`" in refusal.message


def test_a_batch_is_stored_whole_or_not_at_all(engine: Engine) -> None:
    def fail_in_a_batch() -> None:
        with engine.batch():
            engine.submit({"lines": LINE}, id="1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_in_a_batch()
    with pytest.raises(RecordError, match="there is no record `1`"):
        engine.family("1")


def test_a_conflict_is_tried_again_on_fresh_facts(
    rules: RuleSet, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer slips in between reading and saving, as in a race; nothing is sold twice and nothing is lost."""
    storage = MemoryStorage()
    engine = Engine(rules, storage, clock=clock)
    other = Engine(rules, storage, clock=clock)
    engine.receive("main", {"A": 2})
    raced = []
    real = rules.decide

    class Racing:
        def __getattr__(self, name: str) -> object:
            return getattr(rules, name)

        def decide(self, *args: object) -> object:
            raced.append(1)
            if len(raced) == 1:
                raise ConflictError("somebody was first")
            return real(*args)  # type: ignore[arg-type]

    engine.ruleset = Racing()  # type: ignore[assignment]
    assert engine.submit({"lines": LINE, "paid": 1}, id="1").state == "held"
    assert len(raced) == 2
    assert other.submit({"lines": LINE, "paid": 1}, id="2").state == "new"


def test_a_storage_that_always_conflicts_is_given_up_on(rules: RuleSet, clock: ManualClock) -> None:
    class Busy(MemoryStorage):
        @contextmanager
        def transaction(self, *, read_only: bool = False) -> Iterator[Transaction]:  # type: ignore[override]
            raise ConflictError("busy")
            yield

    with pytest.raises(ConflictError, match="busy"):
        Engine(rules, Busy(), clock=clock).submit({"lines": LINE}, id="1")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda e: e.submit({"lines": []}), "lines"),
        (lambda e: e.submit({"lines": LINE, "piad": 3}), "unknown field `piad`; did you mean `paid`"),
        (lambda e: e.submit({"lines": [{"sku": "A", "quantity": 0}]}), "quantity"),
        (lambda e: e.send("9", "ship"), "there is no record `9`"),
        (lambda e: e.receive("mian", {"A": 1}), "unknown warehouse `mian`; did you mean `main`"),
        (lambda e: e.receive("main", {"A": -1}), "above 0"),
        (lambda e: e.submit({"lines": LINE}, id="a/b"), "may not hold `/`"),
        (lambda e: e.submit({"lines": LINE}, entity="ordre"), "did you mean `order`"),
        (lambda e: e.submit({"lines": LINE}, id="a\nb"), "characters that can be printed"),
        (lambda e: e.submit({"lines": LINE}, id="\u202eevil"), "characters that can be printed"),
        (lambda e: e.submit({"lines": LINE}, id="x" * 201), "at most 200 characters"),
    ],
)
def test_input_that_does_not_fit_says_what_would(
    engine: Engine, call: Callable[[Engine], object], says: str
) -> None:
    with pytest.raises(RecordError, match=says):
        call(engine)
    with engine.storage.transaction() as transaction:
        assert list(transaction.journal()) == []
