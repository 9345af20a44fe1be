"""What is said of generated tables is what trying every record gives."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Literal, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.checks.boxes import MOST, space
from orderflow.checks.inputs import read
from orderflow.checks.tables import check_tables
from orderflow.diagnostics import Diagnostic, Span
from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.scope import Scope
from orderflow.expr.tree import Expression
from orderflow.expr.types import BOOL, DURATION, TEXT_TYPE, Kind, Type, choice, optional
from orderflow.expr.view import View
from orderflow.model.definition import Definition
from orderflow.model.policies import Table, TableRow

SCOPE = Scope(
    "order",
    {
        "n": Type(Kind.INTEGER, lo=0, hi=9),
        "price": Type(Kind.MONEY, lo=Decimal("0"), hi=Decimal("9.99"), places=2, name="EUR"),
        "weight": optional(Type(Kind.DECIMAL, lo=0, hi=20, places=6)),
        "wait": DURATION,
        "channel": choice("web", "phone", "shop"),
        "region": optional(TEXT_TYPE),
        "gift": BOOL,
    },
)
NUMBERS = ("0", "2", "5", "9.5")
TINY = Decimal("0.000001")
#: Values on both sides of everything that a condition can tell apart.
DOMAINS: Mapping[str, tuple[object, ...]] = {
    "n": tuple(range(10)),
    "price": tuple(Decimal(cents) / 100 for each in (0, 200, 500, 950) for cents in (each - 1, each, each + 1) if cents >= 0),
    "weight": (None, *(Decimal(each) + step for each in NUMBERS for step in (-TINY, 0, TINY) if Decimal(each) + step >= 0)),
    "wait": tuple(timedelta(hours=each, microseconds=step) for each in (1, 2) for step in (-1, 0, 1)),
    "channel": ("web", "phone", "shop"),
    "region": ("N", "S", "elsewhere", None),
    "gift": (True, False),
}  # fmt: skip
HERE = Span("tables.yaml", 1, 1, 1, 2)
HITS: tuple[Literal["unique", "first"], ...] = ("unique", "first")

relations = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
numbers = st.sampled_from(NUMBERS)


def asking(inputs: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Conditions on some inputs, each safe by itself."""
    texts = {
        "n": st.builds(lambda sign, number: f"n {sign} {number}", relations, numbers)
        | st.builds(lambda low, high: f"{low} <= n < {high}", numbers, numbers)
        | st.lists(numbers, min_size=1, max_size=3).map(lambda some: f"n in [{', '.join(some)}]"),
        "price": st.builds(lambda sign, number: f"{number} {sign} price", relations, numbers),
        "weight": st.builds(lambda sign, number: f"weight is not None and weight {sign} {number}", relations, numbers)
        | st.builds(lambda number: f"weight is None or weight > {number}", numbers),
        "wait": st.builds(lambda sign, number: f"wait {sign} hours({number})", relations, st.sampled_from("12")),
        "channel": st.sampled_from(['channel == "web"', 'channel != "phone"', 'channel not in ["web", "shop"]']),
        "region": st.sampled_from(['region is None', 'region is not None and region in ["N", "S"]', 'region is not None and region != "N"']),
        "gift": st.sampled_from(["gift", "gift == False", "True if gift else n > 3"]),
    }  # fmt: skip
    base = st.one_of(*(texts[name] for name in inputs)).map(lambda text: f"({text})")
    return st.recursive(
        base,
        lambda inner: (
            st.builds(lambda a, b: f"({a} and {b})", inner, inner)
            | st.builds(lambda a, b: f"({a} or {b})", inner, inner)
            | inner.map(lambda text: f"(not {text})")
        ),
        max_leaves=4,
    )


def conditions(most_inputs: int) -> st.SearchStrategy[list[str]]:
    names = st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=most_inputs, unique=True)
    return names.flatmap(lambda some: st.lists(asking(tuple(some)), min_size=1, max_size=4))


def compiled(source: str) -> Expression:
    made = analyse(source, SCOPE)
    assert isinstance(made, Expression), made
    return made


