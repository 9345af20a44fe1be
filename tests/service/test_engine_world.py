"""Holds, limits, waiters, tags, references and tickets: what the engine does with more than one record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import RuleSet
from orderflow.service.engine import Engine
from orderflow.service.memory import ManualClock, MemoryStorage

T0 = datetime(2026, 2, 11, 1, tzinfo=UTC)

HEAD = """
ruleset: small
version: 1.0.0
timezone: Asia/Shanghai
currency: CNY
roles: [care, lead]
"""
ORDER = """
entity: order
children:
  parcels: {entity: parcel, one_per: plan.parcel}
records:
  line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 0, at_most: 100}}}
fields:
  lines: {type: list of line}
  customer: {type: ref customer, optional: true, missing: create}
  due: {type: money, default: 0, at_most: 100000}
  paid: {type: money, default: 0, at_most: 100000}
  at: {type: datetime, optional: true}
states:
  new: {initial: true}
  waiting: {}
  running: {shows: least(parcels)}
  done: {final: true}
  expired: {final: true}
  cancelled: {final: true}
events:
  start: {}
  cancel: {}
  again: {}
  less: {data: {no: integer, units: integer}, set: {lines: {where: no == event.no, quantity: quantity - event.units}}}
transitions:
  start: {from: new, to: waiting, event: start}
  source: {from: waiting, to: running, when: 'can_source("near")', creates: parcels, retry_on: [stock, credit]}
  expire: {from: waiting, to: expired, after: 10h}
  again: {from: running, event: again, when: 'can_source("near")', creates: parcels}
  less: {from: [new, waiting], event: less}
  cancel: {from: [new, waiting], to: cancelled, event: cancel}
  finish: {from: running, to: done, when: 'all_live(parcels, is_in("gone"))'}
holds:
  manual: {in: [new, waiting, running], by: [care], reason: required}
  watched: {in: waiting, when: customer is not None and customer.watched}
resources:
  credit: {held_in: running, amount: 'max(due - paid, 0)', of: customer, limit: customer.limit}
"""
ORDER = ORDER.replace("limit: customer.limit", "limit: 'customer.limit if customer is not None else 0'")
PARCEL = """
entity: parcel
parent: order
states:
  shelf: {initial: true}
  gone: {final: true}
  off: {final: true}
path: [shelf, gone]
events: {send: {}, drop: {}}
transitions:
  send: {from: shelf, to: gone, event: send}
  drop: {from: shelf, to: off, event: drop}
  lie: {from: shelf, to: 'off', after: 5h}
resources:
  stock: {held_in: shelf, take: allocate, spend_on: gone}
"""
CUSTOMER = """
entity: customer
fields:
  limit: {type: money, default: 0, at_least: 0, at_most: 100000}
  watched: {type: bool, default: false}
states: {here: {initial: true}, left: {final: true}}
events: {leave: {}}
transitions: {leave: {from: here, to: left, event: leave}}
aggregates:
  recent: {of: order, at: at, count: true, over: 24h}
tags:
  busy: {when: recent >= 2, on_set: tell, on_clear: tell}
"""
PLAIN = """
entity: customer
states: {here: {initial: true}, left: {final: true}}
events: {leave: {}}
transitions: {leave: {from: here, to: left, event: leave}}
"""
TICKET = """
entity: ticket
fields: {record: text, queue: text, owner: text, opened_by: text, note: {type: text, optional: true}}
states: {open: {initial: true}, closed: {final: true}}
events: {close: {}}
transitions: {close: {from: open, to: closed, event: close}}
"""
REST = """
warehouses:
  main: {level: central, location: [28.0, 120.7]}
  side: {level: regional, location: [30.3, 120.2]}
allocation:
  near: {of: order, rank: [parcels], split: allowed}
actions:
  tell: {use: notify, to: care, message: "{customer_id}"}
queues:
  late: {of: order, when: 'is_in("waiting") and time_in("waiting") > hours(2)', owner: lead, ticket: ticket}
