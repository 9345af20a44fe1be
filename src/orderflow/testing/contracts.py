"""The contracts of storages and notifiers, as test classes: subclass one, give it the fixture it asks for.

```python
class TestMyStorage(StorageContract):
    @pytest.fixture
    def storage(self):
        storage = MyStorage(...)      # empty
        yield storage
        storage.close()
```
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from orderflow.diagnostics.errors import ConflictError, RecordError, StorageError
from orderflow.model.decision import Decision, Move
from orderflow.service.ports import Notifier, Outgoing, StockRow, Storage
from orderflow.testing.samples import START, decide, effect, entry, refuse, take
from orderflow.testing.snapshot import look, snapshot

HOUR = timedelta(hours=1)
POSITION = ("hq", "A")


def commit(storage: Storage, decision: Decision, expected: int | None = None) -> None:
    """Save one decision in a transaction of its own; `expected` is the version before it unless given."""
    with storage.transaction() as transaction:
        version = decision.family.version - decision.accepted if expected is None else expected
        transaction.save(decision, version, entry(decision), START)


def receive(storage: Storage, units: int, key: tuple[str, str] = POSITION) -> None:
    """Put units on hand."""
    with storage.transaction() as transaction:
        transaction.receive(key[0], {key[1]: units}, START)


class StorageContract:
    """What every storage must do. Fixture: `storage`, an empty one."""

    @pytest.fixture
    def storage(self) -> Storage:
        """An empty storage."""
        raise NotImplementedError("give the test class a fixture `storage`")

    def test_is_empty_at_first(self, storage: Storage) -> None:
        """Nothing is there, and asking for something is no error."""
        with storage.transaction() as transaction:
            assert transaction.family("1") is None
            assert transaction.entry("e1") is None
            assert transaction.stock([POSITION]) == {}
            assert not any(look(transaction))

    def test_gives_back_what_was_saved(self, storage: Storage) -> None:
        """Families, entries and effects come back equal, values of every type included."""
        decision = decide(None, "1", "e1", effects=2, wake=START + HOUR, waiting=("stock", "credit"))
        commit(storage, decision)
        with storage.transaction() as transaction:
            assert transaction.family("1") == decision.family
            assert transaction.entry("e1") == entry(decision)._replace(number=1)
            assert list(transaction.outbox()) == [
                Outgoing(effect, "pending", 0, START, "") for effect in decision.effects
            ]

    def test_a_transaction_sees_its_own_writes(self, storage: Storage) -> None:
        """Every question is answered with what was saved before it in the same transaction."""
        with storage.transaction() as transaction:
            transaction.receive("hq", {"A": 2}, START)
            first = decide(None, "1", "e1", effects=1, wake=START, waiting=("stock",), moves=(take("1"),))
            transaction.save(first, 0, entry(first), START)
            inside = look(transaction)
            assert transaction.family("1") == first.family
            assert transaction.entry("e1") == entry(first)._replace(number=1)
            assert transaction.stock([POSITION, ("hq", "B")]) == {POSITION: 1}
            second = decide(first.family, "1", "e2")
            transaction.save(second, 1, entry(second), START)
            assert transaction.family("1") == second.family
            assert transaction.due(START, 10) == []
        assert [len(part) for part in inside] == [1, 1, 1, 1, 1, 2, 1, 1]
        assert [entry.event.event_id for entry in snapshot(storage).journal] == ["e1", "e2"]

    def test_an_exception_rolls_everything_back(self, storage: Storage) -> None:
        """After a failure the storage is as it was, also what had been changed in between."""
        receive(storage, 5)
        first = decide(None, "1", "e1", effects=2, wake=START, waiting=("stock",), moves=(take("1"),))
        commit(storage, first)
        before = snapshot(storage)
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            for version in (1, 2):
                again = decide(transaction.family("1"), "1", f"again{version}", effects=1, moves=(take("1"),))
                transaction.save(again, version, entry(again), START)
            other = decide(None, "2", "e2", effects=1, wake=START, waiting=("stock",))
            transaction.save(other, 0, entry(other), START)
            transaction.receive("hq", {"A": 1, "B": 1}, START)
            transaction.mark(before.outgoing[0]._replace(status="sent"))
            transaction.next_number("orders")
            assert len(look(transaction).due) == 1
            raise ZeroDivisionError
        assert snapshot(storage) == before
        with storage.transaction() as transaction:
            assert transaction.entry("again1") is None
            assert transaction.family("2") is None
            assert transaction.next_number("orders") == 1
        commit(storage, decide(first.family, "1", "again1"))

    def test_another_version_is_a_conflict(self, storage: Storage) -> None:
        """A decision on a stale family is not stored, and the transaction may go on without it."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        for stale in (decide(None, "1", "e2", effects=1), refuse(None, "1", "e3")):
            with storage.transaction() as transaction:
                with pytest.raises(ConflictError, match="`1`"):
                    transaction.save(stale, 0, entry(stale), START)
                transaction.receive("hq", {"A": 1}, START)
        seen = snapshot(storage)
        assert seen.families == [first.family]
        assert [entry.event.event_id for entry in seen.journal] == ["e1"]
        assert not seen.outbox
        assert seen.positions == [StockRow("hq", "A", 2, 0)]

    def test_a_refusal_is_journaled_alone(self, storage: Storage) -> None:
        """A refused event leaves its entry and changes nothing, whether or not there is a record."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        refusals = [refuse(first.family, "1", "e2"), refuse(None, "none", "e3")]
        for refusal in refusals:
            commit(storage, refusal)
        seen = snapshot(storage)
        assert seen.families == [first.family]
        assert [found.refusals for found in seen.journal[1:]] == [refusal.refusals for refusal in refusals]
        with storage.transaction() as transaction:
            assert [found.event.event_id for found in transaction.journal("1")] == ["e1", "e2"]
            assert [found.event.event_id for found in transaction.journal("none")] == ["e3"]

    def test_an_event_id_is_used_once(self, storage: Storage) -> None:
        """The same id again is a conflict, in a later transaction as in the same; no id is no name."""
        first = decide(None, "1", "e1")
        commit(storage, first)
        with pytest.raises(ConflictError, match="`e1`"):
            commit(storage, decide(first.family, "1", "e1"))
        with storage.transaction() as transaction:
            second = decide(first.family, "1", "e2")
            transaction.save(second, 1, entry(second), START)
            again = decide(second.family, "1", "e2")
            with pytest.raises(ConflictError, match="`e2`"):
                transaction.save(again, 2, entry(again), START)
        for version in (3, 4):
            commit(storage, decide(snapshot(storage).families[0], "1", ""), version - 1)
        assert [found.version for found in snapshot(storage).journal] == [1, 2, 3, 4]

    def test_stock_is_taken_given_back_and_spent(self, storage: Storage) -> None:
        """On hand and allocated follow the moves, in the decision's order, each with a line in the ledger."""
        receive(storage, 3)
        moves = [take("1", 2), Move("give_back", "hq", "A", 1, "1"), Move("spend", "hq", "A", 1, "1")]
        commit(storage, decide(None, "1", "e1", moves=tuple(moves)))
        seen = snapshot(storage)
        assert seen.positions == [StockRow("hq", "A", 2, 0)]
        assert [(line.kind, line.quantity, line.record) for line in seen.movements] == [
            ("receive", 3, ""),
            ("take", 2, "1"),
            ("give_back", 1, "1"),
            ("spend", 1, "1"),
        ]

    @pytest.mark.parametrize("short", [("hq", "B"), ("hq", "never received")])
    def test_all_units_are_taken_or_none(self, storage: Storage, short: tuple[str, str]) -> None:
        """A take that finds too few units undoes its sisters, and the transaction may go on."""
        receive(storage, 5)
        receive(storage, 1, ("hq", "B"))
        with storage.transaction() as transaction:
            moves = (take("1", 2, short), take("1", 2))
            decision = decide(None, "1", "e1", effects=1, moves=moves)
            with pytest.raises(ConflictError, match=short[1]):
                transaction.save(decision, 0, entry(decision), START)
            assert transaction.family("1") is None
        seen = snapshot(storage)
        assert seen.positions == [StockRow("hq", "A", 5, 0), StockRow("hq", "B", 1, 0)]
        assert len(seen.movements) == 2
        assert not seen.journal + seen.outbox

    def test_nobody_gives_back_what_nobody_holds(self, storage: Storage) -> None:
        """More given back or spent than is allocated is an error, and so is less than nothing."""
        receive(storage, 5)
        for kind in ("give_back", "spend"):
            with pytest.raises(StorageError, match="does not hold"):
                commit(storage, decide(None, "1", "e1", moves=(Move(kind, "hq", "A", 1, "1"),)))
        with pytest.raises(StorageError, match="positive"):
            commit(storage, decide(None, "1", "e1", moves=(take("1", -1),)))
        with pytest.raises(RecordError, match="positive"):
            receive(storage, -1)
        assert snapshot(storage).positions == [StockRow("hq", "A", 5, 0)]

    def test_families_come_by_submit(self, storage: Storage) -> None:
        """The order of submit stays, whatever changes; an entity can be asked for; writing may go on."""
        for root_id in ("b", "a", "c"):
            commit(storage, decide(None, root_id, f"new {root_id}"))
        with storage.transaction() as transaction:
            for family in transaction.families():
                again = decide(family, family.id, f"again {family.id}")
                transaction.save(again, 1, entry(again), START)
        with storage.transaction() as transaction:
            assert [(family.id, family.version) for family in transaction.families("order")] == [
                ("b", 2),
                ("a", 2),
                ("c", 2),
            ]
            assert not list(transaction.families("ticket"))

    def test_many_rows_come_in_order(self, storage: Storage) -> None:
        """Nothing is lost or doubled where a storage reads in pages."""
        with storage.transaction() as transaction:
            for number in range(1100):
                decision = decide(None, str(number), f"e{number}", effects=1)
                transaction.save(decision, 0, entry(decision), START)
        seen = snapshot(storage)
        assert [family.id for family in seen.families] == [str(number) for number in range(1100)]
        assert [found.number for found in seen.journal] == list(range(1, 1101))
        assert [row.effect.record for row in seen.outbox] == [str(number) for number in range(1100)]

    def test_due_families_come_earliest_first(self, storage: Storage) -> None:
        """By time, then by submit; never one whose time has changed, in this transaction or before."""
        for root_id, hours in (("late", 5), ("b", 1), ("a", 1), ("first", 0), ("never", None)):
            wake = None if hours is None else START + hours * HOUR
            commit(storage, decide(None, root_id, f"new {root_id}", wake=wake))
        with storage.transaction() as transaction:
            expected = [
                (START, "first"),
                (START + HOUR, "b"),
                (START + HOUR, "a"),
                (START + 5 * HOUR, "late"),
            ]
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
            assert list(transaction.due(START + HOUR, 10)) == expected[:3]
            assert list(transaction.due(START + 5 * HOUR, 2)) == expected[:2]
            assert list(transaction.due(START - HOUR, 10)) == []
            for root_id, hours in (("first", 2), ("b", None), ("late", 1)):
                wake = None if hours is None else START + hours * HOUR
                later = decide(transaction.family(root_id), root_id, f"later {root_id}", wake=wake)
                transaction.save(later, 1, entry(later), START)
            expected = [(START + HOUR, "late"), (START + HOUR, "a"), (START + 2 * HOUR, "first")]
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
            assert list(transaction.due(START + 5 * HOUR, 1)) == expected[:1]
            assert list(transaction.waiting("stock")) == []
            assert list(transaction.due(START + 5 * HOUR, 10)) == expected
        assert snapshot(storage).due == expected

    def test_waiting_families_come_by_submit(self, storage: Storage) -> None:
        """Only those that wait for the condition, whole names, the oldest first."""
        for root_id, waiting in (
            ("b", ("stock",)),
            ("a", ("credit", "stock")),
            ("c", ("stock2",)),
            ("d", ()),
        ):
            commit(storage, decide(None, root_id, f"new {root_id}", waiting=waiting))
        with storage.transaction() as transaction:
            assert list(transaction.waiting("stock")) == ["b", "a"]
            assert list(transaction.waiting("credit")) == ["a"]
            assert list(transaction.waiting("none")) == []
            done = decide(transaction.family("b"), "b", "done b")
            transaction.save(done, 1, entry(done), START)
            assert list(transaction.waiting("stock")) == ["a"]

    def test_a_receipt_is_known_by_its_id(self, storage: Storage) -> None:
        """An id, once committed, tells the units that came with it."""
        with storage.transaction() as transaction:
            assert transaction.received("r1") is None
            transaction.receive("hq", {"A": 2, "B": 1}, START, "r1")
            assert transaction.received("r1") == {("hq", "A"): 2, ("hq", "B"): 1}
        with pytest.raises(ZeroDivisionError), storage.transaction() as transaction:  # noqa: PT012
            transaction.receive("hq", {"A": 1}, START, "r2")
            _ = 1 / 0
        with storage.transaction(read_only=True) as transaction:
            assert transaction.received("r2") is None
            assert transaction.received("") is None
            assert transaction.received("r1") == {("hq", "A"): 2, ("hq", "B"): 1}

    def test_numbers_count_from_one(self, storage: Storage) -> None:
        """Each sequence for itself, over transactions."""
        for expected in (1, 2):
            with storage.transaction() as transaction:
                assert transaction.next_number("orders") == 2 * expected - 1
                assert transaction.next_number("orders") == 2 * expected
                assert transaction.next_number("tickets") == expected

    def test_outgoing_keeps_the_order_of_a_record(self, storage: Storage) -> None:
        """Of each record the first pending effect, earliest due first; its later ones wait, others do not."""
        commit(storage, decide(None, "1", "e1", effects=2))
        commit(storage, decide(None, "2", "e2", effects=1))

        def keys(hours: int = 0, limit: int = 10) -> list[str]:
            with storage.transaction() as transaction:
                return [found.effect.key for found in transaction.outgoing(START + hours * HOUR, limit)]

        def mark(key: str, **changes: Any) -> None:
            with storage.transaction() as transaction:
                (found,) = [row for row in transaction.outbox() if row.effect.key == key]
                transaction.mark(found._replace(**changes))

        assert keys(-1) == []
        assert keys() == ["1:1:1", "2:1:1"]
        assert keys(limit=1) == ["1:1:1"]
        mark("1:1:1", tries=1, due=START + HOUR, error="no network")
        assert keys() == ["2:1:1"]
        assert keys(1) == ["2:1:1", "1:1:1"]
        mark("1:1:1", status="dead", tries=2)
        assert keys() == ["1:1:2", "2:1:1"]
        mark("1:1:1", status="pending")
        assert keys(1) == ["2:1:1", "1:1:1"]
        mark("1:1:1", status="dead")
        mark("2:1:1", status="sent", tries=1, error="")
        mark("1:1:2", status="sent", tries=1)
        assert keys(9) == []
        with storage.transaction() as transaction:
            states = [(row.effect.key, row.status, row.tries, row.error) for row in transaction.outbox()]
        assert states == [
            ("1:1:1", "dead", 2, "no network"),
            ("1:1:2", "sent", 1, ""),
            ("2:1:1", "sent", 1, ""),
        ]

    def test_marks_nothing_that_is_not_there(self, storage: Storage) -> None:
        """An unknown effect is an error."""
        with pytest.raises(StorageError, match="`9:9:9`"), storage.transaction() as transaction:
            transaction.mark(Outgoing(effect("9", 9, 9), "sent", 1, START, ""))

    def test_a_thread_has_one_transaction(self, storage: Storage) -> None:
        """A transaction inside another would wait for itself: it is refused, and the outer one goes on."""
        with storage.transaction() as transaction:
            with pytest.raises(StorageError, match="open here already"), storage.transaction():
                pass
            transaction.receive("hq", {"A": 1}, START)
        assert len(snapshot(storage).positions) == 1

    def test_threads_never_oversell(self, storage: Storage) -> None:
        """Four threads, 20 units, 60 buyers: 20 are sold, and every part agrees on it."""
        assert sold_by_threads(storage) == 20
        assert snapshot(storage).positions == [StockRow("hq", "A", 20, 20)]


