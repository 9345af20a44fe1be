"""Random days of the reference rule set, on memory and SQLite side by side: what must hold whatever happens."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import cast

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.service.days import T0, Day, onward, reached, wenzhou
from tests.service.soundness import broken

from orderflow.diagnostics.errors import StorageError
from orderflow.model.decision import Decision
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.ports import JournalEntry, Storage, Transaction
from orderflow.testing.snapshot import snapshot

Spoil = Callable[[Decision, JournalEntry], tuple[Decision, JournalEntry]]

TestDay = Day.TestCase
TestDay.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def fixed(examples: int) -> settings:
    """The same days every time."""
    return settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
    )


def test_random_days_come_by_all_that_storages_might_do_otherwise() -> None:
    came_by: Counter[str] = Counter()

    class Noting(Day):
        def _sqlite(self) -> Storage:
            return MemoryStorage()

        def both_hold_the_same_and_nothing_is_broken(self) -> None:
            """Looked at by the days of the test above."""

        def teardown(self) -> None:
            came_by.update(reached(self))
            super().teardown()

    run_state_machine_as_test(Noting, settings=fixed(120))
    wanted = {
        "take", "give_back", "spend", "take of a pool", "give_back of a pool", "pool of a pool", "unpool of a pool",
        "2 parcels", "take credit", "give_back credit", "take waybill", "spend waybill",
        "hold manual on", "hold credit on", "hold risk on", "hold off",
        "tag exhaust_enthusiast on", "tag service_network_candidate on", "tag off",
        "queue stock_short on", "queue not_accepted on", "queue off", "open ticket",
    }  # fmt: skip
    assert wanted - set(came_by) == set()


# ---- the invariants can tell ----------------------------------------------------------------------------------------


class Careless:
    """A transaction that stores something else than it was told."""

    def __init__(self, inner: Transaction, spoil: Spoil) -> None:
        self._inner = inner
        self._spoil = spoil

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def save(self, decision: Decision, expected: int, entry: JournalEntry, due: datetime) -> None:
        decision, entry = self._spoil(decision, entry)
        self._inner.save(decision, expected, entry, due)


class CarelessStorage:
    """The memory storage, spoiled."""

    def __init__(self, spoil: Spoil) -> None:
        self._inner = MemoryStorage()
        self._spoil = spoil

    def transaction(self, *, read_only: bool = False) -> AbstractContextManager[Transaction]:
        @contextmanager
        def begin() -> Iterator[Transaction]:
            with self._inner.transaction() as transaction:
                yield cast(Transaction, Careless(transaction, self._spoil))

        return begin()

    def close(self) -> None:
        self._inner.close()


def without(kind: str) -> Spoil:
    def spoil(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
        return decision._replace(moves=tuple(move for move in decision.moves if move.kind != kind)), entry

    return spoil


def undrawn(kind: str) -> Spoil:
    def spoil(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
        return decision._replace(draws=tuple(draw for draw in decision.draws if draw.kind != kind)), entry

    return spoil


def twice(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    again = tuple(move for move in decision.moves if move.kind == "give_back")
    return decision._replace(moves=decision.moves + again), entry


def out_of_ordinary_stock(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    moves = tuple(move._replace(pool="") if move.kind == "take" else move for move in decision.moves)
    return decision._replace(moves=moves), entry


def no_steps(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry._replace(steps=entry.steps[1:])


def no_marks(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry._replace(marks=())


def no_effects(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision._replace(effects=()), entry


def no_contributions(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision._replace(contributions=()), entry


def no_waiting(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    decision.family.waiting = ()
    return decision, entry


def no_standing(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    decision.family.standing = ()
    return decision, entry


def all_accepted(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry._replace(accepted=True)


def honest(decision: Decision, entry: JournalEntry) -> tuple[Decision, JournalEntry]:
    return decision, entry


def short_day(storage: Storage) -> list[str]:
    """A fixed day; what is broken after it.

    Of three orders one is sent, one is cancelled and held before, one waits and is then sent out on credit and paid; a
    fourth takes what was set aside for presale.
    """
    rules, clock = wenzhou(), ManualClock(T0)
    engine = Engine(rules, storage, clock=clock)

    def order(number: str, paid: int, **line: object) -> None:
        lines = [{"line_no": 1, "sku": "A", "name": "A", "quantity": 2, "unit_price": 1, **line}]
        given = {"channel": "offline", "customer": "C", "phone": "13800000001", "region": "x", "address": "y",
                 "placed_at": T0, "amount_due": 2, "amount_paid": paid, "paid_at": T0, "lines": lines}  # fmt: skip
        engine.submit(given, entity="order", id=number, actor="channel")

    engine.receive("hq", {"A": 5})
    engine.submit({"credit_limit": 1}, entity="customer", id="C", actor="finance")
    for number, paid in (("1", 2), ("2", 2), ("3", 1)):
        order(number, paid)
    for _ in range(5):
        parcel = engine.family("1").children["shipments"][0]
        name, role, given = onward(parcel)
        engine.send(parcel.id, name, given, actor=role)
    engine.send("1/shipments/1", "accept", actor="warehouse")
    engine.hold("2", "manual", actor="risk", reason="asked")
    engine.release("2", "manual", actor="risk", reason="done")
    engine.send("2", "cancel", {"why": "customer"}, actor="channel")
    engine.update("3", {"amount_paid": 2}, actor="channel")
    engine.receive("hq", {"A": 3})
    freeze = {"kind": "presale", "warehouse": "hq", "sku": "A", "quantity": 2, "starts_at": T0,
              "ends_at": T0 + timedelta(days=9)}  # fmt: skip
    engine.submit(freeze, entity="freeze", id="F", actor="sales")
    order("4", 2, presale=True)
    states = [engine.family(number).root.state for number in "1234"]
    if isinstance(storage, MemoryStorage):
        assert states == ["fulfilling", "cancelled", "fulfilling", "fulfilling"]
    return broken(rules, snapshot(storage))


def test_an_honest_storage_is_found_sound() -> None:
    assert short_day(MemoryStorage()) == []
    assert short_day(CarelessStorage(honest)) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without("take"), "hold"),
        (without("give_back"), "hold"),
        (without("spend"), "hold"),
        (twice, "hold"),
        (out_of_ordinary_stock, "that are not journaled"),
        (undrawn("take"), "hold"),
        (undrawn("give_back"), "the records hold"),
        (no_steps, "journaled is `backordered`"),
        (no_marks, "the journal marks"),
        (no_effects, "the outbox does not hold each journaled effect once"),
        (no_standing, "the journal marks"),
        (all_accepted, "accepted decisions"),
    ],
)
def test_a_careless_storage_is_found_out(spoil: Spoil, says: str) -> None:
    try:
        problems = short_day(CarelessStorage(spoil))
    except StorageError as error:  # the memory storage itself notices some
        problems = [str(error)]
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize("spoil", [twice, undrawn("take"), no_contributions, no_waiting, no_standing])
def test_random_days_find_a_careless_storage_out(spoil: Spoil) -> None:
    class Bad(Day):
        def _memory(self) -> Storage:
            return CarelessStorage(spoil)

    with pytest.raises((AssertionError, StorageError)):
        run_state_machine_as_test(Bad, settings=fixed(100))
