"""What waits for stock or for a limit says so; what asks for nothing does not; circles that come to rest are none."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]

HEAD = """\
fields:
  customer: {type: ref customer, missing: create}
  store: {type: warehouse, default: hq}
  amount: {type: money, label: Amount, default: 0, at_least: 0}
  lines: {type: list of line, at_least: 1}
children:
  parcels: {entity: parcel, one_per: plan.parcel}
  notes: {entity: note}
records:
  line: {key: no, fields: {no: integer, sku: text, quantity: {type: integer, at_least: 1}}}
states:
  new: {initial: true}
  busy: {states: {early: {initial: true}, late: {}}}
  slow: {}
  done: {final: true}
events: {go: {}}
resources:
  credit: {held_in: busy, amount: amount, of: customer, limit: customer.limit}
  paper: {held_in: slow, take: print_it}
"""
PARCEL = """\
entity: parcel
parent: order
states: {kept: {initial: true}, sent: {final: true}}
events: {send: {}}
transitions: {send: {from: kept, to: sent, event: send}}
resources: {stock: {held_in: kept, take: allocate, spend_on: sent}}
"""
NOTE = """\
entity: note
parent: order
states: {open: {initial: true}, closed: {final: true}}
events: {close: {}}
transitions: {close: {from: open, to: closed, event: close}}
"""
CUSTOMER = """\
entity: customer
fields: {limit: {type: money, default: 0}}
states: {known: {initial: true, final: true}}
"""
REST = """\
actions: {print_it: {use: print, document: x, content: y}}
warehouses: {hq: {}}
pools: {presale: {of: order, who: line.quantity > 1}}
allocation: {nearest: {of: order}}
"""
WAYS = """\
transitions:
  source: {from: new, to: busy, when: can_source("nearest"), creates: parcels, retry_on: [stock, credit]}
  slow: {from: busy, to: slow, event: go}
  grow: {from: early, to: late, event: go}
  end: {from: slow, to: done, event: go}
