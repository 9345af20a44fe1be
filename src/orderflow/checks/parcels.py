"""What a policy asks of a parcel before it is there (OF103): carriers and promised days are found while the plan is made."""

from collections.abc import Iterator

from orderflow.checks.finding import error
from orderflow.diagnostics import Diagnostic, Label, Span
from orderflow.diagnostics.message import Message
from orderflow.expr.tree import Expression
from orderflow.model.definition import Definition, Entity
from orderflow.model.policies import Allocation

#: The built-in field of a parcel, which is set from the beginning.
PLAN = "plan"


def check_parcels(rules: Definition) -> Iterator[Diagnostic]:
    """Findings about carrier tables and promises that read fields which a parcel has only once it is made."""
    said: set[tuple[Span, str]] = set()
    for policy in rules.allocation.values():
        child = None if policy.child is None else rules.entities.get(policy.child)
        if child is None:
            continue
        for expression, span, what in _asked(policy, rules):
            for name in sorted(_unset(child, expression)):
                if (span, name) not in said:
                    said.add((span, name))
                    text = Message(
                        "{what} asks for `{name}`, and it is looked up before the `{name2}` has one",
                        what=what,
                        name=name,
                        name2=child.name,
                    )
                    fix = Message(
                        "read `{PLAN}` or the `{parent}`, or make `{name}` optional or give it a `default:`",
                        PLAN=PLAN,
                        parent=child.parent,
                        name=name,
                    )
                    label = Label(policy.span, Message("asked by this policy"))
                    yield error(
                        "OF103", text, span, fix, Message("`{name}` is not there yet", name=name), (label,)
                    )


def _unset(child: Entity, expression: Expression) -> set[str]:
    """The fields in an expression that a record of the child has no value for until it is made."""
    return {
        name
        for name in expression.reads.fields
        if name != PLAN
        and (field := child.fields.get(name)) is not None
        and not field.type.optional
        and field.default is None
    }


def _asked(policy: Allocation, rules: Definition) -> Iterator[tuple[Expression, Span, Message]]:
    """The expressions that a policy works out of a parcel to be, with where they stand and what they are."""
    waiting = [] if policy.carrier is None else [policy.carrier]
    promise = None if policy.promise is None else rules.promises.get(policy.promise)
    if promise is not None:
        for expression in (promise.start, promise.days, promise.buffer):
            if expression is not None:
                yield expression, promise.span, Message("the promise `{name}`", name=promise.name)
                waiting += sorted(expression.reads.tables)
    seen: set[str] = set()
    while waiting:
        table = rules.tables.get(waiting.pop())
        if table is None or table.name in seen:
            continue
        seen.add(table.name)
        for row in table.rows:
            if row.when is not None:
                yield row.when, row.span, Message("the table `{name}`", name=table.name)
                waiting += sorted(row.when.reads.tables)
