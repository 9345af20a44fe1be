"""Levels of tiers: numbers without one, levels that nothing reaches, levels out of order."""

from collections.abc import Callable

import pytest

from orderflow.compiler.load import Compiled

CUSTOMER = """\
entity: customer
fields:
  points: {{type: integer, at_least: 0, at_most: 1000}}
  debt: {{type: money, default: 0}}
aggregates:
  spent: {{of: order, at: placed_at, sum: amount}}
  largest: {{of: order, at: placed_at, max: amount}}
tiers:
  level: {{of: {of}, levels: {{{levels}}}}}
states:
  known: {{initial: true, final: true}}
"""
ORDER = """\
  customer: {type: ref customer, changes: never}
  placed_at: {type: datetime, changes: never}
  amount: {type: money, default: 0, at_least: 0}
states:
  placed: {initial: true}
  done: {final: true}
transitions:
  finish: {from: placed, to: done, when: 'tier("level") != "x"'}
"""
Check = Callable[[str, str], Compiled]


@pytest.fixture
def check(check_order: Callable[..., Compiled]) -> Check:
    def run(of: str, levels: str) -> Compiled:
        customer = CUSTOMER.format(of=of, levels=levels)
        return check_order("", order=f"entity: order\nfields:\n{ORDER}", customer=customer)

    return run


def pointed(compiled: Compiled) -> list[tuple[str, str, str, str]]:
    """Code, severity, message and the text that is pointed at."""
    found = []
    for item in compiled.diagnostics:
        if not item.code.startswith("OF30"):
            continue
        line = compiled.sources[item.span.file].splitlines()[item.span.line - 1]
        text = line[item.span.column - 1 : item.span.end_column - 1]
        found.append((item.code, str(item.severity), str(item.message), text))
    return found


FAULTS = [
    # of, levels, code, severity, message, what it points at
    ("spent", "gold: {at_least: 100}, x: {at_least: 10}", "OF301", "error", "no level of `level` takes `spent` = 0.00 to 9.99", "10"),
    ("debt", "x: {at_least: 0}", "OF301", "error", "no level of `level` takes `debt` = -0.01 or less", "0"),
    ("points", "gold: {at_least: 100}, x: {at_least: 1}", "OF301", "error", "no level of `level` takes `points` = 0", "1"),
    ("largest", "x: {at_least: 0}", "OF301", "error", "no level of `level` takes `largest` missing", "0"),
    ("spent", "gold: {at_least: 100}, x: {at_least: 100}, basic: ", "OF302", "error", "`gold` and `x` ask for the same", "100"),
    ("spent", "gold: {at_least: 100}, x: , basic: ", "OF302", "error", "`x` and `basic` both take all that is left", "basic"),
    ("points", "gold: {at_least: 1001}, x: ", "OF302", "warning", "nothing reaches `gold`: `points` is at most 1000", "1001"),
    ("points", "gold: {at_least: 0}, x: ", "OF302", "warning", "nothing reaches `x`: `points` is at least 0, so `gold` takes all", "x"),
    ("spent", "gold: {at_least: 10}, x: {at_least: 20}, basic: ", "OF303", "error", "levels go from the highest down; `gold` is above `x`, which asks for more", "20"),
    ("spent", "basic: , x: {at_least: 20}, gold: {at_least: 100}", "OF303", "error", "levels go from the highest down; `basic` is above `x`, which asks for more", "20"),
    ("points", "x: {at_least: 0}, silver: {at_least: 20}, gold: {at_least: 100}", "OF303", "error", "levels go from the highest down; `x` is above `silver`, which asks for more", "20"),
]  # fmt: skip


@pytest.mark.parametrize(("of", "levels", "code", "severity", "message", "text"), FAULTS)
def test_a_fault(
    of: str, levels: str, code: str, severity: str, message: str, text: str, check: Check
) -> None:
    compiled = check(of, levels)
    assert pointed(compiled) == [(code, severity, message, text)]
    assert (compiled.definition is None) == (severity == "error")


@pytest.mark.parametrize(
    ("of", "levels"),
    [
        ("spent", "gold: {at_least: 100}, x: "),
        ("spent", "gold: {at_least: 100}, x: {at_least: 0}"),
        ("points", "gold: {at_least: 1000}, x: {at_least: 0}"),
        ("largest", "gold: {at_least: 0}, x: "),  # who never ordered is `x`
        ("debt", "gold: {at_least: 100}, silver: {at_least: -5}, x: "),
        ("points", "x: "),
    ],
)
def test_nothing_is_wrong(of: str, levels: str, check: Check) -> None:
    compiled = check(of, levels)
    assert pointed(compiled) == []
    assert compiled.definition is not None


def test_two_mistakes_are_two_findings(check: Check) -> None:
    levels = "gold: {at_least: 10}, x: {at_least: 20}, silver: {at_least: 20}"
    assert [(code, text) for code, _, _, text in pointed(check("spent", levels))] == [
        ("OF301", "10"),
        ("OF303", "20"),
        ("OF302", "20"),
    ]


@pytest.mark.parametrize("wrong", ["gold: {at_lest: 20}", "gold: [20]", "gold: {at_least: many}"])
def test_a_level_that_cannot_be_read_is_one_finding(wrong: str, check: Check) -> None:
    compiled = check("spent", f"{wrong}, x: {{at_least: 0}}")
    assert compiled.has_errors
    assert pointed(compiled) == []


def test_the_other_level_and_the_right_order_are_shown(check: Check) -> None:
    levels = "basic: , x: {at_least: 20}, gold: {at_least: 100}"
    (found,) = (item for item in check("spent", levels).diagnostics if item.code == "OF303")
    assert [label.text for label in found.labels] == ["takes all that is left"]
    assert found.fix is not None
    assert found.fix.message == "write the levels in this order: `gold`, `x`, `basic`"
