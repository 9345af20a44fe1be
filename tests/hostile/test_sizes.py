"""Rules of a size that nobody writes by hand: what they cost grows with their length, not with its square."""

import pytest
from tests.hostile.conftest import Files, Warm

FIELDS = "entity: order\nfields:\n  n: integer\n  title: text\n"
STATES = "states:\n  a: {initial: true}\n  b: {final: true}\n"
WAY = "transitions:\n  t: {from: a, to: b, when: n > 1}\n"
GOOD = FIELDS + STATES + WAY
MANY = 2_000


def _each(line: str, count: int = MANY) -> str:
    """The line so often, with `#` as its number."""
    return "".join(line.replace("##", str(each + 1)).replace("#", str(each)) for each in range(count))


def _order(text: str, **others: str) -> Files:
    return {"order.yaml": text, **{f"{name}.yaml": other for name, other in others.items()}}


def _table(hit: str, condition: str, count: int = MANY) -> Files:
    rows = _each(f"      - {{when: {condition}, g: #}}\n", count)
    head = f"tables:\n  big:\n    of: order\n    hit: {hit}\n    gives: {{g: integer}}\n    rows:\n"
    guarded = WAY.replace("n > 1", 'look_up("big") > 1')
    return _order(FIELDS + STATES + guarded, tables=head + rows + "      - {otherwise: true, g: 0}\n")


CASES: dict[str, Files] = {
    "guards on one event": _order(
        FIELDS + STATES + "events:\n  e: {}\ntransitions:\n" + _each("  t#: {from: a, to: b, event: e, when: n == #}\n")
    ),
    "rivals": _order(FIELDS + STATES + "transitions:\n" + _each("  t#: {from: a, to: b, when: n > 1}\n")),
    "unknown states": _order(FIELDS + STATES + "transitions:\n" + _each("  t#: {from: a, to: zz#, event: yy#}\n")),
    "unknown names": _order(FIELDS + STATES + "transitions:\n" + _each("  t#: {from: a, to: b, when: m > #}\n")),
    "a chain of states": _order(
        FIELDS + "states:\n  s0: {initial: true}\n" + _each("  s##: {}\n")
        + "transitions:\n" + _each("  t#: {from: s#, to: s##, when: n > #}\n")
    ),
    "states that nothing reaches": _order(FIELDS + "states:\n  z: {initial: true, final: true}\n" + _each("  s#: {}\n")),
    "all states lead to all": _order(
        FIELDS + "states:\n  s0: {initial: true}\n" + _each("  s##: {}\n", 30)
        + "transitions:\n" + _each(f"  t#: {{from: [{', '.join(f's{i}' for i in range(30))}], to: s#, when: n > #}}\n", 30)
    ),
    "a path that repeats": _order(GOOD + f"path: [{', '.join('a' * MANY)}]\n"),
    "fields": _order(FIELDS + _each("  f#: integer\n") + STATES + WAY),
    "fields of no type": _order(FIELDS + _each("  f#: integre\n") + STATES + WAY),
    "formulas one upon another": _order(
        FIELDS + "  f0: {type: integer, at_least: 0, at_most: 9}\n"
        + _each("  f##: {type: integer, formula: f# if f# < 9 else 0, at: submit}\n", 1_000) + STATES + WAY
    ),
    "events": _order(FIELDS + STATES + "events:\n" + _each("  e#: {}\n") + WAY),
    "holds without a word": _order(GOOD + "holds:\n" + _each("  h#: {label: x}\n")),
    "queues": _order(GOOD, queues="queues:\n" + _each("  q#: {of: order, when: n > #}\n")),
    "queues of nothing": _order(GOOD, queues="queues:\n" + _each("  q#: {of: ordre, when: n > #}\n")),
    "actions that nothing names": _order(
        GOOD, actions="actions:\n" + _each("  x#: {use: notify, to: desk, message: hello}\n")
    ),
    "one above the other": _order(GOOD, places="warehouses:\n" + _each("  w#: {parent: w##}\n")),
    "one above the other, in a circle": _order(
        GOOD, places="warehouses:\n" + _each("  w#: {parent: w##}\n") + f"  w{MANY}: {{parent: w0}}\n"
    ),
    "a table where the first fits": _table("first", "n == #"),
    "a table where one fits": _table("unique", "n == #"),
    "a table of overlaps": _table("unique", "n > # and title == \"x\"", 1_000),
    "a table of unknown names": _table("unique", "m == #"),
    "keys of no meaning": _order(GOOD + _each("x#: 1\n")),
    "options": _order(
        FIELDS + f"  c: {{type: choice, options: [{', '.join(f'o{i}' for i in range(MANY))}]}}\n" + STATES
        + WAY.replace("n > 1", 'c == "zz"')
    ),
    "scenarios": {
        **_order(GOOD),
        "x.test.yaml": "tests:\n" + _each("  - {name: s#, now: 2026-02-03T09:00:00, given: {n: 1}}\n", 1_000),
    },
    "a text of braces": _order(
        GOOD.replace("n > 1", "n > 1, do: x"),
        actions="actions:\n  x: {use: notify, to: desk, message: '" + "{" * 100_000 + "'}\n",
    ),
    "a text of expressions": _order(
        GOOD.replace("n > 1", "n > 1, do: x"),
        actions="actions:\n  x: {use: notify, to: desk, message: '" + "{m}" * 100_000 + "'}\n",
    ),
    "a text of as many expressions as there may be": _order(
        GOOD.replace("n > 1", "n > 1, do: x"),
        actions="actions:\n  x: {use: notify, to: desk, message: '" + "{m}" * 3_000 + "'}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rules_of_any_size_are_checked_within_the_limits(name: str, warm: Warm) -> None:
    outcome = warm.check_files(CASES[name])
    assert not outcome.crash, outcome.crash
    assert outcome.loads or outcome.found


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("{n:0999999999}", 46, "`0999999999` is no format"),
        ("{n:.999999999}", 46, "`.999999999` is no format"),
        ("{n!r}", 47, "`!` is written `not` here"),
        ("{n.__class__}", 46, "follows a value that has no fields"),
        ("{" * 41, 85, ""),
    ],
)
def test_a_text_that_would_write_without_end_is_refused(
    text: str, column: int, says: str, warm: Warm
) -> None:
    outcome = warm.check_files(
        _order(
            GOOD.replace("n > 1", "n > 1, do: x"),
            actions=f"actions:\n  x: {{use: notify, to: desk, message: 'n is {text}'}}\n",
        )
    )
    assert not outcome.crash, outcome.crash
    first = next(item for item in outcome.found if item[0] == "actions.yaml")
    assert first[2:4] == (2, column)
    assert says in first[4]


def test_a_circle_of_the_largest_size_is_one_error(warm: Warm) -> None:
    outcome = warm.check_files(CASES["one above the other, in a circle"])
    assert [item[1] for item in outcome.found] == ["OF107"]
