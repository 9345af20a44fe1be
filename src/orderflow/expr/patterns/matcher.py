"""What a text is held against: a pattern by its name, or one of the rule writer's own."""

import re
from dataclasses import dataclass
from functools import cache

from orderflow.diagnostics.message import Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr.fault import Fault, Refused
from orderflow.expr.patterns.automaton import Automaton, automaton
from orderflow.expr.patterns.named import PATTERNS
from orderflow.expr.patterns.regex import to_regex
from orderflow.expr.patterns.syntax import read_pattern


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that matches in linear time.

    Args:
        source: as written, or of one with a name what stands behind it.
        means: what it asks for, in words.
        example: a text that fits.
        regex: for `fullmatch`.
        automaton: the same, to be followed character by character.
    """

    source: str
    means: str
    example: str
    regex: re.Pattern[str]
    automaton: Automaton


def check_pattern(text: str) -> Pattern | Fault:
    """The pattern that a text stands for, or what is wrong with it; offsets are in characters of the text.

    A word alone is a name: a regular expression of which only one text could fit is a comparison.
    """
    if text.isidentifier() and text not in PATTERNS:
        guess = nearest(text, PATTERNS)
        names = joined((f"`{name}`" for name in PATTERNS), ", ")
        fix = (
            Message("replace with `{guess}`", guess=guess)
            if guess
            else Message(
                "use one of {names}, or a regular expression such as `[A-Z]{{2}}[0-9]+`", names=names
            )
        )
        message = Message("unknown pattern `{name}`", name=text)
        return Fault("OF101", message, 0, len(text), fix, guess, Message("not a pattern"))
    try:
        return pattern(text)
    except Refused as refused:
        return refused.faults[0]


@cache
def pattern(text: str) -> Pattern:
    """The pattern of a text that was checked.

    Raises:
        Refused: it is none.
    """
    named = PATTERNS.get(text)
    source = text if named is None else named.source
    shape = read_pattern(source)
    ways = automaton(source, shape)
    regex = re.compile(to_regex(shape))
    if named is not None:
        return Pattern(source, named.means, named.example, regex, ways)
    means = Message("a text that fits `{source}`", source=source)
    return Pattern(source, means, ways.example(), regex, ways)
