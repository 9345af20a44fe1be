"""What the drawn rule sets found, each at its smallest: rules that pass the check, and raised once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from orderflow.engine.link import RuleSet
from orderflow.service.engine import Engine
from orderflow.service.memory import ManualClock, MemoryStorage

Link = Callable[..., RuleSet]
START = datetime(2026, 2, 3, 9, tzinfo=UTC)
CUSTOMER = """\
entity: customer
fields: {limit: {type: integer, default: 10, at_least: 0, at_most: 1000}}
states: {active: {initial: true}, gone: {final: true}}
events: {go: {}}
transitions: {go: {from: active, to: gone, event: go}}
aggregates:
  orders: {of: order, at: placed_at, count: true}
"""
ORDER = """\
entity: order
fields:
  placed_at: datetime
  customer: {type: ref customer, missing: create}
  note: {type: text, optional: true}
"""
WAREHOUSE = "warehouses:\n  main:\n"


def start(rules: RuleSet, stock: Mapping[str, int] | None = None) -> Engine:
    engine = Engine(rules, MemoryStorage(), clock=ManualClock(START))
    if stock:
        engine.receive("main", stock)
    return engine


def submit(engine: Engine, id: str = "O1", **fields: object):
    return engine.submit({"placed_at": START, "customer": "C1", **fields}, entity="order", id=id)


def test_a_record_is_explained_whose_moves_follow_what_an_event_carries(link_rules: Link) -> None:
    rules = link_rules(
        shared=WAREHOUSE,
        customer=CUSTOMER,
        order=ORDER + "states: {new: {initial: true}, done: {final: true}}\n"
        "events: {come: {data: {sku: text, units: {type: integer, at_least: 1, at_most: 9}}}}\n"
        "transitions:\n  come:\n    from: new\n    to: done\n    event: come\n"
        "    moves: [{damage: {sku: event.sku, quantity: event.units, at: main}}]\n",
    )
    engine = start(rules)
    submit(engine)
    assert engine.explain("O1").waits[0].needs == ("anyone sends come",)


def test_a_text_of_a_token_may_ask_for_history(link_rules: Link) -> None:
    rules = link_rules(
        order=ORDER + "states: {new: {initial: true}, done: {final: true}}\n"
        "resources: {slip: {held_in: new, take: say, give_back: say}}\n"
        "events: {end: {}}\ntransitions: {end: {from: new, to: done, event: end}}\n",
        customer=CUSTOMER,
        shared='actions:\n  say: {use: notify, to: desk, message: "{customer.orders}"}\n',
    )
    engine = start(rules)
    submit(engine)
    assert [effect.parameters["message"] for effect in submit(engine, "O2").effects] == ["1"]
    assert [effect.parameters["message"] for effect in engine.send("O2", "end").effects] == ["1"]


def test_a_state_that_is_entered_may_hold_by_history(link_rules: Link) -> None:
    rules = link_rules(
        order=ORDER + "states: {new: {initial: true}, kept: {}, done: {final: true}}\n"
        "holds: {many: {in: kept, when: customer.orders > 0}}\nevents: {keep: {}}\n"
        "transitions: {keep: {from: new, to: kept, event: keep}, end: {from: kept, to: done, after: 1d}}\n",
        customer=CUSTOMER,
    )
    engine = start(rules)
    submit(engine)
    submit(engine, "O2")
    assert list(engine.send("O2", "keep").family.root.holds) == ["many"]


RETURNS = """\
children: {backs: {entity: back}}
records: {line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 1}}}}
states: {new: {initial: true}, done: {final: true}}
events: {back: {data: {lines: list of line}}, end: {}}
transitions:
  back: {from: new, event: back, creates: {backs: {lines: event.lines}}}
  end: {from: new, to: done, event: end}
