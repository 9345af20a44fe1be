"""Events a second on SQLite, beside the floor: the same rows, indexes, JSON and commits, written by hand.

An event reads its family, raises its version, and writes the family, a journal entry and an effect. The decision
itself is made beforehand, so that only storing is measured.
"""

import json
import os
import platform
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Literal

from orderflow.adapters.sqlite import SqliteStorage
from orderflow.adapters.sqlite_schema import prepare
from orderflow.model.codec import Codec
from orderflow.model.plain import moment_text
from orderflow.service.entries import dumps_effect, dumps_entry
from orderflow.service.memory import MemoryStorage
from orderflow.service.ports import Storage
from orderflow.testing.samples import START, decide, definition, entry

RUNS = 3
EVENTS = 4  # a family, so many in a row of rounds: an import meets each family several times
CODEC = Codec(definition())
Synchronous = Literal["FULL", "NORMAL"]


def events(families: int) -> Iterator[tuple[str, int, str]]:
    """Root id, version before and event id, family after family, round after round."""
    for version in range(EVENTS):
        for number in range(families):
            yield f"order-{number}", version, f"event-{version}-{number}"


def run_storage(storage: Storage, families: int, batch: int) -> float:
    """Events a second through a storage."""
    model = decide(None, "order-0", "event", effects=1)
    (effect,) = model.effects
    shipment = model.family.children["shipments"]
    pending = events(families)
    began = perf_counter()
    while group := list(islice(pending, batch)):
        with storage.transaction() as transaction:
            for root_id, version, event_id in group:
                transaction.entry(event_id)
                known = transaction.family(root_id)
                assert (known.version if known else 0) == version
                after = replace(
                    model.family,
                    root=replace(model.family.root, id=root_id),
                    version=version + 1,
                    children={"shipments": shipment},
                )
                decision = model._replace(
                    event=model.event._replace(target=root_id, event_id=event_id),
                    family=after,
                    effects=(effect._replace(key=f"{root_id}:{version}:1", record=root_id),),
                )
                transaction.save(decision, version, entry(decision), START)
    return families * EVENTS / (perf_counter() - began)


def run_floor(connection: sqlite3.Connection, families: int, batch: int) -> float:
    """Events a second by hand: what nobody who wants the same guarantees can leave out."""
    model = decide(None, "order-0", "event", effects=1)
    family_ = json.loads(CODEC.dumps_family(model.family))
    entry_ = json.loads(dumps_entry(entry(model)))
    effect_ = json.loads(dumps_effect(model.effects[0]))
    due = moment_text(START)
    execute = connection.execute
    dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    pending = events(families)
    began = perf_counter()
    while group := list(islice(pending, batch)):
        execute("BEGIN IMMEDIATE")
        for root_id, version, event_id in group:
            execute("SELECT document FROM journal WHERE event_id = ?", (event_id,)).fetchone()
            row = execute("SELECT document FROM families WHERE root_id = ?", (root_id,)).fetchone()
            if row is None:
                family_[1], family_[6][1] = 1, root_id
                execute(
                    "INSERT INTO families (root_id, entity, state, version, document) VALUES (?, ?, ?, ?, ?)",
                    (root_id, "order", "paid", 1, dumps(family_)),
                )
            else:
                known = json.loads(row[0])
                known[1] = version + 1
                changed = execute(
                    "UPDATE families SET state = ?, version = ?, document = ? WHERE root_id = ? AND version = ?",
                    ("paid", version + 1, dumps(known), root_id, version),
                )
                assert changed.rowcount == 1
            entry_[3][1], entry_[3][6] = root_id, event_id
            execute(
                "INSERT INTO journal (root_id, event_id, document) VALUES (?, ?, ?)",
                (root_id, event_id, dumps(entry_)),
            )
            key = effect_[0] = f"{root_id}:{version}:1"
            execute(
                "INSERT INTO outbox (key, record, status, tries, due, error, document)"
                " VALUES (?, ?, 'pending', 0, ?, '', ?)",
                (key, root_id, due, dumps(effect_)),
            )
        execute("COMMIT")
    return families * EVENTS / (perf_counter() - began)


@contextmanager
def file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # a real disk: /tmp may be memory
        yield Path(folder) / "orders.db"


def measure_storage(synchronous: Synchronous, families: int, batch: int) -> float:
    with file() as path:
        storage = SqliteStorage(path, CODEC, synchronous=synchronous)
        rate = run_storage(storage, families, batch)
        storage.close()
        return rate


def measure_floor(synchronous: Synchronous, families: int, batch: int) -> float:
    with file() as path:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        prepare(connection, str(path))
        rate = run_floor(connection, families, batch)
        connection.close()
        return rate


def fsyncs() -> float:
    """Durable writes of one page a second on this disk."""
    with file() as path, path.open("wb", buffering=0) as out:
        began = perf_counter()
        for _ in range(200):
            out.write(b"x" * 4096)
            os.fsync(out.fileno())
        return 200 / (perf_counter() - began)


def main() -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    print(f"fsyncs a second: {fsyncs():,.0f}; median of {RUNS} runs, storage and floor in turn")
    print(f"{'SQLite':<8}{'a transaction':>14}{'ratio':>8}{'storage':>12}{'floor':>12}")
    choices: tuple[Synchronous, ...] = ("NORMAL", "FULL")
    for synchronous in choices:
        for batch, families in ((1, 500), (1000, 2000)):
            pairs = [
                (measure_storage(synchronous, families, batch), measure_floor(synchronous, families, batch))
                for _ in range(RUNS)
            ]
            ratio = statistics.median(ours / floor for ours, floor in pairs)
            ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
            print(f"{synchronous:<8}{batch:>14,}{ratio:>8.2f}{ours:>10,.0f}/s{floor:>10,.0f}/s")
    memory = statistics.median(run_storage(MemoryStorage(), 2000, 1) for _ in range(RUNS))
    print(f"memory  {1:>14,}{'':>8}{memory:>10,.0f}/s")


if __name__ == "__main__":
    main()
