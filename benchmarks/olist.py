"""The real orders through `examples/olist`, with the memory storage: orders a second, and where the time goes.

    python benchmarks/olist.py [--runs 5] [--orders ../shared/data/olist/orders.csv]

The floor beside it reads the same file with `csv`, converts the same moments and walks the same four states with an
`if` for each, keeping one dict an order and nothing else: no journal, no contracts, no reasons.
"""

import argparse
import cProfile
import csv
import os
import platform
import pstats
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from orderflow.bootstrap import load
from orderflow.service.memory import MemoryStorage
from orderflow.service.run import Job, run

HERE = Path(__file__).resolve().parent.parent
ORDERS = HERE.parent / "shared" / "data" / "olist" / "orders.csv"


def floor(path: Path) -> dict[str, int]:
    """The least that gives the same states."""
    zone = ZoneInfo("America/Sao_Paulo")

    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)

    events = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            placed = moment(row["order_purchase_timestamp"])
            events.append((placed, row["order_id"], "placed_at", placed))
            for field, column in (
                ("approved_at", "order_approved_at"),
                ("carrier_at", "order_delivered_carrier_date"),
                ("delivered_at", "order_delivered_customer_date"),
            ):
                if row[column]:
                    at = moment(row[column])
                    events.append((max(at, placed), row["order_id"], field, at))
    events.sort(key=lambda event: event[0])
    orders: dict[str, dict[str, object]] = {}
    for _, key, field, at in events:
        order = orders.setdefault(key, {"state": "created"})
        order[field] = at
        if order["state"] == "created" and "approved_at" in order:
            order["state"] = "approved"
        if order["state"] == "approved" and "carrier_at" in order:
            order["state"] = "shipped"
        if order["state"] == "shipped" and "delivered_at" in order:
            order["state"] = "delivered"
    return dict(Counter(str(order["state"]) for order in orders.values()))


def timed(work: Callable[[], object], runs: int) -> float:
    """Median seconds."""
    seconds = []
    for _ in range(runs):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--orders", type=Path, default=ORDERS)
    options = parser.parse_args()
    if not options.orders.exists():
        print(f"skipped: {options.orders} is missing")
        return
    rules = load(HERE / "examples" / "olist")
    job = Job(options.orders)
    report = run(rules, MemoryStorage(), job)
    states = {state.name: state.count for state in report.states}
    assert states == floor(options.orders), "the rules and the floor disagree"
    whole = timed(lambda: run(rules, MemoryStorage(), job), options.runs)
    least = timed(lambda: floor(options.orders), options.runs)
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    print(f"{report.orders} orders, {report.events} events, median of {options.runs} runs")
    print(
        f"orderflow {report.orders / whole:9,.0f} orders/s {report.events / whole:9,.0f} events/s {whole:6.2f} s"
    )
    print(
        f"floor     {report.orders / least:9,.0f} orders/s {report.events / least:9,.0f} events/s {least:6.2f} s"
    )
    print(f"ratio     {whole / least:9.1f} times the floor's time")
    profile = cProfile.Profile()
    profile.runcall(run, rules, MemoryStorage(), job)
    stats = pstats.Stats(profile)
    modules: Counter[str] = Counter()
    total = 0.0
    for (file, _, name), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        total += own
        place = (
            file.partition("orderflow/")[2]
            if "/orderflow/" in file
            else ("builtin" if file == "~" else "stdlib")
        )
        if file == "<rules>":
            place = "compiled rules"
        modules[f"builtin {name}" if place == "builtin" and own > 0.03 else place] += own
    print("\nwhere the time goes (own time under the profiler, by module)")
    for place, seconds in modules.most_common(18):
        print(f"  {100 * seconds / total:5.1f} %  {place}")


if __name__ == "__main__":
    main()
