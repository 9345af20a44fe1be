"""Tests for a missing value that is never missing (OF106): mostly the field was meant to be `optional: true`."""

from collections.abc import Iterator

from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.report import Report
from orderflow.compiler.scalar import locate
from orderflow.compiler.written import fix_within
from orderflow.diagnostics import Fix, Message
from orderflow.expr.reads import walk
from orderflow.expr.tree import And, Call, Expression, IsNone, Name, Node, Part, Through
from orderflow.expr.types import UNKNOWN


def check_missing_tests(made: Expression, node: ScalarNode, report: Report, begins: int = 0) -> None:
    """Warn of each `is None`, `is not None` and `coalesce` that can never matter.

    Args:
        made: a checked expression.
        node: the scalar that holds it.
        report: where the findings go.
        begins: where in the scalar's text the expression begins.
    """
    if "None" not in made.source and "coalesce" not in made.source:
        return
    for test, value in _idle(made.root):
        shown = made.source[value.start : value.end]
        if isinstance(test, Call):
            text = Message("`{value}` is never missing here: `coalesce` gives nothing else", value=shown)
            span = locate(node, begins + value.start, begins + value.end)
        else:
            text = Message("`{value}` is never missing here: the test says nothing", value=shown)
            span = locate(node, begins + test.start, begins + test.end)
        words = Message("remove it, or let the field say `optional: true`")
        report.warning("OF106", text, span, Message("always there"), _fix(made, test, node, words, begins))


def _idle(root: Node) -> Iterator[tuple[IsNone | Call, Node]]:
    """The tests that say nothing, each with the value that is always there."""
    for node in walk(root):
        match node:
            case IsNone(operand=operand) if _always(operand):
                yield node, operand
            case Call(function="coalesce", arguments=(*firsts, _)):
                always = next((each for each in firsts if _always(each)), None)
                if always is not None:
                    yield node, always


def _always(value: Node) -> bool:
    """Whether a name stands for a value that is there whenever it is asked for."""
    return isinstance(value, Name | Part | Through) and value.type != UNKNOWN and not value.type.optional


def _fix(made: Expression, test: IsNone | Call, node: ScalarNode, words: Message, begins: int) -> Fix:
    """The repair: of one among several conditions that must all hold, the test is taken out with its `and`."""
    for whole in walk(made.root):
        if not isinstance(whole, And) or test not in whole.items:
            continue
        at = whole.items.index(test)
        if at + 1 < len(whole.items):
            start, end = test.start, whole.items[at + 1].start
            between = made.source[test.end : end]
        else:
            start, end = whole.items[at - 1].end, test.end
            between = made.source[start : test.start]
        if isinstance(test, IsNone) and test.negated and between.strip() == "and":
            return fix_within(node, begins + start, begins + end, "", words)
    return Fix(words)