"""


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(ruleset=HEAD, order=ORDER, parcel=PARCEL, customer=CUSTOMER, ticket=TICKET, rest=REST)


@pytest.fixture
def engine(rules: RuleSet) -> Engine:
    return Engine(rules, MemoryStorage(), clock=ManualClock(T0))


def order(engine: Engine, id: str, quantity: int = 2, **fields: object) -> None:
    lines = [{"no": 1, "sku": "A", "quantity": quantity}]
    engine.submit({"lines": lines, **fields}, entity="order", id=id)
    engine.send(id, "start")


def state(engine: Engine, id: str) -> str:
    family = engine.family(id)
    return family.root.state if "/" not in id else str(getattr(family.find(id), "state", None))


def forward(engine: Engine, **length: float) -> None:
    clock = engine.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(**length))
    engine.tick()


# ---- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_asks_for_its_role_its_reason_and_its_states(engine: Engine) -> None:
    order(engine, "1")
    refused = [
        engine.hold("1", "manual", actor="lead", reason="x").refusals[0].code,
        engine.hold("1", "manual", actor="care").refusals[0].code,
        engine.hold("1", "manuel", actor="care", reason="x").refusals[0].code,
        engine.hold("1", "watched", actor="care", reason="x").refusals[0].code,
        engine.release("1", "manual", actor="care").refusals[0].code,
    ]
    assert refused == ["not_allowed", "reason", "hold_unknown", "hold_unknown", "not_held"]
    assert engine.hold("1", "manual", actor="care:Li", reason="asked").accepted
    assert engine.hold("1", "manual", actor="care", reason="asked").refusals[0].code == "held"
    assert engine.send("1", "cancel").accepted  # declared events act
    assert engine.family("1").root.holds == {}
    assert engine.hold("1", "manual", actor="care", reason="x").refusals[0].code == "no_transition"


def test_nothing_moves_by_itself_while_it_is_held(engine: Engine) -> None:
    order(engine, "1")
    engine.hold("1", "manual", actor="care", reason="asked")
    engine.receive("main", {"A": 5})
    assert state(engine, "1") == "waiting"
    engine.release("1", "manual", actor="care")
    assert state(engine, "1") == "running"


def test_held_time_does_not_count_for_timers_and_queues(engine: Engine) -> None:
    order(engine, "1")
    forward(engine, hours=1)
    engine.hold("1", "manual", actor="care", reason="asked")
    forward(engine, hours=20)
    assert state(engine, "1") == "waiting"
    assert engine.queue("late") == []
    engine.release("1", "manual", actor="care")
    forward(engine, hours=1)
    assert engine.queue("late") == []  # exactly two hours are not more than two
    forward(engine, seconds=1)
    assert [item.record for item in engine.queue("late")] == ["1"]
    forward(engine, hours=8)
    assert state(engine, "1") == "expired"


def test_holds_that_overlap_count_once(engine: Engine) -> None:
    engine.submit({"watched": True}, entity="customer", id="C")
    order(engine, "1", customer="C")  # `watched` is on from here
    forward(engine, hours=3)
    engine.hold("1", "manual", actor="care", reason="asked")
    forward(engine, hours=3)
    engine.update("C", {"watched": False})
    forward(engine, hours=3)
    engine.release("1", "manual", actor="care")
    assert engine.family("1").root.paused["waiting"] == timedelta(hours=9)
    forward(engine, hours=9)
    assert state(engine, "1") == "waiting"
    forward(engine, hours=1)
    assert state(engine, "1") == "expired"


def test_a_hold_on_the_order_stops_the_clocks_of_its_parcels(engine: Engine) -> None:
    engine.receive("main", {"A": 2})
    order(engine, "1")
    forward(engine, hours=1)
    engine.hold("1", "manual", actor="care", reason="asked")
    forward(engine, hours=9)
    engine.update("1", {"paid": 1})  # the family is looked at, and still nothing moves by itself
    assert state(engine, "1/parcels/1") == "shelf"
    engine.release("1", "manual", actor="care")
    forward(engine, hours=3.9)
    assert state(engine, "1/parcels/1") == "shelf"
    forward(engine, hours=0.1)
    assert state(engine, "1/parcels/1") == "off"


# ---- who waits is woken ------------------------------------------------------------------------------------------------


def test_a_change_of_the_record_that_a_hold_looks_at_wakes_it(engine: Engine) -> None:
    engine.submit({"watched": True}, entity="customer", id="C")
    engine.receive("main", {"A": 5})
    order(engine, "1", customer="C")
    assert state(engine, "1") == "waiting"
    engine.update("C", {"watched": False})
    assert state(engine, "1") == "running"


def test_a_raised_limit_wakes_who_waits_for_it_and_paying_gives_it_back(engine: Engine) -> None:
    engine.submit({"limit": 100}, entity="customer", id="C")
    engine.receive("main", {"A": 9})
    order(engine, "1", customer="C", due=80)
    order(engine, "2", customer="C", due=50)
    assert (state(engine, "1"), state(engine, "2")) == ("running", "waiting")
    words = "\n".join(engine.explain("2").lines())
    assert "credit of C: needs 50.00, has 20.00 left" in words
    engine.update("1", {"paid": 40})  # half of it is free again
    assert state(engine, "2") == "running"
    order(engine, "3", customer="C", due=60)
    assert state(engine, "3") == "waiting"
    engine.update("C", {"limit": 150})
    assert state(engine, "3") == "running"
    refused = engine.update("3", {"due": 90})
    assert [item.code for item in refused.refusals] == ["limit"]
    assert engine.family("3").root.fields["due"] == 60
    with engine.storage.transaction(read_only=True) as transaction:
        assert transaction.balances([("credit", "C")]) == {("credit", "C"): 15_000}


def test_a_receipt_serves_the_oldest_first(engine: Engine) -> None:
    for id in ("1", "2", "3"):
        order(engine, id)
    engine.receive("side", {"A": 4})
    assert [state(engine, id) for id in ("1", "2", "3")] == ["running", "running", "waiting"]


def test_a_timer_that_was_due_before_the_receipt_fires_first(engine: Engine) -> None:
    order(engine, "1")
    clock = engine.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(hours=11))  # nobody has ticked
    engine.receive("main", {"A": 2})
    assert state(engine, "1") == "expired"


# ---- plans -------------------------------------------------------------------------------------------------------------


def test_an_order_is_split_over_two_warehouses_and_its_rest_is_sourced_again(engine: Engine) -> None:
    engine.receive("main", {"A": 2})
    engine.receive("side", {"A": 1})
    order(engine, "1", 3)
    parcels = engine.family("1").children["parcels"]
    assert [(item.fields["plan"]["warehouse"], item.held["stock"][0].quantity) for item in parcels] == [  # type: ignore[index]
        ("main", 2),
        ("side", 1),
    ]
    engine.send("1/parcels/2", "drop")
    assert engine.send(
        "1", "again"
    ).accepted  # what the dropped parcel had is asked for anew, and nothing else
    third = engine.family("1").children["parcels"][2]
    assert [(held.place, held.quantity) for held in third.held["stock"]] == [("side", 1)]
    assert engine.send("1", "again").accepted is False


def test_the_verdict_on_each_warehouse_is_in_the_journal_and_in_the_explanation(engine: Engine) -> None:
    engine.receive("main", {"A": 1})
    order(engine, "1", 3)
    (plan,) = engine.history("1")[-1].plans
    assert (plan.parcels, plan.made) == ((), False)
    assert [verdict.note for verdict in plan.verdicts] == [
        "2 of A short (needs 3, has 1)",
        "3 of A short (needs 3, has 0)",
    ]
    assert "main: 2 of A short (needs 3, has 1)" in "\n".join(engine.explain("1").lines())


def test_rows_are_changed_by_an_event_and_their_contract_kept(engine: Engine) -> None:
    order(engine, "1", 3)
    assert engine.send("1", "less", {"no": 1, "units": 1}).accepted
    assert engine.family("1").root.fields["lines"] == ({"no": 1, "sku": "A", "quantity": 2},)
    refused = engine.send("1", "less", {"no": 1, "units": 5})
    assert [item.code for item in refused.refusals] == ["contract"]
    engine.receive("main", {"A": 2})
    assert state(engine, "1") == "running"


# ---- references, tags, tickets -----------------------------------------------------------------------------------------


def test_a_record_that_is_referred_to_is_made_or_must_be_of_its_kind(engine: Engine) -> None:
    order(engine, "1", customer="C")
    assert engine.family("C").root.entity == "customer"
    with pytest.raises(RecordError, match="`1` is of the kind order, not customer"):
        order(engine, "2", customer="1")


def test_a_ref_that_an_event_carries_must_be_there(link_rules: Callable[..., RuleSet]) -> None:
    other = """