def table(texts: list[str], hit: Literal["unique", "first", "collect"], *, otherwise: bool = False) -> Table:
    rows = [TableRow(compiled(text), {}, Span("t", 2 + at, 1, 2 + at, 2)) for at, text in enumerate(texts)]
    if otherwise:
        rows.append(TableRow(None, {}, Span("t", 2 + len(texts), 1, 2 + len(texts), 2)))
    return Table("t", "t", "order", hit, {}, tuple(rows), HERE)


def findings(made: Table) -> list[Diagnostic]:
    rules = SimpleNamespace(timezone="UTC", tables={"t": made})
    return list(check_tables(cast(Definition, rules)))


def records(made: Table) -> Iterator[dict[str, object]]:
    """Every record that the conditions can tell apart, and more."""
    read_by = {name for row in made.rows if row.when is not None for name in row.when.reads.fields}
    names = sorted(read_by)
    for values in product(*(DOMAINS[name] for name in names)):
        yield dict(zip(names, values, strict=True))


def tried(made: Table) -> set[tuple[str, int]]:
    """The lines that have a fault, found by trying all records."""
    functions = [compile_python(row.when) for row in made.rows if row.when is not None]
    view = cast(View, SimpleNamespace())
    fits = [{at for at, run in enumerate(functions) if run(record, view)} for record in records(made)]
    found = set()
    for at in range(len(functions)):
        mine = [rows for rows in fits if at in rows]
        if not mine:
            found.add(("never fits", at))
        elif made.hit == "unique" and any(min(rows) < at for rows in mine):
            found.add(("both take", at))
        elif made.hit == "first" and all(min(rows) < at for rows in mine):
            found.add(("never chosen", at))
    empty = any(not rows for rows in fits)
    if made.rows[-1].when is not None and empty and any(fits):
        found.add(("no row", -1))
    if made.rows[-1].when is None and not empty:
        found.add(("never chosen", len(functions)))
    return found


def said(made: Table) -> set[tuple[str, int]]:
    found = set()
    for item in findings(made):
        words = next(
            each for each in ("never fits", "both take", "never chosen", "no row") if each in item.message
        )
        found.add((words, item.span.line - 2 if words != "no row" else -1))
    return found


@settings(max_examples=300)
@given(conditions(3), st.sampled_from(HITS), st.booleans())
def test_it_is_what_trying_every_record_gives(texts: list[str], hit: Literal["unique", "first"], otherwise: bool) -> None:  # fmt: skip
    made = table(texts, hit, otherwise=otherwise)
    assert said(made) == tried(made)


#: What is no plain field: the same questions, and what is true of them whatever the record.
UNSURE = (
    "price < n",
    "n - 1 > 2",
    "n + 2 <= 4",
    "coalesce(region, channel) == channel",
    "n + n >= 4",
    'starts_with(channel, "w")',
    "n > 3",
    "not n > 3",
    'channel == "web"',
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(UNSURE), min_size=1, max_size=4), st.sampled_from(HITS), st.booleans())
def test_what_is_not_certain_is_never_said(texts: list[str], hit: Literal["unique", "first"], otherwise: bool) -> None:  # fmt: skip
    made = table(texts, hit, otherwise=otherwise)
    seen = {("both take" if hit == "unique" and words == "never chosen" and at < len(texts) else words, at) for words, at in said(made)}  # fmt: skip
    assert seen <= tried(made)


def test_a_table_too_large_is_not_worked_out() -> None:
    many = [
        f"n == {at % 10} and price == {at}.01 and weight is not None and weight > {at}.5" for at in range(800)
    ]
    conditions = [compiled(text) for text in many]
    found = read(conditions)
    assert found is not None
    inputs, _ = found
    assert space(inputs, 10) is not None or MOST < 10**7
    assert space(inputs, MOST) is None


@pytest.mark.parametrize("hit", HITS)
def test_rows_of_a_table_too_large_that_are_word_for_word_the_same(hit: Literal["unique", "first"], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("orderflow.checks.boxes.MOST", 1)
    made = table(["n > 3", "n < 2", "n  >  3"], hit)
    assert [(item.code, item.span.line, str(item.severity)) for item in findings(made)] == [
        ("OF302", 4, "error" if hit == "unique" else "warning")
    ]