"""
BACK = """\
entity: back
parent: order
records: {line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 1}}}}
fields: {lines: list of line}
states: {kept: {initial: true}, seen: {}, gone: {final: true}}
path: [kept, seen, gone]
transitions:
  see: {from: kept, to: seen, when: order.customer.orders > 0}
  end: {from: [kept, seen], to: gone, after: 1d}
"""


@pytest.mark.parametrize(("units", "made"), [(2, 1), (3, 0)])
def test_a_new_child_takes_the_rows_that_it_is_given(link_rules: Link, units: int, made: int) -> None:
    rules = link_rules(
        order=ORDER + RETURNS,
        customer=CUSTOMER,
        shared=WAREHOUSE,
        back=BACK + "resources: {goods: {held_in: kept, of: lines, at: main}}\n",
    )
    engine = start(rules, {"MUG": 2})
    submit(engine)
    decision = engine.send("O1", "back", {"lines": [{"no": 1, "sku": "MUG", "quantity": units}]})
    assert len(decision.family.children["backs"]) == made
    assert [refusal.code for refusal in decision.refusals] == (["stock"] if not made else [])


def test_what_a_new_child_does_at_once_may_ask_for_history(link_rules: Link) -> None:
    queue = "queues:\n  many: {of: back, when: order.customer.orders > 0}\n"
    engine = start(link_rules(order=ORDER + RETURNS, customer=CUSTOMER, shared=queue, back=BACK))
    submit(engine)
    submit(engine, "O2")
    family = engine.send("O2", "back", {"lines": []}).family
    assert family.children["backs"][0].state == "seen"
    assert [item.queue for item in family.standing] == ["many"]


CREDIT = """\
  amount: {type: integer, default: 5, at_least: 0, at_most: 100}
states: {new: {initial: true}, done: {final: true}}
resources: {credit: {held_in: new, amount: 'max(amount - customer.limit // 10, 0)', of: customer, limit: customer.limit}}
events:
  give: {data: {who: ref customer}, set: {customer: event.who}}
  end: {}
transitions:
  give: {from: new, event: give}
  end: {from: new, to: done, event: end}