entity: order
fields: {customer: {type: ref customer, optional: true}}
states: {new: {initial: true}, done: {final: true}}
events: {give: {data: {to: ref customer}, set: {customer: event.to}}, end: {}}
transitions: {give: {from: new, event: give}, end: {from: new, to: done, event: end}}
"""
    engine = Engine(link_rules(ruleset=HEAD, order=other, customer=PLAIN), MemoryStorage())
    engine.submit({}, entity="order", id="1")
    with pytest.raises(RecordError, match="`to`: there is no customer `nobody`"):
        engine.send("1", "give", {"to": "nobody"})
    engine.submit({}, entity="customer", id="C")
    assert engine.send("1", "give", {"to": "C"}).accepted


@pytest.mark.parametrize("id", ["C1/parcels/1", "C\n1", "C" * 5_000])
def test_a_record_is_not_made_under_a_key_that_no_submit_could_have(engine: Engine, id: str) -> None:
    with pytest.raises(RecordError):
        order(engine, "1", customer=id)


def test_tags_are_settled_after_the_commit_and_cleared_when_the_window_has_passed(engine: Engine) -> None:
    order(engine, "1", customer="C", at=T0)
    assert engine.family("C").root.tags == {}
    order(engine, "2", customer="C", at=T0)
    assert engine.family("C").root.tags == {"busy": T0}
    kinds = [entry.event.kind for entry in engine.history("C")]
    assert kinds == ["submit", "tick"]
    assert [effect.action for effect in engine.history("C")[-1].effects] == ["tell"]
    forward(engine, hours=23)
    assert "busy" in engine.family("C").root.tags
    forward(engine, hours=1)
    assert engine.family("C").root.tags == {}


def test_tags_are_not_lost_when_the_program_dies_between_the_commits(
    rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = MemoryStorage()
    dying = Engine(rules, storage, clock=ManualClock(T0))
    monkeypatch.setattr(dying, "_settle", lambda: None)
    order(dying, "1", customer="C", at=T0)
    order(dying, "2", customer="C", at=T0)
    assert dying.family("C").root.tags == {}
    Engine(rules, storage, clock=ManualClock(T0)).tick()
    assert dying.family("C").root.tags == {"busy": T0}


def test_a_batch_tags_as_single_events_do(rules: RuleSet) -> None:
    seen = []
    for batched in (False, True):
        engine = Engine(rules, MemoryStorage(), clock=ManualClock(T0), new_id=lambda: "")
        if batched:
            with engine.batch():
                order(engine, "1", customer="C", at=T0)
                order(engine, "2", customer="C", at=T0)
        else:
            order(engine, "1", customer="C", at=T0)
            order(engine, "2", customer="C", at=T0)
        with engine.storage.transaction(read_only=True) as transaction:
            seen.append([entry._replace(number=0) for entry in transaction.journal()])
    assert seen[0] == seen[1]


def test_who_stands_in_a_queue_is_handed_over_once(engine: Engine) -> None:
    order(engine, "1")
    with pytest.raises(RecordError, match="does not stand in"):
        engine.handover("late", "1")
    forward(engine, hours=3)
    first = engine.handover("late", "1", actor="care:Li", fields={"note": "hurry"})
    fields = first.family.root.fields
    assert (fields["record"], fields["queue"], fields["owner"], fields["opened_by"]) == (
        "1",
        "late",
        "lead",
        "care:Li",
    )
    again = engine.handover("late", "1")
    assert (again.repeated, again.family.id) == (True, first.family.id)


def test_a_queue_is_right_before_anybody_has_ticked(engine: Engine) -> None:
    order(engine, "1")
    clock = engine.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(hours=3))
    assert [item.record for item in engine.queue("late")] == ["1"]
    assert engine.family("1").standing == ()
    assert engine.handover("late", "1").accepted


def test_private_fields_stay_masked_wherever_a_guard_looks(link_rules: Callable[..., RuleSet]) -> None:
    order = """
