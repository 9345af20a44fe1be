"""Playing many events: counted once, in batches, the same whatever gets in the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from orderflow.diagnostics.errors import ConflictError, RecordError
from orderflow.engine.link import RuleSet
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.lines import play_line
from orderflow.service.memory import MemoryStorage
from orderflow.service.plan import Plan, Planned
from orderflow.service.ports import Storage, Transaction
from orderflow.service.replay import Played, replay
from orderflow.testing.snapshot import Snapshot, snapshot

T0 = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)
SHOP = """
entity: order
key: number
fields:
  number: {type: text, changes: never}
  paid: {type: bool, default: false}
states: {new: {initial: true}, paid: {}, late: {final: true}, over: {final: true}}
transitions:
  pay: {from: new, to: paid, when: paid}
  lapse: {from: new, to: late, after: 1h}
  close: {from: paid, to: over, after: 1d}
"""


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, more="warehouses: {main: {level: central}}\n")


def plan(orders: int) -> Plan:
    """Orders twenty minutes apart; each third is paid in time, each third too late."""
    made = Plan("day.jsonl")
    for number in range(orders):
        at = T0 + timedelta(minutes=20 * number)
        made.events.append(
            Planned(at, number + 1, {"submit": "order", "id": str(number), "event_id": f"s{number}"})
        )
        if number % 3:
            later = at + timedelta(minutes=30 if number % 3 == 1 else 90)
            line = {"update": str(number), "fields": {"paid": True}, "event_id": f"p{number}"}
            made.events.append(Planned(later, number + 1, line))
    made.events.sort(key=lambda planned: planned.at)
    return made


class Busy(MemoryStorage):
    """Another writer is first, now and then: at the end of a transaction everything in it is lost."""

    def __init__(self, conflicts: int) -> None:
        super().__init__()
        self.conflicts = conflicts

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Transaction]:  # type: ignore[override]
        with super().transaction() as transaction:
            before = len(list(transaction.journal()))
            yield transaction
            if self.conflicts and len(list(transaction.journal())) > before + 5:
                self.conflicts -= 1
                raise ConflictError("somebody was first")


def play(rules: RuleSet, storage: Storage, events: Plan, batch: int) -> tuple[Played, Snapshot]:
    numbers = iter(range(1, 10_000))
    clock = ManualClock(T0)
    engine = Engine(rules, storage, clock=clock, new_id=lambda: f"own-{next(numbers)}")
    return replay(engine, clock, events, batch=batch), snapshot(storage)


def bare(seen: Snapshot) -> list[object]:
    """The journal without the ids that the engine makes, which a repeated batch makes anew."""
    return [entry._replace(event=entry.event._replace(event_id="")) for entry in seen.journal]


def test_the_size_of_a_batch_changes_nothing(rules: RuleSet) -> None:
    played, seen = play(rules, MemoryStorage(), plan(30), 1000)
    assert (played.events, played.accepted, played.rejected) == (50, 50, [])
    for batch in (1, 7, 49, 50):
        assert play(rules, MemoryStorage(), plan(30), batch) == (played, seen)


def test_timers_fire_between_events_at_their_own_moment(rules: RuleSet) -> None:
    _, seen = play(rules, MemoryStorage(), plan(30), 1000)
    states = {family.id: family.root.state for family in seen.families}
    assert {states[str(number)] for number in range(1, 30, 3)} == {"paid"}
    assert {states[str(number)] for number in range(2, 30, 3)} == {"late"}
    ticks = [entry for entry in seen.journal if entry.event.kind == "tick"]
    assert {entry.event.at - T0 - timedelta(minutes=20 * int(entry.event.target)) for entry in ticks} == {
        timedelta(hours=1)
    }
    assert [entry.recorded_at for entry in seen.journal] == sorted(
        entry.recorded_at for entry in seen.journal
    )


@pytest.mark.parametrize("batch", [10, 1000])
def test_a_batch_that_lost_a_race_is_played_again_as_if_for_the_first_time(
    rules: RuleSet, batch: int
) -> None:
    played, seen = play(rules, MemoryStorage(), plan(30), batch)
    storage = Busy(conflicts=3)
    again, after = play(rules, storage, plan(30), batch)
    assert (again, storage.conflicts) == (played, 0)
    assert bare(after) == bare(seen)
    assert after.families == seen.families


def test_a_batch_that_always_loses_is_given_up(rules: RuleSet) -> None:
    storage = Busy(conflicts=100)
    with pytest.raises(ConflictError):
        play(rules, storage, plan(30), 1000)
    assert snapshot(storage).journal == []


def test_progress_is_told_after_each_transaction(rules: RuleSet) -> None:
    told: list[tuple[int, int]] = []
    clock = ManualClock(T0)
    engine = Engine(rules, MemoryStorage(), clock=clock)
    replay(engine, clock, plan(30), batch=20, progress=lambda done, of: told.append((done, of)))
    assert told == [(20, 50), (40, 50), (50, 50)]


def test_a_receipt_must_name_its_warehouse_and_units(rules: RuleSet) -> None:
    engine = Engine(rules, MemoryStorage(), clock=ManualClock(T0))
    with pytest.raises(RecordError, match="`receive` must be"):
        play_line(engine, {"receive": {"main": 3}}, T0)
    assert play_line(engine, {"receive": {"main": {"A": 3}}}, T0) == []


# ---- an event that is said again ------------------------------------------------------------------------------------


def test_said_again_without_a_moment_an_event_is_the_same(rules: RuleSet) -> None:
    """Whoever repeats a call that got no answer does so later, and need not know when the first one arrived."""
    clock = ManualClock(T0)
    engine = Engine(rules, MemoryStorage(), clock=clock)
    first = engine.submit({"number": "1"}, event_id="a")
    clock.advance(timedelta(minutes=5))
    paid = engine.update("1", {"paid": True}, event_id="b")
    clock.advance(timedelta(minutes=5))
    assert engine.submit({"number": "1"}, event_id="a").event == first.event
    assert engine.update("1", {"paid": True}, event_id="b") == paid._replace(repeated=True)
    with pytest.raises(RecordError, match="was used before for other content"):
        engine.update("1", {"paid": True}, event_id="b", at=clock.now())
    assert len(engine.history("1")) == 2


def test_said_again_a_submit_has_the_key_that_was_made_for_it(link_rules: Callable[..., RuleSet]) -> None:
    made = SHOP.replace("number: {type: text,", 'number: {type: text, auto: "N{sequence:03}",')
    engine = Engine(link_rules(order=made), MemoryStorage(), clock=ManualClock(T0))
    first = engine.submit({}, event_id="a")
    assert engine.submit({}, event_id="a") == first._replace(repeated=True)
    assert [engine.submit({}, event_id=name).family.id for name in ("b", "a", "c")] == [
        "N002",
        "N001",
        "N003",
    ]
    with pytest.raises(RecordError, match="was used before for other content"):
        engine.submit({"paid": True}, event_id="a")


@pytest.mark.parametrize(
    "moment", ["noon", "2026-02-30T00:00:00", datetime(1, 1, 1), datetime(9999, 1, 1, tzinfo=UTC)]
)
def test_a_moment_that_is_none_is_told(rules: RuleSet, moment: str | datetime) -> None:
    engine = Engine(rules, MemoryStorage(), clock=ManualClock(T0))
    with pytest.raises(RecordError, match="`at` must"):
        engine.submit({"number": "1"}, at=moment)


BORROW = """
entity: order
key: number
fields:
  number: {type: text, changes: never}
  lines: {type: list of line, at_least: 1}