"""


def test_what_is_held_stays_when_another_field_changes(link_rules: Link) -> None:
    engine = start(link_rules(order=ORDER + CREDIT, customer=CUSTOMER))
    engine.submit({"limit": 20}, entity="customer", id="C1")
    assert [draw.amount for draw in submit(engine).draws] == [3]
    decision = engine.update("O1", {"note": "x"})
    assert decision.draws == ()
    assert decision.family.root.held["credit"][0].quantity == 3


def test_the_limit_of_whom_an_event_names_is_looked_at(link_rules: Link) -> None:
    engine = start(link_rules(order=ORDER + CREDIT, customer=CUSTOMER))
    submit(engine)
    submit(engine, "O2", customer="C2", amount=10)
    decision = engine.send("O1", "give", {"who": "C2"})
    assert [refusal.code for refusal in decision.refusals] == ["limit"]


def test_a_carrier_table_may_ask_since_when_a_parcel_is_where_it_begins(link_rules: Link) -> None:
    rules = link_rules(
        order="entity: order\nchildren: {parcels: {entity: parcel, one_per: plan.parcel}}\n"
        "records: {line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 1}}}}\n"
        "fields: {lines: list of line, placed_at: datetime}\n"
        "states: {new: {initial: true}, open: {}, done: {final: true}}\n"
        "transitions:\n  source: {from: new, to: open, when: 'can_source(\"near\")', creates: parcels, retry_on: stock}\n"
        "  end: {from: open, to: done, when: 'all_live(parcels, is_in(\"sent\"))'}\n",
        parcel="entity: parcel\nparent: order\nstates: {packed: {initial: true}, sent: {final: true}}\npath: [packed, sent]\n"
        "resources: {stock: {held_in: packed, take: allocate, spend_on: sent}}\nevents: {send: {}}\n"
        "transitions: {send: {from: packed, to: sent, event: send}}\n",
        shared=WAREHOUSE + "allocation:\n  near: {rank: [parcels], carrier: by_whom}\n"
        "tables:\n  by_whom:\n    of: parcel\n    hit: first\n    gives: {carrier: text}\n    rows:\n"
        '      - {when: \'is_in("packed") and reached_at("packed") >= order.placed_at\', carrier: yto}\n'
        "      - {otherwise: true, carrier: sf}\n",
    )
    engine = start(rules, {"MUG": 1})
    lines = [{"no": 1, "sku": "MUG", "quantity": 1}]
    family = engine.submit({"lines": lines, "placed_at": START}, entity="order", id="O1").family
    plan = family.children["parcels"][0].fields["plan"]
    assert isinstance(plan, Mapping)
    assert plan["carrier"] == "yto"


def test_two_that_wait_for_one_another_at_one_moment_are_both_decided(link_rules: Link) -> None:
    """Each order's timer changes the history that the other one's guard looks at, and both are due at the same moment."""
    rules = link_rules(
        order=ORDER
        + "states: {new: {initial: true}, late: {}, done: {final: true}, off: {final: true}}\npath: [new, late, done]\n"
        "transitions:\n  many: {from: new, to: done, when: customer.live > 5}\n  expire: {from: new, to: late, after: 1d}\n"
        "  alone: {from: late, to: off, when: customer.live == 0}\n  end: {from: late, to: done, after: 9d}\n",
        customer=CUSTOMER.replace("count: true", "count: is_open()")
        + "  live: {of: order, at: placed_at, count: 'is_in(\"new\")'}\n",
    )
    engine = start(rules)
    for id in ("O1", "O2", "O3"):
        submit(engine, id)
    engine.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
    engine.update("O2", {"note": "x"})
    engine.tick()
    assert [engine.family(id).root.state for id in ("O1", "O2", "O3")] == ["off", "off", "off"]


def test_what_has_only_warnings_is_not_left_out(link_rules: Link) -> None:
    rules = link_rules(
        customer=CUSTOMER,
        order=ORDER + "states: {new: {initial: true}, done: {final: true}}\n"
        "transitions: {end: {from: new, to: done, when: 'look_up(\"fees\") == 1'}}\n",
        shared="tables:\n  fees:\n    of: order\n    hit: first\n    gives: {fee: integer}\n    rows:\n"
        "      - {when: placed_at is not None, fee: 1}\n      - {otherwise: true, fee: 0}\n",
    )
    assert submit(start(rules)).state == "done"


def test_a_family_of_many_children_takes_many_steps_and_comes_to_rest(link_rules: Link) -> None:
    children = 250  # more than the microsteps that one record may take
    rules = link_rules(
        shared=WAREHOUSE,
        order="""\
entity: order
fields: {lines: {type: list of line, at_least: 1}}
records: {line: {key: number, fields: {number: integer, sku: text, quantity: {type: integer, at_least: 1}}}}
children: {parcels: {entity: parcel, one_per: plan.parcel}}
states: {new: {initial: true}, sent: {}, done: {final: true}}
transitions:
  source: {from: new, to: sent, when: 'can_source("near")', creates: parcels, retry_on: stock}
  arrive: {from: sent, to: done, when: 'all_live(parcels, reached("there"))'}
""",
        parcel="""\
entity: parcel
parent: order
states: {packed: {initial: true}, there: {final: true}}
path: [packed, there]
transitions: {arrive: {from: packed, to: there, at_once: true}}
""",
        policies="allocation:\n  near: {of: order, lines: lines, split: allowed, rank: [parcels], pack_by: number}\n",
    )
    engine = start(rules, {f"S{number}": 1 for number in range(children)})
    lines = [{"number": number, "sku": f"S{number}", "quantity": 1} for number in range(children)]
    engine.submit({"lines": lines}, entity="order", id="O1")
    assert engine.explain("O1").state == "done"
