"""Decision tables: values that no row takes (OF301), rows that take the same or nothing (OF302), outputs that turn back (OF303).

The conditions are worked out over every combination of what they ask about (`checks.boxes`). A gap or an overlap is told of
only when a record can be in it for certain, and a row is called superfluous only when none can need it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from orderflow.checks.boxes import Box, Space, space
from orderflow.checks.courses import check_courses
from orderflow.checks.finding import error, warning
from orderflow.checks.inputs import Formula, read
from orderflow.checks.witness import in_words
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.model.definition import Definition
from orderflow.model.policies import Table, TableRow

#: The most gaps that one finding tells of, the most rows it points at, and the most rows of a table that are told of.
_GAPS, _LABELS, _ROWS = 3, 3, 20


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with the conditions of its rows worked out.

    Args:
        table: the table.
        space: what the conditions ask about.
        rows: the rows that have one, in order.
        truths: the combinations that each of them takes.
    """

    table: Table
    space: Space
    rows: tuple[tuple[TableRow, Formula], ...]
    truths: tuple[int, ...]

    def takers(self, position: int) -> Iterator[tuple[TableRow, int]]:
        """The rows that take a combination, each with all that it takes."""
        for (row, _), bits in zip(self.rows, self.truths, strict=True):
            if bits >> position & 1:
                yield row, bits


def check_tables(rules: Definition) -> Iterator[Diagnostic]:
    """Findings about the rows of decision tables."""
    zone = ZoneInfo(rules.timezone)
    for table in rules.tables.values():
        given = [row for row in table.rows if row.when is not None]
        found = read([row.when for row in given if row.when is not None])
        whole = None if found is None else space(found[0], len(given))
        if found is None or whole is None:
            yield from _repeated(table)
            continue
        truths = tuple(whole.truth(formula) for formula in found[1])
        rows = Rows(table, whole, tuple(zip(given, found[1], strict=True)), truths)
        yield from _check(rows, zone)
        yield from check_courses(table, whole, found[1], zone)


def _check(rows: Rows, zone: tzinfo) -> Iterator[Diagnostic]:
    table, space = rows.table, rows.space
    taken = told = 0
    for place, bits in enumerate(rows.truths):
        found = _row(rows, place, bits, taken, zone) if told < _ROWS else None
        taken |= bits
        if found is not None:
            told += 1
            yield found
    if table.hit == "collect" or not rows.rows:
        return
    left = space.everything & ~taken
    last = table.rows[-1]
    if last.when is not None:
        certain = space.certain(left)
        if certain and taken:
            yield _gap(rows, certain, zone)
    elif not left:
        fix = Message(
            "write `otherwise: true` in place of the last condition and remove this row, or correct the conditions"
        )
        text = Message(
            "`otherwise` of `{table}` is never chosen: the rows above take everything", table=table.name
        )
        yield warning("OF302", text, last.span, fix)


def _row(rows: Rows, place: int, bits: int, taken: int, zone: tzinfo) -> Diagnostic | None:
    """What is wrong with a row, given the combinations that it and the rows above it take."""
    table, space, row = rows.table, rows.space, rows.rows[place][0]
    span = row.spans.get("when", row.span)
    if not bits:
        text = Message("a row of `{table}` never fits: nothing meets its condition", table=table.name)
        return warning("OF302", text, span, Message("correct the condition, or remove the row"))
    if table.hit == "collect":
        return None
    both = space.certain(bits & taken) if table.hit == "unique" else 0
    if both:
        position = (both & -both).bit_length() - 1
        takers = [
            (other, space.certain(bits & its)) for other, its in rows.takers(position) if other is not row
        ]
        sure = [(other, shared) for other, shared in takers if shared >> position & 1]
        first, shared = (sure or [(takers[0][0], both)])[0]
        box = space.around(position, shared)
        values = in_words(space, box, zone) if box else Message("everything")
        text = Message("two rows of `{table}` both take {values}", table=table.name, values=values)
        fix = Message(
            "let the conditions exclude each other, or say `hit: first` where the upper row shall count"
        )
        return error("OF302", text, span, fix, labels=(_label(first, Message("this row takes it, too")),))
    if bits & ~taken:
        return None
    above = [other for (other, _), its in zip(rows.rows[:place], rows.truths, strict=False) if its & bits]
    labels = tuple(_label(other, Message("takes what this row would")) for other in above[:_LABELS])
    text = Message("a row of `{table}` is never chosen: the rows above take all of it", table=table.name)
    fix = Message("move it up if it is the exception, correct its condition, or remove it")
    return (error if table.hit == "unique" else warning)("OF302", text, span, fix, labels=labels)


def _label(row: TableRow, text: Message) -> Label:
    return Label(row.spans.get("when", row.span), text)


def _gap(rows: Rows, certain: int, zone: tzinfo) -> Diagnostic:
    """The finding about combinations that no row takes."""
    table, space = rows.table, rows.space
    told: list[Message] = []
    labels: list[Label] = []
    left = certain
    while left and len(told) < _GAPS:
        position = (left & -left).bit_length() - 1
        box = space.around(position, certain)
        told.append(in_words(space, box, zone))
        labels += _beside(rows, box, position)
        left &= ~space.box(box)
    values = joined(told, ", ") + Message(", and more") if left else joined(told, ", nor for ")
    text = Message("`{table}` has no row for {values}", table=table.name, values=values)
    fix = Message("add a row, or `- otherwise: true` as the last one; without values where nothing is meant")
    note = Message("`look_up` gives nothing there")
    return warning("OF301", text, table.span, fix, note, tuple(dict.fromkeys(labels)))


def _beside(rows: Rows, box: Box, position: int) -> Iterator[Label]:
    """The two rows between which a gap in a single input with an order lies."""
    if len(box) != 1:
        return
    ((place, runs),) = box.items()
    found, stride = rows.space.inputs[place], rows.space.strides[place]
    (first, last), at = runs[0], rows.space.pieces(position)[place]
    if len(runs) > 1 or first == 0 or last + 1 >= len(found.starts):
        return
    lower = next(rows.takers(position + (first - 1 - at) * stride), None)
    upper = next(rows.takers(position + (last + 1 - at) * stride), None)
    if lower is not None and upper is not None and lower[0] is not upper[0]:
        yield _label(lower[0], Message("takes what is just below"))
        yield _label(upper[0], Message("takes what is just above"))


def _repeated(table: Table) -> Iterator[Diagnostic]:
    """Rows with one condition, word for word, of a table that is too large to be worked out."""
    seen: dict[str, TableRow] = {}
    for row in table.rows if table.hit != "collect" else ():
        if row.when is None:
            continue
        first = seen.setdefault(" ".join(row.when.source.split()), row)
        if first is not row:
            text = Message(
                "a row of `{table}` is never chosen: the rows above take all of it", table=table.name
            )
            fix = Message("correct its condition, or remove it")
            span = row.spans.get("when", row.span)
            label = (_label(first, Message("takes what this row would")),)
            yield (error if table.hit == "unique" else warning)("OF302", text, span, fix, NOTHING, label)
