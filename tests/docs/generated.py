"""What pages hold that follows from the code: the table of functions, the pages of the codes, what mistakes are told."""

import re

from orderflow.diagnostics import codes, page
from orderflow.expr.check import analyse
from orderflow.expr.functions import FUNCTIONS, Signature
from orderflow.expr.scope import Scope
from orderflow.expr.types import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    TEXT_TYPE,
    Kind,
    Type,
    choice,
    list_of,
    money,
    optional,
    record,
)

_LINE: dict[str, Type] = {
    "sku": TEXT_TYPE,
    "quantity": Type(Kind.INTEGER, lo=1, hi=1000),
    "unit_price": money(2, "CNY"),
    "presale": BOOL,
}
#: The order that docs/expressions.md speaks of.
SCOPE = Scope(
    "order",
    {
        "channel": choice("douyin", "taobao"),
        "amount_due": money(2, "CNY"),
        "amount_paid": money(2, "CNY"),
        "placed_at": DATETIME,
        "paid_at": optional(DATETIME),
        "promised_on": DATE,
        "note": optional(TEXT_TYPE),
        "weight": DECIMAL,
        "parcels": INTEGER,
        "lines": list_of(record("line", _LINE), at_least=1),
    },
    states={name: frozenset({name}) for name in ("pending", "paid")},
)

_HEAD = """# What `check` says, code by code

`orderflow rule CODE` prints these pages in the terminal. Codes that begin with OF1 are about syntax, names and types, OF2
about the lifecycle, OF9 about the file itself.
"""


def functions() -> str:
    """The table of functions, as Markdown."""
    rows = ["| call | gives | |", "|---|---|---|"]
    for signature in FUNCTIONS.values():
        example = signature.example.replace("|", "\\|")
        rows.append(f"| `{_call(signature)}` | {signature.gives} | {signature.doc}: `{example}` |")
    return "\n".join(rows) + "\n"


def _call(signature: Signature) -> str:
    words = [_WORDS[parameter] for parameter in signature.parameters]
    first = len(words) - signature.optional
    text = ", ".join(words[:first]) + "".join(f"[, {word}]" for word in words[first:])
    text = text.replace("[, ", "[", 1) if not first else text
    return f"{signature.name}({text}{', ...' if signature.repeats else ''})"


_WORDS = {
    "a value": "value",
    "a number": "number",
    "a number, date or duration": "value",
    "a number, date or duration, or a list or children": "value",
    "another one, or what is looked at of each": "value",
    "a number, duration": "value",
    "a datetime": "datetime",
    "a datetime or date, which may be missing": "when",
    "a text": "text",
    "the name of a state, in quotes": '"state"',
    "a number of places, 0 to 6": "places",
    "a list": "list",
    "children": "children",
    "a list or children": "rows",
    "a condition on each": "condition",
    "a number or duration for each": "number",
    "a year": "year",
    "a month": "month",
    "a day": "day",
    "a date": "date",
    "an hour, 0 to 23": "hour",
    "a minute, 0 to 59": "minute",
    "a number of months": "months",
    "a number of working days": "days",
    "the name of a calendar, in quotes": '"calendar"',
    "a pattern, in quotes": '"pattern"',
    "a text to look for, in quotes": '"text"',
    "a text to put there, in quotes": '"text"',
    "what stands in for other texts, which may be missing": "otherwise",
    "the name of a tier, in quotes": '"tier"',
    "a ref": "ref",
    "the name of a tag, in quotes": '"tag"',
    "the name of a hold, in quotes": '"hold"',
    "the name of a table, in quotes": '"table"',
    "the name of one of its outputs, in quotes": '"output"',
    "the name of an allocation policy, in quotes": '"policy"',
    "the name of a resource, in quotes": '"resource"',
    "the name of a pool, in quotes": '"pool"',
    "a warehouse": "warehouse",
    "a SKU": "sku",
    "a location": "location",
    "a record with `location` and `radius_km`": "warehouse",
    "a location, which may be missing": "location",
}


def code_pages() -> str:
    """`docs/codes.md`."""
    parts = [_HEAD]
    for code in codes():
        text = page(code).strip()
        parts.append(re.sub(r"^# ", "## ", text, count=1) + "\n")
    return "\n".join(parts)


def with_functions(text: str) -> str:
    """A page with the table of functions between its two marks."""
    begin, end = "<!-- functions: written by tests/docs/write.py -->\n", "<!-- end of functions -->"
    before, _, rest = text.partition(begin)
    _, mark, after = rest.partition(end)
    assert mark, "the page has no place for the functions"
    return f"{before}{begin}{functions()}{mark}{after}"


_MISTAKE = re.compile(r"^\| (?P<wrong>`[^|]+`) \| OF\d+: .+ \| (?P<repair>`[^|]+`) \|$", re.MULTILINE)


def with_mistakes(text: str) -> str:
    """A page whose table of mistakes says what the checker says of each now."""

    def row(match: re.Match[str]) -> str:
        faults = analyse(code(match["wrong"]), SCOPE)
        if not isinstance(faults, list):
            return match[0]  # it passes: the test says so
        return f"| {match['wrong']} | {faults[0].code}: {faults[0].message} | {match['repair']} |"

    return _MISTAKE.sub(row, text)


def code(cell: str) -> str:
    """What stands in the backticks of a table's cell."""
    found = re.fullmatch(r"(`+) ?(.+?) ?\1", cell)
    assert found is not None, cell
    return found[2]