entity: order
records:
  line: {key: no, fields: {no: integer, phone: {type: text, private: true}}}
fields:
  payer: {type: ref customer, missing: create}
  lines: {type: list of line}
states: {new: {initial: true}, paid: {final: true}}
events: {pay: {}}
transitions:
  pay: {from: new, to: paid, event: pay, when: 'payer.phone == "1" and lower(payer.phone) == "2" and any(lines, phone == "3")'}
"""
    customer = """
entity: customer
fields: {phone: {type: text, private: true, default: "13812345678"}}
states: {here: {initial: true}, left: {final: true}}
events: {leave: {}}
transitions: {leave: {from: here, to: left, event: leave}}
"""
    engine = Engine(link_rules(ruleset=HEAD, order=order, customer=customer), MemoryStorage())
    engine.submit({"payer": "C", "lines": [{"no": 1, "phone": "13987654321"}]}, entity="order", id="1")
    refusal = engine.send("1", "pay").refusals[0]
    told = f"{refusal} {engine.explain('1').lines()} {engine.explain('1').to_dict()}"
    assert "12345678" not in told
    assert "87654321" not in told
    assert "138****5678" in told


def test_a_handover_that_is_said_again_later_opens_nothing(engine: Engine) -> None:
    order(engine, "1")
    forward(engine, hours=3)
    said = engine.clock.now()
    first = engine.handover("late", "1", at=said)
    engine.send("1", "cancel")
    again = engine.handover("late", "1", at=said)
    assert (again.repeated, again.family.id) == (True, first.family.id)
    forward(engine, hours=1)
    with pytest.raises(RecordError, match="does not stand in"):
        engine.handover("late", "1")


def test_what_rules_give_a_new_record_must_fit_it(link_rules: Callable[..., RuleSet]) -> None:
    order = """