def sold_by_threads(storage: Storage, units: int = 20, threads: int = 4, attempts: int = 15) -> int:
    """Let threads buy one unit at a time of what is received first; how many were sold."""
    receive(storage, units)
    sold: list[str] = []

    def buy(thread: int) -> None:
        for attempt in range(attempts):
            buyer = f"{thread}-{attempt}"
            try:
                commit(storage, decide(None, buyer, buyer, effects=1, moves=(take(buyer),)))
            except ConflictError:
                continue
            sold.append(buyer)

    run_threads(buy, threads)
    return len(sold)


def run_threads(work: Callable[[int], None], count: int) -> None:
    """Run `work(0)` to `work(count - 1)` at once, and raise what any of them raised."""
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class NotifierContract:
    """What every notifier must do. Fixture: `notifier`, one whose other side can be reached."""

    @pytest.fixture
    def notifier(self) -> Notifier:
        """A notifier that works."""
        raise NotImplementedError("give the test class a fixture `notifier`")

    def test_takes_the_same_effect_twice(self, notifier: Notifier) -> None:
        """Delivery is at least once: a repeat is no error."""
        for _ in range(2):
            notifier.deliver(effect("1", 1, 1))

    def test_takes_any_text(self, notifier: Notifier) -> None:
        """Texts of any script, with line breaks and long ones, get through."""
        for words in ("", "订单 1\n待拣货", "x" * 10_000, "\U0001f4e6 \u202e"):
            notifier.deliver(effect("1", 1, 1)._replace(parameters={"to": "warehouse", "message": words}))
