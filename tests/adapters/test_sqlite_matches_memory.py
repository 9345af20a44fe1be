"""SQLite and memory, given the same steps, hold the same: in every transaction, kept or thrown away."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.diagnostics.errors import StorageError
from orderflow.model.codec import Codec
from orderflow.model.decision import Move
from orderflow.service.memory import MemoryStorage
from orderflow.testing.samples import START, decide, definition, entry, refuse
from orderflow.testing.snapshot import look, snapshot

CODEC = Codec(definition())
HOURS = st.integers(0, 4)
ROOTS = st.sampled_from(["b", "a", "c"])
MOVES = st.builds(
    Move,
    st.sampled_from(["take", "take", "give_back", "spend"]),
    st.just("hq"),
    st.sampled_from(["A", "B"]),
    st.integers(0, 2),
    st.just("a"),
)
WAKES = st.none() | HOURS.map(lambda hours: START + timedelta(hours=hours))
DETAILS = st.fixed_dictionaries(
    {
        "effects": st.integers(0, 2),
        "wake": WAKES,
        "waiting": st.sampled_from([(), ("stock",), ("credit", "stock")]),
        "moves": st.lists(MOVES, max_size=2).map(tuple),
    }
)
SAVE = st.tuples(st.just("save"), ROOTS, DETAILS)
SLEEP = st.tuples(st.just("save"), ROOTS, st.fixed_dictionaries({"wake": WAKES}))
DUE = st.tuples(st.just("due"), HOURS, st.integers(1, 3))
OTHERS = st.one_of(
    st.tuples(st.just("refuse"), ROOTS, st.none()),
    st.tuples(st.just("stale"), ROOTS, st.none()),
    st.tuples(st.just("again"), ROOTS, st.integers(0, 3)),
    st.tuples(st.just("receive"), st.sampled_from(["A", "B"]), st.integers(-1, 3)),
    st.tuples(st.just("mark"), st.sampled_from(["pending", "sent", "dead"]), st.integers(0, 9)),
    st.tuples(st.just("next"), ROOTS, st.none()),
    st.tuples(st.just("look"), HOURS, st.integers(1, 3)),
)
STEPS = st.one_of(SAVE, SLEEP, DUE, OTHERS)
TRANSACTIONS = st.lists(st.tuples(st.lists(STEPS, max_size=6), st.booleans()), max_size=6)
NIGHTS = st.lists(st.tuples(st.lists(SLEEP | DUE, min_size=2, max_size=8), st.booleans()), max_size=4)


class ThrownAwayError(Exception):
    pass


def take_step(transaction, step, event_id):
    """Do one step; what it saw, or which error it met."""
    kind, name, detail = step
    try:
        if kind in ("save", "refuse", "stale", "again"):
            before = transaction.family(name)
            version = before.version if before else 0
            decision = refuse(before, name, event_id) if kind == "refuse" else None
            if decision is None:
                decision = decide(before, name, event_id, **(detail if kind == "save" else {}))
            if kind == "again":
                decision = decision._replace(event=decision.event._replace(event_id=f"e{detail}"))
            transaction.save(decision, version + (kind == "stale"), entry(decision), START)
            return transaction.entry(event_id)
        if kind == "receive":
            transaction.receive("hq", {name: detail}, START)
            return transaction.stock([("hq", "A"), ("hq", "B")])
        if kind == "mark":
            rows = list(transaction.outbox())
            if rows:
                row = rows[detail % len(rows)]
                due = START + timedelta(hours=detail % 4)
                transaction.mark(row._replace(status=name, tries=row.tries + 1, due=due))
            return transaction.outgoing(START + timedelta(hours=2), 3)
        if kind == "next":
            return transaction.next_number(name)
        until = START + timedelta(hours=name)
        return transaction.due(until, detail) if kind == "due" else look(transaction, until, detail)
    except StorageError as error:
        return type(error), str(error)
    except Exception as error:  # a receipt of less than nothing
        return type(error), str(error)


def play(storage, transactions):
    """What every step saw, and what was there after every transaction."""
    trace = []
    number = 0
    for steps, kept in transactions:
        try:
            with storage.transaction() as transaction:
                for step in steps:
                    trace.append(take_step(transaction, step, f"e{number}"))
                    number += 1
                if not kept:
                    raise ThrownAwayError
        except ThrownAwayError:
            pass
        trace.append(snapshot(storage))
    return trace


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TRANSACTIONS | NIGHTS)
def test_the_same_steps_leave_the_same(transactions):
    database = SqliteStorage(":memory:", CODEC)
    try:
        assert play(database, transactions) == play(MemoryStorage(), transactions)
    finally:
        database.close()
