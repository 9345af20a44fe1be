"""Ways through states as plain data: what networkx says of the same graph."""

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checks import graph

NAMES = st.sampled_from("abcdefg")
WAYS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4))


def drawn(ways: dict[str, list[str]]) -> "networkx.DiGraph[str]":
    made: networkx.DiGraph[str] = networkx.DiGraph()
    made.add_nodes_from(ways)
    made.add_edges_from((source, target) for source, targets in ways.items() for target in targets)
    return made


def turned(circle: list[str]) -> tuple[str, ...]:
    """The circle from its first name in the alphabet, so that it is the same wherever one began."""
    start = circle.index(min(circle))
    return (*circle[start:], *circle[:start])


@given(WAYS, st.lists(NAMES, max_size=2))
def test_what_is_in_reach(ways: dict[str, list[str]], starts: list[str]) -> None:
    whole = drawn(ways)
    whole.add_nodes_from(starts)
    after = {name for start in starts for name in networkx.descendants(whole, start)} | {*starts}
    before = {name for start in starts for name in networkx.ancestors(whole, start)} | {*starts}
    assert graph.within_reach(ways, starts) == after
    assert graph.within_reach(graph.turned(ways), starts) == before


@given(WAYS)
def test_the_circles(ways: dict[str, list[str]]) -> None:
    found = graph.circles(ways, 10_000)
    assert {turned(circle) for circle in found} == {
        turned(circle) for circle in networkx.simple_cycles(drawn(ways))
    }
    assert len({turned(circle) for circle in found}) == len(found)


def test_not_too_many_and_not_too_long() -> None:
    ways = dict.fromkeys("abcdefg", "abcdefg")
    assert len(graph.circles(ways, 5)) == 5
    assert {len(circle) for circle in graph.circles(ways, 10_000, longest=2)} == {1, 2}


def test_without_a_circle_no_graph_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(networkx, "DiGraph")
    assert graph.circles({"a": ["b", "c"], "b": ["c"]}, 10) == []
    with pytest.raises(AttributeError):
        graph.circles({"a": ["b", "c"], "b": ["a"]}, 10)
