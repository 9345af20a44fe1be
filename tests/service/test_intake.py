"""Orders from dirty files: each fault with its place and its repair, and everything sound still runs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import RuleSet
from orderflow.model.event import Event
from orderflow.model.stock import Position
from orderflow.service.intake import read_orders, read_stock
from orderflow.service.memory import MemoryStorage
from orderflow.service.plan import Plan
from orderflow.service.ports import StockRow
from orderflow.service.report import RunReport
from orderflow.service.run import Job, run
from orderflow.testing.snapshot import snapshot

SHOP = """
entity: order
key: number
fields:
  number: {type: text, changes: never}
  kind: {type: choice, options: [web, shop], changes: never}
  due: {type: money, at_least: 0, changes: never}
  note: {type: text, optional: true}
  placed: {type: datetime, changes: never}
  paid: {type: datetime, optional: true, changes: once}
  sent: {type: datetime, optional: true, changes: once}
states: {new: {initial: true}, paid: {}, sent: {final: true}}
events: {hurry: {by: [desk], data: {hours: integer, why: {type: text, optional: true}}}}
transitions:
  pay: {from: new, to: paid, when: paid is not None}
  send: {from: paid, to: sent, when: sent is not None}
  hurry: {from: [new, paid], event: hurry}
"""
CHANNELS = """
channels:
  web:
    of: order
    columns: {number: Number, kind: Kind, due: Due, note: Note, placed: Placed, paid: Paid, sent: Sent}
    submitted: placed
    then: [paid, sent]
    ignore: [Rest]