entity: order
children: {notes: {entity: note}}
fields: {size: {type: integer, default: 1}, double: {type: integer, at_most: 100, formula: size * 2, at: submit}}
states: {new: {initial: true}, done: {final: true}}
events: {write: {data: {points: integer}}, end: {}}
transitions:
  write: {from: new, event: write, creates: {notes: {points: event.points}}}
  end: {from: new, to: done, event: end}
"""
    note = """
entity: note
parent: order
fields: {points: {type: integer, at_least: 1, at_most: 5}}
states: {here: {initial: true}, gone: {final: true}}
events: {end: {}}
transitions: {end: {from: here, to: gone, event: end}}
"""
    engine = Engine(link_rules(ruleset=HEAD, order=order, note=note), MemoryStorage())
    assert [item.code for item in engine.submit({"size": 51}, entity="order", id="0").refusals] == [
        "contract"
    ]
    engine.submit({"size": 50}, entity="order", id="1")
    assert engine.send("1", "write", {"points": 5}).accepted
    assert [item.code for item in engine.send("1", "write", {"points": 6}).refusals] == ["contract"]
    assert len(engine.family("1").children["notes"]) == 1


@pytest.mark.parametrize(("units", "taken"), [(1, True), (0, False)])
def test_a_guard_may_ask_for_the_stock_of_each_row(
    link_rules: Callable[..., RuleSet], units: int, taken: bool
) -> None:
    rules = link_rules(
        ruleset=HEAD,
        order="""
entity: order
records: {line: {key: no, fields: {no: integer, sku: text}}}
fields: {lines: {type: list of line}}
states: {new: {initial: true}, ok: {final: true}}
events: {go: {}}
transitions:
  go: {from: new, to: ok, event: go, when: 'all(lines, available("main", sku) > 0)'}
""",
        warehouses="warehouses: {main: {level: central}}",
    )
    engine = Engine(rules, MemoryStorage())
    engine.receive("main", {"A": 1, **({"B": units} if units else {})})
    engine.submit({"lines": [{"no": 1, "sku": "A"}, {"no": 2, "sku": "B"}]}, entity="order", id="1")
    assert engine.send("1", "go").accepted is taken
