"""Calendars: what they compile to, where they count, and one fault at a time."""

import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.diagnostics import Diagnostic, Severity
from orderflow.expr.calendars import Workdays, add_workdays, is_workday

Compile = Callable[..., Compiled]

ORDER = """\
entity: order
key: id
fields:
  id: text
  paid_on: date
states:
  open: {initial: true}
  late: {final: true}
transitions:
  slow:
    from: open
    to: late
    when: WHEN
"""
BASE = {"off": "2026-10-01 to 2026-10-07, 2026-09-25", "on": "2026-09-20, 2026-10-10"}


def calendar(**keys: str) -> str:
    """A file with one calendar."""
    said = {**BASE, **keys}
    return "calendars:\n  cn:\n" + "".join(f"    {key}: [{value}]\n" for key, value in said.items())


def order(when: str = "workdays(paid_on, today) > 3") -> str:
    return ORDER.replace("WHEN", when)


def days_of(compiled: Compiled, name: str = "cn") -> Workdays:
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    return compiled.definition.calendars[name].days


def marked(found: Diagnostic, compiled: Compiled) -> str:
    """The text that a finding points at."""
    line = compiled.sources[found.span.file].splitlines()[found.span.line - 1]
    return line[found.span.column - 1 : found.span.end_column - 1]


def repaired(found: Diagnostic, compiled: Compiled) -> str:
    """The line with the repair done."""
    assert found.fix is not None
    span = found.fix.span
    if span is None or found.fix.replacement is None:
        return ""
    line = compiled.sources[span.file].splitlines()[span.line - 1]
    return (line[: span.column - 1] + found.fix.replacement + line[span.end_column - 1 :]).strip()


def test_a_calendar(compile_rules: Compile) -> None:
    days = days_of(compile_rules(order=order(), calendars=calendar()))
    worked = [day for day in range(1, 13) if is_workday(days, date(2026, 10, day))]
    assert worked == [8, 9, 10, 12]
    assert is_workday(days, date(2026, 9, 20))
    assert not is_workday(days, date(2026, 9, 25))


@pytest.mark.parametrize(
    ("weekend", "day", "after"),
    [
        ("", date(2026, 9, 18), date(2026, 9, 19)),
        ("friday, saturday", date(2026, 9, 17), date(2026, 9, 20)),
        ("sunday", date(2026, 9, 19), date(2026, 9, 21)),
    ],
)
def test_a_weekend(compile_rules: Compile, weekend: str, day: date, after: date) -> None:
    text = f"calendars:\n  cn: {{label: Working days, weekend: [{weekend}]}}\n"
    assert add_workdays(days_of(compile_rules(order=order(), calendars=text)), day, 1) == after


def test_a_calendar_that_says_nothing(compile_rules: Compile) -> None:
    days = days_of(compile_rules(order=order(), calendars="calendars:\n  cn:\n"))
    assert (days.week, days.off, days.on) == ((0, 1, 2, 3, 4, 5, 5, 5), (), ())


