"""A random shop: people, parcels, stock and time, in any order, on the reference rules.

The driver knows the names of the rules but not what they decide: many of its events are refused, which is part of the
test. It is seeded: the same seed does the same things.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

from orderflow.diagnostics.errors import OrderflowError
from orderflow.engine.link import RuleSet
from orderflow.model.record import Family, Record
from orderflow.service.engine import Engine
from orderflow.service.memory import ManualClock
from orderflow.service.ports import Storage

START = datetime(2026, 2, 11, 1, tzinfo=UTC)
WAREHOUSES = ("hq", "hangzhou", "guangzhou", "xihu")
SKUS = ("EX-1", "BP-1", "WH-1", "LE-1")
CATEGORIES = {"EX-1": "exhaust", "BP-1": "brake_pads", "WH-1": "wheel", "LE-1": "light"}
PLACES = ([30.25, 120.14], [23.12, 113.30], [39.90, 116.40], None)
REGIONS = ("浙江", "广东", "新疆", "北京")
CHANNELS = ("douyin", "taobao", "alibaba_1688", "offline")
#: The next event of a parcel by its state, with who sends it.
PARCEL = {
    "allocated": ("accept", "warehouse"),
    "accepted": ("start_picking", "warehouse"),
    "picking": ("finish_picking", "warehouse"),
    "quality_check": ("pass_check", "warehouse"),
    "packed": ("dispatch", "warehouse"),
    "shipped": ("scan", "carrier"),
    "picked_up": ("scan", "carrier"),
    "in_transit": ("scan", "carrier"),
    "delivery_failed": ("scan", "carrier"),
    "returning": ("inspect", "warehouse"),
}


Row = dict[str, Any]


def _rows(record: Record) -> tuple[Row, ...]:
    return cast("tuple[Row, ...]", record.fields["lines"])


class Shop:
    """One shop with its own storage, clock and luck.

    Args:
        seed: the same seed does the same things.
    """

    def __init__(self, ruleset: RuleSet, storage: Storage, seed: int) -> None:
        self.rng = Random(seed)
        self.clock = ManualClock(START)
        ids = itertools.count(1)
        self.engine = Engine(ruleset, storage, clock=self.clock, new_id=lambda: f"e{next(ids)}")
        self.numbers = itertools.count(1)
        self.ids: list[str] = []
        self.done: list[str] = []
        self.refused = 0
        self.accepted = 0
        actions: dict[Callable[[], None], int] = {
            self.order: 14, self.pay: 16, self.parcel: 60, self.cancel: 3, self.part_cancel: 4, self.give_back: 5,
            self.hold: 4, self.free: 5, self.count: 3, self.receive: 5, self.purchase: 4, self.transfer: 5,
            self.freeze: 3, self.limit: 2, self.talk: 3, self.hand_over: 2, self.edit: 3, self.wait: 14,
        }  # fmt: skip
        self._actions, self._weights = list(actions), list(actions.values())
        for warehouse in WAREHOUSES:
            self.engine.receive(warehouse, {sku: self.rng.randint(1, 6) for sku in SKUS})

    def step(self) -> None:
        """Do one thing; an input that does not fit is noted like a refusal."""
        action = self.rng.choices(self._actions, self._weights)[0]
        self.clock.advance(timedelta(seconds=self.rng.randint(1, 600)))
        self.engine.tick()
        try:
            action()
        except OrderflowError as error:
            if type(error).__name__ not in ("RecordError", "RepeatError"):
                raise
            self.refused += 1
            self.done.append(f"{action.__name__}: {error}")

    # ---- what there is ---------------------------------------------------------------------------------------------

    def families(self, entity: str) -> list[Family]:
        """The families of one kind."""
        with self.engine.storage.transaction(read_only=True) as transaction:
            return list(transaction.families(entity))

    def one(self, entity: str) -> Record | None:
        """One root record of a kind, more likely a late one."""
        found = self.families(entity)[-25:]
        return self.rng.choice(found).root if found else None

    def child(self, children: str, *states: str) -> Record | None:
        """One child of an order, in one of these states."""
        found = [
            child
            for family in self.families("order")[-40:]
            for child in family.children[children]
            if not states or child.state in states
        ]
        return self.rng.choice(found) if found else None

    def send(self, id: str, event: str, role: str, **data: object) -> None:
        """Send an event and note what came of it."""
        decision = self.engine.send(id, event, data, actor=role)
        self._note(f"{event} to {id}", decision.accepted)

    def submit(self, entity: str, role: str, **fields: object) -> str:
        """Submit a record; its id."""
        id = f"{entity}-{next(self.numbers)}"
        decision = self.engine.submit(fields, entity=entity, id=id, actor=role)
        self._note(f"submit {id}", decision.accepted)
        return id

    def _row(self, record: Record) -> Row:
        return self.rng.choice(_rows(record))

    def _note(self, what: str, accepted: bool) -> None:
        self.done.append(f"{self.clock.now():%d %H:%M:%S} {what}{'' if accepted else ' REFUSED'}")
        self.accepted += accepted
        self.refused += not accepted

    # ---- orders ----------------------------------------------------------------------------------------------------

    def order(self) -> None:
        """A new order, some of them paid at once."""
        rng = self.rng
        place = rng.randrange(4)
        lines = [
            {
                "line_no": number,
                "sku": sku,
                "name": sku,
                "category": CATEGORIES[sku],
                "quantity": rng.randint(1, 4),
                "unit_price": 100,
                "presale": rng.random() < 0.2,
            }
            for number, sku in enumerate(rng.choices(SKUS, k=rng.randint(1, 3)), start=1)
        ]
        due = sum(int(str(line["quantity"])) * 100 for line in lines)
        if rng.random() < 0.05:
            due += 20_000
        fields: dict[str, object] = {
            "channel": rng.choice(CHANNELS),
            "customer": f"C{rng.randint(1, 6)}",
            "phone": "13800000000",
            "region": REGIONS[place],
            "address": "示例路1号",
            "lines": lines,
            "amount_due": due,
            "placed_at": self.clock.now(),
        }
        if PLACES[place] is not None:
            fields["location"] = PLACES[place]
        if rng.random() < 0.6:
            fields |= {"paid_at": self.clock.now(), "amount_paid": due if rng.random() < 0.8 else due // 3}
        self.submit("order", "channel", **fields)

    def pay(self) -> None:
        """Money for an order: a part or all of it."""
        order = self.one("order")
        if order is None:
            return
        due = order.fields["amount_due"]
        paid = due if self.rng.random() < 0.8 else order.fields["amount_paid"]
        fields: dict[str, object] = {"amount_paid": paid}
        if order.fields["paid_at"] is None:
            fields["paid_at"] = self.clock.now()
        decision = self.engine.update(order.id, fields, actor="channel")
        self._note(f"pay {order.id}", decision.accepted)

    def parcel(self) -> None:
        """A parcel goes on, or something befalls it."""
        parcel = self.child("shipments", *PARCEL)
        if parcel is None:
            return
        event, role = PARCEL[parcel.state]
        data: dict[str, object] = {}
        match event:
            case "finish_picking":
                data = {"units": sum(row["quantity"] for row in _rows(parcel))}
            case "pass_check":
                if self.rng.random() < 0.1:
                    event, data = "fail_check", {"fault": "broken"}
                else:
                    data = {"waybill_no": f"YT{next(self.numbers)}"}
            case "scan":
                data = {"kind": self.rng.choices(("pickup", "transit", "failed", "signed"), (3, 3, 1, 4))[0]}
            case "inspect":
                data = {"condition": self.rng.choice(("good", "damaged"))}
        if parcel.state == "delivery_failed" and self.rng.random() < 0.5:
            event, data = "send_back", {}
        self.send(parcel.id, event, role, **data)

    def cancel(self) -> None:
        """An order is cancelled, wherever it stands."""
        order = self.one("order")
        if order is not None:
            self.send(order.id, "cancel", "customer_care", why=self.rng.choice(("customer", "fraud")))

    def part_cancel(self) -> None:
        """One parcel of an order, or units of one, are cancelled."""
        parcel = self.child("shipments")
        if parcel is None:
            return
        if self.rng.random() < 0.5:
            self.send(parcel.id, "cancel_parcel", "customer_care")
        else:
            row = self._row(parcel)
            units = self.rng.randint(1, max(1, row["quantity"]))
            self.send(parcel.id, "drop_units", "customer_care", line_no=row["line_no"], units=units)

    def give_back(self) -> None:
        """A customer sends something back, or a return goes on."""
        back = self.child("returns", "requested", "sent_back", "received", "inspected")
        if back is None or self.rng.random() < 0.4:
            order = next(
                (each.root for each in self.families("order")[::-1] if each.root.state == "delivered"), None
            )
            if order is not None:
                row = self._row(order)
                units = self.rng.randint(1, row["quantity"])
                lines = [{"line_no": row["line_no"], "sku": row["sku"], "quantity": units}]
                self.send(order.id, "request_return", "channel", lines=lines, why="unfit", warehouse="hq")
            return
        match back.state:
            case "requested":
                self.send(back.id, "send_back", "channel", waybill_no="R1")
            case "sent_back":
                self.send(back.id, "take_in", "warehouse")
            case "received":
                self.send(back.id, "inspect", "warehouse", condition=self.rng.choice(("good", "damaged")))
            case _:
                self.send(back.id, "refund", "finance", amount=100)

    def hold(self) -> None:
        """Somebody holds an order."""
        order = self.one("order")
        if order is not None:
            decision = self.engine.hold(order.id, "manual", reason="asked", actor="customer_care")
            self._note(f"hold {order.id}", decision.accepted)

    def free(self) -> None:
        """Somebody releases an order, or clears it of suspicion."""
        held = [each.root for each in self.families("order") if each.root.holds]
        if not held:
            return
        order = self.rng.choice(held)
        if "manual" in order.holds:
            decision = self.engine.release(order.id, "manual", reason="done", actor="customer_care")
            self._note(f"release {order.id}", decision.accepted)
        else:
            self.send(order.id, "clear_risk", "risk")

    def edit(self) -> None:
        """An order's address, or what it asks for, is changed."""
        order = self.one("order")
        if order is None:
            return
        fields: dict[str, object] = {"address": f"示例路{next(self.numbers)}号"}
        if self.rng.random() < 0.5:
            fields = {"amount_due": self.rng.randint(1, 20) * 100}
        decision = self.engine.update(order.id, fields, actor="customer_care", reason="asked")
        self._note(f"edit {order.id}", decision.accepted)

    # ---- stock -----------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """A shelf is counted, or a difference is settled."""
        open_counts = [each.root for each in self.families("stock_count") if each.root.state == "counted"]
        if open_counts and self.rng.random() < 0.6:
            event = self.rng.choice(("approve", "discard"))
            self.send(self.rng.choice(open_counts).id, event, "warehouse_lead")
            return
        warehouse, sku = self.rng.choice(WAREHOUSES), self.rng.choice(SKUS)
        with self.engine.storage.transaction(read_only=True) as transaction:
            position = transaction.stock((sku,)).get((warehouse, sku))
        counted = max(
            0, (position.on_hand if position is not None else 0) + self.rng.choice((0, 0, 1, -1, -3))
        )
        self.submit(
            "stock_count",
            "warehouse",
            warehouse=warehouse,
            sku=sku,
            counted=counted,
            counted_at=self.clock.now(),
        )

    def receive(self) -> None:
        """Units come in without papers."""
        sku = self.rng.choice(SKUS)
        self.engine.receive(self.rng.choice(WAREHOUSES), {sku: self.rng.randint(1, 3)})
        self._note(f"receive {sku}", accepted=True)

    def purchase(self) -> None:
        """A purchase is announced, or arrives in part."""
        coming = [each.root for each in self.families("receipt") if each.root.state == "announced"]
        if coming and self.rng.random() < 0.7:
            receipt = self.rng.choice(coming)
            row = self._row(receipt)
            units = self.rng.randint(1, max(1, row["quantity"]))
            self.send(receipt.id, "arrive", "warehouse", lines=[{"sku": row["sku"], "quantity": units}])
            return
        units = self.rng.randint(1, 5)
        lines = [{"sku": self.rng.choice(SKUS), "ordered": units, "quantity": units}]
        warehouse = self.rng.choice(WAREHOUSES)
        self.submit("receipt", "purchasing", warehouse=warehouse, ordered_at=self.clock.now(), lines=lines)

    def transfer(self) -> None:
        """Units move between warehouses."""
        moving = [
            each.root for each in self.families("transfer") if each.root.state in ("asked", "planned", "sent")
        ]
        if moving and self.rng.random() < 0.7:
            transfer = self.rng.choice(moving)
            events = {
                "asked": ("cancel",),
                "planned": ("send_off", "send_off", "cancel"),
                "sent": ("arrive", "arrive", "lose"),
            }
            event = self.rng.choice(events[transfer.state])
            role = "warehouse" if event in ("send_off", "arrive") else "warehouse_lead"
            self.send(transfer.id, event, role)
            return
        source, target = self.rng.sample(WAREHOUSES, 2)
        lines = [{"sku": self.rng.choice(SKUS), "quantity": self.rng.randint(1, 3)}]
        self.submit(
            "transfer", "warehouse_lead", source=source, target=target, asked_at=self.clock.now(), lines=lines
        )

    def freeze(self) -> None:
        """Units are set aside for a presale or a promotion, or freed before the time."""
        live = [each.root for each in self.families("freeze") if each.root.state in ("planned", "active")]
        if live and self.rng.random() < 0.5:
            self.send(self.rng.choice(live).id, "stop", "sales")
            return
        begins = self.clock.now() + timedelta(hours=self.rng.randint(-2, 12))
        self.submit(
            "freeze", "sales", kind=self.rng.choice(("promo", "presale")), warehouse=self.rng.choice(WAREHOUSES),
            sku=self.rng.choice(SKUS), quantity=self.rng.randint(1, 3), starts_at=begins,
            ends_at=begins + timedelta(hours=self.rng.randint(1, 30)),
        )  # fmt: skip

    # ---- people and time -------------------------------------------------------------------------------------------

    def limit(self) -> None:
        """A customer's credit limit changes."""
        customer = self.one("customer")
        if customer is not None:
            fields = {"credit_limit": self.rng.choice((0, 300, 1_000, 5_000))}
            decision = self.engine.update(customer.id, fields, actor="finance", reason="reviewed")
            self._note(f"limit of {customer.id}", decision.accepted)

    def talk(self) -> None:
        """Somebody asks, or is answered; or complains."""
        asked = [each.root for each in self.families("inquiry") if each.root.state == "asked"]
        order, complaint = self.one("order"), self.child("complaints")
        if asked and self.rng.random() < 0.5:
            self.send(self.rng.choice(asked).id, "answer", "customer_care")
        elif complaint is not None and self.rng.random() < 0.3:
            self.send(complaint.id, "settle", "customer_care")
        elif order is not None and self.rng.random() < 0.4:
            self.send(order.id, "complain", "channel", about="late")
        else:
            self.submit("inquiry", "channel", channel="taobao", asked_at=self.clock.now())

    def hand_over(self) -> None:
        """Who stands in a queue is handed over, or a ticket goes on."""
        ticket = self.one("ticket")
        if ticket is not None and self.rng.random() < 0.5:
            event = self.rng.choice(("take", "note", "resolve"))
            data = {"person": "Li"} if event == "take" else {"note": "seen to"}
            self.send(ticket.id, event, "customer_care", **data)
            return
        standing = [item for item in self.engine.queue() if self.engine.ruleset.queue(item.queue).ticket]
        if standing:
            item = self.rng.choice(standing)
            decision = self.engine.handover(item.queue, item.record, actor="customer_care")
            self._note(f"hand over {item.record}", decision.accepted)

    def wait(self) -> None:
        """Time passes."""
        self.clock.advance(timedelta(minutes=self.rng.choice((5, 60, 300, 1_000, 3_000, 9_000))))
        self.engine.tick()
        self._note("tick", accepted=True)
