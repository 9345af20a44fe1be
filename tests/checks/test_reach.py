"""Ways through the states (OF201, OF208): each mistake once, at the state where it is made."""

from collections.abc import Callable

import pytest

from orderflow.checks.graph import components
from orderflow.compiler.load import Compiled

Check = Callable[..., Compiled]


def said(compiled: Compiled) -> list[tuple[str, str, list[str]]]:
    return [
        (item.code, item.message, [label.text for label in item.labels])
        for item in compiled.diagnostics
        if item.code in ("OF201", "OF208")
    ]


def lifecycle(states: str, *ways: str) -> str:
    """States in a list, `!` behind a final one; ways as `a b`, each by an event."""
    names = [name for name in states.split() if not name.endswith("!")]
    lines = [f"  {name}: {{initial: {'true' if name == names[0] else 'false'}}}" for name in names]
    lines += [f"  {name[:-1]}: {{final: true}}" for name in states.split() if name.endswith("!")]
    taken = [
        f"  t{place}: {{from: {way.split()[0]}, to: {way.split()[1]}, event: e{place}}}"
        for place, way in enumerate(ways)
    ]
    events = ", ".join(f"e{place}: {{}}" for place in range(len(ways)))
    return "\n".join(["states:", *lines, f"events: {{{events}}}", "transitions:", *taken, ""])


@pytest.mark.parametrize(
    ("states", "ways", "expected"),
    [
        ("a end!", ["a end"], []),
        # what only a state out of reach leads to is not told again
        ("a b c end!", ["a end", "b c", "c end"], [("OF201", "no `order` can reach the state `b`", ["records begin here"])]),
        ("a b end! done!", ["a end", "b done"], [("OF201", "no `order` can reach the state `b`", ["records begin here"])]),
        # of several that lead to one another the first
        ("a b c end!", ["a end", "c b", "b c", "c end"], [("OF201", "no `order` can reach the state `b`", ["records begin here"])]),
        ("a b c end!", ["a end", "b end", "c end"], [
            ("OF201", "no `order` can reach the state `b`", ["records begin here"]),
            ("OF201", "no `order` can reach the state `c`", ["records begin here"]),
        ]),
        # one way would mend both: the dead end tells of the final state that nothing leads to
        ("a b end! off!", ["a b", "a off"], [
            ("OF208", "no transition leaves `b`, and it is not final", ["this final state is out of reach"]),
        ]),
        ("a b end! done! off!", ["a b", "a off"], [
            ("OF208", "no transition leaves `b`, and it is not final", ["this final state is out of reach"]),
            ("OF208", "no `order` can reach the final state `done`", ["records begin here"]),
        ]),
        # no final state at all, and the state that should be one
        ("a b", ["a b"], [("OF208", "no transition leaves `b`, and it is not final", [])]),
        ("a b", ["a b", "b a"], [("OF208", "`order` has no final state, so no record of it is ever done", [])]),
        ("a end! done!", ["a end"], [("OF208", "no `order` can reach the final state `done`", ["records begin here"])]),
        # a dead end, not the states before it
        ("a b c end!", ["a b", "a end", "b c"], [("OF208", "no transition leaves `c`, and it is not final", [])]),
        # one missing way: the dead end tells of the final state behind it
        ("a b end!", ["a b"], [("OF208", "no transition leaves `b`, and it is not final", ["this final state is out of reach"])]),
        ("a b end!", ["a b", "b a"], [
            ("OF208", "from `a` and `b` no final state can be reached", ["nor from here", "this final state is out of reach"]),
        ]),
        ("a b end!", ["a end", "end b", "b end"], [("OF208", "`end` is final, but transition `t1` leaves it", ["leaves it"])]),
        ("a end!", ["a end", "end end"], [("OF208", "`end` is final, but transition `t1` leaves it", ["final"])]),
    ],
)  # fmt: skip
def test_ways(
    check_order: Check, states: str, ways: list[str], expected: list[tuple[str, str, list[str]]]
) -> None:
    assert said(check_order(lifecycle(states, *ways))) == expected


COMPOUND = """\
states:
  work:
    initial: true
    states:
      a: {initial: true}
      b:
      end: {final: true}
  done: {final: true}
events: {e: {}, f: {}}
transitions:
  ab: {from: a, to: b, event: e}
  finish: {from: a, to: end, event: f}
"""


def test_a_way_out_of_the_state_around_counts(check_order: Check) -> None:
    found = said(check_order(COMPOUND + "  out: {from: [a, b], to: done, event: e, before: ab}\n"))
    assert found == []
    assert [
        item[1] for item in said(check_order(COMPOUND + "  out: {from: a, to: done, event: e, before: ab}\n"))
    ] == ["no transition leaves `b`, and it is not final"]


@pytest.mark.parametrize(
    ("states", "ways", "marked"),
    [
        # what it leads to is reached anyway: the transition is wrong
        ("a b end!", ["a b", "a end", "b end", "end b"], "end"),
        # what it leads to is reached from here only, or several leave: the state is wrong
        ("a mid! end!", ["a mid", "mid end"], "  mid"),
        ("a mid! end!", ["a mid", "a end", "mid end", "mid a"], "  mid"),
    ],
)
def test_where_a_final_state_that_is_left_is_told(
    check_order: Check, states: str, ways: list[str], marked: str
) -> None:
    compiled = check_order(lifecycle(states, *ways))
    [found] = [item for item in compiled.diagnostics if item.code == "OF208"]
    line = compiled.sources[found.span.file].splitlines()[found.span.line - 1]
    assert (
        line[: found.span.end_column - 1] if marked[0] == " " else line[found.span.column - 1 :]
    ).startswith(marked)
    assert line.startswith("  t3:" if marked == "end" else "  mid:")


def test_a_final_state_left_from_the_state_around_it_is_a_warning(check_order: Check) -> None:
    compiled = check_order(COMPOUND + "  out: {from: work, to: done, event: e, before: ab}\n")
    [found] = [item for item in compiled.diagnostics if item.code == "OF208"]
    assert (found.severity.value, found.message) == (
        "warning",
        "`end` is final, but transition `out` leaves it",
    )
    assert found.fix is not None
    assert found.fix.message == "remove `final: true`, or take `end` out of the transition's `from`"


def test_internal_transitions_of_a_final_state_leave_it_not(check_order: Check) -> None:
    assert (
        said(
            check_order(
                COMPOUND
                + "  out: {from: [a, b], to: done, event: e, before: ab}\n  note: {from: end, event: f}\n"
            )
        )
        == []
    )


def test_components() -> None:
    ways = {"a": ["b", "x"], "b": ["c"], "c": ["b", "d"], "d": [], "e": ["e"]}
    assert [sorted(group) for group in components(ways)] == [["d"], ["b", "c"], ["a"], ["e"]]


def test_components_of_a_long_way_need_no_recursion() -> None:
    ways = {str(place): [str(place + 1)] for place in range(5_000)}
    ways["4999"] = ["0"]
    assert [len(group) for group in components(ways)] == [5_000]