warehouses: {main: {level: central}}
"""
HEADER = "Number,Kind,Due,Note,Placed,Paid,Sent"
GOOD = "g1,web,10,,2026-02-03 09:00:00,2026-02-03 10:00:00,2026-02-04 08:00:00"
ALSO = "g2,shop,10.50,hello,2026-02-03T09:30:00+01:00,,"


@pytest.fixture
def rules(link_rules: Callable[..., RuleSet]) -> RuleSet:
    return link_rules(order=SHOP, more=CHANNELS)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str | bytes, header: str = HEADER, name: str = "in.csv") -> Path:
        path = tmp_path / name
        lines = [header, *rows] if header else list(rows)
        path.write_bytes(b"".join((row if isinstance(row, bytes) else row.encode()) + b"\n" for row in lines))
        return path

    return write


def faults(plan: Plan | RunReport) -> list[tuple[int, int, str]]:
    return [(line.line, line.column, line.message) for line in plan.rejected]


def ids(plan: Plan) -> set[str]:
    return {item.event.target for item in plan.events if isinstance(item.event, Event)}


# ---- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("x,web,1,,yesterday,,", 10, "`placed` must be a date with a time such as `2026-02-03T09:00:00`"),
        ("x,web,1,,2026-02-30 09:00:00,,", 10, "`placed` must be a date with a time"),
        ("x,web,1,,2026-02-03,,", 10, "`placed` needs a time of day as well: write `2026-02-03T00:00:00`"),
        ("x,web,1,,2026-02-03 09:00:00,soon,", 30, "`paid` must be a date with a time"),
        ("x,wbe,1,,2026-02-03 09:00:00,,", 3, "`kind` must be one of `web`, `shop`, not `wbe`; did you mean"),
        ("x,,1,,2026-02-03 09:00:00,,", 3, "`kind` is missing; give it a value"),
        ("x,web,-1,,2026-02-03 09:00:00,,", 7, "`due` must be at least 0"),
        ("x,web,1.005,,2026-02-03 09:00:00,,", 7, "`due` must have at most 2 places"),
        ("x,web,NaN,,2026-02-03 09:00:00,,", 7, "`due` must be a number such as `12.50`"),
        (",web,1,,2026-02-03 09:00:00,,", 1, "`number` is missing; give it a value"),
        ("   ,web,1,,2026-02-03 09:00:00,,", 1, "`number` is missing; give it a value"),
        ("a/b,web,1,,2026-02-03 09:00:00,,", 1, "`number` may not hold `/`"),
        ("x,web,1,,,,", 10, "`placed` is missing; give it a value"),
        ("x,web,1,a\x07b,2026-02-03 09:00:00,,", 9, "`note` must not hold control characters"),
        ('x,web,1,"a\nb",nonsense,,', 4, "`placed` must be a date with a time"),
        ("订单,web,1,说明,nonsense,,", 13, "`placed` must be a date with a time"),
        ("x,web,1", 1, "has 3 cells, the header has 7; mend the row"),
        ("x,web,1,,2026-02-03 09:00:00,,,,", 1, "has 9 cells, the header has 7; mend the row"),
    ],
)
def test_a_faulty_row_is_rejected_whole_and_the_rest_runs(
    rules: RuleSet, file: Callable[..., Path], row: str, column: int, says: str
) -> None:
    path = file(GOOD, row, ALSO)
    report = run(rules, MemoryStorage(), Job(path))
    ((line, at, message),) = faults(report)
    assert (line, at) == (3 + row.count("\n"), column)
    assert message.startswith(says)
    assert report.rejected[0].file == path.as_posix()
    assert (report.orders, report.events) == (2, 4)


def test_every_fault_of_a_row_is_told(rules: RuleSet, file: Callable[..., Path]) -> None:
    plan = read_orders(rules, file("x,wbe,1,,never,,", ",,,,,2026-02-03 09:00:00,"))
    assert [(line, column, says.split("`")[1]) for line, column, says in faults(plan)] == [
        (2, 3, "kind"),
        (2, 10, "placed"),
        (3, 2, "kind"),
        (3, 3, "due"),
        (3, 5, "placed"),
    ]
    assert plan.events == []


def test_blanks_in_a_cell_are_no_value_and_blank_rows_no_rows(
    rules: RuleSet, file: Callable[..., Path]
) -> None:
    report = run(
        rules, MemoryStorage(), Job(file("", GOOD, ",,,,,,", "  ", "g3,web,1, ,2026-02-03 09:00, , "))
    )
    assert (report.orders, report.events, report.rejected) == (2, 4, ())


def test_a_moment_with_an_offset_is_taken_by_it(rules: RuleSet, file: Callable[..., Path]) -> None:
    plan = read_orders(rules, file(GOOD, ALSO))
    assert plan.events[0].at == datetime(2026, 2, 3, 1, 0, tzinfo=UTC)
    assert [item.at for item in plan.events if item.line == 3] == [datetime(2026, 2, 3, 8, 30, tzinfo=UTC)]


def test_events_are_played_in_the_order_of_time_and_none_before_its_submit(
    rules: RuleSet, file: Callable[..., Path]
) -> None:
    plan = read_orders(
        rules,
        file(
            "late,web,1,,2026-02-03 12:00:00,2026-02-03 14:00:00,2026-02-03 13:00:00",
            "odd,web,1,,2026-02-03 11:00:00,2026-02-03 10:00:00,2026-02-03 13:30:00",
            "tie,web,1,,2026-02-03 12:00:00,2026-02-03 12:00:00,2026-02-03 12:00:00",
        ),
    )
    played = [
        (item.event.target, *item.event.data) if item.event.kind == "update" else (item.event.target,)
        for item in plan.events
        if isinstance(item.event, Event)
    ]
    assert played == [
        ("odd",),
        ("odd", "paid"),  # it came before the submit, and keeps its own moment
        ("late",),
        ("tie",),
        ("tie", "paid"),
        ("tie", "sent"),
        ("late", "sent"),
        ("odd", "sent"),
        ("late", "paid"),
    ]
    assert plan.events[1].at == datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


# ---- one order, one row ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "second",
    [
        GOOD,
        "g1,shop,99,other,2026-02-05 09:00:00,2026-02-06 09:00:00,2026-02-07 09:00:00",
        "g1,web,10,,2026-02-01 09:00:00,2026-02-01 10:00:00,",
    ],
)
def test_a_second_row_of_an_order_never_mixes_with_the_first(
    rules: RuleSet, file: Callable[..., Path], second: str
) -> None:
    storage = MemoryStorage()
    report = run(rules, storage, Job(file(ALSO, "g1,web,10,,2026-02-03 09:00:00,,", second)))
    assert faults(report) == [(4, 1, "`number` `g1` stands in line 3 already; each order has one row")]
    assert report.orders == 2
    first = next(family for family in snapshot(storage).families if family.id == "g1")
    assert (first.root.state, first.root.fields["kind"], first.root.fields["paid"]) == ("new", "web", None)


def test_a_second_row_counts_where_the_first_was_rejected(rules: RuleSet, file: Callable[..., Path]) -> None:
    report = run(rules, MemoryStorage(), Job(file("g1,web,much,,2026-02-03 09:00:00,,", GOOD)))
    assert (report.orders, [line for line, _, _ in faults(report)]) == (1, [2])


# ---- the same file again --------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(rules: RuleSet, file: Callable[..., Path]) -> None:
    storage = MemoryStorage()
    path = file(GOOD, ALSO, "bad,web,1,,,,")
    first = run(rules, storage, Job(path))
    before = snapshot(storage)
    again = run(rules, storage, Job(path))
    assert snapshot(storage) == before
    assert (first.orders, first.states, first.rejected) == (again.orders, again.states, again.rejected)
    assert (again.refused, len(before.journal)) == (0, 4)


def test_a_row_that_has_grown_brings_what_is_new(rules: RuleSet, file: Callable[..., Path]) -> None:
    storage = MemoryStorage()
    run(rules, storage, Job(file("g1,web,10,,2026-02-03 09:00:00,,")))
    report = run(rules, storage, Job(file(GOOD)))
    assert (report.rejected, {line.name: line.count for line in report.states}["sent"]) == ((), 1)
    assert len(snapshot(storage).journal) == 3


@pytest.mark.parametrize(
    ("old", "new"), [("web,10", "web,11"), ("03 10:00", "03 11:00"), ("03 09:00", "03 09:01")]
)
def test_a_row_that_has_changed_is_told_and_changes_nothing(
    rules: RuleSet, file: Callable[..., Path], old: str, new: str
) -> None:
    storage = MemoryStorage()
    run(rules, storage, Job(file(ALSO, GOOD)))
    before = snapshot(storage)
    report = run(rules, storage, Job(file(ALSO, GOOD.replace(old, new))))
    assert old in GOOD
    ((line, column, message),) = faults(report)
    assert (line, column) == (3, 1)
    assert message.startswith("says something else than when it was first played")
    assert snapshot(storage) == before


def test_rows_without_a_key_make_new_orders_each_time(
    link_rules: Callable[..., RuleSet], file: Callable[..., Path]
) -> None:
    """A row's moments go to the order that it made, never to one of an earlier file."""
    shop = SHOP.replace("number: {type: text,", 'number: {type: text, auto: "N{sequence:03}",')
    rules = link_rules(order=shop, more=CHANNELS.replace("number: Number, ", ""))
    storage = MemoryStorage()
    header = HEADER.removeprefix("Number,")
    first, second = "web,1,,2026-02-03 09:00:00,,", "shop,2,,2026-02-04 09:00:00,2026-02-04 10:00:00,"
    for rows in ((first, second), (second, first)):
        report = run(rules, storage, Job(file(*rows, header=header)))
        assert (report.rejected, report.refused) == ((), 0)
    assert [
        (family.id, family.root.fields["kind"], family.root.state) for family in snapshot(storage).families
    ] == [("N001", "web", "new"), ("N002", "shop", "paid"), ("N003", "web", "new"), ("N004", "shop", "paid")]


