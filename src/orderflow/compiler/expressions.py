"""Expressions and texts of a rule file: parsed, checked, their faults put where they stand in the file."""

from dataclasses import replace

from orderflow.compiler.flow_cuts import left_open
from orderflow.compiler.missing_tests import check_missing_tests
from orderflow.compiler.nodes import ScalarNode
from orderflow.compiler.report import Report, defined_here, odd_letter
from orderflow.compiler.scalar import locate, resolve
from orderflow.compiler.written import fix_within, quoted
from orderflow.diagnostics import Fix, Label, Severity, Span
from orderflow.diagnostics.message import NOTHING, Message
from orderflow.expr.check import analyse
from orderflow.expr.fault import Fault, Wanted
from orderflow.expr.scope import Scope
from orderflow.expr.template import Slot, Template, parse_template
from orderflow.expr.tree import Expression
from orderflow.expr.turns import turns
from orderflow.expr.types import Kind, Type


def compile_expression(
    node: ScalarNode | None,
    scope: Scope,
    expected: Type | Kind | None,
    report: Report,
    *,
    wakes: Severity | None = None,
) -> Expression | None:
    """The checked expression of a scalar; None where there is none or after findings.

    Args:
        node: the scalar, or None.
        scope: what it may name.
        expected: the type or kind that its value must have; None for any.
        report: where the findings go.
        wakes: of a condition that acts by itself: how bad it is when nothing tells the moment at which time alone
            turns it, so that nothing would wake its record then.
    """
    if node is None or not _is_whole(node, report):
        return None
    value = resolve(node)
    source = str(value) if isinstance(value, bool) else node.value
    made = analyse(source, scope, expected)
    if isinstance(made, Expression):
        if not _are_skus(made, node, report):
            return None
        check_missing_tests(made, node, report)
        return made if wakes is None else _waking(made, node, wakes, report)
    for fault in made:
        _add(fault, node, report)
    return None


def _are_skus(made: Expression, node: ScalarNode, report: Report) -> bool:
    """Whether no warehouse stands where the SKU of a stock position is asked for: there is none of that name."""
    for _, sku in made.reads.positions:
        if sku.type.kind is Kind.CHOICE and sku.type.name == "warehouse":
            text = Message(
                "`{value}` is a warehouse, where a SKU is needed", value=made.source[sku.start : sku.end]
            )
            span = locate(node, sku.start, sku.end)
            report.error("OF102", text, span, NOTHING, Message("name the warehouse first, then the SKU"))
            return False
    return True


def _waking(made: Expression, node: ScalarNode, severity: Severity, report: Report) -> Expression | None:
    """The condition, if the moments at which time turns it can be told; None after an error."""
    found = turns(made) if made.reads.clock else ()
    if not isinstance(found, list):
        return made
    for fault in found:
        _add(fault, node, report, severity)
    return None if severity is Severity.ERROR else made


def compile_timeless(
    node: ScalarNode | None, scope: Scope, expected: Type | Kind | None, report: Report
) -> Expression | None:
    """A checked expression of a policy or a table, which may be asked for where nothing tells when time would turn it."""
    made = compile_expression(node, scope, expected, report)
    if made is None or node is None or not made.reads.clock:
        return made
    report.error(
        "OF106",
        Message("tables and policies read no clock: nothing would wake the record that asks for them"),
        node.span,
        NOTHING,
        Message("ask for the time in the `when` of the transition"),
    )
    return None


def compile_text(node: ScalarNode, scope: Scope, report: Report, *, shared: bool = False) -> Template | None:
    """The checked text of a scalar with `{expressions}` in it; None after findings.

    Args:
        node: the scalar.
        scope: what its expressions may name.
        report: where the findings go.
        shared: whether it is compiled for several entities: what is always there in one may be missing in another.
    """
    if not _is_whole(node, report):
        return None
    made = parse_template(node.value, scope)
    if isinstance(made, Template):
        for part in made.parts:
            if isinstance(part, Slot) and not shared:
                check_missing_tests(part.expression, node, report, part.start)
        return made
    for fault in made:
        _add(fault, node, report)
    return None


def _is_whole(node: ScalarNode, report: Report) -> bool:
    """Whether nothing was cut off an expression: behind an unquoted one, ` #` begins a comment."""
    if node.style != "plain" or not node.comment:
        return True
    report.error(
        "OF106",
        Message("a comment follows an expression without quotes, and may have cut it off"),
        node.span,
        Message("is this all of it?"),
        Fix(
            Message("put the expression in quotes, or the comment on a line of its own"),
            None if left_open(node.value) else node.span,  # else the comment has the rest of it
            None if left_open(node.value) else quoted(node.value),
        ),
    )
    return False


def _add(fault: Fault, node: ScalarNode, report: Report, severity: Severity = Severity.ERROR) -> None:
    labels: tuple[Label, ...] = ()
    if fault.wanted is not None:
        fault, labels = _told_by_label(fault, fault.wanted, report)
    words = fault.fix_message
    if not words and fault.replacement is not None:
        words = Message("replace with `{replacement}`", replacement=fault.replacement)
    fix = (
        fix_within(node, *(fault.at or (fault.start, fault.end)), fault.replacement, words) if words else None
    )
    add = report.error if severity is Severity.ERROR else report.warning
    span = locate(node, fault.start, fault.end)
    add(fault.code, fault.message, span, fault.note, fix, labels or _declared(fault, span, report))


def _declared(fault: Fault, here: Span, report: Report) -> tuple[Label, ...]:
    """Where the fields are declared that explain a fault; not those on its own line, which is shown anyway."""
    found = {}
    for path, text in fault.about:
        owner, _, name = path.rpartition(".")
        span = report.glossary.place("field", name, (owner,))
        if span is not None and (span.file, span.line) != (here.file, here.line):
            found[span] = Label(span, text)
    return tuple(found.values())


def _told_by_label(fault: Fault, wanted: Wanted, report: Report) -> tuple[Fault, tuple[Label, ...]]:
    """The fault of an unknown name with what its word is the label of, and where the name that was meant is declared."""
    meant, note = report.glossary.called(wanted.word, wanted.names), NOTHING
    if meant is not None:
        note = Message("the label of `{name}`", name=meant)
        better = f"{wanted.before}{meant}{wanted.after}"
        words = Message("replace with `{replacement}`", replacement=better)
        fault = replace(fault, replacement=better, fix_message=words)
    fault = replace(fault, note=note or odd_letter(wanted.word) or fault.note)
    name = meant or wanted.guess
    if name is None:
        return fault, ()
    owner, _, bare = name.rpartition(".")
    span = report.glossary.place(wanted.what, bare, (owner,) if owner else wanted.owners)
    return fault, () if span is None else (
        defined_here(span, Message(wanted.what), bare, exactly=wanted.guess != name),
    )