records: {line: {key: sku, fields: {sku: text, quantity: integer}}}
states: {new: {initial: true}, kept: {}, over: {final: true}}
resources: {stock: {held_in: kept, of: lines, at: main}}
transitions:
  keep: {from: new, to: kept, at_once: true, retry_on: stock}
  end: {from: kept, to: over, after: 1h}
"""
LORRY = """
entity: lorry
key: plate
fields: {plate: {type: text, changes: never}}
states: {coming: {initial: true}, unloaded: {final: true}}
events: {unload: {by: [desk]}}
transitions:
  unload: {from: coming, to: unloaded, event: unload, moves: [{receive: {sku: '"A"', quantity: 1, at: '"main"'}}]}
"""


def test_who_is_woken_by_another_record_has_its_timers_in_time(link_rules: Callable[..., RuleSet]) -> None:
    rules = link_rules(order=BORROW, lorry=LORRY, more="warehouses: {main: {level: central}}\n")
    made = Plan("day.jsonl")
    lines: list[tuple[int, dict[str, object]]] = [
        (0, {"submit": "order", "id": "1", "fields": {"lines": [{"sku": "A", "quantity": 1}]}}),
        (0, {"submit": "lorry", "id": "L"}),
        (1, {"send": "unload", "to": "L", "as": "desk"}),  # the first order is served
        (2, {"submit": "order", "id": "2", "fields": {"lines": [{"sku": "B", "quantity": 1}]}}),
        (3, {"submit": "order", "id": "3", "fields": {"lines": [{"sku": "A", "quantity": 1}]}}),
    ]
    for number, (hours, line) in enumerate(lines, 1):
        made.events.append(Planned(T0 + timedelta(hours=hours), number, line))
    clock = ManualClock(T0)
    storage = MemoryStorage()
    replay(Engine(rules, storage, clock=clock), clock, made)
    with storage.transaction() as transaction:
        moments = [entry.event.at for entry in transaction.journal()]
        states = {family.id: family.root.state for family in transaction.families()}
    assert moments == sorted(moments)
    # it gave its unit back at two o'clock, so that the third order finds it
    assert states == {"1": "over", "L": "unloaded", "2": "new", "3": "kept"}