def test_a_key_that_is_taken_is_passed_over(
    link_rules: Callable[..., RuleSet], file: Callable[..., Path]
) -> None:
    """The number that would be made is taken already: the row gets the next, and changes nothing of that order."""
    shop = SHOP.replace("number: {type: text,", 'number: {type: text, auto: "N{sequence:03}",')
    rules = link_rules(order=shop, more=CHANNELS)
    storage = MemoryStorage()
    run(rules, storage, Job(file("N001,web,1,,2026-02-03 09:00:00,,")))
    report = run(rules, storage, Job(file(",shop,2,,2026-02-04 09:00:00,2026-02-04 10:00:00,")))
    assert (report.refusals, faults(report)) == ({}, [])
    assert [family.id for family in snapshot(storage).families] == ["N001", "N002"]
    assert snapshot(storage).families[0].root.state == "new"


# ---- the table as a whole -------------------------------------------------------------------------------------------


def test_a_missing_column_is_told_with_the_one_that_may_be_meant(
    rules: RuleSet, file: Callable[..., Path]
) -> None:
    path = file(header="Number,Kind,Due,Note,Plced,Sent,Rest")
    with pytest.raises(RecordError) as caught:
        read_orders(rules, path)
    assert caught.value.problems == (
        f"{path}:1:22: channel `web` needs a column `Placed`; the file has `Plced`",
        f"{path}:1:1: channel `web` needs a column `Paid`; the file has none like it",
    )


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(
    rules: RuleSet, file: Callable[..., Path]
) -> None:
    header = "Sent,Colour ,Paid, Placed,Rest,Note,Due,Kind,Number"
    plan = read_orders(rules, file(",red,,2026-02-03 09:00:00,x,,1,web,g1", header=header), "web")
    assert (ids(plan), plan.rejected) == ({"g1"}, [])
    (note,) = plan.notes
    assert note.endswith("in.csv:1: columns not mapped by channel `web`: `Colour`")


