"""What pages hold that follows from the code: the table of functions, the pages of the codes."""

import re

from orderflow.diagnostics import codes, page
from orderflow.expr.functions import FUNCTIONS, Signature

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
    return f"{signature.name}({text}{', ...' if signature.repeats else ''})"


_WORDS = {
    "a value": "value",
    "a number": "number",
    "a number, date or duration": "value",
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
    "a number for each": "number",
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
