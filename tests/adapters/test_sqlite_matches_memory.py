"""SQLite and memory, given the same steps, hold the same: in every transaction, kept or thrown away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.diagnostics.errors import OrderflowError
from orderflow.model.codec import Codec
from orderflow.model.facts import Contribution
from orderflow.model.record import Standing, root_of
from orderflow.model.stock import Draw, Move, MoveKind
from orderflow.service.memory import MemoryStorage
from orderflow.service.stock import balances_of, oversold, recount
from orderflow.testing.samples import SPEND, START, decide, definition, entry, refuse
from orderflow.testing.snapshot import look, snapshot

CODEC = Codec(definition())
HOURS = st.integers(0, 4)
ROOTS = st.sampled_from(["b", "a", "c"])
SKUS = st.sampled_from(["A", "B"])
MOMENTS = HOURS.map(lambda hours: START + timedelta(hours=hours))
# Most moves find something: what comes in comes often, and in larger numbers than what goes out.
GAINS = st.sampled_from(["receive", "receive", "quarantine", "expect", "count"])
MOVES = st.one_of(
    st.builds(Move, GAINS, st.just("hq"), SKUS, st.integers(0, 5), st.just("a")),
    st.builds(
        Move,
        st.sampled_from(get_args(MoveKind)),
        st.sampled_from(["hq", "hq", "hq", "side"]),
        SKUS,
        st.integers(-1, 2),
        st.just("a"),
        st.sampled_from(["", "p", "q"]),
    ),
)
OWNERS = st.sampled_from(["C1", "C1", "C2"])
DRAWS = st.builds(
    Draw,
    st.sampled_from(["take", "take", "give_back", "spend"]),
    st.just("credit"),
    OWNERS,
    st.integers(-1, 3),
    st.just("a"),
    st.none() | st.integers(-1, 6),
)
CONTRIBUTIONS = st.builds(
    Contribution,
    st.just(SPEND),
    OWNERS,
    ROOTS,
    st.none() | MOMENTS,
    st.integers(0, 2) | st.decimals(0, 1, places=2),
)
STANDING = st.lists(st.builds(Standing, st.sampled_from(["late", "held"]), ROOTS, MOMENTS), max_size=2)
WAKES = st.none() | MOMENTS
WAITING = st.sampled_from([(), ("stock:A",), ("credit:C1", "stock:A"), ("stock:A", "stock:B")])
DETAILS = st.fixed_dictionaries(
    {
        "effects": st.integers(0, 2),
        "wake": WAKES,
        "waiting": WAITING,
        "standing": STANDING.map(lambda places: tuple({place.queue: place for place in places}.values())),
        "moves": st.lists(MOVES, max_size=3).map(tuple),
        "draws": st.lists(DRAWS, max_size=2).map(tuple),
        "contributions": st.lists(CONTRIBUTIONS, max_size=2).map(tuple),
    }
)
SAVE = st.tuples(st.just("save"), ROOTS, DETAILS)
STOCK = st.tuples(st.just("move"), ROOTS, st.lists(MOVES, max_size=4))
SLEEP = st.tuples(st.just("save"), ROOTS, st.fixed_dictionaries({"wake": WAKES, "waiting": WAITING}))
DUE = st.tuples(st.just("due"), HOURS, st.integers(1, 3))
OTHERS = st.one_of(
    st.tuples(st.just("refuse"), ROOTS, st.none()),
    st.tuples(st.just("stale"), ROOTS, st.none()),
    st.tuples(st.just("again"), ROOTS, st.integers(0, 3)),
    st.tuples(st.just("sleep"), ROOTS, st.tuples(WAKES, WAITING)),
    st.tuples(st.just("receive"), st.sampled_from(["A", "B"]), st.integers(-1, 3)),
    st.tuples(st.just("receipt"), st.sampled_from(["r", "s"]), st.integers(0, 3)),
    st.tuples(st.just("mark"), st.sampled_from(["pending", "sent", "dead"]), st.integers(0, 9)),
    st.tuples(st.just("touch"), ROOTS, ROOTS),
    st.tuples(st.just("settle"), ROOTS, st.none()),
    st.tuples(st.just("window"), HOURS, st.none() | HOURS),
    st.tuples(st.just("next"), ROOTS, st.none()),
    st.tuples(st.just("look"), HOURS, st.integers(1, 3)),
)
STEPS = st.one_of(SAVE, SAVE, STOCK, SLEEP, DUE, OTHERS)
TRANSACTIONS = st.lists(st.tuples(st.lists(STEPS, max_size=6), st.booleans()), max_size=6)
NIGHTS = st.lists(st.tuples(st.lists(SLEEP | DUE, min_size=2, max_size=8), st.booleans()), max_size=4)


class ThrownAwayError(Exception):
    pass


def take_step(transaction, step, event_id):
    """Do one step; what it saw, or which error it met."""
    try:
        return STEP_OF.get(step[0], save)(transaction, *step, event_id)
    except OrderflowError as error:
        return type(error), str(error)


def save(transaction, kind, name, detail, event_id):
    before = transaction.family(name)
    version = before.version if before else 0
    decision = refuse(before, name, event_id) if kind == "refuse" else None
    if decision is None:
        details = dict(detail) if kind == "save" else {}
        # a record stands in the queues of its own family alone
        details["standing"] = tuple([one._replace(record=name) for one in details.get("standing", ())])
        decision = decide(before, name, event_id, **details)
    if kind == "again":
        decision = decision._replace(event=decision.event._replace(event_id=f"e{detail}"))
    transaction.save(decision, version + (kind == "stale"), entry(decision), START)
    waiting = transaction.waiting(["stock:B", "credit:C1"])
    return transaction.entry(event_id), waiting, transaction.balances([("credit", "C1"), ("credit", "C2")])


def sleep(transaction, kind, name, detail, event_id):
    family = transaction.family(name)
    if family is not None:
        transaction.reschedule(replace(family, wake=detail[0], waiting=detail[1], standing=()))
    return transaction.family(name), transaction.waiting(["stock:A"])


def move(transaction, kind, name, moves, event_id):
    transaction.move(moves, START)
    return transaction.stock(["A"])


def receive(transaction, kind, name, detail, event_id):
    if kind == "receipt":
        transaction.receive("side", {"A": detail, "B": 1}, START, name)
        return transaction.received(name), transaction.received("a")
    transaction.receive("hq", {name: detail}, START)
    return transaction.stock(["A", "B"])


def mark(transaction, kind, status, detail, event_id):
    rows = list(transaction.outbox())
    if rows:
        row = rows[detail % len(rows)]
        due = START + timedelta(hours=detail % 4)
        transaction.mark(row._replace(status=status, tries=row.tries + 1, due=due))
    return transaction.outgoing(START + timedelta(hours=2), 3)


def note(transaction, kind, name, other, event_id):
    if kind == "touch":
        transaction.touch([name, other])
    else:
        transaction.settle(name)
    return list(transaction.touched(2))


def window(transaction, kind, until, since, event_id):
    since = None if since is None else START + timedelta(hours=since)
    until = START + timedelta(hours=until)
    rows = list(transaction.window(SPEND, "C1", since, until))
    for without in ("", *{root_of(row.record) for row in rows}):
        others = [row for row in rows if root_of(row.record) != without]
        counted = (len(others), others[0].at if others else None)
        assert transaction.count(SPEND, "C1", since, until, without) == counted
    return rows


STEP_OF: dict[str, Callable[..., object]] = {
    "sleep": sleep,
    "move": move,
    "receive": receive,
    "receipt": receive,
    "mark": mark,
    "touch": note,
    "settle": note,
    "window": window,
    "next": lambda transaction, kind, name, detail, event_id: transaction.next_number(name),
    "due": lambda transaction, kind, hours, limit, event_id: transaction.due(
        START + timedelta(hours=hours), limit
    ),
    "look": lambda transaction, kind, hours, limit, event_id: look(
        transaction, START + timedelta(hours=hours), limit
    ),
}


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
        memory = MemoryStorage()
        assert play(database, transactions) == play(memory, transactions)
        seen = snapshot(memory)
    finally:
        database.close()
    assert recount(seen.movements) == {(row.warehouse, row.sku): row.position for row in seen.positions}
    assert balances_of(seen.drawings) == seen.balances
    assert oversold(seen.movements, seen.positions) == 0