def test_an_unknown_channel_is_told_with_the_one_meant(rules: RuleSet, file: Callable[..., Path]) -> None:
    with pytest.raises(RecordError, match="unknown channel `wbe`; did you mean `web`"):
        read_orders(rules, file(GOOD), "wbe")


def test_a_table_that_fits_two_channels_asks_which(
    link_rules: Callable[..., RuleSet], file: Callable[..., Path]
) -> None:
    more = CHANNELS.replace(
        "warehouses:", "  two: {of: order, columns: {placed: Placed}, submitted: placed}\n\nwarehouses:"
    )
    rules = link_rules(order=SHOP, more=more)
    with pytest.raises(
        RecordError, match=r"fits several channels \(`web`, `two`\); name one with `--channel`"
    ):
        read_orders(rules, file(GOOD))
    assert ids(read_orders(rules, file(GOOD), "web")) == {"g1"}


def test_a_rule_set_without_channels_says_so(
    link_rules: Callable[..., RuleSet], file: Callable[..., Path]
) -> None:
    with pytest.raises(RecordError, match="the rule set has no `channels`"):
        read_orders(link_rules(order=SHOP), file(GOOD))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ":1:1: empty"),
        (HEADER.encode() + "\n订单,web".encode("gbk"), ":2:1: not UTF-8"),
        (HEADER.encode() + b"\nx\0,web", ":2:2: holds a zero byte"),
        (HEADER.encode() + b'\nx,"web\n' + GOOD.encode(), ":2:3: not a CSV row"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_anything_runs(
    rules: RuleSet, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    storage = MemoryStorage()
    with pytest.raises(RecordError) as caught:
        run(rules, storage, Job(path))
    assert str(caught.value).startswith(f"{path}{says}")
    assert snapshot(storage).journal == []


def test_a_header_alone_runs_without_orders(rules: RuleSet, file: Callable[..., Path]) -> None:
    report = run(rules, MemoryStorage(), Job(file()))
    assert (report.orders, report.events, report.rejected) == (0, 0, ())


# ---- events as JSON lines -------------------------------------------------------------------------------------------

FIELDS: dict[str, object] = {"kind": "web", "due": 10, "placed": "2026-02-03T09:00:00"}
SUBMIT: dict[str, object] = {
    "submit": "order",
    "id": "j1",
    "at": "2026-02-03T09:00:00",
    "event_id": "j1:submit",
    "fields": FIELDS,
}
PAY: dict[str, object] = {
    "update": "j1",
    "at": "2026-02-03T10:00:00",
    "event_id": "j1:pay",
    "fields": {"paid": "2026-02-03T10:00:00"},
}


def jsonl(file: Callable[..., Path], *lines: object) -> Path:
    rows = [line if isinstance(line, str | bytes) else json.dumps(line) for line in lines]
    return file(*rows, header="", name="in.jsonl")


AT = '"at": "2026-02-03T11:00:00"'


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ("{", 2, "is not JSON: expecting property name"),
        ('{"submit": "order" "id": 1}', 20, "is not JSON: expecting ',' delimiter"),
        ('{"订单": }', 8, "is not JSON: expecting value"),
        ("nonsense", 1, "is not JSON: expecting value"),
        ('{"a": 1} {"b": 2}', 10, "is not JSON: extra data"),
        ("[" * 100_000, 1, "is not JSON: too deeply nested; mend the line"),
        (
            '{"submit": "order", "fields": {"note": ' + "[" * 40 + "]" * 40 + "}}",
            1,
            "is not JSON: too deeply",
        ),
        ('{"due": ' + "1" * 5000 + "}", 1, "is not JSON: a number is too long; mend the line"),
        (b'{"submit": "\xff"}', 1, "is not UTF-8; save the file as UTF-8"),
        ("{}".encode("utf-16"), 1, "is not UTF-8; save the file as UTF-8"),
        ("[]", 1, "must be a JSON object with one event"),
        ("3", 1, "must be a JSON object with one event"),
        ("{}", 1, "must hold one of `submit`, `send`, `update`, `receive`"),
        ('{"submit": "order", "send": "hurry"}', 1, "must hold one of"),
        ('{"hold": "1", "at": "2026-02-03T08:00:00"}', 1, "`name` is missing; name the hold"),
        ('{"release": "1", "at": "2026-02-03T08:00:00"}', 1, "`name` is missing; name the hold"),
        ('{"hold": "1", "name": "x", "reasn": "y"}', 1, "unknown key `reasn`; did you mean `reason`"),
        ('{"hold": ["1"], "name": "x"}', 1, "`hold` must be a text"),
        ('{"handover": "q", "at": "2026-02-03T08:00:00"}', 1, "`to` is missing; name the record"),
        ('{"submit": "order", "fileds": {}}', 1, "unknown key `fileds`; did you mean `fields`"),
        ('{"update": "j1", "data": {}}', 1, "unknown key `data`"),
        ('{"update": "j1", "fields": []}', 1, "`fields` must be an object"),
        ('{"send": "hurry", "to": "j1", "data": 3}', 1, "`data` must be an object"),
        ('{"receive": ["A"]}', 1, "`receive` must be an object"),
        ('{"send": "hurry", "data": {}}', 1, "`to` is missing; name the record"),
        ('{"send": "hurry", "to": null}', 1, "`to` must be a text; put it in quotes, or leave it out"),
        ('{"update": "j1", "event_id": null}', 1, "`event_id` must be a text"),
        ('{"update": "j1", "as": ["desk"]}', 1, "`as` must be a text"),
        ('{"update": "j1", "reason": null}', 1, "`reason` must be a text"),
        ('{"submit": null}', 1, "`submit` must be a text"),
        ('{"submit": "order", "id": [1]}', 1, "`id` must be a text"),
        ('{"submit": "order", "id": true}', 1, "`id` must be a text"),
        (r'{"update": "j\ud800"}', 1, "holds half a character"),
        ('{"update": "j1"}', 1, "`at` is missing; say when it happened"),
        ('{"update": "j1", "at": "noon"}', 1, "`at` must be a date with a time"),
        ('{"update": "j1", "at": 5}', 1, "`at` must be a date with a time"),
        ('{"update": "j1", "at": NaN}', 1, "`at` must be a date with a time"),
        # what only the engine can tell
        ('{"update": "j9", @}', 1, "there is no record `j9`"),
        ('{"send": "hurry", "to": "j9", @}', 1, "there is no record `j9`"),
        ('{"submit": "ordre", @}', 1, "unknown entity `ordre`; did you mean `order`"),
        ('{"update": "j1", @, "fields": {"piad": 1}}', 1, "unknown field `piad`; did you mean `paid`"),
        ('{"send": "hurry", "to": "j1", @}', 1, "event `hurry`: `hours` is missing"),
        (
            '{"send": "hurry", "to": "j1", @, "data": {"hous": 1, "hours": 1}}',
            1,
            "unknown datum `hous`",
        ),
        ('{"receive": {"man": {"A": 1}}, @}', 1, "unknown warehouse `man`; did you mean `main`"),
        ('{"receive": {"main": {"A": -1}}, @}', 1, "units of `A` must be a whole number above 0"),
        ('{"receive": {"main": {"A": true}}, @}', 1, "units of `A` must be a whole number"),
        ('{"receive": {"main": {"A": 1e3}}, @}', 1, "units of `A` must be a whole number"),
        ('{"receive": {"main": {"A": 1000000000000}}, @}', 1, "units of `A` must be a whole number"),
        ('{"receive": {"main": 3}, @}', 1, "`receive` must be {warehouse: {sku: units}}"),
    ],
)
def test_a_broken_line_is_rejected_and_the_rest_runs(
    rules: RuleSet, file: Callable[..., Path], line: str | bytes, column: int, says: str
) -> None:
    if isinstance(line, str):
        line = line.replace("@", AT)
    report = run(rules, MemoryStorage(), Job(jsonl(file, SUBMIT, line, "", PAY)))
    ((number, at, message),) = faults(report)
    assert (number, at) == (2, column)
    assert message.startswith(says)
    assert {state.name: state.count for state in report.states} == {"new": 0, "paid": 1, "sent": 0}


