"""Families, plans, resources, holds, moves, formulas: what becomes of them, and one fault put into each is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderflow.compiler.load import Compiled
from orderflow.expr.types import Kind
from orderflow.model.definition import Changes, Entity
from orderflow.model.standing import RowsSet

Compile = Callable[..., Compiled]

RULESET = "ruleset: shop\nversion: 1.0.0\ntimezone: Asia/Shanghai\ncurrency: CNY\nroles: [clerk]\n"
ORDER = """\
entity: order
children:
  shipments: {entity: shipment, one_per: plan.parcel}
  returns: {entity: return}
records:
  line:
    key: no
    fields:
      no: integer
      sku: text
      quantity: {type: integer, at_least: 0}
      note: {type: text, optional: true}
  wish: {fields: {no: integer, sku: text, quantity: integer}}
fields:
  customer: {type: ref customer, missing: create, changes: never}
  seller: {type: ref customer, optional: true}
  place: {type: location, optional: true, default: [27.99, 120.70]}
  store: {type: warehouse, optional: true}
  lines: {type: list of line, at_least: 1}
  amount_due: {type: money, at_least: 0}
  amount_paid: {type: money, default: 0, at_least: 0}
  lent: {type: money, optional: true, at_least: 0}
  owed: {type: money, formula: amount_due - amount_paid, at: submit}
  large: {type: bool, formula: owed > 100, at: submit}
states:
  paid: {initial: true}
  fulfilling: {shows: least(shipments)}
  done: {final: true}
resources:
  credit: {held_in: fulfilling, amount: 'max(amount_due - amount_paid, 0)', of: customer, limit: customer.credit_limit}
holds:
  manual: {label: 人工冻结, in: [paid, fulfilling], by: [clerk], reason: required}
  credit: {in: paid, when: not can_take("credit"), retry_on: credit}
arrival:
  in_stock: {label: 有货, when: can_source("nearest")}
  known: {when: place is not None}
events:
  finish:
  change:
    data: {no: integer, less: {type: integer, at_least: 0}}
    set:
      lines: {where: no == event.no, quantity: quantity - event.less, note: '"less"'}
      amount_paid: amount_paid + 0
  ask_back: {data: {rows: {type: list of wish, at_least: 1}, whom: {type: ref customer, optional: true}}}
transitions:
  source:
    from: paid
    to: fulfilling
    when: can_source("nearest") and (large or not large)
    creates: {shipments: {lines: plan.lines, from_where: plan.warehouse}}
    retry_on: [stock, credit]
  change: {from: [paid, fulfilling], event: change}
  ask_back:
    from: fulfilling
    event: ask_back
    creates:
      returns:
        rows: event.rows
        why: coalesce(event.whom, customer)
  finish: {from: fulfilling, to: done, event: finish}
"""
SHIPMENT = """\
entity: shipment
parent: order
records:
  carried: {fields: {no: integer, sku: text, quantity: integer, pool: {type: text, optional: true}}}
fields:
  lines: {type: list of carried}
  from_where: warehouse
states:
  packed: {initial: true}
  sent: {final: true}
path: [packed, sent]
events:
  send:
resources:
  stock: {held_in: packed, take: allocate, of: lines, spend_on: sent}
  waybill: {held_in: packed, take: print_it, give_back: [void_it]}
  paper: {held_in: packed, of: order.lines, at: hq}
transitions:
  send: {from: packed, to: sent, event: send, when: plan.carrier is None or plan.warehouse == "hq"}
"""
RETURN = """\
entity: return
parent: order
records:
  row: {fields: {no: integer, sku: text, quantity: integer}}
fields:
  rows: {type: list of row}
  why: text
  store: {type: warehouse, default: hq}
  short: {type: integer, formula: 'on_hand("hq", why) - 1', at: submit}
states:
  asked: {initial: true}
  back: {final: true}
events:
  arrive: {data: {units: {type: integer, at_least: 1}, at_store: warehouse}}