"""
RETRY = ", retry_on: [stock, credit]"


def said(check: Check, lifecycle: str, tmp: str = "") -> list[tuple[str, str, str]]:
    """What is found about an order with these holds and transitions."""
    files = {"parcel": PARCEL, "note": NOTE, "customer": CUSTOMER, "rest": REST}
    compiled = check("", order="entity: order\n" + HEAD + lifecycle + tmp, **files)
    return [
        (item.code, str(item.severity), item.message)
        for item in compiled.diagnostics
        if item.code not in ("OF104", "OF208", "OF403")
    ]


def test_what_says_that_it_waits_is_sound(check_order: Check) -> None:
    assert said(check_order, WAYS) == []


@pytest.mark.parametrize(
    ("retry", "severity", "message"),
    [
        (", retry_on: credit", "error", "`source` asks for stock, and nothing would look again"),
        (", retry_on: stock", "warning", "`source` takes `credit`; when there is none"),
    ],
)
def test_half_of_what_it_waits_for(check_order: Check, retry: str, severity: str, message: str) -> None:
    (found,) = said(check_order, WAYS.replace(RETRY, retry))
    assert found[:2] == ("OF106", severity)
    assert message in found[2]


@pytest.mark.parametrize(
    ("transition", "findings"),
    [
        # asks and does not wait
        ('{from: new, to: slow, when: \'available("hq", "A") > 3\', before: source}', ["`x` asks for stock"]),
        ('{from: new, to: slow, when: \'amount > 5 and can_take("credit")\', before: source}', ["`x` asks for `credit`"]),
        ('{from: new, to: slow, after: 1h, when: can_source("nearest")}', ["`x` asks for stock"]),
        ('{from: new, to: slow, when: \'not (amount > 5 or not can_take("credit"))\', before: source}', ["`x` asks for `credit`"]),
        # more of it would not make it true
        ('{from: new, to: slow, when: not can_source("nearest")}', []),
        ('{from: new, to: slow, when: \'amount > 5 and not can_take("credit")\', before: source}', []),
        # an event looks again whenever somebody sends it
        ('{from: new, to: slow, event: go, when: can_source("nearest")}', []),
        ('{from: new, to: slow, when: \'available("hq", "A") > 3\', before: source, retry_on: stock}', []),
        ('{from: new, to: slow, when: \'(not can_source("nearest")) == (amount > 5)\', before: source}', ["`x` asks for stock"]),
        # it has it already
        ("{from: early, to: late, when: amount > 5}", []),
        # waits for nothing
        ("{from: new, to: slow, when: amount > 5, before: source, retry_on: stock}", ["`x` waits for stock, but takes none"]),
        ("{from: new, to: slow, when: amount > 5, before: source, retry_on: credit}", ["`x` waits for `credit`, but takes none"]),
        ("{from: slow, to: busy, when: amount > 5, retry_on: credit}", []),
        ("{from: slow, to: busy, when: amount > 5}", ["`x` takes `credit`"]),
        # moves that need free units
        ("{from: new, to: slow, when: amount > 5, before: source, moves: [{damage: {of: lines, at: store}}]}", ["`x` takes stock"]),
        ("{from: new, to: slow, when: amount > 5, before: source, retry_on: stock, moves: [{pool: {of: lines, at: hq, pool: presale}}]}", []),
        ("{from: new, to: slow, when: amount > 5, before: source, moves: [{receive: {of: lines, at: hq}}]}", []),
    ],
)  # fmt: skip
def test_a_transition(check_order: Check, transition: str, findings: list[str]) -> None:
    found = said(check_order, f"{WAYS}  x: {transition}\n")
    assert len(found) == len(findings), found
    for (code, _, message), wanted in zip(found, findings, strict=True):
        assert code == "OF106"
        assert wanted in message


@pytest.mark.parametrize(
    ("hold", "findings"),
    [
        ('{in: new, when: not can_take("credit"), retry_on: credit}', []),
        ('{in: new, when: not can_take("credit")}', [("error", "hold `h` asks for `credit`")]),
        ('{in: new, when: not can_source("nearest"), retry_on: credit}', [("error", "hold `h` asks for stock"), ("warning", "hold `h` waits for `credit`")]),
        ('{in: new, when: amount > 5, retry_on: stock}', [("warning", "hold `h` waits for stock")]),
        ("{in: new, when: true}", [("warning", "hold `h` is always on")]),
        ("{in: new, when: false}", [("warning", "hold `h` is never on")]),
        ("{in: new, when: amount > 5}", []),
    ],
)  # fmt: skip
def test_a_hold(check_order: Check, hold: str, findings: list[tuple[str, str]]) -> None:
    found = said(check_order, WAYS, f"holds:\n  h: {hold}\n")
    assert [item[1] for item in found] == [severity for severity, _ in findings], found
    for (_, _, message), (_, wanted) in zip(found, findings, strict=True):
        assert wanted in message


@pytest.mark.parametrize(
    ("ways", "findings"),
    [
        # an internal transition comes to rest when what it does turns its condition
        ("  x: {from: busy, when: 'not some(notes, is_open())', creates: notes}\n", []),
        ("  x: {from: busy, when: 'some(notes, is_open())', tell: {notes: close}}\n", []),
        ('  x: {from: busy, when: can_source("nearest"), creates: parcels, retry_on: stock}\n', []),
        ("  x: {from: busy, when: amount > 5, creates: notes}\n", ["`x` is automatic and leaves no state"]),
        ("  x: {from: busy, at_once: true, creates: notes}\n", ["`x` is automatic and leaves no state"]),
        # one that holds what the other waits for
        (
            '  x: {from: slow, to: busy, when: can_take("credit"), retry_on: credit}\n'
            '  y: {from: busy, to: slow, when: not can_take("credit")}\n',
            ["could go round without end: `early` → `slow` → `early`"],
        ),
        (
            "  x: {from: slow, to: busy, when: customer.limit > 5, retry_on: credit}\n"
            "  y: {from: busy, to: slow, when: customer.limit <= 5}\n",
            [],
        ),
    ],
)
def test_circles(check_order: Check, ways: str, findings: list[str]) -> None:
    found = said(check_order, WAYS + ways)
    assert len(found) == len(findings), found
    for (code, _, message), wanted in zip(found, findings, strict=True):
        assert code == "OF207"
        assert wanted in message


@pytest.mark.parametrize(
    ("guard", "found"),
    [
        ("{from: new, to: slow, before: source, when: 'day(now) == today'}", ["error"]),
        ("{from: new, to: slow, when: 'day(now) == today', otherwise: true}", ["error"]),
        ("{from: new, to: slow, after: 1h, when: 'day(now) == today'}", ["warning"]),
        ("{from: new, to: slow, event: go, when: 'day(now) == today'}", []),
        ("{from: new, to: slow, before: source, when: 'time_in(\"new\") > hours(1)'}", []),
    ],
)
def test_the_clock(check_order: Check, guard: str, found: list[str]) -> None:
    assert [item[1] for item in said(check_order, f"{WAYS}  x: {guard}\n")] == found


def test_the_clock_in_queues(check_order: Check) -> None:
    order = "entity: order\n" + HEAD + WAYS
    files = {"order": order, "parcel": PARCEL, "note": NOTE, "customer": CUSTOMER, "rest": REST}
    for condition, codes in (('time_in("new") > hours(1)', set()), ("day(now) == today", {"OF106"})):
        compiled = check_order("", **files, more=f"queues:\n  q: {{of: order, when: '{condition}'}}\n")
        assert {item.code for item in compiled.diagnostics} - {"OF104", "OF208", "OF403"} == codes


def test_the_clock_in_tags(check_order: Check) -> None:
    order = "entity: order\n" + HEAD + WAYS
    files = {"order": order, "parcel": PARCEL, "note": NOTE, "rest": REST}
    for condition, codes in (("limit > 5 and today > day(since)", set()), ("day(now) == today", {"OF106"})):
        customer = CUSTOMER.replace(
            "fields: {", "fields: {since: {type: datetime, default: 2026-02-03T09:00:00}, "
        )
        customer += f"tags:\n  t: {{when: '{condition}'}}\n"
        compiled = check_order("", **files, customer=customer)
        assert {item.code for item in compiled.diagnostics} - {"OF104", "OF208", "OF403"} == codes
