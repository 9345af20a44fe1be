"""`decide` by itself: what one event does to one family."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orderflow.diagnostics.errors import DecisionError
from orderflow.engine.link import RuleSet
from orderflow.model.decision import Decision, Step
from orderflow.model.event import Event
from orderflow.model.facts import NO_FACTS, Facts, Needs
from orderflow.model.record import Family
from orderflow.model.stock import Position

Rules = Callable[..., RuleSet]
T0 = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)

PAYMENT = """
entity: order
fields:
  amount_paid: {type: money, default: 0, changes: grows, label: 实收金额}
  paid_at: {type: datetime, optional: true, changes: once}
  note: {type: text, optional: true}
states:
  pending: {initial: true, label: 待审核}
  open:
    states:
      paid: {initial: true}
      packed: {}
  done: {final: true}
events:
  pack: {by: [warehouse], data: {box: integer}, set: {note: 'coalesce(note, event.actor)'}}
  stop: {by: [desk]}
transitions:
  pay:
    from: pending
    to: open
    when: paid_at is not None and amount_paid > 0
  pack:
    from: paid
    to: packed
    event: pack
    when: event.box > 0
  close:
    from: open
    to: done
    after: 2d
  stop:
    from: open
    to: done
    event: stop
"""


def submit(rules: RuleSet, at: datetime = T0, facts: Facts = NO_FACTS, **fields: object) -> Decision:
    entity = rules.entity().name
    values = rules.coerce(entity, fields, complete=True)
    return rules.decide(None, Event("submit", "1", at, entity, values, event_id="s"), at, facts)


def update(rules: RuleSet, family: Family, at: datetime = T0, reason: str = "", **fields: object) -> Decision:
    values = rules.coerce(family.root.entity, fields, complete=False)
    return rules.decide(family, Event("update", family.id, at, "", values, "desk", "u", reason), at)


def send(
    rules: RuleSet,
    family: Family,
    name: str,
    at: datetime = T0,
    actor: str = "desk",
    to: str = "",
    **data: object,
) -> Decision:
    return rules.decide(family, Event("send", to or family.id, at, name, data, actor, "e"), at)


def tick(rules: RuleSet, family: Family, at: datetime) -> Decision:
    return rules.decide(family, Event("tick", family.id, at, event_id="t"), at)


@pytest.fixture
def payment(link_rules: Rules) -> RuleSet:
    return link_rules(order=PAYMENT)


def test_a_submit_enters_the_initial_state_with_defaults(payment: RuleSet) -> None:
    decision = submit(payment)
    assert decision.accepted
    assert decision.state == "pending"
    assert decision.family.root.fields == {
        "order_id": "1", "amount_paid": Decimal("0.00"), "paid_at": None, "note": None,
    }  # fmt: skip
    assert decision.family.version == 1
    assert decision.family.root.entered == {"pending": T0}


def test_an_update_makes_automatic_transitions_follow_into_the_initial_child(payment: RuleSet) -> None:
    family = submit(payment).family
    decision = update(payment, family, paid_at="2026-02-03T10:00:00", amount_paid="10")
    assert decision.took == ("pay",)
    assert decision.steps == (Step("1", "pay", "pending", "paid"),)
    assert decision.family.root.entered["open"] == T0
    assert [(change.field, change.after) for change in decision.changes] == [
        ("paid_at", datetime(2026, 2, 3, 2, 0, tzinfo=UTC)), ("amount_paid", Decimal("10.00")),
    ]  # fmt: skip


def test_the_family_given_is_never_changed(payment: RuleSet) -> None:
    family = submit(payment).family
    before = pickle.dumps(family)
    update(payment, family, paid_at="2026-02-03T10:00:00", amount_paid="10")
    assert pickle.dumps(family) == before


def paid(rules: RuleSet) -> Family:
    return update(rules, submit(rules).family, paid_at="2026-02-03T10:00:00", amount_paid="10").family


def test_an_event_sets_its_fields_after_the_guard(payment: RuleSet) -> None:
    decision = send(payment, paid(payment), "pack", actor="warehouse:li", box=1)
    assert decision.state == "packed"
    assert decision.family.root.fields["note"] == "warehouse:li"


def test_a_refusal_names_the_failed_clause_with_the_values_seen(payment: RuleSet) -> None:
    family = paid(payment)
    decision = send(payment, family, "pack", actor="warehouse", box=0)
    assert not decision.accepted
    assert decision.family is family
    (refusal,) = decision.refusals
    assert (refusal.code, refusal.transition) == ("guard", "pack")
    (clause,) = refusal.clauses
    assert (clause.source, clause.held) == ("event.box > 0", False)
    assert [(seen.name, seen.value) for seen in clause.seen] == [("event.box", 0)]


@pytest.mark.parametrize(
    ("name", "actor", "code", "says"),
    [
        ("pakc", "warehouse", "event_unknown", "did you mean `pack`"),
        ("pack", "desk", "not_allowed", "it comes from `warehouse`"),
        ("stop", "desk", "no_transition", "it is taken in `paid`, `packed`"),
    ],
)
def test_refusals_say_what_would_do(payment: RuleSet, name: str, actor: str, code: str, says: str) -> None:
    decision = send(payment, submit(payment).family, name, actor=actor, box=1)
    assert decision.refusals[0].code == code
    assert says in decision.refusals[0].message


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"amount_paid": 9}, "only grows"),
        ({"paid_at": "2026-02-04T10:00:00"}, "is set once"),
        ({"order_id": "2"}, "never changes"),
    ],
)
def test_a_broken_contract_refuses_the_whole_update(
    payment: RuleSet, fields: dict[str, object], says: str
) -> None:
    family = paid(payment)
    decision = update(payment, family, note="x", **fields)  # type: ignore[arg-type]
    assert not decision.accepted
    assert decision.refusals[0].code == "contract"
    assert says in decision.refusals[0].message
    assert decision.family.root.fields["note"] is None


def test_a_timer_fires_at_its_moment_and_not_before(payment: RuleSet) -> None:
    family = paid(payment)
    assert family.wake == T0 + timedelta(days=2)
    assert tick(payment, family, T0 + timedelta(days=2, seconds=-1)).steps == ()
    assert tick(payment, family, T0 + timedelta(days=2)).took == ("close",)


def test_a_timer_of_a_compound_state_runs_on_inside_it(payment: RuleSet) -> None:
    family = send(payment, paid(payment), "pack", actor="warehouse", at=T0 + timedelta(days=1), box=1).family
    assert family.wake == T0 + timedelta(days=2)


def test_a_second_submit_is_refused(payment: RuleSet) -> None:
    family = submit(payment).family
    decision = payment.decide(family, Event("submit", "1", T0, "order", {}), T0)
    assert decision.refusals[0].code == "exists"


def test_the_same_input_gives_the_same_decision(payment: RuleSet) -> None:
    family = paid(payment)
    again = pickle.loads(pickle.dumps(payment))
    assert send(payment, family, "pack", actor="warehouse", box=1) == send(
        again, family, "pack", actor="warehouse", box=1
    )


LOOP = """
entity: order
fields:
  red: {type: bool, default: true}
