"""Calendars: which days of the week are worked, which holidays are not, and which days off are worked instead."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ListNode, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.diagnostics import Fix, Label, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.calendars import WEEK, WEEKEND, Workdays, workdays_of
from orderflow.expr.literals import valid_date
from orderflow.model.policies import Calendar

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_NEARLY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})", re.ASCII)
_RANGE = re.compile(r"(.*?)\s+to\s+(.*)", re.DOTALL)
_DAY = timedelta(days=1)
#: The most days in a row, and the most that a list is looked through for: more than the years 1970 to 2199 have.
_LONGEST, _MOST = 366, 200_000
_EXAMPLE = Message("write such as `2026-10-01`, or `2026-10-01 to 2026-10-07`")
_A_DAY = (
    Message("a Monday"),
    Message("a Tuesday"),
    Message("a Wednesday"),
    Message("a Thursday"),
    Message("a Friday"),
    Message("a Saturday"),
    Message("a Sunday"),
)
#: Where each day stands.
_Days = dict[date, ScalarNode]


def compile_calendars(parts: Mapping[str, Part], report: Report) -> dict[str, Calendar]:
    """The calendars, those with faults too: what could be read of them.

    Args:
        parts: their documents by name.
        report: where the findings go.
    """
    made = {}
    for name, part in parts.items():
        check_name(Message("calendar"), part.key, report)
        made[name] = Calendar(name, part.text("label") or name, _workdays(part, report), part.span)
    return made


def _workdays(part: Part, report: Report) -> Workdays:
    weekend = _weekend(part, report)
    off, on = _days(part, "off", report), _days(part, "on", report)
    _both(off, on, report)
    made = workdays_of(part.name, weekend, off, on)
    if part.intact:
        _idle(part, "off", off, made, report)
        _idle(part, "on", {day: node for day, node in on.items() if day not in off}, made, report)
    return made


def _weekend(part: Part, report: Report) -> tuple[str, ...]:
    if part.node.get("weekend") is None:
        return WEEKEND
    named = tuple(node.value for node in part.scalars("weekend"))
    if not set(WEEK) <= set(named):
        return named
    entry = part.node.entry("weekend")
    span = part.span if entry is None else entry.key.span
    text = Message("`{name}` has no working day: its `weekend` takes the whole week", name=part.name)
    report.error("OF107", text, span, NOTHING, Message("leave at least one day of the week out of `weekend`"))
    return WEEKEND


def _days(part: Part, key: str, report: Report) -> _Days:
    """The days of `off` or `on`, each with where it stands."""
    found: _Days = {}
    looked = 0
    for place, node in enumerate(part.scalars(key)):
        days = _listed(node, report)
        looked += len(days)
        if looked > _MOST:
            text = Message("`{key}` names days again and again", key=key)
            report.error("OF105", text, node.span, NOTHING, Message("name each day once"))
            break
        again = [day for day in days if day in found]
        if again:
            text = Message("`{day}` stands twice in `{key}`", day=again[0].isoformat(), key=key)
            labels = (Label(found[again[0]].span, Message("first here")),)
            fix = (
                _removed(part, key, place) if len(again) == len(days) else Fix(Message("shorten one of them"))
            )
            report.warning("OF105", text, node.span, Message("again here"), fix, labels)
        for day in days:
            found.setdefault(day, node)
    return found


def _listed(node: ScalarNode, report: Report) -> list[date]:
    """The days that one item names: a date, or the dates from one to another."""
    parts = _RANGE.fullmatch(node.value.strip())
    ends = [_date(text, node, report) for text in (parts.groups() if parts else (node.value.strip(),))]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        return []
    if last < first:
        text = Message("`{value}` ends before it begins", value=node.value)
        report.error("OF102", text, node.span, NOTHING, replace_scalar(node, f"{last} to {first}"))
        return []
    if (last - first).days >= _LONGEST:
        text = Message("`{value}` is longer than a year", value=node.value)
        report.error("OF102", text, node.span, NOTHING, Message("name the days of each year by themselves"))
        return []
    return [first + _DAY * number for number in range((last - first).days + 1)]


def _date(text: str, node: ScalarNode, report: Report) -> date | None:
    """The day of the calendar that a text names; the first that is none is reported."""
    match = _DATE.fullmatch(text)
    if match is None:
        nearly = _NEARLY.fullmatch(text)
        fix: Fix | Message = _EXAMPLE
        if nearly is not None and valid_date(int(nearly[1]), int(nearly[3]), int(nearly[4])) is not None:
            better = f"{nearly[1]}-{int(nearly[3]):02}-{int(nearly[4]):02}"
            fix = replace_scalar(node, node.value.strip().replace(text, better, 1))
        report.error("OF102", Message("`{text}` is no date", text=text), node.span, NOTHING, fix)
        return None
    day = valid_date(int(match[1]), int(match[2]), int(match[3]))
    if day is None:
        message = Message("there is no day {text} in the years 1970 to 2199", text=text)
        report.error("OF102", message, node.span, NOTHING, _EXAMPLE)
    return day


def _both(off: _Days, on: _Days, report: Report) -> None:
    """No day is both worked and not; what was said of several days together is reported once."""
    told: set[Span] = set()
    for day, node in on.items():
        other = off.get(day)
        if other is None or node.span in told:
            continue
        told.add(node.span)
        text = Message("{day} is both worked and not: it stands in `on` and in `off`", day=day.isoformat())
        label = Label(other.span, Message("not worked"))
        report.error(
            "OF209", text, node.span, Message("worked"), Message("remove it from one of them"), (label,)
        )


def _idle(part: Part, key: str, days: _Days, calendar: Workdays, report: Report) -> None:
    """Days that are as the week has them anyway."""
    changing = {days[day].span for day in days if calendar.works(day.weekday()) is (key == "off")}
    firsts: dict[Span, date] = {}
    for day, node in days.items():
        firsts.setdefault(node.span, day)
    for place, node in enumerate(part.scalars(key)):
        if node.span in changing or node.span not in firsts:
            continue
        name = _A_DAY[firsts[node.span].weekday()]
        text = (
            Message(
                "`{value}` in `off` changes nothing: it is {day}, which is no working day",
                value=node.value,
                day=name,
            )
            if key == "off"
            else Message(
                "`{value}` in `on` changes nothing: it is {day}, which is a working day",
                value=node.value,
                day=name,
            )
        )
        report.warning("OF104", text, node.span, Message("changes nothing"), _removed(part, key, place))


def _removed(part: Part, key: str, place: int) -> Fix:
    """The repair that takes an item out of a list in brackets; in words where it stands on a line of its own, or alone."""
    words = Message("remove it")
    node = part.node.get(key)
    if not isinstance(node, ListNode) or not node.flow or len(node.items) < 2:
        return Fix(words)
    here = node.items[place].span
    if place:
        before = node.items[place - 1].span
        return Fix(
            words, Span(here.file, before.end_line, before.end_column, here.end_line, here.end_column), ""
        )
    after = node.items[1].span
    return Fix(words, Span(here.file, here.line, here.column, after.line, after.column), "")
