"""The parts that pages are built of: sections, tables, lists of ids; every text is escaped here or by who calls."""

from collections.abc import Iterable, Sequence

from orderflow.diagnostics.shown import safe
from orderflow.reports.lettering import shorten
from orderflow.reports.svg import clean

_ID_EMS = 30.0


def section(name: str, body: str, note: str = "", *, anchor: str = "") -> str:
    """Return a section under a heading; `body` is HTML already, the rest is text."""
    hint = f'<p class="hint">{clean(note)}</p>' if note else ""
    mark = f' id="{clean(anchor)}"' if anchor else ""
    return f"<section{mark}><h2>{clean(name)}</h2>{hint}{body}</section>"


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = (), *, stacked: bool = False
) -> str:
    """Return a table.

    Args:
        head: the names of the columns.
        rows: cells that are HTML already.
        numeric: the numbers of the columns that stand to the right.
        stacked: on a phone, show a row as a block in which each cell has a line of its own.
    """
    right, n = set(numeric), ' class="n"'

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{name(tag, index)}{n if index in right else ''}>{text}</{tag}>"
            for index, text in enumerate(texts)
        )

    def name(tag: str, index: int) -> str:
        return f' data-name="{head[index]}"' if stacked and tag == "td" and index else ""

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    kind = ' class="stacked"' if stacked else ""
    return f'<div class="wide"><table{kind}><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'


def named(label: str, name: str) -> str:
    """Return a label with its name in the rules below it."""
    return clean(label) if label == name else f"{clean(label)}<br><code>{clean(name)}</code>"


def ids(records: Iterable[str], *, more: bool = False) -> str:
    """Return ids of records, very long ones cut; `more` says that there are others."""
    several = list(records)
    shown = " ".join(f'<code class="id">{clean(shorten(safe(record), _ID_EMS))}</code>' for record in several)
    return shown + (" …" if more and several else "")


def whole(number: int) -> str:
    """Return a number with its thousands apart; nothing where it is nought stays a nought."""
    return f"{number:,}"


def paragraph(text: str) -> str:
    """Return a paragraph of text."""
    return f"<p>{clean(text)}</p>"
