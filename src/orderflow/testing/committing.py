"""Short words for what the contracts do all the time."""

from collections.abc import Callable, Iterable
from threading import Thread
from typing import Final

from orderflow.diagnostics.errors import ConflictError
from orderflow.model.decision import Decision
from orderflow.model.stock import Move, Position, StockKey
from orderflow.service.ports import Storage
from orderflow.testing.samples import START, buy, entry

#: The stock position that the samples draw on.
POSITION: Final = ("hq", "A")


def commit(storage: Storage, decision: Decision, expected: int | None = None) -> None:
    """Save one decision in a transaction of its own; `expected` is the version before it unless given."""
    with storage.transaction() as transaction:
        version = decision.family.version - decision.accepted if expected is None else expected
        transaction.save(decision, version, entry(decision), START)


def receive(storage: Storage, units: int, key: StockKey = POSITION) -> None:
    """Put units on hand."""
    with storage.transaction() as transaction:
        transaction.receive(key[0], {key[1]: units}, START)


def move(storage: Storage, moves: Iterable[Move]) -> None:
    """Move stock in a transaction of its own."""
    with storage.transaction() as transaction:
        transaction.move(moves, START)


def positions(storage: Storage) -> dict[StockKey, Position]:
    """Every stock position."""
    with storage.transaction() as transaction:
        return {(row.warehouse, row.sku): row.position for row in transaction.positions()}


def sold_by_threads(storage: Storage, units: int = 20, threads: int = 4, attempts: int = 15) -> int:
    """Let threads buy one unit at a time of what is received first; how many were sold."""
    receive(storage, units)
    sold: list[str] = []

    def shop(thread: int) -> None:
        for attempt in range(attempts):
            buyer = f"{thread}-{attempt}"
            try:
                commit(storage, buy(None, buyer, buyer))
            except ConflictError:
                continue
            sold.append(buyer)

    run_threads(shop, threads)
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
