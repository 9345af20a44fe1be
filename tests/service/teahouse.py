"""A small house with every thing that a report tells of, under names that no other rule set has; and two of its days."""

import json
from datetime import UTC, datetime
from pathlib import Path

from orderflow.bootstrap import load
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage
from orderflow.service.report import RunReport
from orderflow.service.run import Job, run

RULES = {
    "ruleset": """\
ruleset: teahouse
label: 茶行 Tea house
version: 1.0.0
timezone: Asia/Shanghai
currency: EUR
roles: [desk, store, driver, boss]
""",
    "booking": """\
entity: booking
label: 预订 Booking
key: number
children:
  crates: {entity: crate, one_per: plan.parcel}
records:
  row: {key: row_no, fields: {row_no: integer, sku: text, quantity: {type: integer, at_least: 1}, early: {type: bool, default: false}}}
fields:
  number: {type: text, changes: never}
  buyer: {type: ref buyer, missing: create, changes: never}
  mobile: {type: text, label: 手机 Mobile, private: true, optional: true}
  spot: {type: location, optional: true}
  lines: {type: list of row, label: 明细 Rows, at_least: 1}
  due: {type: money, label: 应付 Due}
  paid: {type: money, label: 已付 Paid, default: 0}
  placed_at: {type: datetime, changes: never}
  due_on: {type: date, optional: true}
states:
  open: {label: 新单 New, initial: true}
  ready: {label: 可发 Ready}
  waiting: {label: 等货 Waiting}
  sending: {label: 发货中 Sending, shows: least(crates)}
  done: {label: 完成 Done, final: true}
  dropped: {label: 取消 Dropped, final: true}
path: [open, ready, waiting, sending, done]
resources:
  credit: {held_in: sending, amount: 'max(due - paid, 0)', of: buyer, limit: buyer.most}
holds:
  by_hand: {label: 暂停 Paused, in: [open, ready, sending], by: [desk], reason: required}
  credit: {label: 超额 Over the limit, in: ready, when: not can_take("credit"), retry_on: credit}
arrival:
  whole: {label: 一处有货 One store has all, when: can_source("near")}
  small: {label: 小单 Small, when: due < 500}
events:
  confirm: {label: 确认 Confirm, by: [desk]}
  drop: {label: 取消 Drop, by: [boss, desk]}
transitions:
  confirm: {label: 确认 Confirm, from: open, to: ready, event: confirm}
  source: {label: 配货 Source, from: [ready, waiting], to: sending, when: can_source("near"), creates: crates, retry_on: [stock, credit]}
  wait: {label: 等货 Wait, from: ready, to: waiting, otherwise: true}
  finish: {label: 完成 Finish, from: sending, to: done, when: 'all_live(crates, is_in("there"))'}
  drop: {label: 取消 Drop, from: [open, ready, waiting], to: dropped, event: drop}
""",
    "crate": """\
entity: crate
label: 箱 Crate
parent: booking
states:
  shelved: {label: 在库 Shelved, initial: true}
  moving: {label: 在途 Moving}
  there: {label: 已到 There, final: true}
path: [shelved, moving, there]
resources:
  stock: {held_in: shelved, take: allocate, spend_on: moving}
events:
  leave: {label: 出门 Leave, by: [store]}
  hand_over: {label: 交付 Hand over, by: [driver]}
transitions:
  leave: {from: shelved, to: moving, event: leave, when: booking.paid > 0}
  hand_over: {from: moving, to: there, event: hand_over}
""",
    "buyer": """\
entity: buyer
label: 买家 Buyer
key: name
fields:
  name: {type: text, changes: never}
  most: {type: money, label: 额度 Limit, default: 0}
states: {known: {label: 在册 Known, initial: true}, left: {final: true}}
events: {leave: {by: [boss]}}
transitions: {leave: {from: known, to: left, event: leave}}
aggregates:
  bookings: {of: booking, at: placed_at, count: true}
tags:
  regular: {label: 常客 Regular, when: bookings >= 3}
""",
    "delivery": """\
entity: delivery
label: 到货 Delivery
key: code
fields:
  code: {type: text, changes: never}
  store: {type: warehouse}
  sku: text
  quantity: {type: integer, at_least: 1}
states: {due: {initial: true}, stored: {final: true}, spoilt: {final: true}}
events: {come: {by: [store]}, spoil: {by: [store]}}
transitions:
  come: {from: due, to: stored, event: come, moves: [{receive: {sku: sku, quantity: quantity, at: store}}]}
  spoil: {from: due, to: spoilt, event: spoil, moves: [{quarantine: {sku: sku, quantity: quantity, at: store}}]}
""",
    "slip": """\
entity: slip
label: 纸条 Slip
key: slip_no
fields:
  slip_no: {type: text, auto: "S{sequence:03}", changes: never}
  record: text
  queue: text
  owner: text
  opened_by: text
  note: {type: text, label: 备注 Note, optional: true}
  caller: {type: text, label: 来电 Caller, private: true, optional: true}
states: {lying: {label: 未看 Lying, initial: true}, settled: {label: 已办 Settled, final: true}}
events: {settle: {by: [boss, desk]}}
transitions: {settle: {from: lying, to: settled, event: settle}}
""",
    "house": """\
warehouses:
  north: {label: 北库 North, level: central, location: [31.00, 121.00]}
  south: {label: 南库 South, level: regional, location: [30.00, 121.00]}
  corner: {label: 街角 Corner, level: forward, location: [31.00, 121.01], radius: 5km}
pools:
  early: {label: 预订 Early, who: row.early}
allocation:
  near: {label: 就近 Near, of: booking, near: spot, candidates: 'reaches(warehouse, spot)', rank: [parcels, distance_km], split: allowed, promise: soon}
promises:
  soon: {of: crate, start: booking.placed_at, cutoff: "16:00", days: 1, writes: due_on}
queues:
  not_left: {of: crate, label: 超一天未出门 Not left for a day, when: 'is_in("shelved") and age(entered("shelved")) > hours(24)', owner: store, ticket: slip}
  waits: {of: booking, label: 等货 Waits for tea, when: 'is_in("waiting")', owner: boss}
findings:
  free: {of: booking, label: 白送 Free of charge, when: due == 0}
metrics:
  in_time: {of: booking, label: 准时 In time, due: due_on is not None, pass: reached("done"), leave_out: {no_day: due_on is None}}
""",
}