transitions:
  arrive:
    from: asked
    to: back
    event: arrive
    moves:
      - receive: {of: rows, at: store}
      - quarantine: {sku: why, quantity: event.units, at: event.at_store}
      - pool: {of: rows, at: hq, pool: presale}
      - count: {sku: why, quantity: 'available("hq", why)', at: hq}
"""
CUSTOMER = """\
entity: customer
fields:
  credit_limit: {type: money, default: 0}
states:
  known: {initial: true, final: true}
"""
REST = """\
actions:
  print_it: {use: print, document: waybill, content: "{plan.warehouse}"}
  void_it: {use: post, system: carrier, message: void}
warehouses:
  hq: {label: 总仓, level: central}
  east: {level: forward}
pools:
  presale: {of: order, who: line.quantity > 1}
allocation:
  nearest: {of: order, lines: lines}
"""
SOUND = {
    "ruleset": RULESET,
    "order": ORDER,
    "shipment": SHIPMENT,
    "return": RETURN,
    "customer": CUSTOMER,
    "rest": REST,
}


def entity(compiled: Compiled, name: str) -> Entity:
    assert compiled.definition is not None, [item.message for item in compiled.diagnostics]
    return compiled.definition.entities[name]


def test_the_sound_rule_set_is_sound(compile_rules: Compile) -> None:
    compiled = compile_rules(**SOUND)
    assert [item.message for item in compiled.diagnostics] == []
    assert compiled.definition is not None


def test_fields(compile_rules: Compile) -> None:
    order = entity(compile_rules(**SOUND), "order").fields
    assert (order["customer"].type.kind, order["customer"].type.name) == (Kind.REF, "customer")
    assert order["customer"].creates
    assert not order["seller"].creates
    assert order["place"].type.kind is Kind.LOCATION
    assert [str(part) for part in order["place"].default] == ["27.99", "120.70"]  # type: ignore[attr-defined]
    assert (order["store"].type.kind, order["store"].type.options) == (Kind.CHOICE, ("hq", "east"))
    assert order["store"].options == {"hq": "总仓", "east": "east"}
    assert order["owed"].formula is not None
    assert order["owed"].formula.source == "amount_due - amount_paid"
    assert order["amount_due"].formula is None


def test_a_parcel_has_its_plan(compile_rules: Compile) -> None:
    shipment = entity(compile_rules(**SOUND), "shipment")
    plan = shipment.fields["plan"]
    assert plan.changes is Changes.NEVER
    assert plan.type.kind is Kind.RECORD
    assert [name for name, _ in plan.type.fields] == [
        "warehouse", "lines", "carrier", "promised_on", "distance_km"
    ]  # fmt: skip
    lines = plan.type.field("lines")
    assert lines is not None
    assert lines.item is not None
    assert [name for name, _ in lines.item.fields] == ["no", "sku", "quantity", "pool"]
    no = lines.item.field("no")
    assert no is not None
    assert no.kind is Kind.INTEGER


def test_transitions(compile_rules: Compile) -> None:
    compiled = compile_rules(**SOUND)
    order = entity(compiled, "order").transitions
    assert (order["source"].creates, order["source"].policy) == ("shipments", "nearest")
    assert list(order["source"].created) == ["lines", "from_where"]
    assert order["source"].retry_on == ("stock", "credit")
    assert (order["ask_back"].creates, order["ask_back"].policy) == ("returns", None)
    assert list(order["ask_back"].created) == ["rows", "why"]
    moves = entity(compiled, "return").transitions["arrive"].moves
    assert [move.kind for move in moves] == ["receive", "quarantine", "pool", "count"]
    assert [move.warehouse.source for move in moves] == ["store", "event.at_store", '"hq"', '"hq"']
    assert [move.lines is not None for move in moves] == [True, False, True, False]
    assert [move.pool for move in moves] == ["", "", "presale", ""]
    assert order["finish"].moves == ()


def test_resources(compile_rules: Compile) -> None:
    compiled = compile_rules(**SOUND)
    credit = entity(compiled, "order").resources["credit"]
    assert (credit.kind, credit.owner, credit.held_in, credit.spend_on) == (
        "amount",
        "customer",
        "fulfilling",
        None,
    )
    assert credit.amount is not None
    assert credit.limit is not None
    shipment = entity(compiled, "shipment").resources
    assert (shipment["stock"].kind, shipment["stock"].warehouse) == ("stock", None)
    assert shipment["stock"].lines is not None
    assert shipment["stock"].spend_on == "sent"
    assert (shipment["waybill"].kind, shipment["waybill"].on_take) == ("token", ("print_it",))
    assert shipment["waybill"].on_give_back == ("void_it",)
    assert shipment["paper"].warehouse is not None
    assert shipment["paper"].warehouse.source == '"hq"'


def test_holds_and_arrival(compile_rules: Compile) -> None:
    order = entity(compile_rules(**SOUND), "order")
    manual, credit = order.holds["manual"], order.holds["credit"]
    assert (manual.label, manual.states, manual.by) == ("人工冻结", ("paid", "fulfilling"), ("clerk",))
    assert manual.reason_required
    assert manual.when is None
    assert (credit.states, credit.by, credit.retry_on) == (("paid",), (), ("credit",))
    assert credit.when is not None
    assert [(item.name, item.label) for item in order.arrival.values()] == [
        ("in_stock", "有货"),
        ("known", "known"),
    ]


def test_rows_that_an_event_sets(compile_rules: Compile) -> None:
    rows = entity(compile_rules(**SOUND), "order").events["change"].sets["lines"]
    assert isinstance(rows, RowsSet)
    assert rows.where is not None
    assert rows.where.depth == 1
    assert list(rows.values) == ["quantity", "note"]


def test_clock_conditions_compile(compile_rules: Compile) -> None:
    sources = [
        'time_in("paid") > hours(4)',
        'now - entered("paid") >= days(1)',
        "today >= day(placed) + days(2)",
    ]
    for source in sources:
        order = ORDER.replace(
            "  finish: {from: fulfilling",
            f"  late: {{from: paid, to: done, when: '{source}'}}\n  finish: {{from: fulfilling",
        )
        order = order.replace("  amount_due:", "  placed: datetime\n  amount_due:").replace(
            'entered("paid")', "placed"
        )
        compiled = compile_rules(**{**SOUND, "order": order})
        assert [item.message for item in compiled.diagnostics] == []


def test_a_timer_of_another_entity_is_not_touched(compile_rules: Compile) -> None:
    text = SHIPMENT.replace("event: send, when", "after: 1h, when").replace("events:\n  send:\n", "")
    shipment = entity(compile_rules(**{**SOUND, "shipment": text}), "shipment")
    assert shipment.transitions["send"].after == timedelta(hours=1)


FAULTS = [
    ("order", "lines: plan.lines, ", "zzqqxx: plan.lines, ", "OF101", "unknown field `zzqqxx`"),
    ("order", "event: ask_back", "event: zzqqxx", "OF101", "unknown event `zzqqxx`"),
    ("return", "event: arrive", "event: zzqqxx", "OF101", "unknown event `zzqqxx`"),
    ("shipment", "event: send, when", "event: send, retry_on: waybill, when", "OF101", "unknown resource to wait for `waybill`"),
    # fields
    ("order", "ref customer, missing", "ref custmer, missing", "OF101", "unknown entity `custmer`"),
    ("order", "ref customer, optional", "ref shipment, optional", "OF107", "whose records have a parent"),
    ("order", "missing: create,", "missing: create, at_most: 3,", "OF102", "`at_most` says nothing about a ref"),
    ("order", "warehouse, optional: true}", "text, optional: true, missing: create}", "OF102", "`missing` says nothing about a text"),
    ("customer", "{type: money, default: 0}", "money", "OF103", "a `customer` that `customer` makes would lack `credit_limit`"),
    ("order", "{type: warehouse, optional", "{type: warehouse, options: [a], optional", "OF107", "the options of `store` are the declared warehouses"),
    ("order", "[27.99, 120.70]", "[97.99, 120.70]", "OF102", "latitude that is not from -90 to 90"),
    ("order", "{type: money, default: 0, at_least: 0}", "{type: money, default: [0], at_least: 0}", "OF107", "`default` is a list"),
    ("order", "sku: text\n      quantity", "sku: ref customer\n      quantity", "OF102", "a row refers to no other record"),
    ("order", "sku: text\n      quantity", "sku: list of wish\n      quantity", "OF102", "a row has no lists"),
    ("order", ", at: submit}\n  large", "}\n  large", "OF107", "does not say when it is worked out"),
    ("order", "formula: owed > 100, at", "at", "OF107", "`at` says when a formula is worked out"),
    ("order", "formula: owed > 100", "formula: owed > 100, default: true", "OF107", "both `formula` and `default`"),
    ("order", "formula: owed > 100", "formula: large or owed > 100", "OF107", "reads itself"),
    ("order", "formula: amount_due - amount_paid", "formula: '0 if large else amount_due'", "OF107", "reads `large`, whose own formula comes after it"),
    ("order", "formula: owed > 100", "formula: is_in(\"paid\")", "OF107", "looks at states or children"),
    ("order", "formula: owed > 100", "formula: owed", "OF102", "where bool is needed"),
    ("order", "at: submit}\n  large", "at: sbmit}\n  large", "OF101", "`at` can only be `submit`"),
    # children and plans
    ("order", "plan.parcel}", "plan.parcl}", "OF101", "unknown entity `plan.parcl`"),
    ("order", "{entity: return}", "{entity: return, one_per: plan.parcel}", "OF107", "both made of the parcels"),
    ("shipment", "  from_where: warehouse", "  from_where: warehouse\n  plan: text", "OF105", "already means the parcel's plan"),
    ("shipment", "plan.carrier is None", "plan.carier is None", "OF101", "has no field `carier`"),
    ("order", "creates: {shipments: {lines", "creates: {shipment: {lines", "OF101", "unknown kind of children `shipment`"),
    ("order", "{lines: plan.lines,", "{lins: plan.lines,", "OF101", "unknown field `lins`"),
    ("order", "lines: plan.lines, ", "", "OF103", "would lack `lines`"),
    ("order", "lines: plan.lines, ", "lines: plan.lines, plan: plan, ", "OF209", "what the plan had for the parcel"),
    ("order", "from_where: plan.warehouse", "from_where: store", "OF103", "may be missing"),
    ("order", "lines: plan.lines", "lines: lines", "OF102", "they have no `pool`"),
    ("order", "rows: event.rows", "rows: lines", "OF102", "they have `note`, which a `row` does not know"),
    ("order", "event: ask_back", "event: ask_bak", "OF101", "unknown event `ask_bak`"),
    ("return", "event: arrive", "event: ariv", "OF101", "unknown event `ariv`"),
    ("order", "rows: event.rows", "rows: event.rowz", "OF101", "has no field `rowz`"),
    ("order", "why: coalesce(event.whom, customer)", "why: amount_due", "OF102", "where text is needed"),
    ("order", "        rows: event.rows\n", "", "OF103", "would lack `rows`"),
    ("order", 'can_source("nearest") and (large or not large)', "large", "OF107", "names no policy that finds one"),
    ("order", 'can_source("nearest") and', 'can_source("nearest") or', "OF107", "may be taken without a plan"),
    ("order", 'can_source("nearest") and', 'not can_source("nearest") and', "OF107", "may be taken without a plan"),
    ("order", 'can_source("nearest") and', 'can_source("nearst") and', "OF101", "nearst"),
    # what an event sets in rows
    ("order", "{where: no ==", "{wher: no ==", "OF101", "unknown field `wher`"),
    ("order", "where: no == event.no", "where: no", "OF102", "where bool is needed"),
    ("order", "quantity: quantity - event.less", "quantty: quantity - event.less", "OF101", "unknown field `quantty`"),
    ("order", "quantity: quantity - event.less", "quantity: length(note)", "OF103", "may be missing"),
    ("order", "quantity: quantity - event.less", "no: 3", "OF209", "`no` is the key of the rows"),
    ("order", "quantity: quantity - event.less, note: '\"less\"'", "label: no", "OF101", "unknown field `label`"),
    ("order", ", quantity: quantity - event.less, note: '\"less\"'", "", "OF107", "`lines` sets nothing in its rows"),
    ("order", "amount_paid: amount_paid + 0", "amount_paid: {no: 1}", "OF107", "has no rows to set fields of"),
    # resources
    ("order", "held_in: fulfilling, amount", "held_in: fulfiling, amount", "OF101", "unknown state `fulfiling`"),
    ("order", "'max(amount_due - amount_paid, 0)'", "amount_due - amount_paid", "OF102", "could be less than nothing"),
    ("order", "'max(amount_due - amount_paid, 0)'", "seller", "OF102", "must be money or a whole number"),
    ("order", "'max(amount_due - amount_paid, 0)'", "lent", "OF103", "`lent` may be missing, and `amount` must be a number"),
    ("order", "'max(amount_due - amount_paid, 0)'", "customer", "OF102", "must be money or a whole number"),
    ("order", "of: customer,", "of: custmer,", "OF101", "unknown ref field `custmer`"),
    ("order", "of: customer,", "of: amount_due,", "OF102", "a limit is somebody's"),
    ("order", ", limit: customer.credit_limit", "", "OF107", "`credit` does not say how much may be held in all"),
    ("order", "customer.credit_limit}", "customer.credit_limt}", "OF101", "credit_limt"),
    ("order", "customer.credit_limit}", "'customer.credit_limit if now > now else 0'}", "OF106", "reads the clock"),
    ("order", "{held_in: fulfilling, amount", "{held_in: fulfilling, at: hq, amount", "OF107", "`at` says nothing about an amount"),
    ("shipment", "take: allocate", "take: alocate", "OF107", "`take` can only be `allocate`"),
    ("shipment", "of: lines, spend_on", "of: lines, at: hq, spend_on", "OF107", "`at` names no other"),
    ("shipment", "of: lines, spend_on: sent", "of: lines, spend_on: packed", "OF107", "nothing can be held and spent at once"),
    ("shipment", "take: print_it", "take: print_i", "OF101", "unknown action `print_i`"),
    ("shipment", "of: order.lines, at: hq}", "of: order.lines}", "OF107", "does not say which warehouse"),
    ("shipment", "of: order.lines, at: hq}", "of: order.lines, at: hp}", "OF101", "unknown warehouse `hp`"),
    ("shipment", "of: order.lines, at: hq}", "of: order.lines, at: order.amount_due}", "OF102", "where choice is needed"),
    ("shipment", "of: order.lines, at: hq}", "at: hq}", "OF107", "does not say which rows"),
    ("shipment", "{held_in: packed, of: order.lines, at: hq}", "{held_in: packed}", "OF107", "`paper` does not say what is held"),
    ("return", "entity: return\nparent: order\n", "entity: return\nparent: order\nresources:\n  stock: {held_in: asked, take: allocate}\n", "OF107", "have a plan to take"),
    # holds
    ("order", "in: [paid, fulfilling]", "in: [pad, fulfilling]", "OF101", "unknown state `pad`"),
    ("order", "in: [paid, fulfilling]", "in: [paid, done]", "OF107", "`done` is final"),
    ("order", "by: [clerk]", "by: [clrk]", "OF101", "unknown role `clrk`"),
    ("order", "by: [clerk], ", "", "OF107", "neither who places it nor when it is on"),
    ("order", "{in: paid, when", "{in: paid, by: clerk, when", "OF107", "nobody places or releases it"),
    ("order", "{in: paid, when", "{in: paid, reason: required, when", "OF107", "nobody gives a reason"),
    ("order", "reason: required}", "reason: required, retry_on: stock}", "OF107", "no condition that could wait"),
    ("order", 'not can_take("credit")', 'not can_take("credt")', "OF101", "credt"),
    ("order", 'not can_take("credit")', "'amount_due < 0 and today == day(now)'", "OF106", "nothing tells when"),
    ("order", "retry_on: credit}", "retry_on: credt}", "OF101", "unknown resource to wait for `credt`"),
    ("order", "retry_on: [stock, credit]", "retry_on: [stok, credit]", "OF101", "unknown resource to wait for `stok`"),
    ("order", "{in: paid, when", "{when", "OF107", "`credit` has no `in`"),
    # arrival
    ("order", "place is not None", "placed is not None", "OF101", "unknown name `placed`"),
    ("order", 'when: can_source("nearest")}', "when: amount_due}", "OF102", "where bool is needed"),
    ("return", "states:\n", "arrival:\n  a: {when: true}\nstates:\n", "OF107", "nothing arrives as a `return`"),
    # moves
    ("return", "- receive: {of: rows", "- receve: {of: rows", "OF101", "unknown key `receve`"),
    ("return", "{of: rows, at: store}", "{of: rows, at: stor}", "OF101", "unknown warehouse `stor`"),
    ("return", "{of: rows, at: store}", "{of: why, at: store}", "OF102", "where list"),
    ("return", "{of: rows, at: store}", "{of: rows, sku: why, at: store}", "OF107", "both rows (`of`) and one SKU"),
    ("return", "{of: rows, at: store}", "{at: store}", "OF107", "does not say what it moves"),
    ("return", "{of: rows, at: store}", "{of: rows}", "OF107", "`receive` has no `at`"),
    ("return", "quantity: event.units", "quantity: why", "OF102", "where integer is needed"),
    ("return", "at: event.at_store", "at: event.units", "OF102", "where choice is needed"),
    ("return", ", pool: presale", "", "OF107", "does not say which pool"),
    ("return", "pool: presale", "pool: presle", "OF101", "unknown pool `presle`"),
    ("return", "{of: rows, at: store}", "{of: rows, at: store, pool: presale}", "OF107", "so it names no pool"),
    ("return", "      - quarantine:", "        quarantine:", "OF107", "a move is of one kind"),
    ("rest", "  east:", "  store:", "OF105", "`store` is both a warehouse and a field"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code", "message"), FAULTS)
def test_a_fault(compile_rules: Compile, file: str, old: str, new: str, code: str, message: str) -> None:
    assert SOUND[file].count(old) >= 1
    compiled = compile_rules(**{**SOUND, file: SOUND[file].replace(old, new, 1)})
    assert compiled.definition is None
    said = [(item.code, item.message) for item in compiled.diagnostics]
    matching = [item for item in compiled.diagnostics if item.code == code and message in item.message]
    assert len(matching) == 1, said
    assert matching[0].fix is not None
    assert matching[0].span.file.startswith("rules/")
    assert len(said) == 1, said


def test_all_faults_at_once(compile_rules: Compile) -> None:
    order = ORDER.replace("by: [clerk]", "by: [clrk]").replace("plan.lines,", "plan.lins,")
    order = order.replace("retry_on: credit}", "retry_on: credt}").replace("event.less,", "event.les,")
    shipment = SHIPMENT.replace("give_back: [void_it]", "give_back: [void_i]")
    compiled = compile_rules(**{**SOUND, "order": order, "shipment": shipment})
    assert [item.code for item in compiled.diagnostics] == ["OF101"] * 5


def test_the_place_is_exact(compile_rules: Compile) -> None:
    text = ORDER.replace("quantity: quantity - event.less", "quantity: quantity - event.les")
    (found,) = compile_rules(**{**SOUND, "order": text}).diagnostics
    line = text.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == "les"
    assert found.fix is not None
    assert found.fix.replacement == "less"


def test_no_warehouse_is_declared(compile_rules: Compile) -> None:
    text = "entity: order\nfields: {store: warehouse}\nstates: {a: {initial: true, final: true}}\n"
    (found,) = compile_rules(order=text).diagnostics
    assert (found.code, found.span.line, found.span.column) == ("OF107", 2, 17)
    assert "the rule set declares none" in found.message