states:
  a: {initial: true}
  b: {}
  end: {final: true}
events: {stop: {}}
transitions:
  go: {from: a, to: b, when: red}
  back: {from: b, to: a, when: red}
  stop: {from: [a, b], to: end, event: stop}
"""


def test_rules_that_go_round_are_an_error_that_names_the_cycle(link_rules: Rules) -> None:
    rules = link_rules(order=LOOP)
    with pytest.raises(DecisionError, match=r"`(go|back)` → `(go|back)`"):
        submit(rules)
    assert submit(rules, red=False).state == "a"


ORDER = """
entity: order
children: {parcels: {entity: parcel, one_per: order}}
records: {line: {key: n, fields: {n: integer, sku: text, quantity: {type: integer, at_least: 1}}}}
fields:
  lines: {type: list of line, at_least: 1}
states:
  new: {initial: true}
  waiting: {}
  sourced: {shows: least(parcels)}
  done: {final: true}
  cancelled: {final: true}
events: {cancel: {by: [desk]}}
transitions:
  source: {from: [new, waiting], to: sourced, at_once: true, creates: parcels, retry_on: stock}
  wait: {from: new, to: waiting, otherwise: true}
  cancel: {from: sourced, event: cancel, tell: {parcels: cancel}}
  gone: {from: sourced, to: cancelled, when: none_live(parcels)}
  finish:
    from: sourced
    to: done
    when: all_live(parcels, reached("arrived"))
    before: gone
"""
PARCEL = """
entity: parcel
parent: order
fields: {moved: {type: integer, default: 0}}
states:
  house:
    initial: true
    on_exit: bell
    states:
      shelf: {initial: true, on_entry: bell}
      box: {}
  road: {states: {van: {initial: true}}}
  arrived: {final: true}
  cancelled: {final: true}
path: [shelf, box, van, arrived]
resources:
  stock: {held_in: house, of: order.lines, at: main, spend_on: road}
events: {next: {by: [warehouse]}, cancel: {by: [desk]}, redo: {by: [warehouse], set: {moved: moved + 1}}}
transitions:
  box: {from: shelf, to: box, event: next}
  ship: {from: box, to: van, event: next}
  drop: {from: van, to: arrived, event: next}
  cancel: {from: house, to: cancelled, event: cancel}
  redo: {from: house, to: shelf, event: redo}