@pytest.mark.parametrize(
    ("keys", "code", "message", "place", "line"),
    [
        ({"off": "2026-10-01, 2026-13-01"}, "OF102", "there is no day 2026-13-01 in the years 1970 to 2199", "2026-13-01", ""),
        ({"off": "2026-10-01, 2200-01-01"}, "OF102", "there is no day 2200-01-01 in the years 1970 to 2199", "2200-01-01", ""),
        ({"off": "2026/10/1"}, "OF102", "`2026/10/1` is no date", "2026/10/1", "off: [2026-10-01]"),
        ({"off": "2026.10.1 to 2026-10-07"}, "OF102", "`2026.10.1` is no date", "2026.10.1 to 2026-10-07", "off: [2026-10-01 to 2026-10-07]"),
        ({"off": "1 October"}, "OF102", "`1 October` is no date", "1 October", ""),
        ({"off": '"2026/10/1"'}, "OF102", "`2026/10/1` is no date", '"2026/10/1"', 'off: ["2026-10-01"]'),
        ({"off": "2026-10-07 to 2026-10-01"}, "OF102", "`2026-10-07 to 2026-10-01` ends before it begins", "2026-10-07 to 2026-10-01", "off: [2026-10-01 to 2026-10-07]"),
        ({"off": "2026-10-01 to 2027-10-02"}, "OF102", "`2026-10-01 to 2027-10-02` is longer than a year", "2026-10-01 to 2027-10-02", ""),
        ({"off": "2026-10-01, 2026-10-02, 2026-10-01"}, "OF105", "`2026-10-01` stands twice in `off`", "2026-10-01", "off: [2026-10-01, 2026-10-02]"),
        ({"off": "2026-10-01 to 2026-10-07, 2026-10-05"}, "OF105", "`2026-10-05` stands twice in `off`", "2026-10-05", "off: [2026-10-01 to 2026-10-07]"),
        ({"off": "2026-10-01 to 2026-10-07, 2026-10-07 to 2026-10-09"}, "OF105", "`2026-10-07` stands twice in `off`", "2026-10-07 to 2026-10-09", ""),
        ({"off": "2026-09-19, 2026-10-01"}, "OF104", "`2026-09-19` in `off` changes nothing: it is a Saturday, which is no working day", "2026-09-19", "off: [2026-10-01]"),
        ({"on": "2026-09-20, 2026-09-21"}, "OF104", "`2026-09-21` in `on` changes nothing: it is a Monday, which is a working day", "2026-09-21", "on: [2026-09-20]"),
        ({"on": "2026-09-21"}, "OF104", "`2026-09-21` in `on` changes nothing: it is a Monday, which is a working day", "2026-09-21", ""),
        ({"on": "2026-09-20, 2026-10-03"}, "OF209", "2026-10-03 is both worked and not: it stands in `on` and in `off`", "2026-10-03", ""),
        ({"weekend": "saturday, sonday"}, "OF101", "`sonday` is not one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`", "sonday", "weekend: [saturday, sunday]"),
        ({"weekend": "monday, tuesday, wednesday, thursday, friday, saturday, sunday", "off": "", "on": ""}, "OF107", "`cn` has no working day: its `weekend` takes the whole week", "weekend", ""),
    ],
)  # fmt: skip
def test_a_fault(
    compile_rules: Compile, keys: dict[str, str], code: str, message: str, place: str, line: str
) -> None:
    compiled = compile_rules(order=order(), calendars=calendar(**keys))
    (found,) = compiled.diagnostics
    assert (found.code, found.message, marked(found, compiled)) == (code, message, place)
    assert found.severity is (Severity.WARNING if code in ("OF104", "OF105") else Severity.ERROR)
    assert repaired(found, compiled) == line


def test_what_stands_on_a_line_of_its_own_is_repaired_in_words(compile_rules: Compile) -> None:
    text = "calendars:\n  cn:\n    off:\n      - 2026-10-01\n      - 2026-10-03  # Saturday\n"
    compiled = compile_rules(order=order(), calendars=text)
    (found,) = compiled.diagnostics
    assert found.fix is not None
    assert (found.fix.message, found.fix.span) == ("remove it", None)


def test_several_calendars(compile_rules: Compile) -> None:
    text = "calendars:\n  cn: {off: [2026-10-01]}\n  de: {off: [2026-10-05]}\n"
    compiled = compile_rules(order=order('workdays(paid_on, today, "de") > 3'), calendars=text)
    assert compiled.definition is not None
    (slow,) = compiled.definition.entities["order"].transitions.values()
    assert slow.when is not None
    assert slow.when.reads.calendars == {"de"}
    compiled = compile_rules(order=order(), calendars=text)
    (found,) = compiled.diagnostics
    assert (found.code, found.message) == ("OF107", "`workdays` does not say which calendar counts")