def test_a_refused_event_is_counted_and_journaled(rules: RuleSet, file: Callable[..., Path]) -> None:
    hurry = {
        "send": "hurry",
        "as": "warehouse",
        "to": "j1",
        "at": "2026-02-03T11:00:00",
        "data": {"hours": 3},
    }
    storage = MemoryStorage()
    report = run(rules, storage, Job(jsonl(file, SUBMIT, hurry, {**hurry, "as": "desk"})))
    assert (report.refusals, report.refused, report.rejected) == ({"not_allowed": 1}, 1, ())
    assert [entry.accepted for entry in snapshot(storage).journal] == [True, False, True]


def test_lines_with_ids_are_played_once(rules: RuleSet, file: Callable[..., Path]) -> None:
    storage = MemoryStorage()
    path = jsonl(file, SUBMIT, PAY, SUBMIT)
    for _ in range(2):
        report = run(rules, storage, Job(path))
        assert (report.rejected, len(snapshot(storage).journal)) == ((), 2)
    changed = {**SUBMIT, "fields": {**FIELDS, "due": 11}}
    report = run(rules, storage, Job(jsonl(file, changed, {**PAY, "at": "2026-02-03T10:00:01"})))
    assert [(line, says[:14]) for line, _, says in faults(report)] == [
        (1, "says something"),
        (2, "says something"),
    ]
    assert len(snapshot(storage).journal) == 2