"""
MORE = """
warehouses: {main: {level: central}}
actions: {bell: {use: notify, to: warehouse, message: "{count(order.lines)} lines"}}
"""
LINES = [
    {"n": 1, "sku": "A", "quantity": 2},
    {"n": 2, "sku": "A", "quantity": 1},
    {"n": 3, "sku": "B", "quantity": 1},
]


@pytest.fixture
def parcels(link_rules: Rules) -> RuleSet:
    return link_rules(order=ORDER, parcel=PARCEL, more=MORE)


def stocked(a: int, b: int) -> Facts:
    return Facts(stock={("main", "A"): Position(on_hand=a), ("main", "B"): Position(on_hand=b)})


def test_one_sku_on_two_lines_needs_both(parcels: RuleSet) -> None:
    short = submit(parcels, facts=stocked(2, 9), lines=LINES)
    assert short.state == "waiting"
    assert short.family.waiting == ("stock:A", "stock:B")
    assert short.moves == ()
    enough = submit(parcels, facts=stocked(3, 1), lines=LINES)
    assert enough.state == "sourced"
    assert [(move.kind, move.sku, move.quantity) for move in enough.moves] == [
        ("take", "A", 3),
        ("take", "B", 1),
    ]
    assert enough.family.waiting == ()


def sourced(rules: RuleSet) -> Family:
    return submit(rules, facts=stocked(3, 1), lines=LINES).family


def test_a_child_is_created_with_its_entry_actions_and_shown(parcels: RuleSet) -> None:
    decision = submit(parcels, facts=stocked(3, 1), lines=LINES)
    assert [child.id for child in decision.family.children["parcels"]] == ["1/parcels/1"]
    assert [(effect.key, effect.action, effect.parameters["message"]) for effect in decision.effects] == [
        ("1/parcels/1:1:1", "bell", "3 lines")
    ]
    assert parcels.shown(decision.family).name == "shelf"


def test_the_facts_needed_are_named_beforehand(parcels: RuleSet) -> None:
    values = parcels.coerce("order", {"lines": LINES}, complete=True)
    needs = parcels.needs(None, Event("submit", "1", T0, "order", values))
    assert needs == Needs(skus=("A", "B"))
    family = sourced(parcels)
    assert parcels.needs(family, Event("send", "1/parcels/1", T0, "next")) == Needs()


def test_leaving_gives_back_and_shipping_spends(parcels: RuleSet) -> None:
    family = sourced(parcels)
    cancelled = send(parcels, family, "cancel")
    assert cancelled.took == ("cancel", "cancel", "gone")
    assert cancelled.state == "cancelled"
    assert {(move.kind, move.sku, move.quantity) for move in cancelled.moves} == {
        ("give_back", "A", 3),
        ("give_back", "B", 1),
    }
    boxed = send(parcels, family, "next", actor="warehouse", to="1/parcels/1")
    assert boxed.moves == ()
    shipped = send(parcels, boxed.family, "next", actor="warehouse", to="1/parcels/1")
    assert {move.kind for move in shipped.moves} == {"spend"}
    assert shipped.family.children["parcels"][0].held == {}


def test_a_parcel_that_arrives_completes_its_order_in_the_same_decision(parcels: RuleSet) -> None:
    family = sourced(parcels)
    for _ in range(2):
        family = send(parcels, family, "next", actor="warehouse", to="1/parcels/1").family
    decision = send(parcels, family, "next", actor="warehouse", to="1/parcels/1")
    assert decision.took == ("drop", "finish")
    assert decision.state == "done"


def test_an_external_transition_inside_a_compound_state_leaves_and_enters_it_again(parcels: RuleSet) -> None:
    family = send(parcels, sourced(parcels), "next", actor="warehouse", to="1/parcels/1").family
    decision = send(parcels, family, "redo", actor="warehouse", to="1/parcels/1", at=T0 + timedelta(hours=1))
    child = decision.family.children["parcels"][0]
    assert [effect.action for effect in decision.effects] == ["bell", "bell"]  # exit of house, entry of shelf
    assert child.entered["house"] == T0 + timedelta(hours=1)
    assert child.reached["house"] == T0
    assert decision.moves == ()
    assert child.held
    assert child.fields["moved"] == 1


def test_cancel_on_the_road_is_told_but_not_taken(parcels: RuleSet) -> None:
    family = sourced(parcels)
    for _ in range(2):
        family = send(parcels, family, "next", actor="warehouse", to="1/parcels/1").family
    decision = send(parcels, family, "cancel")
    assert decision.accepted
    assert decision.took == ("cancel",)
    assert decision.state == "sourced"
