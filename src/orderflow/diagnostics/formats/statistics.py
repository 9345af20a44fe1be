"""Findings counted by code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from orderflow.diagnostics.catalogue import title
from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.told import fixable
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.translation import Say


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a code was found, and how many of these a program can repair."""

    code: str
    title: str
    count: int
    fixable: int


def tally(diagnostics: Sequence[Diagnostic], say: Say = str) -> list[CodeCount]:
    """Return the counts by code, the most frequent first."""
    counts = Counter(found.code for found in diagnostics)
    repairs = Counter(found.code for found in diagnostics if fixable(found))
    return [
        CodeCount(code, title(code, say), many, repairs[code])
        for code, many in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def render_statistics(diagnostics: Sequence[Diagnostic], say: Say = str) -> str:
    """Return a line a code, such as `12  OF101  unknown name (10 can be repaired)`; empty when there are none."""
    lines = tally(diagnostics, say)
    wide = max((len(str(line.count)) for line in lines), default=0)
    return "".join(
        f"{line.count:>{wide}}  {line.code}  {line.title}{_repairs(line, say)}\n" for line in lines
    )


def _repairs(line: CodeCount, say: Say) -> str:
    return f" ({say(Message('{count} can be repaired', count=line.fixable))})" if line.fixable else ""
