"""The dispatcher: every effect at least once, in order for a record, and a failing one holds no other up."""

import random
from datetime import timedelta

import pytest

from orderflow.diagnostics.errors import ConflictError, NotifierError
from orderflow.service.dispatcher import Dispatcher, DispatchReport
from orderflow.service.memory import ManualClock, MemoryNotifier, MemoryStorage
from orderflow.testing.contracts import commit
from orderflow.testing.samples import START, decide


class Picky(MemoryNotifier):
    """Fails for some records, every time."""

    def __init__(self, *broken, error=None):
        super().__init__()
        self.broken = broken
        self.error = error or NotifierError("no network")
        self.tried = []

    def deliver(self, effect):
        self.tried.append(effect.key)
        if effect.record in self.broken:
            raise self.error
        super().deliver(effect)


@pytest.fixture
def storage():
    storage = MemoryStorage()
    for root_id in ("1", "2", "3"):
        commit(storage, decide(None, root_id, f"e{root_id}", effects=3, attempts=4))
    return storage


@pytest.fixture
def clock():
    return ManualClock(START)


def rows(storage):
    with storage.transaction() as transaction:
        return {row.effect.key: row for row in transaction.outbox()}


def keys(notifier):
    return [effect.key for effect in notifier.delivered]


def test_delivers_everything_once_and_in_order(storage, clock):
    notifier = MemoryNotifier()
    assert Dispatcher(storage, notifier, clock).run() == DispatchReport(9, 0, 0)
    assert sorted(keys(notifier)) == sorted(rows(storage))
    for record in "123":
        assert [key for key in keys(notifier) if key[0] == record] == [f"{record}:1:{n}" for n in (1, 2, 3)]
    assert Dispatcher(storage, notifier, clock).run() == DispatchReport()
    assert {row.status for row in rows(storage).values()} == {"sent"}


def test_a_failing_record_holds_up_no_other(storage, clock):
    notifier = Picky("2")
    assert Dispatcher(storage, notifier, clock).run() == DispatchReport(6, 1, 0)
    assert [key for key in notifier.tried if key[0] == "2"] == ["2:1:1"]
    row = rows(storage)["2:1:1"]
    assert (row.status, row.tries, row.error) == ("pending", 1, "no network")
    assert START < row.due <= START + timedelta(seconds=30)


def test_gives_up_after_the_attempts_and_goes_on(storage, clock):
    notifier = Picky("2")
    dispatcher = Dispatcher(storage, notifier, clock, random=random.Random(1))
    reports = []
    for _ in range(20):
        reports.append(dispatcher.run())
        clock.advance(timedelta(hours=1))
    assert sum(report.dead for report in reports) == 3
    assert [key for key in notifier.tried if key[0] == "2"] == [
        f"2:1:{n}" for n in (1, 2, 3) for _ in range(4)
    ]
    assert {row.status for key, row in rows(storage).items() if key[0] == "2"} == {"dead"}


def test_a_repaired_notifier_goes_on_where_it_failed(storage, clock):
    notifier = MemoryNotifier(failures=3)
    dispatcher = Dispatcher(storage, notifier, clock)
    assert dispatcher.run() == DispatchReport(0, 3, 0)
    clock.advance(timedelta(seconds=31))
    assert dispatcher.run() == DispatchReport(9, 0, 0)
    assert [key for key in keys(notifier) if key[0] == "1"] == ["1:1:1", "1:1:2", "1:1:3"]


class Longest(random.Random):
    """Always draws the largest number."""

    def uniform(self, a, b):
        return b


def test_waits_double_up_to_an_hour(clock):
    storage = MemoryStorage()
    commit(storage, decide(None, "1", "e1", effects=1, attempts=12))
    dispatcher = Dispatcher(storage, Picky("1"), clock, random=Longest())
    waits = []
    for _ in range(11):
        dispatcher.run()
        waits.append((rows(storage)["1:1:1"].due - clock.now()).total_seconds())
        clock.set(rows(storage)["1:1:1"].due)
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_waits_are_spread(clock):
    storage = MemoryStorage()
    for number in range(40):
        commit(storage, decide(None, str(number), f"e{number}", effects=1))
    Dispatcher(storage, Picky(*map(str, range(40))), clock, random=random.Random(7)).run()
    waits = sorted((row.due - START).total_seconds() for row in rows(storage).values())
    assert waits[5] < 10
    assert waits[-5] > 20


def test_a_fault_of_the_notifier_is_a_failure_too(storage, clock):
    notifier = Picky("2", error=KeyError())
    assert Dispatcher(storage, notifier, clock).run() == DispatchReport(6, 1, 0)
    assert rows(storage)["2:1:1"].error == "the notifier failed without saying why"


def test_an_interrupted_run_marks_what_it_delivered(storage, clock):
    notifier = Picky("2", error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        Dispatcher(storage, notifier, clock).run()
    assert keys(notifier) == ["1:1:1"]
    assert rows(storage)["1:1:1"].status == "sent"


def test_a_limit_and_one_batch_stop_early(storage, clock):
    notifier = MemoryNotifier()
    dispatcher = Dispatcher(storage, notifier, clock)
    assert dispatcher.run(limit=2) == DispatchReport(2, 0, 0)
    assert dispatcher.run(until_idle=False) == DispatchReport(3, 0, 0)
    assert dispatcher.run(limit=0) == DispatchReport()
    assert dispatcher.run() == DispatchReport(4, 0, 0)


def test_only_what_is_due_is_sent(storage, clock):
    clock.advance(timedelta(seconds=-1))
    assert Dispatcher(storage, MemoryNotifier(), clock).run() == DispatchReport()


def test_delivers_outside_of_a_transaction(storage, clock):
    class Looking(MemoryNotifier):
        def deliver(self, effect):
            rows(storage)  # would be refused inside a transaction
            super().deliver(effect)

    assert Dispatcher(storage, Looking(), clock).run().sent == 9


def test_marks_again_when_another_writer_was_first(storage, clock, monkeypatch):
    conflicts = iter([None, ConflictError("busy"), ConflictError("busy")])
    begin = storage.transaction

    def transaction(*, read_only=False):
        error = next(conflicts, None)
        if error is not None:
            raise error
        return begin()

    monkeypatch.setattr(storage, "transaction", transaction)
    notifier = MemoryNotifier()
    assert Dispatcher(storage, notifier, clock).run() == DispatchReport(9, 0, 0)
    assert len(notifier.delivered) == 9
