"""A run over the real orders, against figures that are known and against an oracle that uses none of the library."""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest

from orderflow.bootstrap import load
from orderflow.engine.link import RuleSet
from orderflow.service.memory import MemoryStorage
from orderflow.service.report import RunReport
from orderflow.service.run import Job, run

Cells = dict[str, str]
Moments = dict[str, datetime | None]

ZONE = ZoneInfo("America/Sao_Paulo")
COLUMNS = {
    "placed": "order_purchase_timestamp",
    "approved": "order_approved_at",
    "carrier": "order_delivered_carrier_date",
    "delivered": "order_delivered_customer_date",
}
HEADER = ["order_id", "customer_id", "order_status", *COLUMNS.values(), "order_estimated_delivery_date"]
LABELS = ["precision", "stratum"]


@pytest.fixture(scope="module")
def olist(root: Path) -> RuleSet:
    return load(root / "examples" / "olist")


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Cells]:
    with (shared_data / "olist" / "orders.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def play(rules: RuleSet, orders: Path, now: datetime | None = None) -> RunReport:
    return run(rules, MemoryStorage(), Job(orders, now=now))


def told(report: RunReport) -> dict[str, Any]:
    """What a report says of the orders, in the shape of the oracle."""
    return {
        "now": report.now.astimezone(UTC),
        "orders": report.orders,
        "states": {line.name: line.count for line in report.states},
        "findings": {line.name: line.count for line in report.findings},
        "queues": {line.name: (line.count, list(line.examples)) for line in report.queues},
        "metrics": {
            line.name: {
                "value": line.value,
                "numerator": line.numerator,
                "denominator": line.denominator,
                "excluded": {name: count for name, count in (line.excluded or {}).items() if count},
                **(
                    {"median": line.median, "p90": line.p90, "count": line.count, "mean": line.mean}
                    if line.kind == "mean"
                    else {}
                ),
            }
            for line in report.metrics
        },
    }


# ---- the oracle -----------------------------------------------------------------------------------------------------


def oracle(rows: Sequence[Cells], now: datetime | None = None) -> dict[str, Any]:
    """The same, computed from the cells alone."""
    orders = sorted(
        ((moments_of(row), row) for row in rows),
        key=lambda order: order[0]["placed"] or datetime.min.replace(tzinfo=UTC),
    )
    last = max((at for moments, _ in orders for at in moments.values() if at), default=None)
    now = now or last or datetime(1970, 1, 1, tzinfo=UTC)
    return {
        "now": now,
        "orders": len(rows),
        "states": count_states(orders),
        "findings": count_findings(orders),
        "queues": stand_in_queues(orders, now),
        "metrics": measure_all([order for order in orders if order[1]["order_status"] == "delivered"]),
    }


def moments_of(row: Cells) -> Moments:
    return {name: utc(row[column]) for name, column in COLUMNS.items()}


def utc(cell: str) -> datetime | None:
    cell = cell.strip()
    if not cell:
        return None
    return datetime.strptime(cell, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE).astimezone(UTC)


def state_of(moments: Moments) -> str:
    state = "created"
    for name, after in (("approved", "approved"), ("carrier", "shipped"), ("delivered", "delivered")):
        if moments[name] is None:
            break
        state = after
    return state


def count_states(orders: Iterable[tuple[Moments, Cells]]) -> dict[str, int]:
    counts = Counter(state_of(moments) for moments, _ in orders)
    return {name: counts[name] for name in ("created", "approved", "shipped", "delivered")}


def before(first: datetime | None, second: datetime | None) -> bool:
    return first is not None and second is not None and first < second


def count_findings(orders: Iterable[tuple[Moments, Cells]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    names: dict[str, Callable[[Moments, str], bool]] = {
        "carrier_before_approval": lambda m, _: before(m["carrier"], m["approved"]),
        "carrier_before_purchase": lambda m, _: before(m["carrier"], m["placed"]),
        "delivered_before_carrier": lambda m, _: before(m["delivered"], m["carrier"]),
        "delivered_before_approval": lambda m, _: before(m["delivered"], m["approved"]),
        "delivered_without_date": lambda m, status: status == "delivered" and not m["delivered"],
        "delivered_without_approval": lambda m, status: status == "delivered" and not m["approved"],
        "cancelled_after_handover": lambda m, status: status == "canceled" and m["carrier"] is not None,
    }
    for moments, row in orders:
        for name, holds in names.items():
            found[name] += holds(moments, row["order_status"])
    return {name: found[name] for name in names}


def stand_in_queues(
    orders: Iterable[tuple[Moments, Cells]], now: datetime
) -> dict[str, tuple[int, list[str]]]:
    """Who stands in each queue and since when, the longest there first, then by number."""
    queues: dict[str, list[tuple[datetime, str]]] = {"not_approved": [], "not_shipped": [], "overdue": []}
    tick = timedelta(microseconds=1)  # more than two days is one tick later than two days
    for moments, row in orders:
        if row["order_status"] == "canceled":
            continue
        state, placed, approved = state_of(moments), moments["placed"], moments["approved"]
        if state == "created" and placed and now - placed > timedelta(days=2):
            queues["not_approved"].append((placed + timedelta(days=2) + tick, row["order_id"]))
        if state == "approved" and approved and placed and now - approved > timedelta(days=7):
            since = max(placed, approved) + timedelta(days=7) + tick
            queues["not_shipped"].append((since, row["order_id"]))
        if state != "delivered" and placed and now.astimezone(ZONE).date() > promised(row):
            over = datetime.combine(promised(row) + timedelta(days=1), time(), ZONE).astimezone(UTC)
            queues["overdue"].append((max(placed, over), row["order_id"]))
    return {name: (len(found), [id for _, id in sorted(found)[:5]]) for name, found in queues.items()}


def promised(row: Cells) -> date:
    return date.fromisoformat(row["order_estimated_delivery_date"].strip()[:10])


def measure_all(delivered: Sequence[tuple[Moments, Cells]]) -> dict[str, Any]:
    dated = [(moments["delivered"], row) for moments, row in delivered if moments["delivered"]]
    in_time = sum(at.astimezone(ZONE).date() <= promised(row) for at, row in dated)
    undated = len(delivered) - len(dated)
    return {
        "on_time_rate": {
            "value": in_time / len(dated) if dated else None,
            "numerator": in_time,
            "denominator": len(dated),
            "excluded": {"delivered_at_missing": undated} if undated else {},
        },
        "approval_time": spread(delivered, "placed", "approved", negative=True),
        "handling_time": spread(delivered, "approved", "carrier", negative=False),
        "transit_time": spread(delivered, "carrier", "delivered", negative=False),
    }


def spread(
    delivered: Iterable[tuple[Moments, Cells]], first: str, second: str, *, negative: bool
) -> dict[str, Any]:
    """The elapsed seconds between two moments; negative ones are left out unless they count."""
    seconds: list[Fraction] = []
    excluded: Counter[str] = Counter()
    for moments, _ in delivered:
        begin, end = moments[first], moments[second]
        if end is None:
            excluded[f"{second}_at_missing"] += 1
        elif begin is None:
            excluded[f"{first}_at_missing"] += 1
        elif end < begin and not negative:
            excluded["negative"] += 1
        else:
            seconds.append(Fraction((end - begin) // timedelta(microseconds=1), 1_000_000))
    count = len(seconds)
    mean = float(sum(seconds) / count) if count else None
    return {
        "value": mean,
        "mean": mean,
        "numerator": float(sum(seconds)),
        "denominator": count,
        "count": count,
        "median": interpolated(seconds, Fraction(1, 2)),
        "p90": interpolated(seconds, Fraction(9, 10)),
        "excluded": dict(excluded),
    }


def interpolated(values: Iterable[Fraction], share: Fraction) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    below, part = divmod((len(ordered) - 1) * share, 1)
    upper = ordered[min(int(below) + 1, len(ordered) - 1)]
    return float(ordered[int(below)] * (1 - part) + upper * part)


def same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Compare piece by piece, so that a failure names the piece; numbers to 12 digits."""
    for part in ("now", "orders", "states", "findings", "queues"):
        assert found[part] == wanted[part], part
    for name, metric in wanted["metrics"].items():
        assert found["metrics"][name].keys() == metric.keys(), name
        for key, value in metric.items():
            expected = value if isinstance(value, dict) or value is None else pytest.approx(value, rel=1e-12)
            assert found["metrics"][name][key] == expected, f"{name}.{key}"


# ---- the whole file -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(olist: RuleSet, shared_data: Path) -> RunReport:
    return play(olist, shared_data / "olist" / "orders.csv")


def test_the_whole_file_gives_the_figures_known(whole: RunReport) -> None:
    said = told(whole)
    assert (said["orders"], whole.refused, whole.rejected, whole.oversold) == (17341, 0, (), 0)
    assert said["states"] == {"created": 147, "approved": 1636, "shipped": 1183, "delivered": 14375}
    assert said["findings"] == {
        "carrier_before_approval": 219,
        "carrier_before_purchase": 20,
        "delivered_before_carrier": 5,
        "delivered_before_approval": 7,
        "delivered_without_date": 8,
        "delivered_without_approval": 1,
        "cancelled_after_handover": 75,
    }
    metrics = said["metrics"]
    rate = metrics["on_time_rate"]
    assert (rate["numerator"], rate["denominator"]) == (13375, 14370)
    assert rate["excluded"] == {"delivered_at_missing": 8}
    assert metrics["approval_time"]["count"] == 14377
    assert metrics["handling_time"]["count"] == 14166
    assert metrics["handling_time"]["excluded"]["negative"] == 210
    assert metrics["transit_time"]["count"] == 14365
    assert metrics["transit_time"]["excluded"]["negative"] == 5


def test_the_whole_file_agrees_with_the_oracle(whole: RunReport, rows: list[Cells]) -> None:
    same(told(whole), oracle(rows))


def test_of_the_early_scans_210_were_delivered(rows: list[Cells]) -> None:
    """The negative handling times left out are the delivered ones of the 219 early scans."""
    early = [row for row in rows if before((m := moments_of(row))["carrier"], m["approved"])]
    assert Counter(row["order_status"] == "delivered" for row in early) == {True: 210, False: 9}


# ---- any other file of such rows ------------------------------------------------------------------------------------


def write(path: Path, header: Sequence[str], rows: Iterable[Cells], draw: random.Random) -> None:
    """Write a table in one of the ways that programs do."""
    ending = draw.choice(["\n", "\r\n"])
    pad = draw.choice(["", " "])
    quoting: Literal[0, 1] = csv.QUOTE_ALL if draw.random() < 0.5 else csv.QUOTE_MINIMAL
    with path.open("w", encoding=draw.choice(["utf-8", "utf-8-sig"]), newline="") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator=ending)
        writer.writerow([name + pad for name in header])
        for row in rows:
            writer.writerow([row.get(name, f"{name}, “extra”\nof {row['order_id']}") for name in header])
            if draw.random() < 0.05:
                file.write(ending)


def contradicts(row: Cells) -> bool:
    return any(count_findings([(moments_of(row), row)]).values())


SIZES = (0, 1, 2, 3, 30, 120, 500)
KINDS: dict[str, Callable[[Cells], bool]] = {
    "any": lambda row: True,
    "undelivered": lambda row: row["order_status"] != "delivered",
    "contradicting": contradicts,
    "cancelled": lambda row: row["order_status"] == "canceled",
}


@pytest.mark.parametrize("seed", range(28))
def test_any_subset_agrees_with_the_oracle(
    seed: int, olist: RuleSet, rows: list[Cells], tmp_path: Path
) -> None:
    draw = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    pool = [row for row in draw.sample(rows, 6000) if KINDS[kind](row)]
    chosen = pool[: SIZES[seed % len(SIZES)]]
    header = [*HEADER, *draw.choice([LABELS, [], ["precision"]]), *draw.choice([[], ["remark"], ["a", "b"]])]
    draw.shuffle(header)
    write(tmp_path / "orders.csv", header, chosen, draw)
    now = draw.choice([None, None, datetime(2018, 3, 1, 2, 59, 59, tzinfo=UTC)])
    report = play(olist, tmp_path / "orders.csv", now)
    assert report.rejected == ()
    # Orders placed at the same second stand in the order of the file.
    same(told(report), oracle(chosen, now))
    extra = [name for name in header if name not in (*HEADER, *LABELS)]
    assert [f"`{name}`" in " ".join(report.notes) for name in extra] == [True] * len(extra)
    assert bool(report.notes) == bool(extra)


# ---- summer time ----------------------------------------------------------------------------------------------------


def order(number: int, placed: str, approved: str, carrier: str, delivered: str, promise: str) -> Cells:
    cells = [f"o{number}", f"c{number}", "delivered", placed, approved, carrier, delivered, promise]
    return dict(zip(HEADER, cells, strict=True))


#: Summer time began at midnight of 2017-10-15 (00:00 to 00:59 were skipped) and ended at midnight of 2018-02-18
#: (23:00 to 23:59 of the 17th came twice; the first of the two is meant).
SUMMER = [
    order(
        1,
        "2017-10-14 23:30:00",
        "2017-10-15 00:30:00",
        "2017-10-15 01:45:00",
        "2017-10-16 00:00:00",
        "2017-10-15",
    ),
    order(
        2,
        "2018-02-17 22:30:00",
        "2018-02-17 23:30:00",
        "2018-02-18 00:30:00",
        "2018-02-18 23:59:59",
        "2018-02-18",
    ),
    order(
        3,
        "2018-02-17 23:59:59",
        "2018-02-18 00:00:00",
        "2018-02-18 00:00:00",
        "2018-02-17 23:59:59",
        "2018-02-17",
    ),
    order(
        4,
        "2017-10-15 00:00:00",
        "2017-10-15 01:00:00",
        "2017-10-15 00:59:59",
        "2017-10-15 00:15:00",
        "2017-10-14",
    ),
]


@pytest.mark.parametrize("count", range(1, 5))
def test_around_a_change_of_clocks_it_agrees_with_the_oracle(
    olist: RuleSet, tmp_path: Path, count: int
) -> None:
    write(tmp_path / "orders.csv", HEADER, SUMMER[:count], random.Random(count))
    same(told(play(olist, tmp_path / "orders.csv")), oracle(SUMMER[:count]))


def test_times_are_elapsed_ones_over_a_change_of_clocks(olist: RuleSet, tmp_path: Path) -> None:
    """Worked out by hand: 23:30 to 00:30 is one hour as summer begins, 23:30 to 00:30 two hours as it ends."""
    handling = {1: 15 * 60.0, 2: 2 * 3600.0}
    approval = {1: 3600.0, 2: 3600.0}
    for number in (1, 2):
        write(tmp_path / "orders.csv", HEADER, SUMMER[number - 1 : number], random.Random(0))
        metrics = told(play(olist, tmp_path / "orders.csv"))["metrics"]
        assert metrics["approval_time"]["value"] == approval[number]
        assert metrics["handling_time"]["value"] == handling[number]
        assert metrics["on_time_rate"]["numerator"] == (number == 2)