def test_a_file_without_ids_is_applied_once_receipts_and_all(
    rules: RuleSet, file: Callable[..., Path]
) -> None:
    receipt = {"receive": {"main": {"A": 3}}, "at": "2026-02-03T08:00:00"}
    bare = [{key: value for key, value in line.items() if key != "event_id"} for line in (SUBMIT, PAY)]
    storage = MemoryStorage()
    for lines, on_hand, entries in (
        ([receipt, receipt, *bare], 6, 2),  # the same words twice in a file are two receipts
        ([receipt, receipt, *bare], 6, 2),
        ([receipt, receipt, *bare, receipt], 9, 2),  # a file that has grown brings what is new
    ):
        report = run(rules, storage, Job(jsonl(file, *lines)))
        assert report.rejected == ()
        assert [row.position.on_hand for row in snapshot(storage).positions] == [on_hand]
        assert len(snapshot(storage).journal) == entries


def test_lines_are_played_in_the_order_of_time(rules: RuleSet, file: Callable[..., Path]) -> None:
    report = run(rules, MemoryStorage(), Job(jsonl(file, b"\xef\xbb\xbf" + json.dumps(PAY).encode(), SUBMIT)))
    assert (report.rejected, report.orders) == ((), 1)
    assert report.now == datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


# ---- opening stock --------------------------------------------------------------------------------------------------


def test_stock_is_read_once_and_added_up(rules: RuleSet, file: Callable[..., Path]) -> None:
    stock = file("main,A,3", "main,B,0", "main,A,2", header="warehouse,sku,on_hand", name="stock.csv")
    storage = MemoryStorage()
    for _ in range(2):
        run(rules, storage, Job(file(GOOD), stock=stock))
        assert snapshot(storage).positions == [StockRow("main", "A", Position(on_hand=5))]


def test_every_fault_of_the_stock_is_told_with_its_place(file: Callable[..., Path]) -> None:
    rows = (
        ",A,3",
        "main,,3",
        "main,A,-1",
        "main,A,1.5",
        "main,A,",
        "main,A",
        "main,A,²",
        "main,A," + "1" * 5000,
    )
    path = file(*rows, header="warehouse,sku,on_hand", name="stock.csv")
    with pytest.raises(RecordError) as caught:
        read_stock(path)
    places = [problem.removeprefix(f"{path}:").split(": ")[0] for problem in caught.value.problems]
    assert places == ["2:1", "3:6", "4:8", "5:8", "6:8", "7:7", "8:8", "9:8"]
    assert "a whole number of units below 1,000,000,000; mend the row" in caught.value.problems[0]


def test_a_missing_column_of_the_stock_is_told(file: Callable[..., Path]) -> None:
    path = file(header="warehouse,units", name="stock.csv")
    with pytest.raises(RecordError) as caught:
        read_stock(path)
    assert caught.value.problems == (
        f"{path}:1:1: the column `sku` is missing; add it",
        f"{path}:1:1: the column `on_hand` is missing; add it",
    )
