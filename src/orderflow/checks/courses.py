"""Outputs of a table that shall only rise or only fall while what its rows compare rises (OF303)."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from orderflow.checks.boxes import Space
from orderflow.checks.finding import error, warning
from orderflow.checks.inputs import Formula
from orderflow.checks.witness import in_words, output
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message
from orderflow.model.policies import Course, Table, TableRow

#: The most combinations that are gone through one by one.
_MOST = 100_000


def check_courses(
    table: Table, space: Space, conditions: Sequence[Formula], zone: tzinfo
) -> Iterator[Diagnostic]:
    """Findings about what a table says under `rising` and `falling`.

    Args:
        table: the table.
        space: what its conditions ask about.
        conditions: those of the rows that have one, in order.
        zone: the time zone of moments.
    """
    if not table.courses:
        return
    lines = [place for place, each in enumerate(space.inputs) if each.starts and each.free]
    unknown = next((each for each in space.inputs if not each.free), None)
    if not lines or unknown is not None or space.size > _MOST:
        for course in table.courses:
            yield _unchecked(table, course, unknown.text if unknown is not None else None, large=bool(lines))
        return
    chosen = _chosen(table, space, conditions)
    for course in table.courses:
        found = next((turn for place in lines for turn in _turns(space, chosen, course, place, zone)), None)
        if found is not None:
            yield found


def _unchecked(table: Table, course: Course, text: str | None, *, large: bool) -> Diagnostic:
    if text is not None:
        why = Message("its rows ask for `{text}`, which is not told apart by values", text=text)
    elif large:
        why = Message("its rows tell too many cases apart")
    else:
        why = Message("its rows compare no number, date or duration")
    said = _said(course)
    message = Message("`{said}` of `{table}` cannot be checked: {why}", said=said, table=table.name, why=why)
    return warning(
        "OF303", message, course.span, Message("compare single values with constants, or remove it")
    )


def _said(course: Course) -> str:
    return f"{'falling' if course.falls else 'rising'}: {course.output}"


def _chosen(table: Table, space: Space, conditions: Sequence[Formula]) -> list[TableRow | None]:
    """The row that each combination gets."""
    last = table.rows[-1] if table.rows[-1].when is None else None
    chosen = [last] * space.size
    free = space.everything
    given = [row for row in table.rows if row.when is not None]
    for row, condition in zip(given, conditions, strict=True):
        bits = space.truth(condition) & free
        free &= ~bits
        digits = f"{bits:b}"[::-1]
        position = digits.find("1")
        while position >= 0:
            chosen[position] = row
            position = digits.find("1", position + 1)
    return chosen


def _turns(
    space: Space, chosen: list[TableRow | None], course: Course, place: int, zone: tzinfo
) -> Iterator[Diagnostic]:
    """Where the output turns back along an input, all others staying as they are."""
    found, stride = space.inputs[place], space.strides[place]
    for start in range(space.size):
        if start // stride % found.size:
            continue
        best: TableRow | None = None
        for piece in range(len(found.starts)):
            row = chosen[start + piece * stride]
            if row is None or row.values.get(course.output) is None:
                continue
            if best is not None and _worse(row, best, course):
                same = int("".join("01"[each is row] for each in reversed(chosen)), 2)
                where = in_words(space, space.around(start + piece * stride, same), zone)
                yield _turn(row, best, course, found.text, where)
                return
            best = row


def _worse(row: TableRow, before: TableRow, course: Course) -> bool:
    ours, theirs = row.values[course.output], before.values[course.output]
    less = ours < theirs if not course.falls else ours > theirs  # type: ignore[operator]
    return bool(less)


def _turn(row: TableRow, before: TableRow, course: Course, text: str, where: Message) -> Diagnostic:
    now, then = output(row.values[course.output]), output(before.values[course.output])
    if course.falls:
        message = Message(
            "`{output}` rises from {then} to {now} at ", output=course.output, then=then, now=now
        )
        fix = Message(
            "write {then} or less, or take `{output}` out of `falling`", then=then, output=course.output
        )
    else:
        message = Message(
            "`{output}` falls from {then} to {now} at ", output=course.output, then=then, now=now
        )
        fix = Message(
            "write {then} or more, or take `{output}` out of `rising`", then=then, output=course.output
        )
    labels = (
        Label(before.spans.get(course.output, before.span), Message("for less `{text}`", text=text)),
        Label(course.span, Message("it shall not turn back")),
    )
    return error("OF303", message + where, row.spans.get(course.output, row.span), fix, labels=labels)