def test_a_name_that_is_not_known(compile_rules: Compile) -> None:
    compiled = compile_rules(
        order=order('workdays(paid_on, today, "cn_workday") > 3'),
        calendars="calendars:\n  cn_workdays: {off: [2026-10-01]}\n",
    )
    (found,) = compiled.diagnostics
    assert (found.code, marked(found, compiled)) == ("OF101", '"cn_workday"')
    assert [label.span.file for label in found.labels] == ["rules/calendars.yaml"]
    assert repaired(found, compiled).endswith('when: workdays(paid_on, today, "cn_workdays") > 3')


OWNER = """\
entity: customer
key: id
fields:
  id: text
aggregates:
  slow: {label: Slow, of: order, count: 'workdays(paid_on, due_on) > 3', at: placed_at}
tiers:
  rank:
    label: Rank
    of: slow + workdays(date(2026, 9, 30), date(2026, 10, 8))
    levels: {poor: {at_least: 5}, fine: {}}
states: {there: {initial: true, final: true}}
"""
OWNED = """\
entity: order
key: id
fields:
  id: {type: text, label: Id}
  customer: {type: ref customer, label: Customer}
  placed_at: {type: datetime, label: Placed}
  paid_on: {type: date, label: Paid}
  due_on: {type: date, formula: 'add_workdays(paid_on, 3)', at: submit, label: Due}
states: {there: {initial: true, final: true}}
"""


def test_the_only_calendar_counts_in_aggregates_tiers_and_formulas(compile_rules: Compile) -> None:
    compiled = compile_rules(customer=OWNER, order=OWNED, calendars=calendar())
    assert compiled.diagnostics == ()
    assert compiled.definition is not None
    entities = compiled.definition.entities
    value, formula = entities["customer"].aggregates["slow"].value, entities["order"].fields["due_on"].formula
    assert value is not None
    assert formula is not None
    asked = (value, formula, entities["customer"].tiers["rank"].of)
    assert [each.reads.calendars for each in asked] == [{"cn"}] * 3


def test_a_calendar_is_part_of_the_digest(compile_rules: Compile) -> None:
    one = compile_rules(order=order(), calendars=calendar()).definition
    two = compile_rules(order=order(), calendars=calendar(off="2026-10-01")).definition
    assert one is not None
    assert two is not None
    assert one.digest != two.digest


def test_a_rule_set_over_another_replaces_and_drops_calendars(tmp_path: Path) -> None:
    text = "calendars:\n  cn: {off: [2026-10-01]}\n  de: {label: Germany, off: [2026-10-05]}\n"
    head = "ruleset: over\nversion: 1.0.0\nextends: ../base\ndrop: {calendars: [de]}\n"
    files = {
        "base/ruleset.yaml": "ruleset: base\nversion: 1.0.0\ntimezone: Asia/Shanghai\n",
        "base/order.yaml": order('workdays(paid_on, today, "cn") > 3'),
        "base/calendars.yaml": text,
        "over/ruleset.yaml": head,
        "over/calendars.yaml": "calendars:\n  cn: {off: [2026-10-02]}\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    compiled = compile_folder(tmp_path / "over")
    assert list(compiled.definition.calendars if compiled.definition else ()) == ["cn"]
    assert not is_workday(days_of(compiled), date(2026, 10, 2))
    assert is_workday(days_of(compiled), date(2026, 10, 1))


def test_it_is_kept_as_it_is(compile_rules: Compile) -> None:
    definition = compile_rules(order=order(), calendars=calendar()).definition
    assert definition is not None
    assert pickle.loads(pickle.dumps(definition)) == definition


def test_a_list_without_end_is_not_read_to_its_end(compile_rules: Compile) -> None:
    found = compile_rules(
        order=order(), calendars=calendar(off=", ".join(["2026-01-01 to 2027-01-01"] * 1000), on="")
    ).diagnostics
    assert found[-1].message == "`off` names days again and again"
    assert len(found) == 546
