"""Programs that die or fight over one store, and what they leave behind. For systems with `os.fork`."""

import os
import signal
from collections.abc import Callable

from orderflow.diagnostics.errors import ConflictError
from orderflow.service.ports import Storage
from orderflow.testing.samples import START, buy, entry

Open = Callable[[], Storage]


def run_in_children(
    work: Callable[[int], int], count: int, meanwhile: Callable[[], None] = lambda: None
) -> list[int]:
    """Run `work(0)` to `work(count - 1)`, each in its own process; their results (0 to 250), or -signal."""
    children = [_fork(work, number) for number in range(count)]
    meanwhile()
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _fork(work: Callable[[int], int], number: int) -> int:
    child = os.fork()
    if child:
        return child
    result = 251
    try:
        result = work(number)
    finally:
        os._exit(result)  # no clean-up of what belongs to the parent, such as pytest's own


def apply_events(storage: Storage, count: int, done: Callable[[int], None] = lambda number: None) -> None:
    """Apply events to one family, each a `samples.buy`; `done` hears of every commit."""
    for _ in range(count):
        with storage.transaction() as transaction:
            family = transaction.family("1")
            version = 0 if family is None else family.version
            decision = buy(family, "1", f"e{version + 1}")
            transaction.save(decision, version, entry(decision), START)
        done(version + 1)


def kill_after(open_storage: Open, commits: int) -> None:
    """Apply events in another process and kill it (signal 9) as soon as it has told of so many commits."""
    hear, tell = os.pipe()

    def work(_: int) -> int:
        storage = open_storage()
        apply_events(storage, commits + 1000, lambda number: _say(tell))
        return 0

    child = _fork(work, 0)
    os.close(tell)
    heard = 0
    while heard < commits and (got := os.read(hear, 1)):
        heard += len(got)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(hear)


def sell_in_processes(open_storage: Open, processes: int, attempts: int) -> int:
    """Let processes buy one unit at a time of what is on hand at `hq`; how many were sold in all.

    They start together, once each has opened the storage.
    """
    hear, tell = os.pipe()
    wait, go = os.pipe()

    def shop(process: int) -> int:
        os.close(go)
        storage = open_storage()
        _say(tell)
        os.read(wait, 1)  # returns when the last one that could write has closed the pipe
        sold = 0
        for attempt in range(attempts):
            buyer = f"{process}-{attempt}"
            decision = buy(None, buyer, buyer)
            try:
                with storage.transaction() as transaction:
                    transaction.save(decision, 0, entry(decision), START)
            except ConflictError:
                continue
            sold += 1
        storage.close()
        return sold

    def start() -> None:
        for _ in range(processes):
            os.read(hear, 1)
        os.close(go)

    results = run_in_children(shop, processes, start)
    for end in (hear, tell, wait):
        os.close(end)
    if any(not 0 <= result <= attempts for result in results):
        raise AssertionError(f"a buyer failed: {results}")
    return sum(results)


def _say(pipe: int) -> None:
    os.write(pipe, b".")