def rows(*several: tuple[str, int], early: bool = False) -> list[dict[str, object]]:
    """The rows of a booking: articles and how many of each."""
    return [
        {"row_no": place, "sku": sku, "quantity": count, "early": early}
        for place, (sku, count) in enumerate(several, 1)
    ]


def booking(
    number: str, at: str, buyer: str, lines: list[dict[str, object]], **fields: object
) -> dict[str, object]:
    """The line of a new booking."""
    given: dict[str, object] = {
        "buyer": buyer,
        "lines": lines,
        "due": "100.00",
        "paid": "100.00",
        "placed_at": at,
    }
    given |= {"mobile": "13800001234", "spot": ["31.0", "121.0"], **fields}
    return {"submit": "booking", "id": number, "at": at, "as": "desk", "fields": given}


def send(event: str, to: str, at: str, by: str = "desk", **data: object) -> dict[str, object]:
    """The line of an event."""
    return {"send": event, "to": to, "at": at, "as": by, "data": data}


#: Opening stock, by warehouse and article.
STOCK = "warehouse,sku,on_hand\nnorth,OOLONG,6\nnorth,PUER,1\nsouth,PUER,4\ncorner,OOLONG,1\n"

EVENTS: list[dict[str, object]] = [
    {"submit": "buyer", "id": "Lu", "at": "2026-03-02T07:00:00", "as": "boss", "fields": {"most": "150.00"}},
    booking("B1", "2026-03-02T08:00:00", "Lu", rows(("OOLONG", 2), ("PUER", 3))),  # split over two stores
    {"hold": "B1", "name": "by_hand", "at": "2026-03-02T08:05:00", "as": "desk:mei", "reason": "地址不清"},
    send("confirm", "B1", "2026-03-02T08:10:00"),
    {"release": "B1", "name": "by_hand", "at": "2026-03-02T09:10:00", "as": "desk:mei", "reason": "已问清"},
    booking("B2", "2026-03-02T09:30:00", "Lu", rows(("OOLONG", 1)), paid="0"),  # on credit
    send("confirm", "B2", "2026-03-02T09:31:00"),
    booking("B3", "2026-03-02T09:40:00", "Lu", rows(("OOLONG", 1)), paid="20.00"),  # over the limit
    send("confirm", "B3", "2026-03-02T09:41:00"),
    booking("B4", "2026-03-02T10:00:00", "Wu", rows(("PUER", 5))),  # waits, then is served
    send("confirm", "B4", "2026-03-02T10:01:00"),
    booking("B5", "2026-03-02T10:05:00", "Wu", rows(("JASMINE", 2)), due="0.00"),  # waits still
    send("confirm", "B5", "2026-03-02T10:06:00"),
    booking("B6", "2026-03-02T10:10:00", "Wu", rows(("JASMINE", 1))),  # waits, then gives up
    send("confirm", "B6", "2026-03-02T10:11:00"),
    booking("B7", "2026-03-02T10:15:00", "An", rows(("SENCHA", 1), early=True)),  # short of a preorder only
    send("confirm", "B7", "2026-03-02T10:16:00"),
    send("leave", "B1/crates/1", "2026-03-02T11:00:00", "store"),
    send("leave", "B2/crates/1", "2026-03-02T11:05:00", "store"),  # not paid: refused
    send("leave", "B1/crates/1", "2026-03-02T11:10:00", "store"),  # it has left: refused
    {"submit": "delivery", "id": "D1", "at": "2026-03-02T12:00:00", "as": "store", "fields": {"store": "north", "sku": "PUER", "quantity": 9}},
    send("come", "D1", "2026-03-02T13:00:00", "store"),
    {"submit": "delivery", "id": "D2", "at": "2026-03-02T13:10:00", "as": "store", "fields": {"store": "north", "sku": "PUER", "quantity": 2}},
    send("spoil", "D2", "2026-03-02T13:20:00", "store"),
    send("drop", "B6", "2026-03-02T14:00:00"),
    send("hand_over", "B1/crates/1", "2026-03-04T09:00:00", "driver"),  # promised for the 3rd
    {"hold": "B2", "name": "by_hand", "at": "2026-03-04T10:00:00", "as": "desk", "reason": "催款"},
    {"handover": "not_left", "to": "B1/crates/2", "owner": "store:chen", "at": "2026-03-04T10:00:00", "as": "desk:mei", "fields": {"note": "找不到箱子", "caller": "13900002222"}},
]  # fmt: skip


#: The moment of the last event.
NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def played(folder: Path, story: str | None = None) -> tuple[Engine, RunReport]:
    """Play the two days in memory; the engine's clock stands at their end."""
    events, stock = write_days(folder)
    storage = MemoryStorage()
    ruleset = load(write_rules(folder / "rules"))
    report = run(ruleset, storage, Job(events, stock=stock, story=story))
    return Engine(ruleset, storage, clock=ManualClock(NOW)), report


def write_rules(folder: Path) -> Path:
    """Write the rules into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in RULES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def write_days(folder: Path) -> tuple[Path, Path]:
    """Write the events and the opening stock into a folder."""
    events, stock = folder / "days.jsonl", folder / "stock.csv"
    events.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in EVENTS), encoding="utf-8"
    )
    stock.write_text(STOCK, encoding="utf-8")
    return events, stock
