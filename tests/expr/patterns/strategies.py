"""Generated patterns and texts, and all short texts."""

from itertools import product

from hypothesis import strategies as st

from orderflow.expr.patterns.automaton import Automaton
from orderflow.expr.patterns.chars import sample

LETTERS = "abc1-"
ATOMS = st.sampled_from(["a", "b", "c", "1", "-", ".", "[ab]", "[^a]", r"\d", r"\w", "[a-c-]", r"\-"])
TIMES = st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda text: f"({text})")
    repeated = st.builds(lambda item, times: item + times, ATOMS | group, TIMES)
    part = ATOMS | group | repeated
    sequence = st.lists(part, min_size=1, max_size=4).map("".join)
    choice = st.lists(sequence, min_size=2, max_size=3).map("|".join)
    return sequence | choice


PATTERNS = st.recursive(ATOMS, _grown, max_leaves=8)
TEXTS = st.text(LETTERS + "\nz", max_size=8)
#: Every text of at most three of a few characters.
SHORT = ["".join(letters) for size in range(4) for letters in product("ab1-", repeat=size)]


def walk(automaton: Automaton, turns: list[int]) -> str:
    """A text along a way through an automaton, which may end anywhere."""
    text, ways = "", automaton.first
    for turn in turns:
        if not ways:
            break
        position = ways[turn % len(ways)]
        text += sample(position.chars)
        ways = automaton.follow[position.number]
    return text
